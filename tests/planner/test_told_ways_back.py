"""What a way back says, whole: a table of ways (`undo_cases.py`) beside the lines that are to be told of each (`told_back.yaml`)."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from undo_cases import WAYS_BACK
from worlds import files, planned, told

from catalogsync.core.diagnostics import SourceRef
from catalogsync.core.plan import Plan
from catalogsync.planner import undo

TOLD: dict[str, str] = yaml.safe_load((Path(__file__).parent / "told_back.yaml").read_text("utf-8"))


def way_back(name: str) -> Plan:
    before, resources, now, options = WAYS_BACK[name]
    back = undo.way_back(planned(files(*resources), before, options), now, "saved")
    return undo.with_findings(planned(back.catalog, now, back.options), back)


@pytest.mark.parametrize("name", WAYS_BACK)
def test_what_is_told(name: str) -> None:
    assert told(way_back(name)) == (TOLD[name] or "").splitlines()


def test_every_way_is_told() -> None:
    assert list(TOLD) == list(WAYS_BACK)


def test_what_is_told_stands_in_the_saved_plan() -> None:
    (note,) = [one for one in way_back("a feature was made").diagnostics if one.code == "undo-incomplete"]
    assert note.where == SourceRef("saved", 1, 1)
    before, resources, now, _ = WAYS_BACK["a meter was changed"]
    (asked,) = undo.way_back(planned(files(*resources), before), now, "saved").catalog
    assert asked.origin.begin() == SourceRef("saved", 1, 1)
