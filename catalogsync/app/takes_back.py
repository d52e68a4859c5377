"""What a promotion would take back: an object whose content was proven on TO after the one that is proven on FROM, as after a hotfix."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from catalogsync.core.diagnostics import Diagnostic, Severity
from catalogsync.core.plan import Plan
from catalogsync.store.environment import Environment
from catalogsync.store.runs.applied import Applied

CODE = "promote-takes-back"


def findings(
    plan: Plan, source: Environment, proven: Applied, target: Environment, last: Applied
) -> Iterator[Diagnostic]:
    """A warning for each object that the plan changes. `proven`: what is proven on FROM, `last`: on TO. What differs by TO's overlays alone is
    not meant: each manifest is compared as the base has it.
    """
    for change in plan.changes:
        old, new = proven.objects.get(change.ref), last.objects.get(change.ref)
        if old is None or new is None or not old.since or not new.since:
            continue
        if old.content.base != new.content.base and _moment(new.since) > _moment(old.since):
            yield Diagnostic(
                CODE,
                Severity.WARNING,
                f"{change.ref} on {target.name} is newer than what is proven on {source.name} "
                f"({new.since}, run {new.run}; there {old.since}): this plan takes it back",
                hint=f"when the newer one is right, catalogsync apply -e {source.name} proves it there first",
                subject=str(change.ref),
            )


def _moment(since: str) -> datetime:
    return datetime.fromisoformat(since)
