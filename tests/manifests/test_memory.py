"""What loading and checking hold of a catalog: little more than what its files say."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.catalogs import SHAPES
from catalogsync.app import check
from catalogsync.manifests.source import BREAK, SourceFile
from catalogsync.openmeter.kinds import FEATURE

FINDING = 2_000
"""Bytes of a finding and the small object that it is about."""
TEXTS = st.text(st.one_of(st.sampled_from("\r\n #a\x85\u2028🙂\ud800"), st.characters(exclude_categories=())))


@pytest.mark.parametrize(("shape", "objects", "times"), [("small", 5_000, 4.0), ("big", 200, 3.5)])
def test_a_catalog_takes_at_most_so_many_times_its_files(
    shape: str, objects: int, times: float, tmp_path: Path
) -> None:
    SHAPES["small"](tmp_path / "least", 100)
    SHAPES[shape](tmp_path / shape, objects)
    size = sum(path.stat().st_size for path in (tmp_path / shape).rglob("*.yaml"))
    check.check([tmp_path / "least"])
    tracemalloc.start(1)
    try:
        found = check.check([tmp_path / shape])
        held, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(found.catalog.resources) == objects
    assert held <= most <= times * size


def test_a_finding_takes_no_more_than_its_words(tmp_path: Path) -> None:
    """A catalog in which each feature is found fault with: neither the places in its document nor the lines of its file are kept."""
    SHAPES["small"](tmp_path, 1_000)
    for path in [*tmp_path.glob("plans/*"), *tmp_path.glob("addons/*")]:
        path.unlink()
    check.check([tmp_path])
    tracemalloc.start(1)
    try:
        found = check.check([tmp_path])
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    told = [one for one in found.diagnostics if one.code == "feature-unused"]
    assert len(told) == len(found.catalog.of(FEATURE)) > 500
    assert held <= FINDING * len(told)


@given(TEXTS)
def test_a_text_is_kept_as_it_is(text: str) -> None:
    whole = SourceFile("a.yaml", text)
    for source in (whole, whole.packed(), whole.packed().named("a.yaml")):
        assert (source.name, source.text) == ("a.yaml", text)
        assert source.lines == BREAK.split(text)
        assert source.has_comments == ("#" in text)
    assert whole.packed().named("b.yaml").name == "b.yaml"


@given(TEXTS, st.data())
def test_the_place_of_a_character_is_where_the_lines_before_it_end(text: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(text)))
    line = SourceFile("a.yaml", text).line_at(at)
    before = BREAK.findall(text[:at])
    if text[at - 1 : at + 1] == "\r\n":  # in the middle of a line's end
        before.pop()
    assert line == len(before)
