"""`catalogsync.yaml`: named environments, lint severities. Found upwards from the catalog; every wrong word in it is named."""

from __future__ import annotations

import difflib
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from catalogsync.errors import UsageError

NAME = "catalogsync.yaml"
_LEVELS = ("error", "warning", "note", "off")


@dataclass(frozen=True, slots=True)
class Environment:
    """Where a catalog goes. `api_key` is a reference (`{"env": NAME}` or `{"file": PATH}`), never the key itself."""

    name: str
    url: str
    api_key: Mapping[str, str] | None = None
    prefix: str = "/api/v1"
    ca_file: Path | None = None
    overlays: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Config:
    """What the file says; empty without one."""

    environments: Mapping[str, Environment] = field(default_factory=dict)
    default: str = ""
    severities: Mapping[str, str] = field(default_factory=dict)


def find(start: Path) -> Path | None:
    """The nearest `catalogsync.yaml` in the folder or above it."""
    here = start.resolve()
    for folder in (here, *here.parents):
        candidate = folder / NAME
        if candidate.is_file():
            return candidate
    return None


def load(start: Path) -> Config:
    """The configuration for a catalog at `start`. Raises UsageError that names the file and the word that is wrong."""
    path = find(start)
    if path is None:
        return Config()
    try:
        said = yaml.load(path.read_text("utf-8"), Loader=yaml.CSafeLoader)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as problem:
        raise UsageError(f"{path}: cannot be read: {problem}", code="config-invalid") from problem
    return _Reader(path).config(said if said is not None else {})


class _Reader:
    def __init__(self, path: Path) -> None:
        self.path = path

    def fail(self, where: str, what: str, hint: str = "") -> UsageError:
        return UsageError(f"{self.path}: {where}: {what}", code="config-invalid", hint=hint)

    def mapping(self, where: str, value: Any, known: tuple[str, ...] | None = None) -> dict[str, Any]:
        if not isinstance(value, dict) or not all(isinstance(k, str) for k in value):
            raise self.fail(where, "must be a mapping")
        for name in value if known else ():
            if name not in (known or ()):
                near = difflib.get_close_matches(name, known or (), 1)
                raise self.fail(
                    where, f"unknown member {name!r}", f"did you mean {near[0]!r}?" if near else ""
                )
        return value

    def text(self, where: str, value: Any) -> str:
        if not isinstance(value, str) or not value:
            raise self.fail(where, "must be a text")
        return value

    def config(self, said: Any) -> Config:
        top = self.mapping("file", said, ("default", "environments", "lint"))
        environments = {
            name: self.environment(name, value)
            for name, value in self.mapping("environments", top.get("environments", {})).items()
        }
        default = top.get("default", "")
        if default and default not in environments:
            raise self.fail("default", f"there is no environment {default!r}")
        lint = self.mapping("lint", top.get("lint", {}), ("severity",))
        severities = self.mapping("lint.severity", lint.get("severity", {}))
        for code, level in severities.items():
            name = "off" if level is False else level  # YAML reads a bare `off` as false
            if name not in _LEVELS:
                raise self.fail(f"lint.severity.{code}", f"must be one of {', '.join(_LEVELS)}")
        levels = {c: "off" if v is False else str(v) for c, v in severities.items()}
        return Config(environments, str(default), levels)

    def environment(self, name: str, value: Any) -> Environment:
        where = f"environments.{name}"
        said = self.mapping(where, value, ("url", "api_key", "prefix", "ca_file", "overlays"))
        overlays = said.get("overlays", [])
        if not isinstance(overlays, list):
            raise self.fail(f"{where}.overlays", "must be a list of paths")
        key = said.get("api_key")
        if key is not None and (not isinstance(key, dict) or set(key) not in ({"env"}, {"file"})):
            raise self.fail(
                f"{where}.api_key",
                "must be a reference, not the key itself",
                "write {env: NAME} or {file: PATH}",
            )
        beside = self.path.parent
        url = self.text(f"{where}.url", said.get("url"))
        if url.startswith("sandbox:") and url != "sandbox:":
            url = f"sandbox:{beside / url.removeprefix('sandbox:')}"
        return Environment(
            name,
            url,
            key,
            self.text(f"{where}.prefix", said.get("prefix", "/api/v1")),
            beside / said["ca_file"] if said.get("ca_file") else None,
            tuple(beside / self.text(f"{where}.overlays", o) for o in overlays),
        )


def choose(config: Config, *, env: str | None, url: str | None) -> Environment:
    """The environment meant by the command line, `OPENMETER_URL`, or the file's default. Raises UsageError when there is none."""
    key = {"env": "OPENMETER_API_KEY"} if os.environ.get("OPENMETER_API_KEY") else None
    if env and url:
        raise UsageError("say either --env or --url, not both")
    if env:
        if env not in config.environments:
            near = difflib.get_close_matches(env, config.environments, 1)
            known = ", ".join(sorted(config.environments)) or "none"
            hint = f"did you mean {near[0]!r}?" if near else f"known environments: {known}"
            raise UsageError(f"there is no environment {env!r} in {NAME}", hint=hint)
        return config.environments[env]
    if url or os.environ.get("OPENMETER_URL"):
        return Environment("", url or os.environ["OPENMETER_URL"], key)
    if config.default:
        return config.environments[config.default]
    raise UsageError(
        "no server is named",
        hint=f"give --url URL or --env NAME, set OPENMETER_URL, or name a default in {NAME}; --url sandbox: is an embedded one",
    )
