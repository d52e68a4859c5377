"""A folder of saved plans, one for each environment: carried out side by side, with the guards of a single one."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from catalogsync.app import many, side_by_side
from catalogsync.app import plan as plans
from catalogsync.app.apply import ready_saved
from catalogsync.app.environments import Target
from catalogsync.app.runtime import Runtime
from catalogsync.app.side_by_side import OnResult, Result, Watch, Wide
from catalogsync.core.errors import UsageError
from catalogsync.manifests.files import is_manifest

_SUFFIX = ".json"


def is_folder_of_plans(folder: Path) -> bool:
    """Whether a folder holds saved plans, and no manifests."""
    if not folder.is_dir():
        return False
    files = [one for one in folder.iterdir() if one.is_file()]
    return any(one.suffix == _SUFFIX for one in files) and not any(map(is_manifest, files))


def chosen(folder: Path, wide: Wide) -> Mapping[str, Path]:
    """The plans that are meant by the names of their environments, which are those of the files. Raises UsageError when there is none."""
    files = {one.stem: one for one in folder.iterdir() if one.suffix == _SUFFIX}
    names = side_by_side.chosen(files, wide)
    if not names and wide.shard == (1, 1):
        raise UsageError(
            f"{folder} holds no plan for {wide.pattern}",
            hint=f"it holds plans for {', '.join(sorted(files))}",
        )
    return {name: files[name] for name in names}


def look(files: Mapping[str, Path], on_result: OnResult) -> None:
    """Tells what each plan is to change. Raises Refused for a file that is not a plan."""
    for name, file in files.items():
        on_result(side_by_side.planned(name, plans.load(file)))


def apply(
    files: Mapping[str, Path],
    wide: Wide,
    runtime: Runtime,
    watch: Watch,
    *,
    max_age: float | None = None,
    unproven: bool = False,
) -> tuple[Result, ...]:
    """Carries out the plan of each environment as it was reviewed, each under its own lock. A plan for another environment than its file is
    called after is refused. `max_age` in hours.
    """

    def work(name: str) -> Result:
        with ready_saved(files[name], Target(name), runtime, max_age=max_age, unproven=unproven) as ready:
            return many.carried_out(ready, name, watch.stop)

    return side_by_side.each(tuple(files), wide, work, watch)
