"""A group's own questions in its check-in: what it asks, and how it is answered. All pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bot.domain.agreement_parts import MAY_REST, Questions
from bot.domain.check_ins import OWN_KINDS, OWN_WORDS_MAX
from bot.domain.goals import own_words

KINDS: Final = tuple(OWN_KINDS)


@dataclass(frozen=True)
class OwnQuestion:
    """A question in the group's own words. It is never reworded: other words are another one."""

    kind: str
    words: str

    def __post_init__(self) -> None:
        """Refuse what cannot be asked. Raises WordsMissing, WordsTooLong."""
        assert self.kind in OWN_KINDS, self.kind
        object.__setattr__(self, "words", own_words(self.words, OWN_WORDS_MAX))


def mask_of(agreed: Questions, own_ids: Sequence[int]) -> int:
    """Return what is asked as a mask: a bit each of what may rest, then of the group's own."""
    asks = [one not in agreed.resting for one in MAY_REST] + [one in agreed.own for one in own_ids]
    return sum(1 << place for place, is_asked in enumerate(asks) if is_asked)


def of_mask(mask: int, own_ids: Sequence[int]) -> Questions:
    """Return what a mask stands for; what was its own before keeps its order."""
    asks = [bool(mask >> place & 1) for place in range(len(MAY_REST) + len(own_ids))]
    resting = (one for one, is_asked in zip(MAY_REST, asks, strict=False) if not is_asked)
    own = (one for one, is_asked in zip(own_ids, asks[len(MAY_REST) :], strict=True) if is_asked)
    return Questions(tuple(own), frozenset(resting))
