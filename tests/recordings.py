"""Reads recorded exchanges and holds a server against them, value by value.

Masks in a recording are bound the first time an answer shows them and stand for that value from then on. Lists in whose order the real
server is not consistent are compared as sets. The prose of an error's `detail` is counted apart.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

FOLDER = Path(__file__).parent / "data" / "recordings"
AREAS = tuple(sorted(path.name.removesuffix(".jsonl.gz") for path in FOLDER.glob("*.jsonl.gz")))

_UNORDERED = {
    "rateCards",
    "rate_cards",
    "validationErrors",
    "validation_errors",
    "invalid_parameters",
    "channels",
}
_MASK = re.compile(r"<(ulid|time|secret):\d+>|<(request|pointer|gotime)>")
_DUMP = re.compile(r"\nSchema:|\n\nSchema|\nValue:")
_SHAPES = {
    "ulid": r"[0-7][0-9A-HJKMNP-TV-Z]{25}",
    "time": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)",
    "secret": r"whsec_[A-Za-z0-9+/=_-]{8,}",
    "request": r"[^\s\"]+",
    "pointer": r"0x[0-9a-f]+",
    "gotime": r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)? \+0000 UTC",
}
Bound = dict[str, str]


class Unbound(Exception):
    """A request names a value that no answer has shown."""


@dataclass(frozen=True)
class Verdict:
    """One exchange held against the server: the places where the answer is not the recorded one; `prose`: in the words of an error alone."""

    scenario: str
    number: int
    request: dict[str, Any]
    problems: tuple[str, ...]
    prose: tuple[str, ...] = ()


def scenarios(area: str) -> list[dict[str, Any]]:
    """The scenarios of an area."""
    with gzip.open(FOLDER / f"{area}.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


RELEASES = FOLDER.parent / "releases"


def older_scenarios(release: str) -> list[dict[str, Any]]:
    """The scenarios that a release answered otherwise than the newest one, each with its `area`."""
    with gzip.open(RELEASES / f"{release}.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def fill(value: Any, bound: Bound) -> Any:
    """A recorded value with its masks replaced. Raises Unbound."""
    if isinstance(value, str):
        return _MASK.sub(lambda match: _bound(match[0], bound), value)
    if isinstance(value, list):
        return [fill(one, bound) for one in value]
    if isinstance(value, dict):
        return {key: fill(one, bound) for key, one in value.items()}
    return value


def _bound(mask: str, bound: Bound) -> str:
    if mask not in bound:
        raise Unbound(mask)
    return bound[mask]


def _text_equal(recorded: str, answered: Any, bound: Bound) -> bool:
    if not isinstance(answered, str):
        return False
    if "<" not in recorded or recorded in bound:
        return answered == bound.get(recorded, recorded)
    pattern, seen, at = "", [], 0
    for match in _MASK.finditer(recorded):
        mask, kind, lasting = match[0], match[1] or match[2], match[1] is not None
        pattern += re.escape(recorded[at : match.start()])
        at = match.end()
        if lasting and mask in bound:
            pattern += re.escape(bound[mask])
        elif lasting and mask in seen:
            pattern += f"(?P=m{seen.index(mask)})"
        else:
            pattern += f"(?P<m{len(seen)}>{_SHAPES[kind]})"
            seen.append(mask)
    hit = re.fullmatch(pattern + re.escape(recorded[at:]), answered, re.S)
    if hit is None:
        return False
    bound.update({mask: hit[f"m{n}"] for n, mask in enumerate(seen) if ":" in mask})
    return True


def differences(
    recorded: Any, answered: Any, bound: Bound, where: str = "$", unordered: bool = False
) -> list[str]:
    """The places where two values differ; binds masks on the way."""
    if isinstance(recorded, dict) and isinstance(answered, dict):
        return _object_differences(recorded, answered, bound, where)
    if isinstance(recorded, list) and isinstance(answered, list) and len(recorded) == len(answered):
        if unordered:
            return _set_differences(recorded, answered, bound, where)
        pairs = enumerate(zip(recorded, answered, strict=True))
        return [d for n, (r, a) in pairs for d in differences(r, a, bound, f"{where}[{n}]")]
    if isinstance(recorded, str):
        same = _text_equal(recorded, answered, bound)
    elif isinstance(recorded, bool) or isinstance(answered, bool) or recorded is None:
        same = recorded is answered
    else:
        same = recorded == answered
    return [] if same else [f"{where}: recorded {_short(recorded)}, answered {_short(answered)}"]


def _object_differences(
    recorded: dict[str, Any], answered: dict[str, Any], bound: Bound, where: str
) -> list[str]:
    found, left = [], set(answered)
    for key, value in sorted(recorded.items()):
        real = next((k for k in answered if _text_equal(key, k, bound)), key) if _MASK.search(key) else key
        if real not in answered:
            found.append(f"{where}.{key}: recorded {_short(value)}, answered nothing")
            continue
        left.discard(real)
        unordered = key in _UNORDERED or (key == "items" and "phases" in where)
        found += differences(value, answered[real], bound, f"{where}.{key}", unordered)
    return found + [f"{where}.{key}: not recorded, answered {_short(answered[key])}" for key in sorted(left)]


def _set_differences(recorded: list[Any], answered: list[Any], bound: Bound, where: str) -> list[str]:
    found, left = [], list(answered)
    for n, value in enumerate(recorded):
        for candidate in left:
            trial = dict(bound)
            if not differences(value, candidate, trial, where):
                bound.update(trial)
                left.remove(candidate)
                break
        else:
            found.append(f"{where}[{n}]: recorded {_short(value)}, answered no such item")
    return found


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 200 else text[:199] + "…"


def replay(client: httpx.Client, scenario: dict[str, Any]) -> Iterator[Verdict]:
    """Sends a scenario's requests in order to a server put back to a fresh state, and judges each answer."""
    server = {name: scenario[name] for name in ("profile", "release") if name in scenario}
    client.post("/sandbox/reset", json=server).raise_for_status()
    bound: Bound = {}
    for number, exchange in enumerate(scenario["exchanges"], 1):
        request, prose = exchange["request"], ()
        try:
            answer = _send(client, request, bound)
            problems, prose = _judge(exchange["response"], answer, bound, bare="release" in scenario)
        except Unbound as mask:
            problems = (f"{mask} was never answered",)
        except httpx.HTTPError as problem:
            problems = (f"no answer: {problem!r}",)
        yield Verdict(scenario["scenario"], number, request, problems, prose)


def _send(client: httpx.Client, request: dict[str, Any], bound: Bound) -> httpx.Response:
    headers = dict(request.get("headers", {}))
    content = None
    if "raw" in request:
        content = fill(request["raw"], bound).encode()
    elif "body" in request:
        content = json.dumps(fill(request["body"], bound)).encode()
    if content is not None and "content-type" not in {name.lower() for name in headers}:
        headers["content-type"] = "application/json"
    query = [tuple(pair) for pair in fill(request.get("query", []), bound)]
    path = fill(request["path"], bound)
    return client.request(request["method"], path, params=query or None, content=content, headers=headers)


def _judge(
    recorded: dict[str, Any], answer: httpx.Response, bound: Bound, *, bare: bool
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What is not as recorded, and the words of an error that are not."""
    found: tuple[list[str], list[str]] = [], []
    for difference in _compared(recorded, answer, bound, bare=bare):
        words = difference.startswith("$.detail: ") and "answered nothing" not in difference
        found[words and recorded["status"] >= 400].append(difference)
    return tuple(found[0]), tuple(found[1])


def _compared(recorded: dict[str, Any], answer: httpx.Response, bound: Bound, *, bare: bool) -> Iterator[str]:
    if answer.status_code != recorded["status"]:
        yield f"status: recorded {recorded['status']}, answered {answer.status_code}"
    for name, value in recorded.get("headers", {}).items():
        if answer.headers.get(name) != value:
            yield f"header {name}: recorded {value}, answered {answer.headers.get(name)}"
    if "body" not in recorded:
        if answer.content:
            yield f"body: recorded none, answered {answer.text[:200]}"
        return
    kind = answer.headers.get("content-type", "").split(";")[0]
    if recorded.get("content_type", kind) != kind:
        yield f"content type: recorded {recorded['content_type']}, answered {kind}"
    body = _body(answer)
    if isinstance(body, dict) and isinstance(body.get("detail"), str):
        body["detail"] = _DUMP.split(body["detail"])[0]
    wanted = recorded["body"]
    if bare:
        wanted, body = without_nulls(wanted), without_nulls(body)
    yield from differences(wanted, body, bound)


def without_nulls(value: Any) -> Any:
    """A value without null members: older releases show them, newer ones leave them out."""
    if isinstance(value, dict):
        return {name: without_nulls(one) for name, one in value.items() if one is not None}
    return [without_nulls(one) for one in value] if isinstance(value, list) else value


def _body(answer: httpx.Response) -> Any:
    try:
        return answer.json() if answer.content else None
    except ValueError:
        return {"__raw__": answer.text}
