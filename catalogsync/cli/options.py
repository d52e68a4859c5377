"""Options that several verbs share, and what they mean: the target, the log, the formats of the output (`outputs` writes them)."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from catalogsync.cli import candidates, streams
from catalogsync.core.canon import dumps
from catalogsync.core.diagnostics import on_one_line
from catalogsync.core.errors import UsageError
from catalogsync.render.formats import FORMATS

if TYPE_CHECKING:
    from catalogsync.app.runtime import Runtime
    from catalogsync.targets.v1 import Call

F = TypeVar("F", bound=Callable[..., object])
_LOG, _DEFAULTED = "catalogsync.log", "catalogsync.format-defaulted"


def target_options(function: F) -> F:
    """-e/--env and --url; -v and --log-format, which `runtime` finds in click's context."""

    def kept(ctx: click.Context, _option: click.Parameter, value: str | None) -> None:
        if value:
            ctx.meta[_LOG] = value

    function = click.option(
        "--log-format",
        type=click.Choice(("text", "json")),
        callback=kept,
        expose_value=False,
        help="Show each request on stderr, in this form.",
    )(function)
    function = click.option(
        "-v",
        "verbose",
        flag_value="text",
        callback=kept,
        expose_value=False,
        is_eager=True,
        help="Show each request on stderr: method, path, status, ms, request id.",
    )(function)
    function = click.option(
        "--url", metavar="URL", callback=_not_empty, help="A server's URL, or sandbox: or sandbox:FILE."
    )(function)
    return env_option("An environment of catalogsync.yaml.")(function)


def env_option(text: str) -> Callable[[F], F]:
    """-e/--env, completed with the names that there are."""
    return click.option(
        "-e",
        "--env",
        metavar="NAME",
        callback=_not_empty,
        help=text,
        shell_complete=candidates.environment,
    )


def _not_empty(_ctx: click.Context, option: click.Parameter, value: str | None) -> str | None:
    """The value as it is. Raises UsageError for an empty one: a variable that is not set must not mean the default server."""
    if value is not None and not value.strip():
        raise UsageError(
            f"{max(option.opts, key=len)} is empty",
            hint="is it a variable that is not set? Leave the option out for the default",
        )
    return value


def paths_argument(function: F) -> F:
    """PATH…, by default ./catalog."""
    return click.argument("paths", nargs=-1, type=click.Path(path_type=Path))(function)


def unproven_option(function: F) -> F:
    """--unproven, of a plan that is there."""
    return click.option("--unproven", is_flag=True, help="Continue with a plan that failed its rehearsal.")(
        function
    )


def plan_unproven_option(function: F) -> F:
    """--unproven, of a plan that is to be made."""
    return click.option(
        "--unproven",
        is_flag=True,
        help="Plan what is not proven on the environment of promoteFrom, which the plan then says; continue with one that failed its rehearsal.",
    )(function)


def recreate_option(function: F) -> F:
    """--recreate KIND/KEY."""
    return click.option(
        "--recreate",
        multiple=True,
        metavar="KIND/KEY",
        shell_complete=candidates.reference,
        help="Allow this object to be removed and created again where it cannot be changed.",
    )(function)


def keep_option(function: F) -> F:
    """--keep KIND/KEY=ID."""
    return click.option(
        "--keep",
        multiple=True,
        metavar="KIND/KEY=ID",
        shell_complete=candidates.reference,
        help="Of several live objects that carry one key, keep this one and delete the others.",
    )(function)


def against_option(function: F) -> F:
    """--against SOURCE."""
    return click.option(
        "--against",
        metavar="git:REV",
        help="The catalog that was last applied, instead of what the run store knows: git:REV, or a path.",
    )(function)


def prune_options(function: F) -> F:
    """--prune and --against SOURCE."""
    function = click.option(
        "--prune", is_flag=True,
        help="Remove too what was applied before and the files have no longer; nothing else that is live.",
    )(function)  # fmt: skip
    return against_option(function)


def only_option(function: F) -> F:
    """--only KIND/KEY."""
    return click.option(
        "--only",
        multiple=True,
        metavar="KIND/KEY",
        help="Only these objects, with what they need; plan/* means all plans. Repeatable.",
    )(function)


def impact_option(function: F) -> F:
    """--no-impact."""
    return click.option(
        "--no-impact",
        "impact",
        is_flag=True,
        callback=lambda _ctx, _option, no: not no,
        help="Do not ask the server which customers the plan touches.",
    )(function)


def usage_from_option(function: F) -> F:
    """--usage-from ENV: the customers that a changed price is shown for."""
    return click.option(
        "--usage-from",
        metavar="ENV",
        shell_complete=candidates.environment,
        help="As --usage, with last month's totals by subject, read from the meters of an environment, or of a URL.",
    )(function)


def review_options(function: F) -> F:
    """--at FEATURE=N[,N…] and --usage FILE: what a changed price is shown for."""
    function = click.option(
        "--usage",
        type=click.Path(path_type=Path),
        metavar="FILE.csv",
        help="Show what customers would pay: columns customer, feature, quantity (of one billing period).",
    )(function)
    return click.option(
        "--at",
        multiple=True,
        metavar="FEATURE=N[,N…]",
        shell_complete=candidates.key_of("feature", "="),
        help="Show changed prices at these quantities too; repeatable.",
    )(function)


def events_options(function: F) -> F:
    """--events FILE and --events-from ENV: what new and changed meters are tried on."""
    function = click.option(
        "--events-from",
        metavar="ENV",
        shell_complete=candidates.environment,
        help="The same with the newest events of an environment's server, or of a URL.",
    )(function)
    return click.option(
        "--events",
        metavar="FILE",
        help="Show what new and changed meters would have counted: CloudEvents, as `try` takes them.",
    )(function)


def format_option(*names: str) -> Callable[[F], F]:
    """--format NAME or NAME=FILE, repeatable; `-` is stdout. Without names: every format there is (`render.formats`)."""
    names = names or tuple(FORMATS)

    def check_value(ctx: click.Context, option: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
        for value in values:
            name, named, file = value.partition("=")
            if name not in names:
                several = "; one at a time, the option is repeated for several" if "," in value else ""
                raise click.BadParameter(f"{value!r} is none of {', '.join(names)}{several}", ctx, option)
            if named and not file:
                raise click.BadParameter(f"{value!r} names no file", ctx, option)
        cleaned = tuple(value.removesuffix("=-") for value in values)
        if sum("=" not in value for value in cleaned) > 1:
            raise click.BadParameter(
                "only one format can go to stdout; give the others as NAME=FILE", ctx, option
            )
        ctx.meta[_DEFAULTED] = not values
        return cleaned or ("text",)

    text = f"One of {', '.join(names)}; with =FILE written to a file; repeatable."
    return click.option(
        "--format",
        "formats",
        metavar="NAME[=FILE]",
        multiple=True,
        callback=check_value,
        help=text,
        shell_complete=candidates.one_of(names),
    )


def without_stdout(formats: tuple[str, ...], what: str) -> tuple[str, ...]:
    """The formats when stdout belongs to something else: none where none was asked for. Raises UsageError for one that goes there too."""
    context = click.get_current_context()
    if context.meta.get(_DEFAULTED):
        return ()
    if any("=" not in one for one in formats):
        raise click.UsageError(f"{what} and --format both go to stdout; give the format as NAME=FILE")
    return formats


def runtime() -> Runtime:
    """What the use cases may know of this process: its environment, the clock, who shows each request."""
    from catalogsync.app.runtime import Runtime

    context = click.get_current_context(silent=True)
    form = context.meta.get(_LOG) if context is not None else None
    observers = ((_log_json if form == "json" else _log_text),) if form else ()
    return Runtime(os.environ, observers=observers, say=streams.talk)


def _log_text(call: Call) -> None:
    status = call.status or "no answer"
    path = on_one_line(call.path)  # it holds ids, which are the server's words
    streams.always(f"{call.method} {path} {status} {call.milliseconds} ms {call.request_id}")


def _log_json(call: Call) -> None:
    streams.always(dumps({"event": "request", **asdict(call)}))
