"""From which quantity on a customer pays more or less: the sign of the difference of two curves at every point, not sampled.

Where two charges are further apart than rounding and steps can move them, the lines decide. Where they are closer, every point is decided by
the charges themselves: by halves, for within a piece no charge falls.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from catalogsync.money.curves import Curve, Piece

_MOST_LOOKS = 20_000
"""Charges that are computed for one comparison before the rest is called `varies`."""
_MOST_RUNS = 50
"""Changes of direction between two lines that all but touch, beyond which they are one stretch that varies."""


class Direction(StrEnum):
    """How the new charge stands to the old one. `varies`: to and fro, by rounding or by the steps of packages."""

    MORE = "more"
    LESS = "less"
    SAME = "same"
    VARIES = "varies"


@dataclass(frozen=True, slots=True)
class Run:
    """Points from `first` to `last` (None: on and on) with one direction. `throughout` False: at some of them both charges are equal."""

    first: int
    last: int | None
    direction: Direction
    throughout: bool = True


class _Looks:
    """How many charges may still be computed."""

    def __init__(self) -> None:
        self.left = _MOST_LOOKS


def runs(old: Curve, new: Curve) -> tuple[Run, ...]:
    """The directions at all points from 0, neighbours of one direction joined."""
    found: list[Run] = []
    looks = _Looks()
    for first, last, before, after in joint(old, new):
        for run in _of_piece(_Pair(old, new, before, after, looks), first, last):
            _append(found, run)
    return tuple(found)


def joint(old: Curve, new: Curve) -> Iterator[tuple[int, int | None, Piece, Piece]]:
    """The stretches on which both curves are in one piece."""
    befores, afters = list(old.pieces), list(new.pieces)
    first = 0
    while befores and afters:
        before, after = befores[0], afters[0]
        lasts = [last for last in (before.last, after.last) if last is not None]
        last = min(lasts) if lasts else None
        if last is None or last >= first:
            yield first, last, before, after
        if last is None:
            return
        first = max(first, last + 1)
        if before.last == last:
            befores.pop(0)
        if after.last == last:
            afters.pop(0)


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two curves on a stretch where each is in one piece."""

    old: Curve
    new: Curve
    before: Piece
    after: Piece
    looks: _Looks

    @property
    def slope(self) -> Fraction:
        return self.after.slope - self.before.slope

    @property
    def level(self) -> Fraction:
        return self.after.level - self.before.level

    @property
    def error(self) -> Fraction:
        return self.after.error + self.before.error

    def direction(self, point: int) -> Direction:
        self.looks.left -= 2
        was, becomes = self.old.value(point), self.new.value(point)
        return Direction.SAME if was == becomes else Direction.MORE if becomes > was else Direction.LESS

    def between(self, first: int, last: int) -> Direction | None:
        """The direction at all these points, if the charges at both ends tell."""
        self.looks.left -= 4
        lows, highs = (
            (self.old.value(first), self.new.value(first)),
            (self.old.value(last), self.new.value(last)),
        )
        if lows[1] > highs[0]:
            return Direction.MORE
        if highs[1] < lows[0]:
            return Direction.LESS
        return self.direction(first) if lows == highs else None


def _sign(value: Fraction) -> Direction:
    return Direction.MORE if value > 0 else Direction.LESS


def _of_piece(pair: _Pair, first: int, last: int | None) -> Iterator[Run]:
    if pair.before.shape == pair.after.shape:
        yield Run(first, last, pair.direction(first))
        return
    slope, level, error = pair.slope, pair.level, pair.error
    if slope == 0:
        if abs(level) > error:
            yield Run(first, last, _sign(level))
        else:
            yield from _near(pair, first, last)
        return
    ends = sorted(((-error - level) / slope, (error - level) / slope))
    near_first, near_last = max(first, math.ceil(ends[0])), math.floor(ends[1])
    if last is not None:
        near_first, near_last = min(near_first, last + 1), min(near_last, last)
    if near_last < near_first:  # the lines do not meet here
        near_last = near_first - 1
    if first < near_first:
        yield Run(first, near_first - 1, _sign(-slope))
    yield from _near(pair, near_first, near_last)
    if last is None or near_last < last:
        yield Run(near_last + 1, last, _sign(slope))


def _near(pair: _Pair, first: int, last: int | None) -> Iterator[Run]:
    """The runs where both charges are close. Without an end, one period tells of all."""
    end = last if last is not None else first + math.lcm(pair.before.period, pair.after.period) - 1
    if end < first:
        return
    found: list[Run] = []
    for run in _halved(pair, first, end):
        _append(found, run)
    joined = _joined(found)
    if last is not None and len(joined) <= _MOST_RUNS:
        yield from joined
        return
    seen = {run.direction for run in joined}
    if len(seen - {Direction.SAME}) > 1 or Direction.VARIES in seen:
        yield Run(first, last, Direction.VARIES, throughout=False)
    else:
        direction = next(iter(seen - {Direction.SAME}), Direction.SAME)
        always = len(seen) == 1 and all(run.throughout for run in joined)
        yield Run(first, last, direction, throughout=always)


def _halved(pair: _Pair, first: int, last: int) -> Iterator[Run]:
    """The directions of finitely many points, exact while looks are left."""
    waiting = [(first, last)]
    while waiting:
        low, high = waiting.pop()
        if pair.looks.left <= 0:
            yield Run(low, high, Direction.VARIES, throughout=False)
            continue
        if low == high:
            yield Run(low, high, pair.direction(low))
            continue
        direction = pair.between(low, high)
        if direction is not None:
            yield Run(low, high, direction)
        else:
            middle = (low + high) // 2
            waiting += [(middle + 1, high), (low, middle)]


def _append(found: list[Run], run: Run) -> None:
    """Joins a run to the last one where both say the same."""
    if found and found[-1].direction == run.direction:
        throughout = found[-1].throughout and run.throughout
        found[-1] = Run(found[-1].first, run.last, run.direction, throughout)
    else:
        found.append(run)


def _joined(found: list[Run]) -> list[Run]:
    """Runs of the same charge between two runs of one direction belong to them: rounding makes them, no price does."""
    joined: list[Run] = []
    for run in found:
        _append(joined, run)
        if len(joined) > 2 and joined[-1].direction == joined[-3].direction != Direction.VARIES:
            before, same, after = joined[-3:]
            if same.direction is Direction.SAME:
                joined[-3:] = [Run(before.first, after.last, after.direction, throughout=False)]
    return joined
