"""Refusals: what the rules do not allow, each by its own name."""

import re
from typing import ClassVar, Final

_BETWEEN_WORDS: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


class Refusal(Exception):
    """Something the rules do not allow, or that could not be understood.

    The class name is the name of its message (`RoundClosed` is said by
    messages/refusals/round_closed.j2); the keyword facts are what the message needs.
    Nothing is changed when one is raised: the transaction goes back to where it was.
    """

    #: True where the words are worth a dialogue that must be dismissed, not a passing toast.
    needs_attention: ClassVar[bool] = False

    def __init__(self, **facts: object) -> None:
        super().__init__(type(self).__name__)
        self.facts = facts

    @property
    def message(self) -> str:
        """The message that says it: `RoundClosed` is said by `refusals/round_closed`."""
        return "refusals/" + _BETWEEN_WORDS.sub("_", type(self).__name__).lower()
