"""Lays overlays over the documents that they are for, and says what is wrong with them as overlays. No I/O."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from catalogsync.core.diagnostics import Diagnostic, Severity
from catalogsync.core.diagnostics import Path as ValuePath
from catalogsync.core.model import Kind, Ref
from catalogsync.manifests import differences, overlay
from catalogsync.manifests.documents import Document, Reading, problem
from catalogsync.manifests.hints import suggestions
from catalogsync.manifests.hints.patience import Patience
from catalogsync.manifests.source_map import DocumentOrigin, MergedOrigin
from catalogsync.openmeter.kinds import KINDS

_MOST_KEYS = 8


def nameless(kind: Kind, document: Document) -> list[Diagnostic]:
    """What is said of an overlay that does not say whose it is."""
    name = KINDS[kind].identity
    if (name,) in document.trapped:
        return []
    title = KINDS[kind].title
    if name in document.members:
        path: ValuePath = (name,)
        summary, hint = f"`{name}` must be text", f"write the {name} of the {title} that is meant"
    else:
        guess = suggestions.nearest_name(name, [other for other in document.members if other != "name"])
        summary = f"`{name}` is missing in this overlay: it says which {title} is meant"
        hint = f"did you mean `{name}` instead of `{guess}`?" if guess else f"add `{name}: …`"
        path = (guess,) if guess else ()
    return [problem("overlay-without-object", summary, document.origin, path, hint)]


def lay_over(
    base: dict[Ref, Document],
    layer: Mapping[Ref, Document],
    reading: Reading,
    allowed: differences.Allowed | None,
) -> None:
    """Merges a layer's documents into the base."""
    for ref, over in layer.items():
        under = base.get(ref)
        if under is None:
            if not (reading.files or ref.kind in reading.kinds or ref.key in reading.names):
                reading.diagnostics.append(_without_object(ref, over, base, reading.patience))
            continue
        assert isinstance(over.origin, DocumentOrigin)
        merging = overlay.Merging(patience=reading.patience)
        merged = merging.merge(under.members, over.members)
        _forget_names(over, merging.problems, reading)
        reading.diagnostics.extend(one.at(over.origin, str(ref)) for one in merging.problems)
        if allowed is not None:
            reading.diagnostics.extend(_not_allowed(ref, over, allowed))
        below = under.origin
        lower = below.layers if isinstance(below, MergedOrigin) else (below,)
        origin = MergedOrigin(merged, (*lower, over.origin))
        faulty = (
            under.faulty or over.faulty or any(one.severity is Severity.ERROR for one in merging.problems)
        )
        base[ref] = Document(origin, merged, under.trapped | over.trapped, faulty)


def _forget_names(over: Document, problems: list[overlay.Problem], reading: Reading) -> None:
    """Drops what was said of names that must be text inside of what is to be written otherwise anyway."""
    shapes = [one.path for one in problems if one.code in (overlay.WRONG_TYPE, "overlay-without-item")]
    inside = [path for path in over.trapped if any(path[: len(shape)] == shape for shape in shapes)]
    places = {over.origin.locate(path, key=True) for path in inside}
    reading.diagnostics[:] = [
        one for one in reading.diagnostics if one.code != "yaml-key-not-text" or one.where not in places
    ]


def _without_object(ref: Ref, over: Document, base: Mapping[Ref, Document], patience: Patience) -> Diagnostic:
    hint = "write the object itself among the manifests"
    if patience.suffices(len(base)):
        kin = sorted(other.key for other in base if other.kind is ref.kind)
        parts = f"_{ref.key}_"
        guess = suggestions.nearest_name(ref.key, kin) or next(
            (key for key in kin if f"_{key}_" in parts), ""
        )
        there = f"; there are {', '.join(f'`{key}`' for key in kin[:_MOST_KEYS])}" if kin else ""
        hint = f"did you mean `{guess}`?" if guess else hint + there
    summary = f"this overlay is for {KINDS[ref.kind].title} `{ref.key}`, which does not exist"
    found = problem("overlay-without-object", summary, over.origin, (KINDS[ref.kind].identity,), hint)
    return replace(found, subject=str(ref))


def _not_allowed(ref: Ref, over: Document, allowed: differences.Allowed) -> Iterator[Diagnostic]:
    for path, said in differences.refused(ref, over.members, allowed):
        summary = f"`{said}` of {KINDS[ref.kind].title} `{ref.key}` may not differ between environments"
        hint = "say it in the manifest itself, or allow it in allowDifferences of catalogsync.yaml"
        yield replace(problem("overlay-not-allowed", summary, over.origin, path, hint), subject=str(ref))
