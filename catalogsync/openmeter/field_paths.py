"""Paths of fields as people read them."""

from __future__ import annotations

import re

from catalogsync.openmeter.kinds import KINDS, Keyed

_LISTS = sorted(
    {p[-1] for spec in KINDS.values() for p, rule in spec.lists.items() if not isinstance(rule, Keyed)}
)
_POSITION = re.compile(rf"((?:^|\.)(?:{'|'.join(map(re.escape, _LISTS))}))\.([0-9]+)(?=\.|$)", re.ASCII)


def shown(path: str) -> str:
    """`price.tiers.1.unitPrice` as `price.tiers[2].unitPrice`: entries of lists that have no keys are counted from 1."""
    return _POSITION.sub(lambda found: f"{found[1]}[{int(found[2]) + 1}]", path)
