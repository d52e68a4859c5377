"""Comments that accept a finding for a while: `# catalogsync: waive CODE until YYYY-MM-DD because REASON`.

A waiver stands anywhere in the document of the object that it is about, or above it, and covers that object's findings of that code.
"""

from __future__ import annotations

import datetime
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import yaml

from catalogsync.core.diagnostics import SourceRef
from catalogsync.core.model import Catalog, Ref
from catalogsync.manifests.comments import Marks
from catalogsync.manifests.source import SourceFile
from catalogsync.manifests.source_map import documents

_SIGN = "catalogsync:"
_FORM = re.compile(r"# *catalogsync: +waive +(\S+) +until +(\d{4}-\d\d-\d\d) +because +(\S.*)")


@dataclass(frozen=True, slots=True)
class Waiver:
    """One comment. `code` is empty when it does not have the form."""

    ref: Ref
    where: SourceRef
    code: str = ""
    until: datetime.date = datetime.date.max
    reason: str = ""


def read(catalog: Catalog) -> tuple[Waiver, ...]:
    """All waivers of the catalog's files."""
    files = {one.source.name: one.source for resource in catalog for one in documents(resource)}
    signed = sorted(name for name, source in files.items() if source.has_comments and _SIGN in source.text)
    starts: dict[str, dict[int, Ref]] = {name: {} for name in signed}
    for resource in catalog if signed else ():
        for one in documents(resource):
            if one.source.name in starts:
                starts[one.source.name][one.line] = resource.ref
    return tuple(waiver for name in signed for waiver in _of_file(files[name], starts[name]))


def _of_file(source: SourceFile, starts: dict[int, Ref]) -> Iterator[Waiver]:
    """None of a file that stops to be YAML somewhere: what is a comment there, and what is part of a text, cannot be known."""
    try:
        comments = Marks(source).comments
    except yaml.YAMLError:
        return
    begins = sorted(starts)
    for line, comment in sorted(comments.items()):
        if _SIGN not in comment:
            continue
        ref = starts[_document_of(source, begins, line)]
        where = source.ref(line, source.lines[line].index(comment), len(comment))
        match = _FORM.fullmatch(comment)
        try:
            yield (
                Waiver(ref, where, match[1], datetime.date.fromisoformat(match[2]), match[3].strip())
                if match
                else Waiver(ref, where)
            )
        except ValueError:
            yield Waiver(ref, where)


def _document_of(source: SourceFile, begins: Sequence[int], line: int) -> int:
    """The document that a line is in: the last one that began, unless only its end (`---`) lies between. `begins`: their first lines, sorted."""
    after = bisect_right(begins, line)
    if not after:
        return begins[0]
    before = begins[after - 1]
    if after < len(begins) and any(text.startswith("---") for text in source.lines[before + 1 : line]):
        return begins[after]
    return before
