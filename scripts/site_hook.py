"""What mkdocs needs to make a site of the documents as they are: they are written for the repository, where links lead to files and folders.

- A link out of docs/ leads to a page of the root (CHANGELOG.md), to a copy of the file in the site, or, for a folder, to the repository.
- A bar in code in a table is written `\\|` for GitHub; here it is a bar.
- Nothing is loaded from elsewhere: the theme's one script from the web is replaced by its copy in docs/assets.
"""

from __future__ import annotations

import posixpath
import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
ROOT_PAGES = {name.lower(): ROOT / name for name in ("CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md")}
"""Pages beside docs/ that are pages of the site too, by their names there."""
_LINK = re.compile(r"(\]\()([^)\s#]+)(#[^)\s]+)?(\))")
_FENCED = re.compile(r"(?ms)^( *```.*?^ *```)")
_CODE = re.compile(r"`[^`\n]*`")
_SHIM = "https://unpkg.com/iframe-worker/shim"
_SHIM_COPY = "assets/iframe-worker.js"


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Adds the pages of the root, and copies of the files that pages link to."""
    for name, source in ROOT_PAGES.items():
        files.append(File.generated(config, name, abs_src_path=str(source)))
    linked = {path for page in files.documentation_pages() for path in _linked(page.src_uri)}
    for path in sorted(linked):
        files.append(File.generated(config, _copy(path), abs_src_path=str(path)))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """The text of a page as the site has it."""
    at, repository = page.file.src_uri, str(config.extra["repository"])
    parts = _FENCED.split(markdown)
    return "".join(part if number % 2 else _prose(part, at, repository) for number, part in enumerate(parts))


def on_post_page(output: str, page: Page, config: MkDocsConfig) -> str:
    """The HTML of a page, with nothing from elsewhere, and with a name for the search."""
    named = output.replace(
        'data-md-component="search" role="dialog"',
        'data-md-component="search" role="dialog" aria-label="Search"',
    )
    return named.replace(_SHIM, posixpath.relpath(_SHIM_COPY, posixpath.dirname(page.url) or "."))


def on_post_template(output_content: str, template_name: str, config: MkDocsConfig) -> str:
    """The same for what is no page: 404.html."""
    return output_content.replace(_SHIM, _SHIM_COPY)


def _prose(text: str, at: str, repository: str) -> str:
    def link(found: re.Match[str]) -> str:
        return f"{found[1]}{_target(found[2], at, repository)}{found[3] or ''}{found[4]}"

    rows = (
        _CODE.sub(lambda code: code[0].replace("\\|", "|"), line) if line.startswith("|") else line
        for line in text.splitlines(keepends=True)
    )
    return _LINK.sub(link, "".join(rows))


def _resolved(target: str, at: str) -> Path:
    """The file of the repository that a link of a page leads to."""
    return Path(posixpath.normpath(ROOT_PAGES.get(at, DOCS / at).parent / target))


def _linked(at: str) -> list[Path]:
    """The files outside of docs/ that a page links to, but for pages of the site."""
    text = ROOT_PAGES.get(at, DOCS / at).read_text("utf-8")
    found = [_resolved(target, at) for _, target, _, _ in _LINK.findall(text) if "://" not in target]
    return [
        path
        for path in found
        if path.is_file() and DOCS not in path.parents and path not in ROOT_PAGES.values()
    ]


def _copy(path: Path) -> str:
    """Where the site keeps a file of the repository."""
    return f"files/{path.relative_to(ROOT)}"


def _target(target: str, at: str, repository: str) -> str:
    """Where a link leads in the site. One that leads nowhere stays, and mkdocs says so."""
    path = _resolved(target, at)
    if ":" in target or not path.exists():
        return target
    index = next((path / name for name in ("index.md", "README.md") if (path / name).is_file()), path)
    if DOCS in index.parents and index.is_file():
        return posixpath.relpath(index.relative_to(DOCS), posixpath.dirname(at) or ".")
    if path.is_dir():
        return f"{repository}/tree/main/{path.relative_to(ROOT)}"
    return posixpath.relpath(
        path.name.lower() if path in ROOT_PAGES.values() else _copy(path), posixpath.dirname(at) or "."
    )
