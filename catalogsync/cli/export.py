"""`catalogsync export`: live objects as manifests that plan to nothing."""

from __future__ import annotations

from pathlib import Path

import click

from catalogsync.cli import composition
from catalogsync.core.errors import UsageError
from catalogsync.core.model import Kind
from catalogsync.manifests import files
from catalogsync.render import findings_text


@click.command("export")
@composition.target_options
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The folder to write to.")
@click.option(
    "--only", multiple=True, type=click.Choice([str(k) for k in Kind]), help="Only this kind; repeatable."
)
@click.option("--overwrite", is_flag=True, help="Replace files that differ from what would be written.")
def command(env: str | None, url: str | None, out: Path, only: tuple[str, ...], overwrite: bool) -> None:
    """Write one file per live object, in folders by kind, without ids and read-only fields."""
    from catalogsync.manifests.export import export
    from catalogsync.targets.v1 import reader

    chosen = composition.choose((out,), env, url)
    assert chosen.environment is not None
    kinds = tuple(Kind(k) for k in only) or tuple(Kind)
    exported = export(reader.read(composition.client_for(chosen.environment)), kinds)
    wanted = {out / name: text for name, text in exported.files.items()}
    changed = [path for path, text in wanted.items() if path.exists() and path.read_text("utf-8") != text]
    if changed and not overwrite:
        listed = ", ".join(str(path) for path in changed[:3]) + (" and others" if len(changed) > 3 else "")
        raise UsageError(
            f"{listed} would be overwritten with something else; nothing was written",
            code="export-overwrite",
            hint="give another folder, or --overwrite",
        )
    for path, text in wanted.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        files.write(path, text)
        click.echo(str(path))
    click.echo(findings_text.render(exported.diagnostics), err=True, nl=False)
