"""Joining, leaving, who is in, and one's own language."""

from bot.handlers.context import (
    Route,
    Started,
    Tapped,
    Wrote,
    on_command,
    on_start,
    on_tap,
)
from bot.practices import members, offices
from bot.rendering import messages


def tap_join(tap: Tapped) -> None:
    """Somebody in the group says that they are in: their consent is asked in private."""
    member = members.want_in(tap.at, tap.chat, tap.person.id)
    tap.opens(members.LINK_JOIN, member.id)


def command_join(wrote: Wrote) -> None:
    """The same, by a command; in private, say where it is to be written."""
    if wrote.chat.is_private:
        wrote.says("members/join_in_group", places=members.asked_to(wrote.at, wrote.person.id))
        return
    member = members.want_in(wrote.at, wrote.chat, wrote.person.id)
    wrote.says("members/way_in", member=member, reply_to=wrote.message_id)


def start_join(started: Started) -> None:
    """Ask for consent, in plain words."""
    facts = members.consent_asked(started.at, started.number, started.person.id)
    started.says("members/consent", **facts)


def tap_look_at_consent(tap: Tapped) -> None:
    """The same, from the list in private."""
    facts = members.consent_asked(tap.at, tap.numbers[0], tap.person.id)
    tap.changes("members/consent", **facts)


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
        wrote.says("members/mine", places=offices.held_by(wrote.at, wrote.person.id))
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
    place = members.look_at_leaving(tap.at, tap.numbers[0], tap.person.id)
    tap.changes("members/leave_sure", place=place)


def tap_leave_yes(tap: Tapped) -> None:
    """They leave."""
    place = members.leave(tap.at, tap.numbers[0], tap.person.id)
    tap.changes("members/left", group=place.group)


def tap_stay(tap: Tapped) -> None:
    """They stay."""
    tap.changes("members/stayed")


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
    on_tap(tap_join, r"join"),
    on_tap(tap_consent, r"join_yes:\d+"),
    on_tap(tap_decline, r"join_no:\d+"),
    on_tap(tap_leave, r"leave:\d+"),
    on_tap(tap_leave_yes, r"leave_yes:\d+"),
    on_tap(tap_stay, r"leave_no"),
    on_tap(tap_look_at_consent, r"join_look:\d+"),
    on_tap(tap_language, r"language:\d+"),
]
