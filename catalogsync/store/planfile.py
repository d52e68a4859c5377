"""A plan as a file: versioned, readable, deterministic JSON without secrets, under a digest that refuses what was changed by hand."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from catalogsync.core import canon, values
from catalogsync.core.canon import Body
from catalogsync.core.diagnostics import on_one_line
from catalogsync.core.errors import Refused
from catalogsync.core.plan import FORMAT, Plan
from catalogsync.store import output, saved_plan_json

_HINT = "make a new plan"


def save(plan: Plan, path: Path) -> None:
    """Writes the file whole or not at all. Files of secrets are named as seen from its folder.

    Raises Refused for a plan that holds a secret itself, CatalogsyncError where the file cannot be written.
    """
    output.write(path, to_text(plan, path.parent))


def to_text(plan: Plan, folder: Path = Path()) -> str:
    """The file's content. Files of secrets are named as seen from the folder that it is for, those named from the root as they are. Raises
    Refused for a plan that holds a secret itself.
    """
    if any(values.holds_secret(step.body) for step in plan.steps):
        raise Refused(
            "this plan is not saved: a manifest holds a secret itself",
            code="plan-holds-secret",
            hint="write {env: NAME} or {file: PATH} in the manifest",
        )
    there = _with_files(plan, lambda name: _seen_from(folder, name))
    return canon.dumps_as_written(saved_plan_json.to_json(there)) + "\n"


def _seen_from(folder: Path, name: str) -> str:
    return name if Path(name).is_absolute() else os.path.relpath(name, folder).replace(os.sep, "/")


def load(path: Path) -> Plan:
    """The plan in a file. Raises Refused for one that is not a plan, of another format, or changed since it was saved."""
    try:
        text = path.read_bytes()
    except OSError as problem:
        raise Refused(
            f"{path} cannot be read: {problem.strerror}",
            code="plan-unreadable",
            hint="name the file that `catalogsync plan --out FILE` wrote",
        ) from problem
    plan = of_text(text, str(path))
    return _with_files(plan, lambda name: os.path.normpath(path.parent / name).replace(os.sep, "/"))


def digest_in(path: Path) -> str:
    """The digest that a saved plan carries."""
    return digest_of(path.read_bytes())


def digest_of(text: str | bytes) -> str:
    """The digest in the content of a plan's file."""
    said = canon.loads(text)
    return str(said.get("digest", "")) if isinstance(said, Mapping) else ""


def of_text(text: str | bytes, name: str) -> Plan:
    """The plan in the content of a file. `name`: what messages call it. Raises Refused as `load` does."""
    try:
        body = canon.loads(text)
    except (ValueError, RecursionError) as problem:
        raise Refused(
            f"{name} is not a saved plan: it is not JSON", code="plan-unreadable", hint=_HINT
        ) from problem
    if not isinstance(body, Mapping) or "format" not in body or "digest" not in body:
        raise Refused(f"{name} is not a saved plan", code="plan-unreadable", hint=_HINT)
    if body["format"] != FORMAT:
        raise Refused(
            f"{name} was saved in format {on_one_line(str(body['format']))} of plans; this catalogsync reads format {FORMAT}",
            code="plan-other-format",
            hint="make the plan again with this catalogsync, and review it",
        )
    rest = {name: value for name, value in body.items() if name != "digest"}
    if canon.fingerprint(rest) != body["digest"]:
        raise Refused(
            f"{name} was changed after it was saved",
            code="plan-tampered",
            hint="apply only what was reviewed: " + _HINT,
        )
    try:
        return saved_plan_json.from_json(body)
    except (KeyError, TypeError, ValueError, AttributeError) as problem:
        raise Refused(
            f"{name} is not a saved plan: {on_one_line(repr(problem))}", code="plan-unreadable", hint=_HINT
        ) from problem


def _with_files(plan: Plan, renamed: Callable[[str], str]) -> Plan:
    """The plan with other paths for the files that its references name."""

    def value(one: object) -> object:
        if isinstance(one, values.SecretRef) and one.source == "file":
            return values.SecretRef("file", renamed(one.name))
        if isinstance(one, Mapping):
            return {name: value(inner) for name, inner in one.items()}
        return [value(inner) for inner in one] if isinstance(one, list | tuple) else one

    def body(said: Body | None) -> Body | None:
        return None if said is None else {name: value(one) for name, one in said.items()}

    if not any(ref.source == "file" for step in plan.steps for ref in values.secret_refs(step.body)):
        return plan
    changes = tuple(
        replace(c, fields=tuple(replace(f, before=value(f.before), after=value(f.after)) for f in c.fields))
        for c in plan.changes
    )
    return replace(plan, changes=changes, steps=tuple(replace(s, body=body(s.body)) for s in plan.steps))
