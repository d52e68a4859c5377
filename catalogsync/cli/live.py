"""An apply on a terminal that can be written over: the view is drawn again a few times a second and is gone in the end.

Drawn by hand: a few lines of text need no library, and loading `rich` takes as long as a small apply.
"""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, TextIO

from catalogsync.cli import streams
from catalogsync.render.apply_view import ApplyView, Line, ReadingView
from catalogsync.render.paint import Paint

if TYPE_CHECKING:
    from catalogsync.app.runtime import Runtime
    from catalogsync.targets.v1.slots import Pace

_EVERY = 0.125
"""Seconds between two pictures."""
_PATIENCE = 0.5
"""Seconds for which nothing need be said."""
_HIDE, _SHOW = "\x1b[?25l", "\x1b[?25h"
"""The cursor."""


class _Picture:
    """What is drawn on a stream, over what was drawn before."""

    def __init__(self, stream: TextIO, paint: Paint) -> None:
        self._stream, self._paint = stream, paint
        self._drawn: tuple[Line, ...] = ()
        self._lock = threading.Lock()

    def draw(self, lines: Sequence[Line]) -> None:
        """These lines and no others; as many as the terminal has room for."""
        with self._lock:
            shown = tuple(lines[: streams.height(self._stream) - 1])
            text = "\n".join(self._paint(one.text, *one.style.split()) for one in shown)
            self._write(_HIDE + self._back() + text)
            self._drawn = shown

    def above(self, say: Callable[[], None]) -> None:
        """Lets something be said where the picture is; the next one is drawn below."""
        with self._lock:
            if self._drawn:
                self._write(self._back() + _SHOW)
            self._drawn = ()
            say()

    def remove(self) -> None:
        """Nothing is left of it."""
        self.above(lambda: None)

    def _back(self) -> str:
        """To the first column of the first line, with nothing below. A terminal that became narrower has broken the lines."""
        width = streams.width(self._stream)
        rows = sum(max(1, -(-len(one.text) // width)) for one in self._drawn)
        return "\r" + (f"\x1b[{rows - 1}A" if rows > 1 else "") + "\x1b[J"

    def _write(self, text: str) -> None:
        with contextlib.suppress(OSError, ValueError):
            self._stream.write(text)
            self._stream.flush()


@contextlib.contextmanager
def drawn(view: ApplyView, pace: Callable[[], Pace], stop: threading.Event) -> Iterator[None]:
    """Draws the view on stderr until the block ends; nothing of it stays."""
    with _drawing(lambda width: view.lines(width, pace(), stopping=stop.is_set()), _EVERY):
        yield


@contextlib.contextmanager
def reading(runtime: Runtime) -> Iterator[Runtime]:
    """The runtime for what reads a server: on a terminal that can, with a line on how many calls were answered, which is gone in the end."""
    if not streams.is_live() or len(runtime.observers) > 0:  # -v has a line for each call
        yield runtime
        return
    view = ReadingView()
    with _drawing(view.lines, _PATIENCE) as picture:
        yield replace(
            runtime,
            observers=(lambda _call: view.called(),),
            say=lambda text: picture.above(lambda: runtime.say(text)),
        )


@contextlib.contextmanager
def _drawing(lines: Callable[[int], Sequence[Line]], first: float) -> Iterator[_Picture]:
    """Draws what `lines` gives for a width, the first time after so many seconds."""
    picture, ended = _Picture(sys.stderr, Paint(streams.color(sys.stderr))), threading.Event()

    def again() -> None:
        wait = first
        while not ended.wait(wait):
            picture.draw(lines(streams.width(sys.stderr) - 1))
            wait = _EVERY

    artist = threading.Thread(target=again, name="live view", daemon=True)
    artist.start()
    try:
        yield picture
    finally:
        ended.set()
        artist.join()
        picture.remove()


def leave(view: ApplyView) -> None:
    """The last words of a run that is left at once, below what is drawn. Called by a signal."""
    text = streams.fitted(view.left(), sys.stderr)
    with contextlib.suppress(OSError, ValueError):
        os.write(sys.stderr.fileno(), f"{_SHOW}\n{text}\n".encode())
