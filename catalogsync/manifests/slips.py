"""Slips of the pen that explain why a text is not YAML. Pure.

libyaml complains where it cannot go on, which may be far from the cause. A slip is looked for around that place, and believed only when
the text without it can be read further than that: so what the hint says to write is known to help.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

import yaml
from yaml._yaml import CParser

from catalogsync.manifests import lookalikes
from catalogsync.manifests.source import SourceFile

_AHEAD = 3
"""So many lines after the complaint are read in the trial, so that a slip there does not hide that the complaint is gone."""
_LONGEST = 80
_NAME = r"""(?P<before>\s*(?:- +)*(?:[\w$./-]+|"[^"]*"|'[^']*'):[ \t]+|\s*(?:- +)+)"""
_VALUE = re.compile(rf"{_NAME}(?P<value>\S.*?)\s*")
_MARKS = re.compile(r"(?<![^\s\]}\"'])(?P<mark>//+|/\*+|--+|;+)(?P<said>.*)")
"""What begins a comment in other languages."""
_TIGHT = re.compile(r"(?P<before>\s*(?:- +)*[A-Za-z_$][\w$-]*):(?P<value>[^\s:/].*)")
_EQUALS = re.compile(r"(?P<before>\s*(?:- +)*[A-Za-z_$][\w$-]*) *= *(?P<value>\S.*)")
_CLOSED = re.compile(r"""(?P<inside>\{[^{}]*\}|\[[^\[\]]*\]|"[^"]*"|'[^']*')(?P<rest>.*)""")
_SPECIAL = frozenset("{[\"'*&!|>%@`?-]},#")
"""What YAML takes for something else than the beginning of a text."""
_DASHES = re.compile("[-\u2010-\u2015]{2,}[ \t]*")


@dataclass(frozen=True, slots=True)
class Slip:
    """What was slipped, where (line and column from 0), what to do about it, and the line without it."""

    line: int
    column: int
    width: int
    summary: str
    hint: str
    repaired: str
    doubtful: bool = False
    """It is believed only when the document can be read to its end."""


def explain(source: SourceFile, line: int, column: int, context: int) -> Slip | None:
    """The slip that explains a complaint about a line, or about what began at the line `context`; None where there is none."""
    lines = source.lines
    before = next((n for n in range(min(line, len(lines)) - 1, -1, -1) if lines[n].strip()), line)
    for at in dict.fromkeys((line, before, context)):
        if not 0 <= at < len(lines) or len(lines[at]) > _LONGEST * 10:
            continue
        for slip in _slips(source, at, column if at == line else len(lines[at])):
            if slip.repaired != lines[at] and _helps(lines, slip, line):
                return slip
    return None


def _helps(lines: list[str], slip: Slip, line: int) -> bool:
    """Whether the document can be read beyond a line when the slip is repaired."""
    last = len(lines) if slip.doubtful else max(line, slip.line)
    begin = next((n for n in range(min(line, slip.line), 0, -1) if lines[n].startswith("---")), 0)
    end = next((n for n in range(line + 1, len(lines)) if lines[n].startswith("---")), len(lines))
    tried = [*lines[begin : slip.line], slip.repaired, *lines[slip.line + 1 : min(end, last + 1 + _AHEAD)]]
    parser = CParser("\n".join(tried) + "\n")
    try:
        while not isinstance(parser.get_event(), yaml.StreamEndEvent):
            pass
    except yaml.YAMLError as problem:
        mark = getattr(problem, "problem_mark", None)
        return mark is not None and begin + mark.line > last
    return True


def _slips(source: SourceFile, at: int, column: int) -> Iterator[Slip]:
    """What may be slipped on a line, the likeliest first."""
    text = source.lines[at]
    shown = not source.hides(at, len(text))
    yield from _alike(source, at)
    if _DASHES.fullmatch(text):
        yield Slip(
            at,
            0,
            len(text.strip()),
            f"`{text.strip()}` does not part two objects",
            "write `---`, three dashes",
            "---",
        )
    yield from _comments(at, text, shown=shown)
    yield from _separators(at, text, column)
    yield from _quotes(at, text, shown=shown)
    yield from _goes_on(source, at)
    yield from _unquoted(at, text, column, shown=shown)


def _alike(source: SourceFile, at: int) -> Iterator[Slip]:
    """A character that is not the one that it looks like: each alone, then all of the line."""
    text = source.lines[at]
    found = lookalikes.places(text)
    for place in found:
        yield _of_character(
            source, at, place, text[:place] + lookalikes.plain(text[place]) + text[place + 1 :]
        )
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


def _separators(at: int, text: str, column: int) -> Iterator[Slip]:
    """What stands between a name and its value, and between members."""
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


def _goes_on(source: SourceFile, at: int) -> Iterator[Slip]:
    """A line of a text that began on a line before it, and is not indented below its name."""
    text = source.lines[at]
    above = next((line for line in reversed(source.lines[:at]) if line.strip()), "")
    name = re.match(r"(?P<indent>\s*(?:- +)*)[\w$-]+:(?: |$)", above)
    if name is None or re.match(r"\s*(?:- |[\w$-]+:|#|$)", text):
        return
    column = len(name["indent"]) + 2
    hint = f"indent it to column {column + 1}, like all lines of a text that goes on below its name"
    begin = len(text) - len(text.lstrip())
    yield Slip(at, begin, 1, "this line is not part of the text above it", hint, " " * column + text.lstrip())


def _quotes(at: int, text: str, *, shown: bool) -> Iterator[Slip]:
    """Quotation marks inside of quotation marks."""
    inner = [found.start() for found in re.finditer(r"(?<=\w)'(?=\w)", text)]
    doubled = re.sub(r"(?<=\w)'(?=\w)", "''", text)
    whole = _VALUE.fullmatch(text)
    value = whole["value"] if whole else ""
    begins = whole.start("value") if whole else 0
    said = value[1:-1]
    if inner:
        hint = "write it twice (`''`), or put the text in double quotes"
        if len(value) > 1 and value[0] == value[-1] == "'":
            hint = _in_double(hint, said, shown=shown)
        yield Slip(at, inner[0], 1, "this apostrophe ends the text in single quotes", hint, doubled)
    if len(value) < 3 or value[0] != value[-1] or value[0] not in "'\"" or value[0] not in said:
        return
    mark = begins + 1 + said.index(value[0])
    if value[0] == "'":
        hint = _in_double("write it twice (`''`), or put the text in double quotes", said, shown=shown)
        repaired = text[: begins + 1] + said.replace("'", "''") + text[begins + len(value) - 1 :]
        yield Slip(at, mark, 1, "this apostrophe ends the text in single quotes", hint, repaired)
    else:
        hint = 'write `\\"` in its place, or put the text in single quotes'
        if shown and "'" not in said and "`" not in said and len(said) <= _LONGEST:
            hint = f"put the text in single quotes: `'{said}'`"
        repaired = text[: begins + 1] + re.sub(r'(?<!\\)"', r"\"", said) + text[begins + len(value) - 1 :]
        yield Slip(at, mark, 1, "this quotation mark ends the text in double quotes", hint, repaired)


def _in_double(otherwise: str, said: str, *, shown: bool) -> str:
    quoted = _quoted(said.replace("''", "'"), shown=shown)
    return f"put the text in double quotes: `{quoted}`" if quoted else otherwise


def _unquoted(at: int, text: str, column: int, *, shown: bool) -> Iterator[Slip]:
    """Text that begins or goes on as something else in YAML."""
    whole = _VALUE.fullmatch(text)
    if whole and not whole["value"].startswith("("):
        yield from _value(at, whole, shown=shown)
    begin = max(text.rfind(mark, 0, column) for mark in ",{[") + 1
    rest = re.match(r"[^,{}\[\]]*", text[begin:])
    name, colon, value = (rest[0] if rest else "").partition(": ")
    if begin and colon and ": " in value:
        repaired = (
            f"{text[:begin]}{name}: {json.dumps(value.strip())}{text[begin + len(rest[0] if rest else '') :]}"
        )
        place = begin + len(name) + 2 + value.index(": ")
        yield _to_quote(at, place, value.strip(), repaired, "with `: ` in it", shown=shown)


def _value(at: int, whole: re.Match[str], *, shown: bool) -> Iterator[Slip]:
    """A value that is text as a whole, or that ends before the line does."""
    value, before = whole["value"], whole["before"]
    closed = _CLOSED.fullmatch(value) if value[0] in "{[\"'" else None
    if value[0] in "{[\"'" and (closed is None or not closed["rest"].strip()):
        return
    if closed is not None and closed["rest"].strip()[0] in "]},":
        return
    if closed is not None and ": " in closed["inside"] and closed["inside"][0] == "{":
        rest = closed["rest"].strip()
        hint = "begin a comment with ` #`, or remove the text"
        place = (
            whole.start("value") + len(closed["inside"]) + len(closed["rest"]) - len(closed["rest"].lstrip())
        )
        repaired = f"{before}{closed['inside']} # {rest}"
        yield Slip(at, place, len(rest), "text follows the `}` that ends the value", hint, repaired)
        return
    place = whole.start("value")
    if value[0] in _SPECIAL:
        why = f"that begins with {'a backtick' if value[0] == '`' else f'`{value[0]}`'}"
    else:
        why = "with `: ` in it" if ": " in value else "that ends with a colon"
        place += max(0, f"{value} ".find(": "))
    yield _to_quote(at, place, value, before + json.dumps(value), why, shown=shown)


def _to_quote(at: int, column: int, value: str, repaired: str, why: str, *, shown: bool) -> Slip:
    quoted = _quoted(value, shown=shown)
    hint = f"put the text in quotes: `{quoted}`" if quoted else "put the text in quotes"
    return Slip(at, column, 1, f"a text {why} needs quotes", hint, repaired)


def _quoted(text: str, *, shown: bool) -> str:
    """A text in quotation marks, as a hint may show it; "" where it may not."""
    if not shown or len(text) > _LONGEST or "`" in text or not text.isprintable():
        return ""
    return (
        f"'{text}'"
        if ('"' in text or "\\" in text) and "'" not in text
        else json.dumps(text, ensure_ascii=False)
    )
