"""Logs: one line each, JSON or plain, with ids only, and no token or secret ever in them."""

import json
import logging
import re
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

#: What the standard library puts on every record; anything else was given as `extra`.
STANDARD: Final = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
TOKEN: Final = re.compile(r"\d{5,20}(?::|%3[Aa])[A-Za-z0-9_-]{20,}")
#: Only these choose their own words with care; others may log addresses, updates, or values.
OURS: Final = ("bot", "sandbox", "__main__")
#: It logs whole updates that it cannot read, as critical.
SILENCED: Final = ("telegram", "telegram.ext")


class Lines(logging.Formatter):
    """A line each: time (UTC), level, action, and ids; as JSON, or plain for eyes."""

    def __init__(self, *secrets: str | None, plain: bool = False) -> None:
        """`secrets` are words that never may stand in a line, such as the token."""
        super().__init__()
        self._secrets = [secret for secret in secrets if secret]
        self._write = _plain if plain else _json

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, without an error's own words: they may hold what people wrote."""
        facts: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "of": record.name,
            "message": _message(record),
        }
        facts |= {name: value for name, value in vars(record).items() if name not in STANDARD}
        if record.exc_info and record.exc_info[1] is not None:
            facts["error"] = type(record.exc_info[1]).__name__
            facts["trace"] = places(record.exc_info[1])
        line = TOKEN.sub("<token>", self._write(facts))
        for secret in self._secrets:
            line = line.replace(secret, "<token>")
        return line


def places(error: BaseException) -> list[str]:
    """Return where an error came from, file and line, without any value."""
    return [
        f"{Path(frame.filename).name}:{frame.lineno}"
        for frame in traceback.extract_tb(error.__traceback__)
    ]


def start(level: int, *secrets: str | None, plain: bool = False) -> None:
    """Send the logs of everything to standard error; no secret ever is in them."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Lines(*secrets, plain=plain))
    logging.raiseExceptions = False  # a line that cannot be written must not be told with values
    logging.basicConfig(level=max(level, logging.WARNING), handlers=[handler], force=True)
    for name in OURS:
        logging.getLogger(name).setLevel(level)
    for name in SILENCED:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)


def _json(facts: dict[str, object]) -> str:
    return json.dumps(facts, default=str)


def _plain(facts: dict[str, object]) -> str:
    """Time, level, words, then each fact as name=value; a line stays one line."""
    first = [facts.pop("at"), f"{facts.pop('level'):7}", _one_line(facts.pop("message"))]
    said = (f"{name}={json.dumps(value, default=str)}" for name, value in facts.items())
    return " ".join([*map(str, first), *said])


def _one_line(words: object) -> str:
    return json.dumps(words, ensure_ascii=False)[1:-1] if "\n" in str(words) else str(words)


def _message(record: logging.LogRecord) -> str:
    message = record.getMessage()
    if record.name.partition(".")[0] in OURS:
        return message
    # asyncio puts a failed task with its error's words on the lines that follow, and names a failed
    # callback with all that it was given: neither is for the log.
    return message.partition("\n")[0].partition("(")[0].rstrip()
