"""A saved plan says the same wherever it is shown: what was asked about, the order of rate cards, and the digest that tells which file it is."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from texts import CALLS

from catalogsync.cli import run
from catalogsync.core import canon
from catalogsync.render.formats import FORMATS
from catalogsync.store import planfile

PRO = (
    CALLS
    + """\
---
kind: plan
key: pro
name: Pro
currency: USD
billingCadence: P1M
phases:
  - key: trial
    name: Trial
    duration: P1M
    rateCards:
      - {type: flat_fee, key: zero, name: Zero, billingCadence: P1M, price: {type: flat, amount: "1"}}
      - {type: flat_fee, key: alpha, name: Alpha, billingCadence: P1M, price: {type: flat, amount: "2"}}
  - key: main
    name: Main
    rateCards:
      - type: usage_based
        key: calls
        name: Calls
        featureKey: calls
        billingCadence: P1M
        price: {type: unit, amount: "0.01"}
        entitlementTemplate: {type: metered, issueAfterReset: 0, isSoftLimit: true}
      - {type: flat_fee, key: base, name: Base, billingCadence: P1M, price: {type: flat, amount: "10"}}
"""
)
DEARER = PRO.replace('"0.01"', '"0.012"').replace("name: Pro", "name: Professional")
USAGE = "customer,feature,quantity\nzoe,calls,5000\nanna,calls,70000\n"
ASKED = ("--at", "calls=4321,250000", "--usage", "usage.csv")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "catalog").mkdir()
    Path("usage.csv").write_text(USAGE)
    Path("catalogsync.yaml").write_text(
        'environments:\n  live: {url: "sandbox:live.db"}\n  next: {url: "sandbox:next.db"}\n'
    )
    return tmp_path


def written(text: str) -> None:
    Path("catalog/one.yaml").write_text(text)


def saved(*words: str) -> dict[str, str]:
    """What a verb that saves `plan.json` says, by format."""
    assert run([*words, "--out", "plan.json", *(f"--format={name}={name}.out" for name in FORMATS)]) == 0
    return {name: Path(f"{name}.out").read_text() for name in FORMATS}


def shown(*words: str) -> dict[str, str]:
    assert run(["show", "plan.json", *words, *(f"--format={name}={name}.out" for name in FORMATS)]) == 0
    return {name: Path(f"{name}.out").read_text() for name in FORMATS}


def without_created(said: dict[str, str]) -> dict[str, str]:
    """A plan is made at the instant at which it is saved."""
    return {name: re.sub(r"20\d\d-\d\d-\d\dT[0-9:.]+Z", "NOW", text) for name, text in said.items()}


def test_a_new_plan_has_its_rate_cards_in_the_order_of_the_file(home: Path) -> None:
    written(PRO)
    said = saved("plan", "-e", "live")
    assert re.findall(r"(?m)^ +(?:rate card )?(zero|alpha|calls|base)\b", said["text"])[:4] == [
        "zero",
        "alpha",
        "calls",
        "base",
    ]
    assert without_created(shown()) == without_created(said)


def test_what_was_asked_about_is_shown_again(home: Path) -> None:
    written(PRO)
    assert run(["apply", "-e", "live", "--yes"]) == 0
    written(DEARER)
    said = saved("plan", "-e", "live", *ASKED)
    assert "4,321" in said["text"] and "anna" in said["text"] and "zoe" in said["markdown"]
    assert without_created(shown()) == without_created(said)
    run(["plan", "-e", "live", "--out", "bare.json"])
    assert "4,321" not in Path("plan.json").read_text() and "asked" not in json.loads(
        Path("bare.json").read_text()
    )


def test_what_is_asked_anew_takes_its_place(home: Path) -> None:
    written(PRO)
    assert run(["apply", "-e", "live", "--yes"]) == 0
    written(DEARER)
    saved("plan", "-e", "live", *ASKED)
    other = shown("--at", "calls=777")["text"]
    assert "777" in other and "4,321" not in other and "anna" in other
    Path("other.csv").write_text(USAGE.replace("anna", "bob"))
    other = shown("--usage", "other.csv")["text"]
    assert "bob" in other and "anna" not in other and "4,321" in other


def test_a_promotion_is_shown_again(home: Path) -> None:
    written(PRO)
    for words in (["apply", "-e", "live", "--yes"], ["promote", "live", "next", "--yes"]):
        assert run(words) == 0
    written(DEARER)
    assert run(["apply", "-e", "live", "--yes"]) == 0
    said = saved("promote", "live", "next", *ASKED)
    assert "4,321" in said["markdown"]
    assert without_created(shown()) == without_created(said)


def test_below_the_root_of_a_repository_files_are_named_as_the_plan_named_them(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file names them as seen from the root, for a reader who stands elsewhere."""
    (home / ".git").mkdir()
    (home / "shop").mkdir()
    for name in ("catalog", "catalogsync.yaml", "usage.csv"):
        (home / name).rename(home / "shop" / name)
    monkeypatch.chdir(home / "shop")
    written(PRO.replace("        entitlementTemplate", "        #"))
    said = saved("plan", "-e", "live")
    assert "(catalog/one.yaml" in said["markdown"] and "shop/catalog/one.yaml" in said["sarif"]
    assert '"shop/catalog/one.yaml"' in Path("plan.json").read_text()
    again = shown()
    for name in ("text", "sarif", "junit"):  # these quote the line, which a saved plan does not hold
        del again[name], said[name]
    assert without_created(again) == without_created(said)
    monkeypatch.chdir(home)
    assert run(["show", "shop/plan.json", "--format", "markdown=out.md"]) == 0
    assert "(shop/catalog/one.yaml" in Path("out.md").read_text()


def test_the_digest_of_the_file_is_in_what_people_read(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written(PRO)
    said = saved("plan", "-e", "live")
    digest = planfile.digest_in(Path("plan.json"))
    assert f"Digest: {digest}\n" in said["text"]
    assert f"Digest of the saved plan: `{digest}`" in said["markdown"]
    assert digest in said["html"]
    assert json.loads(said["json"])["digest"] == digest
    capsys.readouterr()
    assert (
        run(
            [
                "apply",
                "plan.json",
                "--yes",
                "--format",
                "text",
                "--format",
                "markdown=done.md",
                "--format",
                "json=done.json",
            ]
        )
        == 0
    )
    assert f"Digest: {digest}\n" in capsys.readouterr().err
    assert (
        digest in Path("done.md").read_text()
        and json.loads(Path("done.json").read_text())["digest"] == digest
    )
    assert run(["plan", "-e", "live"]) == 0
    assert "Digest" not in capsys.readouterr().out, "what is not saved has none"


def test_the_file_is_the_same_for_the_digest_in_whatever_order(home: Path) -> None:
    written(PRO)
    saved("plan", "-e", "live", *ASKED)
    body = canon.loads(Path("plan.json").read_text())
    Path("sorted.json").write_text(canon.dumps(body))
    assert planfile.load(Path("sorted.json")) == planfile.load(Path("plan.json"))
