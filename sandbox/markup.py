"""What hangs under a message: checked as Telegram checks it."""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

from sandbox.refusals import Refused, bad_request
from sandbox.state import Json, Markup

CALLBACK_DATA_BYTES_MAX = 64
COPY_TEXT_MAX = 256
BUTTONS_MAX = 100
PLACEHOLDER_MAX = 64
STYLES = frozenset({"danger", "success", "primary"})

_HOST = re.compile(r"[^\s.]+(\.[^\s.]+)+$")
_EXTRAS = ("style", "icon_custom_emoji_id", "disabled")


def parse_markup(value: object, *, inline_only: bool = False) -> Markup | None:
    """Read `reply_markup`; an empty inline keyboard is none at all.

    Args:
        value: the decoded JSON.
        inline_only: for edits, which take an inline keyboard and nothing else.

    Raises:
        Refused: in Telegram's words.
    """
    if not isinstance(value, dict):
        raise bad_request("object expected as reply markup")
    if "inline_keyboard" in value:
        rows = [
            [_button(each) for each in row]
            for row in _rows(value["inline_keyboard"], "inline keyboard")
        ]
        rows = [row for row in rows if row]
        if sum(map(len, rows)) > BUTTONS_MAX:
            raise bad_request("reply markup is too long")
        return Markup("inline", {"inline_keyboard": rows}) if rows else None
    if inline_only and value:
        raise bad_request("inline keyboard expected")
    return _reply_markup(value)


def _reply_markup(value: Json) -> Markup | None:
    if "keyboard" in value:
        rows = [[_key(each) for each in row] for row in _rows(value["keyboard"], "keyboard")]
        return Markup("keyboard", {**value, "keyboard": rows})
    if value.get("remove_keyboard") is True:
        return Markup("remove", {"remove_keyboard": True})
    if value.get("force_reply") is True:
        placeholder = value.get("input_field_placeholder", "")
        if not isinstance(placeholder, str) or len(placeholder) > PLACEHOLDER_MAX:
            raise bad_request("can't parse force reply: wrong input_field_placeholder")
        return Markup("force_reply", {**value, "force_reply": True})
    return None


def _rows(value: object, name: str) -> list[list[object]]:
    if not isinstance(value, list) or not all(isinstance(row, list) for row in value):
        raise bad_request(f"can't parse {name}: an array of arrays of buttons is expected")
    return value


def _key(value: object) -> Json:
    if isinstance(value, str):
        value = {"text": value}
    if not isinstance(value, dict) or not isinstance(value.get("text"), str) or not value["text"]:
        raise bad_request("can't parse keyboard button: button text must be non-empty")
    return value


def _button(value: object) -> Json:
    if not isinstance(value, dict):
        raise _wrong("Object expected")
    text = value.get("text")
    if not isinstance(text, str):
        raise _wrong('Field "text" must be of type String')
    if not text.strip():
        raise bad_request("inline keyboard button text must be non-empty")
    actions = [name for name in _ACTIONS if name in value]
    if not actions:
        raise _wrong("Text buttons are unallowed in the inline keyboard")
    if len(actions) > 1:
        raise _wrong("exactly one action is allowed in a button")
    if value.get("style", "primary") not in STYLES:
        raise _wrong("unsupported style")
    button = {"text": text, actions[0]: _ACTIONS[actions[0]](value[actions[0]])}
    return button | {
        name: value[name] for name in _EXTRAS if isinstance(value.get(name), (str, bool))
    }


def _callback_data(value: object) -> str:
    if not isinstance(value, str) or not 0 < len(value.encode()) <= CALLBACK_DATA_BYTES_MAX:
        raise bad_request("BUTTON_DATA_INVALID")
    return value


def _url(value: object) -> str:
    if not isinstance(value, str):
        raise _wrong('Field "url" must be of type String')
    try:
        parts = urlsplit(value if "://" in value else f"http://{value}")
        host = parts.hostname or ""
    except ValueError:
        raise _wrong_url(value, "Wrong HTTP URL") from None
    if parts.scheme.lower() in {"tg", "ton", "tonsite"}:
        return value
    if parts.scheme.lower() not in {"http", "https"}:
        raise _wrong_url(value, "Unsupported URL protocol")
    if not _HOST.match(host):
        raise _wrong_url(value, "Wrong HTTP URL")
    return value if "://" in value else f"http://{value}/"


def _copy_text(value: object) -> Json:
    text = value.get("text") if isinstance(value, dict) else None
    if not isinstance(text, str) or not 0 < len(text) <= COPY_TEXT_MAX:
        raise bad_request("BUTTON_COPY_TEXT_INVALID")
    return {"text": text}


def _web_address(value: object) -> Json:
    url = value.get("url") if isinstance(value, dict) else None
    if not isinstance(url, str) or not url.startswith("https://"):
        raise _wrong_url(str(url), "Only HTTPS links are allowed")
    return {"url": url}


def _query(value: object) -> str:
    if not isinstance(value, str):
        raise _wrong("switch_inline_query must be of type String")
    return value


def _not_played(_value: object) -> Json:
    raise bad_request("the sandbox has no such buttons")


_ACTIONS: dict[str, Callable[[object], object]] = {
    "callback_data": _callback_data,
    "url": _url,
    "copy_text": _copy_text,
    "web_app": _web_address,
    "login_url": _web_address,
    "switch_inline_query": _query,
    "switch_inline_query_current_chat": _query,
    "switch_inline_query_chosen_chat": _not_played,
    "callback_game": _not_played,
    "pay": _not_played,
}


def _wrong(words: str) -> Refused:
    return bad_request(f"can't parse inline keyboard button: {words}")


def _wrong_url(url: str, why: str) -> Refused:
    return bad_request(f"inline keyboard button URL '{url}' is invalid: {why}")
