"""The sandbox answers what the real server answered: every recorded exchange, in this process and over a socket."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest
import recordings

from catalogsync.sandbox import Sandbox

pytestmark = pytest.mark.counted

LEAST = {
    "addons": 100.0, "catalogs": 100.0, "channels": 100.0, "features": 100.0, "impact": 100.0, "meters": 100.0, "nosvix": 100.0,
    "planaddons": 100.0, "plancontent": 100.0, "planlife": 100.0, "rules": 100.0, "transport": 100.0, "unitconfig": 100.0, "v3": 100.0,
}  # fmt: skip
"""Per area, the share of exchanges that must be right, in per cent."""
LEAST_PROSE = 99.5
"""The same in every area with the words of `detail` too; Go's dumps of memory addresses aside."""


STRIDE = 6
"""Over a socket the normal run plays one scenario in six, and all of those about the transport itself; `-m slow` plays all of all areas."""


@contextmanager
def client(way: str) -> Iterator[httpx.Client]:
    sandbox = Sandbox()
    if way == "in_process":
        with httpx.Client(base_url="http://sandbox", transport=sandbox.transport()) as found:
            yield found
    else:
        with (
            sandbox.serve() as url,
            httpx.Client(base_url=url, timeout=30, trust_env=False, verify=False) as found,
        ):
            yield found


@pytest.mark.parametrize(
    "way", ["in_process", "served", pytest.param("served whole", marks=pytest.mark.slow)]
)
@pytest.mark.parametrize("area", recordings.AREAS)
def test_every_recorded_exchange_is_answered_as_recorded(area: str, way: str) -> None:
    stride = STRIDE if way == "served" and area != "transport" else 1
    with client(way) as http:
        verdicts = [
            v for scenario in recordings.scenarios(area)[::stride] for v in recordings.replay(http, scenario)
        ]
    wrong = [v for v in verdicts if v.problems]
    share = 100 * (1 - len(wrong) / len(verdicts))
    worded = 100 * (1 - sum(1 for v in verdicts if v.problems or v.prose) / len(verdicts))
    print(
        f"{area}: {len(verdicts) - len(wrong)} of {len(verdicts)} exchanges ({share:.2f} %), with prose {worded:.2f} %"
    )
    for verdict in wrong[:10]:
        print(f"  {verdict.scenario} #{verdict.number} {verdict.request['method']} {verdict.request['path']}")
        print("".join(f"    {problem}\n" for problem in verdict.problems[:3]), end="")
    assert share >= LEAST[area]
    assert worded >= LEAST_PROSE, [v.prose for v in verdicts if v.prose]
