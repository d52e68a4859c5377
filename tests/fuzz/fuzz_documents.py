"""Seeded mutations of the example catalog, by structure and by bytes, through all that reads manifests.

    python -m tests.fuzz.fuzz_documents [--count 100000] [--seed 1]

Each document is loaded, checked and formatted. Wanted: no exception, no document that takes longer than a second, bounded
memory, diagnostics that lie inside the file, `fmt` that is idempotent and never refuses its own work. Prints figures; exit 1 on
any failure, with the seed of each document that failed (`--only SEED` repeats it).
"""

# ruff: noqa: E501 (lists of hostile values read best unwrapped)

from __future__ import annotations

import argparse
import random
import resource
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from catalogsync.manifests import careful, load
from catalogsync.manifests.format import format_text
from catalogsync.manifests.source import SourceFile
from catalogsync.manifests.write import Comments, document

EXAMPLES = Path(__file__).parents[2] / "examples" / "catalog"
HANGING = 10
"""Seconds after which a document counts as hanging for sure, whatever else the machine does."""

SLOW = 1.0

TOKENS = (
    "no", "on", "010", "0x1f", "1_000", "12:30", "2024-01-01", "1e3", ".5", ".inf", "~", "null", "", "+1", "-", "- ", "? ", ": ", ":", "&a ",
    "*a", "!!str ", "!x ", "<<: {a: b}", "<<: *a", "%YAML 1.1", "---", "...", "|", ">", "|2", "#", "'", '"', "{", "}", "[", "]", ",", "\t",
    "\ufeff", "\x85", "\u2028", "\x00", "\r", "\\x00", "@", "`", "key: x", "kind: plan", "[" * 300, "{a: " * 300, "- " * 300, "? " * 200,
    "&a [*a, *a]", "a" * 5000, "9" * 5000, "\U0001f600", "é", "type: tiered", "tiers: [{}]", "price: {type: unit, amount: -1}",
    "lifecycle: deleted", "$eq: x", "$and: [{$and: [{}]}]",
)  # fmt: skip
VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 10**30, 10**500, "", "x", "no", "1", "-1", "0.10", "1e9", "P1M", "P0D", "PT1S", "P1Y2M3W", "p1m", "P-1M", [], {},
    [[]], {"": {}}, [None], {"type": "flat"}, {"type": "tiered", "tiers": []}, {"type": None}, "A" * 70, "é", "a\nb", "a\tb", " ", "\x7f",
    {"env": "X"}, {"env": "X", "file": "y"}, {"$and": [{"$or": [{"$eq": "x"}]}]}, "01ARZ3NDEKTSV4RRFFQ69G5FAV", "$.a.b", "$..a[?(@.b)]",
    "{\"a\": ", "{}", "2026-01-01T00:00:00Z", "USD", "usd",
)  # fmt: skip


@dataclass(slots=True)
class Figures:
    """What a run found."""

    documents: int = 0
    valid: int = 0
    slowest: float = 0.0
    slowest_number: int = 0
    codes: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)

    def report(self, seconds: float) -> str:
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        common = ", ".join(f"{code} {count}" for code, count in self.codes.most_common(12))
        return (
            f"{self.documents} documents in {seconds:.0f} s: {len(self.failures)} failures, {self.valid} without an error, "
            f"slowest {self.slowest * 1000:.0f} ms (number {self.slowest_number}), peak memory {memory} MiB, {len(self.codes)} different codes\n{common}"
        )


@dataclass(frozen=True)
class Corpus:
    """The documents that mutations start from: as text and as values."""

    texts: tuple[str, ...]
    values: tuple[Any, ...]

    @classmethod
    def read(cls, folder: Path = EXAMPLES) -> Corpus:
        texts = tuple(file.read_text(encoding="utf-8") for file in sorted(folder.rglob("*.yaml")))
        values = tuple(one.value for text in texts for one in careful.read(SourceFile("", text)).documents)
        return cls(texts, values)

    def names(self) -> list[str]:
        return sorted({name for value in self.values for name in _names(value)})


def _names(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from value
        for inner in value.values():
            yield from _names(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _names(inner)


def mutate(corpus: Corpus, names: list[str], chance: random.Random) -> bytes:
    """One document: by structure, by lines and tokens, or by bytes."""
    kind = chance.random()
    if kind < 0.5:
        value = corpus.values[chance.randrange(len(corpus.values))]
        for _ in range(chance.choice((1, 1, 1, 2, 4))):
            value = by_structure(value, names, chance, root=True)
        text = document(value, Comments())
    else:
        text = corpus.texts[chance.randrange(len(corpus.texts))]
        for _ in range(chance.choice((1, 1, 1, 2, 5))):
            text = by_text(text, corpus, chance)
    data = text.encode("utf-8", "replace")
    return by_bytes(data, chance) if kind > 0.85 else data


def by_structure(value: Any, names: list[str], chance: random.Random, *, root: bool = False) -> Any:
    """The value with one place changed: a member lost, renamed, doubled, moved or given another value."""
    if isinstance(value, dict) and value and (root or chance.random() < 0.9):
        name = chance.choice(list(value))
        changed = dict(value)
        if chance.random() < 0.8 and isinstance(value[name], dict | list):
            changed[name] = by_structure(value[name], names, chance)
            return changed
        return _change_member(changed, name, names, chance)
    if isinstance(value, list) and value and chance.random() < 0.8:
        place = chance.randrange(len(value))
        changed_list = list(value)
        action = chance.randrange(4)
        if action == 0:
            del changed_list[place]
        elif action == 1:
            changed_list.insert(place, value[chance.randrange(len(value))])
        else:
            changed_list[place] = by_structure(value[place], names, chance)
        return changed_list
    return chance.choice(VALUES)


def _change_member(
    value: dict[str, Any], name: str, names: list[str], chance: random.Random
) -> dict[str, Any]:
    action = chance.randrange(5)
    if action == 0:
        del value[name]
    elif action == 1:
        value[chance.choice(names)] = value.pop(name)
    elif action == 2:
        value[name + chance.choice("sS_1 ")] = value.pop(name)
    elif action == 3:
        value[chance.choice(names)] = value[name]
    else:
        value[name] = chance.choice(VALUES)
    return value


def by_text(text: str, corpus: Corpus, chance: random.Random) -> str:
    """The text with lines lost, doubled, moved, indented or spliced, or a hostile token put in."""
    lines = text.split("\n")
    place = chance.randrange(len(lines))
    match chance.randrange(7):
        case 0:
            del lines[place]
        case 1:
            lines.insert(place, lines[chance.randrange(len(lines))])
        case 2:
            lines[place] = " " * chance.randint(1, 4) + lines[place]
        case 3:
            lines[place] = lines[place][chance.randint(1, 3) :]
        case 4:
            other = corpus.texts[chance.randrange(len(corpus.texts))].split("\n")
            lines[place:] = other[chance.randrange(len(other)) :]
        case _:
            at = chance.randint(0, len(lines[place]))
            lines[place] = lines[place][:at] + chance.choice(TOKENS) + lines[place][at:]
    return "\n".join(lines)


def by_bytes(data: bytes, chance: random.Random) -> bytes:
    """The bytes with some changed, some lost, or the end cut off."""
    changed = bytearray(data)
    for _ in range(chance.randint(1, 8)):
        if not changed:
            break
        place = chance.randrange(len(changed))
        match chance.randrange(4):
            case 0:
                changed[place] = chance.randrange(256)
            case 1:
                del changed[place : place + chance.randint(1, 20)]
            case 2:
                changed[place:place] = bytes(chance.randrange(256) for _ in range(chance.randint(1, 4)))
            case _:
                changed[place] ^= 1 << chance.randrange(8)
    return bytes(changed[: chance.randrange(len(changed) + 1)] if chance.random() < 0.2 else changed)


def examine(folder: Path, data: bytes) -> tuple[list[str], bool]:
    """Puts one document through everything. Returns the codes of what was said, and whether nothing was an error.

    Raises AssertionError when something was said wrongly.
    """
    file = folder / "fuzz.yaml"
    file.write_bytes(data)
    loaded = load([folder])
    for found in loaded.diagnostics:
        assert found.where is not None, found
        assert found.where.line >= 1, found
        assert (
            found.where.column <= len(found.where.text) + 2
            or "…" in found.where.text
            or len(found.where.text) == 400
        ), found
    errors = [d for d in loaded.diagnostics if d.is_error]
    assert errors or not loaded.broken
    text = data.decode("utf-8", "replace")
    once, problems = format_text(SourceFile("fuzz.yaml", text))
    assert all(problem.code != "fmt-refused" for problem in problems), problems
    if not problems:
        assert format_text(SourceFile("fuzz.yaml", once)) == (once, ()), "fmt is not idempotent"
    return [d.code for d in loaded.diagnostics], not errors


@contextmanager
def no_longer_than(seconds: int) -> Iterator[None]:
    """Raises TimeoutError in what hangs."""

    def stop(*_: object) -> None:
        raise TimeoutError(f"longer than {seconds} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def run(
    count: int,
    seed: int,
    *,
    judge: Callable[[Path, bytes], tuple[list[str], bool]] = examine,
    progress: Callable[[Figures], None] = lambda figures: None,
) -> Figures:
    """Examines `count` documents; document n depends on `seed` and n alone."""
    corpus = Corpus.read()
    names = corpus.names()
    figures = Figures()
    with tempfile.TemporaryDirectory() as folder:
        for number in range(count):
            data = mutate(corpus, names, random.Random(f"{seed}:{number}"))
            began = time.perf_counter()
            try:
                with no_longer_than(HANGING):
                    codes, good = judge(Path(folder), data)
                figures.codes.update(codes)
                figures.valid += good
            except Exception:
                figures.failures.append(f"--seed {seed} --only {number}: {traceback.format_exc(limit=-3)}")
            figures.documents += 1
            seconds = time.perf_counter() - began
            if seconds > figures.slowest and number:
                figures.slowest, figures.slowest_number = seconds, number
            if number % 10_000 == 9_999:
                progress(figures)
    return figures


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", type=int, help="print and examine this one document")
    chosen = parser.parse_args()
    if chosen.only is not None:
        corpus = Corpus.read()
        data = mutate(corpus, corpus.names(), random.Random(f"{chosen.seed}:{chosen.only}"))
        print(data.decode("utf-8", "replace"))
        with tempfile.TemporaryDirectory() as folder:
            print(examine(Path(folder), data))
        return 0
    began = time.perf_counter()
    figures = run(
        chosen.count,
        chosen.seed,
        progress=lambda so_far: print(so_far.report(time.perf_counter() - began), flush=True),
    )
    print(figures.report(time.perf_counter() - began))
    for failure in figures.failures[:20]:
        print(failure)
    return 1 if figures.failures or figures.slowest > SLOW else 0


if __name__ == "__main__":
    sys.exit(main())
