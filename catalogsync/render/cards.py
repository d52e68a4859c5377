"""What a plan means in prices: a new object whole, by phases and cards, and each changed card before and after, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from catalogsync.core.changes import Change
from catalogsync.core.model import Ref
from catalogsync.core.plan import Plan
from catalogsync.money import words
from catalogsync.money.describe import Section, describe_addon, describe_plan
from catalogsync.openmeter.kinds import KINDS
from catalogsync.planner import transitions

Body = Mapping[str, Any]


class Reviewed:
    """The bodies of a plan's objects as they were read and as they end, found once. Works offline: a saved plan holds all of it."""

    def __init__(self, plan: Plan) -> None:
        try:
            self._ways = transitions.fold(plan)
        except (KeyError, ValueError):  # a plan that is blocked may hold steps that cannot be done
            self._ways = {}

    def before(self, ref: Ref) -> Body | None:
        """The active version as read; None where there is none."""
        return self._slot(ref, 0)

    def after(self, ref: Ref) -> Body | None:
        """What the object ends as: the published version, else the draft."""
        return self._slot(ref, -1)

    def _slot(self, ref: Ref, place: int) -> Body | None:
        way = self._ways.get(ref)
        state = way[place] if way else {}
        found: Any = state.get("draft") or state.get("active") if place else state.get("active")
        return found if isinstance(found, Mapping) else None

    def whole(self, change: Change) -> Section | None:
        """A new object that has prices, whole; None for any other change."""
        after = self.after(change.ref)
        if self.before(change.ref) is not None or after is None:
            return None
        if "phases" in after:
            return describe_plan(KINDS[change.ref.kind].manifest(after, change.ref.key))
        if "rateCards" in after:
            return describe_addon(KINDS[change.ref.kind].manifest(after, change.ref.key))
        return None

    def prices(self, change: Change) -> Iterator[str]:
        """A line for each rate card that charges otherwise, came or went: what it said and what it says."""
        before, after = self.before(change.ref), self.after(change.ref)
        if before is None or after is None:
            return
        old, new = dict(_cards(before)), dict(_cards(after))
        for place in [*old, *(place for place in new if place not in old)]:
            was, now = old.get(place), new.get(place)
            if was != now:
                yield f"{place}: {was or 'not there'} → {now or 'not there any more'}"


def _cards(body: Body) -> Iterator[tuple[str, str]]:
    currency = str(body.get("currency") or "")
    for key, phase in (body.get("phases") or {}).items():
        for name, card in phase["rateCards"].items():
            yield f"{name} in phase {key}", _said(name, card, currency)
    for name, card in (body.get("rateCards") or {}).items():
        yield name, _said(name, card, currency)


def _said(key: str, card: Body, currency: str) -> str:
    return "; ".join(words.sentences({"key": key, **card}, currency))
