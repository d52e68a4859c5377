"""What a terminal can: its width, its height, links, a pager. Text for people goes through here; data for machines does not."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from catalogsync.cli import streams
from catalogsync.render.paint import EXCERPT, Paint, UrlOf

if TYPE_CHECKING:
    from catalogsync.core.diagnostics import Diagnostic, SourceRef

_LINKING = frozenset({"iTerm.app", "WezTerm", "vscode", "Hyper", "ghostty", "Tabby", "rio", "mintty"})
_LINKING_TERMS = ("xterm-kitty", "xterm-ghostty", "alacritty", "foot", "contour", "wezterm")
_LESS = "FRX"
"""What git gives to `less`: nothing to leave where all fits, colours, and what was read stays on the screen."""


def paint(stream: TextIO) -> Paint:
    """How text on this stream looks: colours and links where it takes them, excerpts of files as wide as it is."""
    if not streams.is_terminal(stream):
        return Paint(streams.color(stream))
    links: UrlOf | None = _file_url if has_links(os.environ) and streams.color(stream) else None
    return Paint(streams.color(stream), links, min(max(streams.width(stream) - 8, 20), EXCERPT))


def has_links(environ: Mapping[str, str]) -> bool:
    """Whether the terminal shows links (OSC 8): FORCE_HYPERLINK, else whether it is one that is known to. Not within tmux and screen, which
    may lead to another one.
    """
    forced = environ.get("FORCE_HYPERLINK")
    if forced is not None:
        return forced not in ("", "0")
    if "TMUX" in environ or "STY" in environ or environ.get("CI"):
        return False
    return (
        environ.get("TERM_PROGRAM") in _LINKING
        or environ.get("TERM", "").startswith(_LINKING_TERMS)
        or "WT_SESSION" in environ
        or _number(environ.get("VTE_VERSION")) >= 5000
        or _number(environ.get("KONSOLE_VERSION")) >= 201200
    )


def _number(text: str | None) -> int:
    return int(text) if text is not None and text.isascii() and text.isdecimal() else 0


def _file_url(where: SourceRef) -> str:
    return f"{Path(where.file).absolute().as_uri()}#{where.line}"


def say(found: Sequence[Diagnostic]) -> None:
    """Findings on stderr, with their count; nothing for none."""
    from catalogsync.render import findings_text

    streams.always(findings_text.render(found, paint=paint(sys.stderr)), nl=False)


def show(render: Callable[[Paint], str]) -> None:
    """Text for people on the terminal that stdout is: in lines that fit, and by a pager where they are more than it has."""
    text = streams.fitted(render(paint(sys.stdout)), sys.stdout)
    pager = _pager(os.environ) if text.count("\n") >= streams.height(sys.stdout) else []
    if not pager or not _paged(text, pager):
        streams.data(text)


def _pager(environ: Mapping[str, str]) -> list[str]:
    """The pager's command: PAGER, else `less`; none where nobody can turn pages, and for `cat`."""
    if (
        not streams.wants_pages()
        or not streams.is_terminal(sys.stdin)
        or not streams.can_be_drawn(sys.stdout, environ)
    ):
        return []
    import shlex

    try:
        command = shlex.split(environ.get("PAGER", "less"))
    except ValueError:
        return []
    return [] if command[:1] == ["cat"] else command


def _paged(text: str, pager: list[str]) -> bool:
    """Whether the pager took it."""
    import signal
    import subprocess

    try:
        child = subprocess.Popen(
            pager, stdin=subprocess.PIPE, text=True, encoding="utf-8", errors="replace",
            env={"LESS": _LESS, "LESSCHARSET": "utf-8", **os.environ},
        )  # fmt: skip
    except OSError:
        return False
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the pager's
    try:
        with contextlib.suppress(OSError):  # left before its end
            child.communicate(text)
    finally:
        signal.signal(signal.SIGINT, before)
    return child.returncode not in (126, 127)
