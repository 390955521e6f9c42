"""The agreement is read by any member at any time, and who changed what when stays to be read."""

import re

from circle import round_card
from contribution_village import transacts
from village import Group, Someone, Village

from bot.domain.agreement import CheckIn
from bot.practices import agreement
from bot.storage import people
from bot.storage.database import Transaction
from sandbox.state import Message


async def kitui(village: Village, *names: str, language: str = "en") -> tuple[Group, list[Someone]]:
    folk = village.has(*names, language=language)
    group = await village.forms_group("Kitui", *folk)
    await village.is_set_up(group, *folk, language=language)
    return group, folk


async def changes(village: Village, someone: Someone, part: str, value: object) -> None:
    """The facilitator changes a part."""

    def amend(at: Transaction, group_id: int) -> None:
        person = people.by_telegram_id(at, someone.id)
        assert person is not None
        agreement.amend(at, group_id, part, value, by=person.id)

    await transacts(village, amend)


async def decides(village: Village, part: str, value: object) -> None:
    """The group changes a part by a decision."""

    def amend(at: Transaction, group_id: int) -> None:
        agreement.amend(at, group_id, part, value, by=None, decision_id=7)

    await transacts(village, amend)


async def locks(village: Village, part: str) -> None:
    """The group locks a part by a decision."""

    def lock(at: Transaction, group_id: int) -> None:
        agreement.lock(at, group_id, part, by=None, decision_id=7)

    await transacts(village, lock)


def file_of(message: Message) -> str:
    """The page that was sent, as somebody reads it: the marks that isolate names taken out."""
    assert message.content.media is not None
    assert message.content.media.file is not None
    return re.sub("[\u2068\u2069]", "", message.content.media.file.content.decode())


class TestReading:
    async def test_in_the_group_is_short_with_the_way_to_all_of_it(self, village: Village) -> None:
        group, [amina, juma] = await kitui(village, "Amina", "Juma")
        await changes(village, amina, "purpose", "A roof for every house")
        await juma.writes("/agreement", in_group=True)
        assert "A roof for every house" in group.reads
        assert "Version 2" in group.reads
        await juma.taps("All of it", in_group=True)
        assert "Version 2" in juma.reads
        await juma.taps("How we decide")
        assert "It holds if more than half of the votes are for it." in juma.reads
        assert "Changing a locked part 🔒" in juma.reads
        assert "two-thirds of the votes" in juma.reads
        assert "Facilitator: Amina" in juma.reads
        await juma.taps("Our money")
        assert "We make no loans." in juma.reads
        assert "There is no fine." in juma.reads
        await juma.taps("Who we are")
        assert "Anybody in our chat may join." in juma.reads
        await juma.taps("What we do")
        assert "It begins at 6:00" in juma.reads
        assert len(juma.messages()) == 2, "one message, edited in place"

    async def test_is_in_ones_own_language(self, village: Village) -> None:
        _, [_, juma] = await kitui(village, "Amina", "Juma")
        await juma.writes("/language")
        await juma.taps("Español")
        await juma.writes("/agreement")
        await juma.taps("Nuestro dinero")
        assert "No prestamos dinero." in juma.reads
        assert "Primero lo hablamos. No hay multa." in juma.reads

    async def test_as_a_file_has_all_of_it(self, village: Village) -> None:
        _, [amina, juma] = await kitui(village, "Amina", "Juma")
        await changes(village, amina, "name", "Roofs & <b>Rain</b>")
        await locks(village, "purpose")
        await juma.writes("/agreement")
        await juma.taps("As a file")
        page = file_of(juma.messages()[-1])
        assert "<h1>Roofs &amp; &lt;b&gt;Rain&lt;/b&gt;</h1>" in page
        assert "Version 3." in page
        for line in (
            "<h3>What we are for 🔒</h3>",
            "We make no loans.",
            "It stays open 4 days.",
            "<h3>Facilitator</h3>\n<p>Amina</p>",
            "What is locked only a decision of the group changes.",
        ):
            assert line in page, line

    async def test_is_for_its_members(self, village: Village) -> None:
        """Every button of one group's agreement, pressed by somebody of another."""
        group, [amina] = await kitui(village, "Amina")
        [stranger] = village.has("Stranger")
        other = await village.forms_group("Machakos", stranger)
        await village.is_set_up(other, stranger)
        await amina.writes("/agreement", in_group=group)
        url = amina.button("All of it", in_group=group).url
        assert url is not None
        await stranger.follows(url)
        assert "members of the group" in stranger.reads
        before = len(stranger.messages())
        for verb in (
            "agreed:1:0",
            "agreed_whole:1",
            "agreed_changes:1:0",
            "agreed_change:1:1",
            "agreed_file:1",
            "agreed:99:0",
            "agreed:2:9",
            "agreed_change:2:9",
        ):
            await stranger.presses_data(stranger.messages()[-1], verb)
            assert stranger.toast, verb
        village.world.join(amina.id, other.id)
        for verb in ("agreed:1:0", "agreed_whole:1", "agreed_changes:1:0", "agreed_change:1:1"):
            await amina.presses_data(other.messages[-1], verb)
            assert "no longer in use" in amina.toast, "a forged press tells no other group"
        await amina.presses_data(other.messages[-1], "agreed_file:1")
        assert "no longer in use" in amina.toast
        assert len(stranger.messages()) == before
        assert not other.sees("Kitui")


class TestWhatChanged:
    async def test_is_told_with_who_when_and_how(self, village: Village) -> None:
        _, [amina, juma] = await kitui(village, "Amina", "Juma")
        await village.waits(days=1)
        await changes(village, amina, "check_in", {"day": 10})
        await village.waits(days=1)
        await locks(village, "check_in")
        await decides(village, "check_in", {"day": 12})
        await juma.writes("/agreement")
        await juma.taps("What changed")
        for line in (
            "4 · Mar 4, 2026, by a decision of the group\nChanged: the check-in.",
            "3 · Mar 4, 2026, by a decision of the group\n🔒 Locked: the check-in.",
            "2 · Mar 3, 2026, by Amina\nChanged: the check-in.",
            "1 · Mar 2, 2026\nThis is where we began.",
        ):
            assert line in juma.reads, line
        await juma.taps("🔍 4")
        assert "Before: The check-in opens on day 10" in juma.reads
        assert "Now: The check-in opens on day 12" in juma.reads
        await juma.taps("What changed")
        await juma.taps("🔍 2")
        assert "Before: The check-in opens on day 24" in juma.reads
        assert "by Amina" in juma.reads
        await juma.taps("What changed")
        await juma.taps("Our agreement")
        assert "Version 4" in juma.reads
        assert len(juma.messages()) == 2

    async def test_is_paged(self, village: Village) -> None:
        _, [amina] = await kitui(village, "Amina")
        for day in range(1, 13):
            await changes(village, amina, "digest", {"day": day + 1})
        await amina.writes("/agreement")
        await amina.taps("What changed")
        assert [label for label in amina.labels() if "🔍" in label] == [
            f"🔍 {number}" for number in (13, 12, 11, 10, 9)
        ]
        assert "Newer" not in "".join(amina.labels())
        await amina.taps("Older")
        assert "8 · " in amina.reads
        assert "9 · " not in amina.reads
        await amina.taps("Older")
        assert "This is where we began." in amina.reads
        assert "Older" not in "".join(amina.labels())
        await amina.taps("Newer")
        assert "8 · " in amina.reads
        await amina.taps("Newer")
        assert "13 · " in amina.reads

    async def test_the_same_again_is_no_new_version(self, village: Village) -> None:
        _, [amina] = await kitui(village, "Amina")
        await changes(village, amina, "check_in", {"day": 24})
        assert (await village.agreed()).version == 1


async def test_a_round_goes_on_by_what_held_when_it_opened(village: Village) -> None:
    """Opened on the 24th for four days; made one day and the 10th meanwhile: it stays open."""
    group, [amina, _] = await kitui(village, "Amina", "Juma")
    await village.moves_to(village.now.replace(day=24, hour=15))
    assert "Open until Saturday" in round_card(group)
    await changes(village, amina, "check_in", {"day": 10, "open_days": 1})
    await village.waits(days=2)
    assert "Open until Saturday" in round_card(group)
    await village.waits(days=2, minutes=1)
    assert "Closed" in round_card(group)
    assert "April 10" in round_card(group)
    assert (await village.agreed()).check_in == CheckIn(day=10, open_days=1)
