"""A village to begin with: you, six neighbours who speak four languages, and their group."""

from dataclasses import dataclass

from sandbox.state import Chat, Person
from sandbox.world import World

GROUP_TITLE = "Willow Lane Circle"
NEIGHBOURS = (
    ("Grace", "Okafor", "en"),
    ("María", "Morales", "es"),
    ("Thomas", "Reed", "en"),
    ("Diego", "Ríos", "es"),
    ("Amina", "Juma", "sw"),
    ("Claudine", "Mukamana", "fr"),
)


@dataclass(slots=True, frozen=True)
class Village:
    """Who lives here, and where they meet."""

    you: Person
    neighbours: list[Person]
    group: Chat


def village(world: World, *, add_bot: bool = False, supergroup: bool = False) -> Village:
    """Settle a village.

    Args:
        world: an empty world.
        add_bot: whether the bot is in the group from the start; otherwise somebody adds it.
        supergroup: whether the group is one.

    Returns:
        You (who made the group), your neighbours (lively: the cast moves them), the group.
    """
    you = world.add_person("Sam", last_name="Willow", username="sam_willow")
    neighbours = [
        world.add_person(
            first, last_name=last, username=f"{_plain(first)}_lane", language_code=code, lively=True
        )
        for first, last, code in NEIGHBOURS
    ]
    group = world.make_group(
        GROUP_TITLE,
        you.id,
        [each.id for each in neighbours],
        supergroup=supergroup,
        add_bot=add_bot,
    )
    return Village(you, neighbours, group)


def _plain(name: str) -> str:
    return name.lower().replace("í", "i")
