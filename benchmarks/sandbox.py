"""How fast the sandbox is: creations per second over a socket and in-process, beside a bare echo of the same framework.

One client, one request at a time. The echo answers a JSON body of the same size with nothing done, so the ratio says what the
rules, the checks and the storage cost, whatever the machine.
"""

from __future__ import annotations

import contextlib
import json
import socket
import threading
import time
from collections.abc import Iterator

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from catalogsync.sandbox import Sandbox

CARDS = 20
TARGETS = {
    ("features", "served"): 300,
    ("plans", "served"): 60,
    ("features", "in-process"): 600,
    ("plans", "in-process"): 120,
}
"""Creations per second that are asked for."""


def feature(number: int) -> dict[str, object]:
    return {"key": f"feature_{number}", "name": f"Feature {number}", "metadata": {"team": "billing"}}


def plan(number: int) -> dict[str, object]:
    """A plan with twenty rate cards of three kinds."""
    prices = (
        {"type": "unit", "amount": "0.01"},
        {"type": "tiered", "mode": "graduated", "tiers": [tier("100", "0.02"), tier(None, "0.01")]},
        {"type": "package", "amount": "10", "quantityPerPackage": "1000"},
    )
    cards = [
        {
            "type": "usage_based",
            "key": f"part_{n}",
            "name": f"Part {n}",
            "featureKey": f"part_{n}",
            "billingCadence": "P1M",
            "price": prices[n % 3],
            "entitlementTemplate": {"type": "metered", "issueAfterReset": 100, "usagePeriod": "P1M"},
        }
        for n in range(CARDS)
    ]
    phases = [{"key": "default", "name": "Default", "duration": None, "rateCards": cards}]
    return {
        "key": f"plan_{number}",
        "name": "Plan",
        "currency": "USD",
        "billingCadence": "P1M",
        "phases": phases,
    }


def tier(limit: str | None, amount: str) -> dict[str, object]:
    price = {"flatPrice": None, "unitPrice": {"type": "unit", "amount": amount}}
    return price if limit is None else {"upToAmount": limit, **price}


@contextlib.contextmanager
def echo() -> Iterator[str]:
    """A route that gives back what it got."""

    async def give_back(request: Request) -> Response:
        return Response(await request.body(), 201, media_type="application/json")

    app = Starlette(routes=[Route("/{path:path}", give_back, methods=["POST"])])
    with socket.socket(proto=socket.IPPROTO_TCP) as listener:  # so that answers leave at once
        listener.bind(("127.0.0.1", 0))
        config = uvicorn.Config(app, log_level="error", access_log=False, http="httptools", lifespan="off")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.005)
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(timeout=5)


def rate(client: httpx.Client, path: str, bodies: list[bytes]) -> float:
    """Creations per second, one after the other."""
    headers = {"content-type": "application/json"}
    started = time.perf_counter()
    for body in bodies:
        answer = client.post(path, content=body, headers=headers)
        assert answer.status_code == 201, answer.text
    return len(bodies) / (time.perf_counter() - started)


def ready(sandbox: Sandbox) -> None:
    """The features that the plans name."""
    with httpx.Client(base_url="http://sandbox", transport=sandbox.transport()) as client:
        for n in range(CARDS):
            client.post("/api/v1/features", json={"key": f"part_{n}", "name": f"Part {n}"}).raise_for_status()


def measure(path: str, bodies: list[bytes]) -> dict[str, float]:
    """The rates of one kind of object: echoed, served, in-process."""
    rates = {}
    with echo() as url, httpx.Client(base_url=url, trust_env=False) as client:
        rates["echo"] = rate(client, path, bodies)
    sandbox = Sandbox()
    ready(sandbox)
    with sandbox.serve() as url, httpx.Client(base_url=url, trust_env=False) as client:
        rates["served"] = rate(client, path, bodies)
    sandbox = Sandbox()
    ready(sandbox)
    with httpx.Client(base_url="http://sandbox", transport=sandbox.transport()) as client:
        rates["in-process"] = rate(client, path, bodies)
    return rates


def main() -> dict[str, dict[str, float]]:
    """Prints a table."""
    found = {}
    print(f"{'creations':36} {'per second':>10} {'of the echo':>11} {'asked for':>10}")
    for name, path, count, make in (
        ("features", "/api/v1/features", 1000, feature),
        ("plans", "/api/v1/plans", 200, plan),
    ):
        rates = found[name] = measure(path, [json.dumps(make(n)).encode() for n in range(count)])
        label = name if name == "features" else f"plans of {CARDS} rate cards"
        for how in ("echo", "served", "in-process"):
            asked = TARGETS.get((name, how), "")
            print(
                f"{f'{label}, {how}':36} {rates[how]:>10.0f} {rates[how] / rates['echo']:>11.2f} {asked:>10}"
            )
    return found


if __name__ == "__main__":
    main()
