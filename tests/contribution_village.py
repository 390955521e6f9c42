"""A village that contributes 500 shillings on the 5th of each month, for stories."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Concatenate, ParamSpec, TypeVar

from village import Group, Someone, Village

from bot.domain.ledger import Fault
from bot.domain.offices import Office
from bot.domain.plans import Contribution
from bot.practices import checking
from bot.storage import chats, groups, members, people
from bot.storage.database import Reading, Transaction

P = ParamSpec("P")
T = TypeVar("T")

HOW = "M-Pesa to Neema, 0712 345 678"
PAID = "✓ I paid KES\u00a0500.00"
YES = "Yes, it is"


async def contributes(
    village: Village,
    *people_: Someone,
    title: str = "Kitui",
    witnesses: int = 1,
    how_to_pay: str = HOW,
    amount_minor: int = 50_000,
    language: str = "en",
) -> Group:
    """Set a group up that contributes monthly."""
    group = await village.forms_group(title, *people_)
    await village.is_set_up(
        group,
        *people_,
        language=language,
        practices=frozenset({"contributions"}),
        plans=(
            Contribution(amount_minor=amount_minor, how_to_pay=how_to_pay, witnesses=witnesses),
        ),
    )
    return group


async def moves_in_with(village: Village, person: Someone, other: Someone) -> None:
    """One joins the household of another."""
    await transacts(village, _move, person.id, other.id)


async def parts(village: Village, person: Someone) -> None:
    """One has a household of their own again."""
    await transacts(village, _part, person.id)


async def leaves(village: Village, person: Someone) -> None:
    """One leaves the group."""
    await transacts(village, _leave, person.id)


async def takes_office(village: Village, person: Someone, office: Office) -> None:
    """Give somebody an office."""
    await transacts(village, _take_office, person.id, office)


async def transacts(
    village: Village,
    work: Callable[Concatenate[Transaction, int, P], T],
    *args: P.args,
    **kwargs: P.kwargs,
) -> T:
    """Change facts directly, in the first group."""
    assert village.bot is not None

    def in_group(at: Transaction) -> T:
        return work(at, group_of(at, village.group.id).id, *args, **kwargs)

    done = await village.bot.database.transact(in_group)
    village.bot.outbox.wake()
    await village.settles()
    return done


async def faults(village: Village) -> list[Fault]:
    """What does not agree in the first group's book."""
    assert village.bot is not None

    def check(at: Reading) -> list[Fault]:
        return checking.verify(at, group_of(at, village.group.id).id)

    return await village.bot.database.read(check)


async def counted(village: Village, table: str) -> int:
    """How many rows a table has."""
    assert village.bot is not None

    def count(at: Reading) -> int:
        rows: int = at.value(f"SELECT count(*) FROM {table}")  # noqa: S608 - a test's own words
        return rows

    return await village.bot.database.read(count)


def group_of(at: Reading, telegram_id: int) -> groups.Group:
    """The group of a chat at Telegram."""
    chat = chats.by_telegram_id(at, telegram_id)
    assert chat is not None
    group = groups.of_chat(at, chat.id)
    assert group is not None
    return group


def member_of(at: Reading, group_id: int, telegram_id: int) -> members.Member:
    """The member who has this Telegram account."""
    person = people.by_telegram_id(at, telegram_id)
    assert person is not None
    member = members.of_person(at, group_id, person.id)
    assert member is not None
    return member


def march(day: int, hour: int = 15, minute: int = 1) -> datetime:
    """An instant in March; 15:00 UTC is six in the evening in Nairobi."""
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC)


def _move(at: Transaction, group_id: int, mover: int, other: int) -> None:
    household = member_of(at, group_id, other).household_id
    members.move_to_household(at, member_of(at, group_id, mover).id, household)


def _part(at: Transaction, group_id: int, who: int) -> None:
    household = members.new_household(at, group_id)
    members.move_to_household(at, member_of(at, group_id, who).id, household)


def _leave(at: Transaction, group_id: int, who: int) -> None:
    members.set_state(at, member_of(at, group_id, who).id, "left")


def _take_office(at: Transaction, group_id: int, who: int, office: Office) -> None:
    members.take_office(at, group_id, office, member_of(at, group_id, who).id)
