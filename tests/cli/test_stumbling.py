"""What people stumble on: the message alone says what to do, once, in words of the person who reads it."""

from __future__ import annotations

import itertools
import shutil
import subprocess
from pathlib import Path

import pytest
from forked import program
from texts import PRO

from catalogsync.app import check
from catalogsync.core.diagnostics import Diagnostic
from catalogsync.manifests.hints.shapes import shape_hint
from catalogsync.openmeter import field_paths

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples" / "catalog"

PLAN = (
    PRO
    + """\
      - {type: usage_based, key: calls, name: Calls, billingCadence: P1M, price: PRICE}
"""
)


def catalogsync(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """The real program in a folder, without a terminal."""
    env = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [program(), *arguments],
        cwd=folder, env=env, capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL, check=False,
    )  # fmt: skip


def found(tmp_path: Path, text: str) -> list[Diagnostic]:
    """What `validate` says of one file, but for warnings."""
    (tmp_path / "one.yaml").write_text(text, "utf-8")
    return [one for one in check.check([tmp_path]).diagnostics if one.is_error]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder with the example catalog as ./catalog."""
    shutil.copytree(EXAMPLES, tmp_path / "catalog")
    return tmp_path


FOREIGN = {
    "a v3 plan": ("kind: plan\nkey: pro\nname: Pro\ncurrency: USD\nbilling_cadence: P1M\nphases: [{key: a, name: A, rate_cards: []}]\n", "v3 API"),
    "a v3 meter": ("kind: meter\nkey: calls\nname: Calls\naggregation: sum\nevent_type: call\nvalue_property: $.n\n", "v3 API"),
    "a v3 feature": ("kind: feature\nkey: calls\nname: Calls\nmeter: {id: 01JBP3SGZ20Y7VRVC351TDFXYZ}\nlabels: {a: b}\n", "v3 API"),
    "a v3 body without a kind": ("key: pro\nname: Pro\ncurrency: USD\nbilling_cadence: P1M\npro_rating_enabled: true\n", "v3 API"),
    "a Stripe price": ("id: price_1\nobject: price\ncurrency: usd\nunit_amount: 4900\nrecurring: {interval: month}\n", "Stripe"),
    "a Stripe price as a kind": ("kind: price\nunit_amount: 4900\nrecurring: {interval: month}\n", "Stripe"),
    "a Stripe price as a plan": ("kind: plan\nkey: pro\ncurrency: usd\ntiers_mode: graduated\ntiers: [{up_to: 10, unit_amount: 5}]\n", "Stripe"),
}  # fmt: skip


@pytest.mark.parametrize("case", FOREIGN)
def test_a_body_of_another_api_is_called_so_once(case: str, tmp_path: Path) -> None:
    text, what = FOREIGN[case]
    (one,) = found(tmp_path, text)
    assert one.code in (
        "manifest-foreign",
        "manifest-unknown-field",
    )  # the latter where names alone are strange
    assert one.summary.startswith("this looks like ")
    assert what in one.summary
    assert "4900" not in one.hint


@pytest.mark.parametrize("text", ["kind: meter\nslug: calls\naggregation: COUNT\nevent_type: call\n"])
def test_one_slip_is_a_slip(text: str, tmp_path: Path) -> None:
    codes = {one.code for one in found(tmp_path, text)}
    assert "manifest-foreign" not in codes and "manifest-unknown-field" in codes


AMOUNTS = {
    "{value: 10, currency: USD}": "`amount: 10`",
    '{amount: "0.10"}': "`amount: 0.10`",
    "{amount: 10, currency: EUR}": "write an amount in USD, alone",
    '{amount: "49,00", currency: USD}': "write the number alone, without members",
    "{cents: 4900}": "write the number alone, without members",
}


@pytest.mark.parametrize("written", AMOUNTS)
def test_an_amount_as_an_object_has_a_way_out_that_changes_no_amount(written: str, tmp_path: Path) -> None:
    (one,) = found(tmp_path, PLAN.replace("PRICE", f"{{type: unit, amount: {written}}}"))
    assert AMOUNTS[written] in one.hint
    assert one.code == "manifest-wrong-type"


FILTERS = {
    "meterGroupByFilters: region=eu": "`meterGroupByFilters: {region: eu}`",
    "advancedMeterGroupByFilters: region == eu": '`advancedMeterGroupByFilters: {region: {$eq: "eu"}}`',
    "advancedMeterGroupByFilters: {region: eu}": '`region: {$eq: "eu"}`',
    "metadata: some words": "write `name: value` lines below it",
}


@pytest.mark.parametrize("written", FILTERS)
def test_a_filter_as_text_has_a_way_out(written: str, tmp_path: Path) -> None:
    (one,) = found(tmp_path, f"kind: feature\nkey: eu\nname: EU\nmeterSlug: calls\n{written}\n")[:1]
    assert FILTERS[written] in one.hint


def test_every_wrong_shape_has_a_hint() -> None:
    values: list[object] = [{}, {"a": 1}, {"amount": None}, {"key": ["x"]}, {"value": "x" * 500}]
    for value, types in itertools.product(
        values, (["string"], ["number"], ["integer"], ["number", "string"])
    ):
        assert shape_hint(types, ("price", "amount"), value, "USD"), (value, types)  # type: ignore[arg-type]


def test_a_price_mode_as_its_type_names_both(tmp_path: Path) -> None:
    (one,) = found(tmp_path, PLAN.replace("PRICE", "{type: graduated, tiers: []}"))
    assert one.hint == "write type: tiered, and mode: graduated"


def test_a_tariff_that_ends_asks_for_an_open_tier(tmp_path: Path) -> None:
    price = "{type: tiered, mode: graduated, tiers: [{upToAmount: 1000, unitPrice: 1}]}"
    one = next(one for one in found(tmp_path, PLAN.replace("PRICE", price)) if "tier" in one.code)
    assert one.hint.startswith("remove `upToAmount: 1000` if all usage has the price of this tier; else add")
    free = price.replace("unitPrice: 1", "unitPrice: 0")
    one = next(one for one in found(tmp_path, PLAN.replace("PRICE", free)) if "tier" in one.code)
    assert one.hint.startswith("add a tier without upToAmount, with the price of usage above 1000; or remove")


def test_an_object_that_is_not_there_is_told_once_with_all_who_name_it(home: Path) -> None:
    (home / "catalog" / "meters" / "api_requests.yaml").unlink()
    features = home / "catalog" / "features" / "usage.yaml"
    features.write_text(
        features.read_text("utf-8").replace("key: api_requests\n", "key: api_request\n", 1), "utf-8"
    )
    told = [
        one
        for one in check.check([home / "catalog"]).diagnostics
        if one.code == "rate_card_feature_not_found"
    ]
    assert len(told) == 1
    assert "did you mean `api_request`?" in told[0].hint
    assert {one.label for one in told[0].related} >= {"named by plan/free too", "named by plan/pro too"}


def test_an_empty_folder_leads_to_init_and_names_the_default(tmp_path: Path) -> None:
    said = catalogsync("validate", folder=tmp_path)
    assert said.returncode == 1
    assert "catalog is read when none is named" in said.stdout and "catalogsync init" in said.stdout


def test_a_misspelt_path_is_guessed(home: Path) -> None:
    assert "did you mean catalog?" in catalogsync("validate", "catlog", folder=home).stdout


def test_a_new_sandbox_file_is_said_and_a_slip_is_guessed(home: Path) -> None:
    first = catalogsync("apply", "--yes", "--url", "sandbox:shop.db", folder=home)
    assert "note: shop.db does not exist yet: this is a new, empty OpenMeter\n" in first.stderr
    slip = catalogsync("plan", "--url", "sandbox:shpo.db", folder=home)
    assert "did you mean shop.db?" in slip.stderr
    assert "note:" not in catalogsync("plan", "--url", "sandbox:shop.db", folder=home).stderr


@pytest.mark.parametrize("verb", ["plan", "drift", "export"])
def test_reading_a_sandbox_that_is_not_there_makes_no_file(verb: str, home: Path) -> None:
    said = catalogsync(
        verb, "--url", "sandbox:new/shop.db", *(["--out", "out"] if verb == "export" else []), folder=home
    )
    assert "new/shop.db does not exist yet" in said.stderr, said
    assert not (home / "new").exists()


def test_a_plan_for_a_sandbox_that_is_not_there_is_applied_to_a_new_one(home: Path) -> None:
    planned = catalogsync("plan", "--url", "sandbox:new/shop.db", "--out", "plan.json", folder=home)
    assert planned.returncode == 0 and not (home / "new").exists()
    applied = catalogsync("apply", "--yes", "plan.json", folder=home)
    assert applied.returncode == 0 and (home / "new" / "shop.db").is_file()
    again = catalogsync("plan", "--url", "sandbox:new/shop.db", folder=home)
    assert "Nothing to do" in again.stdout + again.stderr


def test_without_a_terminal_each_finished_step_has_a_line_that_names_the_object(home: Path) -> None:
    said = catalogsync("apply", "--yes", "--url", "sandbox:", folder=home)
    lines = [line for line in said.stderr.splitlines() if "/35  " in line]
    assert [line.split("/")[0] for line in lines] == [str(n) for n in range(1, 36)]
    assert any(line.endswith("  create meter/active_users: done") for line in lines)
    assert any("publish plan/pro: done" in line for line in lines)
    quiet = catalogsync("apply", "-q", "--yes", "--url", "sandbox:", folder=home)
    assert "/35  " not in quiet.stderr


def test_nothing_to_do_and_a_refusal_are_told_once(home: Path) -> None:
    target = ("--url", "sandbox:shop.db")
    assert catalogsync("apply", "--yes", *target, folder=home).returncode == 0
    again = catalogsync("apply", "--yes", *target, folder=home)
    assert (again.stdout + again.stderr).count("Nothing to do") == 1
    meter = home / "catalog" / "meters" / "api_requests.yaml"
    meter.write_text(meter.read_text("utf-8").replace("eventType: request", "eventType: requests"), "utf-8")
    for verb in ("plan", "apply"):
        refused = catalogsync(verb, *target, folder=home)
        assert refused.returncode == 1
        assert (refused.stdout + refused.stderr).count("error[immutable-field]") == 1
        assert "--only KIND/KEY plans objects that do not need it" in refused.stdout + refused.stderr


def test_every_call_names_its_object(home: Path) -> None:
    said = catalogsync("plan", "--url", "sandbox:", folder=home).stdout
    assert "publish plan/pro: POST /plans/{plan/pro#draft}/publish" in said


PATHS = {
    "price.tiers.1.unitPrice.amount": "price.tiers[2].unitPrice.amount",
    "thresholds.0.value": "thresholds[1].value",
    "phases.1.rateCards.2.name": "phases.1.rateCards.2.name",
    "metadata.1": "metadata.1",
}


@pytest.mark.parametrize("path", PATHS)
def test_entries_without_a_key_are_counted_from_one(path: str) -> None:
    assert field_paths.shown(path) == PATHS[path]


def test_our_own_example_has_the_house_style() -> None:
    assert catalogsync("fmt", "--check", "examples/catalog", folder=ROOT).returncode == 0


def test_a_url_with_the_prefix_is_told_to_leave_it_out(home: Path) -> None:
    said = catalogsync("plan", "--url", "http://127.0.0.1:9/api/v1/", folder=home)
    assert said.returncode == 64 and "leave /api/v1 out" in said.stderr
