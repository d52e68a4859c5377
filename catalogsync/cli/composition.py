"""What several verbs share: options, the target, output in several formats. The one place that puts the parts together."""

from __future__ import annotations

import datetime
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from catalogsync.app import check
from catalogsync.core.canon import dumps
from catalogsync.core.errors import CatalogsyncError, InvalidCatalog, Refused, UsageError
from catalogsync.core.model import Catalog
from catalogsync.core.plan import Plan, TargetIdentity
from catalogsync.store import config
from catalogsync.store.config import Environment

if TYPE_CHECKING:
    from catalogsync.targets.v1 import Call, Client
    from catalogsync.targets.v1.client import Observer

F = TypeVar("F", bound=Callable[..., Any])
DEFAULT_CATALOG = Path("catalog")


_LOG = "catalogsync.log"


def target_options(function: F) -> F:
    """-e/--env and --url; -v and --log-format, which `client_for` finds in click's context."""

    def kept(ctx: click.Context, _option: click.Parameter, value: str | None) -> None:
        if value:
            ctx.meta[_LOG] = value

    function = click.option(
        "--log-format", type=click.Choice(("text", "json")), callback=kept, expose_value=False,
        help="Show each request on stderr, in this form.",
    )(function)  # fmt: skip
    function = click.option(
        "-v", "verbose", flag_value="text", callback=kept, expose_value=False, is_eager=True,
        help="Show each request on stderr: method, path, status, ms, request id.",
    )(function)  # fmt: skip
    function = click.option("--url", help="A server's URL, or sandbox: or sandbox:FILE.")(function)
    return click.option("-e", "--env", help="An environment of catalogsync.yaml.")(function)


def paths_argument(function: F) -> F:
    """PATH…, by default ./catalog."""
    return click.argument("paths", nargs=-1, type=click.Path(path_type=Path))(function)


def format_option(*names: str) -> Callable[[F], F]:
    """--format NAME or NAME=FILE, repeatable."""

    def check_value(ctx: click.Context, option: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
        for value in values:
            if value.partition("=")[0] not in names:
                raise click.BadParameter(f"{value!r} is none of {', '.join(names)}", ctx, option)
        if sum("=" not in value for value in values) > 1:
            raise click.BadParameter(
                "only one format can go to stdout; give the others as NAME=FILE", ctx, option
            )
        return values or ("text",)

    text = f"One of {', '.join(names)}; NAME=FILE writes to a file; repeatable."
    return click.option("--format", "formats", multiple=True, callback=check_value, help=text)


@dataclass(frozen=True, slots=True)
class Chosen:
    """The catalog's place and the environment it goes to."""

    paths: tuple[Path, ...]
    settings: config.Config
    environment: Environment | None


def choose(paths: Sequence[Path], env: str | None, url: str | None, *, needs_target: bool = True) -> Chosen:
    """Settles paths, configuration and environment. Raises UsageError."""
    places = tuple(paths) or (DEFAULT_CATALOG,)
    settings = config.load(places[0] if places[0].is_dir() else places[0].parent)
    environment = None
    if needs_target or env or url:
        environment = config.choose(settings, env=env, url=url)
    return Chosen(places, settings, environment)


def checked_catalog(chosen: Chosen) -> tuple[Catalog, check.Checked]:
    """The catalog, checked. Raises InvalidCatalog when it holds errors."""
    overlays = chosen.environment.overlays if chosen.environment else ()
    settings = check.LintSettings(chosen.settings.severities, datetime.date.today())
    checked = check.check(chosen.paths, overlays=overlays, settings=settings)
    if any(d.is_error for d in checked.diagnostics):
        raise InvalidCatalog(checked.diagnostics)
    return checked.catalog, checked


def client_for(environment: Environment) -> Client:
    """A client of the environment's server. An embedded one answers in this process."""
    from catalogsync.store import secrets
    from catalogsync.targets.v1 import Client

    transport, url = None, environment.url
    if url.startswith("sandbox:"):
        from catalogsync.sandbox import Sandbox

        file = url.removeprefix("sandbox:")
        if file:
            Path(file).parent.mkdir(parents=True, exist_ok=True)
        transport, url = Sandbox(data=Path(file) if file else None).transport(), "http://sandbox.localhost"
    elif not url.startswith(("http://", "https://")):
        raise UsageError(
            f"{url!r} is no URL of a server", hint="write http://…, https://…, sandbox: or sandbox:FILE"
        )
    key = secrets.resolve(environment.api_key) if environment.api_key else None
    return Client(
        url,
        api_key=key,
        prefix=environment.prefix,
        transport=transport,
        ca_file=environment.ca_file,
        observers=_log(),
    )


def _log() -> list[Observer]:
    """Who shows each request on stderr, if that is asked for. A request's body and headers are never shown."""
    context = click.get_current_context(silent=True)
    form = context.meta.get(_LOG) if context is not None else None

    def as_text(call: Call) -> None:
        status = call.status or "no answer"
        click.echo(f"{call.method} {call.path} {status} {call.milliseconds} ms {call.request_id}", err=True)

    def as_json(call: Call) -> None:
        click.echo(dumps({"event": "request", **asdict(call)}), err=True)

    return [as_json if form == "json" else as_text] if form else []


def environment_of(plan: Plan, saved: Path, env: str | None, url: str | None) -> Environment:
    """Where a saved plan goes: the server it was made for. Another one is refused."""
    if env or url:
        environment = choose((saved,), env, url).environment
        assert environment is not None
        if environment.url.rstrip("/") != plan.target.url.rstrip("/"):
            raise Refused(
                f"the plan was made for {plan.target.url}, not for {environment.url}",
                code="refused-other-target",
                hint="make a plan for that server",
            )
        return environment
    settings = choose((saved,), None, None, needs_target=False).settings
    for environment in settings.environments.values():
        if environment.url.rstrip("/") == plan.target.url.rstrip("/"):
            return environment
    return choose((saved,), None, plan.target.url).environment or Environment("", plan.target.url)


def target_of(client: Client, environment: Environment) -> TargetIdentity:
    """What the plan is bound to: the URL as it was named, and what the server says of itself."""
    version, digest = client.identity()
    return TargetIdentity(environment.url, version, digest, environment.name, environment.prefix)


def journal_for(plan: Plan, saved: Path | None, folder: Path | None) -> Any:
    """The journal of an apply: beside the saved plan, in the folder asked for, or none."""
    from catalogsync.executor.journal import Journal

    if plan.is_empty or (saved is None and folder is None):
        return None
    name = (saved.name if saved is not None else "apply") + ".journal"
    return Journal((folder / name) if folder is not None else saved.with_name(name), plan)  # type: ignore[union-attr]


def write_outputs(formats: Sequence[str], render: Mapping[str, Callable[[bool], str]]) -> None:
    """Renders each asked format: to stdout, or to the file it names. A renderer is told whether colour is wanted."""
    for one in formats:
        name, to_file, file = one.partition("=")
        if not to_file:
            click.echo(render[name](sys.stdout.isatty()), nl=False)
            continue
        try:
            Path(file).write_text(render[name](False), "utf-8")
        except OSError as problem:
            raise CatalogsyncError(
                f"{file} cannot be written: {problem.strerror}", code="file-unwritable"
            ) from problem


def git_revision(path: Path) -> str:
    """The commit that holds the catalog, with `+changes` when the work tree differs; empty outside git."""
    folder = path if path.is_dir() else path.parent
    try:
        head = _git(folder, "rev-parse", "HEAD").strip()
        return head + ("+changes" if _git(folder, "status", "--porcelain", "--", ".").strip() else "")
    except (OSError, subprocess.CalledProcessError):
        return ""


def _git(folder: Path, *words: str) -> str:
    return subprocess.run(
        ["git", "-C", str(folder), *words], check=True, capture_output=True, text=True, timeout=10
    ).stdout


def now() -> str:
    """The present instant, RFC 3339 in UTC to the second."""
    return datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
