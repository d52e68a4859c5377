"""What a run keeps beside its steps: what it knows of live objects, where they stand on their way, secrets, and its journal. No server."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from scripted_target import Kept, Scripted

from catalogsync.core import values
from catalogsync.core.changes import FieldChange
from catalogsync.core.errors import Refused, TargetError
from catalogsync.core.model import LiveGroup, LiveResource, LiveState, Ref
from catalogsync.core.plan import Plan, Precondition, State, Step, TargetIdentity, Verb
from catalogsync.core.values import IdRef, LiveValue, SecretRef, SecretText
from catalogsync.executor import journal as journals
from catalogsync.executor.fence import Fenced, FencedOff
from catalogsync.executor.journal import Both, Journal, Lines
from catalogsync.executor.live_view import View
from catalogsync.executor.postchecks import not_kept
from catalogsync.executor.resume import differing, gone_already, position, stand
from catalogsync.executor.secret_values import check_secrets
from catalogsync.openmeter import releases
from catalogsync.openmeter.kinds import CHANNEL, METER, PLAN, RULE
from catalogsync.store.secrets import Secrets
from catalogsync.targets.protocol import Request

CALLS, OPS, PRO, BILLED = Ref(METER, "calls"), Ref(CHANNEL, "ops"), Ref(PLAN, "pro"), Ref(RULE, "billed")
NO_SECRETS = Secrets({})


def meter(name: str | None = "Calls", **more: Any) -> LiveGroup:
    if name is None:
        return LiveGroup(CALLS)
    body = {"slug": "calls", "name": name, "aggregation": "COUNT", "eventType": "t", **more}
    return LiveGroup(CALLS, LiveResource(METER, "M1", "calls", "active", body))


def loose(id_: str, kind: Any = CHANNEL) -> LiveResource:
    return LiveResource(kind, id_, "", "active", {"name": id_})


def live(*groups: LiveGroup, also: tuple[LiveResource, ...] = ()) -> LiveState:
    return LiveState({group.ref: group for group in groups}, also)


def said(name: str) -> dict[str, Any]:
    return {"name": name, "aggregation": "COUNT", "eventType": "t"}


# What is known


@pytest.fixture
def clock() -> Iterator[list[float]]:
    yield [100.0]


def test_how_long_ago_an_object_was_seen(clock: list[float]) -> None:
    view = View(live(meter()), NO_SECRETS, 90.0, clock=lambda: clock[0])
    assert view.age(CALLS) == 10.0 and view.age(OPS) == 10.0
    view.learn(meter("New"))
    clock[0] = 103.0
    assert view.age(CALLS) == 3.0 and view.age(OPS) == 13.0
    assert View(live(), NO_SECRETS).age(CALLS) == math.inf


def test_what_is_told_is_told_until_it_is_read() -> None:
    view = View(live(meter()), NO_SECRETS)
    assert view.unverified() == ()
    assert view.learn(meter("New"), by_answer=True).group(CALLS) == meter("New")
    view.learn(LiveGroup(OPS), by_answer=True)
    view.learn(LiveGroup(PRO))
    assert view.unverified() == (CALLS, OPS)
    assert view.learn(meter("Read")).group(CALLS) == meter("Read")
    assert view.unverified() == (OPS,)


def test_a_look_takes_in_what_carries_the_keys_of_its_kinds_alone() -> None:
    view = View(live(also=(loose("C1"), loose("R1", RULE))), NO_SECRETS)
    seen = live(LiveGroup(OPS, loose("C9")), also=(loose("C2"),))
    assert view.learn_all(seen, [OPS, CALLS]) == LiveState(
        {OPS: seen.group(OPS), CALLS: LiveGroup(CALLS)}, (loose("R1", RULE), loose("C2"))
    )
    assert view.live.unmatched == (loose("R1", RULE), loose("C2"))


def test_a_duplicate_that_is_gone_is_forgotten() -> None:
    view = View(live(also=(loose("C1"), loose("C2"), loose("C1", RULE))), NO_SECRETS)
    assert view.forget(OPS, "C1").unmatched == (loose("C2"), loose("C1", RULE)) == view.live.unmatched


def version(id_: str, status: str) -> LiveResource:
    return LiveResource(PLAN, id_, "pro", status, {"secret": "s"}, 1)


def test_what_special_values_mean_at_the_moment() -> None:
    group = LiveGroup(PRO, version("A", "active"), version("D", "draft"))
    view = View(live(group), Secrets({"NAME": "value"}))
    assert [view.plain(IdRef(PRO, slot), OPS) for slot in ("active", "draft")] == ["A", "D"]
    assert view.plain(SecretRef("env", "NAME"), OPS) == "value"
    assert view.plain(SecretText("text"), OPS) == "text"
    assert view.plain(LiveValue("secret"), PRO) == "s"
    assert view.plain(LiveValue("other"), PRO) is None and view.plain(LiveValue("secret"), OPS) is None
    with pytest.raises(TypeError, match="str cannot be sent"):
        view.plain("text", OPS)
    with pytest.raises(
        TargetError, match="there is no active version of notification_channel/ops"
    ) as missing:
        view.plain(IdRef(OPS), PRO)
    assert missing.value.code == "live-missing"


# Where objects stand


WAY: tuple[State, ...] = (
    {"active": None},
    {"active": said("A")},
    {"active": said("B")},
    {"active": said("B")},
    {"active": said("C")},
)


@pytest.mark.parametrize(("name", "place"), [(None, 0), ("A", 1), ("B", 2), ("C", 4), ("Else", None)])
def test_how_far_along_its_way_an_object_is(name: str | None, place: int | None) -> None:
    assert position(CALLS, WAY, live(meter(name))) == place


def test_of_states_that_come_again_the_last_counts() -> None:
    way = ({"active": said("A")}, {"active": said("B")}, {"active": said("A")})
    assert [position(CALLS, way, live(meter(name))) for name in "AB"] == [2, 1]


def plan(*steps: Step, states: dict[Ref, State]) -> Plan:
    bound = tuple(
        Precondition(ref, state, values.fingerprint(state), touched=True) for ref, state in states.items()
    )
    return Plan(TargetIdentity("x"), (), steps, bound)


def test_objects_that_moved_are_told_by_their_fields() -> None:
    ways = {CALLS: ({"active": said("A")}, {"active": said("B")}), OPS: ({"active": None},)}
    made = plan(states={ref: way[0] for ref, way in ways.items()})
    assert stand(made, ways, live(meter("B"))) == {CALLS: 1, OPS: 0}
    with pytest.raises(Refused) as moved:
        stand(made, ways, live(meter("Else"), LiveGroup(OPS, loose("C1"))))
    assert (moved.value.code, moved.value.exit_code, moved.value.hint) == (
        "refused-stale", 3, "make a new plan and review it; plan --refresh reads everything again",
    )  # fmt: skip
    lines = moved.value.message.split("\n")
    assert lines[:3] == [
        "the server has moved since the plan was made; nothing was sent",
        "  meter/calls: changed on the server, which is ahead of the plan",
        '    name: the plan read "A", live is "Else"',
    ]
    assert lines[3:] == [
        "  notification_channel/ops: changed on the server, which is ahead of the plan",
        '    notification_channel/ops: the plan read nothing, live is "present"',
        '    name: the plan read nothing, live is "C1"',
    ]


@pytest.mark.parametrize(
    ("count", "shown", "more"), [(8, 8, []), (9, 8, ["    and 1 more"]), (12, 8, ["    and 4 more"])]
)
def test_of_many_fields_eight_are_shown(count: int, shown: int, more: list[str]) -> None:
    groups = {f"g{n:02}": "$.x" for n in range(count)}
    ways = {CALLS: ({"active": {**said("A"), "groupBy": groups}},)}
    now = dict.fromkeys(groups, "$.y")
    with pytest.raises(Refused) as moved:
        stand(plan(states={CALLS: ways[CALLS][0]}), ways, live(meter("A", groupBy=now)))
    lines = moved.value.message.split("\n")
    assert [line for line in lines if line.startswith("    and")] == more
    assert sum(line.startswith("    groupBy.") for line in lines) == shown


def test_a_secret_that_moved_is_not_shown() -> None:
    hook = {"type": "WEBHOOK", "name": "N", "url": "https://u:p@a.example", "disabled": False}
    state = {"active": {**hook, "url": values.hidden("https://u:q@a.example")}}
    with pytest.raises(Refused) as moved:
        stand(
            plan(states={OPS: state}),
            {OPS: (state,)},
            live(LiveGroup(OPS, LiveResource(CHANNEL, "C", "ops", "active", hook))),
        )
    assert (
        "url: the plan read https://a.example/… (sha256" in moved.value.message
        and "u:p" not in moved.value.message
    )


BODY = {"name": "Pro", "currency": "EUR", "billingCadence": "P1M", "phases": []}
NORMAL: dict[str, Any] = {
    "name": "Pro", "currency": "EUR", "billingCadence": "P1M", "settlementMode": "credit_then_invoice",
    "proRatingConfig": {"enabled": True, "mode": "prorate_prices"}, "phases": {}, "phaseOrder": [], "addons": {},
}  # fmt: skip


def test_fields_of_versions_are_told_with_their_slot() -> None:
    now = LiveGroup(PRO, LiveResource(PLAN, "A", "pro", "active", {**BODY, "currency": "USD"}, 1))
    expected = {"active": NORMAL, "draft": {**NORMAL, "name": "Draft"}}
    assert [(f.path, f.before, f.after) for f in differing(PRO, expected, live(now))] == [
        ("active.currency", "EUR", "USD"),
        ("draft", "present", None),
        ("draft.name", "Draft", None),
    ]
    nameless = {"active": None, "draft": {name: value for name, value in NORMAL.items() if name != "name"}}
    found = differing(PRO, nameless, live(now))
    assert [(f.path, f.before, f.after) for f in found] == [
        ("active", None, "present"), ("active.name", None, "Pro"), ("draft", "present", None),
    ]  # fmt: skip
    assert differing(PRO, {"active": None, "draft": None}, live()) == ()


def test_what_a_deletion_leaves_shows_in_no_state() -> None:
    old = LiveResource(PLAN, "P1", "pro", "archived", BODY, 1)
    deletes = Step(1, Verb.DELETE, PRO, None, "", id="P1")
    for group in (LiveGroup(PRO, old), LiveGroup(PRO, None, old), LiveGroup(PRO, None, None, (old,))):
        assert not gone_already(deletes, live(group))
    assert gone_already(deletes, live(LiveGroup(PRO, version("P2", "active")))) and gone_already(
        deletes, live()
    )
    assert not gone_already(Step(1, Verb.DELETE, CALLS, None, "", id="M1"), live())
    assert not gone_already(Step(1, Verb.ARCHIVE, PRO, None, "", id="P1"), live())
    twin = Step(1, Verb.DELETE_DUPLICATE, OPS, None, "", id="C2")
    assert not gone_already(twin, live(also=(loose("C1"), loose("C2"))))
    assert gone_already(twin, live(also=(loose("C1"),)))


# The fence


def test_a_fence_lets_everything_through_while_the_lock_is_ours() -> None:
    update = Step(1, Verb.UPDATE, CALLS, {"name": "N"}, "", id="M1")
    target = Scripted([{"a": 1}], [live(meter()), live(), meter()])
    fence = Fenced(target, lambda: None)
    fence.phase = "write"
    assert (fence.phase, target.phase, fence.identity()) == ("write", "write", target.identity())
    request = fence.encode(update)
    assert request == target.encode(update) and fence.send(request, CALLS, lambda _value, _ref: None) == {
        "a": 1
    }
    assert fence.read([METER], {CALLS}) == live(meter()) and fence.read_groups([OPS]) == live()
    assert fence.reread(meter(), "M9") == meter()
    assert fence.read_answer(update, LiveGroup(CALLS), meter("Told")) == meter("Told")  # type: ignore[arg-type]
    assert target.calls == [
        "write: update/M1 meter/calls", "write: read meter meter/calls",
        "write: read_groups notification_channel/ops", "write: reread meter/calls M9",
    ]  # fmt: skip


def test_a_fence_sends_nothing_once_the_lock_is_not_ours() -> None:
    def lost() -> None:
        raise Refused("the lock is not ours", hint="look")

    target = Scripted([], [])
    with pytest.raises(FencedOff) as off:
        Fenced(target, lost).send(Request("", (), None), CALLS, lambda _value, _ref: None)
    assert (off.value.message, off.value.hint, off.value.code) == (
        "the lock is not ours",
        "look",
        "lock-lost",
    )
    assert target.calls == []


# Secrets


def secret(body: dict[str, Any], number: int = 1) -> Step:
    return Step(number, Verb.CREATE, OPS, body, "")


WHSEC = "whsec_" + "A" * 32


@pytest.mark.parametrize(
    ("body", "value", "why"),
    [
        ({"signingSecret": SecretRef("env", "S")}, "short", "is not a signing secret: `whsec_` and 24 to 75 bytes in base64"),
        ({"signingSecret": SecretRef("env", "S")}, WHSEC, ""),
        ({"url": SecretRef("env", "S")}, "ops.example", "is not an absolute http or https URL"),
        ({"url": SecretRef("env", "S")}, "https://u:p@ops.example", "is a URL with a user or a password"),
        ({"url": SecretRef("env", "S")}, "https://ops.example/x", ""),
        ({"customHeaders": {"X-A": SecretRef("env", "S")}}, "a\nb", "cannot be a header: it holds a line break or another control character"),
        ({"customHeaders": {"X-A": SecretRef("env", "S")}}, "Bearer x", ""),
    ],
)  # fmt: skip
def test_a_secret_can_be_what_its_member_wants(body: dict[str, Any], value: str, why: str) -> None:
    made = plan(secret(body), secret({}, 2), Step(3, Verb.DELETE, OPS, None, ""), states={})
    if not why:
        check_secrets(made, Secrets({"S": value}))
        return
    with pytest.raises(Refused) as refused:
        check_secrets(made, Secrets({"S": value}))
    place = ".".join(["customHeaders", "X-A"]) if "customHeaders" in body else next(iter(body))
    assert refused.value.message.endswith(f" for {place} of notification_channel/ops {why}")
    assert (refused.value.code, refused.value.exit_code) == ("secret-invalid", 3)
    assert refused.value.hint == "correct the value and run again; nothing was sent"
    assert value not in refused.value.message


def test_all_wrong_secrets_are_told_each_once() -> None:
    body = {"url": SecretRef("env", "U"), "signingSecret": SecretRef("env", "S")}
    made = plan(secret(body), secret(body, 2), states={})
    with pytest.raises(Refused) as refused:
        check_secrets(made, Secrets({"U": "x", "S": "y"}))
    assert refused.value.message.count("; ") == 1


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"whsec_x\n", ""),
        (b"\xef\xbb\xbfwhsec_x\r\n", ""),
        (b"", "is empty"),
        (b" \n", "is empty"),
        (b"\xff\xfe", "cannot be read: it is not UTF-8"),
        (b"x" * 65_537, "cannot be read: file too large"),
        (None, "cannot be read: no such file or directory"),
    ],
)
def test_a_secret_is_what_its_file_holds(content: bytes | None, said: str, tmp_path: Path) -> None:
    path = tmp_path / "secret"
    if content is not None:
        path.write_bytes(content)
    reference = SecretRef("file", str(path))
    if not said:
        assert Secrets({}).resolve(reference) == "whsec_x"
        return
    with pytest.raises(Refused) as refused:
        Secrets({}).resolve(reference)
    assert (refused.value.message, refused.value.code) == (
        f"the secret's file {path} {said}",
        "secret-missing",
    )
    assert Secrets({}).reveal(reference) is None


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="the system has no /dev/zero")
def test_a_device_without_an_end_is_no_secret() -> None:
    with pytest.raises(Refused, match="too large"):
        Secrets({}).resolve(SecretRef("file", "/dev/zero"))


# The journal


EMPTY = Plan(TargetIdentity("x"), (), (), ())
OTHER = Plan(TargetIdentity("y"), (), (), (), catalog_digest="other")


def test_events_are_kept_before_more_happens() -> None:
    kept: list[list[str]] = []
    lines = Lines(lambda text: kept.append([json.loads(line)["event"] for line in text.splitlines()]))
    for event in (
        "begun",
        "sent",
        "answered",
        "verified",
        "unanswered",
        "begun",
        "ended",
        "opened",
        "run",
        "answered",
    ):
        lines.note(event, step=1)
    assert kept == [
        ["begun", "sent"],
        ["answered", "verified", "unanswered"],
        ["begun", "ended"],
        ["opened"],
        ["run"],
    ]


def test_an_event_is_kept_in_every_place() -> None:
    first, second = Kept(), Kept()
    Both(iter([first, second])).note("sent", step=3)
    assert first.events == second.events == ["sent step=3"]


def test_a_journal_is_one_plan_s_and_one_run_s(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "j"
    first = Journal(path, EMPTY)
    with pytest.raises(Refused) as locked:
        Journal(path, EMPTY)
    assert (locked.value.code, locked.value.hint) == ("journal-locked", "wait for it to end")
    assert locked.value.message == f"another apply is at work on {path}"
    first.note("run", step=1)
    first.close()
    with pytest.raises(Refused) as other:
        Journal(path, OTHER)
    assert (other.value.code, other.value.hint) == (
        "journal-other-plan",
        "move it away, or name another folder",
    )
    second = Journal(path, EMPTY)
    second.close()
    assert [event["event"] for event in journals.read(path)] == ["opened", "run", "opened"]
    assert path.stat().st_mode & 0o777 == 0o600 == path.with_name("j.lock").stat().st_mode & 0o777


@pytest.mark.parametrize(
    ("there", "events"), [(b"", 1), (b'{"event":"x"}\n', 2), (b'{"event":"x"}', 2), (b'{"eve', 1)]
)
def test_a_line_that_was_cut_is_closed(there: bytes, events: int, tmp_path: Path) -> None:
    path = tmp_path / "j"
    path.write_bytes(there)
    Journal(path, EMPTY).close()
    text = path.read_bytes()
    assert text.startswith(there) and b"\n\n" not in text and text.endswith(b"\n")
    assert len(journals.read(path)) == events
    last = json.loads(text.splitlines()[-1])
    assert (last["event"], last["who"]) == ("opened", journals.who())
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", last["when"])


def test_what_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Refused) as refused:
        Journal(tmp_path / "file" / "j", EMPTY)
    assert refused.value.code == "journal-unwritable"
    assert refused.value.message.startswith(f"the journal {tmp_path / 'file' / 'j'} cannot be written: ")
    (tmp_path / "j").mkdir()
    with pytest.raises(Refused, match="cannot be written: Is a directory"):
        Journal(tmp_path / "j", EMPTY)
    with pytest.raises(Refused, match="cannot be written: Is a directory"):
        Journal(tmp_path / "j", EMPTY)  # the lock is free again


# What a server did not keep


def test_the_release_that_keeps_a_member_is_named_wherever_it_stands() -> None:
    later = releases.later_members()[0]
    for lost in (
        FieldChange(f"phases.main.{later.name}.x", "a", None),
        FieldChange("phases.main", {later.name: "a"}, None),
    ):
        said = f"the server did not keep {lost.path}; {later.since} and later releases do"
        assert not_kept([lost, FieldChange("name", "a", "b")]) == said
    assert (
        not_kept([FieldChange("x", "a", None), FieldChange("y.z", 1, None)])
        == "the server did not keep x, y.z"
    )
    assert not_kept([]) == not_kept([FieldChange("x", None, None)]) == ""
