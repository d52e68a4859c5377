"""`catalogsync mcp` as an agent meets it: over stdio, with the SDK's own client, against a served sandbox that records each request."""

from __future__ import annotations

import ast
import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from forked import program
from jsonschema import Draft202012Validator
from mcp import MCPError

from catalogsync.codes import CODES
from catalogsync.sandbox import Sandbox

sys.path.insert(0, str(Path(__file__).parent))
from agent import ROOT, Agent, findings, started, text

KEY, READ_KEY = "canary-key-that-may-write", "canary-key-that-may-read"
HEADER, SIGNING = "canary-header", "whsec_Y2FuYXJ5LXNpZ25pbmctc2VjcmV0LTEyMzQ="
SECRETS = {"WRITE_KEY": KEY, "READ_KEY": READ_KEY, "CANARY_HEADER": HEADER, "CANARY_SIGNING": SIGNING}
TOOLS = {"validate", "plan", "explain", "quote", "drift"}
CONFIG = """\
default: shop
runStore: runs
environments:
  shop: {{url: "{url}", api_key: {{env: READ_KEY}}, overlays: [overlays/shop.yaml]}}
  writer: {{url: "{url}", api_key: {{env: WRITE_KEY}}, overlays: [overlays/shop.yaml]}}
  keyless: {{url: "{url}"}}
  wrong: {{url: "{url}", api_key: {{env: CANARY_HEADER}}}}
  nowhere: {{url: "http://127.0.0.1:1", api_key: {{env: READ_KEY}}}}
  missing: {{url: "sandbox:new/missing.db"}}
  unset: {{url: "{url}", api_key: {{env: NOT_SET}}}}
"""
ALONE = "environments: {alone: {url: 'sandbox:'}}\ndefault: alone\n"
STRAY = "environments: {stray: {url: 'sandbox:', overlays: [../../outside]}}"
CHANNEL = """\
kind: notification_channel
key: secretive
type: WEBHOOK
name: Secretive
url: https://hooks.example.com/x
customHeaders: {X-Token: {env: CANARY_HEADER}}
signingSecret: {env: CANARY_SIGNING}
"""
OVERLAY = "{kind: feature, key: sso, metadata: {note: seen by the shop}}\n"
WRONG = "kind: feature\nkey: a\nname: A\nmeterSlug: nowhere\nmetar: c\n"


@dataclass(frozen=True)
class World:
    """A folder with a catalog that is applied, then changed, and a copy of it for the command line, which keeps what it read; the server
    behind them; an agent in the folder, with a key that only reads.
    """

    home: Path
    copy: Path
    sandbox: Sandbox
    agent: Agent


def catalogsync(*arguments: str, folder: Path, environ: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [program(), *arguments],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), **environ},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
        stdin=subprocess.DEVNULL,
    )


def digests(folder: Path) -> dict[str, str]:
    """Every file of a folder with a digest of its content."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """When the module's tests have ended: no request wrote, no file changed, and nothing secret was said on stderr."""
    above = tmp_path_factory.mktemp("above")
    home = above / "home"
    shutil.copytree(ROOT / "examples" / "catalog", home / "catalog")
    (home / "catalog" / "secretive.yaml").write_text(CHANNEL, "utf-8")
    (home / "overlays").mkdir()
    (home / "overlays" / "shop.yaml").write_text(OVERLAY, "utf-8")
    (home / "wrong").mkdir()
    (home / "wrong" / "wrong.yaml").write_text(WRONG, "utf-8")
    (home / "wrong" / "catalogsync.yaml").write_text(ALONE, "utf-8")
    (above / "outside").mkdir()
    (above / "outside" / "feature.yaml").write_text(WRONG, "utf-8")
    shutil.copytree(ROOT / "examples" / "catalog", home / "stray" / "catalog")
    (home / "stray" / "catalogsync.yaml").write_text(STRAY, "utf-8")
    (home / "link").symlink_to(above / "outside")
    sandbox = Sandbox(seed=1, api_key=KEY, read_only_key=READ_KEY)
    with sandbox.serve() as url:
        (home / "catalogsync.yaml").write_text(CONFIG.format(url=url), "utf-8")
        done = catalogsync("apply", "--yes", "-e", "writer", folder=home, environ=SECRETS)
        assert done.returncode == 0, done.stderr
        pro = home / "catalog" / "plans" / "pro.yaml"
        pro.write_text(pro.read_text("utf-8").replace("0.0004", "0.0006"), "utf-8")
        copy = tmp_path_factory.mktemp("copy") / "home"
        shutil.copytree(home, copy, symlinks=True)
        sandbox.requests.clear()
        before = digests(above)
        errors = tmp_path_factory.mktemp("errors") / "stderr"
        with started(home, SECRETS, errors) as agent:
            yield World(home, copy, sandbox, agent)
        assert sandbox.requests and {one.method for one in sandbox.requests} == {"GET"}
        assert digests(above) == before
        assert not any(secret in errors.read_text("utf-8") for secret in SECRETS.values())


def test_the_tools_are_listed_and_say_that_they_only_read(world: World) -> None:
    tools = world.agent.tools()
    assert tools.keys() == TOOLS
    for tool in tools.values():
        said = tool.annotations
        assert said is not None and tool.description
        assert (said.read_only_hint, said.destructive_hint, said.idempotent_hint) == (True, False, True)
        assert said.open_world_hint is (tool.name in ("plan", "drift"))
    assert world.agent.client.instructions is not None


def test_no_tool_takes_a_key_or_a_url(world: World) -> None:
    for tool in world.agent.tools().values():
        Draft202012Validator.check_schema(tool.input_schema)
        assert tool.input_schema["type"] == "object" and tool.input_schema["additionalProperties"] is False
        named = {*tool.input_schema["properties"]}
        assert not named & {"url", "key", "apiKey", "api_key", "token", "yes", "out"}
        assert all(one.get("description") for one in tool.input_schema["properties"].values())


def test_the_output_schemas_are_the_published_ones(world: World) -> None:
    for name, tool in world.agent.tools().items():
        published = (ROOT / "schemas" / "output" / f"{name}.schema.json").read_text("utf-8")
        assert tool.output_schema == json.loads(published)


GOOD: dict[str, tuple[str, dict[str, Any], tuple[str, ...]]] = {
    "validate": ("validate", {}, ("validate",)),
    "validate files with errors": ("validate", {"paths": ["wrong"]}, ("validate", "wrong")),
    "validate one environment": (
        "validate",
        {"paths": ["catalog"], "environment": "shop"},
        ("validate", "catalog", "-e", "shop"),
    ),
    "plan": ("plan", {"environment": "shop"}, ("plan", "-e", "shop")),
    "plan of the default environment": ("plan", {"environment": None}, ("plan",)),
    "plan at quantities": (
        "plan",
        {"at": {"api_requests": [1000, "250000.5"]}, "only": ["plan/pro"]},
        ("plan", "--at", "api_requests=1000,250000.5", "--only", "plan/pro"),
    ),
    "plan that prunes": ("plan", {"environment": "writer", "prune": True}, ("plan", "-e", "writer", "--prune")),
    "plan of other files": ("plan", {"paths": ["catalog/meters", "catalog/features"]}, ("plan", "catalog/meters", "catalog/features")),
    "drift": ("drift", {"environment": "writer"}, ("drift", "-e", "writer")),
    "drift without a base": ("drift", {}, ("drift",)),
    "explain": ("explain", {"code": "price-double-billing"}, ("explain", "price-double-billing")),
    "explain everything": ("explain", {}, ("explain",)),
    "quote": (
        "quote",
        {"plan": "pro", "usage": {"api_requests": 250000, "report_exports": "101"}, "addons": {"seat_pack": 3}},
        ("quote", "--plan", "pro", "--at", "api_requests=250000", "--at", "report_exports=101", "--addon", "seat_pack=3"),
    ),
    "quote without overlays": ("quote", {"paths": ["stray/catalog"], "plan": "pro"}, ("quote", "stray/catalog", "--plan", "pro")),
    "quote of a phase": (
        "quote",
        {"plan": "pro", "phase": "trial", "environment": "shop"},
        ("quote", "--plan", "pro", "--phase", "trial", "-e", "shop"),
    ),
}  # fmt: skip
"""What a tool is given, and the command line that asks the same."""


@pytest.mark.parametrize("case", GOOD)
def test_a_tool_gives_the_document_of_its_verb(case: str, world: World) -> None:
    tool, given, command = GOOD[case]
    result = world.agent.call(tool, **given)
    assert not result.is_error, text(result)
    said = catalogsync(*command, "--format", "json", folder=world.copy, environ=SECRETS)
    assert json.loads(text(result)) == result.structured_content == json.loads(said.stdout)


BAD: dict[str, tuple[str, dict[str, Any], str, str]] = {
    "an argument that is not there": ("validate", {"path": ["catalog"]}, "mcp-arguments", "did you mean `paths`?"),
    "a key": ("plan", {"api_key": KEY}, "mcp-arguments", "there are paths"),
    "a URL": ("plan", {"url": "http://127.0.0.1:1"}, "mcp-arguments", "there are paths"),
    "a path alone": ("validate", {"paths": "catalog"}, "mcp-arguments", "Files and folders"),
    "an empty path": ("validate", {"paths": [""]}, "mcp-arguments", "Files and folders"),
    "no plan": ("quote", {}, "mcp-arguments", "key of a plan"),
    "a float": ("quote", {"plan": "pro", "usage": {"api_requests": 0.5}}, "mcp-arguments", "decimal text"),
    "less than nothing": ("quote", {"plan": "pro", "usage": {"api_requests": -5}}, "mcp-arguments", "decimal text"),
    "true as a number": ("quote", {"plan": "pro", "addons": {"seat_pack": True}}, "mcp-arguments", "whole number"),
    "no add-on": ("quote", {"plan": "pro", "addons": {"seat_pack": 0}}, "mcp-arguments", "at least 1"),
    "no such plan": ("quote", {"plan": "prox"}, "quote-plan-unknown", "did you mean `pro`?"),
    "no such feature": ("quote", {"plan": "pro", "usage": {"api_request": 1}}, "quote-feature-unknown", "api_requests"),
    "no such environment": ("plan", {"environment": "shpo"}, "usage", "did you mean `shop`?"),
    "no such path": ("plan", {"paths": ["catalgo"]}, "file-not-found", "did you mean catalog?"),
    "no such code": ("explain", {"code": "refused-stail"}, "usage", "did you mean `refused-stale`?"),
    "against a path": ("drift", {"against": "catalog"}, "mcp-arguments", "git:REV"),
    "against an option of git": ("drift", {"against": "git:--help"}, "mcp-arguments", "git:REV"),
    "against what is in no repository": ("drift", {"against": "git:main"}, "usage", "run it in the catalog's repository"),
    "against without prune": ("plan", {"against": "git:main"}, "usage", "--prune"),
    "prune of what is not known": ("plan", {"prune": True, "environment": "nowhere"}, "refused-no-base", "git:REV"),
    "a folder above": ("validate", {"paths": [".."]}, "mcp-path-outside", "below that folder"),
    "a folder elsewhere": ("plan", {"paths": ["catalog", "/etc"]}, "mcp-path-outside", "below that folder"),
    "a link that leads out": ("quote", {"paths": ["link"], "plan": "pro"}, "mcp-path-outside", "below that folder"),
    "a path that none can be": ("drift", {"paths": ["a\0b"]}, "mcp-path-outside", "below that folder"),
    "an overlay elsewhere": ("validate", {"paths": ["stray/catalog"]}, "mcp-path-outside", "below that folder"),
    "an overlay elsewhere, to be planned": ("plan", {"paths": ["stray/catalog"], "environment": "stray"}, "mcp-path-outside", "is an overlay"),
    "no key": ("plan", {"environment": "keyless"}, "server-refused", "key"),
    "a wrong key": ("drift", {"environment": "wrong"}, "server-refused", "CANARY_HEADER"),
    "a key that is not set": ("plan", {"environment": "unset"}, "secret-missing", "set NOT_SET"),
    "a sandbox that is not there, to be planned for": ("plan", {"environment": "missing"}, "sandbox-missing", "catalogsync apply --url sandbox:"),
    "a sandbox that is not there, to be compared with": ("drift", {"environment": "missing"}, "sandbox-missing", "new/missing.db does not exist"),
    "a server that is not there": ("plan", {"environment": "nowhere"}, "target-unreachable", ""),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_what_cannot_be_answered_is_said_as_a_finding(case: str, world: World) -> None:
    tool, given, code, said = BAD[case]
    result = world.agent.call(tool, **given)
    first = findings(result)[0]
    assert (first["code"], first["severity"]) == (code, "error"), first
    assert said in json.dumps(first, ensure_ascii=False), first
    assert not any(secret in text(result) for secret in SECRETS.values())
    assert code in CODES


def test_errors_in_files_are_the_diagnostics_of_validate(world: World) -> None:
    checked = world.agent.call("validate", paths=["wrong"])
    assert not checked.is_error and checked.structured_content["summary"]["error"] == 1
    for tool, given in (("plan", {}), ("drift", {}), ("quote", {"plan": "pro"})):
        assert (
            findings(world.agent.call(tool, paths=["wrong"], **given))
            == checked.structured_content["diagnostics"]
        )
    published = json.loads((ROOT / "schemas" / "output" / "validate.schema.json").read_text("utf-8"))
    Draft202012Validator(published).validate(json.loads(text(world.agent.call("plan", paths=["wrong"]))))


def test_an_unknown_tool_is_an_error_of_the_protocol(world: World) -> None:
    with pytest.raises(MCPError, match="there is no tool 'apply'; there are validate, plan"):
        world.agent.call("apply")


def test_no_secret_is_in_any_answer(world: World) -> None:
    for tool, given in (
        ("plan", {"environment": "shop", "rehearse": True}),
        ("plan", {"environment": "shop", "only": ["notification_channel/*"]}),
        ("drift", {"environment": "shop"}),
        ("validate", {}),
    ):
        said = text(world.agent.call(tool, **given))
        assert not any(secret in said for secret in (*SECRETS.values(), SIGNING[6:])), tool
        assert tool == "validate" or '"environment": "shop"' in said


def test_a_client_of_the_earlier_handshake_is_served(world: World, tmp_path: Path) -> None:
    with started(world.home, SECRETS, tmp_path / "stderr", mode="legacy") as agent:
        assert agent.client.protocol_version < "2026"
        assert agent.tools().keys() == TOOLS
        assert agent.call("plan").structured_content == world.agent.call("plan").structured_content
        assert agent.codes("quote") == ["mcp-arguments"]


def test_the_end_of_stdin_ends_it(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "catalogsync", "mcp"],
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT)},
        input="this is no message\n",
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0
    assert "Traceback" not in done.stderr and all(json.loads(line) for line in done.stdout.splitlines())


@pytest.mark.parametrize("lacking", ["mcp", "mcp_types", "pydantic"])
def test_without_the_extra_it_says_how_to_install_it(lacking: str, tmp_path: Path) -> None:
    code = f"import sys; sys.modules[{lacking!r}] = None; from catalogsync.cli import main; main(['mcp'])"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stdout) == (64, "")
    assert "error[mcp-extra]" in done.stderr and 'pip install "catalogsync[mcp]"' in done.stderr


def test_the_room_calls_no_use_case_that_writes() -> None:
    """What it imports of the rooms that could: a use case that writes has to be put here by somebody, who is then asked why."""
    found = set()
    for path in (ROOT / "catalogsync" / "mcp").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("catalogsync."):
                room, *module = (node.module or "").split(".")[1:]
                found |= {f"{room}.{module[0]}"} if module else {f"{room}.{one.name}" for one in node.names}
    assert {one for one in found if one.split(".")[0] in ("app", "executor", "store", "sandbox")} == {
        f"app.{name}"
        for name in "check drift environments plan plan_request prune quote quote_request runtime usage_file".split()
    }
