"""What would reach an environment past the promotion that its `promoteFrom` asks for: said of a plan, and refused where the environment is
protected.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from catalogsync.app.desired import Desired
from catalogsync.app.last_applied import last_applied
from catalogsync.core.diagnostics import Diagnostic, Severity, SourceRef
from catalogsync.core.errors import Refused
from catalogsync.core.model import Catalog, Ref
from catalogsync.core.plan import Plan
from catalogsync.store.environment import Environment, PromotionPolicy
from catalogsync.store.runs import applied as kept
from catalogsync.store.runs.applied import Applied, Content, Contents
from catalogsync.store.runs.blobs import StoreUnusable
from catalogsync.store.runs.proof import asked_for

CODE, SKIPPED = "not-promoted", "promotion-skipped"
"""Of a plan that goes past a promotion: unasked, and with `--unproven`."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What `promoteFrom` of an environment asks for. `proven`: what is proven where it is promoted from, None where nothing is; `unknown`: why that
    cannot be known, "" when it is.
    """

    target: Environment
    policy: PromotionPolicy
    proven: Applied | None
    now: datetime.datetime
    unknown: str = ""

    @classmethod
    def of(
        cls, target: Environment, source: Environment, environ: Mapping[str, str], now: datetime.datetime
    ) -> Rule | None:
        """The rule of an environment that is promoted from `source`; None without one."""
        if target.promotion is None:
            return None
        try:
            return cls(target, target.promotion, last_applied(source, environ), now)
        except StoreUnusable as problem:
            return cls(target, target.promotion, None, now, problem.message)

    def against(self, ref: Ref, content: Content | None) -> str:
        """Why an object is not promoted as it is asked for, "" when it is. `content`: None where no manifest describes it, and it goes."""
        source = self.policy.source
        objects = self.proven.objects if self.proven is not None else {}
        one = objects.get(ref)
        if content is None:
            stays = one is not None and asked_for(one.content)
            return f"is still there on {source}" if stays else ""
        if one is None:
            return f"is not proven on {source}"
        if one.content.base != content.base:
            return f"is another one than is proven on {source}"
        if not one.since:
            return f"was changed on {source} by a later run that proved nothing"
        due = self.now - datetime.timedelta(hours=self.policy.min_hours)
        if self.policy.min_hours and datetime.datetime.fromisoformat(one.since) > due:
            return f"is proven on {source} since {one.since}, not for {self.policy.min_hours:g} hours yet"
        return ""

    def against_all(self, plan: Plan) -> str:
        """Why the plan as a whole is not one that was promoted, "" when nothing is said against all of it."""
        source = self.policy.source
        if self.unknown:
            return f"what is proven on {source} cannot be known: {self.unknown}"
        if self.proven is None or not self.proven.objects:
            return f"nothing is proven on {source}"
        if self.policy.rehearse and plan.rehearsal is None:
            return f"promoteFrom of {self.target.name} asks for a rehearsal, and the plan had none"
        return ""


def with_findings(plan: Plan, wanted: Desired, environ: Mapping[str, str], *, unproven: bool) -> Plan:
    """The plan with a warning for each object that it changes and that is not proven where the environment is promoted from. `unproven`: the
    person wants that.
    """
    policy = wanted.environment.promotion
    source = wanted.chosen.settings.environments.get(policy.source) if policy is not None else None
    if source is None or not plan.steps:
        return plan
    rule = Rule.of(wanted.environment, source, environ, wanted.now)
    assert rule is not None
    found = tuple(_warnings(rule, plan, wanted.checked.catalog, unproven=unproven))
    return replace(plan, diagnostics=(*plan.diagnostics, *found))


def _warnings(rule: Rule, plan: Plan, catalog: Catalog, *, unproven: bool) -> Iterator[Diagnostic]:
    name, source = rule.target.name, rule.policy.source
    code = SKIPPED if unproven else CODE
    refused = "; apply refuses this plan" if rule.target.protected else ""
    end = "; planned with --unproven" if unproven else refused
    hint = "" if unproven else (
        f"catalogsync apply -e {source} proves it, then catalogsync promote {source} {name}; for a hotfix, plan with --unproven"
    )  # fmt: skip

    def warning(said: str, subject: str = "", where: SourceRef | None = None) -> Diagnostic:
        return Diagnostic(code, Severity.WARNING, f"{said}{end}", where, "", hint, subject)

    if said := rule.against_all(plan):
        yield warning(f"{said}: {name} is promoted from {source}")
        if rule.proven is None or not rule.proven.objects:
            return
    contents = contents_of(catalog, touched(plan), rule.target)
    for ref in touched(plan):
        if why := rule.against(ref, contents.get(ref)):
            resource = catalog.resources.get(ref)
            where = resource.origin.begin() if resource is not None else None
            yield warning(f"{ref} {why}, which {name} is promoted from", str(ref), where)


def touched(plan: Plan) -> tuple[Ref, ...]:
    """The objects that the plan has steps for."""
    return tuple(sorted({step.ref for step in plan.steps}))


def contents_of(catalog: Catalog, refs: Iterable[Ref], environment: Environment) -> Contents:
    """What is kept of these objects of a catalog."""
    part = {ref: catalog.resources[ref] for ref in refs if ref in catalog.resources}
    return kept.contents(Catalog(part), environment.folder)


def refuse(plan: Plan, rule: Rule, contents: Contents | None) -> None:
    """Raises Refused for a saved plan that goes past a promotion, unless its objects are proven by now. `contents`: of the catalog that it was
    made of, None where that is not known.
    """
    recorded = [one for one in plan.diagnostics if one.code == CODE]
    if not recorded:
        return
    left = [one.summary.partition(";")[0] for one in recorded]
    if contents is not None and not (whole := rule.against_all(plan)):
        named = [Ref.parse(one.subject) for one in recorded if one.subject]
        refs = touched(plan) if len(named) < len(recorded) else named
        left = [f"{ref} {why}" for ref in refs if (why := rule.against(ref, contents.get(ref)))]
    elif contents is not None:
        left = [whole]
    if left:
        name, source = rule.target.name, rule.policy.source
        raise Refused(
            f"{name} is protected, and promoted from {source}\n" + "\n".join(f"  {one}" for one in left),
            code="refused-not-promoted",
            hint=f"catalogsync promote {source} {name} --out FILE; for a hotfix plan with --unproven, which the plan then says",
        )
