"""Many questions to one server, of which none is worth ending the command for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from catalogsync.core.errors import TargetError
from catalogsync.core.impact import Unread
from catalogsync.core.model import Ref
from catalogsync.targets.errors import ApiError
from catalogsync.targets.v1.client import Client

Answer = TypeVar("Answer")
_WORDS = {401: "no permission", 403: "no permission", 404: "the server does not have this call"}


class Asking:
    """Asks side by side; the first question of a kind goes alone, so that one that is not allowed is asked once. `own`: what refusals mean, by
    status, that are about one object and say nothing of the others.
    """

    def __init__(self, client: Client, own: Mapping[int, str] | None = None) -> None:
        self._client, self._own = client, own or {}
        self.unread: list[Unread] = []

    def each(self, what: str, asked: Sequence[Ref], ask: Callable[[Ref], Answer]) -> dict[Ref, Answer]:
        """The answers, in the order of what was asked; those that did not come are noted as unread."""
        found: dict[Ref, Answer] = {}
        failed: dict[str, list[Ref]] = {}

        def note(ref: Ref, answer: Answer | TargetError) -> None:
            if isinstance(answer, TargetError):
                failed.setdefault(self._why(answer), []).append(ref)
            else:
                found[ref] = answer

        def one(ref: Ref) -> Answer | TargetError:
            try:
                return ask(ref)
            except TargetError as problem:
                return problem

        for ref in asked[:1]:
            note(ref, one(ref))
        if failed and (why := next(iter(failed))) not in self._own.values():
            failed[why] += asked[1:]
        elif len(asked) > 1:
            with ThreadPoolExecutor(max_workers=self._client.workers) as pool:
                for ref, answer in zip(asked[1:], pool.map(one, asked[1:]), strict=True):
                    note(ref, answer)
        self.unread += [Unread(what, why, tuple(refs)) for why, refs in failed.items()]
        return found

    def _why(self, problem: TargetError) -> str:
        """In one line. A refusal is its status: the address of the call holds keys of customers' plans, not the reason."""
        if not isinstance(problem, ApiError):
            return problem.message.splitlines()[0]
        if problem.status in self._own:
            return self._own[problem.status]
        return f"{_WORDS.get(problem.status, 'the server refused')} ({problem.status})"
