"""A plan and a run for people: grouped by object, old → new for each field, reasons, then the calls in order and one line of summary."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from catalogsync.app.review import Review
from catalogsync.core.canon import dumps
from catalogsync.core.changes import Action, Change, FieldChange
from catalogsync.core.diagnostics import on_one_line
from catalogsync.core.plan import Plan, Step, TargetIdentity
from catalogsync.core.report import Outcome, RunReport, Status
from catalogsync.core.values import Special, Value, readable
from catalogsync.render import cards, findings_text, impact_words, price_change
from catalogsync.render.paint import Paint, counted, painter
from catalogsync.targets import Describe, path_text

_COLORS = {
    Action.CREATE: "green",
    Action.UPDATE: "yellow",
    Action.NEW_VERSION: "yellow",
    Action.PUBLISH: "green",
    Action.ARCHIVE: "red",
    Action.DELETE: "red",
    Action.RECREATE: "magenta",
    Action.IMPOSSIBLE: "red",
}
WORDS = {
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
_MARKS: Mapping[Status, tuple[str, str]] = {
    Status.DONE: ("✓", "green"),
    Status.ALREADY: ("=", "green"),
    Status.DIFFERENT: ("≠", "yellow"),
    Status.FAILED: ("✗", "red"),
    Status.UNKNOWN: ("?", "red"),
    Status.SKIPPED: ("-", "yellow"),
    Status.NOT_TRIED: (" ", "yellow"),
}
UNCOMPARED = ("secret-not-compared", "rule-channels-unseen")
"""Codes of what a plan could not compare."""


def render_plan(plan: Plan, describe: Describe, *, color: bool = False, review: Review | None = None) -> str:
    """The whole plan. `review`: what it means in money, where more is asked about than the plan itself says."""
    paint = painter(color)
    server = which_server(plan.target)
    parts = [f"Target: {plan.target.url}{f' ({server})' if server else ''}\n"]
    review = review or Review.of(plan)
    parts += [change_text(change, paint, review, impact_words.of(plan, change)) for change in plan.changes]
    parts += price_change.notes(review, paint)
    parts += [f"{on_one_line(line)}\n\n" for line in impact_words.notes(plan)]
    if plan.steps:
        parts.append(paint(f"{counted(len(plan.steps), 'call')}, in this order:", "bold") + "\n")
        parts += [_step(step, describe, paint) for step in plan.steps]
    if plan.diagnostics:
        parts.append("\n" + findings_text.render(plan.diagnostics, color=color))
    if plan.rehearsal is not None:
        parts.append(f"\n{_rehearsal(plan)}\n")
    parts.append(f"\n{paint(summary(plan), 'bold')}\n")
    return "".join(parts)


def which_server(target: TargetIdentity) -> str:
    """Which release a server is, in words; "" where it does not tell anything."""
    if target.releases:
        return f"OpenMeter {' or '.join(target.releases)}"
    if target.server_version not in ("", "unknown"):
        return f"OpenMeter {target.server_version}, no known release"
    if target.description_digest:
        return f"no known release, API description {target.description_digest.removeprefix('sha256:')[:8]}"
    return ""


def _rehearsal(plan: Plan) -> str:
    proof = plan.rehearsal
    assert proof is not None
    second = "second plan empty" if proof.second_plan_empty else "second plan NOT empty"
    told = f"Rehearsed: {counted(proof.steps, 'step')}, {second}, "
    told += f"{proof.prefixes_converging} of {counted(proof.prefixes, 'prefix').replace('prefixs', 'prefixes')} converge"
    return "\n".join([told, *(f"  {failure}" for failure in proof.failures)])


def summary(plan: Plan) -> str:
    """One line: what the plan comes to."""
    if plan.blocked:
        return "This plan cannot be applied: see the errors above."
    if plan.is_empty:
        return nothing_to_do(plan)
    counts = [
        f"{number} to {WORDS[action]}" if action is not Action.NEW_VERSION else counted(number, "new version")
        for action in Action
        if (number := sum(c.action is action for c in plan.changes))
    ]
    return f"Plan: {', '.join(counts)}; {counted(len(plan.steps), 'call')}."


def nothing_to_do(plan: Plan) -> str:
    """What an empty plan has found: only what was compared is said to agree."""
    unseen = sum(d.code in UNCOMPARED for d in plan.diagnostics)
    if unseen:
        return f"Nothing to do in what was compared; {counted(unseen, 'value')} {'was' if unseen == 1 else 'were'} not (see above)."
    return "Nothing to do: the server agrees with the files."


def change_text(
    change: Change, paint: Paint, review: Review | None = None, touched: Sequence[str] = ()
) -> str:
    """One object: what happens to it, why, whom it touches, and its fields; with what the whole plan says, prices in words and a new object
    whole.
    """
    color = _COLORS[change.action]
    version = f" (version {change.version})" if change.version else ""
    head = f"{paint(change.action.symbol, color, 'bold')} {paint(on_one_line(str(change.ref)), 'bold')}"
    lines = [f"{head}  {WORDS[change.action]}{version}"]
    if change.reason:
        lines.append(f"    {paint(on_one_line(change.reason), 'dim')}")
    lines += [f"    {on_one_line(line)}" for line in touched]
    whole = cards.whole(review, change) if review is not None else None
    if whole is not None:
        lines += [f"    {on_one_line(line)}" for line in whole.text()]
    else:
        lines += [f"    {_field(one, paint)}" for one in change.fields]
        told = price_change.blocks(review, change.ref) if review is not None else ()
        lines += [f"    {line}" for block in told for line in _block(block, paint)]
    return "\n".join(lines) + "\n\n"


def _block(block: price_change.Block, paint: Paint) -> Iterator[str]:
    yield paint(on_one_line(block.title), "bold")
    yield from (f"  {on_one_line(line)}" for line in block.lines)
    rows = [[on_one_line(cell) for cell in row] for row in block.table]
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))] if rows else []
    for row in rows:
        yield "  " + "  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _field(one: FieldChange, paint: Paint) -> str:
    path = on_one_line(one.path)
    if one.before is None:
        return f"{paint('+', 'green')} {path}: {_value(one.after)}"
    if one.after is None:
        return f"{paint('-', 'red')} {path}: {_value(one.before)}"
    return f"{paint('~', 'yellow')} {path}: {_value(one.before)} → {_value(one.after)}"


def _value(value: Value) -> str:
    return on_one_line(str(value)) if isinstance(value, Special) else on_one_line(dumps(readable(value)))


def _step(step: Step, describe: Describe, paint: Paint) -> str:
    request = describe(step)
    needs = f"  {paint('after ' + ', '.join(map(str, step.needs)), 'dim')}" if step.needs else ""
    path, cause = on_one_line(path_text(request)), paint(on_one_line(step.cause), "dim")
    return f"  {step.number:>3}. {request.method:<6} {path}{needs}\n       {cause}\n"


def render_report(report: RunReport, *, color: bool = False) -> str:
    """What was done, step by step, then one line of summary."""
    paint = painter(color)
    lines = [_outcome(one, paint) for one in report.outcomes]
    for phase, calls, milliseconds in report.calls:
        lines.append(paint(f"  {phase}: {counted(calls, 'call')}, {milliseconds} ms", "dim"))
    return "\n".join([*lines, "", paint(report_summary(report), "bold")]) + "\n"


def _outcome(one: Outcome, paint: Paint) -> str:
    mark, color = _MARKS[one.status]
    step = one.step
    said = f"  {paint(mark, color, 'bold')} {step.number:>3}. {step}  {str(one.status).replace('_', ' ')}"
    if one.message:
        said += f"\n         {one.message}"
    for field in one.fields:
        said += f"\n         {_field(field, paint)}"
    return said


def report_summary(report: RunReport) -> str:
    """One line: how the run ended."""
    counts = _counts(report.outcomes)
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


def _counts(outcomes: Sequence[Outcome]) -> list[str]:
    return [
        f"{number} {str(status).replace('_', ' ')}"
        for status in Status
        if (number := sum(o.status is status for o in outcomes))
    ]
