"""Every code that the program can say is explained, and nothing is explained that it cannot say."""

from __future__ import annotations

import ast
import functools
import re
from pathlib import Path

import pytest

from catalogsync.cli import run
from catalogsync.codes import CODES
from catalogsync.codes.page import page
from catalogsync.core.failures import defect_of
from catalogsync.openmeter import releases

ROOT = Path(__file__).parents[2]
_FAMILIES = (
    "yaml|manifest|file|overlay|fmt|catalog|live|config|export|journal|refused|secret|channel|feature|meter|price|reference|rule|tax|"
    "internal|number|event|events|plan|discount|duration|entitlement|currency|key|addon|waiver|quote|review|usage"
)  # fmt: skip
_SHAPE = re.compile(rf"(?:{_FAMILIES})-[a-z]+(?:-[a-z]+)*")
_NOT_CODES = {"addon-id", "feature-key", *map(str, releases.Behaviour)}


@functools.cache
def literals() -> set[str]:
    """Every text in the package's code (the sandbox speaks the server's own words) that stands alone in quotes."""
    found = set()
    for path in (ROOT / "catalogsync").rglob("*.py"):
        if {"sandbox", "codes"} & set(path.relative_to(ROOT / "catalogsync").parts):
            continue
        tree = ast.parse(path.read_text("utf-8"))
        found |= {n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)}
    return found


def test_every_code_in_use_is_explained() -> None:
    said = {text for text in literals() if _SHAPE.fullmatch(text)} - _NOT_CODES
    assert sorted(said - CODES.keys()) == []


def test_every_explained_code_is_in_use() -> None:
    said = literals()
    made = {
        f"entitlement_template_{end}" for end in ("negative_usage_period", "usage_period_less_then_an_hour")
    }
    assert sorted(code for code in CODES if code not in said | made) == []


def test_the_page_is_in_step() -> None:
    assert (ROOT / "docs" / "reference" / "codes.md").read_text("utf-8") == page()


@pytest.mark.parametrize("code", ["rate_card_feature_not_found", "refused-stale"])
def test_explain_tells_the_story(code: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", code]) == 0
    assert CODES[code].why in capsys.readouterr().out


def test_a_fuse_is_explained_by_its_own_name(capsys: pytest.CaptureFixture[str]) -> None:
    for code in (one for one in CODES if one.startswith("fuse-")):
        assert run(["explain", code.removeprefix("fuse-")]) == 0
        assert CODES[code].why in capsys.readouterr().out


def test_explain_suggests_the_nearest_code(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", "refused-stail"]) == 64
    assert "did you mean `refused-stale`?" in capsys.readouterr().err


def test_a_fault_of_our_own_is_told_by_kind_and_place_alone() -> None:
    try:
        raise ValueError("canary")
    except ValueError as fault:
        told = defect_of(fault)
    assert re.search(r"ValueError at test_codes\.py:\d+", told.message)
    assert "canary" not in told.message + told.hint
    assert told.code in CODES and told.exit_code == 1
