"""A terminal with a command in it: what a person sees, key by key. For POSIX systems."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import subprocess
import termios
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

import pyte
from forked import program

_PATIENCE = 60.0


class Terminal:
    """`catalogsync ARGUMENTS`, or a script, in a terminal of some columns; `raw` is every byte that it wrote."""

    def __init__(
        self,
        *arguments: str,
        cwd: Path,
        columns: int = 80,
        lines: int = 40,
        environ: Mapping[str, str] = {},
        script: Path | None = None,
    ) -> None:
        self.screen = pyte.Screen(columns, lines)
        self._stream = pyte.ByteStream(self.screen)
        self.raw = b""
        here = {"PATH": os.environ["PATH"], "TERM": "xterm-256color", "HOME": str(cwd), "LANG": "C.UTF-8"}
        self._tty, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        self._child = subprocess.Popen(
            ["sh", str(script)] if script is not None else [program(), *arguments],
            cwd=cwd,
            env={**here, **environ},
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
        )
        os.close(theirs)
        self._is_open = True

    @property
    def seen(self) -> list[str]:
        """The lines of the screen, without blanks at their ends and at the bottom."""
        lines = [line.rstrip() for line in self.screen.display]
        while lines and not lines[-1]:
            lines.pop()
        return lines

    def wait_for(self, text: str) -> None:
        """Until the screen shows it. Raises AssertionError when it does not come."""
        until = time.monotonic() + _PATIENCE
        while not any(text in line for line in self.seen):
            assert self._is_open and time.monotonic() < until, f"{text!r} is not in\n" + "\n".join(self.seen)
            self._take()

    def keys(self, text: str) -> None:
        """What a person types; `\\x03` is Ctrl-C."""
        os.write(self._tty, text.encode())

    def read(self) -> None:
        """The person reads what is there, which takes half a second. Python loses a Ctrl-C that comes between a question's words and the
        waiting for its answer.
        """
        until = time.monotonic() + 0.5
        while time.monotonic() < until:
            self._take()

    def resize(self, columns: int) -> None:
        """The person pulls the window."""
        fcntl.ioctl(self._tty, termios.TIOCSWINSZ, struct.pack("HHHH", self.screen.lines, columns, 0, 0))
        self.screen.resize(columns=columns)

    def ended(self) -> int:
        """Waits for the end; the exit code, below 0 for a signal."""
        until = time.monotonic() + _PATIENCE
        while self._is_open:
            assert time.monotonic() < until, "\n".join(self.seen)
            self._take()
        return self._child.wait(_PATIENCE)

    def _take(self) -> None:
        if not select.select([self._tty], [], [], 0.1)[0]:
            return
        try:
            data = os.read(self._tty, 65536)
        except OSError:  # how Linux says the end
            data = b""
        self._is_open = bool(data)
        self.raw += data
        self._stream.feed(data)

    def __enter__(self) -> Terminal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._tty)  # what still runs hears that its terminal is gone
        self._child.wait(_PATIENCE)
