"""How many calls are under way at once: by what the server answers and how long that takes, never by what it is asked."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from catalogsync.targets.v1.slots import FEWEST, FIRST, Slots


def learned(slots: Slots, *answers: tuple[int, float]) -> int:
    for status, seconds in answers:
        slots.learn(status, seconds)
    return slots.allowed


def test_a_server_that_bears_it_gets_more_up_to_the_limit() -> None:
    assert Slots(16).allowed == FIRST
    assert learned(Slots(16), *[(200, 0.02)] * 100) == 16
    assert learned(Slots(2), *[(200, 0.02)] * 100) == 2


def test_the_first_four_answers_lead_to_sixteen() -> None:
    assert learned(Slots(16), *[(200, 0.02)] * 4) == 16


def test_after_a_trouble_it_is_one_more_for_each_answer() -> None:
    slots = Slots(16)
    assert learned(slots, (429, 0.02), (200, 0.02), (200, 0.02)) == FIRST // 2 + 2
    slow = Slots(16)
    learned(slow, *[(200, 0.02)] * 4, *[(200, 0.5)] * 100)
    sizes = [learned(slow, (200, 0.02)) for _ in range(100)]
    assert (sizes[0], sizes[-1]) == (FEWEST, 16)
    assert max(after - before for before, after in itertools.pairwise(sizes)) == 1


def test_answers_that_take_much_longer_than_the_fastest_are_asked_for_one_by_one_less() -> None:
    slots = Slots(16)
    learned(slots, *[(200, 0.02)] * 100)
    assert learned(slots, *[(200, 0.5)] * 100) == FEWEST
    assert learned(slots, *[(200, 0.02)] * 100) == 16


def test_a_server_that_asks_for_less_gets_half() -> None:
    slots = Slots(16)
    learned(slots, *[(200, 0.02)] * 100)
    assert learned(slots, (429, 0.02)) == 8
    assert learned(slots, (503, 0.02), (503, 0.02)) == 2
    assert learned(slots, (200, 0.02)) == 3


def test_a_refusal_tells_nothing_of_the_pace() -> None:
    assert learned(Slots(16), *[(400, 9.0)] * 10) == FIRST


@given(
    st.integers(1, 32),
    st.lists(st.tuples(st.sampled_from([200, 201, 404, 429, 500, 503]), st.floats(0.001, 30)), max_size=80),
)
def test_there_is_always_room_for_one_and_never_for_more_than_the_limit(
    limit: int, answers: list[tuple[int, float]]
) -> None:
    slots = Slots(limit)
    for status, seconds in answers:
        slots.learn(status, seconds)
        assert 1 <= slots.allowed <= limit
