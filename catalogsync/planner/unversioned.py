"""Planning of meters, features, channels and rules: they are made, changed in place, made anew, or removed."""

from __future__ import annotations

from typing import Any

from catalogsync import normalize
from catalogsync.core.canon import JsonObject
from catalogsync.core.changes import Action, Change, FieldChange
from catalogsync.core.model import Kind, Lifecycle, LiveResource, Resource
from catalogsync.core.plan import Verb
from catalogsync.openmeter.kinds import KINDS
from catalogsync.planner import diff
from catalogsync.planner.context import Situation, listing
from catalogsync.planner.intent import Intent

SECRET = "(secret)"


def plan_simple(situation: Situation, resource: Resource) -> Intent:
    """The intent for an object without versions; problems are reported to the situation."""
    before = situation.state(resource.ref)
    intent = Intent(resource.ref, resource, before, before)
    live = situation.group(resource.ref).active
    if resource.lifecycle is not Lifecycle.PUBLISHED:
        if live is not None:
            _remove(intent, live)
        return intent
    expected = normalize.desired(resource, situation.catalog)
    if live is None:
        _create(intent, expected)
    else:
        _bring_about(situation, intent, live, expected)
    return intent


def _title(intent: Intent) -> str:
    return KINDS[intent.ref.kind].title


def _create(intent: Intent, expected: JsonObject) -> None:
    body = normalize.create(intent.ref.kind, intent.resource.body, intent.ref.key)
    intent.add(Verb.CREATE, "", body, f"the {_title(intent)} does not exist yet")
    intent.after = {"active": expected}
    fields = diff.compare(None, expected, intent.ref.kind)
    intent.change = Change(Action.CREATE, intent.ref, fields, f"no such {_title(intent)} is live")


def _remove(intent: Intent, live: LiveResource) -> None:
    feature = intent.ref.kind is Kind.FEATURE
    verb, action = (Verb.ARCHIVE, Action.ARCHIVE) if feature else (Verb.DELETE, Action.DELETE)
    said = "archived" if feature else "deleted"
    intent.add(verb, f"/{live.id}", None, f"its manifest says `lifecycle: {said}`")
    intent.after = {"active": None}
    fields = diff.compare(intent.before["active"], None, intent.ref.kind)  # type: ignore[arg-type]
    intent.change = Change(action, intent.ref, fields, f"its manifest says `lifecycle: {said}`")


def _bring_about(situation: Situation, intent: Intent, live: LiveResource, expected: JsonObject) -> None:
    observed: Any = intent.before["active"]
    kind = intent.ref.kind
    aligned = normalize.align(kind, expected, observed, situation.unseen_channels())
    _mention(situation, intent, expected, observed)
    fields = [*(() if aligned == expected else diff.compare(aligned, expected, kind))]
    fields += _secret_changes(situation, intent.resource, live)
    if not fields:
        _leave_or_release(situation, intent, live, expected)
        return
    changed = tuple(sorted(fields, key=lambda field: field.path))
    fixed = tuple(dict.fromkeys(f.path.split(".")[0] for f in changed if _is_fixed(kind, f)))
    if not fixed:
        _update(situation, intent, live, expected, changed)
    elif intent.ref in situation.options.recreate:
        _recreate(intent, live, expected, changed, fixed)
    else:
        _refuse(situation, intent, changed, fixed)


def _leave_or_release(situation: Situation, intent: Intent, live: LiveResource, expected: JsonObject) -> None:
    """Nothing to change, but for a rule when what it cannot show would matter from now on."""
    _mention_adoption(situation, intent)
    why = _unseen(situation) if intent.ref.kind is Kind.RULE else ""
    if not why:
        return
    body = normalize.update(intent.ref.kind, intent.resource.body, intent.ref.key)
    intent.add(Verb.UPDATE, f"/{live.id}", body, why)
    intent.after = {"active": expected}
    intent.change = Change(Action.UPDATE, intent.ref, (), why)


def _unseen(situation: Situation) -> str:
    """Why an equal rule is written: it may name a disabled channel unseen, and hold it, or soon fire through it."""
    leaving, coming = situation.unseen_leaving(), situation.unseen_coming()
    doings = [
        f"{listing(keys)} is {done}" for keys, done in ((leaving, "deleted"), (coming, "enabled")) if keys
    ]
    if not doings:
        return ""
    return f"disabled channel {' and '.join(doings)}; reads do not show whether the rule names it"


def _is_fixed(kind: Kind, field: FieldChange) -> bool:
    return field.path.split(".")[0] in KINDS[kind].fixed


def _update(
    situation: Situation,
    intent: Intent,
    live: LiveResource,
    expected: JsonObject,
    fields: tuple[FieldChange, ...],
) -> None:
    body = normalize.update(intent.ref.kind, intent.resource.body, intent.ref.key)
    names = listing([field.path for field in fields][:3]) + (" and more" if len(fields) > 3 else "")
    intent.add(Verb.UPDATE, f"/{live.id}", body, f"differs in {names}")
    intent.after = {"active": _kept(intent, expected)}
    reason = "changes in place"
    if intent.ref in situation.adopted:
        reason += f"; found by its name, as the only {_title(intent)} called {expected['name']!r}, and given its key"
    intent.change = Change(Action.UPDATE, intent.ref, fields, reason)


def _kept(intent: Intent, expected: JsonObject) -> JsonObject:
    """What is wished, with the description that a meter cannot lose."""
    before: Any = intent.before["active"]
    if intent.ref.kind is Kind.METER and "description" in before and "description" not in expected:
        return {**expected, "description": before["description"]}
    return expected


def _recreate(
    intent: Intent,
    live: LiveResource,
    expected: JsonObject,
    fields: tuple[FieldChange, ...],
    fixed: tuple[str, ...],
) -> None:
    why = f"{listing(fixed)} cannot be changed in place, and making it anew is allowed"
    verb = Verb.ARCHIVE if intent.ref.kind is Kind.FEATURE else Verb.DELETE
    gone = intent.add(verb, f"/{live.id}", None, why)
    body = normalize.create(intent.ref.kind, intent.resource.body, intent.ref.key)
    made = intent.add(
        Verb.CREATE, "", body, f"takes the place of the one removed before, with another {listing(fixed)}"
    )
    made.needs.add(gone.name)
    intent.after = {"active": expected}
    intent.change = Change(Action.RECREATE, intent.ref, fields, why)


def _refuse(
    situation: Situation, intent: Intent, fields: tuple[FieldChange, ...], fixed: tuple[str, ...]
) -> None:
    title = _title(intent)
    for name in fixed:
        situation.error(
            "immutable-field",
            intent.resource,
            (name,),
            f"{name} of {title} {intent.ref.key} cannot be changed",
            detail=f"The server keeps what the {title} was created with.",
            hint=f"Give it a new key, or allow to make it anew: --recreate {intent.ref}",
        )
    reason = f"{listing(fixed)} cannot be changed in place"
    intent.change = Change(Action.IMPOSSIBLE, intent.ref, fields, reason)


def _secret_changes(situation: Situation, resource: Resource, live: LiveResource) -> list[FieldChange]:
    """Differences of a channel's secret values, as far as the references can be resolved here."""
    if resource.ref.kind is not Kind.CHANNEL:
        return []
    manifest, answer = dict(resource.body), dict(live.body)
    ours: Any = manifest.get("customHeaders") or {}
    theirs: Any = answer.get("customHeaders") or {}
    pairs = [(name, manifest.get(name), answer.get(name)) for name in ("signingSecret", "url")]
    pairs += [(f"customHeaders.{name}", ours[name], theirs.get(name)) for name in sorted(ours)]
    found = []
    for path, wanted, present in pairs:
        value = _revealed(situation, path, wanted)
        if value is not None and present is not None and value != present:
            found.append(FieldChange(path, SECRET, wanted if normalize.is_reference(wanted) else SECRET))
    return found


def _revealed(situation: Situation, path: str, wanted: Any) -> str | None:
    """The value to compare; None where there is none, or where it is compared in the open like any other field."""
    if normalize.is_reference(wanted):
        reveal = situation.options.reveal
        return reveal(wanted) if reveal is not None else None
    return wanted if path == "signingSecret" else None


def _mention(situation: Situation, intent: Intent, expected: JsonObject, observed: JsonObject) -> None:
    if intent.ref.kind is Kind.METER and "description" in observed and "description" not in expected:
        situation.warn(
            "meter-description-kept",
            intent.resource,
            (),
            f"the description of meter {intent.ref.key} stays: no call can remove it",
            hint="Write the description that it has, or another one.",
        )


def _mention_adoption(situation: Situation, intent: Intent) -> None:
    if intent.ref in situation.adopted:
        situation.note(
            "matched-by-name",
            intent.resource,
            ("name",),
            f"{_title(intent)} {intent.ref.key} was found by its name; it carries no key yet",
            detail="It is equal to its manifest, so nothing is written. The next change gives it its key.",
        )
