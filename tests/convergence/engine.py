"""The one place where these tests call the engine. A change of a signature is a change of this file and of no other test here."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import httpx
import layout
from engine_helpers import undoing

from catalogsync import executor, manifests
from catalogsync.app import rehearse as rehearsal
from catalogsync.checks.validate import validate
from catalogsync.core.errors import CatalogsyncError, Refused
from catalogsync.core.model import Catalog, Ref
from catalogsync.core.plan import Plan, TargetIdentity
from catalogsync.core.report import RunReport, Status
from catalogsync.manifests import export as exporting
from catalogsync.planner import PlanOptions, make_plan
from catalogsync.render import document, document_text
from catalogsync.store import planfile
from catalogsync.store.secrets import Secrets
from catalogsync.targets.v1 import V1, Client, reader
from catalogsync.targets.v1.support import server_of

__all__ = [
    "Catalog", "CatalogsyncError", "Client", "Exported", "Plan", "Refused", "RunReport", "Status",
    "already", "apply", "clear_duplicates", "client_of", "documents", "exported", "load", "load_files",
    "outcomes", "plan", "rehearsed", "reread", "saved", "shown", "steps", "subjects", "touched", "undoing",
]  # fmt: skip

URL = "http://sandbox.localhost"
TARGET = TargetIdentity(URL)
SECRETS = Secrets(os.environ)
OPTIONS = PlanOptions()
Document = Mapping[str, Any]


def client_of(transport: httpx.BaseTransport, *, workers: int = 1) -> Client:
    """A client that never sleeps and asks for one thing after the other, unless `workers` are more."""
    return Client(URL, transport=transport, workers=workers, wait=lambda _: None, jitter=lambda: 0.5)


def load(documents: Sequence[Document]) -> tuple[Catalog, list[str]]:
    """The catalog that the documents make, written to files as people may have them and read again, and its errors in words."""
    files, overlay = layout.of(documents)
    return load_files(files, overlay)


def load_files(
    files: Mapping[str, str], overlay: Mapping[str, str] = MappingProxyType({})
) -> tuple[Catalog, list[str]]:
    """The catalog of some files by name under an overlay, and the errors that `validate` tells, in words."""
    with tempfile.TemporaryDirectory(prefix="catalogsync-") as folder:
        base, over = Path(folder, "catalog"), Path(folder, "overlay")
        for root, texts in ((base, files), (over, overlay)):
            for name, text in texts.items():
                path = root / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, "utf-8")
        loaded = manifests.load([base], overlays=[over] if overlay else [])
    found = (*loaded.diagnostics, *validate(loaded.catalog, loaded.gaps))
    return loaded.catalog, [f"{d.code}: {d.summary}" for d in found if d.is_error]


def documents(catalog: Catalog) -> tuple[Document, ...]:
    """The catalog as manifests again."""
    return tuple({**r.body, "kind": str(r.ref.kind), "lifecycle": str(r.lifecycle)} for r in catalog)


def plan(catalog: Catalog, client: Client) -> Plan:
    """The plan for what is live now."""
    return make_plan(catalog, reader.read(client), TARGET, OPTIONS)


def apply(made: Plan, client: Client, *, workers: int = 1) -> RunReport:
    """Carries a plan out, one step after the other, unless `workers` are more. Raises Refused."""
    return executor.apply(made, V1(client), SECRETS, workers=workers)


def rehearsed(made: Plan, catalog: Catalog, client: Client) -> tuple[bool, tuple[str, ...]]:
    """Whether the rehearsal of a plan finds nothing wrong, and what it finds."""
    proof = rehearsal.rehearse(made, catalog, client, SECRETS, OPTIONS, server_of("", b"")).rehearsal
    assert proof is not None
    return proof.passed, proof.failures


@dataclass(frozen=True, slots=True)
class Exported:
    """The files of an export and its warnings: what each is about (KIND/KEY) and its words."""

    files: Mapping[str, str]
    warnings: tuple[tuple[str, str], ...]


def exported(client: Client) -> Exported:
    """What is live, as files."""
    found = exporting.export(reader.read(client))
    return Exported(found.files, tuple((d.subject, f"{d.summary} {d.hint}") for d in found.diagnostics))


def saved(made: Plan, folder: Path) -> Plan:
    """The plan as it comes back from its file."""
    path = folder / "plan.json"
    planfile.save(made, path)
    return planfile.load(path)


def reread(made: Plan) -> Plan:
    """The plan as whoever reviewed its file applies it."""
    with tempfile.TemporaryDirectory(prefix="catalogsync-") as folder:
        return saved(made, Path(folder))


def shown(made: Plan) -> str:
    """The plan in words."""
    return document_text.render(document.of_plan(made))


def steps(made: Plan) -> list[str]:
    """The steps in short words: verb, object, and the add-on that an assignment is of."""
    return [f"{s.verb} {s.ref}{' ' + s.addon if s.addon else ''}" for s in made.steps]


def touched(made: Plan) -> set[str]:
    """The objects that a plan has steps for."""
    return {str(step.ref) for step in made.steps}


def already(report: RunReport) -> list[str]:
    """The steps that the report calls already done, in the words of `steps`."""
    good = [o.step for o in report.outcomes if o.status is Status.ALREADY]
    return [f"{s.verb} {s.ref}{' ' + s.addon if s.addon else ''}" for s in good]


def outcomes(report: RunReport) -> list[str]:
    """The outcomes that are not good, in words."""
    bad = [o for o in report.outcomes if not o.status.is_good]
    return [f"{o.step.verb} {o.step.ref}: {o.status}: {o.message}" for o in bad]


def subjects(made: Plan) -> dict[str, list[str]]:
    """What the plan's diagnostics say of each object: KIND/KEY to codes."""
    found: dict[str, list[str]] = {}
    for one in made.diagnostics:
        found.setdefault(one.subject, []).append(one.code)
    return found


def clear_duplicates(catalog: Catalog, client: Client) -> None:
    """Takes the way out of several live objects under one key that the plan's errors show: --keep KIND/KEY=ID."""
    shown = [
        d.hint.rpartition("--keep ")[2]
        for d in plan(catalog, client).diagnostics
        if d.code == "duplicate-key"
    ]
    keep = {Ref.parse(ref): id_ for ref, _, id_ in (one.partition("=") for one in shown)}
    again = make_plan(catalog, reader.read(client), TARGET, PlanOptions(keep=keep))
    if not again.blocked:
        apply(again, client)
