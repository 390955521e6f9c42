"""A group's whole export: a page to read, tables, JSON for a program, in one zip file."""

import html
import io
import json
import re
import zipfile
from collections.abc import Iterator, Mapping
from typing import Any, Final

from babel import Locale

from bot.rendering import messages, spreadsheet

#: Nothing in it says when it was packed: the same export is the same file, byte by byte.
PACKED_AT: Final = (2000, 1, 1, 0, 0, 0)
TABLES: Final = ("members", "offices", "decisions", "meetings", "digests")
_TAG: Final = re.compile(r"<[^>]*>")
_ISOLATES: Final = re.compile("[\u2066-\u2069]")


def words_of(text: str) -> str:
    """Return what a message says, without Telegram's HTML."""
    return html.unescape(_TAG.sub("", text))


def files_of(whole: Mapping[str, Any], language: str) -> Iterator[tuple[str, str]]:
    """Yield the files of an export: a name, and its text."""
    clean = _clean(whole)
    template = messages.environment(language).get_template("exports/page.j2")
    direction = "rtl" if Locale.parse(language).text_direction == "rtl" else "ltr"
    yield "group.html", template.render(whole=clean, direction=direction)
    yield "group.json", json.dumps(clean, ensure_ascii=False, indent=1) + "\n"
    for name in TABLES:
        yield f"{name}.csv", _table(clean[name])


def zipped(files: Mapping[str, str]) -> bytes:
    """Return files packed into one."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, text in files.items():
            info = zipfile.ZipInfo(name, PACKED_AT)
            archive.writestr(info, text.encode(), zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _table(rows: list[dict[str, Any]]) -> str:
    names = list(rows[0]) if rows else []
    cells = ([_cell(row[name]) for name in names] for row in rows)
    return "".join(spreadsheet.lines([names, *cells]))


def _cell(value: Any) -> str | int | None:  # noqa: ANN401 - whatever is a group's
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, list):
        return " · ".join(str(_cell(one) or "") for one in value)
    return value if value is None or isinstance(value, int) else str(value)


def _clean(value: Any) -> Any:  # noqa: ANN401 - as above
    """Return it without the marks that keep names apart in a message."""
    if isinstance(value, str):
        return _ISOLATES.sub("", value)
    if isinstance(value, (list, tuple)):
        return [_clean(one) for one in value]
    if isinstance(value, Mapping):
        return {key: _clean(one) for key, one in value.items()}
    return value
