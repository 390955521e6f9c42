"""A reminder that Telegram holds back for an hour, and somebody who is done before it leaves."""

from circle import REMINDS, USUAL_TAPS, opens_circle
from contribution_village import PAID, contributes, march
from village import Someone, Village

from sandbox.faults import Fault


def telegram_holds_back(village: Village, someone: Someone) -> None:
    """The next message to them must wait an hour."""
    fault = Fault("flood", method="sendMessage", chat=someone.id, retry_after=3600, times=1)
    village.sandbox.faults.add(fault)


async def test_who_has_checked_in_meanwhile_is_not_reminded(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    await opens_circle(village, amina, juma)
    for one in (amina, juma):
        for label in (*USUAL_TAPS, "Skip"):
            await one.taps(label)
    telegram_holds_back(village, juma)
    await village.moves_to(REMINDS)
    await juma.taps("Like this")
    await village.waits(hours=2)
    assert not juma.sees("when you have a minute")
    assert juma.sees("you are in for March")
    assert amina.sees("when you have a minute")


async def test_whoever_is_not_done_is_reminded_late(village: Village) -> None:
    [amina] = village.has("Amina")
    await opens_circle(village, amina)
    telegram_holds_back(village, amina)
    await village.moves_to(REMINDS)
    assert not amina.sees("when you have a minute")
    await village.waits(hours=2)
    assert amina.sees("when you have a minute")


async def test_who_has_paid_meanwhile_is_not_reminded(village: Village) -> None:
    [amina, juma, neema] = village.has("Amina", "Juma", "Neema")
    await contributes(village, amina, juma, neema)
    await village.moves_to(march(4))
    telegram_holds_back(village, juma)
    telegram_holds_back(village, neema)
    await village.moves_to(march(5))
    await juma.taps(PAID)
    await village.waits(hours=2)
    assert not juma.sees("Today is the day")
    assert juma.sees("Noted: KES\u00a0500.00")
    assert neema.sees("Today is the day")
