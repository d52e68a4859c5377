"""Single values in normal form: decimals, instants, embedded JSON. Cached by text: a catalog repeats its values endlessly."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import TypeAlias

from catalogsync.core import canon
from catalogsync.core.canon import Json
from catalogsync.openmeter import durations

Amount: TypeAlias = str | int | Decimal
"""A Numeric as it is written: decimal text, or a number of a manifest."""


@lru_cache(maxsize=65536)
def _decimal_text(text: str) -> str:
    try:
        return canon.decimal_text(text)
    except ValueError:
        return text


@lru_cache(maxsize=65536)
def _number_text(value: int | Decimal | None) -> str:
    return _decimal_text(format(value, "f") if isinstance(value, Decimal) else str(value))


def decimal(value: Amount | None) -> str:
    """A Numeric as the server answers it (docs/server/readback.md#n1). What is not a plain decimal stays as it is: others report it."""
    if isinstance(value, str):
        return _decimal_text(value)
    return _number_text(value)


@lru_cache(maxsize=65536)
def as_number(text: str) -> Decimal:
    """The value behind decimal text, for sorting; what is not a number sorts last."""
    try:
        return Decimal(text)
    except ArithmeticError:
        return Decimal("Infinity")


@lru_cache(maxsize=4096)
def period(text: str) -> str:
    """A duration as the server answers it (N2); what is none stays as it is."""
    try:
        return durations.canonical(text)
    except ValueError:
        return text


@lru_cache(maxsize=4096)
def is_zero_period(text: str) -> bool:
    """Whether the duration is of no length: the server then takes the rate card's cadence instead (N5)."""
    return period(text) == "P0D"


@lru_cache(maxsize=4096)
def instant(text: str) -> str:
    """A point in time in UTC, cut to microseconds as Postgres keeps it (docs/server/meters.md#response)."""
    try:
        moment = datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        return text
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")


@lru_cache(maxsize=4096)
def _parsed(text: str) -> Json:
    try:
        value = canon.loads(text)
    except ValueError:
        return text
    return value if isinstance(value, Mapping | list) else text


def embedded(value: Json) -> Json:
    """A static entitlement's config: the JSON object or list that the text holds, else the text itself (N31)."""
    return _parsed(value) if isinstance(value, str) else value


def embedded_text(value: Json) -> str:
    """The text to send for a config: text goes character for character, an object as compact JSON."""
    return value if isinstance(value, str) else canon.dumps(value)
