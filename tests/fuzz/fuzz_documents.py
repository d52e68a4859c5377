"""Seeded mutations of the example catalog, within its schemas, by structure and by bytes, through all that reads manifests.

    python -m tests.fuzz.fuzz_documents [--count 100000] [--seed 1]

Each document is loaded, checked among the rest of the example (structure, the server's rules, lint) and formatted; what was said of every
tenth is rendered in each format. Wanted: no exception, no document that takes longer than a second, bounded memory, diagnostics that lie
inside the file, no secret in any of them, `fmt` that is idempotent and never refuses its own work. Prints figures; exit 1 on any failure,
with the seed of each document that failed (`--only SEED` repeats it).
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Xml

from catalogsync.app.check import check
from catalogsync.codes import CODES
from catalogsync.core import canon
from catalogsync.core.diagnostics import Diagnostic
from catalogsync.manifests import load, positioned_parser
from catalogsync.manifests.format import format_text
from catalogsync.manifests.source import SourceFile
from catalogsync.manifests.write import Comments, document
from catalogsync.render import findings_github, findings_json, findings_junit, findings_sarif, findings_text
from catalogsync.render.findings_words import on_a_line

if __package__:
    from tests.fuzz.legal import HUSH, Legal, size
else:
    from legal import HUSH, Legal, size

EXAMPLES = Path(__file__).parents[2] / "examples" / "catalog"
HANGING = 10
"""Seconds after which a document counts as hanging for sure, whatever else the machine does."""

SLOW = 1.0
"""Seconds of the processor, so that what else the machine does is not counted."""
MOST_MEMORY = 400
"""MiB that a run may take, however long it is."""

RENDERED = 10
"""Of so many documents one is rendered."""

TOKENS = (
    "no", "on", "010", "0x1f", "1_000", "12:30", "2024-01-01", "1e3", ".5", ".inf", "~", "null", "", "+1", "-", "- ", "? ", ": ", ":", "&a ",
    "*a", "!!str ", "!x ", "<<: {a: b}", "<<: *a", "%YAML 1.1", "---", "...", "|", ">", "|2", "#", "'", '"', "{", "}", "[", "]", ",", "\t",
    "\ufeff", "\x85", "\u2028", "\x00", "\r", "\\x00", "@", "`", "key: x", "kind: plan", "[" * 300, "{a: " * 300, "- " * 300, "? " * 200,
    "&a [*a, *a]", "a" * 5000, "9" * 5000, "\U0001f600", "é", "type: tiered", "tiers: [{}]", "price: {type: unit, amount: -1}",
    "lifecycle: deleted", "49,00", "$1.000", "20%", "\u0663", "signingSecret: ", "customHeaders: {a: ", "url: https://a:b@c/", "{env: x}", "P1M1.5Y",
    "$eq: x", "$and: [{$and: [{}]}]",
)  # fmt: skip
VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 10**30, 10**500, "", "x", "no", "1", "-1", "0.10", "1e9", "P1M", "P0D", "PT1S", "P1Y2M3W", "p1m", "P-1M", [], {},
    [[]], {"": {}}, [None], {"type": "flat"}, {"type": "tiered", "tiers": []}, {"type": None}, "A" * 70, "é", "a\nb", "a\tb", " ", "\x7f",
    {"env": "X"}, {"env": "X", "file": "y"}, {"$and": [{"$or": [{"$eq": "x"}]}]}, "01ARZ3NDEKTSV4RRFFQ69G5FAV", "$.a.b", "$..a[?(@.b)]",
    "{\"a\": ", "{}", "2026-01-01T00:00:00Z", "USD", "usd",
)  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """One document's bytes, and the number of the file that it is checked beside."""

    data: bytes
    beside: int


@dataclass(frozen=True)
class Seen:
    """What was said of a document, and how far it came: to the server's rules (no error of its own before them), to lint (none in them)."""

    diagnostics: tuple[Diagnostic, ...]
    judged: bool
    linted: bool


@dataclass(slots=True)
class Figures:
    """What a run found."""

    documents: int = 0
    judged: int = 0
    linted: int = 0
    rendered: int = 0
    slowest: float = 0.0
    slowest_number: int = 0
    codes: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)

    def add(self, seen: Seen) -> None:
        self.codes.update(found.code for found in seen.diagnostics)
        self.judged += seen.judged
        self.linted += seen.linted

    def report(self, seconds: float) -> str:
        common = ", ".join(f"{code} {count}" for code, count in self.codes.most_common(12))
        return (
            f"{self.documents} documents in {seconds:.0f} s: {len(self.failures)} failures, {self._share(self.judged)} reached the server's "
            f"rules, {self._share(self.linted)} lint, {self.rendered} rendered, slowest {self.slowest * 1000:.0f} ms (number "
            f"{self.slowest_number}), peak memory {memory()} MiB, {len(self.codes)} different codes\n{common}"
        )

    def _share(self, count: int) -> str:
        return f"{count} ({count / max(1, self.documents):.0%})"


def memory() -> int:
    """The most MiB that this process has taken so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


@dataclass(frozen=True)
class Corpus:
    """The documents that mutations start from, as text and as values, and for each what stands beside it."""

    texts: tuple[str, ...]
    values: tuple[Any, ...]
    surroundings: tuple[str, ...]
    """For each text the other texts, then for each value the other values, as one file."""
    sizes: tuple[int, ...]
    """How often to take each of the values: as often as it has places to change."""

    @classmethod
    def read(cls, folder: Path = EXAMPLES) -> Corpus:
        texts = tuple(file.read_text(encoding="utf-8") for file in sorted(folder.rglob("*.yaml")))
        values = tuple(
            one.value for text in texts for one in positioned_parser.read(SourceFile("", text)).documents
        )
        written = tuple(document(value, Comments()) for value in values)
        surroundings = (*_each_without(texts), *_each_without(written))
        return cls(texts, values, surroundings, tuple(map(size, values)))

    def names(self) -> list[str]:
        return sorted({name for value in self.values for name in _names(value)})

    def keys(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for value in self.values:
            found.setdefault(value["kind"], []).append(value.get("key") or value["slug"])
        return found


def _each_without(texts: Sequence[str]) -> list[str]:
    return ["---\n".join(other for m, other in enumerate(texts) if m != n) for n in range(len(texts))]


def _names(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from value
        for inner in value.values():
            yield from _names(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _names(inner)


def mutate(corpus: Corpus, chance: random.Random) -> Mutant:
    """One document: within the schema, by structure, by lines and tokens, or by bytes."""
    kind = chance.random()
    if kind < 0.65:
        (number,) = chance.choices(range(len(corpus.values)), corpus.sizes)
        text = by_values(corpus, corpus.values[number], chance, legal=kind < 0.5)
        return Mutant(text.encode("utf-8", "replace"), len(corpus.texts) + number)
    number = chance.randrange(len(corpus.texts))
    text = corpus.texts[number]
    for _ in range(chance.choice((1, 1, 1, 2, 5))):
        text = by_text(text, corpus, chance)
    data = text.encode("utf-8", "replace")
    return Mutant(by_bytes(data, chance) if kind > 0.85 else data, number)


def by_values(corpus: Corpus, value: Any, chance: random.Random, *, legal: bool) -> str:
    """The document with some of its values changed, perhaps below a comment that waives a finding."""
    keys, names = corpus.keys(), corpus.names()
    for _ in range(chance.choice((1, 1, 1, 1, 2, 5)) if legal else chance.choice((1, 1, 1, 2, 4))):
        value = (
            Legal.of(value, keys, chance).document(value)
            if legal
            else by_structure(value, names, chance, root=True)
        )
    return waiver(chance) + document(value, Comments())


def waiver(chance: random.Random) -> str:
    """Nothing mostly; else a comment that waives a finding, or nearly."""
    if chance.random() < 0.9:
        return ""
    day = chance.choice(("2000-01-01", "2999-12-31", "2026-02-30", "0000-00-00", "tomorrow"))
    return f"# catalogsync: waive {chance.choice(sorted(CODES))} until {day} because {chance.choice(('é', 'of it', ''))}\n"


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


def examine(file: Path, mutant: Mutant, beside: Path) -> Seen:
    """Puts one document through everything. Raises AssertionError when something was said wrongly."""
    file.write_bytes(mutant.data)
    loaded = load([file])
    errors = any(d.is_error for d in loaded.diagnostics)
    checked = check([file, beside])
    for found in checked.diagnostics:
        _is_in_place(found)
    _format(mutant.data.decode("utf-8", "replace"))
    faulty = {d.subject for d in checked.diagnostics if d.is_error}
    judged = not errors and bool(loaded.catalog.resources)
    linted = judged and not any(str(ref) in faulty for ref in loaded.catalog.resources)
    return Seen(checked.diagnostics, judged, linted)


def _is_in_place(found: Diagnostic) -> None:
    assert found.where is not None, found
    assert found.where.line >= 1, found
    shown = found.where.text
    assert found.where.column <= len(shown) + 2 or "…" in shown or len(shown) == 400, found
    assert found.code in CODES, found


def _format(text: str) -> None:
    once, problems = format_text(SourceFile("fuzz.yaml", text))
    assert all(problem.code != "fmt-refused" for problem in problems), problems
    if not problems:
        assert format_text(SourceFile("fuzz.yaml", once)) == (once, ()), "fmt is not idempotent"


def render(found: Sequence[Diagnostic]) -> None:
    """Renders diagnostics in each format. Raises AssertionError when one tells more or less than another, or tells a secret."""
    outputs = {
        "text": findings_text.render(found),
        "json": canon.pretty(findings_json.to_json(found)),
        "sarif": findings_sarif.render(found),
        "junit": findings_junit.render(found),
        "github": findings_github.render(found),
    }
    for name, output in outputs.items():
        assert HUSH not in output, name
        output.encode("utf-8")
    for name in ("text", "github"):
        assert outputs[name].replace("\n", "") == on_a_line(outputs[name].replace("\n", "")), name
    heads = [f"{one.severity}[{one.code}]: " for one in found]
    cases = Xml.fromstring(outputs["junit"]).findall("testsuite/testcase[@file]")
    told = {
        "text": [
            line.partition(": ")[0] + ": " for line in outputs["text"].split("\n") if line.startswith(_HEADS)
        ],
        "json": [f"{one['severity']}[{one['code']}]: " for one in json.loads(outputs["json"])["diagnostics"]],
        "sarif": [
            f"{one['level']}[{one['ruleId']}]: " for one in json.loads(outputs["sarif"])["runs"][0]["results"]
        ],
    }
    for name, tale in told.items():
        assert tale == heads, name
    assert len(cases) == len(found), "junit"
    assert len(outputs["github"].split("\n")) == len(outputs["github"].splitlines()) + 1 == len(found) + 1, (
        "github"
    )


_HEADS = ("error[", "warning[", "note[")


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


def run(count: int, seed: int, *, progress: Callable[[Figures], None] = lambda figures: None) -> Figures:
    """Examines `count` documents; document n depends on `seed` and n alone."""
    corpus = Corpus.read()
    figures = Figures()
    with workplace(corpus) as place:
        for number in range(count):
            mutant = mutate(corpus, random.Random(f"{seed}:{number}"))
            began = time.process_time()
            try:
                with no_longer_than(HANGING):
                    seen = examine(place("fuzz"), mutant, place(mutant.beside))
                seconds = time.process_time() - began
                figures.add(seen)
                if number % RENDERED == 0:
                    render(seen.diagnostics)
                    figures.rendered += 1
            except Exception:
                seconds = time.process_time() - began
                figures.failures.append(f"--seed {seed} --only {number}: {traceback.format_exc(limit=-3)}")
            figures.documents += 1
            if seconds > figures.slowest and number:
                figures.slowest, figures.slowest_number = seconds, number
            if number % 10_000 == 9_999:
                progress(figures)
    return figures


@contextmanager
def workplace(corpus: Corpus) -> Iterator[Callable[[int | str], Path]]:
    """A folder with what stands beside documents. Gives the path of a file by its number or name."""
    with tempfile.TemporaryDirectory() as folder:
        for number, text in enumerate(corpus.surroundings):
            (Path(folder) / f"{number}.yaml").write_text(text, "utf-8")
        yield lambda name: Path(folder) / f"{name}.yaml"


def repeat(seed: int, number: int) -> None:
    """Prints one document of a run and what is said of it."""
    corpus = Corpus.read()
    mutant = mutate(corpus, random.Random(f"{seed}:{number}"))
    print(mutant.data.decode("utf-8", "replace"))
    with workplace(corpus) as place:
        seen = examine(place("fuzz"), mutant, place(mutant.beside))
    print(findings_text.render(seen.diagnostics))
    render(seen.diagnostics)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", type=int, help="print and examine this one document")
    chosen = parser.parse_args()
    if chosen.only is not None:
        repeat(chosen.seed, chosen.only)
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
    return 1 if figures.failures or figures.slowest > SLOW or memory() > MOST_MEMORY else 0


if __name__ == "__main__":
    sys.exit(main())
