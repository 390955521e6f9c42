"""How long things take: counted in classes, as a monitoring system likes to have it."""

import bisect
from typing import Final

#: Upper ends, seconds. A commit on a good disk takes a millisecond, on an SD card a hundred.
CLASSES: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)


class Durations:
    """Counts by class; written by one thread, read by any."""

    def __init__(self) -> None:
        self.counts = [0] * (len(CLASSES) + 1)
        self.seconds = 0.0

    def add(self, seconds: float) -> None:
        """Count one."""
        self.counts[bisect.bisect_left(CLASSES, seconds)] += 1
        self.seconds += seconds
