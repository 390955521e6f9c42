"""When the group is told what changed in its agreement at night: in the morning, however late."""

from bot.practices import agreement_news
from bot.scheduler.agenda import Start

STARTS: dict[str, Start] = {agreement_news.TELL: agreement_news.tell_when_due}
