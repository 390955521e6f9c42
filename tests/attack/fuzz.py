"""Updates that are nearly what they were: recorded ones with something bent, swapped or missing."""

import copy
import json
import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from attack.crowd import GROUPS_WORDS, PRIVATE_WORDS, Crowd
from attack.watch import ASIDE, Watch

from bot.delivery.intake import Intake
from bot.storage.database import Transaction

#: What a value becomes; half of a surrogate pair cannot be written in UTF-8 but stands in JSON.
ODD: Final[tuple[Any, ...]] = (
    *(None, True, False, 0, -1, 1, 2**31, 2**53, 2**63, 2**64, -(2**63), 10**40, 1.5, 1e308),
    *("", " ", "\x00", "\ud800", "\u202e", "x" * 5000, "𝔘" * 4100, "<b>", "{{7*7}}", "/start", "0"),
    *(
        "/setup",
        "/forget",
        "-1",
        "9" * 30,
        [],
        {},
        [[]],
        [None],
        {"id": 1},
        [{"type": "bot_command"}],
    ),
    {"id": 1, "type": "private"},
    {"id": 1, "is_bot": False, "first_name": ""},
)
KINDS: Final = (
    *("message", "edited_message", "callback_query", "poll", "poll_answer", "my_chat_member"),
    *("chat_member", "channel_post", "inline_query", "message_reaction", "no_such_thing"),
)
A_TRACE: Final = re.compile(r"Traceback|Error\b|Exception|File \"|line \d+|sqlite|jinja|<class")
Path_ = tuple[Any, ...]


def paths(value: Any, here: Path_ = ()) -> Iterator[Path_]:  # noqa: ANN401 - any JSON
    """Every place in a JSON value, the whole first."""
    yield here
    items: Iterable[tuple[Any, Any]] = ()
    if isinstance(value, dict):
        items = value.items()
    elif isinstance(value, list):
        items = enumerate(value)
    for key, one in items:
        yield from paths(one, (*here, key))


class Fuzzer:
    """Bends recorded updates; a seed bends them alike."""

    def __init__(self, crowd: Crowd, seed: int) -> None:
        self.chance = random.Random(seed)
        self.updates = list(crowd.updates)
        people = list(crowd.people.values())
        self.ids: list[int] = [*people, *crowd.groups.values(), 4_000_000_001, 777000, 1087968824]
        self.buttons = sorted({data for seen in crowd.offered.values() for data in seen})
        self.number = 10**9

    def bent(self) -> Any:  # noqa: ANN401 - what comes of it may be anything
        """One update, bent in one to four places."""
        raw: Any = copy.deepcopy(self.chance.choice(self.updates))
        for _ in range(self.chance.choice((1, 1, 1, 2, 3, 4))):
            raw = self._bend(raw)
        self.number += 1
        if isinstance(raw, dict) and self.chance.random() < 0.97:
            raw["update_id"] = self.number
        return raw

    def _bend(self, raw: Any) -> Any:  # noqa: ANN401 - as above
        way = self.chance.choice(
            (self._odd, self._gone, self._graft, self._other_id, self._data, self._kind)
        )
        return way(raw)

    def _place(self, raw: Any) -> tuple[Any, Any] | None:  # noqa: ANN401 - as above
        """A container, and one of its keys."""
        found = [path for path in paths(raw) if path]
        if not found:
            return None
        path = self.chance.choice(found)
        for key in path[:-1]:
            raw = raw[key]
        return raw, path[-1]

    def _odd(self, raw: Any) -> Any:  # noqa: ANN401 - as above
        place = self._place(raw)
        if place is None or self.chance.random() < 0.002:
            return self.chance.choice(ODD)
        was = place[0][place[1]]
        alike = [one for one in ODD if type(one) is type(was)]
        odd = alike if alike and self.chance.random() < 0.7 else ODD
        place[0][place[1]] = copy.deepcopy(self.chance.choice(odd))
        return raw

    def _gone(self, raw: Any) -> Any:  # noqa: ANN401 - as above
        place = self._place(raw)
        if place is not None:
            del place[0][place[1]]
        return raw

    def _graft(self, raw: Any) -> Any:  # noqa: ANN401 - as above
        """A piece of another update in the place of a piece of this one."""
        place, piece = self._place(raw), self.chance.choice(self.updates)
        other = self._place(piece)
        if place is not None and other is not None:
            place[0][place[1]] = copy.deepcopy(other[0][other[1]])
        return raw

    def _other_id(self, raw: Any) -> Any:  # noqa: ANN401 - as above
        """Somebody else, or somewhere else."""
        found = [path for path in paths(raw) if path and path[-1] == "id"]
        if found:
            place = raw
            path = self.chance.choice(found)
            for key in path[:-1]:
                place = place[key]
            place["id"] = self.chance.choice(self.ids)
        return raw

    def _data(self, raw: Any) -> Any:  # noqa: ANN401 - as above
        """Another button, or another link."""
        if not isinstance(raw, dict):
            return raw
        button = self.chance.choice(self.buttons)
        if self.chance.random() < 0.5:
            button = re.sub(r"\d+", lambda _: str(self.chance.randint(0, 12)), button)
        query, message = raw.get("callback_query"), raw.get("message")
        if isinstance(query, dict):
            query["data"] = button
        elif isinstance(message, dict):
            message["text"] = f"/start {button}" if "-" in button else button
        return raw

    def _kind(self, raw: Any) -> Any:  # noqa: ANN401 - as above
        if not isinstance(raw, dict):
            return raw
        return {self.chance.choice(KINDS) if key in KINDS else key: one for key, one in raw.items()}


@dataclass
class Seen:
    """What came of so many bent updates."""

    taken: int = 0
    unreadable: int = 0
    failed: dict[str, Any] = field(default_factory=dict)  # where and what → an example
    times: Counter[str] = field(default_factory=Counter)
    traces: list[str] = field(default_factory=list)
    trespasses: dict[str, Any] = field(default_factory=dict)
    leaks: list[str] = field(default_factory=list)
    good: int = 0
    good_lost: int = 0


class Harness:
    """The intake over the crowd's file; everything is undone, some updates at a time."""

    def __init__(self, watch: Watch, seed: int) -> None:
        self.watch = watch
        self.fuzzer = Fuzzer(watch.crowd, seed)
        self.seen = Seen()
        self.told = ""
        dispatcher = watch.dispatcher
        self.intake = Intake(
            None,  # type: ignore[arg-type]  # we give the transaction ourselves
            None,  # type: ignore[arg-type]  # nothing leaves
            take=dispatcher.take,
            apologise=dispatcher.apologise,
            after_commit=lambda: None,
        )
        people = watch.crowd.people
        members = ("Zawadi", "Juma", "Neema", "Baraka", "Pendo", "Boke", "Achieng")
        self.ours = {people[name] for name in members} | {people["Cedric"]}

    def runs(self, times: int, at_once: int = 20) -> Seen:
        """Bend and hand over so many; after each handful a good one must be served."""
        while self.seen.taken < times:
            with self.watch.undone() as at:
                self.told = ""
                for _ in range(at_once):
                    self._hands_over(at, self.fuzzer.bent())
                self._serves_a_good_one(at)
        return self.seen

    def _hands_over(self, at: Transaction, raw: Any) -> None:  # noqa: ANN401 - anything
        seen, watch = self.seen, self.watch
        seen.taken += 1
        at.run("DELETE FROM noted")
        last = at.value("SELECT ifnull(max(id), 0) FROM outbox")
        failed = at.value("SELECT ifnull(max(id), 0) FROM updates_failed")
        toasts = self.intake._take_all(at, [raw])
        for row in at.all("SELECT * FROM updates_failed WHERE id > :last", last=failed):
            if row["why"] == "unreadable":
                seen.unreadable += 1
                continue
            trace = at.key.payloads.open(row["trace_sealed"])
            at_place = re.findall(r'File ".*/(bot/.*)", line (\d+)', trace)
            where = f"{at_place[-1] if at_place else ''} {trace.strip().splitlines()[-1][:150]}"
            seen.failed.setdefault(where, raw)
            seen.times[where] += 1
        outcome_said: list[tuple[int, str]] = []
        outcome = watch.said_since(at, last)
        outcome_said += outcome
        words = [text for _, text in outcome_said] + [toast.text for toast in toasts]
        seen.traces += [text for text in words if A_TRACE.search(text)]
        self._judge(at, raw, outcome_said)

    def _judge(self, at: Transaction, raw: Any, said: list[tuple[int, str]]) -> None:  # noqa: ANN401 - anything
        """Whether somebody who may not changed a group's own, or was sent its words."""
        who = acting(raw)
        people = self.watch.crowd.people
        self.told += json.dumps(raw)  # what somebody says aloud is no secret of ours
        for chat, text in said:
            if chat > 0 and chat not in self.ours and chat != people["Kamau"]:
                self.seen.leaks += [f"{chat}: {one}" for one in self._secret(GROUPS_WORDS, text)]
            for owner, words in PRIVATE_WORDS.items():
                if chat != people[owner]:
                    self.seen.leaks += [f"{chat}: {one}" for one in self._secret(words, text)]
        if who is None or who in self.ours:
            return
        for change in self.watch.changes(at):
            if change.group in self.watch.guarded and change.table not in ASIDE | JOINING:
                self.seen.trespasses[f"{who} {change.kind} {change.table}"] = raw

    def _secret(self, words: Iterable[str], text: str) -> list[str]:
        return [one for one in words if one in text and one not in self.told]

    def _serves_a_good_one(self, at: Transaction) -> None:
        from attack.actors import actor  # noqa: PLC0415 - they know the crowd

        baraka = actor(self.watch.crowd, "member")
        self.fuzzer.number += 1
        raw = baraka.writes(self.watch.crowd, "/help") | {"update_id": self.fuzzer.number}
        last = at.value("SELECT ifnull(max(id), 0) FROM outbox")
        self.intake._take_all(at, [raw])
        self.seen.good += 1
        self.seen.good_lost += not any(
            chat == baraka.id and "/checkin" in text
            for chat, text in self.watch.said_since(at, last)
        )


#: To say that one is in: anybody's own, and their consent is asked.
JOINING: Final = frozenset({"members", "households", "household_ties"})


def acting(raw: Any) -> int | None:  # noqa: ANN401 - anything
    """Who did what the update tells of; None where Telegram tells of something by itself."""
    for kind, who in (("message", "from"), ("callback_query", "from"), ("poll_answer", "user")):
        try:
            found = raw[kind][who]["id"]
        except (KeyError, TypeError, IndexError):
            continue
        told = set(raw[kind]) & {
            "new_chat_members",
            "left_chat_member",
            "migrate_to_chat_id",
            "migrate_from_chat_id",
            "new_chat_title",
            "group_chat_created",
            "supergroup_chat_created",
        }
        return found if isinstance(found, int) and not told else None
    return None
