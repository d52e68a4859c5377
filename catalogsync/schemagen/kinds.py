"""Draws the manifest schema of each kind from the requests of the v1 description. Pure.

The result is JSON Schema draft 7, the draft that YAML language servers know best. It is strict
(`additionalProperties: false`) and built so that every failure stands alone: unions are `if`/`then` by
their discriminator, so only the branch that the writer chose is judged; what may be null or written in two
forms is one schema with several types, never an `anyOf`.

What a manifest says differently from a request body:
- `kind`, `lifecycle`, and a `key` where the server knows none (`KindSpec.keyed_by_metadata`);
- a plan's `addons`, from the body of the plan add-on assignment, with the add-on's key instead of its id;
- a list that names other objects (`KindSpec.references`) holds keys, never ids;
- what the description requires but allows to be null may be left out;
- decimals may be numbers as well as text, an entitlement's `config` an object as well as text, a tier's
  prices an amount alone;
- what may be a secret (`KindSpec.secrets`) may be a reference to one, {env: NAME} or {file: PATH}.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from catalogsync.core.errors import UsageError
from catalogsync.core.model import Kind, Lifecycle
from catalogsync.openmeter.description import Description, Schema
from catalogsync.openmeter.kinds import ANY, KINDS, PLAN
from catalogsync.schemagen import forms, words
from catalogsync.schemagen.reading_order import reading_order
from catalogsync.schemagen.request_bodies import Components, bodies, merged

PREFIX = "/api/v1"
ASSIGNMENTS = f"{PREFIX}/plans/{{planId}}/addons"

KEY: Schema = {"type": "string", "minLength": 1, "maxLength": 64, "pattern": "^[a-z0-9]+(?:_[a-z0-9]+)*$"}

_KEPT = (
    "pattern",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "uniqueItems",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "minProperties",
    "maxProperties",
    "default",
    "deprecated",
)
_OF_LISTS = ("minItems", "maxItems", "uniqueItems")
_KEPT_FORMATS = ("date-time", "duration")

Members: TypeAlias = dict[str, Schema]
"""Schemas by the member that they are for."""


_ONLY_NAMED = (Lifecycle.ARCHIVED, Lifecycle.DELETED, Lifecycle.EXTERNAL)


def draw_kind(kind: Kind, wire: Description, comment: str) -> Schema:
    """The manifest schema of a kind. Raises UsageError when the description does not know the kind's
    requests.
    """
    drawing = _Drawing(kind, wire["components"]["schemas"])
    spec = KINDS[kind]
    collection = PREFIX + spec.collection
    requests = bodies(wire, collection)
    if not requests:
        raise UsageError(
            f"this description has no POST {collection}, from which the schema of {kind} is drawn",
            hint="draw from a description that has all kinds; `schema check` says what this one lacks",
        )
    root = drawing.root(requests, bodies(wire, ASSIGNMENTS))
    root = _short_or_whole(root, kind)
    head: Schema = {"$schema": "http://json-schema.org/draft-07/schema#", "$comment": comment}
    definitions = {name: drawing.definitions[name] for name in sorted(drawing.definitions)}
    text: Schema = {"title": spec.title.capitalize(), "description": spec.about}
    return {**head, **text, **root, "definitions": definitions}


def _short_or_whole(root: Schema, kind: Kind) -> Schema:
    """The schema of a manifest that says everything, or only who it is of an object that is to go or that another catalog owns."""
    whole = root.pop("required")
    identity = KINDS[kind].identity
    named = [str(one) for one in KINDS[kind].lifecycles if one in _ONLY_NAMED]
    # a union says the key in its branches, and what is short takes none of them
    by_key: dict[str, Schema] = {} if identity in root["properties"] else {identity: KEY}
    short: Schema = {
        "required": ["lifecycle"],
        "properties": {"lifecycle": {"enum": named}, **by_key},
        "maxProperties": len(("kind", identity, "lifecycle")),
    }
    return {**root, "required": ["kind", identity], "if": short, "else": {"required": whole}}


class _Drawing:
    """One kind's drawing; collects the definitions that its schema refers to."""

    def __init__(self, kind: Kind, components: Mapping[str, Schema]) -> None:
        self.kind = kind
        self.components = Components(components)
        self.definitions: dict[str, Schema] = {}

    def root(self, requests: list[Schema], assignments: list[Schema]) -> Schema:
        names, resolved = zip(*[self.components.resolve(r) for r in requests], strict=True)
        if "discriminator" in resolved[0]:
            return self.union(names[0], resolved[0], additions=self.additions())
        whole = merged(resolved)
        additions = self.additions()
        if self.kind is PLAN:
            additions["addons"] = self.assignments(assignments)
        return self.object(names[0], whole, additions=additions)

    def additions(self) -> Members:
        lifecycles = [str(lifecycle) for lifecycle in KINDS[self.kind].lifecycles]
        added: Members = {
            "kind": {"title": "Kind", "description": words.describe("", "kind"), "const": str(self.kind)},
            "lifecycle": {
                "title": "Lifecycle",
                "description": words.describe("", "lifecycle"),
                "type": "string",
                "enum": lifecycles,
                "enumDescriptions": [words.ENUMS["lifecycle"][name] for name in lifecycles],
                "default": str(Lifecycle.PUBLISHED),
            },
        }
        if KINDS[self.kind].keyed_by_metadata:
            added["key"] = {"title": "Key", "description": words.describe(self.kind, "key"), **KEY}
        return added

    def assignments(self, requests: list[Schema]) -> Schema:
        """A plan's `addons`: the assignment's body with `addon`, a key, in place of `addonId`."""
        body = merged(self.components.resolve(r)[1] for r in requests)
        members = {name: schema for name, schema in body["properties"].items() if name != "addonId"}
        required = ["addon" if name == "addonId" else name for name in body["required"]]
        whole: Schema = {**body, "properties": members, "required": required}
        addon: Schema = {"title": "Add-on", "description": words.describe("PlanAddon", "addon"), **KEY}
        self.definitions["PlanAddon"] = self.object("PlanAddon", whole, additions={"addon": addon})
        text: Schema = {"title": "Add-ons", "description": words.describe("PlanCreate", "addons")}
        return {**text, "type": "array", "items": {"$ref": "#/definitions/PlanAddon"}}

    def object(self, name: str, schema: Schema, additions: Members | None = None) -> Schema:
        """A closed object. `additions` are members drawn already; `kind` and `key`, `slug` or `addon` among
        them are required.
        """
        drawn: Members = {}
        required = [
            *[n for n in ("kind", "addon", "key") if n in (additions or {})],
            *schema.get("required", []),
        ]
        for member, part in schema.get("properties", {}).items():
            _, resolved = self.components.resolve(part)
            if resolved.get("readOnly"):
                required = [n for n in required if n != member]
                continue
            if resolved.get("nullable"):
                required = [n for n in required if n != member]
            drawn[member] = self.member(name, member, part)
        drawn.update(additions or {})
        result: Schema = {**self.text(name), "type": "object", "additionalProperties": False}
        if required:
            result["required"] = list(dict.fromkeys(required))
        return {**result, "properties": {n: drawn[n] for n in reading_order(drawn)}}

    @staticmethod
    def text(name: str) -> Schema:
        return {"description": words.OBJECTS[name]} if name in words.OBJECTS else {}

    def union(self, name: str, schema: Schema, additions: Members | None = None) -> Schema:
        """A union by discriminator: the discriminator is judged first, then the branch that it names."""
        tag = schema["discriminator"]["propertyName"]
        branches = {value: ref.rsplit("/", 1)[1] for value, ref in schema["discriminator"]["mapping"].items()}
        choice: Schema = {
            "title": words.title(tag),
            "description": words.describe(name, tag),
            "enum": list(branches),
        }
        known = words.ENUMS.get(name, {})
        if all(value in known for value in branches):
            choice["enumDescriptions"] = [known[value] for value in branches]
        cases: list[Schema] = []
        for value, branch in branches.items():
            if branch not in self.definitions:
                self.definitions[branch] = {}
                self.definitions[branch] = self.object(
                    branch, self.components.resolve(self.components[branch])[1], additions
                )
            condition: Schema = {"type": "object", "required": [tag], "properties": {tag: {"const": value}}}
            cases.append({"if": condition, "then": {"$ref": f"#/definitions/{branch}"}})
        base: Schema = {"type": "object", "required": [tag], "properties": {tag: choice}}
        return {**self.text(name), **base, "allOf": cases}

    def member(self, owner: str, member: str, schema: Schema) -> Schema:
        """What an object says of one of its members."""
        text: Schema = {"title": words.title(member)}
        if words.describe(owner, member):
            text["description"] = words.describe(owner, member)
        special = self.special(member, schema)
        name, resolved = self.components.resolve(schema)
        drawn = special or self.value(owner, member, name, resolved)
        if "$ref" in drawn:
            return drawn
        if words.examples(owner, member):
            drawn = {**drawn, "examples": words.examples(owner, member)}
        return {**text, **drawn, **text}

    def special(self, member: str, schema: Schema) -> Schema | None:
        """Members that a manifest writes otherwise than the request body does (see above)."""
        spec = KINDS[self.kind]
        secrets = {one.path for one in spec.secrets}
        if schema.get("type") == "array" and (member,) in {one.path for one in spec.references}:
            return {"type": "array", **forms.said(schema, _OF_LISTS), "items": KEY.copy()}
        if (member,) in secrets:
            return forms.or_reference(self.scalar("", schema))
        if (member, ANY) in secrets:
            values = schema["additionalProperties"]
            assert isinstance(values, dict)
            return {"type": "object", "additionalProperties": forms.or_reference(self.scalar("", values))}
        if schema.get("format") == "json":
            return {"type": ["object", "string"]}
        return None

    def value(self, owner: str, member: str, name: str, schema: Schema) -> Schema:
        """The schema of a value; `name` is the component it comes from, `owner` and `member` where it
        stands.
        """
        nullable = bool(schema.get("nullable"))
        if "discriminator" in schema:
            return forms.nullable(self.union(name, schema), nullable)
        if schema.get("properties"):
            if name not in self.definitions and name:
                self.definitions[name] = {}
                self.definitions[name] = self.object(name, schema)
            if owner == "PriceTier":
                return forms.or_amount(self.definitions[name])
            if name and not nullable:
                return {"$ref": f"#/definitions/{name}"}
            return forms.nullable(self.definitions[name] if name else self.object(name, schema), nullable)
        limits = forms.said(schema, _KEPT)
        if schema.get("type") == "array":
            items = self.value(owner, member, *self.components.resolve(schema["items"]))
            return forms.nullable({"type": "array", **limits, "items": items}, nullable)
        if schema.get("type") == "object":
            values = schema.get("additionalProperties", True)
            inner = (
                self.value(owner, member, *self.components.resolve(values))
                if isinstance(values, dict)
                else values
            )
            return forms.nullable({"type": "object", **limits, "additionalProperties": inner}, nullable)
        return forms.nullable(self.scalar(name or f"{owner}.{member}", schema), nullable)

    @staticmethod
    def scalar(name: str, schema: Schema) -> Schema:
        drawn: Schema = {"type": schema["type"]} if "type" in schema else {}
        if name == "Numeric":
            drawn["type"] = ["string", "number"]
        if "enum" in schema:
            drawn["enum"] = list(schema["enum"])
            known, choices = words.ENUMS.get(name, {}), list(map(str, schema["enum"]))
            if all(value in known for value in choices):
                drawn["enumDescriptions"] = [known[value] for value in choices]
        if schema.get("format") in _KEPT_FORMATS:
            drawn["format"] = schema["format"]
        drawn = {**drawn, **forms.said(schema, _KEPT)}
        if "pattern" in drawn:
            drawn["pattern"] = drawn["pattern"].replace("\\-", "-")
        return drawn
