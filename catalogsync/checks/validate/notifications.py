"""Notification channels and rules (docs/server/notifications.md#channels, #rules, #errors; recorded areas `channels`, `rules`)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import Decimal

from catalogsync.checks.validate import addresses
from catalogsync.checks.validate.findings import Findings, keeps, sign
from catalogsync.core.diagnostics import Diagnostic, Path, Severity
from catalogsync.core.model import Catalog, Lifecycle
from catalogsync.openmeter import credentials
from catalogsync.openmeter.kinds import CHANNEL, KEY_METADATA, RULE
from catalogsync.openmeter.kinds.notification_channel import ChannelBody, as_channel
from catalogsync.openmeter.kinds.notification_rule import as_rule

_MOST_CHANNELS, _MOST_RULES = 5, 10
_HEADERS = frozenset(
    """
    user-agent keep-alive proxy-authenticate proxy-authorization te trailers transfer-encoding upgrade age cache-control
    clear-site-data expires pragma warning content-length content-type content-encoding content-language content-location
    """.split()
)
_PREFIXES = ("svix-", "x-svix-", "x-amz-", "x-amzn-", "x-google", "x-goog-", "x-gfe", "x-azure-", "x-fd-")
_HEADER = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_LONGEST_HEADER = 4096
"""Bytes of a header's value, at most."""
_BARE_500 = "The webhook service behind the server refuses it, and the server answers a bare 500."


def check_channel(findings: Findings) -> None:
    """A channel's url, secret and headers. References to secrets are not resolved here."""
    body = as_channel(findings.body)
    _reserved(findings)
    for path, name in _variables(body):
        if not credentials.is_variable(name):
            findings.add(
                "channel-secret-reference",
                path,
                "this is not the name of an environment variable",
                detail="If it is the secret itself, it is in git now: replace it.",
                hint=f"write {{env: {credentials.variable_in(name) or 'NAME'}}}: letters, digits and underscores",
            )
    if isinstance(body["url"], str):
        _url(findings, body["url"])
    if isinstance(body.get("signingSecret"), str):
        _signing_secret(findings, str(body["signingSecret"]))
    for name, value in (body.get("customHeaders") or {}).items():
        _header(findings, name, value)


def _signing_secret(findings: Findings, secret: str) -> None:
    if not credentials.is_signing_secret(secret):
        findings.add(
            "channel-secret",
            ("signingSecret",),
            "a signing secret is `whsec_` and 24 to 75 bytes in base64",
            detail=_BARE_500,
            hint="write one of that form, best as {env: NAME}, which keeps it out of the file",
        )


def _header(findings: Findings, name: str, value: object) -> None:
    """A header's name, and its value where that is written out."""
    low = name.lower()
    place: Path = ("customHeaders", name)
    if low in _HEADERS or low.startswith(_PREFIXES) or not _HEADER.fullmatch(name):
        findings.add(
            "channel-header",
            place,
            f"header `{name}` cannot be set"
            if _HEADER.fullmatch(name)
            else "this name of a header has characters that no header has",
            detail=_BARE_500,
            key=True,
            hint="remove it, or use a name of your own: letters, digits and hyphens",
        )
    elif not isinstance(value, str):
        return
    elif len(value.encode()) > _LONGEST_HEADER or not credentials.is_header_value(value):
        findings.add(
            "channel-header",
            place,
            f"a header's value holds at most {_LONGEST_HEADER} bytes and no control characters",
            detail=_BARE_500,
            hint="shorten it to one line",
        )
    elif variable := credentials.variable_in(value):
        findings.add(
            "channel-secret-reference",
            place,
            "the header's value is the name of a variable, which is not looked up: it would be sent as it stands",
            hint=f"write `{name}: {{env: {variable}}}`",
        )


def _variables(body: ChannelBody) -> Iterator[tuple[Path, str]]:
    """The environment variables that a channel's secrets are taken from, with their places."""
    headers = body.get("customHeaders") or {}
    members: list[tuple[Path, object]] = [
        (("url",), body["url"]),
        (("signingSecret",), body.get("signingSecret")),
    ]
    for path, value in [*members, *((("customHeaders", name), value) for name, value in headers.items())]:
        if isinstance(value, Mapping) and isinstance(value.get("env"), str):
            yield (*path, "env"), value["env"]


def _url(findings: Findings, url: str) -> None:
    """An address that is written out. What it holds besides the host is never repeated."""
    if (wrong := addresses.wrong(url)) is not None:
        findings.add("channel-url", ("url",), wrong.what, hint=wrong.remedy)
    elif credentials.has_password(url):
        findings.add(
            "channel-url-password",
            ("url",),
            f"the URL names a user or a password: {credentials.shown_url(url)}",
            detail="Whoever reads the repository, or the channel on the server, can use it; history keeps it.",
            hint="write url: {env: NAME} or {file: PATH}, or send the password in a header: customHeaders: {Authorization: {env: NAME}}",
        )


def _reserved(findings: Findings) -> None:
    """The metadata name under which the manifest key is kept on the server: what is written there would be replaced."""
    if KEY_METADATA in (as_rule(findings.body).get("metadata") or {}):
        findings.add(
            "metadata-reserved",
            ("metadata", KEY_METADATA),
            f"metadata `{KEY_METADATA}` is replaced by the manifest's key",
            key=True,
            hint="remove it, or choose another name",
        )


def check_rule(findings: Findings) -> None:
    """A rule's channels, features and thresholds."""
    body = as_rule(findings.body)
    _reserved(findings)
    channels = body["channels"]
    if len(channels) > _MOST_CHANNELS:
        findings.add(
            "rule-channels",
            ("channels",),
            f"{len(channels)} channels; a rule takes at most {_MOST_CHANNELS}",
            hint="split it into two rules",
            key=True,
        )
    for n, one in enumerate(channels):
        if one in channels[:n]:
            findings.add(
                "rule-channel-twice",
                ("channels", n),
                f"channel `{one}` is named twice",
                hint="name it once",
                severity=Severity.WARNING,
            )
    features = body.get("features") or []
    for n, one in enumerate(features):
        if one in features[:n]:
            findings.add(
                "rule-feature-twice",
                ("features", n),
                f"feature `{one}` is named twice",
                hint="name it once",
                detail="The server refuses that.",
            )
    for n, threshold in enumerate(body.get("thresholds") or []):
        keeps(findings, threshold["value"], ("thresholds", n, "value"))
        least = 0 if threshold["type"] == "balance_value" else 1
        found = sign(threshold["value"])
        if found is not None and found < least:
            words = "0 or more" if least == 0 else "greater than 0"
            findings.add(
                "rule-threshold",
                ("thresholds", n, "value"),
                f"a threshold of type {threshold['type']} must be {words}",
                hint=f"write `value: {-Decimal(threshold['value'])}` if the sign is a slip"
                if found < 0
                else "write the percentage or quantity at which to send",
            )


def crowded_channels(catalog: Catalog) -> Iterator[Diagnostic]:
    """Channels that more rules name than the webhook service has places for (docs/server/notifications.md#rules)."""
    rules = [r for r in catalog.of(RULE) if r.lifecycle is not Lifecycle.DELETED]
    named = Counter(
        key for rule in rules for key in sorted({str(one) for one in as_rule(rule.body)["channels"]})
    )
    for key, number in sorted(named.items()):
        channel = catalog.get(CHANNEL, key)
        if number > _MOST_RULES and channel is not None:
            summary = f"{number} rules use channel `{key}`; a channel carries at most {_MOST_RULES}"
            yield Diagnostic(
                "channel-rules",
                Severity.ERROR,
                summary,
                channel.origin.locate(("key",)),
                hint="spread them over channels",
                subject=str(channel.ref),
            )
