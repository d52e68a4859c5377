"""What a shell may offer for a word that is being typed: environments, objects of the catalog, formats, codes, topics. Reads files, calls no server.

A file that cannot be read offers nothing: while somebody types nothing is said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import click

from catalogsync.core.errors import CatalogsyncError

if TYPE_CHECKING:
    from pathlib import Path

    from click.shell_completion import CompletionItem

    from catalogsync.core.model import Resource

Offer = Callable[[click.Context, click.Parameter, str], "list[CompletionItem]"]


def _items(words: Iterable[tuple[str, str]], typed: str) -> list[CompletionItem]:
    from click.shell_completion import CompletionItem

    return [CompletionItem(word, help=text) for word, text in words if word.startswith(typed)]


def _paths(ctx: click.Context) -> tuple[Path, ...]:
    said = ctx.params.get("paths") or ctx.params.get("catalog") or ()
    return tuple(said) if isinstance(said, list | tuple) else (said,)


def environment(ctx: click.Context, _param: click.Parameter, typed: str) -> list[CompletionItem]:
    """The environments of the catalogsync.yaml above the catalog."""
    from catalogsync.app import environments

    try:
        found = environments.choose_catalog(_paths(ctx)).settings.environments
    except CatalogsyncError:
        return []
    return _items(((name, "") for name in sorted(found)), typed)


def _objects(ctx: click.Context) -> list[Resource]:
    from catalogsync import manifests
    from catalogsync.app import environments

    return list(manifests.load(_paths(ctx) or (environments.DEFAULT_CATALOG,)).catalog)


def _name(one: Resource) -> str:
    return str(one.body.get("name") or "")


def reference(ctx: click.Context, _param: click.Parameter, typed: str) -> list[CompletionItem]:
    """KIND/KEY of each object of the catalog."""
    return _items(((str(one.ref), _name(one)) for one in _objects(ctx)), typed)


def key_of(kind: str, after: str = "") -> Offer:
    """The keys of one kind; `after` follows each."""

    def offer(ctx: click.Context, _param: click.Parameter, typed: str) -> list[CompletionItem]:
        found = (one for one in _objects(ctx) if str(one.ref.kind) == kind)
        return _items(((one.ref.key + after, _name(one)) for one in found), typed)

    return offer


def one_of(names: Iterable[str]) -> Offer:
    """Fixed words."""
    known = tuple(names)

    def offer(_ctx: click.Context, _param: click.Parameter, typed: str) -> list[CompletionItem]:
        return _items(((name, "") for name in known), typed)

    return offer


def code(_ctx: click.Context, _param: click.Parameter, typed: str) -> list[CompletionItem]:
    """Codes, with what they are about."""
    from catalogsync.codes import CODES

    return _items(((name, one.title) for name, one in CODES.items()), typed)


def topic(ctx: click.Context, _param: click.Parameter, typed: str) -> list[CompletionItem]:
    """Topics of `help`, with what they tell, and verbs."""
    from catalogsync.app.topics import TOPICS

    root = ctx.find_root()
    verbs = root.command.list_commands(root) if isinstance(root.command, click.Group) else []
    return _items(
        (*((name, one.title) for name, one in TOPICS.items()), *((verb, "") for verb in verbs)), typed
    )
