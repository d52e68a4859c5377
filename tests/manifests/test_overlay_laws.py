"""Overlays by their laws: what merging does to drawn documents, and that every value leads to the file that says it."""

from __future__ import annotations

import itertools
import random
from array import array
from collections.abc import Iterator
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalogsync.manifests.overlay import ADD, KEYED, REMOVE, Merging, merge
from catalogsync.manifests.overlay_paths import said
from catalogsync.manifests.source import SourceFile
from catalogsync.manifests.source_map import DocumentOrigin, MergedOrigin, ReadFile
from catalogsync.manifests.write import Comments, document

KEYS = ("a", "b", "c")
NAMES = ("name", "description", "price")


def drawn(rng: random.Random, depth: int = 2) -> dict[str, Any]:
    """An object as manifests have them: texts, nested objects, a list that is one value, and lists with keys."""
    made: dict[str, Any] = {name: "text" for name in NAMES if rng.random() < 0.5}
    if rng.random() < 0.4:
        made["tiers"] = ["text"] * rng.randrange(3)
    if depth:
        if rng.random() < 0.5:
            made["metadata"] = {name: "text" for name in NAMES if rng.random() < 0.5}
        for name, by in KEYED.items():
            if rng.random() < 0.5:
                keys = rng.sample(KEYS, rng.randrange(4))
                made[name] = [{by: key, **drawn(rng, depth - 1)} for key in keys]
    return made


def added(value: dict[str, Any]) -> dict[str, Any]:
    """The object as an overlay over nothing: what it has in lists with keys is said to be new."""
    return {
        name: [{**one, ADD: True} for one in inner] if name in KEYED else inner
        for name, inner in value.items()
    }


def holes(rng: random.Random, value: dict[str, Any]) -> dict[str, Any]:
    """The object as an overlay: some of its members taken away, some entries removed, some said to be new."""
    made: dict[str, Any] = {}
    for name, inner in value.items():
        if name in KEYED:
            by = KEYED[name]
            made[name] = [
                {by: one[by], REMOVE: True}
                if rng.random() < 0.3
                else {**holes(rng, one), **({ADD: True} if rng.random() < 0.5 else {})}
                for one in inner
            ]
        elif name not in ("key", "addon") and rng.random() < 0.3:
            made[name] = None
        else:
            made[name] = holes(rng, inner) if isinstance(inner, dict) else inner
    return made


OBJECTS = st.randoms(use_true_random=False).map(drawn)
OVERLAYS = st.randoms(use_true_random=False).map(lambda rng: holes(rng, drawn(rng)))


def numbered(value: Any, counter: Iterator[int], layer: str) -> Any:
    """The same with every text its own, so that it can be found again."""
    if isinstance(value, dict):
        return {n: v if n in ("key", "addon") else numbered(v, counter, layer) for n, v in value.items()}
    if isinstance(value, list):
        return [numbered(one, counter, layer) for one in value]
    return f"{layer}_{next(counter)}" if value == "text" else value


def leaves(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from leaves(inner, (*path, name))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from leaves(inner, (*path, number))
    elif isinstance(value, str) and path[-1] not in ("key", "addon"):
        yield path, value


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(OBJECTS, OVERLAYS)
def test_an_overlay_says_the_last_word_and_nothing_more(
    base: dict[str, Any], overlay: dict[str, Any]
) -> None:
    """What it names is as it says; what it does not name is as before, in the order of before."""
    merged = merge(base, numbered(overlay, itertools.count(), "over"))
    assert merge(base, {}) == base
    assert list(merged) == [n for n in {**base, **overlay} if n in merged]
    for name, value in base.items():
        if name not in overlay:
            assert merged[name] == value
    for name, value in overlay.items():
        assert (name in merged) == (value is not None)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(OBJECTS, OVERLAYS)
def test_merging_again_changes_nothing(base: dict[str, Any], overlay: dict[str, Any]) -> None:
    once = merge(base, overlay)
    assert merge(once, overlay) == once


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(OBJECTS, OVERLAYS)
def test_the_documents_that_are_merged_stay_as_they_are(
    base: dict[str, Any], overlay: dict[str, Any]
) -> None:
    before = repr((base, overlay))
    merge(base, overlay)
    assert repr((base, overlay)) == before


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(OBJECTS)
def test_a_base_over_nothing_is_itself_and_over_itself_too(base: dict[str, Any]) -> None:
    assert merge({}, added(base)) == base
    assert merge(base, base) == base


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(OBJECTS, OBJECTS)
def test_overlays_of_different_members_commute(base: dict[str, Any], overlay: dict[str, Any]) -> None:
    first = {name: value for name, value in overlay.items() if name in ("name", "phases", "tiers")}
    second = {name: value for name, value in overlay.items() if name not in first}
    assert merge(merge(base, first), second) == merge(merge(base, second), first) == merge(base, overlay)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(OBJECTS, OVERLAYS)
def test_no_entry_has_two_of_one_key_and_removed_ones_are_gone(
    base: dict[str, Any], overlay: dict[str, Any]
) -> None:
    merging = Merging()
    merged = merging.merge(base, overlay)
    for name, by in KEYED.items():
        keys = [entry[by] for entry in merged.get(name, [])]
        assert len(keys) == len(set(keys))
        for number, entry in enumerate(overlay.get(name, [])):
            known = entry[by] in [one[by] for one in base.get(name, [])]
            assert (entry[by] in keys) == (REMOVE not in entry and (known or ADD in entry))
            told = {
                one.code for one in merging.problems if one.path[:2] == (name, number) and len(one.path) == 3
            }
            if not known and ADD not in entry:
                assert told == {"overlay-without-item"}
            else:
                assert told - {"overlay-without-effect"} == (
                    {"overlay-add"} if known and ADD in entry else set()
                )
    assert REMOVE not in repr(merged) and ADD not in repr(merged)


def origin(value: dict[str, Any], name: str) -> DocumentOrigin:
    text = document(value, Comments())
    return DocumentOrigin(ReadFile(SourceFile(name, text), array("L", [0, len(text)])), 0)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(OBJECTS, st.lists(OVERLAYS, min_size=1, max_size=3))
def test_every_value_leads_to_the_file_that_says_it(
    base: dict[str, Any], overlays: list[dict[str, Any]]
) -> None:
    counter = itertools.count()
    layers = [
        origin(numbered(one, counter, f"layer{n}"), f"layer{n}") for n, one in enumerate([base, *overlays])
    ]
    merged: Any = layers[0].value
    for layer in layers[1:]:
        merged = merge(merged, layer.value)  # type: ignore[arg-type]
    whole = MergedOrigin(merged, tuple(layers))
    for path, text in leaves(merged):
        where = whole.locate(path)
        assert where.file == text.partition("_")[0]
        assert where.text[where.column - 1 :].startswith(text)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(OVERLAYS)
def test_what_an_overlay_says_is_told_once_for_each_value(overlay: dict[str, Any]) -> None:
    numbered_once = numbered(overlay, itertools.count(), "over")
    told = list(said(numbered_once))
    assert len(set(told)) == len(told)
    texts = {text for _, text in leaves(numbered_once)}
    for path, _names in told:
        value: Any = numbered_once
        for step in path:
            value = value[step]
        texts -= {text for _, text in leaves(value, ("x",))}
    assert not texts
