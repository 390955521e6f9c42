"""Decisions as they were put to the group, drafts of them, and what became of them."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime

from bot.domain import effects, voting
from bot.domain.calendar import parse_utc, utc_text
from bot.domain.decisions import (
    OVER,
    Draft,
    Manner,
    Matter,
    State,
    draft_from_json,
    matter_from_json,
    terms,
)
from bot.domain.effects import Effect
from bot.domain.voting import Tally, Terms
from bot.storage.database import Reading, Row, Transaction


@dataclass(frozen=True)
class Decision:
    """Something put to the group. `number` is the group's own; `proposed_by` is a member's id.

    `refusal` says why what was decided could not take effect, in the group's words.
    """

    id: int
    group_id: int
    number: int
    proposed_by: int
    matter: Matter
    manner: Manner
    state: State
    posts_at: datetime
    opens_at: datetime
    closes_at: datetime
    closed_at: datetime | None
    look_at: datetime | None
    tally: Tally | None
    refusal: str | None

    @property
    def terms(self) -> Terms:
        """How its votes are counted."""
        return terms(self.matter, self.manner)

    @property
    def effect(self) -> Effect | None:
        """What happens by itself where it is carried."""
        return effects.read(self.matter.effect)

    @property
    def is_over(self) -> bool:
        """Whether nobody votes any more."""
        return self.state in OVER


@dataclass(frozen=True)
class Note:
    """What a member tells of what became of it; None once they were forgotten."""

    member_id: int
    words: str | None


def add(
    at: Transaction,
    *,
    group_id: int,
    proposed_by: int,
    matter: Matter,
    manner: Manner,
    posts_at: datetime,
    opens_at: datetime,
    closes_at: datetime,
) -> Decision:
    """Add what was proposed; nobody votes before `open_voting`."""
    number = 1 + (
        at.value("SELECT max(number) FROM decisions WHERE group_id = :group", group=group_id) or 0
    )
    decision_id = at.insert(
        "INSERT INTO decisions (group_id, number, proposed_by, matter, manner, choices, is_secret,"
        " state, proposed_at, posts_at, opens_at, closes_at) VALUES (:group, :number, :by, :matter,"
        " :manner, :choices, :secret, 'talk', :now, :posts, :opens, :closes)",
        group=group_id,
        number=number,
        by=proposed_by,
        matter=at.key.payloads.close(matter.to_json()),
        manner=json.dumps(asdict(manner)),
        choices=terms(matter, manner).choices,
        secret=manner.is_secret,
        now=at.now_text,
        posts=utc_text(posts_at),
        opens=utc_text(opens_at),
        closes=utc_text(closes_at),
    )
    return by_id(at, decision_id)


def by_id(at: Reading, decision_id: int) -> Decision:
    """Return the decision. Raises LookupError."""
    found = find(at, decision_id)
    if found is None:
        raise LookupError(decision_id)
    return found


def find(at: Reading, decision_id: int) -> Decision | None:
    """Return the decision, if there is one of this id."""
    row = at.one("SELECT * FROM decisions WHERE id = :id", id=decision_id)
    return None if row is None else _decision(at, row)


def open_of(at: Reading, member_id: int) -> int:
    """Return how many decisions that a member proposed are open, or are talked over."""
    count: int = at.value(
        "SELECT count(*) FROM decisions WHERE proposed_by = :member AND closed_at IS NULL",
        member=member_id,
    )
    return count


def open_in(at: Reading, group_id: int) -> list[Decision]:
    """Return what a group decides now, the oldest first."""
    return [
        _decision(at, row)
        for row in at.all(
            "SELECT * FROM decisions WHERE group_id = :group AND closed_at IS NULL ORDER BY id",
            group=group_id,
        )
    ]


def past(at: Reading, group_id: int, offset: int, most: int) -> list[Decision]:
    """Return what is over, the newest first, a page of it."""
    return [
        _decision(at, row)
        for row in at.all(
            "SELECT * FROM decisions WHERE group_id = :group AND closed_at IS NOT NULL"
            " ORDER BY closed_at DESC, id DESC LIMIT :most OFFSET :offset",
            group=group_id,
            most=most,
            offset=offset,
        )
    ]


def closed_between(at: Reading, group_id: int, since: datetime, until: datetime) -> list[Decision]:
    """Return what was over in [since, until) and not withdrawn, in that order."""
    return [
        _decision(at, row)
        for row in at.all(
            "SELECT * FROM decisions WHERE group_id = :group AND state != 'withdrawn'"
            " AND closed_at >= :since AND closed_at < :until ORDER BY closed_at, id",
            group=group_id,
            since=utc_text(since),
            until=utc_text(until),
        )
    ]


def open_voting(at: Transaction, decision_id: int) -> None:
    """Note that everybody who is written down may vote from now."""
    at.run("UPDATE decisions SET state = 'open' WHERE id = :id AND state = 'talk'", id=decision_id)


def close(at: Transaction, decision_id: int, tally: Tally) -> None:
    """Note what came of it, for ever."""
    at.run(
        "UPDATE decisions SET state = :state, tally = :tally, closed_at = :now WHERE id = :id",
        state=tally.result,
        tally=at.key.payloads.close(tally.to_json()),
        now=at.now_text,
        id=decision_id,
    )


def withdraw(at: Transaction, decision_id: int) -> None:
    """Note that it was taken back."""
    at.run(
        "UPDATE decisions SET state = 'withdrawn', closed_at = :now WHERE id = :id",
        now=at.now_text,
        id=decision_id,
    )


def keep_refusal(at: Transaction, decision_id: int, why: str) -> None:
    """Keep why what was decided could not take effect, in the group's words."""
    at.run(
        "UPDATE decisions SET refusal = :refusal WHERE id = :id",
        refusal=at.key.payloads.close(why),
        id=decision_id,
    )


def set_look(at: Transaction, decision_id: int, look_at: datetime | None) -> None:
    """Keep when the group is asked what became of it."""
    at.run(
        "UPDATE decisions SET look_at = :look WHERE id = :id",
        look=None if look_at is None else utc_text(look_at),
        id=decision_id,
    )


# -- what became of it ----------------------------------------------------------------------------


def keep_note(at: Transaction, decision_id: int, member_id: int, person_id: int, text: str) -> None:
    """Keep what a member tells of it; the last they said stands."""
    at.run(
        "INSERT INTO decision_notes (decision_id, member_id, words, said_at)"
        " VALUES (:decision, :member, :words, :now) ON CONFLICT (decision_id, member_id)"
        " DO UPDATE SET words = excluded.words, said_at = excluded.said_at",
        decision=decision_id,
        member=member_id,
        words=at.seal_for(person_id, text),
        now=at.now_text,
    )


def notes(at: Reading, decision_id: int) -> list[Note]:
    """Return what members told of it, in the order in which they last said it."""
    return [
        Note(row["member_id"], at.open_for(row["person_id"], row["words"]))
        for row in at.all(
            "SELECT decision_notes.*, person_id FROM decision_notes"
            " JOIN members ON members.id = member_id"
            " WHERE decision_id = :decision ORDER BY said_at, member_id",
            decision=decision_id,
        )
    ]


# -- drafts ---------------------------------------------------------------------------------------


def begin_draft(at: Transaction, person_id: int, draft: Draft) -> Draft:
    """Begin a proposal; what the person was saying before is forgotten."""
    at.run("DELETE FROM decision_drafts WHERE person_id = :person", person=person_id)
    draft_id = at.insert(
        "INSERT INTO decision_drafts (person_id, group_id, parts, since)"
        " VALUES (:person, :group, :parts, :now)",
        person=person_id,
        group=draft.group_id,
        parts=at.seal_for(person_id, draft.to_json()),
        now=at.now_text,
    )
    found = draft_of(at, draft_id, person_id)
    assert found is not None
    return found


def draft_of(at: Reading, draft_id: int, person_id: int) -> Draft | None:
    """Return what a person has said so far, if it is this draft and theirs."""
    row = at.one(
        "SELECT * FROM decision_drafts WHERE id = :id AND person_id = :person",
        id=draft_id,
        person=person_id,
    )
    if row is None:
        return None
    parts = at.open_for(person_id, row["parts"])
    return None if parts is None else draft_from_json(parts, row["id"], row["group_id"])


def draft_of_person(at: Reading, person_id: int) -> Draft | None:
    """Return what a person is saying, if they are."""
    found = at.value("SELECT id FROM decision_drafts WHERE person_id = :person", person=person_id)
    return None if found is None else draft_of(at, found, person_id)


def keep_draft(at: Transaction, draft: Draft, person_id: int) -> None:
    """Keep what was said so far."""
    at.run(
        "UPDATE decision_drafts SET group_id = :group, parts = :parts WHERE id = :id",
        group=draft.group_id,
        parts=at.seal_for(person_id, draft.to_json()),
        id=draft.id,
    )


def end_draft(at: Transaction, draft_id: int) -> None:
    """Forget a draft: it was put to the group, or dropped."""
    at.run("DELETE FROM decision_drafts WHERE id = :id", id=draft_id)


def _decision(at: Reading, row: Row) -> Decision:
    def opened(sealed: bytes | None) -> str | None:
        return None if sealed is None else at.key.payloads.open(sealed)

    tally, refusal = opened(row["tally"]), opened(row["refusal"])
    return Decision(
        id=row["id"],
        group_id=row["group_id"],
        number=row["number"],
        proposed_by=row["proposed_by"],
        matter=matter_from_json(at.key.payloads.open(row["matter"])),
        manner=Manner(**json.loads(row["manner"])),
        state=row["state"],
        posts_at=parse_utc(row["posts_at"]),
        opens_at=parse_utc(row["opens_at"]),
        closes_at=parse_utc(row["closes_at"]),
        closed_at=None if row["closed_at"] is None else parse_utc(row["closed_at"]),
        look_at=None if row["look_at"] is None else parse_utc(row["look_at"]),
        tally=None if tally is None else voting.tally_from_json(tally),
        refusal=refusal,
    )
