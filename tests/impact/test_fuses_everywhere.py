"""Every fuse holds on every way to an environment: plans, applies and promotions, of one or of many, and of the library. Nothing is saved or sent."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path

import pytest
from impact_helpers import BASE, World

from catalogsync import Catalog, OpenMeter
from catalogsync import plan as library_plan
from catalogsync.cli import run
from catalogsync.store.fuse_limits import DEFAULTS

OFF = ", ".join(f"{name.removeprefix('fuse-')}: false" for name in DEFAULTS)
CONFIG = """\
environments:
  staging: {{url: "sandbox:staging.db", fuses: {{{off}}}}}
  production: {{url: "sandbox:sandbox.db"{more}}}
"""
WAYS: Mapping[str, tuple[str, ...]] = {
    "plan": ("plan", "-e", "production", "--out", "saved.json"),
    "plans of many": ("plan", "-e", "prod*", "--out", "saved"),
    "apply": ("apply", "-e", "production", "--yes"),
    "applies to many": ("apply", "-e", "prod*", "--yes"),
    "promote": ("promote", "staging", "production", "--out", "saved.json"),
    "promote, applied": ("promote", "staging", "production", "--yes"),
}
SSO = BASE.index("      - type: flat_fee")
WITHOUT_SSO = BASE[:SSO]
ARCHIVED = BASE + "lifecycle: archived\n"
FEATURES = "".join(f"---\nkind: feature\nkey: f{n}\nname: F\n" for n in range(4))


@dataclasses.dataclass(frozen=True)
class Job:
    """What blows a fuse: `before` is applied to production in this order, with a customer after the first where `subscribed`; then `after` is
    asked for. `more`: what catalogsync.yaml says of production; `options`: of the command line, for the verbs that have them.
    """

    before: tuple[str, ...]
    after: str
    subscribed: bool = False
    more: str = ""
    options: Mapping[str, tuple[str, ...]] = dataclasses.field(default_factory=dict)
    without: tuple[str, ...] = ()


USAGE = ("--usage", "usage.csv")
METER = ("--recreate", "meter/calls", "--recreate", "feature/calls")
JOBS = {
    "fuse-price-move": Job((BASE,), BASE.replace('"10"', '"100"')),
    "fuse-price-zero": Job((BASE,), BASE.replace('"10"', '"0"')),
    "fuse-currency-change": Job((BASE,), BASE.replace("currency: USD", "currency: EUR")),
    "fuse-entitlement-cut": Job((BASE,), BASE.replace("issueAfterReset: 1000", "issueAfterReset: 900"), True),
    "fuse-meter-remade": Job(
        (BASE, ARCHIVED),
        ARCHIVED.replace("aggregation: COUNT", "aggregation: SUM\nvalueProperty: $.n"),
        True,
        options={"plan": METER, "apply": METER},
        without=("promote", "many"),  # neither makes anything again
    ),
    "fuse-meter-deleted": Job(
        (BASE, ARCHIVED),
        ARCHIVED.replace("meterSlug: calls\n", "meterSlug: calls\nlifecycle: archived\n").replace(
            "slug: calls\n", "slug: calls\nlifecycle: deleted\n", 1
        ),
        True,
    ),
    "fuse-feature-subscribed": Job(
        (BASE, WITHOUT_SSO),
        WITHOUT_SSO.replace("key: sso\nname: SSO\n", "key: sso\nname: SSO\nlifecycle: archived\n"),
        True,
    ),
    "fuse-version-deleted": Job(
        (BASE,), BASE.replace("key: pro\nname: Pro", "key: pro\nname: Pro\nlifecycle: deleted"), True
    ),
    "fuse-removed-share": Job(
        (BASE + FEATURES,), BASE + FEATURES.replace("name: F\n", "name: F\nlifecycle: archived\n")
    ),
    "fuse-new-versions": Job(
        (BASE,), BASE.replace("name: Pro\n", "name: Professional\n"), more=", fuses: {new-versions: 0}"
    ),
    "fuse-customer-move": Job(
        (BASE,),
        BASE.replace('"0.01"', '"0.014"'),
        more=", fuses: {customer-move: 39}",
        options={"plan": USAGE, "promote": USAGE},
        without=("apply", "many"),  # neither is told of usage
    ),
    "fuse-first-write": Job(
        (), BASE, more=", protected: true", without=("promote",)
    ),  # its way is said in the file
}


def live() -> list[tuple[str, int]]:
    """What production holds, by name with the number of versions."""
    with OpenMeter("sandbox:sandbox.db") as server:
        return sorted((str(ref), len(group.versions())) for ref, group in server.read().groups.items())


def prepared(job: Job, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Production as it was, staging with what is asked for, proven."""
    monkeypatch.chdir(world.folder)
    Path("catalogsync.yaml").write_text(CONFIG.format(off=OFF, more=job.more), "utf-8")
    Path("usage.csv").write_text("customer,feature,quantity\nann,calls,100000\n", "utf-8")
    for number, text in enumerate(job.before):
        world.applied(text)
        if job.subscribed and not number:
            world.subscribe("ann")
    world.write(job.after)
    assert run(["apply", "-e", "staging", "--yes"]) == 0


def on_the_library(fuse: str) -> tuple[int, bool]:
    with OpenMeter.named("production") as server:
        made = library_plan(Catalog.load("catalog", environment="production"), server)
    return 3 if made.blocked else 0, fuse in [one.code for one in made.diagnostics if one.is_error]


def expected(words: tuple[str, ...], fuse: str, job: Job) -> str:
    """What is read where a way is closed: of many environments the first error, without its code."""
    if words[2].endswith("*"):
        return "1 refused"
    return "refused-protected" if "protected" in job.more and "--yes" in words else fuse


@pytest.mark.parametrize("fuse", JOBS)
def test_each_fuse_holds_on_each_way(
    fuse: str, world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    job = JOBS[fuse]
    prepared(job, world, monkeypatch)
    there = live()
    said = {} if job.without else {"library": on_the_library(fuse)}
    for name, words in WAYS.items():
        if words[0] in job.without or (words[2].endswith("*") and "many" in job.without):
            continue
        capsys.readouterr()
        code = run([*words, *job.options.get(words[0], ())])
        said[name] = (code, expected(words, fuse, job) in "".join(capsys.readouterr()))
        assert not Path("saved.json").exists() and not list(Path().glob("saved/*")), name
        assert live() == there, name
    assert said == dict.fromkeys(said, (3, True))


def test_all_fuses_are_tried() -> None:
    assert JOBS.keys() == DEFAULTS.keys()


def test_a_waiver_in_the_files_covers_a_promotion(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is proven is kept without comments: the manifest as it is now holds the waiver, or an overlay of the environment does."""
    prepared(JOBS["fuse-price-move"], world, monkeypatch)
    assert run(["promote", "staging", "production", "--out", "plan.json"]) == 3
    said = capsys.readouterr().out
    line = JOBS["fuse-price-move"].after.splitlines().index('        price: {type: flat, amount: "100"}') + 1
    assert f"catalog.yaml:{line}:" in said, "the place is that of the file"
    waiver = "# catalogsync: waive fuse-price-move until 2030-01-31 because it was agreed\n"
    world.write(JOBS["fuse-price-move"].after + waiver)
    assert run(["promote", "staging", "production", "--out", "plan.json"]) == 0
    assert "waived until 2030-01-31: it was agreed" in capsys.readouterr().out
    assert run(["show", "plan.json", "--format", "markdown"]) == 0
    dangers = capsys.readouterr().out.partition("**Dangers**")[2].partition("| object |")[0]
    assert "waived until 2030-01-31: it was agreed" in dangers
    assert run(["apply", "plan.json", "--yes"]) == 0


def test_what_takes_a_plan_back_has_no_fuses(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """It restores what was live (docs/tasks/environments.md#fuses)."""
    dear = dataclasses.replace(JOBS["fuse-price-move"], more=", fuses: {price-move: false}")
    prepared(dear, world, monkeypatch)
    assert run(["promote", "staging", "production", "--out", "plan.json"]) == 0
    assert run(["apply", "plan.json", "--yes"]) == 0
    Path("catalogsync.yaml").write_text(CONFIG.format(off=OFF, more=""), "utf-8")
    assert run(["plan", "--undo", "plan.json", "--out", "back.json"]) == 0
    assert run(["apply", "back.json", "--yes"]) == 0


@pytest.mark.parametrize(
    ("there", "here", "said"),
    [
        ("price-move: false", "", "fuse-price-move off there, 50 here"),
        ("price-move: 100", "price-move: 20", "fuse-price-move 100 there, 20 here"),
        ("price-zero: false, new-versions: 30", "", "fuse-price-zero off there, on here, and 1 more"),
        ("price-move: true", "price-move: 50", ""),
        ("price-move: 20", "price-move: false, price-zero: false", ""),
    ],
)
def test_a_saved_plan_that_laxer_fuses_judged_is_refused(
    there: str,
    here: str,
    said: str,
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """By whatever file it was made: fuses are those of the place where it is applied."""
    config = 'environments:\n  production: {{url: "sandbox:sandbox.db", fuses: {{{}}}}}\n'
    monkeypatch.chdir(world.folder)
    world.applied(BASE)
    world.write(BASE.replace('"10"', '"11"'))
    Path("catalogsync.yaml").write_text(config.format(there), "utf-8")
    assert run(["plan", "-e", "production", "--out", "saved.json"]) == 0
    was = live()
    Path("catalogsync.yaml").write_text(config.format(here), "utf-8")
    capsys.readouterr()
    assert run(["apply", "saved.json", "--yes"]) == (3 if said else 0)
    told = capsys.readouterr().err
    assert (said in told and "error[refused-fuses]" in told) if said else "refused" not in told
    assert (live() == was) is bool(said)


def test_a_saved_plan_for_a_url_is_held_against_the_fuses_for_all(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(world.folder)
    world.applied(BASE)
    world.write(BASE.replace('"10"', '"100"'))
    Path("catalogsync.yaml").write_text("fuses: {price-move: false}\n", "utf-8")
    assert run(["plan", "--url", "sandbox:sandbox.db", "--out", "saved.json"]) == 0
    Path("catalogsync.yaml").write_text("fuses: {price-zero: false}\n", "utf-8")
    assert run(["apply", "saved.json", "--yes"]) == 3
    Path("catalogsync.yaml").unlink()
    assert run(["apply", "saved.json", "--yes"]) == 0, "nothing says what holds"
