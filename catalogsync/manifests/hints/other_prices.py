"""A price in the words of Lago, Orb, Metronome or Chargebee, as a manifest says it. Pure.

Lago and Orb count amounts in whole units of the currency, as a manifest does; Metronome and Chargebee in its smallest unit, so that their
amounts are a `…`: which of them wrote it is not certain, and no amount is made up. Sources: https://getlago.com/docs/api-reference/plans/object,
https://docs.withorb.com/api-reference/price/create-price, https://docs.metronome.com/api-reference, https://apidocs.chargebee.com/docs/api/item_prices
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from catalogsync.core.canon import Json, JsonObject
from catalogsync.manifests.hints.conversions import written
from catalogsync.manifests.hints.other_names import plain_name

MODELS = frozenset("chargemodel pricingmodel modeltype ratetype pricemodel".split())
"""What other tools call a member that says how a price counts."""
FREE = frozenset("freeunits freequantity includedunits includedquantity unitsincluded".split())
"""What they call units that are not charged."""
_OF_MODEL: Mapping[str, JsonObject] = {
    "standard": {"type": "unit"}, "perunit": {"type": "unit"}, "unit": {"type": "unit"}, "flat": {"type": "unit"},
    "flatfee": {"type": "flat"}, "package": {"type": "package"},
    "graduated": {"type": "tiered", "mode": "graduated"}, "tiered": {"type": "tiered", "mode": "graduated"},
    "volume": {"type": "tiered", "mode": "volume"}, "bulk": {"type": "tiered", "mode": "volume"},
    "stairstep": {"type": "tiered", "mode": "volume"},
}  # fmt: skip
_OF_MEMBER = {
    "graduatedranges": "graduated", "volumeranges": "volume", "unitconfig": "unit", "packageconfig": "package", "tieredconfig": "tiered",
    "bulkconfig": "bulk",
}  # fmt: skip
"""Members that say the model by being there."""
_AROUND = frozenset("properties unitconfig packageconfig tieredconfig bulkconfig".split())
"""Members that hold others which say the price."""
_SIZES = ("packagesize", "divideby")
_WHOLE = ("amount", "unitamount", "perunitamount", "packageamount")
"""Amounts in whole units of the currency."""
_SMALL = ("price", "amountcents", "unitprice")
_TIERS = ("tiers", "graduatedranges", "volumeranges")
_UPPER = ("tovalue", "lastunit", "maximumunits", "endingunit", "uptoamount")
_OPEN = "…"
_NUMBER = re.compile(r"[0-9]{1,25}(?:\.[0-9]{1,25})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class OtherPrice:
    """The members that say a price otherwise, as they are written, and what they are here: `price`, and `discounts` for free units."""

    names: tuple[str, ...]
    price: JsonObject
    free: Json = None

    @property
    def is_whole(self) -> bool:
        """Whether nothing is left open."""
        return _OPEN not in written(self.price)

    @property
    def text(self) -> str:
        """What to write."""
        free = (
            f" and `discounts: {{usage: {{quantity: {written(self.free)}}}}}`"
            if self.free is not None
            else ""
        )
        price = written(self.price).replace(written(_OPEN), _OPEN)
        return f"`price: {price}`{free}"


def of_card(members: Mapping[str, Json], known: Iterable[str]) -> OtherPrice | None:
    """The price of a rate card; None where it is said in the words of a manifest, or in none that are known."""
    names = {plain_name(name): name for name in members if name not in known}
    price = members.get("price")
    if isinstance(price, Mapping) and "type" in price:
        return None
    said = {plain_name(name): value for name, value in price.items()} if isinstance(price, Mapping) else {}
    said |= {plain: members[name] for plain, name in names.items()}
    if "price" not in said and not isinstance(price, Mapping | None):
        said["price"] = price
    for around in _AROUND & said.keys():
        inner = said[around]
        if isinstance(inner, Mapping):
            said |= {plain_name(name): value for name, value in inner.items()}
    model = _model(said)
    made = None if model is None else _price(said, model)
    if made is None:
        return None
    belonging = MODELS | FREE | _AROUND | {*_OF_MEMBER, *_SIZES, *_WHOLE, *_SMALL, *_TIERS}
    used = [name for plain, name in names.items() if plain in belonging]
    used += ["price"] if price is not None else []
    return OtherPrice(tuple(used), made, _free(said))


def _model(said: Mapping[str, Json]) -> JsonObject | None:
    for name in MODELS & said.keys():
        return _OF_MODEL.get(plain_name(str(said[name])))
    return next((_OF_MODEL[model] for name, model in _OF_MEMBER.items() if name in said), None)


def _free(said: Mapping[str, Json]) -> Json:
    return next((_number(said[name]) for name in sorted(FREE) if name in said), None) or None


def _price(said: Mapping[str, Json], model: JsonObject) -> JsonObject | None:
    if model["type"] == "tiered":
        listed = next((said[name] for name in _TIERS if isinstance(said.get(name), list)), None)
        tiers = _tiers(listed) if isinstance(listed, list) else [_OPEN]
        return {**model, "tiers": tiers}
    amount = _amount(said, _WHOLE) or _OPEN
    if model["type"] == "package":
        size = next((_number(said[name]) for name in _SIZES if name in said), None)
        return {**model, "amount": amount, "quantityPerPackage": size or _OPEN}
    return {**model, "amount": amount}


def _tiers(listed: Sequence[Json]) -> list[Json]:
    tiers: list[Json] = []
    below: int | Decimal | None = 0
    for one in listed:
        said = (
            {plain_name(str(name)): value for name, value in one.items()} if isinstance(one, Mapping) else {}
        )
        size = _number(said.get("size"))
        upper = next((_number(said[name]) for name in _UPPER if said.get(name) is not None), None)
        if isinstance(size, int | Decimal) and isinstance(
            below, int | Decimal
        ):  # how many units, not up to which
            upper = below = below + size
        flat = _amount(said, ("flatamount", "flatfee"))
        unit = _amount(said, ("perunitamount", "unitamount"))
        bound: dict[str, Json] = {"upToAmount": upper} if upper is not None else {}
        fixed: dict[str, Json] = {"flatPrice": flat} if flat is not None and flat != 0 else {}
        each: dict[str, Json] = (
            {} if unit is None and fixed else {"unitPrice": _OPEN if unit is None else unit}
        )
        tiers.append({**bound, **fixed, **each})
    return tiers


def _amount(said: Mapping[str, Json], names: Iterable[str]) -> Json:
    return next((number for name in names if (number := _number(said.get(name))) is not None), None)


def _number(value: Json) -> int | Decimal | None:
    """A number as it is written, in quotes or without; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal | str):
        return None
    text = str(value)
    if not _NUMBER.fullmatch(text):
        return None
    return int(text) if text.isdigit() else Decimal(text)
