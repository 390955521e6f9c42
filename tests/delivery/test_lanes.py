"""Whose turn it is: each chat in its order, answers first, nobody for ever, nothing too early."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from effort import examples
from hypothesis import given, settings, strategies as st

from bot.delivery.lanes import ANSWERS_IN_A_ROW, IDLE_SECONDS, PATIENCE_SECONDS, Lanes, Row
from bot.delivery.limits import CHAT_BURST, Pace

NOW = 1000.0
ANSWER, UNASKED = 0, 1
MANY = 100


def lanes_with(*rows: tuple[int, Row], pace: Pace | None = None) -> Lanes:
    lanes = Lanes(pace or Pace(unlimited=True))
    add(lanes, *rows)
    return lanes


def add(lanes: Lanes, *rows: tuple[int, Row], now: float = NOW) -> None:
    for chat, row in rows:
        lanes.add(chat, row, is_private=chat > 0, now=now)


def row(number: int, urgency: int = ANSWER, now: float = NOW, not_before: float = 0.0) -> Row:
    return Row.new(number, urgency, now, is_edit=False, not_before=not_before)


def numbers(chosen: Iterable[tuple[int, Row]]) -> list[int]:
    return [one.id for _, one in chosen]


def leave_and_come_back(lanes: Lanes, now: float = NOW) -> list[int]:
    """Everything that may leave does, one after the other; in which order."""
    order = []
    while chosen := lanes.choose(now, 1):
        [(chat, one)] = chosen
        lanes.leaves(chat, now)
        lanes.done(chat, now)
        order.append(one.id)
    return order


# -- one chat -------------------------------------------------------------------------------------


def test_one_call_at_a_time_in_a_chat_and_chats_side_by_side() -> None:
    lanes = lanes_with((1, row(1)), (1, row(2)), (2, row(3)))
    assert numbers(lanes.choose(NOW, MANY)) == [1, 3]
    assert lanes.busy == 2
    assert lanes.choose(NOW, MANY) == []
    lanes.done(2, NOW)
    assert lanes.choose(NOW, MANY) == []
    lanes.done(1, NOW)
    assert numbers(lanes.choose(NOW, MANY)) == [2]


def test_a_chats_words_keep_their_order() -> None:
    lanes = lanes_with(*((1, row(number)) for number in range(1, 8)))
    assert leave_and_come_back(lanes) == [1, 2, 3, 4, 5, 6, 7]


def test_an_answer_goes_before_what_nobody_asked_for() -> None:
    lanes = lanes_with((1, row(1, UNASKED)), (1, row(2)))
    assert leave_and_come_back(lanes) == [2, 1]


def test_an_answer_goes_before_what_already_stood_ready() -> None:
    lanes = lanes_with((1, row(1, UNASKED)), (1, row(2)), (2, row(3, UNASKED)))
    assert numbers(lanes.choose(NOW, 1)) == [2]


def test_who_waited_long_unasked_goes_before_a_new_answer() -> None:
    later = NOW + PATIENCE_SECONDS + 1
    lanes = lanes_with((1, row(1, UNASKED)))
    add(lanes, (1, row(2, now=later)), now=later)
    assert leave_and_come_back(lanes, later) == [1, 2]


def test_what_is_tried_again_keeps_its_place_before_the_rest() -> None:
    lanes = lanes_with((1, row(1)), (1, row(2)))
    [(chat, first)] = lanes.choose(NOW, MANY)
    lanes.done(chat, NOW, again=first._replace(not_before=NOW + 4))
    assert lanes.choose(NOW + 3.9, MANY) == [], "nothing overtakes it"
    assert lanes.seconds_to_next(NOW, MANY) == 4
    assert numbers(lanes.choose(NOW + 4, MANY)) == [1]


def test_nothing_leaves_before_its_instant() -> None:
    lanes = lanes_with((1, row(1, not_before=NOW + 60)))
    assert lanes.choose(NOW + 59.9, MANY) == []
    assert lanes.seconds_to_next(NOW, MANY) == 60
    assert numbers(lanes.choose(NOW + 60, MANY)) == [1]


def test_a_chat_that_has_nothing_more_to_say_is_forgotten() -> None:
    lanes = lanes_with((1, row(1)), (2, row(2)))
    leave_and_come_back(lanes)
    assert lanes._lanes == {}
    assert lanes.busy == 0


# -- chats among each other -----------------------------------------------------------------------


def test_a_broadcast_goes_on_while_answers_keep_coming() -> None:
    answers = [(chat, row(chat)) for chat in range(1, 41)]
    broadcast = [(chat, row(chat, UNASKED)) for chat in range(101, 121)]
    order = leave_and_come_back(lanes_with(*answers, *broadcast))
    assert len(order) == 60
    first = order[: 5 * (ANSWERS_IN_A_ROW + 1)]
    assert sum(1 for number in first if number > 100) == 5, "one in five is of the broadcast"
    assert order[:4] == [1, 2, 3, 4]


def test_answers_leave_alone_where_nothing_else_waits() -> None:
    assert leave_and_come_back(lanes_with(*((n, row(n)) for n in range(1, 12)))) == [*range(1, 12)]


def test_the_one_that_waits_longest_is_first() -> None:
    lanes = lanes_with((5, row(1)), (6, row(2, now=NOW + 1)), (4, row(3, now=NOW + 2)))
    assert numbers(lanes.choose(NOW + 2, MANY)) == [1, 2, 3]


def test_no_more_are_chosen_than_may_leave() -> None:
    lanes = lanes_with(*((chat, row(chat)) for chat in range(1, 50)), pace=Pace())
    assert len(lanes.choose(NOW, 7)) == 7
    assert len(lanes.choose(NOW, MANY)) == 30, "until they leave, the pace knows nothing of them"


def test_ten_thousand_that_wait_are_not_looked_at() -> None:
    class Counting(Pace):
        looked = 0

        def ready_at(self, chat: int, now: float, *, is_edit: bool) -> float:
            self.looked += 1
            return super().ready_at(chat, now, is_edit=is_edit)

    pace = Counting(unlimited=True)
    waiting = ((chat, row(chat, not_before=NOW + 900)) for chat in range(1, 10_001))
    lanes = lanes_with(*waiting, pace=pace)
    pace.looked = 0
    for second in range(60):
        assert lanes.choose(NOW + second, MANY) == []
    assert pace.looked == 0


# -- how long until the next ----------------------------------------------------------------------


def test_with_nothing_to_say_it_rests() -> None:
    assert lanes_with().seconds_to_next(NOW, MANY) == IDLE_SECONDS


def test_with_no_hand_free_whatever_comes_back_wakes() -> None:
    lanes = lanes_with((1, row(1)))
    assert lanes.seconds_to_next(NOW, 0) == IDLE_SECONDS
    assert lanes.seconds_to_next(NOW, 1) == 0


def test_it_waits_for_the_whole_bots_limit() -> None:
    pace = Pace()
    lanes = lanes_with((1, row(1)), pace=pace)
    pace.hold_all(NOW + 9)
    assert lanes.choose(NOW, MANY) == []
    assert lanes.seconds_to_next(NOW, MANY) == 9
    assert numbers(lanes.choose(NOW + 9, MANY)) == [1]


# -- whatever happens -----------------------------------------------------------------------------


def test_a_row_that_stood_ready_twice_still_waits_when_it_is_asked_to() -> None:
    """Two rows of one chat that wait for the same instant, and room for one call only."""
    pace = Pace()
    for _ in range(4):
        pace.take(1, NOW, is_private=True)
    lanes = lanes_with((1, row(1, UNASKED)), (1, row(2)), pace=pace)
    [(chat, first)] = lanes.choose(NOW + 1, 1)
    pace.hold(chat, NOW + 35, is_private=True, now=NOW + 1)
    lanes.done(chat, NOW + 1, again=first._replace(not_before=NOW + 35))
    assert lanes.choose(NOW + 2, MANY) == []
    assert numbers(lanes.choose(NOW + 35, MANY)) == [2]


@dataclass
class Model:
    """What the lanes must never do, whatever is asked of them."""

    pace: Pace = field(default_factory=Pace)
    now: float = NOW
    last_id: int = 0
    waiting: dict[int, list[Row]] = field(default_factory=dict)
    under_way: dict[int, Row] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.lanes = Lanes(self.pace)

    def adds(self, chat: int, urgency: int, delay: float, *, is_edit: bool) -> None:
        self.last_id += 1
        new = Row.new(self.last_id, urgency, self.now, is_edit=is_edit, not_before=self.now + delay)
        self.waiting.setdefault(chat, []).append(new)
        self.lanes.add(chat, new, is_private=chat > 0, now=self.now)

    def chooses(self, most: int) -> None:
        room = self.pace.room(self.now)
        chosen = self.lanes.choose(self.now, most)
        assert len(chosen) <= min(most, room)
        for chat, one in chosen:
            assert chat not in self.under_way, "one call at a time in a chat"
            assert one == min(self.waiting[chat]), "in its order"
            assert one.not_before <= self.now, "not before its instant"
            ready = self.pace.ready_at(chat, self.now, is_edit=one.is_edit)
            assert ready <= self.now, "within its chat's limits"
            self.waiting[chat].remove(one)
            self.under_way[chat] = one
        for chat, _ in chosen:
            self.lanes.leaves(chat, self.now)
        assert self.lanes.busy == len(self.under_way)

    def comes_back(self, number: int, wait: float | None) -> None:
        if not self.under_way:
            return
        chat = sorted(self.under_way)[number % len(self.under_way)]
        one, again = self.under_way.pop(chat), None
        if wait is not None:
            self.pace.hold(chat, self.now + wait, is_private=chat > 0, now=self.now)
            again = one._replace(not_before=self.now + wait)
            self.waiting[chat].append(again)
        else:
            self.pace.answered()
        self.lanes.done(chat, self.now, again)

    def was_busy(self, chat: int) -> None:
        """The chat has had all it may have at once."""
        if chat not in self.under_way and not self.waiting.get(chat):
            for _ in range(int(CHAT_BURST)):
                self.pace.take(chat, self.now, is_private=chat > 0)

    def comes_to_rest(self) -> None:
        """Everything left leaves, by nothing but the waits that the lanes themselves name."""
        for _ in range(1000):
            if not any(self.waiting.values()) and not self.under_way:
                return
            self.chooses(MANY)
            while self.under_way:
                self.comes_back(0, None)
            self.now += self.lanes.seconds_to_next(self.now, MANY)
        raise AssertionError("it never comes to rest")


chats = st.sampled_from([-1, 1, 2])
steps = st.one_of(
    st.tuples(st.just("add"), chats, st.sampled_from([0, 1]), st.sampled_from([0.0, 0.0, 2.0])),
    st.tuples(st.just("busy"), chats),
    st.tuples(st.just("pass"), st.sampled_from([0.01, 1.0, 3.0, 31.0])),
    st.tuples(st.just("choose"), st.sampled_from([1, 1, 2, 32])),
    st.tuples(st.just("back"), st.integers(0, 4), st.sampled_from([None, None, 0.0, 5.0])),
)


@settings(max_examples=examples(150))
@given(st.lists(steps, max_size=60), st.booleans())
def test_whatever_is_asked_no_rule_is_broken_and_nothing_is_forgotten(
    asked: list[tuple[object, ...]],
    is_edit: bool,  # noqa: FBT001 - Hypothesis gives it
) -> None:
    model = Model()
    for step in asked:
        match step:
            case ("add", int(chat), int(urgency), float(delay)):
                model.adds(chat, urgency, delay, is_edit=is_edit)
            case ("busy", int(chat)):
                model.was_busy(chat)
            case ("pass", float(seconds)):
                model.now += seconds
            case ("choose", int(most)):
                model.chooses(most)
            case ("back", int(number), wait):
                assert wait is None or isinstance(wait, float)
                model.comes_back(number, wait)
            case _:
                raise AssertionError(step)
    model.comes_to_rest()
    assert model.lanes._lanes == {}
