"""Plans and runs in words that every format for people says the same way."""

from __future__ import annotations

from collections.abc import Sequence

from catalogsync.core.canon import dumps
from catalogsync.core.changes import Action, Change, FieldChange
from catalogsync.core.plan import Plan, Rehearsal, TargetIdentity
from catalogsync.core.report import Outcome, RunReport, Status
from catalogsync.core.values import Special, readable
from catalogsync.core.wording import counted

ACTIONS = {
    Action.CREATE: "create",
    Action.UPDATE: "update in place",
    Action.NEW_VERSION: "new version",
    Action.PUBLISH: "publish the draft",
    Action.ARCHIVE: "archive",
    Action.DELETE: "delete",
    Action.RECREATE: "re-create",
    Action.IMPOSSIBLE: "impossible",
}
"""What each action is called."""
MARKS = {
    Status.DONE: "✓",
    Status.ALREADY: "=",
    Status.DIFFERENT: "≠",
    Status.FAILED: "✗",
    Status.UNKNOWN: "?",
    Status.SKIPPED: "-",
    Status.NOT_TRIED: " ",
}
"""A sign for how a step ended."""
_STATUSES = {
    Status.ALREADY: "already in the desired state",
    Status.DIFFERENT: "stored differently than sent",
}
UNCOMPARED = ("secret-not-compared", "rule-channels-unseen")
"""Codes of what a plan could not compare."""
UNSETTLED = ("published-already", "meter-description-kept")
"""Codes of what is live otherwise than the files have it, and no call can change."""


def what(change: Change) -> str:
    """What happens to an object: `new version (version 4)`."""
    return (
        change.label or f"{ACTIONS[change.action]}{f' (version {change.version})' if change.version else ''}"
    )


def status(one: Status) -> str:
    """`not tried`, `already in the desired state`."""
    return _STATUSES.get(one, str(one).replace("_", " "))


def value(one: object) -> str:
    """A field's value, on one line once it is escaped."""
    return str(one) if isinstance(one, Special) else dumps(readable(one))


def address(one: TargetIdentity) -> str:
    """Where a plan goes: `environment production (https://…)`, the URL alone without an environment."""
    return f"environment {one.environment} ({one.url})" if one.environment else one.url


def target(one: TargetIdentity) -> str:
    """Which environment and which server are meant: `environment production (https://…; OpenMeter 7e57a39)`, without an environment the URL first."""
    server = which_server(one)
    if one.environment:
        return f"environment {one.environment} ({one.url}{f'; {server}' if server else ''})"
    return f"{one.url}{f' ({server})' if server else ''}"


def which_server(target: TargetIdentity) -> str:
    """Which release a server is, in words; "" where it does not tell anything."""
    if target.releases:
        return f"OpenMeter {' or '.join(target.releases)}"
    if target.server_version not in ("", "unknown"):
        return f"OpenMeter {target.server_version}, no known release"
    if target.description_digest:
        return f"no known release, API description {target.description_digest.removeprefix('sha256:')[:8]}"
    return ""


def rehearsed(proof: Rehearsal) -> str:
    """What a rehearsal has shown, without its failures."""
    second = "second plan empty" if proof.second_plan_empty else "second plan NOT empty"
    prefixes = "prefix" if proof.prefixes == 1 else "prefixes"
    return (
        f"Rehearsed: {counted(proof.steps, 'step')}, {second}, "
        f"{proof.prefixes_converging} of {proof.prefixes} {prefixes} converge"
    )


def summary(plan: Plan) -> str:
    """One line: what the plan comes to."""
    if plan.blocked:
        return "This plan cannot be applied: see the errors."
    if plan.is_empty:
        return nothing_to_do(plan)
    counts = [f"{number} {words}" for words, number in numbers(plan.changes)]
    return f"Plan: {', '.join(counts)}; {counted(len(plan.steps), 'call')}."


def numbers(changes: Sequence[Change]) -> tuple[tuple[str, int], ...]:
    """What happens, and to how many objects: `to create`, `new versions`."""
    return tuple(
        (_named(action, number), number)
        for action in Action
        if (number := sum(c.action is action for c in changes))
    )


def _named(action: Action, number: int) -> str:
    if action is Action.NEW_VERSION:
        return "new version" if number == 1 else "new versions"
    return f"to {ACTIONS[action]}" if action is not Action.IMPOSSIBLE else ACTIONS[action]


def aside(change: Change, field: FieldChange) -> str:
    """What is said after a field's values: its note, and where it is said when that is not the object's own manifest but an overlay, as
    ` (FILE:LINE)`; else "".
    """
    overlaid = field.where is not None and change.where is not None and field.where.file != change.where.file
    place = f"{field.where.file}:{field.where.line}" if overlaid and field.where is not None else ""
    said = ", ".join(part for part in (field.note, place) if part)
    return f" ({said})" if said else ""


def nothing_to_do(plan: Plan) -> str:
    """What an empty plan has found: only what was compared is said to agree."""
    unseen = sum(d.code in UNCOMPARED for d in plan.diagnostics)
    if kept := sum(d.code in UNSETTLED for d in plan.diagnostics):
        beside = (
            f", and {counted(unseen, 'value')} {'was' if unseen == 1 else 'were'} not compared"
            if unseen
            else ""
        )
        return f"Nothing to do, though {counted(kept, 'difference')} {'stays' if kept == 1 else 'stay'}{beside} (each is named)."
    if unseen:
        return f"Nothing to do in what was compared; {counted(unseen, 'value')} {'was' if unseen == 1 else 'were'} not (each is named)."
    if any(one.code == "only-waits" for one in plan.diagnostics):
        return "Nothing to do for what --only means; what waits outside it is named."
    return "Nothing to do: the server agrees with the files."


def report_summary(report: RunReport) -> str:
    """One line: how the run ended."""
    counts = [f"{number} {words}" for words, number in ends(report.outcomes)]
    if not report.outcomes:
        return nothing_to_do(report.plan)
    if report.complete:
        return f"Applied: {', '.join(counts)}."
    return f"Incomplete: {', '.join(counts)}. {_what_next(report)}"


def _what_next(report: RunReport) -> str:
    """What to do after a run that is not complete: the same again only where nothing stands against it."""
    failed = next((o for o in report.outcomes if o.status is Status.FAILED), None)
    different = next((o for o in report.outcomes if o.status is Status.DIFFERENT), None)
    if failed is not None and _would_fail_again(failed):
        return f"Step {failed.step.number} ({failed.step.ref}) would be refused again: fix what it says, then make a new plan."
    if different is not None:
        return f"Step {different.step.number} ({different.step.ref}) is stored differently than sent: make a new plan to see what is left."
    return "Run the same command again to continue."


def _would_fail_again(outcome: Outcome) -> bool:
    """A refusal by the server, or an object that somebody else changed; not a server that was busy or could not be reached."""
    status = outcome.http_status
    if status is not None:
        return 400 <= status < 500 and status not in (408, 429)
    return bool(outcome.fields)


def ends(outcomes: Sequence[Outcome]) -> tuple[tuple[str, int], ...]:
    """How steps ended, and how many of them."""
    return tuple(
        (status(one), number) for one in Status if (number := sum(o.status is one for o in outcomes))
    )
