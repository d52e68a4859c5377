"""Values that the manifest schemas allow, drawn from the schemas themselves: how far from sense a document can be and still be legal."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from schema_edits import required

from catalogsync.core.model import Kind
from catalogsync.openmeter import schemas

Schema = Mapping[str, Any]

HUSH = "hushhushhushhush"
"""Part of every secret that a document holds: no rendering may show it."""

DURATIONS = (
    *["P1M"] * 12, *["P1Y"] * 4, "P1W", "P12M", "P14D", "P3M", "PT1H", "PT59M59S", "PT1S", "P0D", "PT0S", "-P1M", "P-1M", "+P01M", "P1M0D", "P1,5M",
    "P1.5M", "P1Y2M3W4DT5H6M7S", "P999999999999999999Y", "P1000000000000000000Y", "PT999999999999999999H", "P1Y-1M", "PT3600S", "P", "PT",
    "p1m", "P1H", "P1M ", "", "month", "P１M", "P1M\n", "-P0D", "P0.1D", "PT0.000000000000000001S", "P9" * 60,
)  # fmt: skip
AMOUNTS = (
    "0", "1", "1", "2", "10", "100", "0.5", "0.000006", "49.90", "-1", "-0", "-0.0", "00", "007", "0.10", "1.000", "999999999999999999999",
    "0." + "0" * 60 + "1", "9" * 300, "1" + "0" * 399, "0." + "3" * 390,
)  # fmt: skip
NUMBERS = (
    *(0, 1, 1, 2, 5, 10, 80, 99, 100, 101, 255, 256, 1000, 50000, 2**31, 2**53 + 1, 2**63, 10**18, 10**300, -1, -(10**20)),
    *map(Decimal, ("0.5", "0.10", "80.0", "99.999", "100.0", "0.0000001", "1" + "0" * 300 + ".5", "-0.0", "-0.5")),
)  # fmt: skip
CURRENCIES = ("USD", "USD", "USD", "EUR", "JPY", "XXX", "USX", "BTC", "ZZZ", "AAA", "XAU")
DATES = (
    "2026-01-01T00:00:00Z",
    "2026-02-30T00:00:00Z",
    "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59.999999999-14:00",
    "yesterday",
    "",
)
PATHS = (
    "$.method", "$.a.b", "$", "$..a", "$['a']", "$[0]", "$.a[?(@.b)]", "$.a[", "a", "$." + "a" * 400, "$.é", "$.a['b\\'c']", "$." + "a." * 60,
    "$" + "[0]" * 100, "",
)  # fmt: skip
TEXTS = (
    "", "Alpha", "request", "session", "é", "Grüße 💡", "a: b # c", "0", "no", "null", "~", " ", "a\nb", "a\n\nb\n", "a\tb", "a" * 256, "中文" * 60,
    "e\u0301", "\u202eabc", "\u200b", "%25 ::error file=a,line=1::x", "]]>&amp;<b>", '"', "'", "\\", "1e3", "2026-01-01", "- x", "{a: b}", "|",
    "\x7f", "\x1b[31mred", "\u2028", "\x85", "\U0010ffff", "\ufffe",
)  # fmt: skip
FILTERED = (
    "input",
    "output",
    "csv",
    "a%",
    "%",
    "_",
    "",
    "é",
    "in",
    "a" * 300,
    "a\x00b",
    "input%",
    "%put",
    "z",
)
NAMES = (
    "subject",
    "region",
    "type",
    "format",
    "model",
    "method",
    "team",
    "on",
    "",
    "é",
    "a b",
    "a" * 80,
    "$eq",
    "page",
    "X-Team",
    "Authorization",
)
URLS = (
    "https://hooks.example.com/a",
    "http://hooks.example.com/a",
    "ftp://x",
    "https://",
    "//x",
    "x",
    "https://[::1",
    "HTTPS://EXAMPLE.COM:99999/",
    "",
)
KEYS = (
    "a",
    "0",
    "1a",
    "a_b",
    "a_b_c",
    "api_request",
    "apirequests",
    "a" * 64,
    "0" * 26,
    "7" + "z" * 25,
    "8" * 26,
)
_NAMED = {"meterSlug": "meter", "slug": "meter", "addon": "addon", "channels": "notification_channel"}
"""Members that hold keys of another kind than features."""

DEEPEST = 5
MANY = 40
LONGEST = 60_000
"""Characters up to which a list is repeated."""


def size(value: Any) -> int:
    """How many values there are in a value, itself among them."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + sum(map(size, inner))


@dataclass(frozen=True)
class Legal:
    """Draws and alters values of one kind's manifests. `keys` are those of the other objects, by kind."""

    root: Schema
    keys: Mapping[str, Sequence[str]]
    chance: random.Random

    @classmethod
    def of(cls, value: Any, keys: Mapping[str, Sequence[str]], chance: random.Random) -> Legal:
        return cls(schemas.manifest_schema(Kind(value["kind"])), keys, chance)

    def document(self, value: Any) -> Any:
        """The document with one place changed into something else that the schema allows."""
        return self._alter(value, self.root, "", 0)

    def _branch(self, schema: Schema, value: Any) -> Schema:
        """The schema that holds for a value: references followed, of a union the branch of the value's type."""
        if "$ref" in schema:
            return self._branch(self.root["definitions"][schema["$ref"].rpartition("/")[2]], value)
        for one in schema.get("allOf", ()) if isinstance(value, Mapping) else ():
            if one["if"]["properties"]["type"]["const"] == value.get("type"):
                return self._branch(one["then"], value)
        return schema

    def _alter(self, value: Any, schema: Schema, name: str, depth: int) -> Any:
        branch = self._branch(schema, value)
        if isinstance(value, list) and "items" in branch:
            return self._alter_list(value, branch, name, depth)
        if not isinstance(value, dict):
            return self.draw(schema, name, depth)
        if self._goes_on(value):
            return self._alter_member(value, branch, depth)
        if depth and self.chance.random() < 0.3:
            return self.draw(schema, name, depth)
        return self._other_members(value, branch, depth)

    def _goes_on(self, value: Any) -> bool:
        """Whether to change a place further in, so that about every place of a document is as likely as another."""
        return self.chance.random() > 2 / size(value)

    def _alter_member(self, value: dict[str, Any], schema: Schema, depth: int) -> dict[str, Any]:
        name = self._weighed(list(value), list(value.values()))
        return {**value, name: self._alter(value[name], self._member(schema, name), name, depth + 1)}

    def _weighed(self, places: Sequence[Any], values: Sequence[Any]) -> Any:
        return self.chance.choices(places, [size(value) for value in values])[0]

    def _member(self, schema: Schema, name: str) -> Schema:
        found = schema.get("properties", {}).get(name, schema.get("additionalProperties", {}))
        return found if isinstance(found, Mapping) else {}

    def _other_members(self, value: dict[str, Any], schema: Schema, depth: int) -> dict[str, Any]:
        """One member more, or one that is not required less."""
        optional = [name for name in value if name not in required(schema)]
        missing = [name for name in schema.get("properties", ()) if name not in value]
        if optional and (not missing or self.chance.random() < 0.3) and "minProperties" not in schema:
            gone = self.chance.choice(optional)
            return {name: one for name, one in value.items() if name != gone}
        if "maxProperties" in schema:
            return value
        if isinstance(schema.get("additionalProperties"), Mapping):
            missing = [*missing, *NAMES]
        if not missing:
            return value
        more = self.chance.choice(missing)
        return {**value, more: self.draw(self._member(schema, more), more, depth + 1)}

    def _alter_list(self, value: list[Any], schema: Schema, name: str, depth: int) -> list[Any]:
        least, most = schema.get("minItems", 0), schema.get("maxItems", 10**9)
        place = self._weighed(range(len(value)), value) if value else 0
        match self.chance.randrange(5) if not value or not self._goes_on(value) else -1:
            case 0 if len(value) > least:
                return value[:place] + value[place + 1 :]
            case 1 if value and len(value) < most:
                return [*value, value[place]]
            case 2 if value:
                return self.chance.sample(value, len(value))
            case 3 if value and len(value) * MANY < most and len(str(value)) * MANY < LONGEST:
                return value * MANY
            case 4 if len(value) < most:
                return [*value, self.draw(schema["items"], name, depth + 1)]
            case _ if value:
                changed = self._alter(value[place], schema["items"], name, depth + 1)
                return [*value[:place], changed, *value[place + 1 :]]
            case _:
                return value

    def draw(self, schema: Schema, name: str, depth: int) -> Any:
        """Any value that the schema allows; the deeper, the plainer."""
        if "$ref" in schema or "allOf" in schema:
            return self.draw(self._any_branch(schema), name, depth)
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return self.chance.choice(schema["enum"])
        types = schema.get("type", "string")
        kind = types if isinstance(types, str) else self.chance.choice(types)
        if kind == "object":
            return self._object(schema, name, depth)
        if kind == "array":
            return self._array(schema, name, depth)
        if kind == "string":
            return self._text(schema, name)
        if kind == "boolean":
            return self.chance.random() < 0.5
        return None if kind == "null" else self._number(schema, whole=kind == "integer")

    def _any_branch(self, schema: Schema) -> Schema:
        if "$ref" in schema:
            return self._branch(schema, None)
        branch: Schema = self.chance.choice(schema["allOf"])["then"]
        return branch

    def _object(self, schema: Schema, name: str, depth: int) -> dict[str, Any]:
        members = schema.get("properties", {})
        if "maxProperties" in schema:
            chosen = [self.chance.choice(list(members))]
        else:
            share = 0.4 if depth < DEEPEST else 0.0
            needed = required(schema)
            chosen = [one for one in members if one in needed or self.chance.random() < share]
        value = {one: self.draw(members[one], one, depth + 1) for one in chosen}
        if isinstance(schema.get("additionalProperties"), Mapping):
            for more in self.chance.sample(NAMES, self.chance.randrange(3)):
                value[more] = self.draw(schema["additionalProperties"], name, depth + 1)
        return value

    def _array(self, schema: Schema, name: str, depth: int) -> list[Any]:
        least = schema.get("minItems", 0)
        count = least + self.chance.randrange(3) if depth < DEEPEST else least
        return [self.draw(schema["items"], name, depth + 1) for _ in range(count)]

    def _text(self, schema: Schema, name: str) -> str:
        least, most = schema.get("minLength", 0), schema.get("maxLength", 10**9)
        return self.chance.choice([text for text in self._pool(schema, name) if least <= len(text) <= most])

    def _pool(self, schema: Schema, name: str) -> Sequence[str]:
        pattern = schema.get("pattern", "")
        by_pattern = {
            "^-?": AMOUNTS,
            "^[A": CURRENCIES,
            "^[a": self._keys(name),
            "^(w": (f"whsec_{HUSH}{HUSH}{HUSH}", f"{HUSH}{HUSH}{HUSH}="),
            "^tx": ("txcd_10000000", "txcd_99999999"),
            "^[0": ("01ARZ3NDEKTSV4RRFFQ69G5FAV", "0" * 26),
        }
        by_name = {
            "fromPlanPhase": ("standard", "pilot", "trial", "default", "contract", "", "Standard"),
            "valueProperty": PATHS, "groupBy": PATHS, "url": URLS, "customHeaders": (f"bearer {HUSH}", "billing", "a\nb"),
            "advancedMeterGroupByFilters": FILTERED, "meterGroupByFilters": FILTERED, "config": ("{}", '{"a": 1}', "{", "null", '"é"'),
        }  # fmt: skip
        if pattern:
            return by_pattern[pattern[:3]]
        if schema.get("format") in ("duration", "date-time"):
            return DURATIONS if schema["format"] == "duration" else DATES
        return FILTERED if name.startswith("$") else by_name.get(name, TEXTS)

    def _keys(self, name: str) -> Sequence[str]:
        """Mostly keys of what the member names; else of anything, or of nothing."""
        if self.chance.random() < 0.8:
            return self.keys[_NAMED.get(name, "feature")]
        return [*KEYS, *(key for keys in self.keys.values() for key in keys)]

    def _number(self, schema: Schema, *, whole: bool) -> int | Decimal:
        least, most = schema.get("minimum", -(10**999)), schema.get("maximum", 10**999)
        fitting = [one for one in NUMBERS if least <= one <= most and (not whole or isinstance(one, int))]
        return self.chance.choice(fitting)
