"""A command line that cannot be used, in the layout of every other error: what is wrong, and what to write instead."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator

import click

from catalogsync.core.errors import UsageError

_ALIKE = 0.7
"""How alike a word has to be to be meant: `--into` is not `--quiet`."""


def of_click(problem: click.ClickException) -> UsageError:
    """What click refused, in our words."""
    context: click.Context | None = getattr(problem, "ctx", None)
    command = context.command_path if context is not None else "catalogsync VERB"
    help_ = f"`{command} --help` shows what it takes"
    if context is not None and isinstance(context.command, click.Group):
        help_ += "; the options of a verb come after it"
    match problem:
        case click.NoSuchOption():
            near = _option(problem.option_name, tuple(_options(context)))
            return UsageError(f"there is no option {problem.option_name}", hint=near or help_)
        case click.MissingParameter():
            return UsageError(f"{_name(problem.param)} is missing", hint=help_)
        case click.BadParameter():
            return UsageError(f"{_name(problem.param)}: {_bad_value(problem)}", hint=help_)
    return UsageError(_sentence(problem.format_message()), hint=help_)


def no_such(what: str, word: str, known: Iterable[str], context: click.Context) -> UsageError:
    """A word that is none of those known."""
    names = tuple(known)
    other = _OTHER_VERBS.get(word, "")
    there = other.startswith("-") or other.partition(" ")[0] in names
    near = f"did you mean `{other}`?" if other and there else _nearest(word, names)
    return UsageError(f"there is no {what} {word}", hint=near or f"`{context.command_path} --help` lists all")


def _nearest(word: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(word, list(known), 2, _ALIKE)
    return f"did you mean {' or '.join(f'`{one}`' for one in near)}?" if near else ""


_OTHER_OPTIONS = {
    "--environment": "--env", "--target": "--env", "--profile": "--env", "--server": "--url", "--host": "--url", "--endpoint": "--url",
    "--output": "--out", "-o": "--out", "--auto-approve": "--yes", "--approve": "--yes", "-y": "--yes", "--json": "--format json",
    "--output-format": "--format", "--targets": "--only", "--filter": "--only", "--select": "--only",
}  # fmt: skip
"""What other tools call an option."""
_OTHER_VERBS = {
    "version": "--version", "lint": "validate", "check": "validate", "format": "fmt", "dump": "export", "pull": "export", "import": "export",
    "sync": "apply", "push": "apply", "deploy": "apply", "preview": "plan", "status": "drift", "runs": "history", "log": "history",
    "serve": "sandbox serve", "price": "quote",
}  # fmt: skip
"""What other tools call a verb."""


def _option(word: str, known: tuple[str, ...]) -> str:
    """The option that was meant: called so elsewhere, written in full where it is short here, or spelt nearly so."""
    if " " in word:
        return "an option and its value are two words: write them apart (in the action's input `options`, each on a line of its own)"
    if word == "--dry-run":
        return "`catalogsync plan` is the dry run: it writes nothing to a server"
    other = _OTHER_OPTIONS.get(word, "")
    if other.partition(" ")[0] in known:
        return f"did you mean `{other}`?"
    return _nearest(word, known)


def _options(context: click.Context | None) -> Iterator[str]:
    for one in context.command.params if context is not None else ():
        if isinstance(one, click.Option):
            yield from (*one.opts, *one.secondary_opts)
    yield "--help"


def _name(parameter: click.Parameter | None) -> str:
    """`--plan`, or `FROM` for an argument."""
    if isinstance(parameter, click.Option):
        return max(parameter.opts, key=len)
    return parameter.human_readable_name if parameter is not None else "a value"


def _bad_value(problem: click.BadParameter) -> str:
    said = _sentence(problem.message)
    kind = problem.param.type if problem.param is not None else None
    if isinstance(kind, click.Choice):
        word = said.partition(" is not ")[0]
        return f"{word} is none of {', '.join(map(str, kind.choices))}"
    for theirs, ours in (
        ("integer range", "whole number"),
        ("integer", "whole number"),
        ("float range", "number"),
        ("float", "number"),
    ):
        said = said.replace(f"is not a valid {theirs}", f"is not a {ours}")
    said = re.sub(r"is not in the range (\S+)<=x<=(\S+)", r"is not from \1 to \2", said)
    return re.sub(r"is not in the range x>=(\S+)", r"is less than \1", said)


def _sentence(text: str) -> str:
    """click's sentence as ours: no full stop, a capital letter only where a name has it."""
    text = text.strip().removesuffix(".")
    return text[:1].lower() + text[1:] if text[1:2].islower() else text
