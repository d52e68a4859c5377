"""Which rule a kind declares for a list."""

from __future__ import annotations

from catalogsync.core.model import Kind
from catalogsync.openmeter.kinds import KINDS
from catalogsync.openmeter.kinds.spec import ANY, ListRule, MemberPath


def list_rule(kind: Kind, path: MemberPath) -> ListRule | None:
    """The rule of the list at a path, in which any name stands for itself; None for one that the kind does not declare."""
    for pattern, rule in KINDS[kind].lists.items():
        if len(pattern) == len(path) and all(p in (ANY, name) for p, name in zip(pattern, path, strict=True)):
            return rule
    return None
