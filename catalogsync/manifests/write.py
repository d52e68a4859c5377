"""Writes manifests in the house style. Pure: values in, text out.

The style: members in reading order (the schemas' own order), objects in blocks, small flat objects such as prices and tiers on one line,
money as plain numbers, text quoted only where YAML would read it otherwise, comments above what they are about.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from catalogsync import schemastore
from catalogsync.canon import Json, JsonObject
from catalogsync.diagnostics import Path
from catalogsync.manifests.scalars import is_plain_text
from catalogsync.manifests.shorthand import contract
from catalogsync.model import Kind, Lifecycle

WIDEST = 110
"""Characters on a line up to which a small object stays on one line."""

ONE_LINE = frozenset({"price", "flatPrice", "unitPrice", "tiers", "entitlementTemplate", "proRatingConfig", "taxConfig", "discounts", "unitCost",
                      "thresholds", "channels", "features", "alignment", "signingSecret", "url", "advancedMeterGroupByFilters", "config",
                      "customHeaders"})  # fmt: skip
"""Members whose value (or whose entries) stand on one line when they fit."""

MONEY = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")
_PLAIN_START = re.compile(r"[^\s\-?:,\[\]{}#&*!|>'\"%@`=]")
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def to_yaml(
    body: JsonObject,
    kind: Kind,
    key: str,
    *,
    lifecycle: Lifecycle = Lifecycle.PUBLISHED,
    comments: Mapping[Path, str] | None = None,
) -> str:
    """One document in the house style, without a `---` before it, ending in a line break.

    `body` is the API's body with references as keys; `key` is the slug of a meter and the key of any other object (also where the body
    has none). `comments` are written above the member (or list entry) at their path; `()` stands above the document. `published` is not
    written, being the default. Loading the text gives the same body, tier prices in their short form.
    """
    name = "slug" if kind is Kind.METER else "key"
    whole: dict[str, Json] = {"kind": str(kind), name: key, **contract(kind, body)}
    if lifecycle is not Lifecycle.PUBLISHED:
        whole["lifecycle"] = str(lifecycle)
    writer = _Writer(kind, comments or {})
    lines = [*writer.comment((), 0), *writer.members(ordered(kind, (), whole), (), 0)]
    return "\n".join(lines) + "\n"


def ordered(kind: Kind, path: Path, value: Mapping[str, Json]) -> dict[str, Json]:
    """An object's members in reading order, as its schema lists them; members it does not know come last."""
    known = list(_properties(kind, path, value))
    return {n: value[n] for n in sorted(value, key=lambda n: known.index(n) if n in known else len(known))}


def _properties(kind: Kind, path: Path, value: Mapping[str, Json]) -> Mapping[str, Any]:
    """The members that the schema knows at a path of a document, for the branch that `value` has chosen there."""
    root = schemastore.manifest_schema(kind)
    schema: Any = root
    for step in path:
        if not isinstance(step, str):
            schema = _resolved(root, schema.get("items", {}))
            continue
        members = _members(root, schema)
        following = members.get(step, schema.get("additionalProperties"))
        schema = _resolved(root, following if isinstance(following, Mapping) else {})
    return _members(root, schema, value.get("type"))


def _resolved(root: Any, schema: Any) -> Any:
    while "$ref" in schema:
        schema = root["definitions"][schema["$ref"].rsplit("/", 1)[1]]
    return schema


def _members(root: Any, schema: Any, chosen: Any = None) -> dict[str, Any]:
    """A schema's members; for a union those of the chosen branch, or of all branches together."""
    if "allOf" not in schema:
        return dict(schema.get("properties", {}))
    members: dict[str, Any] = {}
    for case in schema["allOf"]:
        branch = _resolved(root, case["then"])
        tag = branch["properties"].get("type", {}).get("enum", [])
        if chosen is None or chosen in tag:
            members = {**branch["properties"], **members}
    return members


class _Writer:
    """Writes one document's lines; `at` in its methods is the path of what is written, `indent` the column."""

    def __init__(self, kind: Kind, comments: Mapping[Path, str]) -> None:
        self.kind = kind
        self.comments = comments

    def comment(self, at: Path, indent: int) -> Iterator[str]:
        for line in self.comments.get(at, "").splitlines():
            yield f"{' ' * indent}# {line}".rstrip()

    def members(self, value: Mapping[str, Json], at: Path, indent: int) -> Iterator[str]:
        for name, member in value.items():
            inner: Path = (*at, name)
            yield from self.comment(inner, indent)
            yield from self.value(f"{' ' * indent}{scalar(name)}:", member, inner, indent)

    def value(self, head: str, value: Json, at: Path, indent: int) -> Iterator[str]:
        """The lines of a value after its head, which is `name:` or `-` with its indentation."""
        if isinstance(value, Mapping):
            value = ordered(self.kind, at, value)
        flat = self.flat(head, value, at)
        if flat is not None:
            yield flat
        elif isinstance(value, Mapping):
            yield head
            yield from self.members(value, at, indent + 2)
        elif isinstance(value, Sequence) and not isinstance(value, str):
            yield head
            for position, entry in enumerate(value):
                yield from self.entry(entry, (*at, position), indent + 2)
        else:
            assert isinstance(value, str)
            yield from _block(head, value, indent + 2)

    def entry(self, value: Json, at: Path, indent: int) -> Iterator[str]:
        yield from self.comment(at, indent)
        lines = list(self.value(f"{' ' * indent}-", value, at, indent))
        if isinstance(value, Mapping) and len(lines) > 1 and not (*at, next(iter(value))) in self.comments:
            lines = [lines[0] + lines[1][indent + 1 :], *lines[2:]]
        yield from lines

    def flat(self, head: str, value: Json, at: Path) -> str | None:
        """The value on its head's line, or None when it must or should take lines of its own."""
        if isinstance(value, str):
            return None if _is_block(value) else f"{head} {scalar(value)}"
        if not isinstance(value, Mapping | Sequence):
            return f"{head} {scalar(value)}"
        commented = any(path[: len(at)] == at and len(path) > len(at) for path in self.comments)
        wanted = not value or any(step in ONE_LINE for step in at)
        line = f"{head} {flow(self.kind, at, value)}"
        nested = _has_list_of_objects(value)
        return line if wanted and not commented and not nested and len(line) <= WIDEST else None


def _has_list_of_objects(value: Json) -> bool:
    if isinstance(value, Mapping):
        return any(_has_list_of_objects(inner) for inner in value.values())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return any(isinstance(inner, Mapping) or _has_list_of_objects(inner) for inner in value)
    return False


def flow(kind: Kind, at: Path, value: Json) -> str:
    """A value on one line."""
    if isinstance(value, Mapping):
        members = ordered(kind, at, value).items()
        return "{" + ", ".join(f"{scalar(n, flow=True)}: {flow(kind, (*at, n), v)}" for n, v in members) + "}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + ", ".join(flow(kind, (*at, i), v) for i, v in enumerate(value)) + "]"
    return scalar(value, flow=True)


def scalar(value: Json, *, flow: bool = False) -> str:
    """A scalar as it is written: numbers with their digits, text plain where it can be."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, int):
        return str(value)
    assert isinstance(value, str)
    return value if _can_be_plain(value, flow) else _quoted(value)


def _can_be_plain(text: str, flow: bool) -> bool:
    """Whether a text can stand unquoted: YAML takes it whole, and for text."""
    if (
        not _PLAIN_START.match(text)
        or text != text.strip()
        or _UNPRINTABLE.search(text)
        or "\n" in text
        or "\t" in text
    ):
        return False
    if ": " in text or " #" in text or text.endswith(":") or text.startswith(("---", "...")):
        return False
    if flow and re.search(r"[,\[\]{}]|:(?=[\"'])|\?", text):
        return False
    return is_plain_text(text)


def _quoted(text: str) -> str:
    if (
        "'" not in text
        and "\\" not in text
        and '"' in text
        and not _UNPRINTABLE.search(text)
        and "\n" not in text
        and "\t" not in text
    ):
        return f"'{text}'"

    def escaped(found: re.Match[str]) -> str:
        number = ord(found[0])
        return f"\\x{number:02x}" if number < 256 else f"\\u{number:04x}"

    plain = "".join(_ESCAPES.get(c, c) for c in text)
    return '"' + _UNPRINTABLE.sub(escaped, plain) + '"'


def _is_block(text: str) -> bool:
    """Whether a text of several lines reads best, and comes back the same, as a `|` block."""
    lines = text.split("\n")
    if len(lines) < 2 or _UNPRINTABLE.search(text) or "\t" in text or "\r" in text:
        return False
    return (
        not lines[0].startswith(" ")
        and bool(lines[0].strip())
        and not text.endswith("\n\n")
        and text.strip() != ""
    )


def _block(head: str, text: str, indent: int) -> Iterator[str]:
    yield f"{head} |" + ("" if text.endswith("\n") else "-")
    for line in text.removesuffix("\n").split("\n"):
        yield f"{' ' * indent}{line}" if line else ""
