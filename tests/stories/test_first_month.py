"""A group's first month, end to end: five people, two languages, set-up to digest."""

from first_month import lives_its_first_month
from village import Village


async def test_a_groups_first_month(village: Village) -> None:
    await lives_its_first_month(village)
