"""Who moved, object by object: what the files say, what was last applied, and what is live; and what is said of live objects without a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from worlds import ARCHIVED, DRAFT, feature, files, live, meter, plan, planned, versions

from catalogsync.core.model import LiveState, Ref, Resource
from catalogsync.openmeter.kinds import FEATURE, METER
from catalogsync.planner import drift, kept
from catalogsync.planner.drift import Base, Drift, MovedField, Standing

OLD, NEW, THEIRS, FIXED = meter(), meter(name="New"), meter(name="Theirs"), meter(aggregation="MAX")
TOKENS, API = Ref(METER, "tokens"), Ref(FEATURE, "api")


def compared(said: Sequence[Resource], state: LiveState, applied: Sequence[Resource] | None) -> Drift:
    catalog = files(*said)
    base = None if applied is None else Base(files(*applied), planned(files(*applied), state))
    return drift.compare(catalog, planned(catalog, state), state, base)


def field_told(one: MovedField, standing: Standing) -> str:
    words = f"{one.change.path}: {one.change.before} -> {one.change.after}"
    return words if standing is not Standing.BOTH else f"{words} ({one.standing} since {one.base})"


def told(found: Drift) -> list[str]:
    return [
        " ".join([f"{one.ref} {one.standing}", *(field_told(f, one.standing) for f in one.fields)])
        for one in found.objects
    ]


# what the files say, what is live, what was last applied; what is told, whether the live side moved
MOVES: dict[str, tuple[Resource, Resource, Resource | None, list[str], bool]] = {
    "nothing": (OLD, OLD, OLD, [], False),
    "the files": (NEW, OLD, OLD, ["meter/tokens files_ahead name: M -> New"], False),
    "the live object": (OLD, THEIRS, OLD, ["meter/tokens live_ahead name: M -> Theirs"], True),
    "both": (NEW, THEIRS, OLD, ["meter/tokens both name: New -> Theirs (both since M)"], True),
    "both, to the same": (NEW, NEW, OLD, [], False),
    "nobody knows": (NEW, OLD, None, ["meter/tokens unknown name: New -> M"], True),
    "the files, to what cannot be": (
        FIXED, OLD, OLD, ["meter/tokens files_ahead aggregation: SUM -> MAX"], False
    ),
    "the live object, to what cannot be taken back": (
        OLD, FIXED, OLD, ["meter/tokens live_ahead aggregation: SUM -> MAX"], True
    ),
    "both, and it cannot be": (
        FIXED, THEIRS, OLD,
        ["meter/tokens both aggregation: MAX -> SUM (files_ahead since SUM) name: M -> Theirs (live_ahead since M)"], True
    ),
    "both, one field to the same": (
        meter(name="New", description="N"), meter(name="New", description="T"), meter(description="M"),
        ["meter/tokens both description: N -> T (both since M)"], True
    ),
    "both, a field that was not there": (
        meter(description="N"), meter(name="Theirs", description="T"), OLD,
        ["meter/tokens both description: N -> T (both since None) name: M -> Theirs (live_ahead since M)"], True
    ),
    "both, a whole and a part of it": (
        meter(groupBy={"a": "$.a", "b": "$.b"}), meter(groupBy={"c": "$.c"}), meter(groupBy={"a": "$.a"}),
        [
            "meter/tokens both groupBy.a: $.a -> None (live_ahead since $.a) groupBy.b: $.b -> None (files_ahead since None)"
            " groupBy.c: None -> $.c (live_ahead since None)"
        ], True
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", MOVES)
def test_who_moved(name: str) -> None:
    said, there, applied, lines, live_moved = MOVES[name]
    found = compared([said], live(there), None if applied is None else [applied])
    assert (told(found), found.live_moved) == (lines, live_moved)
    assert (found.differs, found.in_step) == (bool(lines), 1 - len(lines))
    counts = {standing: number for standing, number in found.counts().items() if number}
    assert counts == ({found.objects[0].standing: 1} if lines else {Standing.IN_STEP: 1})
    assert list(found.counts()) == list(Standing)


def test_objects_are_told_in_order_and_counted() -> None:
    more = [feature("b"), feature("a"), meter("z")]
    found = compared([NEW, *more], live(OLD, feature("b")), [OLD, *more])
    assert [str(one.ref) for one in found.objects] == ["meter/tokens", "meter/z", "feature/a"]
    assert found.counts() == {
        Standing.IN_STEP: 1,
        Standing.FILES_AHEAD: 1,
        Standing.LIVE_AHEAD: 2,
        Standing.BOTH: 0,
        Standing.UNKNOWN: 0,
    }


def test_an_object_that_is_refused_and_has_no_change_is_told() -> None:
    hidden = replace(versions(plan()), hidden="v3")
    found = compared([plan()], live(hidden), [plan()])
    assert [(str(one.ref), one.standing, one.fields, one.where) for one in found.objects] == [
        ("plan/pro", Standing.LIVE_AHEAD, (), None)
    ]


def test_live_objects_without_a_file_are_told_apart_by_what_was_applied() -> None:
    gone = versions(None, None, plan("old"))
    state = live(OLD, feature("a"), feature("b"), versions(None, plan("draft")), gone)
    found = compared([OLD], state, [OLD, feature("b")])
    assert list(map(str, found.live_only)) == ["feature/a", "plan/draft"]
    assert list(map(str, found.left)) == ["feature/b"]
    assert found.differs and not found.objects and not found.live_moved
    unknown = compared([OLD], state, None)
    assert (
        list(map(str, unknown.live_only)) == ["feature/a", "feature/b", "plan/draft"] and unknown.left == ()
    )
    assert not compared([OLD], live(OLD, feature("a")), [OLD]).differs


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (1, "1 live object without a manifest: feature/f0"),
        (2, "2 live objects without a manifest: feature/f0, feature/f1"),
        (10, "10 live objects without a manifest: " + ", ".join(f"feature/f{n}" for n in range(10))),
        (12, "12 live objects without a manifest: " + ", ".join(f"feature/f{n}" for n in range(10)) + " and 2 more"),
    ],
)  # fmt: skip
def test_objects_without_a_manifest_are_said_in_one_line(count: int, said: str) -> None:
    (one,) = drift.unnamed([Ref(FEATURE, f"f{n}") for n in range(count)])
    assert (one.code, str(one.severity.value), one.summary) == ("live-only", "note", said)
    assert list(drift.unnamed([])) == []


@pytest.mark.parametrize(
    ("standing", "moved"),
    [("in_step", False), ("files_ahead", False), ("live_ahead", True), ("both", True), ("unknown", True)],
)
def test_which_standings_mean_that_the_live_object_moved(standing: str, moved: bool) -> None:
    assert Standing(standing).live_moved is moved


def test_a_draft_that_the_files_ask_for_and_an_archive() -> None:
    state = live(feature(), versions(plan(), plan(amount="11")))
    assert told(compared([feature(), plan(lifecycle=DRAFT, amount="11")], state, None)) == []
    found = compared([feature(), plan(lifecycle=ARCHIVED)], state, [feature(), plan()])
    assert told(found) == ["plan/pro files_ahead"]


DESCRIBED = meter(description="By hand")


@pytest.mark.parametrize(
    ("said", "applied", "lines"),
    [
        (OLD, OLD, ["meter/tokens live_ahead description: None -> By hand"]),
        (NEW, OLD, ["meter/tokens both description: None -> By hand (live_ahead since None) name: New -> M (files_ahead since M)"]),
        (DESCRIBED, OLD, []),
        (OLD, DESCRIBED, []),  # the files dropped it: a plan says that it stays
        (OLD, None, []),
    ],
)  # fmt: skip
def test_a_description_that_no_call_can_remove_is_moved_by_who_wrote_it(
    said: Resource, applied: Resource | None, lines: list[str]
) -> None:
    state = live(DESCRIBED)
    base = None
    if applied is not None:
        catalog = files(applied)
        base = Base(catalog, planned(catalog, state), kept=kept.kept(catalog, state))
    found = drift.compare(files(said), planned(files(said), state), state, base)
    assert told(found) == lines
