"""`export --overwrite` into a folder of hand-made manifests: each object in the file that says it, nothing twice."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from engine_helpers import EXAMPLE, catalog_of, client_of, settle

from catalogsync.cli import run
from catalogsync.sandbox import Sandbox

URL = ("--url", "sandbox:live.db")
OTHER = "{kind: feature, key: planned, name: Planned}\n"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The example in another layout, applied; then somebody changes a price and a name by hand, and makes a feature."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(EXAMPLE, "live")
    Path("mine").mkdir()
    for path in sorted(Path("live").rglob("*.yaml")):
        shutil.copy(path, Path("mine") / f"{path.parent.name}-{path.name}")
    changed("live/plans/pro.yaml", "amount: 49,", "amount: 59,")
    changed("live/meters/users.yaml", "name: Active users", "name: Users")
    sandbox = Sandbox(data=Path("live.db"))
    settle(catalog_of(Path("live")), client_of(sandbox))
    client_of(sandbox).send("POST", "/features", {"key": "by_hand", "name": "By hand"})
    sandbox.close()


def changed(file: str, old: str, new: str) -> None:
    text = Path(file).read_text("utf-8")
    assert old in text
    Path(file).write_text(text.replace(old, new, 1), "utf-8")


def texts() -> dict[str, str]:
    return {path.as_posix(): path.read_text("utf-8") for path in sorted(Path("mine").rglob("*.yaml"))}


def test_each_object_is_changed_where_it_is_said_and_nothing_comes_twice(
    capsys: pytest.CaptureFixture[str],
) -> None:
    before = texts()
    assert run(["export", *URL, "--out", "mine", "--overwrite"]) == 0
    said = capsys.readouterr().out.splitlines()
    after = texts()
    differ = {name for name in after if before.get(name) != after[name]}
    assert differ == set(said)
    assert {"mine/plans-pro.yaml", "mine/meters-users.yaml", "mine/features/by_hand.yaml"} <= differ
    assert after["mine/plans-pro.yaml"] == before["mine/plans-pro.yaml"].replace(
        "amount: 49,", "amount: 59,", 1
    )
    assert set(after) - set(before) == {name for name in said if name.count("/") == 2}
    assert run(["plan", "mine", *URL, "--exit-code"]) == 0
    assert run(["export", *URL, "--out", "mine", "--overwrite"]) == 0
    assert texts() == after


def test_what_is_not_live_stays_and_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    Path("mine/planned.yaml").write_text(OTHER, "utf-8")
    assert run(["export", *URL, "--out", "mine", "--overwrite"]) == 0
    err = capsys.readouterr().err
    assert "export-left-over" in err
    assert "feature/planned is not live" in err
    assert Path("mine/planned.yaml").read_text("utf-8") == OTHER


def test_only_the_kinds_that_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["export", *URL, "--out", "mine", "--overwrite", "--only", "plan"]) == 0
    assert capsys.readouterr().out.splitlines() == ["mine/plans-pro.yaml"]


def test_manifests_with_errors_are_not_touched(capsys: pytest.CaptureFixture[str]) -> None:
    Path("mine/wrong.yaml").write_text("{kind: feature, key: wrong, nam: Wrong}\n", "utf-8")
    before = texts()
    assert run(["export", *URL, "--out", "mine", "--overwrite"]) == 1
    assert "mine/wrong.yaml" in capsys.readouterr().err
    assert texts() == before


def test_a_draft_that_moved_is_taken_as_a_draft() -> None:
    body = "{kind: plan, key: later, name: NAME, lifecycle: draft, currency: USD, billingCadence: P1M, phases: [{key: a, name: A, rateCards: []}]}\n"
    text = body.replace(
        "rateCards: []", "rateCards: [{type: flat_fee, key: f, name: F, billingCadence: P1M, price: null}]"
    )
    Path("drafts").mkdir()
    Path("drafts/later.yaml").write_text(text.replace("NAME", "Later"), "utf-8")
    assert run(["apply", "drafts", *URL, "--yes"]) == 0
    Path("mine/later.yaml").write_text(text.replace("NAME", "Sooner"), "utf-8")
    assert run(["export", *URL, "--out", "mine", "--overwrite", "--only", "plan"]) == 0
    assert Path("mine/later.yaml").read_text("utf-8") == text.replace("NAME", "Later")


def test_without_overwrite_nothing_is_described_a_second_time(capsys: pytest.CaptureFixture[str]) -> None:
    before = texts()
    assert run(["export", *URL, "--out", "mine"]) == 64
    err = capsys.readouterr().err
    assert "would be described twice; nothing was written" in err and "--overwrite" in err
    assert texts() == before and not Path("mine/features").exists()
    Path("new").mkdir()
    Path("new/planned.yaml").write_text(OTHER, "utf-8")
    assert run(["export", *URL, "--out", "new"]) == 0
    assert run(["export", *URL, "--out", "new"]) == 0
