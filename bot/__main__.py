"""The command line: `barnraiser run`, and whatever else an operator needs."""

import asyncio
import functools
import logging
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn, TypeVar

import click

from bot import __version__, logs, settings
from bot.app import barnraiser, stop_on_signals
from bot.checkup import check
from bot.keeping import backup, restore
from bot.practices import checking, copies
from bot.scheduler.clock import wall_clock
from bot.storage.database import Reading, read_beside
from bot.telling import STOPPED_BY, chosen as chosen_settings, end, words_for

T = TypeVar("T")

log = logging.getLogger(__name__)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="barnraiser")
def main() -> None:
    """Barnraiser keeps a peer group's own promises visible, in the chat it already uses."""


@main.command()
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, help="The sandbox's port (0: any)."
)
def run(port: int) -> None:
    """Serve Telegram; without BARNRAISER_TOKEN, open the sandbox: a local Telegram to try it in."""
    chosen = chosen_settings()
    logs.start(
        chosen.log_level_number,
        chosen.token,
        chosen.webhook_secret,
        plain=chosen.log_format == "plain",
    )
    try:
        if chosen.token is None:
            from bot.trying import try_out  # noqa: PLC0415 - the sandbox is loaded where it is used

            asyncio.run(try_out(chosen, port))
        else:
            asyncio.run(_serve(chosen))
    except asyncio.CancelledError:
        return  # told to stop before it had begun
    except tuple(STOPPED_BY) as error:
        end(words_for(error))
    except OSError as error:
        end(f"It cannot start: {error.strerror or error}.")
    except Exception as error:
        log.critical("stopped by a mistake of our own", exc_info=error)
        end("Barnraiser stopped because of a mistake of its own. What was acknowledged is kept.")


async def _serve(chosen: settings.Settings) -> None:
    beginning = asyncio.current_task()
    assert beginning is not None
    stop_on_signals(beginning.cancel)
    async with barnraiser(chosen) as bot:
        stop_on_signals(bot.stop)
        await bot.serve()


@main.command()
def verify() -> None:
    """Check every group's book: the chain, the sums, who confirmed. It may run beside the bot."""
    _say_checked(_ask_beside(checking.verify_all))


@main.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--group", "group_id", type=int, help="Only this one, by its number in `verify`.")
@click.option("--names", is_flag=True, help="With names and reasons; else numbers stand for them.")
def export(folder: Path, group_id: int | None, *, names: bool) -> None:
    """Write every group's book into FOLDER, as files that need no Barnraiser.

    A table for a spreadsheet, a sheet to print, a file for Beancount, and a page and a script that
    check the book by the code that stands in receipts, boards and digests. It may run beside the
    bot.
    """
    checked = _ask_beside(functools.partial(_export, folder, group_id, with_names=names))
    if not checked:
        click.echo("There is no such book.", err=True)
        sys.exit(2)
    _say_checked(checked)


def _export(
    folder: Path, group_id: int | None, at: Reading, *, with_names: bool
) -> list[checking.Checked]:
    checked = [one for one in checking.verify_all(at) if group_id in {None, one.group_id}]
    for one in checked:
        own = folder / f"group-{one.group_id}"
        own.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name, text in copies.files_of(at, one.group_id, with_names=with_names):
            path = own / name
            path.touch(mode=0o600)  # for nobody else on this machine
            with path.open("w", encoding="utf-8", newline="") as file:
                file.writelines(text)
    return checked


@main.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), default="preview")
@click.option("--pictures", is_flag=True, help="Only the pictures.")
def preview(folder: Path, *, pictures: bool) -> None:
    """Write every message and picture, in every language, as pages into FOLDER, to be looked at.

    English stands beside each language; what is fuzzy or missing is marked. For whoever
    translates: it needs no token, no database and no internet.
    """
    from bot.preview import page  # noqa: PLC0415 - loaded where it is used

    click.echo(f"Open {page.write(folder, only_pictures=pictures)} in a browser.")


def _say_checked(checked: list[checking.Checked]) -> NoReturn:
    for one in checked:
        if one.faults:
            click.echo(f"Group {one.group_id}: {one.entries} entries, NOT in order:")
            for fault in one.faults:
                click.echo(f"  No. {fault.seq}: {fault.kind.replace('_', ' ')}")
        else:
            click.echo(f"Group {one.group_id}: {one.entries} entries agree. Code {one.code}")
    sys.exit(1 if any(one.faults for one in checked) else 0)


def _ask_beside(question: Callable[[Reading], T]) -> T:
    """Ask the database something, beside the bot or without it; end where that cannot be."""
    chosen = chosen_settings()
    if not chosen.database.is_file():
        click.echo(f"There is no database at {chosen.database}.", err=True)
        sys.exit(2)
    try:
        return read_beside(chosen.database, wall_clock, question)
    except tuple(STOPPED_BY) as error:
        end(words_for(error))
    except OSError as error:
        end(f"{error.filename or ''}: {error.strerror or error}")


main.add_command(check)
main.add_command(backup)
main.add_command(restore)

if __name__ == "__main__":
    main()
