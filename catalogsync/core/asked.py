"""What a reviewer asks of changed prices. Plain data, so that a saved plan can hold it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Asked:
    """What a reviewer asks about. `at`: quantities to show, by feature. `customers`: real usage in one billing period, by customer and
    feature; `source`: where it was read, for people. `period`: the billing period that it is the usage of, an ISO duration; "" for whichever
    period a plan has.
    """

    at: Mapping[str, tuple[Decimal, ...]] = field(default_factory=dict)
    customers: Mapping[str, Mapping[str, Decimal]] = field(default_factory=dict)
    source: str = ""
    period: str = ""


NOTHING_ASKED = Asked()
