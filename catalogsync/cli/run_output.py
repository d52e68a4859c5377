"""One run of the run store, as `show RUN` prints it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from catalogsync.app import runs
from catalogsync.app.requests import describe
from catalogsync.cli import options
from catalogsync.core.canon import dumps
from catalogsync.core.errors import UsageError
from catalogsync.render import document, document_text, runs_json, runs_text


def is_run(name: Path) -> bool:
    """Whether a run is named, and not a file."""
    return runs.is_run(str(name)) and not name.exists()


def show_run(name: str, formats: Sequence[str]) -> None:
    """The run with its plan, as text or JSON. Raises UsageError for another format."""
    other = [one for one in formats if one.partition("=")[0] not in ("text", "json")]
    if other:
        raise UsageError(f"a run has no format {other[0]}", hint="text and json")
    found = runs.show_run(name, (), options.runtime())

    def text(color: bool) -> str:
        told = runs_text.run(found.run, color=color)
        if found.plan is None:
            return told
        return (
            told
            + "\n"
            + document_text.render(document.of_plan(found.plan, describe, digest=found.run.plan), color=color)
        )

    options.write_outputs(
        formats,
        {
            "text": text,
            "json": lambda _: (
                dumps(runs_json.run(found.run, found.plan, found.events, describe), indent=2) + "\n"
            ),
        },
    )
