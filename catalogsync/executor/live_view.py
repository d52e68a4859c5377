"""What is known of the live objects while a run lasts. Special values become plain here and nowhere else."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterable

from catalogsync.core.canon import Json
from catalogsync.core.errors import TargetError
from catalogsync.core.model import LiveGroup, LiveState, Ref
from catalogsync.core.values import IdRef, LiveValue, SecretRef, SecretText
from catalogsync.store.secrets import Secrets

_SECRET = 4
"""Characters that a secret has at least: a shorter one stands in any sentence."""


class View:
    """The live state, kept up to date by what steps read back and by what answers tell. Safe to use from several threads.

    `read_at`: when `live` was read, on `clock` (seconds); without it, too long ago to rely on.
    """

    def __init__(
        self,
        live: LiveState,
        secrets: Secrets,
        read_at: float = -math.inf,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._groups, self._unmatched, self._secrets = dict(live.groups), live.unmatched, secrets
        self._read_at, self._clock = read_at, clock
        self._seen_at: dict[Ref, float] = {}
        self._unverified: set[Ref] = set()
        self._secret_texts: set[str] = set()
        self._lock = threading.Lock()

    @property
    def live(self) -> LiveState:
        with self._lock:
            return LiveState(self._groups, self._unmatched)

    def learn(self, group: LiveGroup, *, by_answer: bool = False) -> LiveState:
        """Takes in what was read of one object, or what the answer to a write says of it; gives the whole."""
        with self._lock:
            self._groups[group.ref] = group
            self._seen_at[group.ref] = self._clock()
            (self._unverified.add if by_answer else self._unverified.discard)(group.ref)
            return LiveState(self._groups, self._unmatched)

    def learn_all(self, live: LiveState, refs: Iterable[Ref]) -> LiveState:
        """Takes in what was read of several objects; gives the whole, with what carries their keys besides them."""
        for ref in refs:
            self.learn(live.group(ref))
        with self._lock:
            kinds = {ref.kind for ref in live.groups}
            others = tuple(one for one in self._unmatched if one.kind not in kinds)
            self._unmatched = (*others, *live.unmatched)
            return LiveState(self._groups, self._unmatched)

    def age(self, ref: Ref) -> float:
        """How many seconds ago the object was seen."""
        with self._lock:
            return self._clock() - self._seen_at.get(ref, self._read_at)

    def unverified(self) -> tuple[Ref, ...]:
        """The objects that are known by the answer to a write alone, in order."""
        with self._lock:
            return tuple(sorted(self._unverified))

    def forget(self, ref: Ref, id_: str) -> LiveState:
        """Takes in that a duplicate is gone; gives the whole."""
        with self._lock:
            self._unmatched = tuple(o for o in self._unmatched if (o.kind, o.id) != (ref.kind, id_))
            return LiveState(self._groups, self._unmatched)

    def plain(self, value: object, ref: Ref) -> Json:
        """What a special value means for an object at this moment. It is sent and kept nowhere.

        Raises TargetError for an object that is not there, Refused for a secret that is not.
        """
        match value:
            case IdRef(other, slot):
                return self._id(other, slot)
            case SecretRef():
                return self._noted(self._secrets.resolve(value))
            case SecretText(text):
                return self._noted(text)
            case LiveValue(member):
                active = self.live.group(ref).active
                return self._noted(active.body.get(member)) if active is not None else None
        raise TypeError(f"{type(value).__name__} cannot be sent")

    def _noted(self, secret: Json) -> Json:
        if isinstance(secret, str) and len(secret) >= _SECRET:
            with self._lock:
                self._secret_texts.add(secret)
        return secret

    def without_secrets(self, text: str) -> str:
        """What a server said, which may repeat what it was sent, without the secrets that became plain in this run."""
        with self._lock:
            secrets = sorted(self._secret_texts, key=len, reverse=True)
        for secret in secrets:
            text = text.replace(secret, "…")
        return text

    def _id(self, ref: Ref, slot: str) -> str:
        group = self.live.group(ref)
        found = group.draft if slot == "draft" else group.active
        if found is None:
            raise TargetError(f"there is no {slot} version of {ref} on the server", code="live-missing")
        return found.id
