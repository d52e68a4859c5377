"""GitHub-flavoured Markdown that no value breaks, and a comment that fits.

A value stays on its line and means itself: no markup, no link, nobody mentioned, nothing turned around.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from catalogsync.core.diagnostics import on_one_line

LONGEST = 65_536
"""Characters that a comment on GitHub holds."""
_MARKS = re.compile(r"([\\`*_\[\]|~$])")
_SIGNS = re.compile(r"(?!(?<=[A-Za-z0-9])_(?=[A-Za-z0-9]))[!-,.:-@\[-`{-~]")
"""Punctuation that may be markup; not the underscore within a word, the hyphen and the slash."""
_STARTS = re.compile(r"^(\s*)(#|=|[+-](?=[\s-]|$)|[0-9]+(?=[.)](?:\s|$)))")

_LINKS = re.compile(r"(?i)(https?|ftp)://|www\.")
_MENTIONS = re.compile(r"([@#])(?=\w)")


def plain(text: str) -> str:
    """A value as prose, in a line or a table cell."""
    safe = on_one_line(text).replace("&", "&amp;")
    safe = _MARKS.sub(r"\\\1", safe).replace("<", "&lt;").replace(">", "&gt;")
    safe = _STARTS.sub(lambda found: f"{found[1]}{_started(found[2])}", safe)
    safe = _LINKS.sub(lambda found: found[0][:-1] + "<!-- -->" + found[0][-1], safe)
    return _MENTIONS.sub(r"\1<!-- -->", safe)


def _started(mark: str) -> str:
    """What would begin a heading, a quote or a list."""
    return f"<!-- -->{mark}" if mark.isdigit() else f"\\{mark}"


def code(text: str) -> str:
    """A value as code."""
    safe = on_one_line(text)
    longest = max((len(run) for run in re.findall("`+", safe)), default=0)
    fence = "`" * (longest + 1)
    space = " " if longest or safe != safe.strip() or not safe else ""
    return f"{fence}{space}{safe}{space}{fence}"


def code_cell(text: str) -> str:
    """A value as code in a table, where a pipe would end the cell even in code, and a backslash may not say otherwise."""
    return f"<code>{_SIGNS.sub(lambda found: f'&#{ord(found[0])};', on_one_line(text))}</code>"


def html_text(text: str) -> str:
    """A value within an HTML element that ends on its line."""
    return html.escape(on_one_line(text))


def table(rows: Sequence[Sequence[str]], *, first_left: bool = True) -> str:
    """Cells that are Markdown already; the first row is the head. Columns after the first are aligned to the right, or all to the left."""
    line = ["---", *("---" if first_left else "--:" for _ in rows[0][1:])]
    return "\n".join(f"| {' | '.join(row)} |" for row in [rows[0], line, *rows[1:]])


def folded(summary: str, content: str) -> str:
    """A collapsed part. `summary` is HTML, `content` Markdown."""
    return f"<details><summary>{summary}</summary>\n\n{content}\n\n</details>"


def size(text: str) -> int:
    """Characters as they are counted at worst: those beyond 65,535 as two."""
    return len(text) if text.isascii() else len(text) + sum(character > "\uffff" for character in text)


@dataclass(slots=True)
class Comment:
    """Parts with an empty line between them, as far as they fit. What does not is left out whole, and kept by name."""

    room: int
    parts: list[str] = field(default_factory=list)

    def add(self, part: str) -> bool:
        """Whether there was room for it."""
        needed = size(part) + 2
        if needed > self.room:
            return False
        self.room -= needed
        self.parts.append(part)
        return True

    def add_lines(self, head: str, lines: Iterable[str], foot: str = "") -> int:
        """A part that may be ended after any line; how many of them were left out (all of them where not even one has room)."""
        every = list(lines)
        room, taken = self.room - size(head) - size(foot) - 2, 0
        while taken < len(every) and size(every[taken]) + 1 <= room:
            room -= size(every[taken]) + 1
            taken += 1
        if taken:
            self.add(head + "\n".join(every[:taken]) + foot)
        return len(every) - taken
