"""What is wrong with a text that is not JSON, in the words of Go's scanner. Pure.

Source: docs/server/transport.md#request-validation "JSON reading"; recorded `transport_malformed_json_*`.
"""

from __future__ import annotations

_MAX_DEPTH = 10_000


class Malformed(ValueError):
    """The text is not JSON; the message is in Go's words."""


class _Scanner:
    """Finds the first fault of a JSON text, in the words of Go's scanner."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def fault(self, context: str) -> Malformed:
        if self.at >= len(self.data):
            return Malformed("unexpected EOF")
        byte = self.data[self.at]
        shown = {0x27: "'\\''", 0x22: "'\"'"}.get(byte) or _quoted(byte)
        return Malformed(f"invalid character {shown} {context}")

    def blanks(self) -> None:
        while self.at < len(self.data) and self.data[self.at] in b" \t\r\n":
            self.at += 1

    def peek(self) -> bytes:
        return self.data[self.at : self.at + 1]

    def value(self, depth: int, context: str = "looking for beginning of value") -> None:
        self.blanks()
        start = self.peek()
        if start in (b"{", b"["):
            if depth > _MAX_DEPTH:
                raise self.fault("exceeded max depth")
            self.at += 1
            self.object(depth) if start == b"{" else self.array(depth)
        elif start == b'"':
            self.string()
        elif start and start in b"-0123456789":
            self.number()
        elif start in (b"t", b"f", b"n"):
            self.literal({b"t": b"true", b"f": b"false", b"n": b"null"}[start])
        else:
            raise self.fault(context)

    def literal(self, word: bytes) -> None:
        for expected in word:
            if self.peek() != bytes([expected]):
                raise self.fault(f"in literal {word.decode()} (expecting '{chr(expected)}')")
            self.at += 1

    def string(self) -> None:
        self.at += 1
        while True:
            byte = self.peek()
            if not byte or byte[0] < 0x20:
                raise self.fault("in string literal")
            self.at += 1
            if byte == b'"':
                return
            if byte == b"\\":
                self.escape()

    def escape(self) -> None:
        if self.peek() == b"u":
            self.at += 1
            for _ in range(4):
                if not self.peek() or self.peek() not in b"0123456789abcdefABCDEF":
                    raise self.fault("in \\u hexadecimal character escape")
                self.at += 1
        elif self.peek() and self.peek() in b'"\\/bfnrt':
            self.at += 1
        else:
            raise self.fault("in string escape code")

    def digits(self, context: str) -> None:
        if not self.peek().isdigit():
            raise self.fault(context)
        while self.peek().isdigit():
            self.at += 1

    def number(self) -> None:
        if self.peek() == b"-":
            self.at += 1
            if not self.peek().isdigit():
                raise self.fault("in numeric literal")
        if self.peek() == b"0":
            self.at += 1
        else:
            self.digits("in numeric literal")
        if self.peek() == b".":
            self.at += 1
            self.digits("after decimal point in numeric literal")
        if self.peek() in (b"e", b"E"):
            self.at += 1
            if self.peek() in (b"+", b"-"):
                self.at += 1
            self.digits("in exponent of numeric literal")

    def object(self, depth: int) -> None:
        self.blanks()
        if self.peek() == b"}":
            self.at += 1
            return
        while True:
            self.blanks()
            if self.peek() != b'"':
                raise self.fault("looking for beginning of object key string")
            self.string()
            self.blanks()
            if self.peek() != b":":
                raise self.fault("after object key")
            self.at += 1
            self.value(depth + 1)
            if self.closed(b"}", "after object key:value pair"):
                return

    def array(self, depth: int) -> None:
        self.blanks()
        if self.peek() == b"]":
            self.at += 1
            return
        while True:
            self.value(depth + 1)
            if self.closed(b"]", "after array element"):
                return

    def closed(self, end: bytes, context: str) -> bool:
        self.blanks()
        if self.peek() == end:
            self.at += 1
            return True
        if self.peek() != b",":
            raise self.fault(context)
        self.at += 1
        return False


def _quoted(byte: int) -> str:
    escapes = {
        0x07: "\\a",
        0x08: "\\b",
        0x09: "\\t",
        0x0A: "\\n",
        0x0B: "\\v",
        0x0C: "\\f",
        0x0D: "\\r",
        0x5C: "\\\\",
    }
    if byte in escapes:
        return f"'{escapes[byte]}'"
    character = chr(byte)
    return (
        f"'{character}'"
        if character.isprintable()
        else f"'\\x{byte:02x}'"
        if byte < 0x80
        else f"'\\u{byte:04x}'"
    )


def complaint(data: bytes) -> str:
    """The first fault of a text that is not JSON."""
    if not data.strip(b" \t\r\n"):
        return "EOF"
    try:
        _Scanner(data).value(1)
    except Malformed as fault:
        return str(fault)
    except RecursionError:
        depth = 0
        for byte in data:
            depth += (byte in b"[{") - (byte in b"]}")
            if depth > _MAX_DEPTH:
                return f"invalid character '{chr(byte)}' exceeded max depth"
    return "unexpected EOF"
