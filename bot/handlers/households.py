"""One's household, and members without a phone; all of it in private."""

from bot.handlers.context import Answered, Route, Started, Tapped, on_answer, on_start, on_tap
from bot.practices import households, vouching
from bot.storage.questions import Question


def start_look(started: Started) -> None:
    """Show one's household and what can be done about it, from the group's button."""
    home = households.look(started.at, started.number, started.person.id)
    started.says("households/home", home=home)


def tap_look(tap: Tapped) -> None:
    """The same, in place."""
    tap.changes("households/home", home=households.look(tap.at, tap.numbers[0], tap.person.id))


def tap_add_somebody(tap: Tapped) -> None:
    """Ask for the name of somebody without a phone."""
    households.ask_for_name(tap.at, tap.numbers[0], tap.person.id, tap.chat)


def answer_name(answered: Answered, question: Question) -> None:
    """Repeat a name back, to be confirmed."""
    place = households.name_somebody(
        answered.at, question.subject, answered.person.id, answered.text
    )
    answered.says("households/named", place=place)


def tap_record(tap: Tapped) -> None:
    """The name is right: they are in."""
    member_id, in_mine = tap.numbers
    facts = households.record(tap.at, member_id, tap.person.id, in_mine=bool(in_mine))
    tap.changes("households/recorded", **facts)


def tap_ask_others(tap: Tapped) -> None:
    """Ask others whether they know somebody without a phone."""
    place, asked = vouching.ask_again(tap.at, tap.own_numbers[0], tap.person.id)
    tap.changes("households/others_asked", place=place, asked=asked)


def tap_see_unknown(tap: Tapped) -> None:
    """See whom nobody of another household has known yet."""
    facts = vouching.look(tap.at, tap.own_numbers[0], tap.person.id)
    tap.changes("households/known_asked", **facts)


def tap_know(tap: Tapped) -> None:
    """Say that one knows them, or not."""
    member_id, known = tap.own_numbers
    say = vouching.know if known else vouching.not_know
    place = say(tap.at, member_id, tap.person.id)
    tap.changes("households/known_said", place=place, known=bool(known))


def tap_take_back(tap: Tapped) -> None:
    """The name is wrong: it is forgotten."""
    place = households.take_back(tap.at, tap.numbers[0], tap.person.id)
    tap.changes("households/taken_back", group=place.group)


def tap_person(tap: Tapped) -> None:
    """Show what can be done for somebody without a phone."""
    tap.changes("households/person", **households.look_at(tap.at, tap.numbers[0], tap.person.id))


def tap_move(tap: Tapped) -> None:
    """Put somebody without a phone into a household."""
    member_id, in_mine = tap.numbers
    facts = households.move(tap.at, member_id, tap.person.id, in_mine=bool(in_mine))
    tap.changes("households/person", **facts)


def tap_let_leave(tap: Tapped) -> None:
    """Ask once more whether somebody without a phone leaves."""
    facts = households.look_at(tap.at, tap.numbers[0], tap.person.id)
    tap.changes("households/leave_sure", **facts)


def tap_let_leave_yes(tap: Tapped) -> None:
    """Somebody without a phone leaves."""
    place = households.let_leave(tap.at, tap.numbers[0], tap.person.id)
    tap.changes("households/left", place=place)


def tap_ask(tap: Tapped) -> None:
    """Ask another member to be one household."""
    place, can_be_asked = households.ask(tap.at, tap.numbers[0], tap.person.id)
    tap.changes("households/waits", place=place, can_be_asked=can_be_asked)


def tap_answer(tap: Tapped) -> None:
    """Agree to be one household, or not."""
    request_id, agreed = tap.numbers
    facts = households.answer(tap.at, request_id, tap.person.id, agreed=bool(agreed))
    tap.changes("households/answered", **facts)


def tap_part(tap: Tapped) -> None:
    """Have a household of one's own again."""
    place = households.part(tap.at, tap.numbers[0], tap.person.id)
    tap.changes("households/parted", group=place.group)


HANDLERS: list[Route] = [
    on_start(start_look, households.LINK),
    on_tap(tap_look, r"people:\d+"),
    on_tap(tap_add_somebody, r"person_add:\d+"),
    on_tap(tap_record, r"person_in:\d+:[01]"),
    on_tap(tap_take_back, r"person_wrong:\d+"),
    on_tap(tap_ask_others, r"person_ask:\d+"),
    on_tap(tap_see_unknown, r"person_unknown:\d+"),
    on_tap(tap_know, r"person_known:\d+:[01]"),
    on_tap(tap_person, r"person:\d+"),
    on_tap(tap_move, r"person_move:\d+:[01]"),
    on_tap(tap_let_leave, r"person_leave:\d+"),
    on_tap(tap_let_leave_yes, r"person_leave_yes:\d+"),
    on_tap(tap_ask, r"household:\d+"),
    on_tap(tap_answer, r"household_answer:\d+:[01]"),
    on_tap(tap_part, r"household_part:\d+"),
    on_answer(answer_name, households.NAME_ASKED),
]
