"""The people of the simulated groups, and the groups: what they do in a month, at their own pace.

They look at what the bot says and press, answer or vote as the sandbox's villagers do; and of
their own accord they pay, thank, ask for help, put questions to the group and propose.
"""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.domain.agreement import Agreement, CheckIn, Digest
from bot.domain.agreement_parts import Quiet
from bot.domain.plans import Contribution
from bot.trying import LEFT_ALONE, PASSED_BY
from sandbox.cast import SHUNNED, Cast, Hints
from sandbox.refusals import Impossible
from sandbox.server import Sandbox
from sandbox.state import Chat, Person

NAMES = (
    "Amina", "Juma", "Neema", "Zawadi", "Baraka", "Rehema", "Tumaini", "Furaha", "Daudi", "Halima",
    "Imani", "Jabali",
)  # fmt: skip
LANGUAGES = ("en", "en", "es", "sw", "fr")
#: Zones with something to stumble over, and one without.
ZONES = (
    "Africa/Cairo", "America/New_York", "Europe/Berlin", "Africa/Casablanca", "America/Santiago",
    "Asia/Beirut", "Australia/Lord_Howe", "Africa/Nairobi", "Pacific/Apia", "Asia/Kathmandu",
)  # fmt: skip
HINTS = Hints(
    avoid=(*LEFT_ALONE, "forget", "privacy"),
    shun=(*SHUNNED, *PASSED_BY, "pay_other", "pay_for", "pay_code", "not_found_why", "_drop"),
    delay=(20.0, 4 * 3600.0),
    presses_max=14,
    rest_seconds=3600.0,
)
ANSWERING_QUICKLY = Hints(avoid=HINTS.avoid, shun=HINTS.shun, delay=(0.5, 90.0), presses_max=14)


@dataclass
class Done:
    """What they did that must be found again, each with words of its own."""

    thanks: dict[str, int] = field(default_factory=dict)  # its word → update id
    polls: dict[str, int] = field(default_factory=dict)
    many: int = 0


@dataclass
class Circle:
    """One group: its chat, who is in it, and what it agreed."""

    chat: Chat
    people: list[Person]
    agreement: Agreement

    @property
    def now(self) -> Chat:
        """The chat as it is, perhaps a supergroup since."""
        return self.chat


class People:
    """Everybody, and what they are about to do."""

    def __init__(
        self, sandbox: Sandbox, chance: random.Random, trace: Callable[[str], None]
    ) -> None:
        self.world = sandbox.world
        self.circles: list[Circle] = []
        self.done = Done()
        self._chance = chance
        self._trace = trace
        self._eager = chance.choice((0.15, 0.3, 0.6))
        hints = HINTS if chance.random() < 0.7 else ANSWERING_QUICKLY
        self.cast = Cast(self.world, hints, seed=chance.randrange(2**32))

    def settle(self, count: int) -> None:
        """Make the groups, and have the bot told of them."""
        names = iter(self._chance.sample(NAMES, len(NAMES)))
        for number in range(count):
            people = [
                self.world.add_person(
                    next(names), language_code=self._chance.choice(LANGUAGES), lively=True
                )
                for _ in range(self._chance.choice((2, 3, 3, 4)))
            ]
            chat = self.world.make_group(
                f"Circle {number + 1}",
                people[0].id,
                [one.id for one in people[1:]],
                supergroup=self._chance.random() < 0.3,
            )
            for one in people:
                self.world.start(one.id)
            today = self.world.clock.now().day
            self.circles.append(Circle(chat, people, self._agreement(today)))

    def _agreement(self, today: int) -> Agreement:
        chance = self._chance
        soon = min(28, today + chance.randint(0, 1))
        return Agreement(
            language=chance.choice(LANGUAGES),
            zone=chance.choice(ZONES),
            currency="KES",
            practices=frozenset({"check_ins", "contributions", "polls", "digests"}),
            check_in=CheckIn(
                day=chance.choice((soon, soon, chance.randint(1, 31))),
                hour=chance.choice((0, 1, 2, 3, 7, 18, 23)),
                open_days=4,
            ),
            plans=(Contribution(amount_minor=50_000, how_to_pay="M-Pesa", witnesses=1),),
            digest=Digest(day=chance.randint(1, 31), hour=chance.choice((0, 2, 9, 18))),
            quiet=chance.choice((Quiet(), Quiet(0, 0), Quiet(22, 6))),
        )

    def begin(self, seconds: float) -> None:
        """Let them loose: everybody does something of their own now and then, for so long."""
        self.cast.start()
        loop = asyncio.get_running_loop()
        for circle in self.circles:
            for one in circle.people:
                for act in (
                    self._pays, self._pays, self._thanks, self._asks, self._checks_in, self._looks,
                    self._looks, self._presses_twice, self._presses_old, self._polls,
                    self._proposes,
                ):  # fmt: skip
                    if self._chance.random() < self._eager:
                        loop.call_later(
                            self._chance.uniform(1, seconds), self._does, act, circle, one
                        )

    def _does(self, act: Callable[[Circle, Person], None], circle: Circle, person: Person) -> None:
        before = self.world.updates._next_id
        try:
            act(circle, person)
        except Impossible as impossible:
            self._trace(f"impossible {impossible}")
            return
        self.done.many += 1
        self._trace(f"does {act.__name__} {person.id} {before}")

    # -- of their own accord ----------------------------------------------------------------------

    def _place(self, circle: Circle) -> int:
        chat = circle.chat
        return chat.migrated_to or chat.id

    def _pays(self, _circle: Circle, person: Person) -> None:
        self.world.say(person.id, person.id, "/pay")

    def _thanks(self, circle: Circle, person: Person) -> None:
        other = self._chance.choice([one for one in circle.people if one is not person])
        update_id = self.world.updates._next_id
        words = f"/thanks {other.first_name} for seed{update_id}"
        self.world.say(person.id, self._place(circle), words)
        self.done.thanks[f"seed{update_id}"] = update_id

    def _polls(self, circle: Circle, person: Person) -> None:
        update_id = self.world.updates._next_id
        words = f"/poll Where{update_id}? | Church | School"
        self.world.say(person.id, self._place(circle), words)
        self.done.polls[f"Where{update_id}"] = update_id

    def _asks(self, _circle: Circle, person: Person) -> None:
        self.world.say(person.id, person.id, self._chance.choice(("/ask", "/offer")))

    def _checks_in(self, _circle: Circle, person: Person) -> None:
        self.world.say(person.id, person.id, "/checkin")

    def _proposes(self, _circle: Circle, person: Person) -> None:
        self.world.say(person.id, person.id, "/propose")

    def _looks(self, circle: Circle, person: Person) -> None:
        in_group = self._chance.random() < 0.5
        place = self._place(circle) if in_group else person.id
        words = self._chance.choice(("/fund", "/decisions", "/agreement", "/help", "/goals", "/hi"))
        self.world.say(person.id, place, words)

    def _presses_twice(self, _circle: Circle, person: Person) -> None:
        self._presses(person, newest=True, times=2)

    def _presses_old(self, _circle: Circle, person: Person) -> None:
        self._presses(person, newest=False, times=1)

    def _presses(self, person: Person, *, newest: bool, times: int) -> None:
        messages = [
            (one, button["callback_data"])
            for one in self.world.chat(person.id).messages.values()
            if one.sender_id == self.world.bot.id and one.markup is not None
            for row in one.markup.rows
            for button in row
            if "callback_data" in button
            and not any(word in button["callback_data"] for word in (*LEFT_ALONE, "forget"))
        ]
        if messages:
            message, data = messages[-1] if newest else self._chance.choice(messages)
            for _ in range(times):
                self.world.press(person.id, person.id, message.message_id, data)
