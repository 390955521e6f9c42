"""The JSON body of a control request, read field by field."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Self, cast

from sandbox import media
from sandbox.faults import Fault, FaultKind
from sandbox.refusals import Impossible
from sandbox.state import Content, Json
from sandbox.world import World

INTEGER_MAX = 2**53
VOICE_SECONDS, VOICE_SECONDS_MAX = 3, 60


@dataclass(slots=True)
class Body:
    """What was posted. Each reader raises Impossible for a value of the wrong kind."""

    fields: Json

    @classmethod
    def read(cls, body: bytes, path: Mapping[str, str]) -> Self:
        """Decode a body; what the path says is added to it."""
        try:
            fields = json.loads(body) if body.strip() else {}
        except (ValueError, RecursionError):
            raise Impossible("the body is not JSON") from None
        if not isinstance(fields, dict):
            raise Impossible("the body must be a JSON object")
        numbers = {name: int(value) for name, value in path.items() if value.isdecimal()}
        if len(numbers) != len(path):
            raise Impossible("the path must have a number")
        return cls(fields | numbers)

    def integer(self, name: str) -> int:
        """Give a required integer."""
        value = self.fields.get(name)
        if type(value) is not int or abs(value) > INTEGER_MAX:
            raise Impossible(f"“{name}” must be an integer")
        return value

    def maybe_integer(self, name: str) -> int | None:
        """Give an integer, None when there is none."""
        return None if self.fields.get(name) is None else self.integer(name)

    def integers(self, name: str) -> list[int]:
        """Give a list of integers, empty when there is none."""
        value = self.fields.get(name)
        if value is None:
            return []
        if not isinstance(value, list) or not all(type(each) is int for each in value):
            raise Impossible(f"“{name}” must be a list of integers")
        return cast("list[int]", value)

    def text(self, name: str) -> str:
        """Give a text, "" when there is none."""
        value = self.fields.get(name)
        if value is None:
            return ""
        if not isinstance(value, str):
            raise Impossible(f"“{name}” must be a text")
        return _whole(value)

    def texts(self, name: str) -> list[str]:
        """Give a list of texts, empty when there is none."""
        value = self.fields.get(name)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise Impossible(f"“{name}” must be a list of texts")
        return [_whole(each) for each in value]

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Give true or false."""
        value = self.maybe_flag(name)
        return default if value is None else value

    def maybe_flag(self, name: str) -> bool | None:
        """Give true, false, or None when nothing was said."""
        value = self.fields.get(name)
        if value is not None and not isinstance(value, bool):
            raise Impossible(f"“{name}” must be true or false")
        return value

    def number(self, name: str, default: float) -> float:
        """Give a number."""
        value = self.fields.get(name, default)
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise Impossible(f"“{name}” must be a number")
        return float(value)

    def who_where(self) -> tuple[int, int]:
        """Give `person` and `chat`."""
        return self.integer("person"), self.integer("chat")

    def place(self) -> tuple[int, int, int]:
        """Give `person`, `chat` and `message`."""
        return *self.who_where(), self.integer("message")


def content_of(world: World, body: Body) -> Content:
    """Make what a person sends: something of CONTENTS, or a text."""
    for name, make in CONTENTS.items():
        if body.fields.get(name):
            return make(world, body)
    text = body.text("text").strip()
    if not text:
        raise Impossible("there is nothing to send")
    return Content(text)


def _sticker(world: World, body: Body) -> Content:
    return media.sticker(world, body.text("sticker"))


def _photo(world: World, body: Body) -> Content:
    picture = body.fields["photo"]
    content = media.sample_picture() if picture is True else _decoded(picture)
    file = media.store_photo(world, content)
    if file is None:
        raise Impossible("a photo is a PNG or a JPEG")
    return media.photo(file, body.text("caption"))


def _voice(world: World, body: Body) -> Content:
    seconds = VOICE_SECONDS if body.fields["voice"] is True else body.integer("voice")
    return media.voice(world, min(max(1, seconds), VOICE_SECONDS_MAX), body.text("caption"))


def _document(world: World, body: Body) -> Content:
    given: Any = body.fields["document"]
    if not isinstance(given, dict) or not isinstance(given.get("name"), str):
        raise Impossible("a document has a name and base64")
    content = _decoded(given.get("base64"))
    return media.document(world, _whole(given["name"]), content, body.text("caption"))


def _contact(world: World, body: Body) -> Content:
    given: Any = body.fields["contact"]
    number = given.get("phone_number") if isinstance(given, dict) else "+100200300"
    name = given.get("first_name") if isinstance(given, dict) else None
    if name is None:
        name = world.person(body.integer("person")).first_name
    if not isinstance(number, str) or not isinstance(name, str):
        raise Impossible("a contact has a phone_number and a first_name")
    return media.contact(_whole(number), _whole(name))


def _location(_world: World, body: Body) -> Content:
    given: Any = body.fields["location"]
    fields = given if isinstance(given, dict) else {}
    latitude, longitude = fields.get("latitude", -1.95), fields.get("longitude", 30.06)
    if not all(type(each) in {int, float} for each in (latitude, longitude)):
        raise Impossible("a location has a latitude and a longitude")
    return media.location(latitude, longitude)


CONTENTS: dict[str, Callable[[World, Body], Content]] = {
    "sticker": _sticker,
    "photo": _photo,
    "voice": _voice,
    "document": _document,
    "contact": _contact,
    "location": _location,
}


def fault_of(body: Body) -> Fault:
    """Make the fault that was ordered."""
    kind = cast("FaultKind", body.text("kind"))
    fault = Fault(kind)
    return Fault(
        kind,
        method=body.text("method") or None,
        chat=body.maybe_integer("chat"),
        times=body.maybe_integer("times"),
        probability=body.number("probability", 1.0),
        retry_after=int(body.number("retry_after", fault.retry_after)),
        code=int(body.number("code", fault.code)),
        description=body.text("description") or fault.description,
        seconds=body.number("seconds", fault.seconds),
    )


def _decoded(value: object) -> bytes:
    if not isinstance(value, str):
        raise Impossible("a file must be base64")
    try:
        return media.from_base64(value)
    except ValueError:
        raise Impossible("a file must be base64") from None


def _whole(value: str) -> str:
    try:
        value.encode()
    except UnicodeEncodeError:
        raise Impossible("a text must be whole Unicode characters") from None
    return value
