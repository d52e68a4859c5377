"""Faults on demand: rules that make chosen requests go wrong, the same way in this process and over a socket.

    Fault("reset-after", method="POST", path="/api/v1/plans", number=2)   the second plan is made, unheard
    parse("503-before:path=/api/v1/meters*,times=3")                      the same as text, for `--fault`

A fault counts the requests that match its method and path pattern; it strikes from the `number`-th of them
on, `times` times. The first fault that strikes a request decides; the sandbox's own doors (`/sandbox/…`)
are never struck.
"""

from __future__ import annotations

import fnmatch
import random
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from enum import Enum

from catalogsync.sandbox.transport import pagination_faults
from catalogsync.sandbox.transport.messages import Reply, Request


class Ending(Enum):
    """How the connection fares after the answer."""

    WHOLE = "whole"
    CUT = "cut"
    """The answer's head promises more than what follows; then the connection ends."""
    RESET = "reset"
    """No answer: the connection is reset."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A reply on its way: `reply` None where the server was never reached, `delay` seconds late."""

    reply: Reply | None
    delay: float = 0.0
    ending: Ending = Ending.WHOLE


class FaultError(ValueError):
    """A fault that cannot be; the message says what is wrong and what is allowed."""


KINDS = {
    "delay": "the answer comes `seconds` late (the change takes effect at once)",
    "429": "too many requests, before the change; with `retry-after` the header",
    "500-before": "an internal error, the change not made",
    "500-after": "an internal error, the change made",
    "502-before": "a gateway's error page, the change not made",
    "502-after": "a gateway's error page, the change made",
    "503-before": "a gateway's error page, the change not made",
    "503-after": "a gateway's error page, the change made",
    "reset-before": "the connection is reset, the change not made",
    "reset-after": "the connection is reset, the change made",
    "cut": "the change made, the answer cut short",
    "malformed": "the change made, the answer's JSON broken",
    "wrong-type": "the change made, the answer labelled text/html",
    "page-repeats": "a list's later page repeats an item of the page before, as if an object came in front",
    "page-skips": "a list's later page lacks its first item, as if an object of an earlier page had gone",
}
"""Every kind of fault, in words."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One rule. `kind`: one of KINDS. `method` and `path` (a pattern with `*` and `?`, without the query)
    choose the requests, None takes all. It strikes from the `number`-th of them on (counted from 1, None:
    the first), `times` times (None: always), each time with `chance`. `seconds` belongs to delay,
    `retry_after` (seconds) to 429. Raises FaultError.
    """

    kind: str
    number: int | None = None
    method: str | None = None
    path: str | None = None
    times: int | None = 1
    chance: float = 1.0
    seconds: float = 0.1
    retry_after: int | None = None

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise FaultError(f"unknown kind of fault {self.kind!r}; known: {', '.join(KINDS)}")
        for name in ("number", "times"):
            if getattr(self, name) is not None and getattr(self, name) < 1:
                raise FaultError(f"a fault's {name} counts from 1, not {getattr(self, name)}")
        if not 0 < self.chance <= 1:
            raise FaultError(f"a fault's chance lies above 0 and up to 1, not {self.chance}")
        if self.seconds < 0 or (self.retry_after or 0) < 0:
            raise FaultError("a fault's seconds and retry-after cannot be negative")

    def matches(self, request: Request) -> bool:
        """Whether the fault counts this request."""
        if self.method is not None and self.method.upper() != request.method:
            return False
        if self.path is not None and not fnmatch.fnmatchcase(request.path, self.path):
            return False
        return not self.kind.startswith("page-") or pagination_faults.is_later_page(request)


_READ: dict[str, Callable[[str], object]] = {
    "number": int,
    "method": str,
    "path": str,
    "times": lambda text: None if text == "all" else int(text),
    "chance": float,
    "seconds": float,
    "retry-after": int,
}


def parse(text: str) -> Fault:
    """A fault from `KIND[:OPTION=VALUE,…]`; `times=all` never ends. Raises FaultError naming the text and
    what is wrong with it.
    """
    kind, _, rest = text.partition(":")
    options: dict[str, object] = {}
    for part in rest.split(",") if rest else ():
        name, separator, value = part.partition("=")
        if not separator or name not in _READ:
            raise FaultError(f"fault {text!r}: {part!r} is not one of {', '.join(_READ)} with a value")
        try:
            options[name.replace("-", "_")] = _READ[name](value)
        except ValueError:
            raise FaultError(f"fault {text!r}: {name} needs a number, not {value!r}") from None
    try:
        return Fault(kind, **options)  # type: ignore[arg-type]
    except FaultError as fault:
        raise FaultError(f"fault {text!r}: {fault}") from None


def text_of(fault: Fault) -> str:
    """The fault in the form that `parse` reads."""
    options = []
    for field in fields(fault)[1:]:
        value = getattr(fault, field.name)
        if value != field.default:
            shown = "all" if value is None else value
            options.append(f"{field.name.replace('_', '-')}={shown}")
    return fault.kind + (":" + ",".join(options) if options else "")


class _Counted:
    """A fault with what it has seen so far."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        self.seen = 0
        self.struck = 0

    def strikes(self, request: Request, dice: random.Random) -> bool:
        fault = self.fault
        if not fault.matches(request):
            return False
        self.seen += 1
        if self.seen < (fault.number or 1) or (fault.times is not None and self.struck >= fault.times):
            return False
        return fault.chance == 1 or dice.random() < fault.chance

    def strike(self) -> Fault:
        self.struck += 1
        return self.fault


class Faults:
    """A set of faults with its counters. Safe to use from several threads; the same seed strikes the same
    way.
    """

    def __init__(self, faults: Iterable[Fault], seed: int | None = None) -> None:
        self._counted = [_Counted(fault) for fault in faults]
        self._dice = random.Random(seed or 0)
        self._lock = threading.Lock()

    def deliver(self, request: Request, handle: Callable[[Request], Reply]) -> Delivery:
        """What becomes of the request; `handle` makes the server's own reply, where it is reached."""
        fault = self._struck(request)
        if fault is None:
            return Delivery(handle(request))
        name, _, moment = fault.kind.partition("-")
        if moment == "before" or fault.kind == "429":
            return _unreached(name, fault)
        if name == "page":
            return Delivery(pagination_faults.shifted(request, handle, repeats=moment == "repeats"))
        return _spoiled(fault, handle(request))

    def _struck(self, request: Request) -> Fault | None:
        if request.path.startswith("/sandbox/") or not self._counted:
            return None
        with self._lock:
            striking = [one for one in self._counted if one.strikes(request, self._dice)]
            return striking[0].strike() if striking else None


def _unreached(name: str, fault: Fault) -> Delivery:
    if name == "reset":
        return Delivery(None, ending=Ending.RESET)
    return Delivery(_refusal(int(name), fault.retry_after))


def _spoiled(fault: Fault, reply: Reply) -> Delivery:
    """The server's reply, made wrong on its way back."""
    match fault.kind.partition("-")[0]:
        case "delay":
            return Delivery(reply, delay=fault.seconds)
        case "reset":
            return Delivery(reply, ending=Ending.RESET)
        case "cut":
            return Delivery(reply, ending=Ending.CUT)
        case "malformed":
            return Delivery(Reply(reply.status, reply.headers, reply.body[: len(reply.body) // 2] + b"}]"))
        case "wrong":
            return Delivery(Reply(reply.status, {**reply.headers, "content-type": "text/html"}, reply.body))
        case status:
            return Delivery(_refusal(int(status), None))


_PHRASES = {
    429: "Too Many Requests",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
}


def _refusal(status: int, retry_after: int | None) -> Reply:
    """A 500 as the server itself words it; the others as a proxy in front of it does."""
    phrase = _PHRASES[status]
    headers = {} if retry_after is None else {"retry-after": str(retry_after)}
    if status == 500:
        body = f'{{"type":"about:blank","title":"{phrase}","status":500}}\n'
        return Reply(status, {"content-type": "application/problem+json"}, body.encode())
    page = (
        f"<html><head><title>{status} {phrase}</title></head><body><h1>{status} {phrase}</h1></body></html>\n"
    )
    return Reply(status, {**headers, "content-type": "text/html"}, page.encode())
