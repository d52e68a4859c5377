"""What `catalogsync.yaml` says of fuses: limits beyond which a plan is not applied, each with a value that holds where nothing is said. No I/O."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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

    def effective(self) -> Mapping[str, Decimal | bool]:
        """Every fuse with the limit that holds: a number where it has one, else True; False where it is turned off."""
        return {name: self._effective(name) for name in DEFAULTS}

    def _effective(self, name: str) -> Decimal | bool:
        if not self.is_on(name):
            return False
        return True if isinstance(DEFAULTS[name], bool) else self.limit(name)

    def laxer(
        self, judged: Mapping[str, Decimal | bool]
    ) -> Iterator[tuple[str, Decimal | bool, Decimal | bool]]:
        """The fuses that would not have blown where these do, each with the limit that it was judged by and the one that holds here. One that
        was not judged at all counts as turned off.
        """
        for name, here in self.effective().items():
            there = judged.get(name, False)
            if here is not False and (there is False or (not isinstance(here, bool) and there > here)):
                yield name, there, here


def _limit(value: Json) -> Decimal | bool:
    return value if isinstance(value, bool) else Decimal(str(value))
