"""What `catalogsync.yaml` says of fuses: limits beyond which a plan is not applied, each with a value that holds where nothing is said. No I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from catalogsync.core.canon import Json, JsonObject

DEFAULTS: Mapping[str, int | bool] = {
    "price-move": 50,
    "price-zero": True,
    "currency-change": True,
    "entitlement-cut": True,
    "meter-remade": True,
    "meter-deleted": True,
    "feature-subscribed": True,
    "version-deleted": True,
    "removed-share": 50,
    "new-versions": 25,
    "customer-move": 50,
    "first-write": True,
}
"""The fuses by name (their codes begin with `fuse-`): a limit in percent or a number of objects, or on. False turns one off."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits that hold for one environment."""

    said: Mapping[str, Decimal | bool] = field(default_factory=dict)

    @classmethod
    def of(cls, fuses: JsonObject) -> Limits:
        """The limits as the file gives them, which its schema has taken."""
        return cls({name: _limit(value) for name, value in fuses.items() if name in DEFAULTS})

    def is_on(self, name: str) -> bool:
        """Whether a fuse is to be looked at."""
        return self.said.get(name, DEFAULTS[name]) is not False

    def limit(self, name: str) -> Decimal:
        """The limit of a fuse that has one and is on."""
        said = self.said.get(name, DEFAULTS[name])
        return Decimal(DEFAULTS[name] if said is True else said)


def _limit(value: Json) -> Decimal | bool:
    return value if isinstance(value, bool) else Decimal(str(value))
