"""Catalogs of two shapes, the same in every run: few big plans, and many small objects. Neither holds anything that lint warns of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

CARDS = 20
"""Rate cards of a big plan."""
_MOST_METERS = 900
"""The server's list of meters ends at a thousand; beyond this, features take their share."""
_TIERED = """\
      - type: usage_based
        key: f{n}
        name: Feature {n} of the product
        featureKey: f{n}
        billingCadence: P1M
        price:
          type: tiered
          mode: graduated
          tiers:
            - upToAmount: 1000
              flatPrice: {{type: flat, amount: 0}}
            - upToAmount: {limit}
              unitPrice: {{type: unit, amount: 0.0{n}}}
            - unitPrice: {{type: unit, amount: 0.00{n}}}
        entitlementTemplate:
          type: metered
          issueAfterReset: 1000
          isSoftLimit: true
          usagePeriod: P1M
"""
_FLAT = """\
      - type: flat_fee
        key: f{n}
        name: Feature {n}
        featureKey: f{n}
        billingCadence: P1M
        price: {{type: flat, amount: {amount}, paymentTerm: in_advance}}
        entitlementTemplate: {{type: boolean}}
"""
_HEAD = "kind: plan\nkey: p{n}\nname: Plan {n}\ncurrency: USD\nbillingCadence: P1M\nphases:\n  - key: default\n    name: Default\n    rateCards:\n"
_OFFER = "addons:\n  - addon: a{n}\n    fromPlanPhase: default\n"
_ADDON = """\
kind: addon
key: a{n}
name: Add-on {n}
currency: USD
instanceType: single
rateCards:
  - type: flat_fee
    key: extra{n}
    name: Extra {n}
    billingCadence: P1M
    price: {{type: flat, amount: 5, paymentTerm: in_advance}}
"""


def big(folder: Path, objects: int) -> None:
    """Plans of 20 rate cards, a file each, with the 20 meters and 20 features that they share."""
    plans = objects - 2 * CARDS
    _write(folder / "meters.yaml", (_meter(n) for n in range(CARDS)))
    _write(folder / "features.yaml", (_feature(n, CARDS) for n in range(CARDS)))
    for p in range(plans):
        cards = "".join(_TIERED.format(n=n, limit=10000 + p) for n in range(CARDS))
        _write(folder / "plans" / f"p{p}.yaml", [_HEAD.format(n=p) + cards])


def small(folder: Path, objects: int) -> None:
    """Of a hundred objects: 9 meters, 68 features, 20 plans of 5 rate cards and 3 add-ons; a hundred of a kind share a file."""
    plans, addons, meters = objects * 20 // 100, objects * 3 // 100, min(objects * 9 // 100, _MOST_METERS)
    features = objects - plans - addons - meters
    made: Mapping[str, tuple[int, Callable[[int], str]]] = {
        "meters": (meters, _meter),
        "features": (features, lambda n: _feature(n, meters)),
        "addons": (addons, lambda n: _ADDON.format(n=n)),
        "plans": (plans, lambda n: _small_plan(n, features, addons)),
    }
    for name, (count, make) in made.items():
        for first in range(0, count, 100):
            _write(folder / name / f"{first}.yaml", (make(n) for n in range(first, min(first + 100, count))))


def _small_plan(p: int, features: int, addons: int) -> str:
    sold = [(5 * p + n) % features for n in range(5)]
    cards = "".join(_FLAT.format(n=n, amount=1 + n % 90) for n in sold)
    return _HEAD.format(n=p) + cards + (_OFFER.format(n=p) if p < addons else "")


def _meter(n: int) -> str:
    return f"kind: meter\nslug: m{n}\naggregation: SUM\neventType: e{n}\nvalueProperty: $.v\n"


def _feature(n: int, meters: int) -> str:
    return f"kind: feature\nkey: f{n}\nname: Feature {n}\nmeterSlug: m{n % meters}\n"


def _write(path: Path, documents: Iterable[str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("---\n".join(documents), "utf-8")


SHAPES: Mapping[str, Callable[[Path, int], None]] = {"big": big, "small": small}
"""How a catalog of a shape is written to a folder, for a number of objects."""
