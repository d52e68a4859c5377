"""Exceptions: what ends a run, the exit code it ends with, and what the person should do.

    CatalogsyncError            1   something failed
    ├── UsageError             64   the command line or a configuration file cannot be used
    │   └── InvalidConfiguration    catalogsync.yaml holds errors (carries the diagnostics)
    ├── InvalidCatalog          1   the manifests hold errors (carries the diagnostics)
    │   └── FusesBlown          3   a plan was stopped by fuses (carries the diagnostics)
    ├── TargetError             1   the server cannot be reached, refuses us, or answers nonsense
    ├── Refused                 3   a guard refused: stale plan, other target, tampered file, missing --yes
    ├── Incomplete              4   apply ended with failed, unknown or untried steps
    └── Interrupted           130   the person pressed Ctrl-C

Problems *inside* manifests are data (`diagnostics.Diagnostic`), collected and shown together; an exception ends the run.
Every exception has a `code` that `catalogsync explain` knows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalogsync.core.wording import counted

if TYPE_CHECKING:
    from catalogsync.core.diagnostics import Diagnostic, SourceRef


class CatalogsyncError(Exception):
    """Root of all expected errors. `message` says what, `where` the place in a file if there is one, `hint` what to do; `code` is for
    `explain`.
    """

    exit_code = 1
    default_code = "run-failed"

    def __init__(
        self, message: str, *, code: str | None = None, hint: str = "", where: SourceRef | None = None
    ) -> None:
        super().__init__(message)
        self.where = where
        self.message = message
        self.code = code or self.default_code
        self.hint = hint


class UsageError(CatalogsyncError):
    """The command line or a configuration file cannot be used as written."""

    exit_code = 64
    default_code = "usage"


class InvalidConfiguration(UsageError):
    """`catalogsync.yaml` holds errors. `diagnostics` holds all of them; message, place and hint are those of the first."""

    default_code = "config-invalid"

    def __init__(self, diagnostics: tuple[Diagnostic, ...]) -> None:
        first = diagnostics[0]
        super().__init__(first.summary, hint=first.hint, where=first.where)
        self.diagnostics = diagnostics


class InvalidCatalog(CatalogsyncError):
    """The manifests hold errors; nothing was sent. `diagnostics` holds all of them, warnings too."""

    default_code = "catalog-invalid"

    def __init__(self, diagnostics: tuple[Diagnostic, ...]) -> None:
        errors = sum(d.is_error for d in diagnostics)
        super().__init__(f"{counted(errors, 'error')} in the catalog; nothing was sent")
        self.diagnostics = diagnostics


class FusesBlown(InvalidCatalog):
    """A plan that could be carried out was stopped by fuses; nothing was sent. `diagnostics` holds what is to be said of it."""

    exit_code = 3
    default_code = "refused-fuse"

    def __init__(self, diagnostics: tuple[Diagnostic, ...]) -> None:
        super().__init__(diagnostics)
        blown = sum(d.is_error for d in diagnostics)
        self.message = f"{counted(blown, 'fuse')} blew; nothing was sent"


class TargetError(CatalogsyncError):
    """The server cannot be reached, refuses us, or answers what no OpenMeter answers."""

    default_code = "target-unreachable"


class Refused(CatalogsyncError):
    """A guard refused before the first write. Guards fail closed."""

    exit_code = 3
    default_code = "refused"


class Incomplete(CatalogsyncError):
    """Apply ended with failed, unknown, different or untried steps; each outcome says what became of it."""

    exit_code = 4
    default_code = "apply-incomplete"


class Interrupted(CatalogsyncError):
    """The person interrupted the run."""

    exit_code = 130
    default_code = "interrupted"
