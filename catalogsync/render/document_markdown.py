"""A document as a comment on a pull request: the summary and what is dangerous first, then a table of objects; everything else behind folds.

GitHub takes no longer comment than `markdown.LONGEST`: what has no room is left out whole, named, and said where to be found.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from catalogsync.app import urgent
from catalogsync.core.changes import Change, FieldChange
from catalogsync.core.diagnostics import Diagnostic, Severity
from catalogsync.core.plan import TargetIdentity
from catalogsync.core.report import Outcome
from catalogsync.core.wording import counted
from catalogsync.money.describe import Section
from catalogsync.openmeter import field_paths
from catalogsync.render import cards, dangers, plan_words, price_change
from catalogsync.render.document import Document
from catalogsync.render.findings_words import hinted_once
from catalogsync.render.markdown import (
    LONGEST,
    Comment,
    code,
    code_cell,
    folded,
    html_text,
    plain,
    size,
    table,
)
from catalogsync.targets import path_text

if TYPE_CHECKING:
    from catalogsync.app.try_meter import TryReport

_FOR_THE_CUT = 1_000
"""Characters kept for the words about what was left out."""
_NAMED = 5


def render(document: Document, *, longest: int = LONGEST) -> str:
    """All of it as GitHub-flavoured Markdown of at most `longest` characters (2,000 at least)."""
    comment = Comment(longest - _FOR_THE_CUT)
    cut: list[str] = []
    if not comment.add(f"### {plain(document.summary or _count(document.diagnostics))}"):
        comment.add(f"### {document.verb}")
    if document.target is not None and not comment.add(_target(document.target)):
        cut.append("the target")
    if document.digest and not comment.add(f"Digest of the saved plan: {code(document.digest)}"):
        cut.append("the digest")
    for what, lines in (
        (
            "steps that are not done",
            [f"- {_outcome(one)}" for one in document.outcomes if not one.status.is_good],
        ),
        ("dangers", list(_dangers(document))),
        ("customers", [f"- {line}" for line in _touched(document)]),
    ):
        if left := comment.add_lines(f"**{what.capitalize()}**\n\n", lines):
            cut.append(f"{left} of {len(lines)} {what}")
    if document.rehearsal is not None:
        proof = document.rehearsal
        lines = [plain(plan_words.rehearsed(proof)) + ".", *(f"- {plain(one)}" for one in proof.failures)]
        if left := comment.add_lines("", lines):
            cut.append(f"{left} of {len(lines)} lines about the rehearsal")
    cut += _objects(document, comment)
    cut += _remarks(document, comment)
    if document.trials is not None and document.trials.trials and not comment.add(_trials(document.trials)):
        cut.append("the trials of meters")
    cut += _calls(document, comment)
    if cut:
        comment.parts.append(
            f"**Left out, for a comment holds {longest:,} characters:** {'; '.join(cut)}. {_whole(document)}"
        )
    return "\n\n".join(comment.parts) + "\n"


def _count(found: Sequence[Diagnostic]) -> str:
    errors = sum(one.is_error for one in found)
    return f"{counted(errors, 'error')}, {counted(len(found) - errors, 'other finding')}"


def _whole(document: Document) -> str:
    """Where the rest is."""
    commands = [code(command) for command in document.whole]
    return f"{' or '.join(commands)} shows all of it." if commands else ""


def _target(target: TargetIdentity) -> str:
    """As `plan_words.target`, names and URLs as code, which nothing in them can leave."""
    server = plain(plan_words.which_server(target))
    if target.environment:
        return f"Target: environment {code(target.environment)} ({code(target.url)}{f'; {server}' if server else ''})"
    return f"Target: {code(target.url)}{f' ({server})' if server else ''}"


def _dangers(document: Document) -> Iterator[str]:
    """Errors, what goes, prices that rise or change their currency, and the warnings that nobody may miss."""
    yield from (f"- {_note(one)}" for one in document.diagnostics if one.is_error)
    for one in dangers.of(document):
        yield f"- {code(one.subject)}: {plain(one.summary)}"
    yield from (f"- {_note(one)}" for one in hinted_once(urgent.of(document.diagnostics)))


def _remarks(document: Document, comment: Comment) -> Iterator[str]:
    """What is left beside the dangers, behind a fold where there is a change to look at first; yields what had no room."""
    first = urgent.of(document.diagnostics)
    found = hinted_once(one for one in document.diagnostics if not one.is_error and one not in first)
    head, foot = "**Notes**\n\n", ""
    if document.changes:
        warnings = sum(one.severity is Severity.WARNING for one in found)
        numbers = ((warnings, "warning"), (len(found) - warnings, "note"))
        said = ", ".join(counted(number, what) for number, what in numbers if number)
        head, foot = f"<details><summary>{said}</summary>\n\n", "\n\n</details>"
    if left := comment.add_lines(head, [f"- {_note(one)}" for one in found], foot):
        yield f"{left} of {len(found)} notes"


def _touched(document: Document) -> Iterator[str]:
    """Whom the changes touch, and what could not be asked."""
    for ref, lines in document.touched.items():
        yield from (f"{code(str(ref))}: {plain(line)}" for line in lines)
    yield from (plain(line) for line in document.untold)


def _objects(document: Document, comment: Comment) -> Iterator[str]:
    """The table and the details, the dangerous ones first; yields what had no room."""
    review = document.review
    changes = sorted(document.changes, key=lambda change: not dangers.is_dangerous(change, review))
    if not changes:
        return
    head = table([("", "object", "what", "why")]) + "\n"
    if left := comment.add_lines(head, (_row(change) for change in changes)):
        yield f"{left} of {len(changes)} objects in the table{_named(changes[len(changes) - left :])}"
    shown = [(change, fold) for change in changes if (fold := _fold(change, document))]
    out = [change for change, fold in shown if not comment.add(fold)]
    if out:
        yield f"the details of {len(out)} of {counted(len(shown), 'object')}{_named(out)}"
    for line in price_change.unused(review):
        comment.add(f"Note: {plain(line)}")


def _trials(report: TryReport) -> str:
    from catalogsync.render import trial_text

    lines = "\n".join(map(html_text, trial_text.render(report).splitlines()))
    return folded("What the meters would have counted", f"<pre>{lines}</pre>")


def _named(changes: Sequence[Change]) -> str:
    """The first few by name, where the names are short enough to be said."""
    names = [code(str(change.ref)) for change in changes[:_NAMED]]
    if sum(map(size, names)) > _FOR_THE_CUT // 4:
        return ""
    more = len(changes) - len(names)
    return f" ({', '.join(names)}{f' and {more} more' if more else ''})"


def _row(change: Change) -> str:
    return f"| {change.action.symbol} | {code_cell(str(change.ref))} | {plan_words.what(change)} | {plain(change.reason)} |"


def _fold(change: Change, document: Document) -> str:
    """Everything that is to be said of an object; "" where the table says it."""
    name = f"<code>{html_text(str(change.ref))}</code>"
    whole = cards.whole(document.review, change)
    if whole is not None:
        return folded(f"{name}, whole", "\n".join(_nested(whole, "")))
    blocks = [_block(block) for block in price_change.blocks(document.review, change.ref)]
    fields = "\n".join(f"{_field(one)}{plain(plan_words.aside(change, one))}" for one in change.fields)
    if not blocks and not fields:
        return ""
    counts = [counted(len(change.fields), "field")] if fields else []
    return folded(
        f"{name}: {', '.join(counts) or 'prices'}", "\n\n".join([*blocks, *([fields] if fields else [])])
    )


def _block(block: price_change.Block) -> str:
    parts = [f"**{plain(block.title)}**", "\n".join(f"- {plain(line)}" for line in block.lines)]
    if block.table:
        parts.append(table([[plain(cell) for cell in row] for row in block.table], first_left=False))
    return "\n\n".join(parts)


def _nested(section: Section, indent: str) -> Iterator[str]:
    yield f"{indent}- **{plain(section.title)}**"
    yield from (f"{indent}  - {plain(line)}" for line in section.lines)
    for part in section.parts:
        yield from _nested(part, indent + "  ")


def _field(one: FieldChange) -> str:
    if one.before is None:
        return f"- {code(field_paths.shown(one.path))}: now {_value(one.after)}"
    if one.after is None:
        return f"- {code(field_paths.shown(one.path))}: no longer {_value(one.before)}"
    return f"- {code(field_paths.shown(one.path))}: {_value(one.before)} → {_value(one.after)}"


def _value(value: object) -> str:
    return code(plan_words.value(value))


def _calls(document: Document, comment: Comment) -> Iterator[str]:
    """The calls in order; of a run how each ended."""
    if document.outcomes:
        lines = [f"{one.step.number}. {_outcome(one)}" for one in document.outcomes]
    else:
        lines = [
            f"{call.step.number}. {code(str(call.step))}: {code(f'{call.request.method} {path_text(call.request)}')} {plain(call.step.cause)}"
            for call in document.calls
        ]
    every = counted(len(lines), "step" if document.outcomes else "call")
    head = f"<details><summary>{every}, in order</summary>\n\n"
    if left := comment.add_lines(head, lines, "\n\n</details>"):
        yield f"{left} of {every}"


def _outcome(one: Outcome) -> str:
    said = f"{code(str(one.step))}: **{plan_words.status(one.status)}**"
    fields = "; ".join(_field(field).removeprefix("- ") for field in one.fields)
    return said + "".join(f"; {part}" for part in (plain(one.message), fields) if part)


def _note(one: Diagnostic) -> str:
    where = f" ({plain(str(one.where))})" if one.where else ""
    hint = f" *{plain(one.hint)}*" if one.hint else ""
    return f"**{one.severity}** `{one.code}`: {plain(one.summary)}{where}{hint}"
