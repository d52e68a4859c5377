"""The view of a running apply: recorded events and a clock that is told the time, drawn at 60, 80 and 120 columns."""

from __future__ import annotations

import pytest

from catalogsync.core.model import Ref
from catalogsync.core.plan import Step, Verb
from catalogsync.core.report import Outcome, Status
from catalogsync.render.apply_view import ApplyView, ReadingView
from catalogsync.targets.v1.slots import Pace

KEYS = (
    "api_requests",
    "storage_gb_hours",
    "a_key_that_is_much_longer_than_a_narrow_terminal_has_columns_for_it",
)
STEPS = [Step(n, Verb.CREATE, Ref.parse(f"meter/{key}"), None, "new") for n, key in enumerate(KEYS, 1)]


class Clock:
    """Seconds that pass when they are told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def view(clock: Clock) -> ApplyView:
    """The second step failed, the third is under way for two seconds; one of three answers was 429."""
    view = ApplyView("https://openmeter.example.com", STEPS, clock)
    for step, status in zip(STEPS, (Status.DONE, Status.FAILED), strict=False):
        view.note("begun", step=step.number, ref=str(step.ref))
        view.called(201, 20 * step.number)
        view.ended(Outcome(step, status))
    clock.now += 63
    view.note("begun", step=3, ref=str(STEPS[2].ref))
    view.note("sent", step=3, ref=str(STEPS[2].ref), path="/api/v1/meters")
    view.called(429, 340)
    clock.now += 2
    return view


BUSY = Pace(8, 1, 2.5)


def drawn(view: ApplyView, width: int, pace: Pace = BUSY, *, stopping: bool = False) -> list[str]:
    return [line.text for line in view.lines(width, pace, stopping=stopping)]


BARS = {60: "━" * 11 + "─" * 6, 80: "━" * 16 + "─" * 8, 120: "━" * 16 + "─" * 8}
LONG = {
    60: "  ▸ create meter/a_key_that_is_much_longer_than_a_na…  2.0 s",
    80: "  ▸ create meter/a_key_that_is_much_longer_than_a_narrow_terminal_has_co…  2.0 s",
    120: f"  ▸ create meter/{KEYS[2]}  2.0 s",
}


@pytest.mark.parametrize("width", [60, 80, 120])
def test_what_runs_how_far_it_is_and_how_the_server_answers(view: ApplyView, width: int) -> None:
    assert drawn(view, width) == [
        "Applying to https://openmeter.example.com",
        f"  {BARS[width]}  2/3 steps, 1 not as desired  1 min 05 s",
        LONG[width],
        "  ✗ create meter/storage_gb_hours: failed",
        "  3 calls, 8 at once; answers take 40 ms, at most 340 ms",
        "  too many requests (429): 1; 1 call waits 2.5 s",
    ]


@pytest.mark.parametrize("width", [1, 40, 60, 80, 120])
def test_no_line_is_wider_than_the_terminal(view: ApplyView, width: int) -> None:
    assert all(len(line) <= max(width, 40) for line in drawn(view, width, stopping=True))


def test_a_stop_says_what_comes_next(view: ApplyView) -> None:
    assert drawn(view, 60, stopping=True)[-2:] == [
        "stopping: finishing what is under way",
        "Ctrl-C once more leaves at once",
    ]


def test_leaving_at_once_tells_what_is_known_and_what_is_not(view: ApplyView) -> None:
    assert view.left() == (
        "left at once: 2 of 3 steps ended. 1 step under way may have taken effect. "
        "Run the same command again: it looks first, and continues."
    )


def test_a_later_look_changes_an_outcome_and_not_the_count(view: ApplyView) -> None:
    view.ended(Outcome(STEPS[0], Status.DIFFERENT))
    assert "2/3 steps, 2 not as desired" in drawn(view, 80)[1]


def test_nothing_waits_and_no_429_takes_no_line(clock: Clock) -> None:
    view = ApplyView("sandbox:", STEPS, clock)
    assert drawn(view, 60, Pace(4)) == [
        "Applying to sandbox:",
        f"  {'─' * 24}  0/3 steps  0.0 s",
        "  0 calls, 4 at once",
    ]


def test_a_hostile_url_turns_no_line(clock: Clock) -> None:
    assert drawn(ApplyView("sandbox:\x1b[2J\n", STEPS, clock), 60)[0] == "Applying to sandbox:\\u001b[2J\\n"


def test_reading_a_server_tells_how_many_calls_there_were(clock: Clock) -> None:
    view = ReadingView(clock)
    view.called()
    clock.now += 12
    assert [line.text for line in view.lines(60)] == ["Planning: 1 call to the server, 12 s"]
