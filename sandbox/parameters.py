"""A call's parameters: what each method takes, and how a value sent as text is read.

`bot_api.json` lists the methods of Bot API 10.1 with their parameters: int, float, bool, str,
chat (an id or @name), file, json (an object or an array); "!" marks a required one.
"""

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from sandbox.refusals import Refused, bad_request

INTEGER_BITS = 63
LEGACY = {
    "reply_to_message_id": "int",
    "allow_sending_without_reply": "bool",
    "disable_web_page_preview": "bool",
    "correct_option_id": "int",
}
"""Names that Telegram still reads though its documentation dropped them."""
_LEGACY_OF = {"disable_web_page_preview": "link_preview_options", "correct_option_id": "options"}
_MAY_BE_EMPTY = frozenset({("setwebhook", "url")})
_WORDS_WHEN_MISSING = {
    "chat_id": "chat_id is empty",
    "from_chat_id": "from_chat_id is empty",
    "user_id": "invalid user_id specified",
    "message_id": "message identifier is not specified",
    "message_ids": "message identifiers are not specified",
    "text": "message text is empty",
    "photo": "there is no photo in the request",
    "document": "there is no document in the request",
    "voice": "there is no voice in the request",
    "file_id": "file_id is empty",
    "callback_query_id": "query is too old and response timeout expired or query ID is invalid",
}


@dataclass(slots=True, frozen=True)
class Upload:
    """A file that came with a multipart request."""

    name: str
    content: bytes
    mime: str


def read_methods() -> dict[str, dict[str, str]]:
    """Give method (lower case) → parameter → kind, "!" after a required one."""
    text = files("sandbox").joinpath("bot_api.json").read_text("utf-8")
    methods: dict[str, dict[str, str]] = json.loads(text)
    return {name.lower(): parameters for name, parameters in methods.items()}


METHODS = read_methods()


def read_parameters(
    method: str, given: Mapping[str, object], uploads: Mapping[str, Upload]
) -> dict[str, Any]:
    """Check and convert a call's parameters.

    Args:
        method: the method's name in lower case, one of METHODS.
        given: values as they came: text from a form, anything from JSON.
        uploads: the files of a multipart request, by field.

    Raises:
        Refused: 400 for unknown, missing and malformed ones. (Telegram itself passes over
            unknown ones in silence; here a misspelt name is found.)
    """
    known = METHODS[method]
    read: dict[str, Any] = {}
    for name, value in given.items():
        kind = known.get(name) or _legacy(known, name)
        if kind is None:
            raise bad_request(f'unknown parameter "{name}"')
        if value is not None and value != "":
            read[name] = _READERS[kind.rstrip("!")](name, value)
    read |= {name: upload for name, upload in uploads.items() if known.get(name, "")[:4] == "file"}
    for name, kind in known.items():
        if kind.endswith("!") and name not in read and (method, name) not in _MAY_BE_EMPTY:
            words = _WORDS_WHEN_MISSING.get(name, f'parameter "{name}" is required')
            raise bad_request(words)
    return read


def _legacy(known: Mapping[str, str], name: str) -> str | None:
    needs = _LEGACY_OF.get(name, "reply_parameters")
    return LEGACY.get(name) if needs in known else None


def _integer(name: str, value: object) -> int:
    if isinstance(value, str):
        digits = value.strip().removeprefix("-")
        if digits.isascii() and digits.isdigit() and len(digits) < INTEGER_BITS:
            value = int(value)
    if type(value) is not int or value.bit_length() > INTEGER_BITS:
        raise _wrong(name, "Integer")
    return value


def _float(name: str, value: object) -> float:
    if isinstance(value, (str, int, float)) and not isinstance(value, bool):
        try:
            number = float(value)
        except (ValueError, OverflowError):
            raise _wrong(name, "Float") from None
        if math.isfinite(number):
            return number
    raise _wrong(name, "Float")


def _boolean(name: str, value: object) -> bool:
    word = str(value).lower() if isinstance(value, (str, bool, int)) else ""
    if word in {"true", "1", "yes"}:
        return True
    if word in {"false", "0", "no"}:
        return False
    raise _wrong(name, "Boolean")


def _string(name: str, value: object) -> str:
    if isinstance(value, str):
        return _utf8(value)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    raise _wrong(name, "String")


def _chat(name: str, value: object) -> int | str:
    if isinstance(value, str) and not value.strip().lstrip("-").isdigit():
        return _utf8(value)
    return _integer(name, value)


def _json(name: str, value: object) -> object:
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            raise bad_request(f'can\'t parse parameter "{name}" as a JSON object') from None
    if not isinstance(value, (dict, list)):
        raise _wrong(name, "JSON object or array")
    try:
        _check_depth(value)
    except RecursionError:
        raise bad_request(f'parameter "{name}" is nested too deeply') from None
    return value


def _check_depth(value: object, depth: int = 0) -> None:
    if depth > 32:  # noqa: PLR2004  nothing in the Bot API is nested half as deep
        raise RecursionError
    if isinstance(value, str):
        _utf8(value)
    elif isinstance(value, dict):
        for key, each in value.items():
            _utf8(key)
            _check_depth(each, depth + 1)
    elif isinstance(value, list):
        for each in value:
            _check_depth(each, depth + 1)


def _utf8(value: str) -> str:
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            raise bad_request("strings must be encoded in UTF-8") from None
    return value


def _wrong(name: str, kind: str) -> Refused:
    return bad_request(f'parameter "{name}" must be of type {kind}')


_READERS: dict[str, Callable[[str, object], object]] = {
    "int": _integer,
    "float": _float,
    "bool": _boolean,
    "str": _string,
    "chat": _chat,
    "file": _string,
    "json": _json,
}
