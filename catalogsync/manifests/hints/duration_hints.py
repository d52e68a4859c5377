"""What to write in place of what is not an ISO 8601 duration. Pure."""

from __future__ import annotations

import re

from catalogsync.manifests.hints import number_words
from catalogsync.openmeter import durations

_NUMBER = re.compile("[1-9][0-9]{0,3}")
_ABBREVIATED = re.compile("P?T?([1-9][0-9]{0,3}) ?([DWMY])", re.IGNORECASE)
_BARE = re.compile("PT?([1-9][0-9]{0,3})", re.IGNORECASE)
_HOURS = re.compile("P?T?([1-9][0-9]{0,3}) ?H", re.IGNORECASE)
_CLOCK = re.compile("([0-9]{1,3}):00(?::00)?")
_EVERY = {
    "biweekly": "P2W is every two weeks",
    "bi-weekly": "P2W is every two weeks",
    "fortnightly": "P2W is every two weeks",
    "half-yearly": "P6M is six months",
    "semiannual": "P6M is six months",
    "semi-annual": "P6M is six months",
    "semiannually": "P6M is six months",
}
_UNITS = {"D": "day", "W": "week", "M": "month", "Y": "year"}
FORMS = "`P…D` for days, `P…W` for weeks, `P…M` for months, `P…Y` for years"
"""How durations are written; the number is for the reader to say."""


def in_place_of(value: object) -> str:
    """The same in ISO 8601 where words say it; each that may be meant where a number has no unit or a unit of one letter."""
    text = str(value).strip()
    meant = durations.in_words(text)
    if meant:
        return f"write it as an ISO 8601 duration: {meant}"
    number, _, unit = text.lower().partition(" ")
    if counted := durations.in_words(f"{number_words.digits(number)} {unit}"):
        return f"write it as an ISO 8601 duration: {counted}"
    if text.lower() in _EVERY:
        return f"write an ISO 8601 duration: {_EVERY[text.lower()]}"
    if bare := _BARE.fullmatch(text):
        text = bare[1]
    if _NUMBER.fullmatch(text):
        return "write its unit too: " + ", ".join(_said(text, unit) for unit in "DWM")
    if short := _ABBREVIATED.fullmatch(text):
        return f"write an ISO 8601 duration: {_said(short[1], short[2].upper())}"
    if hours := _HOURS.fullmatch(text):
        return f"write an ISO 8601 duration: PT{hours[1]}H"
    if clock := _CLOCK.fullmatch(text):
        return f"write an ISO 8601 duration: PT{int(clock[1])}H"
    return f"write an ISO 8601 duration: {FORMS}"


def _said(number: str, unit: str) -> str:
    return f"P{number}{unit} is {number} {_UNITS[unit]}{'' if number == '1' else 's'}"


def too_short(text: str) -> str:
    """What to write in place of a duration of less than an hour: that of months where minutes stand, that without its sign."""
    if minutes := _MINUTES.fullmatch(text):
        number = minutes[1]
        return f"write P{number}M for {number} month{'' if number == '1' else 's'}: {text} is {number} {'minute' if number == '1' else 'minutes'}"
    if text.startswith("-"):
        return f"write `{text[1:]}` if the sign is a slip"
    return f"write an hour or more: {FORMS}"


_MINUTES = re.compile("PT([1-9][0-9]{0,3})M")
