"""One catalog in the forms in which people have it: one file or many, in any order, as YAML or JSON, with an environment's values in an overlay."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from typing import Any

import yaml

Document = Mapping[str, Any]
Files = dict[str, str]
OVERLAID = ("name", "description", "url")
"""Members that each environment may have of its own, and that are not put together from both files."""


def of(documents: Sequence[Document]) -> tuple[Files, Files]:
    """The catalog's files and those of an overlay, by their names. The documents decide on the form, so that a run can be had again."""
    plain: list[dict[str, Any]] = json.loads(json.dumps(documents, default=str))
    dice = random.Random(json.dumps(plain))
    if dice.random() < 0.5:
        return {"catalog.yaml": _together(plain, dice)}, {}
    base, over = plain, []
    if dice.random() < 0.5 and len({_name(one) for one in plain}) == len(plain):
        base, over = _apart(plain, dice)
    dice.shuffle(base)
    files: dict[str, list[dict[str, Any]]] = {}
    for one in base:
        files.setdefault(dice.choice(("a.yaml", "b/c.yml", "b/a.yaml")), []).append(one)
    texts = {name: _together(some, dice) for name, some in files.items()}
    return texts, {"over.yaml": _together(over, dice)} if over else {}


def _name(document: Document) -> tuple[Any, Any]:
    return document["kind"], document.get("slug", document.get("key"))


def _apart(
    documents: Sequence[Document], dice: random.Random
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Some members say something else in the base, and the overlay says what is meant."""
    base, over = [], []
    for one in documents:
        moved = {
            name: one[name] for name in OVERLAID if isinstance(one.get(name), str) and dice.random() < 0.4
        }
        base.append({**one, **dict.fromkeys(moved, "https://base.example/x")})
        if moved:
            key = "slug" if "slug" in one else "key"
            over.append({"kind": one["kind"], key: one[key], **moved})
    return base, over


def _together(documents: Sequence[Document], dice: random.Random) -> str:
    """One file of documents, each a JSON line or a YAML block."""
    return "---\n".join(
        json.dumps(one, ensure_ascii=False) + "\n"
        if dice.random() < 0.5
        else yaml.safe_dump(one, allow_unicode=True, sort_keys=dice.random() < 0.5)
        for one in documents
    )
