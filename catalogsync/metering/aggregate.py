"""The aggregations of the server's query, over values in the order in which they are given.

Recorded against the event store's engine (`tests/data/metering/aggregates.jsonl`). Sums are sums of doubles, so their last digits depend on
the order of addition: here the order of the events, which is the server's own where events are stored in one go in the order of the file.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod

_LANES, _BLOCK = 16, 65_409
"""A query without groupBy adds in sixteen lanes, block by block."""
_EXACT = 2**53


class Aggregate(ABC):
    """Takes the value of every matched event: its text, the number it is (None for none), its second."""

    @abstractmethod
    def add(self, text: str, number: float | None, second: int) -> None: ...

    @abstractmethod
    def value(self) -> float | None:
        """The answer; None where the server shows no row."""

    @property
    def exact(self) -> bool:
        """Whether the answer is the same in any order of the events."""
        return True


class Count(Aggregate):
    """All events."""

    def __init__(self) -> None:
        self._events = 0

    def add(self, text: str, number: float | None, second: int) -> None:
        self._events += 1

    def value(self) -> float:
        return float(self._events)


class UniqueCount(Aggregate):
    """Different texts. Null is none of them; nothing found is one: the empty text."""

    def __init__(self) -> None:
        self._texts: set[str] = set()

    def add(self, text: str, number: float | None, second: int) -> None:
        if text != "null":
            self._texts.add(text)

    def value(self) -> float:
        return float(len(self._texts))


class Extreme(Aggregate):
    """The smallest number, or the largest."""

    def __init__(self, *, largest: bool) -> None:
        self._largest = largest
        self._found: float | None = None

    def add(self, text: str, number: float | None, second: int) -> None:
        if number is None:
            return
        if self._found is None or (number > self._found if self._largest else number < self._found):
            self._found = number

    def value(self) -> float | None:
        return self._found


class Latest(Aggregate):
    """The number of the event with the last second; the first of several."""

    def __init__(self) -> None:
        self._found: float | None = None
        self._second = 0
        self._several = False

    def add(self, text: str, number: float | None, second: int) -> None:
        if number is None:
            return
        if self._found is None or second > self._second:
            self._found, self._second, self._several = number, second, False
        elif second == self._second and number != self._found:
            self._several = True

    def value(self) -> float | None:
        return self._found

    @property
    def exact(self) -> bool:
        """Whether one value alone carries the last second: of several the server may show any."""
        return not self._several


class Sum(Aggregate):
    """Numbers added one after the other, as in a query by groups. `mean` divides by how many there are."""

    def __init__(self, *, mean: bool) -> None:
        self._mean = mean
        self._numbers = 0
        self._size = 0.0
        self._grain = 1
        self._sum = 0.0

    def add(self, text: str, number: float | None, second: int) -> None:
        if number is not None:
            self._numbers += 1
            self._size += abs(number)
            self._grain = max(self._grain, number.as_integer_ratio()[1])
        self._take(number or 0.0)

    def _take(self, number: float) -> None:
        self._sum += number

    def _added(self) -> float:
        return self._sum

    def value(self) -> float | None:
        if not self._numbers:
            return None
        return self._added() / self._numbers if self._mean else self._added()

    @property
    def exact(self) -> bool:
        """Whether every number is a multiple of one power of two that no sum of them outgrows: then no addition rounds."""
        return self._size * self._grain < _EXACT if math.isfinite(self._size) else False


class LanedSum(Sum):
    """Numbers added as a query without groupBy does: whole rows of sixteen lane by lane, the rest one after the other.

    An event without a number takes its place in a row as 0.
    """

    def __init__(self, *, mean: bool) -> None:
        super().__init__(mean=mean)
        self._lanes = [0.0] * _LANES
        self._row: list[float] = []
        self._in_block = 0

    def _take(self, number: float) -> None:
        self._row.append(number)
        self._in_block += 1
        if len(self._row) == _LANES:
            self._lanes = [lane + one for lane, one in zip(self._lanes, self._row, strict=True)]
            self._row = []
        if self._in_block == _BLOCK:
            self._sum = self._added()
            self._lanes, self._row, self._in_block = [0.0] * _LANES, [], 0

    def _added(self) -> float:
        total, rest = self._sum, 0.0
        for lane in self._lanes:
            total += lane
        for one in self._row:
            rest += one
        return total + rest


def aggregate(aggregation: str, *, grouped: bool) -> Aggregate:
    """A fresh aggregate; `grouped` for one group of a query by groups."""
    match aggregation:
        case "COUNT":
            return Count()
        case "UNIQUE_COUNT":
            return UniqueCount()
        case "MIN" | "MAX":
            return Extreme(largest=aggregation == "MAX")
        case "LATEST":
            return Latest()
        case _:
            adder = Sum if grouped else LanedSum
            return adder(mean=aggregation == "AVG")
