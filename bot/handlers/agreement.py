"""/agreement: what was agreed, in words."""

from bot.handlers.context import Route, Wrote, on_command
from bot.practices import agreement


def command_agreement(wrote: Wrote) -> None:
    """Read what the group agreed; in private, what each of one's groups did."""
    if not wrote.chat.is_private:
        facts = agreement.read_in(wrote.at, wrote.chat)
        wrote.says("agreement/whole", reply_to=wrote.message_id, **facts)
        return
    for facts in agreement.read_all(wrote.at, wrote.person.id):
        wrote.says("agreement/whole", **facts)


HANDLERS: list[Route] = [on_command(command_agreement, "agreement")]
