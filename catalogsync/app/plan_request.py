"""What may be asked of a plan: one record for plan, apply, promote and many environments."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from catalogsync.app import only as only_these
from catalogsync.app.desired import FindGone
from catalogsync.core.asked import NOTHING_ASKED, Asked
from catalogsync.core.errors import UsageError
from catalogsync.core.model import Catalog, Ref
from catalogsync.planner import PlanOptions
from catalogsync.planner.prune import Gone
from catalogsync.store.secrets import Secrets


@dataclass(frozen=True, slots=True)
class PlanRequest:
    """How a plan is made.

    `recreate`: KIND/KEY of objects that may be removed and made again; `keep`: KIND/KEY=ID of the one to keep where several live objects
    carry one key; `only`: patterns of KIND/KEY of what is planned with what it needs, everything without any; `rehearsed`: carried out on a
    twin first; `impact`: whether the server is asked which customers are touched; `find_gone`: finds what no file describes any more and is
    to be removed; `asked`: the usage that changed prices are shown for; `usage_from`: the environment or URL whose usage of last month is
    asked about too; `refresh`: reads what published versions offer, which the run store may know from an earlier plan; `remember`: whether the run
    store is to know it for the next one; `unproven`: what is not proven where the environment is promoted from is planned on purpose.
    """

    recreate: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    rehearsed: bool = False
    impact: bool = True
    find_gone: FindGone | None = None
    asked: Asked = NOTHING_ASKED
    usage_from: str | None = None
    refresh: bool = False
    remember: bool = True
    unproven: bool = False

    def options(self, whole: Catalog, gone: Gone, secrets: Secrets) -> PlanOptions:
        """The same for the planner. `whole`: the catalog with what is `gone` from it. Raises UsageError for what cannot be read."""
        return PlanOptions(
            recreate=frozenset(_refs(self.recreate)),
            reveal=secrets.reveal,
            keep=_kept(self.keep),
            only=only_these.chosen(self.only, whole),
            drop_drafts=gone.drafts,
            pruned=gone.refs,
        )


AS_USUAL = PlanRequest()
"""Everything, and which customers are touched."""
QUIETLY = PlanRequest(impact=False)
"""Everything, and nothing is asked about customers."""


def _refs(texts: Iterable[str]) -> list[Ref]:
    try:
        return [Ref.parse(text) for text in texts]
    except ValueError as problem:
        raise UsageError(
            f"--recreate: {problem}", hint="write KIND/KEY, for example feature/api_calls"
        ) from None


def _kept(texts: Iterable[str]) -> dict[Ref, str]:
    kept = {}
    for text in texts:
        name, _, id_ = text.partition("=")
        try:
            kept[Ref.parse(name)] = id_
        except ValueError:
            id_ = ""
        if not id_:
            raise UsageError(
                f"--keep: not KIND/KEY=ID: {text!r}", hint="write it as the plan's error shows it"
            )
    return kept
