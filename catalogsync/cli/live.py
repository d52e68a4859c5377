"""An apply on a terminal that can be written over: the view is drawn again a few times a second and is gone in the end."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections.abc import Callable, Iterator

from catalogsync.render.apply_view import ApplyView
from catalogsync.targets.v1.slots import Pace

_A_SECOND = 8
_RESTORED = "\x1b[?25h\n"
"""The cursor is seen again, below what is drawn."""


@contextlib.contextmanager
def drawn(view: ApplyView, pace: Callable[[], Pace], stop: threading.Event) -> Iterator[None]:
    """Draws the view on stderr until the block ends; nothing of it stays."""
    from rich.console import Console, Group
    from rich.live import Live
    from rich.text import Text

    console = Console(file=sys.stderr, force_terminal=True, highlight=False, markup=False, emoji=False)

    def picture() -> Group:
        lines = view.lines(console.width - 1, pace(), stopping=stop.is_set())
        return Group(*(Text(one.text, one.style, no_wrap=True, overflow="ellipsis") for one in lines))

    with Live(
        console=console,
        get_renderable=picture,
        refresh_per_second=_A_SECOND,
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
        vertical_overflow="crop",
    ):
        yield


def leave(view: ApplyView) -> None:
    """The last words of a run that is left at once. Called by a signal."""
    with contextlib.suppress(OSError):
        os.write(sys.stderr.fileno(), f"{_RESTORED}{view.left()}\n".encode())
