"""What a verb has to say, written in each format that is asked for: to stdout, on a terminal by pages, or to a file."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from catalogsync.cli import streams
from catalogsync.core.canon import Json, pretty
from catalogsync.core.errors import InvalidCatalog, UsageError
from catalogsync.render.formats import FORMATS, Render

if TYPE_CHECKING:
    from catalogsync.render.document import Document
    from catalogsync.render.paint import Paint


def write_document(formats: Sequence[str], document: Document) -> None:
    """The document in each format asked for."""
    every = {name: partial(_rendered, one.render, document) for name, one in FORMATS.items()}

    def on_screen(paint: Paint) -> str:
        from catalogsync.render import document_text

        return document_text.render(document, paint=paint)

    write_outputs(formats, every, on_screen)


def _rendered(render: Render, document: Document, color: bool) -> str:
    return render(document, color=color)


@contextlib.contextmanager
def findings_of(formats: Sequence[str]) -> Iterator[None]:
    """Files with errors end the verb: what was found in them is written in each format asked for, but for the text, which stderr has."""
    try:
        yield
    except InvalidCatalog as problem:
        from catalogsync.app import places
        from catalogsync.render import document as documents

        found = documents.of_findings(problem.diagnostics, places.from_root())
        write_document([one for one in formats if one.partition("=")[0] != "text"], found)
        raise


def only_text_or_json(formats: Sequence[str], what: str, hint: str = "text and json") -> None:
    """Raises UsageError for another format. `what`: what has none, as `a run has`."""
    other = next((one for one in formats if one.partition("=")[0] not in ("text", "json")), None)
    if other is not None:
        raise UsageError(f"{what} no format {other}", hint=hint)


def write_text_or_json(
    formats: Sequence[str], text: Callable[[bool], str], to_json: Callable[[], Json]
) -> None:
    """Writes each asked format: text, which is given whether colour is wanted, or JSON."""
    write_outputs(formats, {"text": text, "json": lambda _color: pretty(to_json())})


def write_outputs(
    formats: Sequence[str],
    render: Mapping[str, Callable[[bool], str]],
    on_screen: Callable[[Paint], str] | None = None,
) -> None:
    """Renders each asked format: to stdout, or to the file it names. A renderer is given whether colour is wanted; `on_screen`, what renders
    the text where it is known that a terminal shows it.
    """
    from catalogsync.store import output

    for one in formats:
        name, to_file, file = one.partition("=")
        if to_file:
            output.write(Path(file), render[name](False))
        elif name == "text" and streams.is_terminal(sys.stdout):
            from catalogsync.cli import screen

            screen.show(on_screen or (lambda paint: render["text"](paint.color)))
        else:
            streams.data(render[name](streams.color(sys.stdout)), FORMATS[name].escape)
