"""What holds of every trial: groups and total agree, findings account for every event, the order does not matter where it is said so."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from catalogsync.metering import Event, MeterDefinition, MeterTrial, Problem, trial
from catalogsync.metering.instants import seconds, shown

VALUES = st.one_of(
    st.integers(-(10**6), 10**6).map(float),
    st.floats(allow_nan=False, allow_infinity=False, width=32),
    st.sampled_from([None, True, "", "null", "7", "-2.5", "abc", "1e400", [], {}, [3.0], {"x": 1.0}]),
)
DATA = st.one_of(
    st.none(),
    st.fixed_dictionaries({}, optional={"v": VALUES, "g": st.sampled_from(["a", "b", None, [], 1.0])}),
)
EVENTS = st.lists(st.tuples(st.sampled_from(["t", "u"]), st.integers(1, 50), DATA), max_size=40)
AGGREGATIONS = ("SUM", "AVG", "MIN", "MAX", "COUNT", "UNIQUE_COUNT", "LATEST")


def tried(aggregation: str, rows: list[tuple[str, int, Any]], since: int | None = None) -> MeterTrial:
    path = "" if aggregation == "COUNT" else "$.v"
    meter = MeterDefinition("m", aggregation, "t", path, (("g", "$.g"),), since)
    events = [
        Event(str(n), "s", type_, "subject", second, data) for n, (type_, second, data) in enumerate(rows)
    ]
    (result,) = trial([meter], events)
    return result


@given(st.sampled_from(AGGREGATIONS), EVENTS, st.none() | st.integers(1, 50))
def test_every_event_is_accounted_for(aggregation: str, rows: Any, since: int | None) -> None:
    result = tried(aggregation, rows, since)
    assert result.read == len(rows) == result.matched + result.other_type + result.before_event_from
    assert sum(group.events for group in result.groups) == result.matched
    assert all(len(f.examples) == min(3, f.count) and f.count <= result.matched for f in result.findings)


@given(EVENTS)
def test_an_exact_sum_is_the_sum_of_its_groups_and_of_the_fractions(rows: Any) -> None:
    result = tried("SUM", rows)
    values = [group.value for group in result.groups if group.value is not None]
    if result.exact:
        assert (result.total or 0) == sum(map(Fraction, values))
    assert (result.total is None) == (not values)


@given(st.sampled_from(AGGREGATIONS), EVENTS, st.randoms(use_true_random=False))
def test_an_exact_answer_is_the_same_in_any_order(aggregation: str, rows: Any, random: Any) -> None:
    before = tried(aggregation, rows)
    shuffled = list(rows)
    random.shuffle(shuffled)
    after = tried(aggregation, shuffled)
    if before.exact:
        assert (after.total, after.exact) == (before.total, True)
    assert [(g.key, g.events) for g in after.groups] == [(g.key, g.events) for g in before.groups]


@given(EVENTS)
def test_the_extremes_and_the_mean_agree(rows: Any) -> None:
    low, mean, high = (tried(name, rows) for name in ("MIN", "AVG", "MAX"))
    assert (low.total is None) == (mean.total is None) == (high.total is None)
    if low.total is not None and mean.total is not None and high.total is not None and mean.exact:
        assert low.total <= mean.total <= high.total


@given(EVENTS)
def test_numbers_and_lacks_make_up_the_matched_events(rows: Any) -> None:
    result = tried("SUM", rows)
    lacking = sum(
        f.count
        for f in result.findings
        if f.property == "valueProperty" and f.problem is not Problem.NEGATIVE
    )
    numeric = tried("AVG", rows)
    assert lacking <= numeric.matched
    assert (lacking == numeric.matched) == (numeric.total is None)


@given(st.integers(-62_135_596_800, 253_402_300_799))
def test_an_instant_is_read_back(second: int) -> None:
    year = shown(second).partition("-")[0]
    assert seconds(shown(second).replace(year, year.rjust(4, "0"), 1)) == second
