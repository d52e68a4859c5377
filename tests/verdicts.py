"""Recorded exchanges as questions to `validate`: what existed, what was sent, and what the server said of its content.

A question is asked of every create, update and publish of a v1 object, except where the outcome hangs on something a catalog does not say.
These are left out by rule: an answer 404 or 409 for what the path or the key names, requests that are no JSON object or carry headers of
their own, servers without webhooks, updates and publishings of what is not a draft, second drafts, versions that another version of the
same key has replaced, a rule's type that changes, places of a channel that nobody sees, an update's empty cadence (it changes nothing), ids
of tax codes, and all that follows a write through the v3 API. What a manifest says in another way is left out too: amounts as numbers,
shorthands of tiers, a channel's secret that stays. A PUT of an assignment is judged as the POST of the same content, which the server keeps
with errors where it refuses the PUT.
"""

from __future__ import annotations

import base64
import copy
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from typing import Any

import httpx
import recordings
import simplejson

from catalogsync.app import check
from catalogsync.codes import LINT
from catalogsync.core.diagnostics import Diagnostic
from catalogsync.manifests.source import SourceFile
from catalogsync.sandbox import Sandbox

Body = dict[str, Any]
FOLDERS = {
    "meters": "meter",
    "features": "feature",
    "addons": "addon",
    "plans": "plan",
    "notification/channels": "notification_channel",
    "notification/rules": "notification_rule",
}
_PATH = re.compile(
    r"/api/v1/(meters|features|addons|plans|notification/channels|notification/rules)(?:/([^/?]+))?(?:/(publish|archive|addons))?(?:/([^/?]+))?"
)
_ELSEWHERE = re.compile(r'parameter "|validation error: tax code \S+ not found')
"""Refusals of the path, and of ids of tax codes, which a catalog does not hold."""
_UNPRINTABLE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_SERVERS = frozenset(
    "id createdAt updatedAt deletedAt archivedAt status version effectiveFrom effectiveTo validationErrors annotations alignment".split()
)
_AMOUNTS = "amount upToAmount multiplier quantityPerPackage minimumAmount maximumAmount quantity".split()
_VERSIONED = ("addon", "plan")
_UPDATABLE = {
    "meter": ("name", "description", "groupBy", "metadata"),
    "addon": ("name", "description", "metadata", "instanceType", "rateCards"),
    "plan": ("name", "description", "metadata", "billingCadence", "proRatingConfig", "phases", "settlementMode", "alignment"),
}  # fmt: skip


_LINT = frozenset(code.name for code in LINT)


@dataclass(frozen=True)
class Question:
    """Manifests, which of them is asked about, and the server's word: `refused`, `kept` (a draft with errors), or `fine`."""

    area: str
    scenario: str
    number: int
    act: str
    subject: str
    documents: tuple[Body, ...]
    expected: str
    said: str


@dataclass
class World:
    """What the answers of a scenario have shown to exist."""

    objects: dict[str, tuple[str, Body]] = field(default_factory=dict)
    assignments: dict[str, dict[str, Body]] = field(default_factory=dict)
    without_term: set[tuple[str, str, str]] = field(default_factory=set)

    def see(self, kind: str, body: Any) -> None:
        for one in (
            body.get("items", [body]) if isinstance(body, dict) else body if isinstance(body, list) else []
        ):
            if isinstance(one, dict) and "id" in one and not one.get("deletedAt"):
                self.objects[one["id"]] = (kind, one)

    def find(self, kind: str, name: str) -> Body | None:
        """By id, else by key, the newest version first."""
        if name in self.objects and self.objects[name][0] == kind:
            return self.objects[name][1]
        versions = [
            b for k, b in self.objects.values() if k == kind and name in (b.get("key"), b.get("slug"))
        ]
        return max(versions, key=lambda b: b.get("version", 1), default=None)

    def recreated(self, text: str) -> bool:
        """Whether a feature that is named in the text was archived and made anew: what was stored before still means the old one."""
        gone = {b["key"] for k, b in self.objects.values() if k == "feature" and b.get("archivedAt")}
        return any(f'"{key}"' in text for key in gone)

    def draft_of(self, kind: str, key: Any) -> bool:
        return any(
            k == kind and b.get("key") == key and b.get("status") == "draft" for k, b in self.objects.values()
        )

    def key(self, kind: str, identity: str) -> str:
        """The key under which manifests name an object; something unknown for what does not exist."""
        found = self.objects.get(identity)
        if found is None or found[0] != kind:
            return "no_such_" + re.sub("[^0-9a-z]", "_", str(identity).lower())[:40]
        return found[1].get("key") or manifest_key(identity)

    def documents(self) -> dict[tuple[str, str], Body]:
        """Everything that exists, each key once: its active version, else its draft."""
        out: dict[tuple[str, str], Body] = {}
        for identity, (kind, body) in self.objects.items():
            name = body.get("slug") or body.get("key") or manifest_key(identity)
            rank = {"active": 0, "scheduled": 1, "draft": 2}.get(body.get("status", "active"), 3)
            if rank == 3 or (kind == "feature" and body.get("archivedAt")):
                continue
            known = out.get((kind, name))
            if known is None or rank < known["rank"]:
                out[kind, name] = {"rank": rank, **self.document(kind, identity, body)}
        for document in out.values():
            del document["rank"]
        return out

    def document(self, kind: str, identity: str, body: Body) -> Body:
        """A manifest for what the server shows."""
        out = _plain({k: v for k, v in body.items() if k not in _SERVERS})
        if kind == "meter":
            out = {k: v for k, v in out.items() if v != ""}
        if (kind == "addon" and body.get("status") == "draft") or (
            kind == "plan" and body.get("status") == "draft"
        ):
            out["lifecycle"] = "draft"
        for place, card in _cards(out) if kind in _VERSIONED else ():
            if (identity, *place) in self.without_term:
                del card["price"]["paymentTerm"]
        if kind == "plan" and self.assignments.get(identity):
            out["addons"] = [self.offer(one) for one in self.assignments[identity].values()]
        if kind == "notification_channel":
            out["key"] = manifest_key(identity)
        if kind == "notification_rule":
            out["key"] = manifest_key(identity)
            out = self.named(out)
        return {"kind": kind, **out}

    def offer(self, body: Body) -> Body:
        """An assignment as a plan's manifest says it."""
        out = {
            k: v
            for k, v in body.items()
            if k in ("fromPlanPhase", "maxQuantity", "metadata") and v is not None
        }
        identity = body["addon"]["id"] if "addon" in body else body.get("addonId")
        return {"addon": self.key("addon", identity), **out}

    def named(self, rule: Body) -> Body:
        """A rule with keys in place of ids."""
        out = dict(rule)
        for name, kind in (("channels", "notification_channel"), ("features", "feature")):
            if isinstance(out.get(name), list):
                ids = [one.get("id") if isinstance(one, dict) else one for one in out[name]]
                out[name] = [self.reference(kind, one) if isinstance(one, str) else one for one in ids]
        return out

    def reference(self, kind: str, text: str) -> str:
        """A feature may be named by key already."""
        known = kind == "feature" and any(
            k == kind and b.get("key") == text for k, b in self.objects.values()
        )
        return text if known else self.key(kind, text)


def manifest_key(identity: str) -> str:
    """A key for what has none on the server."""
    return "k" + re.sub("[^0-9a-z]", "_", identity.lower())


def _plain(value: Any) -> Any:
    """Without members that are null, which is how the server shows what is not there."""
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items() if v is not None}
    return [_plain(one) for one in value] if isinstance(value, list) else value


_MASK = re.compile(r"<(ulid|time|secret):(\d+)>")


def _value(match: re.Match[str]) -> str:
    """A value of the kind that a mask stands for."""
    number = int(match[2])
    if match[1] == "ulid":
        return f"01JAAAAAAAAAAAAAAAAAAA{number:04d}"
    if match[1] == "time":
        return f"2026-01-01T{number // 60:02d}:{number % 60:02d}:00Z"
    return "whsec_" + base64.b64encode(b"%032d" % number).decode()


@cache
def seeded(profile: str) -> list[Body]:
    """The meters that a server is set up with."""
    with httpx.Client(transport=Sandbox(profile).transport(), base_url="http://sandbox.localhost") as client:
        return client.get("/api/v1/meters").json()


def questions(area: str) -> Iterator[Question]:
    """All questions of an area."""
    for masked in recordings.scenarios(area):
        scenario = json.loads(_MASK.sub(_value, json.dumps(masked)))
        if scenario["profile"] == "no_svix":
            continue
        world = World()
        world.see("meter", seeded(scenario["profile"]))
        for number, exchange in enumerate(scenario["exchanges"], 1):
            request, response = exchange["request"], exchange["response"]
            match = _PATH.fullmatch(request["path"].partition("?")[0])
            if match is None:
                if request["path"].startswith("/api/v3/") and request["method"] != "GET":
                    break
                continue
            kind = FOLDERS[match[1]]
            for act, subject, documents in _asked(world, kind, match, request, response):
                expected, said = _verdict(response, act)
                yield Question(area, scenario["scenario"], number, act, subject, documents, expected, said)
            _learn(world, kind, match, request, response)


def _asked(
    world: World, kind: str, match: re.Match[str], request: Body, response: Body
) -> Iterator[tuple[str, str, tuple[Body, ...]]]:
    method, name, part = request["method"], match[2], match[3]
    status = response["status"]
    detail = str((response.get("body") or {}).get("detail", "")) if status >= 400 else ""
    if request.get("query") or status not in (200, 201, 400, 404, 500) or _ELSEWHERE.match(detail):
        return
    if part == "publish" and method == "POST":
        body = world.find(kind, name)
        if body is None or body.get("status") != "draft" or status == 404 or _sent(request):
            return
        if kind == "plan" and not all(_standing(world, one) for one in world.assignments.get(body["id"], ())):
            return
        yield from _with(
            world, f"{kind} publish", {**world.document(kind, body["id"], body), "lifecycle": "published"}
        )
        return
    sent = _sent(request)
    if sent is None or (method == "PUT" and sent.get("billingCadence") == ""):
        return
    if detail.startswith("validation error: maximum number (10) of rules") and not _full(world, sent):
        return
    if part == "addons" and kind == "plan":
        yield from _offered(world, match, method, sent, status)
    elif method == "POST" and name is None:
        yield from _created(world, kind, sent, status)
    elif method == "PUT" and name is not None and part is None:
        yield from _replaced(world, kind, name, sent, status)


def _full(world: World, sent: Body) -> bool:
    """Whether ten rules that can be seen use a channel; rules that were refused hold places too."""
    rules = [b for k, b in world.objects.values() if k == "notification_rule"]
    used = [one["id"] for rule in rules for one in rule.get("channels") or ()]
    return any(used.count(one) >= 10 for one in sent.get("channels") or ())


def _sent(request: Body) -> Body | None:
    if request.get("headers"):
        return None
    try:
        body = json.loads(request["raw"], parse_float=Decimal) if "raw" in request else request.get("body")
    except ValueError:
        return None
    return copy.deepcopy(body) if isinstance(body, dict) and not _said_differently(body) else None


def _said_differently(body: Any) -> bool:
    """Whether a manifest says it in another way: amounts may be numbers there, what must be null there may be missing; and text is Unicode."""
    if isinstance(body, list):
        return any(map(_said_differently, body))
    if isinstance(body, str):
        return any("\ud800" <= c <= "\udfff" for c in body)
    if not isinstance(body, dict):
        return False
    if any(isinstance(body.get(name), int | float | Decimal) for name in _AMOUNTS) and not isinstance(
        body.get("quantity"), bool
    ):
        return True
    for phase in body["phases"] if isinstance(body.get("phases"), list) else ():
        if isinstance(phase, dict) and "duration" not in phase:
            return True
    for card in body["rateCards"] if isinstance(body.get("rateCards"), list) else ():
        if isinstance(card, dict) and not {"price", "billingCadence"} <= card.keys():
            return True
    for tier in body["tiers"] if isinstance(body.get("tiers"), list) else ():
        prices = [tier.get("flatPrice", ""), tier.get("unitPrice", "")] if isinstance(tier, dict) else []
        if any(isinstance(one, str | int | float) for one in prices):
            return True
    if any(
        isinstance(body.get(name), float | Decimal) for name in ("issueAfterResetPriority", "maxQuantity")
    ):
        return True
    return any(_said_differently(one) for one in (*body, *body.values()))


def _created(world: World, kind: str, sent: Body, status: int) -> Iterator[Any]:
    if (kind in _VERSIONED and world.draft_of(kind, sent.get("key"))) or (
        status == 404 and kind != "feature"
    ):
        return
    document = {"kind": kind, **sent}
    if kind.startswith("notification"):
        document = {**world.named(document), "key": "asked_about"}
        if _merged(sent, document):
            return
    if kind in _VERSIONED:
        document["lifecycle"] = "draft"
    yield from _with(world, f"{kind} create", document)


def _merged(sent: Body, named: Body) -> bool:
    """Whether a feature is named by key and by id: a catalog has one name for it."""
    ids, keys = sent.get("features"), named.get("features")
    return isinstance(ids, list) and len({str(one) for one in ids}) > len({str(one) for one in keys or ()})


def _replaced(world: World, kind: str, name: str, sent: Body, status: int) -> Iterator[Any]:
    body = world.find(kind, name)
    if body is None or status == 404 or (kind in _VERSIONED and body.get("status") != "draft"):
        return
    now = world.document(kind, body["id"], body)
    kept = {k: v for k, v in now.items() if k not in _UPDATABLE.get(kind, ())}
    if kind.startswith("notification"):
        kept = {"kind": kind, "key": now["key"]}
        if (sent.get("type") != body["type"] and "type" in sent) or (
            body["type"] == "WEBHOOK" and not sent.get("signingSecret")
        ):
            return
        sent = world.named(sent)
    sent = {k: v for k, v in sent.items() if k not in kept or kind.startswith("notification")}
    yield from _with(world, f"{kind} update", {**kept, **sent})


def _offered(world: World, match: re.Match[str], method: str, sent: Body, status: int) -> Iterator[Any]:
    plan = world.find("plan", match[2])
    if plan is None or plan.get("status") != "draft" or status == 404:
        return
    others = world.assignments.get(plan["id"], {})
    if len(
        {world.key("addon", one) for one in others} | {world.key("addon", str(sent.get("addonId")))}
    ) <= len(set(others) - {sent.get("addonId")}):
        return
    document = world.document("plan", plan["id"], plan)
    offers = document.get("addons", [])
    if method == "POST" and match[4] is None:
        if ("addonId" in sent and not isinstance(sent["addonId"], str)) or "addonId" not in sent:
            return
        if "addonId" in sent and not _standing(world, sent["addonId"]):
            return
        offers = [*offers, {"addon": world.key("addon", sent.pop("addonId")), **sent}]
    elif method == "PUT" and match[4] is not None:
        known = world.assignments.get(plan["id"], {})
        addon = next((k for k in known if match[4] in (k, world.key("addon", k))), None)
        if addon is None or not _standing(world, addon):
            return
        key = world.key("addon", addon)
        offers = [{"addon": key, **sent} if one["addon"] == key else one for one in offers]
    else:
        return
    yield from _with(
        world, f"plan addon {'create' if method == 'POST' else 'update'}", {**document, "addons": offers}
    )


def _standing(world: World, identity: str) -> bool:
    """Whether an add-on's version is the one that a manifest of its key stands for."""
    found = world.objects.get(identity)
    if found is None or found[0] != "addon":
        return False
    best = world.documents().get(("addon", found[1]["key"]))
    return best is not None and found[1].get("status") == "active"


def _with(world: World, act: str, document: Body) -> Iterator[tuple[str, str, tuple[Body, ...]]]:
    if world.recreated(_text(document)):
        return
    name = str(document.get("slug" if document["kind"] == "meter" else "key"))
    others = [
        body for (kind, key), body in world.documents().items() if (kind, key) != (document["kind"], name)
    ]
    yield act, f"{document['kind']}/{name}", (document, *others)


def _verdict(response: Body, act: str) -> tuple[str, str]:
    body = response.get("body")
    body = body if isinstance(body, dict) else {}
    if response["status"] >= 400:
        codes = [str(e.get("code")) for e in (body.get("extensions") or {}).get("validationErrors", [])]
        if act == "plan addon update" and codes:
            return "kept", ", ".join(codes)
        return "refused", ", ".join(codes) or f"{response['status']} {body.get('detail', '')}"
    errors = body.get("validationErrors") or []
    return ("kept" if errors else "fine"), ", ".join(str(e.get("code")) for e in errors)


def _learn(world: World, kind: str, match: re.Match[str], request: Body, response: Body) -> None:
    status, body = response["status"], response.get("body")
    if status >= 300 or request.get("query"):
        return
    if match[3] == "addons":
        plan = world.find("plan", match[2])
        if plan is not None:
            _learn_offers(world.assignments.setdefault(plan["id"], {}), match, request, body)
    elif request["method"] == "DELETE":
        gone = world.find(kind, match[2])
        if gone is not None:
            if kind == "feature":
                world.objects[gone["id"]] = (kind, {**gone, "archivedAt": "now"})
            else:
                world.objects.pop(gone["id"])
    elif body is not None:
        world.see(kind, body)
        _terms(world, _sent(request), body)
        _published(world, kind, match, body)


def _terms(world: World, sent: Body | None, body: Any) -> None:
    """Usage-based flat prices sent without a payment term: the server shows one that it does not store."""
    for place, card in _cards(sent or {}):
        world.without_term.discard((body["id"], *place))
        price = card.get("price") or {}
        if card["type"] == "usage_based" and price.get("type") == "flat" and not price.get("paymentTerm"):
            world.without_term.add((body["id"], *place))


def _cards(body: Body) -> Iterator[tuple[tuple[str, str], Body]]:
    """Rate cards with their phase's key and their own."""
    for phase in body.get("phases") or [{"key": "", "rateCards": body.get("rateCards")}]:
        for card in phase["rateCards"] or ():
            yield (phase["key"], card["key"]), card


def _learn_offers(known: dict[str, Body], match: re.Match[str], request: Body, body: Any) -> None:
    if request["method"] == "DELETE":
        gone = [k for k, one in known.items() if match[4] in (k, one["addon"]["key"])]
        for key in gone:
            del known[key]
    elif isinstance(body, dict) and "addon" in body:
        known[body["addon"]["id"]] = body


def _published(world: World, kind: str, match: re.Match[str], body: Any) -> None:
    """A new active version takes the old one's place."""
    if match[3] != "publish" or not isinstance(body, dict):
        return
    for identity, (other, one) in list(world.objects.items()):
        if (
            other == kind
            and one.get("key") == body.get("key")
            and one.get("status") == "active"
            and identity != body["id"]
        ):
            world.objects[identity] = (kind, {**one, "status": "archived"})


def judge(question: Question, lifecycle: str | None = None) -> tuple[Diagnostic, ...]:
    """What is said offline of the object asked about, through a text as a person would write it; of lint only what would stop a run."""
    first, *others = question.documents
    if lifecycle is not None:
        first = {**first, "lifecycle": lifecycle}
    texts = [SourceFile("asked.yaml", _text(first))]
    if others:
        texts.append(SourceFile("others.yaml", "---\n".join(_text(one) for one in others)))
    stricter = check.LintSettings(
        {"channel-secret-inline": "warning"}
    )  # the server takes secrets as they are
    found = check.check((), sources=texts, settings=stricter).diagnostics
    return tuple(
        d
        for d in found
        if d.is_error or d.code not in _LINT
        if d.code not in _STRICTER
        if d.where is None or d.where.file == "asked.yaml" or d.code == "channel-rules"
    )


_STRICTER = ("channel-url-password", "metadata-reserved")
"""What the server takes and the engine refuses: a password that everybody reads, a name that it keeps for itself."""


def _text(document: Body) -> str:
    text = simplejson.dumps(_exact(document), ensure_ascii=False)
    return _UNPRINTABLE.sub(lambda match: f"\\u{ord(match[0]):04x}", text) + "\n"


def _exact(value: Any) -> Any:
    """Numbers with all their digits and without an exponent, as a person writes them."""
    if isinstance(value, dict):
        return {name: _exact(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_exact(one) for one in value]
    if isinstance(value, float | Decimal):
        return simplejson.RawJSON(format(Decimal(repr(value)) if isinstance(value, float) else value, "f"))
    return value
