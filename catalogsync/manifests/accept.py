"""What a manifest and a live object differ in, as changes to the files that say it: the base or the overlay that each value came from. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from catalogsync.core.canon import Body
from catalogsync.core.model import Kind, Lifecycle, Ref, Resource
from catalogsync.core.values import Special
from catalogsync.manifests.edit import Document, Named, Splice, Steps
from catalogsync.manifests.overlay import ADD, KEYED
from catalogsync.manifests.source_map import DocumentOrigin, MergedOrigin
from catalogsync.manifests.style import arrange
from catalogsync.openmeter.kinds import KINDS, Keyed

Place: TypeAlias = "tuple[str, ...]"
_ABSENT = object()


@dataclass(frozen=True, slots=True)
class Edit:
    """One difference: the place, and what is to stand there and after each step on the way to it; none where it is to be gone."""

    steps: Steps
    whole: tuple[object, ...] | None


@dataclass(slots=True)
class Files:
    """The texts of files by name as they become, edit by edit: each is made in what the one before left."""

    _before: dict[str, str] = field(default_factory=dict)
    _texts: dict[str, str] = field(default_factory=dict)
    _grown: dict[tuple[str, int], int] = field(default_factory=dict)
    _whose: dict[str, set[Ref]] = field(default_factory=dict)

    def accept(self, resource: Resource, edits: Sequence[Edit]) -> None:
        """Takes in the changes to one object. Raises ValueError where its text cannot be changed in place."""
        layers = _layers(resource)
        for edit in edits:
            if edit.whole is None:
                for layer in layers:
                    self._change(layer, self._document(layer).remove(edit.steps), resource.ref)
                continue
            layer = max(layers, key=lambda one: _says(self._document(one), edit.steps))
            document = self._document(layer)
            below = [self._document(one) for one in layers[layers.index(layer) + 1 :]]
            whole = _with_additions(edit, document, below) if below else edit.whole
            self._change(layer, document.put(edit.steps, whole), resource.ref)

    def changed(self) -> Mapping[str, str]:
        """The new texts of the files that change."""
        return {name: text for name, text in sorted(self._texts.items()) if text != self._before[name]}

    def objects(self) -> Mapping[str, tuple[Ref, ...]]:
        """The objects that each of these files says otherwise now."""
        return {name: tuple(sorted(self._whose[name])) for name in self.changed()}

    def _document(self, origin: DocumentOrigin) -> Document:
        """The document as it is by now: those before it in the file may have grown."""
        name = origin.source.name
        self._before.setdefault(name, origin.source.text)
        text = self._texts.setdefault(name, origin.source.text)
        grown = sum(by for (file, start), by in self._grown.items() if file == name and start < origin.start)
        start, end = origin.start + grown, origin.end + grown + self._grown.get((name, origin.start), 0)
        return Document(text, start, end)

    def _change(self, origin: DocumentOrigin, splice: Splice | None, ref: Ref) -> None:
        if splice is None:
            return
        name = origin.source.name
        self._whose.setdefault(name, set()).add(ref)
        text = self._texts[name]
        self._texts[name] = text[: splice.start] + splice.text + text[splice.end :]
        place = (name, origin.start)
        self._grown[place] = self._grown.get(place, 0) + len(self._texts[name]) - len(text)


def _says(document: Document, steps: Steps) -> tuple[bool, int]:
    """Which layer a value is changed in: the last that says it, else the first of those that go as deep. (max takes the first of equals.)"""
    depth = document.depth(steps)
    return depth == len(steps), depth


def _with_additions(edit: Edit, overlay: Document, below: Sequence[Document]) -> tuple[object, ...]:
    """What an edit of an overlay says, with `$add: true` in entries of keyed lists that the layers below do not have. Inside of such an entry
    it needs not be said again.
    """
    assert edit.whole is not None
    steps, whole = edit.steps, list(edit.whole)
    place = min(overlay.depth(steps) + 1, len(steps))  # what is written stands there, and is whole[place]
    if not all(
        _stands(below, steps[: n + 1]) for n, step in enumerate(steps[: place - 1]) if isinstance(step, Named)
    ):
        return tuple(whole)
    written, last = whole[place], steps[place - 1]
    if isinstance(last, Named):
        whole[place] = _added(written, last, steps[: place - 1], below)
    elif isinstance(last, str) and last in KEYED and isinstance(written, list | tuple):
        by = KEYED[last]
        whole[place] = [_added(one, Named(by, one[by]), steps[:place], below) for one in written]
    return tuple(whole)


def _added(entry: object, named: Named, owner: Steps, below: Sequence[Document]) -> object:
    if not isinstance(entry, Mapping) or _stands(below, (*owner, named)):
        return entry
    return {named.by: named.key, ADD: True, **{n: v for n, v in entry.items() if n != named.by}}


def _stands(documents: Sequence[Document], steps: Steps) -> bool:
    """Whether one of the documents says something there."""
    return any(one.depth(steps) == len(steps) for one in documents)


def _layers(resource: Resource) -> tuple[DocumentOrigin, ...]:
    """The documents that say an object; where several say a value, the last one first."""
    origin = resource.origin
    if isinstance(origin, MergedOrigin):
        return (*reversed(origin.layers[1:]), origin.layers[0])
    assert isinstance(origin, DocumentOrigin)
    return (origin,)


def edits(ref: Ref, files: Body, live: Body) -> tuple[Edit, ...]:
    """What to change in an object's manifest, both sides in normal form. Secrets and what nothing tells are left as they are."""
    before, after = _written(ref, files), _written(ref, live)
    return tuple(_differences(ref.kind, before, after, (), (), (after,)))


def lifecycle(ref: Ref) -> Edit:
    """The manifest of an object that is not live any more: it says so."""
    kind = KINDS[ref.kind]
    gone = next(one for one in (Lifecycle.ARCHIVED, Lifecycle.DELETED) if one in kind.lifecycles)
    return Edit(("lifecycle",), (None, str(gone)))


def published() -> Edit:
    """The manifest of an object that is live: it says nothing of its lifecycle."""
    return Edit(("lifecycle",), None)


def _written(ref: Ref, normal: Body) -> dict[str, object]:
    """A normal form as a manifest of the house says it."""
    body = KINDS[ref.kind].manifest(normal, ref.key)
    return arrange(ref.kind, {"kind": str(ref.kind), **body, KINDS[ref.kind].identity: ref.key})


def _differences(
    kind: Kind, before: object, after: object, steps: Steps, path: Place, whole: tuple[object, ...]
) -> Iterator[Edit]:
    if before == after or isinstance(before, Special) or isinstance(after, Special):
        return
    if isinstance(before, Mapping) and isinstance(after, Mapping) and before.keys() & after.keys():
        for name in dict.fromkeys((*before, *after)):
            old, new = before.get(name, _ABSENT), after.get(name, _ABSENT)
            yield from _member(kind, old, new, (*steps, name), (*path, name), whole)
        return
    rule = KINDS[kind].lists.get(path)
    if isinstance(rule, Keyed) and isinstance(before, list) and isinstance(after, list):
        old_order, new_order = [one[rule.by] for one in before], [one[rule.by] for one in after]
        olds, news = dict(zip(old_order, before, strict=True)), dict(zip(new_order, after, strict=True))
        if not rule.ordered or _same_order(old_order, new_order):
            for key in dict.fromkeys((*old_order, *new_order)):
                old, new = olds.get(key, _ABSENT), news.get(key, _ABSENT)
                yield from _member(kind, old, new, (*steps, Named(rule.by, key)), path, whole)
            return
    elif _alike(before, after):
        assert isinstance(before, list) and isinstance(after, list)
        for at, (old, new) in enumerate(zip(before, after, strict=True)):
            yield from _member(kind, old, new, (*steps, at), path, whole)
        return
    yield Edit(steps, whole)


def _member(
    kind: Kind, old: object, new: object, steps: Steps, path: Place, whole: tuple[object, ...]
) -> Iterator[Edit]:
    if new is _ABSENT:
        if not isinstance(old, Special):
            yield Edit(steps, None)
    elif old is _ABSENT:
        if not isinstance(new, Special):
            yield Edit(steps, (*whole, new))
    else:
        yield from _differences(kind, old, new, steps, path, (*whole, new))


def _alike(before: object, after: object) -> bool:
    """Lists of as many objects, of which only values differ."""
    return (
        isinstance(before, list)
        and isinstance(after, list)
        and len(before) == len(after)
        and all(isinstance(one, Mapping) for one in (*before, *after))
    )


def _same_order(before: Sequence[object], after: Sequence[object]) -> bool:
    """What both have stands in the same order, and what is new comes last."""
    kept = [one for one in after if one in before]
    return [one for one in before if one in after] == kept and after[: len(kept)] == kept
