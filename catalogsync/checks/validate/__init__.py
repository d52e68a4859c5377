"""The server's verdict, offline: what it would refuse, what it keeps as a draft only, what it drops in silence. Pure.

    findings   problems collected by place · references   keys that name nothing · meters, features, notifications
    cards      rate cards, prices, entitlement templates, discounts · catalog   plans, add-ons, and whether an add-on fits a plan

Every rule names its source; its code is the server's own where the server has one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from catalogsync.checks.validate import catalog as catalog_rules
from catalogsync.checks.validate import features, meters, notifications
from catalogsync.checks.validate.findings import Findings
from catalogsync.checks.validate.references import Known, check_references, once_each
from catalogsync.core.diagnostics import Diagnostic, Severity
from catalogsync.core.model import NO_GAPS, Catalog, Gaps, Kind, Lifecycle, Resource
from catalogsync.openmeter.kinds import ADDON, CHANNEL, FEATURE, KINDS, METER, PLAN, RULE

__all__ = ["validate"]

_RULES: Mapping[Kind, Callable[[Findings], None]] = {
    METER: meters.check,
    FEATURE: features.check,
    ADDON: catalog_rules.check_addon,
    PLAN: catalog_rules.check_plan,
    CHANNEL: notifications.check_channel,
    RULE: notifications.check_rule,
}
"""What the server asks of a kind beyond its schema and its references, for the kinds of which it asks more."""
_GONE = (Lifecycle.ARCHIVED, Lifecycle.DELETED)


def validate(catalog: Catalog, gaps: Gaps = NO_GAPS) -> tuple[Diagnostic, ...]:
    """Everything the server would say of the catalog. Objects that are to go are only looked at for what names them.

    `gaps`: what is written and could not be understood; it keeps what follows from an earlier error from being reported again.
    """
    found: list[Diagnostic] = []
    known = Known(catalog)
    for resource in catalog:
        if resource.lifecycle in _GONE:
            continue
        findings = Findings(catalog, resource)
        check_references(findings, gaps, known)
        if resource.ref.kind in _RULES:
            _RULES[resource.ref.kind](findings)
        found += findings.diagnostics
    found += notifications.crowded_channels(catalog)
    return (*once_each(found), *map(_unchecked, catalog.external.values()))


def _unchecked(resource: Resource) -> Diagnostic:
    """What cannot be said of an object that another catalog owns."""
    ref = resource.ref
    return Diagnostic(
        "external-unchecked",
        Severity.NOTE,
        f"{KINDS[ref.kind].title} `{ref.key}` belongs to another catalog: whether it is live, and fits what names it here, cannot be known offline",
        resource.origin.locate(("lifecycle",)),
        hint="`catalogsync plan` says both",
        subject=str(ref),
    )
