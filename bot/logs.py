"""Logs: one JSON line each, with ids only, and the token never in them."""

import json
import logging
import re
import sys
from datetime import UTC, datetime
from typing import Final

#: What the standard library puts on every record; anything else was given as `extra`.
STANDARD: Final = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
TOKEN: Final = re.compile(r"\d{5,20}:[A-Za-z0-9_-]{20,}")
#: They log whole addresses or whole updates: never below this.
LOUD: Final = {
    "httpx": logging.WARNING,
    "httpcore": logging.WARNING,
    "aiohttp": logging.WARNING,
    "telegram": logging.CRITICAL + 1,
    "telegram.ext": logging.CRITICAL + 1,
    "apscheduler": logging.WARNING,
    "aiosqlite": logging.WARNING,
    "asyncio": logging.WARNING,
}


class Lines(logging.Formatter):
    """A JSON object a line: time (UTC), level, action, and ids."""

    def __init__(self, token: str | None) -> None:
        super().__init__()
        self._token = token

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, without a traceback's own words: they may hold what people wrote."""
        facts = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "of": record.name,
            "message": record.getMessage(),
        }
        facts |= {name: value for name, value in vars(record).items() if name not in STANDARD}
        if record.exc_info and record.exc_info[0] is not None:
            facts["error"] = record.exc_info[0].__name__
        line = TOKEN.sub("<token>", json.dumps(facts, default=str, ensure_ascii=False))
        return line.replace(self._token, "<token>") if self._token else line


def start(level: int, token: str | None = None) -> None:
    """Send the logs of everything to standard error; the token never is in them."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Lines(token))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name, least in LOUD.items():
        logging.getLogger(name).setLevel(max(level, least))
