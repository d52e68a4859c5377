"""A number with a comma between braces, where the comma ends it: `{amount: 0,0004}` is the amount 0 and a member named 0004. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from catalogsync.manifests.amounts import readings

MAYBE = re.compile(r"[0-9][0-9.]*[\s%]", re.ASCII)
"""How a name begins that may be the rest of a number, with a currency behind it."""
_NUMBER = re.compile(
    r"""(?<![\w$.-])["']?(?P<name>[A-Za-z_$][\w$.-]*)["']?\s*:\s+(?P<written>(?:[^,:{}\[\]"'#]{0,40}[0-9])?(?:,\s?[0-9][^,:{}\[\]"'#]{0,40})+)(?=[,}#]|$)""",
    re.ASCII,
)
_COUNTED = frozenset({"upToAmount", "issueAfterReset", "maxQuantity", "quantityPerPackage", "quantity"})
"""Numbers of units: nobody writes three decimals of one."""


@dataclass(frozen=True, slots=True)
class Comma:
    """Such a number: the member that it was meant for, as it is written, and its columns from 0 up to the one behind it."""

    name: str
    written: str
    begin: int
    end: int

    @property
    def summary(self) -> str:
        return f"`{self.written}` has a comma, which ends a value between braces"

    @property
    def hint(self) -> str:
        """What to write in its place. A number that can be read in two ways is shown in both."""
        read = readings(self.written.replace(", ", ","))
        if len(read) > 1 and self.name in _COUNTED:
            read = read[:1]
        if len(read) > 1:
            whole, decimal = read
            return f"write {whole} if the comma parts thousands, {decimal} if it is a decimal comma"
        return f"write {read[0]}" if read else "write digits and at most one decimal point, without a comma"


def find(line: str, column: int) -> Comma | None:
    """The number of a line whose comma a column, from 0, stands behind; None where there is none."""
    for found in _NUMBER.finditer(line):
        written = found["written"].rstrip()
        begin = found.start("written")
        if begin < column < begin + len(written) and "," in line[begin:column]:
            return Comma(found["name"], written, begin, begin + len(written))
    return None
