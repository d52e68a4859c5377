"""Problems of one object, collected by their place in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache

from catalogsync.core import canon
from catalogsync.core.canon import JsonObject
from catalogsync.core.diagnostics import Diagnostic, Path, Related, Severity, on_one_line
from catalogsync.core.model import Catalog, Kind, Lifecycle, Resource
from catalogsync.manifests.hints import lookalikes

_GONE = (Lifecycle.ARCHIVED, Lifecycle.DELETED)
_LARGEST_DOUBLE = Decimal("1.7976931348623157e308")


@dataclass(slots=True)
class Findings:
    """What is found while one object is looked at. Places are only turned into lines when there is something to say."""

    catalog: Catalog
    resource: Resource
    diagnostics: list[Diagnostic] = field(default_factory=list)

    @property
    def body(self) -> JsonObject:
        return self.resource.body

    @property
    def publishes(self) -> bool:
        """Whether the object will be published, so that publishing's rules refuse it."""
        return self.resource.lifecycle is not Lifecycle.DRAFT

    def add(
        self,
        code: str,
        path: Path,
        summary: str,
        *,
        hint: str,
        detail: str = "",
        severity: Severity = Severity.ERROR,
        key: bool = False,
        other: tuple[str, Path] | None = None,
        also: Sequence[tuple[str, Resource, Path]] = (),
    ) -> None:
        """Notes a problem at `path` (at the member's name when `key`); `other` labels a second place in the same object, `also` places in
        any object.
        """
        places = [(other[0], self.resource, other[1]), *also] if other else also
        related = tuple(Related(label, one.origin.locate(there)) for label, one, there in places)
        where = self.resource.origin.locate(path, key=key)
        found = Diagnostic(
            code,
            severity,
            on_one_line(summary),
            where,
            detail,
            on_one_line(hint),
            str(self.resource.ref),
            related,
        )
        self.diagnostics.append(lookalikes.explained(found))

    def at_publish(
        self,
        code: str,
        path: Path,
        summary: str,
        *,
        hint: str,
        detail: str = "",
        also: Sequence[tuple[str, Resource, Path]] = (),
    ) -> None:
        """A problem that a draft may have: the server keeps the draft and refuses to publish it."""
        severity = Severity.ERROR if self.publishes else Severity.WARNING
        if not self.publishes:
            detail = (
                detail + " " if detail else ""
            ) + "The server keeps such a draft and refuses to publish it."
        self.add(code, path, summary, hint=hint, detail=detail, severity=severity, also=also)

    def dropped(self, code: str, path: Path, summary: str, *, hint: str, key: bool = True) -> None:
        """Something the server accepts and does not keep."""
        self.add(code, path, summary, hint=hint, severity=Severity.WARNING, key=key)

    def live(self, kind: Kind, key: str) -> Resource | None:
        """Another object of the catalog, unless it is to go."""
        found = self.catalog.get(kind, key)
        return None if found is None or found.lifecycle in _GONE else found


def keeps(findings: Findings, value: object, place: Path) -> None:
    """Tells of a number that a double cannot hold as it is written (docs/server/readback.md#n36)."""
    if not isinstance(value, (int, Decimal)):
        return
    kept = canon.double(value)
    if not -_LARGEST_DOUBLE <= value <= _LARGEST_DOUBLE:
        hint = "no quantity is that large: count the digits"
        findings.add("number-too-large", place, "the server cannot read a number of this size", hint=hint)
    elif kept != value:
        summary = f"the server keeps this number as {kept}"
        hint = f"if that is close enough, write {kept}"
        findings.dropped("number-rounded", place, summary, hint=hint, key=False)


@lru_cache(maxsize=65536)
def _sign_of(text: str) -> int:
    plain = canon.decimal_text(text)
    return 0 if plain == "0" else -1 if plain.startswith("-") else 1


def sign(value: object) -> int | None:
    """1, 0 or -1 for an amount as written (text or number); None for what is not a decimal."""
    if isinstance(value, int | Decimal):
        return (value > 0) - (value < 0)
    try:
        return _sign_of(value) if isinstance(value, str) else None
    except ValueError:
        return None
