"""Files that a person asked for, written whole or not at all."""

from __future__ import annotations

import os
import secrets
import stat
from pathlib import Path

from catalogsync.core.errors import CatalogsyncError
from catalogsync.manifests.files import shown

_NEW_FILE, _OURS = 0o666, 0o600
"""Modes: of a file that is new, as the umask cuts it, and of one that gets the mode of the file it replaces."""


def write(path: Path, text: str) -> None:
    """Writes `text` as UTF-8. At any moment the file holds its old content or the new one, whole; its permissions stay.

    What is not a regular file (a device, a pipe) is written to as it is, never replaced. Raises CatalogsyncError when it cannot be written.
    """
    data = text.encode("utf-8", "replace")
    target = Path(os.path.realpath(path))
    try:
        mode = target.stat().st_mode if target.exists() else None
        if mode is not None and not stat.S_ISREG(mode):
            target.write_bytes(data)
            return
        _replace(target, data, mode)
    except (OSError, ValueError) as problem:
        reason = getattr(problem, "strerror", None) or problem
        raise CatalogsyncError(
            f"{shown(path)} cannot be written: {reason}", code="file-unwritable"
        ) from problem


def append(descriptor: int, data: bytes) -> None:
    """Writes all of `data` to a file that is open for appending, and waits until it is on the disk. Raises OSError; a part may be there then."""
    while data:
        data = data[os.write(descriptor, data) :]
    os.fsync(descriptor)


def _replace(target: Path, data: bytes, mode: int | None) -> None:
    temporary = target.parent / f".{target.name[:64]}.{secrets.token_hex(8)}"
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    # A new file's mode is the system's to cut: to look the umask up is to change it, under the feet of other threads.
    descriptor = os.open(temporary, flags, _NEW_FILE if mode is None else _OURS)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        if mode is not None:
            temporary.chmod(stat.S_IMODE(mode))
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
