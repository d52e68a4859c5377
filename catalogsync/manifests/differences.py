"""What overlays are allowed to say (`allowDifferences`). Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase

from catalogsync.core.canon import Json
from catalogsync.core.diagnostics import Path
from catalogsync.core.model import Ref
from catalogsync.manifests import overlay_paths
from catalogsync.openmeter.kinds import KINDS

Allowed = Mapping[str, Sequence[str]]
"""Patterns of fields by patterns of KIND/KEY."""


def refused(ref: Ref, said: Mapping[str, Json], allowed: Allowed) -> Iterator[tuple[Path, str]]:
    """What an overlay's document says that it may not: each value's path in it, and the field in words.

    A pattern allows the field and all below it; entries of lists with keys are named by these. `*` in a pattern stands for any part of one
    name.
    """
    patterns = [
        pattern.split(".")
        for who, fields in allowed.items()
        if fnmatchcase(str(ref), who)
        for pattern in fields
    ]
    body = {name: value for name, value in said.items() if name not in ("kind", KINDS[ref.kind].identity)}
    for path, names in overlay_paths.said(body):
        if not any(_covers(pattern, names) for pattern in patterns):
            yield path, ".".join(names)


def _covers(pattern: Sequence[str], names: Sequence[str]) -> bool:
    return len(pattern) <= len(names) and all(map(fnmatchcase, names, pattern))
