"""Live values into the manifests: with the least change of their text, into the file that each value came from."""

from __future__ import annotations

import fnmatch
import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from catalogsync import normalize
from catalogsync.app import check, export
from catalogsync.app.catalog_sources import renamed
from catalogsync.app.drift import DriftReport
from catalogsync.app.environments import Chosen
from catalogsync.app.runtime import Runtime
from catalogsync.core.canon import Body
from catalogsync.core.changes import Change
from catalogsync.core.diagnostics import Diagnostic, Severity
from catalogsync.core.errors import UsageError
from catalogsync.core.model import Lifecycle, LiveState, Ref, Resource
from catalogsync.core.values import in_words
from catalogsync.manifests import accept
from catalogsync.manifests import files as manifest_files
from catalogsync.manifests.export import export as export_live
from catalogsync.openmeter import field_paths
from catalogsync.openmeter.kinds import KINDS
from catalogsync.planner import PlanOptions, kept, make_plan, transitions
from catalogsync.planner.diff import CURRENT, EARLIER
from catalogsync.planner.drift import Drifted, MovedField, Standing
from catalogsync.planner.merge import three_way
from catalogsync.store import output
from catalogsync.store.environment import Environment
from catalogsync.store.secrets import Secrets

NOT_ACCEPTED = "drift-not-accepted"
"""The code of what is said of an object that could not be accepted."""
REPLACED, KEPT = "drift-replaced", "drift-kept"
"""The codes of what is said of values that the files alone had: those that gave way to live ones, and those that stay."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """What was written: objects by the files that say them now, new files, what became of values that the files alone had, and what could
    not be accepted.
    """

    changed: Mapping[Path, tuple[Ref, ...]]
    new: tuple[Path, ...]
    notes: tuple[Diagnostic, ...]
    refused: tuple[Diagnostic, ...]


def chosen(report: DriftReport, patterns: Sequence[str]) -> tuple[Ref, ...]:
    """The objects that differ or are live only, and match one of the patterns (`KIND/KEY`, with `*`); all without any.

    Raises UsageError for a pattern that none of them matches.
    """
    drift = report.drift
    may = [*(one.ref for one in drift.objects if one.standing.live_moved), *drift.live_only]
    if not patterns:
        return tuple(sorted(may))
    every = sorted({*may, *(one.ref for one in drift.objects)})
    found: set[Ref] = set()
    for pattern in patterns:
        matching = [ref for ref in every if fnmatch.fnmatchcase(str(ref), pattern)]
        if not matching:
            raise UsageError(
                f"--accept {pattern}: no object that differs is called so",
                hint="drift names those that differ",
            )
        found.update(matching)
    return tuple(sorted(found))


def write(report: DriftReport, refs: Iterable[Ref], runtime: Runtime) -> Accepted:
    """Writes what is live of these objects into the manifests, each file whole or not at all.

    Of an object of which both sides moved, what was changed on the server: what was changed in the files only stays. An object is accepted
    when a plan of the new files has nothing else to do for it; the text of the others stays as it is, and they are named.
    """
    wanted = tuple(refs)
    known = [ref for ref in wanted if ref in report.wanted.checked.catalog.resources]
    others = [ref for ref in wanted if ref not in report.wanted.checked.catalog.resources]
    settled, files = _settled(report, known, runtime)
    for name, text in files.changed().items():
        output.write(Path(name), text)
    new, unwritten = _new_files(report, others)
    for path, text in new.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        output.write(path, text)
    refused = [_not_accepted(ref) for ref in (*(r for r in known if r not in settled), *unwritten)]
    changed = {Path(name): refs for name, refs in files.objects().items()}
    said = [line for one in report.drift.objects if one.ref in settled for line in _own_values(one)]
    return Accepted(changed, tuple(new), tuple(said), tuple(refused))


def _settled(
    report: DriftReport, refs: Sequence[Ref], runtime: Runtime
) -> tuple[frozenset[Ref], accept.Files]:
    """The objects of which the new texts say what is live, and those texts. Tried together, then without those that do not come out."""
    left = list(refs)
    while left:
        files = accept.Files()
        failed = {ref for ref in left if not _edited(report, ref, files)}
        if not failed:
            failed = _differing(report, left, files.changed(), runtime)
            if not failed:
                return frozenset(left), files
        left = [ref for ref in left if ref not in failed]
    return frozenset(), accept.Files()


def _edited(report: DriftReport, ref: Ref, files: accept.Files) -> bool:
    resource = report.wanted.checked.catalog.resources[ref]
    try:
        files.accept(resource, tuple(_edits(report, resource)))
    except ValueError:
        return False
    return True


def _edits(report: DriftReport, resource: Resource) -> Iterator[accept.Edit]:
    catalog, live = report.wanted.checked.catalog, _adopted(report)
    group = live.group(resource.ref)
    drafted = resource.lifecycle is Lifecycle.DRAFT and group.draft is not None
    shown = group.draft if drafted else group.active
    if shown is None and group.draft is not None:
        raise ValueError("what is live is a draft, and the manifest is not")
    if shown is None:
        yield accept.lifecycle(resource.ref)
        return
    if resource.lifecycle is not Lifecycle.PUBLISHED and not drafted:
        yield accept.published()
    expected = normalize.desired(resource, catalog)
    hidden = normalize.unseen(resource.ref.kind, live)
    observed = normalize.live(shown, live)
    stays = {name: observed[name] for name in kept.members(resource.ref.kind) if name in observed}
    seen = {**normalize.align(resource.ref.kind, expected, observed, hidden), **stays}
    base = _base(report, resource.ref)
    yield from accept.edits(resource.ref, expected, seen if base is None else three_way(base, expected, seen))


def _base(report: DriftReport, ref: Ref) -> Body | None:
    """What was last applied of an object of which both sides moved since, in normal form."""
    both = any(one.ref == ref and one.standing is Standing.BOTH for one in report.drift.objects)
    return normalize.desired(report.base.resources[ref], report.base) if both else None


def _adopted(report: DriftReport) -> LiveState:
    """The live objects with those that carry no key under the manifests that are called like them."""
    wanted = {
        one.ref: str(one.body.get("name"))
        for one in report.wanted.checked.catalog
        if KINDS[one.ref.kind].keyed_by_metadata
    }
    return transitions.adopt(report.live, wanted)


def _differing(
    report: DriftReport, refs: Collection[Ref], texts: Mapping[str, str], runtime: Runtime
) -> set[Ref]:
    """Those of the objects that a plan of the new texts still changes; all of them where the files cannot be loaded any more."""
    with tempfile.TemporaryDirectory(prefix="catalogsync-") as name:
        there, places = _copied(report.wanted.chosen, Path(name).resolve(), texts)
        checked = check.check_chosen(there, runtime)
    if not checked.may_be_planned:
        return set(refs)
    options = PlanOptions(reveal=Secrets(runtime.environ).reveal)
    plan = make_plan(renamed(checked.catalog, places), report.live, report.target, options)
    refused = {Ref.parse(one.subject) for one in plan.diagnostics if one.is_error and one.subject}
    left = {change.ref for change in plan.changes if not _expected(report, change)}
    return set(refs) & (left | refused)


def _expected(report: DriftReport, left: Change) -> bool:
    """Whether a plan of the new files has nothing more to do for an object than to carry out what was changed in the files only, and to offer
    the new versions of what it offers.
    """
    own = {
        field.change.path: field.change
        for one in report.drift.objects
        if one.ref == left.ref
        for field in one.fields
        if _stays(one, field)
    }
    return bool(left.fields) and all(
        (field.before, field.after) == (EARLIER, CURRENT)
        or (
            field.path in own
            and (field.before, field.after) == (own[field.path].after, own[field.path].before)
        )
        for field in left.fields
    )


def _stays(one: Drifted, field: MovedField) -> bool:
    return one.standing is Standing.BOTH and field.standing is Standing.FILES_AHEAD


def _copied(chosen: Chosen, folder: Path, texts: Mapping[str, str]) -> tuple[Chosen, Mapping[str, str]]:
    """The chosen files with their new texts below a folder, and the names that they have where they belong."""
    new = {Path(name).absolute(): text for name, text in texts.items()}
    overlays = {path for one in chosen.settings.environments.values() for path in one.overlays}
    for path in sorted({*chosen.paths, *chosen.overlays, *overlays}):
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file() and (file == path or manifest_files.is_manifest(file)):
                copy = _below(folder, file)
                copy.parent.mkdir(parents=True, exist_ok=True)
                text = new.get(file.absolute())
                copy.write_bytes(file.read_bytes() if text is None else text.encode())

    def moved(environment: Environment) -> Environment:
        return replace(environment, overlays=tuple(_below(folder, path) for path in environment.overlays))

    settings = replace(
        chosen.settings,
        environments={name: moved(one) for name, one in chosen.settings.environments.items()},
    )
    paths = tuple(_below(folder, path) for path in chosen.paths)
    environment = moved(chosen.environment) if chosen.environment is not None else None
    names = {str(_below(folder, path)): str(path) for path in (*chosen.paths, *chosen.overlays)}
    return Chosen(paths, settings, environment), names


def _below(folder: Path, path: Path) -> Path:
    whole = path.absolute()
    return folder / whole.relative_to(whole.anchor)


def _new_files(report: DriftReport, refs: Sequence[Ref]) -> tuple[Mapping[Path, str], tuple[Ref, ...]]:
    """A file for each object that no file names, where an export into the catalog's folder would put it, and those that cannot be written:
    no manifest can say them, or their file is there already.
    """
    if not refs:
        return {}, ()
    root = report.wanted.chosen.paths[0]
    folder = root if root.is_dir() else root.parent
    exported = export.portable(export_live(report.live).files)
    found: dict[Path, str] = {}
    unwritten: list[Ref] = []
    for ref in refs:
        name = f"{KINDS[ref.kind].folder}/{ref.key}.yaml"
        path = folder / name
        if name in exported and not path.exists():
            found[path] = exported[name]
        else:
            unwritten.append(ref)
    return found, tuple(unwritten)


def _not_accepted(ref: Ref) -> Diagnostic:
    return Diagnostic(
        NOT_ACCEPTED,
        Severity.WARNING,
        f"{ref} was not accepted: its manifest cannot be changed in place so that it says what is live",
        hint="write it by hand; export shows what is live",
        subject=str(ref),
    )


def _own_values(one: Drifted) -> Iterator[Diagnostic]:
    """What became of the values of an object that was accepted which the files alone had."""
    for field in one.fields:
        change = field.change
        turned = one.standing is Standing.FILES_AHEAD
        own, live = (change.after, change.before) if turned else (change.before, change.after)
        said = f"{one.ref}: {field_paths.shown(change.path)}"
        if _stays(one, field):
            yield _note(KEPT, one, f"{said}: {in_words(own)} was changed in the files only, and stays")
        elif field.standing in (Standing.FILES_AHEAD, Standing.BOTH):
            yield _note(REPLACED, one, f"{said}: {in_words(own)} of the files gave way to {in_words(live)}")


def _note(code: str, one: Drifted, summary: str) -> Diagnostic:
    return Diagnostic(code, Severity.NOTE, summary, where=one.where, subject=str(one.ref))
