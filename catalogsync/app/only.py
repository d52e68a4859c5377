"""Which objects `--only KIND/KEY…` means: patterns, resolved against what the files say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase

from catalogsync.core.errors import UsageError
from catalogsync.core.model import Catalog, Kind, Ref
from catalogsync.core.plan import Plan
from catalogsync.manifests.hints.suggestions import nearest_name


def is_part(plan: Plan) -> bool:
    """Whether a plan leaves something out that its catalog asks for."""
    return any(one.code == "only-waits" for one in plan.diagnostics)


def planned(plan: Plan, catalog: Catalog) -> Catalog:
    """What a plan proves of its catalog: all of it, unless something waits; then what it changes and relies on."""
    if not is_part(plan):
        return catalog
    refs = {one.ref for one in plan.changes} | {one.ref for one in plan.preconditions}
    return replace(catalog, resources={ref: one for ref, one in catalog.resources.items() if ref in refs})


def chosen(patterns: Sequence[str], *catalogs: Catalog) -> frozenset[Ref] | None:
    """The objects of the catalogs that a pattern of KIND/KEY means, `*`, `?` and `[…]` as in file names; None without patterns.

    Raises UsageError for a pattern that means none, or only objects that another catalog owns.
    """
    if not patterns:
        return None
    known = sorted({ref for catalog in catalogs for ref in catalog.resources})
    external = sorted({ref for catalog in catalogs for ref in catalog.external})
    return frozenset(ref for pattern in patterns for ref in _meant(pattern, known, external))


def _meant(pattern: str, known: Sequence[Ref], external: Sequence[Ref]) -> Iterable[Ref]:
    found = [ref for ref in known if fnmatchcase(str(ref), pattern)]
    if found:
        return found
    if any(fnmatchcase(str(ref), pattern) for ref in external):
        raise UsageError(
            f"--only {pattern}: another catalog owns it, so nothing of it is planned here",
            hint="leave it out: what needs it says so",
        )
    kind, slash, key = pattern.partition("/")
    if not slash or not key:
        raise UsageError(
            f"--only: not KIND/KEY: {pattern!r}", hint="write for instance plan/pro, or plan/* for all plans"
        )
    kinds = [str(one) for one in Kind]
    if not any(fnmatchcase(one, kind) for one in kinds):
        guess = nearest_name(kind, kinds)
        hint = f"did you mean `{guess}/{key}`?" if guess else f"kinds: {', '.join(kinds)}"
        raise UsageError(f"--only {pattern}: {kind!r} is not a kind", hint=hint)
    guess = nearest_name(key, [ref.key for ref in known if fnmatchcase(ref.kind, kind)])
    raise UsageError(
        f"--only {pattern} means no object of the files",
        hint=f"did you mean `{kind}/{guess}`?" if guess else "`catalogsync show --resolved` lists them",
    )
