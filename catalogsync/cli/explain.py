"""`catalogsync explain`: the whole story of a code, offline."""

from __future__ import annotations

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
        from catalogsync.render import explain_json

        streams.data(explain_json.render(found), "json")
    elif code is not None:
        streams.line(_story(found[0]))
    else:
        for family, codes in FAMILIES.items():
            streams.line(f"{family}:")
            for one in codes:
                streams.line(f"  {one.name}: {one.title}")


def _story(code: Code) -> str:
    parts = [f"{code.name}: {code.title}", code.why]
    if code.example:
        parts.append(
            "Example:\n\n" + "\n".join(f"    {line}".rstrip() for line in code.example.rstrip().splitlines())
        )
    parts.append(f"Instead: {code.instead}")
    if code.at_least:
        parts.append(
            f"Severity: {code.severity}; at the mildest: lint: {{severity: {{{code.name}: {code.at_least}}}}} in catalogsync.yaml"
        )
    elif code.severity:
        parts.append(
            f"Severity: {code.severity}, unless catalogsync.yaml says otherwise: lint: {{severity: {{{code.name}: off}}}}\n"
            f"To accept it for a while: # catalogsync: waive {code.name} until YYYY-MM-DD because REASON"
        )
    return "\n\n".join((*parts, f"({lookup.family_of(code)})"))
