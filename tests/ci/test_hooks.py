"""`validate --whole`, and the hooks with the real pre-commit: a file that changed is checked within its whole catalog."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from ci.composite import ROOT
from forked import program

from catalogsync.app.format import format_files
from catalogsync.app.whole import catalog_of

HOOKS = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
OVERLAY = "kind: plan\nkey: pro\nname: Pro in production\n"


def repository(folder: Path) -> Path:
    """The example catalog with an overlay, and another catalog in a folder below, with a configuration of its own."""
    shutil.copytree(ROOT / "examples" / "catalog", folder / "catalog")
    shutil.copytree(ROOT / "examples" / "catalog", folder / "billing" / "manifests")
    (folder / "overlays" / "production").mkdir(parents=True)
    (folder / "overlays" / "production" / "pro.yaml").write_text(OVERLAY, "utf-8")
    (folder / "catalogsync.yaml").write_text(
        "environments:\n  production:\n    url: https://openmeter.example.com\n    overlays: [overlays/production]\n",
        "utf-8",
    )
    (folder / "billing" / "catalogsync.yaml").write_text("", "utf-8")
    return folder


def validate(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [program(), "validate", *words],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    ("file", "catalog"),
    [
        ("catalog/plans/pro.yaml", "catalog"),
        ("catalog/plans", "catalog"),
        ("catalog", "catalog"),
        ("catalogsync.yaml", "catalog"),
        ("overlays/production/pro.yaml", "catalog"),
        ("billing/manifests/plans/pro.yaml", "billing/manifests"),
        ("billing/catalogsync.yaml", "billing"),
        (".", "catalog"),
    ],
)
def test_the_catalog_of_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str, catalog: str
) -> None:
    monkeypatch.chdir(repository(tmp_path))
    assert catalog_of(Path(file)) == Path(catalog)
    assert catalog_of(tmp_path / file) == Path(catalog)


def test_without_a_configuration_the_current_folder_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository(tmp_path / "there")
    (tmp_path / "there" / "catalogsync.yaml").unlink()
    monkeypatch.chdir(tmp_path / "there")
    assert catalog_of(Path("catalog/plans/pro.yaml")) == Path("catalog")
    assert catalog_of(Path("overlays/production/pro.yaml")) == Path("overlays")
    monkeypatch.chdir(tmp_path / "there" / "billing")
    assert catalog_of(Path("../catalog/plans/pro.yaml")) == Path("../catalog/plans/pro.yaml")


def test_one_file_is_checked_with_what_it_refers_to(tmp_path: Path) -> None:
    repository(tmp_path)
    assert validate(tmp_path, "catalog/plans/pro.yaml").returncode == 1, "alone its features are missing"
    done = validate(tmp_path, "--whole", "catalog/plans/pro.yaml", "catalog/plans/free.yaml")
    assert (done.returncode, done.stderr) == (0, "26 objects: valid, also with the overlays of production\n")
    done = validate(tmp_path, "--whole", "catalog/plans/pro.yaml", "billing/manifests/plans/free.yaml")
    assert (done.returncode, done.stderr) == (0, "52 objects: valid, also with the overlays of production\n")
    meter = tmp_path / "catalog" / "features" / "usage.yaml"
    meter.write_text(meter.read_text("utf-8").replace("key: api_requests", "key: api_calls"), "utf-8")
    done = validate(tmp_path, "--whole", "catalog/features/usage.yaml")
    assert done.returncode == 1
    assert "rate_card_feature_not_found" in done.stdout
    assert "catalog/plans/" in done.stdout


def test_an_overlay_is_checked_on_what_it_lies_on(tmp_path: Path) -> None:
    repository(tmp_path)
    overlay = tmp_path / "overlays" / "production" / "pro.yaml"
    assert validate(tmp_path, "--whole", "overlays/production/pro.yaml").returncode == 0
    overlay.write_text(OVERLAY.replace("key: pro", "key: por"), "utf-8")
    for named in ("overlays/production/pro.yaml", "catalog/plans/pro.yaml", "catalogsync.yaml"):
        done = validate(tmp_path, "--whole", named)
        assert done.returncode == 1
        assert done.stdout.count("error[") == 1, "each once"


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    done = validate(repository(tmp_path), "--whole", "catalog/plans/gone.yaml")
    assert done.returncode == 64
    assert "catalog/plans/gone.yaml does not exist" in done.stderr


def test_the_hooks_take_manifests_and_leave_other_files() -> None:
    files = {hook["id"]: re.compile(hook["files"]) for hook in HOOKS}
    for hook, taken in files.items():
        assert taken.search("catalog/plans/pro.yaml") and taken.search("billing/overlays/production/x.yml"), (
            hook
        )
        assert not taken.search(".github/workflows/ci.yml"), hook
        assert not taken.search("catalog/README.md"), hook
    assert files["catalogsync-validate"].search("catalogsync.yaml")
    assert not files["catalogsync-fmt"].search("catalogsync.yaml")


def test_the_example_is_in_the_style() -> None:
    assert format_files([ROOT / "examples" / "catalog"]).restyled == ()


@pytest.mark.slow
def test_the_real_pre_commit_runs_the_hooks(tmp_path: Path) -> None:
    """Installs this checkout as a hook's repository, as pre-commit does: with pip, from a clone of its last commit."""
    if importlib.util.find_spec("pre_commit") is None:
        pytest.skip("pre-commit IS NOT INSTALLED: the hooks were not run by it")
    folder = repository(tmp_path / "repository")
    config = {
        "repos": [
            {
                "repo": str(ROOT),
                "rev": git(ROOT, "rev-parse", "HEAD").strip(),
                "hooks": [{"id": one["id"]} for one in HOOKS],
            }
        ]
    }
    (folder / ".pre-commit-config.yaml").write_text(yaml.safe_dump(config), "utf-8")
    git(folder, "init", "-q")
    git(folder, "add", "-A")

    def run() -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "pre_commit", "run"],
            cwd=folder,
            env={
                "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
                "HOME": str(tmp_path),
                "PRE_COMMIT_HOME": str(tmp_path / "cache"),
            },
            capture_output=True,
            text=True,
            timeout=500,
            check=False,
        )

    done = run()
    assert done.returncode == 0, done.stdout + done.stderr
    git(folder, "-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "-qm", "first")
    plan = folder / "catalog" / "plans" / "pro.yaml"
    plan.write_text(
        plan.read_text("utf-8").replace("featureKey: api_requests", "featureKey:   api_request"), "utf-8"
    )
    git(folder, "add", "-A")
    done = run()
    assert done.returncode == 1
    assert "files were modified by this hook" in done.stdout
    assert "did you mean `api_requests`?" in done.stdout


def git(folder: Path, *words: str) -> str:
    return subprocess.run(
        ["git", "-C", str(folder), *words], check=True, capture_output=True, text=True
    ).stdout
