"""Real usage from a CSV file: a row says how much of a feature a customer used in one billing period."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path

from catalogsync.core.asked import Asked
from catalogsync.core.diagnostics import SourceRef
from catalogsync.core.errors import UsageError
from catalogsync.money.exact import total

COLUMNS = ("customer", "feature", "quantity")
_QUANTITY = re.compile(r"[0-9]{1,40}(?:\.[0-9]{1,40})?")


def asked(at: Iterable[str], usage: Path | None) -> Asked:
    """What --at and --usage ask for. Raises UsageError."""
    customers = {} if usage is None else read(usage)
    return Asked(quantities(at), customers, "" if usage is None else str(usage))


def quantities(pairs: Iterable[str]) -> dict[str, tuple[Decimal, ...]]:
    """FEATURE=N[,N…] as quantities by feature, in the order written; a feature may come again. Raises UsageError."""
    found: dict[str, tuple[Decimal, ...]] = {}
    for pair in pairs:
        feature, _, listed = pair.partition("=")
        texts = listed.split(",")
        wrong = next((text for text in texts if not _QUANTITY.fullmatch(text)), None)
        if not feature or wrong is not None:
            raise UsageError(
                f"--at: `{pair}` is not FEATURE=N[,N…]"
                + (f": `{wrong}` is not a quantity" if wrong and feature else ""),
                code="review-quantity",
                hint="write plain decimals of at least 0, separated by commas: --at api_calls=1000,50000",
            )
        found[feature] = (*found.get(feature, ()), *(Decimal(text) for text in texts))
    return found


def read(path: Path) -> dict[str, dict[str, Decimal]]:
    """Quantities by customer and feature, in the file's order; several rows of one customer and feature are added up.

    Columns as `COLUMNS`, in any order, others passed over. Raises UsageError that names the first wrong row and counts the others.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as problem:
        reason = problem.strerror if isinstance(problem, OSError) else "it is not UTF-8"
        raise UsageError(f"cannot read {path}: {reason}", code="usage-file") from None
    problems: list[tuple[int, str]] = []
    rows = list(_rows(text, problems))
    if problems:
        line, said = problems[0]
        more = ", ".join(str(number) for number, _ in problems[1:])
        raise UsageError(
            said + (f" (wrong too: line{'' if len(problems) == 2 else 's'} {more})" if more else ""),
            code="usage-file",
            where=_place(str(path), text, line),
            hint=_head_hint(text)
            or "every row is customer,feature,quantity, the quantity a plain decimal of at least 0",
        )
    return _added(rows)


def _head_hint(text: str) -> str:
    """What to do about a first row that does not name the columns; "" for one that does."""
    head = text.partition("\n")[0].strip()
    cells = [cell.strip() for cell in head.split(",")]
    if all(cells.count(column) == 1 for column in COLUMNS):
        return ""
    wanted = ",".join(COLUMNS)
    for mark, called in ((";", "semicolons"), ("\t", "tabs"), ("|", "bars")):
        if head.count(mark) >= len(COLUMNS) - 1:
            return f"part the columns with commas in every row, not with {called}: {wanted}"
    if _QUANTITY.fullmatch(cells[-1]):
        return f"write a first row that names the columns: {wanted}"
    lowered = [cell.lower() for cell in cells]
    if all(lowered.count(column) == 1 for column in COLUMNS):
        return f"write the names of the columns in small letters: {wanted}"
    return f"write in the first row what each column is, these three among others: {wanted}"


def _added(rows: Iterable[tuple[str, str, Decimal]]) -> dict[str, dict[str, Decimal]]:
    found: dict[str, dict[str, Decimal]] = {}
    for customer, feature, quantity in rows:
        used = found.setdefault(customer, {})
        used[feature] = total((used[feature], quantity)) if feature in used else quantity
    return found


def _rows(text: str, problems: list[tuple[int, str]]) -> Iterator[tuple[str, str, Decimal]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        head = [cell.strip() for cell in next(reader, [])]
        if missing := [column for column in COLUMNS if head.count(column) != 1]:
            problems.append((1, f"the first row names no column `{missing[0]}`, or names it twice"))
            return
        places = [head.index(column) for column in COLUMNS]
        start = reader.line_num + 1
        for row in reader:
            line, start = start, reader.line_num + 1
            if not row:
                continue
            if len(row) != len(head):
                problems.append((line, f"{len(row)} values in a row of {len(head)} columns"))
                continue
            customer, feature, quantity = (row[place].strip() for place in places)
            if said := _wrong({"customer": customer, "feature": feature, "quantity": quantity}):
                problems.append((line, said))
            else:
                yield customer, feature, Decimal(quantity)
    except csv.Error as problem:
        problems.append((max(1, reader.line_num), f"not CSV: {problem}"))


def _wrong(row: Mapping[str, str]) -> str:
    if empty := next((name for name, value in row.items() if not value), ""):
        return f"no {empty}"
    return "" if _QUANTITY.fullmatch(row["quantity"]) else f"`{row['quantity']}` is not a quantity"


def _place(name: str, text: str, line: int) -> SourceRef:
    lines = text.splitlines()
    return SourceRef(name, line, 1, lines[line - 1] if line <= len(lines) else "")
