"""`catalogsync fmt`: rewrites manifests in one style. Comments, order and meaning are kept; twice is the
same as once.
"""

from __future__ import annotations

import difflib
import sys
from pathlib import Path

import click

from catalogsync.core.diagnostics import Diagnostic
from catalogsync.core.errors import InvalidCatalog
from catalogsync.manifests import files
from catalogsync.manifests.format import format_text
from catalogsync.manifests.source import SourceFile


@click.command("fmt")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--check", is_flag=True, help="Write nothing; exit 1 when a file is not in the style.")
@click.option("--diff", "show_diff", is_flag=True, help="Write nothing; show what would change.")
def command(paths: tuple[Path, ...], check: bool, show_diff: bool) -> None:
    """Rewrite manifests in one style, comments kept.

    PATH are files or folders, ./catalog when none is given. The names of changed files go to stdout. A file
    that cannot be read is reported and left as it is; the others are rewritten.
    """
    found = files.find(paths or (Path("catalog"),))
    problems: list[Diagnostic] = [one for one in found.diagnostics if one.is_error]
    changed = 0
    for path, source in zip(found.paths, found.files, strict=True):
        if path.suffix.lower() not in files.SUFFIXES:
            continue
        text, diagnostics = format_text(source)
        problems.extend(diagnostics)
        if text == source.text:
            continue
        changed += 1
        click.echo(_diff(source, text) if show_diff else source.name, nl=not show_diff)
        if not (check or show_diff):
            files.write(path, text)
    said = "would change" if check or show_diff else "rewritten"
    click.echo(f"{changed} of {len(found.files)} file{'s' if len(found.files) != 1 else ''} {said}", err=True)
    if problems:
        raise InvalidCatalog(tuple(problems))
    if check and changed:
        sys.exit(1)


def _diff(source: SourceFile, text: str) -> str:
    before, after = source.text.splitlines(keepends=True), text.splitlines(keepends=True)
    lines = difflib.unified_diff(before, after, source.name, f"{source.name} (fmt)")
    return "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)
