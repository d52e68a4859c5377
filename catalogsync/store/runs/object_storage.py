"""A run store in object storage: S3, Google Cloud Storage or Azure, through `obstore`, every write on condition (`If-None-Match`, `If-Match`,
on Google Cloud Storage of the object's generation).

Which account, region and endpoint: by the variables that the storage's own tools read (`AWS_…`, `GOOGLE_…`, `AZURE_…`), which obstore looks up.
"""

from __future__ import annotations

import contextlib
import datetime
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from catalogsync.core.errors import UsageError
from catalogsync.store.runs.blobs import Blob, Claim, StoreUnusable

if TYPE_CHECKING:
    from obstore import UpdateVersion
    from obstore.store import ClientConfig, ObjectStore

_EXTRA = "catalogsync[object-store]"
_WAIT = datetime.timedelta(seconds=20)
_LOOPBACK = ("127.0.0.1", "::1", "localhost")
_ENDPOINTS = {
    "s3": ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT"),
    "gs": ("GOOGLE_BASE_URL",),
    "az": ("AZURE_STORAGE_ENDPOINT", "AZURE_ENDPOINT"),
}


class ObjectStorage:
    """Blobs as objects below a URL (`s3://BUCKET/PREFIX`). `environ`: where it is looked up whether an endpoint without TLS may be used.
    Raises UsageError for a URL of no known storage, or without the extra.
    """

    tells_the_dead = False

    def __init__(self, url: str, environ: Mapping[str, str]) -> None:
        scheme = urlsplit(url).scheme
        if scheme not in _ENDPOINTS:
            schemes = ", ".join(f"{one}://…" for one in _ENDPOINTS)
            raise UsageError(f"the run store {url} is of no known kind", hint=f"name a folder, or {schemes}")
        self.where = url
        self._store = _opened(url, _may_be_plain(scheme, environ))
        self._told_by: Literal["e_tag", "version"] = "version" if scheme == "gs" else "e_tag"
        self._segments: dict[str, int] = {}

    def get(self, name: str) -> Blob | None:
        import obstore

        with self._words():
            try:
                found = obstore.get(self._store, name)
                return Blob(bytes(found.bytes()), found.meta[self._told_by] or "")
            except FileNotFoundError:
                return None

    def put(self, name: str, data: bytes, *, over: str = "") -> str | None:
        import obstore
        from obstore import exceptions

        with self._words():
            try:
                done = obstore.put(
                    self._store,
                    name,
                    data,
                    mode=self._in_place_of(over) if over else "create",
                    use_multipart=False,
                )
            except (
                exceptions.AlreadyExistsError,
                exceptions.PreconditionError,
                exceptions.NotModifiedError,
            ):
                return None
            except FileNotFoundError:
                if not over:
                    raise  # there is no such bucket
                return None
            return done[self._told_by] or ""

    def _in_place_of(self, tag: str) -> UpdateVersion:
        """Google Cloud Storage tells contents apart by their generation, the others by their tag."""
        return {"version": tag} if self._told_by == "version" else {"e_tag": tag}

    def append(self, name: str, data: bytes) -> None:
        """A log is one object a piece: object storage appends to none. A number that is taken (an answer was lost) is passed over."""
        number = self._segments.get(name, 0)
        while self.put(f"{name}.log/{number:06}", data) is None:
            number += 1
        self._segments[name] = number + 1

    def log(self, name: str) -> bytes:
        pieces: list[bytes] = []
        for piece in self._listed(f"{name}.log"):
            found = self.get(f"{name}.log/{piece}")
            if (
                found is not None and found.data not in pieces[-1:]
            ):  # the same piece twice: its first answer was lost
                pieces.append(found.data)
        return b"".join(pieces)

    def names(self, folder: str) -> list[str]:
        return self._listed(folder)

    def remove(self, name: str) -> None:
        import obstore

        for one in (name, *(f"{name}.log/{piece}" for piece in self._listed(f"{name}.log"))):
            with self._words(), contextlib.suppress(FileNotFoundError):
                obstore.delete(self._store, one)

    def claim(self, name: str) -> Claim | None:
        """Always given: that a holder is gone cannot be seen from here, so a lock that was left has to be broken on purpose."""
        return _Unproven()

    def _listed(self, folder: str) -> list[str]:
        import obstore

        with self._words():
            found = obstore.list_with_delimiter(self._store, prefix=folder)
            return sorted(one["path"].rsplit("/", 1)[-1] for one in found["objects"])

    @contextlib.contextmanager
    def _words(self) -> Iterator[None]:
        """What the storage refuses, in one sentence and without what it says of keys."""
        from obstore import exceptions

        try:
            yield
        except (exceptions.BaseError, OSError) as problem:
            kind = type(problem).__name__.removesuffix("Error")
            raise StoreUnusable(
                f"the run store {self.where} cannot be used: {_reason(kind)}",
                hint="check the bucket's name and region, the network, and the credentials in the environment",
            ) from None


class _Unproven:
    def close(self) -> None:
        pass


def _reason(kind: str) -> str:
    known = {
        "PermissionDenied": "permission is denied",
        "Unauthenticated": "no valid credentials were found",
        "FileNotFound": "there is no such bucket",
        "NotFound": "there is no such bucket",
    }
    return known.get(kind, "the storage did not answer as it should")


def _may_be_plain(scheme: str, environ: Mapping[str, str]) -> bool:
    """Whether the storage may be spoken to without TLS: it is on this machine, or the person says so."""
    endpoint = next((environ[name] for name in _ENDPOINTS[scheme] if environ.get(name)), "")
    return (urlsplit(endpoint).hostname or "") in _LOOPBACK or environ.get("AWS_ALLOW_HTTP") == "true"


def _opened(url: str, plain_http: bool) -> ObjectStore:
    try:
        from obstore.exceptions import BaseError
        from obstore.store import from_url
    except ImportError:
        raise UsageError(
            f"the run store {url} is in object storage, for which obstore is not installed",
            code="run-store-extra",
            hint=f'pip install "{_EXTRA}"',
        ) from None
    options: ClientConfig = {"timeout": _WAIT, "connect_timeout": _WAIT, "allow_http": plain_http}
    try:
        return from_url(url, client_options=options)
    except (BaseError, ValueError, OSError):
        raise UsageError(f"the run store {url} cannot be used", hint="write s3://BUCKET/PREFIX") from None
