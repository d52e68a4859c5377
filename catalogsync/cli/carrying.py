"""A plan that is carried out from the command line: asked for, with its progress, stopped by a signal."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from catalogsync.app import places
from catalogsync.app.fuses import only_fuses
from catalogsync.cli import outputs, screen, streams
from catalogsync.cli.signals import stop_asked
from catalogsync.core.errors import FusesBlown, Interrupted, InvalidCatalog, Refused
from catalogsync.core.report import RunReport
from catalogsync.render import document, document_text, plan_words
from catalogsync.render.progress import Progress

if TYPE_CHECKING:
    from catalogsync.app.apply import Ready
    from catalogsync.app.review import Review
    from catalogsync.targets.v1 import Call


def carried_out(ready: Ready) -> RunReport:
    """Does it: watched on a terminal that can be written over, with a line for each finished step elsewhere."""
    if ready.plan.steps and streams.is_live():
        return _watched(ready)
    with stop_asked() as stop:
        return ready.carry_out(Progress(len(ready.plan.steps), streams.talk), stop)


def _watched(ready: Ready) -> RunReport:
    from catalogsync.cli import live
    from catalogsync.render.apply_view import ApplyView

    view, client = ApplyView(plan_words.address(ready.plan.target), ready.plan.steps), ready.server.client

    def called(call: Call) -> None:
        view.called(call.status, call.milliseconds)

    client.observers.append(called)
    try:
        with stop_asked(lambda: live.leave(view)) as stop, live.drawn(view, client.pace, stop):
            return ready.carry_out(view.ended, stop, view)
    finally:
        client.observers.remove(called)


def show(ready: Ready, review: Review, formats: Sequence[str], *, asks: bool = False) -> None:
    """Shows on stderr what is about to be carried out, where the text is asked for and wherever a question follows (`asks`): nobody agrees to
    what was not shown. Raises InvalidCatalog for a plan that cannot be.
    """
    plan = ready.plan
    if plan.blocked:
        raise (FusesBlown if only_fuses(plan) else InvalidCatalog)(plan.diagnostics)
    if "text" not in formats and not (asks and not plan.is_empty):
        return
    proposed = document.of_plan(plan, review=review, digest=ready.digest)
    if plan.is_empty:  # the report says so
        proposed = replace(proposed, summary="")
    streams.always(document_text.render(proposed, paint=screen.paint(sys.stderr)), nl=False)


def report_run(ready: Ready, report: RunReport, review: Review, formats: Sequence[str]) -> int:
    """Shows what was done in each format; gives the exit code."""
    if ready.recording is not None:
        streams.talk(ready.recording.summary())
    outputs.write_document(
        formats, document.of_run(report, review=review, seen=places.from_root(), digest=ready.digest)
    )
    return 0 if report.complete else 130 if report.interrupted else 4


def ask(question: str, refused: str, yes: str) -> None:
    """Asks on the terminal. Raises Refused for a no (`refused`), and where there is nobody to ask (`yes`: what --yes does)."""
    if not (streams.is_terminal(sys.stdin) and streams.is_terminal(sys.stderr)):
        raise Refused("there is no terminal to ask on", code="refused-unasked", hint=f"give --yes to {yes}")
    try:
        agreed = click.confirm(question, err=True)
    except click.Abort:
        streams.always("")  # the question's line
        raise Interrupted(f"{refused}: the question got no answer") from None
    if not agreed:
        raise Refused(refused, code="refused-declined")
