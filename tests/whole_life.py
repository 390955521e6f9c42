"""Somebody who does everything there is to do, for the stories of what is kept of them."""

from datetime import UTC, datetime

from circle import OPENS, USUAL_TAPS
from contribution_village import transacts
from decision_village import proposes
from goal_village import does, sets_goal
from village import Group, Someone, Village, photo

from bot.domain.agreement import PRACTICES
from bot.domain.plans import Contribution
from bot.storage import meeting_agenda, members, minutes, work_days
from bot.storage.database import Transaction
from sandbox.state import Content

APRIL = datetime(2026, 4, 2, 15, 0, tzinfo=UTC)
NAME, USERNAME = "Zawadi Quill", "zawadi_quill"
FILE_OF_MINUTES = "AgACFileOfTheMinutes00000001"
WORDS = (
    "Forty blue hens",
    "The rain took the roof",
    "a ladder of eucalyptus",
    "carrying my roof sheets",
    "We paint the well violet",
    "The tin rusts away",
    "Violet or saffron?",
    "Violet it is",
    "Because I like goats",
    "The receipt was for May",
    "Nails of brass",
    "Eleven came on foot",
    "Who mends the gutter",
    "Raising the long barn",
)


async def forms(village: Village, language: str = "en") -> tuple[Group, list[Someone]]:
    """A group of four that does everything; the first has a username."""
    village.world._last_person_id = 6_912_345_678
    person = village.world.add_person(
        "Zawadi", last_name="Quill", username=USERNAME, language_code=language
    )
    zawadi = Someone(village, person.id, NAME)
    others = village.has("Juma", "Neema", "Baraka", language=language)
    group = await village.forms_group("Kitui", zawadi, *others)
    await village.is_set_up(
        group,
        zawadi,
        *others,
        language=language,
        practices=frozenset(PRACTICES),
        plans=(Contribution(amount_minor=50_000),),
    )
    return group, [zawadi, *others]


def file_ids(village: Village, person: Someone) -> list[str]:
    """Telegram's ids of the photos and voice notes that somebody sent."""
    chat = village.world.chats[person.id]
    return [FILE_OF_MINUTES] + [
        one.content.media.file.file_id
        for one in chat.messages.values()
        if one.sender_id == person.id and one.content.media and one.content.media.file
    ]


async def lives_a_month(village: Village, folk: list[Someone]) -> None:
    """The first does everything there is to do, and is quoted for it by a digest."""
    zawadi, juma, neema, _ = folk
    await sets_goal(zawadi, WORDS[0], shared=True)
    await does(zawadi, "/ask", WORDS[2], "[Home]", f"[As {NAME}]", "[Yes, post it]")
    await zawadi.writes(f"/thanks Juma for {WORDS[3]}", in_group=True)
    await zawadi.writes(f"/poll {WORDS[6]} | {WORDS[7]} | Saffron", in_group=True)
    await proposes(juma, "We buy a pump")
    await zawadi.taps("In private", in_group=True)
    await does(zawadi, "[No]", "[Say why]", WORDS[8])
    await does(zawadi, "/propose", WORDS[4], WORDS[5], "[Put it to the group]")
    await village.moves_to(datetime(2026, 3, 5, 12, 0, tzinfo=UTC))
    await zawadi.taps_whatever("paid")
    await juma.taps_whatever("witness")
    await does(zawadi, "/fund", "[Pay out]", "[A cost]", "200")
    await zawadi.sends(Content(media=photo().media, text=WORDS[10]))
    await juma.taps_whatever("witness")
    await neema.taps_whatever("paid")
    await disputes(zawadi, WORDS[9])
    await village.moves_to(OPENS)
    for label in ("Reached", *USUAL_TAPS[1:]):
        await zawadi.taps(label)
    await zawadi.sends(Content(media=photo().media, text=WORDS[1]))
    await does(zawadi, "[My words]", "[Like this]", "[Yes, tell it]")
    await transacts(village, _meets_and_calls)
    await village.moves_to(APRIL)


def _meets_and_calls(at: Transaction, group_id: int) -> None:
    """What a meeting and a work day keep of the first."""
    [zawadi, *_] = members.of_group(at, group_id)
    meeting_id = at.insert(
        "INSERT INTO meetings (group_id, of_rhythm, starts_at, place, changed_at)"
        " VALUES (:group, 0, :now, :place, :now)",
        group=group_id,
        now=at.now_text,
        place=at.key.payloads.close("Under the tree"),
    )
    minutes.add(
        at,
        meeting_id,
        member_id=zawadi.id,
        person_id=zawadi.person_id,
        kind="photo",
        content=FILE_OF_MINUTES,
        caption=WORDS[11],
    )
    theirs = {"member_id": zawadi.id, "person_id": zawadi.person_id}
    meeting_agenda.add(at, group_id=group_id, **theirs, words=WORDS[12])
    work_days.add(at, group_id, zawadi.id, WORDS[13])


async def disputes(witness: Someone, why: str) -> None:
    await witness.taps_whatever("not_found")
    await witness.writes(why)
