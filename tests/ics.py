"""A little reader of calendar files (RFC 5545), written for tests: it refuses what is not valid.

Nothing of it is shared with what writes them.
"""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime

LINE = re.compile(r"([A-Z][A-Z0-9-]*)((?:;[A-Z0-9-]+=[^:;]*)*):(.*)", re.DOTALL)
#: What a VEVENT has once, by section 3.6.1, and what this program writes beside.
ONCE = {"UID", "DTSTAMP", "DTSTART", "DTEND", "SEQUENCE", "SUMMARY", "LOCATION", "STATUS"}


class NotValid(Exception):
    """The file is none that a calendar must take."""


@dataclass
class Read:
    """One component: its properties as written, and the components in it."""

    name: str
    values: dict[str, str] = field(default_factory=dict)
    inside: list["Read"] = field(default_factory=list)

    def text(self, name: str) -> str:
        """A TEXT value without its escapes (section 3.3.11)."""
        found, written = "", iter(self.values[name])
        for char in written:
            if char in ";,":
                raise NotValid(f"a bare {char} in {name}")
            if char != "\\":
                found += char
                continue
            escaped = next(written, "")
            if escaped not in {"\\", ";", ",", "n", "N"}:
                raise NotValid(f"an escape of nothing in {name}")
            found += "\n" if escaped in "nN" else escaped
        return found

    def instant(self, name: str) -> datetime:
        """A DATE-TIME in UTC (section 3.3.5, form 2)."""
        if not re.fullmatch(r"\d{8}T\d{6}Z", self.values[name], re.ASCII):
            raise NotValid(f"{name} is no instant in UTC")
        return datetime.strptime(self.values[name], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)


def lines_of(content: bytes) -> list[str]:
    """Unfold the lines of a file (section 3.1)."""
    if not content.endswith(b"\r\n"):
        raise NotValid("the last line is not ended")
    lines: list[bytes] = []
    for raw in content[:-2].split(b"\r\n"):
        if b"\r" in raw or b"\n" in raw:
            raise NotValid("a line ends by half")
        if len(raw) > 75:
            raise NotValid("a line of more than 75 octets")
        raw.decode()  # folded between letters, never within one
        if raw[:1] in {b" ", b"\t"}:
            lines[-1] += raw[1:]
        elif not raw:
            raise NotValid("an empty line")
        else:
            lines.append(raw)
    return [one.decode() for one in lines]


def read(content: bytes) -> Read:
    """Read a whole file. Raises NotValid."""
    root, open_ = Read(""), [Read("")]
    open_[0] = root
    for line in lines_of(content):
        found = LINE.fullmatch(line)
        if found is None:
            raise NotValid(f"no property: {line!r}")
        name, value = found[1], found[3]
        if name == "BEGIN":
            open_[-1].inside.append(Read(value))
            open_.append(open_[-1].inside[-1])
        elif name == "END":
            if open_.pop().name != value:
                raise NotValid(f"{value} ends and never began")
        elif name in open_[-1].values:
            raise NotValid(f"{name} stands twice")
        else:
            open_[-1].values[name] = value
    if len(open_) != 1 or [one.name for one in root.inside] != ["VCALENDAR"]:
        raise NotValid("not one calendar")
    calendar = root.inside[0]
    if calendar.values.get("VERSION") != "2.0" or not calendar.values.get("PRODID"):
        raise NotValid("a calendar needs VERSION 2.0 and PRODID")
    if not calendar.inside:
        raise NotValid("a calendar has at least one component")
    return calendar


def events_of(content: bytes) -> list[Read]:
    """Read the events of a file, each held to what an event must have. Raises NotValid."""
    events = read(content).inside
    for event in events:
        if event.name != "VEVENT" or event.inside:
            raise NotValid("something else than an event")
        if not {"UID", "DTSTAMP", "DTSTART"} <= event.values.keys() <= ONCE:
            raise NotValid(f"an event with {sorted(event.values)}")
        if event.instant("DTEND") <= event.instant("DTSTART"):
            raise NotValid("it ends before it begins")
        if event.values["STATUS"] not in {"TENTATIVE", "CONFIRMED", "CANCELLED"}:
            raise NotValid("no such status")
        if not event.values["SEQUENCE"].isdecimal():
            raise NotValid("a sequence is a number")
        event.instant("DTSTAMP")
    if len({event.values["UID"] for event in events}) != len(events):
        raise NotValid("two events of one UID")
    return events
