"""A hint that is followed to the letter makes the file right: it never names another amount, and never takes an object away."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogsync.app.check import check
from catalogsync.manifests import load
from catalogsync.manifests.hints.amounts import plain_amount
from catalogsync.manifests.source import SourceFile

NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")
PLAN = """kind: plan
key: pro
name: Pro
currency: {currency}
billingCadence: P1M
phases:
  - key: one
    name: One
    rateCards:
      - type: usage_based
        key: calls
        name: Calls
        billingCadence: P1M
        price: {price}
{more}"""


def grouped(whole: str, mark: str, *, indian: bool = False) -> str:
    """Digits parted in threes, or as in India."""
    if len(whole) <= 3:
        return whole
    head, tail = whole[:-3], whole[-3:]
    size = 2 if indian else 3
    first = len(head) % size
    groups = ([head[:first]] if first else []) + [head[n : n + size] for n in range(first, len(head), size)]
    return mark.join([*groups, tail])


def other_digits(zero: int) -> Callable[[str], str]:
    """Digits of another script, whose zero has a code point."""
    return lambda text: re.sub("[0-9]", lambda found: chr(zero + int(found[0])), text)


Habit = Callable[[str, str], str]
"""How whole digits and decimals (or "") are written."""


def joined(part: str, point: str, *, indian: bool = False) -> Habit:
    return lambda whole, cents: grouped(whole, part, indian=indian) + (point + cents if cents else "")


def around(before: str, after: str, habit: Habit | None = None) -> Habit:
    written = habit or joined("", ".")
    return lambda whole, cents: before + written(whole, cents) + after


HABITS: dict[str, Habit] = {
    "plain": joined("", "."),
    "decimal comma": joined("", ","),
    "United States": joined(",", "."),
    "Germany, Brazil, Indonesia": joined(".", ","),
    "Poland, Russia": joined(" ", ","),
    "France, no-break space": joined("\u00a0", ","),
    "France, narrow no-break space": joined("\u202f", ","),
    "SI, thin space": joined("\u2009", "."),
    "figure space": joined("\u2007", "."),
    "Switzerland": joined("'", "."),
    "Liechtenstein, curly": joined("\u2019", "."),
    "Austria by hand": joined("'", ","),
    "Spain by hand": joined(".", "'"),
    "India": joined(",", ".", indian=True),
    "programs": joined("_", "."),
    "United Kingdom, long ago": joined(",", "\u00b7"),
    "South Africa": joined(" ", ","),
    "Iran": joined("\u066c", "\u066b"),
    "Arabic digits": lambda whole, cents: other_digits(0x660)(joined("\u066c", "\u066b")(whole, cents)),
    "Persian digits": lambda whole, cents: other_digits(0x6F0)(joined(",", ".")(whole, cents)),
    "Devanagari digits": lambda whole, cents: other_digits(0x966)(
        joined(",", ".", indian=True)(whole, cents)
    ),
    "full width digits": lambda whole, cents: other_digits(0xFF10)(joined(",", ".")(whole, cents)),
    "myriads": lambda whole, cents: (
        (f"{whole[:-4]},{whole[-4:]}" if len(whole) > 4 else whole) + (f".{cents}" if cents else "")
    ),
    "dollar before": around("$", "", joined(",", ".")),
    "dollar behind": around("", "$"),
    "code behind": around("", " USD", joined(",", ".")),
    "code before": around("USD ", ""),
    "euro behind": around("", " €", joined(".", ",")),
    "euro before, Netherlands": around("€ ", "", joined(".", ",")),
    "euro in between": lambda whole, cents: f"{whole}€{cents}",
    "escudo": lambda whole, cents: f"{whole}$00" if not cents else f"{whole}${cents}",
    "no cents, Switzerland": around("", ".-"),
    "no cents, Germany": around("", ",-"),
    "cents": lambda whole, cents: str(int(whole) * 100 + int((cents + "00")[:2])) + "¢",
    "thousands": lambda whole, cents: f"{whole[:-3] or 0}.{whole[-3:]}k",
    "exponent": lambda whole, cents: f"{Decimal(f'{whole}.{cents or 0}'):E}",
    "times ten": lambda whole, cents: f"{whole}·10^0",
    "accountant's loss": around("(", ")"),
    "trailing minus": around("", "-"),
    "minus sign": around("\u2212", ""),
    "hyphen": around("-$", ""),
    "plus": around("+", ""),
    "blanks around": around(" ", "  "),
    "a fraction": lambda whole, cents: f"{whole} 1/2",
}
"""Ways in which the amount is meant that the digits say; where a sign changes the amount, none may be named at all."""

AMOUNTS = st.tuples(
    st.integers(0, 99_999_999).map(str), st.sampled_from(["", "5", "50", "00", "005", "250", "0001"])
)


def meant(habit: str, whole: str, cents: str) -> Decimal | None:
    if habit in ("accountant's loss", "trailing minus", "minus sign", "hyphen", "a fraction"):
        return None
    if habit == "cents":
        cents = cents[:2]
    if habit in ("thousands", "times ten"):
        cents = ""
    return Decimal(f"{whole}.{cents or 0}")


@settings(deadline=None)
@given(amount=AMOUNTS)
def test_what_is_read_is_what_is_meant(amount: tuple[str, str]) -> None:
    whole, cents = amount
    for habit, written in HABITS.items():
        text = written(whole, cents)
        for currency in ("USD", "EUR", ""):
            read = plain_amount(text, currency=currency)
            if read and not NUMBER.fullmatch(text.strip()):
                assert Decimal(read) == meant(habit, whole, cents), (habit, text, currency)


@pytest.mark.parametrize(
    ("text", "currency", "read"),
    [
        ("49,00", "", "49.00"), ("1.234,50", "", "1234.50"), ("1,234.50", "", "1234.50"), ("12,34,567.5", "", "1234567.5"),
        ("1\u202f234,5", "", "1234.5"), ("1'234.50", "", "1234.50"), ("0,0005", "", "0.0005"), ("$49", "USD", "49"), ("49 €", "EUR", "49"),
        ("EUR 49,90", "EUR", "49.90"), ("$49", "EUR", ""), ("€49", "USD", ""), ("49 USD", "", ""), ("1,000", "", ""), ("$1.000", "USD", ""),
        ("1'234", "", ""), ("20%", "", ""), ("1.5k", "", ""), ("49¢", "USD", ""), ("(49)", "", ""), ("-49", "", ""), ("", "", ""), (" ", "", ""),
    ],
)  # fmt: skip
def test_where_every_habit_agrees_the_amount_is_named(text: str, currency: str, read: str) -> None:
    assert plain_amount(text, currency=currency) == read


PRICES = {
    "amount": "{type: unit, amount: VALUE}",
    "multiplier": "{type: dynamic, multiplier: VALUE}",
    "minimum": "{type: unit, amount: 1, minimumAmount: VALUE}",
    "package": "{type: package, amount: 1, quantityPerPackage: VALUE}",
    "tier": "{type: tiered, mode: graduated, tiers: [{upToAmount: VALUE, unitPrice: 2}, {unitPrice: 1}]}",
    "tier price": "{type: tiered, mode: graduated, tiers: [{unitPrice: VALUE}]}",
}
FIELDS = {
    "grant": "        entitlementTemplate: {type: metered, issueAfterReset: VALUE}\n",
    "discount": "        discounts: {percentage: {percentage: VALUE}}\n",
    "priority": "        entitlementTemplate: {type: metered, issueAfterReset: 1, issueAfterResetPriority: VALUE}\n",
    "quantity": "addons: [{addon: a, fromPlanPhase: one, maxQuantity: VALUE}]\n",
}


def documents(value: str, currency: str) -> Iterator[str]:
    quoted = '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    for price in PRICES.values():
        yield PLAN.format(currency=currency, price=price.replace("VALUE", quoted), more="")
    for field in FIELDS.values():
        yield PLAN.format(
            currency=currency, price="{type: unit, amount: 1}", more=field.replace("VALUE", quoted)
        )


@pytest.mark.parametrize("habit", HABITS)
def test_no_hint_names_another_amount(habit: str) -> None:
    for whole, cents in (("49", "00"), ("1234", "50"), ("1000", ""), ("1234567", "5"), ("0", "005")):
        value = HABITS[habit](whole, cents)
        for number, document in enumerate(documents(value, "USD")):
            for one in load((), sources=[SourceFile("a.yaml", document)]).diagnostics:
                named = NUMBER.findall(one.hint.replace(f'"{value}"', ""))
                if value.strip() in one.hint:  # what stands there, without its quotes
                    continue
                if " parts thousands, " in one.hint:  # both readings, each with what it takes the mark for
                    assert len(named) == 2 and meant(habit, whole, cents) in map(Decimal, named), one
                    continue
                assert all(Decimal(n) == meant(habit, whole, cents) for n in named), (number, value, one)


@pytest.mark.parametrize(
    "text",
    ["-5", "0x31", "049", "1_00", "1e2", "+49", "49.", ".49", "49:00", "12:30", "1_000.50", "+1_000"],
)
def test_unquoted_amounts_are_not_changed_either(text: str, tmp_path: Path) -> None:
    wanted = {
        "0x31": "49", "049": "49", "1e2": "100", "+49": "49", "49.": "49", ".49": "0.49", "1_000.50": "1000.50", "+1_000": "1000"
    }  # fmt: skip
    (tmp_path / "a.yaml").write_text(
        PLAN.format(currency="USD", price=f"{{type: unit, amount: {text}}}", more=""), "utf-8"
    )
    found = next(one for one in check([tmp_path]).diagnostics if "feature" not in one.summary)
    named = NUMBER.findall(found.hint.replace(f'"{text}"', "").replace("only 0 or more", ""))
    assert named == ([wanted[text]] if text in wanted else [])


def test_a_decimal_comma_in_a_list_of_members_is_told_as_one(tmp_path: Path) -> None:
    text = PLAN.format(currency="USD", price="{type: unit, amount: 49,50}", more="")
    (tmp_path / "a.yaml").write_text(text, "utf-8")
    (found,) = load([tmp_path]).diagnostics
    assert found.hint.startswith("write 49.50: ")


@pytest.mark.parametrize(
    "negative",
    [
        "{type: unit, amount: -5}", "{type: unit, amount: 1, minimumAmount: -5}",
        "{type: tiered, mode: graduated, tiers: [{upToAmount: -5, unitPrice: 2}, {unitPrice: 1}]}",
        "{type: tiered, mode: graduated, tiers: [{unitPrice: -5}]}",
    ],
)  # fmt: skip
def test_a_reduction_does_not_become_a_charge(negative: str, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(PLAN.format(currency="USD", price=negative, more=""), "utf-8")
    hints = [one.hint for one in check([tmp_path]).diagnostics if one.code == "price-negative"]
    assert hints and not any("sign" in hint or "5" in hint for hint in hints)


STATES = ["active", "Active", "ACTIVE", "live", "enabled", "current", "scheduled", "valid", "publish"]


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize(
    "document",
    [
        "kind: meter\nslug: a\neventType: a\naggregation: COUNT\n",
        "kind: feature\nkey: a\nname: A\n",
        "kind: addon\nkey: a\nname: A\ncurrency: USD\ninstanceType: single\nrateCards: []\n",
        PLAN.format(currency="USD", price="null", more=""),
    ],
    ids=["meter", "feature", "addon", "plan"],
)
def test_a_state_of_the_api_leads_to_published(document: str, state: str, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(f"{document}lifecycle: {state}\n", "utf-8")
    (found,) = load([tmp_path]).diagnostics
    assert found.hint == "write `published`"
    (tmp_path / "a.yaml").write_text(f"{document}lifecycle: published\n", "utf-8")
    assert load([tmp_path]).diagnostics == ()


@pytest.mark.parametrize(
    "word", ["archive", "archved", "delete", "delted", "removed", "inactive", "retired", "deprecated"]
)
def test_no_slip_leads_to_a_removal(word: str, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(
        PLAN.format(currency="USD", price="null", more=f"lifecycle: {word}\n"), "utf-8"
    )
    (found,) = load([tmp_path]).diagnostics
    assert found.hint == "write draft or published to keep the object; archived or deleted to take it away"


def test_the_price_above_the_last_tier_is_asked_for(tmp_path: Path) -> None:
    price = "{type: tiered, mode: graduated, tiers: [{upToAmount: 100, unitPrice: 2}, {upToAmount: 900, unitPrice: 1}]}"
    (tmp_path / "a.yaml").write_text(PLAN.format(currency="USD", price=price, more=""), "utf-8")
    (found,) = [one for one in check([tmp_path]).diagnostics if one.code == "price-tiers-closed"]
    assert found.hint == (
        "remove `upToAmount: 900` if all usage above 100 has the price of this tier; "
        "else add a tier without upToAmount, with the price of usage above 900"
    )


@pytest.mark.parametrize("currency", ["YEN", "BTC", "RMB", "EUX", "XYZ"])
def test_no_currency_is_guessed_that_the_catalog_does_not_use(currency: str, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(PLAN.format(currency=currency, price="null", more=""), "utf-8")
    (found,) = [one for one in check([tmp_path]).diagnostics if one.code == "currency-unknown"]
    assert "did you mean" not in found.hint
