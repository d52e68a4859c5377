"""Markdown that GitHub and the site read alike."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

DRAWN = "<!-- Written by `python -m scripts.reference`. Do not edit. -->\n"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; a bar in a cell stays a bar."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines)


def code(text: str) -> str:
    """A text as code."""
    return f"`{text}`"


def slug(heading: str) -> str:
    """The anchor that GitHub and the site give a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


_CODE = re.compile(
    r"(?<![`\w/])(\{[a-z]+: [A-Z]+\}|\[?--?[a-z][\w-]*\b|[\w/.]*\*[\w/.]*|[\w/]*/[\w/]*\.ya?ml|[\w./]*\.ya?ml|sandbox:\w*|git:\w+|<\w+>)"
)


def plain(text: str) -> str:
    """A text of the product as prose: options, names of files, `{env: NAME}` and what would be read as markup become code."""
    return "`".join(
        _CODE.sub(r"`\1`", part) if at % 2 == 0 else part for at, part in enumerate(text.split("`"))
    )
