"""A quote for programs: the same lines and totals; amounts and quantities are decimal text."""

from __future__ import annotations

from catalogsync.app.quote import Quote, QuoteLine
from catalogsync.core.canon import JsonObject, decimal_text


def to_json(quote: Quote) -> JsonObject:
    """The bill of one period: its totals by billing cadence, its lines with what each was computed from, notes."""
    return {
        "plan": quote.plan,
        "phase": quote.phase,
        "currency": quote.currency,
        "billingCadence": quote.cadence,
        "total": decimal_text(quote.totals[0].total),
        "totals": [{"billingCadence": one.cadence, "total": decimal_text(one.total)} for one in quote.totals],
        "lines": [_line(line) for line in quote.lines],
        "notes": list(quote.notes),
    }


def _line(line: QuoteLine) -> JsonObject:
    return {
        "key": line.key,
        "name": line.name,
        "quantity": None if line.quantity is None else decimal_text(line.quantity),
        "price": line.price,
        "billingCadence": line.cadence,
        "charge": decimal_text(line.charge.total),
        "plan": line.plan,
        "addons": [{"addon": key, "quantity": count} for key, count in line.addons],
        "details": [
            {
                "role": one.role,
                "quantity": decimal_text(one.quantity),
                "perUnit": decimal_text(one.per_unit),
                "amount": decimal_text(one.amount),
                "discount": decimal_text(one.discount),
                "total": decimal_text(one.total),
            }
            for one in line.charge.lines
        ],
    }
