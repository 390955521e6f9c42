"""The crowd, lived once for a file of tests."""

import asyncio
import contextlib
import sqlite3
from collections.abc import Iterator

import pytest
from attack.crowd import a_crowd
from attack.watch import Watch


@pytest.fixture(scope="module")
def crowd_of_all(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watch]:
    """A whole month: for the long proofs."""
    yield from _watched(tmp_path_factory, whole=True)


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watch]:
    """What is quickly lived."""
    yield from _watched(tmp_path_factory, whole=False)


def _watched(folders: pytest.TempPathFactory, *, whole: bool) -> Iterator[Watch]:
    left = asyncio.run(a_crowd(folders.mktemp("crowd"), whole=whole))
    with contextlib.closing(sqlite3.connect(left.database, isolation_level=None)) as connection:
        yield Watch(left, connection)
