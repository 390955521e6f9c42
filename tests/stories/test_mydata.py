"""/mydata: everything that is kept of oneself, as files, and of nobody else."""

import json
import re
from typing import Any

from decision_village import proposes
from goal_village import does
from village import Someone, Village
from whole_life import NAME, WORDS, file_ids, forms, lives_a_month

from bot.practices import privacy
from bot.storage.database import Reading


def files(person: Someone) -> dict[str, str]:
    """The documents that were sent last, by name."""
    found = {}
    for message in person.messages():
        media = message.content.media
        if media is not None and media.kind == "document":
            assert media.file is not None
            found[media.file.name] = media.file.content.decode()
    return found


async def test_everything_said_is_in_both_files(village: Village) -> None:
    _, folk = await forms(village)
    zawadi, *_ = folk
    await lives_a_month(village, folk)
    await zawadi.writes("/mydata")
    said = files(zawadi)
    assert said.keys() == {"my-data.html", "my-data.json"}
    assert "keep it to yourself" in zawadi.read_all()
    kept = json.loads(said["my-data.json"])["kept"]
    everything = json.dumps(kept, ensure_ascii=False)
    page = re.sub("[\u2068\u2069]", "", said["my-data.html"])
    for word in (NAME, *WORDS):
        assert word in everything
        assert word in page, word
    for file_id in file_ids(village, zawadi):
        assert file_id in everything
    assert str(zawadi.id) in everything
    assert kept["goals"]["goal_terms"][0]["words"] == WORDS[0]
    assert kept["book"]["postings"][0]["amount_minor"] == -50_000
    assert "<h2>Your goals</h2>" in page
    for other in ("We buy a pump", "Baraka"):
        assert other not in json.dumps({**kept, "person": {}}, ensure_ascii=False)


async def test_of_somebody_new_there_is_little_and_it_is_in_their_language(
    village: Village,
) -> None:
    [ana] = village.has("Ana <b>", language="es")
    await ana.starts()
    await ana.writes("/mydata")
    page = files(ana)["my-data.html"]
    assert "Todo lo que se guarda de ti" in page
    assert "<b>" not in page
    assert "&lt;b&gt;" in page
    await ana.writes("/mydata")  # within the minute: nothing more is sent
    assert len([one for one in ana.messages() if one.content.media]) == 2
    await village.waits(minutes=2)
    await ana.writes("/mydata")
    assert len([one for one in ana.messages() if one.content.media]) == 4


async def test_a_secret_vote_that_is_open_is_not_shown(village: Village) -> None:
    """Whoever stands behind somebody and has them ask for their data learns no vote."""
    _, [zawadi, juma, *_] = await forms(village)
    await proposes(
        juma, "We buy a pump", "[More]", "[Seen at the end]", "[As it comes in]", "[Back]"
    )
    await zawadi.taps("In private", in_group=True)
    await does(zawadi, "[No]")
    await village.waits(minutes=1)
    await zawadi.writes("/mydata")
    votes = json.loads(files(zawadi)["my-data.json"])["kept"]["decisions"]["votes"]
    assert len(votes) == 1
    assert "ballot" not in votes[0]
    page = await made(village, "page")
    assert "pump" not in page


async def made(village: Village, form: str) -> str:
    def make(at: Reading) -> Any:  # noqa: ANN401 - a file
        return privacy.make(at, {"mine": form, "person": 1, "language": "en"})

    _, content, _ = await village.finds(make)
    return str(content.decode())


async def test_what_is_kept_when_it_leaves_is_told(village: Village) -> None:
    _, [zawadi, *_] = await forms(village)
    await village.waits(hours=1)
    kept = json.loads(await made(village, "json"))
    assert kept["made_at"].startswith(f"{village.now:%Y-%m-%d}")
    assert kept["kept"]["groups"]["offices"][0]["office"] == "facilitator"
    assert zawadi.id == kept["kept"]["person"]["people"][0]["telegram_id"]
