"""The world of the sandbox: everything that exists and everything that people can do."""

from sandbox.groups import Groups
from sandbox.talk import Talk


class World(Groups, Talk):
    """A local Telegram without its HTTP: state, people's actions, the updates they cause.

    Ids are integers; a private chat's id is the person's id. Whatever somebody cannot do raises
    `Impossible`. What happens is told to the bot (`updates`) and to the page (`events`).
    """
