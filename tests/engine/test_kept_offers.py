"""What published versions offer is kept between plans: it never changes a plan, and nothing but `plan` uses it (docs/adr/0008)."""

from __future__ import annotations

import datetime
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from engine_helpers import EXAMPLE, catalog_of, client_of, settle
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalogsync.app import apply, drift, export
from catalogsync.app import plan as plans
from catalogsync.app.environments import Target
from catalogsync.app.plan_request import PlanRequest
from catalogsync.app.runtime import Runtime, utc_now
from catalogsync.app.server import OpenMeter
from catalogsync.core.model import LiveAssignment, LiveResource
from catalogsync.core.plan import Plan
from catalogsync.mcp import tools
from catalogsync.mcp.workspace import Workspace
from catalogsync.openmeter.kinds import PLAN
from catalogsync.sandbox import Sandbox
from catalogsync.store import offers
from catalogsync.store.offers import Offers

LIVE = Target("live", None)
LATER = datetime.timedelta(hours=2)
KEPT = Path(".catalogsync/offers/live.json")


class Known:
    """Plans of the example for a server, as they are made two hours after it was published."""

    def __init__(
        self, after: datetime.timedelta = LATER, say: Callable[[str], None] = lambda _text: None
    ) -> None:
        self.reads: list[str] = []
        self.runtime = Runtime(clock=lambda: utc_now() + after, observers=(self._seen,), say=say)

    def _seen(self, call: Any) -> None:
        self.reads.append(call.path)

    @property
    def offers_read(self) -> int:
        return sum(path.endswith("/addons") and "/plans/" in path for path in self.reads)

    def plan(self, *, refresh: bool = False) -> Plan:
        """By what is kept; nothing of it with `refresh`."""
        return plans.propose([Path("catalog")], LIVE, self.runtime, PlanRequest(refresh=refresh)).plan

    def plan_of_all(self) -> Plan:
        """By a read of everything, which keeps nothing."""
        wanted = plans.desired([Path("catalog")], LIVE, self.runtime)
        with OpenMeter.of(wanted.environment, self.runtime) as server:
            return plans.plan_desired(wanted, server)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The example, applied to the sandbox beside it."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(EXAMPLE, "catalog")
    sandbox = Sandbox(data=Path("live.db"))
    settle(catalog_of(Path("catalog")), client_of(sandbox))
    sandbox.close()
    Path("catalogsync.yaml").write_text("environments:\n  live: {url: 'sandbox:live.db'}\n", "utf-8")
    return tmp_path


def test_the_second_plan_asks_no_published_version(folder: Path) -> None:
    first, second = Known(), Known()
    assert first.plan() == second.plan()
    assert (first.offers_read, second.offers_read) == (3, 0)
    assert len(second.reads) == 6


def test_refresh_reads_all_and_keeps_it(folder: Path) -> None:
    Known().plan()
    again, after = Known(), Known()
    assert again.plan(refresh=True) == after.plan()
    assert (again.offers_read, after.offers_read) == (3, 0)


def test_a_plan_that_is_not_to_be_remembered_keeps_nothing(folder: Path) -> None:
    plans.propose([Path("catalog")], LIVE, Known().runtime, PlanRequest(remember=False))
    assert not KEPT.exists()


def test_the_tool_of_an_agent_keeps_nothing(folder: Path) -> None:
    said = tools.answer(tools.TOOLS["plan"], {"environment": "live"}, Workspace(folder, Known().runtime))
    assert not said.failed and not KEPT.exists()


def test_a_plan_says_what_it_did_not_read(folder: Path) -> None:
    said: list[str] = []
    for expected in (0, 1):
        Known(say=said.append).plan()
        assert len(said) == expected
    assert "what 3 published versions offer was read before" in said[0]
    assert "--refresh" in said[0]


def test_what_was_just_published_is_read_each_time(folder: Path) -> None:
    for _ in range(2):
        soon = Known(after=datetime.timedelta(minutes=59))
        soon.plan()
        assert soon.offers_read == 3
    assert not KEPT.exists()


def test_after_a_week_all_is_read_again(folder: Path) -> None:
    Known().plan()
    for days, expected in ((6, 0), (7, 3), (13, 0)):
        known = Known(after=LATER + datetime.timedelta(days=days))
        known.plan()
        assert known.offers_read == expected


def test_drift_export_and_apply_read_all(folder: Path) -> None:
    Known().plan()
    runtime = Known()
    drift.find([Path("catalog")], LIVE, None, runtime.runtime)
    assert runtime.offers_read == 3
    runtime = Known()
    export.export_target(Path(), LIVE, runtime.runtime)
    assert runtime.offers_read == 3
    runtime = Known()
    with apply.ready_files([Path("catalog")], LIVE, runtime.runtime):
        assert runtime.offers_read == 3


def test_a_saved_plan_made_with_what_is_kept_is_carried_out_on_what_is_read(folder: Path) -> None:
    Known().plan()
    pro = Path("catalog/plans/pro.yaml")
    pro.write_text(pro.read_text("utf-8").replace("amount: 49,", "amount: 59,"), "utf-8")
    known = Known()
    plans.save(known.plan(), Path("plan.json"), known.runtime)
    assert known.offers_read == 0
    known = Known()
    with apply.ready_saved(Path("plan.json"), LIVE, known.runtime) as ready:
        assert ready.carry_out().complete
    assert known.offers_read > 0


def test_what_is_kept_is_what_a_plan_compares_and_no_more(folder: Path) -> None:
    Known().plan()
    versions = json.loads(KEPT.read_text("utf-8"))["offers"]["versions"]
    bodies = [assignment[3] for _stamp, found in versions.values() for assignment in found]
    assert bodies
    assert {name for body in bodies for name in body} <= {"fromPlanPhase", "maxQuantity", "metadata"}


def test_a_store_that_cannot_be_used_hinders_no_plan(folder: Path) -> None:
    Path(".catalogsync").write_text("a file where a folder is to be", "utf-8")
    for _ in range(2):
        known = Known()
        assert known.plan().is_empty
        assert known.offers_read == 3


def test_versions_that_are_live_no_more_are_not_kept(folder: Path) -> None:
    Known().plan()
    before = set(json.loads(KEPT.read_text("utf-8"))["offers"]["versions"])
    pro = Path("catalog/plans/pro.yaml")
    pro.write_text(pro.read_text("utf-8").replace("amount: 49,", "amount: 59,"), "utf-8")
    with apply.ready_files([Path("catalog")], LIVE, Known().runtime) as ready:
        assert ready.carry_out().complete
    Known().plan()
    after = set(json.loads(KEPT.read_text("utf-8"))["offers"]["versions"])
    assert len(before - after) == len(after - before) == 1


@given(data=st.data())
@settings(max_examples=200, deadline=None)
def test_what_is_damaged_is_read_again(data: st.DataObject) -> None:
    now = datetime.datetime(2026, 5, 1, tzinfo=datetime.UTC)
    found = Offers("server", now)
    found.learn(
        _version("V1"), [LiveAssignment("seats", "A1", 2, {"fromPlanPhase": "default", "maxQuantity": 3})]
    )
    found.learn(_version("V2"), [])
    kept = found.to_bytes()
    at = data.draw(st.integers(0, len(kept) - 1))
    damaged = data.draw(
        st.one_of(
            st.just(kept[:at]),
            st.binary(min_size=1, max_size=4).map(lambda part: kept[:at] + part + kept[at + len(part) :]),
            st.just(kept[:at] + kept[at + 1 :]),
        )
    )
    whole, again = (Offers.of_bytes(text, "server", now) for text in (kept, damaged))
    for version in (_version("V1"), _version("V2")):
        assert whole.of(version) is not None
        assert again.of(version) in (None, whole.of(version))
    assert Offers.of_bytes(kept, "another server, or release", now).of(_version("V1")) is None
    assert whole.of(_version("V1", effectiveFrom="2026-02-01T00:00:00Z")) is None
    assert whole.of(_version("V1", updatedAt="2026-02-01T00:00:00Z")) is None


def test_no_more_is_kept_than_a_file_bears(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(offers, "MOST", 2)
    now = datetime.datetime(2026, 5, 1, tzinfo=datetime.UTC)
    found = Offers("server", now)
    for name in ("V1", "V2", "V3"):
        found.learn(_version(name), [])
    again = Offers.of_bytes(found.to_bytes(), "server", now)
    assert [again.of(_version(name)) for name in ("V1", "V2", "V3")] == [(), (), None]


def _version(id_: str, **instants: str) -> LiveResource:
    body = {"effectiveFrom": "2026-01-01T00:00:00.5Z", "updatedAt": "2026-01-01T00:00:00.6Z", **instants}
    return LiveResource(PLAN, id_, "pro", "active", body, 1)


# Any write that the server takes, and those that it refuses, between plans.


def _writes(client: httpx.Client, kind: str, at: int, other: int, quantity: int | None) -> None:
    """One write, on the version at a place of the list."""
    plans_there, addons_there = (
        client.get(f"/{name}?pageSize=1000").json()["items"] for name in ("plans", "addons")
    )
    plan, addon = plans_there[at % len(plans_there)], addons_there[other % len(addons_there)]
    offer = f"/plans/{plan['id']}/addons/{addon['id']}"
    said: dict[str, Any] = {"fromPlanPhase": plan["phases"][0]["key"]}
    said |= {} if quantity is None else {"maxQuantity": quantity}
    kept = ("key", "name", "currency", "billingCadence", "phases", "metadata", "instanceType", "rateCards")
    match kind:
        case "attach":
            client.post(f"/plans/{plan['id']}/addons", json={"addonId": addon["id"], **said})
        case "change":
            client.put(offer, json={**said, "metadata": {"by": "hand"}})
        case "detach":
            client.delete(offer)
        case "plan draft":
            client.post("/plans", json={n: plan[n] for n in kept if n in plan})
        case "add-on draft":
            client.post("/addons", json={n: addon[n] for n in kept if n in addon})
        case "plan publish" | "plan archive":
            client.post(f"/plans/{plan['id']}/{kind.split()[1]}")
        case "add-on publish" | "add-on archive":
            client.post(f"/addons/{addon['id']}/{kind.split()[1]}")
        case "plan delete":
            client.delete(f"/plans/{plan['id']}")
        case "add-on delete":
            client.delete(f"/addons/{addon['id']}")


KINDS = (
    "attach", "change", "detach", "plan draft", "add-on draft", "plan publish", "plan archive", "add-on publish", "add-on archive",
    "plan delete", "add-on delete",
)  # fmt: skip
WRITE = st.tuples(
    st.sampled_from(KINDS), st.integers(0, 9), st.integers(0, 9), st.one_of(st.none(), st.integers(1, 9))
)


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The file of a sandbox that holds the example."""
    path = tmp_path_factory.mktemp("example") / "live.db"
    sandbox = Sandbox(data=path)
    settle(catalog_of(EXAMPLE), client_of(sandbox))
    sandbox.close()
    return path


@given(rounds=st.lists(st.lists(WRITE, min_size=1, max_size=4), min_size=1, max_size=4))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_it_never_changes_a_plan(
    rounds: list[list[tuple[str, int, int, int | None]]],
    example: Path,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder = tmp_path_factory.mktemp("round")
    monkeypatch.chdir(folder)
    shutil.copytree(EXAMPLE, "catalog")
    shutil.copy(example, "live.db")
    Path("catalogsync.yaml").write_text("environments:\n  live: {url: 'sandbox:live.db'}\n", "utf-8")
    Known().plan()
    for writes in rounds:
        sandbox = Sandbox(data=Path("live.db"))
        with httpx.Client(
            base_url="http://sandbox.localhost/api/v1", transport=sandbox.transport()
        ) as client:
            for write in writes:
                _writes(client, *write)
        sandbox.close()
        assert Known().plan() == Known().plan_of_all()
