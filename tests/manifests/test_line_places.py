"""The place of a value is the same, whether it is found by the lines that lead to it or by reading the document again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.catalogs import SHAPES
from catalogsync.core.canon import Json
from catalogsync.core.diagnostics import Path as ValuePath
from catalogsync.manifests import files, line_places
from catalogsync.manifests.documents import Document, Reading
from catalogsync.manifests.line_parser import Unsure
from catalogsync.manifests.read import documents
from catalogsync.manifests.source import SourceFile
from catalogsync.manifests.source_map import DocumentOrigin
from tests.manifests.test_line_parser import BREAKS, blocks

EXAMPLES = Path(__file__).parents[2] / "examples" / "catalog"
NOTHING = files.Found((), ())
HEADS = ["", "---\n", "# c\n\n---\n", "--- \n# c\n"]


def read(text: str) -> list[Document]:
    return list(documents(NOTHING, Reading(), [SourceFile("a.yaml", text)]))


def paths(value: Json, path: ValuePath = ()) -> Iterator[ValuePath]:
    """Those of all values, and of some that are not there."""
    yield from (path, (*path, "a b"), (*path, 1, "c"))
    if isinstance(value, dict):
        for name, one in value.items():
            yield from paths(one, (*path, name))
    elif isinstance(value, list):
        for number, one in enumerate(value):
            yield from paths(one, (*path, number))


def found(document: Document) -> int:
    """How many places are found by lines: each where it is said to be by libyaml."""
    origin = document.origin
    assert isinstance(origin, DocumentOrigin)
    whole = DocumentOrigin(type(origin.file)(origin.file.source, origin.file.bounds), origin.number)
    count = 0
    for path in paths(document.value):
        for key in (False, True):
            assert origin.locate(path, key=key) == whole.locate(path, key=key), (path, key)
            if origin.file.plain[origin.number]:
                try:
                    line_places.find(origin.source.text, origin.start, origin.end, path, key=key)
                    count += 1
                except Unsure:
                    pass
    return count


@settings(max_examples=50)
@given(st.lists(blocks(), min_size=1, max_size=2), BREAKS, st.sampled_from(HEADS))
def test_places_are_those_that_libyaml_tells(documents: list[list[str]], line_break: str, head: str) -> None:
    text = head + "\n---\n".join("\n".join(one) for one in documents)
    for document in read(text.replace("\n", line_break)):
        if len(document.origin.file.plain) > 0:  # type: ignore[union-attr]
            found(document)


@pytest.mark.parametrize("shape", [*SHAPES, "example"])
def test_nearly_every_place_of_a_manifest_is_found_by_lines(tmp_path: Path, shape: str) -> None:
    folder = EXAMPLES
    if shape in SHAPES:
        folder = tmp_path
        SHAPES[shape](folder, 41)
    for document in documents(files.find([folder]), Reading()):
        if document.members["kind"] != "notification_channel":  # of which most may be secret
            assert found(document) >= 0.8 * 2 * len(list(paths(document.value))), document.value


@pytest.mark.parametrize(
    ("line", "path"),
    [
        ("url: https://x/y", ("url",)),
        ("customHeaders:\n  a: b", ("customHeaders", "a")),
        ("a:\n  api_key:\n    b: c", ("a", "api_key", "b")),
        ('a:\n- "password": c', ("a", 0)),
        ("a: {token: c}", ("a", "token")),
        ("a: {x: 1, token: c}", ("a",)),
    ],
)
def test_a_line_that_may_hold_a_secret_is_looked_at_by_libyaml(line: str, path: ValuePath) -> None:
    text = f"kind: x\n{line}\n"
    with pytest.raises(Unsure):
        line_places.find(text, 0, len(text), path, key=False)
    assert found(read(text)[0]) > 0
