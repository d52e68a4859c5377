"""The command line, drawn from click."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator

import click

from catalogsync.cli import VERBS, group
from scripts.reference.markdown import DRAWN, code, plain, table

_HEAD = """# Command line

`catalogsync VERB --help` says the same in a terminal. [Exit codes](exit-codes.md) are in a table of their own; what `--format json` writes is in
[JSON outputs](outputs.md).

"""
_TARGET = """
Where a verb takes `-e NAME` and `--url URL`, it looks for its target in this order: what is named, `OPENMETER_URL` (with `OPENMETER_API_KEY`), the
`default` of [`catalogsync.yaml`](configuration.md).
"""


def page() -> str:
    """docs/reference/cli.md."""
    context = click.Context(group, info_name="catalogsync")
    commands = {verb: group.get_command(context, verb) for verb in VERBS}
    verbs = [(f"[{code(verb)}](#{verb})", plain(text)) for verb, text in VERBS.items()]
    found = [(verb, command) for verb, command in commands.items() if command is not None]
    shared = _shared([command for _, one in found for command in _leaves(one)])
    parts = [
        _HEAD,
        DRAWN,
        "\n",
        table(["verb", "what it does"], verbs),
        _TARGET,
        "\n## Options of every verb\n\n",
        table(["option", "meaning"], _options([one for one in group.params if _names(one) in shared])),
        f"\n{code('catalogsync --version')} says the version.\n",
    ]
    for verb, command in found:
        parts += _verb(context, verb, command, shared, 2)
    return "".join(parts)


def _leaves(command: click.Command) -> Iterator[click.Command]:
    if isinstance(command, click.Group):
        for one in command.commands.values():
            yield from _leaves(one)
    else:
        yield command


def _shared(commands: list[click.Command]) -> set[str]:
    """The options that all of them have."""
    return set.intersection(*({_names(one) for one in command.params} for command in commands))


def _verb(
    context: click.Context, name: str, command: click.Command, shared: set[str], level: int
) -> Iterator[str]:
    """The section of a verb, then those of its own verbs."""
    inner = click.Context(command, info_name=name, parent=context)
    usage = " ".join([inner.command_path, *command.collect_usage_pieces(inner)])
    yield f"\n{'#' * level} {inner.command_path.removeprefix('catalogsync ')}\n\n"
    yield f"```text\n{usage}\n```\n\n{_prose(command)}\n"
    own = [
        one
        for one in command.params
        if isinstance(one, click.Option) and _names(one) not in shared and not one.hidden
    ]
    if own:
        yield "\n" + table(["option", "meaning"], _options(own))
    if isinstance(command, click.Group):
        for one in sorted(command.commands):
            yield from _verb(inner, one, command.commands[one], shared, level + 1)


def _prose(command: click.Command) -> str:
    """The help text: paragraphs, and the blocks whose lines stay as they are."""
    blocks = re.split(r"\n\s*\n", inspect.cleandoc(command.help or ""))
    said = (
        f"```text\n{inspect.cleandoc(block.replace(chr(8), ''))}\n```" if chr(8) in block else plain(block)
        for block in blocks
    )
    return "\n\n".join(said)


def _options(options: list[click.Parameter] | list[click.Option]) -> Iterator[tuple[str, str]]:
    for one in options:
        if isinstance(one, click.Option):
            yield code(_spelled(one)), plain(" ".join([one.help or "", *_notes(one)]).strip())


def _names(one: click.Parameter) -> str:
    return " ".join([*one.opts, *one.secondary_opts])


def _spelled(one: click.Option) -> str:
    """`--out FILE`, `--format text|json`."""
    return ", ".join([*one.opts, *one.secondary_opts]) + ("" if one.is_flag or one.count else _value(one))


def _value(one: click.Option) -> str:
    if isinstance(one.type, click.Choice):
        return f" {'|'.join(map(str, one.type.choices))}"
    return f" {one.metavar or one.type.name.upper()}"


def _notes(one: click.Option) -> Iterator[str]:
    if one.required:
        yield "Needed."
    if not one.is_flag and isinstance(one.default, int | str) and one.default != "":
        yield f"Without it: `{one.default}`."
