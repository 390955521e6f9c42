"""What stories about goals share: setting one by taps and short answers, and reading it back."""

from village import Group, Someone, Village, words

from bot.storage import groups, members, people
from bot.storage.database import Reading, Transaction
from bot.storage.members import Member
from sandbox.state import Message


async def circle(village: Village, *people_: Someone, title: str = "Kitui") -> Group:
    group = await village.forms_group(title, *people_)
    await village.is_set_up(group, *people_)
    return group


async def does(person: Someone, *steps: str) -> None:
    """Tap what stands in brackets, write anything else."""
    for step in steps:
        if step.startswith("["):
            await person.taps(step[1:-1])
        else:
            await person.writes(step)


async def sets_goal(
    person: Someone,
    own_words: str = "Two goats",
    *,
    area: str = "Farm",
    measure: str = "Money that grows",
    values: tuple[str, ...] = ("[0 Nothing yet]", "12000"),
    by: str = "[No date]",
    shared: bool = False,
) -> None:
    await person.writes("/goals")
    if "which group" in said(person):
        await person.taps("Kitui")
    steps = ["[A new goal]", own_words, f"[{area}]", f"[{measure}]", *values, by]
    await does(person, *steps, *(["[Let the group see]"] if shared else []), "[Yes, my goal]")
    assert "It is yours now." in said(person)


async def moves_goal(person: Someone, value: str) -> None:
    await does(person, "[Now it is]", value, "[✅ Yes]")


def said(person: Someone) -> str:
    """What the bot last told them, with ordinary spaces in its amounts."""
    return person.reads.replace("\xa0", " ")


def plain(message: Message) -> str:
    """A message with ordinary spaces in its amounts."""
    return words(message).replace("\xa0", " ")


def as_member(at: Reading, group: Group, person: Someone) -> Member:
    known = people.by_telegram_id(at, person.id)
    assert known is not None
    [found] = [
        one
        for one in (members.of_person(at, each.id, known.id) for each in groups.active(at))
        if one and groups.by_id(at, one.group_id).title == group.chat.title
    ]
    return found


async def are_one_household(village: Village, group: Group, *people_: Someone) -> None:
    def join(at: Transaction) -> None:
        first, *others = (as_member(at, group, one) for one in people_)
        for one in others:
            members.move_to_household(at, one.id, first.household_id)

    assert village.bot is not None
    await village.bot.database.transact(join)


def everything(person: Someone) -> str:
    return person.read_all() + "".join(b.label for b in person.buttons())


async def stored(village: Village) -> list[tuple[object, ...]]:
    """Everything that is kept about goals."""

    def ask(at: Reading) -> list[tuple[object, ...]]:
        tables = at.all(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name LIKE 'goal%' ORDER BY 1"
        )
        return [
            tuple(row)
            for table in tables
            for row in at.all(f"SELECT * FROM {table['name']}")  # noqa: S608 - from the schema
        ]

    assert village.bot is not None
    return await village.bot.database.read(ask)
