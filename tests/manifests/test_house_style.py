"""What `to_yaml` and `fmt` write: one style, the same values again, comments kept, twice the same."""

# ruff: noqa: E501 (a case a line)

from __future__ import annotations

import string
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from catalogsync.cli.fmt import command as fmt
from catalogsync.core.model import Lifecycle
from catalogsync.manifests import expand, fast_parser, load, positioned_parser, to_yaml
from catalogsync.manifests.format import format_text
from catalogsync.manifests.source import SourceFile
from catalogsync.manifests.write import Comments, document
from catalogsync.openmeter.kinds import ADDON, CHANNEL, METER, PLAN

EXAMPLES = Path(__file__).parents[2] / "examples" / "catalog"
TEXTS = st.one_of(
    st.text(),
    st.text(alphabet=string.printable, max_size=20),
    st.sampled_from(
        ["no", "~", "null", "010", "1e3", "12:30", "2024-01-01", "a:", "#", "", "---", "...", "?", "|", ">", "%a", "@a", "`a", "!a", "&a", "*a", "{", "}", "[", "]", ",", "a,b", "'", '"', "<<", "=", "-", "-a", "é", "- a", "a: b", "a #b", " ", "x\n", "x\ny", "\n", "x\n\n", " x\ny", "--- x", "? a", "a'b\"c", "\t", "a\tb", "\\", "😀", "\x85", "\u2028", "\ufeff", "a\r\nb", "\r"]
    ),
)  # fmt: skip
NUMBERS = st.one_of(
    st.integers(),
    st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**12), max_value=10**12),
)
VALUES = st.recursive(
    st.one_of(TEXTS, NUMBERS, st.booleans(), st.none()),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(TEXTS, inner, max_size=4)),
    max_leaves=15,
)
NAMES = st.one_of(TEXTS, st.sampled_from(["price", "tiers", "channels", "metadata", "phases", "config"]))


def storable(value: object) -> bool:
    return "\\0" not in repr(value) and "\\x00" not in repr(value) and "\\ud" not in repr(value)


@given(st.dictionaries(NAMES, VALUES, min_size=1, max_size=5).filter(storable))
def test_whatever_is_written_is_read_again_as_it_was(value: dict[str, object]) -> None:
    text = document(value, Comments())
    read = positioned_parser.read(SourceFile("a", text))
    assert read.diagnostics == []
    assert [one.value for one in read.documents] == [value]
    assert repr(read.documents[0].value) == repr(value)


@given(st.dictionaries(NAMES, VALUES, min_size=1, max_size=5).filter(storable))
def test_the_fast_and_the_careful_reader_agree(value: dict[str, object]) -> None:
    text = f"{document(value, Comments())}---\n{document(value, Comments())}"
    built = fast_parser.Builder().build(text)
    assert built is None or [one.value for one in built] == [value, value]
    again = positioned_parser.read(SourceFile("a", text))
    assert built is None or [(one.start, one.line) for one in built] == [
        (one.start, one.line) for one in again.documents
    ]


UNSEEN = "\u061c\u200b\u200e\u200f\u202a\u202e\u2066\u2069\u00ad\ufeff\U000e0041"


@pytest.mark.parametrize("sign", UNSEEN)
@pytest.mark.parametrize("around", ["{}", "a{}b", "a\n{}b\n", 'say "{}"', "\t{}"])
def test_what_turns_or_hides_text_is_written_as_an_escape(sign: str, around: str) -> None:
    value = {"name": around.format(sign), f"k{sign}": [around.format(sign)], "price": {"type": sign}}
    text = document(value, Comments())
    assert sign not in text
    assert text.isprintable() or text.replace("\n", "").isprintable()
    read = positioned_parser.read(SourceFile("a", text))
    assert ([one.value for one in read.documents], read.diagnostics) == ([value], [])
    assert format_text(SourceFile("a", text)) == (text, ())


def test_fmt_writes_them_as_escapes_and_joiners_of_emoji_stay() -> None:
    text, problems = format_text(
        SourceFile(
            "a",
            "kind: feature\nkey: a\nname: safe \u202e drawkcab\nmetadata: {who: \U0001f469\u200d\U0001f4bb}\n",
        )
    )
    assert (problems, "\u202e" in text, '"safe \\u202e drawkcab"' in text, "\u200d" in text) == (
        (),
        False,
        True,
        True,
    )


@given(st.text(alphabet="ab:-#\n {}[],'\"|>\t&*!?%0.1e", max_size=60))
def test_fmt_is_idempotent_and_keeps_comments_and_meaning_of_any_text(text: str) -> None:
    once, problems = format_text(SourceFile("a", text))
    if problems:
        assert [problem.code for problem in problems] != ["fmt-refused"]
        assert once == text
        return
    twice, problems = format_text(SourceFile("a", once))
    assert (twice, problems) == (once, ())


def test_the_example_catalog_written_again_is_the_same_catalog(tmp_path: Path) -> None:
    catalog = load([EXAMPLES]).catalog
    assert len(catalog.resources) > 20
    for resource in catalog:
        text = to_yaml(resource.body, resource.ref.kind, resource.ref.key, lifecycle=resource.lifecycle)
        (tmp_path / f"{resource.ref.kind}_{resource.ref.key}.yaml").write_text(text, encoding="utf-8")
    again = load([tmp_path])
    assert again.diagnostics == ()
    assert {r.ref: expand(r.ref.kind, r.body) for r in again.catalog} == {
        r.ref: expand(r.ref.kind, r.body) for r in catalog
    }


def test_members_stand_in_reading_order_amounts_are_numbers_and_prices_short() -> None:
    tiers = [
        {"upToAmount": "1000", "flatPrice": {"type": "flat", "amount": "0"}, "unitPrice": None},
        {"unitPrice": {"amount": "0.010", "type": "unit"}},
    ]
    card = {
        "metadata": {"note": "007", "size": "12"},
        "price": {"tiers": tiers, "type": "tiered", "mode": "graduated"},
        "name": "Calls: all",
        "billingCadence": "P1M",
        "key": "calls",
        "type": "usage_based",
    }
    body = {
        "phases": [{"rateCards": [card], "name": "One", "key": "one"}],
        "billingCadence": "P1M",
        "currency": "USD",
        "name": "Pro",
    }
    text = to_yaml(
        body,
        PLAN,
        "pro",
        lifecycle=Lifecycle.DRAFT,
        comments={(): "version 3", ("phases", 0): "for ever"},
    )
    assert (
        text
        == """# version 3
kind: plan
key: pro
name: Pro
currency: USD
billingCadence: P1M
phases:
  # for ever
  - key: one
    name: One
    rateCards:
      - type: usage_based
        key: calls
        name: "Calls: all"
        billingCadence: P1M
        price:
          type: tiered
          mode: graduated
          tiers:
            - {upToAmount: 1000, flatPrice: 0, unitPrice: null}
            - {unitPrice: 0.010}
        metadata:
          note: "007"
          size: "12"
lifecycle: draft
"""
    )


def test_a_meter_is_written_by_its_slug_and_secrets_on_one_line() -> None:
    assert to_yaml({"aggregation": "COUNT", "eventType": "x"}, METER, "calls") == (
        "kind: meter\nslug: calls\neventType: x\naggregation: COUNT\n"
    )
    channel = {
        "type": "WEBHOOK",
        "name": "A",
        "url": {"env": "URL"},
        "signingSecret": {"file": "/run/secret"},
    }
    assert to_yaml(channel, CHANNEL, "a").splitlines()[-2:] == [
        "url: {env: URL}",
        "signingSecret: {file: /run/secret}",
    ]


def test_shorthand_expands_to_the_full_form_and_leaves_the_rest() -> None:
    tiers = [{"flatPrice": 0}, {"unitPrice": Decimal("0.5"), "flatPrice": None}]
    price = {"type": "tiered", "mode": "volume", "tiers": tiers}
    body = {"rateCards": [{"price": price}, {"key": "b"}]}
    full = [
        {"flatPrice": {"type": "flat", "amount": 0}},
        {"unitPrice": {"type": "unit", "amount": Decimal("0.5")}, "flatPrice": None},
    ]
    assert expand(ADDON, body) == {"rateCards": [{"price": price | {"tiers": full}}, {"key": "b"}]}
    assert expand(PLAN, {"phases": [body]})["phases"] == [expand(ADDON, body)]
    assert price["tiers"] is tiers


UGLY = """# yaml-language-server: $schema=x


# about the plan
kind: plan   # it is a plan
key: "pro"
name: 'Pro: one'
currency: USD
billingCadence: P1M

description: >
  folded text
  goes on # no comment

metadata: {a: "1", b: 'no'}   # beside
phases:   # the phases
# first
- key: default   # an entry
  name: Default
  rateCards:
    -   type: usage_based
        key: x
        name: X
        billingCadence: P1M
        price: {type: tiered, mode: volume, # why
            tiers: [
              {upToAmount: "1000", flatPrice: {type: flat, amount: "0.10"}}, # low
              # high
              {unitPrice: {type: unit, amount: 1}}
            ]}
addons: []
# end one
---

kind: feature
key: a
name: |
  two
  lines
# bye
"""
TIDY = """# yaml-language-server: $schema=x

# about the plan
kind: plan  # it is a plan
key: pro
name: "Pro: one"
currency: USD
billingCadence: P1M

description: |
  folded text goes on # no comment
metadata:  # beside
  a: "1"
  b: "no"
phases:  # the phases
  # first
  - key: default  # an entry
    name: Default
    rateCards:
      - type: usage_based
        key: x
        name: X
        billingCadence: P1M
        price:  # why
          type: tiered
          mode: volume
          tiers:
            - {upToAmount: 1000, flatPrice: 0.10}  # low
            # high
            - {unitPrice: 1}
addons: []
# end one
---
kind: feature
key: a
name: |
  two
  lines
# bye
"""


def test_fmt_keeps_every_comment_and_the_order_of_members() -> None:
    assert format_text(SourceFile("a", UGLY)) == (TIDY, ())
    assert format_text(SourceFile("a", TIDY)) == (TIDY, ())


def test_fmt_writes_changed_files_only_and_tells_which(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(UGLY, encoding="utf-8")
    (tmp_path / "b.yaml").write_text("kind: feature\nkey: b\nname: B\n", encoding="utf-8")
    checked = CliRunner().invoke(fmt, [str(tmp_path), "--check"])
    assert (checked.exit_code, checked.stdout) == (1, f"{tmp_path}/a.yaml\n")
    assert (tmp_path / "a.yaml").read_text(encoding="utf-8") == UGLY
    shown = CliRunner().invoke(fmt, [str(tmp_path), "--diff"])
    assert '+name: "Pro: one"\n' in shown.stdout
    done = CliRunner().invoke(fmt, [str(tmp_path)])
    assert (done.exit_code, (tmp_path / "a.yaml").read_text(encoding="utf-8")) == (0, TIDY)
    again = CliRunner().invoke(fmt, [str(tmp_path), "--check"])
    assert (again.exit_code, again.stdout) == (0, "")


@pytest.mark.parametrize("text", ["kind: plan\n\tkey: a\n", "a: [\n", "a: no\n", "a: 1\na: 2\n", "a: &x 1\n"])
def test_fmt_leaves_a_file_that_it_cannot_read_and_says_why(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.yaml").write_text(text, encoding="utf-8")
    result = CliRunner().invoke(fmt, [str(tmp_path)])
    assert type(result.exception).__name__ == "InvalidCatalog"
    assert result.exception.diagnostics[0].where.file == f"{tmp_path}/a.yaml"
    assert (tmp_path / "a.yaml").read_text(encoding="utf-8") == text
