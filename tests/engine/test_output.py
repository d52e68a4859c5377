"""Files that a person asked for: whole or not at all, with the mode that the system would give them, or the one they had."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from catalogsync.core.errors import CatalogsyncError
from catalogsync.store import output


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("umask", [0o022, 0o077, 0o002])
def test_a_new_file_is_as_open_as_the_process_makes_files(umask: int, tmp_path: Path) -> None:
    code = f"import os, sys; os.umask({umask}); from pathlib import Path; from catalogsync.store import output; output.write(Path(sys.argv[1]), 'a')"
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "a")], check=True)
    assert mode(tmp_path / "a") == 0o666 & ~umask


def test_a_file_that_is_there_keeps_its_mode_and_a_link_stays_one(tmp_path: Path) -> None:
    (tmp_path / "real").write_text("old")
    (tmp_path / "real").chmod(0o600)
    (tmp_path / "link").symlink_to("real")
    output.write(tmp_path / "link", "new")
    assert (tmp_path / "link").is_symlink() and (tmp_path / "real").read_text() == "new"
    assert mode(tmp_path / "real") == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link", "real"]


def test_what_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    for path in (tmp_path / "folder", tmp_path / "missing" / "a", tmp_path / ("x" * 300)):
        with pytest.raises(CatalogsyncError) as refused:
            output.write(path, "a")
        assert refused.value.code == "file-unwritable" and path.name in refused.value.message
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]


def test_what_is_appended_comes_to_the_end(tmp_path: Path) -> None:
    descriptor = os.open(tmp_path / "log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    try:
        for line in (b"one\n", b"two\n"):
            output.append(descriptor, line)
    finally:
        os.close(descriptor)
    assert (tmp_path / "log").read_bytes() == b"one\ntwo\n"
