"""What is not YAML is told in plain words: never in those of the parser."""

from __future__ import annotations

import re

import pytest

from catalogsync.core.diagnostics import Diagnostic
from catalogsync.manifests import positioned_parser
from catalogsync.manifests.source import SourceFile

SMALL = """\
kind: plan
name: "Pro: a plan"
phases:
  - key: trial
    price: {type: flat, amount: 5}
    tiers:
      - upToAmount: 5
        unitPrice: 'x'
  - key: one
metadata: {a: [1, 2]}
"""
PARSER = re.compile(
    r"did not find|could not find|expected|while (?:parsing|scanning)|mapping|collection|sequence|scalar|token|stream|indicator"
)


def problems(text: str) -> list[Diagnostic]:
    return positioned_parser.read(SourceFile("a.yaml", text)).diagnostics


SIGNS = ["", *" :'{}[],#@|x%&*!?>", '"', "\n", "\\", ": ", "- ", "? ", "---", "..."]


@pytest.mark.parametrize("sign", SIGNS)
def test_no_word_of_the_parser_is_repeated(sign: str) -> None:
    """Wherever a sign is typed too much, or (for none) left out."""
    told = [one for n in range(len(SMALL)) for one in problems(SMALL[:n] + sign + SMALL[n + (not sign) :])]
    assert told
    for one in told:
        said = [one.summary, one.hint, *(other.label for other in one.related)]
        assert not any(PARSER.search(text) for text in said), said
        assert one.hint, one


TABLE = {
    "key: a\nname\n": ((2, 1), "this line is not part of the text above it"),
    "k: [1, 2\nb: 3\n": ((1, 4), "what is opened here is not closed"),
    "a: 'x\nb: 3\n": ((1, 4), "this quotation mark has no other"),
    'a: "x\nb: 3\nc: 4\n': ((1, 4), "this quotation mark has no other"),
    'a: "\\q"\n': ((1, 5), "no such escape"),
    "a: 1\n}\n": ((2, 1), "`}` closes nothing"),
    "a: b\n- c\n": ((2, 1), "a list's entry among an object's members"),
    "{a: 1} x\n": ((1, 8), "something follows the end of the document"),
}


@pytest.mark.parametrize("text", TABLE)
def test_it_is_said_where_and_what(text: str) -> None:
    (one,) = problems(text)
    place, said = TABLE[text]
    assert one.where is not None and one.code == "yaml-syntax"
    assert (one.where.line, one.where.column) == place and said in one.summary
