"""Runs the rules, sets severities, applies waivers."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from catalogsync.checks.lint import waivers
from catalogsync.checks.lint.findings import Found, LintSettings, Rule, World
from catalogsync.checks.lint.rules import RULES
from catalogsync.codes import CODES, FUSES
from catalogsync.core.diagnostics import Diagnostic, Related, Severity, on_one_line
from catalogsync.core.model import Catalog
from catalogsync.manifests.source_map import documents

_CODES = frozenset(rule.code for rule in RULES if not CODES[rule.code].at_least)
_FUSES = frozenset(code.name for code in FUSES)
_WAIVER = "# catalogsync: waive CODE until YYYY-MM-DD because REASON"


def lint(
    catalog: Catalog, settings: LintSettings, *, faulty: frozenset[str] = frozenset(), whole: bool = True
) -> tuple[Diagnostic, ...]:
    """What costs money though the server takes it.

    `faulty`: subjects that hold errors already reported; they are left out. `whole`: False while there are such errors, which keeps rules
    silent that look at what is missing.
    """
    sound = {ref: one for ref, one in catalog.resources.items() if str(ref) not in faulty} if faulty else None
    world = World(catalog if sound is None else Catalog(sound))
    raised: list[tuple[Rule, Severity, Found]] = []
    for rule in RULES:
        severity = settings.severities.get(rule.code, CODES[rule.code].severity)
        if severity != "off" and (whole or not rule.whole):
            raised += [(rule, Severity(severity), one) for one in rule.check(world)]
    found = [_diagnostic(*one) for one in sorted(raised, key=_document)]
    return tuple(_waived(found, waivers.read(catalog), settings, whole=whole))


def _document(raised: tuple[Rule, Severity, Found]) -> tuple[str, int]:
    """The document that a finding is in. Its places are found by reading the document again: once, where its findings follow each other."""
    written = documents(raised[2].resource)
    return (written[0].source.name, written[0].number) if written else ("", 0)


def _diagnostic(rule: Rule, severity: Severity, found: Found) -> Diagnostic:
    places = (found.other, *found.also) if found.other else found.also
    related = tuple(Related(label, one.origin.locate(path)) for label, one, path in places)
    where = found.resource.origin.locate(found.path, key=found.key)
    return Diagnostic(
        rule.code,
        severity,
        on_one_line(found.summary),
        where,
        "",
        on_one_line(found.hint),
        str(found.resource.ref),
        related,
    )


def _waived(
    found: list[Diagnostic], written: tuple[waivers.Waiver, ...], settings: LintSettings, *, whole: bool
) -> Iterator[Diagnostic]:
    """The findings that no waiver covers, and what is wrong with waivers. An expired waiver is an error in place of what it covered."""
    subjects = {(one.subject, one.code) for one in found}
    covered = set()
    for waiver in written:
        covers = (str(waiver.ref), waiver.code)
        if waiver.code in _FUSES:
            continue  # whether a fuse blows is known when there is a plan
        if waiver.code not in _CODES:
            yield _malformed(waiver)
        elif covers not in subjects:
            if whole and settings.severities.get(waiver.code) != "off":
                yield _about(
                    waiver,
                    "waiver-unused",
                    Severity.WARNING,
                    f"there is no {waiver.code} to waive here",
                    "remove the comment",
                )
        else:
            covered.add(covers)
            if waiver.until < settings.today:
                what = next(one.summary for one in found if (one.subject, one.code) == covers)
                summary = f"the waiver of {waiver.code} ended on {waiver.until}: {what}"
                yield _about(
                    waiver,
                    "waiver-expired",
                    Severity.ERROR,
                    summary,
                    "fix what it was about, or give it a later date",
                )
    yield from (one for one in found if (one.subject, one.code) not in covered)


def _malformed(waiver: waivers.Waiver) -> Diagnostic:
    if not waiver.code:
        return _about(
            waiver, "waiver-malformed", Severity.ERROR, "this comment is not a waiver", f"write {_WAIVER}"
        )
    near = difflib.get_close_matches(waiver.code, sorted(_CODES | _FUSES), 1)
    hint = (
        f"did you mean {near[0]}?"
        if near
        else "only findings of lint and fuses can be waived; what the server refuses cannot"
    )
    return _about(
        waiver, "waiver-malformed", Severity.ERROR, f"`{waiver.code}` is not a code that can be waived", hint
    )


def _about(waiver: waivers.Waiver, code: str, severity: Severity, summary: str, hint: str) -> Diagnostic:
    return Diagnostic(code, severity, summary, waiver.where, "", hint, str(waiver.ref))
