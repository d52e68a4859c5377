"""What a verb has to tell, in parts. Every output format (`formats`) shows the parts that are there and knows nothing of the verbs.

Plan, RunReport, Difference, diagnostics ──document──▶ Document ──formats──▶ text
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from catalogsync.core.canon import Json
from catalogsync.core.changes import Change
from catalogsync.core.diagnostics import Diagnostic
from catalogsync.core.model import Ref
from catalogsync.core.plan import Plan, Rehearsal, Step, TargetIdentity
from catalogsync.core.report import Outcome, RunReport
from catalogsync.core.wording import counted
from catalogsync.render import impact_words, plan_words

if TYPE_CHECKING:
    from catalogsync.app.diff import Difference
    from catalogsync.app.drift import DriftReport
    from catalogsync.app.review import Review
    from catalogsync.app.try_meter import TryReport
    from catalogsync.targets import Request


@dataclass(frozen=True, slots=True)
class Call:
    """A step, and the request that it is for this target."""

    step: Step
    request: Request


@dataclass(frozen=True, slots=True)
class Document:
    """The parts, all of them optional but `verb`, `summary` and `data`.

    `summary`: one line that says what it comes to; "" where the findings say all. `data`: what `--format json` prints, made when asked.
    `digest`: of the file that the plan is saved in, "" where it is in none. `money`: what the changes mean (`review` has it, empty where there is
    none). `touched`: lines on the customers of each change, `untold` on what could not be asked about them. `facts`: what else a page says of where
    it comes from. `calls`: what is to be done, or was to be: `outcomes` then say how each step ended, `traffic` the number of requests and
    milliseconds by phase. `trials`: what meters would have counted. `whole`: the commands that show everything, for a format that has to leave
    something out. `seen`: a file's name as seen from the root of its repository, for formats that machines read.
    """

    verb: str
    summary: str
    data: Callable[[], Json]
    target: TargetIdentity | None = None
    digest: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    changes: tuple[Change, ...] = ()
    money: Review | None = None
    touched: Mapping[Ref, tuple[str, ...]] = field(default_factory=dict)
    untold: tuple[str, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    calls: tuple[Call, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    traffic: tuple[tuple[str, int, int], ...] = ()
    rehearsal: Rehearsal | None = None
    trials: TryReport | None = None
    whole: tuple[str, ...] = ()
    seen: Callable[[str], str] = str

    @property
    def review(self) -> Review:
        """What the changes mean in money."""
        if self.money is not None:
            return self.money
        from catalogsync.app.review import Review

        return Review((), {})

    @property
    def ran(self) -> bool:
        """Whether something was carried out."""
        return self.verb == "apply"

    def counts(self) -> tuple[tuple[str, int], ...]:
        """What it comes to in numbers: of a run how its steps ended, else what happens to the objects."""
        if self.ran:
            return plan_words.ends(self.outcomes)
        if self.target is None and self.changes:
            return (("difference" if len(self.changes) == 1 else "differences", len(self.changes)),)
        return plan_words.numbers(self.changes)

    def change(self, ref: Ref) -> Change | None:
        """What happens to an object."""
        return next((one for one in self.changes if one.ref == ref), None)


def of_plan(
    plan: Plan,
    *,
    review: Review | None = None,
    seen: Callable[[str], str] = str,
    trials: TryReport | None = None,
    digest: str = "",
) -> Document:
    """What would be done. `review`: what it means in money, where more is asked about than the plan itself says; `trials`: what its meters
    would have counted; `digest`: of the file that it is saved in.
    """
    from catalogsync.app.review import Review
    from catalogsync.render import plan_json

    money = review or Review.of(plan)
    return Document(
        "plan",
        plan_words.summary(plan),
        lambda: plan_json.to_json(plan, money, trials, digest),
        target=plan.target,
        digest=digest,
        facts=_facts(plan, digest),
        changes=plan.changes,
        money=money,
        touched=impact_words.touched(plan),
        untold=tuple(impact_words.notes(plan)),
        diagnostics=plan.diagnostics,
        calls=_calls(plan),
        rehearsal=plan.rehearsal,
        trials=trials,
        whole=("catalogsync show PLANFILE", "catalogsync plan"),
        seen=seen,
    )


def of_run(
    report: RunReport,
    *,
    review: Review | None = None,
    seen: Callable[[str], str] = str,
    digest: str = "",
) -> Document:
    """What was done of a plan. `digest`: of the file that it was saved in."""
    from catalogsync.app.review import Review
    from catalogsync.render import report_json

    plan = report.plan
    return Document(
        "apply",
        plan_words.report_summary(report),
        lambda: report_json.to_json(report, digest),
        target=plan.target,
        digest=digest,
        facts=_facts(plan, digest),
        changes=plan.changes,
        money=review or Review.of(plan),
        touched=impact_words.touched(plan),
        untold=tuple(impact_words.notes(plan)),
        diagnostics=plan.diagnostics,
        calls=_calls(plan),
        outcomes=report.outcomes,
        traffic=report.calls,
        rehearsal=plan.rehearsal,
        whole=("catalogsync apply --format html=report.html",),
        seen=seen,
    )


def of_difference(found: Difference, seen: Callable[[str], str] = str) -> Document:
    """In what two catalogs differ."""
    from catalogsync.render import difference_json

    return Document(
        "diff",
        _differs(found),
        lambda: difference_json.to_json(found),
        changes=found.changes,
        money=found.review,
        diagnostics=found.notes,
        whole=("catalogsync diff A B",),
        seen=seen,
    )


def _differs(found: Difference) -> str:
    if found.changes:
        return counted(len(found.changes), "difference")
    return "No difference in what was compared." if found.notes else "The catalogs are the same."


def of_drift(report: DriftReport, seen: Callable[[str], str] = str) -> Document:
    """Who moved."""
    from catalogsync.render import drift_words

    return Document(
        "drift",
        drift_words.summary(report),
        lambda: drift_words.to_json(report),
        target=report.target,
        changes=drift_words.changes(report),
        diagnostics=drift_words.notes(report),
        whole=("catalogsync drift",),
        seen=seen,
    )


def of_findings(diagnostics: Sequence[Diagnostic], seen: Callable[[str], str] = str) -> Document:
    """What is to be said of the files alone."""
    from catalogsync.render import findings_json

    return Document(
        "validate",
        "",
        lambda: findings_json.to_json(diagnostics),
        diagnostics=tuple(diagnostics),
        whole=("catalogsync validate",),
        seen=seen,
    )


def _facts(plan: Plan, digest: str) -> tuple[tuple[str, str], ...]:
    every = (
        ("Environment", plan.target.environment),
        ("Commit", plan.git_revision),
        ("Made", plan.created),
        ("Digest", digest),
    )
    return tuple((name, value) for name, value in every if value)


def _calls(plan: Plan) -> tuple[Call, ...]:
    from catalogsync.app.requests import describe

    return tuple(Call(step, describe(step)) for step in plan.steps)
