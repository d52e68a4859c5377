"""A plan that is saved to a file, and kept with what it was made of in the run store of its environment; or why it cannot be applied."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from catalogsync.app import plan as plans
from catalogsync.app.plan import Proposal
from catalogsync.app.recording import keep_proposal
from catalogsync.app.runtime import Runtime
from catalogsync.cli import screen, streams
from catalogsync.core.errors import Refused
from catalogsync.core.plan import Plan
from catalogsync.core.wording import counted
from catalogsync.store import output, planfile


def text_of(plan: Plan, runtime: Runtime) -> str:
    """What is to be saved, made before the plan is shown, so that its digest can be; "" for a plan that cannot be saved: `save` says why."""
    try:
        return plans.to_text(plan, runtime)
    except Refused:
        return ""


def digest_of(text: str) -> str:
    """The digest of a plan that is to be saved, "" of none."""
    return planfile.digest_of(text) if text else ""


def save(plan: Plan, out: Path, made_of: Proposal | None, runtime: Runtime, text: str) -> None:
    """Writes the file (`-`: stdout). `made_of`: None where it is not known what the plan was made of; `text`: as `text_of` gave it. Raises Refused
    for a plan that holds a secret itself.
    """
    text = text or plans.to_text(plan, runtime)
    if out == Path("-"):
        streams.data(text, "json")
    else:
        output.write(out, text)
        streams.talk(f"saved: {out}")
    not_kept = keep_proposal(text, made_of, runtime) if made_of is not None else ""
    if not_kept:
        streams.talk(f"note: what the plan is made of is not kept, so applying it proves nothing: {not_kept}")


def say_blocked(plan: Plan, formats: Sequence[str]) -> None:
    """Why the plan cannot be applied, unless stdout says so already: each message once, on one stream."""
    if any("=" not in one for one in formats):
        return
    from catalogsync.render import findings_text

    errors = tuple(d for d in plan.diagnostics if d.is_error)
    streams.always(findings_text.render(errors, paint=screen.paint(sys.stderr)), nl=False)
    streams.always(f"this plan cannot be applied: {counted(len(errors), 'error')}")
