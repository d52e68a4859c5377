"""stdout and stderr: colour, quietness, signs that an encoding lacks, a pipe that was closed and a disk that is full."""

from __future__ import annotations

import codecs
import contextlib
import os
import re
import sys
from collections.abc import Mapping
from typing import Literal, TextIO

import click

from catalogsync.core.errors import CatalogsyncError

_NO_COLOR, _QUIET = "no-color", "quiet"
_PLAIN = {
    "→": "->",
    "…": "...",
    "✓": "+",
    "✗": "x",
    "≠": "!=",
    "±": "+-",
    "»": ">>",
    "·": "-",
    "–": "-",
    "—": "-",
    "’": "'",
    "‘": "'",
    "“": '"',
    "”": '"',
    "×": "x",
    "≤": "<=",
    "≥": ">=",
    "\u00a0": " ",
}
"""What stands for a sign where the encoding of a stream does not have it; everything else becomes `?`."""


def _degrade(problem: UnicodeError) -> tuple[str, int]:
    if not isinstance(problem, UnicodeEncodeError):
        raise problem
    text = problem.object[problem.start : problem.end]
    return "".join(_PLAIN.get(sign, "?") for sign in text), problem.end


codecs.register_error("catalogsync", _degrade)


def prepare() -> None:
    """From now on no sign can fail on stdout and stderr. A stream that is closed already becomes one that takes everything."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115, PTH123
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="catalogsync")


def wants_color(stream: TextIO, environ: Mapping[str, str], *, refused: bool = False) -> bool:
    """`--no-color` (`refused`), then NO_COLOR, FORCE_COLOR and TERM=dumb, then whether the stream is a terminal."""
    if refused or environ.get("NO_COLOR"):
        return False
    if environ.get("FORCE_COLOR", "0") not in ("", "0"):
        return True
    return environ.get("TERM") != "dumb" and is_terminal(stream)


def is_terminal(stream: TextIO | None) -> bool:
    """Whether a person is at the other end."""
    try:
        return stream is not None and stream.isatty()
    except ValueError:  # closed
        return False


_flags: set[str] = set()
"""What this run's command line asked for: it holds for the words after the command has ended, too."""


def _asked(name: str) -> bool:
    return name in _flags


def keep_flags(command: click.Command) -> click.Command:
    """The command, and those below it, with `--no-color` and `-q`, which this module reads."""
    if any(option.name == "quiet" for option in command.params):
        return command
    for flags, name, text in (
        (["--no-color"], _NO_COLOR, "Use no colour."),
        (["-q", "--quiet"], _QUIET, "Say nothing on stderr but errors and questions."),
    ):

        def keep(_ctx: click.Context, _option: click.Parameter, value: bool, name: str = name) -> None:
            if value:
                _flags.add(name)

        command.params.append(click.Option(flags, is_flag=True, expose_value=False, callback=keep, help=text))
    if isinstance(command, click.Group):
        for one in command.commands.values():
            keep_flags(one)
    return command


def color(stream: TextIO) -> bool:
    """Whether this stream gets colour, by the flags, the process environment and the stream."""
    return wants_color(stream, os.environ, refused=_asked(_NO_COLOR))


class _Lost:
    """Whether stdout could not take what was written to it, and why."""

    reason = ""
    is_pipe = False


_lost = _Lost()


def begin() -> None:
    """Forgets what an earlier run in this process lost and was asked for."""
    _flags.clear()
    _lost.reason, _lost.is_pipe = "", False


def data(text: str, escape: Literal["", "json", "xml"] = "") -> None:
    """Writes data to stdout; what is coloured in it stays so. JSON and XML escape what the stream's encoding lacks; a text gets plainer signs."""
    stream = sys.stdout
    encoding = (getattr(stream, "encoding", None) or "utf-8").lower().replace("_", "-")
    if encoding not in ("utf-8", "utf8"):
        escaped = {"json": _json_escape, "xml": _xml_escape}.get(escape)
        text = re.sub("[^\x00-\x7f]", escaped, text) if escaped else text
    try:
        click.echo(text, file=stream, nl=False, color=True)
    except OSError as problem:
        lose(problem)


def line(text: str) -> None:
    """A line of data."""
    data(f"{text}\n")


def flush() -> None:
    """Lets a reader see what was written so far."""
    try:
        sys.stdout.flush()
    except OSError as problem:
        lose(problem)


def talk(text: str, *, nl: bool = True) -> None:
    """Says something on stderr, unless the person asked for quiet."""
    if not _asked(_QUIET):
        always(text, nl=nl)


def always(text: str, *, nl: bool = True) -> None:
    """Says something on stderr that has to be said: an error, a plan before a question. Where it cannot be written, the work goes on."""
    with contextlib.suppress(OSError, ValueError):
        click.echo(text, file=sys.stderr, nl=nl, color=True)


def is_live() -> bool:
    """Whether a line on stderr may be written over: a terminal that can, and a person who did not ask for quiet."""
    return is_terminal(sys.stderr) and os.environ.get("TERM") != "dumb" and not _asked(_QUIET)


def lose(problem: OSError) -> None:
    """Remembers that stdout takes no more, and lets later writes go nowhere."""
    if not _lost.reason:
        _lost.reason = problem.strerror or type(problem).__name__
        _lost.is_pipe = isinstance(problem, BrokenPipeError)
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def end() -> None:
    """Writes out what is still held back. Raises CatalogsyncError when stdout could not take all; a reader who closed a pipe has read enough."""
    try:
        sys.stdout.flush()
    except OSError as problem:
        lose(problem)
    except ValueError:  # closed by whoever called
        return
    with contextlib.suppress(OSError, ValueError):
        sys.stderr.flush()
    if _lost.reason and not _lost.is_pipe:
        raise CatalogsyncError(
            f"stdout cannot be written: {_lost.reason}; what the command did before is done",
            code="stdout-unwritable",
            hint="write to a file with room, for example with --format NAME=FILE",
        )


def settle_stderr() -> None:
    """Lets nothing that stderr holds back fail when the process ends."""
    try:
        sys.stderr.flush()
    except (OSError, ValueError):
        with contextlib.suppress(OSError, ValueError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, sys.stderr.fileno())
            os.close(nowhere)


def _json_escape(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code < 0x10000:
        return f"\\u{code:04x}"
    high, low = divmod(code - 0x10000, 0x400)
    return f"\\u{0xD800 + high:04x}\\u{0xDC00 + low:04x}"


def _xml_escape(found: re.Match[str]) -> str:
    return f"&#{ord(found[0])};"
