"""`--prune`: what was applied from files that are not there any more, and is to be removed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from catalogsync.app import drift
from catalogsync.app.desired import Desired, FindGone
from catalogsync.app.last_applied import outside
from catalogsync.app.runtime import Runtime
from catalogsync.core.diagnostics import Diagnostic, Severity
from catalogsync.core.errors import Refused, UsageError
from catalogsync.core.model import Ref
from catalogsync.core.wording import counted, first_few
from catalogsync.planner import prune
from catalogsync.planner.drift import NAMED
from catalogsync.planner.prune import Gone


def asked(wanted: bool, against: str | None, runtime: Runtime) -> FindGone | None:
    """How to find what is to be removed; None where that is not asked for. Raises UsageError for `--against` alone."""
    if wanted:
        return lambda desired: find(desired, against, runtime)
    if against is not None:
        raise UsageError("--against says what --prune compares with", hint="give --prune too")
    return None


def find(wanted: Desired, against: str | None, runtime: Runtime) -> Gone:
    """What was applied (by the run store, or in `against`) and the files do not have. What was applied from files outside of the chosen paths
    belongs to another catalog, and is left alone; where that file is gone too, it is named. Raises Refused when nothing tells what was applied.
    """
    earlier = drift.earlier_catalog(wanted, against, runtime)
    if earlier is None:
        raise _unknown(wanted)
    applied = replace(earlier.catalog, resources={**earlier.left.resources, **earlier.catalog.resources})
    missing = prune.missing(wanted.checked.catalog, applied)
    elsewhere = {ref: file for ref in missing if outside(file := earlier.files.get(ref), wanted.chosen.paths)}
    here = [ref for ref in missing if ref not in elsewhere]
    lost = [ref for ref, file in elsewhere.items() if file is not None and not file.exists()]
    return prune.gone(applied, here, _left_alone(lost))


def _unknown(wanted: Desired) -> Refused:
    where = wanted.environment.name or wanted.environment.url
    return Refused(
        f"what was last applied to {where} is not known, so nothing can be said to be gone from the files; nothing was planned",
        code="refused-no-base",
        hint="apply with -e ENV, which keeps it in the run store, or name a commit: --against git:REV",
    )


def _left_alone(refs: Sequence[Ref]) -> tuple[Diagnostic, ...]:
    if not refs:
        return ()
    said = f"{counted(len(refs), 'object')} applied from files outside of what is named here, which are gone"
    return (
        Diagnostic(
            "prune-elsewhere",
            Severity.NOTE,
            f"{said}, not removed: {first_few(refs, NAMED)}",
            hint="name the folder where these files were to remove them",
        ),
    )
