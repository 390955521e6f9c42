"""The villagers: people who do by themselves what people do, at their own pace.

A lively person looks at what the bot says where they are, and presses, answers, votes or reacts
after a little while. They know nothing of any bot but what `Hints` tell them.
"""

import asyncio
import contextlib
import random
import re
from collections import Counter, deque
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

from sandbox.events import Event
from sandbox.refusals import Impossible
from sandbox.state import Chat, Json, Message, Person, Press
from sandbox.world import World

if TYPE_CHECKING:
    from collections.abc import Callable

SHUNNED = (
    "leave", "cancel", "back", "stop", "delete", "dispute", "settings", "setup", "set up",
    "language", "forget", "remove", "undo", "salir", "cancelar", "atrás", "volver", "borrar",
    "idioma", "annuler", "retour", "quitter", "supprimer", "langue", "ghairi", "rudi", "lugha",
)  # fmt: skip
LINES: dict[str, tuple[str, ...]] = {
    "en": ("It went well this month.", "My sister helped me a lot.", "I fixed the roof.",
           "Slowly, but it moves.", "I sold more eggs than before."),
    "es": ("Este mes fue bien.", "Mi hermana me ayudó mucho.", "Arreglé el techo.",
           "Despacio, pero avanza.", "Vendí más huevos que antes."),
    "fr": ("Ce mois s’est bien passé.", "Ma sœur m’a beaucoup aidée.", "J’ai réparé le toit.",
           "Doucement, mais ça avance."),
    "sw": ("Mwezi huu ulikuwa mzuri.", "Dada yangu alinisaidia sana.", "Nilitengeneza paa.",
           "Polepole, lakini inaendelea."),
}  # fmt: skip
_NUMBER_WANTED = re.compile(
    r"how (much|many)|amount|number|hours|what sum|cu[aá]nt|importe|monto|n[uú]mero|horas"
    r"|combien|montant|nombre|heures|kiasi|ngapi|saa\b|nambari|\d",
    re.IGNORECASE,
)
_QUESTION = re.compile(r"[?？؟]\W*$")
_LAST_SEEN = 4


@dataclass(slots=True, frozen=True)
class Hints:
    """What villagers should know of the bot, and how eager they are.

    Attributes:
        avoid: they never touch a message with a button whose data begins with one of these.
        shun: words in a button's label or data that make them pass it by.
        numbers: what they type when a number is asked for.
        lines: what they type otherwise, by language.
        delay: seconds before they act, at least and at most.
        presses_max: presses of one person on one private message; in a group it is one.
        chain_max: actions of one person that only answer each other, before they rest.
        rest_seconds: after which a new message of the bot wakes them again.
        per_minute_max: actions of one person in a minute.
        react_chance: of a reaction to a message in a group.
    """

    avoid: tuple[str, ...] = ()
    shun: tuple[str, ...] = SHUNNED
    numbers: tuple[str, ...] = ("1", "2", "3", "5", "10", "20")
    lines: dict[str, tuple[str, ...]] = field(default_factory=lambda: LINES)
    delay: tuple[float, float] = (0.6, 3.0)
    presses_max: int = 8
    chain_max: int = 30
    rest_seconds: float = 20.0
    per_minute_max: int = 30
    react_chance: float = 0.15


@dataclass(slots=True)
class _Mood:
    """How busy somebody has been."""

    chain: int = 0
    acted: deque[float] = field(default_factory=deque)


class Cast:
    """All villagers of a world.

    Args:
        world: where they live.
        hints: what they know.
        seed: makes their choices repeatable.
    """

    def __init__(self, world: World, hints: Hints, *, seed: int | None = None) -> None:
        self.hints = hints
        self._world = world
        self._chance = random.Random(seed)
        self._stop_listening: Callable[[], None] | None = None
        self._timers: dict[tuple[int, int, int], asyncio.TimerHandle] = {}
        self._presses: Counter[tuple[int, int, int]] = Counter()
        self._answered: set[tuple[int, int, int]] = set()
        self._followed: Counter[tuple[int, str]] = Counter()
        self._moods: dict[int, _Mood] = {}
        shunned = "|".join(re.escape(word) for word in hints.shun)
        self._shunned = re.compile(shunned or r"(?!)", re.IGNORECASE)
        self._link = re.compile(
            rf"https?://t\.me/{re.escape(world.bot.username)}\?start=([\w-]{{1,64}})$",
            re.IGNORECASE,
        )

    @property
    def is_loose(self) -> bool:
        """Whether the villagers are about."""
        return self._stop_listening is not None

    def start(self) -> None:
        """Let them loose; they also look at the last few things that the bot said."""
        if self.is_loose:
            return
        self._stop_listening = self._world.events.listen(self._hear)
        self._world.events.emit("cast", on=True)
        for chat in tuple(self._world.chats.values()):
            for message in tuple(islice(reversed(chat.messages.values()), _LAST_SEEN)):
                self._notice(message)

    async def stop(self) -> None:
        """Call them back; whatever they were about to do is not done."""
        if self._stop_listening is None:
            return
        self._stop_listening()
        self._stop_listening = None
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()
        self._world.events.emit("cast", on=False)

    # Looking

    def _hear(self, event: Event) -> None:
        if event.kind in {"message", "edit"}:
            message = event.facts["message"]
            if isinstance(message, Message):
                self._notice(message)

    def _notice(self, message: Message) -> None:
        if message.sender_id != self._world.bot.id or message.content.service is not None:
            return
        for person in self._onlookers(message.chat):
            key = (person.id, message.chat.id, message.message_id)
            if key not in self._timers and self._is_awake(person):
                loop = asyncio.get_running_loop()
                wait = self._chance.uniform(*self.hints.delay)
                self._timers[key] = loop.call_later(wait, self._act, key, message)

    def _onlookers(self, chat: Chat) -> list[Person]:
        people = self._world.people
        there = [people[each] for each in chat.members if each in people and chat.has(each)]
        return [
            each
            for each in there
            if each.lively and not each.deleted and (chat.is_group or not each.blocked_bot)
        ]

    def _is_awake(self, person: Person) -> bool:
        mood = self._moods.setdefault(person.id, _Mood())
        now = asyncio.get_running_loop().time()
        if not mood.acted or now - mood.acted[-1] > self.hints.rest_seconds:
            mood.chain = 0
        return mood.chain < self.hints.chain_max

    # Acting

    def _act(self, key: tuple[int, int, int], message: Message) -> None:
        self._timers.pop(key, None)
        person = self._world.people[key[0]]
        if message.deleted or person.deleted or not self._may_act(person):
            return
        with contextlib.suppress(Impossible):
            if self._does_something(key, person, message):
                self._count(person)

    def _does_something(self, key: tuple[int, int, int], person: Person, message: Message) -> bool:
        chat = message.chat
        if any(self._is_avoided(button) for button in _buttons(message)):
            return False
        if message.content.poll is not None:
            return self._votes(person, message)
        if chat.is_group and self._chance.random() < self.hints.react_chance:
            emoji = self._chance.choice("👍🎉🙏👏")
            self._world.react(person.id, chat.id, message.message_id, emoji)
        choices = [button for button in _buttons(message) if self._is_welcome(button)]
        if choices and self._presses[key] < (1 if chat.is_group else self.hints.presses_max):
            self._presses[key] += 1
            self._takes(person, message, self._chance.choice(choices))
            return True
        if _asks_for_words(message) and key not in self._answered:
            self._answered.add(key)
            self._writes(person, message)
            return True
        return False

    def _takes(self, person: Person, message: Message, button: Json) -> None:
        if "url" in button:
            self._follows(person, button["url"])
            return
        data = button["callback_data"]
        press = self._world.press(person.id, message.chat.id, message.message_id, data)
        self._world.on_answer[press.id] = self._answered_press

    def _answered_press(self, press: Press) -> None:
        if press.answer is not None and press.answer.url and self.is_loose:
            self._follows(self._world.people[press.person_id], press.answer.url)

    def _follows(self, person: Person, url: str) -> None:
        found = self._link.match(url)
        key = (person.id, url)
        if found is None or self._followed[key] >= self.hints.presses_max:
            return
        self._followed[key] += 1
        with contextlib.suppress(Impossible):
            self._world.start(person.id, found[1])

    def _writes(self, person: Person, message: Message) -> None:
        wants_number = _NUMBER_WANTED.search(message.content.text)
        lines = self.hints.lines.get(person.language_code) or self.hints.lines["en"]
        text = self._chance.choice(self.hints.numbers if wants_number else lines)
        forced = message.markup is not None and message.markup.kind == "force_reply"
        reply_to = message.message_id if forced else None
        self._world.say(person.id, message.chat.id, text, reply_to=reply_to)

    def _votes(self, person: Person, message: Message) -> bool:
        poll = message.content.poll
        if poll is None or poll.is_closed or person.id in poll.voters:
            return False
        choice = self._chance.randrange(len(poll.options))
        self._world.vote(person.id, message.chat.id, message.message_id, [choice])
        return True

    # Limits

    def _may_act(self, person: Person) -> bool:
        acted = self._moods.setdefault(person.id, _Mood()).acted
        now = asyncio.get_running_loop().time()
        while acted and now - acted[0] > 60:  # noqa: PLR2004  seconds in a minute
            acted.popleft()
        return len(acted) < self.hints.per_minute_max

    def _count(self, person: Person) -> None:
        mood = self._moods[person.id]
        mood.chain += 1
        mood.acted.append(asyncio.get_running_loop().time())

    # Judging buttons

    def _is_avoided(self, button: Json) -> bool:
        data = button.get("callback_data", "")
        return bool(self.hints.avoid) and data.startswith(self.hints.avoid)

    def _is_welcome(self, button: Json) -> bool:
        if self._shunned.search(button["text"]):
            return False
        if "callback_data" in button:
            return not self._shunned.search(button["callback_data"])
        return "url" in button and self._link.match(button["url"]) is not None


def _buttons(message: Message) -> list[Json]:
    rows = message.markup.rows if message.markup is not None else []
    return [button for row in rows for button in row]


def _asks_for_words(message: Message) -> bool:
    markup = message.markup
    if markup is not None and markup.kind == "force_reply":
        return not message.chat.is_group
    is_bare = markup is None or not markup.rows
    return is_bare and not message.chat.is_group and bool(_QUESTION.search(message.content.text))
