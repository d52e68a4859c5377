"""The door to plans one can trust: rehearsals, ages, other servers, secrets that appear in no output."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import click
import pytest
from forked import program

from catalogsync.cli import options
from catalogsync.core import canon
from catalogsync.targets.v1.client import Call

EXAMPLES = Path(__file__).parents[2] / "examples" / "catalog"
TARGET = ("--url", "sandbox:server.db")


def run(*arguments: str, folder: Path, **env: str) -> subprocess.CompletedProcess[str]:
    """The real program, with nothing of ours in its environment."""
    return subprocess.run(
        [program(), *arguments], cwd=folder, env={"PATH": "/usr/bin:/bin", **env}, capture_output=True, text=True,
        timeout=120, stdin=subprocess.DEVNULL, check=False,
    )  # fmt: skip


@pytest.fixture
def home(tmp_path: Path) -> Path:
    shutil.copytree(EXAMPLES, tmp_path / "catalog")
    return tmp_path


def resealed(path: Path, **changed) -> None:
    """A plan file with members changed and its digest made to fit, as another program might write it."""
    body = {**json.loads(path.read_text("utf-8")), **changed}
    body.pop("digest")
    path.write_text(canon.dumps({**body, "digest": canon.fingerprint(body)}), "utf-8")


def test_a_rehearsed_plan_says_so_everywhere_and_applies(home):
    told = run("plan", *TARGET, "--rehearse", "--out", "plan.json", folder=home)
    assert told.returncode == 0, told.stderr
    assert "Rehearsed: 35 steps, second plan empty, 35 of 35 prefixes converge" in told.stdout
    proof = json.loads((home / "plan.json").read_text("utf-8"))["rehearsal"]
    assert proof == {
        "steps": 35,
        "secondPlanEmpty": True,
        "prefixes": 35,
        "prefixesConverging": 35,
        "failures": [],
    }
    assert "Rehearsed: 35 steps" in run("show", "plan.json", folder=home).stdout
    assert run("apply", "plan.json", "--yes", "--max-age", "1", folder=home).returncode == 0


def test_a_plan_that_failed_is_refused_unless_told(home):
    run("plan", *TARGET, "--out", "plan.json", folder=home)
    failed = {
        "steps": 3,
        "secondPlanEmpty": False,
        "prefixes": 4,
        "prefixesConverging": 3,
        "failures": ["step 4: no"],
    }
    resealed(home / "plan.json", rehearsal=failed)
    refused = run("apply", "plan.json", "--yes", folder=home)
    assert refused.returncode == 3 and "step 4: no" in refused.stderr
    assert run("apply", "plan.json", "--yes", "--unproven", folder=home).returncode == 0


BOUND = {
    "environment": "",
    "prefix": "/api/v1",
    "url": "sandbox:server.db",
    "version": "",
    "description": "",
    "releases": [],
}


@pytest.mark.parametrize(
    ("changed", "options", "said"),
    [
        ({"created": "2020-01-01T00:00:00Z"}, ("--max-age", "24"), "more than 24 hours ago"),
        ({"created": ""}, ("--max-age", "24"), "an unknown time"),
        ({"created": "soon"}, ("--max-age", "0.5"), "more than 0.5 hours ago"),
        ({"target": {**BOUND, "version": "v0.0.1"}}, (), "another version"),
        ({"target": {**BOUND, "description": "0"}}, (), "another API description"),
        ({}, ("--url", "sandbox:other.db"), "not for sandbox:other.db"),
    ],
)  # fmt: skip
def test_old_plans_and_other_servers_are_refused(home, changed, options, said):
    run("plan", *TARGET, "--out", "plan.json", folder=home)
    resealed(home / "plan.json", **changed)
    refused = run("apply", "plan.json", "--yes", *options, folder=home)
    assert (refused.returncode, refused.stdout) == (3, "")
    assert said in refused.stderr and "Traceback" not in refused.stderr
    assert not (home / "plan.json.journal").exists()


def test_each_request_is_shown_when_asked_for(home):
    text = run("plan", *TARGET, "-v", folder=home)
    assert text.returncode == 0, text.stderr
    shown = [line.split() for line in text.stderr.splitlines() if line.startswith("GET ")]
    assert len(shown) >= 6 and all(len(words) == 6 and words[2] == "200" for words in shown)
    logged = run("apply", *TARGET, "--yes", "--log-format", "json", "--format", "json", folder=home)
    assert logged.returncode == 0, logged.stderr
    events = [json.loads(line) for line in logged.stderr.splitlines() if line.startswith("{")]
    assert {e["phase"] for e in events} == {"read", "write", "verify"}
    assert all(
        set(e) == {"event", "phase", "method", "path", "status", "milliseconds", "request_id"} for e in events
    )
    assert "GET " not in run("plan", *TARGET, folder=home).stderr


CHANNEL = """\
kind: notification_channel
key: secretive
type: WEBHOOK
name: Secretive
url: {env: CANARY_URL}
customHeaders:
  X-Token: {env: CANARY_HEADER}
signingSecret: {file: ../secret.txt}
"""


@pytest.mark.parametrize("kept", ["plan.json", "plans/plan.json", "../plan.json"])
def test_a_plan_finds_the_files_of_its_secrets_wherever_it_is_kept(home, kept):
    channel = (
        "kind: notification_channel\nkey: ops\ntype: WEBHOOK\nname: Ops\nurl: https://hooks.example.com/x\n"
    )
    channel += "signingSecret: {file: ../secret.txt}\n"
    (home / "catalog" / "ops.yaml").write_text(channel, "utf-8")
    (home / "secret.txt").write_text("whsec_Y2FuYXJ5dGhyZWVjYW5hcnl0aHJlZTEy\n", "utf-8")
    (home / kept).parent.mkdir(exist_ok=True)
    planned = run("plan", *TARGET, "--out", kept, folder=home)
    assert planned.returncode == 0, planned.stderr
    applied = run("apply", kept, "--yes", folder=home)
    assert applied.returncode == 0, applied.stderr


def test_no_secret_in_any_output(home):
    (home / "catalog" / "secretive.yaml").write_text(CHANNEL, "utf-8")
    secrets = {"CANARY_URL": "https://hooks.example.com/canaryone", "CANARY_HEADER": "canarytwo"}
    secrets["OPENMETER_API_KEY"] = "canaryfour"
    signing = "whsec_Y2FuYXJ5dGhyZWVjYW5hcnl0aHJlZTEy"
    (home / "secret.txt").write_text(signing + "\n", "utf-8")
    words = ("canaryone", "canarytwo", "canaryfour", signing, signing[6:])
    tried = [
        run("plan", *TARGET, "--rehearse", "--out", "plan.json", folder=home, **secrets),
        run("plan", *TARGET, "--format", "json", "--format", "markdown=plan.md", folder=home, **secrets),
        run("show", "plan.json", folder=home, **secrets),
        run("apply", "plan.json", "--yes", "-v", "--format", "json", folder=home, **secrets),
        run("plan", *TARGET, "--exit-code", folder=home, **secrets),
        run("apply", "plan.json", "--yes", folder=home, **secrets),
        run("export", *TARGET, "--out", "exported", folder=home, **secrets),
    ]
    assert [t.returncode for t in tried] == [0] * 7, [t.stderr for t in tried if t.returncode]
    (home / "exported").mkdir(exist_ok=True)
    files = [home / "plan.json", home / "plan.json.journal", home / "plan.md"]
    outputs = [t.stdout + t.stderr for t in tried[:6]] + [f.read_text("utf-8") for f in files]
    for word in words:
        assert not any(word in output for output in outputs), word


@pytest.mark.parametrize("form", ["-v", "--log-format=json"])
def test_an_id_of_the_server_breaks_no_line_of_the_log(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    @click.command()
    @options.target_options
    def verb(**_given: object) -> None:
        for show in options.runtime().observers:
            show(Call("read", "GET", "/plans/\x1b[31m\n::error::x/addons", 200, 3, "r"))

    verb.main([form], standalone_mode=False)
    said = capsys.readouterr().err
    assert "\x1b" not in said and said.count("\n") == 1 and "\\u001b[31m\\n::error::x" in said
