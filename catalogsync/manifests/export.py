"""Live objects as manifests that plan to nothing: one file per object, in folders by kind, with what a person wants to know as comments.

No ids, no read-only members, no secrets. What a manifest cannot say is left out and named in a warning. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from catalogsync import manifests, normalize
from catalogsync.core.canon import Body
from catalogsync.core.diagnostics import Diagnostic, Path, Severity, some
from catalogsync.core.model import Kind, Lifecycle, LiveGroup, LiveResource, LiveState, Ref
from catalogsync.core.values import Hidden, SecretRef
from catalogsync.manifests import price_remarks
from catalogsync.openmeter.kinds import KINDS, named, offered_kind, references, secret_members
from catalogsync.openmeter.scalars import instant

_KEY = re.compile(r"[a-z0-9]+(?:_[a-z0-9]+)*")
_LONGEST_KEY = 64


@dataclass(frozen=True, slots=True)
class Document:
    """One manifest to write."""

    ref: Ref
    body: Body
    lifecycle: Lifecycle = Lifecycle.PUBLISHED
    comments: Mapping[Path, str] = field(default_factory=dict)

    @property
    def file(self) -> str:
        return f"{KINDS[self.ref.kind].folder}/{self.ref.key}.yaml"


@dataclass(frozen=True, slots=True)
class Exported:
    """Files by their path below the output folder, and what could not be said."""

    files: Mapping[str, str]
    diagnostics: tuple[Diagnostic, ...] = ()


def export(live: LiveState, kinds: Iterable[Kind] | None = None) -> Exported:
    """Everything live of these kinds, by default of all, as manifests. `live` has to be complete, also for kinds that are not written."""
    diagnostics: list[Diagnostic] = []
    documents = _complete(list(_documents(live, diagnostics)), diagnostics)
    for document in documents:
        _mention_superseded(live, live.group(document.ref), diagnostics)
    wanted = set(Kind if kinds is None else kinds)
    files = {
        d.file: manifests.to_yaml(d.body, d.ref.kind, d.ref.key, lifecycle=d.lifecycle, comments=d.comments)
        for d in sorted(documents, key=lambda d: d.ref)
        if d.ref.kind in wanted
    }
    said = [d for d in diagnostics if Ref.parse(d.subject).kind in wanted]
    return Exported(files, tuple(said))


def _warn(diagnostics: list[Diagnostic], subject: Ref | str, summary: str, hint: str = "") -> None:
    text = str(subject)
    diagnostics.append(Diagnostic("export-left-out", Severity.WARNING, summary, hint=hint, subject=text))


def _documents(live: LiveState, diagnostics: list[Diagnostic]) -> Iterator[Document]:
    keyed = _with_keys(live, diagnostics)
    for ref in sorted(keyed.groups):
        group = keyed.groups[ref]
        if not _can_be_said(ref, group, diagnostics):
            continue
        chosen, lifecycle = _chosen(group)
        if chosen is None:
            continue
        normal = _sold(keyed, ref.kind, normalize.live(chosen, keyed))
        if not _references_seen(keyed, ref, normal, diagnostics):
            continue
        normal = _with_references(ref, normal, diagnostics)
        body = KINDS[ref.kind].manifest(normal, ref.key)
        comments = {
            (): "\n".join(_remarks(group, chosen, ref in live.groups)),
            **price_remarks.comments(body),
        }
        yield Document(ref, body, lifecycle, {p: text for p, text in comments.items() if text})


def _sold(live: LiveState, kind: Kind, normal: Body) -> Body:
    """Without offers of what is not published any more: a manifest cannot name it."""
    offered, offers = offered_kind(kind), normal.get("addons")
    if offered is None or not isinstance(offers, Mapping):
        return normal
    there = {k: v for k, v in offers.items() if live.group(Ref(offered, k)).active is not None}
    return {**normal, "addons": there}


def _can_be_said(ref: Ref, group: LiveGroup, diagnostics: list[Diagnostic]) -> bool:
    title = KINDS[ref.kind].title
    if group.hidden:
        _warn(diagnostics, ref, f"{title} {ref.key} is managed elsewhere and left out: {group.hidden}")
        return False
    if not _KEY.fullmatch(ref.key) or len(ref.key) > _LONGEST_KEY:
        _warn(diagnostics, ref, f"{title} {ref.key!r} is left out: no manifest can have such a key")
        return False
    return True


def _chosen(group: LiveGroup) -> tuple[LiveResource | None, Lifecycle]:
    """The version to write and the lifecycle under which it plans to nothing."""
    if group.active is not None:
        return group.active, Lifecycle.PUBLISHED
    if group.draft is not None:
        return group.draft, Lifecycle.DRAFT
    return (group.archived[0], Lifecycle.ARCHIVED) if group.archived else (None, Lifecycle.ARCHIVED)


# Channels and rules that carry no key


def _with_keys(live: LiveState, diagnostics: list[Diagnostic]) -> LiveState:
    """The same state with keys made from names for what has none; what could not be found again by its name is left out."""
    groups = dict(live.groups)
    by_name: dict[tuple[Kind, str], list[LiveResource]] = {}
    for resource in live.unmatched:
        by_name.setdefault((resource.kind, str(resource.body.get("name"))), []).append(resource)
    for (kind, name), found in sorted(by_name.items(), key=lambda item: (item[0][0].rank, item[0][1])):
        key = _free_key(kind, name, groups)
        if len(found) > 1:
            title = KINDS[kind].title
            _warn(
                diagnostics,
                Ref(kind, key),
                f"{len(found)} {title}s called {name!r} are left out: they cannot be distinguished",
                "Give each a name of its own.",
            )
            continue
        groups[Ref(kind, key)] = LiveGroup(Ref(kind, key), active=replace(found[0], key=key))
    return LiveState(groups)


def _free_key(kind: Kind, name: str, groups: Mapping[Ref, LiveGroup]) -> str:
    base = "_".join(re.findall(r"[a-z0-9]+", name.lower()))[:56].strip("_") or "unnamed"
    key, number = base, 2
    while Ref(kind, key) in groups:
        key, number = f"{base}_{number}", number + 1
    return key


def _references_seen(live: LiveState, ref: Ref, normal: Body, diagnostics: list[Diagnostic]) -> bool:
    """Whether what a rule names can be known; it may have disabled channels besides those that its reads show."""
    partly = [r for r in KINDS[ref.kind].references if r.unseen_when_disabled]
    hidden = normalize.unseen(ref.kind, live) - named(ref.kind, normal, partly[0]) if partly else frozenset()
    if partly and not named(ref.kind, normal, partly[0]):
        _warn(
            diagnostics,
            ref,
            f"rule {ref.key} is left out: all its channels are disabled, and its reads do not show them",
            "Enable its channels for the time of the export.",
        )
        return False
    if hidden and "disabledChannels" not in normal:
        _warn(
            diagnostics,
            ref,
            f"rule {ref.key} may have disabled channels too; reads do not show which",
            f"Disabled channels: {some(sorted(hidden))}.",
        )
    return True


def _with_references(ref: Ref, normal: Body, diagnostics: list[Diagnostic]) -> Body:
    """Secrets as references to environment variables that have to be set; one that nobody has to name is left to the server."""
    for place, value in list(secret_members.places(ref.kind, normal)):
        if not isinstance(value, Hidden):
            continue
        if place[0] in KINDS[ref.kind].kept:
            normal = {name: other for name, other in normal.items() if name != place[0]}
            continue
        variable = re.sub(r"[^A-Z0-9]+", "_", "_".join((ref.key, *place)).upper())
        normal = secret_members.put(normal, place, SecretRef("env", variable))
        title = KINDS[ref.kind].title
        _warn(
            diagnostics,
            ref,
            f"{'.'.join(place)} of {title} {ref.key} is a secret and is not written",
            f"Set the environment variable {variable} to it; until then it is not compared.",
        )
    return normal


def _mention_superseded(live: LiveState, group: LiveGroup, diagnostics: list[Diagnostic]) -> None:
    """An assignment names one version of an add-on; a manifest always means the published one."""
    offered = offered_kind(group.ref.kind)
    chosen, lifecycle = _chosen(group)
    effect = {
        Lifecycle.PUBLISHED: "Applying the manifest makes a new version of the plan",
        Lifecycle.DRAFT: "Applying the manifest changes the draft",
    }.get(lifecycle, "")
    for item in chosen.assignments if chosen is not None and offered is not None else ():
        assert offered is not None
        active = live.group(Ref(offered, item.addon_key)).active
        if active is None:
            _warn(
                diagnostics,
                group.ref,
                f"plan {group.ref.key} offers version {item.addon_version} of add-on {item.addon_key}, of which no version is published;"
                " its manifest is written without it",
                f"{effect}, which no longer offers it." if effect else "",
            )
        elif active.id != item.addon_id:
            _warn(
                diagnostics,
                group.ref,
                f"plan {group.ref.key} offers an earlier version of add-on {item.addon_key}; its manifest means the published one",
                f"{effect}, which offers that one." if effect else "",
            )


# References


def _complete(documents: list[Document], diagnostics: list[Diagnostic]) -> list[Document]:
    """The documents of which every reference is to another of them; the others are named and left out."""
    while True:
        known = {d.ref for d in documents}
        broken = {d.ref: missing for d in documents if (missing := _missing(d, known))}
        if not broken:
            return documents
        for ref, missing in broken.items():
            title = KINDS[ref.kind].title
            _warn(
                diagnostics,
                ref,
                f"{title} {ref.key} is left out: it names {missing}, which no manifest describes",
            )
        documents = [d for d in documents if d.ref not in broken]


def _missing(document: Document, known: set[Ref]) -> Ref | None:
    for ref, _ in references(document.ref.kind, document.body):
        if ref not in known:
            return ref
    return None


# Comments


def _remarks(group: LiveGroup, chosen: LiveResource, keyed: bool) -> Iterator[str]:
    """What a person wants to know, line by line."""
    if KINDS[group.ref.kind].versioned:
        yield _version_remark(group, chosen)
        if group.active is not None and group.draft is not None:
            yield f"Version {group.draft.version} is being drafted; it is not described here."
        older = len(group.archived) - (chosen.status == "archived")
        if older:
            yield f"{older} earlier version{'s are' if older > 1 else ' is'} archived."
    yield from KINDS[group.ref.kind].remarks(group)
    if not keyed:
        title = KINDS[group.ref.kind].title.split()[-1]
        yield f"The live {title} carries no key yet: it is found by its name until the first change."


def _version_remark(group: LiveGroup, chosen: LiveResource) -> str:
    if chosen is group.active:
        return f"Version {chosen.version}, published {_day(chosen.body.get('effectiveFrom'))}."
    if chosen is group.draft:
        return f"Version {chosen.version}, a draft of {_day(chosen.body.get('createdAt'))}."
    return f"Version {chosen.version}, archived {_day(chosen.body.get('effectiveTo'))}."


def _day(moment: object) -> str:
    return instant(moment)[:10] if isinstance(moment, str) else "at an unknown time"
