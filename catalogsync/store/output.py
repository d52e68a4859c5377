"""Files that a person asked for, written whole or not at all."""

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path

from catalogsync.core.errors import CatalogsyncError

_NEW_FILE = 0o666


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
        raise CatalogsyncError(f"{path} cannot be written: {reason}", code="file-unwritable") from problem


def append(descriptor: int, data: bytes) -> None:
    """Writes all of `data` to a file that is open for appending, and waits until it is on the disk. Raises OSError; a part may be there then."""
    while data:
        data = data[os.write(descriptor, data) :]
    os.fsync(descriptor)


def _replace(target: Path, data: bytes, mode: int | None) -> None:
    descriptor, name = tempfile.mkstemp(prefix=f".{target.name[:64]}.", dir=target.parent)
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.chmod(stat.S_IMODE(mode) if mode is not None else _NEW_FILE & ~_umask())
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
