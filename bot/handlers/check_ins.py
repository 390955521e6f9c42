"""The monthly check-in: /checkin and its taps and answers."""

from bot.handlers.context import (
    Act,
    Answered,
    Route,
    Started,
    Tapped,
    Wrote,
    on_answer,
    on_command,
    on_start,
    on_tap,
    on_words,
)
from bot.practices import check_ins, journal, journal_view
from bot.practices.journal_view import Shown, Step
from bot.storage.questions import Question


def command_check_in(wrote: Wrote) -> None:
    """Open one's own check-in in private, or say when the next one is."""
    if wrote.chat.is_private:
        _say(wrote, check_ins.find_mine(wrote.at, wrote.person.id))
        return
    shown = check_ins.find_in_group(wrote.at, wrote.chat, wrote.person.id, wrote.message_id)
    if shown.message:
        wrote.says(shown.message, reply_to=wrote.message_id, **shown.facts)


def start_check_in(started: Started) -> None:
    """Open the check-in of the round that a button in the group leads to."""
    step = Step(started.number, started.person.id)
    _say(started, journal.follow_link(started.at, step))


def tap_choose(tap: Tapped) -> None:
    """Answer a question by one of its options."""
    _, question, option = tap.numbers
    _show(tap, journal.choose(tap.at, _step(tap), question, option))


def tap_mark(tap: Tapped) -> None:
    """Turn an item on or off that the group may see."""
    _, question, mask = tap.numbers
    _show(tap, journal.mark_shared(tap.at, _step(tap), question, mask))


def tap_share(tap: Tapped) -> None:
    """Keep what the group may see."""
    _, question, mask = tap.numbers
    _show(tap, journal.share(tap.at, _step(tap), question, mask))


def tap_more(tap: Tapped) -> None:
    """Tell more than is asked of everybody."""
    _show(tap, journal.tell_more(tap.at, _step(tap), tap.numbers[1]))


def tap_own_way(tap: Tapped) -> None:
    """See one's own picture once more."""
    if not journal.show_own_way(tap.at, _step(tap)):
        raise journal.NoSuchQuestion


def tap_skip(tap: Tapped) -> None:
    """Leave a question empty."""
    _show(tap, journal.skip(tap.at, _step(tap), tap.numbers[1]))


def tap_keep(tap: Tapped) -> None:
    """Leave an answer as it is and go on."""
    _show(tap, journal.keep(tap.at, _step(tap), tap.numbers[1]))


def tap_show(tap: Tapped) -> None:
    """Go back to a question, or to one that is to be changed."""
    _show(tap, journal.show(tap.at, _step(tap), tap.numbers[1]))


def tap_resume(tap: Tapped) -> None:
    """Go on where one stopped, from a reminder or a choice of groups."""
    _show(tap, journal.resume(tap.at, _step(tap)))


def tap_change(tap: Tapped) -> None:
    """Choose which answer to change."""
    _show(tap, journal.offer_changes(tap.at, _step(tap)))


def tap_reminders(tap: Tapped) -> None:
    """Say that one wants no reminders of check-ins, or wants them again."""
    wanted = bool(tap.numbers[1])
    _show(tap, journal.choose_reminders(tap.at, _step(tap), wanted=wanted))
    tap.toast("check_ins/toast_reminders", wanted=wanted)


def answer_line(answered: Answered, question: Question) -> None:
    """Take one's line: words, a photo or a voice note."""
    carried = answered.photo or answered.voice
    is_words = answered.message.text is not None
    shown = journal.write_line(
        answered.at,
        question,
        text=answered.text if carried or is_words else None,
        photo=answered.photo,
        voice=answered.voice,
    )
    _say(answered, shown)


def words_beside_buttons(wrote: Wrote) -> bool:
    """Show the question with its buttons again to somebody who answered it in words."""
    shown = journal.ask_again(wrote.at, wrote.person.id)
    if shown is not None:
        _say(wrote, shown)
    return shown is not None


def _step(tap: Tapped) -> Step:
    """Who tapped, in their own chat: a forged press in the group must not turn its messages."""
    if not tap.chat.is_private:
        raise journal.NoSuchQuestion
    return Step(tap.numbers[0], tap.person.id, tap.message_id)


def _show(tap: Tapped, shown: Shown) -> None:
    if shown.anew:
        tap.changes("check_ins/moved", group=shown.facts["group"])
        _say(tap, shown)
    else:
        tap.changes(shown.message, **shown.facts)
    if shown.finished:
        tap.toast("check_ins/toast_done")


def _say(act: Act, shown: Shown) -> None:
    journal_view.say(act.at, act.chat, act.language, shown)


HANDLERS: list[Route] = [
    on_command(command_check_in, "checkin"),
    on_start(start_check_in, check_ins.LINK),
    on_tap(tap_choose, r"check:\d+:\d+:\d+"),
    on_tap(tap_mark, r"check_mark:\d+:\d+:\d+"),
    on_tap(tap_share, r"check_share:\d+:\d+:\d+"),
    on_tap(tap_more, r"check_more:\d+:\d+"),
    on_tap(tap_own_way, r"check_way:\d+"),
    on_tap(tap_skip, r"check_skip:\d+:\d+"),
    on_tap(tap_keep, r"check_keep:\d+:\d+"),
    on_tap(tap_show, r"check_show:\d+:\d+"),
    on_tap(tap_resume, r"check_on:\d+"),
    on_tap(tap_change, r"check_change:\d+"),
    on_tap(tap_reminders, r"check_remind:\d+:[01]"),
    on_answer(answer_line, journal_view.LINE_ASKED),
    on_words(words_beside_buttons, "check_ins"),
]
