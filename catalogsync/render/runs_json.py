"""Runs as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from catalogsync.core.canon import JsonObject
from catalogsync.core.plan import Plan
from catalogsync.render import plan_json
from catalogsync.store.runs import record
from catalogsync.store.runs.lock import Holder
from catalogsync.store.runs.record import Run


def history(environment: str, runs: Sequence[Run], holder: Holder | None) -> JsonObject:
    """The runs, the newest first, and who holds the lock."""
    return {
        "environment": environment,
        "runs": [record.to_json(run) for run in runs],
        "lock": asdict(holder) if holder is not None else None,
    }


def run(one: Run, plan: Plan | None, events: Sequence[JsonObject]) -> JsonObject:
    """The run's record, its plan (null when it was not kept), its journal."""
    return {
        "run": record.to_json(one),
        "plan": plan_json.to_json(plan) if plan is not None else None,
        "journal": list(events),
    }
