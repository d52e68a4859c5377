"""`catalogsync explain`: the whole story of a code, offline."""

from __future__ import annotations

import click

from catalogsync.cli import candidates, streams
from catalogsync.codes import CODES, FAMILIES, Code
from catalogsync.core.errors import UsageError


@click.command("explain")
@click.argument("code", required=False, shell_complete=candidates.code)
def command(code: str | None) -> None:
    """Tell what a code means, why it matters and what to do. Without CODE: all of them, a line each."""
    if code is None:
        for family, codes in FAMILIES.items():
            streams.line(f"{family}:")
            for one in codes:
                streams.line(f"  {one.name}: {one.title}")
        return
    if code not in CODES:
        import difflib

        near = difflib.get_close_matches(code, CODES, 1)
        raise UsageError(
            f"there is no code {code!r}",
            hint=f"did you mean {near[0]}?" if near else "catalogsync explain lists all",
        )
    streams.line(_story(CODES[code]))


def _story(code: Code) -> str:
    family = next(name for name, codes in FAMILIES.items() if code in codes)
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
    return "\n\n".join((*parts, f"({family})"))
