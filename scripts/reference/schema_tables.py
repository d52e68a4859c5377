"""A JSON schema as tables: one for each object, in the order in which a reader meets them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from catalogsync.openmeter.description import Schema
from scripts.reference.markdown import code, plain, slug, table

_DECIMAL = "^-?[0-9]+(\\.[0-9]+)?$"
_KEY = "^[a-z0-9]+(?:_[a-z0-9]+)*$"
_FORMATS = {"duration": "ISO 8601 duration", "date-time": "time"}
_TYPES = {
    "string": "text",
    "object": "object",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
}
Note = Callable[[str], str]
"""What is said of a member of the outermost object, by its name; "" for nothing."""


@dataclass(frozen=True, slots=True)
class Section:
    """An object of a schema: `path` is where it stands, for instance `phases[].rateCards[type=flat_fee]`, "" for the outermost one."""

    path: str
    schema: Schema
    outermost: bool


@dataclass(slots=True)
class _Walk:
    """What was met so far: the sections by their paths, where each definition stands, and the headings, which are all different."""

    root: Schema
    sections: dict[str, Section] = field(default_factory=dict)
    named: dict[str, str] = field(default_factory=dict)
    headings: dict[str, str] = field(default_factory=dict)


def tables(root: Schema, *, note: tuple[str, Note] | None = None, level: int = 3) -> str:
    """The sections of a schema below each other. `note`: the head of a further column for the outermost object, and what it says."""
    walk = _Walk(root)
    _visit(walk, root, "", outermost=True)
    return "".join(
        _section(walk, one, note if one.outermost else None, "#" * level) for one in walk.sections.values()
    )


def _section(walk: _Walk, section: Section, note: tuple[str, Note] | None, level: str) -> str:
    heading = walk.headings[section.path]
    at = f"\n{level} {heading}\n" if heading else ""
    if heading and heading != section.path and not section.path.startswith("["):
        at += f"\n{code(section.path)}\n"
    description = section.schema.get("description", "")
    head = ["member", "value", "meaning", *([note[0]] if note else [])]
    rows = table(head, _rows(walk, section, note[1] if note else None))
    return at + (f"\n{plain(description)}\n" if description else "") + f"\n{rows}"


def _visit(walk: _Walk, schema: Schema, path: str, *, outermost: bool = False) -> None:
    """Adds the sections of an object: itself, or each of its forms, then what is below it."""
    name = _name(schema)
    if name in walk.named:
        return
    if name:
        walk.named[name] = path
        schema = walk.root["definitions"][name]
    forms = list(_forms(schema))
    for value, form in forms:
        _visit(walk, form, _form_path(path, value), outermost=outermost)
    if schema.get("properties") and not forms:
        walk.sections[path] = Section(path, schema, outermost)
        walk.headings[path] = _heading(walk, path)
        for member, inner in schema["properties"].items():
            _visit_value(walk, inner, f"{path}.{member}" if path else member)


def _visit_value(walk: _Walk, schema: Schema, path: str) -> None:
    items, more = schema.get("items"), schema.get("additionalProperties")
    if items is not None:
        _visit_value(walk, items, f"{path}[]")
    elif isinstance(more, Mapping):
        _visit_value(walk, more, f"{path}.NAME")
    else:
        _visit(walk, schema, path)


def _form_path(path: str, value: str) -> str:
    return f"{path.removesuffix('[]')}[type={value}]"


def _heading(walk: _Walk, path: str) -> str:
    """The last part of a path, with as many of the parts before it as make it a heading of its own."""
    parts = (
        path.replace("[]", "")
        .replace("[type=", ": ")
        .replace("]", "")
        .replace(".NAME", "")
        .split("\0" if path[:1] == "[" else ".")
    )
    for count in range(1, len(parts) + 1):
        heading = ".".join(parts[-count:]).removeprefix(": ")
        if slug(heading) not in map(slug, walk.headings.values()):
            return heading
    return path


def _name(schema: Schema) -> str:
    return schema.get("$ref", "").rpartition("/")[2]


def _forms(schema: Schema) -> Iterator[tuple[str, Schema]]:
    """The `type` and the schema of each form that an object may have."""
    for one in schema.get("allOf", ()):
        chosen = one.get("if", {}).get("properties", {}).get("type", {})
        if "then" in one and "const" in chosen:
            yield str(chosen["const"]), one["then"]


def _rows(walk: _Walk, section: Section, note: Note | None) -> Iterator[Sequence[str]]:
    needed = {*section.schema.get("required", ()), *section.schema.get("else", {}).get("required", ())}
    for member, schema in section.schema["properties"].items():
        inner = _resolved(walk, schema)
        path = f"{section.path}.{member}" if section.path else member
        said = [plain(inner.get("description", "")), *_notes(inner, needed=member in needed)]
        more = [note(member)] if note else []
        yield [code(member), _value(walk, schema, path), " ".join(filter(None, said)), *more]


def _resolved(walk: _Walk, schema: Schema) -> Schema:
    return walk.root["definitions"][_name(schema)] if _name(schema) else schema


def _notes(schema: Schema, *, needed: bool) -> Iterator[str]:
    words = schema.get("enumDescriptions", ())
    if words:
        yield (
            "; ".join(
                f"{code(str(one))}: {_lowered(text)}" for one, text in zip(schema["enum"], words, strict=True)
            )
            + "."
        )
    if schema.get("deprecated"):
        yield "Deprecated."
    if needed:
        yield "**Needed.**"
    elif "default" in schema:
        yield f"Without it: {code(_literal(schema['default']))}."
    if schema.get("examples"):
        yield f"For example {', '.join(code(_literal(one)) for one in schema['examples'])}."


def _lowered(text: str) -> str:
    head = text if text[:2].isupper() else text[:1].lower() + text[1:]
    return plain(head.removesuffix("."))


def _literal(value: object) -> str:
    """As YAML has it on one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{name}: {_literal(one)}" for name, one in value.items()) + "}"
    return value if isinstance(value, str) else json.dumps(value)


def _value(walk: _Walk, schema: Schema, path: str) -> str:
    """What may be written: a type with its limits, or a link to the section of an object."""
    items, more = schema.get("items"), schema.get("additionalProperties")
    if items is not None:
        return f"list of {_value(walk, items, f'{path}[]')}"
    if isinstance(more, Mapping):
        return f"names, each with {_value(walk, more, f'{path}.NAME')}"
    inner = _resolved(walk, schema)
    links = [_link(walk, one) for one in _places(walk, schema, path) if one in walk.sections]
    if links:
        others = [_TYPES[one] for one in _types(inner) if one not in {"object", "null"}]
        return " or ".join(dict.fromkeys([*others, *links]))
    if "const" in inner:
        return code(str(inner["const"]))
    if "enum" in inner:
        return (
            "a choice"
            if inner.get("enumDescriptions")
            else " or ".join(code(_literal(one)) for one in inner["enum"])
        )
    if "oneOf" in inner:
        return " or ".join(dict.fromkeys(_value(walk, one, path) for one in inner["oneOf"]))
    return _simple(inner)


def _places(walk: _Walk, schema: Schema, path: str) -> Iterator[str]:
    """Where the section of an object stands, or those of its forms: for a definition, where it was met first."""
    path = walk.named.get(_name(schema), path)
    forms = list(_forms(_resolved(walk, schema)))
    for value, form in forms:
        yield from _places(walk, form, _form_path(path, value))
    if not forms:
        yield path


def _link(walk: _Walk, path: str) -> str:
    heading = walk.headings[path]
    named = path.endswith("]") and not path.endswith("[]")
    return f"[{heading.rpartition(': ')[2] if named else 'object'}](#{slug(heading)})"


def _simple(schema: Schema) -> str:
    kinds = [one for one in _types(schema) if one != "null"]
    if schema.get("pattern") == _DECIMAL:
        return "decimal"
    if schema.get("pattern") == _KEY:
        return "key"
    if "format" in schema:
        return _FORMATS[schema["format"]]
    return " or ".join(dict.fromkeys(_TYPES[one] for one in kinds if one in _TYPES)) + _limits(schema)


def _types(schema: Schema) -> Sequence[str]:
    kind = schema.get("type", ())
    return [kind] if isinstance(kind, str) else kind


def _limits(schema: Schema) -> str:
    least, most = schema.get("minimum"), schema.get("maximum")
    if least is not None and most is not None:
        return f", {least} to {most}"
    if least is not None:
        return f", {least} or more"
    longest = schema.get("maxLength")
    return f", up to {longest} characters" if longest else ""
