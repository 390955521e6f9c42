"""How hard the tests by example try: a little in `make test`, much harder in `make prove`.

`EFFORT=25` in the environment tries 25 times as many examples.
"""

import os
from typing import Final

EFFORT: Final = int(os.environ.get("EFFORT", "1"))
USUAL: Final = 40


def examples(quick: int = USUAL) -> int:
    """How many examples to try, where `quick` are enough for every change."""
    return quick * EFFORT
