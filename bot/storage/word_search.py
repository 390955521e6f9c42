"""Finding by words, in an index that lives for one question in memory and is never in the file.

What people write lies sealed, so the file has nothing to search, and an index in it would keep
words that were forgotten. The caller hands in opened texts that the group may see anyway.
"""

import contextlib
import sqlite3
from collections.abc import Mapping

from bot.domain import word_search as rules


def matching(wanted: str, texts: Mapping[int, str]) -> list[int]:
    """Return the keys of the texts that have a word of the wanted one, the nearest first.

    Nearest by SQLite's BM25: rare words tell more than frequent ones. Even ones by their key.
    """
    beginnings = rules.beginnings(wanted)
    if not beginnings or not texts:
        return []
    with contextlib.closing(sqlite3.connect(":memory:")) as memory:
        memory.execute(
            "CREATE VIRTUAL TABLE texts USING"
            " fts5(words, tokenize = 'unicode61 remove_diacritics 2')"
        )
        memory.executemany("INSERT INTO texts (rowid, words) VALUES (?, ?)", texts.items())
        any_of = " OR ".join(f'"{one}"*' for one in beginnings)  # letters only: nothing to escape
        found = memory.execute(
            "SELECT rowid FROM texts WHERE texts MATCH ? ORDER BY rank, rowid", (any_of,)
        )
        return [key for (key,) in found]
