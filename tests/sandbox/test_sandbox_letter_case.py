"""Members in another letter case, and what is dropped: answers as a real server (7e57a39) gave them to the same bodies."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import recordings

from catalogsync.sandbox import Sandbox
from catalogsync.sandbox.v1 import gojson
from catalogsync.sandbox.v1.body_decoder import Decoder

Body = dict[str, Any]
CARD = {"type": "flat_fee", "key": "fee", "name": "Fee", "billingCadence": None, "price": None}
BODIES: dict[str, Body] = {
    "meters": {"slug": "m", "aggregation": "COUNT", "eventType": "e"},
    "features": {"key": "f", "name": "F"},
    "addons": {"key": "a", "name": "A", "currency": "USD", "instanceType": "single", "rateCards": [CARD]},
    "plans": {"key": "p", "name": "P", "currency": "USD", "billingCadence": "P1M"},
    "notification/channels": {"type": "WEBHOOK", "name": "C", "url": "https://a.example"},
}
LEAD = "validation error: failed to create plan request: failed to cast PlanPhase: failed to cast ratecard: failed to cast FlatFeeRateCard: "
OF = "json: cannot unmarshal {} into Go struct field {} of type string"


@pytest.fixture
def client() -> Iterator[httpx.Client]:
    with httpx.Client(transport=Sandbox().transport(), base_url="http://sandbox.localhost/api/v1/") as client:
        yield client


def plan(card: Body | None = None, phase: Body | None = None, **more: Any) -> Body:
    """A plan with one card in one phase."""
    phases = [
        {"key": "only", "name": "Only", "duration": None, "rateCards": [{**CARD, **(card or {})}], **(phase or {})}
    ]  # fmt: skip
    return {**BODIES["plans"], "phases": phases, **more}


@pytest.mark.parametrize("value", [1, True, {}, []])
@pytest.mark.parametrize("where", ["meters", "addons", "notification/channels"])
def test_a_value_of_another_type_is_a_bare_500(client: httpx.Client, where: str, value: Any) -> None:
    answer = client.post(where, json={**BODIES[where], "Name": value})
    assert (answer.status_code, "detail" in answer.json()) == (500, False)


@pytest.mark.parametrize(
    ("where", "body", "detail"),
    [
        ("features", {**BODIES["features"], "Key": 1}, "decode json: " + OF.format("number", "FeatureCreateInputs.key")),
        ("features", {**BODIES["features"], "Metadata": {"a": []}}, "decode json: " + OF.format("array", "FeatureCreateInputs.metadata")),
        ("plans", plan(card={"Name": True}), LEAD + OF.format("bool", "RateCardFlatFee.name")),
    ],
)  # fmt: skip
def test_two_calls_tell_what_cannot_be_read(
    client: httpx.Client, where: str, body: Body, detail: str
) -> None:
    answer = client.post(where, json=body)
    assert (answer.status_code, answer.json()["detail"]) == (400, detail)


@pytest.mark.parametrize("body", [plan(Name=1), plan(phase={"Name": 1}), plan(Metadata={"a": 1})])
def test_a_plan_tells_it_of_its_cards_alone(client: httpx.Client, body: Body) -> None:
    assert client.post("plans", json=body).status_code == 500


@pytest.mark.parametrize("where", ["meters", "features", "addons", "notification/channels"])
def test_null_leaves_what_is_required_and_unsays_what_is_not(client: httpx.Client, where: str) -> None:
    body = {**BODIES[where], "name": "Said", "Name": None}
    made = client.post(where, json=body).json()
    assert made["name"] == ("m" if where == "meters" else "Said")


@pytest.mark.parametrize(
    ("where", "body", "detail"),
    [
        ("meters", {**BODIES["meters"], "Name": "", "description": ""}, "name is required\ndescription must not be empty string"),
        ("meters", {**BODIES["meters"], "Slug": ""}, "name is required\nkey is required"),
        (
            "notification/channels", {**BODIES["notification/channels"], "Name": "", "url": ""},
            "channel name is required\nvalidation error: missing URL",
        ),
    ],
)  # fmt: skip
def test_empty_names_are_told_first(client: httpx.Client, where: str, body: Body, detail: str) -> None:
    answer = client.post(where, json=body)
    assert (answer.status_code, answer.json()["detail"]) == (400, "validation error: " + detail)


@pytest.mark.parametrize(
    ("where", "body", "issues"),
    [
        ("plans", plan(Name="", Key=""), [("resource_key_empty", "$.key"), ("resource_name_empty", "$.name")]),
        ("plans", plan(phase={"Name": ""}), [("resource_name_empty", "$.phases[?(@.key=='only')].name")]),
        ("addons", {**BODIES["addons"], "Key": ""}, [("addon_key_empty", "$.key")]),
    ],
)  # fmt: skip
def test_empty_keys_and_names_in_content(
    client: httpx.Client, where: str, body: Body, issues: list[tuple[str, str]]
) -> None:
    answer = client.post(where, json=body)
    found = answer.json()["extensions"]["validationErrors"]
    assert (answer.status_code, [(one["code"], one["field"]) for one in found]) == (400, issues)


@pytest.mark.parametrize(("where", "body"), [("features", {**BODIES["features"], "Key": ""}), ("plans", plan(card={"Key": ""}))])  # fmt: skip
def test_what_the_database_refuses(client: httpx.Client, where: str, body: Body) -> None:
    assert client.post(where, json=body).status_code == 500


def test_an_add_on_without_a_name_is_kept_and_one_cannot_lose_it(client: httpx.Client) -> None:
    made = client.post("addons", json={**BODIES["addons"], "Name": ""}).json()
    assert [one["code"] for one in made["validationErrors"]] == ["addon_name_empty"]
    answer = client.put(f"addons/{made['id']}", json={**BODIES["addons"], "Name": ""})
    (found,) = answer.json()["extensions"]["validationErrors"]
    assert found["code"] == "resource_name_empty"


def test_a_nul_in_what_is_dropped_harms_nothing(client: httpx.Client) -> None:
    channel = client.post("notification/channels", json=BODIES["notification/channels"]).json()["id"]
    threshold = {"type": "NUMBER", "value": 1, "description": "\0"}
    rule = {
        "type": "entitlements.balance.threshold",
        "name": "R",
        "channels": [channel],
        "thresholds": [threshold],
    }
    assert client.post("notification/rules", json=rule).status_code == 201
    assert client.post("notification/rules", json={**rule, "name": "\0"}).status_code == 500


@pytest.mark.parametrize(
    ("sent", "kept"),
    [("9223372036854775808", "9223372036854776000"), ("9007199254740993", "9007199254740992"), ("80.0", "80")],
)  # fmt: skip
def test_a_threshold_is_the_shortest_text_of_its_double(client: httpx.Client, sent: str, kept: str) -> None:
    channel = client.post("notification/channels", json=BODIES["notification/channels"]).json()["id"]
    rule = {"type": "entitlements.balance.threshold", "name": "R", "channels": [channel]}
    text = json.dumps({**rule, "thresholds": [{"type": "NUMBER", "value": 0}]}).replace(
        '"value": 0', f'"value": {sent}'
    )
    answer = client.post("notification/rules", content=text, headers={"content-type": "application/json"})
    assert f'"value":{kept}}}' in answer.text.replace(" ", "")


BODIES_RECORDED = Path(__file__).parents[1] / "data" / "bodies" / "random.jsonl.gz"


def test_two_thousand_random_bodies_are_answered_as_a_real_server_answered_them() -> None:
    """Names in another letter case, members sent twice, wrong types, odd numbers and texts, broken JSON, of all six kinds. What the
    server leaves to chance (the order of a Go map in a detail) is told apart.
    """
    count, wrong, worded = 0, [], []
    with (
        gzip.open(BODIES_RECORDED, "rt", encoding="utf-8") as lines,
        httpx.Client(transport=Sandbox().transport(), base_url="http://sandbox") as http,
    ):
        for line in lines:
            for verdict in recordings.replay(http, json.loads(line)):
                count += 1
                wrong += [verdict] if verdict.problems else []
                worded += [verdict] if verdict.prose else []
    assert (count > 2000, wrong) == (True, [])
    assert len(worded) <= 2, worded


@pytest.mark.parametrize(
    ("phases", "kept"),
    [
        ('[{"key": "b"}]', [("b", "One")]),
        ("[null]", [("a", "One")]),
        ('[], "PHASES": [{"name": "Z"}]', [("", "Z")]),
        ('[{}, {"key": "c"}]', [("a", "One"), ("c", "")]),
        ('[{}, {"key": "c", "name": "Two"}], "PHASES": [{}], "PHases": [{}, {}]', [("a", "One"), ("c", "Two")]),
    ],
)  # fmt: skip
def test_an_array_that_is_sent_again_is_read_over_the_one_before(
    phases: str, kept: list[tuple[str, str]]
) -> None:
    schema = {
        "properties": {
            "phases": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["key", "name"],
                    "properties": {"key": {"type": "string"}, "name": {"type": "string"}},
                },
            }
        }
    }
    text = f'{{"phases": [{{"key": "a", "name": "One"}}], "Phases": {phases}}}'
    read = Decoder({}).decode(schema, gojson.loads(text.encode()))
    assert [(one["key"], one["name"]) for one in read["phases"]] == kept


@pytest.mark.parametrize("name", ["ſlug", "SLUG", "Slug"])
def test_a_name_is_folded_as_unicode_folds_it(client: httpx.Client, name: str) -> None:
    assert client.post("meters", json={**BODIES["meters"], name: "other"}).json()["slug"] == "other"


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("33.3333333333333333333333", "33.3333333333333333333333"),
        ("99.99999999999999999", "99.99999999999999999"),
        ("1e-10", "0.0000000001"),
        ("-0", "0"),
        ("5.50", "5.5"),
    ],
)
def test_a_percentage_is_a_decimal(client: httpx.Client, sent: str, kept: str) -> None:
    card = {**CARD, "price": {"type": "flat", "amount": "1"}, "discounts": {"percentage": {"percentage": 7}}}
    text = json.dumps({**BODIES["addons"], "rateCards": [card]}).replace(
        '"percentage": 7', f'"percentage": {sent}'
    )
    answer = client.post("addons", content=text, headers={"content-type": "application/json"})
    assert f'"percentage":{kept}}}' in answer.text.replace(" ", "")


@pytest.mark.parametrize("secret", [{}, {"signingSecret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}])
@pytest.mark.parametrize(
    "bad", [{"name": "a\0"}, {"metadata": {"a": "\0"}}, {"customHeaders": {"X-A": "\0"}}]
)
def test_a_channel_with_a_nul_is_a_bare_500_with_and_without_its_secret(
    client: httpx.Client, secret: Body, bad: Body
) -> None:
    made = client.post("notification/channels", json=BODIES["notification/channels"]).json()
    body = {**BODIES["notification/channels"], **secret, **bad}
    assert client.put(f"notification/channels/{made['id']}", json=body).status_code == 500
    assert client.get(f"notification/channels/{made['id']}").json() == made


@pytest.mark.parametrize(
    ("query", "detail"),
    [
        ("keyVersion[a][1]=1", "array deepObjects must have consecutive indices"),
        ("keyVersion[a][x]=1", "array deepObjects must have consecutive indices"),
        ("keyVersion[a][0][1]=1", "error binding array element 0: expected a valid int, got "),
        ("keyVersion[a][0]=99999999999999999999", "expected a valid int, got 99999999999999999999"),
        ("keyVersion[a]=1", "path a: array items must be set with indexes"),
        ("keyVersion[][0]=1", 'strconv.Atoi: parsing "": invalid syntax'),
        ("keyVersion[a][0]=1", None),
        ("keyVersion[a][]=1&keyVersion[a][]=2", "array deepObjects must have consecutive indices"),
    ],
)
def test_versions_in_a_query(client: httpx.Client, query: str, detail: str | None) -> None:
    answer = client.get(f"plans?{query}")
    assert (answer.status_code, (answer.json().get("detail") or "").endswith(detail or "")) == (
        400 if detail else 200,
        True,
    )
