"""One catalog for many environments: side by side, one result each, canaries first, shards, and running again."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path

import pytest
from test_recorded import METER, Place

from catalogsync.app import many
from catalogsync.app.runtime import Runtime
from catalogsync.app.side_by_side import Ended, Result, Watch, Wide
from catalogsync.core.errors import UsageError
from catalogsync.store.runs.lock import Holder
from catalogsync.store.runs.run_store import opened

NOWHERE = "http://127.0.0.1:1"


class Tenants:
    """A catalog with environments `tenant-0…`, kept in files; `urls` says otherwise for some."""

    def __init__(self, root: Path, count: int = 6, **urls: str) -> None:
        self.root, self.told = root, list[Result]()
        (root / "catalog").mkdir()
        (root / "catalog" / "m.yaml").write_text(METER.format(name="Calls"))
        names = [f"tenant-{n}" for n in range(count)]
        lines = [
            f"  {name}: {{url: '{urls.get(name.replace('-', '_'), f'sandbox:{name}.db')}'}}" for name in names
        ]
        (root / "catalogsync.yaml").write_text(
            "\n".join(["environments:", *lines, f"  other: {{url: '{NOWHERE}'}}"])
        )

    def run(self, verb: str = "apply", stop: threading.Event | None = None, **wide: object) -> dict[str, str]:
        """How it ended for each environment."""
        asked = Wide("tenant-*", **wide)  # type: ignore[arg-type]
        work = many.apply if verb == "apply" else many.plan
        watch = Watch(self.told.append, stop or threading.Event())
        results = work([self.root / "catalog"], asked, Runtime(), watch)
        assert sorted(one.environment for one in self.told[-len(results) :]) == [
            one.environment for one in results
        ]
        return {one.environment.removeprefix("tenant-"): str(one.ended) for one in results}


def test_each_is_planned_applied_and_then_in_step(tmp_path: Path) -> None:
    tenants = Tenants(tmp_path)
    assert set(tenants.run("plan").values()) == {"planned"}
    assert set(tenants.run().values()) == {"done"}
    assert set(tenants.run("plan").values()) == {"in_step"}
    assert len(tenants.told) == 18
    store = opened(str(tmp_path / ".catalogsync"), os.environ)
    assert all(store.applied(f"tenant-{n}") is not None for n in range(6))


def test_one_that_fails_does_not_hinder_the_others_and_running_again_goes_on(tmp_path: Path) -> None:
    tenants = Tenants(tmp_path, tenant_2=NOWHERE)
    assert tenants.run() == {"0": "done", "1": "done", "2": "failed", "3": "done", "4": "done", "5": "done"}
    config = tmp_path / "catalogsync.yaml"
    config.write_text(
        config.read_text().replace(f"tenant-2: {{url: '{NOWHERE}'}}", "tenant-2: {url: 'sandbox:2.db'}")
    )
    assert tenants.run() == {**dict.fromkeys("01345", "in_step"), "2": "done"}


@pytest.mark.parametrize("workers", [1, 4])
def test_a_bad_canary_stops_all_others(tmp_path: Path, workers: int) -> None:
    tenants = Tenants(tmp_path, tenant_1=NOWHERE)
    found = tenants.run(canary=2, workers=workers)
    assert found == {"0": "done", "1": "failed", **dict.fromkeys("2345", "not_tried")}
    assert not (tmp_path / "tenant-2.db").exists()


def test_after_good_canaries_the_first_failure_stops_what_did_not_begin(tmp_path: Path) -> None:
    found = Tenants(tmp_path, tenant_3=NOWHERE).run(canary=1, workers=1)
    assert found == {**dict.fromkeys("012", "done"), "3": "failed", **dict.fromkeys("45", "not_tried")}


def test_shards_are_parts_of_the_whole(tmp_path: Path) -> None:
    tenants = Tenants(tmp_path, count=7)
    parts = [list(tenants.run("plan", shard=(k, 3))) for k in (1, 2, 3)]
    assert sorted(name for part in parts for name in part) == [str(n) for n in range(7)]
    assert max(map(len, parts)) - min(map(len, parts)) <= 1


def test_a_locked_environment_is_refused_and_the_others_go_on(tmp_path: Path) -> None:
    tenants = Tenants(tmp_path, count=3)
    lock = opened(str(tmp_path / ".catalogsync"), os.environ).lock("tenant-1")
    held = lock.acquire(Holder("x", "anna@one", "2026-01-01T00:00:00Z"))
    assert tenants.run() == {"0": "done", "1": "refused", "2": "done"}
    assert "anna@one" in next(one.message for one in tenants.told if one.ended is Ended.REFUSED)
    held.release()


def test_a_stop_begins_no_other(tmp_path: Path) -> None:
    tenants = Tenants(tmp_path)
    stop = threading.Event()
    stop.set()
    assert set(tenants.run(stop=stop).values()) == {"not_tried"}


def test_a_pattern_that_names_none_is_told(tmp_path: Path) -> None:
    tenants = Tenants(tmp_path)
    with pytest.raises(UsageError, match="no environment is called nobody"):
        watch = Watch(tenants.told.append, threading.Event())
        many.plan([tenants.root / "catalog"], Wide("nobody*"), Runtime(), watch)


def test_overlays_are_each_environments_own(tmp_path: Path) -> None:
    tenants = Tenants(tmp_path, count=2)
    (tmp_path / "over").mkdir()
    (tmp_path / "over" / "m.yaml").write_text("kind: meter\nslug: calls\nname: Other\n")
    config = tmp_path / "catalogsync.yaml"
    config.write_text(config.read_text().replace("tenant-1.db'", "tenant-1.db', overlays: [over]"))
    tenants.run()
    store = opened(str(tmp_path / ".catalogsync"), os.environ)
    names = []
    for n in range(2):
        applied = store.applied(f"tenant-{n}")
        assert applied is not None
        names += [one.content.resolved["name"] for one in applied.objects.values()]
    assert names == ["Calls", "Other"]


def test_the_command_line_gives_one_summary(tmp_path: Path) -> None:
    home = Place(tmp_path, str(tmp_path / "store"))
    done = home.run("apply", "-e", "*", "--yes", "--format", "json", "--format", "text=summary.txt")
    told = json.loads(done.stdout)
    assert told["summary"] == {"done": 2}
    assert [one["proven"] for one in told["environments"]] == [True, True]
    assert "2 environments: 2 done." in (tmp_path / "summary.txt").read_text()
    home.write("Later")
    home.run("plan", "-e", "*", "--exit-code", code=2)
    config = tmp_path / "catalogsync.yaml"
    config.write_text(config.read_text() + f"  nowhere: {{url: '{NOWHERE}'}}\n")
    assert "1 failed" in home.run("plan", "-e", "*", code=4).stdout
    assert "refused-unasked" in home.run("apply", "-e", "*", code=3).stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("plan", "-e", "staging", "--canary", "1"), "needs -e PATTERN"),
        (("plan", "-e", "*", "--url", "sandbox:"), "one server"),
        (("plan", "-e", "*", "--undo", "x"), "one environment"),
        (("apply", "-e", "*", "--shard", "3/2", "--yes"), "K/N"),
        (("plan", "-e", "*", "--format", "html"), "no format html"),
    ],
)
def test_options_that_do_not_fit_are_refused(tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    assert said in Place(tmp_path, str(tmp_path / "store")).run(*arguments, code=64).stderr
