"""Instants and ids: each later and greater than the one before, from the system or from a seed."""

from __future__ import annotations

import functools
import os
import random
import time
from datetime import UTC, datetime, timedelta

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SEEDED_START = datetime(2026, 1, 1, tzinfo=UTC)


class SystemClock:
    """The system's time, moved on by a microsecond where two calls fall together."""

    def __init__(self) -> None:
        self._last = 0

    def now(self) -> str:
        self._last = max(self._last + 1, time.time_ns() // 1000)
        return _text(_EPOCH + timedelta(microseconds=self._last))

    def start_after(self, instant: datetime) -> None:
        """No instant up to this one is handed out any more."""
        self._last = max(self._last, (instant - _EPOCH) // timedelta(microseconds=1))


class SeededClock:
    """A clock that starts at a fixed instant and moves on by a millisecond at each look."""

    def __init__(self) -> None:
        self._now = SEEDED_START

    def now(self) -> str:
        self._now += timedelta(microseconds=1001)
        return _text(self._now)

    def start_after(self, instant: datetime) -> None:
        """No instant up to this one is handed out any more."""
        self._now = max(self._now, instant)


def _text(instant: datetime) -> str:
    """RFC 3339 in UTC; trailing zeros of the fraction are cut, as Go does."""
    fraction = f".{instant.microsecond:06d}".rstrip("0").rstrip(".")
    return f"{instant:%Y-%m-%dT%H:%M:%S}{fraction}Z"


class Ulids:
    """Ascending ULIDs; with a seed the same ones in every run."""

    def __init__(self, seed: int | None = None) -> None:
        self._random = None if seed is None else random.Random(seed)
        self._last = 0

    def new(self) -> str:
        milliseconds = int(SEEDED_START.timestamp() * 1000) if self._random else time.time_ns() // 1_000_000
        fresh = (milliseconds << 80) | int.from_bytes(self.token(10), "big")
        self._last = max(self._last + 1, fresh) if self._random is None or not self._last else self._last + 1
        return "".join(_ALPHABET[(self._last >> (5 * n)) & 31] for n in range(25, -1, -1))

    def start_after(self, id_: str) -> None:
        """No id up to this one is handed out any more."""
        self._last = max(self._last, functools.reduce(lambda n, c: n * 32 + _ALPHABET.index(c), id_, 0))

    def token(self, size: int) -> bytes:
        return self._random.randbytes(size) if self._random else os.urandom(size)
