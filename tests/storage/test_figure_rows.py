"""What was made of many answers: blurred anew each round, and held against the time before."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from bot.domain import disclosure
from bot.domain.check_ins import Tally
from bot.domain.disclosure import Band, Shown, as_shown
from bot.practices import figures as practice
from bot.storage import chats, check_ins, figures, groups
from bot.storage.check_ins import Round
from bot.storage.database import Database, Transaction

MONTHS: tuple[tuple[str, Band], ...] = (
    ("2026-01", "few"),
    ("2026-02", "most"),
    ("2026-03", "half"),
)


def a_group(at: Transaction, number: int) -> int:
    chat = chats.seen(at, telegram_id=-number, kind="group", person_id=None, message_id=0)
    return groups.add(at, chat_id=chat.id, title="Kitui", language="en", added_by=None).id


def closed(at: Transaction, group_id: int, month: str) -> Round:
    closes_at = at.now + timedelta(days=1)
    asked = ("hurdle",)
    found = check_ins.open_round(
        at, group_id=group_id, month=month, questions=asked, closes_at=closes_at
    )
    check_ins.close_round(at, found.id, Tally(8, 8))
    return found


async def test_the_time_before_is_the_newest_of_an_earlier_month(database: Database) -> None:
    def keep(at: Transaction) -> list[Shown | None]:
        group_id = a_group(at, 1)
        for month, band in MONTHS:
            found = closed(at, group_id, month)
            counted = frozenset({1, found.id + 9})
            figures.add(at, found.id, Shown(as_shown("moved", band, "", is_more=False), counted))
        return [
            figures.last_before(at, group_id, month, "moved") for month in ("2026-01", "2026-03")
        ]

    first, found = await database.transact(keep)
    assert first is None
    assert found is not None
    assert found.figure.band == "most"
    assert found.counted == {1, 11}


async def test_each_round_of_each_group_is_blurred_by_its_own_and_told_of_the_last(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[bytes] = []
    before: list[Band | None] = []

    def moved(_: int, __: object, draw: Callable[[str], bytes], last: Shown | None) -> None:
        drawn.append(draw("moved"))
        before.append(None if last is None else last.figure.band)

    monkeypatch.setattr(disclosure, "moved", moved)

    def close(at: Transaction) -> None:
        for number in (1, 2):
            group_id = a_group(at, number)
            for month, band in MONTHS:
                found = closed(at, group_id, month)
                practice.round_closed(at, found, Tally(8, 8))
                shown = Shown(as_shown("moved", band, "", is_more=False), frozenset({1}))
                figures.add(at, found.id, shown)

    await database.transact(close)
    assert len(set(drawn)) == 2 * len(MONTHS)
    assert before == [None, "few", "most"] * 2
