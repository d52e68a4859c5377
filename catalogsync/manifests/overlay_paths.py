"""Places in overlays and in what they are merged to: which layer says a value, what an overlay says, by names and by positions. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from catalogsync.core.canon import Json
from catalogsync.core.diagnostics import Path
from catalogsync.manifests import overlay
from catalogsync.manifests.overlay import Names


def said(document: Mapping[str, Json], path: Path = (), names: Names = ()) -> Iterator[tuple[Path, Names]]:
    """What an overlay says: each value's path in its document, and its place by names. Keys of entries are not values of their own."""
    for name, value in document.items():
        here, by = ((*path, name), (*names, name)), overlay.KEYED.get(name)
        if isinstance(value, Mapping) and value and not overlay.may_be_secret(here[1]):
            yield from said(value, *here)
        elif by and overlay.is_list(value) and value:
            for number, entry in enumerate(value):
                yield from _entry_says(entry, by, (*here[0], number), here[1])
        else:
            yield here


def _entry_says(entry: Json, by: str, path: Path, names: Names) -> Iterator[tuple[Path, Names]]:
    key = str(entry.get(by)) if isinstance(entry, Mapping) else ""
    rest = {name: value for name, value in entry.items() if name != by} if isinstance(entry, Mapping) else {}
    if not rest or overlay.REMOVE in rest or overlay.ADD in rest:
        yield path, (*names, key)
    else:
        yield from said(rest, path, (*names, key))


@dataclass(frozen=True, slots=True)
class Layered:
    """How far a layer says what stands at a path of the merged document: the path in the layer as far as it goes, whether to the end
    (`whole`), and whether nothing below the layer counts there (`final`).
    """

    path: Path
    whole: bool
    final: bool


def translate(merged: Json, layer: Json, path: Path) -> Layered:
    """Where a layer says what stands at `path` of the merged document."""
    found: list[str | int] = []
    here, whole = layer, merged
    name, replaced = "", False
    for step in path:
        by = overlay.KEYED.get(name)
        position = _in_layer(whole, here, step, by)
        if position is None:
            final = replaced or _ends(here, by, tuple(found), _step(whole, step))
            return Layered(tuple(found), False, final)
        found.append(position)
        replaced = replaced or (isinstance(step, int) and not by)
        whole, here = _step(whole, step), _step(here, position)
        name = step if isinstance(step, str) else ""
    return Layered(tuple(found), True, True)


def _ends(here: Json, by: str | None, found: Path, entry: Json) -> bool:
    """Whether a layer's value, which does not say a step (that leads to `entry`), replaces what the layers below say."""
    if isinstance(here, Mapping):
        return overlay.may_be_secret(tuple(one for one in found if isinstance(one, str)))
    if by and here and overlay.is_list(here):
        key = entry.get(by) if isinstance(entry, Mapping) else None
        return any(isinstance(one, Mapping) and one.get(by) == key and overlay.REMOVE in one for one in here)
    return True


def _in_layer(merged: Json, layer: Json, step: str | int, by: str | None) -> str | int | None:
    """The layer's own name or position for a step into the merged value, or None when it says nothing
    there.
    """
    if isinstance(step, str):
        return step if isinstance(layer, Mapping) and step in layer else None
    if not overlay.is_list(layer):
        return None
    position = overlay.position(layer, by, _step(merged, step)) if by else step
    return position if position is not None and position < len(layer) else None


def _step(value: Json, step: str | int) -> Json:
    """What lies one step inside a value, or None."""
    if isinstance(step, str):
        return value.get(step) if isinstance(value, Mapping) else None
    return value[step] if overlay.is_list(value) and step < len(value) else None
