"""What people read is in plain words: messages, help, documents, docstrings. Every text of the package is listed and held against a list of
words that are out of use.
"""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "catalogsync"

OUT_OF_USE = {
    "wished": r"\bwish(?:ed|es)?\b",
    "told": r"(?<![`.])\btold\b(?!`)",
    "mend": r"\bmend(?:s|ed|ing)?\b",
    "heed": r"\bheed(?:s|ed|ing)?\b",
    "anew": r"\banew\b",
    "for ever": r"\bfor ?ever\b",
    "is off": r"\b(?:is|are|was|were) off\b",
    "put up with": r"\bputs? up with\b",
    "goes on from": r"\bgo(?:es)? on from\b",
    "nobody can be asked": r"\bnobody can be asked\b",
    "the way back": r"\bthe way back\b",
    "is no": r"(?<!there )(?<!nor )\b(?:is|are) no (?!longer\b|more\b|less\b|other\b|\w+er than\b)\w+",
}
"""A name for each habit, and how it is found."""
_FOREIGN = {
    "sandbox": "the server's own words",
    "_schemas": "the API's own descriptions",
    "_releases": "the API's own descriptions",
}


@functools.cache
def texts() -> tuple[tuple[str, str], ...]:
    return tuple(_texts())


@functools.cache
def pages() -> tuple[tuple[str, str], ...]:
    return tuple(_pages())


def _texts() -> Iterator[tuple[str, str]]:
    """Every text of the package's code with its place: messages, help, templates, docstrings."""
    for path in sorted(PACKAGE.rglob("*.py")):
        if _FOREIGN.keys() & set(path.relative_to(PACKAGE).parts):
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value:
                for number, line in enumerate(node.value.splitlines()):
                    yield f"{path.relative_to(ROOT)}:{node.lineno + number}", line


def _pages() -> Iterator[tuple[str, str]]:
    """Every line of the documents, the README and the templates; not of what the server's documents quote."""
    documents = (page for page in (ROOT / "docs").rglob("*.md") if page.parent.name != "server")
    files = [*documents, *ROOT.glob("*.md")]
    files += [
        *PACKAGE.rglob("*.html"),
        *PACKAGE.rglob("*.yml"),
        *(ROOT / "examples").rglob("*.yaml"),
        ROOT / "action.yml",
    ]
    for path in sorted(files):
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            yield f"{path.relative_to(ROOT)}:{number}", line


def found(name: str, source: Iterable[tuple[str, str]]) -> list[str]:
    pattern = re.compile(OUT_OF_USE[name], re.IGNORECASE)
    return [f"{place}: {line.strip()}" for place, line in source if pattern.search(line)]


@pytest.mark.parametrize("name", OUT_OF_USE)
def test_no_text_of_the_package_uses(name: str) -> None:
    assert found(name, texts()) == []


@pytest.mark.parametrize("name", OUT_OF_USE)
def test_no_document_uses(name: str) -> None:
    assert found(name, pages()) == []


@pytest.mark.parametrize(
    "line",
    [
        "you wished for it",
        "it is told",
        "`pro-plan` is no key",
        "Retries are off by 2.",
        "starts anew",
        "lasts for ever",
    ],
)
def test_the_list_finds(line: str) -> None:
    assert any(re.search(pattern, line, re.IGNORECASE) for pattern in OUT_OF_USE.values())


@pytest.mark.parametrize("line", ["there is no feature `a`", "it is no longer live", "a quota", "offline"])
def test_the_list_leaves(line: str) -> None:
    assert not any(re.search(pattern, line, re.IGNORECASE) for pattern in OUT_OF_USE.values())
