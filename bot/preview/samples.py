"""Sample facts: what each message was told in a story of the tests, typed as the bot tells it.

`make samples` plays the stories and keeps, of every message, the fewest facts that show all of its
sentences; they lie in bot/preview/samples, a file for each folder of messages/. What a fact has got
since is empty, and facts that no longer fit are passed over, until it is run again.
"""

import dataclasses
import functools
import importlib
import inspect
import json
import types
import typing
from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from markupsafe import Markup

Facts = dict[str, Any]

FOLDER: Final = Path(__file__).parent / "samples"
#: Which file holds the facts of pictures; their names are those of the functions that make them.
PICTURES: Final = "pictures"
_OURS: Final = "bot."
_AS_TEXT: Final[Mapping[str, Any]] = {
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "decimal": Decimal,
    "markup": Markup,
    "bytes": bytes.fromhex,
}
_AS_LIST: Final[Mapping[str, Any]] = {"tuple": tuple, "set": set, "frozenset": frozenset}


class CannotKeep(TypeError):
    """A fact of a kind that no file holds."""


@functools.cache
def all_samples() -> Mapping[str, tuple[Facts, ...]]:
    """Return the sample facts of every message and picture, by its name."""
    found: dict[str, tuple[Facts, ...]] = {}
    for path in sorted(FOLDER.glob("*.json")):
        for name, kept in json.loads(path.read_text("utf-8")).items():
            found[name] = tuple(one for one in map(_told, kept) if one is not None)
    return found


def _told(kept: Mapping[str, Any]) -> Facts | None:
    """Return the facts that were kept, None where one of their types has changed since."""
    try:
        return {key: unpacked(held) for key, held in kept.items()}
    except (TypeError, AttributeError, ImportError):
        return None


def packed(value: Any) -> Any:  # noqa: ANN401 - any fact
    """Return a fact as JSON holds it, with its type. Raises CannotKeep for what is none of ours."""
    if value is None or type(value) in {bool, int, float, str}:
        return value
    if type(value) is list:
        return [packed(one) for one in value]
    if type(value) is dict:
        return {"dict": [[packed(key), packed(one)] for key, one in value.items()]}
    for kind, made in _AS_LIST.items():
        if type(value) is made:
            items = [packed(one) for one in value]
            return {kind: items if kind == "tuple" else sorted(items, key=json.dumps)}
    return _packed_text(value) or _packed_object(value)


def _packed_text(value: Any) -> dict[str, str] | None:  # noqa: ANN401 - any fact
    if isinstance(value, datetime | date | time):
        return {type(value).__name__: value.isoformat()}
    if type(value) is Decimal:
        return {"decimal": str(value)}
    if type(value) is Markup:
        return {"markup": str(value)}
    if type(value) is bytes:
        return {"bytes": value.hex()}
    return None


def _packed_object(value: Any) -> dict[str, dict[str, Any]]:  # noqa: ANN401 - any fact
    """Return one of our own dataclasses or named tuples; fields as they are by default are left."""
    kind = type(value)
    if not kind.__module__.startswith(_OURS):
        raise CannotKeep(kind.__name__)
    if dataclasses.is_dataclass(kind):
        defaults = {one.name: _default(one) for one in dataclasses.fields(kind) if one.init}
    elif hasattr(kind, "_fields"):
        defaults = {name: kind._field_defaults.get(name, ...) for name in kind._fields}
    else:
        raise CannotKeep(kind.__name__)
    told = {name: getattr(value, name) for name in defaults}
    return {
        f"{kind.__module__}.{kind.__qualname__}": {
            name: packed(one)
            for name, one in told.items()
            if type(one) is not type(defaults[name]) or one != defaults[name]
        }
    }


def _default(one: "dataclasses.Field[Any]") -> Any:  # noqa: ANN401 - any fact
    if one.default_factory is not dataclasses.MISSING:
        return one.default_factory()
    return ... if one.default is dataclasses.MISSING else one.default


def unpacked(value: Any) -> Any:  # noqa: ANN401 - any fact
    """Return the fact that `packed` made JSON of."""
    if isinstance(value, list):
        return [unpacked(one) for one in value]
    if not isinstance(value, dict):
        return value
    [(kind, held)] = value.items()
    if kind == "dict":
        return {unpacked(key): unpacked(one) for key, one in held}
    if kind in _AS_LIST:
        return _AS_LIST[kind](unpacked(one) for one in held)
    if kind in _AS_TEXT:
        return _AS_TEXT[kind](held)
    return _made(named(kind), {name: unpacked(one) for name, one in held.items()})


def _made(kind: Any, told: Mapping[str, Any]) -> Any:  # noqa: ANN401 - one of our own classes
    """Make it of what was kept; a field that it has got since is as empty as its type allows."""
    wanted = typing.get_type_hints(kind)
    needed = {
        name
        for name, one in inspect.signature(kind).parameters.items()
        if one.default is inspect.Parameter.empty
    }
    fresh = {name: _empty(wanted[name]) for name in needed - told.keys()}
    return kind(**fresh, **{name: one for name, one in told.items() if name in wanted})


def _empty(hint: Any) -> Any:  # noqa: ANN401 - any annotation
    origin = typing.get_origin(hint) or hint
    if origin in {typing.Union, types.UnionType}:
        return None
    if origin is typing.Literal:
        return typing.get_args(hint)[0]
    return origin()


def named(name: str) -> Any:  # noqa: ANN401 - whatever stands there
    """Return what is called so in this package: `bot.domain.digests.Digest`."""
    assert name.startswith(_OURS), name
    module, _, kind = name.rpartition(".")
    return getattr(importlib.import_module(module), kind)
