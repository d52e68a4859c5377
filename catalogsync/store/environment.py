"""What `catalogsync.yaml` says, as data: environments, and what holds for all of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from catalogsync.core.canon import JsonObject
from catalogsync.core.errors import UsageError
from catalogsync.store import addresses
from catalogsync.store.secrets import lacking

PREFIX = "/api/v1"
"""What lies between a server's URL and the paths of its API, where nothing else is said."""

FOLDER = ".catalogsync"
"""The folder of the run store, beside `catalogsync.yaml`, where nothing else is named."""

Differences = Mapping[str, tuple[str, ...]]
"""What overlays may say: by a pattern of KIND/KEY, patterns of field paths."""


@dataclass(frozen=True, slots=True)
class PromotionPolicy:
    """What a promotion to an environment needs: `source` is where it is proven, for `min_hours` at least; `rehearse`: on a copy first."""

    source: str
    min_hours: float = 0.0
    rehearse: bool = False


@dataclass(frozen=True, slots=True)
class Environment:
    """Where a catalog goes. `name` is "" for a server that was named by its URL.

    `url` is "" where the file names a variable for it, `url_variable`: `resolved` looks it up. `api_key` is a reference (`{"env": NAME}` or
    `{"file": PATH}`), never the key itself. `timeout` is in seconds, `concurrency` the number of requests that are under way at once at most.
    `promotion` is None where anything may be promoted here. `fuses` is what the file says of limits, as it stands there. `run_store` is a
    folder or a URL, "" for a server that was named by its URL; `folder` is where the file lies. `allow_differences` is None where overlays
    may say anything.
    """

    name: str
    url: str
    api_key: Mapping[str, str] | None = None
    prefix: str = PREFIX
    ca_file: Path | None = None
    overlays: tuple[Path, ...] = ()
    url_variable: str = ""
    protected: bool = False
    promotion: PromotionPolicy | None = None
    fuses: JsonObject = field(default_factory=dict)
    concurrency: int = 16
    timeout: float = 60.0
    run_store: str = ""
    allow_differences: Differences | None = None
    folder: Path = Path()

    def resolved(self, environ: Mapping[str, str]) -> Environment:
        """The same with its URL, which may have to be looked up. Raises UsageError when the variable is not set, or holds no such URL."""
        if not self.url_variable:
            return self
        url = environ.get(self.url_variable, "")
        if not url:
            raise UsageError(
                f"the URL of environment {self.name} is not there: the variable {lacking(self.url_variable, environ)}",
                code="environment-url-missing",
                hint=f"set {self.url_variable} and run again; nothing was sent",
            )
        problem = addresses.problem_of(url, self.prefix)
        if problem is not None:
            said = f"the URL of environment {self.name}, in the variable {self.url_variable}, {problem[0]}"
            raise UsageError(said, code="environment-url-missing", hint=problem[1])
        return replace(self, url=url, url_variable="")


@dataclass(frozen=True, slots=True)
class Config:
    """What the file at `path` says; empty without one. `fuses`: what it says of limits for all environments."""

    environments: Mapping[str, Environment] = field(default_factory=dict)
    default: str = ""
    severities: Mapping[str, str] = field(default_factory=dict)
    path: Path | None = None
    fuses: JsonObject = field(default_factory=dict)
