"""Lines that begin a little beside the column of the lines that they belong to: which line, and which column the others have. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from catalogsync.core.diagnostics import Diagnostic, Related, Severity
from catalogsync.manifests.hints.trial import reads_beyond
from catalogsync.manifests.source import SourceFile

_LINE = re.compile(
    r"""(?P<indent>[ \t]*)(?P<dashes>(?:- +)*)(?:(?P<name>"[^"]*"|'[^']*'|[A-Za-z_$][\w$./-]*):(?= |$))?.*""",
    re.ASCII,
)
_FURTHEST = 3
"""A line that stands further away may be another mistake."""
_BEYOND = 40
"""Lines behind those that are moved that are read to see whether it helps."""


@dataclass(frozen=True, slots=True)
class _Line:
    """A line's number from 0, the columns of its `- ` signs and of its member, and the member's name ("" for none)."""

    number: int
    dashes: tuple[int, ...]
    member: int
    name: str

    @property
    def begin(self) -> int:
        return self.dashes[0] if self.dashes else self.member

    @property
    def title(self) -> str:
        return f"`- {self.name}`".replace(" `", "`") if self.dashes else f"`{self.name}`"

    def columns(self, *, entries: bool) -> tuple[int, ...]:
        """The columns at which a further entry, or member, can begin beside what is on this line."""
        return self.dashes if entries else (self.member,) if self.name else ()


@dataclass(frozen=True, slots=True)
class _Move:
    """A line that stands in the wrong column, with those that stand there because of it; the column that it belongs into, and a line that
    begins there.
    """

    line: _Line
    lines: range
    column: int
    beside: _Line

    @property
    def by(self) -> int:
        return self.column - self.line.begin


def off(source: SourceFile, at: int) -> Diagnostic | None:
    """What is said of a line, from 0, at which libyaml stops; None where no other column would help."""
    text = source.lines
    if not 0 <= at < len(text) or (line := _read(text, at)) is None:
        return None
    found: list[_Move] = []
    for move in _moves(text, line):
        is_new = all((move.line, move.column) != (other.line, other.column) for other in found)
        if is_new and _helps(text, move):
            found.append(move)
    return _said(source, line, found) if found else None


def depth(source: SourceFile, at: int) -> int | None:
    """In which column, from 0, a line belongs that is indented with tabs; None where that is not known."""
    text = source.lines
    tabs = text[at][: len(text[at]) - len(text[at].lstrip())]
    end = next((n for n in range(at + 1, len(text)) if not text[n].startswith(tabs)), len(text))
    bare = [*text[:at], *(one.removeprefix(tabs) for one in text[at:end]), *text[end:]]
    line = _read(bare, at)
    if line is None:
        return None
    before = next(_above(text, at), None)
    below = before is not None and before.number == at - 1 and text[before.number].rstrip().endswith(":")
    possible = [before.member + 2] if below and before is not None else []
    possible += [column for column, _ in _open(text, at, entries=bool(line.dashes))]
    return next((one for one in possible if _helps(bare, _Move(line, range(at, end), one, line))), None)


def _read(text: Sequence[str], number: int) -> _Line | None:
    """What a line says; None for one that is neither an entry of a list nor a member."""
    found = _LINE.fullmatch(text[number])
    if found is None or "\t" in found["indent"] or not (found["dashes"] or found["name"]):
        return None
    begin = len(found["indent"])
    dashes = tuple(begin + sign.start() for sign in re.finditer("-", found["dashes"]))
    return _Line(number, dashes, begin + len(found["dashes"]), (found["name"] or "").strip("\"'"))


def _above(text: Sequence[str], at: int) -> Iterator[_Line]:
    """The entries and members above a line in its document, the nearest first."""
    for number in range(at - 1, -1, -1):
        if text[number].startswith("---"):
            return
        if not text[number].lstrip().startswith("#") and (line := _read(text, number)) is not None:
            yield line


def _open(text: Sequence[str], at: int, *, entries: bool) -> Iterator[tuple[int, _Line]]:
    """The columns in which the objects, or lists, that are open above a line have their members, or entries; the innermost first."""
    limit = 1 << 30
    for line in _above(text, at):
        for column in reversed(line.columns(entries=entries)):
            if column < limit:
                yield column, line
        limit = min(limit, line.begin)


def _moves(text: Sequence[str], line: _Line) -> Iterator[_Move]:
    """What may be moved to where: the line to the nearest columns, or the one above it into its column."""
    entries = bool(line.dashes)
    found = list(_open(text, line.number, entries=entries))
    nearest = min((abs(column - line.begin) for column, _ in found), default=0)
    if not 0 < nearest <= _FURTHEST or (not entries and _lacks_its_sign(text, line)):
        return
    for column, beside in found:
        if abs(column - line.begin) != nearest or _is_text(text, line, column):
            continue
        if entries or line.name not in _names(text, line.number, column):
            yield from (_Move(line, lines, column, beside) for lines in _blocks(text, line))
    yield from _moves_above(text, line)


def _moves_above(text: Sequence[str], line: _Line) -> Iterator[_Move]:
    """The line above, where it may be the one that stands elsewhere: a member beside this one, or the first of its object."""
    above, parent, *_ = [*islice(_above(text, line.number), 2), line, line]
    if line.dashes or above.dashes or not 0 < abs(line.begin - above.begin) <= _FURTHEST:
        return
    lines = range(above.number, above.number + 1)
    if above.begin > line.begin:
        if parent.begin < line.begin and text[parent.number].rstrip().endswith(":"):
            yield _Move(above, lines, line.begin, line)
        return
    for column, beside in _open(text, above.number, entries=False):
        if column == line.begin and above.name not in _names(text, above.number, column):
            yield _Move(above, lines, column, beside)


def _lacks_its_sign(text: Sequence[str], line: _Line) -> bool:
    """Whether a member begins where the entries of a list do, with a name that the entry above has: another entry, without its `- `."""
    return any(
        column == line.begin and line.name in _names(text, line.number, beside.member)
        for column, beside in _open(text, line.number, entries=True)
    )


def _is_text(text: Sequence[str], line: _Line, column: int) -> bool:
    """Whether a line that is indented by a step may go on with the text of the line above."""
    said = text[line.number - 1].partition(": ")[2].strip() if line.number else ""
    return line.begin > column + 1 and " " in said and said[0] not in "{[\"'" and not line.dashes


def _names(text: Sequence[str], at: int, column: int) -> set[str]:
    """The names of the members that stand in a column above a line, in the innermost object there."""
    found = set()
    for line in _above(text, at):
        if line.member == column:
            found.add(line.name)
        if line.begin < column:
            break
    return found


def _blocks(text: Sequence[str], here: _Line) -> Iterator[range]:
    """Which lines stand in the wrong column: this one with what is below it, or those that follow in the same one too."""
    own = here.number + 1
    while own < len(text) and text[own].strip() and _indent(text[own]) > here.begin:
        own += 1
    all_of_it = own
    while all_of_it < len(text) and text[all_of_it].strip() and _indent(text[all_of_it]) >= here.begin:
        all_of_it += 1
    for end in dict.fromkeys((here.number + 1, own, all_of_it)):
        yield range(here.number, end)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _helps(text: Sequence[str], move: _Move) -> bool:
    """Whether the document can be read beyond the moved lines, and those that follow them, once they are moved."""
    begin = next((n for n in range(move.lines[0], 0, -1) if text[n].startswith("---")), 0)
    last = max(move.lines[-1], move.line.number)
    tried = [
        _moved(text[n], move.by) if n in move.lines else text[n]
        for n in range(begin, min(len(text), last + _BEYOND))
    ]
    return reads_beyond(tried, last + 1 - begin)


def _moved(line: str, by: int) -> str:
    return " " * by + line if by >= 0 else line[min(-by, _indent(line)) :]


def _said(source: SourceFile, line: _Line, moves: Sequence[_Move]) -> Diagnostic:
    sort = "entries" if line.dashes else "members"
    if len(moves) == 1:
        (move,) = moves
        summary, hint = f"the {sort} beside it in column {move.column + 1}", _to_do(move)
    else:
        summary = f"where no {'list' if line.dashes else 'object'} that is open here has its {sort}"
        hint = ", or ".join(_choice(move, line) for move in moves)
    return Diagnostic(
        "yaml-syntax",
        Severity.ERROR,
        f"not YAML: {line.title} begins in column {line.begin + 1}, {summary}",
        source.ref(line.number, line.begin, 1 if line.dashes else len(line.name)),
        hint=hint,
        related=tuple(
            Related(f"column {move.column + 1}", source.ref(move.beside.number, move.column))
            for move in moves
        ),
    )


def _to_do(move: _Move) -> str:
    spaces = f"{abs(move.by)} space{'s' if abs(move.by) > 1 else ''} {'more' if move.by > 0 else 'fewer'}"
    if len(move.lines) == 1:
        return f"begin it in column {move.column + 1}, with {spaces}"
    first, last = move.lines[0] + 1, move.lines[-1] + 1
    return f"begin it in column {move.column + 1}, and give lines {first} to {last} {spaces}"


def _choice(move: _Move, line: _Line) -> str:
    """One of several columns: with the line that shows whose it is."""
    what = "begin it" if move.line == line else f"begin {move.line.title} on line {move.line.number + 1}"
    return f"{what} in column {move.column + 1}, as {move.beside.title} on line {move.beside.number + 1}"
