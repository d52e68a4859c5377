"""`catalogsync help`: pages of the documents, offline, and the help of verbs."""

from __future__ import annotations

import sys

import click

from catalogsync.cli import candidates, screen, streams
from catalogsync.core.errors import UsageError
from catalogsync.core.wording import did_you_mean

_WIDEST, _ELSEWHERE = 120, 100
"""Columns of a page at most, and where there is no terminal."""


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
        markdown = topics.text(topics.TOPICS[topic])
        screen.show(lambda _paint: _drawn(markdown))
    elif verb := root.command.get_command(root, topic):
        with click.Context(verb, info_name=topic, parent=root) as inner:
            streams.line(verb.get_help(inner))
    else:
        raise _unknown(topic, (*topics.TOPICS, *root.command.list_commands(root)))


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
    hint = did_you_mean(topic, known, "catalogsync help lists all")
    return UsageError(f"there is no topic {topic!r}", hint=hint)


def _drawn(markdown: str) -> str:
    """Markdown as text of the terminal's width, coloured where stdout is."""
    import io

    from rich.console import Console
    from rich.markdown import Markdown

    colored, out = streams.color(sys.stdout), io.StringIO()
    width = streams.width(sys.stdout) if streams.is_terminal(sys.stdout) else _ELSEWHERE
    console = Console(
        file=out,
        width=min(width, _WIDEST),
        force_terminal=colored,
        color_system="standard" if colored else None,
    )
    console.print(Markdown(markdown, code_theme="ansi_dark", hyperlinks=False))
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"
