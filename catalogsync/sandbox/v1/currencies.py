"""The fiat currencies as v1 lists them."""

from __future__ import annotations

from catalogsync.sandbox.domain import currencies
from catalogsync.sandbox.domain.contract import Answer, Call, World


def list_all(world: World, call: Call) -> Answer:
    shown = [
        {"code": one.code, "name": one.name, "subunits": one.subunits, "symbol": one.symbol}
        for one in currencies.FIAT.values()
    ]
    return Answer(200, shown)
