"""Words for what a schema refuses: how a thing is called, what was probably meant, what to write instead.
Pure.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable, Mapping, Sequence

from catalogsync.core.diagnostics import Path, on_one_line
from catalogsync.core.model import Kind, Lifecycle
from catalogsync.manifests.hints import duration_hints
from catalogsync.manifests.hints.other_names import ELSEWHERE, plain_name
from catalogsync.openmeter import schemas
from catalogsync.openmeter.description import Schema
from catalogsync.openmeter.kinds import KINDS

READ_ONLY = frozenset[str]().union(*(spec.read_only for spec in KINDS.values()))
"""What the server's answers hold and no request may."""

_BEGINS = re.compile("from|fromvalue|firstunit|start|min|minimum|lower|above")
"""What other tools call the beginning of a tier."""
_TAKES_AWAY = frozenset(
    {
        "$patch",
        "$delete",
        "$deletefromprimitivelist",
        "$retainkeys",
        "$unset",
        "_delete",
        "$removed",
        "$absent",
    }
)
"""What other tools write where something is to be gone."""

_ITEMS = {
    "phases": "phase",
    "rateCards": "rate card",
    "tiers": "tier",
    "addons": "add-on",
    "thresholds": "threshold",
    "channels": "channel",
    "features": "feature",
}


_TIER_PRICES = {"unitPrice": "of each unit", "flatPrice": "that is charged once, when the tier is reached"}
_EITHER = frozenset("amount price cost value rate fee".split())


def among_several(name: str, names: Collection[str]) -> Mapping[str, str]:
    """Members of which a name of another tool may mean each, with what they say; none where it means one or nothing."""
    return _TIER_PRICES if plain_name(name) in _EITHER and _TIER_PRICES.keys() <= set(names) else {}


def nearest_name(name: str, candidates: Iterable[str]) -> str:
    """The candidate that was probably meant, or ""."""
    names = list(candidates)
    plain = {plain_name(other): other for other in names}
    same = plain.get(plain_name(name))
    if same:
        return same
    if among_several(name, names):
        return ""
    for other in ELSEWHERE.get(name, ELSEWHERE.get(plain_name(name), ())):
        if other in names:
            return other
    starting = [n for n in names if len(name) > 2 and n.lower().startswith(plain_name(name))]
    if len(starting) == 1:
        return starting[0]
    with_the_word = [n for n in names if len(name) > 2 and name.lower() in n.lower().split("_")]
    if len(with_the_word) == 1:
        return with_the_word[0]
    close = difflib.get_close_matches(name.lower(), [n.lower() for n in names], n=1, cutoff=0.65)
    return next((n for n in names if close and n.lower() == close[0]), "")


def named(path: Path, instance: object) -> str:
    """What a person calls the object at a path: "phase `trial`", "the price", "this plan"."""
    kind = instance.get("kind") if isinstance(instance, Mapping) else None
    if not path:
        return (
            f"this {KINDS[Kind(kind)].title}" if isinstance(kind, str) and kind in KINDS else "this document"
        )
    last = path[-1]
    if isinstance(last, int):
        owner = next((step for step in reversed(path) if isinstance(step, str)), "")
        item = _ITEMS.get(owner, f"entry of `{owner}`")
        for by in ("key", "addon"):
            if isinstance(instance, Mapping) and isinstance(instance.get(by), str):
                return f"{item} `{instance[by][:64]}`"
        return f"{item} {last + 1}"
    kind = instance.get("type") if isinstance(instance, Mapping) else None
    return f"`{last}` of type {kind}" if isinstance(kind, str) and len(kind) < 40 else f"`{last}`"


_STATES = frozenset("status state active draft published archived deleted enabled".split())
"""What is written for a lifecycle. To take it out would publish what was meant as a draft."""


def unknown_field(kind: Kind, name: str, guess: str, known: Sequence[str], instance: Collection[str]) -> str:
    """What to do about a field that is none."""
    if name == "$remove":
        return "only an overlay takes away, and only entries of lists that have keys: {key: …, $remove: true}"
    if name == "$add":
        return "only an overlay adds, and only entries of lists that have keys; a manifest says its entries as they are"
    if name.lower() in _TAKES_AWAY:
        return "an overlay takes an entry of a list away by {key: …, $remove: true}, and a member by writing null for it"
    if guess and guess not in instance:
        return f"did you mean `{guess}`?"
    if several := among_several(name, known):
        return "write " + " or ".join(f"`{one}` for the price {said}" for one, said in several.items())
    if name in _STATES and "lifecycle" in known:
        others = [
            str(one) for one in KINDS[kind].lifecycles if one not in (Lifecycle.PUBLISHED, Lifecycle.EXTERNAL)
        ]
        return f"`lifecycle` says what becomes of an object: published, as without it, {', '.join(others)}"
    if name in READ_ONLY:
        return "the server sets it; take it out"
    if _BEGINS.fullmatch(plain_name(name)) and "upToAmount" in known:
        return "take it out: a tier begins where the one before it ends"
    return _of_types(kind, name) or "known here: " + ", ".join(f"`{n}`" for n in known)


def _of_types(kind: Kind, name: str) -> str:
    types = owners(kind, name)
    if len(types) == 1:
        return f"`{name}` belongs to type {types[0]}: write `type: {types[0]}` to have it, or take it out"
    return f"`{name}` belongs to {', '.join(f'type {one}' for one in types)}" if types else ""


def owners(kind: Kind, name: str) -> list[str]:
    """The union branches of a kind's schema that do have a member."""
    found = []
    schema = schemas.manifest_schema(kind)
    for definition in schema.get("definitions", {}).values():
        tag = definition.get("properties", {}).get("type", {}).get("enum", [])
        if name in definition.get("properties", {}) and len(tag) == 1 and tag[0] not in found:
            found.append(str(tag[0]))
    return found


def example(name: str, schema: Schema | bool, near: str = "") -> str:
    """A line to add for a missing member. No value is proposed that is not one of the choices: it would be taken as it stands. `near`: what
    an object around it says of the same, in words that may follow.
    """
    member: Schema = schema.get("properties", {}).get(name, {}) if isinstance(schema, dict) else {}
    if len(member.get("enum", ())) == 1:
        return f"add `{name}: {member['enum'][0]}`"
    if member.get("enum"):
        said = explained(member)
        return f"add `{name}:` with one of {said}" if "," in said else f"add `{name}: {member['enum'][0]}`"
    if near:
        return f"add `{name}: {near}`, as around it, or another"
    if member.get("format") == "duration":
        return f"add `{name}: …`: {duration_hints.FORMS}"
    shown = str(next(iter(member.get("examples", ())), ""))
    return f"add `{name}: {shown if _PLACEHOLDER in shown else '…'}`"


_PLACEHOLDER = "example.com"
"""What stands in an example that nobody takes for the value that is meant."""


def explained(schema: Schema, only: Collection[str] = ()) -> str:
    """The values that a schema allows, with what they mean where that is known: "single (once per subscription), multiple (any number of times)".
    `only`: those of them that may be meant, if not all.
    """
    values = [str(one) for one in schema["enum"] if one is not None]
    meanings = [str(one).rstrip(".") for one in schema.get("enumDescriptions", [])]
    if len(meanings) != len(values):
        meanings = [""] * len(values)
    said = (
        (value, meaning) for value, meaning in zip(values, meanings, strict=True) if not only or value in only
    )
    return ", ".join(f"{value} ({one[:1].lower()}{one[1:]})" if one else value for value, one in said)


_LONGEST = 60


def fits_in_a_message(value: object) -> bool:
    """Whether `show` shows the whole value as it is written."""
    return len(str(value)) <= _LONGEST and on_one_line(str(value)) == str(value)


def show(value: object) -> str:
    """A value as it may stand in a message: short, on one line."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return "an object"
    if isinstance(value, list):
        return "a list"
    text = str(value)
    text = on_one_line(text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "…")
    return f'"{text}"' if isinstance(value, str) else text
