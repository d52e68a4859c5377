"""Every citation of a page of docs/ opens: the page is there, and so is the anchor. Links between the pages do too."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SERVER = ROOT / "docs" / "server"
FOLDERS = ("catalogsync", "tests", "docs", "benchmarks", "examples", "schemas")
TEXTS = {".py", ".md", ".yaml", ".yml", ".json", ".toml", ".sh", ".jinja", ".html"}

_CITATION = re.compile(r"\b(docs/[\w./-]+\.md)(#[\w-]+(?:, #[\w-]+)*)")
"""A page and its anchor: `docs/server/plans.md#publish`. Further anchors of the page may follow, each after a comma and a blank."""
_LINK = re.compile(r"\]\(([^)\s#]*)(?:#([^)\s]+))?\)")
_ANCHOR = re.compile(r'<a id="([^"]+)"></a>')
_HEADING = re.compile(r"(?m)^#{1,6} +(.+?) *$")
_FENCED = re.compile(r"(?ms)^ *```.*?^ *```")
_LEFT = re.compile(r"\bsemantics[-]\w|\bsemantics [§]|\bdesign [§]|(?<!RFC \d{4} )[§]\d")
"""Citations of documents that are not in the project, and of sections by their number."""


def texts(root: Path) -> Iterator[Path]:
    """The product's text files: those at the root and in its folders."""
    yield from (path for path in sorted(root.iterdir()) if path.is_file() and path.suffix in TEXTS)
    for folder in FOLDERS:
        yield from (
            path for path in sorted((root / folder).rglob("*")) if path.is_file() and path.suffix in TEXTS
        )


def anchors(page: Path) -> list[str]:
    """The anchors that a page declares, and those that its headings make."""
    text = _FENCED.sub("", page.read_text("utf-8"))
    slugs = [re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in _HEADING.findall(text)]
    return [*_ANCHOR.findall(text), *slugs]


def declared(page: Path) -> list[str]:
    """The anchors that a page declares itself: they stay when a heading is reworded."""
    return _ANCHOR.findall(page.read_text("utf-8"))


def unopened_citations(root: Path) -> list[str]:
    """`file: citation` for every citation whose page or declared anchor is missing."""
    missing = []
    for path in texts(root):
        for page, names in _CITATION.findall(path.read_text("utf-8")):
            cited = root / page
            known = declared(cited) if cited.is_file() else []
            missing += [
                f"{path.relative_to(root)}: {page}{name}"
                for name in names.split(", ")
                if name.removeprefix("#") not in known
            ]
    return missing


def unopened_links(root: Path) -> list[str]:
    """`file: link` for every link of a page of docs/ to a file of the project, or to an anchor, that is not there."""
    missing = []
    for path in sorted((root / "docs").rglob("*.md")):
        for target, anchor in _LINK.findall(_FENCED.sub("", path.read_text("utf-8"))):
            if "://" in target or target.startswith("mailto:"):
                continue
            page = path.parent / target if target else path
            known = declared if page.parent.name == "server" else anchors
            if not page.exists() or (anchor and page.suffix == ".md" and anchor not in known(page)):
                missing.append(f"{path.relative_to(root)}: {target}{'#' if anchor else ''}{anchor}")
    return missing


def left_over(root: Path) -> list[str]:
    """`file:line: text` for every citation of a document that is not in the project."""
    return [
        f"{path.relative_to(root)}:{number}: {line.strip()}"
        for path in texts(root)
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if _LEFT.search(line)
    ]


def test_every_citation_opens() -> None:
    assert unopened_citations(ROOT) == []


def test_every_link_between_pages_opens() -> None:
    assert unopened_links(ROOT) == []


def test_nothing_cites_a_document_that_is_not_here() -> None:
    assert left_over(ROOT) == []


@pytest.mark.parametrize("page", sorted(SERVER.glob("*.md")), ids=lambda page: page.stem)
def test_a_page_on_the_server_has_one_anchor_above_each_heading(page: Path) -> None:
    text = _FENCED.sub("", page.read_text("utf-8"))
    bare = [head for above, head in re.findall(r"(?m)(?:^(<a .*></a>)\n\n)?^(#{1,6} .+)$", text) if not above]
    assert bare == []
    assert sorted(declared(page)) == sorted(set(declared(page)))


def test_the_index_names_every_page() -> None:
    linked = {target for target, _ in _LINK.findall((SERVER / "README.md").read_text("utf-8"))}
    assert {page.name for page in SERVER.glob("*.md")} - linked == {"README.md"}


@pytest.mark.parametrize(
    ("line", "missing"),
    [
        ("{plans.md}#publish", ""),
        ("({plans.md}#publish, #list; {plans.md}#plans).", ""),
        ("{plans.md}#publishing", "plans.md#publishing"),
        ("{plans.md}#publish, #lists", "plans.md#lists"),
        ("{plan.md}#publish", "plan.md#publish"),
    ],
)
def test_a_citation_that_does_not_open_is_found(tmp_path: Path, line: str, missing: str) -> None:
    project(tmp_path, line.replace("{", "docs/server/").replace("}", ""))
    assert unopened_citations(tmp_path) == (
        [f"catalogsync/module.py: docs/server/{missing}"] if missing else []
    )


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("semantics{-}meters, the table", True),
        ("(design {§}4)", True),
        ("as the server has it ({§}2.4)", True),
        ("RFC 9110 {§}10.2.3", False),
        ("the semantics of a rule, by design", False),
    ],
)
def test_a_citation_of_another_document_is_found(tmp_path: Path, line: str, found: bool) -> None:
    said = line.replace("{", "").replace("}", "")
    project(tmp_path, said)
    assert left_over(tmp_path) == ([f"catalogsync/module.py:1: {said}"] if found else [])


@pytest.mark.parametrize(
    ("link", "opens"),
    [
        ("#list", True),
        ("#lists", False),
        ("addons.md", True),
        ("addon.md", False),
        ("addons.md#addons", True),
        ("addons.md#plans", False),
    ],
)
def test_a_link_that_does_not_open_is_found(tmp_path: Path, link: str, opens: bool) -> None:
    project(tmp_path, "")
    page = tmp_path / "docs" / "server" / "plans.md"
    page.write_text(f"{page.read_text('utf-8')}\n[there]({link})\n", "utf-8")
    assert unopened_links(tmp_path) == ([] if opens else [f"docs/server/plans.md: {link}"])


def project(root: Path, line: str) -> None:
    """A project of one module that says `line`, with two pages on the server."""
    for folder in ("catalogsync", "docs/server"):
        (root / folder).mkdir(parents=True)
    (root / "catalogsync" / "module.py").write_text(line, "utf-8")
    page = '<a id="plans"></a>\n\n# Plans\n\n<a id="publish"></a>\n\n## Publish\n\n<a id="list"></a>\n\n## List\n'
    (root / "docs" / "server" / "plans.md").write_text(page, "utf-8")
    (root / "docs" / "server" / "addons.md").write_text('<a id="addons"></a>\n\n# Add-ons\n', "utf-8")
