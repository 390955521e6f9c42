"""Text as it is stored and shown: entities given by hand, entities found in it, its HTML."""

import html
import re
from itertools import pairwise
from typing import Any

from sandbox.entities import (
    DETECTED,
    ENTITY_TYPES,
    UserLookup,
    is_link,
    ordered,
    parse_html,
    trimmed,
    utf16,
)
from sandbox.refusals import bad_request
from sandbox.state import Json

_FOUND = re.compile(
    r"""(?P<url>(?:https?://|tg://)[^\s<>"]+[^\s<>".,;:!?)'’”]
            |(?<![\w@./])(?:[a-z0-9-]+\.)+(?:com|org|net|me|io|info|app|dev|gov|edu)(?:/[^\s<>"]*)?\b)
    |(?P<email>(?<![\w.+-])[\w.+-]+@[\w-]+\.[\w.-]*\w)
    |(?P<bot_command>(?<![\w/.@<>])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z]\w{2,31})?(?![\w/]))
    |(?P<mention>(?<!\w)@[A-Za-z]\w{2,31}\b)
    |(?P<hashtag>(?<!\w)\#\w*[^\W\d]\w*)""",
    re.VERBOSE | re.IGNORECASE,
)
_HINT = re.compile(r"[/@#.]")
_CLOSED_TO_LINKS = frozenset({"code", "pre", "text_link", "text_mention"})
_HTML_TAGS = {
    "bold": "b", "italic": "i", "underline": "u", "strikethrough": "s", "code": "code",
    "pre": "pre", "blockquote": "blockquote", "expandable_blockquote": "blockquote",
}  # fmt: skip
_SAFE_SCHEMES = ("http://", "https://", "tg://", "mailto:", "tel:")


def formatted(
    text: str, parse_mode: str, entities: list[Any] | None, user: UserLookup
) -> tuple[str, list[Json]]:
    """Make the text and entities of a bot's message, as Telegram stores them.

    Raises:
        Refused: for bad HTML, bad entities, or a parse mode that the sandbox does not read.
    """
    mode, text = parse_mode.lower(), text.replace("\r", "")
    if mode == "html":
        text, found = parse_html(text, user)
    elif mode:
        raise bad_request("unsupported parse_mode: the sandbox reads HTML only")
    else:
        found = checked(text, entities or [], user)
    text, found = trimmed(text, found)
    return text, with_detected(text, found)


def checked(text: str, entities: list[Any], user: UserLookup) -> list[Json]:
    """Check entities that a bot gave by hand; those that detection finds anyway are left out.

    Raises:
        Refused: when one has no known type, or lies outside the text.
    """
    size = utf16(text)
    kept = []
    for each in entities:
        if not isinstance(each, dict) or str(each.get("type")) not in ENTITY_TYPES:
            raise bad_request("can't parse MessageEntity: unsupported type")
        offset, length = each.get("offset"), each.get("length")
        if type(offset) is not int or type(length) is not int:
            raise bad_request("can't parse MessageEntity: offset and length must be Integer")
        if offset < 0 or length < 0 or offset + length > size:
            raise bad_request(f"entity beginning at offset {offset} ends outside of the text")
        if each["type"] in DETECTED or not length:
            continue
        kept.append(_by_hand(each, user))
    return ordered(kept)


def _by_hand(each: Json, user: UserLookup) -> Json:
    entity = {"type": each["type"], "offset": each["offset"], "length": each["length"]}
    if each["type"] == "text_link":
        if not is_link(str(each.get("url", ""))):
            raise bad_request("can't parse MessageEntity: wrong url")
        entity["url"] = str(each["url"])
    elif each["type"] == "text_mention":
        named = each.get("user")
        number = named.get("id") if isinstance(named, dict) else None
        known = user(number) if type(number) is int else None
        if known is None:
            raise bad_request("can't parse MessageEntity: user not found")
        entity["user"] = known
    else:
        entity |= {
            key: each[key]
            for key in ("language", "custom_emoji_id", "unix_time", "date_time_format")
            if isinstance(each.get(key), (str, int))
        }
    return entity


def with_detected(text: str, entities: list[Json]) -> list[Json]:
    """Add the commands, mentions, links and hashtags that Telegram finds by itself."""
    if not _HINT.search(text):
        return entities
    closed = [
        (each["offset"], each["offset"] + each["length"])
        for each in entities
        if each["type"] in _CLOSED_TO_LINKS
    ]
    found = []
    for match in _FOUND.finditer(text):
        start = utf16(text[: match.start()])
        end = start + utf16(match.group())
        if not any(start < high and low < end for low, high in closed):
            found.append({"type": str(match.lastgroup), "offset": start, "length": end - start})
    return ordered([*entities, *found]) if found else entities


def command_of(text: str, entities: list[Json]) -> str:
    """Give the command that a text begins with, "/join@somebot" say; "" when there is none."""
    for each in entities:
        if each["type"] == "bot_command" and each["offset"] == 0:
            return text[: each["length"]]
    return ""


def shown(text: str, entities: list[Json]) -> str:
    """Render text as HTML that is safe to put into a page.

    Everything is escaped. The tags are b, i, u, s, code, pre, a (with an href that is a web,
    tg, mail or telephone link), blockquote, and span with class "spoiler".
    """
    if not entities:
        return html.escape(text)
    raw = text.encode("utf-16-le")
    ends = {0, len(raw) // 2}
    for each in entities:
        ends |= {each["offset"], each["offset"] + each["length"]}
    out: list[str] = []
    stack: list[tuple[int, str]] = []
    waiting = list(entities)
    for start, end in pairwise(sorted(ends)):
        while stack and stack[-1][0] <= start:
            out.append(stack.pop()[1])
        while waiting and waiting[0]["offset"] == start:
            _open_tag(waiting.pop(0), raw, out, stack)
        out.append(html.escape(raw[start * 2 : end * 2].decode("utf-16-le", "replace")))
    out.extend(closing for _, closing in reversed(stack))
    return "".join(out)


def _open_tag(entity: Json, raw: bytes, out: list[str], stack: list[tuple[int, str]]) -> None:
    start = entity["offset"]
    end = start + entity["length"]
    if stack:
        end = min(end, stack[-1][0])  # tags nest, entities may overlap
    if end <= start:
        return
    kind = entity["type"]
    if kind == "spoiler":
        out.append('<span class="spoiler">')
        stack.append((end, "</span>"))
    elif tag := _HTML_TAGS.get(kind):
        out.append(f"<{tag}>")
        stack.append((end, f"</{tag}>"))
    elif href := _href(entity, raw):
        out.append(f'<a href="{html.escape(href)}" rel="noopener noreferrer" target="_blank">')
        stack.append((end, "</a>"))


def _href(entity: Json, raw: bytes) -> str:
    start, end = entity["offset"] * 2, (entity["offset"] + entity["length"]) * 2
    written = raw[start:end].decode("utf-16-le", "replace")
    if entity["type"] == "text_link":
        href = str(entity.get("url", ""))
    elif entity["type"] == "url":
        href = written if "://" in written else f"https://{written}"
    elif entity["type"] == "email":
        href = f"mailto:{written}"
    else:
        return ""
    return href if href.lower().startswith(_SAFE_SCHEMES) else ""
