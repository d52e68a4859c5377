"""Keys that name another object of the catalog: they must name one that is there and stays."""

from __future__ import annotations

import difflib

from catalogsync.kinds import KINDS, references
from catalogsync.model import Kind, Ref
from catalogsync.validate.findings import Findings

_CODES = {
    Kind.METER: "reference-unknown-meter",
    Kind.FEATURE: "rate_card_feature_not_found",
    Kind.ADDON: "reference-unknown-addon",
    Kind.CHANNEL: "reference-unknown-channel",
}


def check_references(findings: Findings, broken: frozenset[Ref], complete: bool) -> None:
    """Every reference of the object (semantics-productcatalog §8.1; semantics-meters §2.4). A feature that a rate card names has to be
    there even for a draft (§2.6).
    """
    for ref, place in references(findings.resource.ref.kind, findings.body):
        if findings.live(ref.kind, ref.key) is not None or ref in broken:
            continue
        title = KINDS[ref.kind].title
        gone = findings.catalog.resources.get(ref)
        code = _CODES[ref.kind]
        if ref.kind is Kind.FEATURE and findings.resource.ref.kind is Kind.RULE:
            code = "reference-unknown-feature"
        if gone is not None:
            what = f"{title} `{ref.key}` is {gone.lifecycle} in this catalog, and still named here"
            findings.add(code, place, what, hint="name another one, or keep it published")
        elif complete:
            keys = [r.ref.key for r in findings.catalog.of(ref.kind)]
            near = difflib.get_close_matches(ref.key, keys, 1)
            hint = (
                f"did you mean `{near[0]}`?"
                if near
                else f"write a manifest for it: kind: {ref.kind}, {KINDS[ref.kind].identity}: {ref.key}"
            )
            findings.add(code, place, f"there is no {title} `{ref.key}` in the catalog", hint=hint)
