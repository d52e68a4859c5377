"""Manifests that are gone: what is removed for them, what may be a new name of it, and what is said of both."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from worlds import (
    ARCHIVED,
    DELETED,
    DRAFT,
    addon,
    card,
    channel,
    feature,
    files,
    live,
    meter,
    plan,
    planned,
    rule,
    versions,
)

from catalogsync.core.diagnostics import Diagnostic, Severity
from catalogsync.core.model import Lifecycle, LiveState, Ref, Resource
from catalogsync.openmeter.kinds import FEATURE, METER, PLAN
from catalogsync.planner import prune, renames
from catalogsync.planner.renames import Rename

EVERY = [meter(), feature(), addon(), plan(), channel(), rule()]


def test_what_is_missing_is_what_lived_and_is_named_nowhere() -> None:
    base = files(
        meter(),
        feature(),
        replace(plan(), lifecycle=DRAFT),
        addon(lifecycle=ARCHIVED),
        channel(lifecycle=DELETED),
    )
    assert [str(ref) for ref in prune.missing(files(), base)] == ["meter/tokens", "feature/api", "plan/pro"]
    assert [str(ref) for ref in prune.missing(files(meter()), base)] == ["feature/api", "plan/pro"]
    theirs = files(replace(feature(), lifecycle=Lifecycle.EXTERNAL))
    assert [str(ref) for ref in prune.missing(theirs, base)] == ["meter/tokens", "plan/pro"]


def test_what_is_gone_is_archived_where_the_server_keeps_it_and_deleted_else() -> None:
    base = files(*EVERY)
    found = prune.gone(base, sorted(base.resources, reverse=True))
    assert [(str(one.ref), str(one.lifecycle), one.body) for one in found.resources] == [
        ("meter/tokens", "deleted", {"slug": "tokens", "name": "M"}),
        ("feature/api", "archived", {"key": "api", "name": "API"}),
        ("addon/pack", "archived", {"key": "pack", "name": "Pack"}),
        ("plan/pro", "archived", {"key": "pro", "name": "Pro"}),
        ("notification_channel/ops", "deleted", {"key": "ops", "name": "ops"}),
        ("notification_rule/billed", "deleted", {"key": "billed", "name": "billed"}),
    ]
    assert found.refs == frozenset(base.resources) and found.drafts == frozenset() and found.notes == ()


def test_drafts_are_told_apart_and_a_meter_needs_no_name() -> None:
    base = files(meter(name=None), plan(lifecycle=DRAFT), feature())
    note = Diagnostic("prune-elsewhere", Severity.NOTE, "x")
    found = prune.gone(base, [Ref(PLAN, "pro"), Ref(METER, "tokens")], (note,))
    assert found.drafts == {Ref(PLAN, "pro")} and found.notes == (note,)
    assert found.resources[0].body == {"slug": "tokens"}


def test_what_is_gone_stands_in_order_with_what_is_there() -> None:
    there = files(feature("z"), replace(feature("theirs"), lifecycle=Lifecycle.EXTERNAL))
    whole = prune.gone(files(*EVERY), [Ref(FEATURE, "api"), Ref(METER, "tokens")]).added_to(there)
    assert [str(ref) for ref in whole.resources] == ["meter/tokens", "feature/api", "feature/z"]
    assert list(map(str, whole.external)) == ["feature/theirs"]
    assert prune.NOTHING_GONE.added_to(there) is there and prune.NOTHING_GONE.refs == frozenset()


# Renames


def pairs(said: list[Resource], state: LiveState, *vanished: Resource) -> list[tuple[str, str]]:
    catalog = files(*said)
    found = renames.possible(planned(catalog, state), catalog, state, [one.ref for one in vanished])
    return [(one.old.key, one.new.key) for one in found]


OLD = feature("old", meterSlug="tokens", metadata={"a": "b"})


def full(key: str, **more: Any) -> Resource:
    """A plan of eight cards."""
    phases = [
        {"key": "main", "name": "Main", "rateCards": [card(f"c{n}", featureKey=None) for n in range(8)]}
    ]
    return plan(key, **{"phases": phases, **more})


@pytest.mark.parametrize(
    ("old", "new", "alike"),
    [
        (feature("old"), feature("new"), True),
        (feature("old"), feature("new", name="Else"), False),
        (feature("old", meterSlug="m"), feature("new", meterSlug="m", name="Else"), True),
        (feature("old", meterSlug="m"), feature("new", meterSlug="n"), False),
        (feature("old", meterSlug="m"), feature("new"), False),
        (meter("old"), meter("new"), True),
        (meter("old"), meter("new", aggregation="MAX"), True),
        (meter("old"), meter("new", aggregation="MAX", name="Else"), False),
        (meter("old"), meter("new", aggregation="MAX", eventType="u"), False),
        (
            meter("old", groupBy={"a": "$.a"}),
            meter("new", groupBy={"a": "$.a"}, aggregation="MAX", name="Else"),
            True,
        ),
        (meter("old", groupBy={"a": "$.a"}), meter("new", groupBy={"b": "$.a"}, aggregation="MAX"), True),
        (meter("old", description="D", metadata={"x": "y"}), meter("new", description="E"), True),
        (full("old"), full("new", name="Else"), True),
        (full("old"), full("new", name="Else", phases=[]), False),
        (channel("old", name="N"), channel("new", name="N"), True),
        (channel("old", name="N"), channel("new", name="N", url="https://b.example"), True),
        (channel("old"), channel("new", url="https://b.example"), False),
        (rule("old", channels=["a", "b"]), rule("new", channels=["a", "b"]), True),
        (rule("old", channels=["a", "b"]), rule("new", channels=["c"]), False),
    ],
)
def test_what_says_nearly_the_same_may_be_renamed(old: Resource, new: Resource, alike: bool) -> None:
    needed = [channel(key) for key in ("a", "b", "c", "ops")] if new.ref.kind == "notification_rule" else []
    state = live(old, *needed)
    assert pairs([new, *needed], state, old) == ([("old", "new")] if alike else [])


def test_each_is_renamed_at_most_once_and_to_what_is_most_alike() -> None:
    near, nearer = meter("b", aggregation="MAX"), meter("a")
    assert pairs([near, nearer], live(meter("old")), meter("old")) == [("old", "a")]
    later = [meter("a", aggregation="MAX"), meter("b")]
    assert pairs(later, live(meter("old")), meter("old")) == [("old", "b")]
    two = [meter("x"), meter("y", aggregation="MAX")]
    assert pairs([near, nearer], live(*two), *two) == [("x", "a"), ("y", "b")]
    assert pairs([meter("a"), meter("b")], live(meter("x"), meter("y")), meter("x"), meter("y")) == [
        ("x", "a"),
        ("y", "b"),
    ]


def test_only_what_is_new_and_only_what_was_live_is_looked_at() -> None:
    assert pairs([meter("new")], live(), meter("old")) == []
    assert pairs([meter("new")], live(meter("old")), feature("old")) == []
    assert pairs([meter("new", name="X")], live(meter("old"), meter("new")), meter("old")) == []
    assert pairs([feature("old2")], live(meter("old")), meter("old")) == []
    assert pairs([full("new")], live(versions(None, full("old"))), full("old")) == [("old", "new")]
    assert pairs([full("new")], live(versions(None, None, full("old"))), full("old")) == []
    both = live(versions(full("old"), full("old", phases=[])))
    assert pairs([full("new", name="Else")], both, full("old")) == [("old", "new")]


def test_what_is_said_of_a_possible_rename() -> None:
    catalog = files(feature("new"))
    pair = Rename(Ref(FEATURE, "old"), Ref(FEATURE, "new"))
    (stays,), (goes,) = (
        list(renames.findings([pair], catalog, frozenset(gone))) for gone in ([], [pair.old])
    )
    assert stays.summary == (
        "feature/new is new and says nearly what feature/old says,"
        " which stays live, and no file describes it: a rename?"
    )
    assert (
        goes.summary
        == "feature/new is new and says nearly what feature/old says, which is removed: a rename?"
    )
    assert (stays.code, stays.severity, stays.subject) == ("possible-rename", Severity.WARNING, "feature/new")
    assert stays.where is not None and stays.where.file == "begin"
    assert stays.detail.startswith(
        "The server knows no renames: it gets another feature. Entitlements and subscriptions"
    )
    assert stays.hint == "keep the key old if it is the same feature; else nothing is to be done"
