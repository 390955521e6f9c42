"""What happened keeps the rules that held when it happened, whatever is agreed since."""

from contribution_village import (
    PAID,
    YES,
    contributes,
    counted,
    march,
    takes_office,
    transacts,
)
from village import Village

from bot.domain.agreement import document_of
from bot.practices import agreement
from bot.storage import groups
from bot.storage.database import Transaction


async def decides_on_plan(village: Village, **changed: object) -> None:
    """The group changes its plan by a decision."""

    def amend(at: Transaction, group_id: int) -> None:
        plan = document_of(groups.agreement(at, group_id))["plans"][0]
        agreement.amend(at, group_id, "plans", plan | changed, by=None, decision_id=7)

    await transacts(village, amend)


async def test_a_months_contribution_is_what_held_when_it_began(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    await contributes(village, amina, juma)
    await village.moves_to(march(4))
    await decides_on_plan(village, amount_minor=70_000)
    await amina.writes("/pay")
    assert "KES\u00a0500.00" in amina.reads
    assert "700" not in amina.reads
    await amina.taps(PAID)
    await juma.taps(YES)
    await village.moves_to(march(5))
    assert village.group.sees("KES\u00a0500.00")

    await village.moves_to(march(5).replace(month=4))
    assert "KES\u00a0700.00" in amina.read_all()
    await amina.writes("/pay")
    assert "KES\u00a0700.00" in amina.reads


async def test_a_payment_is_witnessed_as_was_agreed_when_it_was_said(village: Village) -> None:
    """Said when one witness was enough; two are agreed on since, for what is said from then on."""
    [amina, juma, neema] = village.has("Amina", "Juma", "Neema")
    await contributes(village, amina, juma, neema)
    await village.moves_to(march(5))
    await amina.taps(PAID)
    await decides_on_plan(village, witnesses=2)
    await juma.taps(YES)
    assert await counted(village, "entries") == 1
    await juma.taps(PAID)
    await amina.taps(YES)
    assert await counted(village, "entries") == 1
    await neema.taps(YES)
    assert await counted(village, "entries") == 2


async def test_a_payment_that_waits_keeps_its_own_when_the_practice_ends(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    await contributes(village, amina, juma)
    await takes_office(village, juma, "treasurer")
    await village.moves_to(march(5))
    await amina.taps(PAID)

    def stop(at: Transaction, group_id: int) -> None:
        agreement.amend(at, group_id, "practices", ["polls"], by=None, decision_id=7)

    await transacts(village, stop)
    await juma.taps(YES)
    assert await counted(village, "entries") == 1
