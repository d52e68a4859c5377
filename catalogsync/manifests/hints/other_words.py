"""What to write for members of other tools that have no one counterpart here: what they say stands elsewhere, in another shape. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from catalogsync.core.canon import Json
from catalogsync.manifests.hints.conversions import PATH, written
from catalogsync.manifests.hints.other_names import ELSEWHERE, plain_name
from catalogsync.manifests.hints.other_prices import FREE, MODELS
from catalogsync.manifests.hints.suggestions import fits_in_a_message

_OPEN = "…"
AGGREGATIONS = {
    "sum": "SUM", "sumagg": "SUM", "count": "COUNT", "countagg": "COUNT", "max": "MAX", "maxagg": "MAX", "latest": "LATEST", "last": "LATEST",
    "latestagg": "LATEST", "unique": "UNIQUE_COUNT", "uniquecountagg": "UNIQUE_COUNT", "countdistinct": "UNIQUE_COUNT", "min": "MIN",
    "avg": "AVG", "average": "AVG", "mean": "AVG",
}  # fmt: skip
"""What other tools call how a meter counts."""


@dataclass(frozen=True, slots=True)
class Member:
    """A member that is not known where it stands. `known`: the members that are; `beside`: the members that stand there; `document`: all of
    the manifest.
    """

    name: str
    value: Json
    known: Collection[str]
    beside: Collection[str]
    document: Mapping[str, Json]

    @property
    def shown(self) -> str:
        """Its value as it may be written elsewhere; "…" for more than fits."""
        is_plain = isinstance(self.value, str) or not isinstance(self.value, Mapping | list | bool | None)
        return written(self.value) if is_plain and fits_in_a_message(self.value) else _OPEN

    @property
    def cadence(self) -> str:
        """How often the whole is billed, as the document says it."""
        said = self.document.get("billingCadence")
        return written(said) if isinstance(said, str) and fits_in_a_message(said) else _OPEN


def words(member: Member) -> tuple[str, str]:
    """What to write in place of the member, and the known member that says it then ("" for none); ("", "") where nothing is known of it."""
    plain = plain_name(member.name)
    for names, anchor, said, says_it in _WORDS:
        if plain in names and anchor in member.known:
            if says_it and anchor in member.beside:
                return said_already(member.name, anchor), ""
            return said(member), anchor if says_it else ""
    if re.search("cents?$|minor(?:units?)?$", plain) and (whole := _whole(member)):
        return (
            f"write `{whole}: {_OPEN}`: an amount in whole units of the currency, not in its smallest",
            whole,
        )
    if other := next((one for one in ELSEWHERE.get(plain, ()) if one in member.beside), ""):
        return said_already(member.name, other) if other in member.known else "", ""
    return "", ""


def said_already(name: str, other: str) -> str:
    """What to do about a member that says what another one beside it is for."""
    return f"`{other}` beside it says that here: take `{name}` out"


def _whole(member: Member) -> str:
    """The amount that is meant by one in cents."""
    plain = re.sub("(?:in)?(?:cents?|minor(?:units?)?)$", "", plain_name(member.name))
    for other in ("minimumAmount", "maximumAmount", "flatPrice", "unitPrice", "amount"):
        if other in member.known and (plain == other.lower() or plain[:3] == other.lower()[:3]):
            return other
    return "amount" if "amount" in member.known and plain in ("price", "amount", "unitamount", "") else ""


def _fee(member: Member) -> str:
    card = f"{{type: flat_fee, key: fee, name: Fee, billingCadence: {member.cadence}, price: {{type: flat, amount: {_OPEN}}}}}"
    where = "the `rateCards` of a phase" if "phases" in member.known else "`rateCards`"
    return f"a fee is a rate card: write `{card}` in {where}, the amount in whole units of the currency"


def _phase(_: Member) -> str:
    return f"write rate cards in a phase: `phases: [{{key: default, name: Default, rateCards: [{_OPEN}]}}]`, with what stands here as `rateCards`"


def _trial(member: Member) -> str:
    days = member.shown if str(member.value).isdigit() else _OPEN
    return f"a trial is a phase of its own before the others: `{{key: trial, name: Trial, duration: P{days}D, rateCards: [{_OPEN}]}}`"


def _metric(member: Member) -> str:
    return f"write `featureKey: {_OPEN}`, the key of a feature whose meterSlug is the slug of the meter ({member.shown})"


def _free_units(member: Member) -> str:
    return f"units that are not charged are `discounts: {{usage: {{quantity: {member.shown}}}}}` of the rate card"


def _paid(member: Member) -> str:
    term = "in_arrears" if member.value is False else "in_advance"
    return f"write `paymentTerm: {term}` in a price of type flat; usage is always charged after it happened"


def _model(_: Member) -> str:
    return f"how a price counts is its type: `price: {{type: {_OPEN}}}` with one of flat, unit, tiered, package, dynamic"


def _event(member: Member) -> str:
    inner = member.value
    listed = inner.get("in_values") if isinstance(inner, Mapping) else inner
    if isinstance(listed, list) and len(listed) == 1 and isinstance(listed[0], str):
        return f"write `eventType: {written(listed[0])}`"
    return f"write `eventType: {member.shown}`"


def _path(member: Member) -> str:
    found = PATH.fullmatch(str(member.value)) if isinstance(member.value, str) else None
    return f"write `valueProperty: $.{found[1] if found else _OPEN}`"


def _aggregation(member: Member) -> str:
    said = AGGREGATIONS.get(plain_name(str(member.value)), _OPEN)
    return f"write `aggregation: {said}`"


def _group(member: Member) -> str:
    listed = member.value if isinstance(member.value, list) else [member.value]
    flat = [name for one in listed for name in (one if isinstance(one, list) else [one])]
    paths = [PATH.fullmatch(name) for name in flat if isinstance(name, str)]
    shown = {one[1].rpartition(".")[2]: f"$.{one[1]}" for one in paths if one}
    return f"write `groupBy: {written(shown)}`" if shown and len(written(shown)) < 100 else ""


_FEES = frozenset(
    "amount amountcents fee basefee price baseprice recurringfee monthlyfee flatfee setupfee".split()
)
_CHARGES = frozenset("charges prices items rates ratecards charge".split())
_TRIALS = frozenset("trial trialperiod trialdays trialperioddays triallength".split())
_METRICS = frozenset(
    "billablemetric billablemetricid billablemetriccode metric meter meterid meterslug".split()
)
_TERMS = frozenset("payinadvance billedinadvance prepaid inadvance upfront".split())
_PATHS = frozenset("fieldname aggregationkey aggregationfield valuefield field property".split())
_WORDS: tuple[tuple[Collection[str], str, Callable[[Member], str], bool], ...] = (
    (_FEES, "phases", _fee, False),
    (_FEES, "instanceType", _fee, False),
    (_CHARGES, "phases", _phase, True),
    (_TRIALS, "phases", _trial, False),
    (_METRICS, "featureKey", _metric, True),
    (FREE, "discounts", _free_units, False),
    (FREE, "amount", _free_units, False),
    (FREE, "tiers", _free_units, False),
    (_TERMS, "phases", _paid, False),
    (_TERMS, "rateCards", _paid, False),
    (_TERMS, "price", _paid, False),
    (MODELS, "price", _model, True),
    (frozenset(("eventtypefilter", "eventname", "event")), "eventType", _event, True),
    (_PATHS, "valueProperty", _path, True),
    (frozenset(("aggregationtype", "aggtype", "formula")), "aggregation", _aggregation, True),
    (frozenset(("groupkeys", "groupkey")), "groupBy", _group, True),
)  # fmt: skip
"""Names in plain form, a member that is known where they are meant so, the words, and whether it is that member which says the same."""
