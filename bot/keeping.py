"""The command line's half of keeping what is there: copies, the key apart from them, going back."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import click

from bot.practices import checking
from bot.scheduler.clock import wall_clock
from bot.settings import Settings
from bot.storage import age, backups, forgotten_list, key_saved, restoring
from bot.storage.database import AlreadyRunning, ask_aside
from bot.storage.migrations import NewerDatabase
from bot.storage.restoring import Ready
from bot.storage.sealing import KeyMissing, key_path, read_key
from bot.telling import chosen, end, words_for

UNTOUCHED: Final = " Nothing was changed."
REFUSED: Final[dict[type[Exception], str]] = {
    restoring.NoSuchCopy: "There is no file {}.",
    restoring.NotACopy: "{} is not a database of Barnraiser. Choose another copy.",
    restoring.DamagedCopy: "{}. Choose an older copy.",
    restoring.CopyInUse: "{} is a database in use, not a copy: part of it lies in its log."
    " Make a copy of it with `barnraiser backup`, and restore that.",
    restoring.SomethingThere: "{} is there already."
    " To put the copy in its place add --replace: what is there is kept under another name.",
    restoring.KeyNeeded: "The copy opens only with the operator's key, and there is none at {}."
    " Say where you saved it: --key FILE.",
    restoring.WrongKey: "The key ({}) is not the key of this copy. Say where the right one is:"
    " --key FILE.",
    restoring.IdentityNeeded: "{} is encrypted. Say where the private key is (the file that"
    " age-keygen wrote): --identity FILE.",
    age.AgeMissing: "The copy is encrypted, and the part that opens it is not installed: {}.",
    age.NotAKey: "{} holds no private key of age (AGE-SECRET-KEY-1…). Choose the file that"
    " age-keygen wrote.",
    age.CannotDecrypt: "{} cannot be opened with this private key, or it is damaged."
    " Try another private key, or an older copy.",
    KeyMissing: "There is no key in {}: one is 64 digits and letters in one line.",
    NewerDatabase: "The copy was written by a newer Barnraiser ({})."
    " Install that one, then restore it.",
    AlreadyRunning: "A Barnraiser is using {}. Stop it first.",
}


@click.command()
@click.argument("folder", required=False, type=click.Path(path_type=Path))
@click.option(
    "--key",
    "key_file",
    type=click.Path(dir_okay=False, allow_dash=True, path_type=Path),
    help="Make no copy, and save the operator's key into this file, somewhere else (-: say it).",
)
def backup(folder: Path | None, key_file: Path | None) -> None:
    """Copy the database into FOLDER (BARNRAISER_BACKUPS), also while the bot serves it.

    The operator's key is not in it: without the key, nobody reads names and answers. Save it once
    with --key, on another machine than the copies.
    """
    settings = chosen()
    if not settings.database.is_file():
        end(f"There is no database at {settings.database}.", 2)
    if key_file is not None:
        _save_key(settings, key_file, folder)
        return
    into = settings.backups_folder if folder is None else folder
    try:
        path = backups.make(settings.database, into, wall_clock(), settings.backup_recipients)
        forgotten_list.keep(into, forgotten_list.of_file(settings.database))
    except backups.BackupFailed as failed:
        end(f"No copy was made: {failed}.")
    except (OSError, ValueError) as error:
        end(f"The copy is made, but {into / forgotten_list.NAME} cannot be kept: {error}.")
    how = "encrypted" if settings.backup_recipients else "not encrypted"
    click.echo(f"Copied to {path} ({_size(path)}, {how}).")
    if key_saved.when(settings.database) is None:
        click.echo(
            "Its key is not in it, and was never saved apart:"
            " do that once with `barnraiser backup --key FILE`, onto another machine or a stick."
        )


def _save_key(settings: Settings, path: Path, folder: Path | None) -> None:
    if str(path) == "-":
        _say_key(settings)
        return
    near = [settings.database.parent, settings.backups_folder, *([folder] if folder else [])]
    own = path.absolute().parent.resolve()
    if any(own == one.resolve() for one in near):
        end(
            f"{path} would lie beside the database or its copies: whoever takes one would have"
            " both. Choose a file on another machine or a stick."
        )
    try:
        key_saved.save(settings.database, path, wall_clock())
    except key_saved.AnotherKeyThere:
        end(f"There is something else in {path} already. Choose another file, so that it stays.")
    except (KeyMissing, FileNotFoundError):
        missing = key_path(settings.database)
        end(f"There is no key at {missing} to be saved, or {path.parent} is no folder.")
    except OSError as error:
        end(f"The key was not saved: {error.filename or ''}: {error.strerror or error}.")
    click.echo(
        f"The key is saved in {path}. Keep it apart from the copies: with both, everything in"
        " them can be read; without it, nothing of what is locked."
    )


def _say_key(settings: Settings) -> None:
    """Say the key itself, for whoever brings it to another machine or writes it down."""
    try:
        key = read_key(key_path(settings.database))
        key_saved.note(settings.database, wall_clock())
    except (KeyMissing, OSError):
        end(f"There is no key at {key_path(settings.database)} to be saved.")
    click.echo(key)


@click.command()
@click.argument("copy", type=click.Path(path_type=Path))
@click.option("--key", type=click.Path(path_type=Path), help="Where the operator's key was saved.")
@click.option(
    "--identity", type=click.Path(path_type=Path), help="The private key of an encrypted copy."
)
@click.option("--replace", is_flag=True, help="Put it in the place of the database that is there.")
@click.option("--unverified", is_flag=True, help="Even where a group's book does not agree.")
def restore(
    copy: Path, key: Path | None, identity: Path | None, *, replace: bool, unverified: bool
) -> None:
    """Go back to COPY, with the bot stopped.

    Everything is looked through before anything changes. What stands where the copy goes is kept
    under another name. Whoever had themselves forgotten since is forgotten again at the next start.
    """
    settings = chosen()
    try:
        with restoring.ready(
            copy, settings.database, key=key, identity=identity, replace=replace
        ) as ready:
            _require_books(ready, unverified=unverified)
            forgotten = _forgotten_near(copy, settings)
            moved, again = ready.take_place(wall_clock(), forgotten)
            if key is not None:
                key_saved.note(settings.database, wall_clock())
    except tuple(REFUSED) as error:
        end(words_for(error, REFUSED) + UNTOUCHED)
    except OSError as error:
        end(f"It failed: {error.filename or ''}: {error.strerror or error}.")
    for path in moved:
        click.echo(f"What was there is kept as {path}. Delete it once all is well.")
    if ready.is_older:
        click.echo("It is of an older Barnraiser: the next start brings it up to date.")
    if again:
        click.echo(f"To be forgotten again, at the next start: {again}.")
    click.echo(f"Restored to {settings.database}. Start it with `barnraiser run`.")


def _require_books(ready: Ready, *, unverified: bool) -> None:
    """Check every group's book in the copy, as `verify` does; end where one does not agree."""
    if ready.is_older:
        return  # `verify` can, once the next start has brought it up to date
    checked = ask_aside(ready.copied, wall_clock, ready.key, checking.verify_all)
    faulty = [one for one in checked if one.faults]
    for one in faulty:
        click.echo(f"Group {one.group_id}: NOT in order from No. {one.faults[0].seq} on.")
    if faulty and not unverified:
        end(
            "A book in this copy does not agree: somebody changed the copy, or the database before"
            " it was made. Choose an older copy, or add --unverified to use this one all the same."
            + UNTOUCHED
        )
    if not faulty:
        click.echo(f"Looked through: {len(checked)} books agree.")


def _forgotten_near(copy: Path, settings: Settings) -> Sequence[forgotten_list.Forgotten]:
    found: list[forgotten_list.Forgotten] = []
    for folder in {copy.absolute().parent, settings.backups_folder.absolute()}:
        path = folder / forgotten_list.NAME
        try:
            found += forgotten_list.read(path)
        except ValueError:
            end(
                f"{path} cannot be read. Mend it, or move it away and have who stood in it forget"
                " themselves again." + UNTOUCHED
            )
    return found


def _size(path: Path) -> str:
    return f"{path.stat().st_size / 1e6:.2f} MB"
