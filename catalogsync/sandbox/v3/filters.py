"""v3's meter filters of a feature, to and from the stored ones (`$eq`, `$in`, `$like` …).

`contains` is stored as an escaped LIKE pattern; stored operators that v3 has no word for are left out of what
it shows (recorded: `features_v3_*`).
"""

from __future__ import annotations

from collections.abc import Mapping

from catalogsync.sandbox.domain.contract import Json, Row

_WORDS = {"exists": "$exists", "eq": "$eq", "neq": "$ne", "in": "$in", "nin": "$nin"}
_PATTERNS = {"contains": "$like", "ncontains": "$nlike"}
_LISTS = {"and": "$and", "or": "$or"}


def read_filters(sent: Mapping[str, Json]) -> dict[str, Row]:
    """The stored filters that v3's describe."""
    return {name: _read(one) for name, one in sent.items()}


def _read(sent: Mapping[str, Json]) -> Row:
    stored: Row = {own: sent[word] for word, own in _WORDS.items() if sent.get(word) is not None}
    stored |= {own: _pattern(sent[word]) for word, own in _PATTERNS.items() if sent.get(word) is not None}
    for word, own in _LISTS.items():
        if sent.get(word) is not None:
            stored[own] = [_read(one) for one in sent[word]]
    return stored


def _pattern(text: str) -> str:
    for special in ("\\", "%", "_"):
        text = text.replace(special, "\\" + special)
    return f"%{text}%"


def shown_filters(stored: Mapping[str, Mapping[str, Json]]) -> dict[str, Row]:
    """The stored filters in v3's words."""
    return {name: _shown(one) for name, one in stored.items()}


def _shown(stored: Mapping[str, Json]) -> Row:
    shown: Row = {word: stored[own] for word, own in _WORDS.items() if stored.get(own) is not None}
    shown |= {word: _plain(stored[own]) for word, own in _PATTERNS.items() if stored.get(own) is not None}
    for word, own in _LISTS.items():
        if stored.get(own) is not None:
            shown[word] = [_shown(one) for one in stored[own]]
    return shown


def _plain(pattern: str) -> str:
    text = pattern.removeprefix("%").removesuffix("%")
    return text.replace("\\_", "_").replace("\\%", "%").replace("\\\\", "\\")
