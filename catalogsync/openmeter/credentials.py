"""What plainly holds a credential: names of headers and members, values, webhook URLs; and how they are shown without it. Pure.

Which members of a kind may hold a secret is declared by the kind (`KindSpec.secrets`). This module judges what is written there, and
recognises what stands elsewhere by mistake.
"""

from __future__ import annotations

import base64
import binascii
import re
from ipaddress import ip_address
from itertools import pairwise
from urllib.parse import unquote, urlsplit

_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[0-9]+")
_SECRET_WORDS = frozenset(
    """
    apikey auth authentication authorization bearer cookie cookies cred credential credentials jwt oauth pass passphrase passwd password
    psk pwd secret secrets session sessionid signature token tokens
    """.split()
)
_KEYS = frozenset(
    """
    access account admin api app application auth authorization client encryption functions license master private secret service shared
    signing subscription
    """.split()
)
"""What a key is called that opens something. A routing or partition key opens nothing."""
_STEMS = (
    "secret",
    "pass",
    "pwd",
    "psk",
    "auth",
    "bearer",
    "token",
    "cookie",
    "cred",
    "jwt",
    "session",
    "signature",
    "apikey",
)
_SOME_KEY = re.compile(r"[a-z][-_ ]?key")
_SUCH_KEY = re.compile(rf"(?:{'|'.join(sorted(_KEYS))})[-_ ]?key")


def may_name_a_secret(text: str) -> bool:
    """Whether a text holds anything in which `names_a_secret` could be true of any name: a quick look at a whole file."""
    lowered = text.casefold()
    if any(stem in lowered for stem in _STEMS):
        return True
    return bool(_SOME_KEY.search(lowered) and _SUCH_KEY.search(lowered))


_OF_IT = frozenset(
    "algorithm expiry format header id kind length name prefix provider type url version".split()
)
"""What is reported of a secret and is none: a token's type, a key's id."""

_SCHEME = re.compile(
    r"(?:bearer|basic|digest|token|apikey|hmac|negotiate|aws4-hmac-sha256)\s+\S", re.IGNORECASE
)
_KNOWN_FORM = re.compile(
    r"whsec_[^\s\"',}]+|\bsk_(?:live|test)_\w+|\b[rp]k_live_\w+|\bgh[pousr]_\w{16,}|\bgithub_pat_\w+|\bglpat-[\w-]{16,}|\bxox[abeprs]-[\w-]+"
    r"|\b(?:AKIA|ASIA)[A-Z0-9]{16}\b|\bAIza[\w-]{30,}|\bSG\.[\w-]{16,}\.[\w-]+|\beyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)?|-----BEGIN [A-Z ]*PRIVATE KEY-----"
)
_IN_TEXT = re.compile(
    rf"(?:{_KNOWN_FORM.pattern})|(?<=[Bb]earer )\S+|(?<=[Bb]asic )[A-Za-z0-9+/=]{{8,}}|(?<=://)[^\s/@\"']+(?=@)"
)
_IN_EACH = (
    "whsec_ sk_live_ sk_test_ k_live_ ghp_ gho_ ghu_ ghs_ ghr_ github_pat_ glpat- xox AKIA ASIA AIza SG. eyJ -----BEGIN".split()
    + "bearer Bearer basic Basic ://".split()
)
"""One of these stands in each, or before it: to look for them first takes a hundredth of the time."""
_PLACEHOLDER = re.compile(r"\$\{[^}]*\}|\{\{.*\}\}|<[^>]*>|x{3,}|\*{3,}|", re.IGNORECASE)
_TOKEN_HOSTS = re.compile(
    r"(?:^|\.)(?:hooks\.slack\.com|hooks\.zapier\.com|discord(?:app)?\.com|webhook\.office\.com|webhook\.site|hook\.[a-z0-9.]*make\.com"
    r"|logic\.azure\.com|pipedream\.net|api\.telegram\.org|chat\.googleapis\.com)(?::\d+)?$",
    re.IGNORECASE,
)
"""Services whose webhook addresses are all the credential that there is."""
_LONG = 20


def names_a_secret(name: str) -> bool:
    """Whether a header or member of this name holds a credential: `Authorization`, `X-Api-Key`, `client_secret`; not `X-Token-Type`."""
    words = [word.lower() for word in _WORDS.findall(name)]
    if not words or words[-1] in _OF_IT:
        return False
    keys = any(first in _KEYS and second in ("key", "keys") for first, second in pairwise(words))
    return keys or not _SECRET_WORDS.isdisjoint(words) or "".join(words) in _SECRET_WORDS


def is_credential(text: str) -> bool:
    """Whether a text is a credential by its form: a scheme with its secret, a key of a known service, long and random."""
    return bool(_SCHEME.match(text.strip()) or _KNOWN_FORM.search(text) or is_random(text.strip()))


def is_random(text: str) -> bool:
    """Whether a text without blanks is long and mixed as only a generated one is."""
    if len(text) < _LONG or not re.fullmatch(r"[A-Za-z0-9+/_.=~-]+", text):
        return False
    parts = re.split(r"[-_./]", text)
    longest = max(parts, key=len)
    if re.fullmatch(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", text):
        return True
    return len(longest) >= 16 and _is_mixed(longest)


def _is_mixed(text: str) -> bool:
    """Digits among letters, or capitals among small letters otherwise than at the start of words."""
    digits = sum(c.isdigit() for c in text)
    turns = len(re.findall(r"[a-z][A-Z]|[A-Z]{2}[a-z]|[A-Za-z][0-9]|[0-9][A-Za-z]", text))
    return turns >= 3 and (digits >= 2 or turns >= len(text) // 5)


def is_variable(name: str) -> bool:
    """Whether a text is the name of an environment variable, and no secret that was written in its place."""
    return bool(re.fullmatch("[A-Za-z_][A-Za-z0-9_]*", name)) and not _KNOWN_FORM.search(name)


_VARIABLE = re.compile(
    r"""\s*(?:\$\{\{?\s*(?:(?:env|secrets|vars)\.)?(\w+)\s*\}?\}|\{\{\s*(?:\.?(?:env|secrets|vars|Values)\.)?(\w+)\s*\}\}|%(\w+)%"""
    r"""|\{?(?:env|ENV)[:.](\w+)\}?|(?:os\.environ|ENV|process\.env)(?:\[["']?|\.)(\w+)(?:["']?\])?|\$(\w*_\w*))\s*"""
)


def variable_in(text: str) -> str:
    """The variable that a text names as shells, templates and programs do (`$NAME`, `${NAME}`, `env:NAME`); "" for any other text, and
    where it may be the secret itself: only capitals, digits and underscores are taken for a name.
    """
    found = _VARIABLE.fullmatch(text)
    name = next((one for one in found.groups() if one), "") if found else ""
    return name if re.fullmatch("[A-Z_][A-Z0-9_]{2,}", name) and is_variable(name) else ""


def header_holds(name: str, value: str) -> bool:
    """Whether a header as written plainly holds a credential."""
    if _PLACEHOLDER.fullmatch(value.strip()):
        return False
    return names_a_secret(name) or is_credential(value)


def has_password(url: str) -> bool:
    """Whether a URL names a user or a password before its host."""
    return "@" in _split(url)[1]


def carries_token(url: str) -> bool:
    """Whether a URL lets in whoever knows it: a token in its query, or random parts in its path (hooks.slack.com/services/T…/B…/…)."""
    _, host, path, query = _split(url)
    for part in re.split("[&;?#]", query):
        name, _, value = part.partition("=")
        if value and (
            names_a_secret(unquote(name))
            or name.lower() in ("key", "code", "k", "t")
            or is_credential(unquote(value))
        ):
            return True
        if not value and is_credential(unquote(name)):
            return True
    segments = [unquote(one) for one in path.split("/") if one]
    if len(segments) > 1 and _TOKEN_HOSTS.search(host):
        return True
    return any(is_credential(one) or _is_code(one) for one in segments)


def _is_code(segment: str) -> bool:
    """Whether a part of a path was generated: short, and digits among capitals or among letters."""
    if len(segment) < 8 or not re.fullmatch("[A-Za-z0-9_:-]+", segment):
        return False
    letters = re.sub("[-_:]", "", segment)
    if letters.isdigit():
        return len(letters) >= 16
    return bool(re.fullmatch("[A-Z0-9]{8,}", letters) and re.search("[0-9]", letters)) or (
        len(letters) >= 12 and _is_mixed(letters)
    )


def _split(url: str) -> tuple[str, str, str, str]:
    """Scheme, what stands before the path, path, and query with fragment. Never raises."""
    scheme, mark, rest = url.partition("://")
    if not mark:
        scheme, rest = "", url
    match = re.match(r"([^/?#\\]*)([^?#]*)(.*)", rest, re.DOTALL)
    assert match is not None
    return scheme, match[1], match[2], match[3]


def shown_url(url: str) -> str:
    """A URL as it may be shown: scheme and host, nothing that could let anyone in."""
    try:
        host = urlsplit(url).netloc.rpartition("@")[2]
    except ValueError:
        host = ""
    scheme, before, path, query = _split(url)
    if not host or not re.fullmatch("[A-Za-z][A-Za-z0-9+.-]*", scheme):
        return "…"
    hidden = "…@" if "@" in before else ""
    return f"{scheme}://{hidden}{host}{'/…' if path.strip('/') or query else path}"


def masked(text: str) -> str:
    """A text without the credentials that are known by their form."""
    return _IN_TEXT.sub("…", text) if any(one in text for one in _IN_EACH) else text


_NOT_IN_A_HOST = re.compile(r"[\x00-\x20\x7f#/:<>?@\[\\\]^|%]")


def is_address(url: str) -> bool:
    """Whether a text is an absolute http or https URL, as a webhook needs it: with a host and a port that can be
    (docs/server/notifications.md#channel-create).
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return False
    return parts.scheme.lower() in ("http", "https") and _is_host(host) and not re.search(r"\s", url)


def _is_host(host: str) -> bool:
    """Whether a name can be a host's; what ends in a number is four numbers, or six in brackets, which are gone here."""
    name = unquote(host)
    try:
        if ":" in host or re.fullmatch(r"(?:[^.]*\.){3}[0-9]+\.?", name):
            ip_address(host.rstrip("."))
    except ValueError:
        return False
    return bool(name) and (":" in host or not _NOT_IN_A_HOST.search(name))


def is_signing_secret(secret: str) -> bool:
    """Whether the webhook service takes a text as a signing secret: `whsec_` and 24 to 75 bytes in base64."""
    try:
        decoded = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except (binascii.Error, ValueError):
        return False
    return secret.startswith("whsec_") and 24 <= len(decoded) <= 75


def is_header_value(value: str) -> bool:
    """Whether a text can be sent as a header's value: no line break, no other control character."""
    return not re.search(r"[\x00-\x08\x0a-\x1f\x7f]", value)
