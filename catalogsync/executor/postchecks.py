"""What no state shows and a run has to look at all the same: whether secrets were kept, and why a plan's offers do not fit. Pure but for
the secrets themselves, which are read, compared and forgotten."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from catalogsync.core.changes import FieldChange
from catalogsync.core.model import Kind, LiveGroup
from catalogsync.core.plan import Step, Verb
from catalogsync.store import secrets

SECRET = "(secret)"


def unkept_secrets(step: Step, group: LiveGroup) -> tuple[FieldChange, ...]:
    """The fields of a channel in which the server holds another secret than the one that the step's reference means."""
    if step.ref.kind is not Kind.CHANNEL or step.body is None or group.active is None:
        return ()
    return tuple(
        FieldChange(path, SECRET, "another value")
        for path, reference, held in _pairs(step.body, group.active.body, "")
        if held != secrets.resolve(reference)
    )


def _pairs(sent: Any, held: Any, lead: str) -> Iterator[tuple[str, Mapping[str, str], Any]]:
    for name, value in sent.items():
        other = held.get(name) if isinstance(held, Mapping) else None
        if secrets.is_reference(value):
            yield lead + name, value, other
        elif isinstance(value, Mapping):
            yield from _pairs(value, other, f"{lead}{name}.")


def unfit_offers(step: Step, group: LiveGroup) -> list[str]:
    """For a plan that was not published, why its add-ons do not fit: the refusal does not say which (semantics-productcatalog §3.9)."""
    if step.verb is not Verb.PUBLISH or group.draft is None:
        return []
    return [
        f"add-on {one.addon_key}: {entry.get('message', '')} [{entry.get('code', '')}]"
        for one in group.draft.assignments
        for entry in _entries(one.body.get("validationErrors"))
    ]


def _entries(value: Any) -> list[Mapping[str, Any]]:
    return [entry for entry in value or () if isinstance(entry, Mapping)]
