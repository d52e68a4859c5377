"""What to write where a list, an object, a text or a number stands in place of another of them. Pure.

Each proposal is the value that stands there in another form, and is made only when its schema takes it. A value that is too long to be
shown, or may be a secret, is described.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TypeAlias

from catalogsync.core.canon import Json
from catalogsync.core.diagnostics import Path
from catalogsync.manifests import number_words, suggestions
from catalogsync.manifests.masking import is_secret
from catalogsync.manifests.scalars import plain
from catalogsync.manifests.shape_schema import Shape
from catalogsync.openmeter.description import Schema

_LONGEST = 100
_NAMES = ("key", "addon", "slug", "name", "header", "label")
"""Members that tell an entry from others, or name it."""
_VALUES = ("value", "path", "jsonPath", "expression", "property")
_PAIR = re.compile(r"([^:=\s]+)(?:\s*=\s*|:\s+)(\S.*)")
_PATH = re.compile(r"(?:\$\.)?([A-Za-z_][\w.]*)", re.ASCII)
_BARE = re.compile(r"[A-Za-z_$][\w.$/-]*", re.ASCII)
_GLUED = re.compile(r"([\w$.-]+)(\s*[:=]\s*|\s+)(\S.*)")
_SIBLINGS = {"$eq": "$in", "$ne": "$nin"}
"""Operators for one text, and those for any of several."""
_FREE = frozenset(("free", "gratis", "none", "nothing", "included", "0"))
_ALL = frozenset(("*", "all", "any"))
_COUNTS = ("count", "interval_count", "intervalCount", "every", "value", "amount", "n", "length")
_UNITS = ("interval", "unit", "period", "type")
_ALONE = "write its one entry alone, without `- ` and brackets"
_UNNAMED = "write a list: `- ` before the first member of each, without its name"
_LETTERS = {"day": "D", "week": "W", "month": "M", "year": "Y"}

Proposal: TypeAlias = "tuple[Json, str]"
"""A value, and in words how to get there from what stands in the file, for when it cannot be shown ("" where only showing it helps)."""


def hint(shape: Shape, path: Path, value: Json, document: Mapping[str, Json]) -> str:
    """The hint, or "" where no other form of the value fits."""
    if is_secret(path):
        return _of_secret(shape, value)
    if said := _in_words(shape, path, value):
        return said
    for proposal, words in _proposals(shape, path, value):
        if shape.takes(proposal):
            shown = written(proposal)
            return f"write `{_labelled(path, shown)}`" if len(shown) <= _LONGEST else words
    return _outline(shape, path, value, document)


def _of_secret(shape: Shape, value: Json) -> str:
    if "object" in shape.types and shape.is_free and not isinstance(value, Mapping):
        return "write a line `NAME: value` for each, without `- ` and brackets"
    return ""


def _labelled(path: Path, shown: str) -> str:
    return shown if isinstance(path[-1], int) else f"{path[-1]}: {shown}"


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


def _in_words(shape: Shape, path: Path, value: Json) -> str:
    """What is meant by some words, and cannot be said by another form of the same."""
    word = value.strip().lower() if isinstance(value, str) else str(value)
    if path[-1] == "price" and "object" in shape.types and (word in _FREE or value is False):
        return "leave `price` out: what has no price is free"
    if path[-1] == "features" and "array" in shape.types and word in _ALL:
        return "leave `features` out: then all are meant"
    if value is None and (said := number_words.endless(str(path[-1]), "null")):
        return said
    if value == [] and isinstance(path[-1], str) and "array" not in shape.types:
        return f"leave `{path[-1]}` out"
    return lacks_colon(str(path[-1]), value)


def lacks_colon(name: str, value: Json, known: Collection[str] = ()) -> str:
    """What to write where a member's name holds its value too: `{a:b}`, `{a=b}` or, of the names that are known there, `{a b}`."""
    pair = _GLUED.fullmatch(name) if value is None else None
    if pair is None or not (pair[2].strip() or pair[1] in known):
        return ""
    said = pair[3].strip("\"'")
    number = re.fullmatch(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?", said)
    return f"write a colon and a space: `{pair[1]}: {said if number else written(said)}`"


def _proposals(shape: Shape, path: Path, value: Json) -> Iterator[Proposal]:
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
        yield {"$in": value}, "write the operator too: `{$in: […]}`"
    typed = {
        str(e["type"]): {n: m for n, m in e.items() if n != "type"}
        for e in value
        if isinstance(e, Mapping) and "type" in e
    }
    if len(typed) == len(value):
        yield dict(typed), "write each entry below its type, without `- `"
    if path[-1] == "groupBy" and all(isinstance(entry, str) for entry in value):
        names = [_PATH.fullmatch(str(entry)) for entry in value]
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
        yield from _object_of_list(shape, path, [value])
    if isinstance(value, str) and shape.is_free and (pair := _PAIR.fullmatch(value.strip())):
        yield {pair[1]: pair[2]}, "write `name: value` lines below it"
    if (filled := shape.filled(value)) is not None:
        yield filled, ""
    if (inner := shape.filled_member(value)) is not None:
        yield inner, ""
    if value is True and "boolean" in shape.choices("type"):
        yield {"type": "boolean"}, ""


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
            yield [_entry(items, name, *member) for member in value.items()], _named_entries(name, value)
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


def _named_entries(name: str, value: Mapping[str, Json]) -> str:
    first = next(iter(value), "…")
    each = ", and so for each" if len(value) > 1 else ""
    return f"write a list: `- {name}: {first}`, and its other members in the column of `{name}`{each}"


def _one_of(shape: Shape, path: Path, value: Json) -> Iterator[Proposal]:
    """The one value that a list or an object says."""
    if isinstance(value, list) and len(value) == 1:
        yield value[0], _ALONE
    if isinstance(value, Mapping):
        if shape.is_duration:
            yield _duration(value), ""
        if len(value) == 1 and "number" not in shape.types:
            yield next(iter(value.values())), ""


def _duration(value: Mapping[str, Json]) -> Json:
    """The ISO 8601 text for an interval and how many of it, as Stripe and others write it; null where it is none."""
    unit = next(
        (str(value[one]).lower().removesuffix("s") for one in _UNITS if isinstance(value.get(one), str)), ""
    )
    count = next((value[one] for one in _COUNTS if isinstance(value.get(one), int)), 1)
    return f"P{count}{_LETTERS[unit]}" if unit in _LETTERS and len(value) <= 2 else None


def _outline(shape: Shape, path: Path, value: Json, document: Mapping[str, Json]) -> str:
    """What to write where members are missing that only the writer knows, or where there is too much to choose from."""
    if isinstance(value, list) and path[-1] in _SIBLINGS:
        other = {_SIBLINGS[str(path[-1])]: value}
        return f"for any of several texts write `{written(other)}`" if len(written(other)) <= _LONGEST else ""
    if "object" in shape.types and (typed := _typed(shape, value)):
        return typed
    if isinstance(value, list) and shape.types and not {"array", "null"}.issuperset(shape.types):
        return _too_many(shape, path, value)
    if isinstance(value, Mapping) and "array" in shape.types:
        return _of_mapping(shape.items, value)
    if isinstance(value, str) and "object" in shape.types:
        return _sketch(shape, value, document)
    if (
        isinstance(value, str)
        and "array" in shape.types
        and (sketch := _sketch(shape.items, value, document))
    ):
        return sketch.replace("write `", "write `- ", 1)
    return ""


def _typed(shape: Shape, value: Json) -> str:
    """What to write where a value stands alone that needs the type beside it which says what it is."""
    others = [name for name in shape.required if name != "type"]
    if len(others) != 1 or "type" not in shape.required or not shape.member(others[0]).takes(value):
        return ""
    types = suggestions.explained(_current(shape.members["type"]))
    return f"write `{{type: …, {others[0]}: {written(value)}}}`, with one of the types {types}"


def _current(schema: Schema) -> Schema:
    """The choices without the old names of others."""
    choices, meanings = schema["enum"], schema.get("enumDescriptions", ())
    if len(choices) != len(meanings):
        return schema
    kept = [n for n, said in enumerate(meanings) if not said.lower().startswith("old name")]
    return {**schema, "enum": [choices[n] for n in kept], "enumDescriptions": [meanings[n] for n in kept]}


def _too_many(shape: Shape, path: Path, value: list[Json]) -> str:
    if not value:
        return f"leave `{path[-1]}` out" if isinstance(path[-1], str) else ""
    if path[-1] == "groupBy":
        return "write a name for each path: `groupBy: {name: $.path}`"
    if shape.is_free:
        return "write a `name: value` line for each, without `- ` and brackets"
    shown = " or ".join(f"`{written(one)}`" for one in value)
    if len(value) > 1 and len(shown) <= _LONGEST and all(shape.takes(one) for one in value):
        return f"write one of them: {shown}"
    return (
        "write one value, without `- ` and brackets"
        if len(value) == 1
        else f"one value belongs here, not {len(value)}"
    )


def _of_mapping(items: Shape, value: Mapping[str, Json]) -> str:
    """What to write in place of an object where a list of entries belongs, or which is one entry."""
    if value and next(iter(value)).startswith("-"):
        return f"write a space after each `-`: `- {next(iter(value))[1:]}`"
    if (
        items.identity
        and items.identity not in value
        and all(isinstance(one, Mapping) for one in value.values())
    ):
        return _named_entries(items.identity, value)
    first = next(iter(value), "")
    if first in items.members:
        return f"write it as an entry of a list: `- {first}: …`, and its other members in the column of `{first}`"
    return ""


def _sketch(shape: Shape, text: str, document: Mapping[str, Json]) -> str:
    """An entry that is named by a text, with what it needs besides."""
    name = shape.identity
    if not name or not shape.member(name).takes(text):
        return ""
    phases = document.get("phases")
    keys = (
        [str(one.get("key")) for one in phases if isinstance(one, Mapping)]
        if isinstance(phases, Sequence)
        else []
    )
    others = [one for one in shape.required if one != name]
    known = {"fromPlanPhase": keys[0] if len(keys) == 1 else "…"}
    members = ", ".join([f"{name}: {written(text)}", *(f"{one}: {known.get(one, '…')}" for one in others)])
    choice = (
        f", with the key of a phase: {' or '.join(keys)}"
        if "fromPlanPhase" in others and len(keys) > 1
        else ""
    )
    return f"write `{{{members}}}`{choice}"
