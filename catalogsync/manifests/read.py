"""Files → documents, one file after the other: of each text there is, while it is read, one."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from catalogsync.core.diagnostics import Diagnostic, Severity
from catalogsync.manifests import files, positioned_parser
from catalogsync.manifests.comments import swallowed
from catalogsync.manifests.documents import Document, Reading
from catalogsync.manifests.fast_parser import Built
from catalogsync.manifests.positioned import CarefulDocument
from catalogsync.manifests.source import SourceFile
from catalogsync.manifests.source_map import DocumentOrigin, ReadFile

_NAME = re.compile(r"""\b(?:key|slug)["']?\s*:\s*["']?([A-Za-z0-9_-]+)""")


def documents(found: files.Found, reading: Reading, sources: Sequence[SourceFile] = ()) -> Iterator[Document]:
    """The documents of the files that were found, and of `sources` after them. What is wrong with files and with their YAML goes to `reading`."""
    reading.diagnostics.extend(found.diagnostics)
    reading.files = reading.files or any(one.is_error for one in found.diagnostics)
    for path in found.files:
        text = files.read(path)
        if isinstance(text, Diagnostic):
            reading.diagnostics.append(text)
            reading.files = True
        else:
            yield from _of_file(SourceFile(files.shown(path), text), reading)
    for source in sources:
        yield from _of_file(source, reading)


def _of_file(source: SourceFile, reading: Reading) -> Iterator[Document]:
    reading.read.append(source.name)
    built = reading.builder.build(source.text)
    if built is None:
        yield from _carefully(source, reading)
        return
    reading.diagnostics.extend(swallowed(source))
    if not built:
        reading.diagnostics.append(_empty(source, 0))
    file = _read_file(source, built, bytes(one.plain for one in built))
    for number, document in enumerate(built):
        if document.empty:
            reading.diagnostics.append(_empty(source, document.line))
        else:
            yield Document(DocumentOrigin(file, number), document.value)


def _read_file(
    source: SourceFile, documents: Sequence[Built | CarefulDocument], plain: bytes = b""
) -> ReadFile:
    bounds = array("L", [*(one.start for one in documents), len(source.text)])
    return ReadFile(source.packed(), bounds, plain)


def _carefully(source: SourceFile, reading: Reading) -> Iterator[Document]:
    read = positioned_parser.read(source)
    reading.diagnostics.extend(read.diagnostics)
    if read.diagnostics:
        reading.names |= names_in(source.text)
    if not read.broken:
        reading.diagnostics.extend(swallowed(source))
    if not read.documents and not read.diagnostics:
        reading.diagnostics.append(_empty(source, 0))
    lines = sorted(found.where.line - 1 for found in read.diagnostics if found.where)
    file = _read_file(source, read.documents)
    ends = [*(document.line for document in read.documents[1:]), len(source.lines)]
    for number, (document, end_line) in enumerate(zip(read.documents, ends, strict=False)):
        if document.empty:
            reading.diagnostics.append(_empty(source, document.line))
        elif isinstance(document.value, dict) or not document.trapped:
            faulty = bisect_left(lines, document.line) < bisect_left(lines, end_line)
            origin = DocumentOrigin(file, number)
            yield Document(origin, document.value, frozenset(document.trapped), faulty)


def names_in(text: str) -> set[str]:
    """What may be the key of an object in a text that is not a manifest."""
    return set(_NAME.findall(text))


def _empty(source: SourceFile, line: int) -> Diagnostic:
    what = "an empty document" if line else f"{source.name} holds no manifest"
    return Diagnostic("yaml-empty", Severity.WARNING, what, source.ref(line, 0), hint="take it out")
