"""Everything that is kept of one person, table by table, and what happens to it when they go.

One list for both: /mydata shows what stands in it, /forget deletes what it says goes. A test holds
every table that speaks of a person to being here, or among the exceptions with a reason.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from cryptography.exceptions import InvalidTag

from bot.domain.ledger import SALT_BYTES
from bot.storage.database import Reading, Row, Transaction

#: Whose rows: SQL that is true of a row of this person's.
_MEMBER: Final = "IN (SELECT id FROM members WHERE person_id = :person)"
_CHAT: Final = "chat_id IN (SELECT id FROM chats WHERE person_id = :person)"
_GOAL: Final = f"goal_id IN (SELECT id FROM goals WHERE member_id {_MEMBER})"  # noqa: S608 - as below
_CHECK_IN: Final = f"check_in_id IN (SELECT id FROM check_ins WHERE member_id {_MEMBER})"  # noqa: S608
_CLAIM: Final = f"claim_id IN (SELECT id FROM claims WHERE said_by {_MEMBER})"  # noqa: S608 - ours
_NUMBER: Final = "IN (SELECT group_id, number FROM members WHERE person_id = :person)"


@dataclass(frozen=True)
class Holding:
    """What a table holds of a person.

    `sealed` columns open with the person's own key, `shared` ones with the operator's; `hidden`
    ones say nothing to anybody. `goes`: its rows are deleted when they are forgotten. What stays
    says a member's number, and of what is sealed nothing: its key is gone.
    """

    practice: str
    table: str
    whose: str
    sealed: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    goes: bool = False


HOLDINGS: Final = (
    Holding("person", "people", "id = :person", sealed=("name",)),
    Holding("person", "chats", "person_id = :person"),
    Holding("person", "questions", "person_id = :person", goes=True),
    Holding("person", "heard", _CHAT, goes=True),
    Holding("person", "hides", _CHAT, goes=True),
    Holding("person", "pictures_shown", _CHAT, goes=True),
    Holding("person", "outbox", _CHAT, shared=("content",), goes=True),
    Holding("person", "cards", _CHAT, hidden=("shown",), goes=True),
    Holding("groups", "groups", "added_by = :person", shared=("title",)),
    Holding("groups", "group_admins", "person_id = :person", goes=True),
    Holding("groups", "members", "person_id = :person"),
    Holding("groups", "consents", f"member_id {_MEMBER}"),
    Holding("groups", "offices", f"member_id {_MEMBER}"),
    Holding("groups", "office_offers", f"giver {_MEMBER} OR taker {_MEMBER}"),
    Holding("groups", "household_requests", f"asked_by {_MEMBER} OR asked_of {_MEMBER}", goes=True),
    Holding("groups", "household_ties", f"member_id {_MEMBER}"),
    Holding("groups", "household_moves", f"member_id {_MEMBER}"),
    Holding("groups", "households", f"begun_by {_MEMBER}"),
    Holding("groups", "agreements", "changed_by = :person", hidden=("document",)),
    Holding("check_ins", "check_ins", f"member_id {_MEMBER}"),
    Holding("check_ins", "check_in_answers", _CHECK_IN, sealed=("answer",), goes=True),
    Holding("check_ins", "shares_taken_back", _CHECK_IN),
    Holding("check_ins", "journal_choices", f"member_id {_MEMBER}"),
    Holding("check_ins", "reminders_off", f"member_id {_MEMBER}", goes=True),
    Holding("goals", "goals", f"member_id {_MEMBER}"),
    Holding("goals", "goal_terms", _GOAL, sealed=("words", "unit")),
    Holding("goals", "goal_steps", _GOAL, sealed=("words",)),
    Holding("goals", "goal_values", "person_id = :person"),
    Holding("goals", "goal_reasons", "person_id = :person", sealed=("words",), goes=True),
    Holding("goals", "goal_states", _GOAL),
    Holding("goals", "goal_months", "person_id = :person"),
    Holding("goals", "goal_partners", f"member_id {_MEMBER}"),
    Holding("goals", "goal_telling", _GOAL),
    Holding("goals", "goal_drafts", f"member_id {_MEMBER}", sealed=("parts",), goes=True),
    Holding(
        "book",
        "entries",
        f"(group_id, recorded_by) {_NUMBER}",
        sealed=("note",),
        hidden=("note_commitment", "prev_hash", "hash"),
    ),
    Holding(
        "book",
        "entry_confirmations",
        "EXISTS (SELECT 1 FROM entries JOIN members ON members.group_id = entries.group_id"
        " AND members.number = member_number WHERE entries.id = entry_id AND person_id = :person)",
    ),
    Holding(
        "book",
        "postings",
        "account_id IN (SELECT accounts.id FROM accounts JOIN members USING (household_id)"
        " WHERE person_id = :person)",
    ),
    Holding("book", "claims", f"said_by {_MEMBER}", sealed=("note",)),
    Holding("book", "claim_photos", _CLAIM, sealed=("photo",), goes=True),
    Holding("book", "claim_events", f"member_id {_MEMBER}", sealed=("reason",)),
    Holding("book", "witness_requests", f"member_id {_MEMBER}"),
    Holding("book", "contribution_talks", f"member_id {_MEMBER}", goes=True),
    Holding("book", "meeting_lists", f"made_by {_MEMBER}"),
    Holding("book", "opening_sheets", f"made_by {_MEMBER}"),
    Holding("help", "asks", f"member_id {_MEMBER}", sealed=("words",)),
    Holding("help", "ask_drafts", "person_id = :person", sealed=("parts",), goes=True),
    Holding("help", "take_ups", f"member_id {_MEMBER}"),
    Holding(
        "help",
        "help_reports",
        f"said_by {_MEMBER} OR confirmed_by {_MEMBER}",
        sealed=("thing",),
    ),
    Holding("help", "help_costs", f"member_id {_MEMBER}"),
    Holding("help", "peer_wishes", f"member_id {_MEMBER}"),
    Holding("help", "peer_questions", "person_id = :person"),
    Holding("thanks", "thanks", f"giver {_MEMBER} OR receiver {_MEMBER}", sealed=("words",)),
    Holding("polls", "polls", f"asked_by {_MEMBER}", shared=("words",)),
    Holding("polls", "poll_votes", f"member_id {_MEMBER}"),
    Holding("polls", "poll_votes_parked", "person_id = :person", goes=True),
    Holding("polls", "poll_drafts", "person_id = :person", sealed=("parts",), goes=True),
    Holding(
        "decisions",
        "decisions",
        f"proposed_by {_MEMBER}",
        shared=("matter", "refusal"),
        hidden=("tally",),
    ),
    Holding("decisions", "electors", f"member_id {_MEMBER}"),
    Holding("decisions", "votes", f"given_by {_MEMBER}", sealed=("ballot", "reason")),
    Holding("decisions", "decision_notes", f"member_id {_MEMBER}", sealed=("words",)),
    Holding("decisions", "decision_drafts", "person_id = :person", sealed=("parts",), goes=True),
    Holding("meetings", "meetings", f"chair {_MEMBER}", shared=("place",)),
    Holding("meetings", "meeting_answers", f"member_id {_MEMBER}"),
    Holding("meetings", "meeting_turns", f"member_id {_MEMBER}"),
    Holding("meetings", "attendance", f"member_id {_MEMBER} OR said_by {_MEMBER}"),
    Holding("meetings", "agenda_items", f"member_id {_MEMBER}", sealed=("words",), goes=True),
    Holding(
        "meetings", "minutes", f"member_id {_MEMBER}", sealed=("content", "caption"), goes=True
    ),
    Holding("work_days", "work_days", f"called_by {_MEMBER}", shared=("title",)),
    Holding("work_days", "work_comers", f"member_id {_MEMBER}"),
    Holding("work_days", "work_brings", f"member_id {_MEMBER}"),
    Holding("work_days", "work_done", f"member_id {_MEMBER}"),
    Holding("plans", "plan_drafts", "person_id = :person", shared=("document",), goes=True),
)

#: Tables that speak of people or hold something sealed, and are nobody's own: why.
EXCEPTIONS: Final[Mapping[str, str]] = {
    "person_keys": "the key itself: deleting it is forgetting",
    "forgotten": "who was forgotten, by a number that says nothing",
    "setups": "what a group chooses at set-up: the group's",
    "commodities": "the group's own words for what it counts",
    "own_questions": "what a group asks of all: the group's",
    "digests": "what the group was told: names and words are taken out of it",
    "digests_standing": "a hash of what a message shows",
    "work_needs": "what a work day needs, in the group's words",
    "decision_seals": "seals all ballots of one secret vote, gone when it is over",
    "decision_reasons": "of a secret vote: nobody can know whose they are",
    "updates_failed": "kept 30 days for the operator; those of who is forgotten are deleted",
}


def mine(at: Reading, person_id: int) -> dict[str, dict[str, list[dict[str, Any]]]]:
    """Return everything that is kept of a person: by practice, by table, row by row.

    What is sealed is opened, but for a ballot of a secret vote that is not over: whoever stands
    behind somebody and asks for this must not learn how they vote.
    """
    found: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for one in HOLDINGS:
        rows = at.all(
            f"SELECT * FROM {one.table} WHERE {one.whose}",  # noqa: S608 - our own words
            person=person_id,
        )
        if rows:
            found.setdefault(one.practice, {})[one.table] = [
                _row(at, one, person_id, row) for row in rows
            ]
    return found


def delete(at: Transaction, person_id: int) -> None:
    """Delete every row of a person's that does not stay."""
    for one in HOLDINGS:
        if one.goes:
            at.run(
                f"DELETE FROM {one.table} WHERE {one.whose}",  # noqa: S608 - our own words
                person=person_id,
            )


def _row(at: Reading, holding: Holding, person_id: int, row: Row) -> dict[str, Any]:
    said: dict[str, Any] = {}
    for column in row.keys():  # noqa: SIM118 - a row gives its values otherwise
        value = row[column]
        if column in holding.hidden or value is None:
            continue
        if column in holding.sealed:
            value = _opened(at, person_id, value)
        elif column in holding.shared:
            value = at.key.payloads.open(value)
        if value is not None:
            said[column] = _read(value)
    if holding.table == "entries" and "note" in said:
        said["note"] = said["note"][
            2 * SALT_BYTES :
        ]  # before it: what makes its commitment its own
    return said


def _opened(at: Reading, person_id: int, sealed: bytes) -> str | None:
    """Open what a person sealed; None for what another did, or the key of a secret vote."""
    try:
        return at.open_for(person_id, sealed)
    except InvalidTag:
        return None


def _read(value: Any) -> Any:  # noqa: ANN401 - whatever is kept
    """Give back what was stored as JSON."""
    if isinstance(value, str) and value.strip().startswith(("{", "[")):
        try:
            return json.loads(value)
        except json.JSONDecodeError:
            return value
    return value
