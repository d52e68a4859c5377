"""URLs of servers as people write them: what is wrong with one, and when two name the same server. No text of a URL goes into a message."""

from __future__ import annotations

import ipaddress
import re
import socket
from urllib.parse import urlsplit, urlunsplit

SANDBOX = "sandbox:"
_VARIABLE = re.compile(
    r"\$\{?([A-Za-z_]\w*)(?::?-[^}]*)?\}?|\{\{\s*(?:env\.)?([A-Za-z_]\w*)\s*\}\}|%([A-Za-z_]\w*)%", re.ASCII
)
"""The name of an environment variable as shells and templates write it."""
_HOST = re.compile(r"(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}(?::[0-9]+)?(?:/|$)|localhost(?::[0-9]+)?(?:/|$)")
"""How a URL goes on behind its scheme."""
_THIS_MACHINE = "localhost"
_LOOPBACK = ("127.0.0.1", "::1")
_PORTS = {"http": 80, "https": 443}


def is_url(text: str) -> bool:
    """Whether a text is meant as a server's URL, where it could be the name of an environment too."""
    return text.startswith((SANDBOX, *(f"{scheme}://" for scheme in _PORTS)))


def problem_of(url: str, prefix: str = "/api/v1") -> tuple[str, str] | None:
    """What is wrong with a URL, as "is …" or "holds …", and what to do instead; None when it can be used.

    `sandbox:` and `sandbox:FILE` are embedded servers. A user name, a password, a query or a fragment is refused: each may be a secret.
    """
    if url.startswith(SANDBOX):
        return ("holds a character that no file name has", "name another file") if "\0" in url else None
    not_one = ("is not the URL of a server", "write http://…, https://…, sandbox: or sandbox:FILE")
    if variable := _VARIABLE.fullmatch(url.strip()):
        name = next(filter(None, variable.groups()))
        return (
            "names a variable, which is not filled in here",
            f"write {{env: {name}}} for the variable that holds the URL",
        )
    if not url.isprintable() or " " in url or "\\" in url:
        return not_one
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return ("has no scheme", "put `https://` before it") if _HOST.match(url) else not_one
    if parts.scheme not in _PORTS or not parts.hostname or port == 0:
        return ("has no scheme", "put `https://` before it") if _HOST.match(url) else not_one
    if "@" in parts.netloc:
        return (
            "holds a user name or a password",
            "leave it out; an API key goes into api_key or OPENMETER_API_KEY",
        )
    if "?" in url or "#" in url:
        return "holds a query or a fragment", "leave out what begins with ? or #"
    if prefix.strip("/") and f"{parts.path.rstrip('/')}/".endswith(f"/{prefix.strip('/')}/"):
        return f"ends with {prefix}, which is added to it", f"leave {prefix} out"
    return None


def same(one: str, other: str) -> bool:
    """Whether two URLs name one server: a scheme's own port, a closing slash and the case of the host make no difference, nor does how a
    number of four parts is written, nor which name of this machine.
    """
    return _normal(one) == _normal(other)


def _host(name: str) -> str:
    """A host in one spelling: addresses as usual (`127.1` and `0x7f.1` are 127.0.0.1), and this machine by one name."""
    name = name.rstrip(".")
    address: ipaddress.IPv4Address | ipaddress.IPv6Address
    try:
        if ":" in name:
            address = ipaddress.IPv6Address(name)
            address = address.ipv4_mapped or address
        else:
            address = ipaddress.IPv4Address(socket.inet_aton(name))
    except (ValueError, OSError):
        return _THIS_MACHINE if name == _THIS_MACHINE or name.endswith(f".{_THIS_MACHINE}") else name
    return _THIS_MACHINE if str(address) in _LOOPBACK else str(address)


def _normal(url: str) -> str:
    if url.startswith(SANDBOX):
        return url
    parts = urlsplit(url)
    host = _host(parts.hostname or "")
    host = f"[{host}]" if ":" in host else host
    port = parts.port if parts.port not in (None, _PORTS.get(parts.scheme)) else None
    return urlunsplit((parts.scheme, f"{host}:{port}" if port else host, parts.path.rstrip("/"), "", ""))
