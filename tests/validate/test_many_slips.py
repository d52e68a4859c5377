"""Where thousands of names mean nothing each is told, and only for the first of them it is looked for what was meant."""

from __future__ import annotations

from pathlib import Path

from catalogsync.app.check import check
from catalogsync.manifests.hints.patience import MOST, Patience

CARD = (
    "      - {{type: flat_fee, key: {key}, featureKey: {key}, name: C, price: {{type: flat, amount: 1}}}}\n"
)
PLAN = "kind: plan\nkey: pro\nname: Pro\ncurrency: USD\nbillingCadence: P1M\nphases:\n  - key: main\n    name: Main\n    rateCards:\n"
MANY = 250
"""Names, each of which would be compared with as many others."""


def features(name: str) -> str:
    return "".join(f"---\nkind: feature\nkey: {name}{n}\nname: F\n" for n in range(MANY))


def plan(name: str) -> str:
    return f"---\n{PLAN}" + "".join(CARD.format(key=f"{name}{n}") for n in range(MANY))


def test_of_many_references_to_nothing_the_first_have_guesses(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(features("feature_") + plan("featur_"), "utf-8")
    found = check([tmp_path]).diagnostics
    told = [one for one in found if one.code == "rate_card_feature_not_found"]
    assert len(told) == MANY
    guesses = [one.hint.startswith("did you mean `feature_") for one in told]
    assert guesses == sorted(guesses, reverse=True)
    assert MOST / MANY <= sum(guesses) < MANY


def test_of_many_overlays_of_nothing_the_first_have_guesses(tmp_path: Path) -> None:
    for name, text in (("base", features("feature_")), ("over", features("featur_"))):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.yaml").write_text(text, "utf-8")
    found = check([tmp_path / "base"], overlays=[tmp_path / "over"]).diagnostics
    told = [one.hint.startswith("did you mean") for one in found if one.code == "overlay-without-object"]
    assert len(told) == MANY and told[0] and not told[-1]


def test_of_many_entries_a_message_lists_the_first(tmp_path: Path) -> None:
    for name, text in (
        ("base", features("f") + plan("f")),
        ("over", f"{PLAN}      - {{key: zzz, name: Z}}\n"),
    ):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.yaml").write_text(text, "utf-8")
    found = check([tmp_path / "base"], overlays=[tmp_path / "over"]).diagnostics
    told = next(one for one in found if one.code == "overlay-without-item")
    assert f"`f49` and {MANY - 50} more" in told.hint and "`f50`" not in told.hint


def test_patience_ends() -> None:
    patience = Patience(10)
    assert [patience.suffices(6) for _ in range(3)] == [True, True, False]
    assert patience.suffices(0) is False
