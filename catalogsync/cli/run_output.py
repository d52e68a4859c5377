"""One run of the run store, as `show RUN` prints it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from catalogsync.app import runs
from catalogsync.cli import options, outputs
from catalogsync.render import document, document_text, runs_json, runs_text


def is_run(name: Path) -> bool:
    """Whether a run is named, and not a file."""
    return runs.is_run(str(name)) and not name.exists()


def show_run(name: str, formats: Sequence[str]) -> None:
    """The run with its plan, as text or JSON. Raises UsageError for another format."""
    outputs.only_text_or_json(formats, "a run has")
    found = runs.show_run(name, (), options.runtime())

    def text(color: bool) -> str:
        parts = [runs_text.run(found.run, color=color)]
        if found.plan is not None:
            plan = document.of_plan(found.plan, digest=found.run.plan)
            parts.append(document_text.render(plan, color=color))
        return "\n".join(parts)

    outputs.write_text_or_json(formats, text, lambda: runs_json.run(found.run, found.plan, found.events))
