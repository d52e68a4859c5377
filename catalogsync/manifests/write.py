"""Writes manifests in the house style. Pure: values in, text out.

The style: objects in blocks, small ones such as prices and tiers on one line, text quoted only where YAML
would read it otherwise, comments above what they are about or at the end of its line. What `arrange` says
of order and amounts holds for `to_yaml`; `fmt` keeps the order.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from catalogsync.core.canon import Body
from catalogsync.core.diagnostics import UNSEEN, Path
from catalogsync.core.model import Kind, Lifecycle
from catalogsync.manifests.scalars import plain
from catalogsync.manifests.style import arrange
from catalogsync.openmeter.kinds import KINDS

WIDEST = 120
"""Characters on a line up to which a small object stays on one line."""

ONE_LINE = frozenset(
    (
        "price",
        "flatPrice",
        "unitPrice",
        "tiers",
        "entitlementTemplate",
        "proRatingConfig",
        "taxConfig",
        "discounts",
        "thresholds",
        "channels",
        "features",
        "alignment",
        "signingSecret",
        "url",
        "advancedMeterGroupByFilters",
        "config",
    )
)
"""Members whose value (or whose entries) stand on one line when they fit."""

ENTRIES = frozenset({"advancedMeterGroupByFilters"})
"""Of those, the ones of which each entry takes a line."""

_PLAIN_START = re.compile(r"[^\s\-?:,\[\]{}#&*!|>'\"%@`=~<]|-(?=[^\s\-,\[\]{}])")
_UNPRINTABLE = re.compile(f"(?![\n\t]){UNSEEN.pattern}|[\ufffe\uffff]")
"""What is written as an escape: a text that turns its line around or hides something would not read as it is."""
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t"}


@dataclass(frozen=True, slots=True)
class Comments:
    """Comments of a document by the path of what they are about.

    `above`: whole lines (with their `#`; "" is an empty line) before a member or list entry, before the
    document at `()`; `beside`: at the end of the line of a member or entry; `after`: lines after the
    document's last value.
    """

    above: Mapping[Path, Sequence[str]] = field(default_factory=dict)
    beside: Mapping[Path, str] = field(default_factory=dict)
    after: Sequence[str] = ()


def to_yaml(
    resource_body: Body,
    kind: Kind,
    key: str,
    *,
    lifecycle: Lifecycle = Lifecycle.PUBLISHED,
    comments: Mapping[Path, str] | None = None,
) -> str:
    """One document in the house style, without a `---` before it, ending in a line break.

    `resource_body` is the API's body with references as keys; `key` is the slug of a meter and the key of
    any other object (also where the body has none). `comments` (without `#`) are written above the member
    or list entry at their path; `()` stands above the document. `published` is not written, being the
    default. Loading the text gives an equal body, but that amounts are numbers and tier prices short.
    """
    name = KINDS[kind].identity
    whole: dict[str, object] = {"kind": str(kind), **resource_body, name: key}
    if lifecycle is not Lifecycle.PUBLISHED:
        whole["lifecycle"] = str(lifecycle)
    above = {
        path: [f"# {line}".rstrip() for line in text.splitlines()] for path, text in (comments or {}).items()
    }
    return document(arrange(kind, whole), Comments(above))


def document(value: object, comments: Comments) -> str:
    """A document's text as its value stands, in the house style."""
    writer = _Writer(comments)
    lines = [*writer.above((), 0)]
    if isinstance(value, Mapping) and value:
        lines += writer.members(value, (), 0)
    elif isinstance(value, str) and _is_block(value):
        lines += _block("---", value, 2)
    elif value is not None:
        lines.append(flow(value))
    lines += comments.after
    return "\n".join(lines) + "\n"


def member_lines(name: str, value: object, indent: int) -> list[str]:
    """The lines of a member in a block whose members begin at a column."""
    return list(_Writer(Comments()).members({name: value}, (), indent))


def entry_lines(value: object, indent: int) -> list[str]:
    """The lines of a list's entry whose dash stands at a column."""
    return list(_Writer(Comments()).entry(value, (0,), indent))


def quoted_like(value: object, style: str | None, *, inside: bool) -> str:
    """A scalar in the quotes that stood around the one before, where there were any and it can bear them."""
    text = scalar(value, inside=inside)
    if style not in ("'", '"') or value is None or isinstance(value, bool) or text.startswith(("'", '"')):
        return text
    return f"{style}{text}{style}" if style not in text and "\\" not in text else text


class _Writer:
    """Writes one document's lines; `at` is the path of what is written, `indent` its column."""

    def __init__(self, comments: Comments) -> None:
        self.comments = comments
        paths = [*comments.above, *comments.beside]
        self.commented = {path[:depth] for path in paths for depth in range(len(path))}

    def above(self, at: Path, indent: int) -> Iterator[str]:
        for line in self.comments.above.get(at, ()):
            yield f"{' ' * indent}{line}" if line else ""

    def beside(self, at: Path) -> str:
        comment = self.comments.beside.get(at)
        return f"  {comment}" if comment else ""

    def members(self, value: Body, at: Path, indent: int) -> Iterator[str]:
        for name, member in value.items():
            inner: Path = (*at, name)
            yield from self.above(inner, indent)
            yield from self.value(f"{' ' * indent}{scalar(name)}:", member, inner, indent)

    def value(self, head: str, value: object, at: Path, indent: int) -> Iterator[str]:
        """The lines of a value after its head, which is `name:` or `-` with its indentation."""
        flat = self.flat(head, value, at)
        if flat is not None:
            yield flat + self.beside(at)
        elif isinstance(value, Mapping):
            yield head + self.beside(at)
            yield from self.members(value, at, indent + 2)
        elif isinstance(value, str):
            yield from _block(head, value, indent + 2, self.beside(at))
        else:
            assert isinstance(value, Sequence)
            yield head + self.beside(at)
            for position, entry in enumerate(value):
                yield from self.entry(entry, (*at, position), indent + 2)

    def entry(self, value: object, at: Path, indent: int) -> Iterator[str]:
        """The lines of a list's entry; an object's first member shares the line of the dash."""
        yield from self.above(at, indent)
        dash = f"{' ' * indent}-"
        lines = list(self.value(dash, value, at, indent))
        if (
            isinstance(value, Mapping)
            and len(lines) > 1
            and lines[1]
            and not lines[1].lstrip().startswith("#")
        ):
            lines = [f"{dash} {lines[1][indent + 2 :]}{self.beside(at)}", *lines[2:]]
        yield from lines

    def flat(self, head: str, value: object, at: Path) -> str | None:
        """The value on its head's line, or None when it must or should take lines of its own."""
        if isinstance(value, str):
            return None if _is_block(value) else f"{head} {scalar(value)}"
        if not isinstance(value, Mapping | Sequence):
            return f"{head} {scalar(value)}"
        if not value:
            return f"{head} {flow(value)}"
        if (
            not any(step in ONE_LINE for step in at)
            or at[-1] in ENTRIES
            or at in self.commented
            or _holds_objects(value)
        ):
            return None
        line = f"{head} {flow(value)}"
        return line if len(line) <= WIDEST else None


def _holds_objects(value: object) -> bool:
    """Whether there is a list of objects within."""
    if isinstance(value, Mapping):
        return any(_holds_objects(inner) for inner in value.values())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return any(isinstance(inner, Mapping) or _holds_objects(inner) for inner in value)
    return False


def flow(value: object) -> str:
    """A value on one line."""
    if isinstance(value, Mapping):
        members = (f"{scalar(name, inside=True)}: {flow(member)}" for name, member in value.items())
        return "{" + ", ".join(members) + "}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + ", ".join(flow(entry) for entry in value) + "]"
    return scalar(value, inside=True)


def scalar(value: object, *, inside: bool = False) -> str:
    """A scalar as it is written: numbers with their digits, text plain where it can be; `inside` brackets
    less can be.
    """
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        text = format(value, "f")
        return text if "." in text else f"{text}.0"
    if isinstance(value, int):
        return str(value)
    assert isinstance(value, str)
    return value if _can_be_plain(value, inside) else _quoted(value)


def _can_be_plain(text: str, inside: bool) -> bool:
    """Whether a text can stand unquoted: YAML takes it whole, and every reader takes it for text."""
    if (
        not _PLAIN_START.match(text)
        or text != text.strip()
        or _UNPRINTABLE.search(text)
        or re.search(r"[\n\t]", text)
    ):
        return False
    if ": " in text or " #" in text or text.endswith(":") or text.startswith(("---", "...")):
        return False
    if inside and re.search(r"[,\[\]{}?]|:[\"']", text):
        return False
    return plain(text) == text and isinstance(plain(text), str)


def _quoted(text: str) -> str:
    if '"' in text and not re.search(r"['\\\n\t]", text) and not _UNPRINTABLE.search(text):
        return f"'{text}'"

    def escaped(found: re.Match[str]) -> str:
        number = ord(found[0])
        return (
            f"\\x{number:02x}"
            if number < 256
            else f"\\u{number:04x}"
            if number < 2**16
            else f"\\U{number:08x}"
        )

    return '"' + _UNPRINTABLE.sub(escaped, "".join(_ESCAPES.get(c, c) for c in text)) + '"'


def _is_block(text: str) -> bool:
    """Whether a text of several lines comes back the same from a `|` block."""
    lines = text.split("\n")
    if len(lines) < 2 or _UNPRINTABLE.search(text) or "\t" in text:
        return False
    return bool(lines[0].strip()) and not lines[0].startswith(" ") and not text.endswith("\n\n")


def _block(head: str, text: str, indent: int, beside: str = "") -> Iterator[str]:
    yield f"{head} |{'' if text.endswith(chr(10)) else '-'}{beside}"
    for line in text.removesuffix("\n").split("\n"):
        yield f"{' ' * indent}{line}" if line else ""
