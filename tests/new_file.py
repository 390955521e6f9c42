"""A database as it is right after its first start, without the time that takes.

Every migration costs a few writes to the disk, and hundreds of tests begin with a new file. It is
made once a process and then copied, with its key. How a file is made is tested in tests/storage.
"""

import functools
import os
import tempfile
from pathlib import Path

from bot.storage import migrations
from bot.storage.database import PRAGMAS
from bot.storage.sealing import key_path, operator_key


def put_new_file(path: Path) -> Path:
    """Put an up-to-date, empty database and its key where there is none; gives the path."""
    for name, content in zip((path, key_path(path)), _made(), strict=True):
        _put(name, content)
    return path


def put_new_database(path: Path) -> Path:
    """Put the database alone, for whoever brings a key; nothing in it is locked yet."""
    _put(path, _made()[0])
    return path


def _put(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)


@functools.cache
def _made() -> tuple[bytes, bytes]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "new.db"
        operator_key(path)
        migrations.migrate(path, PRAGMAS)
        return path.read_bytes(), key_path(path).read_bytes()
