"""What a plan says, whole: its steps with their causes, its changes with their fields, what it relies on, its diagnostics with their places. A
table of situations (`*_cases.py`) beside the lines that are to be told of each (`told.yaml`).
"""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from dependency_cases import DEPENDENCIES
from unversioned_cases import UNVERSIONED
from version_cases import VERSIONS
from worlds import Case, files, planned, told

CASES: dict[str, Case] = {**UNVERSIONED, **VERSIONS, **DEPENDENCIES}
TOLD: dict[str, str] = yaml.safe_load((Path(__file__).parent / "told.yaml").read_text("utf-8"))


@pytest.mark.parametrize("name", CASES)
def test_what_is_told(name: str) -> None:
    state, resources, options = CASES[name]
    assert told(planned(files(*resources), state, options)) == (TOLD[name] or "").splitlines()


def test_every_situation_is_told() -> None:
    assert list(TOLD) == list(CASES)
