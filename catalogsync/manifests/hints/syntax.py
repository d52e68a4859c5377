"""What is not YAML at all: characters that it refuses, and what libyaml complains about. Pure."""

from __future__ import annotations

import re

import yaml

from catalogsync.core.diagnostics import Diagnostic, Related, Severity, SourceRef
from catalogsync.manifests.fast_parser import DEEPEST, UNUSUAL_CHARACTERS
from catalogsync.manifests.hints import columns, foreign_text, slips
from catalogsync.manifests.source import SourceFile

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")

_SAME_COLUMN = "the members of one object must start in the same column"
_COMPLAINTS = (
    (
        "mapping values are not allowed",
        "a second `: ` on this line, or a line that is indented too deep",
        "quote a value that holds `: `; or begin the line in the column of the members above",
    ),
    (
        "could not find expected ':'",
        "a line that is neither `name: value` nor an entry of a list",
        "write `name: value`, a space after the colon; a text of several lines is quoted or starts with `|`",
    ),
    ("did not find expected key", "no member of the object begins here", _SAME_COLUMN),
    (
        "did not find expected '-' indicator",
        "no entry of the list begins here",
        "the entries of one list must start in the same column, each with `- `",
    ),
    (
        "did not find expected ',' or",
        "what is opened here is not closed, or a comma is missing in it",
        "close what was opened with `[` or `{`, and part its entries with commas",
    ),
    (
        "block sequence entries are not allowed",
        "a list cannot begin here",
        "start the list on the line after the name",
    ),
    (
        "found unexpected end of stream",
        "what begins here does not end",
        "close the quotation mark or bracket that was opened",
    ),
    (
        "found character that cannot start any token",
        "a text without quotes cannot start with this character",
        "quote a text that starts with this character",
    ),
    (
        "invalid Unicode character escape",
        "this escape is not a character",
        "write the character itself; YAML has no surrogate pairs as JSON has",
    ),
    (
        "found unknown escape character",
        "YAML has no such escape",
        "in double quotes a backslash is written twice; or use single quotes",
    ),
    (
        "document start",
        "something follows the end of the document",
        "start a further document with a line `---`",
    ),
    ("block mapping", "no member of the object begins here", _SAME_COLUMN),
    (
        "did not find expected node content",
        "a value is missing here, or a `[`, `{` or comma is too much",
        "write the value, or take the sign away",
    ),
    (
        "did not find expected comment or line break",
        "nothing may follow `|` or `>` on its line",
        "begin the text on the next line, or put it in quotes",
    ),
    (
        "found unexpected ':'",
        "a name is missing before this colon",
        "write `name: value` between `{` and `}`",
    ),
    (
        "directive",
        "a line that begins with `%` is a command to YAML readers",
        "put the text in quotes, or remove it",
    ),
    (
        "expected alphabetic or numeric character",
        "`&` and `*` name a value to be repeated by reference, and no name follows",
        "put a text that begins with such a sign in quotes; an entry of a list begins with `- `",
    ),
    ("while scanning a tag", "`!` begins a YAML tag", "put a text that begins with it in quotes"),
    (
        "found unexpected document indicator",
        "a text in quotation marks is not closed",
        "close the quotation mark that was opened",
    ),
    ("non-alphabetical character", "a text cannot begin with `%`", "quote a text that begins with `%`"),
    ("mapping keys are not allowed", "a text cannot begin with `?`", "quote a text that begins with `?`"),
    ("did not find expected whitespace", "`!` begins a YAML tag", "quote a text that begins with `!`"),
)
"""What libyaml says, what that means, and what to do."""
_UNREADABLE = (
    "something here means something else to YAML than it seems",
    "put a text with signs in it in quotes",
)
_BEGINS = (
    ("block mapping", "the object begins here"),
    ("block collection", "the list begins here"),
    ("flow", "opened here"),
    ("quoted scalar", "the text begins here"),
    ("block scalar", "the text begins here"),
)
"""What libyaml says of where it was."""


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


def _in_words(said: str, rest: str) -> tuple[str, str]:
    """A complaint in plain words, and what to do about it; `rest` is the line from its place on."""
    if "did not find expected key" in said and rest[:1] in ("}", "]"):
        return f"`{rest[:1]}` closes nothing", f"take `{rest[:1]}` away, or open what it closes"
    if "did not find expected key" in said and rest.startswith("- "):
        return (
            "a list's entry among an object's members",
            "write `- ` before the first entry too, or none here",
        )
    return next(((meant, hint) for text, meant, hint in _COMPLAINTS if text in said), _UNREADABLE)


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
        label = next((begins for text, begins in _BEGINS if text in doing), "see here")
        related = (Related(label, source.ref(context.line, context.column)),)
    meant, hint = _in_words(f"{said} {doing}", line[mark.column :])
    return Diagnostic(
        "yaml-syntax",
        Severity.ERROR,
        f"not YAML: {meant}",
        source.ref(mark.line, mark.column),
        hint=hint,
        related=related,
    )
