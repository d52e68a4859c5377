"""What an object says when both sides' changes to it are taken together: by three normal forms, field by field. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from catalogsync.core.canon import Body

_ABSENT = object()


def three_way(base: Body, files: Body, live: Body) -> Body:
    """What was changed on the server, and what was changed in the files only. Where both changed one value, the live one."""
    merged = _merged(base, files, live)
    assert isinstance(merged, Mapping)
    return merged


def _merged(base: object, files: object, live: object) -> object:
    if files in (base, live):
        return live
    if live == base:
        return files
    if isinstance(files, Mapping) and isinstance(live, Mapping):
        return _maps(base if isinstance(base, Mapping) else {}, files, live)
    if isinstance(base, list) and isinstance(files, list) and isinstance(live, list):
        return _lists(base, files, live)
    return live


def _maps(base: Mapping[str, object], files: Mapping[str, object], live: Mapping[str, object]) -> Body:
    names = dict.fromkeys((*live, *files))
    found = {
        name: _merged(base.get(name, _ABSENT), files.get(name, _ABSENT), live.get(name, _ABSENT))
        for name in names
    }
    return {name: value for name, value in found.items() if value is not _ABSENT}


def _lists(base: list[object], files: list[object], live: list[object]) -> object:
    """Entry by entry where no side has more of them; else the live list, for positions mean nothing then."""
    if len(base) == len(files) == len(live):
        return [_merged(*entries) for entries in zip(base, files, live, strict=True)]
    return live
