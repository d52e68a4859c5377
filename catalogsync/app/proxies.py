"""Which proxy a server is reached by, from the variables that curl and others know."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from urllib.parse import urlsplit

from catalogsync.targets.v1.client import is_this_machine


def proxy_for(url: str, environ: Mapping[str, str]) -> tuple[str, str] | None:
    """The variable and its value, None for no proxy: this machine is never reached by one, nor is what NO_PROXY names.

    As curl does it: `http_proxy` counts in small letters only, since a CGI program is handed HTTP_PROXY by a request's header.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    if is_this_machine(host) or _passed_over(host, parts.port, environ):
        return None
    own = ("http_proxy",) if parts.scheme == "http" else ("https_proxy", "HTTPS_PROXY")
    for name in (*own, "all_proxy", "ALL_PROXY"):
        if environ.get(name):
            value = environ[name]
            return name, value if "://" in value else f"http://{value}"
    return None


def _passed_over(host: str, port: int | None, environ: Mapping[str, str]) -> bool:
    listed = environ.get("no_proxy") or environ.get("NO_PROXY") or ""
    return any(_names(one.strip().lower(), host.lower(), port) for one in listed.split(","))


def _names(entry: str, host: str, port: int | None) -> bool:
    """Whether an entry of NO_PROXY names a host: `*`, a domain with all below it, an address, a network; each perhaps with a port."""
    if entry in ("", "*"):
        return entry == "*"
    try:
        return ipaddress.ip_address(host) in ipaddress.ip_network(entry.strip("[]"), strict=False)
    except ValueError:
        pass
    name, colon, own_port = entry.partition(":")
    if colon and own_port != str(port):
        return False
    name = name.lstrip("*").lstrip(".")
    return host == name or host.endswith(f".{name}")
