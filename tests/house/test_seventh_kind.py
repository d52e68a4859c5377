"""A seventh kind is one file and one schema; another API is another target: both from load to export, and nothing else of the engine changes.

The package is copied, the two files are put where such files belong, and a program goes through all of it with a server that speaks a
dialect of its own.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from catalogsync.openmeter.kinds import KINDS

PACKAGE = Path(__file__).parents[2] / "catalogsync"

COUPON = '''
"""Coupons: money off for those who know the word. A meter says what they are counted by."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from catalogsync.core.canon import Body
from catalogsync.core.model import Kind
from catalogsync.openmeter.kinds.spec import PUBLISHED_OR_DELETED, STAMPS, KeyOf, KindSpec, Normal, Reference, SetOf
from catalogsync.openmeter.kinds.texts import Texts, given

COUPON = Kind.declare("coupon")


class CouponBody(Texts, total=False):
    key: str
    percent: int
    meterSlug: str
    countries: Sequence[str]


def _normal(body: Body, key: str, _key_of: KeyOf) -> Normal:
    raw = cast("CouponBody", body)
    return {"name": raw.get("name") or key, **given(raw, ("percent", "meterSlug")), "countries": sorted(set(raw.get("countries") or ()))}


def _request(normal: Body, key: str) -> Normal:
    return {"key": key, **normal}


SPEC = KindSpec(
    kind=COUPON,
    title="coupon",
    about="Money off for those who know the word.",
    collection="/coupons",
    folder="coupons",
    read_only=STAMPS,
    lifecycles=PUBLISHED_OR_DELETED,
    fixed=frozenset({"meterSlug"}),
    put=("name", "percent", "countries"),
    cleared={"countries": []},
    normal=_normal,
    request=_request,
    manifest=_request,
    lists={("countries",): SetOf()},
    references=(Reference(("meterSlug",), "meter", "reference-unknown-meter", holds=True),),
)
'''
SCHEMA = {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "title": "Coupon",
    "type": "object",
    "additionalProperties": False,
    "required": ["kind", "key", "percent"],
    "properties": {
        "kind": {"const": "coupon"},
        "key": {"type": "string", "pattern": "^[a-z0-9]+(?:_[a-z0-9]+)*$"},
        "name": {"type": "string"},
        "percent": {"type": "integer", "minimum": 1, "maximum": 100},
        "meterSlug": {"type": "string"},
        "countries": {"type": "array", "items": {"type": "string"}},
        "lifecycle": {"enum": ["published", "deleted"]},
    },
}
DIALECT = '''
"""A server that keeps rows in memory and is spoken to in words: put, change, drop."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from typing import cast

from catalogsync.core.canon import Json, JsonObject
from catalogsync.core.model import Kind, LiveGroup, LiveResource, LiveState, Ref
from catalogsync.core.plan import Step, Verb
from catalogsync.openmeter.kinds import KINDS
from catalogsync.targets.errors import ApiError
from catalogsync.targets.protocol import Lookup, Request, Target


class Words:
    def __init__(self) -> None:
        self.rows: dict[Ref, JsonObject] = {}
        self.said: list[tuple[str, str]] = []
        self.phase = "read"

    def identity(self) -> tuple[str, str]:
        return "words", ""

    def read(self, kinds: Iterable[Kind] = (), offers_of: Container[Ref] | None = None) -> LiveState:
        wanted = set(kinds or Kind)
        return LiveState({ref: self._group(ref) for ref in self.rows if ref.kind in wanted})

    def read_groups(self, refs: Iterable[Ref]) -> LiveState:
        return self.read({ref.kind for ref in refs})

    def reread(self, group: LiveGroup, known_id: str = "") -> LiveGroup:
        return self._group(group.ref)

    def reread_together(self, groups: Sequence[LiveGroup]) -> tuple[LiveGroup, ...]:
        return tuple(self.reread(one) for one in groups)

    def read_answer(self, step: Step, group: LiveGroup, answer: Json) -> LiveGroup | None:
        return self._group(step.ref)

    def encode(self, step: Step) -> Request:
        word = {Verb.CREATE: "put", Verb.UPDATE: "change", Verb.DELETE: "drop", Verb.ARCHIVE: "drop"}[step.verb]
        body = KINDS[step.ref.kind].request(step.body, step.ref.key) if step.body is not None else None
        return Request(word, (step.ref.kind, step.ref.key), body)

    def send(self, request: Request, ref: Ref, lookup: Lookup) -> Json:
        self.said.append((request.method, str(ref)))
        body = cast("JsonObject", request.body or {})
        for named in KINDS[ref.kind].references:
            key = body.get(named.path[0])
            if key is not None and Ref(Kind(named.kind), str(key)) not in self.rows:
                raise ApiError("no such object", status=404)
        if request.method == "drop":
            return self.rows.pop(ref)
        self.rows[ref] = {"id": f"id of {ref}", "createdAt": "2026-01-01T00:00:00Z", **body}
        return self.rows[ref]

    def _group(self, ref: Ref) -> LiveGroup:
        row = self.rows.get(ref)
        return LiveGroup(ref, LiveResource(ref.kind, str(row["id"]), ref.key, "active", row) if row else None)


target: Target = Words()
'''
PROGRAM = '''
from catalogsync.openmeter.kinds import KINDS, coupon, register

register(coupon.SPEC)

import json
from pathlib import Path

from catalogsync import executor
from catalogsync.app.check import check
from catalogsync.app.format import format_files
from catalogsync.core.model import Kind, Ref
from catalogsync.core.plan import TargetIdentity
from catalogsync.manifests.export import export
from catalogsync.planner import make_plan
from catalogsync.store import planfile
from catalogsync.store.secrets import Secrets

from dialect import Words

METER = "{kind: meter, slug: orders, aggregation: COUNT, eventType: order}\\n---\\n"
SPRING = METER + "kind: coupon\\nkey: spring\\npercent: 20\\nmeterSlug: orders\\ncountries: [NL, DE, NL]\\n"
server, told = Words(), {"kinds": list(Kind)}


def checked(text):
    Path("catalog.yaml").write_text(text)
    return check([Path("catalog.yaml")])


def codes(text):
    return [(one.code, one.hint) for one in checked(text).diagnostics if one.is_error]


def applied(text):
    """What a catalog makes of the server, by way of a saved plan: the steps, and those of the plan after it."""
    catalog = checked(text).catalog
    plan = make_plan(catalog, server.read(), TargetIdentity("words:"))
    Path("plan.json").write_text(planfile.to_text(plan))
    report = executor.apply(planfile.load(Path("plan.json")), server, Secrets({}))
    assert report.complete, report.outcomes
    again = make_plan(catalog, server.read(), TargetIdentity("words:"))
    return [[str(step) for step in one.steps] for one in (plan, again)], [c.action for c in plan.changes]


told["nothing wrong"] = codes(SPRING)
told["too much"] = codes(SPRING.replace("20", "200"))
told["misspelt"] = codes(SPRING.replace("coupon", "cupon"))
told["no meter"] = codes(SPRING.replace("meterSlug: orders", "meterSlug: order"))
told["created"] = applied(SPRING)
told["reordered"] = applied(SPRING.replace("NL, DE, NL", "DE, NL"))
told["changed"] = applied(SPRING.replace("20", "25"))
told["held"] = [(d.code, d.is_error) for d in make_plan(checked(SPRING.split("---")[0].replace("}", ", lifecycle: deleted}")).catalog,
                server.read(), TargetIdentity("words:")).diagnostics]
exported = export(server.read())
told["exported"] = dict(exported.files)
told["planned from the export"] = applied("---\\n".join(exported.files.values()))[0]
Path("style.yaml").write_text("percent: 20   # off\\nkey: spring\\nkind: coupon\\n")
told["restyled"] = format_files([Path("style.yaml")]).total
told["removed"] = applied(SPRING.replace("kind: coupon", "kind: coupon\\nlifecycle: deleted"))
told["said"] = server.said
print(json.dumps(told))
'''


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict:
    home = tmp_path_factory.mktemp("seventh")
    shutil.copytree(PACKAGE, home / "catalogsync", ignore=shutil.ignore_patterns("__pycache__"))
    (home / "catalogsync" / "openmeter" / "kinds" / "coupon.py").write_text(COUPON, "utf-8")
    (home / "catalogsync" / "_schemas" / "coupon.schema.json").write_text(json.dumps(SCHEMA), "utf-8")
    (home / "dialect.py").write_text(DIALECT, "utf-8")
    (home / "program.py").write_text(PROGRAM, "utf-8")
    ran = subprocess.run(
        [sys.executable, "program.py"],
        cwd=home,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(home)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


def test_it_is_a_kind_among_the_others(told: dict) -> None:
    assert set(told["kinds"]) == {*KINDS, "coupon"}
    assert told["kinds"].index("meter") < told["kinds"].index("coupon")


def test_it_is_loaded_and_checked(told: dict) -> None:
    assert told["nothing wrong"] == []
    assert [code for code, _ in told["too much"]] == ["manifest-out-of-range"]
    assert told["misspelt"] == [["manifest-unknown-kind", "did you mean `coupon`?"]]
    assert told["no meter"] == [["reference-unknown-meter", "did you mean `orders`?"]]


def test_it_is_planned_and_applied_in_the_order_of_its_references(told: dict) -> None:
    assert told["created"] == [[["create meter/orders", "create coupon/spring"], []], ["create", "create"]]
    assert told["reordered"] == [[[], []], []]
    assert told["changed"] == [[["update coupon/spring"], []], ["update"]]
    assert told["removed"] == [[["delete coupon/spring"], []], ["delete"]]


def test_what_it_names_is_held(told: dict) -> None:
    assert any(is_error for _, is_error in told["held"])


def test_it_is_exported_as_a_manifest_that_plans_to_nothing(told: dict) -> None:
    assert told["exported"]["coupons/spring.yaml"] == (
        "kind: coupon\nkey: spring\nname: spring\npercent: 25\nmeterSlug: orders\ncountries:\n  - DE\n  - NL\n"
    )
    assert told["planned from the export"] == [[], []]


def test_the_other_dialect_got_its_own_words_and_no_paths(told: dict) -> None:
    assert told["said"] == [
        ["put", "meter/orders"],
        ["put", "coupon/spring"],
        ["change", "coupon/spring"],
        ["drop", "coupon/spring"],
    ]


SIGNATURES = """\
[mypy]
strict = true
python_version = 3.11
[mypy-catalogsync.*]
ignore_errors = true
"""
"""Of the package the types alone are read: what is in its functions is held by `make lint`."""


@pytest.mark.long
def test_a_dialect_without_v1_is_a_target_to_the_type_checker(tmp_path: Path) -> None:
    """The stand-in is assigned to `Target`: mypy holds every member of the protocol against it, and misses one that is not there."""
    mypy = pytest.importorskip("mypy.api")
    (tmp_path / "dialect.py").write_text(DIALECT, "utf-8")
    (tmp_path / "lacking.py").write_text(DIALECT.replace("def identity(", "def identify("), "utf-8")
    (tmp_path / "mypy.ini").write_text(SIGNATURES, "utf-8")
    known = ("--config-file", str(tmp_path / "mypy.ini"), "--cache-dir", str(tmp_path / "cache"))
    said, _, _ = mypy.run([*known, str(tmp_path / "dialect.py"), str(tmp_path / "lacking.py")])
    wrong = [line for line in said.splitlines() if ": error:" in line]
    assert len(wrong) == 1 and "lacking.py" in wrong[0] and '"Target"' in wrong[0], said
