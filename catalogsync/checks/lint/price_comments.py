"""A comment that says another price than the one it stands above, such as `export` has written it before the price was changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from catalogsync.checks.lint.findings import Found, World
from catalogsync.core.model import Resource
from catalogsync.manifests import price_remarks
from catalogsync.manifests.source_map import DocumentOrigin
from catalogsync.money.phrases import is_price
from catalogsync.openmeter.kinds import ADDON, PLAN


def differing(world: World) -> Iterator[Found]:
    """Only comments that are a price in words and nothing else are held against it. With an overlay the base alone is not what is sold, so
    it is looked at where no overlay is.
    """
    for kind in (ADDON, PLAN):
        for resource in world.of(kind):
            origin = resource.origin
            if isinstance(origin, DocumentOrigin) and origin.source.has_comments:
                said = [one for one in price_remarks.written(origin.text) if is_price(one)]
                if said and Counter(said) - Counter(
                    price for _, price in price_remarks.prices(resource.body)
                ):
                    yield from _of(resource, origin)


def _of(resource: Resource, origin: DocumentOrigin) -> Iterator[Found]:
    """Which one it is: takes a document's places, which only a comment that no price has is worth."""
    for path, price in price_remarks.prices(resource.body):
        said = price_remarks.above(origin.source.lines, origin.line_of(path))
        if said != price and is_price(said):
            yield Found(
                resource,
                path,
                f"the comment says `{said}`, the price is `{price}`",
                f"write `# {price}`, or remove the comment",
                key=True,
            )
