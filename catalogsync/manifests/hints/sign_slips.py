"""Slips in signs: characters that look like others, comments of other languages, what stands between names, values, members and objects. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from catalogsync.manifests.hints import lookalikes, number_fields
from catalogsync.manifests.hints.slip import Slip
from catalogsync.manifests.source import SourceFile

_LONGEST = 80
_MARKS = re.compile(r"(?<![^\s\]}\"'])(?P<mark>//+|/\*+|--(?!-)|;+)(?P<said>.*)")
"""What begins a comment in other languages."""
_TIGHT = re.compile(r"(?P<before>\s*(?:- +)*[A-Za-z_$][\w$-]*):(?P<value>[\w$.{\[].*|\"[^\"]*\"|'[^']*')")
_EQUALS = re.compile(r"(?P<before>\s*(?:- +)*[A-Za-z_$][\w$-]*) *= *(?P<value>\S.*)")
_SECOND = re.compile(r"(?<=[^\s,{\[]) +(?P<name>[A-Za-z_$][\w$-]*):(?= |$)")
_BEGUN = re.compile(r"--- +[A-Za-z_][\w-]*: .*")
_DIRECTIVE = re.compile(r"%[A-Z]+ ")
_DASHES = re.compile("[-\u2010-\u2015](?:[ \u00a0]*[-\u2010-\u2015])+[ \t]*")


def on(source: SourceFile, at: int, column: int) -> Iterator[Slip]:
    """What may be slipped on a line before a column, the likeliest first."""
    text = source.lines[at]
    yield from _alike(source, at)
    if _DASHES.fullmatch(text):
        dashes = text.strip()
        summary = f"`{dashes}` does not part two objects"
        yield Slip(at, 0, len(dashes), summary, "write `---`, three dashes", "---")
    if _BEGUN.fullmatch(text):
        hint = "write `---` on a line of its own, and the object below it"
        yield Slip(at, 4, len(text) - 4, "an object begins on the line of `---`", hint, "---")
    if _DIRECTIVE.match(text) and not any(line.strip() for line in source.lines[:at]):
        yield Slip(at, 0, len(text), f"`{text.strip()}` is a command to YAML readers", "remove this line", "")
    yield from _comments(at, text, shown=not source.hides(at, len(text)))
    yield from _separators(at, text)
    yield from _commas(at, text, column)
    yield from _joined(at, text, column)
    yield from _goes_on(source, at)


def _alike(source: SourceFile, at: int) -> Iterator[Slip]:
    """A character that is not the one that it looks like: each alone, then all of the line."""
    text = source.lines[at]
    found = lookalikes.places(text)
    for place in found:
        before, after = text[:place], text[place + 1 :]
        yield _of_character(source, at, place, before + _typed(text, place) + after)
        if lookalikes.plain(text[place]) == " ":
            yield replace(_of_character(source, at, place, before + after), hint="delete it")
    if len(found) > 1:
        repaired = "".join(_typed(text, n) if n in found else c for n, c in enumerate(text))
        yield _of_character(source, at, found[0], repaired)


def _typed(text: str, place: int) -> str:
    """What is typed in place of a character: a space follows a colon and a comma."""
    typed = lookalikes.plain(text[place])
    return f"{typed} " if typed and typed in ":," and text[place + 1 : place + 2] != " " else typed


def _of_character(source: SourceFile, at: int, place: int, repaired: str) -> Slip:
    character = source.lines[at][place]
    lines = sum(character in line for line in source.lines)
    hint = lookalikes.advice(character) + (f"; it stands on {lines} lines of this file" if lines > 1 else "")
    return Slip(at, place, 1, f"{lookalikes.named(character)} stands here", hint, repaired)


def _comments(at: int, text: str, *, shown: bool) -> Iterator[Slip]:
    for found in _MARKS.finditer(text):
        before = text[: found.start()].rstrip()
        if found["mark"][0] in "-;" and before and before[-1] not in "]}\"'":
            continue  # a dash or a semicolon of prose
        said = found["said"].strip().removesuffix("*/").strip()
        space = "" if text[: found.start()].endswith((" ", "\t")) or not found.start() else " "
        comment = f"# {said}".rstrip()
        hint = (
            f"write `{comment}`"
            if shown and len(said) <= _LONGEST and "`" not in said
            else "write ` #`, a space before it"
        )
        repaired = text[: found.start()] + space + comment
        summary = f"`{found['mark']}` does not begin a comment"
        yield Slip(at, found.start("mark"), len(found["mark"]), summary, hint, repaired)


def _separators(at: int, text: str) -> Iterator[Slip]:
    """What stands between a name and its value."""
    if found := _TIGHT.fullmatch(text):
        name = found["before"].strip(" -")
        yield Slip(
            at, found.end("before"), 1, f"there is no space between `{name}:` and its value",
            f"write a space after the colon: `{name}: …`", f"{found['before']}: {found['value']}",
        )  # fmt: skip
    if found := _EQUALS.fullmatch(text):
        name = found["before"].strip(" -")
        yield Slip(
            at, text.index("=", found.end("before")), 1, f"`=` does not give `{name}` a value",
            f"write a colon and a space: `{name}: …`", f"{found['before']}: {found['value']}",
        )  # fmt: skip


def _commas(at: int, text: str, column: int) -> Iterator[Slip]:
    """What stands between members in braces."""
    if twice := re.search(r",\s*,", text):
        repaired = text[: twice.start()] + "," + text[twice.end() :]
        yield Slip(at, twice.end() - 1, 1, "two commas follow each other", "remove one of them", repaired)
    semicolon = text.rfind(";", 0, column)
    if semicolon > 0 and ("{" in text or "[" in text):
        repaired = text.replace("; ", ", ")
        yield Slip(
            at, semicolon, 1, "`;` does not part two members", "write a comma", repaired, doubtful=True
        )
    if column == len(text) and "#" not in text and text[-1:] not in (",", "{", "["):
        repaired = f"{text.rstrip()},"
        hint = "write a comma at the end of this line"
        yield Slip(
            at,
            len(text.rstrip()) - 1,
            1,
            "no comma parts this member from the next",
            hint,
            repaired,
            doubtful=True,
        )


def _joined(at: int, text: str, column: int) -> Iterator[Slip]:
    """A member that begins on the line of another, with nothing between them."""
    for found in _SECOND.finditer(text[: column + 1]):
        name = found["name"]
        before, after = text[: found.start()], text[found.start("name") :]
        if not number_fields.is_member(name) or ": " not in before:
            continue
        summary = f"`{name}` follows a value, and nothing parts them"
        place, quotes = found.start("name"), "or put the whole value in quotes if it is one text"
        if max(before.rfind("{"), before.rfind("[")) > max(before.rfind("}"), before.rfind("]")):
            hint = f"write a comma before `{name}`, {quotes}"
            yield Slip(at, place, len(name), summary, hint, f"{before}, {after}")
        else:
            begin = re.match(r"\s*(?:- +)*", before)
            indent = " " * (begin.end() if begin else 0)
            hint = f"write `{name}` on a line of its own, {quotes}"
            yield Slip(at, place, len(name), summary, hint, f"{before}\n{indent}{after}", doubtful=True)


def _goes_on(source: SourceFile, at: int) -> Iterator[Slip]:
    """A line of a text that began on a line before it, and is not indented below its name."""
    text = source.lines[at]
    above = next((line for line in reversed(source.lines[:at]) if line.strip()), "")
    name = re.match(r"(?P<indent>\s*(?:- +)*)[\w$-]+:(?: |$)", above)
    if name is None or re.match(r"[\w$-]+:|[^\w(]|$", text.lstrip()):
        return
    column = len(name["indent"]) + 2
    hint = f"indent it to column {column + 1}, like all lines of a text that goes on below its name"
    begin = len(text) - len(text.lstrip())
    yield Slip(at, begin, 1, "this line is not part of the text above it", hint, " " * column + text.lstrip())
