"""What a plan says, whole: its steps with their causes, its changes with their fields, what it relies on, its diagnostics with their places. A
table of situations (`*_cases.py`) beside the lines that are to be told of each (`told.yaml`).
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from dependency_cases import DEPENDENCIES
from unversioned_cases import UNVERSIONED
from version_cases import VERSIONS
from worlds import Case, files, planned, told

from catalogsync.core.values import hidden
from catalogsync.planner.context import listing

CASES: dict[str, Case] = {**UNVERSIONED, **VERSIONS, **DEPENDENCIES}
TOLD: dict[str, str] = yaml.safe_load((Path(__file__).parent / "told.yaml").read_text("utf-8"))


@pytest.mark.parametrize("name", CASES)
def test_what_is_told(name: str) -> None:
    state, resources, options = CASES[name]
    assert told(planned(files(*resources), state, options)) == (TOLD[name] or "").splitlines()


def test_every_situation_is_told() -> None:
    assert list(TOLD) == list(CASES)


def test_what_a_manifest_keeps_as_a_secret_is_in_no_plan() -> None:
    state, (hook,), options = CASES["secrets that are others"]
    made = planned(files(hook), state, options)
    read = made.preconditions[0].state["active"] or {}
    assert read["customHeaders"] == {"X-A": hidden("1")} and read["url"] == hidden("https://a.example/x")
    assert read["signingSecret"] == hidden("s")
    plain = planned(files(replace(hook, body={**hook.body, "url": "https://b.example"})), state, options)
    read = plain.preconditions[0].state["active"] or {}
    assert read["url"] == "https://a.example/x"


@pytest.mark.parametrize(
    ("words", "said"),
    [([], ""), (["a"], "a"), (("a", "b"), "a and b"), (["a", "b", "c"], "a, b and c")],
)
def test_words_in_a_row(words: list[str], said: str) -> None:
    assert listing(words) == said
