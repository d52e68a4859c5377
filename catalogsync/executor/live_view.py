"""What is known of the live objects while a run lasts. Special values become plain here and nowhere else."""

from __future__ import annotations

import threading
from dataclasses import replace

from catalogsync.core.canon import Json
from catalogsync.core.errors import TargetError
from catalogsync.core.model import LiveGroup, LiveState, Ref
from catalogsync.core.values import IdRef, LiveValue, SecretRef, SecretText
from catalogsync.store.secrets import Secrets


class View:
    """The live state, kept up to date by what steps read back. Safe to use from several threads."""

    def __init__(self, live: LiveState, secrets: Secrets) -> None:
        self._live, self._secrets = live, secrets
        self._lock = threading.Lock()

    @property
    def live(self) -> LiveState:
        with self._lock:
            return self._live

    def learn(self, group: LiveGroup) -> LiveState:
        """Takes in what was read of one object; gives the whole."""
        with self._lock:
            groups = {**self._live.groups, group.ref: group}
            self._live = replace(self._live, groups=groups)
            return self._live

    def forget(self, ref: Ref, id_: str) -> LiveState:
        """Takes in that a duplicate is gone; gives the whole."""
        with self._lock:
            rest = tuple(one for one in self._live.unmatched if (one.kind, one.id) != (ref.kind, id_))
            self._live = replace(self._live, unmatched=rest)
            return self._live

    def plain(self, value: object, ref: Ref) -> Json:
        """What a special value means for an object at this moment. It is sent and kept nowhere.

        Raises TargetError for an object that is not there, Refused for a secret that is not.
        """
        match value:
            case IdRef(other, slot):
                return self._id(other, slot)
            case SecretRef():
                return self._secrets.resolve(value)
            case SecretText(text):
                return text
            case LiveValue(member):
                active = self.live.group(ref).active
                return active.body.get(member) if active is not None else None
        raise TypeError(f"{type(value).__name__} cannot be sent")

    def _id(self, ref: Ref, slot: str) -> str:
        group = self.live.group(ref)
        found = group.draft if slot == "draft" else group.active
        if found is None:
            raise TargetError(f"there is no {slot} version of {ref} on the server", code="live-missing")
        return found.id
