"""Words for a value that a schema refuses: wrong type, choice, form or size; what to write. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from jsonschema import ValidationError

from catalogsync.core.diagnostics import Path
from catalogsync.manifests.suggestions import is_secret, nearest_name, show

NUMERIC_PATTERN = "^-?[0-9]+(\\.[0-9]+)?$"
KEY_PATTERN = "^[a-z0-9]+(?:_[a-z0-9]+)*$"
CURRENCY_PATTERN = "^[A-Z]{3}$"
ID_PATTERN = "^[0-7][0-9A-HJKMNP-TV-Za-hjkmnp-tv-z]{25}$"
TAX_CODE_PATTERN = "^txcd_\\d{8}$"

_TYPES = {
    "object": "an object (`name: value` lines)",
    "array": "a list (`- entry` lines)",
    "string": "text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "null": "null",
}


@dataclass(frozen=True, slots=True)
class Words:
    """A diagnostic's code and texts."""

    code: str
    summary: str
    hint: str = ""
    detail: str = ""


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
    if isinstance(value, str):
        return _text_hint(types, value)
    if "array" in types:
        return "write a list: " + ("`- ` before it" if isinstance(value, Mapping) else f"[{show(value)}]")
    if types[0] == "object" and isinstance(value, list):
        return "write its members without `- `"
    if types == ["integer"] and isinstance(value, Decimal):
        return f"write a whole number, for instance {int(value)}"
    return ""


def _text_hint(types: list[str], text: str) -> str:
    """What to write where text stands in place of something else."""
    plain = plain_number(text)
    if types[0] in ("number", "integer") and plain:
        return f"write {plain}" + (", without quotes" if plain == text else "")
    if "boolean" in types and text.lower() in ("true", "false", "yes", "no", "on", "off"):
        return f"write {'true' if text.lower() in ('true', 'yes', 'on') else 'false'}, without quotes"
    return f"write a list: [{show(text)}]" if "array" in types else ""


def plain_number(text: str) -> str:
    """A number without the currency, percent and thousands signs that people write with it, or ""."""
    plain = re.sub(r"[\s,_'$€£%]", "", text)
    return plain if re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", plain) else ""


def _wrong_choice(name: str, error: ValidationError) -> Words:
    allowed: Any = error.validator_value if error.validator == "enum" else [error.validator_value]
    choices = [str(choice) for choice in allowed if choice is not None]
    listed = ", ".join(choices)
    guess = nearest_name(str(error.instance), choices) if isinstance(error.instance, str) else ""
    hint = f"did you mean `{guess}`? (one of {listed})" if guess else f"write one of {listed}"
    if len(choices) == 1:
        hint = f"write `{choices[0]}`"
        if choices == ["flat"] and error.instance in ("unit", "tiered", "dynamic", "package"):
            hint += "; prices by usage belong to rate cards of type usage_based"
    return Words("manifest-unknown-value", f"{show(error.instance)} is no value of `{name}`", hint)


def _wrong_form(name: str, error: ValidationError) -> Words:
    text, pattern = str(error.instance), error.validator_value
    shown = show(error.instance)
    if pattern == NUMERIC_PATTERN:
        plain = plain_number(text)
        hint = f"write {plain}" if plain else "write digits with at most one point, for instance 0.05"
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
