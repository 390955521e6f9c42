"""Asks and offers, who takes them up, and what was given. Their words are sealed by person."""

import json
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from bot.domain.calendar import parse_utc, utc_text
from bot.domain.peer_help import AskDraft, AskState, Kind
from bot.storage.database import Reading, Row, Transaction

TakeUpState = Literal["asked", "agreed", "declined"]


@dataclass(frozen=True)
class Ask:
    """An ask or an offer of a member; `words` are None once they were forgotten."""

    id: int
    kind: Kind
    group_id: int
    member_id: int
    words: str | None
    area: str | None
    named: bool
    state: AskState
    since: datetime
    posts_at: datetime
    runs_out_at: datetime


@dataclass(frozen=True)
class TakeUp:
    """Somebody who would help with an ask, or would like what is offered."""

    id: int
    ask_id: int
    member_id: int
    state: TakeUpState
    thanked: bool


@dataclass(frozen=True)
class Report:
    """What one of the two says happened: minutes, or a thing in words. Confirmed, it counts."""

    id: int
    take_up_id: int
    said_by: int
    minutes: int | None
    thing: str | None
    confirmed_by: int | None


@dataclass(frozen=True)
class Given:
    """What was exchanged, as both sides said: how often, and how many minutes of it."""

    count: int
    minutes: int


# -- asks -----------------------------------------------------------------------------------------


def add(
    at: Transaction,
    draft: AskDraft,
    *,
    member_id: int,
    person_id: int,
    posts_at: datetime,
    runs_out_at: datetime,
) -> int:
    """Add an ask or an offer that is open from now; return its id."""
    assert draft.words is not None
    return at.insert(
        "INSERT INTO asks (kind, member_id, words, area, named, state, since, posts_at,"
        " runs_out_at, state_since) VALUES (:kind, :member, :words, :area, :named, 'open', :now,"
        " :posts, :runs_out, :now)",
        kind=draft.kind,
        member=member_id,
        words=at.seal_for(person_id, draft.words),
        area=draft.area,
        named=bool(draft.named),
        now=at.now_text,
        posts=utc_text(posts_at),
        runs_out=utc_text(runs_out_at),
    )


_ASKS = "SELECT asks.*, group_id, person_id FROM asks JOIN members ON members.id = asks.member_id"


def by_id(at: Reading, ask_id: int) -> Ask | None:
    """Return an ask, if there is one of this id."""
    row = at.one(f"{_ASKS} WHERE asks.id = :id", id=ask_id)
    return None if row is None else _ask(at, row)


def open_of(at: Reading, member_id: int) -> list[Ask]:
    """Return what a member has open, the oldest first."""
    return [
        _ask(at, row)
        for row in at.all(
            f"{_ASKS} WHERE asks.member_id = :member AND asks.state = 'open' ORDER BY asks.id",
            member=member_id,
        )
    ]


def open_at(at: Reading, group_id: int, until: datetime) -> list[Ask]:
    """Return what stood open in a group at an instant, of its members, the oldest first."""
    return [
        _ask(at, row)
        for row in at.all(
            f"{_ASKS} WHERE group_id = :group AND members.state = 'member' AND posts_at < :until"
            " AND (asks.state = 'open' OR state_since >= :until) ORDER BY asks.id",
            group=group_id,
            until=utc_text(until),
        )
    ]


def set_state(at: Transaction, ask_id: int, state: AskState) -> None:
    """Note that an ask is done, taken back, has run out, or stands again."""
    at.run(
        "UPDATE asks SET state = :state, state_since = :now WHERE id = :id",
        state=state,
        now=at.now_text,
        id=ask_id,
    )


def renew(at: Transaction, ask_id: int, runs_out_at: datetime) -> None:
    """Let an ask stand until a later instant."""
    set_state(at, ask_id, "open")
    at.run(
        "UPDATE asks SET runs_out_at = :runs_out WHERE id = :id",
        runs_out=utc_text(runs_out_at),
        id=ask_id,
    )


def _ask(at: Reading, row: Row) -> Ask:
    return Ask(
        id=row["id"],
        kind=row["kind"],
        group_id=row["group_id"],
        member_id=row["member_id"],
        words=at.open_for(row["person_id"], row["words"]),
        area=row["area"],
        named=bool(row["named"]),
        state=row["state"],
        since=parse_utc(row["since"]),
        posts_at=parse_utc(row["posts_at"]),
        runs_out_at=parse_utc(row["runs_out_at"]),
    )


# -- drafts ---------------------------------------------------------------------------------------


def begin_draft(at: Transaction, person_id: int, kind: Kind, group_id: int | None) -> AskDraft:
    """Begin an ask or an offer anew; what was begun before is dropped."""
    at.run("DELETE FROM ask_drafts WHERE person_id = :person", person=person_id)
    draft_id = at.insert(
        "INSERT INTO ask_drafts (person_id, group_id, parts, since)"
        " VALUES (:person, :group, :parts, :now)",
        person=person_id,
        group=group_id,
        parts=at.seal_for(person_id, json.dumps({"kind": kind})),
        now=at.now_text,
    )
    return AskDraft(draft_id, kind, group_id)


def keep_draft(at: Transaction, draft: AskDraft, person_id: int) -> None:
    """Keep what has been said so far."""
    parts = {
        "kind": draft.kind,
        "words": draft.words,
        "area": draft.area,
        "named": draft.named,
    }
    at.run(
        "UPDATE ask_drafts SET parts = :parts, group_id = :group WHERE id = :id",
        parts=at.seal_for(person_id, json.dumps(parts)),
        group=draft.group_id,
        id=draft.id,
    )


def draft_of(at: Reading, draft_id: int, person_id: int) -> AskDraft | None:
    """Return a draft of this person; None where it is another's, or gone."""
    row = at.one(
        "SELECT * FROM ask_drafts WHERE id = :id AND person_id = :person",
        id=draft_id,
        person=person_id,
    )
    text = None if row is None else at.open_for(person_id, row["parts"])
    if row is None or text is None:
        return None
    parts: dict[str, Any] = json.loads(text)
    return replace(AskDraft(row["id"], parts.pop("kind"), row["group_id"]), **parts)


def end_draft(at: Transaction, draft_id: int) -> None:
    """Forget a draft."""
    at.run("DELETE FROM ask_drafts WHERE id = :id", id=draft_id)


# -- taking up ------------------------------------------------------------------------------------


def take_up(at: Transaction, ask_id: int, member_id: int) -> int:
    """Note that a member takes an ask up; return the id."""
    return at.insert(
        "INSERT INTO take_ups (ask_id, member_id, state, asked_at)"
        " VALUES (:ask, :member, 'asked', :now)",
        ask=ask_id,
        member=member_id,
        now=at.now_text,
    )


def take_up_by_id(at: Reading, take_up_id: int) -> TakeUp | None:
    """Return a taking up, if there is one of this id."""
    row = at.one("SELECT * FROM take_ups WHERE id = :id", id=take_up_id)
    return None if row is None else _take_up(row)


def take_up_of(at: Reading, ask_id: int, member_id: int) -> TakeUp | None:
    """Return how a member takes an ask up, if they do."""
    row = at.one(
        "SELECT * FROM take_ups WHERE ask_id = :ask AND member_id = :member",
        ask=ask_id,
        member=member_id,
    )
    return None if row is None else _take_up(row)


def count_agreed(at: Reading, ask_id: int) -> int:
    """Return how many were put in touch about an ask."""
    number: int = at.value(
        "SELECT count(*) FROM take_ups WHERE ask_id = :ask AND state = 'agreed'", ask=ask_id
    )
    return number


def answer_take_up(at: Transaction, take_up_id: int, state: TakeUpState) -> None:
    """Note whether whoever asked agrees."""
    at.run(
        "UPDATE take_ups SET state = :state, answered_at = :now WHERE id = :id",
        state=state,
        now=at.now_text,
        id=take_up_id,
    )


def thanked(at: Transaction, take_up_id: int) -> None:
    """Note that whoever received has thanked for it."""
    at.run("UPDATE take_ups SET thanked_at = :now WHERE id = :id", now=at.now_text, id=take_up_id)


def _take_up(row: Row) -> TakeUp:
    return TakeUp(
        id=row["id"],
        ask_id=row["ask_id"],
        member_id=row["member_id"],
        state=row["state"],
        thanked=row["thanked_at"] is not None,
    )


# -- what happened --------------------------------------------------------------------------------


def report(
    at: Transaction,
    take_up_id: int,
    *,
    said_by: int,
    person_id: int,
    minutes: int | None = None,
    thing: str | None = None,
) -> int:
    """Note what one of the two says happened; return its id."""
    return at.insert(
        "INSERT INTO help_reports (take_up_id, said_by, minutes, thing, said_at)"
        " VALUES (:take_up, :by, :minutes, :thing, :now)",
        take_up=take_up_id,
        by=said_by,
        minutes=minutes,
        thing=None if thing is None else at.seal_for(person_id, thing),
        now=at.now_text,
    )


def report_by_id(at: Reading, report_id: int) -> Report | None:
    """Return what was said, if there is one of this id."""
    row = at.one(f"{_REPORTS} WHERE help_reports.id = :id", id=report_id)
    return None if row is None else _report(at, row)


def last_report(at: Reading, take_up_id: int) -> Report | None:
    """Return what counts, or else what was said last of a taking up."""
    row = at.one(
        f"{_REPORTS} WHERE take_up_id = :take_up"
        " ORDER BY confirmed_at IS NOT NULL DESC, help_reports.id DESC LIMIT 1",
        take_up=take_up_id,
    )
    return None if row is None else _report(at, row)


def confirm(at: Transaction, report_id: int, member_id: int) -> None:
    """Note that the other says so too: from now it counts."""
    at.run(
        "UPDATE help_reports SET confirmed_by = :member, confirmed_at = :now WHERE id = :id",
        member=member_id,
        now=at.now_text,
        id=report_id,
    )


def set_cost(
    at: Transaction, take_up_id: int, member_id: int, amount_minor: int, currency: str
) -> None:
    """Keep what it would have cost, as one of the two puts it; said again, the last one holds."""
    at.run(
        "INSERT INTO help_costs (take_up_id, member_id, amount_minor, currency, said_at)"
        " VALUES (:take_up, :member, :amount, :currency, :now)"
        " ON CONFLICT (take_up_id, member_id) DO UPDATE SET amount_minor = excluded.amount_minor,"
        " currency = excluded.currency, said_at = excluded.said_at",
        take_up=take_up_id,
        member=member_id,
        amount=amount_minor,
        currency=currency,
        now=at.now_text,
    )


def cost_of(at: Reading, take_up_id: int, member_id: int) -> tuple[int, str] | None:
    """Return what it would have cost as a member puts it: minor units and currency."""
    row = at.one(
        "SELECT * FROM help_costs WHERE take_up_id = :take_up AND member_id = :member",
        take_up=take_up_id,
        member=member_id,
    )
    return None if row is None else (row["amount_minor"], row["currency"])


def exchanged(at: Reading, group_id: int, since: datetime, until: datetime) -> Given:
    """Return what both sides said was exchanged in a group, counted in [since, until)."""
    row = at.one(
        "SELECT count(*) AS number, coalesce(sum(minutes), 0) AS minutes FROM help_reports"
        " JOIN members ON members.id = said_by WHERE group_id = :group"
        " AND confirmed_at >= :since AND confirmed_at < :until",
        group=group_id,
        since=utc_text(since),
        until=utc_text(until),
    )
    assert row is not None
    return Given(row["number"], row["minutes"])


def given_and_received(
    at: Reading, member_id: int, since: datetime, until: datetime
) -> tuple[Given, Given]:
    """Return what a member gave and what they received, as both sides said in [since, until)."""
    found = {True: Given(0, 0), False: Given(0, 0)}
    for row in at.all(
        # Who gives: whoever takes an ask up, and whoever makes an offer.
        "SELECT (asks.kind = 'ask') = (take_ups.member_id = :member) AS gave, count(*) AS number,"
        " coalesce(sum(minutes), 0) AS minutes FROM help_reports"
        " JOIN take_ups ON take_ups.id = take_up_id JOIN asks ON asks.id = ask_id"
        " WHERE :member IN (take_ups.member_id, asks.member_id)"
        " AND confirmed_at >= :since AND confirmed_at < :until GROUP BY gave",
        member=member_id,
        since=utc_text(since),
        until=utc_text(until),
    ):
        found[bool(row["gave"])] = Given(row["number"], row["minutes"])
    return found[True], found[False]


_REPORTS = "SELECT help_reports.*, person_id FROM help_reports JOIN members ON members.id = said_by"


def _report(at: Reading, row: Row) -> Report:
    thing = row["thing"]
    return Report(
        id=row["id"],
        take_up_id=row["take_up_id"],
        said_by=row["said_by"],
        minutes=row["minutes"],
        thing=None if thing is None else at.open_for(row["person_id"], thing) or "…",
        confirmed_by=row["confirmed_by"],
    )
