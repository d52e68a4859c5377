"""Runs on named environments: locked, recorded, fenced, proven; from the command line, in a folder and on S3."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from forked import program

from catalogsync.core.model import Ref
from catalogsync.store.runs.lock import Holder
from catalogsync.store.runs.run_store import RunStore, opened

CONFIG = """\
runStore: {place}
environments:
  staging: {{url: "sandbox:staging.db"}}
  production: {{url: "sandbox:production.db", overlays: [overlays/production]}}
"""
METER = "kind: meter\nslug: calls\nname: {name}\naggregation: COUNT\neventType: call\n"
CHANNEL = """\
kind: notification_channel
key: ops
type: WEBHOOK
name: Ops
url: {env: HOOK_URL}
"""
HOOK = "https://hooks.example.com/very-secret-path"


class Place:
    """A catalog with a configuration, and the command line in its folder."""

    def __init__(self, root: Path, place: str) -> None:
        self.root, self.place = root, place
        (root / "catalog").mkdir()
        (root / "catalogsync.yaml").write_text(CONFIG.format(place=place))
        (root / "overlays" / "production").mkdir(parents=True)
        (root / "overlays" / "production" / "m.yaml").write_text(
            "kind: meter\nslug: calls\nname: Production\n"
        )
        self.write("Calls")

    def write(self, name: str, more: str = "") -> None:
        (self.root / "catalog" / "m.yaml").write_text(METER.format(name=name) + more)

    def run(self, *arguments: str, code: int = 0, **variables: str) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [program(), *arguments],
            cwd=self.root,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), **variables},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == code, done.stdout + done.stderr
        return done

    def runs(self, env: str = "staging") -> list[dict]:
        found: list[dict] = json.loads(self.run("history", "-e", env, "--format", "json").stdout)["runs"]
        return found

    @property
    def store(self) -> RunStore:
        return opened(self.place, os.environ)


@pytest.fixture
def home(tmp_path: Path, usual_place: str) -> Place:
    return Place(tmp_path, usual_place)


@pytest.fixture
def folder(tmp_path: Path) -> Place:
    return Place(tmp_path, str(tmp_path / "store"))


def test_a_run_is_told_and_what_it_proves_is_kept(home: Place) -> None:
    home.run("apply", "-e", "staging", "--yes")
    home.run("apply", "-e", "staging", "--yes")
    second, first = home.runs()
    assert (first["outcome"], first["proven"], first["steps"]) == ("done", True, {"done": 1})
    assert (second["outcome"], second["proven"], second["steps"]) == ("in_step", True, {})
    assert first["fence"] < second["fence"]
    applied = home.store.applied("staging")
    assert applied is not None
    assert applied.run == second["id"]
    one = applied.objects[Ref.parse("meter/calls")]
    assert one.since <= first["ended"]
    assert one.content.resolved["name"] == "Calls"
    shown = json.loads(home.run("show", first["id"], "--format", "json").stdout)
    assert [step["verb"] for step in shown["plan"]["steps"]] == ["create"]
    assert {"run", "sent", "ended"} <= {event["event"] for event in shown["journal"]}
    assert "meter/calls" in home.run("show", first["id"]).stdout


def test_a_saved_plan_proves_what_it_was_made_of(home: Place) -> None:
    home.run("plan", "-e", "production", "--out", "plan.json")
    home.write("Something else")
    home.run("apply", "plan.json", "--yes")
    (run,) = home.runs("production")
    assert run["proven"]
    applied = home.store.applied("production")
    assert applied is not None
    content = applied.objects[Ref.parse("meter/calls")].content
    assert (content.base["name"], content.resolved["name"]) == ("Calls", "Production")
    assert not list(home.root.glob("*.journal"))


def test_a_plan_whose_catalog_is_not_known_proves_nothing(folder: Place) -> None:
    folder.run("plan", "-e", "staging", "--out", "plan.json")
    (kept,) = (Path(folder.place) / "catalogs").iterdir()
    kept.unlink()
    said = folder.run("apply", "plan.json", "--yes").stderr
    assert "not proven: the files that the plan was made of are not in the run store" in said
    assert folder.store.applied("staging") is None


def test_a_held_lock_refuses_every_other_run(home: Place) -> None:
    lock = home.store.lock("staging")
    held = lock.acquire(Holder("staging-20260101T000000000Z-aaaaaa", "anna@one", "2026-01-01T00:00:00Z"))
    said = home.run("apply", "-e", "staging", "--yes", code=3).stderr
    assert "error[environment-locked]" in said and "anna@one" in said
    assert "locked by anna@one" in home.run("history", "-e", "staging").stdout
    assert "no runs on staging yet" in home.run("history", "-e", "staging").stdout
    home.run("unlock", "-e", "staging", code=3)
    held.check()
    home.run("unlock", "-e", "staging", "--yes")
    assert lock.state().holder is None
    home.run("apply", "-e", "staging", "--yes")
    assert "free" in home.run("unlock", "-e", "staging").stderr


FENCED = """
import sys
from pathlib import Path
from catalogsync.app.apply import ready_files
from catalogsync.app.environments import Target
from catalogsync.app.runtime import Runtime
import os
with ready_files([Path("catalog")], Target("staging"), Runtime(dict(os.environ))) as ready:
    print("ready", flush=True)
    sys.stdin.readline()
    report = ready.carry_out()
print([(str(one.status), one.message) for one in report.outcomes])
"""


def test_a_run_whose_lock_was_broken_sends_nothing_more(home: Place) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", FENCED],
        cwd=home.root,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as lost:
        assert lost.stdout is not None
        assert lost.stdout.readline() == "ready\n"
        home.run("unlock", "-e", "staging", "--yes")
        out, _ = lost.communicate("go on\n", timeout=60)
    assert "taken away from this run by" in out and "failed" in out
    (run,) = home.runs()
    assert (run["outcome"], run["proven"]) == ("incomplete", False)
    home.run("plan", "-e", "staging", "--exit-code", code=2)  # nothing was sent


def test_what_a_run_changes_is_not_proven_until_it_is_proven_again(folder: Place) -> None:
    folder.run("apply", "-e", "staging", "--yes")
    folder.run("plan", "-e", "staging", "--out", "same.json")
    folder.write("Other")
    folder.run("plan", "-e", "staging", "--out", "plan.json")
    for kept in (Path(folder.place) / "catalogs").iterdir():
        kept.unlink()
    folder.run("apply", "plan.json", "--yes")
    applied = folder.store.applied("staging")
    assert applied is not None
    one = applied.objects[Ref.parse("meter/calls")]
    assert (one.since, one.content.resolved["name"]) == ("", "Calls")
    folder.run("apply", "-e", "staging", "--yes")
    again = folder.store.applied("staging")
    assert again is not None
    assert again.objects[Ref.parse("meter/calls")].since
    assert again.objects[Ref.parse("meter/calls")].content.resolved["name"] == "Other"


def test_no_secret_is_in_the_store(folder: Place) -> None:
    folder.write("Calls", f"---\n{CHANNEL}")
    folder.run("apply", "-e", "staging", "--yes", HOOK_URL=HOOK)
    assert folder.runs()[0]["proven"]
    files = [path for path in Path(folder.place).rglob("*") if path.is_file()]
    assert len(files) > 5
    for path in files:
        assert b"very-secret" not in path.read_bytes(), path
    applied = folder.store.applied("staging")
    assert applied is not None
    assert (
        str(applied.objects[Ref.parse("notification_channel/ops")].content.resolved["url"])
        == "{env: HOOK_URL}"
    )


def test_a_refused_run_is_told_too(folder: Place) -> None:
    folder.run("apply", "-e", "staging", code=3)
    (run,) = folder.runs()
    assert (run["outcome"], run["note"]) == ("refused", "there is no terminal to ask on")


def test_a_server_named_by_its_url_has_no_store(folder: Place) -> None:
    folder.run("apply", "--url", "sandbox:other.db", "--yes")
    assert not Path(folder.place).exists()
    assert not (folder.root / ".catalogsync").exists()


def test_a_store_that_cannot_be_used_stops_the_run_before_the_first_call(folder: Place) -> None:
    Path(folder.place).write_text("a file")
    said = folder.run("apply", "-e", "staging", "--yes", code=1).stderr
    assert "error[run-store-unusable]" in said
    Path(folder.place).unlink()
    folder.run("plan", "-e", "staging", "--exit-code", code=2)


def test_without_a_store_in_the_file_it_lies_beside_it(tmp_path: Path) -> None:
    home = Place(tmp_path, str(tmp_path / ".catalogsync"))
    (tmp_path / "catalogsync.yaml").write_text("environments:\n  staging: {url: 'sandbox:s.db'}\n")
    home.run("apply", "-e", "staging", "--yes")
    assert (tmp_path / ".catalogsync" / "applied" / "staging.json").exists()


@pytest.mark.parametrize("name", ["staging-20260101T000000000Z-abcdef", "nowhere-20260101T000000000Z-abcdef"])
def test_a_run_that_is_not_there_is_told(folder: Place, name: str) -> None:
    said = folder.run("show", name, code=64).stderr
    assert "there is no run" in said or "no environment" in said


KILLED = FENCED.replace("report = ready.carry_out()", "os._exit(9)")


def test_a_killed_run_is_told_as_lost_and_running_again_goes_on(folder: Place) -> None:
    environ = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run(
        [sys.executable, "-c", KILLED], cwd=folder.root, env=environ, input="go on\n", text=True, capture_output=True, check=False
    )  # fmt: skip
    assert done.returncode == 9
    folder.run("apply", "-e", "staging", "--yes")
    again, lost = folder.runs()
    assert (again["outcome"], again["proven"], lost["outcome"], lost["ended"]) == ("done", True, "lost", "")


def test_a_description_that_somebody_wrote_on_the_server_is_drift(folder: Place) -> None:
    """No call can remove it, so a plan has nothing to do about it; it moved all the same, and can be taken into the file."""
    folder.run("apply", "-e", "staging", "--yes")
    (folder.root / "hand.yaml").write_text(METER.format(name="Calls") + "description: By hand\n")
    folder.run("apply", "hand.yaml", "--url", "sandbox:staging.db", "--yes")
    said = folder.run("drift", "-e", "staging", code=5).stdout
    assert 'description: "By hand"' in said and "meter-description-kept" not in said
    folder.run("drift", "-e", "staging", "--accept")
    assert "description: By hand" in (folder.root / "catalog" / "m.yaml").read_text()
    assert " in step" in folder.run("drift", "-e", "staging").stdout


def test_a_description_that_the_file_dropped_is_nobody_s_drift(folder: Place) -> None:
    """What an apply said that it leaves was not written by hand since."""
    manifest = folder.root / "catalog" / "m.yaml"
    manifest.write_text(METER.format(name="Calls") + "description: Once\n")
    folder.run("apply", "-e", "staging", "--yes")
    folder.write("Calls")
    for _ in range(2):
        assert "meter-description-kept" in folder.run("apply", "-e", "staging", "--yes").stderr
        said = folder.run("drift", "-e", "staging").stdout
        assert "meter-description-kept" in said and "1 in step" in said


def test_history_and_unlock_take_the_default_environment(folder: Place) -> None:
    """As every verb does; a server that OPENMETER_URL names has neither runs nor a lock."""
    for verb in ("history", "unlock"):
        assert "no environment is named" in folder.run(verb, code=64, OPENMETER_URL="").stderr
    config = folder.root / "catalogsync.yaml"
    config.write_text(f"default: staging\n{config.read_text()}")
    folder.run("apply", "--yes", OPENMETER_URL="")
    assert "staging-" in folder.run("history", OPENMETER_URL="").stdout
    assert "the lock of staging is free" in folder.run("unlock", OPENMETER_URL="").stderr
    for verb in ("history", "unlock"):
        said = folder.run(verb, code=64, OPENMETER_URL="http://127.0.0.1:1").stderr
        assert "OPENMETER_URL" in said and "give -e ENV" in said
        folder.run(verb, "-e", "staging", OPENMETER_URL="http://127.0.0.1:1")
