"""`catalogsync.yaml`: named environments, lint severities. Found upwards from a folder; every wrong word in it is named."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from catalogsync.codes import CODES, LINT
from catalogsync.core.diagnostics import SourceRef
from catalogsync.core.errors import UsageError
from catalogsync.store import addresses

NAME = "catalogsync.yaml"
_MEANT = re.compile(r"\.?catalog[-_]?sync\.(?:ya?ml|json)", re.I)
_LEVELS = ("error", "warning", "note", "off")


@dataclass(frozen=True, slots=True)
class Environment:
    """Where a catalog goes. `api_key` is a reference (`{"env": NAME}` or `{"file": PATH}`), never the key itself. `name` is "" for a server
    that was named by its URL.
    """

    name: str
    url: str
    api_key: Mapping[str, str] | None = None
    prefix: str = "/api/v1"
    ca_file: Path | None = None
    overlays: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Config:
    """What the file at `path` says; empty without one."""

    environments: Mapping[str, Environment] = field(default_factory=dict)
    default: str = ""
    severities: Mapping[str, str] = field(default_factory=dict)
    path: Path | None = None


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
    """The configuration for a catalog at `start`. Raises UsageError that names the file, the place and the word that is wrong."""
    path = find(start)
    if path is None:
        return Config()
    try:
        text = path.read_bytes().decode("utf-8-sig")
        tree = yaml.compose(text, Loader=yaml.CSafeLoader)
    except (OSError, UnicodeDecodeError, yaml.YAMLError, RecursionError) as problem:
        raise UsageError(f"{path} cannot be read: {_reason(problem)}", code="config-invalid") from problem
    reader = _Reader(path, text)
    try:
        return reader.config(reader.value(tree, ())) if tree is not None else Config(path=path)
    except RecursionError:
        raise UsageError(f"{path} cannot be read: it is nested too deeply", code="config-invalid") from None


def _reason(problem: Exception) -> str:
    """Why a file cannot be read, without a line of it: that may hold a secret."""
    if isinstance(problem, OSError):
        return problem.strerror or "the system refused"
    if isinstance(problem, UnicodeDecodeError):
        return "it is not UTF-8"
    if isinstance(problem, yaml.MarkedYAMLError) and problem.problem_mark is not None:
        return (
            f"it is not YAML: line {problem.problem_mark.line + 1}, column {problem.problem_mark.column + 1}"
        )
    return "it is not YAML"


Place = tuple[str, ...]
"""The names that lead to a value."""


class _Reader:
    def __init__(self, path: Path, text: str) -> None:
        self.path = path
        self.lines = text.splitlines()
        self.marks: dict[Place, yaml.Mark] = {}
        self.seen: set[int] = set()

    def value(self, node: yaml.Node, place: Place) -> Any:
        """What a node means. Remembers where every member stands, and refuses a name that is written twice."""
        self.marks.setdefault(place, node.start_mark)
        if id(node) in self.seen:
            raise self.fail(place, "is an alias of another value", "write the value out")
        self.seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            return self.members(node, place)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, (*place, str(n))) for n, item in enumerate(node.value)]
        try:
            return yaml.CSafeLoader("").construct_object(node, deep=True)
        except (yaml.YAMLError, ValueError) as problem:
            raise self.fail(place, "cannot be read", "write it in quotes") from problem

    def members(self, node: yaml.MappingNode, place: Place) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, value in node.value:
            here = (*place, str(name.value))
            if not isinstance(name, yaml.ScalarNode):
                raise self.fail(place, "has a name that is no text")
            if here in self.marks:
                self.marks[here] = name.start_mark
                raise self.fail(here, "is written twice", "the second would silently replace the first")
            self.marks[here] = name.start_mark
            found[str(name.value)] = self.value(value, here)
        return found

    def fail(self, place: Place, what: str, hint: str = "") -> UsageError:
        mark = next(self.marks[place[:n]] for n in range(len(place), -1, -1) if place[:n] in self.marks)
        line = self.lines[mark.line] if mark.line < len(self.lines) else ""
        shown = (
            "" if any(sign in line for sign in ("api_key", "@", "?", "#")) else line
        )  # it may hold a secret
        where = SourceRef(
            str(self.path), mark.line + 1, mark.column + 1, shown, len(place[-1]) if place else 1
        )
        name = ".".join(place) or "the file"
        return UsageError(f"{name} {what}", code="config-invalid", hint=hint, where=where)

    def mapping(self, place: Place, value: Any, known: tuple[str, ...] = ()) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise self.fail(place, "must be a mapping")
        for name in value if known else ():
            if name not in known:
                near = difflib.get_close_matches(name, known, 1)
                hint = f"did you mean {near[0]!r}?" if near else f"known here: {', '.join(known)}"
                raise self.fail((*place, name), "is no known member", hint)
        return value

    def text(self, place: Place, value: Any) -> str:
        if not isinstance(value, str) or not value:
            raise self.fail(place, "must be a text")
        return value

    def config(self, said: Any) -> Config:
        top = self.mapping((), said, ("default", "environments", "lint"))
        named = self.mapping(("environments",), top.get("environments", {}))
        environments = {name: self.environment(name, value) for name, value in named.items()}
        default = top.get("default", "")
        if default and default not in environments:
            near = difflib.get_close_matches(str(default), environments, 1)
            hint = f"did you mean {near[0]!r}?" if near else ""
            raise self.fail(("default",), f"names an environment {default!r} that is not there", hint)
        lint = self.mapping(("lint",), top.get("lint", {}), ("severity",))
        return Config(environments, str(default), self.severities(lint.get("severity", {})), self.path)

    def severities(self, value: Any) -> Mapping[str, str]:
        """Levels by code; a code must be one of lint's, for what the server refuses is refused whatever is written here."""
        place = ("lint", "severity")
        said = self.mapping(place, value)
        known = [code.name for code in LINT]
        for code in said:
            if code not in known:
                near = difflib.get_close_matches(code, known, 1)
                what = "is a code whose severity cannot be set" if code in CODES else "is no code"
                hint = f"did you mean {near[0]}?" if near else "catalogsync explain lists the codes of lint"
                raise self.fail((*place, code), what, hint)
        levels = {code: "off" if level is False else level for code, level in said.items()}
        for code, level in levels.items():  # YAML reads a bare `off` as false
            if level not in _LEVELS:
                raise self.fail((*place, code), f"must be one of {', '.join(_LEVELS)}")
            least = CODES[code].at_least
            if least and _LEVELS.index(level) > _LEVELS.index(least):
                allowed = " or ".join(_LEVELS[: _LEVELS.index(least) + 1])
                raise self.fail((*place, code), f"may be {allowed}, and cannot be turned off")
        return levels

    def environment(self, name: str, value: Any) -> Environment:
        place = ("environments", name)
        said = self.mapping(place, value, ("url", "api_key", "prefix", "ca_file", "overlays"))
        overlays = said.get("overlays", [])
        if not isinstance(overlays, list):
            raise self.fail((*place, "overlays"), "must be a list of paths")
        key = said.get("api_key")
        if key is not None and not _is_reference(key):
            hint = "write {env: NAME} or {file: PATH}"
            raise self.fail((*place, "api_key"), "must be a reference, not the key itself", hint)
        beside = self.path.parent
        prefix = self.text((*place, "prefix"), said.get("prefix", "/api/v1"))
        return Environment(
            name,
            self.url((*place, "url"), said.get("url"), prefix),
            {"file": str(beside / key["file"])} if key and "file" in key else key,
            prefix,
            beside / self.text((*place, "ca_file"), said["ca_file"]) if said.get("ca_file") else None,
            tuple(beside / self.text((*place, "overlays", str(n)), one) for n, one in enumerate(overlays)),
        )

    def url(self, place: Place, value: Any, prefix: str) -> str:
        """A server's URL, or a sandbox whose file lies beside this one."""
        url = self.text(place, value)
        problem = addresses.problem_of(url, prefix)
        if problem is not None:
            raise self.fail(place, *problem)
        file = url.removeprefix(addresses.SANDBOX)
        return f"{addresses.SANDBOX}{self.path.parent / file}" if file not in ("", url) else url


def _is_reference(key: Any) -> bool:
    if not isinstance(key, dict) or set(key) not in ({"env"}, {"file"}):
        return False
    return all(isinstance(name, str) and name for name in key.values())


def choose(config: Config, *, env: str | None, url: str | None, environ: Mapping[str, str]) -> Environment:
    """The environment meant by the command line, by `OPENMETER_URL` in `environ`, or by the file's default.

    Raises UsageError when there is none.
    """
    if env and url:
        raise UsageError("say either --env or --url, not both")
    if env:
        return named(config, env)
    if url:
        return by_url(url, environ)
    if environ.get("OPENMETER_URL"):
        return by_url(environ["OPENMETER_URL"], environ, said_by="OPENMETER_URL")
    if config.default:
        return config.environments[config.default]
    raise UsageError(
        "no server is named",
        hint=f"give --url URL or --env NAME, set OPENMETER_URL, or name a default in {NAME}; --url sandbox: is an embedded one",
    )


def named(config: Config, name: str) -> Environment:
    """The environment of this name. Raises UsageError when the file has none."""
    if name in config.environments:
        return config.environments[name]
    near = difflib.get_close_matches(name, config.environments, 1)
    known = ", ".join(sorted(config.environments)) or "none"
    hint = f"did you mean {near[0]!r}?" if near else f"known environments: {known}"
    raise UsageError(f"there is no environment {name!r} in {config.path or NAME}", hint=hint)


def by_url(
    url: str, environ: Mapping[str, str], *, said_by: str = "--url", prefix: str = "/api/v1"
) -> Environment:
    """A server named by its URL, with the key in OPENMETER_API_KEY if there is one. Raises UsageError, which does not show the URL."""
    problem = addresses.problem_of(url, prefix)
    if problem is not None:
        raise UsageError(f"{said_by} {problem[0]}", hint=problem[1])
    key = {"env": "OPENMETER_API_KEY"} if environ.get("OPENMETER_API_KEY") else None
    return Environment("", url, key, prefix)
