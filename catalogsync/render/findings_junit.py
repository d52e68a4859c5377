"""Diagnostics as JUnit XML: a test case for each, failed when it is an error."""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.etree import ElementTree as Xml

from catalogsync.core.diagnostics import Diagnostic
from catalogsync.render import findings_text
from catalogsync.render.findings_words import on_a_line
from catalogsync.render.paint import painter

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML cannot hold, not even escaped."""


_SKIPPED = frozenset({"step-skipped", "step-not-tried"})
"""Codes of what was left out, which is neither good nor bad."""


def render(diagnostics: Sequence[Diagnostic], verb: str = "validate") -> str:
    """One suite. Where there is nothing to tell it is one case that passed: a catalog that is valid, a plan without a change."""
    counts = {
        "tests": str(len(diagnostics) or 1),
        "failures": str(sum(one.is_error for one in diagnostics)),
        "errors": "0",
        "skipped": str(sum(one.code in _SKIPPED for one in diagnostics)),
    }
    root = Xml.Element("testsuites", name="catalogsync", attrib=counts)
    suite = Xml.SubElement(root, "testsuite", name="catalogsync", attrib=counts)
    if not diagnostics:
        Xml.SubElement(
            suite,
            "testcase",
            classname="catalog",
            name="valid" if verb == "validate" else f"{verb}: no change",
        )
    for one in diagnostics:
        _case(suite, one)
    Xml.indent(root)
    text = _NOT_XML.sub("\ufffd", Xml.tostring(root, encoding="unicode"))
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def _case(suite: Xml.Element, one: Diagnostic) -> None:
    place = f" {one.where}" if one.where else ""
    name = f"{one.code}{place} {on_a_line(one.summary)}"  # some readers keep one case of a name
    case = Xml.SubElement(suite, "testcase", classname=on_a_line(one.subject) or "catalog", name=name)
    if one.where:
        case.set("file", one.where.file)
        case.set("line", str(one.where.line))
    text = findings_text.render_one(one, painter(False))
    if one.code in _SKIPPED:
        Xml.SubElement(case, "skipped", message=on_a_line(one.summary)).text = text
    elif one.is_error:
        Xml.SubElement(case, "failure", type=one.code, message=on_a_line(one.summary)).text = text
    else:
        Xml.SubElement(case, "system-out").text = text
