"""A group's first month, end to end: five people, two languages, set-up to digest."""

from datetime import UTC, datetime

from village import Group, Someone, Village


async def they_set_up(amina: Someone, group: Group) -> None:
    """Amina, who added the bot, chooses step by step what they do together."""
    await amina.taps("Step by step", in_group=True)
    await amina.taps("📍 Nairobi", in_group=True)
    await amina.taps("KES", in_group=True)
    await amina.taps("contributions", in_group=True)
    await amina.taps("Go on", in_group=True)
    await amina.taps("Write the amount", in_group=True)
    await amina.writes("five hundred", in_group=True, reply_to=group.messages[-1])
    await amina.writes("500", in_group=True, reply_to=group.messages[-1])
    await amina.taps("Yes", in_group=True)
    await amina.taps("● 5", in_group=True)
    await amina.taps("Write it", in_group=True)
    await amina.writes("M-Pesa 0712 345 678 (Grace)", in_group=True, reply_to=group.messages[-1])
    await amina.taps("24", in_group=True)
    await amina.taps("Start", in_group=True)
    assert group.sees("We are ready")


async def they_join(group: Group, *people: Someone) -> None:
    for one in people:
        await one.taps_whatever("join", in_group=True)
        assert "Kitui Circle" in one.reads
        await one.taps_whatever("join_yes")
    assert group.sees(f"{len(people)} are in")


async def checks_in(one: Someone, *, line: str) -> None:
    """Six taps, a line, and what the group may see of it."""
    await one.taps_whatever("checkin", in_group=True)
    for _ in range(6):
        await one.taps_whatever("check")
    await one.writes(line)
    await one.taps_whatever("check_share")


async def lives_its_first_month(village: Village) -> None:
    """Set-up, a poll, a board, the check-in and the digest, as each of them sees it."""
    [amina, juma, grace] = village.has("Amina", "Juma", "Grace")
    [maria, diego] = village.has("María", "Diego", language="es")
    everybody = (amina, juma, grace, maria, diego)
    group = await village.forms_group("Kitui Circle", *everybody)

    await they_set_up(amina, group)
    await they_join(group, *everybody)
    assert "24 de marzo" in maria.reads, "María is spoken to in her own language"
    assert "March 24" in juma.reads

    await juma.writes("/poll Where do we meet? | Church | School", in_group=True)
    [poll] = [one for one in group.messages if one.content.poll]
    for one, choice in ((amina, 0), (maria, 0), (diego, 1)):
        village.world.vote(one.id, group.id, poll.message_id, [choice])
    await village.settles()

    # The 5th: a board in the group; Juma and María pay, a witness of another home confirms.
    await village.moves_to(datetime(2026, 3, 5, 16, 0, tzinfo=UTC))
    assert group.sees("0 of 5")
    for payer in (juma, maria):
        await payer.writes("/pay")
        await payer.taps_whatever("paid")
    for one in everybody:
        for button in [b for b in one.buttons() if (b.data or "").startswith("witness:")]:
            await one.presses(button)
    assert group.sees("2 of 5")
    await grace.writes("/fund", in_group=True)
    assert "1,000" in group.reads
    await amina.writes("/thanks Juma for the seeds", in_group=True)

    # The 24th, in the evening: the check-in opens; three take part, each in their own words.
    await village.moves_to(datetime(2026, 3, 24, 16, 0, tzinfo=UTC))
    for one, line in ((amina, "The roof is done."), (maria, "Vendí más huevos."), (juma, "🙂")):
        await checks_in(one, line=line)
    assert group.sees("3 of 5 are in")
    assert not group.sees("roof")
    assert not group.sees("huevos")

    # April: it has closed in place, and the digest tells the month, with one picture.
    await village.moves_to(datetime(2026, 4, 1, 16, 0, tzinfo=UTC))
    assert group.sees("Closed: 3 of 5 took part")
    [digest] = [one for one in group.messages if one.content.media]
    caption = digest.content.text
    for fact in ("3 of 5", "1,000", "Church", "Juma"):
        assert fact in caption, caption
    assert "roof" not in caption
    await diego.writes("/agreement", in_group=True)
    assert "KES\u00a0500" in group.reads
