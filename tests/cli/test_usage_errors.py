"""A command line with a slip: one layout, what is wrong, and what to write instead."""

from __future__ import annotations

import pytest

from catalogsync.cli import run

SLIPS = {
    "plam": ("there is no verb plam", "did you mean `plan`?"),
    "zzz": ("there is no verb zzz", "`catalogsync --help` lists all"),
    "schema drew": ("there is no verb drew", "did you mean `draw`?"),
    "plan --enw dev": ("there is no option --enw", "did you mean `--env`"),
    "export --into x": ("there is no option --into", "`catalogsync export --help` shows what it takes"),
    "plan -x": ("there is no option -x", "`catalogsync plan --help` shows what it takes"),
    "quote --at pro=1 --plan": (
        "option '--plan' requires an argument",
        "`catalogsync VERB --help` shows what it takes",
    ),
    "plan --exit-code=3": ("option '--exit-code' does not take a value", ""),
    "diff a": ("B is missing", "`catalogsync diff --help` shows what it takes"),
    "apply --max-age -1": (
        "--max-age: -1.0 is less than 0",
        "`catalogsync apply --help` shows what it takes",
    ),
    "apply --workers 100": ("--workers: 100 is not from 1 to 64", ""),
    "promote a": ("TO is missing", "`catalogsync promote --help` shows what it takes"),
    "history": ("no environment is named", "give -e ENV, or name a default in catalogsync.yaml"),
    "show": ("one saved plan or run is to be named", "`catalogsync history` lists the runs"),
    "version": ("there is no verb version", "did you mean `--version`?"),
    "lint": ("there is no verb lint", "did you mean `validate`?"),
    "schema lint": ("there is no verb lint", "`catalogsync schema --help` lists all"),
    "-e dev plan": (
        "there is no option -e",
        "`catalogsync --help` shows what it takes; the options of a verb come after it",
    ),
    "plan --json": ("there is no option --json", "did you mean `--format json`?"),
    "apply --dry-run": ("there is no option --dry-run", "`catalogsync plan` is the dry run"),
    "apply --max-age soon": (
        "--max-age: 'soon' is not a number",
        "`catalogsync apply --help` shows what it takes",
    ),
    "validate --format jsn": ("--format: 'jsn' is none of text, json,", ""),
    "completion fishh": ("SHELL: 'fishh' is none of bash, zsh, fish", ""),
}


@pytest.mark.parametrize("line", SLIPS)
def test_a_slip_is_said_as_every_other_error(line: str, capsys: pytest.CaptureFixture[str]) -> None:
    said, help_ = SLIPS[line]
    assert run(line.split()) == 64
    out, err = capsys.readouterr()
    first, *rest = err.splitlines()
    assert out == "" and first.startswith(f"error[usage]: {said}") and not first.endswith(".")
    assert any(one.startswith(f"  help: {help_}") for one in rest)


def test_no_verb_at_all_gets_the_page_of_help(capsys: pytest.CaptureFixture[str]) -> None:
    run([])
    out, err = capsys.readouterr()
    assert "Verbs:" in out + err and "rror" not in (out + err).splitlines()[0]
