"""What is known of an environment after a run: what is proven there, and what is left of earlier catalogs. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from catalogsync.core.model import Lifecycle, Ref
from catalogsync.store.runs.applied import Applied, AppliedObject, Content, Contents, MadeOf

_LIVES = frozenset({Lifecycle.PUBLISHED, Lifecycle.DRAFT})


def proved(
    before: Applied | None,
    made_of: MadeOf,
    now: Applied,
    stands: Callable[[Ref], bool],
    *,
    changed: Iterable[Ref] = (),
) -> Applied:
    """What is proven after a run. `now` names the run and has no objects; `changed` are those that the run changed, which start to be proven
    now. What the catalog does not hold any more, and its files would, is not proven any more: it is remembered as left as long as it `stands` live
    and no manifest names it again. What was proven from files outside of those that were read stays as it is.
    """
    old = before.objects if before is not None else {}
    moved = frozenset(changed)

    def of(ref: Ref, content: Content) -> AppliedObject:
        was = old.get(ref)
        same = was is not None and was.content.resolved == content.resolved and ref not in moved
        since = was.since if was is not None and same else ""
        return AppliedObject(content, since or now.when, now.revision, now.run)

    found = {ref: one for ref, one in old.items() if not made_of.speaks_for(one.content)}
    found.update(
        {ref: of(ref, content) for ref, content in made_of.contents.items() if _says(content, found.get(ref))}
    )
    left = {
        **(before.left if before is not None else {}),
        **{r: one for r, one in old.items() if asked_for(one.content)},
    }
    left = {ref: one for ref, one in sorted(left.items()) if ref not in found and stands(ref)}
    return replace(now, objects=dict(sorted(found.items())), left=left)


def _says(content: Content, elsewhere: AppliedObject | None) -> bool:
    """Whether an object is to be known by this catalog: what it calls external is known by the one that owns it, where that is known."""
    return (
        elsewhere is None or not asked_for(elsewhere.content) or _lifecycle(content) is not Lifecycle.EXTERNAL
    )


def begun(before: Applied, touched: Iterable[Ref], made_of: Contents, now: Applied) -> Applied:
    """What is known once a run begins to change some objects: they are kept, and are not proven until a run proves them again. What the run
    makes is remembered as left until then: should its manifest go before anything is proven, it is still known. `now` names the run.
    """
    moved = frozenset(touched)
    objects = {ref: replace(one, since="") if ref in moved else one for ref, one in before.objects.items()}
    new = dict(_new(before, moved, made_of, now))
    return replace(before, objects=objects, left=dict(sorted({**before.left, **new}.items())))


def _new(
    before: Applied, moved: Iterable[Ref], made_of: Contents, now: Applied
) -> Iterator[tuple[Ref, AppliedObject]]:
    for ref in moved:
        content = made_of.get(ref)
        if ref not in before.objects and content is not None and asked_for(content):
            yield ref, AppliedObject(content, "", now.revision, now.run)


def asked_for(content: Content) -> bool:
    """Whether a manifest asks for a live object of its own."""
    return _lifecycle(content) in _LIVES


def _lifecycle(content: Content) -> Lifecycle:
    return Lifecycle(str(content.resolved.get("lifecycle", Lifecycle.PUBLISHED)))
