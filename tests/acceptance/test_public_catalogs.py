"""Catalogs that other people wrote, as manifests: applied, nothing left to do, exported, and the export applied to an empty server.

The bodies are those of the recorded area `catalogs`: what the real server accepted of them is written as manifests (ids as keys), carried out
on the embedded OpenMeter, and every stored object is held against what the real server answered.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import recordings
from engine_helpers import apply

from catalogsync import manifests
from catalogsync.app import check
from catalogsync.core.model import Kind, Lifecycle, Ref
from catalogsync.core.plan import Plan, TargetIdentity
from catalogsync.manifests.export import export
from catalogsync.openmeter.kinds import ADDON, CHANNEL, FEATURE, METER, PLAN, RULE
from catalogsync.planner import make_plan
from catalogsync.sandbox import Sandbox
from catalogsync.sandbox.domain.meters import CONFIGURED
from catalogsync.targets.v1 import Client, reader

_COLLECTIONS = {
    "/api/v1/meters": METER, "/api/v1/features": FEATURE, "/api/v1/plans": PLAN, "/api/v1/addons": ADDON,
    "/api/v1/notification/channels": CHANNEL, "/api/v1/notification/rules": RULE,
}  # fmt: skip
_TARGET = TargetIdentity("sandbox:")


@dataclass
class Written:
    """What a recording's accepted bodies are as manifests."""

    objects: dict[Ref, dict[str, Any]] = field(default_factory=dict)
    lifecycles: dict[Ref, Lifecycle] = field(default_factory=dict)
    by_id: dict[str, Ref] = field(default_factory=dict)

    def take(self, exchange: dict[str, Any]) -> None:
        """One accepted write of a recording."""
        request, answer = exchange["request"], exchange["response"].get("body")
        if request["method"] != "POST" or exchange["response"]["status"] >= 300:
            return
        kind = _COLLECTIONS.get(request["path"])
        if kind is not None:
            self._object(kind, dict(request["body"]), answer)
        elif request["path"].endswith("/publish"):
            self.lifecycles[self.by_id[request["path"].split("/")[-2]]] = Lifecycle.PUBLISHED
        elif request["path"].endswith("/addons"):
            body = dict(request["body"])
            plan = self.objects[self.by_id[request["path"].split("/")[-2]]]
            plan.setdefault("addons", []).append({"addon": self.by_id[body.pop("addonId")].key, **body})

    def _object(self, kind: Kind, body: dict[str, Any], answer: dict[str, Any]) -> None:
        if kind in (CHANNEL, RULE):
            body["key"] = f"{str(kind).removeprefix('notification_')}_{len(self.objects)}"
        if kind is RULE:
            body["channels"] = [self.by_id[one].key for one in body["channels"]]
            if "features" in body:
                body["features"] = [
                    self.by_id[one].key if one in self.by_id else one for one in body["features"]
                ]
        ref = Ref(kind, body["slug"] if kind is METER else body["key"])
        self.objects[ref], self.by_id[answer["id"]] = body, ref
        self.lifecycles[ref] = Lifecycle.DRAFT if kind in (PLAN, ADDON) else Lifecycle.PUBLISHED

    def declare_configured(self) -> None:
        """The meters of the server's own config file that features use are written as manifests like any other."""
        for meter in CONFIGURED:
            ref = Ref(METER, meter["slug"])
            if (
                any(body.get("meterSlug") == ref.key for body in self.objects.values())
                and ref not in self.objects
            ):
                self.objects[ref], self.lifecycles[ref] = dict(meter), Lifecycle.PUBLISHED

    def save(self, folder: Path) -> None:
        for ref, body in self.objects.items():
            text = manifests.to_yaml(body, ref.kind, ref.key, lifecycle=self.lifecycles[ref])
            path = folder / ref.kind / f"{ref.key}.yaml"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")


def _is_a_catalog(scenario: dict[str, Any]) -> bool:
    """Whether a recording only creates and publishes, through v1: what it leaves behind is a catalog."""
    return not any(
        one["request"]["method"] == "DELETE"
        or one["request"]["path"].startswith("/api/v3")
        or any(f"/{verb}" in one["request"]["path"] for verb in ("archive", "next"))
        for one in scenario["exchanges"]
    )


def _written(scenario: dict[str, Any]) -> Written:
    written = Written()
    for exchange in scenario["exchanges"]:
        written.take(exchange)
    written.declare_configured()
    return written


CATALOGS = {
    one["scenario"].removeprefix("catalog"): written
    for one in recordings.scenarios("catalogs")
    if _is_a_catalog(one) and (written := _written(one)).objects
}


def test_most_of_the_recorded_catalogs_are_tried() -> None:
    assert 0 < len(recordings.scenarios("catalogs")) <= 2 * len(CATALOGS)


def _client(sandbox: Sandbox) -> Client:
    return Client("http://sandbox.localhost", transport=sandbox.transport())


def _plan(folder: Path, client: Client) -> Plan:
    taken = check.LintSettings({"channel-secret-inline": "warning"})
    checked = check.check([folder], settings=taken)
    assert not [d for d in checked.diagnostics if d.is_error]
    return make_plan(checked.catalog, reader.read(client), _TARGET)


def _apply(folder: Path, client: Client) -> None:
    plan = _plan(folder, client)
    report = apply(plan, client)
    assert report.complete, [o for o in report.outcomes if not o.status.is_good]
    assert _plan(folder, client).is_empty


@pytest.mark.parametrize("name", CATALOGS)
def test_public_catalogs_go_round(name: str, tmp_path: Path) -> None:
    CATALOGS[name].save(tmp_path / "first")
    first = _client(Sandbox())
    _apply(tmp_path / "first", first)

    exported = export(reader.read(first))
    _save(exported.files, tmp_path / "exported")
    assert _plan(tmp_path / "exported", first).is_empty

    second = _client(Sandbox())
    _apply(tmp_path / "exported", second)
    assert export(reader.read(second)).files == exported.files


def _save(files: Any, folder: Path) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
