"""What to write in place of what is not an instant. Pure."""

from __future__ import annotations

import re

_DAY = re.compile(r"(\d{4}-\d\d-\d\d)(?:[ Tt](\d\d:\d\d)(:\d\d(?:\.\d+)?)?)?(?: ?[Zz])?", re.ASCII)
_WHOLE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)", re.ASCII)


def in_place_of(text: str) -> str:
    """The instant of a day, or of a time without its zone: in UTC, which is said. One that is whole needs quotes alone."""
    if _WHOLE.fullmatch(text):
        return f'write "{text}", in quotes'
    said = _DAY.fullmatch(text.strip())
    if said is None:
        return "write it as `YYYY-MM-DDTHH:MM:SSZ`, in UTC"
    return f'write "{said[1]}T{said[2] or "00:00"}{said[3] or ":00"}Z" if it is in UTC'
