"""Exact decimal arithmetic as the server's: sums and products are exact, a division is cut to 16 decimals, rounding is half away from zero.

Operators of `Decimal` round to the caller's context; money never goes through them, only through these functions.
"""

from __future__ import annotations

import decimal
from collections.abc import Iterable
from decimal import Decimal

_CONTEXT = decimal.Context(
    prec=200_000,
    rounding=decimal.ROUND_HALF_UP,
    Emin=decimal.MIN_EMIN,
    Emax=decimal.MAX_EMAX,
    traps=[decimal.InvalidOperation, decimal.DivisionByZero, decimal.Overflow],
)
"""ROUND_HALF_UP is half away from zero. More digits than any text that a request can hold."""

ZERO = Decimal(0)
ONE = Decimal(1)
HUNDRED = Decimal(100)
_TWO = Decimal(2)
_MINUS_ONE = Decimal(-1)
_QUOTIENT_DECIMALS = 16

add = _CONTEXT.add
subtract = _CONTEXT.subtract
multiply = _CONTEXT.multiply
divide = _CONTEXT.divide
"""For quotients that end: others run to 200,000 digits."""


def rounded(value: Decimal, decimals: int) -> Decimal:
    """The value at so many decimals, half away from zero."""
    return _CONTEXT.quantize(value, ONE.scaleb(-decimals))


def divided(value: Decimal, by: Decimal) -> Decimal:
    """The quotient at 16 decimals, half away from zero, as the server divides. `by` is not zero."""
    shifted = _CONTEXT.scaleb(value, _QUOTIENT_DECIMALS)
    whole, rest = _CONTEXT.divmod(shifted, by)
    if multiply(rest.copy_abs(), _TWO) >= by.copy_abs():
        whole = add(whole, ONE if (value < 0) == (by < 0) else _MINUS_ONE)
    return _CONTEXT.scaleb(whole, -_QUOTIENT_DECIMALS)


def percent_of(value: Decimal, percentage: Decimal) -> Decimal:
    """So many percent of the value, at 16 decimals."""
    return rounded(_CONTEXT.scaleb(multiply(value, percentage), -2), _QUOTIENT_DECIMALS)


def percent_left(value: Decimal, percentage: Decimal) -> Decimal:
    """What a discount of so many percent leaves, exact."""
    return _CONTEXT.scaleb(multiply(value, subtract(HUNDRED, percentage)), -2)


def floor(value: Decimal) -> Decimal:
    """The largest whole number that is not larger."""
    return value.to_integral_value(decimal.ROUND_FLOOR)


def remainder(value: Decimal, by: Decimal) -> Decimal:
    """What is left after whole parts of `by` are taken off, with the sign of `value`."""
    return _CONTEXT.remainder(value, by)


def total(values: Iterable[Decimal]) -> Decimal:
    """The exact sum."""
    result = ZERO
    for value in values:
        result = add(result, value)
    return result
