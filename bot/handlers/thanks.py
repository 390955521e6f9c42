"""/thanks, and the wish to be left out of the digest."""

from bot.handlers.context import Tapped, Wrote, on_command, on_tap
from bot.practices import thanks
from bot.practices.thanks import Thanking


def command_thanks(wrote: Wrote) -> None:
    """Keep whom somebody thanks."""
    replied = wrote.message.reply_to_message
    if replied is not None and replied.forum_topic_created is not None:
        replied = None  # in a topic, what answers nothing comes as an answer to its beginning
    author = None if replied is None or replied.sender_chat else replied.from_user
    thanking = Thanking(
        chat=wrote.chat,
        person_id=wrote.person.id,
        message_id=wrote.message_id,
        reply_to=None if replied is None else replied.message_id,
        to_telegram_id=None if author is None or author.is_bot else author.id,
    )
    thanks.give(wrote.at, thanking, wrote.text)


def tap_leave_out(tap: Tapped) -> None:
    """Leave a thanks out of the digest."""
    facts = thanks.leave_out(tap.at, tap.chat, tap.numbers[0], tap.person.id, is_left_out=True)
    tap.changes("thanks/note", **facts)


def tap_put_back(tap: Tapped) -> None:
    """Put it back."""
    facts = thanks.leave_out(tap.at, tap.chat, tap.numbers[0], tap.person.id, is_left_out=False)
    tap.changes("thanks/note", **facts)


HANDLERS = [
    on_command(command_thanks, "thanks"),
    on_tap(tap_leave_out, r"thanks_out:\d+"),
    on_tap(tap_put_back, r"thanks_in:\d+"),
]
