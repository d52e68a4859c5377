"""What `catalogsync.yaml` says of fuses: limits beyond which a plan is not applied, each with a value that holds where nothing is said. No I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from catalogsync.core.canon import Json, JsonObject

DEFAULTS: Mapping[str, int | bool] = {
    "fuse-price-move": 50,
    "fuse-price-zero": True,
    "fuse-currency-change": True,
    "fuse-entitlement-cut": True,
    "fuse-meter-remade": True,
    "fuse-meter-deleted": True,
    "fuse-feature-subscribed": True,
    "fuse-version-deleted": True,
    "fuse-removed-share": 50,
    "fuse-new-versions": 25,
    "fuse-customer-move": 50,
    "fuse-first-write": True,
}
"""The fuses by their codes; the file names each without `fuse-`. A limit in percent or a number of objects, or on. False turns one off."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits that hold for one environment."""

    said: Mapping[str, Decimal | bool] = field(default_factory=dict)

    @classmethod
    def of(cls, fuses: JsonObject) -> Limits:
        """The limits as the file gives them, which its schema has taken."""
        return cls({f"fuse-{name}": _limit(value) for name, value in fuses.items()})

    def is_on(self, name: str) -> bool:
        """Whether a fuse is to be looked at."""
        return self.said.get(name, DEFAULTS[name]) is not False

    def limit(self, name: str) -> Decimal:
        """The limit of a fuse that has one and is on."""
        said = self.said.get(name, DEFAULTS[name])
        return Decimal(DEFAULTS[name] if said is True else said)


def _limit(value: Json) -> Decimal | bool:
    return value if isinstance(value, bool) else Decimal(str(value))
