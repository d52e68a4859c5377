"""Secrets are references, resolved at the moment of the call and kept nowhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from catalogsync.core.errors import Refused
from catalogsync.core.values import SecretRef


def lacking(variable: str, environ: Mapping[str, str]) -> str:
    """What is wrong with a variable that holds nothing, in words. CI sets one to the empty text where it has no such secret."""
    return f"{variable} is {'empty' if variable in environ else 'not set'}"


@dataclass(frozen=True, slots=True)
class Secrets:
    """Finds what references mean: in these environment variables, in files as seen from `folder`."""

    environ: Mapping[str, str]
    folder: Path = Path()

    def resolve(self, reference: SecretRef) -> str:
        """The secret itself. Raises Refused, without the secret, when it is not there."""
        if reference.source == "env":
            found = self.environ.get(reference.name)
            if not found:
                raise Refused(
                    f"the environment variable {lacking(reference.name, self.environ)}",
                    code="secret-missing",
                    hint=f"set {reference.name} and run again; nothing was sent",
                )
            return found
        try:
            return (self.folder / reference.name).read_text("utf-8").strip()
        except (OSError, ValueError) as problem:
            raise Refused(
                f"the secret's file {reference.name} cannot be read",
                code="secret-missing",
                hint="nothing was sent",
            ) from problem

    def reveal(self, reference: SecretRef) -> str | None:
        """The secret, None where it is not there: for comparing."""
        try:
            return self.resolve(reference)
        except Refused:
            return None
