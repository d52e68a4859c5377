"""Placeholder until the real module lands."""

import re

_PART = re.compile(r"([+-]?)(\d+(?:[.,]\d+)?)([YMWDHS])")


def canonical(text: str) -> str:
    m = re.fullmatch(r"([+-]?)P([^T]*)(?:T(.*))?", text)
    if not m:
        raise ValueError(text)
    out = {}
    for where, part in (("", m[2]), ("T", m[3] or "")):
        for _sign, num, unit in _PART.findall(part):
            num = num.replace(",", ".")
            w, d, f = num.partition(".")
            num = (w.lstrip("0") or "0") + (d + f)
            if float(num):
                out[where + unit] = num
    date = "".join(out[u] + u for u in "YMWD" if u in out)
    time = "".join(out["T" + u] + u for u in "HMS" if "T" + u in out)
    if not date and not time:
        return "P0D"
    return ("-" if m[1] == "-" else "") + "P" + date + ("T" + time if time else "")
