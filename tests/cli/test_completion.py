"""`completion`: the real shells complete verbs, options and values; what cannot be read offers nothing."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from forked import program

ROOT = Path(__file__).parents[2]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The example catalog with two environments, and a program called `catalogsync` in bin/."""
    shutil.copytree(ROOT / "examples" / "catalog", tmp_path / "catalog")
    (tmp_path / "catalogsync.yaml").write_text(
        "environments: {staging: {url: 'sandbox:'}, production: {url: 'https://x.example'}}\n", "utf-8"
    )
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "catalogsync").symlink_to(program())
    return tmp_path


def run(home: Path, command: list[str], **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=home,
        env={"PATH": f"{home / 'bin'}:/usr/bin:/bin", "PYTHONPATH": str(ROOT), "HOME": str(home), **environ},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def offered(home: Path, line: str) -> list[str]:
    """What is offered for the last word of a line, by the words that bash asks with."""
    words = line.split(" ")
    done = run(
        home,
        [str(home / "bin" / "catalogsync")],
        _CATALOGSYNC_COMPLETE="bash_complete",
        COMP_WORDS=line,
        COMP_CWORD=str(len(words) - 1),
    )
    assert done.stderr == ""
    return [one.partition(",")[2] for one in done.stdout.split()]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("catalogsync pl", ["plan"]),
        ("catalogsync plan --exit", ["--exit-code"]),
        ("catalogsync plan -e ", ["production", "staging"]),
        ("catalogsync validate --env st", ["staging"]),
        ("catalogsync history -e p", ["production"]),
        ("catalogsync plan --recreate plan/", ["plan/enterprise", "plan/free", "plan/pro"]),
        ("catalogsync plan --keep meter/a", ["meter/active_users", "meter/api_requests"]),
        ("catalogsync plan --at api", ["api_requests="]),
        ("catalogsync plan --format m", ["markdown"]),
        ("catalogsync validate --format j", ["json", "junit"]),
        ("catalogsync quote --plan p", ["pro"]),
        ("catalogsync quote catalog/plans --plan e", ["enterprise"]),
        ("catalogsync quote --addon s", ["seat_pack="]),
        ("catalogsync try ap", ["api_requests"]),
        ("catalogsync export --only pl", ["plan"]),
        ("catalogsync explain refused-st", ["refused-stale"]),
        ("catalogsync completion ", ["bash", "zsh", "fish"]),
        ("catalogsync sandbox s", ["seed", "serve"]),
    ],
)
def test_words_are_offered(home: Path, line: str, words: list[str]) -> None:
    assert offered(home, line) == words


def test_what_cannot_be_read_offers_nothing(home: Path) -> None:
    (home / "catalogsync.yaml").write_text("environments: [", "utf-8")
    assert offered(home, "catalogsync plan -e ") == []
    shutil.rmtree(home / "catalog")
    assert offered(home, "catalogsync quote --plan ") == []
    (home / "catalog").mkdir()
    (home / "catalog" / "x.yaml").write_bytes(b"\xff\xfe[")
    assert offered(home, "catalogsync quote --plan ") == []


SHELLS = {
    "bash": ["bash", "--norc", "-c"],
    "zsh": ["zsh", "-f", "-c"],
    "fish": ["fish", "--no-config", "-c"],
}
ASKED = {
    "bash": 'eval "$(catalogsync completion bash)"; COMP_WORDS=(catalogsync plan -e st); COMP_CWORD=3; '
    "_catalogsync_completion catalogsync st -e; echo ${COMPREPLY[@]}",
    "zsh": 'autoload -U compinit; compinit -u; eval "$(catalogsync completion zsh)"; echo $_comps[catalogsync]; '
    "words=(catalogsync plan -e st); CURRENT=4; _describe() { print -l ${(P)3} }; compadd() { print -l -- $completions }; _catalogsync_completion",
    "fish": "catalogsync completion fish | source; complete -C 'catalogsync plan -e st'",
}


@pytest.mark.parametrize("shell", SHELLS)
def test_the_real_shell_completes(home: Path, shell: str) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} IS NOT INSTALLED: its completion was not tried")
    done = run(home, [*SHELLS[shell], ASKED[shell]], TERM="dumb")
    assert "staging" in done.stdout, done
    assert "production" not in done.stdout
