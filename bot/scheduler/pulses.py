"""When the weekly note is said: caught up within two days, then let go."""

from bot.practices import pulses
from bot.scheduler.agenda import Start

STARTS: dict[str, Start] = {pulses.PULSE: pulses.say_when_due}
