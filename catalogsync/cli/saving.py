"""What becomes of a plan that was made: shown, saved to a file and kept with what it was made of in the run store; or why it cannot be applied."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from catalogsync.app import places
from catalogsync.app import plan as plans
from catalogsync.app.fuses import only_fuses
from catalogsync.app.plan import Proposal
from catalogsync.app.recording import keep_proposal
from catalogsync.app.runtime import Runtime
from catalogsync.cli import outputs, screen, streams
from catalogsync.core.errors import Refused
from catalogsync.core.plan import Plan
from catalogsync.core.wording import counted
from catalogsync.render import document
from catalogsync.store import output, planfile

if TYPE_CHECKING:
    from catalogsync.app.try_meter import TryReport


def show_and_save(
    plan: Plan,
    made_of: Proposal | None,
    out: Path | None,
    formats: Sequence[str],
    runtime: Runtime,
    *,
    unproven: bool,
    tried: TryReport | None = None,
    summary: str = "",
) -> int:
    """Shows a plan in each format and writes it to `out` (`-`: stdout); gives the exit code: 0, or 1 or 3 for a plan that cannot be applied, of
    which nothing is written. `made_of`: None where it is not known what the plan was made of; `unproven`: the person accepts a failed
    rehearsal; `tried`: its meters on events; `summary`: in place of the plan's own.

    Raises Refused for a failed rehearsal, and for a plan to be saved that holds a secret itself.
    """
    failed = tried is not None and tried.failed
    text = ""
    if out is not None and not (plan.blocked or failed or plans.failed_rehearsal(plan, unproven=unproven)):
        plan = replace(plan, created=plan.created or runtime.now())
        text = _text_of(plan, runtime, out.parent)
    digest = planfile.digest_of(text) if text else ""
    shown = document.of_plan(plan, seen=places.from_root(), trials=tried, digest=digest)
    outputs.write_document(formats, replace(shown, summary=summary or shown.summary))
    if tried is not None:
        screen.say(tried.diagnostics)
    if plan.blocked:
        _say_blocked(plan, formats)
        return 3 if only_fuses(plan) else 1
    if failed:
        return 1
    plans.refuse_unproven(plan, unproven=unproven)
    if out is not None:
        _save(plan, out, made_of, runtime, text)
    return 0


def _text_of(plan: Plan, runtime: Runtime, folder: Path) -> str:
    """What is to be saved, made before the plan is shown, so that its digest can be; "" for a plan that cannot be saved: `_save` says why."""
    try:
        return plans.to_text(plan, runtime, folder)
    except Refused:
        return ""


def _save(plan: Plan, out: Path, made_of: Proposal | None, runtime: Runtime, text: str) -> None:
    text = text or plans.to_text(plan, runtime, out.parent)
    if out == Path("-"):
        streams.data(text, "json")
    else:
        output.write(out, text)
        streams.talk(f"saved: {out}")
    not_kept = keep_proposal(text, made_of, runtime) if made_of is not None else ""
    if not_kept:
        streams.talk(f"note: what the plan is made of is not kept, so applying it proves nothing: {not_kept}")


def _say_blocked(plan: Plan, formats: Sequence[str]) -> None:
    """Why the plan cannot be applied, unless stdout says so already: each message once, on one stream."""
    if any("=" not in one for one in formats):
        return
    errors = tuple(d for d in plan.diagnostics if d.is_error)
    screen.say(errors)
    streams.always(f"this plan cannot be applied: {counted(len(errors), 'error')}")
