"""What it costs to say where findings are, in calls of functions: with the number of objects, not with how many share a file."""

from __future__ import annotations

import sys
from pathlib import Path

from catalogsync.app.check import check

FILES = 6
"""More than texts are kept unpacked."""
FOUND = """kind: notification_channel
key: hook_{0}
type: WEBHOOK
name: Hook {0}
url: http://hooks.example.com/{0}
"""
"""An object with two findings, in a file with places that may hold secrets."""


def calls(folder: Path, objects: int) -> int:
    """The calls that a check of so many objects takes, which lie in turn in the files of a folder, each with findings."""
    folder.mkdir()
    for number in range(FILES):
        texts = [FOUND.format(one) for one in range(number, objects, FILES)]
        (folder / f"{number}.yaml").write_text("---\n".join(texts), "utf-8")
    count = 0

    def counted(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event == "call"

    sys.setprofile(counted)
    try:
        checked = check([folder])
    finally:
        sys.setprofile(None)
    assert len(checked.diagnostics) == 2 * objects
    return count


def test_places_in_files_of_many_objects_cost_what_they_cost_in_files_of_few(tmp_path: Path) -> None:
    calls(tmp_path / "first", FILES)  # what is made once
    few, many = calls(tmp_path / "few", 60), calls(tmp_path / "many", 240)
    assert many < 4.5 * few
