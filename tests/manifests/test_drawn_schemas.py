"""The schemas are what `schema draw` gives, are as strict as they say, and `schema check` tells what a newer description changes."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from click.testing import CliRunner, Result

from catalogsync.cli.schema import command
from catalogsync.core.errors import UsageError
from catalogsync.core.model import Kind
from catalogsync.openmeter import releases, schemas
from catalogsync.openmeter.kinds import KINDS
from catalogsync.schemagen import SOURCE, compare, draw, draw_kinds, requests, source

SMALL = Path(__file__).parents[1] / "data" / "small-openapi.yaml"


def small() -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load(SMALL.read_text(encoding="utf-8"))
    return data


def drawn(kind: str) -> dict[str, Any]:
    schema: dict[str, Any] = json.loads(draw(small(), SMALL.read_bytes())[f"{kind}.schema.json"])
    return schema


def schema_command(*arguments: str) -> Result:
    return CliRunner().invoke(command, list(arguments))


def test_the_committed_schemas_are_byte_for_byte_what_is_drawn_from_the_committed_requests() -> None:
    wire = schemas.wire("wire-v1.json")
    assert wire[SOURCE]["digest"].startswith("sha256:")
    for name, text in draw_kinds(wire).items():
        assert schemas.text(name) == text, name


@pytest.mark.parametrize("kind", list(Kind))
def test_every_schema_is_valid_names_its_source_and_closes_every_object(kind: Kind) -> None:
    schema = schemas.manifest_schema(kind)
    jsonschema.Draft7Validator.check_schema(schema)
    assert schemas.wire("wire-v1.json")[SOURCE]["digest"] in schema["$comment"]
    for place, part in objects(schema):
        assert "additionalProperties" in part or "allOf" in part, place
        for name, member in part.get("properties", {}).items():
            assert {"title", "description"} <= member.keys() or "$ref" in member or name in ("env", "file"), (
                place,
                name,
            )


def objects(schema: Any, place: str = "") -> list[tuple[str, dict[str, Any]]]:
    """Every object schema that says what its members are, but for the conditions of unions."""
    found = []
    if isinstance(schema, dict):
        if (
            isinstance(schema.get("properties"), dict)
            and "const" not in json.dumps(schema.get("properties"))[:200]
        ):
            found.append((place, schema))
        for name, part in schema.items():
            found += objects(part, f"{place}/{name}") if name != "if" else []
    if isinstance(schema, list):
        for number, part in enumerate(schema):
            found += objects(part, f"{place}/{number}")
    return found


def test_create_and_update_are_joined_read_only_members_left_out_and_prose_not_copied() -> None:
    meter = drawn("meter")
    assert list(meter["properties"]) == ["kind", "slug", "aggregation", "note", "metadata", "lifecycle"]
    assert meter["required"] == ["kind", "slug"]
    assert meter["else"]["required"] == ["kind", "slug", "aggregation"]
    assert meter["properties"]["aggregation"]["enum"] == ["SUM", "COUNT"]
    assert meter["properties"]["metadata"]["type"] == ["object", "null"]
    assert meter["properties"]["lifecycle"]["enum"] == ["published", "deleted", "external"]
    assert "prose" not in json.dumps(meter)


def test_what_is_required_but_nullable_may_be_left_out_and_forms_are_widened() -> None:
    plan = drawn("plan")
    assert plan["required"] == ["kind", "key"]
    assert plan["properties"]["duration"]["type"] == ["string", "null"]
    assert plan["properties"]["price"]["type"] == ["object", "null"]
    assert plan["properties"]["config"]["type"] == ["object", "string"]
    assert plan["definitions"]["FlatPrice"]["properties"]["amount"] == {
        "title": "Amount",
        "description": "The amount of money. A plain number or text; its digits are kept.",
        "type": ["string", "number"],
        "pattern": "^-?[0-9]+(\\.[0-9]+)?$",
        "examples": [49, 0.0004],
    }
    assert plan["definitions"]["PriceTier"]["properties"]["flatPrice"]["type"] == [
        "object",
        "number",
        "string",
        "null",
    ]


def test_references_are_keys_and_secrets_may_be_references() -> None:
    addon = drawn("plan")["definitions"]["PlanAddon"]
    assert (list(addon["properties"]), addon["required"]) == (["addon", "maxQuantity"], ["addon"])
    rule = drawn("notification_rule")["definitions"]["ResetRule"]
    assert rule["required"] == ["kind", "key", "type", "channels"]
    assert rule["properties"]["channels"]["items"]["pattern"] == "^[a-z0-9]+(?:_[a-z0-9]+)*$"
    channel = drawn("notification_channel")
    validator = jsonschema.Draft7Validator(channel)
    good = {"kind": "notification_channel", "key": "a", "name": "A", "url": {"env": "URL"}}
    assert validator.is_valid(
        good | {"signingSecret": {"file": "x"}, "customHeaders": {"A": "b", "C": {"env": "D"}}}
    )
    for bad in (
        {"url": {}},
        {"url": {"env": "A", "file": "b"}},
        {"signingSecret": "x"},
        {"customHeaders": {"A": {"b": "c"}}},
    ):
        assert not validator.is_valid(good | bad), bad


def test_a_schema_within_itself_is_drawn_once() -> None:
    feature = drawn("feature")
    assert feature["definitions"]["Filter"]["properties"]["$and"]["items"] == {"$ref": "#/definitions/Filter"}


def test_a_v3_description_gives_its_requests_only() -> None:
    description = {
        "openapi": "3.0.0",
        "info": {"title": "T", "version": "1"},
        "paths": {"/openmeter/meters": {}},
        "components": {"schemas": {}},
    }
    assert list(draw(description, b"")) == ["wire-v3.json"]


@pytest.mark.parametrize(
    "description",
    [
        {},
        {"paths": []},
        {"paths": {}, "info": {}},
        {"paths": {"/api/v1/x": None}, "info": {"title": "a", "version": 1}},
    ],
)
def test_what_is_no_description_is_refused_with_a_reason(description: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        draw(description, b"")


def test_draw_writes_the_files_and_check_finds_no_difference_to_them(tmp_path: Path) -> None:
    result = schema_command("draw", "--spec", str(SMALL), "--out", str(tmp_path / "out"))
    assert result.exit_code == 0
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == sorted(
        [*(f"{kind}.schema.json" for kind in Kind), "wire-v1.json"]
    )
    wire = json.loads((tmp_path / "out" / "wire-v1.json").read_text(encoding="utf-8"))
    assert wire[SOURCE] == source(small(), SMALL.read_bytes())
    assert compare(wire, wire) == ()


def test_the_committed_requests_draw_the_committed_schemas_again(tmp_path: Path) -> None:
    requests = Path(schemas.__file__).parents[1] / "_schemas" / "wire-v1.json"
    assert schema_command("draw", "--spec", str(requests), "--out", str(tmp_path)).exit_code == 0
    assert {one.name: one.read_text("utf-8") for one in tmp_path.iterdir()} == {
        name: schemas.text(name) for name in ("wire-v1.json", *(f"{kind}.schema.json" for kind in Kind))
    }


@pytest.mark.parametrize("kind", list(Kind))
def test_a_description_without_a_kind_is_compared_and_nothing_is_drawn_from_it(
    kind: Kind, tmp_path: Path
) -> None:
    collection = f"/api/v1{KINDS[kind].collection}"
    known = releases.description(releases.newest())
    spec = tmp_path / "served.json"
    spec.write_text(
        json.dumps(
            {**known, "paths": {p: i for p, i in known["paths"].items() if not p.startswith(collection)}}
        ),
        "utf-8",
    )
    lines = schema_command("check", "--spec", str(spec)).stdout.splitlines()
    assert f"lacks    POST {collection}" in lines
    assert all(line.startswith("lacks ") and f" {collection}" in line for line in lines)
    refused = schema_command("draw", "--spec", str(spec), "--out", str(tmp_path / "out")).exception
    assert isinstance(refused, UsageError) and f"no POST {collection}," in refused.message
    assert not (tmp_path / "out").exists()


CHANGES = [
    (lambda c: c["MeterCreate"]["properties"].update(unit={"type": "string"}), ["added    POST /api/v1/meters: unit (type \"string\")"]),
    (lambda c: c["MeterUpdate"]["properties"].pop("note"), ["removed  PUT /api/v1/meters/{id}: note"]),
    (lambda c: c["MeterCreate"]["required"].append("metadata"), ["changed  POST /api/v1/meters: metadata (required: none → true)"]),
    (lambda c: c["MeterCreate"]["properties"]["aggregation"]["enum"].append("AVG"),
     ["changed  POST /api/v1/meters: aggregation (enum: [\"SUM\", \"COUNT\"] → [\"SUM\", \"COUNT\", \"AVG\"])"]),
    (lambda c: c["Price"]["oneOf"].pop(), [
        "removed  POST /api/v1/plans: price(tiered)", "removed  POST /api/v1/plans: price(tiered).tiers",
        "removed  POST /api/v1/plans: price(tiered).tiers[]", "removed  POST /api/v1/plans: price(tiered).tiers[].flatPrice",
        "removed  POST /api/v1/plans: price(tiered).tiers[].flatPrice.amount", "removed  POST /api/v1/plans: price(tiered).tiers[].flatPrice.type",
        "removed  POST /api/v1/plans: price(tiered).type"]),
    (lambda c: c["Filter"]["properties"].update({"$or": {"type": "string"}}), ["added    POST /api/v1/features: filter.$or (type \"string\")"]),
    (lambda c: c["Metadata"].update(additionalProperties=False), ["removed  POST /api/v1/meters: metadata.*", "changed"]),
    (lambda c: c["Key"].update(description="new prose"), []),
]  # fmt: skip


@pytest.mark.parametrize(("change", "said"), CHANGES)
def test_check_tells_field_by_field_what_changed(change: Any, said: list[str]) -> None:
    newer = small()
    change(newer["components"]["schemas"])
    found = [str(one) for one in compare(requests(small(), b""), requests(newer, b""))]
    assert sorted(found)[-len(said) :] == sorted(found)
    assert all(any(line.startswith(wanted) for line in found) for wanted in said), found
    assert len(found) == len(said)


def test_the_check_command_exits_with_one_and_prints_data_to_stdout() -> None:
    result = schema_command("check", "--spec", str(SMALL), "--format", "json")
    assert result.exit_code == 1
    report = json.loads(result.stdout)
    assert {
        "request": "POST /api/v1/meters",
        "member": "eventType",
        "action": "removed",
        "detail": "",
    } in report["changes"]
    assert report["given"]["version"] == "9.9.9"


@pytest.mark.parametrize("content", [b"", b"[]", b"a: [", b"{", b"just text", b"\xff\xfe"])
def test_a_file_that_is_no_description_is_a_usage_error(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "spec").write_bytes(content)
    for verb in ("draw", "check"):
        assert isinstance(schema_command(verb, "--spec", str(tmp_path / "spec")).exception, UsageError)
    assert isinstance(schema_command("check", "--spec", str(tmp_path / "none")).exception, UsageError)


def respelled(part: Any) -> Any:
    """The same meaning in other words: defaults left out or said, references wrapped or not, prose and deprecation added."""
    if isinstance(part, list):
        return [respelled(one) for one in part]
    if not isinstance(part, dict):
        return part
    if set(part) == {"$ref"} and part["$ref"].startswith("#/components/schemas/"):
        return {"allOf": [part], "description": "prose", "deprecated": True}
    if set(part) == {"allOf"} and len(part["allOf"]) == 1:
        return part["allOf"][0]
    kept = {name: respelled(one) for name, one in part.items() if not (name == "required" and one is False)}
    said = {"nullable": False, "deprecated": True, "minLength": 0} if part.get("type") == "string" else {}
    return said | kept


def test_the_same_in_other_words_is_the_same(tmp_path: Path) -> None:
    spec = tmp_path / "served.json"
    for release in (releases.newest(), releases.known()[-2]):
        known = releases.description(release)
        spelled = {**known, "paths": respelled(known["paths"]), "components": respelled(known["components"])}
        assert spelled != known
        spec.write_text(json.dumps(spelled), "utf-8")
        result = schema_command("check", "--spec", str(spec))
        assert (result.exit_code, result.stdout) == (0, "")
        assert "the same" in result.stderr


@pytest.mark.parametrize("release", releases.known(), ids=lambda one: one.tag)
def test_what_a_server_lacks_is_said_first_with_the_release_that_has_it(release: Any, tmp_path: Path) -> None:
    spec = tmp_path / "served.json"
    older = releases.patched(
        releases.description(release),
        {"components": {"schemas": {"MeterCreate": {"properties": {"unit": {"type": "string"}}}}}},
    )
    spec.write_text(json.dumps(older), "utf-8")
    lines = schema_command("check", "--spec", str(spec)).stdout.splitlines()
    lacks = [line for line in lines if line.startswith("lacks ")]
    assert lines[: len(lacks)] == lacks
    assert 'added    POST /api/v1/meters: unit (type "string")' in lines[len(lacks) :]
    managed = [one for one in releases.later_members() if f"{one.schema}.{one.name}" in release.missing]
    assert all("from v1.0.0-beta.228 on" in line for line in lacks)
    assert {one.name for one in managed} == {
        re.split(r"[ .]", line.split(" (there")[0])[-1] for line in lacks
    }
