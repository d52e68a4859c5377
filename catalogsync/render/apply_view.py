"""An apply while it lasts: what runs, how far it is, how fast the server answers. Knows no terminal; gives lines of at most a width."""

from __future__ import annotations

import statistics
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from catalogsync.core.canon import Json
from catalogsync.core.diagnostics import on_one_line
from catalogsync.core.plan import Step
from catalogsync.core.report import Outcome
from catalogsync.core.wording import counted
from catalogsync.render import plan_words

if TYPE_CHECKING:
    from catalogsync.targets.v1.slots import Pace

NARROWEST = 40
"""Columns that a line takes at least, on whatever terminal."""
_RECENT = 50
_BAR = 24
_STOPPING = ("stopping: finishing what is under way", "Ctrl-C once more leaves at once")


@dataclass(frozen=True, slots=True)
class Line:
    """Text, and how it may be painted: the words say the same without."""

    text: str
    style: str = ""


class ApplyView:
    """Takes in the events of a run (`note`, as a journal does), its outcomes (`ended`) and its calls (`called`), from any thread.

    `clock`: seconds that only grow.
    """

    def __init__(
        self, where: str, steps: Sequence[Step], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._where, self._clock, self._began = where, clock, clock()
        self._steps = {step.number: step for step in steps}
        self._running: dict[int, float] = {}
        self._ended: dict[int, Outcome] = {}
        self._last: Outcome | None = None
        self._calls = self._too_many = 0
        self._recent: deque[int] = deque(maxlen=_RECENT)
        self._lock = threading.RLock()  # a signal may come while its own thread is in here

    def note(self, event: str, **more: Json) -> None:
        """An event of the run: a step that begins is shown until its outcome comes."""
        number = more.get("step")
        if event == "begun" and isinstance(number, int):
            with self._lock:
                self._running[number] = self._clock()

    def ended(self, outcome: Outcome) -> None:
        """A step that ended, or one that a later look judged otherwise."""
        with self._lock:
            self._running.pop(outcome.step.number, None)
            self._ended[outcome.step.number] = self._last = outcome

    def called(self, status: int, milliseconds: int) -> None:
        """A request that was answered with a status, or not at all (0)."""
        with self._lock:
            self._calls += 1
            self._too_many += status == 429
            self._recent.append(milliseconds)

    def left(self) -> str:
        """What is said when the run is left at once."""
        with self._lock:
            done, running = len(self._ended), len(self._running)
        under_way = f" {counted(running, 'step')} under way may have taken effect." if running else ""
        return (
            f"left at once: {done} of {counted(len(self._steps), 'step')} ended.{under_way} "
            "Run the same command again: it looks first, and continues."
        )

    def lines(self, width: int, pace: Pace, *, stopping: bool = False) -> tuple[Line, ...]:
        """What is to be seen now, in lines of at most `width` columns (40 at least)."""
        width = max(width, NARROWEST)
        with self._lock:
            now = self._clock()
            found = [
                *self._head(now, width),
                *self._under_way(now, width),
                *self._before(),
                *self._server(pace),
            ]
        if stopping:
            found += [Line(one, "yellow") for one in _STOPPING]
        return tuple(Line(_cut(one.text, width), one.style) for one in found)

    def _head(self, now: float, width: int) -> Iterator[Line]:
        done, total = len(self._ended), len(self._steps)
        bad = sum(not one.status.is_good for one in self._ended.values())
        failed = f", {bad} not as desired" if bad else ""
        said = f"{done}/{counted(total, 'step')}{failed}  {_time(now - self._began)}"
        bar = min(_BAR, width - len(said) - 4)
        full = bar * done // total if total else bar
        yield Line(f"Applying to {on_one_line(self._where)}", "bold")
        yield Line(f"  {'━' * full}{'─' * (bar - full)}  {said}", "red" if bad else "green")

    def _under_way(self, now: float, width: int) -> Iterator[Line]:
        for number, began in self._running.items():
            spent = _time(now - began)
            step = _cut(on_one_line(str(self._steps[number])), width - len(spent) - 6)
            yield Line(f"  ▸ {step}  {spent}", "cyan")

    def _before(self) -> Iterator[Line]:
        if self._last is not None:
            mark = plan_words.MARKS[self._last.status]
            yield Line(
                f"  {mark} {on_one_line(str(self._last.step))}: {plan_words.status(self._last.status)}", "dim"
            )

    def _server(self, pace: Pace) -> Iterator[Line]:
        said = f"  {counted(self._calls, 'call')}, {pace.at_once} at once"
        if self._recent:
            said += (
                f"; answers take {statistics.median_high(self._recent)} ms, at most {max(self._recent)} ms"
            )
        yield Line(said, "dim")
        if self._too_many or pace.waiting:
            said = f"  too many requests (429): {self._too_many}"
            if pace.waiting:
                waits = "waits" if pace.waiting == 1 else "wait"
                said += f"; {counted(pace.waiting, 'call')} {waits} {_time(pace.seconds)}"
            yield Line(said, "yellow")


class ReadingView:
    """How far a server is read: nobody knows how many calls there will be. Takes in each, from any thread."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._began, self._calls = clock, clock(), 0
        self._lock = threading.Lock()

    def called(self) -> None:
        """A call ended."""
        with self._lock:
            self._calls += 1

    def lines(self, width: int) -> tuple[Line, ...]:
        """One line of at most `width` columns."""
        with self._lock:
            said = f"Planning: {counted(self._calls, 'call')} to the server, {_time(self._clock() - self._began)}"
        return (Line(_cut(said, max(width, NARROWEST)), "dim"),)


def _time(seconds: float) -> str:
    """`0.4 s`, `12 s`, `2 min 05 s`."""
    if seconds < 10:
        return f"{max(seconds, 0):.1f} s"
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes} min {rest:02} s" if minutes else f"{rest} s"


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 1]}…"
