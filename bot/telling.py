"""What the command line tells an operator: why it ends, and what they can do about it."""

import sys
from typing import Final, Literal, NamedTuple, NoReturn

import click

from bot import settings
from bot.storage.database import AlreadyRunning, CannotOpen, DiskFailed
from bot.storage.migrations import NewerDatabase
from bot.storage.sealing import KeyMissing

#: What can end it, and what the operator can do about each.
STOPPED_BY: Final[dict[type[Exception], str]] = {
    AlreadyRunning: "Another Barnraiser is already using {}."
    " Stop it, or set BARNRAISER_DATABASE to another file.",
    KeyMissing: "The database is there, but its key {} is missing or damaged."
    " Put the key back, or set BARNRAISER_DATABASE to a new file.",
    CannotOpen: "The database cannot be opened: {}."
    " Mend that, or set BARNRAISER_DATABASE to another file.",
    NewerDatabase: "The database was written by a newer Barnraiser ({})."
    " Install that one, or restore a copy from before the upgrade.",
    DiskFailed: "Reading or writing the database failed ({})."
    " What was acknowledged is kept. Check the disk before starting again.",
}


class Finding(NamedTuple):
    """One line of `barnraiser check`: all is well, somebody should look, or it is broken."""

    state: Literal["ok", "look", "broken"]
    what: str
    words: str


def words_for(error: Exception, known: dict[type[Exception], str] = STOPPED_BY) -> str:
    """Return an error in words that say what to do next."""
    words = next(words for kind, words in known.items() if isinstance(error, kind))
    return words.format(error)


def end(words: str, code: int = 1) -> NoReturn:
    """Say why it ends, and end."""
    click.echo(words, err=True)
    sys.exit(code)


def chosen() -> settings.Settings:
    """Return the settings; where they have mistakes, say each of them and end."""
    try:
        return settings.load()
    except settings.SettingsRefused as refused:
        end("\n".join(refused.mistakes), 2)
