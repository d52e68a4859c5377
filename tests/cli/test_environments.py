"""Environments on the command line: variables for URLs, protection, one environment's catalog on another server."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

import pytest
from texts import PRO

from catalogsync.app import protection
from catalogsync.cli import run
from catalogsync.core.errors import Refused
from catalogsync.store import config

METER = "kind: meter\nslug: m\nname: M\naggregation: COUNT\neventType: e\n"
CONFIG = """\
default: test
environments:
  test: {url: "sandbox:test.db"}
  moved: {url: {env: WHERE}}
  live: {url: "sandbox:live.db", protected: true, overlays: [over], fuses: {first-write: false}}
"""


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "catalogsync.yaml").write_text(CONFIG, "utf-8")
    for name, text in (("catalog", METER), ("over", "kind: meter\nslug: m\nname: Live\n")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "m.yaml").write_text(text, "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def planned(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, object]:
    assert run(["plan", *words, "--format", "json"]) == 0
    told: dict[str, object] = json.loads(capsys.readouterr().out)
    return told


def test_a_url_in_a_variable(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["validate", "-e", "moved"]) == 0
    capsys.readouterr()
    assert run(["plan", "-e", "moved"]) == 64
    assert "the variable WHERE is not set" in capsys.readouterr().err
    monkeypatch.setenv("WHERE", "")
    assert run(["plan", "-e", "moved"]) == 64
    assert "the variable WHERE is empty" in capsys.readouterr().err, (
        "as CI leaves a secret that it does not have"
    )
    monkeypatch.setenv("WHERE", "sandbox:")
    assert planned(capsys, "-e", "moved")["summary"]


def test_a_protected_environment_takes_saved_plans_only(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["apply", "-e", "live", "--yes"]) == 3
    said = capsys.readouterr().err
    assert "refused-protected" in said and "plan -e live --out FILE" in said
    assert not (here / "live.db").exists()
    assert run(["plan", "-e", "live", "--out", "plan.json"]) == 0
    assert run(["apply", "plan.json", "--yes"]) == 0
    assert run(["plan", "-e", "live", "--exit-code"]) == 0


@pytest.mark.parametrize("also", [(), ("-e", "test"), ("-e", "live")])
def test_a_protected_environment_is_not_written_by_its_url(
    here: Path, capsys: pytest.CaptureFixture[str], also: tuple[str, ...]
) -> None:
    url = f"sandbox:{here / 'live.db'}"
    assert run(["apply", *also, "--url", url, "--yes"]) == 3
    said = capsys.readouterr().err
    assert "refused-protected" in said and "environment live" in said and "plan -e live --out FILE" in said
    assert run(["plan", *also, "--url", "sandbox:live.db", "--out", "plan.json"]) == 0, "it may be read"
    assert run(["apply", "plan.json", "--yes"]) == 3
    assert "refused-protected" in capsys.readouterr().err
    assert not (here / "live.db").exists()
    assert run(["apply", *also, "--url", "sandbox:test.db", "--yes"]) == 0, "this one is not protected"


SERVERS = {
    "the same": ("https://live.example.com", True),
    "in other letters": ("https://LIVE.example.com:443/", True),
    "another host": ("https://test.example.com", False),
    "another path": ("https://live.example.com/b", False),
    "another port": ("https://live.example.com:444", False),
    "a sandbox": ("sandbox:", False),
}


@pytest.mark.parametrize(("url", "refused"), SERVERS.values(), ids=SERVERS)
@pytest.mark.parametrize("said", ["https://live.example.com", "{env: LIVE}"])
def test_which_url_is_a_protected_environments(here: Path, said: str, url: str, refused: bool) -> None:
    (here / "catalogsync.yaml").write_text(
        f"environments: {{live: {{url: {said}, protected: true}}}}\n", "utf-8"
    )
    known = [config.load(here)]
    environ = {"LIVE": "https://live.example.com"}
    one = config.by_url(url, {})
    with pytest.raises(Refused) if refused else contextlib.nullcontext():
        protection.refuse_url(one, known, environ)
    protection.refuse_url(config.by_url("https://else.example.com", {}), known, {})


@pytest.mark.parametrize(
    ("said", "url", "refused"),
    [
        ("http://127.0.0.1:8888", "http://localhost:8888", True),
        ("http://localhost:8888", "http://127.1:8888/", True),
        ("http://localhost:8888", "http://[::1]:8888", True),
        ("http://127.0.0.1:8888", "http://[::ffff:127.0.0.1]:8888", True),
        ("http://localhost:8888", "http://om.localhost.:8888", True),
        ("http://10.0.0.9:8888", "http://0x0a000009:8888", True),
        ("http://127.0.0.1:8888", "http://127.0.0.2:8888", False),
        ("http://localhost:8888", "http://localhost:8889", False),
        ("http://localhost:8888", "http://localhost.example.com:8888", False),
    ],
)
def test_a_protected_server_has_many_spellings(here: Path, said: str, url: str, refused: bool) -> None:
    (here / "catalogsync.yaml").write_text(
        f'environments: {{live: {{url: "{said}", protected: true}}}}\n', "utf-8"
    )
    with pytest.raises(Refused) if refused else contextlib.nullcontext():
        protection.refuse_url(config.by_url(url, {}), [config.load(here)], {})


def test_one_environments_catalog_goes_to_another_server(capsys: pytest.CaptureFixture[str]) -> None:
    """Its overlays are merged, though it is protected: the other server is none of that name."""
    told = planned(capsys, "-e", "live", "--url", "sandbox:")
    (step,) = told["steps"]  # type: ignore[misc]
    assert step["body"]["name"] == "Live"
    assert told["target"]["environment"] == "" and told["target"]["url"] == "sandbox:"  # type: ignore[index]
    assert run(["apply", "-e", "live", "--url", "sandbox:other.db", "--yes"]) == 0
    assert run(["plan", "--url", "sandbox:other.db", "-e", "live", "--exit-code"]) == 0
    assert run(["plan", "--url", "sandbox:other.db", "--exit-code"]) == 2


def test_all_that_is_wrong_is_shown(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "catalogsync.yaml").write_text("defalt: x\nenvironments: {test: {}}\n", "utf-8")
    assert run(["plan"]) == 64
    said = capsys.readouterr()
    assert said.out == ""
    assert "did you mean `default`?" in said.err and "`url` is missing" in said.err
    assert "catalogsync.yaml:1:1" in said.err and " 1 | defalt: x" in said.err


PLAN = (
    PRO
    + """\
      - {type: flat_fee, key: fee, name: Fee, billingCadence: P1M, price: {type: flat, amount: 49, paymentTerm: in_advance}}
"""
)
TWO = """\
environments:
  test: {url: "sandbox:", overlays: [test]}
  also: {url: "sandbox:", overlays: [test]}
  live: {url: "sandbox:", overlays: [over]}
  plain: {url: "sandbox:"}
"""


def layered(here: Path, **texts: str) -> None:
    """The catalog of one plan, and overlays by their folders."""
    (here / "catalogsync.yaml").write_text(TWO, "utf-8")
    (here / "catalog" / "m.yaml").write_text(PLAN, "utf-8")
    for folder, text in texts.items():
        (here / folder).mkdir(exist_ok=True)
        (here / folder / "m.yaml").write_text(f"kind: plan\nkey: pro\n{text}", "utf-8")


def test_without_an_environment_every_one_is_checked(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each finding once: in the base, it names no environment; in some of them, those."""
    layered(here, test="currency: usd\n", over="phases:\n  - {key: defualt, name: X}\n")
    text = (here / "catalog" / "m.yaml").read_text("utf-8")
    (here / "catalog" / "m.yaml").write_text(f"{text}nmae: x\n", "utf-8")
    assert run(["validate", "--format", "json"]) == 1
    found = json.loads(capsys.readouterr().out)["diagnostics"]
    assert sorted((one["code"], one["where"]["file"], one.get("environments")) for one in found) == [
        ("manifest-unknown-field", "catalog/m.yaml", None),
        ("manifest-wrong-form", "test/m.yaml", ["also", "test"]),
        ("overlay-without-item", "over/m.yaml", ["live"]),
    ]
    assert run(["validate"]) == 1
    assert "= in environments also, test" in capsys.readouterr().out
    assert run(["validate", "-e", "plain", "--format", "json"]) == 1
    assert len(json.loads(capsys.readouterr().out)["diagnostics"]) == 1


def test_a_valid_catalog_says_what_was_checked(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    layered(here, test="name: Test\n", over="name: Live\n")
    assert run(["validate"]) == 0
    assert "1 object: valid, also with the overlays of also, live, test" in capsys.readouterr().err


def test_differences_can_be_limited_for_all_and_for_one(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    layered(here, test="name: Test\n", over="name: Live\n")
    (here / "catalogsync.yaml").write_text(
        TWO.replace("[over]", "[over], allowDifferences: {plan/*: [name]}")
        + "allowDifferences: {plan/*: [metadata]}\n",
        "utf-8",
    )
    assert run(["validate", "--format", "json"]) == 1
    (found,) = json.loads(capsys.readouterr().out)["diagnostics"]
    assert (found["code"], found["environments"]) == ("overlay-not-allowed", ["also", "test"])
    assert run(["plan", "-e", "live"]) == 0
    assert run(["plan", "-e", "test"]) == 1


def test_the_resolved_catalog_is_what_is_planned(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cheaper = "phases:\n  - {key: default, rateCards: [{key: fee, price: {amount: 39}}]}\n"
    layered(here, over=f"name: Live\n{cheaper}")
    told = planned(capsys, "-e", "live")
    assert run(["show", "--resolved", "-e", "live"]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith(
        "# from catalog/m.yaml; overlays: over/m.yaml\nkind: plan\nkey: pro\nname: Live\n"
    )
    (here / "all.yaml").write_text(printed, "utf-8")
    again = planned(capsys, "all.yaml", "--url", "sandbox:")
    assert again["steps"] == told["steps"]
    assert run(["show", "--resolved", "-e", "live", "--format", "json"]) == 0
    (one,) = json.loads(capsys.readouterr().out)["objects"]
    assert (one["files"], one["body"]["name"]) == (["catalog/m.yaml", "over/m.yaml"], "Live")


def test_a_changed_value_names_the_overlay_that_it_comes_from(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    layered(here, over="name: Live\nmetadata: {a: b}\n")
    base = here / "catalog" / "m.yaml"
    assert run(["apply", "--url", "sandbox:a.db", "--yes"]) == 0
    base.write_text(base.read_text("utf-8").replace("name: Fee", "name: Charge"), "utf-8")
    capsys.readouterr()
    for form in ("text", "markdown"):
        assert run(["plan", "-e", "live", "--url", "sandbox:a.db", "--format", form]) == 0
        said = {
            line.split(":")[0].strip(" ~+-`"): line
            for line in capsys.readouterr().out.splitlines()
            if "name" in line
        }
        assert said["name"].endswith("(over/m.yaml:3)")
        assert "m.yaml" not in said["phases.default.rateCards.fee.name"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("show",), "one saved plan or run is to be named"),
        (("show", "catalog", "-e", "live"), "--resolved"),
        (("show", "--resolved", "--format", "html"), "no format html"),
        (("show", "--resolved", "-e", "lvie"), "did you mean `live`?"),
    ],
)
def test_what_cannot_be_shown(words: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(list(words)) == 64
    assert said in capsys.readouterr().err


def test_an_export_may_lie_outside(
    here: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The environment is that of the current folder where none is above the one that is written."""
    monkeypatch.setenv("WHERE", "sandbox:")
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    assert run(["export", "-e", "moved", "--out", str(elsewhere / "out")]) == 0
    assert list(elsewhere.rglob("*.yaml"))


@pytest.mark.parametrize("there", [True, False])
def test_overlays_that_are_not_there_are_told_as_such(
    there: bool, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "catalogsync.yaml").write_text(
        'environments:\n  test: {url: "sandbox:", overlays: [nope]}\n', "utf-8"
    )
    if there:
        (here / "nope").mkdir()
    for verb in (["validate"], ["plan", "-e", "test"]):
        assert run(verb) == 1
        said = "".join(capsys.readouterr())
        assert "`overlays` in catalogsync.yaml names it" in said and "catalogsync init" not in said
