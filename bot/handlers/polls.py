"""/poll, in the group and in private, the votes, and the news of polls."""

from functools import partial

from telegram.ext import PollAnswerHandler, PollHandler

from bot.domain.polls import Seen
from bot.handlers.context import (
    Act,
    Answered,
    Route,
    Wrote,
    on_answer,
    on_command,
    on_update,
)
from bot.handlers.screens import shows
from bot.practices import new_polls, polls
from bot.practices.polls import Asking
from bot.storage.questions import Question


def command_poll(wrote: Wrote) -> None:
    """Ask the group, or close the poll that is replied to; in private, say it first."""
    if wrote.chat.is_private:
        new_polls.put(wrote.at, wrote.chat, new_polls.begin(wrote.at, wrote.person.id, wrote.text))
        return
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


def hear_words(answered: Answered, question: Question) -> None:
    """Take a poll's words in private."""
    shown = new_polls.hear_words(answered.at, question, answered.message.text or "")
    new_polls.put(answered.at, answered.chat, shown)


_shows = partial(shows, new_polls.put)

HANDLERS: list[Route] = [
    on_command(command_poll, "poll"),
    on_answer(hear_words, new_polls.ASKED_WORDS),
    _shows("poll_group", new_polls.choose_group, 1),
    _shows("poll_turn", new_polls.turn, 1),
    _shows("poll_ask", new_polls.ask),
    _shows("poll_drop", new_polls.drop),
    on_update(vote, "poll_answer", PollAnswerHandler),
    on_update(saw_poll, "poll_news", PollHandler),
]
