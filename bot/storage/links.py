"""Who the bot is at Telegram, and the deep links that open a private chat with it.

A link's payload is `purpose-number-signature`: signed with the operator's key, so it cannot be
guessed, and needs no row, so it still works a year later. It opens a door to a question, never to
a right: whoever presses it is authorised by the facts.
"""

import re
from typing import Final

from bot.storage.database import Reading, Transaction

PAYLOAD: Final = re.compile(r"([a-z]{1,16})-(\d{1,15})-([A-Za-z0-9_-]{22})")


def know_bot(at: Transaction, *, telegram_id: int, username: str) -> None:
    """Keep who we are at Telegram."""
    at.run(
        "INSERT INTO bot (id, telegram_id, username) VALUES (1, :telegram_id, :username)"
        " ON CONFLICT (id) DO UPDATE SET telegram_id = excluded.telegram_id,"
        " username = excluded.username",
        telegram_id=telegram_id,
        username=username,
    )


def bot_telegram_id(at: Reading) -> int:
    """Return our own id at Telegram."""
    found: int = at.value("SELECT telegram_id FROM bot WHERE id = 1")
    return found


def bot_username(at: Reading) -> str:
    """Return our own name at Telegram, without the @."""
    found: str = at.value("SELECT username FROM bot WHERE id = 1")
    return found


def payload(at: Reading, purpose: str, number: int) -> str:
    """Return the signed start payload for a purpose and what it is about."""
    words = f"{purpose}-{number}"
    made = f"{words}-{at.key.signature(words)}"
    assert PAYLOAD.fullmatch(made), made
    return made


def url(at: Reading, purpose: str, number: int) -> str:
    """Return the link that opens the private chat with this payload."""
    return f"https://t.me/{bot_username(at)}?start={payload(at, purpose, number)}"


def read(at: Reading, text: str) -> tuple[str, int] | None:
    """Return purpose and number of a payload that we signed; None for any other."""
    match = PAYLOAD.fullmatch(text)
    if match is None or not at.key.signed_by_us(f"{match[1]}-{match[2]}", match[3]):
        return None
    return match[1], int(match[2])
