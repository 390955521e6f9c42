"""Judge every step of a walk by the facts as they are then: who may change what, and read what."""

from typing import Any, Final

from attack.actors import Actor
from attack.crowd import GROUPS_WORDS, PRIVATE_WORDS
from attack.rights import PERSONAL, RIGHTS
from attack.watch import Change, Outcome, Watch

from bot.storage.database import Transaction

#: Where somebody is asked after they left: what they said before they did stays theirs to undo.
AUTHORS: Final = ("given_by", "member_id", "person_id")


class Judge:
    """What was reached by somebody who should not."""

    def __init__(self, watch: Watch) -> None:
        self.watch = watch
        self.trespasses: list[str] = []
        self.leaks: list[str] = []
        self.steps = 0
        self.reached: set[str] = set()  # ways in by which somebody who may changed something
        self.held_off: set[tuple[str, str]] = set()  # way, actor: tried, and nothing came of it

    def knows(self, at: Transaction, who: Actor) -> dict[int, frozenset[str]]:
        """What somebody is to each guarded group now: `member`, offices, `setter`."""
        found = {}
        for group in self.watch.guarded:
            rows = at.all(
                "SELECT 'member' AS what FROM members JOIN people ON people.id = person_id"
                " WHERE telegram_id = :id AND group_id = :group AND state = 'member'"
                " UNION ALL SELECT office FROM offices JOIN members ON members.id = member_id"
                " JOIN people ON people.id = person_id WHERE telegram_id = :id AND until IS NULL"
                " AND offices.group_id = :group AND state = 'member'"
                " UNION ALL SELECT 'setter' FROM groups JOIN people ON people.id = added_by"
                " WHERE telegram_id = :id AND groups.id = :group AND NOT EXISTS (SELECT 1 FROM"
                " offices WHERE group_id = :group AND office = 'facilitator')"
                " UNION ALL SELECT 'setter' FROM group_admins JOIN people ON people.id = person_id"
                " JOIN groups ON groups.id = group_id WHERE telegram_id = :id AND is_admin = 1"
                " AND groups.id = :group AND groups.state != 'active'",
                id=who.id,
                group=group,
            )
            found[group] = frozenset(row["what"] for row in rows)
        return found

    def judges(
        self,
        at: Transaction,
        knew: dict[int, frozenset[str]],
        way: str,
        who: Actor,
        what: str,
        outcome: Outcome,
    ) -> None:
        """Look at one step, by what somebody was before it."""
        self.steps += 1
        reached = outcome.of_groups(self.watch.guarded)
        right = RIGHTS.get(way, "nobody")
        for change in reached:
            is_allowed = not who.masked and _may(right, knew[change.group or 0], change)
            if not is_allowed:
                self._trespassed(f"{who.name} by {way} ({what}): {change.kind} {change.table}")
            elif change.table in PERSONAL and self._is_anothers(at, who, change):
                self._trespassed(f"{who.name} by {way} ({what}): another's {change.table}")
        (self.reached.add(way) if reached else self.held_off.add((way, who.name)))
        self._listens(knew, way, who, what, outcome)

    def _trespassed(self, words: str) -> None:
        if words not in self.trespasses:
            self.trespasses.append(words)

    def _is_anothers(self, at: Transaction, who: Actor, change: Change) -> bool:
        owner = owner_of(at, change.table, change.row)
        return owner is not None and owner != who.id

    def _listens(
        self,
        knew: dict[int, frozenset[str]],
        way: str,
        who: Actor,
        what: str,
        outcome: Outcome,
    ) -> None:
        """Nobody outside is told what is the group's, and nobody what is one person's."""
        people = self.watch.crowd.people
        kitui = self.watch.group_ids["Kitui"]
        told = outcome.words_to(who.id)
        if "member" not in knew[kitui]:
            self.leaks += [
                f"{who.name} by {way} ({what}): {one}" for one in GROUPS_WORDS if one in told
            ]
        for owner, secrets in PRIVATE_WORDS.items():
            if who.id == people[owner]:
                continue  # who tells their own tells it
            everything = "\n".join([told, *(text for _, text in outcome.said)])
            self.leaks += [
                f"{who.name} by {way} ({what}): {one}" for one in secrets if one in everything
            ]


def _may(right: str, knew: frozenset[str], change: Change) -> bool:
    if right == "anybody":
        return True
    if right == "member":
        return "member" in knew
    if right == "office":
        return len(knew - {"setter"}) > 1  # a member, and something more
    if right == "facilitator":
        return "facilitator" in knew
    if right == "whoever sets up":
        return bool(knew & {"facilitator", "setter"}) or change.table == "questions"
    return False


def owner_of(at: Transaction, table: str, row: dict[str, Any]) -> int | None:
    """Telegram's id of whose a row is."""
    if table == "votes":
        member: int | None = row["given_by"]
    elif "member_id" in row:
        member = row["member_id"]
    elif "check_in_id" in row:
        member = at.value("SELECT member_id FROM check_ins WHERE id = :id", id=row["check_in_id"])
    elif "person_id" in row:
        found: int | None = at.value(
            "SELECT telegram_id FROM people WHERE id = :id", id=row["person_id"]
        )
        return found
    elif "goal_id" in row:
        member = at.value("SELECT member_id FROM goals WHERE id = :id", id=row["goal_id"])
    elif "value_id" in row:
        member = at.value(
            "SELECT member_id FROM goals JOIN goal_values ON goal_values.goal_id = goals.id"
            " WHERE goal_values.id = :id",
            id=row["value_id"],
        )
    else:
        return None
    telegram_id: int | None = at.value(
        "SELECT telegram_id FROM members JOIN people ON people.id = person_id"
        " WHERE members.id = :id",
        id=member,
    )
    return telegram_id
