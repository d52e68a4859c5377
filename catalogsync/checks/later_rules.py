"""Rules that came with a later release of the server: what was published before them stays as it is, and its next version must follow them.

Offline it cannot be known what was published. `validate` says so beside its errors; a plan knows, and asks only for what it would write. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from catalogsync.core.diagnostics import Diagnostic, Severity
from catalogsync.core.model import Catalog, Lifecycle
from catalogsync.core.plan import Plan

_CODES = frozenset(
    {
        "entitlement_template_issue_after_reset_required",
        "usage_based_price_with_no_feature",
        "usage_based_price_with_feature_and_no_meter",
        "feature-filter-operators",
        "feature-filter-operand",
        "currency-unknown",
    }
)
"""What servers before v1.0.0-beta.228, .230 and .232 take (docs/server/releases.md#behaviour)."""
_OFFLINE = "Where it was published before this rule and stays as it is, `plan` takes it with a warning."


def may_stand(finding: Diagnostic) -> bool:
    """Whether a server may hold what an error is about, from before the rule."""
    return finding.is_error and finding.code in _CODES


def explained(findings: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """The findings of a run without a server, with what a plan would make of them."""
    return tuple(
        replace(one, detail=f"{one.detail} {_OFFLINE}".strip()) if may_stand(one) else one for one in findings
    )


def settled(findings: Iterable[Diagnostic], catalog: Catalog, plan: Plan) -> tuple[Diagnostic, ...]:
    """The findings as they count for a plan: of what is live as the files have it, an error of a later rule is a warning."""
    touched = {str(step.ref) for step in plan.steps} | {str(change.ref) for change in plan.changes}
    touched |= {one.subject for one in plan.diagnostics if one.is_error}
    published = {str(one.ref) for one in catalog if one.lifecycle is Lifecycle.PUBLISHED}
    return tuple(
        _stands(one) if may_stand(one) and one.subject in published - touched else one for one in findings
    )


def _stands(one: Diagnostic) -> Diagnostic:
    detail = one.detail.removesuffix(_OFFLINE).strip()
    said = "It was published before this rule; its next version must fix it."
    return replace(one, severity=Severity.WARNING, detail=f"{detail} {said}".strip())
