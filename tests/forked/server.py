"""Loads catalogsync once and forks a process for every command: `server.py FOLDER` listens on FOLDER/socket until its stdin is closed."""

from __future__ import annotations

import atexit
import contextlib
import fcntl
import gc
import importlib
import io
import marshal
import os
import runpy
import selectors
import shutil
import signal
import socket
import sys
import termios
import threading
import traceback
from collections.abc import Mapping
from pathlib import Path

import click

from catalogsync import cli

EXAMPLE = Path(__file__).parents[2] / "examples" / "catalog"


def load(folder: Path) -> None:
    """Every verb, and what validating, planning and applying load on their way, for a server on a socket and in other formats too."""
    for name in ("catalogsync.targets.transport.sockets", "httpcore", "encodings.idna"):
        importlib.import_module(name)
    for name in cli.VERBS:
        cli.group.get_command(click.Context(cli.group), name)
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        for command in (
            ["plan", str(EXAMPLE), "--url", "sandbox:", "--out", str(folder / "plan.json")],
            ["apply", str(EXAMPLE), "--url", "sandbox:", "--yes"],
            ["validate", str(EXAMPLE), "--format", "sarif"],
            *(
                ["show", str(folder / "plan.json"), "--format", name]
                for name in ("text", "json", "markdown", "html")
            ),
        ):
            cli.run(command)
    gc.collect()
    gc.freeze()


def serve(listener: socket.socket) -> None:
    """Forks for whoever connects, and tells how each command ended."""
    running: dict[int, socket.socket] = {}
    ended, wake = socket.socketpair()
    ended.setblocking(False)
    wake.setblocking(False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wake.fileno())
    with selectors.DefaultSelector() as waiting:
        for one in (listener, ended, sys.stdin):
            waiting.register(one, selectors.EVENT_READ)
        while True:
            ready = {key.fileobj for key, _ in waiting.select()}
            if sys.stdin in ready:
                return
            if listener in ready:
                talk, _ = listener.accept()
                pid = os.fork()
                if pid == 0:
                    signal.set_wakeup_fd(-1)
                    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                    command(talk)
                running[pid] = talk
            if ended in ready:
                ended.recv(1000)
                _tell(running)


def _tell(running: dict[int, socket.socket]) -> None:
    while running:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if not pid:
            return
        code = os.waitstatus_to_exitcode(status)
        with running.pop(pid) as talk, contextlib.suppress(OSError):
            talk.send(code.to_bytes(4, "big", signed=True))


def command(talk: socket.socket) -> None:
    """In the forked process: takes over what the client handed on, runs the verb and ends. A terminal becomes its own, as it would be a shell's
    command's: Ctrl-C and new widths come to it. Where PID_FILE is set, its process id is there first.
    """
    size, streams, _, _ = socket.recv_fds(talk, 4, 3)
    text = b""
    while len(text) < int.from_bytes(size, "big"):
        text += talk.recv(1 << 20)
    talk.close()
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    arguments, folder, environ = marshal.loads(text)
    os.environb.clear()
    os.environb.update(environ)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if os.isatty(0):
        os.setsid()
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    if told := os.environ.pop("PID_FILE", ""):
        Path(told).write_text(str(os.getpid()))
    os.chdir(folder)
    sys.argv = arguments
    _open_streams(os.environ)
    code = 0
    try:
        _run(Path(arguments[0]).name)
    except SystemExit as done:
        code = done.code if isinstance(done.code, int) else int(done.code is not None)
    except BaseException:
        traceback.print_exc()
        code = 1
    finally:
        threading._shutdown()
        atexit._run_exitfuncs()
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError):
                stream.flush()
        os._exit(code)


def _run(name: str) -> None:
    if name == "python":
        del sys.argv[0]
        sys.path.insert(0, str(Path(sys.argv[0]).parent))
        runpy.run_path(sys.argv[0], run_name="__main__")
    else:
        cli.main()


def _open_streams(environ: Mapping[str, str]) -> None:
    """The streams as Python opens them when it starts in a UTF-8 locale."""
    encoding, _, errors = environ.get("PYTHONIOENCODING", "utf-8").partition(":")
    kept = {"encoding": encoding, "closefd": False}
    sys.stdin = sys.__stdin__ = os.fdopen(0, errors=errors or "strict", **kept)
    for name, number, usual in (("stdout", 1, "strict"), ("stderr", 2, "backslashreplace")):
        buffering = 1 if number == 2 or os.isatty(number) else -1
        stream = os.fdopen(number, "w", buffering, errors=errors or usual, **kept)
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)


if __name__ == "__main__":
    home = Path(sys.argv[1])
    load(home)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(home / "socket"))
        listener.listen(64)
        os.write(1, b"ready\n")
        serve(listener)
    shutil.rmtree(home, ignore_errors=True)
