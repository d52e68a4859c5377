"""What a newer description changes for the requests that a catalog makes: member by member. Pure.

Both sides are the drawn wire form (`wire.draw_wire`). Every request body that creates or replaces one of
the kinds we manage is spread out into `member path → facts` (type, pattern, limits, required, nullable, …)
and the two tables are compared.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from catalogsync.openmeter.description import Description, Parameter, Schema
from catalogsync.openmeter.kinds import KINDS
from catalogsync.openmeter.openapi_subset import METHODS
from catalogsync.openmeter.releases import later_members

MANAGED_V3 = (
    "/api/v3/openmeter/meters",
    "/api/v3/openmeter/features",
    "/api/v3/openmeter/plans",
    "/api/v3/openmeter/addons",
)

_STRUCTURE = (
    "$ref",
    "allOf",
    "oneOf",
    "anyOf",
    "properties",
    "items",
    "additionalProperties",
    "discriminator",
    "required",
)

_UNSAID: Mapping[str, object] = {
    **dict.fromkeys(("required", "nullable", "uniqueItems", "readOnly", "writeOnly"), False),
    **dict.fromkeys(("exclusiveMinimum", "exclusiveMaximum"), False),
    **dict.fromkeys(("minItems", "minLength", "minProperties"), 0),
    "additionalProperties": True,
}
"""What a word means that is not there: saying it says nothing. `deprecated` never says anything about what is taken."""

Facts: TypeAlias = dict[str, object]


@dataclass(frozen=True, slots=True, order=True)
class DescriptionChange:
    """One difference: `request` as "POST /api/v1/plans", `member` as "phases[].name" ("" for the request
    itself).
    """

    request: str
    member: str
    action: str
    detail: str = ""

    def __str__(self) -> str:
        place = f"{self.request}: {self.member}" if self.member else self.request
        return f"{self.action:<8} {place}" + (f" ({self.detail})" if self.detail else "")


def compare(before: Description, after: Description) -> tuple[DescriptionChange, ...]:
    """What `after` added, removed or changed, in stable order."""
    old, new = _requests(before), _requests(after)
    found: list[DescriptionChange] = []
    for request in sorted(old.keys() | new.keys()):
        if request not in new:
            found.append(DescriptionChange(request, "", "removed"))
        elif request not in old:
            found.append(DescriptionChange(request, "", "added"))
        else:
            found.extend(_members(request, old[request], new[request]))
    return tuple(found)


def _members(request: str, old: Mapping[str, Facts], new: Mapping[str, Facts]) -> Iterator[DescriptionChange]:
    for member in sorted(old.keys() | new.keys()):
        if member not in new:
            yield DescriptionChange(request, member, "removed")
        elif member not in old:
            yield DescriptionChange(request, member, "added", _say(new[member]))
        elif old[member] != new[member]:
            yield DescriptionChange(request, member, "changed", _difference(old[member], new[member]))


@dataclass(frozen=True, slots=True)
class Lacking:
    """A request, or a member of its body, that the second description does not have. `since`: the first known release that has it, "" where
    the table of releases does not tell.
    """

    request: str
    member: str
    since: str

    def __str__(self) -> str:
        place = f"{self.request}: {self.member}" if self.member else self.request
        return f"lacks    {place}" + (f" (there from {self.since} on)" if self.since else "")


def lacking(changes: Iterable[DescriptionChange]) -> tuple[Lacking, ...]:
    """What was removed of requests and bodies, each once: what lies inside something removed is not named."""
    gone = [c for c in changes if c.action == "removed" and not c.member.startswith("?")]
    places = {(c.request, c.member) for c in gone}
    later = {one.name: one.since for one in later_members()}
    return tuple(
        Lacking(c.request, c.member, later.get(re.split(r"[^\w$]+", c.member)[-1], ""))
        for c in gone
        if not any((c.request, outer) in places for outer in _around(c.member))
    )


def _around(member: str) -> Iterator[str]:
    """The places around a member: "a" and "a[]" for "a[].b"."""
    return (member[: mark.start()] for mark in re.finditer(r"[.(\[]", member) if mark.start())


def _telling(facts: Facts) -> Facts:
    """The facts that say more than their absence."""
    return {w: v for w, v in facts.items() if w != "deprecated" and (w not in _UNSAID or v != _UNSAID[w])}


def _say(facts: Facts) -> str:
    return ", ".join(f"{word} {_text(value)}" for word, value in facts.items())


def _difference(old: Facts, new: Facts) -> str:
    words = [w for w in [*old, *(n for n in new if n not in old)] if old.get(w) != new.get(w)]
    return ", ".join(f"{w}: {_text(old.get(w))} → {_text(new.get(w))}" for w in words)


def _text(value: object) -> str:
    return "none" if value is None else json.dumps(value, ensure_ascii=False)


def _requests(wire: Description) -> dict[str, dict[str, Facts]]:
    """Every managed operation; those with a body carry the facts of its members."""
    found: dict[str, dict[str, Facts]] = {}
    managed = (*(f"/api/v1{spec.collection}" for spec in KINDS.values()), *MANAGED_V3)
    for path, item in wire["paths"].items():
        if not path.startswith(managed):
            continue
        for method in METHODS:
            if method not in item:
                continue
            operation = item[method]
            spreading = _Spreading(wire["components"]["schemas"])
            for parameter in operation.get("parameters", []):
                spreading.parameter(_parameter(parameter, wire))
            for media in operation.get("requestBody", {}).get("content", {}).values():
                spreading.schema("", media["schema"], True, ())
            found[f"{method.upper()} {path}"] = spreading.facts
    return found


def _parameter(parameter: Parameter, wire: Description) -> Parameter:
    if "$ref" in parameter:
        return wire["components"]["parameters"][parameter["$ref"].rsplit("/", 1)[1]]
    return parameter


class _Spreading:
    """Spreads a body's schema out into `facts` by member path. A component inside itself is not followed
    again.
    """

    def __init__(self, components: Mapping[str, Schema]) -> None:
        self.components = components
        self.facts: dict[str, Facts] = {}

    def parameter(self, said: Parameter) -> None:
        """A parameter under `?name`, its schema spread out like a member's."""
        at = f"?{said['name']}"
        self.schema(at, said.get("schema", {}), False, ())
        style = said.get("style") or ("form" if said.get("in") in ("query", "cookie") else "simple")
        told: Facts = {"in": said.get("in"), "required": said.get("required", False), "style": style}
        told["explode"] = said.get("explode", style == "form")
        self.facts[at] = _telling(told) | self.facts.get(at, {})

    def schema(self, at: str, schema: Schema | bool, required: bool, inside: tuple[str, ...]) -> None:
        if not isinstance(schema, dict):
            return
        parts, inside, again = self.taken_in(schema, inside)
        own: Facts = {"required": True} if required and at else {}
        for part in parts:
            own |= _telling({w: v for w, v in part.items() if w not in _STRUCTURE or isinstance(v, bool)})
        self.facts[at] = self.facts.get(at, {}) | own
        for part in () if again else parts:
            self.below(at, part, inside)

    def below(self, at: str, part: Schema, inside: tuple[str, ...]) -> None:
        needed = part.get("required", [])
        for name, member in part.get("properties", {}).items():
            self.schema(f"{at}.{name}" if at else name, member, name in needed, inside)
        if "items" in part:
            self.schema(f"{at}[]", part["items"], False, inside)
        if "additionalProperties" in part:
            self.schema(f"{at}.*", part["additionalProperties"], False, inside)
        for label, branch in _branches(part):
            self.schema(f"{at}({label})", branch, False, inside)

    def taken_in(self, schema: Schema, inside: tuple[str, ...]) -> tuple[list[Schema], tuple[str, ...], bool]:
        """A schema's parts after following references and `allOf`, outermost last so that it decides."""
        parts: list[Schema] = []
        again = False
        named: Sequence[Schema] = [{"$ref": schema["$ref"]}] if "$ref" in schema else schema.get("allOf", [])
        for part in named:
            name = part["$ref"].rsplit("/", 1)[1] if "$ref" in part else ""
            if name and name in inside:
                again = True
                continue
            inside = (*inside, name) if name else inside
            inner, inside, looped = self.taken_in(self.components[name] if name else part, inside)
            parts += inner
            again = again or looped
        return parts if "$ref" in schema else [*parts, schema], inside, again


def _branches(part: Schema) -> Iterator[tuple[str, Schema]]:
    """A union's branches, named by their discriminator's value where there is one."""
    names = {ref: value for value, ref in part.get("discriminator", {}).get("mapping", {}).items()}
    for branches in (part.get("oneOf", []), part.get("anyOf", [])):
        for position, branch in enumerate(branches):
            ref = _reference(branch)
            yield names.get(ref) or ref.rsplit("/", 1)[-1] or str(position), branch


def _reference(branch: Schema) -> str:
    """What a branch refers to, by itself or as a single `allOf`; "" for a schema of its own."""
    inner = branch.get("allOf", ())
    return str(branch["$ref"]) if "$ref" in branch else _reference(inner[0]) if len(inner) == 1 else ""
