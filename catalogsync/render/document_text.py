"""A document for people: grouped by object, old → new for each field, reasons, then the calls in order and one line of summary."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from catalogsync.core.changes import Action, Change, FieldChange
from catalogsync.core.diagnostics import on_one_line
from catalogsync.core.report import Outcome, Status
from catalogsync.core.wording import counted
from catalogsync.openmeter import field_paths
from catalogsync.render import findings_text, plan_words, summary_table
from catalogsync.render.document import Call, Document
from catalogsync.render.paint import Paint, painter

if TYPE_CHECKING:
    from catalogsync.app.review import Review
    from catalogsync.render.price_change import Block

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
_OUTCOME_COLORS: Mapping[Status, str] = {
    Status.DONE: "green",
    Status.ALREADY: "green",
    Status.DIFFERENT: "yellow",
    Status.FAILED: "red",
    Status.UNKNOWN: "red",
    Status.SKIPPED: "yellow",
    Status.NOT_TRIED: "yellow",
}


def render(document: Document, *, color: bool = False, paint: Paint | None = None) -> str:
    """Everything there is to say; of a run what was done, for what it was to do was shown before it began. `paint`: a terminal's, where one
    shows it.
    """
    paint = paint or painter(color)
    parts = _run(document, paint) if document.ran else _proposal(document, paint)
    return "".join(parts)


def _proposal(document: Document, paint: Paint) -> Iterator[str]:
    if document.target is not None:
        yield f"Target: {plan_words.target(document.target)}\n"
    if document.digest:
        yield f"Digest: {document.digest}\n"
    if document.changes:
        yield from _changes(document, paint)
    if document.calls:
        yield paint(f"{counted(len(document.calls), 'call')}, in this order:", "bold") + "\n"
        yield from (_call(call, paint) for call in document.calls)
    apart = "\n" if document.target is not None else ""
    if document.diagnostics:
        yield apart + findings_text.render(document.diagnostics, paint=paint)
    if document.rehearsal is not None:
        failures = "".join(f"\n  {failure}" for failure in document.rehearsal.failures)
        yield f"{apart}{plan_words.rehearsed(document.rehearsal)}{failures}\n"
    if document.calls and (table := list(summary_table.lines(document.changes, paint))):
        yield "\n" + "".join(f"{line}\n" for line in table)
    if document.summary:
        yield f"{apart}{paint(document.summary, 'bold')}\n"
    if document.trials is not None and document.trials.trials:
        from catalogsync.render import trial_text

        yield "\n" + trial_text.render(document.trials, paint)


def _changes(document: Document, paint: Paint) -> Iterator[str]:
    from catalogsync.render import price_change

    for change in document.changes:
        yield change_text(change, paint, document.review, document.touched.get(change.ref, ()))
    yield from price_change.notes(document.review, paint)
    yield from (f"{on_one_line(line)}\n\n" for line in document.untold)


def _run(document: Document, paint: Paint) -> Iterator[str]:
    yield from _outcomes(document.outcomes, paint)
    for phase, calls, milliseconds in document.traffic:
        yield paint(f"  {phase}: {counted(calls, 'call')}, {milliseconds} ms", "dim") + "\n"
    yield f"\n{paint(document.summary, 'bold')}\n"


def change_text(change: Change, paint: Paint, review: Review, touched: Sequence[str] = ()) -> str:
    """One object: what happens to it, why, whom it touches, and its fields; prices in words, and a new object whole."""
    from catalogsync.render import cards, price_change

    head = f"{paint(change.action.symbol, _COLORS[change.action], 'bold')} {paint.link(paint(on_one_line(str(change.ref)), 'bold'), change.where)}"
    lines = [f"{head}  {plan_words.what(change)}"]
    if change.reason:
        lines.append(f"    {paint(on_one_line(change.reason), 'dim')}")
    lines += [f"    {on_one_line(line)}" for line in touched]
    whole = cards.whole(review, change)
    if whole is not None:
        lines += [f"    {on_one_line(line)}" for line in whole.text()]
    else:
        lines += [
            f"    {_field(one, paint)}{on_one_line(plan_words.aside(change, one))}" for one in change.fields
        ]
        lines += [
            f"    {line}"
            for block in price_change.blocks(review, change.ref)
            for line in _block(block, paint)
        ]
    return "\n".join(lines) + "\n\n"


def _block(block: Block, paint: Paint) -> Iterator[str]:
    yield paint(on_one_line(block.title), "bold")
    yield from (f"  {on_one_line(line)}" for line in block.lines)
    rows = [[on_one_line(cell) for cell in row] for row in block.table]
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))] if rows else []
    for row in rows:
        yield "  " + "  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _field(one: FieldChange, paint: Paint) -> str:
    path = on_one_line(field_paths.shown(one.path))
    if one.before is None:
        return f"{paint('+', 'green')} {path}: {_value(one.after)}"
    if one.after is None:
        return f"{paint('-', 'red')} {path}: {_value(one.before)}"
    return f"{paint('~', 'yellow')} {path}: {_value(one.before)} → {_value(one.after)}"


def _value(value: object) -> str:
    return on_one_line(plan_words.value(value))


def _call(call: Call, paint: Paint) -> str:
    from catalogsync.targets import path_text

    step = call.step
    needs = f"  {paint('after ' + ', '.join(map(str, step.needs)), 'dim')}" if step.needs else ""
    path, cause = on_one_line(path_text(call.request)), paint(on_one_line(step.cause), "dim")
    return (
        f"  {step.number:>3}. {on_one_line(str(step))}: {call.request.method} {path}{needs}\n       {cause}\n"
    )


def _outcomes(every: Sequence[Outcome], paint: Paint) -> Iterator[str]:
    """How the steps ended. Why several in a row were not tried is said once, below the last of them."""
    for at, one in enumerate(every):
        untried = [step.message for step in every[at : at + 2] if step.status is Status.NOT_TRIED]
        yield _outcome(replace(one, message="") if untried == [one.message] * 2 else one, paint) + "\n"


def _outcome(one: Outcome, paint: Paint) -> str:
    mark = paint(plan_words.MARKS[one.status], _OUTCOME_COLORS[one.status], "bold")
    said = f"  {mark} {one.step.number:>3}. {on_one_line(str(one.step))}  {plan_words.status(one.status)}"
    if one.message:
        said += f"\n         {on_one_line(one.message)}"
    for field in one.fields:
        said += f"\n         {_field(field, paint)}"
    return said
