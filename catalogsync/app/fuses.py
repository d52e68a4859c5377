"""Fuses: what stops a plan although it could be carried out. Each blown one is an error at its place, unless a waiver in the manifest covers it."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence

from catalogsync.app import fuse_rules, only, places, price_fuses
from catalogsync.app.fuse_rules import Blown, Case, Rule
from catalogsync.checks.lint import waivers
from catalogsync.checks.lint.waivers import Waiver
from catalogsync.core.diagnostics import Diagnostic, Severity, on_one_line
from catalogsync.core.plan import Plan

PREFIX = "fuse-"
"""How the codes of fuses begin."""
RULES: Mapping[str, Rule] = {**price_fuses.RULES, **fuse_rules.RULES}
_WAIVE = "change it, or write # catalogsync: waive {} until YYYY-MM-DD because REASON"


def judge(case: Case, today: datetime.date) -> tuple[Diagnostic, ...]:
    """An error for each fuse that blew, a warning for one that is waived, and for a waiver that covers nothing. A waiver ends with its day."""
    blown = [one for name, rule in RULES.items() if case.limits.is_on(name) for one in rule(case)]
    written = [one for one in waivers.read(case.manifests) if one.code.startswith(PREFIX)]
    used: set[Waiver] = set()
    return (*(_told(case, one, written, used, today) for one in blown), *_unused(case, written, used))


def only_fuses(plan: Plan) -> bool:
    """Whether nothing but blown fuses stands against a plan."""
    errors = [one for one in plan.diagnostics if one.is_error]
    return bool(errors) and all(one.code.startswith(PREFIX) for one in errors)


def _told(
    case: Case, one: Blown, written: Sequence[Waiver], used: set[Waiver], today: datetime.date
) -> Diagnostic:
    covering = [waiver for waiver in written if waiver.code == one.code and waiver.ref in one.refs]
    used.update(covering)
    valid = next((waiver for waiver in covering if waiver.until >= today), None)
    summary, hint, severity = one.summary, _WAIVE.format(one.code), Severity.ERROR
    if valid is not None:
        severity, hint = Severity.WARNING, ""
        summary = f"{summary} (waived until {valid.until}: {valid.reason})"
    elif covering:
        summary = f"{summary} (its waiver ended on {max(waiver.until for waiver in covering)})"
    manifests = case.manifests.resources
    resource = next((manifests[ref] for ref in one.refs if ref in manifests), None)
    where = None if resource is None else places.place_of(resource, one.field)
    subject = one.refs[0] if resource is None else resource.ref
    return Diagnostic(one.code, severity, on_one_line(summary), where, "", hint, str(subject))


def _unused(case: Case, written: Sequence[Waiver], used: set[Waiver]) -> Iterator[Diagnostic]:
    planned = only.planned(case.plan, case.catalog).resources
    for waiver in (one for one in written if one.ref in planned):
        if waiver not in used and waiver.code in RULES and case.limits.is_on(waiver.code):
            summary = f"there is no {waiver.code} to waive here"
            yield Diagnostic(
                "waiver-unused",
                Severity.WARNING,
                summary,
                waiver.where,
                "",
                "remove the comment",
                str(waiver.ref),
            )
