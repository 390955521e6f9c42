"""Formatted text: parse_mode HTML to text and entities, and Telegram's words for bad HTML.

Offsets and lengths are UTF-16 units, as everywhere in the Bot API.
"""

import html
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from sandbox.refusals import Refused, bad_request
from sandbox.state import Json

UserLookup = Callable[[int], Json | None]

SIMPLE_TAGS = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline",
    "ins": "underline", "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough",
    "tg-spoiler": "spoiler", "code": "code",
}  # fmt: skip
TAGS = frozenset(SIMPLE_TAGS) | {"a", "pre", "blockquote", "span", "tg-emoji", "tg-time"}
ENTITY_TYPES = frozenset(SIMPLE_TAGS.values()) | {
    "mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number", "pre",
    "blockquote", "expandable_blockquote", "text_link", "text_mention", "custom_emoji",
    "date_time",
}  # fmt: skip
DETECTED = frozenset(
    {"mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number"}
)
ENTITIES_MAX = 100

_TAG_NAME = re.compile(r"[^\s>/=]*")
_ATTRIBUTE = re.compile(r"""\s*([^\s=>]+)\s*(=)?\s*("[^"]*"|'[^']*'|[^\s"'>]*)""")
_NAMED = re.compile(r"&(?:(lt|gt|amp|quot)|#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6}));?")
_USER_LINK = re.compile(r"tg://user\?id=(\d{1,16})$")
_WEB_LINK = re.compile(
    r"(?:(?:https?|tg|ton|tonsite)://|mailto:|tel:)?[^\s<>]+\.?[^\s<>]*$", re.IGNORECASE
)


def utf16(text: str) -> int:
    """Count UTF-16 units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2


@dataclass(slots=True)
class _Open:
    tag: str
    start: int
    at_byte: int
    attributes: dict[str, str]


@dataclass(slots=True)
class _Reader:
    source: str
    user: UserLookup
    pos: int = 0
    units: int = 0
    out: list[str] = field(default_factory=list)
    stack: list[_Open] = field(default_factory=list)
    entities: list[Json] = field(default_factory=list)

    def byte(self, pos: int) -> int:
        return len(self.source[:pos].encode())

    def write(self, text: str) -> None:
        text = _NAMED.sub(_character, text)
        self.out.append(text)
        self.units += utf16(text)


def parse_html(source: str, user: UserLookup = lambda _id: None) -> tuple[str, list[Json]]:
    """Read Telegram's HTML.

    Args:
        source: the text with tags.
        user: gives a Bot API User for an id in a `tg://user?id=` link, or None.

    Returns:
        The plain text (not yet trimmed) and its entities.

    Raises:
        Refused: "can't parse entities: …".
    """
    reader = _Reader(source, user)
    while (lower := source.find("<", reader.pos)) >= 0:
        reader.write(source[reader.pos : lower])
        reader.pos = lower + 1
        if source.startswith("/", reader.pos):
            _close(reader, lower)
        else:
            _open(reader, lower)
    reader.write(source[reader.pos :])
    if reader.stack:
        last = reader.stack[-1]
        raise _unparsable(
            f'Can\'t find end tag corresponding to start tag "{last.tag}"'
            f" at byte offset {last.at_byte}"
        )
    return "".join(reader.out), ordered(reader.entities)


def ordered(entities: list[Json]) -> list[Json]:
    """Put entities in Telegram's order: by offset, the longer first; 100 at most are kept."""
    entities.sort(key=lambda each: (each["offset"], -each["length"]))
    return entities[:ENTITIES_MAX]


def trimmed(text: str, entities: list[Json]) -> tuple[str, list[Json]]:
    """Cut blank space from both ends, and fit the entities to what is left."""
    bare = text.strip()
    if len(bare) == len(text):
        return text, entities
    cut = utf16(text[: len(text) - len(text.lstrip())]) if bare else 0
    size = utf16(bare)
    kept = []
    for each in entities:
        start = max(0, each["offset"] - cut)
        end = min(size, each["offset"] - cut + each["length"])
        if end > start:
            kept.append({**each, "offset": start, "length": end - start})
    return bare, kept


def _open(reader: _Reader, at: int) -> None:
    source = reader.source
    found = _TAG_NAME.match(source, reader.pos)
    name = found.group() if found else ""
    offset = reader.byte(at)
    pos = reader.pos + len(name)
    if pos >= len(source):
        raise _unparsable(f"Unclosed start tag at byte offset {offset}")
    tag = name.lower()
    if tag not in TAGS:
        raise _unparsable(f'Unsupported start tag "{tag}" at byte offset {offset}')
    attributes: dict[str, str] = {}
    while True:
        while pos < len(source) and source[pos].isspace():
            pos += 1
        if pos >= len(source):
            raise _unparsable(f"Unclosed start tag at byte offset {offset}")
        if source[pos] == ">":
            break
        pos = _attribute(reader, pos, tag, attributes)
    _check_tag(reader, tag, attributes, offset)
    reader.stack.append(_Open(tag, reader.units, offset, attributes))
    reader.pos = pos + 1


def _attribute(reader: _Reader, pos: int, tag: str, into: dict[str, str]) -> int:
    found = _ATTRIBUTE.match(reader.source, pos)
    if not found:
        offset = reader.byte(pos)
        raise _unparsable(f'Empty attribute name in the tag "{tag}" at byte offset {offset}')
    name, equals, value = found.groups()
    if not equals:
        if tag == "blockquote" and name.lower() == "expandable":
            into["expandable"] = ""
            return found.end(1)
        raise _unparsable(
            f'Expected equal sign in declaration of an attribute of the tag "{tag}"'
            f" at byte offset {reader.byte(pos)}"
        )
    if value[:1] in ('"', "'"):
        value = value[1:-1]
    into[name.lower()] = _NAMED.sub(_character, value)
    return found.end()


def _check_tag(reader: _Reader, tag: str, attributes: dict[str, str], offset: int) -> None:
    if tag == "span" and attributes.get("class") != "tg-spoiler":
        raise _unparsable(f'Tag "span" must have class "tg-spoiler" at byte offset {offset}')
    if tag == "tg-emoji" and not attributes.get("emoji-id", "").isdigit():
        raise _unparsable(f'Tag "tg-emoji" must have attribute "emoji-id" at byte offset {offset}')
    if tag == "tg-time" and not attributes.get("unix", "").isdigit():
        raise _unparsable(f'Tag "tg-time" must have attribute "unix" at byte offset {offset}')
    if tag == "blockquote" and any(each.tag == "blockquote" for each in reader.stack):
        raise _unparsable(f"Nested blockquotes are not allowed at byte offset {offset}")


def _close(reader: _Reader, at: int) -> None:
    end = reader.source.find(">", reader.pos)
    offset = reader.byte(at)
    if end < 0:
        raise _unparsable(f"Unclosed end tag at byte offset {offset}")
    tag = reader.source[reader.pos + 1 : end].strip().lower()
    if not reader.stack:
        raise _unparsable(f'Unexpected end tag "{tag}" at byte offset {offset}')
    opened = reader.stack.pop()
    if tag and tag != opened.tag:
        raise _unparsable(
            f"Unmatched end tag at byte offset {offset},"
            f' expected "</{opened.tag}>", found "</{tag}>"'
        )
    reader.pos = end + 1
    length = reader.units - opened.start
    if length > 0 and (entity := _entity(reader, opened)):
        reader.entities.append({**entity, "offset": opened.start, "length": length})


def _entity(reader: _Reader, opened: _Open) -> Json | None:
    tag, attributes = opened.tag, opened.attributes
    if tag == "a":
        return _link(reader, opened)
    if tag == "code" and reader.stack and reader.stack[-1].tag == "pre":
        reader.stack[-1].attributes["language"] = _language(attributes)
        return None
    if tag == "pre":
        language = attributes.get("language", "")
        return {"type": "pre", "language": language} if language else {"type": "pre"}
    if tag == "blockquote":
        return {"type": "expandable_blockquote" if "expandable" in attributes else "blockquote"}
    return _special(tag, attributes)


def _language(attributes: dict[str, str]) -> str:
    name = attributes.get("class", "")
    return name.removeprefix("language-") if name.startswith("language-") else ""


def _special(tag: str, attributes: dict[str, str]) -> Json:
    if tag == "tg-emoji":
        return {"type": "custom_emoji", "custom_emoji_id": attributes["emoji-id"]}
    if tag == "tg-time":
        entity: Json = {"type": "date_time", "unix_time": int(attributes["unix"][:12])}
        if attributes.get("format"):
            entity["date_time_format"] = attributes["format"]
        return entity
    return {"type": SIMPLE_TAGS.get(tag, "spoiler")}


def _link(reader: _Reader, opened: _Open) -> Json | None:
    written = "".join(reader.out)
    href = opened.attributes.get("href") or _from_unit(written, opened.start)
    if found := _USER_LINK.match(href):
        user = reader.user(int(found[1]))
        return {"type": "text_mention", "user": user} if user else None
    if not is_link(href):
        return None
    return {"type": "text_link", "url": href if "://" in href or ":" in href else f"http://{href}"}


def is_link(href: str) -> bool:
    """Whether Telegram would make a link of it; a text with any other link stays plain."""
    if not _WEB_LINK.match(href):
        return False
    scheme, colon, _ = href.partition(":")
    if not colon or "." in scheme:
        return "." in href
    return scheme.lower() in {"http", "https", "tg", "ton", "tonsite", "mailto", "tel"}


def _from_unit(text: str, start: int) -> str:
    return text.encode("utf-16-le")[start * 2 :].decode("utf-16-le")


def _character(found: re.Match[str]) -> str:
    name, decimal, hexadecimal = found.groups()
    if name:
        return html.unescape(f"&{name};")
    code = int(decimal) if decimal else int(hexadecimal, 16)
    is_character = 0 < code < 0x110000 and not 0xD800 <= code < 0xE000  # noqa: PLR2004  Unicode's own bounds
    return chr(code) if is_character else found.group()


def _unparsable(words: str) -> Refused:
    return bad_request(f"can't parse entities: {words}")
