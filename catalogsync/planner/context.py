"""What planning knows: the files, the live state, the states observed, and what has been decided so far. Collects problems."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from catalogsync import normalize
from catalogsync.core.canon import JsonObject
from catalogsync.core.diagnostics import Diagnostic, Path, Severity
from catalogsync.core.model import Catalog, Kind, LiveGroup, LiveState, Ref, Resource
from catalogsync.core.plan import Verb
from catalogsync.planner import transitions
from catalogsync.planner.intent import Intent, Sketch

Reveal = Callable[[JsonObject], str | None]


@dataclass(frozen=True, slots=True)
class PlanOptions:
    """What the person allows and offers.

    `recreate`: objects that may be removed and made anew to change what cannot be changed in place.
    `reveal`: the value behind a reference to a secret, or None where it cannot be had; used to compare
    and then forgotten. Without it secrets count as unchanged.
    `drop_drafts`: plans and add-ons whose draft is to go, where their manifests do not ask for it (see `undo`).
    """

    recreate: frozenset[Ref] = frozenset()
    reveal: Reveal | None = None
    drop_drafts: frozenset[Ref] = frozenset()


@dataclass(slots=True)
class Situation:
    """One run of planning."""

    catalog: Catalog
    live: LiveState
    options: PlanOptions
    adopted: frozenset[Ref] = frozenset()
    intents: dict[Ref, Intent] = field(default_factory=dict)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    _names: Mapping[str, str] = field(default_factory=dict)
    _hidden: frozenset[str] = frozenset()
    _states: dict[Ref, JsonObject] = field(default_factory=dict)
    _contents: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, catalog: Catalog, live: LiveState, options: PlanOptions) -> Situation:
        """The situation at the start, with channels and rules adopted by name."""
        wanted = {
            r.ref: str(r.body.get("name")) for kind in (Kind.CHANNEL, Kind.RULE) for r in catalog.of(kind)
        }
        matched = transitions.adopt(live, wanted)
        adopted = frozenset(ref for ref in wanted if ref in matched.groups and ref not in live.groups)
        known, hidden = normalize.names(matched), normalize.hidden_channels(matched)
        return cls(catalog, matched, options, adopted, _names=known, _hidden=hidden)

    def group(self, ref: Ref) -> LiveGroup:
        return self.live.group(ref)

    def state(self, ref: Ref) -> JsonObject:
        """The object's state as read; what its manifest keeps as a secret is shown as a digest."""
        if ref not in self._states:
            state = transitions.observe(self.group(ref), self._names, self._contents)
            self._states[ref] = self._masked(ref, state)
        return self._states[ref]

    def _masked(self, ref: Ref, state: JsonObject) -> JsonObject:
        resource = self.catalog.resources.get(ref)
        active: Any = state.get("active")
        if ref.kind is not Kind.CHANNEL or resource is None or active is None:
            return state
        manifest: Any = resource.body
        masked = dict(active)
        if normalize.is_reference(manifest.get("url")):
            masked["url"] = normalize.digest(str(active["url"]))
        headers = manifest.get("customHeaders") or {}
        if "customHeaders" in active:
            masked["customHeaders"] = {
                name: normalize.digest(value) if normalize.is_reference(headers.get(name)) else value
                for name, value in active["customHeaders"].items()
            }
        return {"active": masked}

    def after(self, ref: Ref) -> JsonObject:
        """The object's state when the plan is done."""
        intent = self.intents.get(ref)
        return intent.after if intent is not None else self.state(ref)

    def live_refs(self, kind: Kind) -> Iterator[Ref]:
        """All live objects of a kind, sorted."""
        return iter(sorted(ref for ref in self.live.groups if ref.kind is kind))

    def unseen_channels(self) -> frozenset[str]:
        """Disabled channels that stay disabled: nothing can be said of a rule's connection to them."""
        return frozenset(key for key in self._hidden if self._stays_disabled(key))

    def _stays_disabled(self, key: str) -> bool:
        resource = self.catalog.get(Kind.CHANNEL, key)
        return resource is None or bool(resource.body.get("disabled"))

    def unseen_leaving(self) -> list[str]:
        """Disabled channels that this plan deletes: rules may name them without showing it."""
        refs = [Ref(Kind.CHANNEL, key) for key in sorted(self._hidden)]
        return [ref.key for ref in refs if self.step(ref, Verb.DELETE) is not None]

    def unseen_coming(self) -> list[str]:
        """Disabled channels that this plan enables: what rules name them shows only then."""
        refs = [Ref(Kind.CHANNEL, key) for key in sorted(self._hidden - self.unseen_channels())]
        return [ref.key for ref in refs if self.step(ref, Verb.UPDATE) is not None]

    def step(self, ref: Ref, verb: Verb, mark: str = "") -> Sketch | None:
        """The step planned for an object, if any."""
        intent = self.intents.get(ref)
        return intent.step(verb, mark) if intent is not None else None

    def error(self, code: str, resource: Resource, path: Path, summary: str, **more: str) -> None:
        """Report what makes the plan impossible, at a place of an object's manifest."""
        self.diagnostics.append(_diagnostic(Severity.ERROR, code, resource, path, summary, **more))

    def warn(self, code: str, resource: Resource, path: Path, summary: str, **more: str) -> None:
        """Report what the person may not expect."""
        self.diagnostics.append(_diagnostic(Severity.WARNING, code, resource, path, summary, **more))

    def note(self, code: str, resource: Resource, path: Path, summary: str, **more: str) -> None:
        """Report what explains the plan."""
        self.diagnostics.append(_diagnostic(Severity.NOTE, code, resource, path, summary, **more))


def _diagnostic(
    severity: Severity,
    code: str,
    resource: Resource,
    path: Path,
    summary: str,
    *,
    detail: str = "",
    hint: str = "",
) -> Diagnostic:
    where = resource.origin.locate(path)
    return Diagnostic(code, severity, summary, where, detail, hint, str(resource.ref))


def listing(words: list[str] | tuple[str, ...]) -> str:
    """Words in a row for a sentence: "a", "a and b", "a, b and c"."""
    if len(words) <= 1:
        return "".join(words)
    return ", ".join(words[:-1]) + " and " + words[-1]
