"""A plan as a comment on a pull request: a line of summary, a table of objects, the fields and the calls behind folds."""

from __future__ import annotations

import re
from collections.abc import Iterator

from catalogsync.core.canon import dumps
from catalogsync.core.changes import Change, FieldChange
from catalogsync.core.diagnostics import Diagnostic, on_one_line
from catalogsync.core.plan import Plan
from catalogsync.core.values import Special, Value, readable
from catalogsync.money.describe import Section
from catalogsync.render.cards import Reviewed
from catalogsync.render.paint import counted
from catalogsync.render.plan_text import WORDS, summary, which_server
from catalogsync.targets import Describe, path_text


def render(plan: Plan, describe: Describe) -> str:
    """The whole plan as GitHub-flavoured Markdown."""
    server = which_server(plan.target)
    parts = [
        f"### {summary(plan)}",
        f"Target: `{plan.target.url}`{f' ({_plain(server)})' if server else ''}",
    ]
    if plan.changes:
        parts.append(_table(plan.changes))
    reviewed = Reviewed(plan)
    parts += [_fold(change, reviewed) for change in plan.changes if change.fields]
    if plan.steps:
        called = [(step, describe(step)) for step in plan.steps]
        calls = "\n".join(f"{s.number}. `{r.method} {path_text(r)}` {_plain(s.cause)}" for s, r in called)
        parts.append(
            f"<details><summary>{counted(len(plan.steps), 'call')}, in order</summary>\n\n{calls}\n\n</details>"
        )
    parts += [_note(one) for one in plan.diagnostics]
    return "\n\n".join(parts) + "\n"


def _table(changes: tuple[Change, ...]) -> str:
    rows = [
        f"| {c.action.symbol} | `{c.ref}` | {WORDS[c.action]}{f' (version {c.version})' if c.version else ''} | {_plain(c.reason)} |"
        for c in changes
    ]
    return "\n".join(["| | object | what | why |", "|---|---|---|---|", *rows])


def _fold(change: Change, reviewed: Reviewed) -> str:
    whole = reviewed.whole(change)
    if whole is not None:
        listed = "\n".join(_nested(whole, ""))
        return f"<details><summary><code>{change.ref}</code>, whole</summary>\n\n{listed}\n\n</details>"
    lines = [f"- **price** {_plain(on_one_line(line))}" for line in reviewed.prices(change)]
    lines += [_field(one) for one in change.fields]
    listed = "\n".join(lines)
    return f"<details><summary><code>{change.ref}</code>: {counted(len(change.fields), 'field')}</summary>\n\n{listed}\n\n</details>"


def _nested(section: Section, indent: str) -> Iterator[str]:
    yield f"{indent}- **{_plain(on_one_line(section.title))}**"
    yield from (f"{indent}  - {_plain(on_one_line(line))}" for line in section.lines)
    for part in section.parts:
        yield from _nested(part, indent + "  ")


def _field(one: FieldChange) -> str:
    if one.before is None:
        return f"- `{one.path}`: now {_value(one.after)}"
    if one.after is None:
        return f"- `{one.path}`: no longer {_value(one.before)}"
    return f"- `{one.path}`: {_value(one.before)} → {_value(one.after)}"


def _value(value: Value) -> str:
    text = str(value) if isinstance(value, Special) else dumps(readable(value))
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * (longest + 1)
    space = " " if longest else ""
    return f"{fence}{space}{on_one_line(text)}{space}{fence}"


def _plain(text: str) -> str:
    return re.sub(r"([\\`*_\[\]|])", r"\\\1", text).replace("<", "&lt;").replace("\n", " ")


def _note(one: Diagnostic) -> str:
    where = f" ({one.where})" if one.where else ""
    hint = f" *{_plain(one.hint)}*" if one.hint else ""
    return f"**{one.severity}** `{one.code}`: {_plain(one.summary)}{where}{hint}"
