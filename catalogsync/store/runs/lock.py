"""A lock per environment: one holder at a time, and a fence that a holder whose lock was broken cannot pass.

The lock is one small blob that is replaced on condition of what was read, never deleted, so its number only grows. A holder is fenced off
once the number is not its own any more; it looks before each write to the server (docs/adr/0007).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import TypedDict, cast

from catalogsync.core import canon
from catalogsync.core.errors import Refused
from catalogsync.store.runs.blobs import Blobs, Claim, StoreUnusable, part

_TRIES, _PAUSE = 40, 0.05
"""How long a lock that others are taking at this instant is tried again."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a lock: the run, the person and machine, since when (RFC 3339, UTC)."""

    run: str
    who: str
    since: str


@dataclass(frozen=True, slots=True)
class LockState:
    """A lock as it was read. `fence` counts how often it changed hands; `broken_by` says who took the last holder's away, "" if nobody did."""

    fence: int = 0
    holder: Holder | None = None
    broken_by: str = ""
    tag: str = ""


class _Saved(TypedDict):
    fence: int
    holder: dict[str, str] | None
    brokenBy: str


class LockLost(Refused):
    """The lock is not held any more: somebody broke it, or it cannot be seen whether it is."""

    default_code = "lock-lost"


class Lock:
    """An environment's lock in a store."""

    def __init__(self, blobs: Blobs, environment: str) -> None:
        self.blobs, self.environment = blobs, environment
        self._name = f"locks/{part(environment)}.json"

    def state(self) -> LockState:
        """The lock as it is now. Raises StoreUnusable."""
        blob = self.blobs.get(self._name)
        if blob is None:
            return LockState()
        try:
            said = cast("_Saved", canon.loads(blob.data))
            holder = Holder(**said["holder"]) if said["holder"] is not None else None
            return LockState(int(said["fence"]), holder, said["brokenBy"], blob.tag)
        except (ValueError, KeyError, TypeError):
            raise StoreUnusable(
                f"the lock of {self.environment} in {self.blobs.where} is damaged",
                hint="see what happened to the store before anything is applied",
            ) from None

    def acquire(self, holder: Holder, pause: Callable[[float], None] = time.sleep) -> Held:
        """Takes the lock. A holder whose process is seen to be gone loses it at once, where the store can tell. Raises Refused while
        somebody holds it.
        """
        for _ in range(_TRIES):
            now = self.state()
            if now.holder is not None and not self._is_gone(now):
                raise self._taken(now.holder)
            held = self._taken_by(holder, now)
            if held is not None:
                return held
            pause(_PAUSE)
        raise Refused(
            f"others are taking the lock of {self.environment} all the time",
            code="environment-locked",
            hint="try again",
        )

    def _taken_by(self, holder: Holder, now: LockState) -> Held | None:
        fence = now.fence + 1
        claim = self.blobs.claim(
            self._claim(fence)
        )  # before the lock: a free claim proves that nobody is at it
        if claim is None:
            return None
        try:
            tag = self._put(LockState(fence, holder), now.tag)
            if tag is None and (there := self.state()).holder == holder:  # done, and the answer was lost
                tag = there.tag
        except BaseException:
            claim.close()
            raise
        if tag is None:
            claim.close()
            return None
        return Held(self, LockState(fence, holder, tag=tag), claim)

    def unlock(self, run: str, who: str) -> None:
        """Takes the lock away from a run, on purpose. Raises Refused when another holds it by now."""
        for _ in range(_TRIES):
            now = self.state()
            if now.holder is None or now.holder.run != run:
                raise Refused(
                    f"the lock of {self.environment} is not held by run {run} any more",
                    code="lock-lost",
                    hint="look again who holds it",
                )
            if self._put(LockState(now.fence + 1, None, who), now.tag) is not None:
                return
        raise StoreUnusable(f"the lock of {self.environment} in {self.blobs.where} cannot be written")

    def free(self, held: LockState) -> None:
        """Gives back what is held. What was taken away meanwhile stays as it is."""
        self._put(LockState(held.fence), held.tag)

    def is_alive(self, now: LockState) -> bool | None:
        """Whether the holder's process lives; None where the store cannot tell."""
        return not self._is_gone(now) if self.blobs.tells_the_dead else None

    def _is_gone(self, now: LockState) -> bool:
        if not self.blobs.tells_the_dead:
            return False
        claim = self.blobs.claim(self._claim(now.fence))
        if claim is None:
            return False
        claim.close()
        return True

    def _claim(self, fence: int) -> str:
        return f"locks/{part(self.environment)}.{fence}"

    def _put(self, state: LockState, over: str) -> str | None:
        said = {
            "fence": state.fence,
            "holder": asdict(state.holder) if state.holder else None,
            "brokenBy": state.broken_by,
        }
        return self.blobs.put(self._name, canon.pretty(said).encode(), over=over)

    def _taken(self, holder: Holder) -> Refused:
        return Refused(
            f"environment {self.environment} is locked by {holder.who} since {holder.since} (run {holder.run}); nothing was sent",
            code="environment-locked",
            hint=f"wait for that run to end; if it is lost: catalogsync unlock -e {self.environment}",
        )


class Held:
    """A lock in our hands."""

    def __init__(self, lock: Lock, state: LockState, claim: Claim) -> None:
        self._lock, self._state, self._claim = lock, state, claim

    @property
    def fence(self) -> int:
        """The lock's number while we hold it."""
        return self._state.fence

    def check(self) -> None:
        """Raises LockLost once it is not ours any more, or when that cannot be seen: called right before each write."""
        try:
            now = self._lock.state()
        except StoreUnusable as problem:
            raise LockLost(f"whether the lock is still ours cannot be seen: {problem.message}") from problem
        if (now.fence, now.holder) != (self._state.fence, self._state.holder):
            raise LockLost(
                f"the lock of {self._lock.environment} was taken away from this run {_by(now)}; nothing more was sent",
                hint="see what the other run did, then make a new plan",
            )

    def release(self) -> None:
        """Gives it back. One that was taken away stays as it is."""
        try:
            self._lock.free(self._state)
        finally:
            self.let_go()

    def let_go(self) -> None:
        """Gives up what shows that we live, where the lock itself cannot be given back."""
        self._claim.close()


def _by(now: LockState) -> str:
    if now.holder is not None:
        return f"and is held by {now.holder.who}"
    return f"by {now.broken_by}" if now.broken_by else "by somebody"
