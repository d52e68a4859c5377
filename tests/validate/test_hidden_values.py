"""Where a secret stands, it is said which part is wrong and what to write, and nothing of the secret is."""

from __future__ import annotations

from pathlib import Path

import pytest

from catalogsync.app.check import check
from catalogsync.core.diagnostics import Diagnostic
from catalogsync.core.errors import InvalidConfiguration
from catalogsync.openmeter.credentials import variable_in
from catalogsync.store import config

CHANNEL = "kind: notification_channel\nkey: a\ntype: WEBHOOK\nname: A\n"
URL = "url: https://example.com\n"


def errors(tmp_path: Path, text: str) -> list[Diagnostic]:
    (tmp_path / "a.yaml").write_text(text, "utf-8")
    return [one for one in check([tmp_path]).diagnostics if one.is_error]


TABLE = {
    URL + "signingSecret: $HOOK_SECRET\n": "write `signingSecret: {env: HOOK_SECRET}`",
    URL + 'signingSecret: "${HOOK_SECRET}"\n': "write `signingSecret: {env: HOOK_SECRET}`",
    URL + "signingSecret: env:HOOK_SECRET\n": "write `signingSecret: {env: HOOK_SECRET}`",
    URL + 'signingSecret: "${{ secrets.HOOK_SECRET }}"\n': "write `signingSecret: {env: HOOK_SECRET}`",
    URL + "signingSecret: {env: $HOOK_SECRET}\n": "write {env: HOOK_SECRET}",
    URL + "signingSecret: {variable: HOOK_SECRET}\n": "did you mean `env`?",
    URL + "customHeaders:\n  X-Api-Key: ${API_KEY}\n": "write `X-Api-Key: {env: API_KEY}`",
    URL + "customHeaders:\n  X-Team: $TEAM_NAME\n": "write `X-Team: {env: TEAM_NAME}`",
    URL + "customHeaders:\n  Authorization: Bearer {env: TOKEN}\n": "write the reference alone, {env: NAME}",
    URL + "customHeaders: {Authorization: Bearer {env: TOKEN}}\n": "write the reference alone, {env: NAME}",
    "url: [https://example.com/s3same]\n": "or the text alone, without `- ` and brackets",
}  # fmt: skip


@pytest.mark.parametrize("text", TABLE, ids=TABLE.get)
def test_the_part_that_is_wrong_is_named(text: str, tmp_path: Path) -> None:
    (one,) = errors(tmp_path, CHANNEL + text)
    assert TABLE[text] in one.hint, one
    assert "s3same" not in f"{one.summary}{one.hint}{one.detail}{one.where and one.where.text}"


@pytest.mark.parametrize(
    "text",
    [
        "hunter2",
        "$ecret",
        "$p4ssW0rd_x",
        "${hunter2}",
        "whsec_AAAA",
        "env:abc",
        "$A",
        "%x%",
        "sk_live_ABCDEF",
    ],
)
def test_what_may_be_a_secret_itself_is_no_variable(text: str) -> None:
    assert variable_in(text) == ""


KEYS = {
    "api_key: $OM_KEY": "write `api_key: {env: OM_KEY}`",
    'api_key: "${{ secrets.OM_KEY }}"': "write `api_key: {env: OM_KEY}`",
    "api_key: {env: $OM_KEY}": "write {env: OM_KEY}",
    "token: {env: OM_KEY}": "did you mean `api_key`?",
    "api_key: s3same": "write {env: NAME} or {file: PATH}",
}


@pytest.mark.parametrize("said", KEYS)
def test_a_key_in_the_configuration(said: str, tmp_path: Path) -> None:
    (tmp_path / "catalogsync.yaml").write_text(
        f"environments:\n  prod:\n    url: https://openmeter.example.com\n    {said}\n", "utf-8"
    )
    with pytest.raises(InvalidConfiguration) as problem:
        config.load(tmp_path)
    (one,) = problem.value.diagnostics
    assert KEYS[said] in one.hint and "s3same" not in f"{one}"
