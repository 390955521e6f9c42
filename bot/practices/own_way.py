"""A member's own picture since they began, sent to them alone at the end of a check-in."""

from typing import Any, Final

from bot.domain import own_way as rules
from bot.domain.check_ins import Question
from bot.domain.own_way import OwnWay
from bot.domain.rounds import first_day
from bot.practices import pictures
from bot.rendering import digests, files, messages
from bot.rendering.picture_facts import POINTS_MAX, LineChart, Point, Series
from bot.storage import check_ins as store, goals, groups, pictures as shown
from bot.storage.chats import Chat
from bot.storage.check_ins import Round
from bot.storage.database import Reading, Transaction
from bot.storage.groups import Group
from bot.storage.members import Member

PICTURE: Final = "own_way"  # its subject is the member


def way_of(at: Reading, member: Member, until: Round) -> OwnWay:
    """Return how a member has come along up to and with a round.

    A goal that they said in /goals is reached counts too: no check-in asks about it any more.
    """
    reached = {
        f"goal:{one.id}"
        for one in goals.of_member(at, member.id)
        if one.state == "reached" and one.state_since <= until.closes_at
    }
    return rules.own_way(store.answers_by_month(at, member, until), reached)


def send(at: Transaction, chat: Chat, member: Member, group: Group, found: Round) -> bool:
    """Send a member their picture and one line on what moved; False where it is no line yet."""
    way = way_of(at, member, found)
    if not way.has_line:
        return False
    pictures.show(
        at,
        chat,
        member.language,
        "check_ins/own_way",
        kind=PICTURE,
        subject=member.id,
        as_of=found.id,
        **_facts(way, group, member.language),
    )
    return True


def refresh(at: Transaction, member: Member, changed: Round, question: Question) -> None:
    """Draw a member's picture anew where it stands, after they changed an answer that it shows."""
    for one in shown.standing(at, PICTURE, member.id):
        found = None if one.as_of is None else store.round_by_id(at, one.as_of)
        assert found is not None
        if question.name not in rules.SHOWN or changed.month > found.month:
            continue
        way = way_of(at, member, found)
        if not way.has_line:
            pictures.take_away(at, one)
            continue
        facts = _facts(way, groups.by_id(at, member.group_id), member.language)
        pictures.redraw(at, one, member.language, "check_ins/own_way", **facts)


def _facts(way: OwnWay, group: Group, language: str) -> dict[str, Any]:
    return {
        "picture": files.picture(line_chart(way, group, language)),
        "group": group,
        "way": way,
        "since": first_day(way.months[0].month),
    }


def line_chart(way: OwnWay, group: Group, language: str) -> LineChart:
    """Return the facts of a member's picture: their goals' steps, their income beside them."""

    def words(part: str, **facts: object) -> str:
        made = messages.plain("check_ins/own_way_parts", language, part=part, **facts)
        return messages.clean_name(made)

    months = way.months[-POINTS_MAX:]
    incomes = tuple(None if one.income is None else float(one.income) for one in months)
    has_income = any(one is not None for one in incomes)
    return LineChart(
        title=words("title"),
        subtitle=messages.clean_name(group.title),
        points=tuple(
            Point(
                words("month", month=first_day(one.month)),
                None if one.goals is None else float(one.goals),
                "" if one.goals is None else f"{one.goals:+d}".replace("-", "−"),
            )
            for one in months
        ),
        direction=digests.direction(language),
        name=words("goals"),
        reference=Series(words("income"), incomes) if has_income else None,
        from_zero=True,
    )
