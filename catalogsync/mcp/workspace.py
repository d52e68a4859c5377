"""The folder that the server was started in: the only one whose files the tools read as manifests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from catalogsync.app import environments
from catalogsync.app.environments import DEFAULT_CATALOG, Chosen, Target
from catalogsync.app.runtime import Runtime
from catalogsync.core.errors import UsageError
from catalogsync.manifests.files import shown


@dataclass(frozen=True, slots=True)
class Workspace:
    """`root` is the current folder of the process, and stays it: paths are as seen from there. `runtime` is the process's."""

    root: Path
    runtime: Runtime

    def chosen(self, paths: Sequence[str], environment: str | None) -> Chosen:
        """Paths (catalog without any), with the overlays of the environment if one is named. Raises UsageError, here as below, when one of
        them lies outside of the root, be it behind a link.
        """
        return self._confined(environments.choose_catalog(self._named(paths), environment))

    def chosen_for_all(self, paths: Sequence[str], environment: str | None) -> Chosen:
        """The same, where without an environment the overlays of each are merged."""
        chosen = self.chosen(paths, environment)
        if environment is None:
            for one in chosen.settings.environments.values():
                self._confine(one.overlays, "is an overlay")
        return chosen

    def chosen_for_server(self, paths: Sequence[str], target: Target) -> Chosen:
        """The same for the environment whose server is asked, by its name or by default. Raises UsageError where that is the file of a
        sandbox which is not there: a tool that only reads makes none, and an empty server in its place would be a wrong answer.
        """
        chosen, environment = environments.choose(self._named(paths), target, self.runtime)
        environments.refuse_missing_sandbox(environment)
        return self._confined(chosen)

    def _named(self, paths: Sequence[str]) -> tuple[Path, ...]:
        named = tuple(self._near(Path(path)) for path in paths) or (DEFAULT_CATALOG,)
        self._confine(named, "is")
        return named

    def _confined(self, chosen: Chosen) -> Chosen:
        self._confine(chosen.overlays, "is an overlay")
        return chosen

    def _near(self, path: Path) -> Path:
        return path.relative_to(self.root) if path.is_relative_to(self.root) else path

    def _confine(self, paths: Sequence[Path], what: str) -> None:
        for path in paths:
            if not self._holds(path):
                raise UsageError(
                    f"{shown(path)} {what} outside of the folder that the server was started in",
                    code="mcp-path-outside",
                    hint="name what lies below that folder, or start the server in one that holds it all",
                )

    def _holds(self, path: Path) -> bool:
        try:
            return (self.root / path).resolve().is_relative_to(self.root.resolve())
        except (OSError, ValueError):  # no such path can be
            return False
