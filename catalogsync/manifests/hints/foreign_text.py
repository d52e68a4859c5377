"""Lines that belong to another tool than YAML: marks of a merge conflict, of a template, of Markdown. Pure."""

from __future__ import annotations

import re
from dataclasses import replace

from catalogsync.core.diagnostics import Diagnostic, Severity
from catalogsync.manifests.source import SourceFile

_CONFLICT = re.compile(r"(?:<{7}|>{7}|\|{7})(?: .*)?|={7}")
_FENCE = re.compile(r"(?:```+|~~~+)[\w-]*\s*")
_TEMPLATE = re.compile(r"\{\{|\{%|<%|\$\{(?=[A-Za-z_])|\$\((?=[A-Za-z_])")
_HINT = "write the value itself; what differs between environments belongs into an overlay"
_VALUES = frozenset("manifest-wrong-form manifest-wrong-type manifest-unknown-value duration-invalid".split())
"""Codes of errors about a value."""


def find(source: SourceFile, line: int, context: int) -> Diagnostic | None:
    """What explains a complaint about a line (from 0), or about what began at the line `context`; None where nothing does."""
    lines = source.lines
    for at in range(min(line + 1, len(lines))):
        if _CONFLICT.fullmatch(lines[at]) and (at in (line, context) or lines[at][0] in "<>"):
            return _conflict(source, at)
        if _FENCE.fullmatch(lines[at]):
            hint = "remove it, and all around it that is not YAML"
            where = source.ref(at, 0, len(lines[at].rstrip()))
            return Diagnostic("yaml-syntax", Severity.ERROR, "not YAML: a mark of Markdown", where, hint=hint)
    for at in dict.fromkeys((line, context)):
        found = _TEMPLATE.search(lines[at]) if at < len(lines) else None
        if found and not source.hides(at, found.start()):
            return template(source, at, found.start())
    return None


def explained(one: Diagnostic) -> Diagnostic:
    """The error, with the template that stands in place of a value which was to be filled in."""
    where = one.where
    if where is None or one.code not in _VALUES:
        return one
    found = _TEMPLATE.search(where.text[where.column - 1 : where.column - 1 + where.width])
    return one if found is None else replace(one, detail="Nothing is filled into a manifest.", hint=_HINT)


def _conflict(source: SourceFile, at: int) -> Diagnostic:
    left = dict.fromkeys(line[:7] for line in source.lines if _CONFLICT.fullmatch(line))
    marks = " and ".join(filter(None, (", ".join(f"`{one}`" for one in [*left][:-1]), f"`{[*left][-1]}`")))
    return Diagnostic(
        "yaml-conflict",
        Severity.ERROR,
        "a mark of a merge that is not finished",
        source.ref(at, 0, len(source.lines[at])),
        hint=f"keep the lines of one side, remove the others and each line that begins with {marks}",
    )


def template(source: SourceFile, line: int, column: int) -> Diagnostic:
    """What is said of a place that something is to be filled into."""
    text = source.lines[line][column:]
    mark = text[:2]
    control = re.match(r"\{%|\{\{-? *(?:if|else|end|range|with|define|include|template)\b", text)
    return Diagnostic(
        "yaml-template",
        Severity.ERROR,
        f"`{mark}` belongs to a template: nothing is filled into a manifest",
        source.ref(line, column, len(mark)),
        hint="remove it" if control else _HINT,
    )
