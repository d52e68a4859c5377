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

_NO_COLOR, _QUIET, _NO_PAGER = "no-color", "quiet", "no-pager"
_PLAIN = {
    "━": "=",
    "─": "-",
    "▸": ">",
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
    """The command, and those below it, with `--no-color`, `--no-pager` and `-q`, which this module reads."""
    if any(option.name == "quiet" for option in command.params):
        return command
    for flags, name, text in (
        (["--no-color"], _NO_COLOR, "Use no colour."),
        (["--no-pager"], _NO_PAGER, "Do not turn long text into pages on a terminal."),
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
        click.echo(fitted(text, sys.stderr), file=sys.stderr, nl=nl, color=True)


def fitted(text: str, stream: TextIO) -> str:
    """The text in lines as long as the terminal has columns; as it is where there is none."""
    if not is_terminal(stream):
        return text
    from catalogsync.render.fitted import fitted as in_lines

    return in_lines(text, width(stream))


def width(stream: TextIO) -> int:
    """The columns of a terminal: COLUMNS, else what it says, else 80."""
    return _size("COLUMNS", stream, 0) or 80


def height(stream: TextIO) -> int:
    """The lines of a terminal: LINES, else what it says, else 24."""
    return _size("LINES", stream, 1) or 24


def _size(variable: str, stream: TextIO, at: int) -> int:
    text = os.environ.get(variable, "")
    if text.isascii() and text.isdecimal() and int(text):
        return int(text)
    try:
        return os.get_terminal_size(stream.fileno())[at]
    except (OSError, ValueError):
        return 0


def wants_pages() -> bool:
    """Whether the person did not refuse pages."""
    return not _asked(_NO_PAGER)


def is_live() -> bool:
    """Whether stderr may be written over: a terminal that can, and a person who asked neither for quiet nor for plain lines."""
    return can_be_drawn(sys.stderr, os.environ) and not (_asked(_QUIET) or _asked(_NO_COLOR))


def can_be_drawn(stream: TextIO | None, environ: Mapping[str, str]) -> bool:
    """Whether a terminal takes more than lines: not a dumb one, not a log of a CI, not with NO_COLOR."""
    in_ci = environ.get("CI", "").lower() not in ("", "0", "false")
    dumb = environ.get("TERM", "") in ("", "dumb") and "WT_SESSION" not in environ
    return is_terminal(stream) and not (in_ci or dumb or environ.get("NO_COLOR"))


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
