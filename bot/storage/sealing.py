"""What is sealed, with which key, and how a deep link is signed.

Names, notes and check-in answers are sealed with a key per person, and those keys with the
operator's key, which lies in a file of its own beside the database (0600) and is in none of its
copies. A stolen copy says little, and forgetting somebody is deleting one row.
"""

import base64
import hashlib
import hmac
import os
import secrets
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12
SIGNATURE_BYTES: Final = 16  # 128 bits: not to be guessed


class KeyMissing(Exception):
    """The database is there, but not the operator's key that opens what is sealed in it."""


class Seal:
    """One AES-GCM key; seals text and opens it again."""

    __slots__ = ("_cipher",)

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def close(self, text: str) -> bytes:
        """Seal a text: a fresh nonce, then the ciphertext with its tag."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, text.encode(), None)

    def open(self, sealed: bytes) -> str:
        """Give back the text. Raises InvalidTag where key or bytes are not the right ones."""
        if len(sealed) < NONCE_BYTES:
            raise InvalidTag
        return self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], None).decode()

    def opens(self, sealed: bytes) -> bool:
        """Whether this key opens it."""
        try:
            self.open(sealed)
        except InvalidTag:
            return False
        return True


class OperatorKey:
    """The operator's key: seals people's keys and waiting messages, and signs deep links."""

    def __init__(self, key: bytes) -> None:
        # One key a purpose, so that a signature can never tell anything about a seal.
        self.payloads = Seal(_derived(key, b"payloads"))
        self.keys = Seal(_derived(key, b"keys of people"))
        self._links = _derived(key, b"deep links")
        self._blur = _derived(key, b"blurred counts")
        self._webhook = _derived(key, b"webhook")

    def signature(self, text: str) -> str:
        """22 characters of A-Za-z0-9_- that only this operator's bot can make for the text."""
        digest = hmac.digest(self._links, text.encode(), hashlib.sha256)[:SIGNATURE_BYTES]
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()

    def blur(self, text: str) -> bytes:
        """32 bytes that nobody without the key can know, the same for the same text."""
        return hmac.digest(self._blur, text.encode(), hashlib.sha256)

    def webhook_secret(self, token: str) -> str:
        """43 characters that Telegram shows with each update; another token has another."""
        digest = hmac.digest(self._webhook, token.encode(), hashlib.sha256)
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()

    def signed_by_us(self, text: str, signature: str) -> bool:
        """Whether the signature is ours for this text; takes the same time either way."""
        return hmac.compare_digest(self.signature(text).encode(), signature.encode())


def operator_key(database: Path) -> OperatorKey:
    """Read the operator's key, made at the first start in `<database>.key` with mode 0600.

    Raises KeyMissing where a database is there without it: a new key would open nothing.
    """
    path = key_path(database)
    try:
        key = read_key(path)
    except FileNotFoundError:
        if database.exists() and database.stat().st_size > 0:
            raise KeyMissing(str(path)) from None
        key = secrets.token_bytes(KEY_BYTES).hex()
        keep_key(database, key)
    return OperatorKey(bytes.fromhex(key))


def read_key(path: Path) -> str:
    """Return the key in a file, as hexadecimal. Raises KeyMissing, FileNotFoundError."""
    try:
        key = path.read_text(encoding="ascii").strip().lower()
        if len(bytes.fromhex(key)) != KEY_BYTES:
            raise KeyMissing(str(path))
    except ValueError:
        raise KeyMissing(str(path)) from None
    return key


def keep_key(database: Path, key: str) -> None:
    """Keep the operator's key of a database."""
    write_key(key_path(database), key)


def write_key(path: Path, key: str) -> None:
    """Write a key; the file is there whole or not at all, whatever happens meanwhile."""
    unfinished = path.with_name(path.name + ".new")
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(key + "\n")
        file.flush()
        os.fsync(file.fileno())
    unfinished.rename(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)  # what is sealed with the key must not outlive it
    finally:
        os.close(folder)


def fingerprint(key: str) -> str:
    """Return what tells one key from another, and nothing else about it."""
    return _derived(bytes.fromhex(key), b"fingerprint").hex()[:16]


def key_path(database: Path) -> Path:
    """Where the operator's key lies: beside the database, never in its copies."""
    return database.with_name(database.name + ".key")


def new_person_key() -> str:
    """A fresh key for one person, as text, to be sealed with the operator's key."""
    return secrets.token_bytes(KEY_BYTES).hex()


def _derived(key: bytes, purpose: bytes) -> bytes:
    return hmac.digest(key, purpose, hashlib.sha256)


__all__ = [
    "InvalidTag",
    "KeyMissing",
    "OperatorKey",
    "Seal",
    "fingerprint",
    "keep_key",
    "key_path",
    "new_person_key",
    "operator_key",
    "read_key",
    "write_key",
]
