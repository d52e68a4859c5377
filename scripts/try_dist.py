"""Installs each file of a release into an environment of its own, away from the checkout, and does the main job with it; a wheel once more
with the oldest versions that it says it takes.

python scripts/try_dist.py dist/*
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import tomllib
import venv
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
CONSTRAINTS = ROOT / "constraints.txt"
JOB = (
    ("--version",),
    ("init", "--ci", "github"),
    ("validate",),
    ("fmt", "--check"),
    ("plan", "--out", "plan.json", "--format", "html=plan.html"),
    ("apply", "plan.json", "--yes"),
    ("plan", "--exit-code"),
    ("explain", "refused-stale"),
    ("help", "exit-codes"),
    ("help", "overlays"),
    ("completion", "bash"),
)
"""What a person does first: it needs the schemas, the templates, the example workflows, the table of releases and the documents."""
AGENT = """
import sys, anyio
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client

async def main():
    async with Client(stdio_client(StdioServerParameters(command=sys.argv[1], args=["mcp"]))) as client:
        for tool in ("validate", "plan"):
            result = await client.call_tool(tool, {})
            assert not result.is_error, result
anyio.run(main)
"""
"""What an agent does first, with the extra `mcp`."""


def oldest() -> Iterator[str]:
    """The lowest version of each dependency that pyproject.toml allows, as lines of a constraints file."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    for one in project["dependencies"]:
        yield one.replace(">=", "==")


def tried(file: Path, constraints: Path, *, with_agent: bool) -> None:
    """Raises CalledProcessError when the file cannot be installed with these versions, or a command fails. `with_agent`: the extra `mcp` too,
    whose SDK asks for newer versions than the rest does.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        venv.create(folder / "venv", with_pip=True)
        programs = folder / "venv" / ("Scripts" if os.name == "nt" else "bin")
        here = folder / "here"
        here.mkdir()
        environ = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}

        def run(program: str, *words: str) -> None:
            subprocess.run(
                [programs / program, *words], cwd=here, env=environ, check=True, stdout=subprocess.DEVNULL
            )

        def install(what: str) -> None:
            run("python", "-m", "pip", "install", "--quiet", "--constraint", str(constraints), what)

        install(str(file.resolve()))
        for words in JOB:
            run("catalogsync", *words)
        if with_agent:
            install(f"catalogsync[mcp] @ {file.resolve().as_uri()}")
            run("python", "-c", AGENT, str(programs / "catalogsync"))


def main() -> None:
    for file in map(Path, sys.argv[1:]):
        tried(file, CONSTRAINTS, with_agent=True)
        print(f"{file}: installs, does the main job, and serves an agent", flush=True)
        if file.suffix == ".whl":
            with tempfile.TemporaryDirectory() as folder:
                constraints = Path(folder) / "oldest.txt"
                constraints.write_text("\n".join(oldest()), "utf-8")
                tried(file, constraints, with_agent=False)
            print(f"{file}: does so with the oldest versions that it takes", flush=True)


if __name__ == "__main__":
    main()
