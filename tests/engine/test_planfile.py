"""A saved plan comes back as it was, and does not come back when anything in it was changed."""

from __future__ import annotations

import json

import pytest
from engine_helpers import EXAMPLE, catalog_of, client_of, planned, saved

from catalogsync.core import canon
from catalogsync.core.errors import Refused
from catalogsync.core.plan import FORMAT
from catalogsync.sandbox import Sandbox
from catalogsync.store import planfile, saved_plan_json


@pytest.fixture(scope="module")
def plan():
    return planned(catalog_of(EXAMPLE), client_of(Sandbox(seed=1)))


def test_round_trip_byte_for_byte(plan, tmp_path):
    again = saved(plan, tmp_path / "a.plan")
    assert again == plan
    planfile.save(again, tmp_path / "b.plan")
    assert (tmp_path / "a.plan").read_bytes() == (tmp_path / "b.plan").read_bytes()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.plan", "b.plan"]


def _step(body, **new):
    body["steps"][0].update(new)


TAMPERED = {
    "another target": lambda b: b["target"].update(url="http://elsewhere.localhost"),
    "another server": lambda b: b["target"].update(version="v9"),
    "another verb": lambda b: _step(b, verb="delete"),
    "another key": lambda b: _step(b, key="other"),
    "another id": lambda b: _step(b, id="01"),
    "another body": lambda b: b["steps"][0]["content"].update(name="other"),
    "a step less": lambda b: b["steps"].pop(),
    "steps swapped": lambda b: b["steps"].reverse(),
    "needs dropped": lambda b: b["steps"][-1].update(needs=[]),
    "a precondition less": lambda b: b["preconditions"].pop(),
    "another state": lambda b: b["preconditions"][0].update(state={"active": {}}),
    "a younger plan": lambda b: b.update(created="2999-01-01T00:00:00Z"),
    "another catalog": lambda b: b["catalog"].update(digest="0"),
    "errors hidden": lambda b: b.update(diagnostics=[]) or b["changes"].pop(),
    "a member more": lambda b: b.update(more=1),
}


@pytest.mark.parametrize("name", TAMPERED)
def test_tampered(plan, tmp_path, name):
    path = tmp_path / "plan"
    planfile.save(plan, path)
    body = json.loads(path.read_text("utf-8"))
    TAMPERED[name](body)
    path.write_text(json.dumps(body), "utf-8")
    with pytest.raises(Refused) as refused:
        planfile.load(path)
    assert (refused.value.code, refused.value.exit_code) == ("plan-tampered", 3)


UNREADABLE = {
    "empty": b"",
    "no JSON": b"{",
    "binary": b"\xff\x00",
    "deep": b"[" * 100_000,
    "a list": b"[]",
    "another thing": b'{"kind": "meter"}',
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_no_plan_at_all(tmp_path, name):
    path = tmp_path / "plan"
    path.write_bytes(UNREADABLE[name])
    with pytest.raises(Refused) as refused:
        planfile.load(path)
    assert refused.value.code == "plan-unreadable"


def test_missing(tmp_path):
    with pytest.raises(Refused, match="cannot be read"):
        planfile.load(tmp_path / "none")


def test_another_format(plan, tmp_path):
    path = tmp_path / "plan"
    path.write_text(canon.dumps({**saved_plan_json.to_json(plan), "format": 99}), "utf-8")
    with pytest.raises(Refused, match="format 99") as refused:
        planfile.load(path)
    assert refused.value.code == "plan-other-format"
    path.write_text(canon.dumps({**saved_plan_json.to_json(plan), "format": "\x1b[31m9\n9"}), "utf-8")
    with pytest.raises(Refused, match=r"format \\u001b\[31m9\\n9 of plans"):
        planfile.load(path)


def test_resealed_nonsense_is_refused(tmp_path):
    body = {"format": FORMAT, "steps": [{}]}
    path = tmp_path / "plan"
    path.write_text(canon.dumps({**body, "digest": canon.fingerprint(body)}), "utf-8")
    with pytest.raises(Refused, match="not a saved plan"):
        planfile.load(path)
