"""Keys that name another object of the catalog: they must name one that is there and stays."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache

from catalogsync.checks.validate import addon_compatibility
from catalogsync.checks.validate.findings import Findings
from catalogsync.core.canon import JsonObject
from catalogsync.core.diagnostics import Diagnostic, Path, Related, Severity
from catalogsync.core.model import Catalog, Gaps, Kind, Lifecycle, Ref, Resource
from catalogsync.manifests.hints.patience import Patience
from catalogsync.openmeter.kinds import FEATURE, KINDS, METER, references

_SLIP = 0.85
_ABSENT = " in the catalog"
_GONE = (Lifecycle.ARCHIVED, Lifecycle.DELETED)


class Known:
    """The keys that may be named, and what may have been meant by one that is none of them. `staying`: those of the objects that stay, by kind."""

    def __init__(self, catalog: Catalog) -> None:
        self.staying: Mapping[Kind, frozenset[str]] = {
            kind: frozenset(one.ref.key for one in catalog.of(kind) if one.lifecycle not in _GONE)
            for kind in Kind
        }
        self._catalog = catalog
        self._patience = Patience()
        self._named: dict[Kind, tuple[str, ...]] = {}
        self._guessed: dict[Ref, str] = {}

    def nearest(self, ref: Ref) -> str:
        """The key that was probably meant, or ""."""
        if ref not in self._guessed:
            keys = self.keys(ref.kind)
            self._guessed[ref] = _nearest(ref.key, keys) if self._patience.suffices(len(keys)) else ""
        return self._guessed[ref]

    def keys(self, kind: Kind) -> tuple[str, ...]:
        """Those of the catalog's own objects of a kind, and of those that another catalog owns."""
        if kind not in self._named:
            external = (ref.key for ref in self._catalog.external if ref.kind is kind)
            self._named[kind] = (*(one.ref.key for one in self._catalog.of(kind)), *external)
        return self._named[kind]


def check_references(findings: Findings, gaps: Gaps, known: Known) -> None:
    """Every reference of the object (docs/server/references.md#what-needs-what; docs/server/notifications.md#rules). A feature that a rate card
    names has to be there even for a draft (docs/server/rate-cards.md#feature-resolution).
    """
    kind, body = findings.resource.ref.kind, findings.body
    if all(known.staying[other].issuperset(_named(body, path)) for other, path in _may_name(kind)):
        return
    for ref, place in references(kind, body):
        if findings.live(ref.kind, ref.key) is None:
            gone = findings.catalog.resources.get(ref)
            if gone is not None:
                _leaving(findings, gone, place)
            elif ref not in findings.catalog.external:
                _missing(findings, ref, place, gaps, known)


@cache
def _may_name(kind: Kind) -> tuple[tuple[Kind, Sequence[str]], ...]:
    """The kinds that objects of a kind may name, and where."""
    return tuple((Kind(one.kind), one.path) for one in KINDS[kind].references)


def _named(body: JsonObject, path: Sequence[str]) -> Sequence[str]:
    """The keys at a path, in all entries of the lists on the way, without their places: nearly always all of them name something."""
    found: list[object] = [body]
    for name in path:
        values = [one.get(name) for one in found if isinstance(one, dict)]
        found = []
        for value in values:
            if isinstance(value, list):
                found += value
            elif value is not None:
                found.append(value)
    return [key for key in found if isinstance(key, str)]


def _leaving(findings: Findings, gone: Resource, place: Path) -> None:
    ref = gone.ref
    what = f"{KINDS[ref.kind].title} `{ref.key}` is {gone.lifecycle} in this catalog, and still named here"
    findings.add(_code(findings, ref.kind), place, what, hint="name another one, or keep it published")


WRITE_ONE = "write a manifest for it"
"""How the hint begins where nothing like an object is there."""


def _missing(findings: Findings, ref: Ref, place: Path, gaps: Gaps, known: Known) -> None:
    if gaps.files or ref in gaps.refs or ref.key in gaps.names:
        return
    near = known.nearest(ref)
    if ref.kind in gaps.kinds and not _is_slip(ref.key, near):
        return
    spec = KINDS[ref.kind]
    written = f"{WRITE_ONE}: kind: {ref.kind}, {spec.identity}: {ref.key}"
    hint = f"did you mean `{near}`?" if near else written
    if near and not _is_slip(ref.key, near):
        hint += f" If not, {written}"
    hint = _of_another_kind(findings, ref, known) or hint
    summary = f"there is no {spec.title} `{ref.key}`"
    findings.add(_code(findings, ref.kind), place, summary + _ABSENT, hint=hint)


_MOST_KEYS = 8


def _of_another_kind(findings: Findings, ref: Ref, known: Known) -> str:
    """What to name in place of a key that is one of another kind: of a meter, the features that count it; "" for any other key."""
    others = [kind for kind in Kind if kind != ref.kind and findings.live(kind, ref.key) is not None]
    if not others:
        return ""
    keys = sorted(known.keys(ref.kind))
    which = f"one of the {KINDS[ref.kind].title}s"
    if ref.kind is FEATURE and METER in others:
        counting = (one for one in findings.catalog.of(FEATURE) if one.body.get("meterSlug") == ref.key)
        keys = sorted(one.ref.key for one in counting) or keys
        which = "a feature that counts it"
        others = [METER]
    named = ", ".join(f"`{key}`" for key in keys[:_MOST_KEYS]) + (", …" if len(keys) > _MOST_KEYS else "")
    title = KINDS[others[0]].title
    return f"`{ref.key}` is a {title}: write the key of {which}" + (f": {named}" if keys else "")


def once_each(found: Sequence[Diagnostic]) -> list[Diagnostic]:
    """The diagnostics with one for each object that is not there, at the first place that names it, and with one for what keeps an add-on from
    several plans in the same way; the others stand beside it.
    """
    kept: list[Diagnostic] = []
    first: dict[tuple[str, str, Severity, str], int] = {}
    for one in found:
        is_absent = one.summary.endswith(_ABSENT)
        if not is_absent and one.code not in addon_compatibility.CODES:
            kept.append(one)
            continue
        position = first.setdefault(
            (one.code, one.summary, one.severity, "" if is_absent else one.hint), len(kept)
        )
        if position == len(kept):
            kept.append(one)
        elif one.where is not None:
            also = Related(f"{'named' if is_absent else 'offered'} by {one.subject} too", one.where)
            kept[position] = replace(kept[position], related=(*kept[position].related, also))
    return kept


def _nearest(key: str, keys: Sequence[str]) -> str:
    turned = [other for other in keys if "_" in key and sorted(other.split("_")) == sorted(key.split("_"))]
    if len(turned) == 1:
        return turned[0]
    return next(iter(difflib.get_close_matches(key, keys, 1)), "")


def _is_slip(key: str, other: str) -> bool:
    """Whether one key is surely the other mistyped."""
    return difflib.SequenceMatcher(None, key, other).ratio() > _SLIP


def _code(findings: Findings, kind: Kind) -> str:
    named_by = KINDS[findings.resource.ref.kind].references
    return next(reference.missing_code for reference in named_by if reference.kind == kind)
