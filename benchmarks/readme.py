"""What the README says of speed, from one run: tables and sentences with their date and machine, ready to be pasted."""

from __future__ import annotations

import datetime
import os
import platform
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks import latency, rivals, scale
from benchmarks.rivals import Spent

_CPUS = Path("/proc/cpuinfo")
_SHAPES = {"small": "small objects", "big": "big plans and what they need"}


@dataclass(frozen=True, slots=True)
class Found:
    """What the parts of one run found. `startup`: the longest of `--help`, `--version` and `explain` to importing click; `sandbox`: creations a
    second, by kind and how.
    """

    startup: float
    scale: Sequence[scale.Row]
    latency: Sequence[latency.Row]
    rivals: Mapping[str, Spent]
    sandbox: Mapping[str, Mapping[str, float]]


def text(found: Found) -> str:
    """Markdown."""
    return "\n".join(
        [
            f"From {_today()}, {_machine()}:",
            "",
            *_sizes(found.scale),
            "",
            *_rivals(found.rivals),
            "",
            *_waits(found.latency),
            "",
            *_rest(found),
        ]
    )


def _sizes(rows: Iterable[scale.Row]) -> Iterator[str]:
    yield from _table(
        "catalog | `validate` | floor | ratio | memory | to the files "
        "| plan | floor | ratio | memory | calls | next plan | floor | ratio | memory | calls"
    )
    for row in rows:
        yield _line(
            f"{row.objects:,} {_SHAPES[row.shape]}, {row.files:.1f} MB",
            f"{row.validate.seconds:.2f} s",
            f"{row.events.seconds:.2f} s",
            f"{row.validate_ratio:.1f}",
            f"{row.validate.megabytes:.0f} MB",
            f"{row.memory_ratio:.1f}",
            *_planned(row.first),
            *_planned(row.next),
        )


def _planned(one: scale.Planned) -> Iterator[str]:
    yield from (f"{one.plan.seconds:.2f} s", f"{one.floor:.2f} s", f"{one.ratio:.1f}")
    yield from (f"{one.plan.megabytes:.0f} MB", f"{one.calls:,}")


def _rivals(found: Mapping[str, Spent]) -> Iterator[str]:
    yield from _table(
        "10,000 objects, nothing to do | processor | clock | to `catalogsync` | to its next plan"
    )
    for name, one in found.items():
        ratios = (f"{one.processor / found[own].processor:.1f}" for own in (rivals.FIRST, rivals.NEXT))
        yield _line(name, f"{one.processor:.1f} s", f"{one.wall:.1f} s", *ratios)


def _waits(rows: Iterable[latency.Row]) -> Iterator[str]:
    yield from _table(
        "catalog | an answer takes | | reads | writes | bound | clock | ratio | without computing"
    )
    for row in rows:
        yield _line(
            row.catalog if not row.catalog.isdigit() else f"{int(row.catalog):,} small objects",
            f"{1000 * row.latency:.0f} ms",
            row.what,
            f"{row.waited.reads:,}",
            f"{row.waited.writes:,}",
            f"{row.bound:.2f} s",
            f"{row.waited.seconds:.2f} s",
            f"{row.ratio:.2f}",
            f"{row.waiting_ratio:.2f}",
        )


def _rest(found: Found) -> Iterator[str]:
    yield f"`catalogsync --help`, `--version` and `explain` take at most {found.startup:.2f} times as long as importing click."
    features, plans = (round(rates["served"], -1) for rates in found.sandbox.values())
    yield f"The sandbox makes about {features:,.0f} features and {plans:,.0f} plans of 20 rate cards a second over a socket."


def _table(head: str) -> Iterator[str]:
    yield f"| {head} |"
    yield "|" + "---|" * (head.count("|") + 1)


def _line(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _today() -> str:
    now = datetime.datetime.now(datetime.UTC)
    return f"{now.day} {now:%B %Y}"


def _machine() -> str:
    model = platform.machine()
    if _CPUS.exists() and (found := re.search(r"model name\s*: (.+)", _CPUS.read_text())):
        model = found[1]
    busy = f", load {os.getloadavg()[0]:.1f} at the end" if hasattr(os, "getloadavg") else ""
    return f"on {os.cpu_count()} cores ({model}){busy}, with Python {platform.python_version()} on {platform.system()}"
