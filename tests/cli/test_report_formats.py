"""Plans, runs and differences in every format from the command line: one run writes several, at places seen from the repository's root."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from texts import CALLS

from catalogsync.cli import run
from catalogsync.render.formats import FORMATS

CATALOG = (
    "# what is counted\n"
    + CALLS
    + """\
---
kind: plan
key: pro
name: Pro
currency: USD
billingCadence: P1M
phases:
  - key: main
    name: Main
    rateCards:
      - {type: flat_fee, key: fee, name: Fee, billingCadence: P1M, price: {type: flat, amount: 49}}
      - type: usage_based
        key: calls
        name: Calls
        featureKey: calls
        billingCadence: P1M
        price:
          type: unit
          amount: 0.01
        entitlementTemplate: {type: metered, issueAfterReset: 0, isSoftLimit: true}
"""
)
URL = ("--url", "sandbox:live.db")


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with a catalog two folders down, the current folder between them; its first version is live."""
    (tmp_path / ".git").mkdir()
    folder = tmp_path / "billing" / "catalog a"
    folder.mkdir(parents=True)
    (folder / "all.yaml").write_text(CATALOG, "utf-8")
    monkeypatch.chdir(tmp_path / "billing")
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    assert run(["apply", "catalog a", *URL, "--yes"]) == 0
    (folder / "all.yaml").write_text(CATALOG.replace("amount: 0.01", "amount: 0.012"), "utf-8")
    return tmp_path


def asked(folder: Path) -> list[str]:
    """Every format, each to a file of its own."""
    return [word for name in FORMATS for word in ("--format", f"{name}={folder / name}")]


def placed(sarif: Path) -> dict[str, tuple[str, int]]:
    """File and line of each result by its code."""
    found: dict[str, tuple[str, int]] = {}
    for result in json.loads(sarif.read_text("utf-8"))["runs"][0]["results"]:
        for one in result.get("locations", ()):
            place: Any = one["physicalLocation"]
            uri = unquote(place["artifactLocation"]["uri"])
            found[result["ruleId"]] = (uri, place["region"]["startLine"])
    return found


FILE = "billing/catalog a/all.yaml"
PRICE = 1 + CATALOG.splitlines().index("          amount: 0.01")
MANIFEST = 1 + CATALOG.splitlines().index("kind: plan")


def test_one_run_writes_every_format(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = repository / "out"
    out.mkdir()
    assert run(["plan", "catalog a", *URL, *asked(out), "--out", "plan.json"]) == 0
    assert capsys.readouterr().out == ""
    assert {path.name for path in out.iterdir()} == set(FORMATS)
    assert all("plan/pro" in path.read_text("utf-8") or path.name == "json" for path in out.iterdir())
    assert placed(out / "sarif") == {"price-rises": (FILE, PRICE), "change-new-version": (FILE, MANIFEST)}
    lines = (out / "github").read_text("utf-8").splitlines()
    warning = next(line for line in lines if "title=price-rises" in line)
    notice = next(line for line in lines if "title=change-new-version" in line)
    assert warning.startswith(
        f"::warning col=19,file={FILE},line={PRICE},title=price-rises::plan/pro: price of"
    )
    assert notice.startswith(
        f"::notice col=1,file={FILE},line={MANIFEST},title=change-new-version::plan/pro: new version"
    )


@pytest.mark.parametrize("folder", [".", "billing", "elsewhere"])
def test_a_saved_plan_knows_its_places_wherever_it_is_shown(
    repository: Path, monkeypatch: pytest.MonkeyPatch, folder: str
) -> None:
    assert run(["plan", "catalog a", *URL, "--out", str(repository / "plan.json")]) == 0
    (repository / "elsewhere").mkdir()
    monkeypatch.chdir(repository / folder)
    assert run(["show", str(repository / "plan.json"), "--format", f"sarif={repository / 'sarif'}"]) == 0
    assert placed(repository / "sarif")["price-rises"] == (FILE, PRICE)


def test_a_run_and_a_difference_write_every_format(repository: Path) -> None:
    ran, differ = repository / "ran", repository / "differ"
    ran.mkdir(), differ.mkdir()
    (repository / "billing" / "old.yaml").write_text(CATALOG, "utf-8")
    assert run(["diff", "old.yaml", "catalog a", *asked(differ)]) == 0
    assert placed(differ / "sarif") == {"price-rises": (FILE, PRICE), "change-new-version": (FILE, MANIFEST)}
    assert run(["apply", "catalog a", *URL, "--yes", *asked(ran)]) == 0
    assert placed(ran / "sarif")["step-done"] == (FILE, MANIFEST)
    for folder, words in ((differ, ("1 difference",)), (ran, ("Applied: ", "publish plan/pro"))):
        for name in ("text", "markdown", "html"):
            said = (folder / name).read_text("utf-8")
            assert all(word in said for word in words), (folder, name)


def test_what_goes_is_placed_where_it_was_written(repository: Path) -> None:
    (repository / "billing" / "less.yaml").write_text(CATALOG.split("---", maxsplit=1)[0], "utf-8")
    out = repository / "sarif"
    assert run(["diff", "catalog a", "less.yaml", "--format", f"sarif={out}"]) == 0
    assert placed(out) == {"change-delete": (FILE, MANIFEST)}


def test_errors_in_the_files_are_in_every_format(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = repository / "billing" / "catalog a" / "all.yaml"
    path.write_text(CATALOG.replace("featureKey: calls", "featureKey: cals"), "utf-8")
    for verb in (("plan", "catalog a", *URL), ("apply", "catalog a", *URL, "--yes")):
        out = repository / verb[0]
        out.mkdir()
        assert run([*verb, *asked(out)]) == 1
        assert "rate_card_feature_not_found" in capsys.readouterr().err
        assert {one.name for one in out.iterdir()} == set(FORMATS) - {"text"}
        assert placed(out / "sarif")["rate_card_feature_not_found"][0] == FILE
