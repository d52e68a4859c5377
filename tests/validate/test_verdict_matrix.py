"""What `validate` says offline, held against what the server said: every recorded create, update and publish whose outcome is its content's.

`pytest -s` prints the table. Recall: what the server refused is an error, what it keeps as a draft with errors is told, and is an error
once it is to be published. Precision: what it took without a word is no error.
"""

from __future__ import annotations

from collections import Counter

import pytest
import recordings
import verdicts

from catalogsync.core.diagnostics import Diagnostic

STRICTER = {
    "manifest-unknown-field": "the server drops what it does not know, or what stands in another letter case, with a 201",
    "key-looks-like-id": "the server stores a plan or an add-on under such a key and never finds it by it",
}
"""What is an error here though the server takes it, and why."""


def ours(found: tuple[Diagnostic, ...]) -> str:
    """Our verdict in the server's words."""
    if any(one.is_error for one in found):
        return "refused"
    return "kept" if found else "fine"


def is_stricter(found: tuple[Diagnostic, ...]) -> bool:
    return all(one.code in STRICTER for one in found if one.is_error)


@pytest.mark.unmeasured
@pytest.mark.parametrize("area", recordings.AREAS)
def test_the_verdict_is_the_servers(area: str) -> None:
    table: Counter[tuple[str, str]] = Counter()
    rules: Counter[tuple[str, str]] = Counter()
    wrong = []
    for question in verdicts.questions(area):
        found = verdicts.judge(question)
        verdict = ours(found)
        stricter = question.expected != "refused" and verdict == "refused" and is_stricter(found)
        right = {"refused": verdict == "refused", "fine": verdict != "refused", "kept": verdict == "kept"}[
            question.expected
        ]
        if question.expected == "kept" and right:
            right = ours(verdicts.judge(question, "published")) == "refused"
        table[
            question.act,
            "stricter on purpose" if stricter else f"{question.expected}: {'as told' if right else 'WRONG'}",
        ] += 1
        outcome = "stricter on purpose" if stricter else f"server says {question.expected}"
        rules.update((one.code, outcome) for one in found if one.is_error or question.expected == "kept")
        if not right and not stricter:
            wrong.append(
                (
                    question.scenario,
                    question.number,
                    question.act,
                    question.said,
                    [f"{d.code}: {d.summary}" for d in found],
                )
            )
    for (act, outcome), count in sorted(table.items()):
        print(f"{area:12} {act:28} {outcome:22} {count:5}")
    for (code, outcome), count in sorted(rules.items()):
        print(f"{area:12} rule {code:62} {outcome:22} {count:5}")
    assert wrong == []


def test_there_is_much_to_ask() -> None:
    """The rules that leave questions out leave most of them in."""
    asked = Counter(question.expected for area in recordings.AREAS for question in verdicts.questions(area))
    assert asked["refused"] > 1100 and asked["fine"] > 2900 and asked["kept"] > 120, asked
