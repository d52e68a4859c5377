"""Apply in a terminal: the view while it runs, a clean screen after it, Ctrl-C at every moment, plain lines where a view cannot be."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from forked import program

from catalogsync.sandbox import Fault, Sandbox

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are of POSIX")
if sys.platform != "win32":
    from terminals import Terminal

ROOT = Path(__file__).parents[2]
METERS = "".join(
    f"---\nkind: meter\nslug: meter_{n}\neventType: call\naggregation: COUNT\n" for n in range(6)
)
APPLY = ("apply", "catalog", "--yes", "--no-impact", "--url")


@pytest.fixture
def there(tmp_path: Path) -> Path:
    """A folder with a catalog of six meters."""
    (tmp_path / "catalog").mkdir()
    (tmp_path / "catalog" / "meters.yaml").write_text(METERS, "utf-8")
    return tmp_path


@pytest.fixture
def slow() -> Iterator[str]:
    """The URL of an OpenMeter whose writes take a second and a half: as long as a person needs for Ctrl-C, on a busy machine too."""
    delay = Fault("delay", method="POST", seconds=1.5, times=None)
    with Sandbox(faults=[delay]).serve() as url:
        yield url


@pytest.mark.parametrize("columns", [60])
def test_the_view_is_there_while_it_runs_and_gone_afterwards(there: Path, slow: str, columns: int) -> None:
    with Terminal(*APPLY, slow, cwd=there, columns=columns) as terminal:
        terminal.wait_for("/6 steps")
        terminal.wait_for("▸ create meter/")
        terminal.wait_for("answers take")
        assert terminal.ended() == 0
        assert terminal.seen[-1] == "Applied: 6 done."
        assert not any("▸" in line or "Applying" in line or "steps" in line for line in terminal.seen)
        assert not terminal.screen.cursor.hidden


def test_ctrl_c_finishes_what_is_under_way_and_says_how_to_go_on(there: Path, slow: str) -> None:
    with Terminal(*APPLY, slow, cwd=there) as terminal:
        terminal.wait_for("▸ create meter/")
        terminal.keys("\x03")
        terminal.wait_for("stopping: finishing what is under way")
        assert terminal.ended() == 130
        last = terminal.seen[-1]
        assert last.startswith("Incomplete: ") and "not tried" in "\n".join(terminal.seen)
        assert sum("the run stopped before it" in line for line in terminal.seen) == 1
        assert last.endswith("Run the same command again to continue.")
        assert not any("stopping" in line for line in terminal.seen)
        assert not terminal.screen.cursor.hidden


def test_ctrl_c_twice_leaves_at_once_with_the_cursor_and_the_truth(there: Path, slow: str) -> None:
    with Terminal(*APPLY, slow, cwd=there) as terminal:
        terminal.wait_for("▸ create meter/")
        terminal.keys("\x03")
        terminal.wait_for("stopping: finishing what is under way")
        terminal.keys("\x03")
        assert terminal.ended() < 0
        assert "left at once: " in "\n".join(terminal.seen)
        assert not terminal.screen.cursor.hidden


@pytest.mark.parametrize(
    ("key", "said"), [("\x03", "no answer"), ("\x04", "no answer"), ("n\n", "not applied")]
)
def test_a_question_that_gets_no_yes_changes_nothing(there: Path, key: str, said: str) -> None:
    arguments = [one for one in APPLY if one != "--yes"]
    with Terminal(*arguments, "sandbox:kept.db", cwd=there) as terminal:
        terminal.wait_for("Apply this plan to sandbox:kept.db? [y/N]:")
        terminal.read()
        terminal.keys(key)
        assert terminal.ended() == (3 if key == "n\n" else 130)
        assert said in terminal.seen[-1] or said in terminal.seen[-2]
        assert not any("Traceback" in line for line in terminal.seen)
    assert not (there / "kept.db").exists()


@pytest.mark.parametrize(("key", "outcome"), [("\x03", "interrupted"), ("n\n", "refused")])
def test_the_history_says_how_a_question_was_answered(there: Path, key: str, outcome: str) -> None:
    (there / "catalogsync.yaml").write_text('environments:\n  live: {url: "sandbox:"}\n', "utf-8")
    with Terminal("apply", "catalog", "--no-impact", "-e", "live", cwd=there) as terminal:
        terminal.wait_for("[y/N]:")
        terminal.read()
        terminal.keys(key)
        assert terminal.ended() in (3, 130)
    with Terminal("history", "-e", "live", cwd=there, columns=120) as terminal:
        assert terminal.ended() == 0 and terminal.seen[-1].endswith(f" {outcome}")


@pytest.mark.parametrize("formats", ["json", "markdown", "text"])
def test_a_question_comes_after_what_it_asks_about(there: Path, formats: str) -> None:
    arguments = [one for one in APPLY if one != "--yes"]
    with Terminal(*arguments, "sandbox:", "--format", formats, cwd=there) as terminal:
        terminal.wait_for("Apply this plan to sandbox:? [y/N]:")
        terminal.read()
        assert "6 to create" in "\n".join(terminal.seen)
        terminal.keys("n\n")
        assert terminal.ended() == 3


def test_a_question_names_what_is_written_to(there: Path) -> None:
    (there / "catalogsync.yaml").write_text(
        'environments:\n  live-a: {url: "sandbox:"}\n  live-b: {url: "sandbox:"}\n', "utf-8"
    )
    for env, question in (
        ("live-a", "Apply this plan to environment live-a (sandbox:)? [y/N]:"),
        ("live-*", "Apply to all environments live-* without seeing their plans? [y/N]:"),
    ):
        with Terminal("apply", "catalog", "-e", env, cwd=there) as terminal:
            terminal.wait_for(question)
            terminal.keys("n\n")
            assert terminal.ended() == 3


@pytest.mark.parametrize("plain", [{"TERM": "dumb"}, {"CI": "true"}, {"NO_COLOR": "1"}], ids=str)
def test_plain_lines_where_a_view_cannot_be(there: Path, plain: dict[str, str]) -> None:
    with Terminal(*APPLY, "sandbox:", cwd=there, columns=120, environ=plain) as terminal:
        assert terminal.ended() == 0
        assert any(line.startswith("6/6  create meter/") for line in terminal.seen)
        assert b"\x1b[2K" not in terminal.raw and b"\x1b[?25l" not in terminal.raw


@pytest.mark.parametrize("flag", ["-q", "--no-color"])
def test_quiet_and_no_color_draw_nothing(there: Path, flag: str) -> None:
    with Terminal(*APPLY, "sandbox:", flag, cwd=there) as terminal:
        assert terminal.ended() == 0
        assert b"\x1b[2K" not in terminal.raw and b"\x1b[?25l" not in terminal.raw
        assert any("6/6" in line for line in terminal.seen) == (flag != "-q")


def test_a_terminal_that_becomes_narrower_is_clean_too(there: Path, slow: str) -> None:
    with Terminal(*APPLY, slow, cwd=there, columns=100) as terminal:
        terminal.wait_for("▸ create meter/")
        terminal.resize(60)
        terminal.wait_for("4/6 steps")
        assert terminal.ended() == 0
        assert terminal.seen[-1] == "Applied: 6 done."
        assert not terminal.screen.cursor.hidden


def test_a_long_reading_is_told_and_gone_before_the_plan(there: Path) -> None:
    delay = Fault("delay", method="GET", seconds=0.6, times=None)
    with (
        Sandbox(faults=[delay]).serve() as url,
        Terminal("plan", "catalog", "--no-pager", "--url", url, cwd=there) as terminal,
    ):
        terminal.wait_for("Planning: ")
        assert terminal.ended() == 0
        assert not any("Planning" in line for line in terminal.seen)
        assert terminal.seen[-1] == "Plan: 6 to create; 6 calls."
        assert not terminal.screen.cursor.hidden


def test_the_demo_ends_by_itself_on_a_terminal(tmp_path: Path) -> None:
    """Its plan is longer than the terminal: no pager may wait for a key in it."""
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    here = {"BIN": str(Path(program()).parent)}
    with Terminal(cwd=tmp_path, columns=100, script=ROOT / "examples" / "demo.sh", environ=here) as terminal:
        assert terminal.ended() == 0
        assert terminal.seen[-1] == "Nothing to do: the server agrees with the files."
