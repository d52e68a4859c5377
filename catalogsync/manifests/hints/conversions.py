"""The same value in another form: lists that are objects, objects that are lists, one value that stands for an object or a list. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import TypeAlias

from catalogsync.core.canon import Json
from catalogsync.core.diagnostics import Path
from catalogsync.manifests.hints.shape_schema import Shape
from catalogsync.manifests.scalars import plain

_NAMES = ("key", "addon", "slug", "name", "header", "label")
"""Members that tell an entry from others, or name it."""
_VALUES = ("value", "path", "jsonPath", "expression", "property")
_TELLING = frozenset((*_NAMES, *_VALUES, "type", "code", "id"))
"""Members that say all that an object with no other says."""
_PAIR = re.compile(r"([^:=\s]+)(?:\s*=\s*|:\s+)(\S.*)")
PATH = re.compile(r"(?:\$\.)?([A-Za-z_][\w.]*)", re.ASCII)
"""The path of a value in an event's data, or its name alone."""
_BARE = re.compile(r"[A-Za-z_$][\w.$/-]*", re.ASCII)
_COUNTS = ("count", "interval_count", "intervalCount", "every", "value", "amount", "n", "length")
_UNITS = ("interval", "unit", "period", "type")
_LETTERS = {"day": "D", "week": "W", "month": "M", "year": "Y"}
_MOST_NAMES = 4
_ALONE = "write its one entry alone, without `- ` and brackets"
_UNNAMED = "write a list: `- ` before the first member of each, without its name"

Proposal: TypeAlias = "tuple[Json, str]"
"""A value, and in words how to get there from what stands in the file, for when it cannot be shown ("" where only showing it helps)."""


def written(value: Json) -> str:
    """A value on one line, as a manifest may say it in braces."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{written(n)}: {written(one)}" for n, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(written, value)) + "]"
    if isinstance(value, str) and not (_BARE.fullmatch(value) and plain(value) == value):
        return json.dumps(value, ensure_ascii=False)
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    return str(value)


def proposals(shape: Shape, path: Path, value: Json) -> Iterator[Proposal]:
    if "object" in shape.types:
        if isinstance(value, list):
            yield from _object_of_list(shape, path, value)
        elif not isinstance(value, Mapping) and value is not None:
            yield from _object_of_one(shape, path, value)
    if "array" in shape.types:
        yield from _list_of(shape, value)
    if not {"object", "array"}.intersection(shape.types):
        yield from _one_of(shape, path, value)


def _object_of_list(shape: Shape, path: Path, value: list[Json]) -> Iterator[Proposal]:
    """Objects that say what a list says."""
    pairs = [_pair(entry) for entry in value]
    merged = {pair[0]: pair[1] for pair in pairs if pair}
    if value and len(merged) == len(value):
        yield dict(merged), "write its entries as members of one object, without `- ` and brackets"
    if len(value) == 1:
        yield value[0], _ALONE
    if "$in" in shape.members:
        texts: list[Json] = [one if isinstance(one, str) else written(one) for one in value]
        yield {"$in": texts}, "write the operator too: `{$in: […]}`"
    typed = {
        str(e["type"]): {n: m for n, m in e.items() if n != "type"}
        for e in value
        if isinstance(e, Mapping) and "type" in e
    }
    if len(typed) == len(value):
        yield dict(typed), "write each entry below its type, without `- `"
    if path[-1] == "groupBy" and all(isinstance(entry, str) for entry in value):
        names = [PATH.fullmatch(str(entry)) for entry in value]
        paths = {name[1].rpartition(".")[2]: f"$.{name[1]}" for name in names if name}
        if value and len(paths) == len(value):
            yield dict(paths), "write a name for each path: `name: $.name`"


def _pair(entry: Json) -> tuple[str, Json] | None:
    """The name and the value that an entry of a list says."""
    if isinstance(entry, str):
        pair = _PAIR.fullmatch(entry.strip())
        return (pair[1], pair[2]) if pair else None
    if not isinstance(entry, Mapping):
        return None
    if len(entry) == 1:
        return next(iter(entry.items()))
    name, value = (next((n for n in names if n in entry), "") for names in (_NAMES, _VALUES))
    if name and value and len(entry) == 2 and isinstance(entry[name], str):
        return str(entry[name]), entry[value]
    return None


def _object_of_one(shape: Shape, path: Path, value: Json) -> Iterator[Proposal]:
    """Objects that a text, a number, true or false stands for."""
    if path[-1] == "groupBy" and isinstance(value, str):
        yield from _object_of_list(shape, path, [one for one in re.split(r"[\s,]+", value) if one])
    if isinstance(value, str) and shape.is_free and (pair := _PAIR.fullmatch(value.strip())):
        yield {pair[1]: pair[2]}, "write `name: value` lines below it"
    if (filled := shape.filled(value)) is not None:
        yield filled, ""


def _list_of(shape: Shape, value: Json) -> Iterator[Proposal]:
    """Lists that say what one value says."""
    items = shape.items
    if isinstance(value, str) and "," in value:
        yield [part.strip() for part in value.split(",")], "write a list: `- ` before each"
    if not isinstance(value, list):
        yield (
            [value],
            "write it as an entry of a list: `- ` before its first member, the others in the column of that",
        )
    if isinstance(value, str) and (filled := items.filled(value)) is not None:
        yield [filled], ""
    if isinstance(value, Mapping):
        yield list(value), "write a list of its names"
        name = items.identity
        if name:
            yield [_entry(items, name, *member) for member in value.items()], named_entries(name, value)
        yield [_unnamed(items, *member) for member in value.items()], _UNNAMED


def _entry(items: Shape, name: str, key: str, value: Json) -> Json:
    """The entry of a list that a named object is, or a name with one value."""
    if isinstance(value, Mapping):
        return {name: key, **value}
    others = [one for one in items.required if one != name]
    return {name: key, **({others[0]: value} if len(others) == 1 else {})}


def _unnamed(items: Shape, key: str, value: Json) -> Json:
    """The entry of a list that an object is whose name says nothing, or how far a tier goes."""
    if not isinstance(value, Mapping):
        return None
    if re.fullmatch("[0-9]+", key):
        return {"upToAmount": int(key), **value} if "upToAmount" in items.members else None
    return value


def named_entries(name: str, value: Mapping[str, Json]) -> str:
    """What to write in place of an object of objects whose names are the entries' keys."""
    entries = ", ".join(f"`- {name}: {one}`" for one in list(value)[:_MOST_NAMES])
    more = ", …" if len(value) > _MOST_NAMES else ""
    return f"write a list, each entry with its `{name}` and the other members below it: {entries}{more}"


def _one_of(shape: Shape, path: Path, value: Json) -> Iterator[Proposal]:
    """The one value that a list or an object says."""
    if isinstance(value, list) and len(value) == 1:
        yield value[0], _ALONE
    if isinstance(value, Mapping):
        if shape.is_duration:
            yield _duration(value), ""
        if len(value) == 1 and "number" not in shape.types and next(iter(value)) in _TELLING:
            yield next(iter(value.values())), ""


def _duration(value: Mapping[str, Json]) -> Json:
    """The ISO 8601 text for an interval and how many of it, as Stripe and others write it; null where it is none."""
    named = {str(name).lower().removesuffix("s"): number for name, number in value.items()}
    if len(named) == 1 and (only := next(iter(named))) in _LETTERS and isinstance(named[only], int):
        return f"P{named[only]}{_LETTERS[only]}"
    unit = next(
        (str(value[one]).lower().removesuffix("s") for one in _UNITS if isinstance(value.get(one), str)), ""
    )
    count = next((value[one] for one in _COUNTS if isinstance(value.get(one), int)), 1)
    return f"P{count}{_LETTERS[unit]}" if unit in _LETTERS and len(value) <= 2 else None
