"""Who moved, told by three sides; and live values accepted into the files with nothing else changed in them."""

from __future__ import annotations

import contextlib
import difflib
import os
import random
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from engine_helpers import EXAMPLE, catalog_of, client_of, planned, settle

from catalogsync.app import accept, drift
from catalogsync.app.environments import Target
from catalogsync.app.runtime import Runtime
from catalogsync.core.model import Ref
from catalogsync.planner.drift import Standing
from catalogsync.render import document_text, plan_words
from catalogsync.render.document import of_drift
from catalogsync.sandbox import Sandbox

Change = Callable[[Path], None]
URL = "sandbox:live.db"


def replaced(file: str, old: str, new: str) -> Change:
    def change(folder: Path) -> None:
        path = folder / file
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), "utf-8")

    return change


PRICE = replaced("plans/pro.yaml", "amount: 49,", "amount: 59,")
OTHER_PRICE = replaced("plans/pro.yaml", "amount: 49,", "amount: 69,")
NAME = replaced("meters/users.yaml", "name: Active users", "name: Users")


@pytest.fixture(scope="module")
def applied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example, applied to the sandbox beside it."""
    folder = tmp_path_factory.mktemp("applied")
    with contextlib.chdir(folder):
        shutil.copytree(EXAMPLE, "catalog")
        shutil.copytree(EXAMPLE, "before")
        live(Path("catalog"))
    return folder


@pytest.fixture
def folder(applied: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of that folder, where the test is."""
    shutil.copytree(applied, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def live(folder: Path) -> None:
    """Makes the live objects what a folder says."""
    sandbox = Sandbox(data=Path("live.db"))
    settle(catalog_of(folder), client_of(sandbox))
    sandbox.close()


def by_hand(*changes: Change) -> None:
    """Somebody changes live objects, not the files."""
    there = Path("by-hand")
    shutil.rmtree(there, ignore_errors=True)
    shutil.copytree("before", there)
    for change in changes:
        change(there)
    live(there)


def found(against: str | None = "before") -> drift.DriftReport:
    return drift.find([Path("catalog")], Target(None, URL), against, Runtime(os.environ))


def standings(told: drift.DriftReport) -> dict[str, Standing]:
    return {str(one.ref): one.standing for one in told.drift.objects}


@pytest.mark.parametrize(
    ("files", "hand", "standing"),
    [
        ((), (), None),
        ((PRICE,), (), Standing.FILES_AHEAD),
        ((), (PRICE,), Standing.LIVE_AHEAD),
        ((PRICE,), (OTHER_PRICE,), Standing.BOTH),
        ((PRICE,), (PRICE,), None),
    ],
)
def test_who_moved(
    folder: Path, files: tuple[Change, ...], hand: tuple[Change, ...], standing: Standing | None
) -> None:
    by_hand(*hand)
    for change in files:
        change(Path("catalog"))
    told = found()
    assert standings(told) == ({"plan/pro": standing} if standing else {})
    assert told.drift.in_step == (25 if standing else 26)
    assert told.drift.live_moved is (standing in (Standing.LIVE_AHEAD, Standing.BOTH))


def test_without_what_was_last_applied_nobody_knows_who_moved(folder: Path) -> None:
    PRICE(Path("catalog"))
    assert standings(found(None)) == {"plan/pro": Standing.UNKNOWN}
    assert found(None).drift.live_moved


def test_live_objects_without_a_file_are_told_apart_from_those_whose_file_is_gone(folder: Path) -> None:
    (Path("catalog") / "notifications" / "rules.yaml").unlink()
    told = found()
    assert {str(ref) for ref in told.drift.left} == {
        str(ref) for ref in catalog_of(Path("before")).resources if ref.kind == "notification_rule"
    }
    assert all(
        ref.kind == "meter" for ref in told.drift.live_only
    )  # those that the server's own configuration declares
    assert told.drift.differs and not told.drift.live_moved


@pytest.mark.parametrize("hook", ["billing_hook", "growth_hook"])
def test_rules_are_not_moved_by_who_disables_their_channel(folder: Path, hook: str) -> None:
    """Reads of rules leave disabled channels out, and a plan that enables one writes the rules again."""
    sandbox = Sandbox(data=Path("live.db"))
    client = client_of(sandbox)
    row = next(
        one
        for one in client.get("/notification/channels")["items"]
        if one["metadata"]["catalogsync/key"] == hook
    )
    client.send("PUT", f"/notification/channels/{row['id']}", {**row, "disabled": True})
    sandbox.close()
    assert standings(found()) == {f"notification_channel/{hook}": Standing.LIVE_AHEAD}


def test_plans_are_not_moved_by_the_files_when_an_add_on_published_by_hand_is_accepted(folder: Path) -> None:
    """Plans go on offering the version that was replaced; the add-on's new content comes into its own file and no plan's."""
    sandbox = Sandbox(data=Path("live.db"))
    client = client_of(sandbox)
    pack = next(one for one in client.get("/addons")["items"] if one["key"] == "seat_pack")
    (card,) = pack["rateCards"]
    dearer = {**card, "price": {**card["price"], "amount": "77"}}
    made = {name: pack[name] for name in ("key", "name", "currency", "instanceType", "description")}
    draft = client.send("POST", "/addons", {**made, "rateCards": [dearer]})
    client.send("POST", f"/addons/{draft['id']}/publish")
    sandbox.close()
    plans = {"plan/enterprise": Standing.LIVE_AHEAD, "plan/pro": Standing.LIVE_AHEAD}
    assert standings(found()) == {"addon/seat_pack": Standing.LIVE_AHEAD, **plans}
    told = found()
    accept.write(told, accept.chosen(told, ()), Runtime(os.environ))
    assert standings(found()) == plans


def test_an_object_that_somebody_deleted_is_live_ahead_and_its_file_says_so_then(folder: Path) -> None:
    sandbox = Sandbox(data=Path("live.db"))
    client = client_of(sandbox)
    rule = next(row for row in client.get("/notification/rules")["items"] if row["name"] == "One seat left")
    client.send("DELETE", f"/notification/rules/{rule['id']}")
    sandbox.close()
    told = found()
    assert standings(told) == {"notification_rule/seats_left": Standing.LIVE_AHEAD}
    accepted(told)
    text = (Path("catalog") / "notifications" / "rules.yaml").read_text("utf-8")
    assert text.count("lifecycle: deleted") == 1


def test_what_somebody_archived_or_deleted_is_said_to_be_that_and_no_field_to_be_gone(folder: Path) -> None:
    sandbox = Sandbox(data=Path("live.db"))
    client = client_of(sandbox)
    (free,) = [row for row in client.get("/plans")["items"] if row["key"] == "free"]
    client.send("POST", f"/plans/{free['id']}/archive")
    rule = next(row for row in client.get("/notification/rules")["items"] if row["name"] == "One seat left")
    client.send("DELETE", f"/notification/rules/{rule['id']}")
    sandbox.close()
    said = document_text.render(of_drift(found("before")))
    assert "plan/free  live ahead\n    the live object was archived, which its file does not say\n" in said
    assert "notification_rule/seats_left  live ahead\n    the object is not live any more\n" in said
    unknown = document_text.render(of_drift(found(None)))
    assert "    nothing tells which side was changed: the live object is archived\n" in unknown
    assert "    nothing tells which side was changed: no such object is live\n" in unknown
    assert "    - " not in said + unknown


def test_a_draft_that_somebody_published_or_made_is_said(folder: Path) -> None:
    """A published version cannot become a draft again: nothing is to be done, and it is on sale."""
    for file in (Path("before"), Path("catalog")):
        name = file / "plans" / "pro.yaml"
        name.write_text(name.read_text("utf-8").rstrip() + "\nlifecycle: draft\n", "utf-8")
    sandbox = Sandbox(data=Path("live.db"))
    client_of(sandbox).send("POST", "/plans/free/next")
    sandbox.close()
    told = document_text.render(of_drift(found()))
    assert "warning[published-already]: plan pro is published with this very content" in told
    assert "warning[stale-draft]: plan free has a draft (version 2) that nothing here asks for" in told
    assert (
        plan_words.nothing_to_do(found().plan) == "Nothing to do, though 1 difference stays (each is named)."
    )


def accepted(told: drift.DriftReport) -> accept.Accepted:
    """Accepts all that moved; a plan has nothing to do for it then."""
    done = accept.write(told, accept.chosen(told, ()), Runtime(os.environ))
    again = found()
    assert not done.refused
    assert not standings(again)
    return done


def changed_lines(name: str) -> tuple[list[str], list[str]]:
    """The lines of a file of the catalog that were taken out and put in."""
    old = (Path("before") / name).read_text("utf-8").splitlines()
    new = (Path("catalog") / name).read_text("utf-8").splitlines()
    lines = [one for one in difflib.ndiff(old, new) if one[:2] in ("- ", "+ ")]
    return [one[2:] for one in lines if one[0] == "-"], [one[2:] for one in lines if one[0] == "+"]


def test_an_accepted_value_changes_its_own_characters_and_nothing_else(folder: Path) -> None:
    by_hand(PRICE, NAME)
    accepted(found())
    assert changed_lines("plans/pro.yaml") == (
        ["        price: {type: flat, amount: 49, paymentTerm: in_advance}"],
        ["        price: {type: flat, amount: 59, paymentTerm: in_advance}"],
    )
    assert changed_lines("meters/users.yaml") == (["name: Active users"], ["name: Users"])


def test_only_what_is_named_is_accepted(folder: Path) -> None:
    by_hand(PRICE, NAME)
    told = found()
    accept.write(told, accept.chosen(told, ["meter/*"]), Runtime(os.environ))
    assert standings(found()) == {"plan/pro": Standing.LIVE_AHEAD}


REQUESTS = replaced("plans/pro.yaml", "unitPrice: 0.0004", "unitPrice: 0.0005")


def notes_of(done: accept.Accepted) -> list[tuple[str, str]]:
    return [(one.code, one.summary) for one in done.notes]


def test_of_an_object_that_both_changed_what_the_server_changed_is_accepted_and_the_rest_stays(
    folder: Path,
) -> None:
    by_hand(PRICE)
    REQUESTS(Path("catalog"))
    told = found()
    done = accept.write(told, accept.chosen(told, ()), Runtime(os.environ))
    assert (done.refused, [path.name for path in done.changed]) == ((), ["pro.yaml"])
    assert changed_lines("plans/pro.yaml") == (
        [
            "        price: {type: flat, amount: 49, paymentTerm: in_advance}",
            "            - {upToAmount: 1000000, unitPrice: 0.0004}",
        ],
        [
            "        price: {type: flat, amount: 59, paymentTerm: in_advance}",
            "            - {upToAmount: 1000000, unitPrice: 0.0005}",
        ],
    )
    (one,) = notes_of(done)
    assert one[0] == "drift-kept" and one[1].endswith('"0.0005" was changed in the files only, and stays')
    by_plan = planned(catalog_of(Path("catalog")), client_of(Sandbox(data=Path("live.db"))))
    assert [field.after for change in by_plan.changes for field in change.fields] == ["0.0005"]


def test_where_both_changed_one_value_the_live_one_is_accepted_and_yours_is_said(folder: Path) -> None:
    by_hand(OTHER_PRICE)
    PRICE(Path("catalog"))
    (one,) = notes_of(accepted(found()))
    assert one[0] == "drift-replaced" and one[1].endswith(': "59" of the files gave way to "69"')


def test_an_object_that_only_the_files_changed_goes_back_when_it_is_named_and_yours_is_said(
    folder: Path,
) -> None:
    PRICE(Path("catalog"))
    told = found()
    assert accept.chosen(told, ()) == tuple(told.drift.live_only)
    done = accept.write(told, accept.chosen(told, ["plan/pro"]), Runtime(os.environ))
    (one,) = notes_of(done)
    assert one[0] == "drift-replaced" and one[1].endswith(': "59" of the files gave way to "49"')
    assert changed_lines("plans/pro.yaml") == ([], [])


def test_a_value_of_an_overlay_is_changed_in_the_overlay(folder: Path) -> None:
    Path("eu.yaml").write_text(
        "# prices in Europe\nkind: plan\nkey: pro\nphases:\n  - key: standard\n    rateCards:\n"
        "      - {key: platform, price: {amount: 52}}  # agreed in May\n"
    )
    Path("catalogsync.yaml").write_text(f"environments:\n  eu: {{url: '{URL}', overlays: [eu.yaml]}}\n")
    by_hand(PRICE, replaced("plans/pro.yaml", "name: Pro\n", "name: Pro EU\n"))
    told = drift.find([Path("catalog")], Target("eu"), None, Runtime(os.environ))
    done = accept.write(told, accept.chosen(told, ["plan/pro"]), Runtime(os.environ))
    assert not done.refused
    assert "{key: platform, price: {amount: 59}}  # agreed in May" in Path("eu.yaml").read_text()
    assert changed_lines("plans/pro.yaml") == (["name: Pro"], ["name: Pro EU"])
    again = drift.find([Path("catalog")], Target("eu"), None, Runtime(os.environ))
    assert not again.drift.objects


def test_an_entry_that_is_live_only_is_said_to_be_new_in_the_overlay_that_gets_it(folder: Path) -> None:
    Path("eu.yaml").write_text(
        "kind: plan\nkey: pro\nphases:\n  - key: standard\n    rateCards:\n"
        "      - {key: platform, price: {amount: 52}}\n"
    )
    Path("catalogsync.yaml").write_text(f"environments:\n  eu: {{url: '{URL}', overlays: [eu.yaml]}}\n")
    card = "      - {type: flat_fee, key: vat_check, name: VAT check, price: {type: flat, amount: 1, paymentTerm: in_advance}}\n"
    by_hand(replaced("plans/pro.yaml", "\naddons:\n", f"\n{card}addons:\n"), PRICE)
    told = drift.find([Path("catalog")], Target("eu"), None, Runtime(os.environ))
    done = accept.write(told, accept.chosen(told, ["plan/pro"]), Runtime(os.environ))
    assert not done.refused
    assert "      - key: vat_check\n        $add: true\n" in Path("eu.yaml").read_text()
    again = drift.find([Path("catalog")], Target("eu"), None, Runtime(os.environ))
    assert not again.drift.objects


def test_what_no_file_names_is_written_beside_the_others_and_overwrites_nothing(folder: Path) -> None:
    sandbox = Sandbox(data=Path("live.db"))
    client_of(sandbox).send("POST", "/features", {"key": "by_hand", "name": "By hand"})
    sandbox.close()
    told = found()
    done = accept.write(told, [Ref.parse("feature/by_hand")], Runtime(os.environ))
    assert [path.as_posix() for path in done.new] == ["catalog/features/by_hand.yaml"]
    assert Ref.parse("feature/by_hand") not in found().drift.live_only
    Path("catalog/features/by_hand.yaml").write_text("# mine\n")
    refused = accept.write(told, [Ref.parse("feature/by_hand")], Runtime(os.environ)).refused
    assert [one.code for one in refused] == ["drift-not-accepted"]
    assert Path("catalog/features/by_hand.yaml").read_text() == "# mine\n"


# Any values


def values_of(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The paths of all values that may be changed without another meaning of the whole: names, texts, amounts, limits."""
    if isinstance(value, dict):
        return [p for name, one in value.items() for p in values_of(one, (*path, name))]
    if isinstance(value, list):
        return [p for at, one in enumerate(value) for p in values_of(one, (*path, at))]
    return [path] if path[-1] in ("name", "description", "amount", "flatPrice", "unitPrice", "url") else []


def put(value: Any, path: tuple[Any, ...], new: Any) -> None:
    for step in path[:-1]:
        value = value[step]
    value[path[-1]] = new


WORDS = [
    "Plain",
    "with: colon",
    "# no comment",
    "'quoted'",
    'say "yes"',
    "ends with:",
    "- dash",
    "no",
    "12",
    "Ünïcode",
    "two\nlines",
    "a, {b} [c]",
]


def disturbed(draw: random.Random, folder: Path, kinds: tuple[str, ...]) -> int:
    """Changes some values of a folder's catalog; gives how many. What is written has no comments any more: it stands for what is live."""
    count = 0
    for path in sorted(folder.rglob("*.yaml")):
        documents = list(yaml.load_all(path.read_text("utf-8"), Loader=yaml.SafeLoader))
        for document in documents:
            places = values_of(document) if document["kind"] in kinds else []
            for place in draw.sample(places, min(len(places), draw.randrange(3))):
                amount = place[-1] in ("amount", "flatPrice", "unitPrice")
                put(document, place, str(draw.randrange(1, 10**6) / 100) if amount else new_text(draw, place))
                count += 1
            if document["kind"] in ("plan", "addon", "meter") and draw.random() < 0.3:
                document["description" if draw.random() < 0.5 else "metadata"] = "Somebody's"
                if isinstance(document.get("metadata"), str):
                    document["metadata"] = {"by": "hand", "why: then": draw.choice(WORDS)}
                count += 1
        path.write_text(yaml.dump_all(documents, Dumper=Plain, sort_keys=False, allow_unicode=True), "utf-8")
    return count


class Plain(yaml.SafeDumper):
    """Writes no number with an exponent."""


Plain.add_representer(
    float, lambda dumper, value: dumper.represent_scalar("tag:yaml.org,2002:float", f"{value:.9f}")
)


def new_text(draw: random.Random, place: tuple[Any, ...]) -> str:
    if place[-1] == "url":
        return f"https://example.com/{draw.randrange(1000)}"
    return f"{draw.choice(WORDS)} {draw.randrange(1000)}"


SEEDS = range(
    FIRST := int(os.environ.get("CATALOGSYNC_SEED", "0")),
    FIRST + int(os.environ.get("CATALOGSYNC_SEEDS", "8")),
)


@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_somebody_changed_is_accepted_with_every_comment_kept(folder: Path, seed: int) -> None:
    draw = random.Random(seed)
    by_hand(lambda there: disturbed(draw, there, ("plan", "addon", "meter", "notification_rule")) and None)
    accepted(found())
    for path in sorted(Path("before").rglob("*.yaml")):
        name = str(path.relative_to("before"))
        out, _ = changed_lines(name)
        assert not [line for line in out if line.lstrip().startswith("#")]
        old, new = (
            len(re.findall(r"(?m)(?:^|\s)#", (Path(side) / name).read_text("utf-8")))
            for side in ("before", "catalog")
        )
        assert old <= new
    assert planned(catalog_of(Path("catalog")), client_of(Sandbox(data=Path("live.db")))).is_empty


@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_both_sides_changed_the_server_s_values_are_in_the_files_and_yours_stay(
    folder: Path, seed: int
) -> None:
    draw = random.Random(f"both-{seed}")
    kinds = ("plan", "addon", "meter", "notification_rule")
    by_hand(lambda there: disturbed(draw, there, kinds) and None)
    disturbed(draw, Path("catalog"), kinds)
    told = found()
    done = accept.write(told, accept.chosen(told, ()), Runtime(os.environ))
    assert not done.refused
    own = {
        (one.ref, field.change.path)
        for one in told.drift.objects
        for field in one.fields
        if field.standing is Standing.FILES_AHEAD
    }
    left = {(one.ref, field.change.path) for one in found().drift.objects for field in one.fields}
    offered = {(ref, path) for ref, path in left if path.startswith("addons.") and path.endswith(".version")}
    assert left - offered == own - offered  # new versions of add-ons are offered anew
