"""What an operator decides: environment variables, or the same names in a file `.env`."""

import logging
import os
import re
from dataclasses import dataclass, field, fields
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar
from urllib.parse import urlsplit

from bot.storage import age, backups

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

TOKEN_SHAPE: Final = re.compile(r"\d{1,20}:[A-Za-z0-9_-]{3,256}")
LOG_LEVELS: Final = ("DEBUG", "INFO", "WARNING", "ERROR")
TICK_SECONDS_MIN: Final = 0.1
TICK_SECONDS_MAX: Final = 3600
LOG_FORMATS: Final = ("json", "plain")
SECRET_SHAPE: Final = re.compile(r"[A-Za-z0-9_-]{16,256}")  # what Telegram takes; no short ones
WEBHOOK_PORTS: Final = (443, 80, 88, 8443)  # where Telegram's own servers post to
KEPT_MAX: Final = 1000
QUOTED: Final = re.compile(r"""(['"])(.*)\1\s*(?:#.*)?""")
PORT_MAX: Final = 65535
PREFIX: Final = "BARNRAISER_"
TELEGRAM: Final = "https://api.telegram.org"

T = TypeVar("T")


class SettingsRefused(Exception):
    """Some settings cannot be used; `mistakes` says which and why, one plain sentence each."""

    def __init__(self, mistakes: list[str]) -> None:
        super().__init__("\n".join(mistakes))
        self.mistakes = mistakes


class Address(NamedTuple):
    """Where to listen on this machine."""

    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


WEBHOOK_LISTEN: Final = Address("127.0.0.1", 8080)


@dataclass(frozen=True)
class Settings:
    """What an operator decides. Token and secret are never part of what is printed or logged."""

    token: str | None = field(default=None, repr=False)
    api_url: str = TELEGRAM
    database: Path = Path("data/barnraiser.db")
    tick_seconds: float = 30.0
    log_level: str = "INFO"
    log_format: str = "json"
    webhook_url: str | None = None
    webhook_listen: Address = WEBHOOK_LISTEN
    webhook_secret: str | None = field(default=None, repr=False)
    metrics: Address | None = None
    backups: Path | None = None
    backups_kept: int = 14
    backup_recipient: str | None = None

    @property
    def backups_folder(self) -> Path:
        """Where copies of the database are put."""
        return self.backups or self.database.parent / backups.FOLDER

    @property
    def backup_recipients(self) -> tuple[str, ...]:
        """The public keys of age to which copies are encrypted; without any, they are not."""
        return tuple((self.backup_recipient or "").split())

    @property
    def log_level_number(self) -> int:
        """The level as the logging module counts it."""
        return logging.getLevelNamesMapping()[self.log_level]


def load(environment: "Mapping[str, str] | None" = None, folder: Path | None = None) -> Settings:
    """Read the settings; the environment wins over `.env` in `folder` (the current one).

    Raises SettingsRefused with every mistake at once, so that an operator mends them in one go.
    """
    mistakes: list[str] = []
    given = _read_env_file((folder or Path.cwd()) / ".env", mistakes)
    given |= dict(os.environ if environment is None else environment)
    given = {name: text.strip() for name, text in given.items() if name.upper().startswith(PREFIX)}
    known = {PREFIX + one.name.upper() for one in fields(Settings)}
    mistakes += [
        f"{name} is not a setting. Settings are {', '.join(sorted(known))}."
        for name in sorted(given.keys() - known)
    ]

    def read(name: str, understand: "Callable[[str], T]", default: T) -> T:
        text = given.get(PREFIX + name, "")
        if not text:
            return default
        try:
            return understand(text)
        except ValueError as mistake:
            mistakes.append(f"{PREFIX}{name} {mistake}")
            return default

    standard = Settings()
    settings = Settings(
        token=read("TOKEN", _token, None),
        api_url=read("API_URL", _origin, standard.api_url),
        database=read("DATABASE", _database, standard.database),
        tick_seconds=read("TICK_SECONDS", _seconds, standard.tick_seconds),
        log_level=read("LOG_LEVEL", _level, standard.log_level),
        log_format=read("LOG_FORMAT", _format, standard.log_format),
        webhook_url=read("WEBHOOK_URL", _webhook, None),
        webhook_listen=read("WEBHOOK_LISTEN", _address, standard.webhook_listen),
        webhook_secret=read("WEBHOOK_SECRET", _secret, None),
        metrics=read("METRICS", _address, None),
        backups=read("BACKUPS", _folder, None),
        backups_kept=read("BACKUPS_KEPT", _kept, standard.backups_kept),
        backup_recipient=read("BACKUP_RECIPIENT", _recipients, None),
    )
    mistakes += _contradictions(settings, {name for name, text in given.items() if text})
    if mistakes:
        raise SettingsRefused(mistakes)
    return settings


def _contradictions(settings: Settings, said: set[str]) -> list[str]:
    """Find what cannot be together, though each setting by itself could be."""
    url = f"{PREFIX}WEBHOOK_URL"
    found = [
        f"{name} does nothing without {url}: set that, or leave it out."
        for name in (f"{PREFIX}WEBHOOK_LISTEN", f"{PREFIX}WEBHOOK_SECRET")
        if name in said and url not in said
    ]
    if settings.webhook_url is not None and settings.api_url == TELEGRAM:
        found += _unreachable(settings.webhook_url)
    if settings.webhook_url is not None and settings.metrics == settings.webhook_listen:
        found.append(f"{PREFIX}METRICS and {PREFIX}WEBHOOK_LISTEN must be two different addresses.")
    return found


def _unreachable(webhook_url: str) -> list[str]:
    """Say why Telegram's own servers would not post there; a server of one's own may."""
    parts = urlsplit(webhook_url)
    if parts.scheme != "https":
        return [f"{PREFIX}WEBHOOK_URL must begin with https://: Telegram posts nowhere else."]
    if (parts.port or 443) not in WEBHOOK_PORTS:
        ports = ", ".join(map(str, WEBHOOK_PORTS))
        return [f"{PREFIX}WEBHOOK_URL has a port that Telegram does not post to: {ports} are."]
    return []


def _token(text: str) -> str:
    if not TOKEN_SHAPE.fullmatch(text):
        raise ValueError(
            "is not a bot token. @BotFather gives one like 123456789:AAE… (digits, colon, signs)."
        )
    return text


def _origin(text: str) -> str:
    _check_url(text, "must be the address of a Bot API server, like https://api.telegram.org.")
    return text.rstrip("/")


def _webhook(text: str) -> str:
    wrong = "must be the address that Telegram posts to, like https://bot.example.org/telegram."
    _check_url(text, wrong)
    if "@" in urlsplit(text).netloc:  # it would stand in Telegram's and the proxy's logs
        raise ValueError("must hold no name or password: the secret guards it.")
    return text


def _check_url(text: str, wrong: str) -> None:
    try:
        parts = urlsplit(text)
    except ValueError:
        raise ValueError(wrong) from None
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        raise ValueError(wrong)
    if any(sign.isspace() for sign in text):
        raise ValueError(wrong)
    try:
        _ = parts.port
    except ValueError:
        raise ValueError("has a port that is not a number from 0 to 65535.") from None


def _address(text: str) -> Address:
    wrong = "must be an address and a port on this machine, like 127.0.0.1:8080."
    host, colon, port = text.rpartition(":")
    if not colon or not (port.isascii() and port.isdecimal() and 0 < int(port[:6]) <= PORT_MAX):
        raise ValueError(wrong)
    try:
        return Address(str(ip_address(host.removeprefix("[").removesuffix("]"))), int(port))
    except ValueError:
        raise ValueError(wrong) from None


def _secret(text: str) -> str:
    if not SECRET_SHAPE.fullmatch(text):  # not repeated: it may be somebody's password
        raise ValueError("must be 16 to 256 of the signs A-Z a-z 0-9 _ -, or be left out.")
    return text


def _format(text: str) -> str:
    if text.lower() not in LOG_FORMATS:
        raise ValueError(f"must be one of {', '.join(LOG_FORMATS)}.")
    return text.lower()


def _database(text: str) -> Path:
    path, what = _path(text)
    if what == "folder":
        raise ValueError("is a folder; name a file in it, like data/barnraiser.db.")
    return path


def _folder(text: str) -> Path:
    path, what = _path(text)
    if what == "file":
        raise ValueError("is a file; name a folder, like data/backups.")
    return path


def _path(text: str) -> tuple[Path, str]:
    if "\0" in text:
        raise ValueError("has a sign in it that no path can have.")
    try:
        path = Path(text).expanduser()
        what = "folder" if path.is_dir() else "file" if path.exists() else ""
    except RuntimeError:
        raise ValueError("begins with ~, and there is no such home folder.") from None
    except OSError as error:
        raise ValueError(f"cannot be used: {error.strerror}.") from None
    return path, what


def _kept(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) <= KEPT_MAX):
        raise ValueError(
            f"must be how many daily copies to keep, from 0 (make none) to {KEPT_MAX}, like 14."
        )
    return int(text)


def _recipients(text: str) -> str:
    try:
        keys = text.replace(",", " ").split()
        if not all(age.is_recipient(one) for one in keys):
            raise ValueError(
                "must be a public key of age, like age1… (age-keygen prints one); of several,"
                " leave a space between them. The private key stays away from this machine."
            )
    except age.AgeMissing as missing:
        raise ValueError(f"needs a part that is not installed: {missing}.") from None
    return " ".join(keys)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not TICK_SECONDS_MIN <= seconds <= TICK_SECONDS_MAX:
        raise ValueError(
            f"must be a number of seconds from {TICK_SECONDS_MIN} to {TICK_SECONDS_MAX}, like 30."
        )
    return seconds


def _level(text: str) -> str:
    if text.upper() not in LOG_LEVELS:
        raise ValueError(f"must be one of {', '.join(LOG_LEVELS)}.")
    return text.upper()


def _read_env_file(path: Path, mistakes: list[str]) -> dict[str, str]:
    """Lines `NAME=value`, with `#` comments, `export ` and quotes allowed, as in a shell."""
    found: dict[str, str] = {}
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()  # some editors put a mark first
    except FileNotFoundError:
        return found
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        mistakes.append(f"The file {path} cannot be read: {reason}.")
        return found
    for number, line in enumerate(lines, start=1):
        bare = line.strip().removeprefix("export ").strip()
        if not bare or bare.startswith("#"):
            continue
        name, equals, value = bare.partition("=")
        if not equals:
            mistakes.append(f"Line {number} of {path} is not NAME=value.")
            continue
        quoted = QUOTED.fullmatch(value.strip())
        bare_value = re.split(r"(?:^|\s)#", value, maxsplit=1)[0].strip()
        found[name.strip()] = quoted[2] if quoted else bare_value
    return found
