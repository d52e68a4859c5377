"""Whatever goes wrong at whatever request: applying again ends in the wished state, with nothing made twice and nothing left behind.

Three jobs (a first apply, an update whose add-on cascades into new plan versions, a removal) × every request they make × every kind of fault.
The number of cases is generated; the normal run takes every STRIDE-th of them, `-m slow` all.
"""

from __future__ import annotations

import itertools
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from catalogsync import check, executor, planfile
from catalogsync.api import Client, reader
from catalogsync.errors import CatalogsyncError
from catalogsync.model import Catalog
from catalogsync.plan import Plan, Target
from catalogsync.planner import make_plan
from catalogsync.sandbox import Sandbox
from catalogsync.sandbox.faults import Fault

EXAMPLES = Path(__file__).parents[2] / "examples" / "catalog"
KINDS = (
    "429", "500-before", "500-after", "502-before", "502-after", "503-before", "503-after", "reset-before", "reset-after", "cut", "malformed",
    "wrong-type", "delay", "page-repeats", "page-skips",
)  # fmt: skip
STRIDE = 13
TARGET = Target("sandbox:")


def load(folder: Path) -> Catalog:
    checked = check.check([folder])
    assert not [d for d in checked.diagnostics if d.is_error]
    return checked.catalog


def edited(folder: Path, *edits: tuple[str, str, str]) -> Path:
    """A copy of the example catalog with texts replaced."""
    shutil.copytree(EXAMPLES, folder)
    for name, before, after in edits:
        path = folder / name
        text = path.read_text("utf-8")
        assert before in text
        path.write_text(text.replace(before, after), "utf-8")
    return folder


@pytest.fixture(scope="module")
def catalogs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Catalog]:
    """The example catalog, one with a dearer add-on and plan, one with a plan archived and rules and a channel deleted."""
    root = tmp_path_factory.mktemp("catalogs")
    dearer = edited(
        root / "dearer",
        ("addons/seat_pack.yaml", "amount: 60,", "amount: 65,"),
        ("plans/pro.yaml", "amount: 49,", "amount: 59,"),
        ("meters/users.yaml", "name: Active users", "name: Users"),
    )
    gone = edited(
        root / "gone",
        ("plans/enterprise.yaml", "kind: plan", "kind: plan\nlifecycle: archived"),
        (
            "notifications/rules.yaml",
            "kind: notification_rule",
            "kind: notification_rule\nlifecycle: deleted",
        ),
        ("notifications/channels.yaml", "key: growth_hook", "key: growth_hook\nlifecycle: deleted"),
    )
    return {"first": load(EXAMPLES), "update": load(dearer), "removal": load(gone)}


def client_of(sandbox: Sandbox) -> Client:
    return Client("http://sandbox.localhost", transport=sandbox.transport(), workers=1, wait=lambda _: None)


def planned(catalog: Catalog, client: Client) -> Plan:
    return make_plan(catalog, reader.read(client), TARGET)


def prepared(job: str, catalogs: dict[str, Catalog]) -> Sandbox:
    """A sandbox on which the job is still to be done."""
    sandbox = Sandbox(seed=1)
    if job != "first":
        client = client_of(sandbox)
        assert executor.apply(planned(catalogs["first"], client), client, workers=1).complete
    return sandbox


def requests_of(job: str, catalogs: dict[str, Catalog]) -> int:
    """How many requests applying the job's plan makes."""
    sandbox = prepared(job, catalogs)
    plan = planned(catalogs[job], client_of(sandbox))
    before = len(sandbox.requests)
    assert executor.apply(plan, client_of(sandbox), workers=1).complete
    return len(sandbox.requests) - before


JOBS = {"first": 105, "update": 55, "removal": 20}
"""How many requests applying each job makes, so that the cases can be named before anything runs (held by the first test)."""


def cases() -> Iterator[tuple[str, int, str]]:
    for job, most in JOBS.items():
        yield from ((job, number, kind) for number in range(1, most + 1) for kind in KINDS)


ALL = list(cases())


def try_case(job: str, number: int, kind: str, catalogs: dict[str, Catalog], tmp_path: Path) -> None:
    sandbox = prepared(job, catalogs)
    client = client_of(sandbox)
    path = tmp_path / f"{job}-{number}-{kind}.json"
    planfile.save(planned(catalogs[job], client), path)
    versions = drafts_and_versions(sandbox)
    sandbox.break_with(Fault(kind, number=number))
    for _ in range(3):
        try:
            if executor.apply(planfile.load(path), client, workers=1).complete:
                break
        except CatalogsyncError as problem:
            assert problem.exit_code in (1, 3), problem
        sandbox.break_with()
    sandbox.break_with()
    assert executor.apply(planfile.load(path), client, workers=1).complete
    assert planned(catalogs[job], client).is_empty
    check_nothing_twice(sandbox, versions)


def drafts_and_versions(sandbox: Sandbox) -> Counter[tuple[str, str]]:
    state = sandbox.state()
    return Counter((table, row["key"]) for table in ("plans", "addons") for row in state.get(table, []))


def check_nothing_twice(sandbox: Sandbox, before: Counter[tuple[str, str]]) -> None:
    """At most one new version per key, no draft left, no object under one name twice."""
    state: dict[str, list[dict[str, Any]]] = sandbox.state()
    grown = drafts_and_versions(sandbox) - before
    assert all(number == 1 for number in grown.values()), grown
    for table in ("plans", "addons"):
        assert all(row.get("effectiveFrom") or row.get("deletedAt") for row in state.get(table, [])), (
            f"a draft is left in {table}"
        )
    for table in ("channels", "rules"):
        names = [row["name"] for row in state.get(table, []) if not row.get("deletedAt")]
        assert len(names) == len(set(names)), f"{table} made twice"


def test_the_jobs_are_as_long_as_the_cases_say(catalogs: dict[str, Catalog]) -> None:
    lengths = {job: requests_of(job, catalogs) for job in JOBS}
    print(
        f"requests: {lengths}; kinds of faults: {len(KINDS)}; cases in all: {sum(lengths.values()) * len(KINDS)}"
    )
    assert lengths == JOBS


@pytest.mark.parametrize("part", range(4))
def test_a_sample_of_faults_ends_in_the_wished_state(
    part: int, catalogs: dict[str, Catalog], tmp_path: Path
) -> None:
    sample = list(itertools.islice(ALL, part, None, STRIDE * 4))
    for job, number, kind in sample:
        try_case(job, number, kind, catalogs, tmp_path)
    print(f"{len(sample)} cases of {len(ALL)}")


@pytest.mark.slow
@pytest.mark.parametrize("job", JOBS)
def test_every_fault_ends_in_the_wished_state(job: str, catalogs: dict[str, Catalog], tmp_path: Path) -> None:
    mine = [case for case in ALL if case[0] == job]
    for case in mine:
        try_case(*case, catalogs, tmp_path)
    print(f"{job}: {len(mine)} cases")
