"""What was asked of changed prices as a saved plan holds it: quantities as decimal text, features and customers in the order they were given."""

from __future__ import annotations

from decimal import Decimal

from catalogsync.core.asked import Asked
from catalogsync.core.canon import JsonObject
from catalogsync.store.saved_plan import SavedAsked


def to_json(asked: Asked) -> JsonObject:
    """All of it."""
    return {
        "at": [
            {"feature": feature, "quantities": [format(one, "f") for one in quantities]}
            for feature, quantities in asked.at.items()
        ],
        "customers": [
            {
                "customer": customer,
                "usage": [{"feature": name, "quantity": format(one, "f")} for name, one in used.items()],
            }
            for customer, used in asked.customers.items()
        ],
        "source": asked.source,
        "period": asked.period,
    }


def from_json(said: SavedAsked) -> Asked:
    """What `to_json` wrote. Raises KeyError, TypeError or ValueError on anything else."""
    return Asked(
        {one["feature"]: tuple(map(_number, one["quantities"])) for one in said["at"]},
        {
            one["customer"]: {used["feature"]: _number(used["quantity"]) for used in one["usage"]}
            for one in said["customers"]
        },
        said["source"],
        said["period"],
    )


def _number(text: str) -> Decimal:
    try:
        return Decimal(text)
    except ArithmeticError:
        raise ValueError(f"not a quantity: {text!r}") from None
