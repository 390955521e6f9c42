"""Whatever is said with a payload in it is still ours: read as Telegram would read it."""

import re
from typing import Any, Final

from attack.actors import Actor
from attack.payloads import INJECTED
from attack.walk import Walk
from attack.watch import Outcome, Watch, buttons_in, words_in

from bot.rendering.messages import CAPTION_MAX, TEXT_MAX
from bot.storage.database import Transaction
from sandbox.entities import parse_html, utf16

#: Marks that turn text round and have no end of ours.
TURNS: Final = re.compile("[\u202a-\u202e\u2066\u2067]")
ENTITIES_MAX: Final = 100
DATA_MAX: Final = 64
OURS: Final = frozenset({"bold", "italic", "code", "pre", "blockquote", "underline"})


class Injector:
    """Walks with the payload as everybody's name, the group's title, and every answer."""

    def __init__(self, watch: Watch, seed: int = 1) -> None:
        self.watch = watch
        self.seed = seed
        self.calls = 0
        self.payload = ""
        self.wrong: list[str] = []

    def tries(self, payload: str, walks: int) -> None:
        """Say the payload everywhere, and look at all that is said then."""
        self.payload = payload
        walk = Walk(
            self.watch,
            self,
            times=0,
            seed=self.seed,
            answers=(payload, payload, payload, "5", "Mend the roof"),
        )
        for actor in walk.actors.values():
            if not actor.masked:
                actor.user["first_name"] = payload[:64] or "x"
        walk.before = lambda at: self._renames(walk, at, payload)
        walk.commands = [
            *walk.commands,
            *(f"{name} {payload}" for name in ("thanks", "poll", "ask", "meetings", "propose")),
            f"poll {payload} | {payload} | {payload}x",
        ]
        walk.goes(walks)

    def knows(self, _at: Transaction, _who: Actor) -> None:
        """Nothing that matters here."""

    def judges(
        self, _at: Transaction, _knew: None, way: str, _who: Actor, _what: str, outcome: Outcome
    ) -> None:
        """Look at what is said."""
        has_tags = bool(set(self.payload) & set("<&*_"))
        for call in outcome.calls:
            self.calls += 1
            self.wrong += [
                f"{self.payload[:40]!r} by {way}: {why}: {words_in(call)[:300]!r}"
                for why in wrong_with(call, has_tags=has_tags)
            ]

    def _renames(self, walk: Walk, at: Transaction, payload: str) -> None:
        facilitator = walk.actors["facilitator"]
        raw = facilitator.writes(self.watch.crowd, "", "Kitui", new_chat_title=payload[:128])
        del raw["message"]["text"]
        self.watch.takes_in(at, raw)


def wrong_with(call: dict[str, Any], *, has_tags: bool) -> list[str]:
    """What Telegram would refuse, or would show as somebody else meant it."""
    found = []
    for button in buttons_in(call):
        if not button["text"].strip() or TURNS.search(button["text"]):
            found.append("a label that nobody can read")
        if len(button.get("callback_data", "").encode()) > DATA_MAX:
            found.append("too much in a button")
    words = words_in(call)
    if not words:
        return found
    try:
        text, entities = parse_html(words)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is wrong
        return [*found, f"not to be parsed ({error})"]
    if not text.strip() or utf16(text) > (CAPTION_MAX if "caption" in call else TEXT_MAX):
        found.append("empty, or too long")
    if len(entities) >= ENTITIES_MAX:
        found.append("too many entities")
    if TURNS.search(text) or text.count("\u2068") != text.count("\u2069"):
        found.append("turned round")
    return found + [
        f"somebody else's {one['type']}"
        for one in entities
        if one["type"] not in OURS or (has_tags and _shown(text, one) == INJECTED)
    ]


def _shown(text: str, entity: dict[str, Any]) -> str:
    start, end = 2 * entity["offset"], 2 * (entity["offset"] + entity["length"])
    return text.encode("utf-16-le")[start:end].decode("utf-16-le", "replace").strip("\u2068\u2069 ")


__all__ = ["OURS", "Injector", "wrong_with"]
