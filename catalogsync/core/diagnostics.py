"""Problems as data with an address. Collected, sorted by place, rendered by `render`; never raised."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

Path = tuple[str | int, ...]
"""A place inside a document: member names and list positions, e.g. ("phases", 0, "rateCards", 2, "price")."""


_SOME = 5
_ESCAPED = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
"""What breaks or turns a line, or stands in it unseen; the two joiners of words and emoji (U+200C, U+200D) stay."""


def on_one_line(text: str) -> str:
    """A value of a file as it may stand in a message: what breaks or turns a line, or is unseen in it, is escaped as YAML writes it."""
    if text.isascii() and text.isprintable():
        return text  # nearly always
    return UNSEEN.sub(lambda found: _ESCAPED.get(found[0]) or _escaped(ord(found[0])), text)


def _escaped(point: int) -> str:
    return f"\\u{point:04x}" if point <= 0xFFFF else f"\\U{point:08x}"


def some(words: Sequence[str]) -> str:
    """As many words as are read in a sentence that is said of each of many objects, and how many there are besides: "a, b, c and 57 more"."""
    shown, more = words[:_SOME], len(words) - _SOME
    if more > 0:
        return f"{', '.join(shown)} and {more:,} more"
    return f"{', '.join(shown[:-1])} and {shown[-1]}" if len(shown) > 1 else "".join(shown)


class Severity(StrEnum):
    """How bad: an error stops the run before the first call, a warning is shown, a note explains."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True, order=True)
class SourceRef:
    """A place in a file. `line` and `column` count from 1 (in characters); `text` is that line as it stands."""

    file: str
    line: int
    column: int
    text: str = ""
    width: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Related:
    """Another place that takes part in a problem, with what it has to do with it."""

    label: str
    where: SourceRef


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One problem.

    `code` is the server's own code where it has one (`plan_phase_duplicated_key`), else ours in kebab case
    (`yaml-duplicate-key`); `explain` knows both. `summary` is one line without a full stop, `detail` says why,
    `hint` what to write instead. `subject` is the object's `kind/key` where known. `environments`: those in which alone it is found, none
    where it does not depend on them.
    """

    code: str
    severity: Severity
    summary: str
    where: SourceRef | None = None
    detail: str = ""
    hint: str = ""
    subject: str = ""
    related: tuple[Related, ...] = ()
    environments: tuple[str, ...] = ()

    @property
    def is_error(self) -> bool:
        return self.severity is Severity.ERROR


def in_order(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """The same diagnostics without repetitions, by file, line and column; those without a place come last."""
    unique = dict.fromkeys(diagnostics)

    def rank(d: Diagnostic) -> tuple[bool, str, int, int, str, str]:
        place = d.where
        return (
            place is None,
            place.file if place else "",
            place.line if place else 0,
            place.column if place else 0,
            d.code,
            d.summary,
        )

    return tuple(sorted(unique, key=rank))
