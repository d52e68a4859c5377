"""The documents make a site: strictly, and with nothing that a browser would load from elsewhere."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("mkdocs", reason="the site needs `make site`: the extra `site`")
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built site."""
    folder = tmp_path_factory.mktemp("site")
    built = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "-d", str(folder)],
        cwd=ROOT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    return folder


def test_every_document_is_a_page(site: Path) -> None:
    for page in (ROOT / "docs").rglob("*.md"):
        built = site / page.relative_to(ROOT / "docs").with_suffix(".html")
        assert built.exists() or (page.name == "README.md" and (built.parent / "index.html").exists()), page
    assert {"changelog.html", "contributing.html", "security.html"} <= {one.name for one in site.iterdir()}


def test_nothing_is_loaded_from_elsewhere(site: Path) -> None:
    loaded = re.compile(
        r"""<(?:script|img|iframe|link rel="?(?:stylesheet|preconnect|icon)"?)[^>]*?(?:src|href)="?(?:https?:)?//[^"> ]*"""
    )
    for page in site.rglob("*.html"):
        assert loaded.findall(page.read_text("utf-8")) == [], page
        assert 'data-md-component="source"' not in page.read_text(
            "utf-8"
        )  # asks GitHub for stars and releases
    for sheet in site.rglob("*.css"):
        assert "url(http" not in sheet.read_text("utf-8"), sheet


def test_every_link_within_the_site_opens(site: Path) -> None:
    for page in site.rglob("*.html"):
        if page.name == "404.html":  # which is shown below any address
            continue
        for link in re.findall(r'href="([^"#?:]+)(?:#[^"]*)?"', page.read_text("utf-8")):
            target = page.parent / link
            assert target.is_file() or (target / "index.html").is_file(), f"{page.relative_to(site)}: {link}"


def test_the_search_finds_what_people_look_for(site: Path) -> None:
    found = json.loads((site / "search" / "search_index.json").read_text("utf-8"))["docs"]
    for words, page in {
        "fuse-price-move": "reference/codes.html",
        "Why a feature cannot change": "concepts/versions.html",
        "--usage-from": "reference/cli.html",
        "issueAfterReset": "reference/kinds/plan.html",
    }.items():
        assert any(
            words in f"{one['title']} {one['text']}" and one["location"].startswith(page) for one in found
        ), words


def test_a_bar_in_code_in_a_table_is_a_bar(site: Path) -> None:
    assert "\\|" not in (site / "reference" / "cli.html").read_text("utf-8")
