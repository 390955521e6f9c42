"""What a member let the group see of a month: which of their answers, in which order. Pure."""

from collections.abc import Mapping, Sequence
from typing import Final

from bot.domain.check_ins import EMPTY, Answer, Question, may_be_seen

SHARE: Final = "share"  # the question's key
#: Said of help given or received it is nothing to show.
NOTHING: Final = "nothing"


def chosen(
    questions: Sequence[Question], answers: Mapping[str, Answer]
) -> tuple[tuple[Question, Answer], ...]:
    """Return the answers that the group may see, with their questions, in the order of these.

    By the last word on sharing in `answers` alone; what was left empty, or taken back, is not seen.
    """
    share = answers.get(SHARE, EMPTY)
    return tuple(
        (one, answers[one.key])
        for one in questions
        if one.key in answers
        and not answers[one.key].is_empty
        and may_be_seen(one, share)
        and not (one.folded and answers[one.key].choice == NOTHING)
    )
