"""docs/tasks/sandbox.md is true: its Python runs, its commands are answered, its tables are complete."""

import json
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from catalogsync.sandbox import Sandbox
from catalogsync.sandbox.emulated import with_tables
from catalogsync.sandbox.transport.faults import KINDS, parse

PAGE = (Path(__file__).parents[2] / "docs" / "tasks" / "sandbox.md").read_text("utf-8")


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.M | re.S)


def test_the_python_of_the_page_runs(openmeter_sandbox):
    names: dict = {}
    for block in blocks("python"):
        exec(compile(block, "docs/tasks/sandbox.md", "exec"), names)
    names["test_a_feature_can_be_made"](openmeter_sandbox)


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
def test_the_curl_lines_of_the_page_are_answered():
    lines = [line for block in blocks("sh") for line in block.splitlines() if line.startswith("curl ")]
    assert len(lines) == 4
    with Sandbox().serve() as url:
        answers = [
            subprocess.run(
                [*shlex.split(line.replace("http://127.0.0.1:8765", url)), "--noproxy", "*", "--fail"],
                check=True,
                capture_output=True,
                timeout=20,
            ).stdout
            for line in lines
        ]
    meters, feature, state, reset = answers
    assert len(json.loads(meters)) == 3
    assert json.loads(feature)["key"] == "seats"
    assert json.loads(state)["features"][0]["id"] == json.loads(feature)["id"]
    assert reset == b""


def test_every_kind_of_fault_is_on_the_page_in_its_own_words():
    for kind, what in KINDS.items():
        assert f"| `{kind}` | {what} |" in PAGE


def test_the_fault_texts_of_the_page_can_be_read():
    texts = re.findall(r'--fault "(.*?)"', PAGE)
    assert texts
    for text in texts:
        parse(text)


def test_the_tables_of_what_is_emulated_are_in_step_with_the_routes():
    assert with_tables(PAGE) == PAGE, "run python -m catalogsync.sandbox.emulated docs/tasks/sandbox.md"
    assert "| `/api/v1/plans/{planId}/publish` | POST |" in PAGE
