"""`plan` and `apply` for many environments: the options, the progress, the summary, the exit code."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec, TypeVar

import click

from catalogsync.app import many, many_saved, side_by_side
from catalogsync.app.plan_request import PlanRequest
from catalogsync.app.runtime import Runtime
from catalogsync.app.side_by_side import Ended, Result, Watch, Wide
from catalogsync.cli import outputs, streams
from catalogsync.cli.carrying import ask
from catalogsync.cli.signals import stop_asked
from catalogsync.core.diagnostics import on_one_line
from catalogsync.core.errors import UsageError
from catalogsync.core.wording import counted, first_few
from catalogsync.render import many_json, many_text

P = ParamSpec("P")
R = TypeVar("R")
Verb = Callable[[Watch], tuple[Result, ...]]
_META = "catalogsync.wide"
_FEW = 5
"""How many environments a question names."""
if TYPE_CHECKING:
    _Pair = click.ParamType[tuple[int, int]]
else:
    _Pair = click.ParamType  # an older click's takes no type


def wide_options(function: Callable[P, R]) -> Callable[P, R]:
    """--shard K/N, --canary N and --workers N, which `asked` finds in click's context."""

    def kept(ctx: click.Context, option: click.Parameter, value: str | int | None) -> None:
        if value is not None:
            ctx.meta.setdefault(_META, {})[option.name] = value

    for name, kind, metavar, text in (
        ("--workers", click.IntRange(1, 64), "N", "With -e PATTERN: so many environments at once; 4 if not said."),
        ("--canary", click.IntRange(min=1), "N", "With -e PATTERN: so many first; after the first that is not good none is begun."),
        ("--shard", _Shard(), "K/N", "With -e PATTERN: the K-th of N parts of the environments."),
    ):  # fmt: skip
        function = click.option(name, type=kind, metavar=metavar, callback=kept, expose_value=False, help=text)(function)  # fmt: skip
    return function


class _Shard(_Pair):
    name = "shard"

    def convert(
        self, value: str | tuple[int, int], param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, int]:
        """K/N as two numbers."""
        if isinstance(value, tuple):
            return value
        first, _, count = value.partition("/")
        if not (first.isdecimal() and count.isdecimal() and 1 <= int(first) <= int(count)):
            self.fail(f"{value!r} is not K/N with K from 1 to N", param, ctx)
        return int(first), int(count)


def asked(env: str | None, url: str | None) -> Wide | None:
    """What is asked of many environments; None when -e names one. Raises UsageError for options that need a pattern."""
    said = click.get_current_context().meta.get(_META, {})
    if env is None or not side_by_side.is_pattern(env):
        if said:
            raise UsageError(f"--{next(iter(said))} needs -e PATTERN", hint="for instance -e 'tenant-*'")
        return None
    return _asked(env, url)


def asked_of_plans(env: str | None, url: str | None) -> Wide:
    """What is asked of a folder of saved plans: all of them without -e."""
    return _asked("*" if env is None else env, url)


def _asked(env: str, url: str | None) -> Wide:
    if url is not None:
        raise UsageError("--url names one server, here many are meant", hint="leave it out")
    said = click.get_current_context().meta.get(_META, {})
    return Wide(env, said.get("shard", (1, 1)), said.get("canary", 0), said.get("workers", 4))


def only_alone(**given: object) -> None:
    """Raises UsageError for options that are about one environment."""
    for name, value in given.items():
        if value:
            flag = name.replace("_", "-")
            raise UsageError(f"--{flag} is about one environment, -e PATTERN names many", hint="name one")


def planned(
    paths: Sequence[Path],
    wide: Wide,
    runtime: Runtime,
    formats: Sequence[str],
    request: PlanRequest,
    out: Path | None,
    *,
    exit_code: bool,
) -> int:
    """Plans for many, shows what they come to, saves the plans in the folder `out`; gives the exit code."""
    if out == Path("-"):
        raise UsageError(
            "many plans do not fit on stdout", hint="--out FOLDER gets a file for each environment"
        )
    results, stopped = _run(lambda watch: many.plan(paths, wide, runtime, watch, request, out), formats)
    pending = any(one.ended is Ended.PLANNED for one in results)
    if out is not None:
        saved = sum(one.ended.is_good for one in results)
        streams.talk(f"saved: {counted(saved, 'plan')} in {out}")
    return _bad(results, stopped) or (2 if exit_code and pending else 0)


def applied(
    paths: Sequence[Path],
    wide: Wide,
    runtime: Runtime,
    formats: Sequence[str],
    request: PlanRequest,
    *,
    yes: bool,
) -> int:
    """Applies for many, shows what became of them; gives the exit code."""
    if not yes:
        said = f"Apply to all environments {on_one_line(wide.pattern)} without seeing their plans?"
        ask(said, "not applied", "apply without asking")
    return _bad(*_run(lambda watch: many.apply(paths, wide, runtime, watch, request), formats))


def applied_saved(
    folder: Path,
    wide: Wide,
    runtime: Runtime,
    formats: Sequence[str],
    *,
    yes: bool,
    max_age: float | None,
    unproven: bool,
) -> int:
    """Carries out a folder of saved plans, shows what became of them; gives the exit code."""
    files = many_saved.chosen(folder, wide)
    if not yes:
        many_saved.look(
            files, lambda one: streams.always(many_text.whole(one, color=streams.color(sys.stderr)))
        )
        ask(
            f"Apply {'this plan' if len(files) == 1 else f'these {len(files)} plans'} to {on_one_line(first_few(tuple(files), _FEW))}?",
            "not applied",
            "apply without asking",
        )

    def verb(watch: Watch) -> tuple[Result, ...]:
        return many_saved.apply(files, wide, runtime, watch, max_age=max_age, unproven=unproven)

    return _bad(*_run(verb, formats))


def _run(verb: Verb, formats: Sequence[str]) -> tuple[tuple[Result, ...], bool]:
    outputs.only_text_or_json(formats, "many environments have")
    color = streams.color(sys.stderr)
    with stop_asked() as stop:
        results = verb(Watch(lambda one: streams.talk(many_text.line(one, color=color)), stop))
        stopped = stop.is_set()
    outputs.write_text_or_json(
        formats,
        lambda color: many_text.summary(results, color=color),
        lambda: many_json.to_json(results),
    )
    return results, stopped


def _bad(results: Sequence[Result], stopped: bool) -> int:
    """130 when the person stopped it, 4 when something failed, 3 when something was refused or not tried, else 0."""
    ended = {one.ended for one in results}
    if stopped and Ended.NOT_TRIED in ended:
        return 130
    if Ended.FAILED in ended:
        return 4
    return 3 if ended & {Ended.REFUSED, Ended.NOT_TRIED} else 0
