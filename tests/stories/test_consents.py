"""Each member says in private what they take part in; a no holds at once and costs nothing else."""

import pytest
from circle import OPENS, OPENS_NEXT, answers_all, forms_circle, has_goal, opens_circle
from contribution_village import contributes, march, transacts
from goal_village import does
from village import Village

from bot.domain import disclosure
from bot.domain.check_ins import Tally
from bot.practices import agreement, figures, peers
from bot.storage import check_ins, members
from bot.storage.database import Transaction


async def test_at_joining_all_is_told_and_a_part_of_it_is_enough(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    group = await forms_circle(village, "Kitui Circle", amina, others=(juma,))
    await juma.taps("I'm in", in_group=True)
    assert "your answers are locked with your key" in juma.reads
    assert "nobody learns of a no" in juma.reads
    await does(juma, "[Only some of it]", "[✅ The check-in]")
    assert "From now I ask you nothing in the check-in" in juma.reads
    await does(juma, "[Yes, I'm in]")
    assert "You are in" in juma.reads
    await village.moves_to(OPENS)
    assert group.sees("0 of 1 is in")
    assert "question" not in juma.reads.lower()
    assert not any("Not now" in label for label in juma.labels())


async def test_a_no_holds_at_once_and_the_group_does_not_hear_of_it(village: Village) -> None:
    [amina, juma, neema] = village.has("Amina", "Juma", "Neema")
    group = await opens_circle(village, amina, juma, neema)
    await answers_all(juma)
    assert group.sees("1 of 3 are in")
    change = juma.button("Change")
    await does(juma, "/privacy", "[✅ The check-in]")
    assert "What you shared is hidden; what you answered stays yours" in juma.reads
    await juma.presses(change)
    assert "the check-in is not for you" in juma.toast + juma.reads
    assert group.sees("0 of 2 are in")
    before = len(juma.messages())
    await village.moves_to(OPENS.replace(day=27))
    assert len(juma.messages()) == before, "no reminder"
    await juma.writes("/checkin")
    assert "you said that the check-in is not for you" in juma.reads
    said = len(group.messages)
    await juma.writes("/checkin", in_group=True)
    assert "not for you" not in group.read_all()
    assert len(group.messages) >= said
    await juma.writes("/mydata")
    await does(juma, "/privacy", "[▫️ The check-in]")
    assert "You take part from now: The check-in" in juma.reads
    await village.moves_to(OPENS_NEXT)
    assert group.sees("0 of 3 are in")


async def test_of_who_said_no_nothing_is_put_together(
    village: Village, monkeypatch: pytest.MonkeyPatch
) -> None:
    folk = village.has("Amina", "Juma", "Neema")
    await opens_circle(village, *folk)
    for one in folk:
        await answers_all(one)
    await does(folk[0], "/privacy", "[✅ The check-in]")
    counted: list[set[int]] = []

    def moved(_members: int, answers: dict[int, object], *_: object) -> None:
        counted.append(set(answers))

    monkeypatch.setattr(disclosure, "moved", moved)

    def close(at: Transaction, group_id: int) -> None:
        found = check_ins.open_round_of(at, group_id)
        assert found is not None
        figures.round_closed(at, found, Tally(5, 8))

    await transacts(village, close)
    assert counted == [{2, 3}]


async def test_who_is_not_matched_is_led_to_nobody(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    await forms_circle(village, "Kitui", amina, juma)
    goal_id = await has_goal(village, juma, "School fees", area="school")

    def reach(at: Transaction, _group_id: int) -> None:
        at.run(
            "INSERT INTO goal_states (goal_id, state, since) VALUES (:goal, 'reached', :now)",
            goal=goal_id,
            now=at.now_text,
        )

    await transacts(village, reach)
    assert await village.finds(lambda at: peers.find_peer(at, 1, "school"))
    await does(juma, "/privacy", "[✅ Help matching]")
    assert "your goals lead nobody to you" in juma.reads
    assert await village.finds(lambda at: peers.find_peer(at, 1, "school")) is None


async def test_a_new_practice_is_asked_about_in_private(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    group = await forms_circle(
        village, "Kitui", amina, juma, practices=frozenset({"check_ins", "polls"})
    )

    def begin(at: Transaction, group_id: int) -> None:
        agreement.amend(at, group_id, "practices", ["check_ins", "meetings", "polls"], by=1)

    await transacts(village, begin)
    await village.waits(minutes=1)
    for one in (amina, juma):
        assert "Your group begins with something new" in one.reads
        assert "who was there is on the meeting's list" in one.reads
        assert "The check-in" not in one.reads
    await juma.taps("Not for me")
    assert "nor asked to chair" in juma.reads
    await amina.taps("✅ Yes")
    declined = await village.finds(lambda at: [one.declined for one in members.of_group(at, 1)])
    assert declined == [frozenset(), {"meetings"}]
    assert "Not for me" not in group.read_all()


async def test_contributions_are_not_awaited_of_who_said_no(village: Village) -> None:
    [amina, juma, neema] = village.has("Amina", "Juma", "Neema")
    group = await contributes(village, amina, juma, neema)
    await does(juma, "/privacy", "[✅ Contributions]")
    before = len(juma.messages())
    await village.moves_to(march(6))
    assert group.sees("0 of 2 households")
    assert len(juma.messages()) == before
    assert "Today is the day" in amina.read_all()


async def test_nobody_chooses_for_another_nor_in_the_group(village: Village) -> None:
    [amina, juma] = village.has("Amina", "Juma")
    group = await forms_circle(village, "Kitui", amina, juma)
    await amina.writes("/privacy")
    for data in ("consent:2:0:0", "consent_new:2:0:0", "consents:2", "consent:1:9:0"):
        await amina.presses_data(amina.messages()[-1], data)
    await juma.presses_data(group.messages[0], "consent:2:0:0")
    await juma.writes("/privacy", in_group=True)
    assert "in our private chat" in group.reads
    declined = await village.finds(lambda at: [one.declined for one in members.of_group(at, 1)])
    assert declined == [frozenset(), frozenset()]


async def test_who_is_in_no_group_is_told_so(village: Village) -> None:
    [amina] = village.has("Amina")
    await amina.starts()
    await amina.writes("/privacy")
    assert "You are in no group yet" in amina.reads
