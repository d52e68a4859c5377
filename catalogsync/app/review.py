"""What a plan means in money: each changed object's prices before and after, and what real customers would pay. Pure, and works offline."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from catalogsync.core.asked import NOTHING_ASKED, Asked
from catalogsync.core.canon import Body
from catalogsync.core.changes import Action, Change
from catalogsync.core.model import Ref
from catalogsync.core.plan import Plan, State
from catalogsync.money import NotRatedError
from catalogsync.money.compare import cadence_of, canonical_cadence
from catalogsync.money.compare_plans import CustomerCharge, PhaseComparison, charge_customers, compare_plans
from catalogsync.openmeter.kinds import KINDS, rate_cards
from catalogsync.planner import transitions


def covers(asked: Asked, *bodies: Body) -> bool:
    """Whether the usage asked about is that of the period in which plans or add-ons are billed."""
    return not asked.period or all(_rhythms(body) <= {asked.period} for body in bodies)


@dataclass(frozen=True, slots=True)
class PriceChange:
    """What an object with rate cards charges, before and after. An add-on is one phase with an empty key.

    `currencies`: the old and the new one. `customers`: the charges of the customers asked about, by phase. `refused`: why the prices
    cannot be compared, where one of them is none that OpenMeter takes; then nothing else is reported.
    """

    ref: Ref
    currencies: tuple[str, str]
    phases: tuple[PhaseComparison, ...] = ()
    customers: Mapping[str, tuple[CustomerCharge, ...]] = field(default_factory=dict)
    refused: str = ""

    @property
    def changed(self) -> tuple[PhaseComparison, ...]:
        """The phases that are there before and after and charge otherwise."""
        return tuple(phase for phase in self.phases if phase.changed)

    @property
    def rises(self) -> bool:
        """Whether somebody may pay more than before."""
        return any(card.comparison.rise is not None for phase in self.changed for card in phase.cards)


Bodies: TypeAlias = Mapping[Ref, tuple[Body | None, Body | None]]
"""Objects before and after, in normal form; None where there is none."""


class Review:
    """What changes mean in money, found once for every format. `bodies`: the objects of the changes."""

    def __init__(self, changes: Sequence[Change], bodies: Bodies, asked: Asked = NOTHING_ASKED) -> None:
        self.asked = asked
        self._bodies = bodies
        self._prices = {one.ref: one for change in changes for one in self._compared(change)}

    @classmethod
    def of(cls, plan: Plan, asked: Asked | None = None) -> Review:
        """Of a plan, which holds all of it: a saved one needs nothing else. `asked`: in place of what was asked for when it was made."""
        return cls(plan.changes, bodies_of(plan), plan.asked if asked is None else asked)

    def bodies(self, ref: Ref) -> tuple[Body | None, Body | None]:
        """Before and after, in normal form."""
        return self._bodies.get(ref, (None, None))

    def is_new(self, change: Change) -> bool:
        """Whether nobody can have used the object before: it is made, or its first draft is published."""
        before, after = self.bodies(change.ref)
        return after is not None and (before is None or (change.action is Action.PUBLISH and before == after))

    def manifests(self, ref: Ref) -> tuple[Body | None, Body | None]:
        """Both as a manifest writes them."""
        before, after = self.bodies(ref)
        manifest = KINDS[ref.kind].manifest
        return (
            None if before is None else manifest(before, ref.key),
            None if after is None else manifest(after, ref.key),
        )

    def price_change(self, ref: Ref) -> PriceChange | None:
        """None for an object that has no rate cards, that is new or that goes, and where no rate card changes."""
        return self._prices.get(ref)

    @property
    def price_changes(self) -> tuple[PriceChange, ...]:
        """Of all objects, in the plan's order."""
        return tuple(self._prices.values())

    @property
    def unused(self) -> tuple[str, ...]:
        """Features with a quantity for which no changed phase has a rate card: the figures say nothing about them."""
        asked = {*self.asked.at, *(feature for used in self.asked.customers.values() for feature in used)}
        return tuple(sorted(asked - set(self._features())))

    def charged(self, ref: Ref) -> tuple[str, ...]:
        """The features by whose usage an object charges, before or after."""
        cards = (card for body in self.manifests(ref) for _, card in rate_cards.placed(body or {}))
        found = {rate_cards.feature_of(c) for c in cards if c.get("type") == "usage_based"}
        return tuple(sorted(found))

    def _features(self) -> Iterator[str]:
        for one in self._prices.values():
            for body in self.manifests(one.ref):
                for _, card in rate_cards.placed(body or {}):
                    yield rate_cards.feature_of(card)

    def _compared(self, change: Change) -> Iterator[PriceChange]:
        if change.action is Action.IMPOSSIBLE:
            return
        old, new = self.bodies(change.ref)
        if old is None or new is None or all(old.get(name) == new.get(name) for name in _PRICED):
            return
        before, after = self.manifests(change.ref)
        assert before is not None and after is not None
        currencies = (str(before.get("currency") or ""), str(after.get("currency") or ""))
        try:
            phases = compare_plans(before, after, self.asked.at)
            used = self.asked.customers if covers(self.asked, before, after) else {}
            customers = {
                phase.key: charge_customers(before, after, phase.key, used)
                for phase in phases
                if phase.changed
            }
        except NotRatedError as refusal:
            yield PriceChange(change.ref, currencies, refused=refusal.message)
            return
        yield PriceChange(change.ref, currencies, phases, customers)


def _rhythms(body: Body) -> set[str]:
    """A plan's billing cadence; an add-on has those of what it charges by usage."""
    if body.get("billingCadence") is not None:
        return {canonical_cadence(body["billingCadence"])}
    return {cadence_of(card) for _, card in rate_cards.placed(body) if card.get("type") == "usage_based"}


def bodies_of(plan: Plan) -> Bodies:
    """The active version as it was read (the draft where there is no other), and what the object ends as: the draft where one is left."""
    try:
        ways = transitions.fold(plan)
    except (KeyError, ValueError):  # a plan that is blocked may hold steps that cannot be done
        return {}
    return {
        ref: (_first(way[0], "active", "draft"), _first(way[-1], "draft", "active"))
        for ref, way in ways.items()
    }


def _first(state: State, slot: str, other: str) -> Body | None:
    body = state.get(slot)
    return state.get(other) if body is None else body


_PRICED = ("currency", "billingCadence", "phases", "rateCards")
"""Members of a plan or an add-on that prices hang on."""
