"""Overlays: documents with the kind and key of another that say only what differs. Pure.

Merged field by field: objects member by member; phases and rate cards by their `key`, a plan's add-ons by `addon`; every other list is
replaced whole. `null` takes a field away, which for the fields that may be null means the same (a phase without end, a free rate card).
`$remove: true` beside the key of an entry takes the entry away, `$add: true` adds one, after those that are there; an entry that is neither
added nor there is an error. An empty list (`addons: []`) takes all of them away. What may be a secret is one value: `{file: …}` replaces
`{env: …}` and is not merged with it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeGuard

from catalogsync.core.canon import Json
from catalogsync.core.diagnostics import Diagnostic, Path, Severity
from catalogsync.core.model import Origin
from catalogsync.manifests.hints import keyed_entries, suggestions
from catalogsync.manifests.hints.patience import Patience
from catalogsync.openmeter.kinds import ANY, KINDS, Keyed

REMOVE = "$remove"
"""The member that takes its entry out of a keyed list."""

ADD = "$add"
"""The member that says that its entry is a new one of a keyed list."""

_WHOLE = frozenset({"type", "rateCards", "fromPlanPhase"})
"""Members of an entry that is written whole. One that says a part only, with a key that is nearly another's, is a slip: added, it would
stand beside the entry that was meant.
"""

_SECRETS = frozenset(secret.path for spec in KINDS.values() for secret in spec.secrets)
_SECRETS_BEGIN = frozenset(path[:1] for path in _SECRETS)

KEYED: Mapping[str, str] = {
    path[-1]: rule.by
    for spec in KINDS.values()
    for path, rule in spec.lists.items()
    if isinstance(rule, Keyed)
}
"""Lists whose entries are distinguished by a member."""

WRONG_TYPE = "manifest-wrong-type"
"""What is said of a value that must be a list, and of an entry that must be an object."""

Names = tuple[str, ...]
"""A place by names alone: an entry of a keyed list by its key."""


_TAKEN: Json = ("taken away",)
"""What stands in the place of an entry that was. No value of a file: those hold no tuples."""
_IN_A_PHASE = 4
"""How long the path of an entry is that stands in a list of a phase: phases, N, rateCards, N."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that an overlay says in vain, at a path of its document."""

    path: Path
    code: str
    severity: Severity
    summary: str
    hint: str

    def at(self, origin: Origin, subject: str) -> Diagnostic:
        """The same with its place in a file."""
        where = origin.locate(self.path)
        return Diagnostic(self.code, self.severity, self.summary, where, hint=self.hint, subject=subject)


@dataclass(slots=True)
class Merging:
    """What merging one layer finds."""

    problems: list[Problem] = field(default_factory=list)
    base: Mapping[str, Json] = field(default_factory=dict)
    overlay: Mapping[str, Json] = field(default_factory=dict)
    patience: Patience = field(default_factory=Patience)

    def merge(self, base: Mapping[str, Json], overlay: Mapping[str, Json]) -> dict[str, Json]:
        """The base document with what the overlay says otherwise."""
        self.base, self.overlay = base, overlay
        return self._objects(base, overlay, (), ())

    def _objects(
        self, base: Mapping[str, Json] | None, overlay: Mapping[str, Json], path: Path, names: Names
    ) -> dict[str, Json]:
        """`base` is None where the layers below have no such object."""
        merged: dict[str, Json] = dict(base or {})
        for name, value in overlay.items():
            place, here = (*path, name), (*names, name)
            if value is None:
                if base is not None and name not in base:
                    self._idle(place, base)
                merged.pop(name, None)
            elif may_be_secret(here):
                merged[name] = value
            else:
                merged[name] = self._value(merged.get(name), value, place, here, fresh=base is None)
        return merged

    def _value(self, before: Json, after: Json, path: Path, names: Names, *, fresh: bool) -> Json:
        by = KEYED.get(names[-1])
        if by and is_list(before) and isinstance(after, Mapping):
            summary = f"`{names[-1]}` must be a list (`- entry` lines), not an object"
            self._wrong(path, WRONG_TYPE, summary, keyed_entries.as_entries(after, by, keys(before, by)))
            return before
        if isinstance(after, Mapping):
            return self._objects(before if isinstance(before, Mapping) else None, after, path, names)
        if by and after and is_list(after):
            known = before if is_list(before) else ()
            return self._lists(known, after, by, path, names, fresh=fresh)
        return after

    def _lists(
        self,
        before: Sequence[Json],
        after: Sequence[Json],
        by: str,
        path: Path,
        names: Names,
        *,
        fresh: bool,
    ) -> list[Json]:
        """Entries of the overlay that have one key between them stay apart, so that the check tells of them; but one may be removed first."""
        merged, places = list(before), _positions(before, by)
        met: set[str] = set()
        for number, entry in enumerate(after):
            place = (*path, number)
            if not isinstance(entry, Mapping) and not fresh:
                summary = f"an entry of `{names[-1]}` must be an object (`name: value` lines)"
                self._wrong(place, WRONG_TYPE, summary, keyed_entries.as_entry(entry, by, keys(merged, by)))
                continue
            if not isinstance(entry, Mapping):
                merged.append(entry)
                continue
            key = entry.get(by)
            known = places.get(key, []) if isinstance(key, str) and key not in met else []
            at = known[0] if known else None
            if REMOVE in entry:
                if self._may_go(merged, at, entry, by, place):
                    merged[known.pop(0)] = _TAKEN
            elif not isinstance(key, str):
                self._nameless(entry, by, place, keys(merged, by))
            elif key in met or self._may_stand(merged, at, entry, by, place, fresh=fresh):
                met.add(key)
                if entry.keys() == {by}:
                    self._without_effect(entry, by, place)
                under = None if at is None else merged[at]
                said = {name: value for name, value in entry.items() if name != ADD}
                made = self._objects(
                    under if isinstance(under, Mapping) else None, said, place, (*names, key)
                )
                if at is None:
                    merged.append(made)
                else:
                    merged[at] = made
        return [one for one in merged if one is not _TAKEN]

    def _may_stand(
        self,
        merged: Sequence[Json],
        at: int | None,
        entry: Mapping[str, Json],
        by: str,
        path: Path,
        *,
        fresh: bool,
    ) -> bool:
        """Whether an entry is there below the overlay or said to be a new one. `fresh`: so is what it is part of, and needs not be said again."""
        if ADD not in entry:
            if at is None and not fresh:
                called = suggestions.named(path, entry)
                hint = self._elsewhere(str(entry[by]), path, by) or self._nearest(entry, by, merged)
                if not hint.endswith(("?", "below that one")) or not _WHOLE.isdisjoint(entry):
                    hint += f"{' If not,' if hint.endswith('?') else ';'} `{ADD}: true` beside its `{by}` adds another one"
                owner = self._owner(path)
                summary = f"there is no {called}{f' in {owner}' if owner else ''} below this overlay"
                self._wrong((*path, by), "overlay-without-item", summary, hint)
            return at is not None or fresh
        called = suggestions.named(path, entry)
        if entry[ADD] is not True:
            hint = f"write `{ADD}: true`, or leave it out"
            self._wrong((*path, ADD), "overlay-add", f"`{ADD}` of {called} must be true", hint)
        elif at is not None:
            summary = f"`{ADD}: true` adds {called}, which is there already"
            hint = f"leave `{ADD}` out to change the one that is there"
            self._wrong((*path, ADD), "overlay-add", summary, hint)
        return True

    def _owner(self, path: Path) -> str:
        """The phase that an entry of the overlay stands in, as a person calls it; "" for none."""
        if len(path) < _IN_A_PHASE or path[0] != "phases":
            return ""
        phases, number = self.overlay.get("phases"), path[1]
        phase = phases[number] if isinstance(phases, list) and isinstance(number, int) else None
        return suggestions.named(path[:2], phase) if isinstance(phase, Mapping) else ""

    def _elsewhere(self, key: str, path: Path, by: str) -> str:
        """Where the entry that is meant stands, when that is another phase; else ""."""
        if not self._owner(path):
            return ""
        phases = self.base.get("phases")
        found = [
            suggestions.named(("phases", number), phase)
            for number, phase in enumerate(phases if isinstance(phases, list) else ())
            if isinstance(phase, Mapping) and key in keys(phase.get(str(path[2])), by)
        ]
        return f"it is in {', '.join(found)}: write it below that one" if found else ""

    def _wrong(self, path: Path, code: str, summary: str, hint: str) -> None:
        self.problems.append(Problem(path, code, Severity.ERROR, summary, hint))

    def _may_go(
        self, merged: Sequence[Json], at: int | None, entry: Mapping[str, Json], by: str, path: Path
    ) -> bool:
        """Whether an entry is there and taken away."""
        code, called = "overlay-remove", suggestions.named(path, entry)
        if entry[REMOVE] is not True or set(entry) != {by, REMOVE}:
            summary = f"`{REMOVE}: true` takes {called} away and stands beside its `{by}` alone"
            self._wrong((*path, REMOVE), code, summary, f"write {{{by}: …, {REMOVE}: true}}")
        elif at is None:
            summary = f"there is no {called} to take away"
            hint = self._nearest(entry, by, merged)
            self._wrong((*path, by), "overlay-without-item", summary, hint)
        else:
            return True
        return False

    def _nameless(self, entry: Mapping[str, Json], by: str, path: Path, known: Sequence[str]) -> None:
        item = suggestions.named(path, {})
        if by in entry:
            summary, hint = (
                f"`{by}` of {item} must be text",
                f"write the key of the one that is meant{keyed_entries.there_are(known)}",
            )
            self._wrong((*path, by), "overlay-without-item", summary, hint)
            return
        summary = f"`{by}` is missing in {item}: it says which one is meant"
        guess = suggestions.nearest_name(by, [name for name in entry if name != "name"])
        if len(entry) == 1 and isinstance(inner := next(iter(entry.values())), Mapping | None):
            guess, hint = "", keyed_entries.as_entry(next(iter(entry)), by, known, inner)
        else:
            hint = (
                f"did you mean `{by}` instead of `{guess}`?"
                if guess
                else f"add `{by}: …`{keyed_entries.there_are(known)}"
            )
        self._wrong((*path, guess) if guess else path, "overlay-without-item", summary, hint)

    def _nearest(self, entry: Mapping[str, Json], by: str, entries: Sequence[Json]) -> str:
        """A hint for a key that is not there."""
        known = keys(entries, by)
        guess = (
            suggestions.nearest_name(str(entry.get(by)), known) if self.patience.suffices(len(known)) else ""
        )
        listed = ", ".join(f"`{one}`" for one in known[: keyed_entries.MOST_LISTED]) or "none"
        more = (
            f" and {len(known) - keyed_entries.MOST_LISTED:,} more"
            if len(known) > keyed_entries.MOST_LISTED
            else ""
        )
        return f"did you mean `{guess}`?" if guess else f"there are: {listed}{more}"

    def _without_effect(self, entry: Mapping[str, Json], by: str, path: Path) -> None:
        summary = f"this entry for {suggestions.named(path, entry)} says nothing but its `{by}`"
        hint = f"write what differs, or `{REMOVE}: true` to take it away"
        self.problems.append(Problem((*path, by), "overlay-without-effect", Severity.WARNING, summary, hint))

    def _idle(self, path: Path, base: Mapping[str, Json]) -> None:
        name = str(path[-1])
        guess = suggestions.nearest_name(name, base)
        hint = f"did you mean `{guess}`?" if guess else "leave it out"
        summary = f"`{name}: null` takes nothing away: there is no `{name}` below this overlay"
        self.problems.append(Problem(path, "overlay-without-effect", Severity.WARNING, summary, hint))


def merge(base: Mapping[str, Json], overlay: Mapping[str, Json]) -> dict[str, Json]:
    """The base document with what the overlay says otherwise."""
    return Merging().merge(base, overlay)


def keys(entries: Json, by: str) -> list[str]:
    """The keys of a keyed list's entries, in their order."""
    found = (entry.get(by) for entry in entries if isinstance(entry, dict)) if is_list(entries) else ()
    return [key for key in found if isinstance(key, str)]


def may_be_secret(path: Names) -> bool:
    """Whether what stands at a place may be a secret: such a value is not merged, but replaced."""
    return path[:1] in _SECRETS_BEGIN and any(
        len(one) == len(path) and all(name in (ANY, step) for name, step in zip(one, path, strict=True))
        for one in _SECRETS
    )


def is_list(value: object) -> TypeGuard[Sequence[Json]]:
    """Whether a value is a list."""
    return isinstance(value, Sequence) and not isinstance(value, str)


def _positions(entries: Sequence[Json], by: str) -> dict[str, list[int]]:
    """Where a list holds the entries of each key."""
    found: dict[str, list[int]] = {}
    for number, entry in enumerate(entries):
        if isinstance(entry, dict) and isinstance(key := entry.get(by), str) and REMOVE not in entry:
            found.setdefault(key, []).append(number)
    return found


def position(entries: Sequence[object], by: str, entry: object) -> int | None:
    """Where the list holds the entry with the same key; an entry that is only taken away does not count."""
    key = entry.get(by) if isinstance(entry, Mapping) else None
    if not isinstance(key, str):
        return None
    return next(
        (
            position
            for position, other in enumerate(entries)
            if isinstance(other, dict) and other.get(by) == key and REMOVE not in other
        ),
        None,
    )
