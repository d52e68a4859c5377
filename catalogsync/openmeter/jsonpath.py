"""Which JSON paths the server's event store takes (semantics-meters §1.3, the table of accepted and refused paths)."""

from __future__ import annotations

import re

_SKIP = r"(?:[ \t\r\n\f\v]|--[^\n]*(?:\n|\Z)|/\*.*?\*/)*"
_BARE = r"\$*[A-Za-z_0-9][A-Za-z_0-9$]*"
_INDEX = r"(?:0[xX][0-9a-fA-F]+|[0-9]+)"
_RANGE = rf"{_INDEX}(?:{_SKIP}(?i:to){_SKIP}{_INDEX})?"
_QUOTED = r'"(?:[^"\\]|\\.)+"|`(?:[^`\\]|\\.)+`'
_MEMBER = rf"\.{_SKIP}(?:(?P<bare>{_BARE})|{_QUOTED})"
_NAMED = rf"\*|'(?:[^'\\]|\\.)*'|{_QUOTED}|[A-Za-z_][A-Za-z_0-9]*"
_LISTED = rf"(?P<list>{_RANGE}(?:{_SKIP},{_SKIP}{_RANGE})*)"
_STEP = re.compile(rf"{_MEMBER}|\[{_SKIP}(?:{_NAMED}|{_LISTED}){_SKIP}\]", re.S)
_BLANK = re.compile(_SKIP, re.S)
_EXPONENT = re.compile(r"[0-9]+[eE][0-9]+|\$+")
_TO = re.compile(rf"({_INDEX}){_SKIP}(?i:to){_SKIP}({_INDEX})", re.S)


def is_accepted(path: str) -> bool:
    """Whether the server takes the path; it must begin with `$`."""
    if not path.startswith("$"):
        return False
    at = _after_blanks(path, 1)
    while at < len(path):
        step = _STEP.match(path, at)
        if (
            step is None
            or (step["bare"] and _EXPONENT.fullmatch(step["bare"]))
            or not _rising(step["list"] or "")
        ):
            return False
        at = _after_blanks(path, step.end())
    return True


def _after_blanks(path: str, at: int) -> int:
    match = _BLANK.match(path, at)
    return match.end() if match else at


def _rising(indexes: str) -> bool:
    return all(_number(low) < _number(high) for low, high in _TO.findall(indexes))


def _number(text: str) -> int:
    return int(text, 16) if text[:2] in ("0x", "0X") else int(text)
