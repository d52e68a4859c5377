"""Three jobs that the fault tests share: a first apply, an update whose add-on cascades into new plan versions, and a removal."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from engine_helpers import EXAMPLE, apply, catalog_of, client_of, planned

from catalogsync.core.model import Catalog
from catalogsync.sandbox import Sandbox

EDITS = {
    "first": (),
    "update": (
        ("addons/seat_pack.yaml", "amount: 60,", "amount: 65,"),
        ("plans/pro.yaml", "amount: 49,", "amount: 59,"),
        ("meters/users.yaml", "name: Active users", "name: Users"),
    ),
    "removal": (
        ("plans/enterprise.yaml", "kind: plan", "kind: plan\nlifecycle: archived"),
        (
            "notifications/rules.yaml",
            "kind: notification_rule",
            "kind: notification_rule\nlifecycle: deleted",
        ),
        ("notifications/channels.yaml", "key: growth_hook", "key: growth_hook\nlifecycle: deleted"),
    ),
}
JOBS = tuple(EDITS)


@cache
def catalog_for(job: str) -> Catalog:
    """The example catalog as the job wishes it."""
    folder = Path(mkdtemp(prefix="catalogsync-job-"))
    try:
        whole = shutil.copytree(EXAMPLE, folder / job)
        for name, before, after in EDITS[job]:
            text = (whole / name).read_text("utf-8")
            assert before in text
            (whole / name).write_text(text.replace(before, after), "utf-8")
        return catalog_of(whole)
    finally:
        shutil.rmtree(folder)


def prepared(job: str, data: Path | None = None) -> Sandbox:
    """A sandbox on which the job is still to be done."""
    begun = job != "first"
    return _kept(begun).copy() if data is None else _made(begun, data)


@cache
def _kept(begun: bool) -> Sandbox:
    """In memory: to be copied, not to be written to."""
    return _made(begun)


def _made(begun: bool, data: Path | None = None) -> Sandbox:
    """An empty sandbox, or one that holds the example catalog."""
    sandbox = Sandbox(seed=1, data=data)
    if begun:
        client = client_of(sandbox)
        assert apply(planned(catalog_for("first"), client), client).complete
    return sandbox


def versions(sandbox: Sandbox) -> Counter[tuple[str, str]]:
    """How many versions of each plan and add-on are stored, deleted ones too."""
    state = sandbox.state()
    return Counter((table, row["key"]) for table in ("plans", "addons") for row in state.get(table, []))


def live_rows(sandbox: Sandbox) -> Counter[tuple[str, ...]]:
    """What is stored and not deleted: table, key or name, and for plans and add-ons whether it was published and archived."""
    return Counter(
        (table, row.get("key") or row.get("slug") or row["name"], *_stage(row))
        for table in ("meters", "features", "channels", "rules", "plans", "addons")
        for row in sandbox.state().get(table, [])
        if not row.get("deletedAt")
    )


def _stage(row: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(name for name in ("effectiveFrom", "effectiveTo", "archivedAt") if row.get(name))


def check_end(sandbox: Sandbox, before: Counter[tuple[str, str]], job: str) -> None:
    """The job is done: nothing is left to do, no version more than planned, no draft, no object twice under one name."""
    assert planned(catalog_for(job), client_of(sandbox)).is_empty
    grown = versions(sandbox) - before
    assert all(number == 1 for number in grown.values()), grown
    state = sandbox.state()
    for table in ("plans", "addons"):
        assert all(row.get("effectiveFrom") or row.get("deletedAt") for row in state.get(table, [])), table
    for table, name in (("channels", "name"), ("rules", "name"), ("meters", "slug"), ("features", "key")):
        live = [r[name] for r in state.get(table, []) if not (r.get("deletedAt") or r.get("archivedAt"))]
        assert len(live) == len(set(live)), f"{table}: made twice"
