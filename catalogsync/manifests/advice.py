"""Words for what a schema refuses: how a thing is called, what was probably meant, what to write instead.
Pure.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from jsonschema import ValidationError

from catalogsync import schemastore
from catalogsync.diagnostics import Path
from catalogsync.kinds import KINDS
from catalogsync.model import Kind

NUMERIC_PATTERN = "^-?[0-9]+(\\.[0-9]+)?$"
KEY_PATTERN = "^[a-z0-9]+(?:_[a-z0-9]+)*$"
CURRENCY_PATTERN = "^[A-Z]{3}$"
ID_PATTERN = "^[0-7][0-9A-HJKMNP-TV-Za-hjkmnp-tv-z]{25}$"
TAX_CODE_PATTERN = "^txcd_\\d{8}$"

READ_ONLY = frozenset[str]().union(*(spec.read_only for spec in KINDS.values()))
"""What the server's answers hold and no request may."""

ELSEWHERE = {
    "labels": "metadata",
    "dimensions": "groupBy",
    "startAfter": "duration",
    "cadence": "billingCadence",
    "limit": "issueAfterReset",
    "entitlement": "entitlementTemplate",
    "tax": "taxConfig",
    "filters": "advancedMeterGroupByFilters",
    "meter": "meterSlug",
    "feature": "featureKey",
    "addonId": "addon",
    "headers": "customHeaders",
    "secret": "signingSecret",
    "webhook": "url",
    "phase": "fromPlanPhase",
}
"""Names from the API's other version and from other tools, and what they are called here."""

SECRETS = ("signingSecret", "customHeaders")
"""Members whose value is never shown."""

_TYPES = {
    "object": "an object (`name: value` lines)",
    "array": "a list (`- entry` lines)",
    "string": "text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "null": "null",
}
_ITEMS = {
    "phases": "phase",
    "rateCards": "rate card",
    "tiers": "tier",
    "addons": "add-on",
    "thresholds": "threshold",
    "channels": "channel",
    "features": "feature",
}


@dataclass(frozen=True, slots=True)
class Words:
    """A diagnostic's code and texts."""

    code: str
    summary: str
    hint: str = ""
    detail: str = ""


def nearest_name(name: str, candidates: Iterable[str]) -> str:
    """The candidate that was probably meant, or ""."""
    names = list(candidates)
    plain = {re.sub(r"[-_\s]", "", other).lower(): other for other in names}
    same = plain.get(re.sub(r"[-_\s]", "", name).lower())
    if same:
        return same
    if ELSEWHERE.get(name) in names:
        return ELSEWHERE[name]
    starting = [n for n in names if len(name) > 2 and n.lower().startswith(name.lower())]
    if len(starting) == 1:
        return starting[0]
    close = difflib.get_close_matches(name.lower(), [n.lower() for n in names], n=1, cutoff=0.65)
    return next((n for n in names if close and n.lower() == close[0]), "")


def named(path: Path, instance: Any) -> str:
    """What a person calls the object at a path: "phase `trial`", "the price", "this plan"."""
    kind = instance.get("kind") if isinstance(instance, Mapping) else None
    if not path:
        return f"this {KINDS[Kind(kind)].title}" if kind in KINDS else "this document"
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


def unknown_field(kind: Kind, name: str, guess: str, known: Sequence[str], instance: Any) -> str:
    """What to do about a field that is none."""
    if guess and guess not in instance:
        return f"did you mean `{guess}`?"
    if name in READ_ONLY:
        return "the server sets it; take it out"
    owners = _owners(kind, name)
    if owners:
        return f"`{name}` belongs to {', '.join(owners)}"
    return "known here: " + ", ".join(f"`{n}`" for n in known)


def _owners(kind: Kind, name: str) -> list[str]:
    """The union branches of a kind's schema that do have a member."""
    found = []
    schema = schemastore.manifest_schema(kind)
    for definition in schema.get("definitions", {}).values():
        tag = definition.get("properties", {}).get("type", {}).get("enum", [])
        if name in definition.get("properties", {}) and len(tag) == 1 and f"type {tag[0]}" not in found:
            found.append(f"type {tag[0]}")
    return found


def example(name: str, schema: Any) -> str:
    """A line to add for a missing member."""
    member = schema.get("properties", {}).get(name, {}) if isinstance(schema, Mapping) else {}
    if member.get("enum"):
        return f"add `{name}:` with one of {', '.join(map(str, member['enum']))}"
    if member.get("examples"):
        return f"add it, for instance `{name}: {_written(member['examples'][0])}`"
    return f"add `{name}: …`"


def _written(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{k}: {_written(v)}" for k, v in value.items()) + "}"
    return str(value)


def show(value: Any) -> str:
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
    text = text if len(text) <= 60 else text[:57] + "…"
    return f'"{text}"' if isinstance(value, str) else text


def is_secret(path: Path) -> bool:
    """Whether what stands at a path may be a secret, never to be shown."""
    return any(step in SECRETS for step in path)


def wrong_value(error: ValidationError, path: Path) -> Words:
    """Words for a value that is of the wrong type, form, size or choice."""
    name = next((step for step in reversed(path) if isinstance(step, str)), "")
    if is_secret(path) and error.validator != "type":
        return Words(
            "manifest-wrong-form",
            f"`{name}` does not have the form of a secret the server takes",
            "write a reference, {env: NAME} or {file: PATH}; an inline secret has 32 to 100 base64 signs",
        )
    match error.validator:
        case "type":
            return _wrong_type(name, path, error)
        case "enum" | "const":
            return _wrong_choice(name, error)
        case "pattern":
            return _wrong_form(name, error)
        case _:
            return _wrong_size(name, path, error)


def _wrong_type(name: str, path: Path, error: ValidationError) -> Words:
    expected: Any = error.validator_value
    types = [expected] if isinstance(expected, str) else list(expected)
    value = error.instance
    wanted = " or ".join(_TYPES[t] for t in types if t != "null")
    if "number" in types and "string" in types:
        wanted = "an amount" + (" or an object with `type` and `amount`" if "object" in types else "")
    if isinstance(path[-1] if path else "", int):
        name = f"an entry of `{name}`"
    else:
        name = f"`{name}`" if name else "the document"
    if is_secret(path):
        return Words(
            "manifest-wrong-type", f"{name} must be {wanted}", "write a reference, or quote the text"
        )
    hint = _type_hint(types, value) or _amount_hint(error.schema, value)
    return Words("manifest-wrong-type", f"{name} must be {wanted}, not {_kind_of(value)}", hint)


def _amount_hint(schema: Any, value: Any) -> str:
    """What to write where an amount stands alone in place of a price."""
    if not isinstance(value, int | Decimal | str) or isinstance(value, bool):
        return ""
    members = schema.get("properties", {})
    types = members.get("type", {}).get("enum", [])
    if "amount" in members and len(types) == 1:
        return f"write {{type: {types[0]}, amount: {str(value)[:60]}}}"
    return f"write an object that starts with its type, one of {', '.join(types)}" if types else ""


def _kind_of(value: Any) -> str:
    if value is None:
        return "empty"
    if isinstance(value, Mapping | list):
        return show(value)
    word = "text" if isinstance(value, str) else "a number"
    return f"{show(value)}" if isinstance(value, bool) else f"the {word.removeprefix('a ')} {show(value)}"


def _type_hint(types: list[str], value: Any) -> str:
    if value is None:
        return "leave the field out, or give it a value"
    if "string" in types and isinstance(value, int | Decimal):
        return f'write "{show(value)}", in quotes'
    if (
        types[0] in ("number", "integer")
        and isinstance(value, str)
        and re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", value)
    ):
        return f"write {value}, without quotes"
    if (
        "boolean" in types
        and isinstance(value, str)
        and value.lower() in ("true", "false", "yes", "no", "on", "off")
    ):
        return f"write {'true' if value.lower() in ('true', 'yes', 'on') else 'false'}, without quotes"
    if "array" in types and not isinstance(value, list):
        return "write a list: " + ("`- ` before it" if isinstance(value, Mapping) else f"[{show(value)}]")
    if types == ["integer"] and isinstance(value, Decimal):
        return f"write a whole number, for instance {int(value)}"
    return ""


def _wrong_choice(name: str, error: ValidationError) -> Words:
    allowed: Any = error.validator_value if error.validator == "enum" else [error.validator_value]
    choices = [str(choice) for choice in allowed if choice is not None]
    listed = ", ".join(choices)
    guess = nearest_name(str(error.instance), choices) if isinstance(error.instance, str) else ""
    hint = f"did you mean `{guess}`? (one of {listed})" if guess else f"write one of {listed}"
    if len(choices) == 1:
        hint = f"write `{choices[0]}`"
    return Words("manifest-unknown-value", f"{show(error.instance)} is no value of `{name}`", hint)


def _wrong_form(name: str, error: ValidationError) -> Words:
    text, pattern = str(error.instance), error.validator_value
    shown = show(error.instance)
    if pattern == NUMERIC_PATTERN:
        plain = re.sub(r"[\s,_'$€£]", "", text)
        fits = re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", plain)
        hint = f"write {plain}" if fits else "write digits with at most one point, for instance 0.05"
        return Words("manifest-wrong-form", f"{shown} is no decimal for `{name}`", hint)
    if pattern == KEY_PATTERN:
        key = re.sub(
            r"_+", "_", re.sub(r"[^a-z0-9]", "_", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", text).lower())
        ).strip("_")
        hint = "use lower case letters, digits and single underscores" + (
            f", for instance `{key[:64]}`" if key else ""
        )
        return Words("manifest-wrong-form", f"{shown} is no key for `{name}`", hint)
    if pattern == CURRENCY_PATTERN:
        code = text.upper() if re.fullmatch("[A-Za-z]{3}", text) else ""
        hint = f"write {code}" if code else "write three capital letters, for instance USD"
        return Words("manifest-wrong-form", f"{shown} is no currency code", hint)
    if pattern == ID_PATTERN:
        return Words(
            "manifest-wrong-form",
            f"{shown} is no id for `{name}`",
            "write the 26 characters of the server's id",
        )
    if pattern == TAX_CODE_PATTERN:
        return Words(
            "manifest-wrong-form", f"{shown} is no Stripe tax code", "write `txcd_` and eight digits"
        )
    return Words(
        "manifest-wrong-form", f"{shown} does not have the form of `{name}`", f"the server asks for {pattern}"
    )


_SIZES = {
    "minLength": "`{name}` has {size} characters, but needs at least {limit}",
    "maxLength": "`{name}` has {size} characters, but may have {limit} at most",
    "minItems": "`{name}` has {size} entries, but needs at least {limit}",
    "maxItems": "`{name}` has {size} entries, but may have {limit} at most",
    "minProperties": "`{name}` has {size} members, but needs at least {limit}",
    "maxProperties": "`{name}` has {size} members, but may have {limit} at most",
    "minimum": "`{name}` is {value}, but must be {limit} at least",
    "maximum": "`{name}` is {value}, but may be {limit} at most",
}


def _wrong_size(name: str, path: Path, error: ValidationError) -> Words:
    template = _SIZES.get(str(error.validator))
    if template is None:
        return Words("manifest-invalid", f"`{name}` is refused by the schema ({error.validator})")
    value: Any = error.instance
    size = len(value) if isinstance(value, str | list | Mapping) else 0
    summary = template.format(name=name, size=size or "no", limit=error.validator_value, value=show(value))
    reference = error.validator in ("minProperties", "maxProperties") and "url" in path
    return Words("manifest-out-of-range", summary, "write {env: NAME} or {file: PATH}" if reference else "")
