"""Telegram's limits are kept before they are hit, whatever is asked for and whenever."""

from itertools import pairwise

from hypothesis import given, strategies as st

from bot.delivery.limits import (
    CHAT_BURST,
    CHATS_REMEMBERED,
    FLOODED_CHATS_MAX,
    GROUP_EDIT_SECONDS,
    Pace,
)

GROUP, OTHER_GROUP, SOMEBODY = -1, -2, 7
NOW = 1000.0
#: What Telegram publishes: so many calls in any so many seconds.
PUBLISHED_OVERALL = (30, 1.0)
PUBLISHED_GROUP = (20, 60.0)


def leaves_at_the_first_instant(
    pace: Pace, chat: int, now: float, *, is_edit: bool = False
) -> float:
    """A call leaves as soon as its chat and the whole bot may; that instant."""
    while True:
        when = max(pace.ready_at(chat, now, is_edit=is_edit), pace.room_at(now))
        if when <= now:
            break
        now = when
    assert pace.room(now) > 0, "what is ready at an instant is ready when it comes"
    pace.take(chat, now, is_private=chat > 0)
    return now


def most_within(times: list[float], seconds: float) -> int:
    """The most calls that fell into any stretch of so many seconds."""
    return max(sum(1 for at in times if begin <= at < begin + seconds) for begin in times)


def many(pace: Pace, chat: int, number: int, now: float = NOW) -> list[float]:
    times = []
    for _ in range(number):
        now = leaves_at_the_first_instant(pace, chat, now)
        times.append(now)
    return times


# -- one chat -------------------------------------------------------------------------------------


def test_a_chat_gets_a_few_at_once_and_then_one_a_second() -> None:
    times = many(Pace(), SOMEBODY, 10)
    assert times[:4] == [NOW] * 4
    waits = [later - earlier for earlier, later in pairwise(times[3:])]
    assert all(0.999 < wait < 1.001 for wait in waits)


def test_a_chat_left_in_peace_gets_its_few_at_once_again_and_no_more() -> None:
    pace = Pace()
    many(pace, SOMEBODY, 4)
    later = many(pace, SOMEBODY, 5, NOW + 3600)
    assert later[:4] == [NOW + 3600] * 4
    assert later[4] > NOW + 3600.99


def test_a_group_gets_twenty_a_minute_and_a_person_more() -> None:
    group = many(Pace(), GROUP, 21)
    assert group[19] < NOW + 17
    assert group[20] >= NOW + PUBLISHED_GROUP[1]
    person = many(Pace(), SOMEBODY, 21)
    assert person[20] < NOW + 18


def test_groups_do_not_wait_for_each_other() -> None:
    pace = Pace()
    busy = many(pace, GROUP, 20)
    assert pace.ready_at(OTHER_GROUP, busy[-1], is_edit=False) == busy[-1]
    assert pace.ready_at(GROUP, busy[-1], is_edit=False) > busy[-1] + 40


def test_edits_in_a_group_keep_their_distance_from_whatever_went_before() -> None:
    pace = Pace()
    assert leaves_at_the_first_instant(pace, GROUP, NOW, is_edit=True) == NOW
    assert pace.ready_at(GROUP, NOW, is_edit=True) == NOW + GROUP_EDIT_SECONDS
    assert pace.ready_at(GROUP, NOW, is_edit=False) == NOW, "what is new need not wait for an edit"
    pace.take(GROUP, NOW + 2, is_private=False)
    assert pace.ready_at(GROUP, NOW + 2, is_edit=True) == NOW + 2 + GROUP_EDIT_SECONDS


def test_twenty_seconds_of_edits_fit_into_what_telegram_takes_of_a_group() -> None:
    """The distance between edits is there so that a crowd's answers leave room for words."""
    pace, now, edits = Pace(), NOW, 0
    while (now := leaves_at_the_first_instant(pace, GROUP, now, is_edit=True)) < NOW + 20:
        edits += 1
    assert edits == 7


def test_a_persons_own_edits_need_no_distance() -> None:
    pace = Pace()
    pace.take(SOMEBODY, NOW, is_private=True)
    assert pace.ready_at(SOMEBODY, NOW, is_edit=True) == NOW


# -- the whole bot --------------------------------------------------------------------------------


def test_thirty_leave_at_once_and_the_next_a_second_later() -> None:
    pace = Pace()
    for chat in range(1, 31):
        assert pace.room(NOW) == 31 - chat
        pace.take(chat, NOW, is_private=True)
    assert pace.room(NOW) == 0
    assert pace.room_at(NOW) > NOW + PUBLISHED_OVERALL[1]
    assert pace.room(NOW + PUBLISHED_OVERALL[1]) == 0
    assert pace.room(pace.room_at(NOW)) == 30


#: Chats, whether each call is an edit, and how long nothing was asked before it.
demands = st.lists(
    st.tuples(
        st.sampled_from([GROUP, OTHER_GROUP, SOMEBODY, 8, 9, *range(100, 140)]),
        st.booleans(),
        st.sampled_from([0.0, 0.0, 0.0, 0.01, 0.3, 1.0, 7.0, 61.0]),
    ),
    max_size=150,
)


@given(demands)
def test_no_window_is_ever_exceeded(demanded: list[tuple[int, bool, float]]) -> None:
    pace, now = Pace(), NOW
    left: dict[int, list[float]] = {}
    edits: list[tuple[int, float]] = []
    for chat, is_edit, pause in demanded:
        now = leaves_at_the_first_instant(pace, chat, now + pause, is_edit=is_edit)
        if is_edit and chat < 0 and chat in left:
            edits.append((chat, now - left[chat][-1]))
        left.setdefault(chat, []).append(now)
    if not left:
        return
    everything = sorted(at for times in left.values() for at in times)
    assert most_within(everything, PUBLISHED_OVERALL[1]) <= PUBLISHED_OVERALL[0]
    assert all(gap >= GROUP_EDIT_SECONDS for _, gap in edits)
    for chat, times in left.items():
        if chat < 0:
            assert most_within(times, PUBLISHED_GROUP[1]) <= PUBLISHED_GROUP[0]
        for seconds in (1.0, 5.0, 30.0):
            assert most_within(times, seconds) <= CHAT_BURST + seconds


# -- what Telegram asks for -----------------------------------------------------------------------


def test_who_is_asked_to_wait_waits_and_nobody_else_does() -> None:
    pace = Pace()
    pace.take(GROUP, NOW, is_private=False)
    pace.hold(GROUP, NOW + 35, is_private=False, now=NOW)
    assert pace.ready_at(GROUP, NOW, is_edit=False) == NOW + 35
    assert pace.ready_at(GROUP, NOW + 35, is_edit=False) == NOW + 35
    assert pace.ready_at(OTHER_GROUP, NOW, is_edit=False) == NOW
    assert pace.room_at(NOW) == NOW


def test_a_chat_never_called_can_be_asked_to_wait() -> None:
    """A repeat after a restart: the limits are as new, and what Telegram says still holds."""
    pace = Pace()
    pace.hold(SOMEBODY, NOW + 5, is_private=True, now=NOW)
    assert pace.ready_at(SOMEBODY, NOW, is_edit=False) == NOW + 5


def test_asked_in_several_chats_with_no_answer_between_the_whole_bot_waits() -> None:
    pace = Pace()
    for chat in range(1, FLOODED_CHATS_MAX):
        pace.hold(chat, NOW + 9, is_private=True, now=NOW)
    assert pace.room_at(NOW) == NOW
    pace.hold(99, NOW + 9, is_private=True, now=NOW)
    assert pace.room_at(NOW) == NOW + 9
    assert pace.room(NOW + 8.9) == 0
    assert pace.room(NOW + 9) == 30


def test_an_answer_between_shows_that_it_is_each_chats_own_wait() -> None:
    pace = Pace()
    for chat in range(1, 3 * FLOODED_CHATS_MAX):
        pace.hold(chat, NOW + 9, is_private=True, now=NOW)
        pace.answered()
    assert pace.room_at(NOW) == NOW


def test_the_same_chat_asked_often_is_one_chat() -> None:
    pace = Pace()
    for _ in range(3 * FLOODED_CHATS_MAX):
        pace.hold(GROUP, NOW + 9, is_private=False, now=NOW)
    assert pace.room_at(NOW) == NOW


def test_a_shorter_wait_of_the_whole_bot_does_not_end_a_longer_one() -> None:
    pace = Pace()
    pace.hold_all(NOW + 20)
    pace.hold_all(NOW + 5)
    assert pace.room_at(NOW) == NOW + 20


def test_without_limits_only_what_telegram_asks_for_is_kept() -> None:
    pace = Pace(unlimited=True)
    assert many(pace, GROUP, 100) == [NOW] * 100
    assert pace.room(NOW) == 30
    pace.hold(GROUP, NOW + 3, is_private=False, now=NOW)
    assert pace.ready_at(GROUP, NOW, is_edit=True) == NOW + 3
    pace.hold_all(NOW + 4)
    assert pace.room_at(NOW) == NOW + 4
    assert pace.room(NOW) == 0


# -- ten thousand chats ---------------------------------------------------------------------------


def test_chats_long_quiet_are_forgotten_and_those_that_must_wait_are_not() -> None:
    pace = Pace()
    pace.hold(GROUP, NOW + 7200, is_private=False, now=NOW)
    for chat in range(1, CHATS_REMEMBERED):
        pace.take(chat, NOW, is_private=True)
    assert len(pace._chats) == CHATS_REMEMBERED
    pace.take(CHATS_REMEMBERED, NOW + 3600, is_private=True)
    assert len(pace._chats) == 2
    assert pace.ready_at(GROUP, NOW + 3600, is_edit=False) == NOW + 7200


def test_chats_just_called_are_remembered_however_many_they_are() -> None:
    pace = Pace()
    for chat in range(1, CHATS_REMEMBERED + 2):
        for _ in range(int(CHAT_BURST)):
            pace.take(chat, NOW, is_private=True)
    assert pace.ready_at(1, NOW, is_edit=False) > NOW
    assert len(pace._chats) == CHATS_REMEMBERED + 1
