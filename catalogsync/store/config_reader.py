"""`catalogsync.yaml` as data, once its schema takes it: what the schema cannot say is judged here, each problem at its place. No I/O."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TypedDict, cast

from catalogsync.codes import CODES, LINT
from catalogsync.core.canon import Json
from catalogsync.core.diagnostics import Path as ValuePath
from catalogsync.manifests import files
from catalogsync.manifests.hints.suggestions import nearest_name
from catalogsync.openmeter.credentials import is_variable, variable_in
from catalogsync.store import addresses
from catalogsync.store.config_text import SEVERITIES, ConfigText
from catalogsync.store.environment import FOLDER, PREFIX, Config, Differences, Environment, PromotionPolicy

_LEVELS = ("error", "warning", "note", "off")


class _Stored(TypedDict, total=False):
    runStore: str
    allowDifferences: Mapping[str, Sequence[str]]


class _Promotion(TypedDict, total=False):
    environment: str
    minHours: int | Decimal
    rehearse: bool


class _Environment(_Stored, total=False):
    url: str | Mapping[str, str]
    api_key: Mapping[str, str]
    prefix: str
    ca_file: str
    overlays: Sequence[str]
    protected: bool
    promoteFrom: str | _Promotion
    fuses: Mapping[str, Json]
    concurrency: int
    timeout: int | Decimal


class _Lint(TypedDict, total=False):
    severity: Mapping[str, str | bool]


class _Config(_Stored, total=False):
    fuses: Mapping[str, Json]
    default: str
    environments: Mapping[str, _Environment]
    lint: _Lint


def config_of(text: ConfigText, path: Path) -> Config:
    """What a text that its schema takes means; further problems are noted in it. Folders and files are meant as seen from `path`, the file's."""
    top = cast("_Config", text.value or {})
    reader = _Reader(text, path.parent, top)
    environments = {
        name: reader.environment(name, said) for name, said in top.get("environments", {}).items()
    }
    reader.check_names(environments)
    default = top.get("default", "")
    severities = reader.severities(top.get("lint", {}).get("severity", {}))
    return Config(environments, default, severities, path, top.get("fuses", {}))


class _Reader:
    def __init__(self, text: ConfigText, folder: Path, top: _Config) -> None:
        self.text, self.folder, self.top = text, folder, top

    def environment(self, name: str, said: _Environment) -> Environment:
        place: ValuePath = ("environments", name)
        prefix = said.get("prefix", PREFIX)
        url, variable = self.url((*place, "url"), said["url"], prefix)
        return Environment(
            name,
            url,
            self.key((*place, "api_key"), said.get("api_key")),
            prefix,
            self.folder / said["ca_file"] if "ca_file" in said else None,
            tuple(files.near(self.folder / one) for one in said.get("overlays", ())),
            variable,
            said.get("protected", False),
            _promotion(said["promoteFrom"]) if "promoteFrom" in said else None,
            {**self.top.get("fuses", {}), **said.get("fuses", {})},
            said.get("concurrency", 16),
            float(said.get("timeout", 60)),
            self.store(said.get("runStore", self.top.get("runStore", FOLDER))),
            _differences(said.get("allowDifferences", self.top.get("allowDifferences"))),
            self.folder,
        )

    def url(self, place: ValuePath, said: str | Mapping[str, str], prefix: str) -> tuple[str, str]:
        """A server's URL, or a sandbox whose file lies beside this one; else the variable that holds it."""
        if not isinstance(said, str):
            if not is_variable(said["env"]):
                hint = f"write {{env: {variable_in(said['env']) or 'NAME'}}}"
                self.text.say((*place, "env"), "this is not the name of a variable", hint)
            return "", said["env"]
        problem = addresses.problem_of(said, prefix)
        if problem is not None:
            self.text.say(place, f"`url` {problem[0]}", problem[1])
        file = said.removeprefix(addresses.SANDBOX)
        return (f"{addresses.SANDBOX}{_shortest(self.folder / file)}" if file not in ("", said) else said), ""

    def key(self, place: ValuePath, said: Mapping[str, str] | None) -> Mapping[str, str] | None:
        if said and "env" in said and not is_variable(said["env"]):
            variable = variable_in(said["env"])
            summary = (
                "`env` takes the name alone"
                if variable
                else "`api_key` must be a reference, not the key itself"
            )
            hint = f"write {{env: {variable or 'NAME'}}}"
            self.text.say((*place, "env") if variable else place, summary, hint)
        return {"file": str(self.folder / said["file"])} if said and "file" in said else said

    def store(self, place: str) -> str:
        """A run store: a URL as it is, a folder as seen from the file."""
        return place if "://" in place else str(self.folder / place)

    def check_names(self, environments: Mapping[str, Environment]) -> None:
        """Each environment that is named is there, and none is promoted from itself, by whatever way round."""
        default = self.top.get("default", "")
        if default:
            self.known(("default",), default, environments)
        for name, one in environments.items():
            place = ("environments", name, "promoteFrom")
            if one.promotion is not None and self.known(place, one.promotion.source, environments):
                way = _way(name, environments)
                if way[-1] == name == min(way):  # a circle is told once
                    summary = f"environment `{name}` would be promoted from itself: {' from '.join(way)}"
                    self.text.say(place, summary, "one environment is where changes are tried first")

    def known(self, place: ValuePath, name: str, environments: Mapping[str, Environment]) -> bool:
        if name not in environments:
            guess = nearest_name(name, environments)
            known = ", ".join(sorted(environments)) or "none"
            hint = f"did you mean `{guess}`?" if guess else f"known environments: {known}"
            self.text.say(place, f"`{place[-1]}` names an environment `{name}` that is not there", hint)
        return name in environments

    def severities(self, said: Mapping[str, str | bool]) -> Mapping[str, str]:
        """Levels by code; a code must be one of lint's, for what the server refuses is refused whatever is written here."""
        known = [code.name for code in LINT]
        levels = {}
        for code, level in said.items():
            if code not in known:
                guess = nearest_name(code, known)
                what = "is a code whose severity cannot be set" if code in CODES else "is not a code of lint"
                hint = (
                    f"did you mean `{guess}`?" if guess else "`catalogsync explain` lists the codes of lint"
                )
                self.text.say((*SEVERITIES, code), f"`{code}` {what}", hint, key=True)
            elif problem := _wrong_level(code, level):
                self.text.say((*SEVERITIES, code), f"`{code}` {problem}")
            else:
                levels[code] = str(level or "off")
        return levels


def _wrong_level(code: str, level: str | bool) -> str:
    """What is wrong with a severity; an unquoted `off` is false to some readers of YAML."""
    said = "off" if level is False else level
    if not isinstance(said, str) or said not in _LEVELS:
        return f"must be one of {', '.join(_LEVELS)}"
    least = CODES[code].at_least
    if least and _LEVELS.index(said) > _LEVELS.index(least):
        return f"may be {' or '.join(_LEVELS[: _LEVELS.index(least) + 1])}, and cannot be turned off"
    return ""


def _promotion(said: str | _Promotion) -> PromotionPolicy:
    if isinstance(said, str):
        return PromotionPolicy(said)
    return PromotionPolicy(said["environment"], float(said.get("minHours", 0)), said.get("rehearse", False))


def _way(name: str, environments: Mapping[str, Environment]) -> list[str]:
    """The environments that lead to one, from it backwards, up to the first that was met already."""
    way = [name]
    while (policy := environments[way[-1]].promotion) is not None and policy.source in environments:
        way.append(policy.source)
        if policy.source in way[:-1]:
            break
    return way


def _differences(said: Mapping[str, Sequence[str]] | None) -> Differences | None:
    return None if said is None else {pattern: tuple(fields) for pattern, fields in said.items()}


def _shortest(path: Path) -> str:
    """A path without `..`, where that is the same file."""
    short = os.path.normpath(path)
    return short if os.path.realpath(short) == os.path.realpath(path) else str(path)
