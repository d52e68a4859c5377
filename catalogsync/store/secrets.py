"""Secrets are references, resolved at the moment of the call and kept nowhere."""

from __future__ import annotations

import errno
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from catalogsync.core.errors import Refused
from catalogsync.core.values import SecretRef

_LONGEST = 65_536
"""Bytes of a file that may be a secret: another one, or a device without an end, was named by mistake."""


def read_file(name: str) -> str:
    """The secret in a file, without the blanks around it. Raises OSError, and ValueError for what is not UTF-8."""
    with Path(name).open("rb") as stream:
        data = stream.read(_LONGEST + 1)
    if len(data) > _LONGEST:
        raise OSError(errno.EFBIG, os.strerror(errno.EFBIG), name)
    return data.decode("utf-8-sig").strip()


def why_unread(problem: OSError | ValueError) -> str:
    """Why a secret's file could not be read, without a word of what it holds."""
    said = problem.strerror if isinstance(problem, OSError) else None
    return said.lower() if said else "it is not UTF-8"


def lacking(variable: str, environ: Mapping[str, str]) -> str:
    """What is wrong with a variable that holds nothing, in words. CI sets one to the empty text where it has no such secret."""
    return f"{variable} is {'empty' if variable in environ else 'not set'}"


@dataclass(frozen=True, slots=True)
class Secrets:
    """Finds what references mean: in these environment variables, in files as seen from the current folder."""

    environ: Mapping[str, str]

    def resolve(self, reference: SecretRef) -> str:
        """The secret itself. Raises Refused, without the secret, when it is not there or empty."""
        if reference.source == "env":
            if found := self.environ.get(reference.name):
                return found
            raise Refused(
                f"the environment variable {lacking(reference.name, self.environ)}",
                code="secret-missing",
                hint=f"set {reference.name} and run again; nothing was sent",
            )
        try:
            found, why = read_file(reference.name), "is empty"
        except (OSError, ValueError) as problem:
            found, why = "", f"cannot be read: {why_unread(problem)}"
        if found:
            return found
        raise Refused(
            f"the secret's file {reference.name} {why}", code="secret-missing", hint="nothing was sent"
        )

    def reveal(self, reference: SecretRef) -> str | None:
        """The secret, None where it is not there: for comparing."""
        try:
            return self.resolve(reference)
        except Refused:
            return None
