"""All steps of a run: which begin, side by side or one after the other, what becomes of the others when one fails or the run is stopped, and the
look at the end. From a target that does as it is told: no server.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from scripted_target import Kept

from catalogsync import executor
from catalogsync.core import values
from catalogsync.core.canon import Json
from catalogsync.core.diagnostics import Diagnostic, Severity
from catalogsync.core.errors import Refused
from catalogsync.core.model import Kind, LiveGroup, LiveResource, LiveState, Ref
from catalogsync.core.plan import Plan, Precondition, Step, TargetIdentity, Verb
from catalogsync.core.report import RunReport
from catalogsync.executor import Seen
from catalogsync.openmeter.kinds import CHANNEL, KINDS, METER, RULE
from catalogsync.store.secrets import Secrets
from catalogsync.targets.errors import ApiError
from catalogsync.targets.protocol import Lookup, Request


def shown(ref: Ref, body: Mapping[str, Any] | None) -> LiveGroup:
    """An object that is live with this body; none for None."""
    if body is None:
        return LiveGroup(ref)
    said = {KINDS[ref.kind].identity: ref.key, **body}
    return LiveGroup(ref, LiveResource(ref.kind, f"id-{ref.key}", ref.key, "active", said))


@dataclass
class Obedient:
    """Does what it is sent and shows it, but for `fails`: what is raised instead; and `lies`: what is shown of an object at the end.

    `calls`: what was asked for, in order. `together`: how many writes have to be under way before one is answered; `most`: how many were.
    """

    live: dict[Ref, LiveGroup] = field(default_factory=dict)
    fails: Mapping[str, Exception] = field(default_factory=dict)
    lies: Mapping[str, Mapping[str, Any] | None] = field(default_factory=dict)
    together: int = 1
    phase: str = "none"
    calls: list[str] = field(default_factory=list)
    most: int = 0
    under_way: int = 0
    lock: threading.Condition = field(default_factory=threading.Condition)

    def identity(self) -> tuple[str, str]:
        return "", ""

    def encode(self, step: Step) -> Request:
        return Request("", (str(step.verb),), step.body)

    def send(self, request: Request, ref: Ref, lookup: Lookup) -> Json:
        with self.lock:
            self.calls.append(f"{request.path[0]} {ref.key}")
            self.under_way += 1
            self.most = max(self.most, self.under_way)
            self.lock.notify_all()
            self.lock.wait_for(lambda: self.most >= self.together, timeout=5)
            self.under_way -= 1
        if ref.key in self.fails:
            raise self.fails[ref.key]
        with self.lock:
            self.live[ref] = shown(ref, request.body)
        return None

    def read_answer(self, step: Step, group: LiveGroup, answer: Json) -> LiveGroup | None:
        return self.live[step.ref] if step.ref.key != "reread" else None

    def reread(self, group: LiveGroup, known_id: str = "") -> LiveGroup:
        self.calls.append(f"reread {group.ref.key}")
        return self.live.get(group.ref, LiveGroup(group.ref))

    def reread_together(self, groups: Sequence[LiveGroup]) -> tuple[LiveGroup, ...]:
        return tuple(self.reread(one) for one in groups)

    def read(self, kinds: Iterable[Kind] = (), offers_of: Container[Ref] | None = None) -> LiveState:
        self.calls.append(f"read {' '.join(kinds)}")
        lies = {ref: shown(ref, self.lies[ref.key]) for ref in self.live if ref.key in self.lies}
        return LiveState({**self.live, **lies})

    def read_groups(self, refs: Iterable[Ref]) -> LiveState:
        self.calls.append(f"read_groups {' '.join(ref.key for ref in refs)}")
        return LiveState(dict(self.live))


def meter(key: str) -> Ref:
    return Ref(METER, key)


def body(name: str = "N") -> dict[str, Any]:
    return {"name": name, "aggregation": "COUNT", "eventType": "t"}


def make(number: int, key: str, *needs: int) -> Step:
    return Step(number, Verb.CREATE, meter(key), body(), "", needs)


def update(number: int, key: str, name: str, *needs: int) -> Step:
    return Step(number, Verb.UPDATE, meter(key), body(name), "", needs, id=f"id-{key}")


def plan(
    *steps: Step, live: Mapping[Ref, Mapping[str, Any]] | None = None, relied: tuple[Ref, ...] = ()
) -> Plan:
    """A plan of these steps, bound to what is live."""
    refs = sorted({*(step.ref for step in steps), *relied})
    states = {ref: {"active": (live or {}).get(ref)} for ref in refs}
    bound = [
        Precondition(ref, states[ref], values.fingerprint(states[ref]), ref not in relied) for ref in refs
    ]
    return Plan(TargetIdentity("http://x.invalid"), (), steps, tuple(bound), catalog_digest="D")


def run(made: Plan, target: Obedient, **more: Any) -> RunReport:
    return executor.apply(made, target, Secrets({}), **more)


def ends(report: RunReport) -> list[str]:
    return [f"{one.step.number} {one.status}: {one.message}".removesuffix(": ") for one in report.outcomes]


NO = ApiError("no", status=400)
CHAIN = (make(1, "a"), make(2, "b", 1), make(3, "c"), make(4, "d", 2), make(5, "e", 3))


def test_each_step_follows_what_it_needs() -> None:
    target, heard = Obedient(), []
    report = run(plan(*CHAIN), target, observer=heard.append, workers=1)
    assert ends(report) == ["1 done", "2 done", "3 done", "4 done", "5 done"]
    assert (
        [one.step.number for one in heard] == [1, 2, 3, 4, 5] and report.complete and not report.interrupted
    )
    assert target.calls == [
        "read_groups a b c d e", "create a", "create b", "create c", "create d", "create e", "read meter",
    ]  # fmt: skip


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_as_many_steps_are_under_way_as_there_are_workers(workers: int) -> None:
    target = Obedient(together=workers)
    assert run(plan(*(make(n, f"m{n}") for n in range(1, 8))), target, workers=workers).complete
    assert target.most == workers


def test_two_steps_are_under_way_unless_more_are_asked_for() -> None:
    target = Obedient(together=2)
    assert run(plan(*(make(n, f"m{n}") for n in range(1, 8))), target).complete
    assert target.most == 2


def test_steps_that_need_each_other_are_never_side_by_side() -> None:
    target = Obedient()
    steps = [make(1, "a"), *(make(n, f"m{n}", n - 1) for n in range(2, 6))]
    assert run(plan(*steps), target, workers=4).complete
    assert target.most == 1


def test_the_steps_of_one_object_go_one_after_the_other() -> None:
    target = Obedient()
    steps = (make(1, "a"), update(2, "a", "M"), update(3, "a", "O"))
    assert ends(run(plan(*steps), target, workers=4)) == ["1 done", "2 done", "3 done"]
    assert target.calls[1:4] == ["create a", "update a", "update a"] and target.most == 1
    target = Obedient(fails={"a": NO})
    assert ends(run(plan(*steps), target, workers=4)) == [
        "1 failed: no", "2 skipped: step 1 was not done", "3 skipped: step 2 was not done",
    ]  # fmt: skip


def test_a_failure_stops_the_run_and_tells_what_it_hinders() -> None:
    target, heard = Obedient(fails={"a": NO}), []
    report = run(plan(*CHAIN), target, observer=heard.append, workers=1)
    assert ends(report) == [
        "1 failed: no",
        "2 skipped: step 1 was not done",
        "3 not_tried: the run stopped before it",
        "4 skipped: step 2 was not done",
        "5 not_tried: the run stopped before it",
    ]
    assert [one.step.number for one in heard] == [1] and not report.complete and not report.interrupted
    assert target.calls == ["read_groups a b c d e", "create a", "reread a"]


def test_what_is_under_way_when_one_fails_is_finished_and_looked_at() -> None:
    target = Obedient(fails={"a": NO}, together=2)
    report = run(plan(make(1, "a"), make(2, "b"), make(3, "c"), make(4, "d")), target, workers=2)
    assert ends(report)[:2] == ["1 failed: no", "2 done"]
    assert "read meter" in target.calls


def test_a_stopped_run_begins_nothing_more() -> None:
    stop, target = threading.Event(), Obedient()
    stop.set()
    report = run(plan(*CHAIN), target, stop=stop)
    assert {str(one.status) for one in report.outcomes} == {"not_tried"} and report.interrupted
    assert target.calls == ["read_groups a b c d e"]
    stop, target = threading.Event(), Obedient()
    report = run(plan(*CHAIN), target, stop=stop, observer=lambda _: stop.set(), workers=1)
    assert ends(report)[:2] == ["1 done", "2 not_tried: the run stopped before it"] and report.interrupted
    assert target.calls == ["read_groups a b c d e", "create a", "read meter"]


def test_what_is_done_is_not_done_again() -> None:
    target, heard = (
        Obedient({meter("a"): shown(meter("a"), body()), meter("c"): shown(meter("c"), body())}),
        [],
    )
    report = run(plan(*CHAIN), target, workers=1, observer=heard.append)
    there = "already: already in the desired state"
    assert ends(report) == [f"1 {there}", "2 done", f"3 {there}", "4 done", "5 done"]
    assert [one.step.number for one in heard] == [1, 3, 2, 4, 5]
    assert target.calls[1:] == ["create b", "create d", "create e", "read meter"]
    steps = (update(1, "a", "M"), update(2, "a", "O"))
    made = plan(*steps, live={meter("a"): body()})
    halfway = Obedient({meter("a"): shown(meter("a"), body("M"))})
    assert ends(run(made, halfway)) == [f"1 {there}", "2 done"]
    assert halfway.calls == ["read_groups a", "update a", "read meter"]


def test_what_was_changed_by_the_end_is_told_and_heard() -> None:
    target, heard = Obedient(lies={"a": body("Else"), "c": None}), []
    report = run(
        plan(make(1, "a"), update(2, "a", "M"), make(3, "b"), make(4, "c")), target, observer=heard.append
    )
    later = "different: done, and something else at the end of the run"
    assert ends(report) == ["1 done", f"2 {later}", "3 done", f"4 {later}"]
    assert [f"{one.step.number} {one.status}" for one in heard][-2:] == [
        "2 different",
        "4 different",
    ] and len(heard) == 6
    assert [(f.path, f.before, f.after) for f in report.outcomes[1].fields] == [("name", "M", "Else")]
    assert not report.complete


def test_an_object_that_was_read_back_is_not_looked_at_again() -> None:
    target = Obedient()
    assert run(plan(make(1, "reread"), make(2, "b")), target, workers=1).complete
    assert target.calls == [
        "read_groups b reread",
        "create reread",
        "reread reread",
        "create b",
        "read meter",
    ]
    target = Obedient()
    assert run(plan(make(1, "reread")), target).complete
    assert target.calls == ["read_groups reread", "create reread", "reread reread"]


HOOK = {"type": "WEBHOOK", "name": "Ops", "url": "https://a.example", "disabled": False}
NOTICE = {"type": "invoice.created", "name": "B", "disabled": False, "channels": ["ops"]}
CHANNEL_MADE = Step(2, Verb.CREATE, Ref(CHANNEL, "ops"), HOOK, "")
RULE_MADE = Step(3, Verb.CREATE, Ref(RULE, "billed"), NOTICE, "", (2,))
WITH_RULES = (make(1, "a"), CHANNEL_MADE, RULE_MADE, make(4, "z"))


def test_a_channel_is_looked_at_before_a_rule_names_it() -> None:
    target = Obedient()
    assert run(plan(*WITH_RULES), target, workers=1, seen=Seen(LiveState({}), time.monotonic())).complete
    assert target.calls == [
        "create a", "create ops", "read notification_channel", "create billed", "create z",
        "read meter notification_rule",
    ]  # fmt: skip


def test_a_channel_that_is_something_else_by_then_stops_the_rule() -> None:
    target = Obedient(lies={"ops": {**HOOK, "name": "Else"}})
    report = run(plan(*WITH_RULES), target, workers=1, seen=Seen(LiveState({}), time.monotonic()))
    assert ends(report) == [
        "1 done", "2 different: done, and something else at the end of the run", "3 skipped: step 2 was not done",
        "4 not_tried: the run stopped before it",
    ]  # fmt: skip
    assert target.calls == ["create a", "create ops", "read notification_channel", "read meter"]


def test_rules_wait_for_the_channels_that_are_under_way() -> None:
    """One look for all of them, once none is under way."""
    more = [Step(n, Verb.CREATE, Ref(CHANNEL, f"c{n}"), {**HOOK, "name": f"C{n}"}, "") for n in (1, 2)]
    rules = [
        Step(
            n,
            Verb.CREATE,
            Ref(RULE, f"r{n}"),
            {**NOTICE, "name": f"R{n}", "channels": [f"c{n - 2}"]},
            "",
            (n - 2,),
        )
        for n in (3, 4)
    ]
    target = Obedient()
    assert run(plan(*more, *rules), target, workers=2, seen=Seen(LiveState({}), time.monotonic())).complete
    assert target.calls.count("read notification_channel") == 1
    look = target.calls.index("read notification_channel")
    assert {*target.calls[:look]} == {"create c1", "create c2"}


def test_what_was_just_read_is_not_read_again() -> None:
    target, journal = Obedient(), Kept()
    report = run(plan(make(1, "a")), target, seen=Seen(LiveState({}), 0.0), journal=journal)
    assert report.complete and target.calls == ["create a", "read meter"]
    assert journal.events[0] == "run digest=D target=http://x.invalid"
    assert [one.split()[0] for one in journal.events] == [
        "run",
        "begun",
        "sent",
        "answered",
        "verified",
        "ended",
    ]


def test_what_cannot_be_applied_is_not() -> None:
    target = Obedient()
    blocked = Plan(
        TargetIdentity("x"), (), (make(1, "a"),), (), (Diagnostic("in-use", Severity.ERROR, "no"),)
    )
    with pytest.raises(Refused) as refused:
        run(blocked, target)
    assert refused.value.code == "refused-blocked"
    empty = plan()
    assert run(empty, target) == RunReport(empty, ())
    relied = plan(make(1, "a"), live={meter("b"): body()}, relied=(meter("b"),))
    with pytest.raises(Refused) as refused:
        run(relied, target)
    assert refused.value.code == "refused-stale" and "meter/b" in refused.value.message
    assert target.calls == ["read_groups a b"]
    there = Obedient({meter("b"): shown(meter("b"), body())})
    assert run(relied, there).complete


def test_an_altered_precondition_is_named() -> None:
    made = plan(make(1, "a"), make(2, "b"))
    altered = Precondition(meter("b"), {"active": None}, "0", touched=True)
    with pytest.raises(Refused) as refused:
        run(Plan(made.target, (), made.steps, (made.preconditions[0], altered)), Obedient())
    assert (refused.value.code, "meter/b" in refused.value.message) == ("plan-tampered", True)
