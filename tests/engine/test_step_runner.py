"""One step and every end that it can have: what is sent, what is looked at, what the journal keeps, and what is said. From answers that are
written down: no server.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest
from scripted_target import Kept, Scripted

from catalogsync.core.canon import Json
from catalogsync.core.errors import TargetError
from catalogsync.core.model import LiveGroup, LiveResource, LiveState, Ref
from catalogsync.core.plan import State, Step, Verb
from catalogsync.executor.live_view import View
from catalogsync.executor.step_runner import TRIES, Stepper
from catalogsync.openmeter.kinds import ADDON, CHANNEL, METER
from catalogsync.planner import transitions
from catalogsync.store.secrets import Secrets
from catalogsync.targets.errors import Ambiguous, ApiError, Unreachable
from catalogsync.targets.protocol import Lookup, Request

CALLS, OPS, PACK = Ref(METER, "calls"), Ref(CHANNEL, "ops"), Ref(ADDON, "pack")


def meter(name: str = "Old", **more: str) -> LiveGroup:
    body = {"slug": "calls", "name": name, "aggregation": "COUNT", "eventType": "t", **more}
    return LiveGroup(CALLS, LiveResource(METER, "M1", "calls", "active", body))


def channel(name: str = "Ops", id_: str = "C1") -> LiveGroup:
    body = {"type": "WEBHOOK", "name": name, "url": "https://a.example"}
    return LiveGroup(OPS, LiveResource(CHANNEL, id_, "ops", "active", body))


def version(number: int, name: str = "Pack", status: str = "active") -> LiveResource:
    body = {"name": name, "currency": "EUR", "instanceType": "single", "rateCards": []}
    return LiveResource(ADDON, f"A{number}", "pack", status, body, number)


def addon(
    active: LiveResource | None = None, draft: LiveResource | None = None, *old: LiveResource
) -> LiveGroup:
    return LiveGroup(PACK, active, draft, old)


def state(group: LiveGroup) -> State:
    return transitions.observe(group, LiveState({group.ref: group}))


NO_METER, NO_CHANNEL, NO_ADDON = LiveGroup(CALLS), LiveGroup(OPS), addon()
FIRST, SECOND = version(1), version(2, "New", "draft")
REFUSAL = ApiError("it says no", status=409, request_id="R7")
SILENCE, UNSENT, BROKEN = Ambiguous("no word"), Unreachable("no way"), TargetError("broken")
TWICE = "sent again, as nothing was seen of an earlier try: no word"
SENT = ["begun", "sent", "answered", "verified", "ended"]
ANOTHER = "somebody else made a version meanwhile; the draft made beside it is deleted again"
CHANGED = "somebody else changed it meanwhile; nothing was sent"
THERE = "already in the desired state"
LOOKED = "no answer came; read back in the desired state"
NEITHER = "no word; the object is neither as before nor as desired"
UPDATE, CREATE = Step(3, Verb.UPDATE, CALLS, {}, "", id="M1"), Step(3, Verb.CREATE, CALLS, {}, "")
CHANNEL_MADE = Step(3, Verb.CREATE, OPS, {}, "")
DRAFT, PUBLISH = Step(3, Verb.CREATE_DRAFT, PACK, {}, ""), Step(3, Verb.PUBLISH, PACK, None, "", id="A2")
DELETE = Step(3, Verb.DELETE, PACK, None, "", id="A1")
DUPLICATE = Step(3, Verb.DELETE_DUPLICATE, OPS, None, "", id="C2")
TWIN = LiveResource(CHANNEL, "C2", "ops", "active", {"name": "Twin"})


@dataclass(frozen=True)
class Case:
    """`before` and `after`: the way of the step; `known`: what the run knows, `seen` seconds ago."""

    step: Step
    before: LiveGroup
    after: LiveGroup
    sends: Sequence[Any]
    reads: Sequence[Any]
    status: str
    message: str
    calls: Sequence[str]
    events: Sequence[str]
    known: LiveGroup | None = None
    seen: float = 0
    fields: Sequence[str] = ()
    http: tuple[int | None, str] = (None, "")


OLD, NEW = meter(), meter("New")
OTHER, TOLD = meter("Other"), meter("New", description="Told")
AT_A1, BESIDE = addon(FIRST), addon(FIRST, SECOND)
CASES: dict[str, Case] = {
    "the answer tells all": Case(
        UPDATE, OLD, NEW, [NEW], [], "done", "", ["write: update/M1 meter/calls"], SENT
    ),
    "the answer tells nothing": Case(
        UPDATE, OLD, NEW, [{}], [NEW], "done", "", ["write: update/M1 meter/calls", "verify: reread meter/calls"], SENT
    ),
    "the answer tells something else than the object": Case(
        UPDATE, OLD, NEW, [OTHER], [NEW], "done", "", ["write: update/M1 meter/calls", "verify: reread meter/calls"], SENT
    ),
    "stored differently": Case(
        UPDATE, OLD, NEW, [{}], [OTHER], "different", "stored differently than sent",
        ["write: update/M1 meter/calls", "verify: reread meter/calls"], SENT, fields=["name: New -> Other"],
    ),
    "stored without its description": Case(
        UPDATE, OLD, TOLD, [{}], [NEW], "different", "stored differently than sent; the server did not keep description",
        ["write: update/M1 meter/calls", "verify: reread meter/calls"], SENT, fields=["description: Told -> None"],
    ),
    "accepted and not read back": Case(
        UPDATE, OLD, NEW, [{}], [BROKEN], "unknown", "accepted, and could not be read back: broken",
        ["write: update/M1 meter/calls", "verify: reread meter/calls"], ["begun", "sent", "answered", "ended"],
    ),
    "made, and found by its new id": Case(
        CREATE, NO_METER, OLD, [{"id": "M9"}], [OLD], "done", "",
        ["write: create/new meter/calls", "verify: reread meter/calls M9"], SENT,
    ),
    "an id in the answer to an update is no news": Case(
        UPDATE, OLD, NEW, [{"id": "M9"}], [NEW], "done", "",
        ["write: update/M1 meter/calls", "verify: reread meter/calls"], SENT,
    ),
    "made, and the answer is a list": Case(
        CREATE, NO_METER, OLD, [["id"]], [OLD], "done", "",
        ["write: create/new meter/calls", "verify: reread meter/calls"], SENT,
    ),
    "refused": Case(
        UPDATE, OLD, NEW, [REFUSAL], [OLD], "failed", "it says no",
        ["write: update/M1 meter/calls", "verify: reread meter/calls"], ["begun", "sent", "ended"], http=(409, "R7"),
    ),
    "refused, and there all the same": Case(
        UPDATE, OLD, NEW, [REFUSAL], [NEW], "already", THERE,
        ["write: update/M1 meter/calls", "verify: reread meter/calls"], ["begun", "sent", "ended"], http=(409, "R7"),
    ),
    "refused, and not readable": Case(
        UPDATE, OLD, NEW, [REFUSAL], [BROKEN], "failed", "it says no",
        ["write: update/M1 meter/calls", "verify: reread meter/calls"], ["begun", "sent", "ended"], http=(409, "R7"),
    ),
    "no answer, and there": Case(
        UPDATE, OLD, NEW, [SILENCE], [NEW], "done", LOOKED,
        ["write: update/M1 meter/calls", "verify: reread meter/calls"], ["begun", "sent", "unanswered", "ended"],
    ),
    "never sent, and there": Case(
        UPDATE, OLD, NEW, [UNSENT], [NEW], "done", LOOKED,
        ["write: update/M1 meter/calls", "verify: reread meter/calls"], ["begun", "sent", "unanswered", "ended"],
    ),
    "no answer, not there, sent again": Case(
        UPDATE, OLD, NEW, [SILENCE, NEW], [OLD], "done", TWICE,
        ["write: update/M1 meter/calls", "verify: reread meter/calls", "write: update/M1 meter/calls"],
        ["begun", "sent", "unanswered", *SENT[1:]],
    ),
    "no answer, sent again, and stored differently": Case(
        UPDATE, OLD, NEW, [SILENCE, {}], [OLD, OTHER], "different", f"stored differently than sent; {TWICE}",
        ["write: update/M1 meter/calls", "verify: reread meter/calls"] * 2,
        ["begun", "sent", "unanswered", *SENT[1:]], fields=["name: New -> Other"],
    ),
    "never an answer": Case(
        UPDATE, OLD, NEW, [SILENCE] * TRIES, [OLD] * TRIES, "failed", "no word; tried 3 times, and no effect was seen",
        ["write: update/M1 meter/calls", "verify: reread meter/calls"] * TRIES,
        ["begun", *["sent", "unanswered"] * TRIES, "ended"],
    ),
    "no answer, and something else is there": Case(
        UPDATE, OLD, NEW, [SILENCE], [OTHER], "unknown", NEITHER,
        ["write: update/M1 meter/calls", "verify: reread meter/calls"], ["begun", "sent", "unanswered", "ended"],
        fields=["name: New -> Other"],
    ),
    "no answer, and no look": Case(
        UPDATE, OLD, NEW, [SILENCE], [BROKEN], "unknown", "no word; reading back failed too: broken",
        ["write: update/M1 meter/calls", "verify: reread meter/calls"], ["begun", "sent", "unanswered", "ended"],
    ),
    "no request can be made": Case(
        UPDATE, OLD, NEW, [BROKEN], [], "failed", "broken", ["write: update/M1 meter/calls"], ["begun", "sent", "ended"],
    ),
    # A look right before a write
    "an update is not looked at before": Case(
        UPDATE, OLD, NEW, [NEW], [], "done", "", ["write: update/M1 meter/calls"], SENT, seen=60,
    ),
    "a meter has a key of its own: no look before it is made": Case(
        CREATE, NO_METER, OLD, [OLD], [], "done", "", ["write: create/new meter/calls"], SENT, seen=60,
    ),
    "a channel is made at once after it was seen": Case(
        CHANNEL_MADE, NO_CHANNEL, channel(), [channel()], [], "done", "",
        ["write: create/new notification_channel/ops"], SENT, seen=1.5,
    ),
    "a channel that was seen long ago is looked at": Case(
        CHANNEL_MADE, NO_CHANNEL, channel(), [channel()], [NO_CHANNEL], "done", "",
        ["verify: reread notification_channel/ops", "write: create/new notification_channel/ops"], SENT, seen=2,
    ),
    "a channel that is there by now": Case(
        CHANNEL_MADE, NO_CHANNEL, channel(), [], [channel()], "already", THERE,
        ["verify: reread notification_channel/ops"], ["begun", "ended"], seen=60,
    ),
    "a channel that is there and says something else": Case(
        CHANNEL_MADE, NO_CHANNEL, channel(), [], [channel("Else")], "failed", CHANGED,
        ["verify: reread notification_channel/ops"], ["begun", "ended"], seen=60,
        fields=["notification_channel/ops: None -> present", "name: None -> Else"],
    ),
    "what the run knows is not as before: it is looked at": Case(
        CHANNEL_MADE, NO_CHANNEL, channel(), [channel()], [NO_CHANNEL], "done", "",
        ["verify: reread notification_channel/ops", "write: create/new notification_channel/ops"], SENT,
        known=channel("Else"),
    ),
    "the look before fails": Case(
        CHANNEL_MADE, NO_CHANNEL, channel(), [], [BROKEN], "failed", "broken",
        ["verify: reread notification_channel/ops"], ["begun", "ended"], seen=60,
    ),
    "a publish is looked at before": Case(
        PUBLISH, BESIDE, addon(replace(SECOND, status="active")), [], [AT_A1], "failed", CHANGED,
        ["verify: reread addon/pack"], ["begun", "ended"], known=BESIDE, seen=60,
        fields=["draft: present -> None", "draft.name: New -> None"],
    ),
    # A version that somebody else made meanwhile
    "a draft with the next number": Case(
        DRAFT, AT_A1, BESIDE, [BESIDE], [], "done", "", ["write: create_draft/new addon/pack"], SENT, known=AT_A1,
    ),
    "the first draft": Case(
        DRAFT, NO_ADDON, addon(None, replace(SECOND, version=1)), [addon(None, replace(SECOND, version=1))], [],
        "done", "", ["write: create_draft/new addon/pack"], SENT,
    ),
    "a draft whose number follows that of an archived one": Case(
        DRAFT, NO_ADDON, addon(None, SECOND, replace(FIRST, status="archived")),
        [addon(None, SECOND, replace(FIRST, status="archived"))], [], "done", "",
        ["write: create_draft/new addon/pack"], SENT, known=addon(None, None, replace(FIRST, status="archived")),
    ),
    "a number left out, and nobody was there": Case(
        DRAFT, AT_A1, addon(FIRST, replace(SECOND, version=3)), [addon(FIRST, replace(SECOND, version=3))],
        [addon(FIRST, replace(SECOND, version=3))], "done", "",
        ["write: create_draft/new addon/pack", "verify: reread addon/pack"], SENT, known=AT_A1,
    ),
    "a number left out, and somebody's version is there": Case(
        DRAFT, AT_A1, addon(FIRST, replace(SECOND, version=3)), [addon(FIRST, replace(SECOND, version=3)), {}],
        [addon(version(5), replace(SECOND, version=3)), addon(version(5))], "failed", ANOTHER,
        ["write: create_draft/new addon/pack", "verify: reread addon/pack", "write: delete_draft/A2 addon/pack",
         "verify: reread addon/pack"],
        ["begun", "sent", "answered", "ended"], known=AT_A1,
    ),
    "somebody's version is there, and the draft was replaced: it is not ours to delete": Case(
        DRAFT, AT_A1, addon(FIRST, replace(SECOND, version=3)), [addon(FIRST, replace(SECOND, version=3))],
        [addon(version(5), replace(SECOND, id="A6", version=6))], "done", "",
        ["write: create_draft/new addon/pack", "verify: reread addon/pack"], SENT, known=AT_A1,
    ),
    "somebody's version is there, and the draft is gone": Case(
        DRAFT, AT_A1, addon(FIRST, replace(SECOND, version=3)), [addon(FIRST, replace(SECOND, version=3))],
        [addon(version(5))], "different", "stored differently than sent; the server did not keep draft, draft.name",
        ["write: create_draft/new addon/pack", "verify: reread addon/pack"], SENT, known=AT_A1,
        fields=["draft: present -> None", "draft.name: New -> None"],
    ),
    "a publish makes no version": Case(
        PUBLISH, BESIDE, addon(replace(SECOND, version=9, status="active")), [addon(replace(SECOND, version=9))], [],
        "done", "", ["write: publish/A2 addon/pack"], SENT, known=BESIDE,
    ),
    # What no state shows
    "an old version that is deleted": Case(
        DELETE, NO_ADDON, NO_ADDON, [{}], [NO_ADDON], "done", "",
        ["write: delete/A1 addon/pack", "verify: reread addon/pack"], SENT, known=addon(None, None, FIRST),
    ),
    "an old version that is there still": Case(
        DELETE, NO_ADDON, NO_ADDON, [{}], [addon(None, None, FIRST)], "different", "stored differently than sent",
        ["write: delete/A1 addon/pack", "verify: reread addon/pack"], SENT, known=addon(None, None, FIRST),
    ),
    "a duplicate that is deleted": Case(
        DUPLICATE, channel(), channel(), [{}], [LiveState({OPS: channel()})], "done", "",
        ["write: delete_duplicate/C2 notification_channel/ops", "verify: read notification_channel"], SENT,
    ),
    "a duplicate that is there still": Case(
        DUPLICATE, channel(), channel(), [{}], [LiveState({OPS: channel()}, (TWIN,))], "different",
        "stored differently than sent",
        ["write: delete_duplicate/C2 notification_channel/ops", "verify: read notification_channel"], SENT,
    ),
}  # fmt: skip


def carried_out(case: Case) -> tuple[Any, Scripted, Kept, View]:
    """The outcome of a case, with what was called and kept."""
    target, journal = Scripted([*case.sends], [*case.reads]), Kept()
    known = case.known or case.before
    twins = (TWIN,) if case.step is DUPLICATE else ()
    view = View(LiveState({known.ref: known}, twins), Secrets({}), -case.seen, clock=lambda: 0.0)
    stepper = Stepper(target, view, journal)
    return stepper.carry_out(case.step, state(case.before), state(case.after)), target, journal, view


@pytest.mark.parametrize("name", CASES)
def test_every_end_of_a_step(name: str) -> None:
    case = CASES[name]
    outcome, target, journal, _ = carried_out(case)
    assert (str(outcome.status), outcome.message) == (case.status, case.message)
    assert target.calls == case.calls and target.sends == target.reads == []
    assert [event.split()[0] for event in journal.events] == case.events
    said = [f"{one.path}: {one.before} -> {one.after}" for one in outcome.fields]
    assert said[: len(case.fields)] == [*case.fields] and bool(said) == bool(case.fields)
    assert (outcome.http_status, outcome.request_id) == case.http
    assert outcome.step is case.step


def test_the_journal_tells_whose_step_and_where_it_goes() -> None:
    _, _, journal, _ = carried_out(CASES["no answer, not there, sent again"])
    whose = "step=3 ref=meter/calls"
    assert journal.events == [
        f"begun {whose}",
        f"sent {whose} path=/update/M1",
        f"unanswered {whose}",
        f"sent {whose} path=/update/M1",
        f"answered {whose}",
        f"verified {whose}",
        f"ended {whose} status=done",
    ]


def test_no_journal_is_needed() -> None:
    target = Scripted([NEW], [])
    view = View(LiveState({CALLS: OLD}), Secrets({}))
    outcome = Stepper(target, view).carry_out(UPDATE, state(OLD), state(NEW))
    assert str(outcome.status) == "done"


def test_what_is_known_afterwards() -> None:
    told = carried_out(CASES["the answer tells all"])[3]
    assert told.live.group(CALLS) == NEW and told.unverified() == (CALLS,)
    read = carried_out(CASES["the answer tells something else than the object"])[3]
    assert read.live.group(CALLS) == NEW and read.unverified() == ()
    gone = carried_out(CASES["a duplicate that is deleted"])[3]
    assert gone.live.unmatched == ()


def test_the_time_that_a_step_takes_is_told() -> None:
    class Slow(Scripted):
        def send(self, request: Request, ref: Ref, lookup: Lookup) -> Json:
            time.sleep(0.05)
            return super().send(request, ref, lookup)

    view = View(LiveState({CALLS: OLD}), Secrets({}))
    outcome = Stepper(Slow([NEW], []), view).carry_out(UPDATE, state(OLD), state(NEW))
    assert 50 <= outcome.milliseconds < 5000


def ahead(reads: list[Any], seen: float) -> tuple[Stepper, Scripted, View]:
    target = Scripted([], reads)
    view = View(LiveState({}), Secrets({}), -seen, clock=lambda: 0.0)
    return Stepper(target, view), target, view


@pytest.mark.parametrize(("seen", "needed"), [(1.9, False), (2.0, True), (60, True)])
def test_which_steps_are_looked_at_ahead(seen: float, needed: bool) -> None:
    stepper = ahead([], seen)[0]
    for step in (DRAFT, PUBLISH, CHANNEL_MADE):
        assert stepper.needs_a_look(step) is needed
    for step in (UPDATE, CREATE, DELETE, DUPLICATE):
        assert not stepper.needs_a_look(step)


def test_a_look_ahead_is_known_and_may_fail() -> None:
    stepper, target, view = ahead([channel(), BROKEN], 60)
    stepper.look([CHANNEL_MADE])
    assert view.live.group(OPS) == channel() and not stepper.needs_a_look(CHANNEL_MADE)
    stepper.look([PUBLISH])
    assert target.calls == ["verify: reread notification_channel/ops", "verify: reread addon/pack"]
    assert stepper.needs_a_look(PUBLISH)
