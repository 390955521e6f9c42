"""Metrics in the text format that Prometheus reads (version 0.0.4).

Its own client library would cost two megabytes of memory; this is all that we need of it, and the
tests read it with that library.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Final

PREFIX: Final = "barnraiser_"

Sample = tuple[Mapping[str, str], float]


def counter(name: str, about: str, *samples: Sample) -> Iterator[str]:
    """Write something that only grows while the process lives."""
    return _metric(name, "counter", about, samples)


def gauge(name: str, about: str, value: float) -> Iterator[str]:
    """Write something that rises and falls."""
    return _metric(name, "gauge", about, [({}, value)])


def info(name: str, about: str, **labels: str) -> Iterator[str]:
    """Write what is told by labels alone; its value is 1."""
    return _metric(name, "gauge", about, [(labels, 1)])


def histogram(
    name: str, about: str, classes: Sequence[float], counts: Sequence[int], total: float
) -> Iterator[str]:
    """Write how many fell into each class, the last one open; `total` is the sum of all."""
    yield from _head(name, "histogram", about)
    many = list(accumulate(counts))
    for end, below in zip((*map(str, classes), "+Inf"), many, strict=True):
        yield _line(f"{name}_bucket", {"le": end}, below)
    yield _line(f"{name}_sum", {}, total)
    yield _line(f"{name}_count", {}, many[-1])


def _metric(name: str, kind: str, about: str, samples: Sequence[Sample]) -> Iterator[str]:
    yield from _head(name, kind, about)
    for labels, value in samples:
        yield _line(name, labels, value)


def _head(name: str, kind: str, about: str) -> Iterator[str]:
    yield f"# HELP {PREFIX}{name} {about}"
    yield f"# TYPE {PREFIX}{name} {kind}"


def _line(name: str, labels: Mapping[str, str], value: float) -> str:
    said = ",".join(f'{key}="{_escaped(text)}"' for key, text in labels.items())
    return f"{PREFIX}{name}{f'{{{said}}}' if said else ''} {value}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
