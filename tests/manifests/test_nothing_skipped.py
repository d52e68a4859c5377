"""What lies in a catalog's folder is read or named; what an overlay says replaces what it says it does; what the server replaces is told."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from catalogsync.app.check import check
from catalogsync.core.diagnostics import Severity
from catalogsync.manifests import load
from catalogsync.openmeter import kinds

METER = "kind: meter\nslug: calls\neventType: call\naggregation: COUNT\n"
CHANNEL = (
    "kind: notification_channel\nkey: hook\ntype: WEBHOOK\nname: Hook\nurl: https://hooks.example.com/in\n"
)
PLAN = "kind: plan\nkey: pro\nname: Pro\ncurrency: USD\nbillingCadence: P1M\nphases:\n  - {key: one, name: One, rateCards: []}\n"


@pytest.mark.parametrize("name", ["a.YAML", "a.Yml", "A.YaMl", "a.yml"])
def test_a_suffix_in_capitals_is_read(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(METER, "utf-8")
    loaded = load([tmp_path])
    assert loaded.diagnostics == () and loaded.catalog.get(kinds.METER, "calls") is not None


@pytest.mark.parametrize(
    "name",
    [
        "a.json",
        "A.JSON",
        "a.jsonc",
        "a.ymal",
        "catalogsync.yml",
        "CatalogSync.yaml",
        "catalogsync.json",
        "a.yaml.txt",
        "a.YML.TXT",
    ],
)
def test_what_is_not_read_is_named(name: str, tmp_path: Path) -> None:
    (tmp_path / "meter.yaml").write_text(METER, "utf-8")
    (tmp_path / name).write_text("{}", "utf-8")
    (found,) = load([tmp_path]).diagnostics
    assert (found.code, found.severity) == ("file-not-read", Severity.WARNING)
    assert name in found.summary and found.where is not None and found.where.file.endswith(name)


def test_a_file_that_is_not_read_hides_no_other_error(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("{}", "utf-8")
    assert {one.code for one in load([tmp_path]).diagnostics} == {"catalog-empty", "file-not-read"}
    (tmp_path / "feature.yaml").write_text("kind: feature\nkey: a\nname: A\nmeterSlug: nowhere\n", "utf-8")
    (missing,) = (one for one in check([tmp_path]).diagnostics if one.code == "reference-unknown-meter")
    assert (
        missing.hint.startswith("is it in ")
        and "a.json, which is not read? Else write a manifest" in missing.hint
    )


def test_names_that_differ_by_capitals_are_told(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(METER, "utf-8")
    (tmp_path / "A.yaml").write_text(METER.replace("slug: calls", "slug: other"), "utf-8")
    if len(list(tmp_path.iterdir())) == 1:
        pytest.skip("this file system makes one file of them")
    (found,) = load([tmp_path]).diagnostics
    assert found.code == "file-name-case"


def test_odd_entries_never_end_in_a_traceback(tmp_path: Path) -> None:
    (tmp_path / "folder.yaml").mkdir()
    (tmp_path / "folder.yaml" / "meter.yaml").write_text(METER, "utf-8")
    (tmp_path / "dangling.YAML").symlink_to(tmp_path / "nowhere")
    (tmp_path / "loop.yaml").symlink_to(tmp_path / "loop.yaml")
    os.mkfifo(tmp_path / "pipe.YML")
    (tmp_path / "nul.yaml").write_bytes(b"kind: meter\0")
    (tmp_path / "surrogate.yaml").write_bytes(b"kind: \xed\xa0\x80")
    (tmp_path / "escaped.yaml").write_text('kind: "\\ud800"', "utf-8")
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.yaml")).write_text(METER.replace("calls", "b"), "utf-8")
    loaded = check([tmp_path, Path("a\0b"), tmp_path / "gone"], overlays=[Path("\0")])
    assert sorted({one.code for one in loaded.diagnostics} & {"file-not-regular", "yaml-nul", "yaml-encoding", "file-not-found"}) == [
        "file-not-found", "file-not-regular", "yaml-encoding", "yaml-nul"
    ]  # fmt: skip
    assert [str(ref) for ref in loaded.catalog.resources] == ["meter/b", "meter/calls"]


def test_folders_nested_deeper_than_calls_are_walked(tmp_path: Path) -> None:
    (tmp_path / "meter.yaml").write_text(METER, "utf-8")
    try:
        _nest(tmp_path, 1100)
        assert load([tmp_path]).catalog.get(kinds.METER, "calls") is not None
    finally:
        subprocess.run(["rm", "-rf", str(tmp_path / "a")], check=True)  # deeper than Python removes folders


def _nest(folder: Path, depth: int) -> None:
    here = os.open(folder, os.O_RDONLY)
    for _ in range(depth):
        os.mkdir("a", dir_fd=here)
        below = os.open("a", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(here)


def test_overlays_of_other_environments_are_no_manifests(tmp_path: Path) -> None:
    (tmp_path / "overlays" / "eu").mkdir(parents=True)
    (tmp_path / "meter.yaml").write_text(METER, "utf-8")
    (tmp_path / "overlays" / "eu" / "meter.yaml").write_text("kind: meter\nslug: calls\nname: EU\n", "utf-8")
    assert load([tmp_path]).diagnostics
    assert load([tmp_path], elsewhere=[tmp_path / "overlays" / "eu"]).diagnostics == ()
    named = load([tmp_path / "overlays"], elsewhere=[tmp_path / "overlays" / "eu"])
    assert [one.code for one in named.diagnostics] == ["catalog-empty"]
    assert load([tmp_path / "overlays" / "eu"], elsewhere=[tmp_path / "overlays"]).files != ()


def laid(tmp_path: Path, base: str, overlay: str) -> object:
    (tmp_path / "base").mkdir()
    (tmp_path / "base" / "a.yaml").write_text(base, "utf-8")
    (tmp_path / "over.yaml").write_text(overlay, "utf-8")
    return load([tmp_path / "base"], overlays=[tmp_path / "over.yaml"])


def test_an_empty_list_in_an_overlay_empties_the_list(tmp_path: Path) -> None:
    loaded = laid(
        tmp_path, PLAN + "addons: [{addon: a, fromPlanPhase: one}]\n", "kind: plan\nkey: pro\naddons: []\n"
    )
    assert loaded.diagnostics == ()  # type: ignore[attr-defined]
    assert loaded.catalog.get(kinds.PLAN, "pro").body["addons"] == []  # type: ignore[attr-defined]


def test_an_entry_twice_in_an_overlay_is_kept_twice(tmp_path: Path) -> None:
    over = "kind: plan\nkey: pro\naddons: [{addon: a, maxQuantity: 1}, {addon: a, maxQuantity: 2, fromPlanPhase: one}]\n"
    loaded = laid(tmp_path, PLAN + "addons: [{addon: a, fromPlanPhase: one}]\n", over)
    assert len(loaded.catalog.get(kinds.PLAN, "pro").body["addons"]) == 2  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "secret", ["signingSecret: {env: A}\n", "customHeaders: {Authorization: {env: A}}\n"]
)
def test_a_reference_to_a_secret_replaces_another_and_knows_its_file(secret: str, tmp_path: Path) -> None:
    over = "kind: notification_channel\nkey: hook\n" + secret.replace("env: A", "file: b")
    loaded = laid(tmp_path, CHANNEL + secret, over)
    assert loaded.diagnostics == ()  # type: ignore[attr-defined]
    channel = loaded.catalog.get(kinds.CHANNEL, "hook")  # type: ignore[attr-defined]
    path = ("signingSecret",) if "signing" in secret else ("customHeaders", "Authorization")
    value = channel.body
    for step in path:
        value = value[step]
    assert value == {"file": "b"}
    assert Path(channel.origin.locate((*path, "file")).file) == tmp_path / "over.yaml"
    assert Path(channel.origin.locate(("url",)).file) == tmp_path / "base" / "a.yaml"


CARD = "      - {{type: usage_based, key: calls, name: Calls, featureKey: calls, billingCadence: P1M, price: null, entitlementTemplate: {{type: metered, issueAfterReset: 1, usagePeriod: {period}}}}}\n"  # noqa: E501
FEATURE = "kind: feature\nkey: calls\nname: Calls\nmeterSlug: calls\n"
PHASE = "  - key: one\n    name: One\n    rateCards:\n"
REPLACED = {
    "entitlement-usage-period-replaced": [METER, FEATURE, PLAN[: PLAN.index("  - {")] + PHASE + CARD.format(period="P0D")],
    "meter-event-from-cut": [METER + 'eventFrom: "2026-01-01T00:00:00.1234567Z"\n'],
    "metadata-reserved": [CHANNEL + "metadata: {catalogsync/key: other}\n"],
    "plan-alignment-dropped": [PLAN + "alignment: {billablesMustAlign: true}\n"],
}  # fmt: skip


@pytest.mark.parametrize("code", REPLACED)
def test_what_the_server_replaces_is_told(code: str, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("---\n".join(REPLACED[code]), "utf-8")
    found = [one for one in check([tmp_path]).diagnostics if one.code == code]
    assert len(found) == 1, [str(one) for one in check([tmp_path]).diagnostics]


HOSTILE = [
    "{env: production}",
    "{file: /etc/hostname}",
    "{a: '{meter/m#active}'}",
    "{sha256: 'sha256:0'}",
    "{env: a, file: b}",
]


@pytest.mark.parametrize("metadata", HOSTILE)
def test_data_that_looks_like_a_marker_is_data(metadata: str, tmp_path: Path) -> None:
    documents = [
        METER + "groupBy: {env: $.env, file: $.file}\ndescription: '{meter/m#active} {env: X}'\n",
        FEATURE + "advancedMeterGroupByFilters: {env: {$eq: production}, file: {$in: ['{env: X}']}}\n",
        PLAN + "description: '{plan/pro#draft}'\nlifecycle: draft\n",
        CHANNEL,
        "kind: notification_rule\nkey: r\nname: '{feature/a}'\ntype: entitlements.reset\nchannels: [hook]\n",
    ]
    (tmp_path / "a.yaml").write_text(
        "---\n".join(f"{one}metadata: {metadata}\n" for one in documents), "utf-8"
    )
    checked = check([tmp_path])
    assert not [one for one in checked.diagnostics if one.is_error]
    for one in checked.catalog:
        assert isinstance(one.body["metadata"], dict)


def test_a_value_with_a_line_break_is_escaped(tmp_path: Path) -> None:
    cadence = PLAN.replace("billingCadence: P1M", 'billingCadence: "P1M\\n"')
    key = PLAN.replace("key: pro", 'key: "a\\nb"')
    path = METER + 'groupBy: {a: "$.a\\u2028b c"}\n'
    (tmp_path / "a.yaml").write_text("---\n".join((cadence, key, path)), "utf-8")
    found = check([tmp_path]).diagnostics
    assert {"duration-invalid", "manifest-wrong-form", "meter-json-path"} <= {one.code for one in found}
    assert not any("\n" in part for one in found for part in (one.summary, one.hint, one.detail))
