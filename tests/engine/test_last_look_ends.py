"""The look at the end of a run, and every end that it can have for an object. From answers that are written down: no server."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pytest
from scripted_target import Scripted

from catalogsync.core.errors import TargetError
from catalogsync.core.model import LiveAssignment, LiveGroup, LiveResource, LiveState, Ref
from catalogsync.core.plan import State
from catalogsync.executor import last_look
from catalogsync.executor.live_view import View
from catalogsync.openmeter.kinds import CHANNEL, METER, PLAN, RULE
from catalogsync.planner import transitions
from catalogsync.store.secrets import Secrets

CALLS, OPS, BILLED, PRO = Ref(METER, "calls"), Ref(CHANNEL, "ops"), Ref(RULE, "billed"), Ref(PLAN, "pro")


def meter(name: str = "Calls") -> LiveGroup:
    body = {"slug": "calls", "name": name, "aggregation": "COUNT", "eventType": "t"}
    return LiveGroup(CALLS, LiveResource(METER, "M1", "calls", "active", body))


def hook(id_: str, name: str = "Ops", key: str = "ops") -> LiveResource:
    return LiveResource(
        CHANNEL, id_, key, "active", {"type": "WEBHOOK", "name": name, "url": "https://a.example"}
    )


def channel(id_: str = "C2", name: str = "Ops") -> LiveGroup:
    return LiveGroup(OPS, hook(id_, name))


def plan(slot: str, *offers: str) -> LiveGroup:
    body = {"name": "Pro", "currency": "EUR", "billingCadence": "P1M", "phases": []}
    given = tuple(LiveAssignment(key, f"A-{key}", 1, {"fromPlanPhase": "main"}) for key in offers)
    return LiveGroup(PRO, **{slot: LiveResource(PLAN, "P1", "pro", slot, body, 1, given)})


def live(*groups: LiveGroup, also: tuple[LiveResource, ...] = ()) -> LiveState:
    return LiveState({group.ref: group for group in groups}, also)


def state(group: LiveGroup) -> State:
    return transitions.observe(group, live(group))


TWICE = "notification_channel/ops was made by somebody else at the same time"
LATER = "done, and something else at the end of the run"


@dataclass(frozen=True)
class Case:
    """`known`: what the run knows of its objects; `read`: what the look shows, `made`: whether they came to be in this run."""

    known: tuple[LiveGroup, ...]
    read: LiveState | Exception
    found: list[tuple[str, str, str, list[str]]]
    calls: list[str]
    made: bool = False
    sends: tuple[Any, ...] = ()


CHANNELS = "verify: read notification_channel"
CASES: dict[str, Case] = {
    "as it was to be": Case((meter(),), live(meter()), [], ["verify: read meter"]),
    "something else": Case(
        (meter(),), live(meter("Else")), [("meter/calls", "different", LATER, ["name: Calls -> Else"])],
        ["verify: read meter"],
    ),
    "not readable": Case(
        (meter(), channel()), TargetError("broken"),
        [
            ("meter/calls", "unknown", "accepted, and could not be read back: broken", []),
            ("notification_channel/ops", "unknown", "accepted, and could not be read back: broken", []),
        ],
        ["verify: read meter notification_channel"],
    ),
    "the kinds in the order of their making": Case(
        (channel(), meter()), live(meter(), channel()), [], ["verify: read meter notification_channel"]
    ),
    "the offers of plans that have some": Case(
        (plan("active", "pack"),), live(plan("active", "pack")), [], ["verify: read plan plan/pro"]
    ),
    "the offers of drafts too": Case(
        (plan("draft", "pack"),), live(plan("draft", "pack")), [], ["verify: read plan plan/pro"]
    ),
    "no offers of plans that have none": Case((plan("active"),), live(plan("active")), [], ["verify: read plan"]),
    "a channel that this run made alone": Case((channel(),), live(channel()), [], [CHANNELS], made=True),
    "a channel found by its id, without its key": Case(
        (channel(),), live(also=(hook("C2", key=""), hook("C3", key=""))), [], [CHANNELS]
    ),
    "a channel without a key that is another one": Case(
        (channel(),), live(also=(hook("C3", key=""),)),
        [("notification_channel/ops", "different", LATER,
          ["notification_channel/ops: present -> None", "name: Ops -> None"])],
        [CHANNELS],
    ),
    "ours is looked at where others carry the key": Case(
        (channel(),), live(channel("C1", "Theirs"), also=(hook("C2"),)), [], [CHANNELS]
    ),
    "theirs came first: ours goes": Case(
        (channel(),), live(channel("C1", "Theirs"), also=(hook("C2"),)),
        [("notification_channel/ops", "different",
          f"{TWICE}: C1, C2 carry its key; C1 came first and stays, C2 was deleted. Plan again", [])],
        [CHANNELS, "write: delete_duplicate/C2 notification_channel/ops"], made=True, sends=({},),
    ),
    "ours came first: theirs is not ours to delete": Case(
        (channel(),), live(channel(), also=(hook("C9", "Theirs"),)),
        [("notification_channel/ops", "different",
          f"{TWICE}: C2, C9 carry its key; C2 came first and stays. Plan again", [])],
        [CHANNELS], made=True,
    ),
    "ours came first and is something else: the double is told": Case(
        (channel(),),
        live(channel("C2", "Else"), also=(hook("C9", "Theirs"),)),
        [
            (
                "notification_channel/ops",
                "different",
                f"{TWICE}: C2, C9 carry its key; C2 came first and stays. Plan again",
                [],
            )
        ],
        [CHANNELS],
        made=True,
    ),
    "ours cannot be deleted": Case(
        (channel(),), live(channel("C1", "Theirs"), also=(hook("C2"),)),
        [("notification_channel/ops", "unknown", "accepted, and could not be read back: no", [])],
        [CHANNELS, "write: delete_duplicate/C2 notification_channel/ops"], made=True, sends=(TargetError("no"),),
    ),
    "ours is gone, and one alone carries the key": Case(
        (channel(),), live(also=(hook("C1"),)),
        [("notification_channel/ops", "different", LATER,
          ["notification_channel/ops: present -> None", "name: Ops -> None"])],
        [CHANNELS], made=True,
    ),
    "ours is gone, and two others carry the key": Case(
        (channel(),), live(also=(hook("C1"), hook("C3"))),
        [("notification_channel/ops", "different", LATER,
          ["notification_channel/ops: present -> None", "name: Ops -> None"])],
        [CHANNELS], made=True,
    ),
    "a channel of another key is no double": Case(
        (channel(),), live(channel(), also=(hook("C1", key="other"),)), [], [CHANNELS], made=True
    ),
    "a rule of the same key is no double": Case(
        (channel(),), live(channel(), also=(replace(hook("C1"), kind=RULE),)), [], [CHANNELS], made=True
    ),
}  # fmt: skip


def looked(case: Case) -> tuple[list[Any], Scripted, View]:
    target = Scripted([*case.sends], [case.read])
    view = View(live(*case.known), Secrets({}))
    refs = [group.ref for group in case.known]
    states = {group.ref: state(group) for group in case.known}
    found = last_look.look(target, view, refs, refs if case.made else [], states.__getitem__)
    return [*found], target, view


@pytest.mark.parametrize("name", CASES)
def test_every_end_of_the_look(name: str) -> None:
    case = CASES[name]
    found, target, _ = looked(case)
    said = [
        (
            str(one.ref),
            str(one.status),
            one.message,
            [f"{f.path}: {f.before} -> {f.after}" for f in one.fields],
        )
        for one in found
    ]
    assert said == case.found
    assert target.calls == case.calls and target.sends == []


def test_what_is_seen_is_known_afterwards() -> None:
    view = looked(CASES["something else"])[2]
    assert view.live.group(CALLS) == meter("Else")
    view = looked(CASES["ours is looked at where others carry the key"])[2]
    assert view.live.group(OPS).active == hook("C2") and view.live.unmatched == (hook("C1", "Theirs"),)
