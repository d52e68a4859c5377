"""A plan that is carried out from the command line: asked for, with its progress, stopped by a signal."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from catalogsync.cli import streams
from catalogsync.cli.signals import stop_asked
from catalogsync.core.errors import Refused
from catalogsync.core.report import RunReport
from catalogsync.render.progress import Progress

if TYPE_CHECKING:
    from catalogsync.app.apply import Ready


def carried_out(ready: Ready) -> RunReport:
    """Does it, with a line for each finished step, written over where a terminal can."""
    progress = Progress(
        len(ready.plan.steps), lambda text: streams.talk(text, nl=False), live=streams.is_live()
    )
    try:
        with stop_asked() as stop:
            return ready.carry_out(progress, stop)
    finally:
        progress.close()


def ask(question: str, refused: str, yes: str) -> None:
    """Asks on the terminal. Raises Refused for a no (`refused`), and where there is nobody to ask (`yes`: what --yes does)."""
    if not (streams.is_terminal(sys.stdin) and streams.is_terminal(sys.stderr)):
        raise Refused("there is no terminal to ask on", code="refused-unasked", hint=f"give --yes to {yes}")
    if not click.confirm(question, err=True):
        raise Refused(refused, code="refused-declined")
