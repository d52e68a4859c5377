"""`catalogsync explain`: the whole story of a code, offline."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import click

from catalogsync.cli import candidates, streams
from catalogsync.codes import FAMILIES, Code, lookup


@click.command("explain")
@click.argument("code", required=False, shell_complete=candidates.code)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(code: str | None, form: str) -> None:
    """Tell what a code means, why it matters and what to do. Without CODE: all of them, a line each."""
    found = lookup.chosen(code)
    if form == "json":
        from catalogsync.core.canon import pretty
        from catalogsync.render import explain_json

        streams.data(pretty(explain_json.to_json(found)), "json")
    elif code is not None:
        streams.line("\n\n".join(_story(found[0])))
    else:
        for family, codes in FAMILIES.items():
            streams.line(f"{family}:")
            for one in codes:
                streams.line(_fitted(f"  {one.name}: {one.title}"))


def _fitted(text: str) -> str:
    return streams.fitted(text, sys.stdout)


def _story(code: Code) -> Iterator[str]:
    """The paragraphs. What is to be copied stays on its line."""
    yield _fitted(f"{code.name}: {code.title}")
    yield _fitted(code.why)
    if code.example:
        yield "Example:\n\n" + "\n".join(
            f"    {line}".rstrip() for line in code.example.rstrip().splitlines()
        )
    yield _fitted(f"Instead: {code.instead}")
    if code.at_least:
        yield _fitted(
            f"Severity: {code.severity}; at the mildest: lint: {{severity: {{{code.name}: {code.at_least}}}}} in catalogsync.yaml"
        )
    elif code.severity:
        other = f"lint: {{severity: {{{code.name}: off}}}}"
        waiver = f"# catalogsync: waive {code.name} until YYYY-MM-DD because REASON"
        yield (
            _fitted(f"Severity: {code.severity}, unless catalogsync.yaml says otherwise: {other}")
            + f"\nTo accept it for a while: {waiver}"
        )
    yield f"({lookup.family_of(code)})"
