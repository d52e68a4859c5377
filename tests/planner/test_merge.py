"""Both sides' changes taken together: what only one side changed is its value, what both changed is the live one."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogsync.planner.merge import three_way

TIERS = [{"to": "1", "price": "9"}, {"price": "5"}]
# last applied, the files, what is live; both changes together
CASES: dict[str, tuple[Any, Any, Any, Any]] = {
    "nobody": ({"a": 1}, {"a": 1}, {"a": 1}, {"a": 1}),
    "the files": ({"a": 1}, {"a": 2}, {"a": 1}, {"a": 2}),
    "the server": ({"a": 1}, {"a": 1}, {"a": 2}, {"a": 2}),
    "both, one value": ({"a": 1}, {"a": 2}, {"a": 3}, {"a": 3}),
    "both, to the same": ({"a": 1}, {"a": 2}, {"a": 2}, {"a": 2}),
    "both, two members": ({"a": 1, "b": 1}, {"a": 2, "b": 1}, {"a": 1, "b": 2}, {"a": 2, "b": 2}),
    "both, deep": ({"p": {"a": 1, "b": 1}}, {"p": {"a": 2, "b": 1}}, {"p": {"a": 1, "b": 2}}, {"p": {"a": 2, "b": 2}}),
    "the files add, the server adds": ({}, {"a": 1}, {"b": 2}, {"a": 1, "b": 2}),
    "both add one member": ({}, {"m": {"a": 1}}, {"m": {"b": 2}}, {"m": {"a": 1, "b": 2}}),
    "the files remove": ({"a": 1, "b": 1}, {"b": 1}, {"a": 1, "b": 2}, {"b": 2}),
    "the server removes": ({"a": 1, "b": 1}, {"a": 1, "b": 2}, {"b": 1}, {"b": 2}),
    "the files change what the server removes": ({"a": 1}, {"a": 2}, {}, {}),
    "the files remove what the server changes": ({"a": 1}, {}, {"a": 2}, {"a": 2}),
    "tiers, entry by entry": (
        {"t": TIERS}, {"t": [{"to": "1", "price": "8"}, {"price": "5"}]}, {"t": [{"to": "1", "price": "9"}, {"price": "4"}]},
        {"t": [{"to": "1", "price": "8"}, {"price": "4"}]},
    ),
    "tiers, one more on the server": (
        {"t": TIERS}, {"t": [{"to": "1", "price": "8"}, {"price": "5"}]}, {"t": [*TIERS, {"price": "1"}]}, {"t": [*TIERS, {"price": "1"}]},
    ),
    "one side of another form": ({"a": {"b": 1}}, {"a": {"b": 2}}, {"a": "text"}, {"a": "text"}),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_both_sides_together(name: str) -> None:
    base, files, live, merged = CASES[name]
    assert three_way(base, files, live) == merged


bodies = st.recursive(
    st.integers(0, 3), lambda inner: st.dictionaries(st.sampled_from("abc"), inner, max_size=3), max_leaves=6
).filter(lambda one: isinstance(one, dict))


@given(bodies, bodies, bodies)
def test_a_side_that_did_not_move_gives_the_other_and_a_second_merge_changes_nothing(
    base: Any, files: Any, live: Any
) -> None:
    assert three_way(base, base, live) == live
    assert three_way(base, files, base) == files
    assert three_way(base, files, files) == files
    merged = three_way(base, files, live)
    assert three_way(live, merged, live) == merged
