"""v3's unit cost of a feature, to and from v1's. v1 and v3 spell the members differently; `pricing` is not
emulated (recorded: `features_v3_patch_unit_cost`).
"""

from __future__ import annotations

from collections.abc import Mapping

from catalogsync.sandbox.domain.contract import Json, Row

_NAMES = {
    "type": "type",
    "amount": "amount",
    "provider_property": "providerProperty",
    "provider": "provider",
    "model_property": "modelProperty",
    "model": "model",
    "token_type_property": "tokenTypeProperty",
    "token_type": "tokenType",
}


def read_unit_cost(sent: Mapping[str, Json]) -> Row:
    """The unit cost in v1's spelling."""
    return {own: sent[name] for name, own in _NAMES.items() if sent.get(name) is not None}


def shown_unit_cost(stored: Mapping[str, Json]) -> Row:
    """The unit cost in v3's spelling; empty texts are left out."""
    return {name: stored[own] for name, own in _NAMES.items() if stored.get(own)}
