"""Planning takes as long as the catalog is big, whatever is planned: removals and renames of everything, too."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace

import pytest
from worlds import addon, card, feature, files, live, meter, offers, plan, planned

from catalogsync.core.model import Catalog, Lifecycle, Resource
from catalogsync.openmeter.kinds import KINDS

FEW, MANY = 30, 120
FASTER_THAN_SQUARED = 6.0
"""Four times the objects may take so many times the calls: four, and something for sorting. Each looking at each takes sixteen."""


def everything(count: int) -> list[Resource]:
    """Meters, the features of each, plans that sell one and offer an add-on."""
    found: list[Resource] = []
    for n in range(count):
        phases = [{"key": "main", "name": "Main", "rateCards": [card(f"f{n}")]}]
        found += [meter(f"m{n}"), feature(f"f{n}", meterSlug=f"m{n}"), addon(f"a{n}")]
        found += [plan(f"p{n}", phases=phases, addons=offers(f"a{n}"))]
    return found


def gone(item: Resource) -> Resource:
    spec = KINDS[item.ref.kind]
    return replace(
        item, lifecycle=Lifecycle.ARCHIVED if spec.archivable or spec.versioned else Lifecycle.DELETED
    )


def renamed(item: Resource) -> Resource:
    return replace(item, body={**item.body, "name": "Another"})


def reissued(item: Resource) -> Resource:
    return renamed(item) if KINDS[item.ref.kind].versioned else item


def calls(catalog: Catalog, count: int) -> int:
    """How many functions are called to plan a catalog against everything live."""
    state, number = live(*everything(count)), 0

    def counted(_frame: object, event: str, _arg: object) -> None:
        nonlocal number
        number += event in ("call", "c_call")

    sys.setprofile(counted)
    try:
        planned(catalog, state)
    finally:
        sys.setprofile(None)
    return number


@pytest.mark.parametrize("change", [gone, renamed, reissued], ids=lambda change: change.__name__)
def test_planning_grows_with_the_catalog_alone(change: Callable[[Resource], Resource]) -> None:
    few, many = (calls(files(*map(change, everything(count))), count) for count in (FEW, MANY))
    assert many < FASTER_THAN_SQUARED * few, (few, many)


def test_everything_is_removed_in_the_order_of_use() -> None:
    made = planned(files(*map(gone, everything(2))), live(*everything(2)))
    assert not made.blocked
    place = {str(step.ref): step.number for step in made.steps}
    for n in range(2):
        assert place[f"plan/p{n}"] < place[f"feature/f{n}"] < place[f"meter/m{n}"]
