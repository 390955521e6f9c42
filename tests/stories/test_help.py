from village import Village


async def test_somebody_who_asks_for_help_in_private_gets_it(village: Village) -> None:
    [amina] = village.has("Amina")
    await amina.starts()
    assert "Barnraiser" in amina.reads

    await amina.writes("/help")
    assert len(amina.messages()) == 2


async def test_words_that_answer_nothing_get_a_kind_answer(village: Village) -> None:
    [amina] = village.has("Amina")
    await amina.starts()
    await amina.writes("habari")
    assert "/help" in amina.reads
