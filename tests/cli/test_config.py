"""`catalogsync.yaml`: every wrong word in it is named with its place, and no secret is shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from catalogsync.core.errors import UsageError
from catalogsync.store import config

WRONG = {
    "unknown member": ("environmnts: {}\n", "environmnts is no known member", (1, 1), "'environments'"),
    "unknown member below": ("environments:\n  prod:\n    url: https://x\n    prefx: /v1\n", "prod.prefx is no known member", (4, 5), "'prefix'"),
    "written twice": ("environments:\n  prod: {url: https://a}\n  prod: {url: https://b}\n", "environments.prod is written twice", (3, 3), "replace"),
    "no url": ("environments:\n  prod: {}\n", "environments.prod.url must be a text", (2, 3), ""),
    "a number for a url": ("environments:\n  prod: {url: 12}\n", "environments.prod.url must be a text", (2, 10), ""),
    "overlays": ("environments:\n  prod: {url: https://a, overlays: here}\n", "must be a list of paths", (2, 26), ""),
    "overlay": ("environments:\n  prod: {url: https://a, overlays: [1]}\n", "environments.prod.overlays.0 must be a text", (2, 37), ""),
    "default": ("default: prdo\nenvironments: {prod: {url: https://a}}\n", "names an environment 'prdo'", (1, 1), "'prod'"),
    "a list": ("- a\n", "the file must be a mapping", (1, 1), ""),
    "severity of an unknown code": ("lint:\n  severity:\n    price-tier-clif: off\n", "price-tier-clif is no code", (3, 5), "price-tier-cliff"),
    "severity of a verdict": ("lint:\n  severity: {rate_card_duplicated_key: off}\n", "severity cannot be set", (2, 14), "explain"),
    "level": ("lint:\n  severity: {price-tier-cliff: loud}\n", "must be one of error, warning, note, off", (2, 14), ""),
    "alias": ("environments:\n  a: &a {url: https://a}\n  b: *a\n", "environments.b is an alias", (3, 3), "write the value out"),
    "a day that is none": ("default: 2024-99-99\n", "default cannot be read", (1, 1), "in quotes"),
    "a name that is no text": ("? [a]\n: 1\n", "has a name that is no text", (1, 1), ""),
}  # fmt: skip


def refused(folder: Path, text: str) -> UsageError:
    (folder / config.NAME).write_text(text, "utf-8")
    with pytest.raises(UsageError) as caught:
        config.load(folder)
    assert caught.value.code == "config-invalid"
    return caught.value


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_named_with_its_place(case: str, tmp_path: Path) -> None:
    text, said, place, hint = WRONG[case]
    problem = refused(tmp_path, text)
    assert said in problem.message and hint in problem.hint
    assert problem.where is not None
    assert (problem.where.line, problem.where.column) == place
    assert problem.where.text in (text.splitlines()[place[0] - 1], "")


@pytest.mark.parametrize(
    "text",
    [
        "environments: {prod: {url: https://x, api_key: sk_canary}}\n",
        "environments: {prod: {ulr: https://x, api_key: sk_canary}}\n",
        "environments:\n  prod:\n    ulr: https://me:sk_canary@x\n",
        "environments: {prod: {url: https://x, api_key: {env: [sk_canary]}}}\n",
    ],
)
def test_a_line_that_may_hold_a_secret_is_not_shown(text: str, tmp_path: Path) -> None:
    problem = refused(tmp_path, text)
    assert "canary" not in f"{problem.message} {problem.hint} {problem.where}"
    assert problem.where is not None and problem.where.text == ""


@pytest.mark.parametrize("text", ["a: [\n", "a: 1\n---\nb: 2\n", "\ta: 1\n", "a: !!python/name:os.system\n"])
def test_broken_yaml_is_told(text: str, tmp_path: Path) -> None:
    refused(tmp_path, text)


def test_a_whole_file(tmp_path: Path) -> None:
    environment = "{url: 'https://x', api_key: {env: KEY}, overlays: [o], ca_file: ca.pem}"
    text = (
        f"default: prod\nenvironments:\n  prod: {environment}\nlint: {{severity: {{price-far-off: off}}}}\n"
    )
    (tmp_path / config.NAME).write_text(text, "utf-8")
    found = config.load(tmp_path)
    prod = found.environments["prod"]
    assert (prod.url, prod.api_key, prod.prefix) == ("https://x", {"env": "KEY"}, "/api/v1")
    assert (prod.overlays, prod.ca_file) == ((tmp_path / "o",), tmp_path / "ca.pem")
    assert (found.default, found.severities) == ("prod", {"price-far-off": "off"})


def test_an_empty_file_says_nothing(tmp_path: Path) -> None:
    (tmp_path / config.NAME).write_text("", "utf-8")
    assert config.load(tmp_path) == config.Config(path=tmp_path / config.NAME)
