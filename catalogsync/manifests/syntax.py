"""What is not YAML at all: characters that it refuses, and what libyaml complains about. Pure."""

from __future__ import annotations

import re

import yaml

from catalogsync.core.diagnostics import Diagnostic, Related, Severity, SourceRef
from catalogsync.manifests import columns, foreign_text, slips
from catalogsync.manifests.fast_parser import DEEPEST, UNUSUAL_CHARACTERS
from catalogsync.manifests.source import SourceFile

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")

_SYNTAX_HINTS = (
    (
        "mapping values are not allowed",
        "quote a value that holds `: `; or is this line indented too deep?",
    ),
    (
        "could not find expected ':'",
        "write `name: value`, a space after the colon; a text of several lines is quoted or starts with `|`",
    ),
    ("did not find expected key", "the members of one object must start in the same column"),
    (
        "did not find expected '-' indicator",
        "the entries of one list must start in the same column, each with `- `",
    ),
    (
        "did not find expected ',' or",
        "close what was opened with `[` or `{`, and part its entries with commas",
    ),
    ("block sequence entries are not allowed", "start the list on the line after the name"),
    ("found unexpected end of stream", "close the quotation mark or bracket that was opened"),
    ("found character that cannot start any token", "quote a text that starts with this character"),
    (
        "invalid Unicode character escape",
        "write the character itself; YAML has no surrogate pairs as JSON has",
    ),
    ("found unknown escape character", "in double quotes a backslash is written twice; or use single quotes"),
    ("did not find expected <document start>", "start a further document with a line `---`"),
    ("document start", "start a further document with a line `---`"),
    ("block mapping", "the members of one object must start in the same column"),
    ("found unexpected document indicator", "close the quotation mark that was opened"),
    (
        "alphabetic or numeric character",
        "quote a text that begins with `*`, `&` or `!`; an entry of a list begins with `- `",
    ),
    (
        "did not find expected comment or line break",
        "a text after `|` or `>` begins on the line below; or quote the text",
    ),
    ("did not find expected node content", "a value is missing here, or this character is one too many"),
    (
        "found unexpected ':'",
        "a name stands before the colon, and a space after it; quote a text that begins with a colon",
    ),
    ("non-alphabetical character", "quote a text that begins with `%`"),
    ("directive", "quote a text that begins with `%`"),
    ("mapping keys are not allowed", "quote a text that begins with `?`"),
    ("did not find expected whitespace", "quote a text that begins with `!`"),
)


_UNCLOSED = "did not find expected ',' or"
_BEGUN = (
    "found unexpected end of stream",
    "found unexpected document indicator",
    "could not find expected ':'",
)
"""Complaints that are best placed where the unfinished thing begins."""


def odd_character(source: SourceFile) -> Diagnostic | None:
    """Characters that YAML refuses, or that YAML 1.1 and 1.2 take differently."""
    text = source.text
    if found := _CONTROL.search(text):
        code, number = ("yaml-nul" if found[0] == "\0" else "yaml-control-character"), ord(found[0])
        summary, hint = (
            f"the file holds the control character U+{number:04X}",
            "take it out; is this a text file?",
        )
    elif found := UNUSUAL_CHARACTERS.search(text):
        if found[0] == "\ufeff":
            code, summary = "yaml-bom", "a byte order mark (U+FEFF) inside the file"
            hint = "take it out; it came in when files were joined"
        else:
            code, summary = (
                "yaml-line-separator",
                f"U+{ord(found[0]):04X} ends a line for some YAML readers only",
            )
            hint = f'write it as "\\u{ord(found[0]):04x}" in double quotes'
    else:
        return None
    return Diagnostic(code, Severity.ERROR, summary, source.ref_at(found.start()), hint=hint)


def _hint(said: str, rest: str) -> str:
    """What to do about a complaint; `rest` is the line from its place on."""
    if "did not find expected key" in said and rest[:1] in ("}", "]"):
        return f"take `{rest[:1]}` away, or open what it closes"
    if "did not find expected key" in said and rest.startswith("- "):
        return "a list's entry among an object's members: does the first entry lack its `- `?"
    return next((hint for text, hint in _SYNTAX_HINTS if text in said), "")


def too_deep(where: SourceRef) -> Diagnostic:
    """Values nested deeper than any manifest."""
    summary = f"values are nested more than {DEEPEST} deep"
    return Diagnostic("yaml-too-deep", Severity.ERROR, summary, where, hint="no manifest is nested that deep")


def _tab(source: SourceFile, line: int) -> Diagnostic:
    text = source.lines[line]
    column = columns.depth(source, line) if "\t" in text[: len(text) - len(text.lstrip())] else None
    hint = (
        "indent with spaces"
        if column is None
        else f"write {column} spaces before `{text.split(':')[0].strip()}`"
    )
    return Diagnostic(
        "yaml-tab", Severity.ERROR, "a tab stands where YAML allows spaces only",
        source.ref(line, text.index("\t")), hint=hint,
    )  # fmt: skip


def _explained(source: SourceFile, line: int, column: int, context: int) -> Diagnostic | None:
    """The complaint in words about its cause, where that is known."""
    if (foreign := foreign_text.find(source, line, context)) is not None:
        return foreign
    slip = slips.explain(source, line, column, context)
    if slip is None:
        return None
    where = source.ref(slip.line, slip.column, slip.width)
    return Diagnostic("yaml-syntax", Severity.ERROR, f"not YAML: {slip.summary}", where, hint=slip.hint)


def syntax(source: SourceFile, problem: yaml.YAMLError) -> Diagnostic:
    """What libyaml complains about, in our words and with its place."""
    mark = getattr(problem, "problem_mark", None)
    context = getattr(problem, "context_mark", None)
    said = getattr(problem, "problem", None) or str(problem)
    mark = mark or context
    if mark is None:
        return Diagnostic("yaml-syntax", Severity.ERROR, f"not YAML: {said}", source.ref(0, 0))
    if "nesting depth" in said:
        return too_deep(source.ref(mark.line, mark.column))
    line = source.lines[mark.line] if mark.line < len(source.lines) else ""
    indent = line[: len(line) - len(line.lstrip())]
    if "\t" in indent or line[mark.column : mark.column + 1] == "\t":
        return _tab(source, mark.line)
    begun = context.line if context is not None else mark.line
    explained = _explained(source, mark.line, mark.column, begun) or columns.off(source, mark.line)
    if explained is not None:
        return explained
    doing = str(getattr(problem, "context", None) or "")
    related: tuple[Related, ...] = ()
    if context is not None and (said in _BEGUN or (_UNCLOSED in said and context.line != mark.line)):
        mark = context
    elif context is not None and (context.line, context.column) != (mark.line, mark.column):
        related = (Related(doing or "see here", source.ref(context.line, context.column)),)
    hint = _hint(said, line[mark.column :])
    return Diagnostic(
        "yaml-syntax",
        Severity.ERROR,
        f"not YAML: {said}",
        source.ref(mark.line, mark.column),
        hint=hint,
        related=related,
    )
