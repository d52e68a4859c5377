"""One measured job in a process of its own: `python -m benchmarks.child JOB FOLDER [URL] [PATHS]` prints a line of JSON.

What a job needs is imported before the clock starts. `seconds` is time of the processor, of all threads; `megabytes` the most memory that the
process held, imports included; `said` what the job tells of itself.
"""

from __future__ import annotations

import http.client
import importlib
import json
import re
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import yaml

from catalogsync.app import check, plan
from catalogsync.app.environments import Target
from catalogsync.app.runtime import Runtime

_STATUS = Path("/proc/self/status")


@dataclass(frozen=True, slots=True)
class Measured:
    """Seconds of the processor, the most memory in MB, and what the job said."""

    seconds: float
    megabytes: float
    said: str


def run(job: str, *arguments: str, rounds: int = 1) -> Measured:
    """The fastest of so many runs of a job."""
    command = [sys.executable, "-m", "benchmarks.child", job, *arguments]
    found = []
    for _ in range(rounds):
        told = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
        found.append(Measured(**json.loads(told)))
    return min(found, key=lambda one: one.seconds)


def events(folder: Path) -> str:
    """libyaml's events of the files, nothing made of them: the floor of whatever reads YAML."""
    count = 0
    for path in sorted(folder.rglob("*.yaml")):
        for _ in yaml.parse(path.read_bytes(), Loader=yaml.CLoader):
            count += 1
    return str(count)


def validate(folder: Path) -> str:
    """What `validate` finds, lint included."""
    found = check.check([folder])
    assert not found.diagnostics, found.diagnostics[:3]
    return str(len(found.catalog.resources))


def pages(_: Path, url: str, paths: str) -> str:
    """The calls of a plan by a bare client, Python's own on one connection, one after the other, and their answers parsed: the floor of whatever
    asks the server.
    """
    listed = json.loads(Path(paths).read_text("utf-8"))
    server, answers = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60), []
    for path in listed:
        server.request("GET", path)
        answers.append(json.loads(server.getresponse().read()))
    server.close()
    return str(len(answers))


def parse(folder: Path) -> str:
    """The list answers, fetched before, parsed and nothing else."""
    return str(len([json.loads(path.read_bytes()) for path in sorted(folder.glob("*.json"))]))


def nothing(folder: Path, url: str) -> str:
    """A plan with nothing to do, which reads everything. Says the paths of its calls."""
    return _nothing(folder, Target(None, url))


def again(folder: Path, environment: str) -> str:
    """The same for an environment: what published versions offer is known by its run store from the plan before."""
    return _nothing(folder, Target(environment, None))


def _nothing(folder: Path, target: Target) -> str:
    calls: list[str] = []
    runtime = Runtime(observers=(lambda call: calls.append(call.path),))
    made = plan.plan_files([folder], target, runtime)
    assert made.is_empty, made.changes[:3]
    return json.dumps(calls)


JOBS: dict[str, Callable[..., str]] = {
    job.__name__: job for job in (events, validate, pages, parse, nothing, again)
}


def _most_memory() -> float:
    """In MB. Where the kernel tells the most of this program alone, that: what a process inherits from its parent counts in `ru_maxrss`."""
    if _STATUS.exists() and (found := re.search(r"VmHWM:\s*(\d+) kB", _STATUS.read_text())):
        return int(found[1]) / 1024
    unit = 1024 * 1024 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def main() -> None:
    """Runs the job that the arguments name."""
    name, folder, *rest = sys.argv[1:]
    if name in (nothing.__name__, again.__name__):
        importlib.import_module(
            "catalogsync.targets.transport.sockets"
        )  # loaded by the first request otherwise
    began = time.process_time()
    said = JOBS[name](Path(folder), *rest)
    seconds = time.process_time() - began
    print(json.dumps({"seconds": seconds, "megabytes": _most_memory(), "said": said}))


if __name__ == "__main__":
    main()
