"""Planning meetings in private: the rhythm and the place, single dates, what is moved."""

from bot.handlers.context import ButtonTooOld, Route, Tapped, on_tap
from bot.handlers.meetings import hears, shows
from bot.practices import meeting_dates, meeting_planning, meeting_view


def tap_rhythm(tap: Tapped) -> None:
    """Choose a rhythm, part by part: the numbers so far stand in the button."""
    if not tap.chat.is_private:
        raise ButtonTooOld
    group_id, *chosen = tap.numbers
    shown = meeting_planning.choose_rhythm(tap.at, group_id, tap.person.id, *chosen)
    meeting_view.put(tap.at, tap.chat, shown, message_id=tap.message_id)


HANDLERS: list[Route] = [
    shows("meetings_plan", meeting_planning.show),
    on_tap(tap_rhythm, r"rhythm:\d+(?::\d+){0,3}"),
    shows("rhythm_sure", meeting_planning.confirm_rhythm, 4),
    shows("rhythm_hold", meeting_planning.hold_rhythm, 4),
    hears(meeting_view.ASKED_DAY, meeting_planning.hear_day),
    hears(meeting_view.ASKED_CLOCK, meeting_dates.hear_clock),
    shows("meeting_place", meeting_planning.ask_place, 1),
    shows("meeting_no_place", meeting_planning.no_place, 1),
    hears(meeting_view.ASKED_PLACE, meeting_planning.hear_place),
    shows("meeting_round", meeting_planning.ask_round),
    shows("meeting_no_round", meeting_planning.no_round),
    hears(meeting_view.ASKED_ROUND, meeting_planning.hear_round),
    shows("meeting_planners", meeting_planning.choose_planners, 1),
    shows("meeting_speakers", meeting_planning.count_speakers, 1),
    # single dates, and what is moved
    shows("meeting_day", meeting_dates.choose_day, 2),
    shows("meeting_clock", meeting_dates.choose_clock, 2),
    shows("meeting_date", meeting_dates.confirm_date, 3),
    shows("meeting_set", meeting_dates.set_date, 3),
    shows("meeting_cancel", meeting_dates.ask_to_cancel),
    shows("meeting_cancel_yes", meeting_dates.cancel),
    shows("meeting_revive", meeting_dates.revive),
]
