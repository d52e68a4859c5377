"""The page of JSON outputs, from their schemas."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import cast

from catalogsync.openmeter.description import Schema
from catalogsync.render.output_schemas import OUTPUTS
from scripts.reference.markdown import DRAWN, code, table

_HEAD = """# JSON outputs

{drawn}
What `--format json` writes, a schema for each: `catalogsync schema output --out DIR` writes those of the installed release, and a test holds real
outputs against them. A member may be added in a later release; one that is there keeps its name and its meaning ([versions](versioning.md)).

Amounts, quantities and percentages are decimal text. A member that is not marked may be missing. Positions in lists without keys are
counted from 0, as programs read JSON: `tiers.1` here is `tiers[2]` in text, which counts from 1 as people do.

"""
_BY = {
    "validate": "`validate`, and `plan`, `apply`, `promote`, `diff` and `drift` where errors end them before there is more to tell",
    "plan": "`plan`, `show PLANFILE`",
    "apply": "`apply`, `promote --yes`",
    "environments": "`plan` and `apply` with `-e PATTERN`",
    "run": "`show RUN`",
    "resolved": "`show --resolved`",
    "schema-check": "`schema check`",
}
"""The verbs that write an output which is not called as the one verb that writes it."""


def page() -> str:
    """docs/reference/outputs.md."""
    rows = [(_BY.get(name, code(name)), f"[{name}](#{name})", _file(name)) for name in OUTPUTS]
    parts = [_HEAD.format(drawn=DRAWN), table(["output of", "members", "schema"], rows)]
    for name, schema in OUTPUTS.items():
        parts.append(f"\n## {name}\n\nWritten by {_BY.get(name, code(name))}; {_file(name)}.\n\n")
        parts.append(table(["member", "value", "always"], _members(cast("Schema", schema), "")))
    return "".join(parts)


def _file(name: str) -> str:
    return f"[{name}.schema.json](../../schemas/output/{name}.schema.json)"


def _members(schema: Schema, above: str) -> Iterator[tuple[str, str, str]]:
    """A row for each member at any depth, by its path."""
    for member, inner in schema.get("properties", {}).items():
        path = f"{above}.{member}" if above else member
        yield code(path), _value(inner), "yes" if member in schema.get("required", ()) else ""
        yield from _below(inner, path)


def _below(schema: Schema, path: str) -> Iterator[tuple[str, str, str]]:
    more = schema.get("additionalProperties")
    for one in schema.get("anyOf", ()):
        yield from _below(one, path)
    if "items" in schema:
        yield from _below(schema["items"], f"{path}[]")
    elif isinstance(more, Mapping):
        yield from _below(more, f"{path}.NAME")
    else:
        yield from _members(schema, path)


def _value(schema: Schema) -> str:
    more = schema.get("additionalProperties")
    if "anyOf" in schema:
        return " or ".join(_value(one) for one in schema["anyOf"])
    if "enum" in schema:
        return ", ".join(code(str(one)) for one in schema["enum"])
    if "items" in schema:
        return f"list of {_value(schema['items'])}"
    if isinstance(more, Mapping):
        return f"by name, {_value(more)}"
    kind = schema.get("type", "anything")
    return (
        "decimal text"
        if "pattern" in schema and kind == "string" and "[0-9]" in schema["pattern"]
        else _WORDS.get(str(kind), str(kind))
    )


_WORDS = {"string": "text", "integer": "whole number", "boolean": "true or false", "array": "list"}
