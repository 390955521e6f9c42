"""Drawing an SVG as a PNG, and a child process that does nothing else.

The rasteriser holds the interpreter for tens of milliseconds a picture. `bot/rendering/drawers.py`
therefore starts this file as a program, with the font files as its arguments; it needs nothing of
the bot. It reads SVGs and writes PNGs, each after its length; a length of nothing says that it
cannot be drawn. It ends when nobody writes to it any more, or has not for a while.
"""

import os
import re
import select
import struct
import sys
from typing import BinaryIO, Final

import resvg_py

LENGTH: Final = struct.Struct(">L")
#: Telegram reduces what is higher.
HEIGHT_MAX: Final = 1280
#: 640 pixels across: as many as a cheap phone has, and each costs time to draw and data to load.
PIXELS_A_UNIT: Final = 1.0

_SIZE: Final = re.compile(r'<svg [^>]*viewBox="0 0 (\d+) (\d+)"')
_IDLE_SECONDS: Final = 300.0  # a child costs some memory while it waits
_NICE: Final = 5  # whoever taps a button comes first


def drawn(svg: str, font_files: list[str]) -> bytes:
    """Return the SVG as a PNG, with these fonts and no others. Raises ValueError if it is none."""
    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=svg, zoom=_zoom(svg), skip_system_fonts=True, font_files=font_files
        )
    )


def _zoom(svg: str) -> float:
    """Return how many pixels a unit has, from the page's size in the SVG's first line."""
    found = _SIZE.search(svg)
    return min(PIXELS_A_UNIT, HEIGHT_MAX / int(found[2])) if found else 1.0


def serve(coming: BinaryIO, going: BinaryIO, font_files: list[str]) -> None:
    """Draw what comes in until nothing more does."""
    while len(head := coming.read(LENGTH.size)) == LENGTH.size:
        svg = coming.read(*LENGTH.unpack(head)).decode()
        try:
            png = drawn(svg, font_files)
        except ValueError:
            png = b""
        going.write(LENGTH.pack(len(png)) + png)
        going.flush()
        if not select.select([coming], [], [], _IDLE_SECONDS)[0]:
            return


if __name__ == "__main__":
    os.nice(_NICE)
    serve(sys.stdin.buffer, sys.stdout.buffer, sys.argv[1:])
