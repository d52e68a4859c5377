"""What the formats for people have in common: a diagnostic as sentences, text that stays on its line."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from catalogsync.core.diagnostics import UNSEEN, Diagnostic


def message(one: Diagnostic) -> str:
    """Summary, the environments it is found in, detail and hint, a sentence each, the last without its full stop."""
    parts = (one.summary, environments(one), one.detail, one.hint)
    return ". ".join(part.rstrip(".") for part in parts if part)


def hinted_once(found: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """The same in the same order; of those with one code, a hint that was given is not given again."""
    given, said = set[tuple[str, str]](), list[Diagnostic]()
    for one in found:
        hint = (one.code, one.hint)
        said.append(replace(one, hint="") if hint in given else one)
        given.add(hint)
    return tuple(said)


def environments(one: Diagnostic) -> str:
    """Where alone a finding holds, in words; "" when it does not depend on an environment."""
    if not one.environments:
        return ""
    return f"in environment{'s' if len(one.environments) > 1 else ''} {', '.join(one.environments)}"


def on_a_line(text: str) -> str:
    """The text, as long as it was, with a visible sign for each character that would not stay in its place."""
    return UNSEEN.sub(_sign, text)


def _sign(found: re.Match[str]) -> str:
    code = ord(found[0])
    if found[0] == "\t":
        return " "
    if code < 0x20:
        return chr(0x2400 + code)
    return "\u2421" if code == 0x7F else "\ufffd"
