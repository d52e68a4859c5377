"""The order in which files and live objects come means nothing: in every situation the plan is the same, to the byte."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import TypeVar

import pytest
from dependency_cases import DEPENDENCIES
from unversioned_cases import UNVERSIONED
from version_cases import VERSIONS
from worlds import Case, files, planned, told

from catalogsync.core.model import Catalog, LiveState

CASES: dict[str, Case] = {**UNVERSIONED, **VERSIONS, **DEPENDENCIES}
K, V = TypeVar("K"), TypeVar("V")


def shuffled(found: Mapping[K, V], dice: random.Random) -> dict[K, V]:
    items = list(found.items())
    dice.shuffle(items)
    return dict(items)


@pytest.mark.parametrize("name", CASES)
def test_any_order_is_the_same_plan(name: str) -> None:
    state, resources, options = CASES[name]
    catalog = files(*resources)
    expected = planned(catalog, state, options)
    assert {one.ref for one in (*expected.changes, *expected.steps)} <= catalog.resources.keys()
    for seed in (1, 2):
        dice = random.Random(seed)
        other = Catalog(shuffled(catalog.resources, dice), shuffled(catalog.external, dice))
        read = LiveState(shuffled(state.groups, dice), state.unmatched[::-1])
        made = planned(other, read, options)
        assert made == expected and told(made) == told(expected)
