"""Files that go with a message: pictures drawn when they leave, documents as they were written.

An order is what the outbox stores: small, and complete in itself (a copy of a book, which is not,
is made by practices/copies.py). Drawing takes tens of milliseconds, so it happens in a thread,
outside any transaction.
"""

import base64
import dataclasses
import io
import types
import typing
from collections.abc import Mapping
from typing import Any, Final

import segno

from bot.rendering import charts
from bot.rendering.drawers import DrawSvg
from bot.rendering.picture_facts import BarChart, DigestCard, LineChart, Passbook

File = tuple[str, bytes, str]  # name, content, media type

CHARTS: Final[dict[str, type]] = {
    kind.__name__: kind for kind in (DigestCard, LineChart, BarChart, Passbook)
}


def picture(facts: DigestCard | LineChart | BarChart | Passbook) -> dict[str, Any]:
    """Return the order for a picture of these facts, their words already chosen."""
    return {"chart": type(facts).__name__, "facts": dataclasses.asdict(facts)}


def document(name: str, content: bytes, media_type: str) -> dict[str, Any]:
    """Return the order for a document that is ready."""
    return {"name": name, "base64": base64.b64encode(content).decode(), "type": media_type}


def code(words: str) -> dict[str, Any]:
    """Return the order for a QR picture that says these words."""
    return {"code": words}


def make(order: Mapping[str, Any], draw: DrawSvg = charts.png_of) -> File:
    """Make the file that was ordered. What a whole group is shown is drawn once for all of it."""
    if "chart" in order:
        facts = _rebuilt(CHARTS[order["chart"]], order["facts"])
        png = draw(charts.svg_of(facts), keep=isinstance(facts, DigestCard))
        return f"{order['chart'].lower()}.png", png, "image/png"
    if "code" in order:
        return "code.png", _code_picture(order["code"]), "image/png"
    return order["name"], base64.b64decode(order["base64"]), order["type"]


def _code_picture(words: str) -> bytes:
    """Draw a QR picture large enough for a cheap camera, with the white edge that readers need."""
    drawn = io.BytesIO()
    segno.make_qr(words).save(drawn, kind="png", scale=10, border=4)
    return drawn.getvalue()


def _rebuilt(kind: Any, value: Any) -> Any:  # noqa: ANN401 - any fact of a picture
    """Turn what JSON made of a picture's facts back into them, by their types."""
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if value is None:
        return None
    if origin in {typing.Union, types.UnionType}:
        return _rebuilt(next(one for one in inner if one is not type(None)), value)
    if origin is tuple:
        return tuple(_rebuilt(inner[0], one) for one in value)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return {inner[0](key): _rebuilt(inner[1], one) for key, one in value.items()}
    if not (dataclasses.is_dataclass(kind) or hasattr(kind, "_fields")):
        return value
    hints = typing.get_type_hints(kind)
    pairs = value.items() if isinstance(value, Mapping) else zip(hints, value, strict=True)
    return kind(**{name: _rebuilt(hints[name], one) for name, one in pairs})
