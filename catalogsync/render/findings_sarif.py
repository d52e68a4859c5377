"""Diagnostics as SARIF 2.1.0, for code scanning."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from catalogsync import __version__
from catalogsync.codes import CODES
from catalogsync.core.canon import Body, pretty
from catalogsync.core.diagnostics import Diagnostic, SourceRef
from catalogsync.render.findings_words import message, on_a_line

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def render(diagnostics: Sequence[Diagnostic]) -> str:
    """One run of one tool: a rule for each code that occurs, a result for each diagnostic."""
    codes = sorted({one.code for one in diagnostics})
    rules = [_rule(code) for code in codes]
    results = [_result(one, codes.index(one.code)) for one in diagnostics]
    driver = {"name": "catalogsync", "version": __version__, "rules": rules}
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return pretty({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]})


def _rule(code: str) -> Body:
    found = CODES.get(code)
    rule: dict[str, object] = {"id": code}
    if found is not None:
        rule["shortDescription"] = {"text": found.title}
        rule["fullDescription"] = {"text": found.why}
        rule["help"] = {"text": f"Instead: {found.instead}"}
    return rule


def _result(one: Diagnostic, index: int) -> Body:
    result: dict[str, object] = {
        "ruleId": one.code,
        "ruleIndex": index,
        "level": str(one.severity),
        "message": {"text": on_a_line(message(one))},
    }
    if one.where is not None:
        result["locations"] = [{"physicalLocation": _place(one.where)}]
    if one.related:
        result["relatedLocations"] = [
            {"physicalLocation": _place(other.where), "message": {"text": on_a_line(other.label)}}
            for other in one.related
        ]
    return result


def _place(where: SourceRef) -> Body:
    region = {
        "startLine": where.line,
        "startColumn": where.column,
        "endColumn": where.column + max(1, where.width),
    }
    return {"artifactLocation": _artifact(where.file), "region": region}


def _artifact(file: str) -> dict[str, str]:
    """A file as a URI: below the root of the sources, or from the root of the disk when it was named so."""
    if Path(file).is_absolute():
        return {"uri": Path(file).as_uri()}
    return {"uri": quote(file), "uriBaseId": "%SRCROOT%"}
