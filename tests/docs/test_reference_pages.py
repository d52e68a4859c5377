"""The drawn pages of docs/reference are what the product says now, and say all of it."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import click
import pytest
import recordings

from catalogsync.cli import VERBS, group
from catalogsync.codes import LINT
from catalogsync.core.errors import CatalogsyncError
from catalogsync.openmeter import schemas
from catalogsync.openmeter.kinds import KINDS
from catalogsync.openmeter.schemas import manifest_schema
from catalogsync.render.formats import FORMATS
from scripts.reference import PAGES, cli, exit_codes, kinds, outputs
from scripts.reference.schema_tables import tables

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("path", PAGES, ids=str)
def test_a_drawn_page_is_in_step(path: PurePosixPath) -> None:
    assert (ROOT / path).read_text("utf-8") == PAGES[path](), "run python -m scripts.reference"


def options(command: click.Command) -> Iterator[str]:
    if isinstance(command, click.Group):
        for one in command.commands.values():
            yield from options(one)
    for one in command.params:
        if isinstance(one, click.Option):
            yield from one.opts


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_and_each_of_its_options_is_on_the_page(verb: str) -> None:
    page = cli.page()
    section = page[page.index(f"\n## {verb}\n") :]
    section = section[: section.find("\n## ", 4)]
    shared = page[page.index("## Options of every verb") : page.index(f"\n## {next(iter(VERBS))}\n")]
    command = group.get_command(click.Context(group), verb)
    assert command is not None
    for option in options(command):
        assert re.search(rf"(?m)^\| `[^`]*{option}\b", section + shared), option


def members(schema: object) -> Iterator[str]:
    if isinstance(schema, dict):
        yield from schema.get("properties", {}) if "if" not in schema or "description" in schema else ()
        for name, inner in schema.items():
            if name not in {"if", "examples", "default"}:
                yield from members(inner)
    elif isinstance(schema, list):
        for one in schema:
            yield from members(one)


@pytest.mark.parametrize("page", ["docs/architecture.md", "docs/tasks/review.md"])
def test_every_format_has_its_row(page: str) -> None:
    rows = re.findall(r"(?m)^\| (`[^|]*`) \|", (ROOT / page).read_text("utf-8"))
    assert FORMATS.keys() <= {name for row in rows for name in re.findall("`([^`]*)`", row)}


@pytest.mark.parametrize("kind", KINDS)
def test_every_member_of_a_kind_is_on_its_page(kind: str) -> None:
    page = kinds.page(KINDS[kind].kind)
    for member in members(json.loads(json.dumps(manifest_schema(KINDS[kind].kind)))):
        assert f"| `{member}` |" in page, member


def test_an_example_is_of_its_kind() -> None:
    for kind in KINDS:
        assert f"\nkind: {kind}\n" in f"\n{kinds.example(kind)}"


def test_a_schema_becomes_a_section_for_each_object_and_form() -> None:
    found = tables(
        {
            "description": "A box.",
            "required": ["size"],
            "properties": {
                "size": {"type": "integer", "minimum": 1, "description": "How large."},
                "lid": {"$ref": "#/definitions/Lid"},
                "things": {"type": "array", "items": {"$ref": "#/definitions/Thing"}},
            },
            "definitions": {
                "Lid": {"type": "object", "properties": {"kind": {"enum": ["flat"], "enumDescriptions": ["No handle."]}}},
                "Thing": {
                    "properties": {"type": {"enum": ["a"]}},
                    "allOf": [
                        {"if": {"properties": {"type": {"const": "a"}}}, "then": {"properties": {"lid": {"$ref": "#/definitions/Lid"}}}}
                    ],
                },
            },
        }
    )  # fmt: skip
    assert "| `size` | whole number, 1 or more | How large. **Needed.** |" in found
    assert "| `lid` | [object](#lid) |  |" in found
    assert "| `things` | list of [a](#things-a) |  |" in found
    assert (
        "### things: a\n\n`things[type=a]`\n\n| member | value | meaning |\n| --- | --- | --- |\n| `lid` | [object](#lid) |  |"
        in found
    )
    assert "| `kind` | a choice | `flat`: no handle. |" in found


def test_the_exit_codes_are_those_that_the_product_ends_with() -> None:
    def below(root: type[CatalogsyncError]) -> Iterator[int]:
        yield root.exit_code
        for special in root.__subclasses__():
            yield from below(special)

    said = set(below(CatalogsyncError))
    for file in (ROOT / "catalogsync" / "cli").glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "sys.exit":
                said |= {
                    one.value
                    for one in ast.walk(node)
                    if isinstance(one, ast.Constant) and type(one.value) is int
                }
    assert said <= set(exit_codes.MEANING)
    assert {0, 2} <= said


def test_every_member_of_an_output_is_on_the_page() -> None:
    page = outputs.page()
    for name, schema in outputs.OUTPUTS.items():
        section = page[page.index(f"\n## {name}\n") :]
        section = section[: section.find("\n## ", 4)]
        for member in members(schema):
            assert re.search(rf"[`.]{re.escape(member)}`", section), f"{name}: {member}"


def test_the_page_on_evidence_counts_what_is_there() -> None:
    page = (ROOT / "docs" / "truth.md").read_text("utf-8")
    said = {
        row[0]: (int(row[1]), int(row[2])) for row in re.findall(r"(?m)^\| (\w+) \| (\d+) \| (\d+) \|$", page)
    }
    there = {}
    for area in recordings.AREAS:
        scenarios = list(recordings.scenarios(area))
        there[area] = (len(scenarios), sum(len(one["exchanges"]) for one in scenarios))
    assert said == there


def test_the_configuration_says_of_a_finding_what_its_code_says() -> None:
    lint = json.loads(schemas.text("catalogsync.schema.json"))["properties"]["lint"]
    said = {code: one["description"] for code, one in lint["properties"]["severity"]["properties"].items()}
    titles = {code.name: f"{code.title[:1].upper()}{code.title[1:]}." for code in LINT}
    assert said == {code: titles[code] for code in said}
