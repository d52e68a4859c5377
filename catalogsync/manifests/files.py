"""Finds and reads manifest files, one by one: the only module of this package that opens files for reading.

Whatever lies in the folder, the answer is text or a diagnostic, never a hang or a traceback: FIFOs and
devices are not opened, folders that are symbolic links are not walked (what they show inside the catalog is
read under its own name; what they show outside is refused), a file larger than `LARGEST` is not read.
"""

from __future__ import annotations

import contextlib
import difflib
import os
import stat
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from catalogsync.core.diagnostics import Diagnostic, Severity, SourceRef
from catalogsync.manifests.source import SourceFile

LARGEST = 32 * 1024 * 1024
"""Bytes in one file; a thousand plans of twenty rate cards take a third of it."""

SUFFIXES = (".yaml", ".yml")
"""Of manifests, in small letters; a file may write them in capitals."""

_SUFFIXES_BEHIND = (".txt",)
"""What editors and downloads put behind the name of a manifest."""
_SUFFIXES_MEANT = (".json", ".jsonc", ".json5", ".ymal", ".yam", ".ym")
"""Of files that hold manifests as likely as not, and are not read."""
CONFIGURATION = "catalogsync.yaml"
_CONFIGURATION_STEM = Path(CONFIGURATION).stem
DEFAULT = Path("catalog")
"""The folder that is read when no path is named."""
NOT_READ = "file-not-read"
"""The code of what is said of a file that was probably meant to be read."""


@dataclass(frozen=True, slots=True)
class Found:
    """What was found: files to read, in the order of their names, and what is wrong with others. There may be thousands of files: as texts
    they take a sixth of what they take as paths.
    """

    files: tuple[str, ...]
    diagnostics: tuple[Diagnostic, ...]


def is_manifest(path: Path) -> bool:
    """Whether a file of this name is read when it lies in a catalog's folder."""
    return _is_manifest(path.name)


def _is_manifest(name: str) -> bool:
    stem, point, suffix = name.lower().rpartition(".")
    return bool(stem) and point + suffix in SUFFIXES and stem != _CONFIGURATION_STEM


def _is_configuration(path: Path) -> bool:
    return path.stem.lower() == _CONFIGURATION_STEM and path.suffix.lower() in (*SUFFIXES, ".json")


def _left_out(path: Path) -> Diagnostic | None:
    """What is said of a file that is not read though it was probably meant to be."""
    if _is_configuration(path) and path.name != CONFIGURATION:
        summary, hint = (
            f"{shown(path)} is not read: the configuration is called {CONFIGURATION}",
            f"rename it to {CONFIGURATION}",
        )
    elif path.suffix.lower() in _SUFFIXES_BEHIND and is_manifest(path.with_suffix("")):
        summary = f"{shown(path)} is not read: its name ends with {path.suffix}"
        hint = f"rename it to {path.stem}, or move it out of the catalog"
    elif path.suffix.lower() in _SUFFIXES_MEANT and not _is_configuration(path):
        summary = f"{shown(path)} is not read: manifests are .yaml and .yml files"
        hint = "rename it to .yaml (JSON is YAML too), or move it out of the catalog"
    else:
        return None
    return Diagnostic(NOT_READ, Severity.WARNING, summary, SourceRef(shown(path), 1, 1), hint=hint)


def shown(path: Path | str) -> str:
    """A path as it is printed: with forward slashes, and printable whatever its bytes are."""
    text = str(path) if os.sep == "/" else Path(path).as_posix()
    return text if text.isascii() else os.fsencode(text).decode("utf-8", "replace")


def near(path: Path) -> Path:
    """A path as seen from the current folder, where it lies below it."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def find(paths: Sequence[Path], *, without: Sequence[Path] = (), elsewhere: Sequence[Path] = ()) -> Found:
    """Every manifest file below the paths, once. Files below `without` are left out; so are those below `elsewhere`, unless a path that
    lies there is named.
    """
    diagnostics: list[Diagnostic] = []
    names: dict[str, str] = {}
    for path in paths:
        named = _real(path)
        left_out = [_real(p) for p in without] + [
            out for out in map(_real, elsewhere) if not _lies_in(named, out)
        ]
        for file, real in _below(path, diagnostics):
            if not any(_lies_in(real, out) for out in left_out):
                names[real] = min(names[real], file, key=shown) if real in names else file
    files = tuple(sorted(names.values(), key=lambda file: (shown(file), file)))
    named_itself = set(map(shown, files)) if diagnostics else ()
    diagnostics = [
        one
        for one in diagnostics
        if one.code != NOT_READ or one.where is None or one.where.file not in named_itself
    ]
    diagnostics += _same_but_for_case(files)
    if not names and paths and not any(one.is_error for one in diagnostics):
        diagnostics.append(_nothing(paths))
    return Found(files, tuple(dict.fromkeys(diagnostics)))


def _real(path: Path) -> str:
    """The path without links; as it is written where there is no such path."""
    try:
        return os.path.realpath(path)
    except (OSError, ValueError):
        return str(path)


def _lies_in(real: str, folder: str) -> bool:
    return real == folder or real.startswith(folder.rstrip(os.sep) + os.sep)


def _same_but_for_case(paths: Sequence[str]) -> Iterator[Diagnostic]:
    """Files that are one file where names differ by more than capitals only."""
    seen: dict[str, str] = {}
    for path in paths:
        name = shown(path)
        first = seen.setdefault(unicodedata.normalize("NFC", name).casefold(), path)
        if first != path:
            summary = (
                f"{name} and {shown(first)} are one file on Windows and macOS: one would replace the other"
            )
            where = SourceRef(name, 1, 1)
            yield Diagnostic(
                "file-name-case", Severity.WARNING, summary, where, hint="give one of them another name"
            )


def _nothing(paths: Sequence[Path]) -> Diagnostic:
    listed = ", ".join(shown(p) for p in paths)
    return Diagnostic(
        "catalog-empty",
        Severity.ERROR,
        f"no manifests in {listed}",
        SourceRef(shown(paths[0]), 1, 1),
        hint="`catalogsync init` writes a small catalog to start from",
    )


def _problem(path: Path | str, code: str, summary: str, hint: str = "") -> Diagnostic:
    return Diagnostic(code, Severity.ERROR, summary, SourceRef(shown(path), 1, 1), hint=hint)


def _below(path: Path, diagnostics: list[Diagnostic]) -> Iterator[tuple[str, str]]:
    """The manifest files at or below a path that the person named, each with its real path."""
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError) as problem:
        diagnostics.append(_unreadable(path, problem))
        return
    real = _real(path)
    if stat.S_ISDIR(mode):
        yield from _walk(str(path), real, real, diagnostics)
    else:
        yield str(path), real


def _walk(folder: str, real: str, root: str, diagnostics: list[Diagnostic]) -> Iterator[tuple[str, str]]:
    waiting = [(folder, real)]
    while waiting:  # not by recursion: folders nest deeper than calls may
        folder, real = waiting.pop()
        try:
            with os.scandir(folder) as found:
                entries = list(found)
        except (OSError, ValueError) as problem:
            diagnostics.append(_unreadable(Path(folder), problem))
            continue
        for entry in entries:
            path, below = _inside(folder, entry.name), _inside(real, entry.name)
            if entry.name.startswith("."):
                continue
            if entry.is_symlink():
                yield from _link(Path(path), root, diagnostics)
            elif entry.is_dir(follow_symlinks=False):
                waiting.append((path, below))
            elif _is_manifest(entry.name):
                yield path, below
            else:
                diagnostics.extend(one for one in [_left_out(Path(path))] if one)


def _inside(folder: str, name: str) -> str:
    """The path of an entry of a folder: as a text, as the paths are from which it is made."""
    return name if folder == os.curdir else os.path.join(folder, name)  # noqa: PTH118


def _link(path: Path, root: str, diagnostics: list[Diagnostic]) -> Iterator[tuple[str, str]]:
    """A symbolic link found in a folder: followed to a file inside the catalog, refused when it leads
    outside.
    """
    try:
        is_folder = stat.S_ISDIR(path.stat().st_mode)
    except OSError as problem:
        if is_manifest(path):
            diagnostics.append(_unreadable(path, problem))
        return
    if not is_folder and not is_manifest(path):
        diagnostics.extend(one for one in [_left_out(path)] if one)
        return
    real = _real(path)
    if not _lies_in(real, root):
        hint = "name the other folder on the command line, or copy the file"
        diagnostics.append(
            _problem(
                path, "file-outside-catalog", f"{shown(path)} is a link that leads outside the catalog", hint
            )
        )
    elif not is_folder:
        yield str(path), real


def read(path: Path | str) -> str | Diagnostic:
    """The text of a file, or what is wrong with it."""
    data = _bytes(path)
    if isinstance(data, Diagnostic):
        return data
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _problem(
            path, "yaml-encoding", f"{shown(path)} is written in UTF-16 or UTF-32", "save it as UTF-8"
        )
    try:
        return data.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as problem:
        if b"\0" in data:
            hint = "take it out of the catalog, or save it as UTF-8"
            return _problem(path, "yaml-encoding", f"{shown(path)} is not a text file", hint)
        before = data[: problem.start].decode("utf-8", "replace")
        where = SourceFile(shown(path), before).ref_at(len(before))
        summary = f"the byte 0x{data[problem.start]:02x} is not UTF-8"
        return Diagnostic("yaml-encoding", Severity.ERROR, summary, where, hint="save the file as UTF-8")


def _bytes(path: Path | str) -> bytes | Diagnostic:
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):  # noqa: PTH116 (of paths there would be thousands)
            return _irregular(path)
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with os.fdopen(descriptor, "rb") as stream:
            opened = os.fstat(stream.fileno())
            if not stat.S_ISREG(opened.st_mode):
                return _irregular(path)
            size = opened.st_size
            data = stream.read(min(size, LARGEST) + 1)
            if len(data) > size:  # it grows, or is one of those that say no size
                data += stream.read(LARGEST + 1 - len(data))
    except (OSError, ValueError) as problem:
        return _unreadable(Path(path), problem)
    if len(data) > LARGEST:
        limit = f"{LARGEST // 1024 // 1024} MiB"
        return _problem(
            path, "file-too-large", f"{shown(path)} is larger than {limit}", "split it into several files"
        )
    return data


def _irregular(path: Path | str) -> Diagnostic:
    return _problem(
        path, "file-not-regular", f"{shown(path)} is not a regular file", "take it out of the catalog"
    )


def _unreadable(path: Path, problem: OSError | ValueError) -> Diagnostic:
    reason = problem.strerror if isinstance(problem, OSError) and problem.strerror else str(problem)
    if isinstance(problem, FileNotFoundError) and path.is_symlink():
        leads = f"{shown(path)} is a link to {shown(path.readlink())}, which does not exist"
        return _problem(path, "file-not-found", leads, "remove the link, or make it lead to a manifest")
    if isinstance(problem, FileNotFoundError):
        return _problem(path, "file-not-found", f"{shown(path)} cannot be read: {reason}", _elsewhere(path))
    return _problem(path, "file-unreadable", f"{shown(path)} cannot be read: {reason}")


def meant_by(path: Path) -> Path | None:
    """The path that was probably meant by one that does not exist: the same but for one name that is spelt otherwise."""
    with contextlib.suppress(OSError, ValueError, StopIteration):
        missing = next(one for one in (*reversed(path.parents), path) if not one.exists())
        there = [entry.name for entry in missing.parent.iterdir() if not entry.name.startswith(".")]
        close = difflib.get_close_matches(missing.name, sorted(there), 1)
        meant = missing.with_name(close[0]) / path.relative_to(missing) if close else path
        return meant if meant.exists() else None
    return None


def _elsewhere(path: Path) -> str:
    """What to do about a path that does not exist."""
    if path.parts[:1] in (("http:",), ("https:",)) or path.name.startswith("sandbox:"):
        return "a server is named with --url"
    if (meant := meant_by(path)) is not None:
        return f"did you mean {shown(meant)}?"
    if path == DEFAULT:
        return f"name the folder that holds the manifests ({DEFAULT} is read when none is named), or start one with `catalogsync init`"
    return "name a file or a folder of manifests; `catalogsync init` writes a small catalog to start from"
