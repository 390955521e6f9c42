"""While a vote is hidden or secret, nothing that leaves the bot depends on how anybody votes.

The same story is lived twice, and only how people vote differs. Whatever can be seen, by the group,
by the others, by the operator, must be the same to the letter in both: what is called at Telegram,
what waits in the outbox, what is logged, what stands in every table of the file, the digest,
/decisions, reminders, and the copies of the book. Of a secret vote even what stands in the voter's
own chat, and all of it after the end too, but for the tally.
"""

import json
import logging
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from decision_village import CLOSES, circle, does, said, votes
from village import Someone, Village, a_village, buttons_of, words

from bot import logs
from bot.practices import copies
from bot.storage.database import Reading
from bot.storage.sealing import InvalidTag

#: Calls that say nothing to anybody.
NOT_SAID = {"getMe", "getUpdates", "setMyCommands", "getChatMember"}
#: Where the ballots themselves are, sealed: of these only the length is compared.
BALLOTS = ("votes", "ballot")
#: Where the numbers of a secret vote stand when it is over: said in the group and to who proposed.
TELLS_NUMBERS = {"the group", "chat of Amina", "table decisions", "table cards"}


@dataclass
class Traces:
    """All that can be seen from outside, by where it is seen."""

    seen: dict[str, list[Any]] = field(default_factory=dict)

    def differ(self, others: "Traces") -> list[str]:
        """Where the two are not the same."""
        assert self.seen.keys() == others.seen.keys()
        return [name for name in self.seen if self.seen[name] != others.seen[name]]


@dataclass(frozen=True)
class Story:
    """A vote that is lived twice: how it is proposed, and two ways to vote, tap by tap."""

    steps: tuple[str, ...]
    ways: tuple[tuple[str, ...], tuple[str, ...]]
    is_secret: bool


SECRET = ("[More]", "[Seen at the end]", "[As it comes in]", "[Back]")
ROOFS = ("[Choices]", "Iron\nThatch\nTiles")
#: The first way of the first is decided before all have voted, the second is not.
STORIES = {
    "secret, yes or no": Story(
        SECRET, (("Yes", "Yes", "Yes"), ("Yes", "No", "Yes")), is_secret=True
    ),
    "secret, in one's order": Story(
        (*ROOFS, "[How]", "[In your order]", *SECRET),
        (("Iron Tiles", "Iron Tiles", "Tiles Iron"), ("Tiles Iron", "Thatch Iron", "Iron Thatch")),
        is_secret=True,
    ),
    "hidden, ticks": Story(
        ROOFS, (("Iron", "Iron", "Tiles"), ("Tiles", "Tiles", "Iron")), is_secret=False
    ),
}


async def lives(village: Village, story: Story, way: Sequence[str]) -> list[Someone]:
    """Six members: three vote as they do, a fourth changes their mind, two have not voted yet."""
    people = village.has("Amina", "Juma", "Neema", "Otieno", "Wanjiru", "Zawadi")
    await circle(village, *people)
    await does(people[0], "/propose", "We buy a pump", "[Skip]", *story.steps, "[Put it to the]")
    for person, ballot in zip(people, way, strict=False):
        await casts(person, ballot)
    await casts(people[3], way[2])
    await casts(people[3], way[0])  # changed
    await casts(people[1], way[1])  # the same once more
    return people


async def casts(person: Someone, ballot: str) -> None:
    """Vote: with one tap under the card, or put together in private."""
    if ballot in {"Yes", "No"}:
        await votes(ballot, person)
        return
    await person.taps("My vote, in private", in_group=True)
    if "Change it" in str(person.labels()):
        await person.taps("Change it")
    for label in ballot.split():
        await person.taps(label)
    await person.taps("This is my vote")


async def everybody_looks(people: list[Someone]) -> None:
    """Every way to look at it: in the group and in private, by who has voted and who has not."""
    await people[0].writes("/digest", in_group=True)
    await people[0].writes("/decisions", in_group=True)
    for person in (people[0], people[5]):
        await person.writes("/decisions")
        await person.taps("🔎 1")
        for data in ("reasons:1:0", "decision_note:1", "decision:1"):
            await person.presses_data(person.messages()[-1], data)


async def traces(village: Village, people: list[Someone], story: Story, log: list[str]) -> Traces:
    """Everything that can be seen from outside."""
    found = Traces()
    voters = {one.id for one in people[:4]}
    #: A ballot that is put together passes through its voter's own chat, and stands there if open.
    own = set() if story.is_secret else voters
    composing = voters if story.steps[:1] == ("[Choices]",) else own
    for call in village.sandbox.calls.of():
        if call.method in NOT_SAID or call.chat in composing:
            continue
        said_ = call.parameters
        if call.method == "answerCallbackQuery":  # seen by who tapped alone
            said_ = {} if own else {"text": said_.get("text")}
        found.seen.setdefault(f"calls to {call.chat}", []).append(plain(said_))
    for person in people:
        if person.id not in own:
            found.seen[f"chat of {person.name}"] = [standing(one) for one in person.messages()]
            found.seen[f"toast of {person.name}"] = [person.toast]
    found.seen["the group"] = [standing(one) for one in village.group.messages]
    found.seen["logs"] = log
    found.seen |= await village.finds(tables)
    found.seen["copies of the book"] = [
        (name, "".join(text))
        for name, text in await village.finds(
            lambda at: [
                (name, list(text)) for name, text in copies.files_of(at, 1, with_names=True)
            ]
        )
    ]
    return found


def standing(message: Any) -> tuple[str, list[tuple[str, str | None, str | None]]]:  # noqa: ANN401
    """A message as it stands now: its words, and what its buttons say and do."""
    return words(message), [(one.label, one.data, one.url) for one in buttons_of(message)]


def plain(fields: Any) -> str:  # noqa: ANN401 - whatever was sent
    """As text, without the seconds: the sandbox's clock goes on while a story is told."""
    return re.sub(r"(T\d\d:\d\d):[\d.:]+", r"\1", json.dumps(fields, sort_keys=True, default=str))


def tables(at: Reading) -> dict[str, list[Any]]:
    """Every row of every table, opened as far as the operator's key opens it."""
    names = [
        row["name"]
        for row in at.all("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
    ]
    return {
        f"table {name}": sorted(
            plain({column: opened(at, name, column, row[column]) for column in row.keys()})  # noqa: SIM118 - a row of SQLite
            for row in at.all(f"SELECT * FROM {name}")  # noqa: S608 - from the schema
        )
        for name in names
    }


def opened(at: Reading, table: str, column: str, value: Any) -> Any:  # noqa: ANN401 - any column
    if not isinstance(value, bytes):
        return value
    if (table, column) == BALLOTS:
        return len(value)
    try:
        return at.key.payloads.open(value)
    except InvalidTag:
        pass
    for person_id in range(1, 20):
        seal = at.seal_of(person_id)
        if seal is not None and seal.opens(value):
            return seal.open(value)
    return len(value)


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> Iterator[list[str]]:
    """What was logged, as an operator reads it at the finest level, without the hour."""
    lines: list[str] = []
    formatter = logs.Lines(None)

    class Keeps(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            line = json.loads(formatter.format(record))
            lines.append(plain({name: one for name, one in line.items() if name != "at"}))

    handler = Keeps()
    with caplog.at_level(logging.DEBUG, logger="bot"):
        logging.getLogger("bot").addHandler(handler)
        yield lines
        logging.getLogger("bot").removeHandler(handler)


@pytest.mark.parametrize("name", STORIES)
async def test_nothing_tells_how_anybody_votes(name: str, tmp_path: Path, log: list[str]) -> None:
    story = STORIES[name]
    seen: list[tuple[Traces, Traces]] = []
    for number, way in enumerate(story.ways):
        folder = tmp_path / str(number)
        folder.mkdir()
        log.clear()
        async with a_village(folder) as village:
            people = await lives(village, story, way)
            await everybody_looks(people)
            await village.moves_to(CLOSES.replace(hour=14))  # the reminder has come
            assert "Your vote is still open" in said(people[5])
            while_open = await traces(village, people, story, list(log))
            await village.moves_to(CLOSES)
            assert "took part" in village.group.reads
            seen.append((while_open, await traces(village, people, story, list(log))))
    (first, first_after), (second, second_after) = seen
    assert first.differ(second) == []
    assert "table votes" in first.seen
    after = first_after.differ(second_after)
    assert "table decisions" in after  # the comparison bites: the tallies are not the same
    if story.is_secret:  # they are all that is told, now and later
        assert {one for one in after if not one.startswith("calls to")} <= TELLS_NUMBERS


async def test_when_a_secret_vote_is_over_its_ballots_are_nowhere_in_the_file(
    tmp_path: Path,
) -> None:
    ballots = {"Iron": 1, "Iron Thatch Tiles": 1, "Tiles Thatch": 1}
    async with a_village(tmp_path) as village:
        people = village.has("Amina", "Juma", "Neema")
        await circle(village, *people)
        steps = (*ROOFS, "[How]", "[In your order]", *SECRET, "[Put it to the group]")
        await does(people[0], "/propose", "Which roof?", "[Skip]", *steps)
        for person, ballot in zip(people, ballots, strict=True):
            await casts(person, ballot)
            await does(person, "[Say why]", f"because of {person.name}'s goats")
        sealed = await village.finds(sealed_votes)
        assert len({len(ballot) for ballot, _ in sealed}) == 1  # none is longer than another
        key = await village.finds(lambda at: at.value("SELECT sealed_key FROM decision_seals"))
        await village.waits(minutes=11)
        assert await village.finds(sealed_votes) == [(None, None)] * 3
        assert await village.finds(lambda at: at.value("SELECT 1 FROM decision_seals")) is None
        whose = await village.finds(lambda at: at.all("SELECT * FROM decision_reasons"))
        assert [set(row.keys()) for row in whose] == [{"decision_id", "place", "words"}] * 3
    left = b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.is_file())  # noqa: ASYNC240 - nobody waits
    assert not any(one in left for pair in sealed for one in pair)
    assert key not in left


def sealed_votes(at: Reading) -> list[tuple[Any, Any]]:
    return [(row["ballot"], row["reason"]) for row in at.all("SELECT * FROM votes ORDER BY voter")]


async def test_of_a_few_secret_votes_not_even_the_numbers_are_told(village: Village) -> None:
    people = village.has("Amina", "Juma", "Neema", "Otieno", "Wanjiru")
    await circle(village, *people)
    for number in (4, 5):
        await does(people[0], "/propose", f"Matter {number}", "[Skip]", *SECRET, "[Put it to the]")
        await votes("Yes", *people[: number - 1])
        await votes("No", people[number - 1])
        await village.waits(days=4)
    few, five = [words(one) for one in village.group.messages if "took part" in words(one)]
    assert "✅ Accepted" in few
    assert "So few voted in secret that the numbers would tell who said what." in few
    assert "Yes:" not in few
    assert "4 of 5 took part." in few
    assert "Yes: 4\nNo: 1" in five
    await people[1].writes("/decisions")
    await people[1].taps("🔎 1")
    assert "Yes:" not in said(people[1])
    assert "Juma:" not in said(people[1])


async def test_without_a_quorum_a_secret_vote_tells_nothing(village: Village) -> None:
    people = village.has("Amina", "Juma", "Neema")
    await circle(village, *people)
    await does(people[0], "/propose", "A matter", "[Skip]", *SECRET, "[Put it to the]")
    await votes("Yes", people[0])
    assert people[0].toast.startswith("Your vote is in.")
    assert "Yes" not in people[0].toast
    await village.moves_to(CLOSES)
    assert "1 of 3 took part. 2 were needed." in village.group.reads
    assert "Yes" not in village.group.reads
    await people[1].taps("Read more", in_group=True)
    assert "Yes" not in said(people[1]).replace("yes", "")


async def test_how_one_votes_is_shown_in_passing_and_stands_nowhere(village: Village) -> None:
    people = village.has("Amina", "Juma", "Neema")
    await circle(village, *people)
    await does(people[0], "/propose", "A matter", "[Skip]", *SECRET, "[Put it to the]")
    await people[1].taps("In private", in_group=True)
    await people[1].taps("No")
    assert "✅ Your vote is in." in said(people[1])
    assert "\nNo" not in people[1].read_all()
    await people[1].taps("How did I vote?")
    assert people[1].toast == "You vote: No"
    await people[2].presses_data(people[2].messages()[-1], "ballot_peek:1:0")
    assert "no vote of yours" in people[2].toast
