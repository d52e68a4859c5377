"""Slips of the pen that explain why a text is not YAML. Pure.

libyaml complains where it cannot go on, which may be far from the cause. A slip is looked for around that place, and believed only when
the text without it can be read further than that: so what the hint says to write is known to help.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from catalogsync.manifests.hints import quote_slips, sign_slips
from catalogsync.manifests.hints.slip import Slip
from catalogsync.manifests.hints.trial import reads_beyond
from catalogsync.manifests.source import SourceFile

_AHEAD = 3
"""So many lines after the complaint are read in the trial, so that a slip there does not hide that the complaint is gone."""
_TRIALS = 40
_LONGEST_LINE = 800


def explain(source: SourceFile, line: int, column: int, context: int) -> Slip | None:
    """The slip that explains a complaint about a line, or about what began at the line `context`; None where there is none."""
    lines = source.lines
    for slip in islice(_slips(source, line, column, context), _TRIALS):
        if slip.repaired != lines[slip.line] and _helps(lines, slip, line):
            return slip
    return None


def _slips(source: SourceFile, line: int, column: int, context: int) -> Iterator[Slip]:
    """What may be slipped, the likeliest first: on the line of the complaint, the one before it, and where what is complained of begins."""
    lines = source.lines
    before = next((n for n in range(min(line, len(lines)) - 1, -1, -1) if lines[n].strip()), line)
    for at in dict.fromkeys((line, before, context)):
        if 0 <= at < len(lines) and len(lines[at]) <= _LONGEST_LINE:
            upto = column if at == line else len(lines[at])
            yield from sign_slips.on(source, at, upto)
            yield from quote_slips.on(source, at, upto)
    yield from quote_slips.unclosed(source, line)


def _helps(lines: Sequence[str], slip: Slip, line: int) -> bool:
    """Whether the document can be read beyond a line when the slip is repaired."""
    last = len(lines) if slip.doubtful else max(line, slip.line)
    begin = next((n for n in range(min(line, slip.line), 0, -1) if lines[n].startswith("---")), 0)
    end = next((n for n in range(line + 1, len(lines)) if lines[n].startswith("---")), len(lines))
    tried = [*lines[begin : slip.line], slip.repaired, *lines[slip.line + 1 : min(end, last + 1 + _AHEAD)]]
    return reads_beyond(tried, last - begin)
