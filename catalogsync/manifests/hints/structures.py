"""What to write where a list, an object, a text or a number stands in place of another of them. Pure.

Each proposal is the value that stands there in another form (`conversions`), and is made only when its schema takes it. A value that is too
long to be shown, or may be a secret, is described.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal

from catalogsync.core.canon import Json
from catalogsync.core.diagnostics import Path
from catalogsync.manifests.hints import duration_hints, number_words, short_forms, suggestions
from catalogsync.manifests.hints.conversions import PATH, named_entries, proposals, written
from catalogsync.manifests.hints.shape_schema import Shape
from catalogsync.manifests.masking import is_secret
from catalogsync.openmeter.description import Schema

_LONGEST = 100
_GLUED = re.compile(r"([\w$.-]+)(\s*[:=]\s*|\s+)(\S.*)")
_SIBLINGS = {"$eq": "$in", "$ne": "$nin"}
"""Operators for one text, and those for any of several."""
_ALL = frozenset(("*", "all", "any"))


def hint(shape: Shape, path: Path, value: Json, document: Mapping[str, Json]) -> str:
    """The hint, or "" where no other form of the value fits."""
    if is_secret(path):
        return _of_secret(shape, value)
    if said := _in_words(shape, path, value):
        return said
    if "object" in shape.types and not isinstance(value, Mapping | list | None):
        kinds = [str(one) for one in shape.choices("type")]
        if said := short_forms.in_place_of(path, value, kinds, str(document.get("currency", ""))):
            return said
    for proposal, words in proposals(shape, path, value):
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


def _in_words(shape: Shape, path: Path, value: Json) -> str:
    """What is meant by some words, and cannot be said by another form of the same."""
    word = value.strip().lower() if isinstance(value, str) else str(value)
    if path[-1] == "features" and "array" in shape.types and word in _ALL:
        return "leave `features` out: then all are meant"
    if value is None and (said := number_words.endless(str(path[-1]), "null")):
        return said
    if path[-1] == "fromPlanPhase" and isinstance(value, int | Decimal) and not isinstance(value, bool):
        return "write the key of a phase, as `phases` has it"
    if value == [] and isinstance(path[-1], str) and "array" not in shape.types:
        return f"leave `{path[-1]}` out"
    if value is None and path[-2:-1] == ("groupBy",) and PATH.fullmatch(str(path[-1])):
        return f"write `{path[-1]}: $.{path[-1]}`"
    return lacks_colon(str(path[-1]), value) or _no_text(shape, value)


def _no_text(shape: Shape, value: Json) -> str:
    """What to write in place of a number, true or false where not any text is taken."""
    if not isinstance(value, int | Decimal) or "string" not in shape.types or shape.takes(written(value)):
        return ""
    if isinstance(value, bool) and "number" in shape.types:
        return "write the number in digits"
    if "enum" in shape.described:
        return f"write one of {suggestions.explained(shape.described)}"
    return duration_hints.in_place_of(value) if shape.is_duration else ""


def lacks_colon(name: str, value: Json, known: Collection[str] = ()) -> str:
    """What to write where a member's name holds its value too: `{a:b}`, `{a=b}` or, of the names that are known there, `{a b}`."""
    pair = _GLUED.fullmatch(name) if value is None else None
    if pair is None or not (pair[2].strip() or pair[1] in known):
        return ""
    said = pair[3].strip("\"'")
    number = re.fullmatch(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?", said)
    return f"write a colon and a space: `{pair[1]}: {said if number else written(said)}`"


def _outline(shape: Shape, path: Path, value: Json, document: Mapping[str, Json]) -> str:
    """What to write where members are missing that only the writer knows, or where there is too much to choose from."""
    if isinstance(value, list):
        return _of_list(shape, path, value)
    if isinstance(value, Mapping):
        return _of_mapping(shape.items, value) if "array" in shape.types else ""
    if "object" in shape.types:
        return _typed(shape, value) or (_sketch(shape, value, document) if isinstance(value, str) else "")
    if "array" in shape.types:
        entry = _typed(shape.items, value) or (
            _sketch(shape.items, value, document) if isinstance(value, str) else ""
        )
        return entry.replace("write `", "write `- ", 1)
    return ""


def _of_list(shape: Shape, path: Path, value: list[Json]) -> str:
    """What to write in place of a list."""
    if path[-2:-1] == ("meterGroupByFilters",):  # another member takes lists
        return ""
    if path[-1] in _SIBLINGS:
        other = {_SIBLINGS[str(path[-1])]: value}
        return f"for any of several texts write `{written(other)}`" if len(written(other)) <= _LONGEST else ""
    if "object" in shape.types and (inner := shape.form_with(value)) is not None:
        return _around(path, *inner)
    return "" if "array" in shape.types else _too_many(shape, path, value)


def _around(path: Path, name: str, form: Shape) -> str:
    """What to write around a list that belongs into an object."""
    kinds = form.choices("type")
    members = [
        f"{one}: {kinds[0] if one == 'type' and len(kinds) == 1 else '…'}"
        for one in form.required
        if one != name
    ]
    return f"write `{_labelled(path, '{' + ', '.join([*members, f'{name}: […]']) + '}')}`, with this list as `{name}`"


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
        return named_entries(items.identity, value)
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
