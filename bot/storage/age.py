"""Copies encrypted to a public key, in the format of age (age-encryption.org).

Whoever takes the machine has the public key only: they can make such copies and read none. The
library is an optional part of the package (`barnraiser[age]`): it is not built for every machine
that Barnraiser runs on, and only whoever encrypts copies needs it.
"""

import importlib.util
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

SUFFIX: Final = ".age"
BEGINNINGS: Final = (b"age-encryption.org/", b"-----BEGIN AGE ENCRYPTED FILE-----")
INSTALL: Final = "pip install 'barnraiser[age]'"


class AgeMissing(Exception):
    """The library that encrypts and decrypts is not installed."""


class NotAKey(Exception):
    """A public key or an identity file cannot be read as one of age."""


class CannotDecrypt(Exception):
    """The file cannot be opened with these identities, or it is damaged."""


def is_installed() -> bool:
    """Whether copies can be encrypted and decrypted here."""
    return importlib.util.find_spec("pyrage") is not None


def is_recipient(text: str) -> bool:
    """Whether a text is a public key of age (age1…). Raises AgeMissing."""
    try:
        _recipient(text)
    except NotAKey:
        return False
    return True


def is_encrypted(path: Path) -> bool:
    """Whether a file is one of age, by how it begins."""
    with path.open("rb") as file:
        return file.read(64).startswith(BEGINNINGS)


def encrypt(plain: Path, encrypted: Path, recipients: Iterable[str]) -> None:
    """Write a file encrypted to every one of the public keys, for our eyes only.

    Raises AgeMissing, NotAKey, OSError (FileExistsError, too).
    """
    keys = [_recipient(one) for one in recipients]
    os.close(os.open(encrypted, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    library = _library()
    try:
        library.encrypt_file(str(plain), str(encrypted), keys)
    except library.EncryptError as error:
        raise OSError(str(error)) from error  # what went wrong is the disk: it is full, say


def decrypt(encrypted: Path, plain: Path, identities: Path) -> None:
    """Write what is in an encrypted file, for our eyes only; `identities` is what age-keygen wrote.

    Raises AgeMissing, NotAKey, CannotDecrypt, OSError (FileExistsError, too).
    """
    library = _library()
    keys = _identities(identities)
    os.close(os.open(plain, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        library.decrypt_file(str(encrypted), str(plain), keys)
    except library.DecryptError as error:
        raise CannotDecrypt(str(encrypted)) from error
    except OSError as error:
        if "os error" in str(error):  # the disk's; else what was read is not what was written
            raise
        raise CannotDecrypt(str(encrypted)) from error


def _identities(path: Path) -> list[Any]:
    try:
        lines = [line.strip() for line in path.read_text("utf-8").splitlines()]
        found = [
            _library().x25519.Identity.from_str(line)
            for line in lines
            if line and not line.startswith("#")
        ]
    except (UnicodeDecodeError, _library().IdentityError):
        raise NotAKey(str(path)) from None
    if not found:
        raise NotAKey(str(path))
    return found


def _recipient(text: str) -> Any:  # noqa: ANN401 - the library has no types
    try:
        return _library().x25519.Recipient.from_str(text)
    except _library().RecipientError:
        raise NotAKey(text) from None


def _library() -> Any:  # noqa: ANN401 - it has no types
    try:
        import pyrage  # noqa: PLC0415 - an optional part
    except ImportError:
        raise AgeMissing(INSTALL) from None
    return pyrage
