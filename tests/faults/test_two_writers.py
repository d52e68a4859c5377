"""Others write too: between plan and apply, at every touched and untouched object, and two applies at once, interleaved at every write."""

from __future__ import annotations

from collections import Counter

import pytest
from engine_helpers import EXAMPLE, TARGET, apply, catalog_of, client_of, planned, saved
from scenarios import prepared

from catalogsync.core.errors import Refused
from catalogsync.core.report import Status
from catalogsync.openmeter.kinds import CHANNEL, FEATURE, METER, RULE
from catalogsync.planner import make_plan
from catalogsync.sandbox import Sandbox
from catalogsync.targets.errors import ApiError
from catalogsync.targets.v1 import reader

pytestmark = pytest.mark.counted

STRIDE = 2


@pytest.fixture(scope="module")
def wished(tmp_path_factory):
    """The example, dearer and renamed: new versions of an add-on and of the plans that offer it, a meter and a rule in place."""
    folder = tmp_path_factory.mktemp("dearer")
    for path in EXAMPLE.rglob("*.yaml"):
        text = (
            path.read_text("utf-8")
            .replace("amount: 60,", "amount: 65,")
            .replace("amount: 49,", "amount: 59,")
        )
        text = text.replace("name: Active users", "name: Users").replace("name: Growth team", "name: Growth")
        (folder / path.name).write_text(text, "utf-8")
    return catalog_of(folder)


def live_example():
    sandbox = prepared("update")
    return sandbox, client_of(sandbox)


def twice(sandbox) -> list[str]:
    """What exists more than once, or is left as a draft."""
    live = reader.read(client_of(sandbox))
    drafts = [f"draft of {ref}" for ref, group in live.groups.items() if group.draft is not None]
    names = Counter(
        (table, row["name"]) for table in ("channels", "rules") for row in sandbox.state().get(table, [])
        if not row.get("deletedAt")
    )  # fmt: skip
    return drafts + [str(name) for name, count in names.items() if count > 1]


def disturb(client, live, ref) -> bool:
    """Somebody changes one object by hand; False for what cannot be changed."""
    body = dict(live.group(ref).active.body)
    if ref.kind is METER:
        client.send("PUT", f"/meters/{ref.key}", {"name": "Somebody's"})
    elif ref.kind is FEATURE:
        return False
    elif ref.kind is CHANNEL:
        fields = {
            n: v
            for n, v in body.items()
            if n in ("type", "url", "customHeaders", "metadata", "signingSecret")
        }
        client.send("PUT", f"/notification/channels/{body['id']}", {**fields, "name": "Somebody's"})
    elif ref.kind is RULE:
        fields = {n: v for n, v in body.items() if n in ("type", "thresholds", "metadata")}
        fields |= {"channels": [c["id"] for c in body["channels"]], "name": "Somebody's"}
        if body.get("features"):
            fields["features"] = [f["id"] for f in body["features"]]
        client.send("PUT", f"/notification/rules/{body['id']}", fields)
    else:
        client.send("POST", f"/{ref.kind}s/{body['id']}/archive")
    return True


def test_the_server_changed_between_plan_and_apply(wished, tmp_path):
    live = reader.read(live_example()[1])
    seen = Counter()
    for ref in sorted(live.groups):
        if live.group(ref).active is None:
            continue
        sandbox, client = live_example()
        plan = saved(planned(wished, client), tmp_path / "plan")
        bound = {p.ref for p in plan.preconditions}
        try:
            if not disturb(client, reader.read(client), ref):
                continue
        except ApiError as refusal:  # the server itself forbids it
            print(f"not possible for {ref}: {refusal}")
            continue
        sent = sum(r.method != "GET" for r in sandbox.requests)
        if ref in bound:
            with pytest.raises(Refused) as refused:
                apply(plan, client)
            assert (refused.value.exit_code, refused.value.code) == (3, "refused-stale")
            assert str(ref) in refused.value.message
            assert sum(r.method != "GET" for r in sandbox.requests) == sent
        else:
            assert apply(plan, client).complete, ref
        seen["touched" if ref in bound else "untouched"] += 1
    print(f"changed between plan and apply: {dict(seen)}")
    assert seen["touched"] and seen["untouched"]


def interleaved(sandbox, plan, number, *, inside):
    """Applies the plan; another apply of the same plan runs from start to end before its step `number`, or inside: right before the write."""
    client = client_of(sandbox)
    count = 0

    def other_comes(*_):
        nonlocal count
        count += 1
        if count == number:
            apply(plan, client_of(sandbox), workers=1)

    through = client.send

    def send(method, path, body=None, query=None):
        if method != "GET":
            other_comes()
        return through(method, path, body, query)

    if inside:
        client.send = send
    return apply(plan, client, workers=1, observer=None if inside else other_comes)


@pytest.mark.parametrize("inside", [False, True])
@pytest.mark.parametrize("job", ["first", "update"])
def test_two_applies_of_one_plan_interleaved_at_every_step(job, inside, wished, tmp_path):
    """Between two steps, nothing is made twice. Between a look and its write, the server cannot be held; then what was made twice is told."""
    catalog = catalog_of(EXAMPLE) if job == "first" else wished
    begun = Sandbox(seed=1) if job == "first" else live_example()[0]
    steps = len(planned(catalog, client_of(begun)).steps)
    told = 0
    for number in range(1, steps + 1, STRIDE):
        sandbox = Sandbox(seed=1) if job == "first" else live_example()[0]
        plan = saved(planned(catalog, client_of(sandbox)), tmp_path / "plan")
        report = interleaved(sandbox, plan, number, inside=inside)
        again = make_plan(catalog, reader.read(client_of(sandbox)), TARGET)
        assert again.steps == () or again.blocked, number
        if twice(sandbox):
            said = {d.code for d in again.diagnostics} | {o.status for o in report.outcomes}
            assert inside and said & {"duplicate-key", Status.DIFFERENT}, (number, twice(sandbox))
            told += 1
    where = "inside" if inside else "between"
    print(f"{job}, {where} the steps: every {STRIDE}. of {steps}, {told} doubles, all told")
