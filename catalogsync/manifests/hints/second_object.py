"""Two objects in one document, for want of a line `---` between them. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from catalogsync.openmeter.kinds import KINDS

_MEMBER = re.compile(r"^(?:---.*|([A-Za-z_$][\w$-]*):(?= |$)|[^\s#].*)", re.MULTILINE)
_IDENTITIES = frozenset(kind.identity for kind in KINDS.values())


def begins(text: str, start: int, before: Sequence[str]) -> bool:
    """Whether a second object begins at a name (character `start`) that is among the names `before`: its kind follows, and what tells it
    from others.
    """
    following = _names_below(text, start)
    one = set(following[: len(set(following))])  # up to where a third may begin
    return "kind" in one and not _IDENTITIES.isdisjoint(one) and not _IDENTITIES.isdisjoint(before)


def is_without_kind(text: str, start: int, before: Sequence[str]) -> bool:
    """Whether all names from a place on were met before, in the same order and the first of them a key: an object without its kind."""
    following = _names_below(text, start)
    return (
        len(following) > 1
        and following[0] in _IDENTITIES
        and [name for name in before if name in following] == following
    )


def _names_below(text: str, start: int) -> list[str]:
    """The names at the beginning of lines from a place on, to the end of the document; none where the place is not at one."""
    names = []
    for found in _MEMBER.finditer(text, start):
        if found[1] is None:
            break
        names.append(found[1])
    return names if text[start - 1 : start] in ("", "\n", "\r") else []
