"""Slips in quotation marks: missing ones, lone ones, and those within others. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from catalogsync.manifests.hints.slip import Slip
from catalogsync.manifests.source import SourceFile

_FAR = 60
"""So many lines before the complaint a quotation mark is looked for that has no other."""
_LONGEST = 80
_NAME = r"""(?P<before>\s*(?:- +)*(?:[\w$./-]+|"[^"]*"|'[^']*'):[ \t]+|\s*(?:- +)+)"""
_VALUE = re.compile(rf"{_NAME}(?P<value>\S.*?)\s*")
_CLOSED = re.compile(r"""(?P<inside>\{[^{}]*\}|\[[^\[\]]*\]|"[^"]*"|'[^']*')(?P<rest>.*)""")
_SPECIAL = frozenset("{[\"'*&!|>%@`?-]},#")
"""What YAML takes for something else than the beginning of a text."""


def on(source: SourceFile, at: int, column: int) -> Iterator[Slip]:
    """What may be slipped on a line before a column, the likeliest first."""
    text = source.lines[at]
    shown = not source.hides(at, len(text))
    yield from _before_reference(at, text)
    yield from _within(at, text, shown=shown)
    yield from _unquoted(at, text, column, shown=shown)


_PARTLY = re.compile(
    r"""(?P<name>[\w.-]+["']?:[ \t]+)(?P<words>[^{}\[\]"'#\s][^{}\[\]"'#]*)(?P<reference>\{(?:env|file):[ \t]*[^\s{}]+[ \t]*\})"""
)


def _before_reference(at: int, text: str) -> Iterator[Slip]:
    """Words before a reference, as in `Bearer {env: TOKEN}`: it stands for a whole value."""
    found = _PARTLY.search(text)
    if found:
        hint = "write the reference alone, {env: NAME}, and put what stands before it into the variable's value too"
        repaired = text[: found.start("words")] + text[found.start("reference") :]
        summary = "text stands before a reference, which is the whole of a value"
        yield Slip(at, found.start("words"), len(found["words"].rstrip()), summary, hint, repaired)


def unclosed(source: SourceFile, line: int) -> Iterator[Slip]:
    """A quotation mark on a line before the complaint that has no other on its line: text goes on to the next one, wherever that is."""
    for at in range(line, max(-1, line - _FAR), -1):
        text = source.lines[at] if at < len(source.lines) else ""
        if text.startswith("---") and at < line:
            return
        whole = _VALUE.fullmatch(text)
        value = whole["value"] if whole else ""
        for mark in "\"'":
            if text.count(mark) != 1:
                continue
            place = text.index(mark)
            if value.startswith(mark):
                hint = f"write `{mark}` at the end of the text, or remove this one"
                yield Slip(
                    at,
                    place,
                    1,
                    "this quotation mark has no other",
                    hint,
                    text.rstrip() + mark,
                    doubtful=True,
                )
            hint = f"remove it, or write `{mark}` where the text begins"
            yield Slip(
                at, place, 1, "this quotation mark has no other", hint, text.replace(mark, ""), doubtful=True
            )


def _within(at: int, text: str, *, shown: bool) -> Iterator[Slip]:
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
    if closed is not None and (closed["rest"].strip()[0] in "]}," or closed["rest"].strip() in ("'", '"')):
        return
    if closed is None and value[0] not in _SPECIAL and ": " not in value and not value.endswith(":"):
        return
    if value.startswith("- "):  # a list that begins beside its name
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
