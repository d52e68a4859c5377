"""The door: one module per verb, loaded when it is called; the one place where errors become words and exit codes."""

from __future__ import annotations

import importlib
import keyword
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from catalogsync import __version__
from catalogsync.cli import streams
from catalogsync.cli.groups import Group
from catalogsync.core.errors import CatalogsyncError, Interrupted, InvalidCatalog, InvalidConfiguration

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]
"""httpx's own program, which httpx loads with all of rich where that is installed, and nobody here calls."""

VERBS = {
    "validate": "Check manifests as the server would, offline.",
    "plan": "Show what would be done, in order, and why.",
    "show": "Show a saved plan, or a catalog with its overlays merged.",
    "apply": "Carry out a plan.",
    "promote": "Bring what is proven on one environment to another.",
    "history": "List the runs of an environment.",
    "unlock": "Take an environment's lock away from a lost run.",
    "doctor": "Say what is the matter with a server.",
    "export": "Write live objects as manifests.",
    "drift": "Say who moved, the files or the live objects.",
    "diff": "Compare two catalogs without a server.",
    "try": "Say what meters would have counted.",
    "quote": "Show a customer's bill for one billing period.",
    "fmt": "Rewrite manifests in one style.",
    "explain": "Tell the whole story of a code.",
    "init": "Write a small catalog to start from.",
    "schema": "Draw or check the manifest schemas.",
    "sandbox": "Run an embedded OpenMeter.",
    "mcp": "Serve validate, plan, explain, quote and drift to an agent.",
    "help": "Show a page of the documents: exit codes, variables, overlays …",
    "completion": "Make a shell complete what you type.",
}
"""The verbs in the order of the help page, with their one-line help: the page is shown without loading any of them."""


class _Context(click.Context):
    def make_formatter(self) -> click.HelpFormatter:
        """As wide as the terminal, which the system is asked: `shutil`, whom click asks, takes longer to load than all of our own modules."""
        try:
            width = int(os.environ.get("COLUMNS", "0")) or os.get_terminal_size().columns
        except (ValueError, OSError):
            width = 80
        return click.HelpFormatter(width=max(min(width, 80) - 2, 50))


class _Verbs(Group):
    context_class = _Context

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in VERBS:
            return None
        module = f"{cmd_name}_" if keyword.iskeyword(cmd_name) else cmd_name
        command = importlib.import_module(f"catalogsync.cli.{module}").command
        assert isinstance(command, click.Command)
        return streams.keep_flags(command)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        from click.shell_completion import CompletionItem

        verbs = [
            CompletionItem(verb, help=text) for verb, text in VERBS.items() if verb.startswith(incomplete)
        ]
        return verbs or click.Command.shell_complete(self, ctx, incomplete)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Verbs"):
            formatter.write_dl(list(VERBS.items()))


@click.group(cls=_Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="catalogsync")
def group() -> None:
    """Keep an OpenMeter billing catalog in git: check it, plan what a live server lacks, apply that plan."""


streams.keep_flags(group)


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs a verb and exits with its code (0 done · 1 failed · 2 changes pending · 3 refused · 4 incomplete · 64 usage · 130)."""
    code = run(arguments)
    streams.settle_stderr()
    sys.exit(code)


def run(arguments: Sequence[str] | None = None) -> int:
    """Runs a verb; gives the exit code. A stdout that could not be written makes a success a failure."""
    streams.prepare()
    streams.begin()
    code = _ran(arguments)
    try:
        streams.end()
    except CatalogsyncError as problem:
        return _ended(problem) if code == 0 else code
    return code


def _ran(arguments: Sequence[str] | None) -> int:
    try:
        result: object = group.main(
            args=list(arguments) if arguments is not None else None,
            prog_name="catalogsync",
            standalone_mode=False,
        )
        return result if isinstance(result, int) else 0
    except (InvalidCatalog, InvalidConfiguration) as problem:
        return _invalid(problem)
    except CatalogsyncError as problem:
        return _ended(problem)
    except click.exceptions.Exit as done:
        return done.exit_code
    except (click.Abort, KeyboardInterrupt):
        return _ended(
            Interrupted(
                "stopped by Ctrl-C", hint="no step of a plan was under way: run the same command again"
            )
        )
    except click.ClickException as problem:
        return _misused(problem)
    except BrokenPipeError as problem:
        streams.lose(problem)
        return 0
    except SystemExit as done:
        return _exited(done)
    except Exception as problem:  # a traceback could show a secret
        from catalogsync.core import failures

        return _ended(failures.expected(problem))


def _exited(done: SystemExit) -> int:
    if (
        type(sys.stdout).__name__ == "_PacifyFlushWrapper"
    ):  # click's own way out when a page of help has no reader
        streams.lose(BrokenPipeError())
        return 0
    return done.code if isinstance(done.code, int) else 1


def _misused(problem: click.ClickException) -> int:
    """Says what is wrong with a command line; one without a word gets the page of help."""
    from catalogsync.cli import usage_errors

    if type(problem).__name__ == "NoArgsIsHelpError":  # which click has since 8.2
        streams.always(problem.format_message())
        return 64
    return _ended(usage_errors.of_click(problem))


def _invalid(problem: InvalidCatalog | InvalidConfiguration) -> int:
    from catalogsync.cli import screen

    screen.say(problem.diagnostics)
    return problem.exit_code


def _ended(problem: CatalogsyncError) -> int:
    """Says why a run ended; gives its exit code."""
    from catalogsync.cli import screen
    from catalogsync.core.diagnostics import Diagnostic, Severity
    from catalogsync.render import findings_text

    summary, *more = problem.message.split("\n")
    said = Diagnostic(problem.code, Severity.ERROR, summary, problem.where, "", problem.hint)
    text = findings_text.render_one(said, screen.paint(sys.stderr), more)
    streams.always(text, nl=False)
    return problem.exit_code
