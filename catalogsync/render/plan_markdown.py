"""A plan as a comment on a pull request: the summary and what is dangerous first, then a table of objects, then everything behind folds.

GitHub takes no longer comment than `markdown.LONGEST`: what has no room is left out whole, named, and said where to be found.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from catalogsync.app.review import Review
from catalogsync.core.canon import dumps
from catalogsync.core.changes import Change, FieldChange
from catalogsync.core.diagnostics import Diagnostic
from catalogsync.core.plan import Plan
from catalogsync.core.values import Special, Value, readable
from catalogsync.money.describe import Section
from catalogsync.render import cards, dangers, impact_words, price_change
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
from catalogsync.render.paint import counted
from catalogsync.render.plan_text import WORDS, summary, which_server
from catalogsync.targets import Describe, path_text

_FOR_THE_CUT = 1_000
"""Characters kept for the words about what was left out."""
_NAMED = 5


def render(plan: Plan, describe: Describe, review: Review | None = None, *, longest: int = LONGEST) -> str:
    """The whole plan as GitHub-flavoured Markdown of at most `longest` characters (2,000 at least)."""
    review = review or Review.of(plan)
    comment = Comment(longest - _FOR_THE_CUT)
    cut: list[str] = []
    if not comment.add(f"### {plain(summary(plan))}"):
        comment.add("### A plan")
    if not comment.add(_target(plan)):
        cut.append("the target")
    for what, lines in (
        ("dangers", [f"- {line}" for line in _dangers(plan, review)]),
        ("customers", [f"- {line}" for line in _touched(plan)]),
        ("notes", [f"- {_note(one)}" for one in plan.diagnostics if not one.is_error]),
    ):
        if left := comment.add_lines(f"**{what.capitalize()}**\n\n", lines):
            cut.append(f"{left} of {len(lines)} {what}")
    cut += _objects(plan, review, comment)
    cut += _calls(plan, describe, comment)
    if cut:
        rest = "`catalogsync show PLANFILE` or `catalogsync plan` shows the whole plan."
        comment.parts.append(
            f"**Left out, for a comment holds {longest:,} characters:** {'; '.join(cut)}. {rest}"
        )
    return "\n\n".join(comment.parts) + "\n"


def _target(plan: Plan) -> str:
    server = which_server(plan.target)
    return f"Target: {code(plan.target.url)}{f' ({plain(server)})' if server else ''}"


def _dangers(plan: Plan, review: Review) -> Iterator[str]:
    """Errors, what goes, prices that rise or change their currency."""
    yield from (_note(one) for one in plan.diagnostics if one.is_error)
    for subject, said in dangers.of(plan, review):
        yield f"{code(subject)}: {plain(said)}"


def _touched(plan: Plan) -> Iterator[str]:
    """Whom the changes touch, and what could not be asked."""
    for change in plan.changes:
        for line in impact_words.of(plan, change):
            yield f"{code(str(change.ref))}: {plain(line)}"
    yield from (plain(line) for line in impact_words.notes(plan))


def _objects(plan: Plan, review: Review, comment: Comment) -> Iterator[str]:
    """The table and the details, the dangerous ones first; yields what had no room."""
    changes = sorted(plan.changes, key=lambda change: not dangers.is_dangerous(change, review))
    if not changes:
        return
    head = table([("", "object", "what", "why")]) + "\n"
    if left := comment.add_lines(head, (_row(change) for change in changes)):
        yield f"{left} of {len(changes)} objects in the table{_named(changes[len(changes) - left :])}"
    shown = [(change, fold) for change in changes if (fold := _fold(change, review))]
    out = [change for change, fold in shown if not comment.add(fold)]
    if out:
        yield f"the details of {len(out)} of {counted(len(shown), 'object')}{_named(out)}"
    for line in price_change.unused(review):
        comment.add(f"Note: {plain(line)}")


def _named(changes: Sequence[Change]) -> str:
    """The first few by name, where the names are short enough to be said."""
    names = [code(str(change.ref)) for change in changes[:_NAMED]]
    if sum(map(size, names)) > _FOR_THE_CUT // 4:
        return ""
    more = len(changes) - len(names)
    return f" ({', '.join(names)}{f' and {more} more' if more else ''})"


def _row(change: Change) -> str:
    what = f"{WORDS[change.action]}{f' (version {change.version})' if change.version else ''}"
    return f"| {change.action.symbol} | {code_cell(str(change.ref))} | {what} | {plain(change.reason)} |"


def _fold(change: Change, review: Review) -> str:
    """Everything that is to be said of an object; "" where the table says it."""
    name = f"<code>{html_text(str(change.ref))}</code>"
    whole = cards.whole(review, change)
    if whole is not None:
        return folded(f"{name}, whole", "\n".join(_nested(whole, "")))
    blocks = [_block(block) for block in price_change.blocks(review, change.ref)]
    fields = "\n".join(_field(one) for one in change.fields)
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
        return f"- {code(one.path)}: now {_value(one.after)}"
    if one.after is None:
        return f"- {code(one.path)}: no longer {_value(one.before)}"
    return f"- {code(one.path)}: {_value(one.before)} → {_value(one.after)}"


def _value(value: Value) -> str:
    return code(str(value) if isinstance(value, Special) else dumps(readable(value)))


def _calls(plan: Plan, describe: Describe, comment: Comment) -> Iterator[str]:
    lines = [
        f"{step.number}. {code(f'{request.method} {path_text(request)}')} {plain(step.cause)}"
        for step in plan.steps
        for request in (describe(step),)
    ]
    head = f"<details><summary>{counted(len(lines), 'call')}, in order</summary>\n\n"
    if left := comment.add_lines(head, lines, "\n\n</details>"):
        yield f"{left} of {counted(len(lines), 'call')}"


def _note(one: Diagnostic) -> str:
    where = f" ({plain(str(one.where))})" if one.where else ""
    hint = f" *{plain(one.hint)}*" if one.hint else ""
    return f"**{one.severity}** `{one.code}`: {plain(one.summary)}{where}{hint}"
