"""An OpenMeter that is read and written: one behind a URL, or an embedded one."""

from __future__ import annotations

import contextlib
import difflib
import os
import sqlite3
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, TypeVar

from catalogsync.app import api_key as keys
from catalogsync.app.proxies import proxy_for
from catalogsync.app.runtime import Runtime
from catalogsync.core.diagnostics import on_one_line
from catalogsync.core.errors import CatalogsyncError, UsageError
from catalogsync.core.model import LiveState
from catalogsync.core.plan import TargetIdentity
from catalogsync.executor import Seen
from catalogsync.store import addresses, config
from catalogsync.store.environment import Environment
from catalogsync.store.secrets import Secrets
from catalogsync.targets.v1 import V1, Client, support
from catalogsync.targets.v1.client import digest_of
from catalogsync.targets.v1.offers import Known
from catalogsync.targets.v1.support import Server

if TYPE_CHECKING:
    from catalogsync.sandbox import Sandbox
    from catalogsync.targets.v1 import Call

T = TypeVar("T")
_EMBEDDED = "http://sandbox.localhost"


@dataclass(frozen=True, slots=True)
class Introduction:
    """Which server it is, and what it knows."""

    identity: TargetIdentity
    server: Server


class OpenMeter:
    """A server by its URL: `https://…`, `http://…`, `sandbox:` (embedded, empty, in memory) or `sandbox:FILE` (embedded, kept in a file).

    `api_key` is sent as a bearer token, never over plain http except to this machine. `prefix` lies between the URL and the paths of the
    API. `environ` is where `{env: NAME}` and the proxy variables are looked up: nothing by default. `on_request` is given each request.

    `known` gives what a plan need not ask for, None where it asks for everything.

    Raises UsageError for a URL that cannot be used, Refused for a key that no header holds. Close it, or use it in a `with`.
    """

    def __init__(
        self,
        url: str,
        *,
        api_key: str | None = None,
        prefix: str = "/api/v1",
        ca_file: Path | None = None,
        environ: Mapping[str, str] | None = None,
        on_request: Callable[[Call], None] | None = None,
    ) -> None:
        problem = addresses.problem_of(url, prefix)
        if problem is not None:
            raise UsageError(f"the server's URL {problem[0]}", hint=problem[1])
        key = keys.checked(api_key, "the caller") if api_key is not None else None
        runtime = Runtime(environ or {}, observers=(on_request,) if on_request else ())
        self._open(Environment("", url, None, prefix, ca_file), key, runtime)

    @classmethod
    def named(
        cls, name: str, *, near: Path | str = ".", environ: Mapping[str, str] | None = None
    ) -> OpenMeter:
        """The server of an environment of the `catalogsync.yaml` found in the folder `near` or above it. Its key is looked up in `environ`."""
        runtime = Runtime(environ or {})
        return cls.of(config.named(config.load(Path(near)), name).resolved(runtime.environ), runtime)

    @classmethod
    def of(cls, environment: Environment, runtime: Runtime) -> OpenMeter:
        """The server of an environment, with the key that it names. Raises Refused when that is not there."""
        server = cls.__new__(cls)
        reference = environment.api_key
        server._open(environment, keys.look_up(reference, runtime.environ) if reference else None, runtime)
        return server

    def _open(self, environment: Environment, key: keys.ApiKey | None, runtime: Runtime) -> None:
        self.environment, self.environ = environment, runtime.environ
        self._sandbox = _embedded(environment.url, runtime.say)
        self.client = (
            Client(
                _EMBEDDED,
                prefix=environment.prefix,
                transport=self._sandbox.transport(),
                workers=1,  # it answers one at a time
                observers=runtime.observers,
            )
            if self._sandbox is not None
            else _client(environment, key, runtime)
        )
        self.target = V1(self.client)
        self.seen: Seen | None = None
        self.introduced: Introduction | None = None
        self.known: Callable[[Introduction], Known] | None = None
        self.secrets = Secrets(runtime.environ)

    def read(self) -> LiveState:
        """Everything live, kept as `seen` for an apply of what is planned on it. Raises TargetError."""
        return self._read()

    def survey(self) -> tuple[LiveState, Introduction]:
        """The same with what the server says of itself, asked for at the same time; kept as `introduced`. What `known` gives is not read.
        Raises TargetError.
        """
        live, said, _ = self.survey_beside(lambda _said: None)
        return live, said

    def survey_beside(
        self, work: Callable[[Callable[[], Introduction]], T]
    ) -> tuple[LiveState, Introduction, T]:
        """The same with what `work` gives, which runs while the answers are awaited; what it is given waits for what the server says of itself."""
        known = self.known
        said: Future[Introduction]
        done: Future[T]

        def meanwhile() -> None:
            nonlocal said, done
            said = pool.submit(self.introduce)
            done = pool.submit(work, said.result)

        with ThreadPoolExecutor(2) as pool:
            live = self._read(None if known is None else lambda: known(said.result()), meanwhile)
            self.introduced = said.result()
            return live, self.introduced, done.result()

    def _read(
        self, known: Callable[[], Known] | None = None, meanwhile: Callable[[], object] = lambda: None
    ) -> LiveState:
        began = time.monotonic()
        with sandbox_file(self.environment.url):
            self.seen = Seen(self.target.read(known=known, meanwhile=meanwhile), began)
        return self.seen.live

    def identity(self) -> TargetIdentity:
        """What a plan is bound to: the environment's name, URL and prefix, and what the server says of itself."""
        return self.introduce().identity

    def introduce(self) -> Introduction:
        """The same with what the server knows, by its own description and by the table of known releases."""
        version, text = self.client.introduction()
        server = support.server_of(version, text)
        where, known = self.environment, tuple(one.tag for one in server.known)
        digest = digest_of(text)
        return Introduction(
            TargetIdentity(where.url, version, digest, where.name, where.prefix, known), server
        )

    def close(self) -> None:
        """Closes the connections, and the file of an embedded server."""
        self.client.close()
        if self._sandbox is not None:
            self._sandbox.close()

    def __enter__(self) -> OpenMeter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _embedded(url: str, say: Callable[[str], None]) -> Sandbox | None:
    if not url.startswith(addresses.SANDBOX):
        return None
    from catalogsync.sandbox import Sandbox

    file = url.removeprefix(addresses.SANDBOX)
    with sandbox_file(url):
        if file and not Path(file).exists():
            say(_new_file(Path(file)))
        return Sandbox(data=Path(file) if file else None)


def _new_file(file: Path) -> str:
    """What is said of a sandbox's file that is not there: its name may be a slip."""
    there = sorted(entry.name for entry in file.parent.iterdir()) if file.parent.is_dir() else []
    close = difflib.get_close_matches(file.name, there, 1)
    guess = f"; did you mean {file.with_name(close[0])}?" if close else ""
    return on_one_line(f"note: {file} does not exist yet: this is a new, empty OpenMeter{guess}")


@contextlib.contextmanager
def sandbox_file(url: str) -> Iterator[None]:
    """Turns what is wrong with the file of `sandbox:FILE` into words. Raises CatalogsyncError."""
    try:
        yield
    except (sqlite3.Error, OSError, ValueError, KeyError) as problem:
        if not url.startswith(addresses.SANDBOX):
            raise
        file = url.removeprefix(addresses.SANDBOX)
        reason = getattr(problem, "strerror", None) or (problem if isinstance(problem, sqlite3.Error) else "")
        shut = _cannot_be_used(Path(file), problem)
        said = "cannot be used" if shut else "is not the file of a sandbox"
        raise CatalogsyncError(
            f"{file} {said}" + (f": {reason}" if reason else ""),
            code="sandbox-file",
            hint="it and its folder must be writable, by a plan too"
            if shut
            else "name a new file in a folder that can be written, or one that `sandbox:` or `sandbox serve --data` made",
        ) from None


def _cannot_be_used(file: Path, problem: Exception) -> bool:
    """Whether it is the place that refuses, not the file that is something else."""
    if os.path.lexists(file) and not file.is_file():
        return False
    code = getattr(problem, "sqlite_errorcode", None)
    if isinstance(problem, sqlite3.Error) and code is not None:
        return code & 0xFF in _PLACE_REFUSES
    return isinstance(problem, sqlite3.OperationalError | PermissionError)


_PLACE_REFUSES = (
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
)


def _client(environment: Environment, key: keys.ApiKey | None, runtime: Runtime) -> Client:
    proxy = proxy_for(environment.url, runtime.environ)
    try:
        return Client(
            environment.url,
            api_key=key.value if key else None,
            key_source=key.source if key else _no_key(environment),
            prefix=environment.prefix,
            workers=environment.concurrency,
            timeout=environment.timeout,
            tls=_tls(environment, runtime.environ),
            proxy=proxy[1] if proxy else None,
            observers=runtime.observers,
        )
    except (ValueError, ImportError):
        if proxy is None:
            raise UsageError(
                "the server's URL is not one that can be asked", hint="write https://HOST or http://HOST"
            ) from None
        raise UsageError(
            f"the proxy in {proxy[0]} cannot be used",
            hint=f"write http://HOST:PORT, or put the server into NO_PROXY, or unset {proxy[0]}",
        ) from None


def _no_key(environment: Environment) -> str:
    """Why no key was sent."""
    if environment.name:
        return f"none was sent: environment {environment.name} has no api_key"
    return "none was sent: OPENMETER_API_KEY is not set"


def _tls(environment: Environment, environ: Mapping[str, str]) -> ssl.SSLContext | None:
    """The certificates to trust where they are named: `ca_file`, else SSL_CERT_FILE or SSL_CERT_DIR; None for the usual ones."""
    named = {
        "ca_file": str(environment.ca_file or ""),
        **{n: environ.get(n, "") for n in ("SSL_CERT_FILE", "SSL_CERT_DIR")},
    }
    said_by, place = next(((name, place) for name, place in named.items() if place), ("", ""))
    if not place or not environment.url.startswith("https:"):
        return None
    try:
        folder = Path(place).is_dir()
        return ssl.create_default_context(capath=place if folder else None, cafile=None if folder else place)
    except (OSError, ValueError) as problem:
        reason = getattr(problem, "strerror", None) or "no certificate in it can be read"
        raise UsageError(
            f"{said_by}: {place} cannot be used: {reason}", hint="name a file of PEM certificates"
        ) from None
