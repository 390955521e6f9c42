"""When meetings are reminded of, and what becomes of them.

A reminder is dropped once it is too late; whether a meeting was held is asked within two days, and
what was left open is closed however late.
"""

from bot.practices import meeting_course, meetings
from bot.scheduler.agenda import Start

STARTS: dict[str, Start] = {
    meetings.EVE: meetings.eve_when_due,
    meetings.SOON: meetings.soon_when_due,
    meetings.OVER: meeting_course.over_when_due,
    meetings.TELLS: meetings.tell_when_due,
}
