"""One call for everything that can be said of a catalog offline: structure, the server's rules, lint. Sorted, one per cause."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from catalogsync import manifests
from catalogsync.app.environments import Chosen
from catalogsync.app.runtime import Runtime
from catalogsync.app.unnamed_overlays import unnamed
from catalogsync.checks import later_rules
from catalogsync.checks.lint import LintSettings, lint
from catalogsync.checks.validate import validate
from catalogsync.checks.validate.references import WRITE_ONE
from catalogsync.core import gc_pause
from catalogsync.core.diagnostics import Diagnostic, in_order
from catalogsync.core.errors import InvalidCatalog
from catalogsync.core.model import Catalog
from catalogsync.manifests.files import CONFIGURATION, NOT_READ, shown
from catalogsync.manifests.source import SourceFile
from catalogsync.store.environment import Differences, Environment

__all__ = ["Checked", "LintSettings", "check", "check_chosen", "check_views", "plannable", "valid"]


@dataclass(frozen=True, slots=True)
class Checked:
    """A catalog and what is to be said of it. `environments`: those whose overlays were checked too."""

    catalog: Catalog
    diagnostics: tuple[Diagnostic, ...]
    environments: tuple[str, ...] = ()

    @property
    def is_valid(self) -> bool:
        return not any(one.is_error for one in self.diagnostics)

    @property
    def may_be_planned(self) -> bool:
        """Whether each error is one that a plan may take, of what was published before a later rule."""
        return all(later_rules.may_stand(one) for one in self.diagnostics if one.is_error)


def check(
    paths: Sequence[Path],
    *,
    overlays: Sequence[Path] = (),
    elsewhere: Sequence[Path] = (),
    allowed: Differences | None = None,
    settings: LintSettings | None = None,
    sources: Sequence[SourceFile] = (),
) -> Checked:
    """Loads and checks. `elsewhere`: overlays of other environments, which are not read; `allowed`: what the overlays may say, None for
    anything; `sources`: texts that are manifests besides. Never raises on bad input.
    """
    with gc_pause.paused():
        loaded = manifests.load(
            paths, overlays=overlays, elsewhere=elsewhere, allowed=allowed, sources=sources
        )
        found = validate(loaded.catalog, loaded.gaps)
        faulty = frozenset(one.subject for one in (*loaded.diagnostics, *found) if one.is_error)
        whole = not loaded.gaps.any and not faulty
        costs = lint(loaded.catalog, settings or LintSettings(), faulty=faulty, whole=whole)
        said = _with_unread(later_rules.explained(found), loaded.diagnostics)
        return Checked(loaded.catalog, in_order((*loaded.diagnostics, *said, *costs)))


def _with_unread(found: Iterable[Diagnostic], loaded: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """The findings; of an object that is not there with the files that were not read, in one of which it may be."""
    unread = [one.where.file for one in loaded if one.code == NOT_READ and one.where is not None]
    for one in found:
        if unread and one.hint.startswith(WRITE_ONE):
            yield replace(one, hint=f"is it in {' or '.join(unread[:3])}, which is not read? Else {one.hint}")
        else:
            yield one


def check_chosen(chosen: Chosen, runtime: Runtime) -> Checked:
    """The chosen catalog with the overlays and severities of its configuration. A waiver ends with its day in UTC."""
    settings = LintSettings(chosen.settings.severities, runtime.today())
    checked = check(
        chosen.paths,
        overlays=chosen.overlays,
        elsewhere=chosen.elsewhere,
        allowed=chosen.environment.allow_differences if chosen.environment else None,
        settings=settings,
    )
    return replace(checked, diagnostics=tuple(_of_overlay(one, chosen) for one in checked.diagnostics))


def _of_overlay(one: Diagnostic, chosen: Chosen) -> Diagnostic:
    """A finding; of an overlay that is not there with who names it."""
    if one.code not in ("file-not-found", "catalog-empty") or one.where is None:
        return one
    if chosen.environment is None or one.where.file not in map(shown, chosen.overlays):
        return one
    what = one.hint if one.hint.startswith("did you mean") else "correct that, or write an overlay there"
    return replace(one, hint=f"`overlays` in {CONFIGURATION} names it: {what}")


def check_views(chosen: Chosen, runtime: Runtime) -> Checked:
    """The catalog of the chosen environment. Where none was chosen: without overlays and as it is in every environment; each finding is
    said once, and one that depends on overlays names the environments that it is found in. The catalog is the one without overlays then.
    """
    base = check_chosen(chosen, runtime)
    besides = tuple(unnamed(chosen, base.catalog))
    if chosen.environment is not None:
        return replace(base, diagnostics=in_order((*base.diagnostics, *besides)))
    alike: dict[tuple[object, ...], list[Environment]] = {}
    for one in chosen.settings.environments.values():
        if one.overlays:
            allowed = None if one.allow_differences is None else tuple(one.allow_differences.items())
            alike.setdefault((one.overlays, allowed), []).append(one)
    known, found = frozenset(base.diagnostics), dict[Diagnostic, list[str]]()
    for environments in alike.values():
        there = check_chosen(replace(chosen, environment=environments[0]), runtime)
        for finding in (one for one in there.diagnostics if one not in known):
            found.setdefault(finding, []).extend(one.name for one in environments)
    named = (replace(one, environments=tuple(sorted(names))) for one, names in found.items())
    names = tuple(sorted(one.name for environments in alike.values() for one in environments))
    return Checked(base.catalog, in_order((*base.diagnostics, *named, *besides)), names)


def valid(chosen: Chosen, runtime: Runtime) -> Checked:
    """The same. Raises InvalidCatalog when it holds errors."""
    checked = check_chosen(chosen, runtime)
    if not checked.is_valid:
        raise InvalidCatalog(checked.diagnostics)
    return checked


def plannable(chosen: Chosen, runtime: Runtime) -> Checked:
    """The same, where errors that a plan may take are left to it (`checks.later_rules.settled`). Raises InvalidCatalog for others."""
    checked = check_chosen(chosen, runtime)
    if not checked.may_be_planned:
        raise InvalidCatalog(checked.diagnostics)
    return checked
