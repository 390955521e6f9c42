"""Helping: taking up an ask or an offer, being put in touch, and saying together what happened.

Whoever asked agrees first, in private; of a no nobody learns. Where an ask bears no name, nobody's
name is told until both have agreed. Hours and things count for both once both say so.
"""

from dataclasses import dataclass
from typing import Any

from bot.domain import peer_help as rules
from bot.domain.errors import Refusal
from bot.domain.goals import own_words
from bot.domain.money import AMOUNT_MAJOR_MAX, currency, parse_amount
from bot.practices import peer_help, speaking
from bot.practices.peer_help import AskClosed, HelpNotYours
from bot.practices.showing import Asked, Shown
from bot.storage import groups, members, peer_help as store, thanks
from bot.storage.database import Reading, Transaction
from bot.storage.groups import Group
from bot.storage.members import Member
from bot.storage.peer_help import Ask, Report, TakeUp


class OtherNotReachable(Refusal):
    """The other of the two has no open private chat with the bot: nothing can be told them."""


class OtherHasLeft(Refusal):
    """The other of the two is not in the group any more."""


class HelpSaidSince(Refusal):
    """An old button: something else was said of it since."""


@dataclass(frozen=True)
class Two:
    """A taking up as one of its two sees it."""

    take_up: TakeUp
    ask: Ask
    group: Group
    me: Member
    other: Member

    @property
    def is_asker(self) -> bool:
        """Whether the ask (or the offer) is mine."""
        return self.me.id == self.ask.member_id

    @property
    def has_received(self) -> bool:
        """Whether I am the one who is helped."""
        return self.is_asker == (self.ask.kind == "ask")

    @property
    def facts(self) -> dict[str, Any]:
        """What every message to two who are in touch needs."""
        return {
            "group": self.group,
            "ask": self.ask,
            "take_up": self.take_up,
            "other": self.other,
            "has_received": self.has_received,
        }


# -- taking up ------------------------------------------------------------------------------------


def look(at: Reading, ask_id: int, person_id: int) -> Shown:
    """Show an ask to one who may take it up. HelpNotYours, NotAMember, AskClosed, OtherHasLeft."""
    ask = store.by_id(at, ask_id)
    if ask is None:
        raise HelpNotYours
    group = groups.by_id(at, ask.group_id)
    me = members.require(at, group.id, person_id, group_title=group.title)
    if me.id == ask.member_id:
        return peer_help.mine(at, ask_id, person_id)
    known = store.take_up_of(at, ask_id, me.id)
    if known is not None:
        return _as_it_stands(at, known, person_id)
    asker = _require_open(at, ask)
    return Shown(
        "peer_help/take_up", {"group": group, "ask": ask, "asker": asker if ask.named else None}
    )


def take(at: Transaction, ask_id: int, person_id: int) -> Shown:
    """Take an ask up: whoever asked is asked in private. As `look`, and OtherNotReachable."""
    ask = store.by_id(at, ask_id)
    me = None if ask is None else members.of_person(at, ask.group_id, person_id)
    if ask is None or me is None or me.state != "member":
        raise HelpNotYours
    if me.id == ask.member_id:
        return peer_help.mine(at, ask_id, person_id)
    known = store.take_up_of(at, ask_id, me.id)
    if known is not None:
        return _as_it_stands(at, known, person_id)
    asker = _require_open(at, ask)
    take_up_id = store.take_up(at, ask_id, me.id)
    told = peer_help.tell(
        at,
        groups.by_id(at, ask.group_id),
        asker.person_id,
        "peer_help/offered",
        ask=ask,
        taker=me if ask.named else None,
        take_up_id=take_up_id,
    )
    if not told:
        raise OtherNotReachable
    return _as_it_stands(at, _two(at, take_up_id, person_id).take_up, person_id)


def answer(at: Transaction, take_up_id: int, person_id: int, *, agreed: bool) -> Shown:
    """Agree to be put in touch, or not now. HelpNotYours, OtherHasLeft, OtherNotReachable."""
    two = _two(at, take_up_id, person_id)
    if not two.is_asker:
        raise HelpNotYours
    if two.take_up.state == "agreed":
        return Shown("peer_help/in_touch", two.facts)
    if not agreed:
        if two.take_up.state == "asked":
            store.answer_take_up(at, take_up_id, "declined")
        return Shown("peer_help/declined", {"group": two.group, "take_up": two.take_up})
    store.answer_take_up(at, take_up_id, "agreed")
    theirs = _two(at, take_up_id, two.other.person_id)
    if not peer_help.tell(at, **_to(theirs, "peer_help/in_touch")):
        raise OtherNotReachable
    peer_help.redraw(at, two.ask)
    return Shown("peer_help/in_touch", two.facts)


def _as_it_stands(at: Reading, take_up: TakeUp, person_id: int) -> Shown:
    """Show whoever took it up how it stands: a no looks like no answer."""
    two = _two(at, take_up.id, person_id)
    if take_up.state == "agreed":
        return Shown("peer_help/in_touch", two.facts)
    return Shown("peer_help/waiting", {"group": two.group, "ask": two.ask})


def _require_open(at: Reading, ask: Ask) -> Member:
    """Return whoever asked, while the ask stands open. Raises AskClosed."""
    asker = members.by_id(at, ask.member_id)
    if ask.state != "open" or asker.state != "member":
        raise AskClosed
    return asker


def _two(at: Reading, take_up_id: int, person_id: int) -> Two:
    """Authorise one of the two of a taking up. Raises HelpNotYours, OtherHasLeft."""
    take_up = store.take_up_by_id(at, take_up_id)
    if take_up is None:
        raise HelpNotYours
    ask = store.by_id(at, take_up.ask_id)
    assert ask is not None
    both = [members.by_id(at, ask.member_id), members.by_id(at, take_up.member_id)]
    me = next((one for one in both if one.person_id == person_id), None)
    if me is None or me.state != "member":
        raise HelpNotYours
    other = both[1] if me.id == both[0].id else both[0]
    if other.state != "member":
        raise OtherHasLeft
    return Two(take_up, ask, groups.by_id(at, ask.group_id), me, other)


def _in_touch(at: Reading, take_up_id: int, person_id: int) -> Two:
    """The same, for two who were put in touch. Raises HelpNotYours where they were not."""
    two = _two(at, take_up_id, person_id)
    if two.take_up.state != "agreed":
        raise HelpNotYours
    return two


def _to(two: Two, message: str) -> dict[str, Any]:
    """Return what `tell` needs to say something to the one whose view this is."""
    return {"person_id": two.me.person_id, "message": message} | two.facts


# -- what happened --------------------------------------------------------------------------------


def done(at: Reading, take_up_id: int, person_id: int) -> Shown:
    """Show what was said of it so far, or ask how much it was."""
    two = _in_touch(at, take_up_id, person_id)
    last = store.last_report(at, take_up_id)
    if last is None:
        return Shown("peer_help/how_much", two.facts | {"hours": rules.HOURS_OFFERED})
    return _said(at, two, last)


def how_much(at: Reading, take_up_id: int, person_id: int) -> Shown:
    """Ask how much it was, whatever was said before; what counts already is shown instead."""
    two = _in_touch(at, take_up_id, person_id)
    last = store.last_report(at, take_up_id)
    if last is not None and last.confirmed_by is not None:
        return _said(at, two, last)
    return Shown("peer_help/how_much", two.facts | {"hours": rules.HOURS_OFFERED})


def say_minutes(at: Transaction, take_up_id: int, person_id: int, minutes: int) -> Shown:
    """Say that it happened, by a tap. Raises HelpNotYours for what no button offers."""
    if minutes not in rules.HOURS_OFFERED:
        raise HelpNotYours
    return _report(at, _in_touch(at, take_up_id, person_id), minutes=minutes)


def ask_hours(at: Reading, take_up_id: int, person_id: int) -> Shown:
    """Ask for the hours in words."""
    two = _in_touch(at, take_up_id, person_id)
    return Shown("peer_help/hours_asked", two.facts, Asked(peer_help.ASKED_HOURS, take_up_id))


def hear_hours(at: Transaction, take_up_id: int, person_id: int, text: str) -> Shown:
    """Say that it happened, the hours as typed. Raises HoursNotUnderstood."""
    two = _in_touch(at, take_up_id, person_id)
    return _report(at, two, minutes=rules.read_hours(text))


def ask_thing(at: Reading, take_up_id: int, person_id: int) -> Shown:
    """Ask which thing it was, in words."""
    two = _in_touch(at, take_up_id, person_id)
    return Shown("peer_help/thing_asked", two.facts, Asked(peer_help.ASKED_THING, take_up_id))


def hear_thing(at: Transaction, take_up_id: int, person_id: int, text: str) -> Shown:
    """Say that it happened: a thing. Raises WordsMissing, WordsTooLong."""
    two = _in_touch(at, take_up_id, person_id)
    return _report(at, two, thing=own_words(text, rules.THING_MAX))


def confirm(at: Transaction, report_id: int, person_id: int) -> Shown:
    """Say so too: from now it counts for both. HelpNotYours, HelpSaidSince."""
    report = store.report_by_id(at, report_id)
    if report is None:
        raise HelpNotYours
    two = _in_touch(at, report.take_up_id, person_id)
    if report.said_by == two.me.id:
        raise HelpNotYours
    last = store.last_report(at, two.take_up.id)
    assert last is not None
    if last.confirmed_by is not None:
        return _said(at, two, last)
    if last.id != report.id:
        raise HelpSaidSince
    store.confirm(at, report.id, two.me.id)
    if two.ask.kind == "ask" and two.ask.state == "open":
        peer_help.close(at, two.ask, "done")
    counted = store.report_by_id(at, report.id)
    assert counted is not None
    theirs = _two(at, two.take_up.id, two.other.person_id)
    shown = _said(at, theirs, counted)
    facts = {name: fact for name, fact in shown.facts.items() if name != "group"}
    peer_help.tell(at, two.group, two.other.person_id, shown.message, **facts)
    return _said(at, two, counted)


def _report(
    at: Transaction, two: Two, *, minutes: int | None = None, thing: str | None = None
) -> Shown:
    last = store.last_report(at, two.take_up.id)
    if last is not None and last.confirmed_by is not None:
        return _said(at, two, last)
    report_id = store.report(
        at,
        two.take_up.id,
        said_by=two.me.id,
        person_id=two.me.person_id,
        minutes=minutes,
        thing=thing,
    )
    report = store.report_by_id(at, report_id)
    assert report is not None
    theirs = _two(at, two.take_up.id, two.other.person_id)
    peer_help.tell(at, **_to(theirs, "peer_help/said_done"), report=report)
    return _said(at, two, report)


def _said(at: Reading, two: Two, report: Report) -> Shown:
    facts = two.facts | {"report": report}
    if report.confirmed_by is not None:
        return Shown("peer_help/counted", facts | {"cost": _cost(at, two)})
    if report.said_by == two.me.id:
        return Shown("peer_help/reported", facts)
    return Shown("peer_help/said_done", facts)


# -- what it would have cost, and thanks ----------------------------------------------------------


def ask_cost(at: Reading, take_up_id: int, person_id: int) -> Shown:
    """Ask what it would have cost. Raises HelpNotYours where it does not count."""
    two, _ = _counted(at, take_up_id, person_id)
    facts = two.facts | {"currency": groups.agreement(at, two.group.id).currency}
    return Shown("peer_help/cost_asked", facts, Asked(peer_help.ASKED_COST, take_up_id))


def hear_cost(at: Reading, take_up_id: int, person_id: int, text: str) -> Shown:
    """Repeat the amount as it was understood. Raises an AmountRefusal."""
    two, _ = _counted(at, take_up_id, person_id)
    code = groups.agreement(at, two.group.id).currency
    amount = parse_amount(text, currency(code))
    return Shown("peer_help/cost_sure", two.facts | {"amount": amount, "currency": code})


def keep_cost(at: Transaction, take_up_id: int, person_id: int, amount: int) -> Shown:
    """Keep what it would have cost, as one of the two puts it: nobody else sees it."""
    two, report = _counted(at, take_up_id, person_id)
    money = currency(groups.agreement(at, two.group.id).currency)
    if not 1 <= amount <= AMOUNT_MAJOR_MAX * 10**money.scale:
        raise HelpNotYours
    store.set_cost(at, take_up_id, two.me.id, amount, money.code)
    return _said(at, two, report)


def thank(at: Transaction, take_up_id: int, person_id: int) -> Shown:
    """Thank for it, once: told in the digest without what it was about, unless they object."""
    two, report = _counted(at, take_up_id, person_id)
    if not two.has_received:
        raise HelpNotYours
    if not two.take_up.thanked:
        store.thanked(at, take_up_id)
        given = thanks.add(at, giver=two.me, receiver=two.other.id, words="", reply_to=None)
        speaking.say_to(
            at,
            two.other.person_id,
            "thanks/note",
            urgency=speaking.UNASKED,
            thanks=given,
            giver=two.me.name,
            group=two.group,
        )
    return _said(at, _two(at, take_up_id, person_id), report)


def _counted(at: Reading, take_up_id: int, person_id: int) -> tuple[Two, Report]:
    two = _in_touch(at, take_up_id, person_id)
    report = store.last_report(at, take_up_id)
    if report is None or report.confirmed_by is None:
        raise HelpNotYours
    return two, report


def _cost(at: Reading, two: Two) -> tuple[int, str] | None:
    return store.cost_of(at, two.take_up.id, two.me.id)
