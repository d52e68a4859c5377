"""The door: what each verb prints where, the exit codes, and that bad input ends in one clear message without a traceback."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from forked import program

EXAMPLES = Path(__file__).parents[2] / "examples" / "catalog"


def catalogsync(
    *arguments: str, folder: Path, env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Runs the real program in a folder, with nothing of ours in its environment."""
    return subprocess.run(
        [program(), *arguments],
        cwd=folder, env={"PATH": "/usr/bin:/bin", **(env or {})}, capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL, check=False,
    )  # fmt: skip


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder with the example catalog as ./catalog."""
    shutil.copytree(EXAMPLES, tmp_path / "catalog")
    return tmp_path


def test_the_main_job_from_files_to_nothing_left_to_do(home: Path) -> None:
    target = ("--url", "sandbox:server.db")
    assert catalogsync("validate", folder=home).returncode == 0
    assert catalogsync("plan", *target, "--exit-code", "--out", "plan.json", folder=home).returncode == 2
    shown = catalogsync("show", "plan.json", folder=home)
    assert shown.returncode == 0
    assert "Plan: 26 to create; 35 calls." in shown.stdout
    refused = catalogsync("apply", "plan.json", folder=home)
    assert (refused.returncode, refused.stdout) == (3, "")
    applied = catalogsync("apply", "plan.json", "--yes", "--format", "json", folder=home)
    assert applied.returncode == 0, applied.stderr
    report = json.loads(applied.stdout)
    assert report["complete"]
    assert {step["outcome"]["status"] for step in report["steps"]} == {"done"}
    assert catalogsync("plan", *target, "--exit-code", folder=home).returncode == 0
    again = catalogsync("apply", "plan.json", "--yes", "--format", "json", folder=home)
    assert {step["outcome"]["status"] for step in json.loads(again.stdout)["steps"]} == {"already"}
    assert catalogsync("export", *target, "--out", "exported", folder=home).returncode == 0
    assert catalogsync("plan", "exported", *target, "--exit-code", folder=home).returncode == 0
    assert catalogsync("diff", "exported", "exported", "--exit-code", folder=home).returncode == 0


def test_a_saved_plan_is_the_same_bytes_for_any_hash_seed_and_format_exits_alike(home: Path) -> None:
    outputs = {
        catalogsync(
            "plan", "--url", "sandbox:", "--format", "json", folder=home, env={"PYTHONHASHSEED": seed}
        ).stdout
        for seed in ("0", "1", "77")
    }
    assert len(outputs) == 1
    for name in ("text", "json", "markdown"):
        assert (
            catalogsync("plan", "--url", "sandbox:", "--exit-code", "--format", name, folder=home).returncode
            == 2
        )


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("plam",), 64, "did you mean `plan`?"),
        (("plan", "--formt", "json"), 64, "--format"),
        (("plan", "--format", "jsn"), 64, "'jsn' is none of"),
        (("plan",), 64, "no server is named"),
        (("plan", "--url", "ftp://x"), 64, "is not the URL of a server"),
        (("plan", "--url", "sandbox:", "-e", "x"), 64, "there is no environment"),
        (("plan", "-e", "prod"), 64, "there is no environment 'prod'"),
        (("plan", "nowhere", "--url", "sandbox:"), 1, "nowhere"),
        (("plan", "--url", "http://127.0.0.1:9"), 1, "Connection refused"),
        (("plan", "--url", "sandbox:", "--recreate", "thing/x"), 64, "KIND/KEY"),
        (("apply", "no-such-plan.json", "--yes"), 64, "does not exist"),
        (("apply", "catalog/meters/tokens.json", "--yes"), 64, "does not exist"),
        (("show", "catalog/meters/tokens.yaml"), 3, "not a saved plan"),
        (("diff", "catalog", "nowhere"), 1, "nowhere"),
        (("export", "--url", "sandbox:"), 64, "--out"),
        (("export", "--url", "sandbox:", "--out", "x", "--only", "metre"), 64, "metre"),
    ],
)  # fmt: skip
def test_a_mistake_on_the_command_line_is_told_in_a_sentence(
    home: Path, arguments: tuple[str, ...], code: int, said: str
) -> None:
    result = catalogsync(*arguments, folder=home)
    assert result.returncode == code, result.stderr
    assert said in result.stderr
    assert "Traceback" not in result.stderr + result.stdout
    assert result.stdout == ""


def test_export_does_not_overwrite_what_differs(home: Path) -> None:
    assert catalogsync("export", "--url", "sandbox:", "--out", "out", folder=home).returncode == 0
    victim = home / "out" / "meters" / "tokens_total.yaml"
    victim.write_text(victim.read_text().replace("AI Token Usage", "mine"))
    refused = catalogsync("export", "--url", "sandbox:", "--out", "out", folder=home)
    assert refused.returncode == 64
    assert "would be overwritten" in refused.stderr
    assert "mine" in victim.read_text()
    assert (
        catalogsync("export", "--url", "sandbox:", "--out", "out", "--overwrite", folder=home).returncode == 0
    )
    assert "mine" not in victim.read_text()


def test_environments_are_read_from_the_configuration(home: Path) -> None:
    (home / "catalogsync.yaml").write_text(
        "default: staging\nenvironments:\n  staging: {url: 'sandbox:staging.db'}\n  other: {url: 'sandbox:'}\n"
    )
    assert "Target: environment staging (sandbox:" in catalogsync("plan", folder=home).stdout
    missed = catalogsync("plan", "-e", "stagin", folder=home)
    assert (missed.returncode, "did you mean `staging`?" in missed.stderr) == (64, True)
    (home / "catalogsync.yaml").write_text(
        "environments: {prod: {url: https://x, api_key: sk_live_canary}}\n"
    )
    secret = catalogsync("plan", "-e", "prod", folder=home)
    assert (secret.returncode, "must be a reference" in secret.stderr, "canary" in secret.stderr) == (
        64,
        True,
        False,
    )


def test_init_then_validate_plan_and_apply_without_an_option(tmp_path: Path) -> None:
    assert catalogsync("init", folder=tmp_path).returncode == 0
    assert catalogsync("validate", folder=tmp_path).returncode == 0
    assert catalogsync("fmt", "--check", folder=tmp_path).returncode == 0
    assert catalogsync("apply", "--yes", folder=tmp_path).returncode == 0
    assert catalogsync("plan", "--exit-code", folder=tmp_path).returncode == 0
    assert catalogsync("init", folder=tmp_path).returncode == 64
