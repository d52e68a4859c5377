"""Credentials in a catalog: found whatever they are called, an error that can be lowered and not turned off, and never repeated."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogsync.app.check import LintSettings, check
from catalogsync.codes import CODES
from catalogsync.core.canon import pretty
from catalogsync.core.diagnostics import Diagnostic, Severity
from catalogsync.core.errors import UsageError
from catalogsync.openmeter import credentials
from catalogsync.render import findings_github, findings_json, findings_junit, findings_sarif, findings_text
from catalogsync.store import config

DAY = datetime.date(2026, 11, 28)
CHANNEL = (
    "kind: notification_channel\nkey: hook\ntype: WEBHOOK\nname: Hook\nurl: https://hooks.example.com/in\n"
)
WHSEC = "whsec_Q0FOQVJZQ0FOQVJZQ0FOQVJZQ0FOQVJZ"
CANARY = "cAnArY7f3Qx9"


def told(folder: Path, text: str, **severities: str) -> tuple[Diagnostic, ...]:
    (folder / "channel.yaml").write_text(text, "utf-8")
    return check([folder], settings=LintSettings(severities, DAY)).diagnostics


def outputs(found: tuple[Diagnostic, ...]) -> str:
    renderers = (findings_text, findings_sarif, findings_junit, findings_github)
    return (
        "".join(one.render(found) for one in renderers) + pretty(findings_json.to_json(found)) + repr(found)
    )


HEADERS = [
    ("Authorization", "Bearer abc"), ("authorization", "Basic dXNlcjpwYXNz"), ("Proxy-Token", "abc"), ("X-Api-Key", "abc"),
    ("X_API_KEY", "abc"), ("XApiKey", "abc"), ("apikey", "abc"), ("Cookie", "session=abc"), ("X-Auth", "abc"), ("X-Hub-Signature", "abc"),
    ("X-Functions-Key", "abc"), ("DD-API-KEY", "abc"), ("PRIVATE-TOKEN", "abc"), ("X-Shared-Secret", "abc"), ("X-Password", "abc"),
    ("X-Team", "Bearer abc"), ("X-Custom", "ghp_0123456789abcdefghij0123456789abcdef"), ("X-Custom", "sk_live_abcdef"),
    ("X-Custom", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln"), ("X-Custom", "f47ac10b-58cc-4372-a567-0e02b2c3d479"),
]  # fmt: skip
HARMLESS = [
    ("X-Team", "billing"), ("X-Token-Type", "internal"), ("X-Routing-Key", "billing.eu"), ("X-Environment", "production"),
    ("X-Key-Version", "2"), ("Accept", "application/json"), ("X-Source", "openmeter-production-eu-central-1"), ("X-Author", "ops"),
    ("X-Path", "/services/billing/events"), ("X-Partition-Key", "eu"), ("X-Passenger", "no"), ("X-Cookbook", "1"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value"), HEADERS)
def test_a_header_that_holds_a_credential_is_an_error(name: str, value: str, tmp_path: Path) -> None:
    found = told(tmp_path, f"{CHANNEL}customHeaders:\n  {name}: {value}\n")
    (one,) = [one for one in found if one.code == "channel-secret-inline"]
    assert one.severity is Severity.ERROR and one.subject == "notification_channel/hook"
    assert one.where is not None and one.where.file.endswith("channel.yaml") and one.where.line == 7
    assert f" {value}" not in outputs(found)


@pytest.mark.parametrize(("name", "value"), HARMLESS)
def test_other_headers_are_left_alone(name: str, value: str, tmp_path: Path) -> None:
    found = told(tmp_path, f"{CHANNEL}customHeaders:\n  {name}: '{value}'\n")
    assert [one.code for one in found] == ["channel-unused"]


def test_references_are_left_alone(tmp_path: Path) -> None:
    text = "customHeaders: {Authorization: {env: HOOK_TOKEN}}\nsigningSecret: {file: secrets/hook.txt}\n"
    assert [one.code for one in told(tmp_path, CHANNEL + text)] == ["channel-unused"]


TOKENS = [
    "https://hooks.slack.com/services/T024BE7LD/B024BE7LE/abc", "https://discord.com/api/webhooks/1/abc", "https://hooks.zapier.com/hooks/catch/1/ab/",
    "https://example.com/in?token=abc", "https://example.com/in?x=1&api_key=abc", "https://example.com/in?sig=1&access_token=abc",
    "https://example.com/in#secret=abc", "https://example.com/hooks/f47ac10b-58cc-4372-a567-0e02b2c3d479", "https://example.com/in/8Qf2Lm93ZkPw71Xc",
    "https://api.telegram.org/bot123456:ABC-DEF1234ghIkl-zyx57W2v1u123ew11/sendMessage", "https://example.com/in?code=abc",
]  # fmt: skip


@pytest.mark.parametrize("url", TOKENS)
def test_a_url_that_carries_a_token_is_a_warning(url: str, tmp_path: Path) -> None:
    found = told(tmp_path, CHANNEL.replace("https://hooks.example.com/in", url))
    (one,) = [one for one in found if one.code == "channel-url-token"]
    assert one.severity is Severity.WARNING and credentials.shown_url(url) in one.summary
    assert url.split("/", 3)[3] not in outputs(found)


@pytest.mark.parametrize(
    "url",
    [
        "https://hooks.example.com", "https://hooks.example.com/", "https://example.com/webhooks/openmeter/v2", "https://example.com/a?team=growth",
        "https://n8n.example.com:8443/webhook/billing-notifications", "https://example.com/tenants/acme-corporation/events/2026",
    ],
)  # fmt: skip
def test_a_plain_url_is_left_alone(url: str, tmp_path: Path) -> None:
    found = told(tmp_path, CHANNEL.replace("https://hooks.example.com/in", url))
    assert [one.code for one in found] == ["channel-unused"]


@pytest.mark.parametrize("user", ["me:hunter2", "hunter2", ":hunter2", "me:hun%40ter2"])
def test_a_url_with_a_password_is_refused(user: str, tmp_path: Path) -> None:
    found = told(tmp_path, CHANNEL.replace("https://", f"https://{user}@"))
    (one,) = [one for one in found if one.is_error]
    assert one.code == "channel-url-password" and "hooks.example.com" in one.summary
    assert user.rsplit(":", maxsplit=1)[-1] not in outputs(found)


def test_a_signing_secret_is_an_error_that_may_be_lowered(tmp_path: Path) -> None:
    text = f"{CHANNEL}signingSecret: {WHSEC}\n"
    (one,) = [one for one in told(tmp_path, text) if one.code != "channel-unused"]
    assert (one.code, one.severity) == ("channel-secret-inline", Severity.ERROR)
    (one,) = [
        one
        for one in told(tmp_path, text, **{"channel-secret-inline": "warning"})
        if one.code != "channel-unused"
    ]
    assert one.severity is Severity.WARNING


@pytest.mark.parametrize("level", ["off", "note"])
def test_it_cannot_be_turned_off(level: str, tmp_path: Path) -> None:
    (tmp_path / config.NAME).write_text(f"lint:\n  severity: {{channel-secret-inline: {level}}}\n", "utf-8")
    with pytest.raises(UsageError, match="may be error or warning"):
        config.load(tmp_path)


def test_it_can_be_lowered_in_the_configuration(tmp_path: Path) -> None:
    (tmp_path / config.NAME).write_text("lint:\n  severity: {channel-secret-inline: warning}\n", "utf-8")
    assert config.load(tmp_path).severities == {"channel-secret-inline": "warning"}
    assert CODES["channel-secret-inline"].at_least == "warning"


def test_it_cannot_be_waived(tmp_path: Path) -> None:
    waiver = "# catalogsync: waive channel-secret-inline until 2999-01-01 because it is a test\n"
    found = told(tmp_path, f"{waiver}{CHANNEL}signingSecret: {WHSEC}\n")
    assert [one.code for one in found if one.is_error] == ["waiver-malformed", "channel-secret-inline"]


def test_a_secret_written_in_place_of_a_variable_is_refused_and_not_shown(tmp_path: Path) -> None:
    for name in (WHSEC, "Zm9v+Ym/Fy=="):
        found = told(tmp_path, f"{CHANNEL}signingSecret: {{env: '{name}'}}\n")
        assert [one.code for one in found if one.is_error] == ["channel-secret-reference"]
        assert name not in outputs(found)


WRITTEN = {
    "plain": "signingSecret: SECRET\n",
    "quoted": 'signingSecret: "SECRET"\n',
    "quoted name": '"signingSecret": SECRET\n',
    "block": "signingSecret: |\n  first\n  SECRET\n",
    "folded": "signingSecret: >-\n  first\n\n  SECRET\n",
    "over lines": "signingSecret: first\n  SECRET\n",
    "a list": "signingSecret:\n  - SECRET\n",
    "an object": "signingSecret: {value: SECRET}\n",
    "twice": "signingSecret: SECRET\nsigningSecret: SECRET\n",
    "tagged": "signingSecret: !!str SECRET\n",
    "anchored": "signingSecret: &SECRET SECRET\n",
    "an alias": "signingSecret: *SECRET\n",
    "a comment behind": "signingSecret: abc #SECRET\n",
    "misspelt": "signing_secret: SECRET\n",
    "misspelt otherwise": "webhookSecret: SECRET\n",
    "password": "password: SECRET\n",
    "headers": "customHeaders: {X-Team: SECRET, X-B: 5}\n",
    "headers as a list": "customHeaders:\n  - name: Authorization\n    value: SECRET\n",
    "headers as text": "customHeaders: 'Authorization: SECRET'\n",
    "misspelt headers": "headers: {Authorization: SECRET}\n",
    "a header's name": "customHeaders: {'Authorization: Bearer SECRET': x}\n",
    "in the url": "extra: 1\nurl: https://example.com/SECRET\n",
    "in a broken url": "url: example.com/SECRET\n",
    "in a url of another scheme": "url: ftp://me:SECRET@example.com/SECRET\n",
    "on the line of another mistake": "metadata: {a: 5, password: SECRET}\n",
    "on one line": "extra: {signingSecret: SECRET, customHeaders: {a: SECRET}}\n",
    "one level too deep": "spec:\n  signingSecret: SECRET\n",
    "before an error of syntax": "signingSecret: SECRET\nname: [\n",
    "after an error of syntax": "name: ]\nsigningSecret: SECRET\n",
    "in an error of syntax": "signingSecret: SECRET: x\n",
    "with a tab": "signingSecret:\tSECRET\n\tname: x\n",
    "an open quote": "signingSecret: 'SECRET\n",
    "below the name, broken": "customHeaders:\n    Authorization: SECRET\n  X: @\n",
    "as the name of a header and more": "customHeaders:\n  - SECRET\n",
    "as a kind": "---\nkind: whsec_SECRET\n",
    "alone": "---\nSECRET\n",
    "a control character": "signingSecret: SECRET\nname: \x01\n",
    "NUL": 'signingSecret: "SECRET\\0"\n',
}


@pytest.mark.parametrize("case", WRITTEN)
def test_no_output_shows_the_secret(case: str, tmp_path: Path) -> None:
    text = WRITTEN[case].replace("SECRET", CANARY)
    base = "\n".join(line for line in CHANNEL.splitlines() if not (line.startswith("url") and "url:" in text))
    found = told(tmp_path, f"{base}\n{text}")
    assert found
    assert CANARY not in outputs(found)


def test_the_host_stays_readable(tmp_path: Path) -> None:
    found = told(
        tmp_path, CHANNEL.replace("https://hooks.example.com/in", "http://me@hooks.example.com/in/ab")
    )
    assert "url: http://…" in outputs(found)
    found = told(tmp_path, CHANNEL.replace("https://", "http://"))
    assert "url: http://hooks.example.com/…" in outputs(found)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://a.b/c?d", "https://a.b/…"), ("https://u:p@a.b:1/c", "https://…@a.b:1/…"), ("https://a.b", "https://a.b"), ("nonsense", "…"),
        ("https://[::1/x", "…"), ("", "…"), ("https://a.b?token=x", "https://a.b/…"), ("https://a@b@c/x", "https://…@c/…"),
    ],
)  # fmt: skip
def test_how_a_url_is_shown(url: str, shown: str) -> None:
    assert credentials.shown_url(url) == shown


@given(st.from_regex(credentials._KNOWN_FORM))
def test_no_known_form_is_shown(text: str) -> None:
    """The quick look for one before the thorough one overlooks none."""
    assert credentials.masked(text) != text


@pytest.mark.parametrize(
    "text", ["Bearer abc", "bearer abc", "Basic dXNlcjpwYXNz", "https://a:b@example.com/"]
)
def test_what_a_scheme_and_an_address_hold_is_not_shown(text: str) -> None:
    assert credentials.masked(text) != text
