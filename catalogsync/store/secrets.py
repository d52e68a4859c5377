"""Secrets are references, `{env: NAME}` or `{file: PATH}`, resolved at the moment of the call and kept nowhere."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from catalogsync.core.errors import Refused


def is_reference(value: Any) -> bool:
    """Whether a value stands for a secret."""
    return isinstance(value, Mapping) and len(value) == 1 and next(iter(value)) in ("env", "file")


def resolve(reference: Mapping[str, str]) -> str:
    """The secret itself. Raises Refused, without the secret, when it is not there."""
    ((how, name),) = reference.items()
    if how == "env":
        found = os.environ.get(name)
        if not found:
            raise Refused(
                f"the environment has no {name}",
                code="secret-missing",
                hint=f"set {name} and run again; nothing was sent",
            )
        return found
    try:
        return Path(name).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as problem:
        raise Refused(
            f"the secret's file {name} cannot be read", code="secret-missing", hint="nothing was sent"
        ) from problem


def references(value: Any) -> Iterator[Mapping[str, str]]:
    """Every reference inside a body."""
    if is_reference(value):
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from references(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from references(one)


def filled(value: Any) -> Any:
    """The body with every reference replaced by its secret. Raises Refused."""
    if is_reference(value):
        return resolve(value)
    if isinstance(value, Mapping):
        return {name: filled(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [filled(one) for one in value]
    return value
