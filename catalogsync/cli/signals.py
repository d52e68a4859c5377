"""Ctrl-C and SIGTERM while a plan is carried out: nothing new is begun, what is under way is finished and reported."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator

from catalogsync.cli import streams

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_SAID = b"\nstopping: what is under way is finished first; once more leaves at once (run the same command again to continue)\n"


@contextlib.contextmanager
def stop_asked(on_leave: Callable[[], None] | None = None) -> Iterator[threading.Event]:
    """An event that the first of these signals sets; the second does what it does without us. Nothing is raised in the midst of the work.

    `on_leave`: puts the terminal right and has the last word before the second signal takes effect; who gives it shows the event by itself,
    else a line is written where there is a terminal.

    A signal that the process was started to ignore stays ignored, as in a job of a shell's background.
    """
    asked = threading.Event()
    if threading.current_thread() is not threading.main_thread():  # only there can signals be caught
        yield asked
        return

    def leave(number: int, _frame: object) -> None:
        assert on_leave is not None
        on_leave()
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)

    def ask(*_: object) -> None:
        asked.set()
        for number in before:
            signal.signal(number, signal.SIG_DFL if on_leave is None else leave)
        if on_leave is None and streams.is_terminal(sys.stderr):
            os.write(sys.stderr.fileno(), _SAID)  # a signal may come in the midst of a buffered write

    before = {n: found for n in _SIGNALS if (found := signal.getsignal(n)) not in (signal.SIG_IGN, None)}
    for number in before:
        signal.signal(number, ask)
    try:
        yield asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
