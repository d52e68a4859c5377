"""Files → documents → one desired object per kind and key, checked by the schemas, overlays merged."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from catalogsync.core import gc_pause
from catalogsync.core.canon import Json
from catalogsync.core.diagnostics import Diagnostic, Related, Severity, in_order
from catalogsync.core.model import NO_GAPS, Catalog, Gaps, Kind, Lifecycle, Ref, Resource
from catalogsync.manifests import differences, files, layers, read
from catalogsync.manifests.documents import Document, Reading, problem
from catalogsync.manifests.hints import foreign, foreign_text, lookalikes, suggestions
from catalogsync.manifests.judge import decide, judged
from catalogsync.manifests.source import SourceFile
from catalogsync.manifests.source_map import DocumentOrigin
from catalogsync.openmeter import credentials
from catalogsync.openmeter.kinds import KINDS

_BESIDES = ("kind", "lifecycle")
"""What a manifest says of its object besides the object's body."""
_PROPERTY = re.compile(r"(kind|key|slug|name) ?(?:=|:=|->|:(?=\S))")
"""How a manifest begins whose names are parted from their values as in another language."""
_KEY = re.compile("[a-z0-9]+(?:_[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Loaded:
    """What the files say.

    `gaps` tells later checks what is written and not in `catalog`, so that they keep silent about what
    follows from that.
    """

    catalog: Catalog
    diagnostics: tuple[Diagnostic, ...]
    files: tuple[str, ...]
    gaps: Gaps = NO_GAPS


def load(
    paths: Sequence[Path],
    *,
    overlays: Sequence[Path] = (),
    elsewhere: Sequence[Path] = (),
    allowed: differences.Allowed | None = None,
    sources: Sequence[SourceFile] = (),
) -> Loaded:
    """Reads manifests below `paths`, merges each of `overlays` over them in the order given, and checks the
    result by the schemas.

    Never raises on bad input: everything wrong is in `diagnostics`, by place. The result does not depend on
    the order of `paths`. Files below an overlay path are not read as manifests of their own, nor are those below `elsewhere`: the overlays
    of other environments, which may lie in the catalog's folder too. `allowed`: what the overlays may say, None for anything.
    `sources`: texts that are manifests besides.
    """
    reading = Reading()
    with gc_pause.paused():
        found = files.find(paths, without=overlays, elsewhere=elsewhere)
        base = _index(read.documents(found, reading, sources), reading)
        for path in overlays:
            layer = _index(read.documents(files.find([path]), reading), reading, layer=True)
            layers.lay_over(base, layer, reading, allowed)
        reading.builder.forget()
        catalog = _catalog(_resources(base, reading))
    return Loaded(
        catalog,
        in_order(
            _without_secrets(foreign_text.explained(lookalikes.explained(one))) for one in reading.diagnostics
        ),
        tuple(sorted(set(reading.read))),
        Gaps(frozenset(reading.refs), frozenset(reading.names), frozenset(reading.kinds), reading.files),
    )


def _catalog(resources: Iterable[Resource]) -> Catalog:
    owned: dict[Ref, Resource] = {}
    external: dict[Ref, Resource] = {}
    for one in resources:
        (external if one.lifecycle is Lifecycle.EXTERNAL else owned)[one.ref] = one
    return Catalog(owned, external)


def _without_secrets(one: Diagnostic) -> Diagnostic:
    """The diagnostic without credentials that stand where none belongs, as in a name or a kind."""
    summary, detail, hint = (credentials.masked(text) for text in (one.summary, one.detail, one.hint))
    return replace(one, summary=summary, detail=detail, hint=hint)


def _index(documents: Iterator[Document], reading: Reading, *, layer: bool = False) -> dict[Ref, Document]:
    """Documents by who they describe. Those that cannot be known, or are reported twice, are reported and left
    out. `layer`: they are overlays, which need not say more.
    """
    found: dict[Ref, Document] = {}
    for document in documents:
        kind = _kind(document, reading)
        if kind is None:
            assert isinstance(document.origin, DocumentOrigin)
            reading.names |= read.names_in(document.origin.text)
            continue
        name = KINDS[kind].identity
        key = document.members.get(name)
        if not isinstance(key, str) or (name,) in document.trapped:
            if not layer:
                reading.kinds.add(kind)
            reading.diagnostics.extend(
                layers.nameless(kind, document) if layer else judged(kind, document, str(kind), reading)
            )
            continue
        ref = Ref(kind, key)
        if ref in found:
            if not layer:
                reading.kinds.add(kind)
            reading.diagnostics.append(_twice(ref, name, found[ref], document))
            if not layer and not decide(kind)(found[ref].value) and decide(kind)(document.value):
                found[ref] = document  # the whole one of both; what the other lacks is no mistake of its own
        else:
            found[ref] = document
    return found


def _kind(document: Document, reading: Reading) -> Kind | None:
    """The document's kind, or None when it has none (which is said unless its YAML was complained of
    there).
    """
    value, origin = document.value, document.origin
    if not isinstance(value, dict):
        summary = f"a manifest must be an object (`name: value` lines), not {_sort_of(value)}"
        hint = "start with `kind: …`"
        if isinstance(value, list) and any(isinstance(one, dict) and "kind" in one for one in value):
            hint = "write each object without `- `, from the first column on, and a line `---` between two of them"
        if isinstance(value, str) and (begun := _PROPERTY.match(value)):
            hint = f"write `{begun[1]}: …`, a colon and a space after each name"
        reading.diagnostics.append(problem("manifest-not-object", summary, origin, (), hint))
        return None
    said = value.get("kind")
    kind = Kind(said) if isinstance(said, str) and said in KINDS else None
    other = foreign.looks_like(document) if kind is None and not document.trapped else None
    if other is not None:
        reading.diagnostics.append(other)
    elif "kind" not in value:
        if () not in document.trapped:
            hint = _as_documents(value) or f"add `kind:` with one of {', '.join(Kind)}"
            reading.diagnostics.append(
                problem("manifest-no-kind", "`kind` is missing in this document", origin, (), hint)
            )
    elif kind is None and ("kind",) not in document.trapped:
        guess = suggestions.nearest_name(said, Kind) if isinstance(said, str) else ""
        hint = f"did you mean `{guess}`?" if guess else f"write one of {', '.join(Kind)}"
        summary = f"{suggestions.show(said)} is not a kind of object"
        reading.diagnostics.append(problem("manifest-unknown-kind", summary, origin, ("kind",), hint))
    return kind


def _as_documents(value: Mapping[str, Json]) -> str:
    """What to do about a document that holds lists of objects by kind, as the server's own configuration does; "" for any other."""
    for kind in Kind:
        entries = value.get(KINDS[kind].folder, value.get(f"{kind}s"))
        if isinstance(entries, list) and any(isinstance(one, Mapping) for one in entries):
            return f"write each entry as a document of its own, with `kind: {kind}` and without `- `, and a line `---` between two"
    return ""


def _sort_of(value: Json) -> str:
    """What stands in place of a manifest. A text is not repeated: it may be a secret, kept beside the catalog."""
    return (
        suggestions.show(value)
        if value is None or isinstance(value, bool | list)
        else "text"
        if isinstance(value, str)
        else "a number"
    )


def _twice(ref: Ref, name: str, first: Document, second: Document) -> Diagnostic:
    whole = [decide(ref.kind)(one.value) for one in (first, second)]
    if whole == [False, True]:
        first, second = second, first
    label = "first written here" if len(set(whole)) == 1 else "the whole object"
    related = (Related(label, first.origin.locate((name,))),)
    summary = f"{KINDS[ref.kind].title} `{ref.key}` is written twice"
    return Diagnostic(
        "manifest-duplicate",
        Severity.ERROR,
        summary,
        second.origin.locate((name,)),
        hint=_another_key(ref, name, first, second),
        subject=str(ref),
        related=related,
    )


def _another_key(ref: Ref, name: str, first: Document, second: Document) -> str:
    """What to do about two documents of one key: the file's name says what a copy was to be, unless both say the same."""
    if first.value == second.value:
        return "both say the same: remove one of them"
    if Lifecycle.EXTERNAL in (_lifecycle(first), _lifecycle(second)):
        return "this catalog has the object itself: remove the one with `lifecycle: external`, which is for objects of another catalog"
    where = second.origin.locate((name,)).file
    if where != first.origin.locate((name,)).file and not decide(ref.kind)(second.value):
        place = Path(where).parent.as_posix()
        overlay = where if place == Path(first.origin.locate((name,)).file).parent.as_posix() else place
        return f"if this is an overlay, name it in an environment of catalogsync.yaml, `overlays: [{overlay}]`; else remove it, or change its key"
    stem = _stem(second)
    this, new = ("this one", stem) if stem not in ("", ref.key) else ("this one", "…")
    if new == "…" and _stem(first) not in ("", ref.key):
        this, new = "the first one", _stem(first)
    kept = "else keep one (what differs between environments belongs into an overlay)"
    return f"if they are two objects, give {this} another key, `{name}: {new}`; {kept}"


def _stem(document: Document) -> str:
    """The name of a document's file as a key, where the file holds no other document; else ""."""
    origin = document.origin
    if not isinstance(origin, DocumentOrigin) or (origin.start, origin.end) != (0, len(origin.source.text)):
        return ""
    stem = Path(origin.source.name).stem
    return stem if _KEY.fullmatch(stem) else ""


def _lifecycle(document: Document) -> object:
    return document.members.get("lifecycle")


def _resources(base: dict[Ref, Document], reading: Reading) -> Iterator[Resource]:
    """The objects of the documents that are right, sorted. Takes the documents out of `base`: of few there is both at one time."""
    refs = sorted(base, key=lambda one: one.key)
    refs.sort(key=lambda one: one.kind.rank)  # keeps the keys in order, and makes no tuple for each of them
    for ref in refs:
        document = base.pop(ref)
        problems = judged(ref.kind, document, str(ref), reading)
        if problems or document.faulty or document.trapped:
            reading.diagnostics.extend(problems)
            reading.refs.add(ref)
            if document.origin.locate((KINDS[ref.kind].identity,)) in [one.where for one in problems]:
                reading.kinds.add(ref.kind)
            continue
        said = str(document.members.get("lifecycle", ""))
        lifecycle = Lifecycle(said) if said else Lifecycle.PUBLISHED
        body = {name: value for name, value in document.members.items() if name not in _BESIDES}
        yield Resource(ref, lifecycle, body, document.origin)
