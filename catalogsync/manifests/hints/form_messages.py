"""Words for a text that does not have the form which a schema asks for: amounts, keys, currency codes, ids, tax codes. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from catalogsync.manifests.hints import currency_hints, number_words
from catalogsync.manifests.hints.amounts import plain_amount, two_readings

NUMERIC_PATTERN = "^-?[0-9]+(\\.[0-9]+)?$"
KEY_PATTERN = "^[a-z0-9]+(?:_[a-z0-9]+)*$"
CURRENCY_PATTERN = "^[A-Z]{3}$"
ID_PATTERN = "^[0-7][0-9A-HJKMNP-TV-Za-hjkmnp-tv-z]{25}$"
TAX_CODE_PATTERN = "^txcd_\\d{8}$"

_ID = re.compile(
    "[0-7][0-9A-HJKMNP-TV-Z]{25}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?:price|prod|plan|feat|meter)_[A-Za-z0-9]{14,}"
)
"""ULIDs as OpenMeter makes them, UUIDs, ids of Stripe."""


@dataclass(frozen=True, slots=True)
class Words:
    """A diagnostic's code and texts."""

    code: str
    summary: str
    hint: str = ""
    detail: str = ""


def form(name: str, pattern: str, text: str, shown: str, currency: str) -> Words:
    """Words for a text of the member `name` that a pattern refuses. `shown`: the value as a message shows it; `currency`: that of amounts."""
    if pattern == NUMERIC_PATTERN:
        plain = plain_amount(text, currency=currency)
        hint = f"write {plain}: digits and at most one decimal point" if plain else digits_hint(text)
        hint = number_words.endless(name, text) or two_readings(text, currency=currency) or hint
        return Words("manifest-wrong-form", f"{shown} is not a decimal number for `{name}`", hint)
    if pattern == KEY_PATTERN:
        key = re.sub(
            r"_+", "_", re.sub(r"[^a-z0-9]", "_", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", text).lower())
        ).strip("_")
        what = "slug" if name in ("slug", "meterSlug") else "key"
        if _ID.fullmatch(text):
            hint = f"write the {what} that is meant: this looks like an id of the server, and manifests name objects by {what}"
            return Words("manifest-wrong-form", f"{shown} is not a valid {what}", hint)
        form = f"a {what} has lower case letters a to z, digits, and single underscores between them"
        hint = f"write `{key[:64].strip('_')}`: {form}" if key else form
        return Words("manifest-wrong-form", f"{shown} is not a valid {what}", hint)
    if pattern == CURRENCY_PATTERN:
        code = text.upper() if re.fullmatch("[A-Za-z]{3}", text) else ""
        hint = f"write {code}" if code else currency_hints.in_place_of(text)
        return Words("manifest-wrong-form", f"{shown} is not a currency code", hint)
    if pattern == ID_PATTERN:
        return Words(
            "manifest-wrong-form",
            f"{shown} is not an id for `{name}`",
            "write the 26 characters of the server's id",
        )
    if pattern == TAX_CODE_PATTERN:
        return Words(
            "manifest-wrong-form", f"{shown} is not a Stripe tax code", "write `txcd_` and eight digits"
        )
    return Words(
        "manifest-wrong-form", f"{shown} does not have the form of `{name}`", f"the server asks for {pattern}"
    )


def digits_hint(text: str) -> str:
    """What to write in place of a text that may be more than one amount, or none. No number is named that may be another: it would be taken."""
    if said := number_words.digits(text):
        return f"write {said}, in digits"
    if not re.search("[0-9]", text, re.ASCII):
        return "write the number in digits"
    if "%" in text:
        return "write digits and at most one decimal point, without a percent sign: here a fraction is a factor, not a percentage"
    if "," in text:
        return "write digits and at most one decimal point; a comma is a decimal point in some countries, and parts thousands in others"
    return "write digits and at most one decimal point, without any other sign"
