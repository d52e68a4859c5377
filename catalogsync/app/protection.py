"""Ways round the guards of an environment: the files as they are never go to a protected one, neither by its name nor by its server's URL,
and a plan that other fuses judged goes to none.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path

from catalogsync.core.errors import Refused, UsageError
from catalogsync.core.plan import Plan
from catalogsync.store import addresses, config
from catalogsync.store.environment import Config, Environment
from catalogsync.store.fuse_limits import Limits

_CODE = "refused-protected"


def refuse_files(environment: Environment) -> None:
    """Raises Refused where only a saved plan is applied."""
    if environment.protected:
        raise Refused(
            f"environment {environment.name} is protected: only a saved plan is applied there",
            code=_CODE,
            hint=f"{_plan_for(environment)}, then catalogsync apply FILE once it is reviewed",
        )


def refuse_url(environment: Environment, known: Iterable[Config], environ: Mapping[str, str]) -> None:
    """Raises Refused for a server that was named by its URL and is the one of a protected environment: its fuses, its promotion, its lock and
    its runs belong to the name.
    """
    if environment.name:
        return
    for one in known:
        for other in _protected(one, environ):
            if _same(environment, other):
                raise Refused(
                    f"{environment.url} is the server of environment {other.name}, which is protected: it is not written by its URL",
                    code=_CODE,
                    hint=f"{_plan_for(other)}, then catalogsync apply FILE once it is reviewed",
                )


def refuse_laxer_fuses(plan: Plan, environment: Environment, known: Iterable[Config]) -> None:
    """Raises Refused for a saved plan judged by fuses of which one is on, or has a lower limit, where it goes to be carried out. `known`: the
    configurations whose limits hold for a server that is named by its URL.
    """
    if plan.fuses is None:
        return
    held = [environment.fuses] if environment.name else [one.fuses for one in known if one.path is not None]
    found = list(dict.fromkeys(one for fuses in held for one in Limits.of(fuses).laxer(plan.fuses)))
    if found:
        name, there, here = found[0]
        whose = f"environment {environment.name}" if environment.name else environment.url
        more = "" if len(found) == 1 else f", and {len(found) - 1} more"
        raise Refused(
            f"the plan was judged by laxer fuses than {whose} has: {name} {_shown(there)} there, {_shown(here)} here{more}; nothing was called",
            code="refused-fuses",
            hint="make the plan by the catalogsync.yaml that holds here, and review it",
        )


def _shown(limit: Decimal | bool) -> str:
    return ("on" if limit else "off") if isinstance(limit, bool) else f"{limit:f}"


def configurations(saved: Path) -> Iterator[Config]:
    """Those that may know the server of a saved plan: found upwards from the current folder, and from the plan's. Raises UsageError."""
    yield config.load(Path())
    yield config.load(saved.parent)


def _plan_for(environment: Environment) -> str:
    name, policy = environment.name, environment.promotion
    command = f"plan -e {name}" if policy is None else f"promote {policy.source} {name}"
    return f"catalogsync {command} --out FILE"


def _protected(known: Config, environ: Mapping[str, str]) -> Iterator[Environment]:
    """The protected environments whose URL can be known."""
    for one in known.environments.values():
        if one.protected:
            with contextlib.suppress(
                UsageError
            ):  # its variable is not set: what it would be is not known here
                yield one.resolved(environ)


def _same(one: Environment, other: Environment) -> bool:
    files = [
        e.url.removeprefix(addresses.SANDBOX) for e in (one, other) if e.url.startswith(addresses.SANDBOX)
    ]
    if files:  # a sandbox in memory is each run's own
        return len(files) == 2 and all(files) and Path(files[0]).resolve() == Path(files[1]).resolve()
    return addresses.same(one.url, other.url) and one.prefix.strip("/") == other.prefix.strip("/")
