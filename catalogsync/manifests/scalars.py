"""What a plain (unquoted) scalar means, and which ones mean different things to different YAML readers. Pure.

Only what every reader agrees on is taken: null, true and false, plain whole numbers and plain decimals, and
text. What YAML 1.1 and 1.2 (or PyYAML and Go) read differently is a trap: an error that says what to write
for each meaning.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from catalogsync.manifests.hints.amounts import plain_amount

LONGEST_NUMBER = 400

NULLS = frozenset({"", "~", "null", "Null", "NULL"})
BOOLEANS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}

_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")
_TELLING = frozenset(["", *"0123456789+-.~nNtTfFyYoO"])
"""How a scalar that may be more than text starts."""
_NUMERIC = frozenset("0123456789+-.")
"""How every trap starts that is not a word for true or false."""
_LONGEST_WORD = len("false")
_WORDS = frozenset({"yes", "no", "on", "off"})
"""The other traps, with their letters folded."""

Plain = None | bool | int | Decimal | str
"""What a plain scalar can be."""


@dataclass(frozen=True, slots=True)
class Trap:
    """A scalar that is read differently elsewhere: the diagnostic's code and words; the scalar, and the number, true or false that it may be
    ("" for none).
    """

    code: str
    summary: str
    hint: str
    text: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class _Rule:
    code: str
    pattern: re.Pattern[str]
    why: str
    number: Callable[[str], str]


def _unsure(text: str) -> str:
    return ""


def _without_underscores(text: str) -> str:
    return plain_amount(text.lstrip("+"))


def _without_zeros(text: str) -> str:
    sign = "-" if text.startswith("-") else ""
    digits = text.lstrip("+-").replace("_", "")
    whole, point, fraction = digits.partition(".")
    return f"{sign}{whole.lstrip('0') or '0'}{point}{fraction}"


def _by_radix(text: str) -> str:
    try:
        return str(int(text.replace("_", ""), 0))
    except ValueError:
        return ""


def _written_out(text: str) -> str:
    exponent = re.split("[eE]", text)[1]
    return format(Decimal(text), "f") if abs(int(exponent)) <= LONGEST_NUMBER else ""


def _with_zero(text: str) -> str:
    sign = "-" if text.startswith("-") else ""
    whole, _, fraction = text.lstrip("+-").partition(".")
    return sign + (f"{whole or '0'}.{fraction}" if fraction else whole)


_RULES = (
    _Rule(
        "yaml-boolean-word",
        re.compile("|".join(sorted(_WORDS)), re.IGNORECASE),
        "true or false to some YAML readers, text to others",
        lambda text: "true" if text.lower() in ("yes", "on") else "false",
    ),
    _Rule(
        "yaml-leading-zero",
        re.compile(r"[-+]?0[0-9_]+(?:\.[0-9_]*)?"),
        "an octal number to some YAML readers, a decimal one to others",
        _without_zeros,
    ),
    _Rule(
        "yaml-radix",
        re.compile(r"[-+]?0[xXoObB][0-9a-fA-F_]+"),
        "a number of another base to some YAML readers, text to others",
        _by_radix,
    ),
    _Rule(
        "yaml-underscore",
        re.compile(r"[-+]?[0-9][0-9_]*_[0-9_]*(?:\.[0-9_]*)?"),
        "a number to some YAML readers, text to others",
        _without_underscores,
    ),
    _Rule(
        "yaml-sexagesimal",
        re.compile(r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?"),
        "a number of base 60 to some YAML readers, text to others",
        _unsure,
    ),
    _Rule(
        "yaml-date",
        re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:(?:[Tt]|[ \t]+)[0-9]{1,2}:[0-9]{2}.*)?"),
        "a date to some YAML readers, text to others",
        _unsure,
    ),
    _Rule(
        "yaml-exponent",
        re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)[eE][-+]?[0-9]{1,9}"),
        "a number to some YAML readers, text to others",
        _written_out,
    ),
    _Rule(
        "yaml-bare-point",
        re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+\.)"),
        "a number to some YAML readers, text to others",
        _with_zero,
    ),
    _Rule(
        "yaml-infinity",
        re.compile(r"[-+]?\.inf|\.nan", re.IGNORECASE),
        "no number that a catalog can hold",
        _unsure,
    ),
    _Rule(
        "yaml-plus-sign",
        re.compile(r"\+[0-9]+(?:\.[0-9]+)?"),
        "a number to some YAML readers, text to others",
        lambda text: text.lstrip("+"),
    ),
)

CODES = frozenset(rule.code for rule in _RULES)
"""Codes of what is read differently elsewhere."""


def plain(text: str) -> Plain | Trap:
    """What a plain scalar is: null, a boolean, a number with its digits, text, or a trap."""
    first = text[:1]
    if first not in _TELLING or (len(text) > _LONGEST_WORD and first not in _NUMERIC):
        return text
    if text in NULLS:
        return None
    if text in BOOLEANS:
        return BOOLEANS[text]
    if _NUMBER.fullmatch(text):
        if len(text) > LONGEST_NUMBER:
            summary = f"a number of {len(text)} characters"
            return Trap("yaml-long-number", summary, "no price needs that many digits", "")
        return Decimal(text) if "." in text else int(text)
    return _trapped(text) or text


def _trapped(text: str) -> Trap | None:
    if len(text) > LONGEST_NUMBER or (text[0] not in _NUMERIC and text.casefold() not in _WORDS):
        return None
    for rule in _RULES:
        if rule.pattern.fullmatch(text):
            number = rule.number(text)
            hint = f'write "{text}" for the text' + (f", {number} for the value" if number else "")
            return Trap(rule.code, f"`{text}` is {rule.why}", hint, text, number)
    return None
