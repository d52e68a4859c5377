"""Pages, links and columns: on a terminal that has them, and nowhere else."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from catalogsync.cli import screen
from catalogsync.render.fitted import columns as width_of
from catalogsync.render.fitted import fitted

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are of POSIX")
if sys.platform != "win32":
    from terminals import Terminal

METERS = "".join(
    f"---\nkind: meter\nslug: meter_{n}\nname: A meter whose name takes more columns than sixty are, number {n}\n"
    "eventType: call\naggregation: COUNT\n"
    for n in range(9)
)
PLAN = ("plan", "catalog", "--no-impact", "--url", "sandbox:")


@pytest.fixture
def there(tmp_path: Path) -> Path:
    """A folder with a catalog of nine meters, and a pager that says so."""
    (tmp_path / "catalog").mkdir()
    (tmp_path / "catalog" / "meters.yaml").write_text(METERS, "utf-8")
    pager = tmp_path / "pager.sh"
    pager.write_text("#!/bin/sh\necho paged by $0 $1\nhead -n 3\n", "utf-8")
    pager.chmod(0o755)
    return tmp_path


def test_what_is_longer_than_the_screen_is_paged(there: Path) -> None:
    with Terminal(*PLAN, cwd=there, environ={"PAGER": f"{there}/pager.sh -x"}) as terminal:
        assert terminal.ended() == 0
        assert terminal.seen[0].endswith("pager.sh -x") or "pager.sh -x" in "".join(terminal.seen[:3])
        assert "Plan: 9 to create" not in "\n".join(terminal.seen)


@pytest.mark.parametrize(
    ("more", "environ"),
    [
        (["--no-pager"], {}),
        ([], {"PAGER": ""}),
        ([], {"PAGER": "cat"}),
        ([], {"PAGER": "no-such-pager-here"}),
        ([], {"PAGER": "'"}),
        ([], {"TERM": "dumb"}),
        ([], {"CI": "1"}),
    ],
    ids=str,
)
def test_nothing_is_paged_where_nobody_wants_it(
    there: Path, more: list[str], environ: dict[str, str]
) -> None:
    with Terminal(*PLAN, *more, cwd=there, environ=environ) as terminal:
        assert terminal.ended() == 0
        assert terminal.seen[-1] == "Plan: 9 to create; 9 calls."


def test_what_fits_is_not_paged(there: Path) -> None:
    with Terminal(*PLAN, cwd=there, lines=400, environ={"PAGER": f"{there}/pager.sh"}) as terminal:
        assert terminal.ended() == 0
        assert terminal.seen[-1] == "Plan: 9 to create; 9 calls."


def test_no_line_of_explain_is_wider_than_the_terminal(there: Path) -> None:
    """But what is to be copied stays whole: the terminal breaks it."""
    for words in (["explain"], ["explain", "price-tier-rises"]):
        with Terminal(*words, cwd=there, lines=600) as terminal:
            assert terminal.ended() == 0
            wide = [line for line in terminal.raw.decode().split("\r\n") if width_of(line) > 80]
        assert all(line.startswith("To accept it for a while: #") for line in wide)


@pytest.mark.parametrize("columns", [60, 80, 120])
def test_no_line_is_wider_than_the_terminal(there: Path, columns: int) -> None:
    with Terminal(*PLAN, "--no-pager", cwd=there, columns=columns, lines=400) as terminal:
        assert terminal.ended() == 0
        text = terminal.raw.decode()
    assert all(width_of(line) <= columns for line in text.split("\r\n"))
    name = '    + name: "A meter whose name takes more columns than sixty are, number 8"'
    assert set(fitted(name, columns).split("\n")) <= set(terminal.seen)


@pytest.mark.parametrize("forced", ["1", "0"])
def test_an_object_leads_to_its_manifest_where_the_terminal_has_links(there: Path, forced: str) -> None:
    with Terminal(*PLAN, "--no-pager", cwd=there, environ={"FORCE_HYPERLINK": forced}) as terminal:
        assert terminal.ended() == 0
        url = (there / "catalog" / "meters.yaml").resolve().as_uri().encode()
        assert (b"\x1b]8;;" + url + b"#2\x1b\\" in terminal.raw) == (forced == "1")


LINKS = {
    "TERM_PROGRAM=iTerm.app": True,
    "TERM_PROGRAM=Apple_Terminal": False,
    "TERM=xterm-kitty": True,
    "TERM=xterm-256color": False,
    "VTE_VERSION=7600": True,
    "VTE_VERSION=4205": False,
    "VTE_VERSION=seven": False,
    "WT_SESSION=x": True,
    "KONSOLE_VERSION=220401": True,
    "WT_SESSION=x TMUX=/tmp/t": False,
    "WT_SESSION=x CI=true": False,
    "TERM=dumb FORCE_HYPERLINK=1": True,
    "TERM=xterm-kitty FORCE_HYPERLINK=0": False,
    "": False,
}


@pytest.mark.parametrize("environ", LINKS)
def test_which_terminals_have_links(environ: str) -> None:
    assert screen.has_links(dict(part.split("=", 1) for part in environ.split())) == LINKS[environ]
