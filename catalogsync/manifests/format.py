"""Rewrites a manifest file in the house style: comments kept, order kept, meaning kept, twice the same.
Pure: text in, text out.

The file is read with the place of every value (`careful`), its comments are put to the values that they
stand above or beside, and all of it is written again (`write`). Before the text is given back it is read
once more and compared: a difference is a defect of ours and is refused.
"""

from __future__ import annotations

from catalogsync.core.diagnostics import Diagnostic, Path, Severity
from catalogsync.core.model import Kind
from catalogsync.manifests import positioned_parser
from catalogsync.manifests.comments import Marks
from catalogsync.manifests.positioned import CarefulDocument, CarefulFile
from catalogsync.manifests.source import SourceFile
from catalogsync.manifests.style import arrange
from catalogsync.manifests.write import Comments, document
from catalogsync.openmeter.kinds import KINDS


def format_text(source: SourceFile) -> tuple[str, tuple[Diagnostic, ...]]:
    """The file's text in the house style; the text as it was, with diagnostics, when it cannot be read."""
    read = positioned_parser.read(source)
    if read.diagnostics or not read.documents:
        return source.text, tuple(read.diagnostics)
    marks = Marks(source)
    ends = [one.line for one in read.documents[1:]] + [len(source.lines)]
    pairs = [
        (one.value, _attached(source, one, marks, end)) for one, end in zip(read.documents, ends, strict=True)
    ]
    kept = [(_arranged(value), comments) for value, comments in pairs if value is not None or comments.after]
    text = "---\n".join(document(value, comments) for value, comments in kept)
    if not _same(read, positioned_parser.read(SourceFile(source.name, text))):
        summary = f"{source.name} cannot be rewritten without a change of meaning; it is left as it is"
        hint = "please report this as a defect of catalogsync, with the file"
        return source.text, (Diagnostic("fmt-refused", Severity.ERROR, summary, source.ref(0, 0), hint=hint),)
    return text, ()


def _same(before: CarefulFile, after: CarefulFile) -> bool:
    """Whether both files say the same. Empty documents say nothing."""
    said, again = (
        [_arranged(one.value) for one in some.documents if one.value is not None] for some in (before, after)
    )
    return not after.diagnostics and said == again


def _arranged(value: object) -> object:
    """A document's value with its amounts and tier prices as the house writes them, in the order in which
    it was written.
    """
    kind = value.get("kind") if isinstance(value, dict) else None
    if isinstance(value, dict) and isinstance(kind, str) and kind in KINDS:
        return arrange(Kind(kind), value, reorder=False)
    return value


def _attached(source: SourceFile, one: CarefulDocument, marks: Marks, end: int) -> Comments:
    """Puts each comment, and one empty line where there are some, to the member or entry on its line, else
    to the next one below.
    """
    above: dict[Path, list[str]] = {}
    beside: dict[Path, str] = {}
    starts = _starts(one)
    first = starts[min(starts)] if starts else ()
    waiting: list[str] = []
    for line in range(one.line, end):
        comment, path = marks.comments.get(line), starts.get(line)
        if path is not None:
            if waiting:
                above[path] = waiting[1:] if waiting[0] == "" and path == first else waiting
                waiting = []
            if comment is not None:
                beside[path] = comment
        elif comment is not None:
            waiting.append(comment)
        elif not source.lines[line].strip() and waiting[-1:] != [""] and line not in marks.inside:
            waiting.append("")
    return Comments(above, beside, waiting[:-1] if waiting[-1:] == [""] else waiting)


def _starts(one: CarefulDocument) -> dict[int, Path]:
    """The outermost member or entry that starts on a line."""
    found: dict[int, Path] = {}
    entries = {path: place for path, place in one.values.items() if path and isinstance(path[-1], int)}
    for path, place in (*one.keys.items(), *entries.items()):
        if place.line not in found or len(path) < len(found[place.line]):
            found[place.line] = path
    return found
