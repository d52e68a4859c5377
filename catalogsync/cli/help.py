"""`catalogsync help`: pages of the documents, offline, and the help of verbs."""

from __future__ import annotations

import sys

import click

from catalogsync.cli import candidates, screen, streams
from catalogsync.core.errors import UsageError

_WIDEST = 120


@click.command("help")
@click.argument("topic", required=False, shell_complete=candidates.topic)
def command(topic: str | None) -> None:
    """Show what the documents say of a TOPIC, or the help of a verb. Without TOPIC: the list of topics."""
    from catalogsync.app import topics

    ctx = click.get_current_context()
    root = ctx.find_root()
    assert isinstance(root.command, click.Group)
    if topic is None:
        streams.data(_listed(ctx))
    elif topic in topics.TOPICS:
        _show(_shown(topics.text(topics.TOPICS[topic])))
    elif verb := root.command.get_command(root, topic):
        with click.Context(verb, info_name=topic, parent=root) as inner:
            streams.line(verb.get_help(inner))
    else:
        raise _unknown(topic, (*topics.TOPICS, *root.command.list_commands(root)))


def _show(text: str) -> None:
    if streams.is_terminal(sys.stdout):
        screen.show(lambda _paint: text)
    else:
        streams.data(text)


def _listed(ctx: click.Context) -> str:
    from catalogsync.app import topics

    formatter = ctx.make_formatter()
    with formatter.section("Topics"):
        formatter.write_dl([(name, topic.title) for name, topic in topics.TOPICS.items()])
    formatter.write_paragraph()
    formatter.write_text(
        "catalogsync help VERB is the help of a verb; catalogsync explain CODE tells of a code."
    )
    return formatter.getvalue()


def _unknown(topic: str, known: tuple[str, ...]) -> UsageError:
    import difflib

    near = difflib.get_close_matches(topic, known, 1)
    return UsageError(
        f"there is no topic {topic!r}",
        hint=f"did you mean {near[0]}?" if near else "catalogsync help lists all",
    )


def _shown(markdown: str) -> str:
    """Markdown for the terminal, or for a file: in its width, coloured where stdout is."""
    import io

    from rich.console import Console
    from rich.markdown import Markdown

    colored, out = streams.color(sys.stdout), io.StringIO()
    console = Console(
        file=out,
        width=None if streams.is_terminal(sys.stdout) else 100,
        force_terminal=colored,
        color_system="standard" if colored else None,
    )
    console.width = min(console.width, _WIDEST)
    console.print(Markdown(markdown, code_theme="ansi_dark", hyperlinks=False))
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"
