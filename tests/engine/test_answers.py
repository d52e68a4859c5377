"""The answer to a write is its first read-back: in every recorded scenario, what it tells is what the next read of the same object gives."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from recordings import AREAS, scenarios

from catalogsync import normalize
from catalogsync.core import canon
from catalogsync.core.model import Kind, LiveGroup, LiveResource, LiveState, Ref
from catalogsync.core.plan import Step, Verb
from catalogsync.openmeter.kinds import KINDS
from catalogsync.targets.v1 import answers, rows

pytestmark = pytest.mark.counted

COLLECTIONS = {"/api/v1" + spec.collection: kind for kind, spec in KINDS.items()}
Known = dict[str, tuple[Kind, dict[str, Any]]]


def kind_of(path: str) -> Kind | None:
    """The kind of the object that a path of a write names."""
    parts = path.split("/")
    found = [kind for collection, kind in COLLECTIONS.items() if path.startswith(collection)]
    return found[0] if found and (len(parts) < 7 or parts[-1] == "publish") else None


def listed(body: Any) -> Iterator[dict[str, Any]]:
    rows_ = body.get("items", [body]) if isinstance(body, dict) else body if isinstance(body, list) else []
    yield from (row for row in rows_ if isinstance(row, dict) and isinstance(row.get("id"), str))


def pairs(scenario: dict[str, Any]) -> Iterator[tuple[Kind, dict[str, Any], dict[str, Any]]]:
    """Each answer to a write with the next read of its object, when nothing else was written in between."""
    known: Known = {}
    for exchange in scenario["exchanges"]:
        request, response = exchange["request"], exchange["response"]
        path, body = request["path"].split("?")[0], response.get("body")
        if request["method"] != "GET":
            kind, known = kind_of(path), {}
            if (
                kind is not None
                and response["status"] in (200, 201)
                and isinstance(body, dict)
                and "id" in body
            ):
                known = {body["id"]: (kind, body)}
        elif response["status"] == 200 and kind_of(path) is not None:
            for row in listed(body):
                if row["id"] in known:
                    yield *known[row["id"]], row


def as_the_client_reads(body: dict[str, Any]) -> Any:
    """With decimals for the recording's numbers."""
    return canon.loads(json.dumps(body))


def state_of(found: LiveResource) -> Any:
    """In normal form. A recorded instant is a mask, which hides that an answer writes `eventFrom` as it was sent and a read in UTC."""
    state = normalize.live(found, LiveState({}))
    return {name: value for name, value in state.items() if name != "eventFrom"}


@pytest.mark.parametrize("area", [area for area in AREAS if area not in ("v3", "unitconfig")])
def test_an_answer_tells_what_the_next_read_gives(area: str) -> None:
    seen: Counter[str] = Counter()
    for scenario in scenarios(area):
        for kind, answer, row in pairs(scenario):
            told, read = (rows.as_resource(kind, as_the_client_reads(one)) for one in (answer, row))
            if kind == "notification_rule" and row["channels"] != answer["channels"]:
                seen["rules whose disabled channels reads leave out"] += 1
                continue
            assert (told.status, told.version) == (read.status, read.version), scenario["scenario"]
            assert state_of(told) == state_of(read), scenario["scenario"]
            seen[str(kind)] += 1
    print(f"{area}: {dict(seen)}")


def version(id_: str, status: str, number: int = 1) -> LiveResource:
    return LiveResource(Kind("plan"), id_, "pro", status, {"id": id_}, number)


def row(id_: str, status: str, number: int = 1, **more: Any) -> dict[str, Any]:
    return {"id": id_, "key": "pro", "status": status, "version": number, "phases": [], **more}


REF = Ref(Kind("plan"), "pro")
GROUP = LiveGroup(REF, active=version("a", "active"), draft=version("d", "draft", 2))


def step(verb: Verb, ref: Ref = REF) -> Step:
    return Step(1, verb, ref, None, "")


def test_a_published_draft_is_active_and_the_version_before_it_archived() -> None:
    found = answers.read(step(Verb.PUBLISH), GROUP, row("d", "active", 2))
    assert found is not None
    assert (found.draft, found.active and found.active.id) == (None, "d")
    assert [(one.id, one.status) for one in found.archived] == [("a", "archived")]


def test_an_attached_addon_is_offered_by_the_draft() -> None:
    answer = {
        "addon": {"id": "x", "key": "seats", "version": 3, "status": "active"},
        "fromPlanPhase": "default",
    }
    found = answers.read(step(Verb.ATTACH), GROUP, answer)
    assert found is not None and found.draft is not None
    assert [(one.addon_key, one.addon_version) for one in found.draft.assignments] == [("seats", 3)]
    again = answers.read(step(Verb.UPDATE_ATTACHMENT), found, {**answer, "maxQuantity": 2})
    assert again is not None and again.draft is not None
    assert [one.body.get("maxQuantity") for one in again.draft.assignments] == [2]
    published = answers.read(step(Verb.PUBLISH), again, row("d", "active", 2))
    assert published is not None and published.active is not None
    assert published.active.assignments == again.draft.assignments


@pytest.mark.parametrize(
    ("verb", "answer"),
    [
        (Verb.PUBLISH, row("d", "draft", 2)),  # not published after all
        (Verb.PUBLISH, row("other", "active", 2)),
        (Verb.UPDATE_DRAFT, row("other", "draft", 2)),
        (Verb.CREATE_DRAFT, row("n", "active", 3)),
        (Verb.CREATE_DRAFT, {**row("n", "draft", 3), "key": "other"}),
        (Verb.CREATE_DRAFT, {**row("n", "draft", 3), "deletedAt": "2026-01-01T00:00:00Z"}),
        (Verb.CREATE_DRAFT, {"id": "n"}),
        (Verb.CREATE_DRAFT, None),
        (Verb.ATTACH, {"addon": None}),
        (Verb.DELETE_DRAFT, None),
        (Verb.ARCHIVE, row("a", "archived")),
    ],
)
def test_what_does_not_tell_the_object_has_to_be_read(verb: Verb, answer: Any) -> None:
    assert answers.read(step(verb), GROUP, answer) is None
