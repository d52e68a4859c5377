"""Slips in a whole catalog: a member in the wrong place, a reference to another kind, an overlay for nothing. Each has one message, at its
place, that says what to write.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from catalogsync.app import check, environments
from catalogsync.app.runtime import Runtime
from catalogsync.core.diagnostics import Diagnostic
from catalogsync.core.errors import InvalidConfiguration
from catalogsync.store import config

EXAMPLE = Path(__file__).parents[2] / "examples" / "catalog"
PRO, RULES, USAGE = "plans/pro.yaml", "notifications/rules.yaml", "features/usage.yaml"
FEATURE = "kind: feature\nkey: a_copy\nname: A\n"


def errors(
    tmp_path: Path, edits: list[tuple[str, str, str]], files: dict[str, str] | None = None
) -> list[Diagnostic]:
    shutil.copytree(EXAMPLE, tmp_path / "catalog")
    for name, old, new in edits:
        file = tmp_path / "catalog" / name
        text = file.read_text("utf-8")
        assert old in text
        file.write_text(text.replace(old, new, 1), "utf-8")
    for name, text in (files or {}).items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    chosen = environments.choose_catalog([tmp_path / "catalog"])
    return [one for one in check.check_views(chosen, Runtime()).diagnostics if one.is_error]


EDITS = [
    # in the wrong place
    (PRO, "metadata:\n", "price: {type: flat, amount: 49}\nmetadata:\n", "price", "a fee is a rate card: write `{type: flat_fee, key: fee"),
    (PRO, "    name: Standard\n", "    name: Standard\n    proRatingConfig: {enabled: true, mode: prorate_prices}\n", "proRatingConfig",
     "it belongs into the `proRatingConfig` of this plan"),
    (PRO, "    name: Standard\n", "    name: Standard\n    alignment: {billablesMustAlign: true}\n", "alignment",
     "it belongs into this plan, beside `phases`"),
    (PRO, "      - type: flat_fee\n        key: platform",
     "      - key: other\n        name: X\n        rateCards: []\n      - type: flat_fee\n        key: platform",
     "rateCards", "an entry of `phases` has `rateCards`: write this one as an entry of `phases`"),
    (PRO, "amount: 49, paymentTerm: in_advance}", "amount: 49}\n        paymentTerm: in_advance", "paymentTerm",
     "it belongs into `price`: `price: {type: flat, paymentTerm: …}`"),
    ("notifications/channels.yaml", "name: Growth team\n", "name: Growth team\nthresholds: [{type: usage_percentage, value: 80}]\n", "thresholds",
     "a notification rule has `thresholds`: write it in the manifest of the notification rule"),
    (USAGE, "metadata:\n", "groupBy: {method: $.method}\nmetadata:\n", "groupBy", "a meter has `groupBy`"),
    (USAGE, "{$eq: input}", "{==: input}", "==", "did you mean `$eq`?"),
    # references
    (PRO, "featureKey: input_tokens", "featureKey: llm_tokens", "llm_tokens",
     "`llm_tokens` is a meter: write the key of a feature that counts it: `input_tokens`, `output_tokens`"),
    (RULES, "features: [team_seats]", "features: [active_users]", "active_users", "a feature that counts it: `team_seats`"),
    (RULES, "channels: [growth_hook]", "channels: [seats_left]", "seats_left",
     "`seats_left` is a notification rule: write the key of one of the notification channels: `billing_hook`"),
    (PRO, "addon: seat_pack", "addon: free", "free",
     "`free` is a plan: write the key of one of the add-ons: `premium_support`, `seat_pack`"),
    (PRO, "featureKey: report_exports", "featureKey: 01JBP3SGZ20Y7VRVC351TDFXYZ", "01JBP3SGZ20Y7VRVC351TDFXYZ",
     "this looks like an id of the server"),
    (PRO, "fromPlanPhase: standard", "fromPlanPhase: 2", "2", "write the key of a phase"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "old", "new", "place", "hint"), EDITS, ids=[edit[4] for edit in EDITS])
def test_a_slip_has_one_message_at_its_word(
    name: str, old: str, new: str, place: str, hint: str, tmp_path: Path
) -> None:
    (one,) = errors(tmp_path, [(name, old, new)])
    assert hint in one.hint and one.where is not None, one
    begin = one.where.column - 1
    assert one.where.text[begin : begin + one.where.width] == place, one


OVERLAYS = {
    "kind: plan\nkey: pro_plan\nname: X\n": "did you mean `pro`?",
    "kind: addon\nkey: zzz\nname: X\n": "there are `premium_support`, `seat_pack`",
    "kind: plan\nkey: pro\nphases.standard.rateCards.platform.price.amount: 59\n":
        "`phases: [{key: standard, rateCards: [{key: platform, price: {amount: 59}}]}]`",
}  # fmt: skip


@pytest.mark.parametrize("text", OVERLAYS)
def test_an_overlay_for_nothing_says_what_was_meant(text: str, tmp_path: Path) -> None:
    named = "environments:\n  live: {url: 'sandbox:', overlays: [overlays]}\n"
    (one,) = errors(tmp_path, [], {"catalogsync.yaml": named, "overlays/a.yaml": text})
    assert OVERLAYS[text] in one.hint, one


def test_what_is_said_of_a_dotted_name_is_taken(tmp_path: Path) -> None:
    named = "environments:\n  live: {url: 'sandbox:', overlays: [overlays]}\n"
    text = (
        "kind: plan\nkey: pro\nphases: [{key: standard, rateCards: [{key: platform, price: {amount: 59}}]}]\n"
    )
    assert errors(tmp_path, [], {"catalogsync.yaml": named, "overlays/a.yaml": text}) == []


TEXTS = {
    "--- kind: feature\nkey: a_copy\nname: A\n": ("write `---` on a line of its own", (1, 5)),
    "%YAML 1.2\n" + FEATURE: ("remove this line", (1, 1)),
    FEATURE.replace(": ", "="): ("write `kind: …`, a colon and a space after each name", (1, 1)),
    FEATURE + "metadata:\n  <<: *common\n": ("write the members out", (5, 3)),
}


@pytest.mark.parametrize("text", TEXTS, ids=[hint for hint, _ in TEXTS.values()])
def test_a_text_that_is_no_manifest(text: str, tmp_path: Path) -> None:
    hint, place = TEXTS[text]
    (one,) = errors(tmp_path, [], {"catalog/a.yaml": text})
    assert hint in one.hint and one.where is not None, one
    assert (one.where.line, one.where.column) == place


ENVIRONMENT = (
    "environments:\n  staging: {url: 'sandbox:'}\n  production:\n    url: https://openmeter.example.com\n"
)
CONFIGURATIONS = {
    ENVIRONMENT + "    promoteFrom: [staging]\n": "write `promoteFrom: staging`",
    ENVIRONMENT + "    overlays: overlays/production\n": "write `overlays: [overlays/production]`",
    ENVIRONMENT + "    protected: yes\n": "write true",
    ENVIRONMENT + "    timeout: 60s\n": "write 60, the number alone",
    ENVIRONMENT + "    promoteFrom: {environment: staging, minHours: 24h}\n": "write 24, the number alone",
    ENVIRONMENT + "runStore: {type: s3, bucket: ours}\n": "s3://BUCKET/PATH",
    ENVIRONMENT
    + "lint: {ignore: [channel-unused]}\n": "write `severity: {channel-unused: off}` in its place",
    "environments:\n  - name: staging\n    url: 'sandbox:'\n": "write each by its name, without `- ` and `name`: `staging:`",
}


@pytest.mark.parametrize("text", CONFIGURATIONS, ids=CONFIGURATIONS.get)
def test_a_slip_in_the_configuration(text: str, tmp_path: Path) -> None:
    (tmp_path / "catalogsync.yaml").write_text(text, "utf-8")
    with pytest.raises(InvalidConfiguration) as problem:
        config.load(tmp_path)
    (one,) = problem.value.diagnostics
    assert CONFIGURATIONS[text] in one.hint, one
