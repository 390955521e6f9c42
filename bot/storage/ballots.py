"""Who may vote in a decision, the votes while it is open, and what is left of them after.

A ballot is sealed with the key of who gave it; of a secret vote with a key of the vote's own, which
is destroyed when it is over, together with the ballots: from then on there is who voted, and the
tally, and nothing between the two. A ballot is padded, so that its length tells nothing.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from bot.domain.voting import Ballot
from bot.storage.database import Reading, Row, Transaction
from bot.storage.decisions import Decision
from bot.storage.sealing import Seal, new_person_key

PADDED: Final = 48  # letters: more than any ballot has


@dataclass(frozen=True)
class Vote:
    """One vote: whose it is, which member gave it, and how; None where that is gone for good."""

    voter: int
    given_by: int
    ballot: Ballot | None
    reason: str | None


# -- who may vote -----------------------------------------------------------------------------


def write_electors(at: Transaction, decision_id: int, voters: Mapping[int, int]) -> None:
    """Write down who may vote: member by member, whose one vote it is."""
    for member_id, voter in voters.items():
        at.run(
            "INSERT INTO electors (decision_id, member_id, voter)"
            " VALUES (:decision, :member, :voter)",
            decision=decision_id,
            member=member_id,
            voter=voter,
        )


def voter_of(at: Reading, decision_id: int, member_id: int) -> int | None:
    """Return whose vote a member gives; None where they may not vote, or are no member now."""
    voter: int | None = at.value(
        "SELECT voter FROM electors JOIN members ON members.id = member_id"
        " WHERE decision_id = :decision AND member_id = :member AND state = 'member'",
        decision=decision_id,
        member=member_id,
    )
    return voter


def electors(at: Reading, decision_id: int) -> dict[int, int]:
    """Return who may vote and still is a member: whose vote each gives, by the members' ids."""
    return {
        row["member_id"]: row["voter"]
        for row in at.all(
            "SELECT member_id, voter FROM electors JOIN members ON members.id = member_id"
            " WHERE decision_id = :decision AND state = 'member' ORDER BY member_id",
            decision=decision_id,
        )
    }


def eligible(at: Reading, decision_id: int) -> int:
    """Return of how many votes it is told, and a share is needed.

    A voter who is away (all of a household are, say) is one of them once they have voted: else a
    chat that many have left could decide nothing any more.
    """
    here = {
        row["voter"]
        for row in at.all(
            "SELECT voter FROM electors JOIN members ON members.id = member_id"
            " WHERE decision_id = :decision AND state = 'member' AND away_since IS NULL",
            decision=decision_id,
        )
    }
    return len(here | voted(at, decision_id))


def open_for(at: Reading, member_id: int) -> list[int]:
    """Return the decisions that are open and in which a member may vote."""
    return [
        row["decision_id"]
        for row in at.all(
            "SELECT decision_id FROM electors JOIN decisions ON decisions.id = decision_id"
            " WHERE member_id = :member AND decisions.state = 'open' ORDER BY decision_id",
            member=member_id,
        )
    ]


# -- votes --------------------------------------------------------------------------------------


def vote(
    at: Transaction, decision: Decision, voter: int, given_by: int, person_id: int, ballot: Ballot
) -> None:
    """Keep a vote: the last one of a voter counts. A reason that went with another way goes."""
    seal = _seal(at, decision, person_id)
    assert seal is not None
    at.run(
        "INSERT INTO votes (decision_id, voter, given_by, ballot)"
        " VALUES (:decision, :voter, :by, :ballot) ON CONFLICT (decision_id, voter)"
        " DO UPDATE SET given_by = excluded.given_by, ballot = excluded.ballot, reason = NULL",
        decision=decision.id,
        voter=voter,
        by=given_by,
        ballot=seal.close(json.dumps(ballot, separators=(",", ":")).ljust(PADDED)),
    )


def give_reason(
    at: Transaction, decision: Decision, voter: int, given_by: int, person_id: int, words: str
) -> None:
    """Keep why somebody votes as they do. The vote must be given by them: one key seals both."""
    seal = _seal(at, decision, person_id)
    assert seal is not None
    at.run(
        "UPDATE votes SET reason = :reason"
        " WHERE decision_id = :decision AND voter = :voter AND given_by = :by",
        reason=seal.close(words),
        decision=decision.id,
        voter=voter,
        by=given_by,
    )


def vote_of(at: Reading, decision: Decision, voter: int) -> Vote | None:
    """Return a voter's vote."""
    row = at.one(
        f"{_VOTES} WHERE decision_id = :decision AND voter = :voter",
        decision=decision.id,
        voter=voter,
    )
    return None if row is None else _vote(at, decision, row)


def votes(at: Reading, decision: Decision) -> list[Vote]:
    """Return the votes that count, by voter: of those who may vote, given by who is a member."""
    may = set(electors(at, decision.id).values())
    rows = at.all(
        f"{_VOTES} WHERE decision_id = :decision AND state = 'member' ORDER BY voter",
        decision=decision.id,
    )
    return [_vote(at, decision, row) for row in rows if row["voter"] in may]


def voted(at: Reading, decision_id: int) -> set[int]:
    """Return whose vote counts so far; nothing of how."""
    may = set(electors(at, decision_id).values())
    rows = at.all(
        f"{_VOTES} WHERE decision_id = :decision AND state = 'member'", decision=decision_id
    )
    return may & {row["voter"] for row in rows}


def take_back_given_by(at: Transaction, decision_id: int, member_id: int) -> None:
    """Forget the votes that a member gave, for whomever."""
    at.run(
        "DELETE FROM votes WHERE decision_id = :decision AND given_by = :member",
        decision=decision_id,
        member=member_id,
    )


# -- the secret of a vote -----------------------------------------------------------------------


def make_seal(at: Transaction, decision_id: int) -> None:
    """Make the key of a secret vote."""
    at.run(
        "INSERT INTO decision_seals (decision_id, sealed_key) VALUES (:decision, :key)",
        decision=decision_id,
        key=at.key.keys.close(new_person_key()),
    )


def unlink(at: Transaction, decision_id: int, reasons_: list[str]) -> None:
    """Leave nothing by which anybody could learn how somebody voted, once a vote has been counted.

    The ballots go, and the key that opened them. Who voted stays. The reasons stay without whose
    they are, in the order of the alphabet.
    """
    at.run(
        "UPDATE votes SET ballot = NULL, reason = NULL WHERE decision_id = :decision",
        decision=decision_id,
    )
    at.run("DELETE FROM decision_seals WHERE decision_id = :decision", decision=decision_id)
    for place, words in enumerate(sorted(reasons_)):
        at.run(
            "INSERT INTO decision_reasons (decision_id, place, words)"
            " VALUES (:decision, :place, :words)",
            decision=decision_id,
            place=place,
            words=at.key.payloads.close(words),
        )


def forget(at: Transaction, decision_id: int) -> None:
    """Forget all votes of what was withdrawn, and their key."""
    at.run("DELETE FROM votes WHERE decision_id = :decision", decision=decision_id)
    at.run("DELETE FROM decision_seals WHERE decision_id = :decision", decision=decision_id)


def unnamed_reasons(at: Reading, decision_id: int) -> list[str]:
    """Return the reasons of a secret vote that is over."""
    return [
        at.key.payloads.open(row["words"])
        for row in at.all(
            "SELECT words FROM decision_reasons WHERE decision_id = :decision ORDER BY place",
            decision=decision_id,
        )
    ]


def _seal(at: Reading, decision: Decision, person_id: int) -> Seal | None:
    """Return what seals a vote; None where its giver was forgotten."""
    if not decision.manner.is_secret:
        return at.seal_of(person_id)
    sealed = at.value(
        "SELECT sealed_key FROM decision_seals WHERE decision_id = :decision", decision=decision.id
    )
    return Seal(bytes.fromhex(at.key.keys.open(sealed)))


_VOTES: Final = "SELECT votes.*, person_id FROM votes JOIN members ON members.id = votes.given_by"


def _vote(at: Reading, decision: Decision, row: Row) -> Vote:
    seal = None if row["ballot"] is None else _seal(at, decision, row["person_id"])
    ballot, reason = None, None
    if seal is not None:
        ballot = tuple(json.loads(seal.open(row["ballot"])))
        reason = None if row["reason"] is None else seal.open(row["reason"])
    return Vote(row["voter"], row["given_by"], ballot, reason)
