"""`catalogsync completion`: what makes a shell complete verbs, options and values."""

from __future__ import annotations

import click

from catalogsync.cli import streams

_FILES = {
    "bash": "~/.local/share/bash-completion/completions/catalogsync",
    "zsh": "a folder of your $fpath, as _catalogsync",
    "fish": "~/.config/fish/completions/catalogsync.fish",
}


@click.command("completion")
@click.argument("shell", type=click.Choice(tuple(_FILES)))
def command(shell: str) -> None:
    """Print what makes SHELL complete verbs, options and values: environments, objects of the catalog, formats, codes.

    For this session: eval "$(catalogsync completion bash)", the same for zsh, and catalogsync completion fish | source. For all of them: write
    it to the file that is named on stderr.
    """
    from click.shell_completion import get_completion_class

    source = get_completion_class(shell)
    assert source is not None
    group = click.get_current_context().find_root().command
    streams.data(source(group, {}, "catalogsync", "_CATALOGSYNC_COMPLETE").source())
    streams.talk(f"keep it in {_FILES[shell]}")
