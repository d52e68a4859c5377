"""Which files and which server a command means, and the one server that a saved plan may be applied to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from catalogsync.app.runtime import Runtime
from catalogsync.core.errors import Refused, UsageError
from catalogsync.core.plan import Plan, TargetIdentity
from catalogsync.manifests import files
from catalogsync.store import addresses, config
from catalogsync.store.environment import Config, Environment

DEFAULT_CATALOG = files.DEFAULT


@dataclass(frozen=True, slots=True)
class Target:
    """What the command line says of the server: an environment's name, a URL, neither, or both (that environment's catalog, on the server of
    the URL).
    """

    env: str | None = None
    url: str | None = None

    @classmethod
    def called(cls, name: str) -> Target:
        """The server that a word means: by its URL, else an environment by its name."""
        return cls(url=name) if addresses.is_url(name) else cls(env=name)


@dataclass(frozen=True, slots=True)
class Chosen:
    """The catalog's place, its configuration, and the environment whose catalog it is (None when none was asked for)."""

    paths: tuple[Path, ...]
    settings: Config
    environment: Environment | None = None

    @property
    def overlays(self) -> tuple[Path, ...]:
        return self.environment.overlays if self.environment else ()

    @property
    def elsewhere(self) -> tuple[Path, ...]:
        """The overlays of other environments."""
        return tuple(
            path
            for name, one in self.settings.environments.items()
            if self.environment is None or name != self.environment.name
            for path in one.overlays
        )


def choose_catalog(paths: Sequence[Path], env: str | None = None) -> Chosen:
    """Paths (./catalog without any) and the configuration found upwards from the first. Raises UsageError."""
    places = tuple(paths) or (DEFAULT_CATALOG,)
    settings = _settings(places)
    return Chosen(places, settings, config.named(settings, env) if env else None)


def choose(paths: Sequence[Path], target: Target, runtime: Runtime) -> tuple[Chosen, Environment]:
    """The same with the server: by the target, else `OPENMETER_URL`, else the configuration's default. Raises UsageError."""
    places = tuple(paths) or (DEFAULT_CATALOG,)
    settings = _settings(places)
    environment = config.choose(settings, env=target.env, url=target.url, environ=runtime.environ)
    whose = config.named(settings, target.env) if target.env else environment
    fuses = whose.fuses if whose.name else settings.fuses
    return Chosen(places, settings, whose), replace(environment, fuses=fuses)


def _settings(places: Sequence[Path]) -> Config:
    """The configuration found upwards from the first path. Raises UsageError for a path that is none, and the name of an environment."""
    settings = config.load(_folder(places[0]))
    for path in places:
        name = str(path)
        if name in settings.environments and not path.exists():
            raise UsageError(
                f"{name} is an environment, and there is no file or folder of this name",
                hint=f"write -e {name}",
            )
    return settings


def refuse_missing_sandbox(environment: Environment) -> None:
    """For who only reads: a missing file is not an empty server. Raises UsageError where the server is the file of a sandbox that is not there."""
    file = environment.url.removeprefix(addresses.SANDBOX)
    if environment.url.startswith(addresses.SANDBOX) and file and not Path(file).is_file():
        raise UsageError(
            f"{file} does not exist: there is no sandbox to read",
            code="sandbox-missing",
            hint=f"correct the URL in catalogsync.yaml, or make the sandbox first: `catalogsync apply --url {environment.url}`",
        )


def _folder(path: Path) -> Path:
    return path if path.is_dir() else path.parent


def of_plan(plan: Plan, saved: Path, target: Target, runtime: Runtime) -> Environment:
    """Where a saved plan goes: the environment that it was made for, by its name, or the URL when it was made for one.

    The environment is looked for in the `catalogsync.yaml` found upwards from the current folder, then in the one found upwards from the
    plan's. Raises Refused, before any call, when it is not there or has another URL or prefix, or when the target names something else.
    """
    bound = plan.target
    if bound.environment:
        _refuse_unless(target.env in (None, bound.environment), bound, f"environment {target.env}")
        _refuse_unless(target.url is None, bound, "a URL")
        environment = by_name(bound.environment, saved).resolved(runtime.environ)
    else:
        _refuse_unless(target.env is None, bound, f"environment {target.env}")
        environment = config.by_url(target.url or bound.url, runtime.environ)
    refuse_elsewhere(bound, environment)
    return environment


def refuse_elsewhere(bound: TargetIdentity, environment: Environment) -> None:
    """Raises Refused when an environment is not the one that a plan is bound to: another name, URL or prefix."""
    if environment.name != bound.environment:
        other = f"environment {environment.name}" if environment.name else environment.url
        _refuse_unless(False, bound, other)
    _refuse_unless(addresses.same(environment.url, bound.url), bound, _shown(environment, environment.url))
    same_prefix = environment.prefix.strip("/") == bound.prefix.strip("/")
    _refuse_unless(
        same_prefix, bound, _shown(environment, f"prefix {environment.prefix}"), f", prefix {bound.prefix}"
    )


def _shown(environment: Environment, what: str) -> str:
    return f"environment {environment.name} with {what}" if environment.name else what


def _refuse_unless(fits: bool, bound: TargetIdentity, other: str, more: str = "") -> None:
    if fits:
        return
    made_for = f"environment {bound.environment} ({bound.url})" if bound.environment else bound.url
    raise Refused(
        f"the plan was made for {made_for}{more}, not for {other}; nothing was called",
        code="refused-other-target",
        hint="make a plan for the server that is meant",
    )


def by_name(name: str, saved: Path) -> Environment:
    """The environment of a saved plan, or one that its configuration names, found as `of_plan` does. Raises Refused when it is not there."""
    here, beside = Path(), saved.parent
    for folder in (here, beside):
        settings = config.load(folder)
        if name in settings.environments:
            return settings.environments[name]
    raise Refused(
        f"the plan was made for environment {name}, which is in no {config.NAME} from {here.resolve()} upwards, nor from "
        f"{beside.resolve()} upwards; nothing was called",
        code="refused-no-environment",
        hint=f"run it from a folder below the {config.NAME} that names {name}",
    )
