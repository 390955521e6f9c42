"""Joining, leaving, who is in, households, offices, and one's own language."""

from bot.handlers.context import (
    Answered,
    Route,
    Started,
    Tapped,
    Wrote,
    on_answer,
    on_command,
    on_start,
    on_tap,
)
from bot.practices import members
from bot.rendering import messages
from bot.storage.members import OFFICES
from bot.storage.questions import Question


def tap_join(tap: Tapped) -> None:
    """Somebody in the group says that they are in: their consent is asked in private."""
    member = members.want_in(tap.at, tap.chat, tap.person.id)
    tap.opens(members.LINK_JOIN, member.id)


def command_join(wrote: Wrote) -> None:
    """The same, by a command; in private, say where it is to be written."""
    if wrote.chat.is_private:
        wrote.says("members/join_in_group")
        return
    member = members.want_in(wrote.at, wrote.chat, wrote.person.id)
    wrote.says("members/way_in", member=member, reply_to=wrote.message_id)


def start_join(started: Started) -> None:
    """Ask for consent, in plain words."""
    place = members.look_at_consent(started.at, started.number, started.person.id)
    started.says("members/consent", group=place.group, member=place.member)


def tap_consent(tap: Tapped) -> None:
    """Yes: they are a member."""
    tap.changes("members/welcome", **members.consent(tap.at, tap.numbers[0], tap.person.id))


def tap_decline(tap: Tapped) -> None:
    """Not now."""
    place = members.decline(tap.at, tap.numbers[0], tap.person.id)
    tap.changes("members/declined", group=place.group)


def command_members(wrote: Wrote) -> None:
    """Say who is in and who holds which office."""
    if wrote.chat.is_private:
        wrote.says("members/mine", places=members.places_of(wrote.at, wrote.person.id))
        return
    facts = members.list_members(wrote.at, wrote.chat)
    wrote.says("members/list", reply_to=wrote.message_id, **facts)


def command_leave(wrote: Wrote) -> None:
    """Ask which group somebody wants to leave, in private."""
    if not wrote.chat.is_private:
        url = members.way_to_leave(wrote.at, wrote.chat, wrote.person.id)
        wrote.says("members/leave_in_private", reply_to=wrote.message_id, url=url)
        return
    wrote.says("members/leave", places=members.places_of(wrote.at, wrote.person.id))


def start_leave(started: Started) -> None:
    """The same, from the group's button."""
    started.says("members/leave", places=members.places_of(started.at, started.person.id))


def tap_leave(tap: Tapped) -> None:
    """Ask once more."""
    place = next(
        (
            one
            for one in members.places_of(tap.at, tap.person.id)
            if one.member.id == tap.numbers[0]
        ),
        None,
    )
    if place is None:
        raise members.NotYours
    tap.changes("members/leave_sure", place=place)


def tap_leave_yes(tap: Tapped) -> None:
    """They leave."""
    place = members.leave(tap.at, tap.numbers[0], tap.person.id)
    tap.changes("members/left", group=place.group)


def tap_stay(tap: Tapped) -> None:
    """They stay."""
    tap.changes("members/stayed")


def start_people(started: Started) -> None:
    """Show one's household and what can be done about it, from the group's button."""
    facts = members.household_choices(started.at, started.number, started.person.id)
    started.says("members/household", **facts)


def tap_people(tap: Tapped) -> None:
    """The same, in place."""
    tap.changes(
        "members/household", **members.household_choices(tap.at, tap.numbers[0], tap.person.id)
    )


def tap_add_somebody(tap: Tapped) -> None:
    """Ask for the name of somebody without a phone."""
    members.ask_for_name(tap.at, tap.numbers[0], tap.person.id, tap.chat)


def answer_name(answered: Answered, question: Question) -> None:
    """Add somebody without a phone."""
    place = members.record_without_phone(
        answered.at, question.subject, answered.person.id, answered.text
    )
    answered.says("members/recorded", group=place.group, member=place.member)


def tap_take_in(tap: Tapped) -> None:
    """Somebody without a phone is of the recorder's household."""
    place = members.take_into_household(tap.at, tap.numbers[0], tap.person.id)
    tap.changes("members/taken_in", group=place.group, member=place.member)


def tap_ask_household(tap: Tapped) -> None:
    """Ask another member to be one household."""
    place, was_asked = members.ask_for_household(tap.at, tap.numbers[0], tap.person.id)
    tap.changes(
        "members/household_waits", group=place.group, other=place.member, was_asked=was_asked
    )


def tap_answer_household(tap: Tapped) -> None:
    """Agree to be one household, or not."""
    request_id, agreed = tap.numbers
    facts = members.answer_household(tap.at, request_id, tap.person.id, agreed=bool(agreed))
    tap.changes("members/household_answered", **facts)


def tap_part(tap: Tapped) -> None:
    """Have a household of one's own again."""
    place = members.part_from_household(tap.at, tap.numbers[0], tap.person.id)
    tap.changes("members/parted", group=place.group)


def tap_office(tap: Tapped) -> None:
    """Take up an office, or ask the facilitator for their word."""
    group_id, number = tap.numbers
    if number >= len(OFFICES):
        raise members.NotYours
    members.take_up_office(tap.at, group_id, tap.person.id, OFFICES[number])
    tap.toast("members/toast_office", office=OFFICES[number])


def tap_give_office(tap: Tapped) -> None:
    """The facilitator's word."""
    member_id, number = tap.numbers
    tap.changes(
        "members/office_given_to",
        **members.give_office(tap.at, member_id, tap.person.id, number),
    )


def command_language(wrote: Wrote) -> None:
    """Ask which language somebody likes."""
    if not wrote.chat.is_private:
        wrote.says("members/language_in_private", reply_to=wrote.message_id)
        return
    wrote.says("members/language_asked", languages=messages.languages())


def tap_language(tap: Tapped) -> None:
    """Speak this language from now."""
    number = tap.numbers[0]
    if number >= len(messages.languages()) or not tap.chat.is_private:
        raise members.NotYours
    chosen = messages.languages()[number]
    members.choose_language(tap.at, tap.person.id, chosen)
    tap.changes_in(chosen, "members/language_chosen")


HANDLERS: list[Route] = [
    on_command(command_join, "join"),
    on_command(command_members, "members"),
    on_command(command_leave, "leave"),
    on_command(command_language, "language"),
    on_start(start_join, members.LINK_JOIN),
    on_start(start_leave, members.LINK_LEAVE),
    on_start(start_people, members.LINK_PEOPLE),
    on_tap(tap_join, r"join"),
    on_tap(tap_consent, r"join_yes:\d+"),
    on_tap(tap_decline, r"join_no:\d+"),
    on_tap(tap_leave, r"leave:\d+"),
    on_tap(tap_leave_yes, r"leave_yes:\d+"),
    on_tap(tap_stay, r"leave_no"),
    on_tap(tap_people, r"people:\d+"),
    on_tap(tap_add_somebody, r"person_add:\d+"),
    on_tap(tap_take_in, r"person_mine:\d+"),
    on_tap(tap_ask_household, r"household:\d+"),
    on_tap(tap_answer_household, r"household_answer:\d+:[01]"),
    on_tap(tap_part, r"household_part:\d+"),
    on_tap(tap_office, r"office:\d+:\d+"),
    on_tap(tap_give_office, r"office_yes:\d+:\d+"),
    on_tap(tap_language, r"language:\d+"),
    on_answer(answer_name, members.NAME_ASKED),
]
