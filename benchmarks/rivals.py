"""A run with nothing to do over 10,000 objects: ours beside octoDNS and Terraform or OpenTofu, in the same run, where they can be had.

Whole processes, seconds of the processor, the least of three runs: each reads what is asked for from text files, compares it with what there is,
and says that nothing is to be done. The work is not the same (a DNS record is smaller than a plan, a built-in resource has no server); the sizes
are, and so is the question.

    catalogsync          `plan` of 10,000 small objects, against a sandbox over a socket; the server's own time counts for nobody. Twice: of a
                         URL, which reads everything, and of an environment that was planned before
    octoDNS              10,000 records, from one YAML provider to another, dry run; from the extra `bench`
    Terraform, OpenTofu  10,000 `terraform_data`, `plan` against a state that was made before; the one on the PATH, of its time the providers' too
"""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.catalogs import SHAPES
from benchmarks.seeded import sandbox_of

FIRST, NEXT = "catalogsync", "catalogsync, next plan"
_RUNS = 3
_OCTODNS = """\
providers:
  config: {{class: octodns.provider.yaml.YamlProvider, directory: {folder}/zones, default_ttl: 300}}
  live: {{class: octodns.provider.yaml.YamlProvider, directory: {folder}/live, default_ttl: 300, supports_root_ns: false}}
zones:
  example.com.: {{sources: [config], targets: [live]}}
"""
_SYNC = "import sys; from octodns.cmds.sync import main; sys.argv[0] = 'octodns-sync'; main()"


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds of the processor (user and system, children that ended included) and of the clock."""

    processor: float
    wall: float
    said: str


def spent(command: Sequence[str], folder: Path) -> Spent:
    """What a process takes when it takes least. Raises subprocess.CalledProcessError when it fails."""
    return min((_once(command, folder) for _ in range(_RUNS)), key=lambda one: one.processor)


def _once(command: Sequence[str], folder: Path) -> Spent:
    before, began = os.times(), time.perf_counter()
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    after, ended = os.times(), time.perf_counter()
    if done.returncode:
        print(done.stdout[-2000:], done.stderr[-2000:])
        done.check_returncode()
    processor = after.children_user + after.children_system - before.children_user - before.children_system
    return Spent(processor, ended - began, done.stdout + done.stderr)


def ours(folder: Path, objects: int) -> tuple[Spent, Spent]:
    """`plan` of a catalog that is live already: of its URL, and of an environment that was planned before."""
    SHAPES["small"](folder / "catalog", objects)
    with sandbox_of(folder / "catalog").serve() as url:
        (folder / "catalogsync.yaml").write_text(f"environments:\n  bench: {{url: '{url}'}}\n", "utf-8")
        command = [sys.executable, "-m", "catalogsync", "plan", str(folder / "catalog"), "--exit-code"]
        whole = spent([*command, "--url", url], Path.cwd())
        _once([*command, "-e", "bench"], Path.cwd())
        return whole, spent([*command, "-e", "bench"], Path.cwd())


def octodns(folder: Path, objects: int) -> Spent | None:
    """None where octoDNS is not installed."""
    python = os.environ.get("OCTODNS_PYTHON", sys.executable)
    if python == sys.executable and importlib.util.find_spec("octodns") is None:
        print(
            "NOT MEASURED: octoDNS is not installed (the extra `bench`, or OCTODNS_PYTHON names a Python that has it)"
        )
        return None
    records = "".join(
        f"r{n:06}:\n  type: A\n  value: 10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}\n" for n in range(objects)
    )
    for name in ("zones", "live"):
        (folder / name).mkdir()
        (folder / name / "example.com.yaml").write_text(f"---\n{records}", "utf-8")
    (folder / "octodns.yaml").write_text(_OCTODNS.format(folder=folder), "utf-8")
    one = spent([python, "-c", _SYNC, "--config-file", "octodns.yaml"], folder)
    assert "No changes were planned" in one.said, one.said[-2000:]
    return one


def terraform(folder: Path, objects: int) -> Spent | None:
    """None where neither Terraform nor OpenTofu is on the PATH. The state is written as `apply` leaves it, which would take minutes."""
    program = shutil.which("tofu") or shutil.which("terraform")
    if program is None:
        print("NOT MEASURED: neither tofu nor terraform is on the PATH")
        return None
    named = [f"r{n:06}" for n in range(objects)]
    blocks = (f'resource "terraform_data" "{name}" {{\n  input = "{name}"\n}}\n' for name in named)
    (folder / "main.tf").write_text("".join(blocks), "utf-8")
    (folder / "terraform.tfstate").write_text(json.dumps(_state(named)), "utf-8")
    subprocess.run([program, "init", "-input=false"], cwd=folder, check=True, capture_output=True)
    return spent([program, "plan", "-input=false", "-detailed-exitcode", "-lock=false"], folder)


def _state(names: Sequence[str]) -> dict[str, object]:
    return {
        "version": 4,
        "terraform_version": "1.0.0",
        "serial": 1,
        "lineage": "00000000-0000-0000-0000-000000000000",
        "outputs": {},
        "resources": [
            {
                "mode": "managed",
                "type": "terraform_data",
                "name": name,
                "provider": 'provider["terraform.io/builtin/terraform"]',
                "instances": [{"schema_version": 0, "attributes": _attributes(name)}],
            }
            for name in names
        ],
    }


def _attributes(name: str) -> dict[str, object]:
    held = {"value": name, "type": "string"}
    return {"id": f"id-{name}", "input": held, "output": held, "triggers_replace": None}


def main(count: str = "10000") -> dict[str, Spent]:
    """Prints a line each, and how many times as long as ours it took."""
    objects, found = int(count), dict[str, Spent]()
    with tempfile.TemporaryDirectory() as folder:
        found[FIRST], found[NEXT] = ours(Path(folder), objects)
    for name, measure in (("octoDNS", octodns), ("Terraform", terraform)):
        with tempfile.TemporaryDirectory() as folder:
            one = measure(Path(folder), objects)
        if one is not None:
            found[name] = one
    for name, one in found.items():
        to = ", ".join(f"x {one.processor / found[own].processor:.1f}" for own in (FIRST, NEXT))
        print(
            f"{name:23} {objects:,} objects, nothing to do: {one.processor:6.2f} s of the processor, {one.wall:6.2f} s, {to}",
            flush=True,
        )
    return found
