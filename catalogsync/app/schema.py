"""The JSON schemas of manifests, from an OpenAPI description."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import yaml

from catalogsync.app.proxies import proxy_for
from catalogsync.app.runtime import Runtime
from catalogsync.core.errors import CatalogsyncError, TargetError, UsageError
from catalogsync.manifests.yaml_events import marks
from catalogsync.openmeter import releases, schemas
from catalogsync.openmeter.description import Description
from catalogsync.schemagen import Source, compare, draw, drawn_from, requests, wire_name
from catalogsync.schemagen.changes import DescriptionChange, Lacking, lacking
from catalogsync.store import addresses, output

_TIMEOUT = 30.0


@dataclass(frozen=True, slots=True)
class Compared:
    """The descriptions that the schemas were drawn from and that was given, what the second lacks of what is managed, and all that it
    changes. `releases`: the tags of the known releases that have the given one.
    """

    known: Source
    given: Source
    lacks: tuple[Lacking, ...]
    changes: tuple[DescriptionChange, ...]
    releases: tuple[str, ...] = ()


def make_folder(out: Path) -> None:
    """Makes a folder, with those above it, unless it is there. Raises CatalogsyncError."""
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise CatalogsyncError(
            f"{out} cannot be made: {problem.strerror}", code="file-unwritable"
        ) from problem


def draw_schemas(spec: str, out: Path, runtime: Runtime) -> tuple[Path, ...]:
    """Writes the schemas drawn from a description (a file or a URL) into a folder; gives their paths. Raises UsageError, TargetError."""
    description, text = _description(spec, runtime)
    drawn = draw(description, text)
    make_folder(out)
    for name, content in sorted(drawn.items()):
        output.write(out / name, content)
    return tuple(out / name for name in sorted(drawn))


def check_schemas(spec: str, runtime: Runtime) -> Compared:
    """What a description adds, removes or changes for the kinds that are managed. Raises UsageError, TargetError."""
    description, text = _description(spec, runtime)
    drawn = requests(description, text)
    known = schemas.wire(wire_name(description))
    changes = compare(known, drawn)
    tags = tuple(one.tag for one in releases.identify(description)) if "paths" in description else ()
    return Compared(drawn_from(known), drawn_from(drawn), lacking(changes), changes, tags)


def described(source: str, runtime: Runtime) -> Description:
    """The description in a file or at a URL. Raises UsageError, TargetError."""
    return _description(source, runtime)[0]


def _description(source: str, runtime: Runtime) -> tuple[Description, bytes]:
    """A description, and the bytes that it was read from."""
    text = _read(source, runtime)
    return parse(source, text), text


def _read(spec: str, runtime: Runtime) -> bytes:
    if not spec.startswith(("http://", "https://")):
        try:
            return Path(spec).read_bytes()
        except (OSError, ValueError) as problem:
            reason = getattr(problem, "strerror", None) or problem
            raise UsageError(f"{spec} cannot be read: {reason}", hint="give a file or a URL") from problem
    import httpx

    problem_of_url = addresses.problem_of(spec, "")
    if problem_of_url is not None:
        raise UsageError(f"--spec {problem_of_url[0]}", hint=problem_of_url[1])
    proxy = proxy_for(spec, runtime.environ)
    try:
        with httpx.Client(trust_env=False, proxy=proxy[1] if proxy else None, timeout=_TIMEOUT) as client:
            answer = client.get(spec, follow_redirects=True)
            answer.raise_for_status()
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, ImportError) as problem:
        said = problem if isinstance(problem, httpx.HTTPError) else "the URL or the proxy cannot be used"
        raise TargetError(f"{spec} cannot be read: {said}") from problem
    return answer.content


def parse(spec: str, text: bytes) -> Description:
    """A description as data. Raises UsageError when it is neither JSON nor YAML, or no object."""
    try:
        data = json.loads(text) if text.lstrip()[:1] == b"{" else _yaml(spec, text)
    except (ValueError, yaml.YAMLError, RecursionError) as problem:
        said = (str(problem).splitlines() or [type(problem).__name__])[0]
        raise UsageError(f"{spec} is neither JSON nor YAML: {said}") from problem
    if not isinstance(data, dict):
        raise UsageError(
            f"{spec} holds no OpenAPI description", hint="it must be an object with `openapi`, `paths`, …"
        )
    return cast("Description", data)


def _yaml(spec: str, text: bytes) -> object:
    """YAML without aliases: a few lines of them stand for more than any memory holds. Raises UsageError for the first one."""
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.AliasEvent):
            line = marks(event)[0].line + 1
            raise UsageError(
                f"{spec}:{line}: `*{event.anchor}` repeats another value by reference",
                hint="aliases are not read: write the value out, or give the description as JSON",
            )
    return yaml.load(text, Loader=yaml.CSafeLoader)
