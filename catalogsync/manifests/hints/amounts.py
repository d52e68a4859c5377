"""What an amount written as people write numbers can only mean. Pure.

The API takes digits with at most one decimal point. What else stands there is read only where every habit of the world reads it the
same: `49,00` is 49.00, and `1,234.50` is 1234.50 wherever it was written, but `1,234` is a thousand and more in one country and little
more than one in another. What is read in two ways is not read at all: no hint may name another amount than the one meant.
"""

from __future__ import annotations

import re
import unicodedata

from catalogsync.openmeter.currencies import FIAT, SIGNS

_DIGITS = re.compile(r"[0-9]+")
_BODY = re.compile(r"[0-9]+(?:[^0-9][0-9]+)*")
_BESIDE = re.compile(r"(?P<before>[^0-9]*)(?P<number>[0-9](?:.*[0-9])?)(?P<after>[^0-9]*)", re.DOTALL)
_DOUBTFUL = re.compile("([1-9][0-9]{0,2})([,'\u2019])([0-9]{3})")
"""Thousands, or three decimals."""
_APOSTROPHES = "'\u2019\u02bc\u2032\u00b4`"
_GROUP = 3
_UNSURE_TAIL = 4
"""From so many digits behind one comma on it is not said whether they are decimals or ten thousands."""


def plain_amount(text: str, *, currency: str = "", percent: bool = False) -> str:
    """The amount in plain digits, or "" where it can be meant otherwise.

    `currency` is the one in which the amount will be charged: its sign or code may stand beside the number, no other. `percent` allows a
    percent sign, where the field itself is a percentage.
    """
    match = _BESIDE.fullmatch(text.strip())
    if match is None or not text.strip():
        return ""
    beside = [part for part in (match["before"].strip(), match["after"].strip()) if part]
    if len(beside) > 1 or not all(_may_stand_beside(part, currency, percent) for part in beside):
        return ""
    return _number(match["number"])


def two_readings(text: str, *, currency: str = "") -> str:
    """What to write in place of a number whose only mark is read in two ways: each reading, with what it takes the mark for. "" for any
    other text. `currency` as in `plain_amount`.
    """
    match = _BESIDE.fullmatch(text.strip())
    found = _DOUBTFUL.fullmatch(match["number"]) if match else None
    if match is None or found is None:
        return ""
    beside = [part for part in (match["before"].strip(), match["after"].strip()) if part]
    if len(beside) > 1 or not all(_may_stand_beside(part, currency, False) for part in beside):
        return ""
    whole, mark, rest = found.groups()
    decimals = rest.rstrip("0")
    small = f"{whole}.{decimals}" if decimals else whole
    called = "comma" if mark == "," else "apostrophe"
    return f"write {whole}{rest} if the {called} parts thousands, {small} if it stands for the decimal point"


def _may_stand_beside(part: str, currency: str, percent: bool) -> bool:
    if percent:
        return part == "%"
    return bool(currency) and (part == currency in FIAT or currency in SIGNS.get(part, frozenset()))


def _number(text: str) -> str:
    """The digits of a number with separators; "" where these can be read in two ways."""
    if _DIGITS.fullmatch(text):
        return text
    if not _BODY.fullmatch(text):
        return ""
    marks = [_mark(mark) for mark in re.findall("[^0-9]", text)]
    groups = _DIGITS.findall(text)
    kinds = list(dict.fromkeys(marks))
    if "" in kinds or len(kinds) > 2:
        return ""
    if len(kinds) == 1:
        return _one_kind(kinds[0], groups)
    return _two_kinds(marks, groups)


def _mark(character: str) -> str:
    """What kind of separator a character is; "" for none."""
    if character in ",._":
        return character
    if character in _APOSTROPHES:
        return "'"
    return " " if unicodedata.category(character) == "Zs" else ""


def _one_kind(mark: str, groups: list[str]) -> str:
    whole, *rest = groups
    if mark in " _" or len(rest) > 1:
        return "".join(groups) if _are_groups(groups) else ""
    if mark == "'":  # groups in Switzerland, decimals in Spanish handwriting
        return ""
    if whole.strip("0") == "" or len(rest[0]) < _GROUP:
        return f"{whole}.{rest[0]}"
    return f"{whole}.{rest[0]}" if mark == "." and len(rest[0]) > _UNSURE_TAIL else ""


def _two_kinds(marks: list[str], groups: list[str]) -> str:
    """Groups parted by one mark, then a decimal mark: `1,234.50`, `1.234,50`, `1 234,50`, `1'234.50`."""
    *parting, decimal = marks
    if decimal not in ".," or decimal in parting or len(set(parting)) != 1:
        return ""
    return f"{''.join(groups[:-1])}.{groups[-1]}" if _are_groups(groups[:-1]) else ""


def _are_groups(groups: list[str]) -> bool:
    """Whether digits are parted in threes, or as in India in twos before the last three."""
    first, *rest = groups
    if not rest or len(rest[-1]) != _GROUP or first.startswith("0"):
        return False
    if len(first) <= _GROUP and all(len(group) == _GROUP for group in rest):
        return True
    return len(first) <= 2 and all(len(group) == 2 for group in rest[:-1])
