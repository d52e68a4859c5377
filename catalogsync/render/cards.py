"""What a plan means in prices, in words: a new object whole, by phases and cards, and each changed card before and after."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from catalogsync.app.review import Review
from catalogsync.core.canon import Body
from catalogsync.core.changes import Change
from catalogsync.core.model import Ref
from catalogsync.money import words
from catalogsync.money.describe import Section, describe_addon, describe_plan
from catalogsync.openmeter.kinds import rate_cards

_NOWHERE = ("", "")


def whole(review: Review, change: Change) -> Section | None:
    """A new object that has prices, whole; None for any other change."""
    _, after = review.manifests(change.ref)
    if after is None or not review.is_new(change):
        return None
    if "phases" in after:
        return describe_plan(after)
    if "rateCards" in after:
        return describe_addon(after)
    return None


_LONG = 120


@dataclass(frozen=True, slots=True)
class Moved:
    """A rate card that charges or grants otherwise, came or went. `sides`: what it charges before and after, and what it grants, where they
    differ.
    """

    phase: str
    key: str
    sides: tuple[tuple[str, str], ...]
    came: str = ""

    def lines(self) -> tuple[str, ...]:
        """A line `old → new` for each; two where that would be long, one below the other, so that the eye finds in what they differ."""
        return tuple(line for side in self.sides for line in self._of(*side))

    def _of(self, was: str, now: str) -> Iterator[str]:
        if self.came or len(was) + len(now) < _LONG:
            yield f"{self.came}{was} → {now}"
        else:
            yield from (f"before: {was}", f"after:  {now}")


def changed(review: Review, ref: Ref) -> Iterator[Moved]:
    """Each changed rate card, new order first."""
    before, after = review.manifests(ref)
    if before is None or after is None:
        return
    old, new = dict(_cards(before)), dict(_cards(after))
    for place in [*new, *(place for place in old if place not in new)]:
        sides = list(zip(old.get(place, _NOWHERE), new.get(place, _NOWHERE), strict=True))
        moved = tuple((was or "nothing", now or "nothing") for was, now in sides if was != now)
        if moved:
            yield Moved(*place, moved, "new: " if place not in old else "gone: " if place not in new else "")


def placed(phase: str, key: str) -> str:
    """A rate card by its place; an add-on's stand in no phase."""
    return f"{key} in phase {phase}" if phase else key


def _cards(body: Body) -> Iterator[tuple[tuple[str, str], tuple[str, str]]]:
    """What each card charges and what it grants, by its place."""
    currency = str(body.get("currency") or "")
    for phase, card in rate_cards.placed(body):
        template = card.get("entitlementTemplate")
        granted = words.entitlement(template, card.get("billingCadence")) if template else ""
        yield (phase, card["key"]), (words.charge(card, currency), granted)
