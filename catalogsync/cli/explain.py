"""`catalogsync explain`: the whole story of a code, offline."""

from __future__ import annotations

import difflib

import click

from catalogsync.codes import CODES, FAMILIES
from catalogsync.errors import UsageError


@click.command("explain")
@click.argument("code", required=False)
def command(code: str | None) -> None:
    """Tell what a code means, why it matters and what to do. Without CODE: all of them, a line each."""
    if code is None:
        for family, codes in FAMILIES.items():
            click.echo(f"{family}:")
            for one in codes:
                click.echo(f"  {one.name}: {one.title}")
        return
    if code not in CODES:
        near = difflib.get_close_matches(code, CODES, 1)
        raise UsageError(
            f"there is no code {code!r}",
            hint=f"did you mean {near[0]}?" if near else "catalogsync explain lists all",
        )
    found = CODES[code]
    click.echo(f"{found.name}: {found.title}\n\n{found.why}\n\nInstead: {found.instead}")
