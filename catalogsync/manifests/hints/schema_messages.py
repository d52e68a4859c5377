"""Words for a value that a schema refuses: wrong type, choice, form or size; what to write. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Protocol

from catalogsync.core.canon import Json
from catalogsync.core.diagnostics import Path
from catalogsync.core.model import Lifecycle
from catalogsync.manifests.hints import duration_hints, number_words
from catalogsync.manifests.hints.amounts import plain_amount, two_readings
from catalogsync.manifests.hints.form_messages import Words, digits_hint, form
from catalogsync.manifests.hints.shapes import shape_hint
from catalogsync.manifests.hints.suggestions import explained, fits_in_a_message, nearest_name, show
from catalogsync.manifests.masking import is_reference_member, is_secret
from catalogsync.openmeter import credentials
from catalogsync.openmeter.description import Schema

_TYPES = {
    "object": "an object (`name: value` lines)",
    "array": "a list (`- entry` lines)",
    "string": "text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "null": "null",
}


class Refusal(Protocol):
    """What jsonschema tells of a value that a schema refuses: `validator` is the schema's word, `validator_value` what it asks for."""

    message: str
    validator: str
    validator_value: Json
    instance: Json
    schema: Schema
    absolute_path: Sequence[str | int]
    absolute_schema_path: Sequence[str | int]


def wrong_value(error: Refusal, path: Path, currency: str = "") -> Words:
    """Words for a value that is of the wrong type, form, size or choice. `currency` is that of the object's amounts."""
    name = next((step for step in reversed(path) if isinstance(step, str)), "")
    if (
        is_secret(path)
        and not is_reference_member(path)
        and isinstance(error.instance, str)
        and error.validator != "type"
    ):
        return Words(
            "manifest-wrong-form",
            f"`{name}` does not have a form that the server takes",
            variable_hint(name, error.instance) or "write a reference, {env: NAME} or {file: PATH}",
        )
    match error.validator:
        case "type":
            return _wrong_type(name, path, error, currency)
        case "enum" | "const":
            return _wrong_choice(name, path, error)
        case "pattern":
            return _wrong_form(name, error, currency)
        case _:
            return _wrong_size(name, path, error)


def variable_hint(name: str, text: str) -> str:
    """What to write in place of a text that names a variable in the way of a shell or a template; "" for any other."""
    variable = credentials.variable_in(text)
    return f"write `{name}: {{env: {variable}}}`: nothing else is looked up" if variable else ""


def _wrong_type(name: str, path: Path, error: Refusal, currency: str) -> Words:
    expected = error.validator_value
    types = list(map(str, expected)) if isinstance(expected, list) else [str(expected)]
    value = error.instance
    wanted = " or ".join(_TYPES[t] for t in types if t != "null")
    if "number" in types and "string" in types:
        wanted = "an amount" + (" or an object with `type` and `amount`" if "object" in types else "")
    member = name
    if isinstance(path[-1] if path else "", int):
        name = f"an entry of `{name}`"
    else:
        name = f"`{name}`" if name else "the document"
    if is_secret(path):
        instead = f", not {_kind_of(value)}" if isinstance(value, list) else ""
        hint = "write a reference, {env: NAME} or {file: PATH}, or quote the text"
        if isinstance(value, list):
            hint = "write one reference, {env: NAME} or {file: PATH}, or the text alone, without `- ` and brackets"
        return Words("manifest-wrong-type", f"{name} must be {wanted}{instead}", hint)
    hint = (
        _duration_hint(error.schema, value)
        or shape_hint(types, path, value, currency, _only(error.schema))
        or _threshold_hint(path, value)
        or (number_words.endless(member, value) if isinstance(value, str) else "")
        or (_number_as_text(member, error.schema, value, currency) if types[0] == "string" else "")
        or _type_hint(types, value, percent=path[-1:] == ("percentage",))
        or _amount_hint(error.schema, value)
    )
    return Words("manifest-wrong-type", f"{name} must be {wanted}, not {_kind_of(value)}", hint)


def _duration_hint(schema: Schema, value: object) -> str:
    """What to write in place of a number without a unit."""
    is_number = isinstance(value, int | Decimal) and not isinstance(value, bool)
    return duration_hints.in_place_of(value) if is_number and schema.get("format") == "duration" else ""


def _number_as_text(name: str, schema: Schema, value: object, currency: str) -> str:
    """What to write in place of a number that would not be right in quotes either; "" where it would."""
    if not isinstance(value, int | Decimal) or isinstance(value, bool):
        return ""
    if schema.get("enum"):
        return f"write one of {explained(schema)}"
    pattern = str(schema.get("pattern", ""))
    return (
        ""
        if re.search(pattern, str(value), re.ASCII)
        else form(name, pattern, str(value), str(value), currency).hint
    )


def _only(schema: Schema) -> str:
    """The member that an object of a schema must have, when that is one alone and a number; else ""."""
    required = schema.get("required", [])
    if len(required) != 1:
        return ""
    types = schema.get("properties", {}).get(required[0], {}).get("type", [])
    return required[0] if "number" in (types if isinstance(types, list) else [types]) else ""


def _amount_hint(schema: Schema, value: object) -> str:
    """What to write where an amount stands alone in place of a price."""
    if not isinstance(value, int | Decimal | str) or isinstance(value, bool):
        return ""
    types = schema.get("properties", {}).get("type")
    return (
        f"write an object that starts with its type, one of {explained(types)}"
        if types and types.get("enum")
        else ""
    )


def _kind_of(value: object) -> str:
    if value is None:
        return "empty"
    if isinstance(value, Mapping | list):
        return show(value)
    word = "text" if isinstance(value, str) else "a number"
    return f"{show(value)}" if isinstance(value, bool) else f"the {word.removeprefix('a ')} {show(value)}"


def _threshold_hint(path: Path, value: object) -> str:
    """What to write in place of "80%" where the type beside it says what the number is."""
    if "thresholds" not in path or not isinstance(value, str) or not value.strip().endswith("%"):
        return ""
    plain = plain_amount(value, percent=True)
    if not plain:
        return "write the number without the percent sign; type usage_percentage says that it is a percentage"
    return f"write {plain}: with type usage_percentage, {plain} is {plain} %"


def _type_hint(types: list[str], value: object, *, percent: bool) -> str:
    if value is None:
        return "give it a value, or leave the field out"
    if "string" in types and isinstance(value, int | Decimal):
        return f'write "{show(value)}", in quotes' if fits_in_a_message(value) else "write it in quotes"
    if isinstance(value, str):
        return _text_hint(types, value, percent=percent)
    if "array" in types:
        return "write a list: `- ` before " + ("it" if isinstance(value, Mapping) else "each entry")
    if types[0] == "object" and isinstance(value, list):
        return "write its members without `- `"
    if types[0] == "boolean":
        return "write true or false"
    if types == ["integer"] and isinstance(value, Decimal):
        return "write a whole number, without a decimal point"
    return ""


def _text_hint(types: list[str], text: str, *, percent: bool) -> str:
    """What to write where text stands in place of something else."""
    if types[0] in ("number", "integer"):
        plain = plain_amount(text, percent=percent)
        if plain and ("." not in plain or types[0] == "number"):
            return f"write {plain}" + (", without quotes" if plain == text else "")
        return two_readings(text) or digits_hint(text)
    if "boolean" in types and text.lower() in ("true", "false", "yes", "no", "on", "off"):
        return f"write {'true' if text.lower() in ('true', 'yes', 'on') else 'false'}, without quotes"
    if types[0] == "boolean":
        limits = (
            "true for a soft limit, false for a hard one"
            if text.lower() in ("soft", "hard")
            else "true or false"
        )
        return f"write {limits}, without quotes"
    listed = f"[{show(text)}]" if fits_in_a_message(text) else "`- ` before each entry"
    return f"write a list: {listed}" if "array" in types else ""


_IN_FORCE = frozenset(
    "active live enabled current scheduled running inforce on open valid publish publishing released public".split()
)
"""What other tools and the API's own `status` call an object that is in force."""


def _wrong_lifecycle(choices: list[str], value: object) -> str:
    """What to write as a lifecycle: never a removal that was not asked for by its name."""
    word = re.sub("[-_ ]", "", str(value)).lower()
    kept = [choice for choice in choices if choice in (Lifecycle.PUBLISHED, Lifecycle.DRAFT)]
    removals = [choice for choice in choices if choice in (Lifecycle.ARCHIVED, Lifecycle.DELETED)]
    guess = "published" if word in _IN_FORCE else nearest_name(str(value), [*kept, Lifecycle.EXTERNAL])
    if guess:
        return f"write `{guess}`"
    taken = f"; {' or '.join(removals)} to take it away" if removals else ""
    return f"write {' or '.join(kept)} to keep the object{taken}"


def _wrong_choice(name: str, path: Path, error: Refusal) -> Words:
    said = error.validator_value
    allowed = said if error.validator == "enum" and isinstance(said, list) else [said]
    choices = [str(choice) for choice in allowed if choice is not None]
    meant = explained(error.schema) if error.validator == "enum" else ", ".join(choices)
    guess = nearest_name(str(error.instance), choices) if isinstance(error.instance, str) else ""
    hint = f"did you mean `{guess}`? Choices: {meant}" if guess else f"write one of {meant}"
    if len(choices) == 1:
        hint = f"write `{choices[0]}`{meant.removeprefix(choices[0])}"
        if choices == ["flat"] and path[-2:] == ("price", "type"):
            hint = _FLAT_ONLY.get(str(error.instance), hint)
    if name == "type" and "tiered" in choices and error.instance in ("graduated", "volume"):
        hint = f"write type: tiered, and mode: {error.instance}"
    if name == "lifecycle":
        hint = _wrong_lifecycle(choices, error.instance)
    return Words("manifest-unknown-value", f"{show(error.instance)} is not a value of `{name}`", hint)


_FIXED = "write `type: flat` in this price for a fixed fee"
_BY_USAGE = (
    "usage is charged by a card of `type: usage_based` with the `featureKey` of a feature that has a meter"
)
_USED = f"{_BY_USAGE}: write both on the card, or, for a fixed fee, `type: flat` and `amount` in this price"
_FLAT_ONLY = {
    "unit": f"{_FIXED}: its card has type flat_fee; {_BY_USAGE}",
    "tiered": _USED,
    "dynamic": _USED,
    "package": _USED,
}
"""What to do about a price of usage on a card that takes fixed fees only. A price per unit has the shape of a fixed one."""


def _wrong_form(name: str, error: Refusal, currency: str) -> Words:
    return form(name, str(error.validator_value), str(error.instance), show(error.instance), currency)


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


def _wrong_size(name: str, path: Path, error: Refusal) -> Words:
    template = _SIZES.get(str(error.validator))
    if template is None:
        return Words("manifest-invalid", f"`{name}` is refused by the schema ({error.validator})")
    value = error.instance
    size = len(value) if isinstance(value, str | list | Mapping) else 0
    summary = template.format(name=name, size=size or "no", limit=error.validator_value, value=show(value))
    reference = error.validator in ("minProperties", "maxProperties") and is_secret(path)
    endless = number_words.endless(name, "unlimited") if error.validator == "minimum" else ""
    return Words(
        "manifest-out-of-range", summary, "write {env: NAME} or {file: PATH}" if reference else endless
    )
