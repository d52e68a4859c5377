"""What is known of the live objects while a run lasts. Placeholders become ids, secret references become secrets, here and nowhere else."""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from catalogsync.core.errors import TargetError
from catalogsync.core.model import LiveGroup, LiveResource, LiveState, Ref
from catalogsync.normalize.requests import LIVE_SECRET
from catalogsync.store import secrets

_PLACEHOLDER = re.compile(r"\{([a-z_]+/[^{}#]+)#(active|draft|archived)\}")


class View:
    """The live state, kept up to date by what steps read back. Safe to use from several threads."""

    def __init__(self, live: LiveState) -> None:
        self._live = live
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

    def fill(self, text: str) -> str:
        """A path or value with its placeholders replaced. Raises TargetError for an object that is not there."""
        return _PLACEHOLDER.sub(lambda match: self._id(Ref.parse(match[1]), match[2]), text)

    def body(self, value: Any, ref: Ref) -> Any:
        """A step's body as it is sent: ids and secrets in place. The result is sent and kept nowhere."""
        if value == LIVE_SECRET:
            active = self.live.group(ref).active
            return active.body["signingSecret"] if active is not None else None
        if secrets.is_reference(value):
            return secrets.resolve(value)
        if isinstance(value, str):
            return self.fill(value)
        if isinstance(value, Mapping):
            return {name: self.body(one, ref) for name, one in value.items()}
        if isinstance(value, list | tuple):
            return [self.body(one, ref) for one in value]
        return value

    def _id(self, ref: Ref, slot: str) -> str:
        group = self.live.group(ref)
        found: LiveResource | None = (
            group.active
            if slot == "active"
            else group.draft
            if slot == "draft"
            else next(iter(group.archived), None)
        )
        if found is None:
            raise TargetError(f"there is no {slot} version of {ref} on the server", code="live-missing")
        return found.id
