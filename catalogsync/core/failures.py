"""What ended a run, as data: the same words wherever they are said, on a terminal or to a program."""

from __future__ import annotations

import os
import traceback

from catalogsync.core.diagnostics import Diagnostic, Severity
from catalogsync.core.errors import CatalogsyncError, InvalidCatalog, InvalidConfiguration


def diagnostics_of(problem: Exception) -> tuple[Diagnostic, ...]:
    """All that is to be said of what ended a run: what was found in files where they ended it, else one error with its code."""
    if isinstance(problem, InvalidCatalog | InvalidConfiguration):
        return problem.diagnostics
    known = expected(problem)
    summary, _, more = known.message.partition("\n")
    return (Diagnostic(known.code, Severity.ERROR, summary, known.where, more, known.hint),)


def expected(problem: Exception) -> CatalogsyncError:
    """The problem as one of our own errors: what the operating system refused keeps its words, a package that is not
    there is named, a fault of ours says its kind and place alone.
    """
    if isinstance(problem, CatalogsyncError):
        return problem
    if isinstance(problem, OSError):
        named = f"{problem.filename}: " if isinstance(problem.filename, str) else ""
        return CatalogsyncError(f"{named}{problem.strerror or type(problem).__name__}", code="system-refused")
    package = ((problem.name or "") if isinstance(problem, ModuleNotFoundError) else "").partition(".")[0]
    if package not in ("", "catalogsync"):
        return CatalogsyncError(
            f"this installation of catalogsync lacks the package {package}",
            code="installation-incomplete",
            hint="run catalogsync by the Python that it is installed in, or install it again",
        )
    return defect_of(problem)


def defect_of(fault: Exception) -> CatalogsyncError:
    """A fault of ours, said by its kind and place alone: its words may quote what nobody should see."""
    place = traceback.extract_tb(fault.__traceback__)[-1]
    where = f"{os.path.basename(place.filename)}:{place.lineno}, in {place.name}"  # noqa: PTH119  # pathlib is slow to load
    return CatalogsyncError(
        f"catalogsync itself failed: {type(fault).__name__} at {where}",
        code="internal-error",
        hint="please report this line with the command; if it was `apply`, run it again: it goes on where it stopped",
    )
