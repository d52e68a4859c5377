"""The examples of docs/reference/library.md are one program that runs, and what the library offers is what the page shows."""

from __future__ import annotations

import importlib.util
import inspect
import operator
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import catalogsync

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "reference" / "library.md").read_text("utf-8")
EXAMPLES = "\n".join(re.findall(r"(?ms)^```python\n(.*?)^```", PAGE))
OFFERED = [
    "Catalog",
    "CatalogsyncError",
    "Diagnostic",
    "Drift",
    "Export",
    "InvalidCatalog",
    "OpenMeter",
    "Outcome",
    "Plan",
    "Refused",
    "RunReport",
    "TargetError",
    "UsageError",
    "apply",
    "drift",
    "export",
    "plan",
]


def program(text: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """A program in a folder with the example catalog, and an environment that holds a key which nobody handed over."""
    shutil.copytree(ROOT / "examples", folder / "examples")
    (folder / "program.py").write_text(text, "utf-8")
    environment = {
        "PATH": "/usr/bin:/bin",
        "PYTHONPATH": str(ROOT),
        "OPENMETER_URL": "http://127.0.0.1:1",
        "OPENMETER_API_KEY": "nobody handed this over",
    }
    return subprocess.run(
        [sys.executable, "-W", "error", "program.py"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_the_examples_run(tmp_path: Path) -> None:
    ran = program(EXAMPLES, tmp_path)
    assert (ran.returncode, ran.stderr) == (0, ""), ran.stderr
    assert "meter/api_requests" in ran.stdout
    assert "wrong.yaml:3:" in ran.stdout
    assert "refused-other-target" in ran.stdout


def test_the_library_prints_nothing(tmp_path: Path) -> None:
    ran = program(SILENT, tmp_path)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")


def test_what_it_offers_is_pinned() -> None:
    assert catalogsync.__all__ == OFFERED
    assert set(OFFERED) <= set(dir(catalogsync))


@pytest.mark.parametrize("name", OFFERED)
def test_each_name_is_there_and_no_module_hides_it(name: str) -> None:
    assert callable(getattr(catalogsync, name))
    assert inspect.getdoc(getattr(catalogsync, name))
    assert importlib.util.find_spec(f"catalogsync.{name}") is None


def test_a_name_it_does_not_offer_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'drifted'"):
        catalogsync.drifted  # noqa: B018


def test_a_name_stays_what_it_is_whatever_was_imported_before() -> None:
    code = (
        "import catalogsync.app.plan, catalogsync.app.apply, catalogsync.app.export, catalogsync.core.plan, catalogsync.cli.plan\n"
        "from catalogsync import plan, apply, export\n"
        "assert callable(plan) and callable(apply) and callable(export)\n"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, timeout=60)


@pytest.mark.parametrize("name", ["Catalog.load", "OpenMeter", "apply", "drift", "export", "plan"])
def test_the_page_names_every_argument_and_its_default(name: str) -> None:
    offered = operator.attrgetter(name)(catalogsync)
    takes = inspect.signature(offered).parameters.values()
    said = ", ".join(str(one.replace(annotation=one.empty)) for one in takes)
    assert f"`{name}({said})`".replace("'", '"').replace(" = ", "=") in PAGE


def test_it_is_typed() -> None:
    assert (Path(catalogsync.__file__).parent / "py.typed").is_file()


def test_the_environment_s_overlays_are_merged(tmp_path: Path) -> None:
    ran = program(ENVIRONMENTS, tmp_path)
    assert (ran.returncode, ran.stdout) == (0, "one meter\nstaging's meter\nusage\n"), ran.stderr


SILENT = """
from catalogsync import Catalog, OpenMeter, Plan, apply, export, plan

with OpenMeter("sandbox:") as server:
    proposed = plan(Catalog.load("examples/catalog/meters", "examples/catalog/features"), server, rehearsed=True)
    proposed.save("plan.json")
    apply(Plan.load("plan.json"), server)
    export(server).write("exported")
"""


ENVIRONMENTS = """
from pathlib import Path
from catalogsync import Catalog, UsageError

Path("catalog").mkdir()
Path("catalogsync.yaml").write_text("environments: {staging: {url: 'sandbox:', overlays: [staging.yaml]}}")
Path("catalog/meter.yaml").write_text("{kind: meter, slug: m, name: one meter, aggregation: COUNT, eventType: e}")
Path("staging.yaml").write_text("{kind: meter, slug: m, name: staging's meter}")
for environment in (None, "staging"):
    print(next(iter(Catalog.load(environment=environment))).body["name"])
try:
    Catalog.load(environment="stagin")
except UsageError as problem:
    print(problem.code)
"""
