"""/help: short, and different for the group, the private chat, and those who hold an office."""

from bot.handlers.context import Wrote, on_command
from bot.practices import members
from bot.storage.members import offices_of


def command_help(wrote: Wrote) -> None:
    """Say what can be done here, by this person."""
    if not wrote.chat.is_private:
        wrote.says("help/group", reply_to=wrote.message_id)
        return
    places = members.places_of(wrote.at, wrote.person.id)
    offices = {office for one in places for office in offices_of(wrote.at, one.member.id)}
    wrote.says("help/private", places=places, offices=offices)


HANDLERS = [on_command(command_help, "help")]
