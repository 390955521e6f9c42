"""/export: all that is the group's in one file, for its office-holders; nothing told in private."""

import io
import json
import zipfile

from goal_village import does
from village import Someone, Village
from whole_life import NAME, WORDS, file_ids, forms, lives_a_month

from bot.practices import exports
from bot.storage import groups
from bot.storage.database import Reading


def unpacked(person: Someone) -> dict[str, str]:
    """The export that somebody was sent last."""
    media = [one.content.media for one in person.messages() if one.content.media]
    file = media[-1].file
    assert file is not None
    with zipfile.ZipFile(io.BytesIO(file.content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name).decode() for name in archive.namelist()}


async def test_it_holds_all_that_is_the_groups_and_nothing_told_in_private(
    village: Village,
) -> None:
    _, folk = await forms(village)
    zawadi, juma, *_ = folk
    await lives_a_month(village, folk)
    await does(juma, "/privacy", "[✅ Help matching]")
    await zawadi.writes("/export")
    files = unpacked(zawadi)
    assert {name.split("/")[0] for name in files} == {"group", "book"}
    assert {"group/group.html", "group/group.json", "group/members.csv"} <= files.keys()
    assert {"book/book.csv", "book/book.beancount", "book/check.html"} <= files.keys()
    whole = json.loads(files["group/group.json"])
    assert [one["name"] for one in whole["members"]] == [NAME, "Juma", "Neema", "Baraka"]
    assert whole["members"][0]["consented_at"]
    assert whole["agreement"][0]["version"] == 1
    assert "“We buy a pump”" in {one["words"] for one in whole["decisions"]}
    assert [one["words"] for one in whole["meetings"][0]["minutes"]] == [WORDS[11]]
    assert "1 of 4 members checked in" in whole["digests"][0]["words"]
    everything = "".join(files.values())
    private = (WORDS[1], WORDS[8], "matching", str(zawadi.id), *file_ids(village, zawadi))
    for secret in private:
        assert secret not in everything, secret
    for text in (files["group/group.html"], files["group/decisions.csv"]):
        assert "We buy a pump" in text
    again = await village.finds(lambda at: exports.whole(at, groups.by_id(at, 1)))
    assert again["title"] == "Kitui"

    await does(zawadi, "/forget", "[Forget me]", "[Yes, forget me]")
    await village.waits(minutes=1)
    await does(juma, "/members")
    village_finds = await village.finds(
        lambda at: json.dumps(exports.whole(at, groups.by_id(at, 1)), ensure_ascii=False)
    )
    assert NAME not in village_finds
    assert WORDS[11] not in village_finds
    assert "a former member" in village_finds


async def test_only_who_holds_an_office_and_only_in_private(village: Village) -> None:
    group, [zawadi, juma, *_] = await forms(village)
    before = len(juma.messages())
    await juma.writes("/export")
    assert "for who holds an office" in juma.reads
    await juma.presses_data(juma.messages()[-1], "export:1")
    await juma.presses_data(juma.messages()[-1], "export:99")
    await zawadi.presses_data(group.messages[0], "export:1")
    await zawadi.writes("/export", in_group=True)
    assert "in our private chat" in group.reads
    assert not any(one.content.media for one in juma.messages()[before:])
    assert not any(one.content.media for one in group.messages)


async def test_of_several_groups_it_asks_which_and_by_then_looks_again(village: Village) -> None:
    _, [zawadi, juma, *_] = await forms(village)
    other = await village.forms_group("Machakos", zawadi, juma)
    await village.is_set_up(other, zawadi, juma)
    await zawadi.writes("/export")
    assert set(zawadi.labels()) == {"Kitui", "Machakos"}
    await zawadi.taps("Machakos")
    files = unpacked(zawadi)
    assert json.loads(files["group/group.json"])["title"] == "Machakos"
    assert not any(name.startswith("book/") for name in files), "there is no book yet"

    def gone(at: Reading) -> str:
        try:
            exports.make(at, {"whole": 1, "person": 2, "language": "en"})
        except exports.NotInOffice:
            return "refused"
        return "made"

    assert await village.finds(gone) == "refused"
