"""Catalogs on every known release: told before the first write, or whole; nothing in between."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from catalogsync import __version__, executor
from catalogsync.app.apply import apply_plan
from catalogsync.app.plan import plan_catalog, undo_plan
from catalogsync.app.plan_request import PlanRequest
from catalogsync.app.server import OpenMeter
from catalogsync.core.errors import Refused
from catalogsync.core.model import Catalog, Ref
from catalogsync.core.plan import Plan
from catalogsync.core.report import Status
from catalogsync.manifests import load
from catalogsync.openmeter import releases
from catalogsync.openmeter.kinds import METER
from catalogsync.planner import make_plan
from catalogsync.render.plan_words import which_server
from catalogsync.sandbox import Sandbox
from catalogsync.targets.v1 import support

ROOT = Path(__file__).parents[2]
EVERY_FIELD = ROOT / "tests" / "data" / "releases" / "every_field" / "catalog.yaml"
TAGS = [one.tag for one in releases.known()]
BEFORE_228 = TAGS[:3]
ENVIRON = {"OPS_WEBHOOK_URL": "https://ops.example.com/hook"}


def example(_server: OpenMeter, _folder: Path) -> Catalog:
    return read(ROOT / "examples" / "catalog")


def every_field(server: OpenMeter, folder: Path) -> Catalog:
    """With a tax code that the server has."""
    codes = server.client.http.get("/api/v3/openmeter/tax-codes").json()["data"]
    text = EVERY_FIELD.read_text("utf-8").replace("TAX_CODE_ID", codes[0]["id"])
    return read(written(folder, text))


def read(path: Path) -> Catalog:
    loaded = load([path])
    assert not [one for one in loaded.diagnostics if one.is_error]
    return loaded.catalog


def written(folder: Path, text: str) -> Path:
    path = folder / "catalog.yaml"
    path.write_text(text, "utf-8")
    return path


def whole(server: OpenMeter, catalog: Catalog) -> Plan:
    """Carries the plan out completely and holds that nothing is left to do."""
    plan = plan_catalog(catalog, server)
    assert not plan.blocked, plan.diagnostics
    report = executor.apply(plan, server.target, server.secrets)
    assert report.complete, report.outcomes
    assert plan_catalog(catalog, server).is_empty
    return plan


@pytest.fixture(params=TAGS)
def tag(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.mark.parametrize("catalog_of", [example, every_field])
def test_told_before_the_first_write_or_whole(tag: str, catalog_of, tmp_path: Path) -> None:
    with Sandbox(release=tag).serve() as url, OpenMeter(url, environ=ENVIRON) as server:
        catalog = catalog_of(server, tmp_path)
        plan = plan_catalog(catalog, server)
        assert plan.blocked == (tag in BEFORE_228)
        told = [one for one in plan.diagnostics if one.is_error]
        assert {one.code for one in told} <= {"unknown-to-server"}
        assert all(
            one.where is not None and one.where.line > 1 and "v1.0.0-beta.228" in one.summary for one in told
        )
        supported = Catalog({ref: without_unknown(one) for ref, one in catalog.resources.items()})
        whole(server, supported if plan.blocked else catalog)


def without_unknown(resource):
    """The object without what the releases before 228 do not know."""

    def cut(value):
        if isinstance(value, dict):
            return {
                n: cut(one)
                for n, one in value.items()
                if n not in ("unitCost", "settlementMode", "taxCodeId")
            }
        return [cut(one) for one in value] if isinstance(value, list) else value

    return replace(resource, body=cut(resource.body))


def test_each_place_is_named(tmp_path: Path) -> None:
    with Sandbox(release=BEFORE_228[-1]).serve() as url, OpenMeter(url) as server:
        plan = plan_catalog(every_field(server, tmp_path), server)
    lines = (tmp_path / "catalog.yaml").read_text("utf-8").splitlines()
    named = sorted(lines[one.where.line - 1].strip().split(":")[0] for one in plan.diagnostics if one.where)
    assert named == ["settlementMode", "taxConfig", "unitCost", "unitCost"]


def test_metadata_that_a_meter_does_not_keep_is_told_and_left_out(tmp_path: Path) -> None:
    text = "kind: meter\nslug: calls\nname: Calls\naggregation: COUNT\neventType: call\nmetadata: {team: a}\n"
    catalog = read(written(tmp_path, text))
    with Sandbox(release=TAGS[0]).serve() as url, OpenMeter(url) as server:
        told = {one.code: str(one.severity) for one in whole(server, catalog).diagnostics}
        assert told == {"unknown-to-server": "warning", "server-too-old": "warning"}
        assert any(one.code == "unknown-to-server" for one in plan_catalog(catalog, server).diagnostics)


def test_a_quoted_path_is_told_before_it_answers_500(tag: str, tmp_path: Path) -> None:
    text = (
        "kind: meter\nslug: calls\nname: Calls\naggregation: SUM\neventType: call\nvalueProperty: $['size']\n"
    )
    catalog = read(written(tmp_path, text))
    with Sandbox(release=tag).serve() as url, OpenMeter(url) as server:
        plan = plan_catalog(catalog, server)
        assert plan.blocked == (tag in BEFORE_228)
        if not plan.blocked:
            whole(server, catalog)


def test_a_description_of_no_known_release_decides(tmp_path: Path) -> None:
    """A server that lacks one text, one price and one choice."""
    gone = {
        "AddonCreate": {"properties": {"description": None}},
        "PlanPhase": {"properties": {"description": None}},
        "AddonInstanceType": {"enum": ["single"]},
    }
    schemas = releases.description(releases.newest())["components"]["schemas"]
    assert gone.keys() <= schemas.keys()
    given = releases.patched(
        releases.description(releases.newest()),
        {"components": {"schemas": gone}},
    )
    with Sandbox(description=given).serve() as url, OpenMeter(url) as server:
        plan = plan_catalog(every_field(server, tmp_path), server)
    said = {
        (str(one.severity), one.subject, one.summary.split("does not know ")[1]) for one in plan.diagnostics
    }
    assert ("warning", "addon/more_seats", "`description`: it would be dropped") in said
    assert ("error", "addon/more_seats", "`multiple` as `instanceType`: it would be refused") in said
    assert ("warning", "plan/pro", "`description`: it would be dropped") in said
    assert which_server(plan.target) == f"OpenMeter sandbox {__version__}, no known release"


def test_a_server_without_a_description_is_said_once_and_nothing_is_left_out() -> None:
    catalog = read(ROOT / "examples" / "catalog")
    for text in (b"", b"[]", b'{"openapi": "3.0.0"}', b"<html>"):
        held = support.held(catalog, support.server_of("", text))
        assert [one.code for one in held.diagnostics] == ["server-undescribed"]
        assert held.catalog == catalog


def test_the_server_is_named(tag: str) -> None:
    with Sandbox(release=tag).serve() as url, OpenMeter(url) as server:
        identity = server.identity()
    assert which_server(identity) == f"OpenMeter {tag}"


def test_a_rehearsal_is_held_on_a_twin_of_the_same_release(tag: str, tmp_path: Path) -> None:
    text = "kind: meter\nslug: calls\nname: Calls\naggregation: COUNT\neventType: call\nmetadata: {team: a}\n"
    with Sandbox(release=tag).serve() as url, OpenMeter(url) as server:
        plan = plan_catalog(read(written(tmp_path, text)), server, PlanRequest(rehearsed=True))
    assert plan.rehearsal is not None and plan.rehearsal.passed
    kept = Ref(METER, "calls")
    body = next(step.body for step in plan.steps if step.ref == kept)
    assert body is not None and ("metadata" in body) == (tag != TAGS[0])


def test_what_a_server_did_not_keep_is_reported_with_the_release_that_would(tmp_path: Path) -> None:
    """A plan made for what the server does not tell of itself: its description is not served."""
    with Sandbox(release=BEFORE_228[-1]).serve() as url, OpenMeter(url) as server:
        plan = make_plan(every_field(server, tmp_path), server.read(), server.identity())
        outcomes = executor.apply(plan, server.target, server.secrets).outcomes
    told = [one.message for one in outcomes if one.status is Status.DIFFERENT]
    assert told == [
        "stored differently than sent; the server did not keep unitCost; v1.0.0-beta.228 and later releases do"
    ] * len(told)
    assert told


@pytest.mark.parametrize(
    ("version", "old"),
    [
        ("v1.0.0-beta.224", True),
        ("v1.0.0-beta.231", False),
        ("unknown", False),
        ("", False),
        ("v1.0.0-beta.225", True),
    ],
)
def test_an_older_server_than_the_minimum_is_told(version: str, old: bool) -> None:
    held = support.held(Catalog({}), support.server_of(version, b""))
    assert ("server-too-old" in [one.code for one in held.diagnostics]) == old


@pytest.mark.parametrize(
    ("before", "after", "said"), [(2, 6, "it was upgraded since"), (6, 2, "another release of it")]
)
def test_a_plan_from_before_an_upgrade_is_refused_with_words_for_it(
    before: int, after: int, said: str, tmp_path: Path
) -> None:
    sandbox = Sandbox(release=TAGS[before])
    text = "kind: meter\nslug: calls\nname: Calls\naggregation: COUNT\neventType: call\n"
    catalog = read(written(tmp_path, text))
    with sandbox.serve() as url, OpenMeter(url) as server:
        plan = plan_catalog(catalog, server)
        sandbox.reset(release=TAGS[after])
        with pytest.raises(Refused, match=said):
            apply_plan(plan, server)
        sandbox.reset(release=TAGS[before])
        assert apply_plan(plan, server).complete


def test_the_way_back_goes_through_it_too(tmp_path: Path) -> None:
    """What was there on a newer server does not come back whole on an older one: told, and nothing sent."""
    text = "kind: feature\nkey: calls\nname: Calls\nunitCost: {type: manual, amount: 1}\n"
    gone = "kind: feature\nkey: calls\nname: Calls\nlifecycle: archived\n"
    sandbox = Sandbox()
    with sandbox.serve() as url, OpenMeter(url) as server:
        whole(server, read(written(tmp_path, text)))
        done = whole(server, read(written(tmp_path, gone)))
        older = replace(done, target=replace(done.target, url=url))
        sandbox.reset(release=BEFORE_228[-1])
        back = undo_plan(older, server, "plan.json")
    assert back.blocked
    assert [one.code for one in back.diagnostics if one.is_error] == ["unknown-to-server"]
