"""The output formats: one table, and what each entry has to be able to do. How one is added: docs/architecture.md#formats.

What a format needs is loaded when it is asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from catalogsync.render.document import Document


class Render(Protocol):
    """Makes text of a document. `color`: whether a terminal's colours are wanted, which only the text for people has. Pure."""

    def __call__(self, document: Document, *, color: bool) -> str: ...


@dataclass(frozen=True, slots=True)
class Format:
    """How a document is shown. `escape`: how a sign is written that the encoding of stdout lacks; "" shows a plainer one."""

    render: Render
    escape: Literal["", "json", "xml"] = ""


def _text(document: Document, *, color: bool) -> str:
    from catalogsync.render import document_text

    return document_text.render(document, color=color)


def _json(document: Document, *, color: bool) -> str:
    from catalogsync.core.canon import pretty

    return pretty(document.data())


def _markdown(document: Document, *, color: bool) -> str:
    from catalogsync.render import document_markdown

    return document_markdown.render(document)


def _html(document: Document, *, color: bool) -> str:
    from catalogsync.render import document_html

    return document_html.render(document)


def _sarif(document: Document, *, color: bool) -> str:
    from catalogsync.render import findings_sarif, results

    return findings_sarif.render(results.of(document))


def _junit(document: Document, *, color: bool) -> str:
    from catalogsync.render import findings_junit, results

    return findings_junit.render(results.of(document), document.verb)


def _github(document: Document, *, color: bool) -> str:
    from catalogsync.render import findings_github, results

    return findings_github.render(results.of(document))


FORMATS: Mapping[str, Format] = {
    "text": Format(_text),
    "json": Format(_json, "json"),
    "markdown": Format(_markdown),
    "html": Format(_html, "xml"),
    "sarif": Format(_sarif, "json"),
    "junit": Format(_junit, "xml"),
    "github": Format(_github),
}
"""Every format by the name that `--format` takes; the first one is the default."""
