"""Instants, calendar durations and recurrences as the server reckons them. Pure.

Months and years do not overflow (31 January + 1 month = 28 February), a recurrence counts whole intervals
from its anchor in either direction, and its period holds its start and not its end (recorded:
`impact_subscribe_by_key`, `impact_entitlements_by_hand`).
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

_DURATION = re.compile(
    r"(?P<sign>[+-])?P(?:(?P<years>[-+]?[\d.,]+)Y)?(?:(?P<months>[-+]?[\d.,]+)M)?(?:(?P<weeks>[-+]?[\d.,]+)W)?"
    r"(?:(?P<days>[-+]?[\d.,]+)D)?"
    r"(?:T(?:(?P<hours>[-+]?[\d.,]+)H)?(?:(?P<minutes>[-+]?[\d.,]+)M)?(?:(?P<seconds>[-+]?[\d.,]+)S)?)?"
)
_CYCLE = 400
_PARTS = ("years", "months", "weeks", "days", "hours", "minutes", "seconds")


def parse(text: str) -> datetime:
    """The instant an RFC 3339 text names, in UTC. Raises ValueError for anything else."""
    if "T" not in text.upper() or not re.search(r"(Z|[+-]\d\d:\d\d)$", text.upper()):
        raise ValueError(f"not an instant: {text!r}")
    return datetime.fromisoformat(text.upper()).astimezone(UTC)


def show(instant: datetime) -> str:
    """RFC 3339 in UTC with a `Z` and without trailing zeros of a second's fraction, as Go writes it."""
    instant = instant.astimezone(UTC)
    text = f"{instant.year:04d}-{instant:%m-%dT%H:%M:%S}"
    fraction = f".{instant.microsecond:06d}".rstrip("0").rstrip(".")
    return f"{text}{fraction}Z"


def canonical(text: str) -> str:
    """A sent instant as the server gives it back: in UTC, to the microsecond. Raises ValueError, and OverflowError for one outside the
    years 0 to 9999 in UTC.
    """
    if not text.startswith("0000"):
        return show(parse(text))
    instant = parse(f"{_CYCLE:04d}{text[4:]}")  # Python has no year 0; the calendar repeats every 400 years
    if instant.year < _CYCLE:
        raise OverflowError(f"before the year 0: {text}")
    return f"{instant.year - _CYCLE:04d}{show(instant)[4:]}"


def exists(text: str) -> bool:
    """Whether an RFC 3339 text names an instant at all; no leap second does, nor the 30th of February."""
    try:
        canonical(text)
    except OverflowError:
        return True
    except ValueError:
        return False
    return True


def go_text(instant: datetime) -> str:
    """An instant as Go prints it inside a message: `2026-01-02 03:04:05.5 +0000 UTC`."""
    return show(instant)[:-1].replace("T", " ") + " +0000 UTC"


def to_minute(instant: datetime) -> datetime:
    """The minute an instant lies in: what usage is measured in."""
    return instant.replace(second=0, microsecond=0)


@dataclass(frozen=True, slots=True)
class Duration:
    """A calendar duration. Fractions of anything but seconds carry no weight in reckoning, as with the
    server.
    """

    years: int = 0
    months: int = 0
    weeks: int = 0
    days: int = 0
    hours: int = 0
    minutes: int = 0
    seconds: Decimal = Decimal(0)

    @classmethod
    def of(cls, text: str) -> Duration:
        """Reads an ISO 8601 duration that was accepted before. Raises ValueError for other text."""
        match = _DURATION.fullmatch(text)
        if match is None:
            raise ValueError(f"not a duration: {text!r}")
        sign = -1 if match["sign"] == "-" else 1
        parts = {name: sign * Decimal((match[name] or "0").replace(",", ".")) for name in _PARTS}
        years, months, weeks, days, hours, minutes = (int(parts[name]) for name in _PARTS[:-1])
        return cls(years, months, weeks, days, hours, minutes, parts["seconds"])

    def __add__(self, other: Duration) -> Duration:
        return Duration(
            self.years + other.years,
            self.months + other.months,
            self.weeks + other.weeks,
            self.days + other.days,
            self.hours + other.hours,
            self.minutes + other.minutes,
            self.seconds + other.seconds,
        )

    def times(self, count: int) -> Duration:
        """The duration taken `count` times."""
        return Duration(
            self.years * count,
            self.months * count,
            self.weeks * count,
            self.days * count,
            self.hours * count,
            self.minutes * count,
            self.seconds * count,
        )

    def after(self, instant: datetime) -> datetime:
        """The instant this long after another: years and months first, cut to the month's last day."""
        moved = _add_months(_add_months(instant, self.years * 12), self.months)
        return moved + timedelta(
            days=self.weeks * 7 + self.days,
            hours=self.hours,
            minutes=self.minutes,
            microseconds=int(self.seconds * 1_000_000),
        )

    @property
    def rough_seconds(self) -> float:
        """About how long it is; good for a first guess only."""
        days = self.years * 365.2425 + self.months * 30.436875 + self.weeks * 7 + self.days
        return days * 86400 + self.hours * 3600 + self.minutes * 60 + float(self.seconds)


def _add_months(instant: datetime, months: int) -> datetime:
    year, month = divmod(instant.year * 12 + instant.month - 1 + months, 12)
    day = min(instant.day, calendar.monthrange(year, month + 1)[1])
    return instant.replace(year=year, month=month + 1, day=day)


def period_at(anchor: datetime, interval: Duration, at: datetime) -> tuple[datetime, datetime]:
    """The recurrence's period that holds an instant: from (inclusive) and to (exclusive)."""
    count = int((at - anchor).total_seconds() // interval.rough_seconds)
    while interval.times(count).after(anchor) > at:
        count -= 1
    while interval.times(count + 1).after(anchor) <= at:
        count += 1
    return interval.times(count).after(anchor), interval.times(count + 1).after(anchor)
