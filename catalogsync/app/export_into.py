"""An export into a folder that holds manifests already: live values into the files that say them, new files for the rest, no duplicates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from catalogsync.app import accept, drift
from catalogsync.app.drift import DriftReport
from catalogsync.app.environments import Target
from catalogsync.app.export import Written
from catalogsync.app.runtime import Runtime
from catalogsync.core.changes import Action
from catalogsync.core.diagnostics import Diagnostic, Severity
from catalogsync.core.model import Kind, Lifecycle, Ref
from catalogsync.manifests import files as manifest_files
from catalogsync.manifests.export import export as export_live


def holds_manifests(folder: Path) -> bool:
    """Whether a folder has a file that is read as manifests."""
    return folder.is_dir() and any(
        manifest_files.is_manifest(path) and path.is_file() for path in folder.rglob("*")
    )


def export_into(folder: Path, target: Target, runtime: Runtime, kinds: Iterable[str] = ()) -> Written:
    """Writes what is live of these kinds (all without any) into the manifests of a folder, as `drift --accept` does: an object that a file
    names is changed there, every other one gets a file of its own. Objects of the files that are not live stay as they are, and are named.

    Raises InvalidCatalog for manifests with errors, TargetError.
    """
    meant = frozenset(Kind(kind) for kind in kinds) or frozenset(Kind)
    report = drift.find((folder,), target, None, runtime)
    absent = frozenset(_absent(report))
    refs = [one.ref for one in report.drift.objects if one.ref not in absent]
    alone = [*report.drift.live_only, *report.drift.left]
    done = accept.write(report, [ref for ref in (*refs, *alone) if ref.kind in meant], runtime)
    left = (_not_live(report, ref) for ref in sorted(absent) if ref.kind in meant)
    unsaid = export_live(report.live, tuple(kind for kind in Kind if kind in meant)).diagnostics
    known = {one.subject for one in unsaid}
    refused = (one for one in done.refused if one.subject not in known)
    return Written((*done.changed, *done.new), (*unsaid, *refused, *left))


def _absent(report: DriftReport) -> Iterator[Ref]:
    """The objects that the files ask for and of which nothing is live, but archived versions perhaps."""
    created = {one.ref for one in report.plan.changes if one.action is Action.CREATE}
    for ref, resource in report.wanted.checked.catalog.resources.items():
        group = report.live.groups.get(ref)
        archived = group is not None and group.active is None and group.draft is None
        if resource.lifecycle in (Lifecycle.PUBLISHED, Lifecycle.DRAFT) and (ref in created or archived):
            yield ref


def _not_live(report: DriftReport, ref: Ref) -> Diagnostic:
    return Diagnostic(
        "export-left-over",
        Severity.WARNING,
        f"{ref} is not live; its manifest is not changed",
        report.wanted.checked.catalog.resources[ref].origin.begin(),
        hint="remove it, or keep it if its object is to be created again",
        subject=str(ref),
    )
