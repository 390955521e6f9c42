"""What the group may hear of many members' answers: made once, when their round closes.

The only use case that puts private answers of several members together, and only by
`domain.disclosure`. Of who left before the closing nothing is counted; whoever leaves, joins or
puts an answer right afterwards changes nothing any more, so that no two figures of one round can be
held against each other.
"""

from bot.domain import disclosure
from bot.domain.check_ins import Tally
from bot.domain.disclosure import Figure
from bot.storage import check_ins, figures as store, members
from bot.storage.check_ins import Round
from bot.storage.database import Reading, Transaction


def round_closed(at: Transaction, found: Round, tally: Tally) -> None:
    """Make and keep the figures of a round that closes now, as far as any may be shown."""
    if tally.done < disclosure.ENOUGH["answers"] or tally.of < disclosure.GROUP_MIN:
        return
    answers = {}
    for member in members.of_group(at, found.group_id):
        check_in = check_ins.of_member(at, found.id, member.id)
        takes_part = member.takes_part("check_ins")
        if takes_part and check_in is not None and check_in.finished_at is not None:
            answers[member.id] = check_ins.answers(at, check_in)

    def draw(name: str) -> bytes:
        return at.key.blur(f"{found.group_id} {found.month} {name}")

    before = store.last_before(at, found.group_id, found.month, "moved")
    made = (
        disclosure.moved(tally.of, answers, draw, before),
        disclosure.hurdle(tally.of, answers, draw),
    )
    for one in made:
        if one is not None:
            store.add(at, found.id, one)


def of_round(at: Reading, round_id: int) -> tuple[Figure, ...]:
    """Return what may be said of a round that has closed; the same whenever it is asked."""
    return tuple(one.figure for one in store.of_round(at, round_id))
