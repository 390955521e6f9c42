"""What the group hears of all its check-ins together: in bands, where that tells of nobody."""

from datetime import UTC, datetime

import pytest
from circle import CLOSES, answers_all, leaves, opens_circle
from village import Group, Someone, Village, words

from bot.storage.sealing import OperatorKey
from sandbox.state import Message

FIRST_OF_APRIL = datetime(2026, 4, 1, 15, 0, tzinfo=UTC)

FOLK = ("Amina", "Juma", "Neema", "Baraka", "Grace", "Otieno", "Zawadi", "Pendo", "Asha")
MOST = "📈 Most of us moved towards what we set out to do."


@pytest.fixture(autouse=True)
def _still(monkeypatch: pytest.MonkeyPatch) -> None:
    """No count is blurred; how they are is told in tests/domain/test_disclosure_rules.py."""
    monkeypatch.setattr(OperatorKey, "blur", lambda _self, _text: b"\x01" * 32)


def digests_in(group: Group) -> list[Message]:
    return [one for one in group.messages if one.content.media]


async def circle(village: Village, count: int, done: int) -> list[Someone]:
    folk = village.has(*FOLK[:count])
    await opens_circle(village, *folk)
    for one in folk[:done]:
        await answers_all(one)
    return folk


async def test_nine_hear_how_they_got_on_together_and_the_same_whoever_leaves(
    village: Village,
) -> None:
    folk = await circle(village, 9, 6)
    before = village.group.read_all()
    assert "Most of us" not in before
    await village.moves_to(CLOSES)
    await leaves(folk[0])
    await folk[1].writes("/digest", in_group=True)
    [so_far] = digests_in(village.group)
    assert f"✅ 6 of 9 members checked in.\n{MOST}\nRoughly: nobody's own" in words(so_far)
    assert "In the way" not in words(so_far), "fewer than twelve"
    await village.moves_to(FIRST_OF_APRIL)
    assert MOST in words(digests_in(village.group)[-1])
    rows = await village.finds(
        lambda at: [dict(one) for one in at.all("SELECT what, band, counted FROM figures")]
    )
    assert rows == [{"what": "moved", "band": "most", "counted": "[1, 2, 3, 4, 5, 6]"}]


@pytest.mark.parametrize(("count", "done"), [(7, 7), (9, 4)])
async def test_too_few_hear_how_many_took_part_and_no_more(
    village: Village, count: int, done: int
) -> None:
    await circle(village, count, done)
    await village.moves_to(FIRST_OF_APRIL)
    [digest] = digests_in(village.group)
    assert f"✅ {done} of {count} members checked in." in words(digest)
    assert "of us" not in words(digest)
    assert await village.finds(lambda at: at.value("SELECT count(*) FROM figures")) == 0
