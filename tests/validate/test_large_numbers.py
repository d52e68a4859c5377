"""Numbers that the server rounds, cannot read, or answers a bare 500 to (docs/server/readback.md#n36, docs/server/errors.md#bare-500)."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from catalogsync.app import check

GRANT_CHARGED = "price-grant-charged"
"""What lint says of a grant beside a price, whatever its size."""
EXAMPLE = Path(__file__).parents[2] / "examples" / "catalog"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("issueAfterReset: 0,", "issueAfterReset: 9007199254740992,", None),
        ("issueAfterReset: 0,", "issueAfterReset: 9007199254740993,", "number-rounded"),
        ("issueAfterReset: 0,", "issueAfterReset: 0.1,", None),
        ("issueAfterReset: 0,", f"issueAfterReset: 1{'0' * 350},", "number-too-large"),
        ("percentage: 20", "percentage: 20.00000000000000000001", None),
        ("maxQuantity: 20", "maxQuantity: 9223372036854775807", None),
        ("maxQuantity: 20", "maxQuantity: 9223372036854775808", "number-too-large"),
    ],
)
def test_large_numbers(old: str, new: str, told: str | None, tmp_path: Path) -> None:
    shutil.copytree(EXAMPLE, tmp_path / "catalog")
    file = tmp_path / "catalog" / "plans" / "pro.yaml"
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")
    found = [one for one in check.check([tmp_path / "catalog"]).diagnostics if one.code != GRANT_CHARGED]
    assert [one.code for one in found] == ([told] if told else [])
    line = text[: text.index(old)].count("\n") + 1
    assert [one.where.line for one in found if one.where] == [line] * len(found)
