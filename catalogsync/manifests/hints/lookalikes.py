"""Characters that look like others or like nothing at all: spaces that YAML takes for text, curly quotation marks, full width signs. Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

from catalogsync.core.diagnostics import Diagnostic

_SPACES = "\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
_NOTHING = "\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"
_QUOTES = {**dict.fromkeys("“”„‟〝〞＂«»", '"'), **dict.fromkeys("‘’‚‛＇′", "'")}
_SIGNS = dict(zip("：，；｛｝［］＃－", ":,;{}[]#-", strict=True))
_CYRILLIC = (
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0425",
    "aeopcyxijsABEKMHOPCTX",
)
_GREEK = (
    "\u03bf\u03b1\u03bd\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7",
    "oavABEZHIKMNOPTYX",
)
_LETTERS = dict(zip(_CYRILLIC[0] + _GREEK[0], _CYRILLIC[1] + _GREEK[1], strict=True))
"""Letters of other scripts, and the Latin ones that they look like."""
_LETTER = re.compile(f"[{''.join(_LETTERS)}]")
_ALIKE = re.compile(f"[{_SPACES}]|[{_NOTHING}]|[{''.join(_QUOTES)}{''.join(_SIGNS)}]")
_TYPED = {**_QUOTES, **_SIGNS, **_LETTERS}
_IN_TEXT = frozenset(
    "manifest-unknown-field manifest-unknown-kind manifest-unknown-value manifest-wrong-form duration-invalid meter-json-path".split()
)
"""Codes of errors about a text that is compared letter by letter."""


def places(text: str) -> list[int]:
    """The index of each such character."""
    return [found.start() for found in _ALIKE.finditer(text)]


def plain(character: str) -> str:
    """What is typed in place of such a character: "" for one that shows nothing."""
    return _TYPED.get(character) or (" " if re.match(f"[{_SPACES}]", character) else "")


def named(character: str) -> str:
    """U+00A0 (no-break space)."""
    name = unicodedata.name(character, "").lower()
    return f"U+{ord(character):04X}" + (f" ({name})" if name else "")


def advice(character: str) -> str:
    """What to do about such a character."""
    typed = plain(character)
    if not typed:
        return "delete it: it cannot be seen"
    if typed == " ":
        return "type a plain space in its place"
    return f"type a plain `{typed}` in its place" + (", and a space after it" if typed in ":," else "")


def explained(one: Diagnostic) -> Diagnostic:
    """The error, with the character that makes a text another one than it seems. Amounts are read with such characters and are left alone."""
    where = one.where
    if where is None or where.text.isascii() or not one.is_error:
        return one
    begin, end = where.column - 1, where.column - 1 + where.width
    if one.code == "manifest-no-kind":
        end = len(where.text)
    elif one.code not in _IN_TEXT or re.match("write [0-9]", one.hint):
        return one
    span = where.text[begin:end]
    found = [begin + at for at in places(span)]
    if re.search("[A-Za-z]", span):  # a word of two scripts
        found = sorted([*found, *(begin + letter.start() for letter in _LETTER.finditer(span))])
    if not found:
        return one
    character = where.text[found[0]]
    more = f", and {len(found) - 1} more like it here" if len(found) > 1 else ""
    detail = f"{named(character)} stands in column {found[0] + 1}{more}."
    outside = found[0] == begin or all(at >= end - len(found) for at in found)
    hint = "delete it" if plain(character) == " " and outside else advice(character)
    return replace(one, detail=detail, hint=hint)
