"""Child processes that draw pictures beside the bot, a few at a time.

They start when they are first needed and end by themselves when there is nothing to draw. One that
fails costs no picture: it is drawn here instead, and the next one gets a new child.
"""

import contextlib
import hashlib
import os
import queue
import subprocess
import sys
import threading
from collections import OrderedDict
from typing import Final, Protocol

from bot.rendering import charts, drawing, lettering

KEPT_MAX: Final = 32  # pictures, of some 50 KB each
CHILDREN_MAX: Final = 4
#: What a child is told of our surroundings: where Python looks, and none of the bot's secrets.
_TOLD: Final = ("PATH", "PYTHONPATH", "PYTHONHOME", "LD_LIBRARY_PATH")


class DrawSvg(Protocol):
    """Whatever makes a PNG of an SVG."""

    def __call__(self, svg: str, *, keep: bool = False) -> bytes:
        """Draw it; `keep` it for whoever asks for the same, where nobody's own words are in it."""


class _Child:
    """One process that draws what it is given."""

    def __init__(self) -> None:
        told = {name: os.environ[name] for name in _TOLD if name in os.environ}
        command = [sys.executable, "-P", drawing.__file__, *lettering.font_files()]
        self._process = subprocess.Popen(  # noqa: S603 - this very interpreter and our own file
            command,
            env=told,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,  # Ctrl-C is for the bot, which ends it
        )

    @property
    def has_ended(self) -> bool:
        """Whether it has nothing more to say."""
        return self._process.poll() is not None

    def draw(self, svg: str) -> bytes:
        """Return the PNG, empty for what is no SVG. Raises OSError where the process has ended."""
        coming, going = self._process.stdout, self._process.stdin
        assert coming is not None
        assert going is not None
        wanted = svg.encode()
        going.write(drawing.LENGTH.pack(len(wanted)) + wanted)
        going.flush()
        head = coming.read(drawing.LENGTH.size)
        if len(head) < drawing.LENGTH.size:
            raise BrokenPipeError
        (length,) = drawing.LENGTH.unpack(head)
        png = coming.read(length)
        if len(png) < length:
            raise BrokenPipeError
        return png

    def end(self) -> None:
        """End it, whatever it is doing."""
        self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            with contextlib.suppress(OSError):  # what it was being told when it ended
                pipe.close()
        self._process.wait()


class Drawers:
    """As many children as there are processors; call from any thread, `close` at the end."""

    def __init__(self, count: int | None = None) -> None:
        self.count = count or min(len(os.sched_getaffinity(0)), CHILDREN_MAX)
        # The last in is the first out: one child does all where there is little to do.
        self._free: queue.LifoQueue[_Child | None] = queue.LifoQueue()
        for _ in range(self.count):
            self._free.put(None)
        self._kept: OrderedDict[bytes, bytes] = OrderedDict()
        self._lock = threading.Lock()
        self._closed = False

    def __call__(self, svg: str, *, keep: bool = False) -> bytes:
        """Return the picture as `charts.png_of` would; waits while all children are at work."""
        if not keep:
            return self._drawn(svg)
        key = hashlib.sha256(svg.encode()).digest()
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        png = self._drawn(svg)
        with self._lock:
            self._kept[key] = png
            while len(self._kept) > KEPT_MAX:
                self._kept.popitem(last=False)
        return png

    def _drawn(self, svg: str) -> bytes:
        child = self._free.get()
        try:
            if self._closed:
                return charts.png_of(svg)
            if child is not None and child.has_ended:  # it had waited for long enough
                child.end()
                child = None
            child = child or _Child()
            png = child.draw(svg)
        except OSError:
            if child is not None:
                child.end()
            child = None
            return charts.png_of(svg)
        finally:
            self._free.put(child)
        if not png:
            raise ValueError("this is no picture")
        return png

    def close(self) -> None:
        """End the children; what is asked for later is drawn here."""
        self._closed = True
        for _ in range(self.count):
            if (child := self._free.get()) is not None:
                child.end()
        for _ in range(self.count):
            self._free.put(None)
