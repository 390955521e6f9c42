"""/poll, the votes, and the news of polls."""

from telegram.ext import PollAnswerHandler, PollHandler

from bot.domain.polls import Seen
from bot.handlers.context import Act, Wrote, on_command, on_update
from bot.practices import polls
from bot.practices.polls import Asking


def command_poll(wrote: Wrote) -> None:
    """Ask the group, or close the poll that is replied to."""
    replied = wrote.message.reply_to_message
    asking = Asking(
        chat=wrote.chat,
        person_id=wrote.person.id,
        message_id=wrote.message_id,
        replies_to=None if replied is None else replied.message_id,
    )
    polls.command(wrote.at, asking, wrote.text)


def vote(act: Act) -> None:
    """Count a vote, or take it back."""
    answer = act.update.poll_answer
    assert answer is not None
    polls.vote(act.at, answer.poll_id, act.person.id, answer.option_ids)


def saw_poll(act: Act) -> None:
    """Take in how a poll looks at Telegram."""
    poll = act.update.poll
    assert poll is not None
    seen = Seen(
        telegram_id=poll.id,
        question=poll.question,
        options=tuple(option.text for option in poll.options),
        counts=tuple(option.voter_count for option in poll.options),
        is_closed=poll.is_closed,
    )
    polls.saw(act.at, seen)


HANDLERS = [
    on_command(command_poll, "poll"),
    on_update(vote, "poll_answer", PollAnswerHandler),
    on_update(saw_poll, "poll_news", PollHandler),
]
