"""The page of known releases is what their table says."""

from __future__ import annotations

from pathlib import Path

from catalogsync.openmeter.compatibility import page


def test_the_page_is_in_step() -> None:
    assert (Path(__file__).parents[2] / "docs" / "reference" / "compatibility.md").read_text(
        "utf-8"
    ) == page()
