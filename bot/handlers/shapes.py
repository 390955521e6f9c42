"""What an update must look like where we read it: a name is text, an id is a whole number.

The library takes any JSON for any field, and leaves it to whoever reads it to fall over it. What
Telegram would never send is refused here, in one place, before anything is looked at. Fields that
nobody reads may hold anything: Telegram adds new ones.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

#: An id or an instant beyond this fits no column.
WHOLE_MAX: Final = 2**62


@dataclass(frozen=True)
class _Must:
    """A field that is always there."""

    shape: Any


class _AnyText:
    """Text that can be written down: half of a surrogate pair cannot."""


class _Whole:
    """A whole number that a column can hold; True is none."""


class _YesNo:
    """True or False."""


TEXT: Final = _AnyText()
WHOLE: Final = _Whole()
YES_NO: Final = _YesNo()

USER: Final[dict[str, Any]] = {
    "id": _Must(WHOLE),
    "is_bot": _Must(YES_NO),
    "first_name": _Must(TEXT),
    "last_name": TEXT,
    "username": TEXT,
    "language_code": TEXT,
}
CHAT: Final[dict[str, Any]] = {"id": _Must(WHOLE), "type": _Must(TEXT), "title": TEXT}
FILE: Final[dict[str, Any]] = {"file_id": _Must(TEXT), "file_unique_id": _Must(TEXT)}
STANDING: Final[dict[str, Any]] = {
    "user": _Must(USER),
    "status": _Must(TEXT),
    "is_member": YES_NO,
}
CHANGE: Final[dict[str, Any]] = {
    "chat": _Must(CHAT),
    "from": _Must(USER),
    "date": _Must(WHOLE),
    "old_chat_member": _Must(STANDING),
    "new_chat_member": _Must(STANDING),
}
MESSAGE: Final[dict[str, Any]] = {
    "message_id": _Must(WHOLE),
    "date": _Must(WHOLE),
    "chat": _Must(CHAT),
    "from": USER,
    "sender_chat": CHAT,
    "message_thread_id": WHOLE,
    "is_topic_message": YES_NO,
    "text": TEXT,
    "caption": TEXT,
    "entities": [{"type": _Must(TEXT), "offset": _Must(WHOLE), "length": _Must(WHOLE)}],
    "photo": [FILE],
    "voice": FILE,
    "forward_origin": {"type": _Must(TEXT), "date": _Must(WHOLE)},
    "reply_to_message": {"message_id": _Must(WHOLE), "chat": _Must(CHAT), "from": USER},
    "new_chat_members": [USER],
    "left_chat_member": USER,
    "new_chat_title": TEXT,
    "migrate_to_chat_id": WHOLE,
    "migrate_from_chat_id": WHOLE,
}
UPDATE: Final[dict[str, Any]] = {
    "update_id": _Must(WHOLE),
    "message": MESSAGE,
    "edited_message": MESSAGE,
    "channel_post": MESSAGE,
    "edited_channel_post": MESSAGE,
    "callback_query": {
        "id": _Must(TEXT),
        "from": _Must(USER),
        "data": TEXT,
        "message": {
            "message_id": _Must(WHOLE),
            "date": _Must(WHOLE),
            "chat": _Must(CHAT),
            "from": USER,
        },
    },
    "my_chat_member": CHANGE,
    "chat_member": CHANGE,
    "poll": {
        "id": _Must(TEXT),
        "question": _Must(TEXT),
        "options": _Must([{"text": _Must(TEXT), "voter_count": _Must(WHOLE)}]),
        "is_closed": _Must(YES_NO),
    },
    "poll_answer": {
        "poll_id": _Must(TEXT),
        "option_ids": _Must([WHOLE]),
        "user": USER,
        "voter_chat": CHAT,
    },
}


def is_an_update(raw: Any) -> bool:  # noqa: ANN401 - whatever came
    """Whether what came has the shape of an update, as far as anybody reads it."""
    return _fits(raw, UPDATE)


def as_of_now(raw: Any) -> Any:  # noqa: ANN401 - whatever came
    """Fill in what a Bot API server before 10.0 does not send of polls, and the library wants.

    We count options by position, and our polls never change theirs: it stands for their ids.
    """
    if isinstance(raw, list):
        return [as_of_now(one) for one in raw]
    if not isinstance(raw, dict):
        return raw
    now = {name: as_of_now(value) for name, value in raw.items()}
    if "option_ids" in now:
        now.setdefault("option_persistent_ids", [str(one) for one in now["option_ids"]])
    if isinstance(options := now.get("options"), list):
        now["options"] = [
            {"persistent_id": str(place)} | one if isinstance(one, dict) else one
            for place, one in enumerate(options)
        ]
        now = {"allows_revoting": True, "members_only": False} | now
    return now


def without_what_was_tapped(raw: dict[str, Any]) -> dict[str, Any]:
    """Leave out what a tapped message says, which we wrote ourselves and nobody reads.

    Its number and its chat are kept, as Telegram gives a message that it no longer has (date 0):
    the library would make an object of each of its buttons, and that was a third of a tap. One
    that is a picture or a file is left as it is: that is read.
    """
    tap = raw.get("callback_query") or {}
    tapped = tap.get("message") or {}
    if "text" not in tapped:
        return raw
    kept = {"message_id": tapped["message_id"], "chat": tapped["chat"], "date": 0}
    return {**raw, "callback_query": {**tap, "message": kept}}


def _fits(value: Any, shape: Any) -> bool:  # noqa: ANN401 - whatever came
    if shape is TEXT:
        return isinstance(value, str) and _can_be_written(value)
    if shape is WHOLE:
        return isinstance(value, int) and not isinstance(value, bool) and abs(value) < WHOLE_MAX
    if shape is YES_NO:
        return isinstance(value, bool)
    if isinstance(shape, list):
        return isinstance(value, list) and all(_fits(one, shape[0]) for one in value)
    return isinstance(value, dict) and _has(value, shape)


def _has(value: Mapping[str, Any], shape: Mapping[str, Any]) -> bool:
    for name, one in shape.items():
        found = value.get(name)
        if found is None:
            if isinstance(one, _Must):
                return False
        elif not _fits(found, one.shape if isinstance(one, _Must) else one):
            return False
    return True


def _can_be_written(text: str) -> bool:
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
