"""`catalogsync.yaml`: named environments, lint severities. Found upwards from a folder; every wrong word in it is named."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from catalogsync.core.diagnostics import Diagnostic, in_order
from catalogsync.core.errors import InvalidConfiguration, UsageError
from catalogsync.manifests import files
from catalogsync.manifests.hints.suggestions import nearest_name
from catalogsync.manifests.source import SourceFile
from catalogsync.store import addresses, config_text
from catalogsync.store.config_reader import config_of
from catalogsync.store.config_text import CODE, ConfigText
from catalogsync.store.environment import PREFIX, Config, Environment

NAME = "catalogsync.yaml"
_MEANT = re.compile(r"\.?catalog[-_]?sync\.(?:ya?ml|json)", re.I)


def find(start: Path) -> Path | None:
    """The nearest `catalogsync.yaml` in the folder or above it. Raises UsageError for one whose name is spelt another way."""
    here = start.resolve()
    for folder in (here, *here.parents):
        candidate = folder / NAME
        there = candidate.is_file()
        for path in _misnamed(folder):
            if not (there and path.samefile(candidate)):
                raise UsageError(
                    f"{path} is not read: the configuration is called {NAME}",
                    code="config-misnamed",
                    hint=f"rename it to {NAME}, or remove it",
                )
        if there:
            return candidate
    return None


def _misnamed(folder: Path) -> list[Path]:
    """Files that were meant as the configuration: its name in other letters, with another ending of YAML or JSON."""
    try:
        names = sorted(path.name for path in folder.iterdir())
    except OSError:
        return []
    return [
        folder / name
        for name in names
        if _MEANT.fullmatch(name) and name != NAME and (folder / name).is_file()
    ]


def load(start: Path) -> Config:
    """The configuration for a catalog at `start`. Raises InvalidConfiguration with all that the schema refuses, each with its place; of a file that
    it takes, with all that is wrong besides."""
    path = find(start)
    if path is None:
        return Config()
    said = files.read(path)
    if isinstance(said, Diagnostic):
        raise InvalidConfiguration((replace(said, code=CODE),))
    text = config_text.read(SourceFile(files.shown(files.near(path)), said))
    found = Config(path=path)
    if not text.found and not text.document.empty:
        found = _judged(text, path)
    if text.found:
        raise InvalidConfiguration(in_order(text.found))
    return found


def _judged(text: ConfigText, path: Path) -> Config:
    """What the text means. What is wrong with it is noted in it."""
    if config_text.decide()(text.value):
        return config_of(text, path)
    from catalogsync.store.config_messages import explain

    explain(text)
    return Config(path=path) if text.found else config_of(text, path)


def choose(config: Config, *, env: str | None, url: str | None, environ: Mapping[str, str]) -> Environment:
    """The server meant by the command line, by `OPENMETER_URL` in `environ`, or by the file's default, with its URL. With both, `url` is the
    server: `env` says whose catalog goes there.

    Raises UsageError when there is none.
    """
    if url:
        if url in config.environments:
            hint = f"`{url}` is an environment: write --env {url}"
            raise UsageError("--url is not the URL of a server", hint=hint)
        return by_url(url, environ)
    if env:
        return named(config, env).resolved(environ)
    if environ.get("OPENMETER_URL"):
        return by_url(environ["OPENMETER_URL"], environ, said_by="OPENMETER_URL")
    if config.default:
        return config.environments[config.default].resolved(environ)
    raise UsageError(
        "no server is named",
        hint=f"give --url URL or --env NAME, set OPENMETER_URL, or name a default in {NAME}; --url sandbox: is an embedded one",
    )


def named(config: Config, name: str) -> Environment:
    """The environment of this name; its URL may have to be looked up. Raises UsageError when the file has none."""
    if name in config.environments:
        return config.environments[name]
    if "://" in name or name.startswith(addresses.SANDBOX):
        raise UsageError("--env takes the name of an environment, not a URL", hint="write --url for a URL")
    if f"e{name}" in ("env", "environment"):
        raise UsageError(f"there is no option -e{name}", hint="write --env NAME, with two dashes, or -e NAME")
    if not config.path:
        raise UsageError(
            f"there is no environment {name!r}: no {NAME} is found",
            hint="it is looked for in the folder of the manifests, or here where none are named, and above; run it in your catalog's repository, "
            "or name a server with --url; `catalogsync init` writes a first one",
        )
    guess = nearest_name(name, config.environments)
    known = ", ".join(sorted(config.environments)) or "none"
    hint = f"did you mean `{guess}`?" if guess else f"known environments: {known}"
    raise UsageError(f"there is no environment {name!r} in {files.shown(config.path)}", hint=hint)


def by_url(
    url: str, environ: Mapping[str, str], *, said_by: str = "--url", prefix: str = PREFIX
) -> Environment:
    """A server named by its URL, with the key in OPENMETER_API_KEY if there is one. Raises UsageError, which does not show the URL."""
    problem = addresses.problem_of(url, prefix)
    if problem is not None:
        raise UsageError(f"{said_by} {problem[0]}", hint=problem[1])
    key = {"env": "OPENMETER_API_KEY"} if environ.get("OPENMETER_API_KEY") else None
    return Environment("", url, key, prefix)
