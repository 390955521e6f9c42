"""When members are asked about what their group begins: in the morning, however late."""

from bot.practices import consents
from bot.scheduler.agenda import Start

STARTS: dict[str, Start] = {consents.ASK: consents.ask_when_due}
