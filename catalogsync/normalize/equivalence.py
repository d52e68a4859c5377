"""What cannot be compared is not compared: a live normal form seen from the expected one.

`align` changes the live side only where the server shows less, more or something else than what was sent, and only so far:
- tax codes: the server completes a Stripe code by its tax code id and the other way round (semantics-productcatalog §7 N11, N12);
- a meter's description can never be cleared (semantics-meters §1.4), so expecting none accepts any;
- a rule's reads leave disabled channels out (§2.4), so expected ones that are disabled count as present;
- references to secrets are not resolved here, so a value behind one counts as equal unless its digest is expected.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from catalogsync.core.model import Kind

Raw = Mapping[str, Any]

DIGEST = "sha256"
"""A secret value that was read stands in states as {"sha256": HEX}."""


def digest(value: str) -> dict[str, str]:
    """How a value that must not be shown stands in a state."""
    return {DIGEST: hashlib.sha256(value.encode()).hexdigest()}


def is_reference(value: Any) -> bool:
    """Whether a value of a manifest says where a secret is kept: {env: NAME} or {file: PATH}."""
    return isinstance(value, Mapping) and len(value) == 1 and ("env" in value or "file" in value)


def align(kind: Kind, expected: Raw, live: Raw, hidden: frozenset[str] = frozenset()) -> Raw:
    """`live` as far as it can be told from `expected`: equal to it when nothing that can be seen differs. Bodies, not states.

    `hidden`: the keys (or ids) of disabled channels, which rule reads leave out.
    """
    if expected == live:
        return live
    match kind:
        case Kind.METER:
            return _meter(expected, live)
        case Kind.ADDON:
            return {**live, "rateCards": _cards(expected["rateCards"], live["rateCards"])}
        case Kind.PLAN:
            return {**live, "phases": _phases(expected["phases"], live["phases"])}
        case Kind.CHANNEL:
            return _channel(expected, live)
        case Kind.RULE:
            return _rule(expected, live, hidden)
        case Kind.FEATURE:
            return live


def _meter(expected: Raw, live: Raw) -> Raw:
    if "description" in expected or "description" not in live:
        return live
    return {name: value for name, value in live.items() if name != "description"}


def _phases(expected: Raw, live: Raw) -> Raw:
    return {
        key: {**phase, "rateCards": _cards(expected[key]["rateCards"], phase["rateCards"])}
        if key in expected
        else phase
        for key, phase in live.items()
    }


def _cards(expected: Raw, live: Raw) -> Raw:
    return {key: _card(expected[key], card) if key in expected else card for key, card in live.items()}


def _card(expected: Raw, live: Raw) -> Raw:
    ours, theirs = expected.get("taxConfig"), live.get("taxConfig")
    if not ours or not theirs or ours == theirs:
        return live
    return {**live, "taxConfig": _tax(ours, theirs)}


def _tax(ours: Raw, theirs: Raw) -> Raw:
    """The id wins where the author gives one (the Stripe code is the server's then); else a Stripe code is completed by an id."""
    out = dict(theirs)
    if "taxCodeId" in ours:
        out.pop("stripe", None)
        if "stripe" in ours:
            out["stripe"] = ours["stripe"]
    elif "stripe" in ours:
        out.pop("taxCodeId", None)
    return out


def _channel(expected: Raw, live: Raw) -> Raw:
    out = dict(live)
    if "url" in live:
        out["url"] = _secret(expected.get("url"), live["url"])
    headers = expected.get("customHeaders")
    if headers and live.get("customHeaders"):
        out["customHeaders"] = {n: _secret(headers.get(n), v) for n, v in live["customHeaders"].items()}
    return out


def _secret(expected: Any, live: Any) -> Any:
    if is_reference(expected):
        return expected
    if isinstance(expected, Mapping) and DIGEST in expected and isinstance(live, str):
        return digest(live)
    return live


def _rule(expected: Raw, live: Raw, hidden: frozenset[str]) -> Raw:
    unseen = hidden.intersection(expected["channels"])
    return {**live, "channels": sorted({*live["channels"], *unseen})} if unseen else live
