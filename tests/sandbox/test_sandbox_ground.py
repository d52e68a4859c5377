"""The ground of the sandbox, rule by rule: JSON as Go reads it, the request validator, the binder, JSON paths, instants, routing."""

from __future__ import annotations

import json
from decimal import Decimal

import httpx
import pytest

from catalogsync.sandbox import Fault, Sandbox
from catalogsync.sandbox.domain.contract import Problem, Store
from catalogsync.sandbox.domain.instants import canonical, exists
from catalogsync.sandbox.domain.jsonpaths import Verdict, probe
from catalogsync.sandbox.v1 import gojson, query_binding
from catalogsync.sandbox.v1.body_decoder import Decoder
from catalogsync.sandbox.v1.validator import Validator


@pytest.fixture
def client():
    with httpx.Client(base_url="http://sandbox", transport=Sandbox().transport()) as found:
        yield found


# --- JSON as Go reads it (docs/server/transport.md#request-validation, docs/server/transport.md#validator)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (b'{"a": 1} trailing', {"a": 1}),
        (b'{"a": 1, "a": 2}', {"a": 2}),
        (b"[0.10]", [Decimal("0.10")]),
        (b'"\\ud800"', "\ufffd"),
    ],
)
def test_json_is_read_as_go_reads_it(text, value):
    assert gojson.loads(text) == value


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"", "EOF"),
        (b"{", "unexpected EOF"),
        (b"{'a': 1}", "invalid character '\\'' looking for beginning of object key string"),
        (b'{"a": 1,}', "invalid character '}' looking for beginning of object key string"),
        (b'{"a" 1}', "invalid character '1' after object key"),
        (b"[1 2]", "invalid character '2' after array element"),
        (b"tru!", "invalid character '!' in literal true (expecting 'e')"),
        (b"NaN", "invalid character 'N' looking for beginning of value"),
        (b"01", None),
    ],
)
def test_malformed_json_is_refused_in_gos_words(text, words):
    if words is None:
        assert gojson.loads(text) == 0  # the value ends before the second digit; bytes after it do not count
        return
    with pytest.raises(gojson.Malformed) as caught:
        gojson.loads(text)
    assert str(caught.value) == words


SCHEMAS = {
    "Thing": {
        "type": "object",
        "required": ["name", "size"],
        "properties": {
            "name": {"type": "string", "minLength": 1, "maxLength": 3, "pattern": "^[a-z]+$"},
            "size": {"type": "integer", "minimum": 1},
            "tags": {"type": "object", "nullable": True, "additionalProperties": {"type": "string"}},
            "kind": {"type": "string", "enum": ["A", "B"]},
            "one": {
                "oneOf": [{"$ref": "#/components/schemas/X"}],
                "discriminator": {"propertyName": "type", "mapping": {"x": "#/components/schemas/X"}},
            },
        },
    },
    "X": {
        "type": "object",
        "required": ["type"],
        "properties": {"type": {"type": "string"}, "v": {"type": "boolean"}},
    },
}
GOOD = {"name": "abc", "size": 1}


def test_names_in_another_letter_case_are_taken_and_unknown_ones_dropped():
    decoder = Decoder(SCHEMAS)
    body = gojson.loads(
        b'{"NAME": "a", "name": "b", "Tags": {"x": "1"}, "tags": {"y": "2"}, "size": 1, "other": 1}'
    )
    assert decoder.decode(SCHEMAS["Thing"], body) == {"name": "b", "size": 1, "tags": {"x": "1", "y": "2"}}


# --- the request validator


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (GOOD, None),
        ({**GOOD, "tags": None, "unknown": []}, None),
        ({"name": "abc"}, 'Error at "/size": property "size" is missing'),
        (
            {"size": 0},
            'Error at "/size": number must be at least 1',
        ),  # what is there comes before what is missing
        (
            {"size": 0, "name": ""},
            'Error at "/name": minimum string length is 1',
        ),  # alphabetical, not as sent
        ({**GOOD, "name": "abcd"}, 'Error at "/name": maximum string length is 3'),
        (
            {**GOOD, "name": "a\n"},
            'Error at "/name": string doesn\'t match the regular expression "^[a-z]+$"',
        ),
        ({**GOOD, "name": None}, 'Error at "/name": Value is not nullable'),
        ({**GOOD, "size": True}, 'Error at "/size": value must be an integer'),
        ({**GOOD, "size": Decimal("1.5")}, 'Error at "/size": value must be an integer'),
        ({**GOOD, "kind": "C"}, 'Error at "/kind": value is not one of the allowed values ["A","B"]'),
        ({**GOOD, "tags": {"a": 1}}, 'Error at "/tags/a": value must be a string'),
        (
            {**GOOD, "one": {}},
            'Error at "/one": input does not contain the discriminator property "type"',
        ),
        ({**GOOD, "one": {"type": "y"}}, 'Error at "/one": discriminator property "type" has invalid value'),
        ({**GOOD, "one": {"type": "x", "v": 1}}, 'Error at "/one/v": value must be a boolean'),
        ([], "value must be an object"),
    ],
)
def test_the_validator_names_the_first_problem(body, sentence):
    failure = Validator(SCHEMAS).named("Thing")(body)
    assert (failure.text() if failure else None) == sentence


# --- the binder

PARAMETERS = (
    {"name": "page", "in": "query", "schema": {"type": "integer"}},
    {"name": "all", "in": "query", "schema": {"type": "boolean"}},
    {"name": "status", "in": "query", "schema": {"type": "array", "items": {"type": "string"}}},
    {"name": "v", "in": "query", "style": "deepObject", "schema": {"type": "object"}},
)


def test_query_values_are_bound_to_their_types():
    pairs = [
        ("page", "02"),
        ("all", "T"),
        ("status", "a"),
        ("status", "b"),
        ("v[k][0]", "1"),
        ("v[k][1]", "3"),
        ("x", "y"),
    ]
    assert query_binding.bind(PARAMETERS, pairs) == {
        "page": 2,
        "all": True,
        "status": ["a", "b"],
        "v": {"k": [1, 3]},
    }


@pytest.mark.parametrize(
    ("pairs", "words"),
    [
        ([("page", "x")], 'parsing "x": invalid syntax'),
        ([("page", "")], 'parsing "": invalid syntax'),
        ([("page", "9223372036854775808")], "value out of range"),
        ([("all", "yes")], 'strconv.ParseBool: parsing "yes": invalid syntax'),
        ([("page", "1"), ("page", "2")], "is not exploded, but is specified multiple times"),
        ([("v[k][1]", "1")], "must have consecutive indices"),
        ([("v[k][]", "1")], "must have consecutive indices"),
        ([("v[k][0]", "x")], "expected a valid int, got x"),
    ],
)
def test_query_values_that_do_not_fit_are_refused(pairs, words):
    with pytest.raises(Problem) as caught:
        query_binding.bind(PARAMETERS, pairs)
    assert caught.value.status == 400
    assert words in caught.value.detail


# --- JSON paths (docs/server/meters.md#json-paths)

ACCEPTED = """$|$.a.b|$._a|$.a_b|$.A|$.$a|$.a$b|$.1|$.1a|$.a.1b|$.1.5|$.0x1f|$['a']|$["a b"]|$["a-b"]|$['']|$["é"]|$[a]|$.a[last]|$.a[first]|
$."a b"|$."a.b"|$."é"|$[0]|$[00]|$[0x1]|$[99999999999]|$[0,1]|$[*]|$[0 to 2]|$[0 TO 2]|$[0,2 to 3]|$ .a|$. a|$.a |$.a--b|$.a/* c */.b"""
REFUSED = """$.|$.a.|$..a|$.a..b|$a|$$|a|$.$|$.1e5|$[""]|$['a','b']|$['a|$['a'|$[$]|$.'a'|$.""|$[]|$[-1]|$[0:2]|$[2 to 0]|$[1 to 1]|
$[last-1]|$[0 to last]|$[0,*]|$.a-b|$.a b|$.é|$.*|$.a*|$.a@b|$.a(b)|$.a{b}|"""


@pytest.mark.parametrize("path", [p.strip("\n") for p in ACCEPTED.split("|")])
def test_paths_the_event_store_takes(path):
    assert probe(path) is Verdict.GOOD


@pytest.mark.parametrize("path", [p.strip("\n") for p in REFUSED.split("|")])
def test_paths_the_event_store_refuses(path):
    assert probe(path) is Verdict.REFUSED


@pytest.mark.parametrize("path", ["$[1.5]", "$.a[1e1]"])
def test_a_fraction_as_an_index_breaks_the_event_store(path):
    assert probe(path) is Verdict.BROKEN


# --- instants


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("2024-01-01T00:00:00+02:00", "2023-12-31T22:00:00Z"),
        ("2024-01-01T00:00:00.1234567Z", "2024-01-01T00:00:00.123456Z"),
        ("2024-01-01T00:00:00.500Z", "2024-01-01T00:00:00.5Z"),
        ("0001-01-01T00:00:00.000001Z", "0001-01-01T00:00:00.000001Z"),
        ("0000-06-01T00:00:00Z", "0000-06-01T00:00:00Z"),
        ("9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z"),
    ],
)
def test_an_instant_is_shown_in_utc_to_the_microsecond(sent, shown):
    assert canonical(sent) == shown


@pytest.mark.parametrize("sent", ["2023-02-29T00:00:00Z", "2024-04-31T00:00:00Z", "2024-01-01T00:00:60Z"])
def test_days_and_seconds_that_do_not_exist_end_as_500(client, sent):
    assert not exists(sent)
    body = {"slug": "m", "aggregation": "COUNT", "eventType": "e", "eventFrom": sent}
    answer = client.post("/api/v1/meters", json=body)
    assert answer.status_code == 500
    assert "detail" not in answer.json()


def test_an_instant_past_the_last_year_poisons_its_meter_and_every_list(client):
    """docs/server/meters.md#errors: 200 at first, empty bodies afterwards, PUT and DELETE 500, the slug taken."""
    body = {"slug": "m", "aggregation": "COUNT", "eventType": "e", "eventFrom": "9999-12-31T23:59:59-01:00"}
    assert client.post("/api/v1/meters", json=body).status_code == 200
    for path in ("/api/v1/meters", "/api/v1/meters/m"):
        answer = client.get(path)
        assert (answer.status_code, answer.content) == (200, b"")
    assert client.put("/api/v1/meters/m", json={}).status_code == 500
    assert client.delete("/api/v1/meters/m").status_code == 500
    assert (
        client.post("/api/v1/meters", json={**body, "eventFrom": "2024-01-01T00:00:00Z"}).status_code == 409
    )


# --- the gateway


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/v1/nowhere", 404),
        ("GET", "/api/v1/meters/", 404),
        ("GET", "/api/v1/Meters", 404),
        ("GET", "/api/v1//meters", 404),
        ("PATCH", "/api/v1/meters", 405),
        ("GET", "/api/v1/plans//publish", 405),
        ("FOO", "/api/v1/nowhere", 405),
        ("TRACE", "/api/v1/nowhere", 404),
        ("GET", "/api/v1/meters/not-a-slug", 400),
    ],
)
def test_routes(client, method, path, status):
    answer = client.request(method, path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == status


def test_what_is_not_emulated_says_so(client):
    answer = client.get("/api/v1/billing/profiles")
    assert answer.status_code == 501
    assert "not emulated: GET /api/v1/billing/profiles" in answer.json()["detail"]


def test_the_request_id_of_the_caller_is_in_the_problem(client):
    answer = client.get("/api/v1/meters/nothing", headers={"X-Request-Id": "mine/1"})
    assert answer.json()["instance"] == "urn:request:mine/1"
    assert answer.headers["x-powered-by"] == "OpenMeter by Kong, Inc."


def test_a_500_has_no_detail_and_keeps_nothing(client):
    answer = client.post("/api/v1/features", json={"key": "a", "name": "a\x00"})
    assert (answer.status_code, "detail" in answer.json()) == (500, False)
    assert client.get("/api/v1/features").json() == []


def test_a_fresh_server_has_the_meters_of_its_config_file(client):
    slugs = [meter["slug"] for meter in client.get("/api/v1/meters").json()]
    assert slugs == ["api_requests_total", "tokens_total", "workload_runtime_duration_seconds"]


# --- the store


class Broken:
    """A backend whose disk is full."""

    def load(self):
        return iter(())

    def save(self, changes):
        raise OSError("no space left")


def test_a_change_that_cannot_be_saved_is_not_kept():
    store = Store(Broken())
    store.put("t", {"id": "1", "k": "a"})
    with pytest.raises(OSError, match="no space"):
        store.commit()
    assert store.get("t", "1") is None
    assert store.by("t", "k", "a") == []


def test_indexes_follow_changes_and_their_undoing():
    store = Store()
    store.put("t", {"id": "1", "k": "a"})
    store.commit()
    assert [row["id"] for row in store.by("t", "k", "a")] == ["1"]
    store.put("t", {"id": "1", "k": "b"})
    assert store.by("t", "k", "a") == []
    store.rollback()
    assert store.by("t", "k", "b") == []
    assert store.by("t", "k", "a") == [{"id": "1", "k": "a"}]


def test_state_and_reset_are_the_sandboxs_own_doors(client):
    client.post("/api/v1/features", json={"key": "a", "name": "A"})
    assert [row["key"] for row in client.get("/sandbox/state").json()["features"]] == ["a"]
    assert client.post("/sandbox/reset", json={"profile": "no_svix"}).status_code == 204
    assert "features" not in client.get("/sandbox/state").json()
    assert client.post("/sandbox/reset", json={"profile": "other"}).status_code == 400
    assert json.loads(client.get("/api/swagger.json").content)["openapi"].startswith("3.")


def test_a_copy_holds_the_same_and_goes_its_own_way(tmp_path):
    """Deleted objects and the sequence of ids too; faults and the file stay with the first."""
    first = Sandbox(seed=1, data=tmp_path / "data.db", faults=[Fault("500-before", number=4, times=None)])
    with httpx.Client(base_url="http://sandbox", transport=first.transport()) as client:
        gone = client.post("/api/v1/features", json={"key": "gone", "name": "Gone"}).json()
        assert client.delete(f"/api/v1/features/{gone['id']}").status_code == 204
        assert client.post("/api/v1/features", json={"key": "a", "name": "A"}).status_code == 201
    second = first.copy()
    assert second.state() == first.state() and second.requests == []
    first.close()
    third, ids = second.copy(), []
    for sandbox, key in ((second, "b"), (third, "c")):
        with httpx.Client(base_url="http://sandbox", transport=sandbox.transport()) as client:
            ids.append(client.post("/api/v1/features", json={"key": key, "name": "N"}).json()["id"])
            keys = [row["key"] for row in client.get("/sandbox/state").json()["features"]]
            assert keys == ["gone", "a", key], "what the other made is not here"
    assert ids[0] == ids[1] > gone["id"]
    with Sandbox(seed=1, data=tmp_path / "data.db").transport() as kept:
        held = httpx.Client(base_url="http://sandbox", transport=kept).get("/sandbox/state").json()
    assert [row["key"] for row in held["features"]] == ["gone", "a"]


def test_a_fault_of_the_sandboxs_own_is_logged_in_one_line(caplog):
    sandbox = Sandbox()
    with httpx.Client(base_url="http://sandbox", transport=sandbox.transport()) as client:
        made = client.post("/api/v1/features", json={"key": "f", "name": "F"}).json()
        row = sandbox._service.world.store.get("features", made["id"])
        sandbox._service.world.store.put("features", {**row, "filters": {"a": ["secret words"]}})
        assert client.get("/api/v1/features").status_code == 500
    (record,) = (one for one in caplog.records if one.levelname == "ERROR")
    assert "AttributeError at features.py" in record.getMessage()
    assert "secret words" not in caplog.text
    assert "Traceback" not in caplog.text
