"""`catalogsync.yaml`: every wrong word in it is named with its place, and no secret is shown."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from catalogsync.codes import LINT
from catalogsync.core.errors import InvalidConfiguration, UsageError
from catalogsync.openmeter import schemas
from catalogsync.store import config
from catalogsync.store.environment import Config, Environment, PromotionPolicy

PROD = "environments:\n  prod:\n    url: https://a\n"
CIRCLE = "environments:\n  a: {url: https://a, promoteFrom: b}\n  b: {url: https://b, promoteFrom: a}\n"
WRONG = {
    "unknown member": ("environmnts: {}\n", "`environmnts` is not a member of catalogsync.yaml", (1, 1), "`environments`"),
    "unknown member below": (f"{PROD}    prefx: /v1\n", "`prefx` is not a member of environment `prod`", (4, 5), "`prefix`"),
    "another way to write one": (f"{PROD}    promote_from: a\n", "`promote_from` is not a member", (4, 5), "`promoteFrom`"),
    "nothing like it": (f"{PROD}    zzz: a\n", "`zzz` is not a member", (4, 5), "known here: `url`, `api_key`"),
    "written twice": ("environments:\n  prod: {url: https://a}\n  prod: {url: https://b}\n", "`prod` is written twice", (3, 3), "keep one"),
    "no url": ("environments:\n  prod: {}\n", "`url` is missing in environment `prod`", (2, 3), ""),
    "a misspelt url": ("environments:\n  prod: {ulr: https://a}\n", "`ulr` is not a member", (2, 10), "`url`"),
    "a number for a url": ("environments:\n  prod: {url: 12}\n", "`url` must be text", (2, 15), "http"),
    "a url that is none": ("environments:\n  prod: {url: openmeter}\n", "`url` is not the URL of a server", (2, 15), "https://"),
    "a url that names a variable": ("environments:\n  prod: {url: $OPENMETER}\n", "names a variable", (2, 15), "write {env: OPENMETER}"),
    "a url that is a template": ('environments:\n  prod: {url: "${OPENMETER:-https://a}"}\n', "names a variable", (2, 15), "write {env: OPENMETER}"),
    "a limit with a percent sign": ("fuses: {price-move: 80%}\n", "`price-move` is a limit", (1, 21), "write 80, a number alone"),
    "a limit in words": (f"{PROD}    fuses: {{price-move: much}}\n", "`price-move` is a limit", (4, 25), "false to turn the fuse off"),
    "a url with the prefix": ("environments:\n  prod: {url: https://a/api/v1}\n", "ends with /api/v1", (2, 15), "leave /api/v1 out"),
    "a variable that is none": ("environments:\n  prod: {url: {env: 12-b}}\n", "not the name of a variable", (2, 21), "{env: NAME}"),
    "a url from a file": ("environments:\n  prod: {url: {file: a}}\n", "`file` is not a member of `environments.prod.url`", (2, 16), "`env`"),
    "overlays": ("environments:\n  prod: {url: https://a, overlays: here}\n", "`overlays` must be a list", (2, 36), "`overlays: [here]`"),
    "overlay": ("environments:\n  prod: {url: https://a, overlays: [1]}\n", "an entry of `overlays` must be text", (2, 37), ""),
    "default": ("default: prdo\nenvironments: {prod: {url: https://a}}\n", "names an environment `prdo`", (1, 10), "`prod`"),
    "promotion from nowhere": (f"{PROD}    promoteFrom: staging\n", "names an environment `staging`", (4, 18), "prod"),
    "promotion from itself": (f"{PROD}    promoteFrom: prod\n", "would be promoted from itself: prod from prod", (4, 18), ""),
    "promotion in a circle": (CIRCLE, "promoted from itself: a from b from a", (2, 36), ""),
    "a name with a space": ("environments:\n  my prod: {url: https://a}\n", "`my prod` is not a valid name of an environment", (2, 3), "letters"),
    "concurrency": (f"{PROD}    concurrency: 0\n", "`concurrency` is 0, but must be 1 at least", (4, 18), ""),
    "part of a request": (f"{PROD}    concurrency: 1.5\n", "`concurrency` must be a whole number", (4, 18), "without a decimal point"),
    "timeout": (f"{PROD}    timeout: 30s\n", "`timeout` must be a number", (4, 14), "write 30, the number alone"),
    "protected": (f"{PROD}    protected: \"yes\"\n", "`protected` must be true or false", (4, 16), "write true"),
    "a word that YAML takes in two ways": (f"{PROD}    protected: yes\n", "true or false to some", (4, 16), "write true"),
    "two ways to a key": (f"{PROD}    api_key: {{env: A, file: B}}\n", "`api_key` must be one reference", (4, 14), "{file: PATH}"),
    "a pattern that is none": ("allowDifferences: {plan: [name]}\n", "`plan` is not a pattern of KIND/KEY", (1, 20), "plan/*"),
    "a list": ("- a\n", "the document must be an object", (1, 1), ""),
    "severity of an unknown code": ("lint:\n  severity:\n    price-tier-clif: off\n", "is not a code of lint", (3, 5), "price-tier-cliff"),
    "severity of a verdict": ("lint:\n  severity: {rate_card_duplicated_key: off}\n", "severity cannot be set", (2, 14), "explain"),
    "level": ("lint:\n  severity: {price-tier-cliff: loud}\n", "must be one of error, warning, note, off", (2, 32), ""),
    "too mild a level": ("lint:\n  severity: {channel-secret-inline: off}\n", "cannot be turned off", (2, 37), ""),
    "alias": ("environments:\n  a: &a {url: https://a}\n  b: *a\n", "names a value to be repeated", (2, 6), "write the value out"),
    "a day that is none": ("default: 2024-99-99\n", "a date to some YAML readers", (1, 10), "in quotes"),
    "a name that is no text": ("? [a]\n: 1\n", "name must be text", (1, 3), ""),
    "two documents": ("default: a\n---\ndefault: b\n", "second document", (2, 1), "leave one"),
}  # fmt: skip


def refused(folder: Path, text: str) -> InvalidConfiguration:
    (folder / config.NAME).write_text(text, "utf-8")
    with pytest.raises(InvalidConfiguration) as caught:
        config.load(folder)
    assert (caught.value.code, caught.value.exit_code) == ("config-invalid", 64)
    return caught.value


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_named_with_its_place(case: str, tmp_path: Path) -> None:
    text, said, place, hint = WRONG[case]
    problem = refused(tmp_path, text)
    assert said in problem.message and hint in problem.hint
    assert problem.where is not None
    assert (problem.where.line, problem.where.column) == place
    shown = problem.where.text.removesuffix("(value hidden)").rstrip("…")
    assert shown and text.splitlines()[place[0] - 1].startswith(shown)


@pytest.mark.parametrize(
    "text",
    [
        "environments: {prod: {url: https://x, api_key: sk_canary}}\n",
        "environments: {prod: {ulr: https://x, api_key: sk_canary}}\n",
        "environments:\n  prod:\n    ulr: https://me:sk_canary@x\n",
        "environments: {prod: {url: https://x, api_key: {env: [sk_canary]}}}\n",
        "environments: {prod: {url: https://x, api_key: {env: whsec_canary}}}\n",
        "environments: {prod: {url: {env: whsec_canary}}}\n",
        "environments: {prod: {url: 'https://x?token=canary'}}\n",
        "environments: {prod: {url: 'https://x/#canary'}}\n",
        "environments: {prod: {url: me:canary@x}}\n",
    ],
)
def test_a_line_that_may_hold_a_secret_is_not_shown(text: str, tmp_path: Path) -> None:
    problem = refused(tmp_path, text)
    assert "canary" not in repr(problem.diagnostics)


def test_all_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    problem = refused(
        tmp_path, f"defalt: prod\n{PROD}    prefx: /v1\n    timeout: soon\nlint: {{level: high}}\n"
    )
    assert [one.where.line for one in problem.diagnostics if one.where] == [1, 5, 6, 7]


@pytest.mark.parametrize("text", ["a: [\n", "a: 1\n---\nb: 2\n", "\ta: 1\n", "a: !!python/name:os.system\n"])
def test_broken_yaml_is_told(text: str, tmp_path: Path) -> None:
    refused(tmp_path, text)


def test_a_whole_file(tmp_path: Path) -> None:
    (tmp_path / config.NAME).write_text(
        """\
default: prod
runStore: runs
allowDifferences:
  plan/*: [metadata, "phases.*.rateCards.*.price"]
environments:
  staging:
    url: {env: STAGING_URL}
    allowDifferences: {}
  prod:
    url: https://x
    api_key: {env: KEY}
    prefix: /om/api/v1
    ca_file: ca.pem
    overlays: [o, p.yaml]
    protected: true
    promoteFrom: staging
    fuses: {price-move: 20, price-zero: false}
    concurrency: 2
    timeout: 2.5
    runStore: s3://bucket/runs
lint:
  severity:
    price-far-off: off
""",
        "utf-8",
    )
    found = config.load(tmp_path)
    assert found.environments["prod"] == Environment(
        "prod",
        "https://x",
        {"env": "KEY"},
        "/om/api/v1",
        tmp_path / "ca.pem",
        (tmp_path / "o", tmp_path / "p.yaml"),
        protected=True,
        promotion=PromotionPolicy("staging"),
        fuses={"price-move": 20, "price-zero": False},
        concurrency=2,
        timeout=2.5,
        run_store="s3://bucket/runs",
        allow_differences={"plan/*": ("metadata", "phases.*.rateCards.*.price")},
        folder=tmp_path,
    )
    staging = found.environments["staging"]
    assert (staging.url, staging.url_variable, staging.allow_differences) == ("", "STAGING_URL", {})
    assert staging.run_store == str(tmp_path / "runs")
    assert (found.default, found.severities) == ("prod", {"price-far-off": "off"})


def test_a_url_in_a_variable_is_looked_up_when_a_server_is_meant(tmp_path: Path) -> None:
    (tmp_path / config.NAME).write_text("environments: {a: {url: {env: HERE}}}\n", "utf-8")
    found = config.load(tmp_path)
    meant = config.choose(found, env="a", url=None, environ={"HERE": "https://x"})
    assert (meant.name, meant.url) == ("a", "https://x")
    for environ in ({}, {"HERE": "x"}, {"HERE": "https://me:canary@x"}):
        with pytest.raises(UsageError) as caught:
            config.choose(found, env="a", url=None, environ=environ)
        assert caught.value.code == "environment-url-missing"
        assert "HERE" in caught.value.message and "canary" not in caught.value.message


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ("../live.db", "live.db"),
        ("./a/../b.db", "team/b.db"),
        ("linked/../live.db", "team/linked/../live.db"),
    ],
)
def test_the_file_of_a_sandbox_is_named_without_detours(said: str, named: str, tmp_path: Path) -> None:
    """Where a link leads elsewhere, the way through it is to another file, and stays."""
    team = tmp_path / "team"
    team.mkdir()
    (tmp_path / "far" / "away").mkdir(parents=True)
    (team / "linked").symlink_to(tmp_path / "far" / "away")
    (team / "catalogsync.yaml").write_text(f"environments: {{live: {{url: 'sandbox:{said}'}}}}\n", "utf-8")
    assert config.named(config.load(team), "live").url == f"sandbox:{tmp_path / named}"


def test_the_schema_for_editors_knows_each_code_of_lint() -> None:
    said = json.loads(schemas.text("catalogsync.schema.json"))["properties"]["lint"]["properties"]["severity"]
    assert list(said["properties"]) == [code.name for code in LINT]
    for code in LINT:
        levels = said["properties"][code.name]["enum"]
        assert (levels[-1] == (code.at_least or "off")) and said["properties"][code.name][
            "default"
        ] == code.severity


def test_an_empty_file_says_nothing(tmp_path: Path) -> None:
    (tmp_path / config.NAME).write_text("", "utf-8")
    assert config.load(tmp_path) == Config(path=tmp_path / config.NAME)
