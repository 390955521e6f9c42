"""Days on which nothing happens: what was sent is forgotten, and the next word still leaves."""

from village import Village


async def test_after_quiet_days_the_bot_still_answers(village: Village) -> None:
    [amina] = village.has("Amina")
    await amina.starts()
    assert len(amina.messages()) == 1

    await village.waits(days=5)
    await amina.writes("/help")
    assert len(amina.messages()) == 2
