"""/work: what one did or brought, and the group's work days."""

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
from bot.practices import work_days, work_lists, working
from bot.storage.questions import Question


def command_work(wrote: Wrote) -> None:
    """Open work in private."""
    if wrote.chat.is_private:
        wrote.shows(work_days.find_mine(wrote.at, wrote.person.id))
        return
    way = work_days.find_in_group(wrote.at, wrote.chat, wrote.person.id, wrote.message_id)
    if way is not None:
        wrote.says(way.message, reply_to=wrote.message_id, **way.facts)


def start_work(started: Started) -> None:
    """All of a group's work, from the group."""
    started.shows(work_days.show_all(started.at, started.number, started.person.id))


def start_day(started: Started) -> None:
    """One work day, from its card."""
    started.shows(work_days.show_one(started.at, started.number, started.person.id))


def tap_all(tap: Tapped) -> None:
    """Back to all of a group's work."""
    tap.shows(work_days.show_all(tap.at, tap.own_numbers[0], tap.person.id))


def tap_one(tap: Tapped) -> None:
    """Look at one work day."""
    tap.shows(work_days.show_one(tap.at, tap.own_numbers[0], tap.person.id))


# -- calling ------------------------------------------------------------------------------------


def tap_call(tap: Tapped) -> None:
    """Ask what is to be done."""
    tap.shows(work_days.ask_title(tap.at, tap.chat, tap.own_numbers[0], tap.person.id))


def answer_title(answered: Answered, question: Question) -> None:
    """Ask for its day."""
    answered.shows(work_days.take_title(answered.at, question, answered.text))


def tap_days(tap: Tapped) -> None:
    """Offer other days."""
    day_id, page = tap.own_numbers
    tap.shows(work_days.day_screen(tap.at, day_id, tap.person.id, page))


def tap_day(tap: Tapped) -> None:
    """Choose the day."""
    day_id, number = tap.own_numbers
    tap.shows(work_days.choose_day(tap.at, day_id, tap.person.id, number))


def tap_hour(tap: Tapped) -> None:
    """Choose the hour."""
    day_id, hour = tap.own_numbers
    tap.shows(work_days.choose_hour(tap.at, tap.chat, day_id, tap.person.id, hour))


def answer_need(answered: Answered, question: Question) -> None:
    """Add to what is needed."""
    answered.shows(work_days.take_needs(answered.at, answered.chat, question, answered.text))


def tap_remove_need(tap: Tapped) -> None:
    """Take something off the needs."""
    day_id, need_id = tap.own_numbers
    tap.shows(work_days.remove_need(tap.at, tap.chat, day_id, tap.person.id, need_id))


def tap_call_it(tap: Tapped) -> None:
    """Call the group to it."""
    tap.shows(work_days.call(tap.at, tap.own_numbers[0], tap.person.id))


def tap_off(tap: Tapped) -> None:
    """Call it off."""
    tap.shows(work_days.call_off(tap.at, tap.own_numbers[0], tap.person.id))


# -- coming, and bringing -----------------------------------------------------------------------


def tap_come(tap: Tapped) -> None:
    """Say that one comes, or not any more: in the group, or in private."""
    place, comes = work_days.come(tap.at, tap.numbers[0], tap.person.id)
    tap.toast("work_days/toast_comes", comes=comes)
    if tap.chat.is_private:
        tap.shows(work_days.show_one(tap.at, place.day.id, tap.person.id))


def tap_bring(tap: Tapped) -> None:
    """Ask how much of something one brings; or take it back."""
    need_id, *amount = tap.own_numbers
    if amount:
        tap.shows(work_days.bring(tap.at, need_id, tap.person.id, amount[0]))
        return
    tap.shows(work_days.ask_bring(tap.at, tap.chat, need_id, tap.person.id))


def answer_bring(answered: Answered, question: Question) -> None:
    """Keep how much one brings."""
    answered.shows(work_days.take_bring(answered.at, question, answered.text))


# -- what was done ------------------------------------------------------------------------------


def tap_list(tap: Tapped) -> None:
    """Open the list of what was done."""
    tap.shows(work_lists.begin(tap.at, tap.own_numbers[0], tap.person.id))


def tap_tick(tap: Tapped) -> None:
    """Tick somebody."""
    day_id, member_id, need_id, page = tap.own_numbers
    tap.shows(work_lists.tick(tap.at, day_id, tap.person.id, (member_id, need_id, page)))


def tap_page(tap: Tapped) -> None:
    """Turn a page."""
    day_id, page = tap.own_numbers
    tap.shows(work_lists.turn(tap.at, day_id, tap.person.id, page))


def tap_others(tap: Tapped) -> None:
    """List who else may have come."""
    day_id, page = tap.own_numbers
    tap.shows(work_lists.others(tap.at, day_id, tap.person.id, page))


def tap_add(tap: Tapped) -> None:
    """Add somebody."""
    day_id, member_id = tap.own_numbers
    tap.shows(work_lists.add(tap.at, day_id, tap.person.id, member_id))


def tap_say(tap: Tapped) -> None:
    """Say the whole list."""
    tap.shows(work_lists.say(tap.at, tap.own_numbers[0], tap.person.id))


# -- what one did -------------------------------------------------------------------------------


def tap_did(tap: Tapped) -> None:
    """Ask what one did or brought."""
    tap.shows(working.units_screen(tap.at, tap.own_numbers[0], tap.person.id))


def tap_unit(tap: Tapped) -> None:
    """Ask how much of it."""
    group_id, commodity_id = tap.own_numbers
    tap.shows(working.ask_amount(tap.at, tap.chat, group_id, tap.person.id, commodity_id))


def answer_amount(answered: Answered, question: Question) -> None:
    """Repeat it back."""
    answered.shows(working.take_amount(answered.at, question, answered.text))


def tap_gave(tap: Tapped) -> None:
    """Say it."""
    group_id, commodity_id, amount = tap.own_numbers
    numbers = (group_id, commodity_id, amount)
    tap.shows(working.say(tap.at, tap.chat, tap.message_id, tap.person.id, numbers))


HANDLERS: list[Route] = [
    on_command(command_work, "work"),
    on_start(start_work, work_days.LINK),
    on_start(start_day, work_days.DAY_LINK),
    on_tap(tap_all, r"work:\d+"),
    on_tap(tap_one, r"work_day:\d+"),
    on_tap(tap_call, r"work_new:\d+"),
    on_answer(answer_title, work_days.TITLE_ASKED),
    on_tap(tap_days, r"work_days:\d+:\d+"),
    on_tap(tap_day, r"work_on:\d+:\d+"),
    on_tap(tap_hour, r"work_at:\d+:\d+"),
    on_answer(answer_need, work_days.NEED_ASKED),
    on_tap(tap_remove_need, r"work_not_needed:\d+:\d+"),
    on_tap(tap_call_it, r"work_call:\d+"),
    on_tap(tap_off, r"work_off:\d+"),
    on_tap(tap_come, r"work_come:\d+"),
    on_tap(tap_bring, r"work_bring:\d+(:\d+)?"),
    on_answer(answer_bring, work_days.BRING_ASKED),
    on_tap(tap_list, r"work_list:\d+"),
    on_tap(tap_tick, r"work_tick:\d+:\d+:\d+:\d+"),
    on_tap(tap_page, r"work_page:\d+:\d+"),
    on_tap(tap_others, r"work_others:\d+:\d+"),
    on_tap(tap_add, r"work_add:\d+:\d+"),
    on_tap(tap_say, r"work_say:\d+"),
    on_tap(tap_did, r"work_did:\d+"),
    on_tap(tap_unit, r"work_unit:\d+:\d+"),
    on_answer(answer_amount, working.ASKED),
    on_tap(tap_gave, r"work_gave:\d+:\d+:\d+"),
]
