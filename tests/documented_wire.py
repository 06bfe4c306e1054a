"""docs/reference/wire.md: what our connectors really send to a socket, and what they make of each reply; part of `tests.generate_docs`."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from connectors.signers.webhook import Signer
from inspector.domain.assistance import Inability, Quarrel
from inspector.domain.said import Saying
from inspector.domain.statement import Statement
from inspector.ports import Answer, PortError, Rating, Receipt
from inspector.testing.peer import Heard, Peer, answer, peer
from inspector.web.assistance import DateIn, ForwardIn
from inspector.web.links import SeatDeclineIn
from inspector.web.messages import AnswerIn, DeclineIn, FindingIn, ResultIn
from inspector.web.replies import SignedReplyIn
from tests.markdown import first_line, table
from tests.wire import AGENCY, CASES, LEVEL, SECRET, SIGNED_AT, Exchange, one_of
from tests.wire_credit import ACCOUNTS
from tests.wire_draws import DRAWS

EXCHANGES = (*CASES, *ACCOUNTS, *DRAWS)

STATUSES = (200, 202, 204, 301, 400, 401, 403, 404, 405, 408, 409, 410, 413, 422, 425, 429, 500, 501, 502, 503, 504, 505)
SHOWN = (
    "authorization",
    "content-type",
    "idempotency-key",
    "x-correlation-id",
    "webhook-id",
    "webhook-timestamp",
    "webhook-signature",
)
"""The headers that say something about the message, in the order in which they are shown."""
PLAIN = {"host", "accept", "accept-encoding", "user-agent", "cache-control", "content-length", "connection"}
"""Those that every HTTP client sends."""
REPLY = {
    "do": one_of(Saying),
    "signer": "who answers for it; needed with each",
    "verdict": "with `answer`, as above",
    "value": "with `answer` as above; with `partly` the part that is answered",
    "rest": "with `partly`: what is still open",
    "reasons": "needed with `decline`, `propose`, `extend`, `calm` (the request is not urgent), `warn` (there is a difficulty), "
    "`forward` and `contest`; with `answer` and `partly` a remark",
    "inability": f"needed with `decline`: {one_of(Inability)}",
    "day": "with `propose`: the working day by which you can answer",
    "to": "with `forward`: the agency that is competent, by its name or as our settings name it",
    "about": f"with `contest`: {one_of([Quarrel.COMPETENCE, Quarrel.GROUND])}; the common superior decides",
}
INCOMING: Mapping[str, tuple[type[BaseModel], Mapping[str, Any], Mapping[str, str]]] = {
    "POST /v1/assistance/{request}/answer": (
        AnswerIn,
        {"value": "示例区云溪街道1号", "signer": "某某局 王五"},
        {
            "verdict": "`match`, `mismatch`, `not_found` or `cannot_say`; left out where `value` is given and the pack's rule compares it: "
            "then only a value of the pack's list, or of the promise's form (a day, a number, yes or no, a code), "
            "contradicts; other text is kept and read by a person",
            "value": "what your records say, one line; needed with `mismatch`; with `cannot_say`, why. “No record”, “-” and what is not in "
            "the pack's list contradict nothing, whatever the verdict: they are kept and read by a person",
            "signer": "who answers for it",
        },
    ),
    "POST /v1/assistance/{request}/decline": (
        DeclineIn,
        {"reasons": "档案正在移交，移交完成前无法查阅", "signer": "某某局 王五", "inability": "HINDERS_DUTIES"},
        {
            "reasons": "why you cannot help; needed",
            "signer": "who answers for it",
            "inability": f"its code: {one_of(Inability)}; needed",
        },
    ),
    "POST /v1/assistance/{request}/forward": (
        ForwardIn,
        {"to": "archives", "reasons": "该档案已移交档案馆", "signer": "某某局 王五"},
        {
            "to": "the agency that is competent, by its id in this house's tree",
            "reasons": "why you are not; needed",
            "signer": "who answers for it",
        },
    ),
    "POST /v1/assistance/{request}/date": (
        DateIn,
        {"day": "2026-03-20", "reasons": "需要调阅纸质档案", "signer": "某某局 王五"},
        {
            "day": "the working day by which you can answer; until it is agreed the old date binds",
            "reasons": "why; needed",
            "signer": "who answers for it",
        },
    ),
    "POST /v1/agencies/{connector}/replies": (
        SignedReplyIn,
        {"request": "9b2e4c6d8f0a4b1c9d3e5f7a1b2c3d4e", "do": "answer", "verdict": "match", "signer": "某某局 王五"},
        REPLY | {"request": "the request's number, as in the letter"},
    ),
    "POST /v1/seats/{seat}/decline": (
        SeatDeclineIn,
        {"reason": "与检查对象有利害关系"},
        {
            "reason": "why; needed",
            "captured_at": "when it was written, by the phone's own clock, where it may have lain in a phone without signal: one that "
            "comes when the seat has passed on is kept then (`belated`), and refused else (`seat_closed`)",
            "sent_at": "when it was sent, by the same clock",
            "accepted": "whether the seat was accepted where it was written: who has accepted since has said so later "
            "(`seat_accepted_since`)",
        },
    ),
    "POST /v1/seats/{seat}/result": (
        ResultIn,
        {
            "findings": [{"case_id": "5f1c0a9e4b7d4c1f8a2e6d3b9c0f7a11", "claim": "c1", "verdict": "match", "note": ""}],
            "seen": "NOTHING",
            "remarks": "现场查看，拍照留存",
            "visited_on": "2026-03-09",
        },
        {
            "findings": "an answer to every fact in question that `GET /v1/seats/{seat}` lists under `visit.doubts`",
            "seen": "`NOTHING` or `FINDING`: whether there was something beside the facts in question",
            "remarks": "in the inspector's own words",
            "visited_on": "the day of the visit; may be left out, then it is today",
            "findings.case_id": "as in the doubt",
            "findings.claim": "as in the doubt",
            "findings.verdict": "`match`, `mismatch`, `not_found` or `cannot_say`",
            "findings.note": "in words; needed with `mismatch`",
        },
    ),
}
"""What the other side sends to the house: operation → shape, an example, and what each field means."""


def made(exchange: Exchange, url: str, folder: Path, **more: object) -> Any:
    """The exchange's connector, for a peer."""
    config: dict[str, object] = {"url": url, "tries": 1, **exchange.config, **more}
    if exchange.signed:
        secret = folder / "secret"
        secret.touch(mode=0o600)
        secret.write_text(SECRET)
        config["secret_file"] = str(secret)
    return exchange.connector(exchange.name, config)


@cache
def heard() -> Mapping[str, Heard]:
    """What each connector sent, by the exchange's name; its documented reply was taken."""
    return {name: found for name, found, _ in _played(lambda exchange: [answer(200, exchange.reply)])}


@cache
def fates() -> Mapping[str, Mapping[int, str]]:
    """What each of three connectors makes of a status: one that asks, one that hands over, one that signs."""
    signed = next(one for one in EXCHANGES if one.signed)
    return {
        one.name: {
            status: outcome
            for status, (_, _, outcome) in zip(
                STATUSES,
                _played(lambda held: [answer(s, held.reply if s == 200 else None) for s in STATUSES], (one,)),
                strict=True,
            )
        }
        for one in (LEVEL, AGENCY, signed)
    }


def _played(steps: Any, exchanges: tuple[Exchange, ...] = EXCHANGES) -> Iterator[tuple[str, Heard, str]]:
    """(name, what was sent, what became of it) of each exchange with each step."""
    with tempfile.TemporaryDirectory() as folder, peer() as other:
        for exchange in exchanges:
            for step in steps(exchange):
                yield exchange.name, *_one(exchange, other, Path(folder), step)


def _one(exchange: Exchange, other: Peer, folder: Path, step: Any) -> tuple[Heard, str]:
    other.plays(step)
    connector = made(exchange, other.url, folder)
    try:
        outcome = _worded(exchange.call(connector))
    except PortError as error:
        outcome = f"{type(error).__name__}, `{error.code}`"
    finally:
        connector.close()
    return other.heard[0], outcome


def _worded(result: object) -> str:
    match result:
        case Answer():
            value = f" “{result.value}”" if result.value is not None else ""
            return f"`{result.status.value}`{value}" + (f" ({result.note})" if result.note else "")
        case Rating():
            dated = f", as of {result.as_of:%Y-%m-%d}" if result.as_of else ", undated: counts as unrated" if result.level else ""
            return f"level {result.level}{dated}" if result.level else "not rated"
        case Statement():
            return f"{len(result.rows)} entries, as of {result.as_of:%Y-%m-%d}"
        case Receipt():
            dated = f" of {result.at.isoformat()}" if result.at else ""
            return f"receipt `{result.reference}`{dated}" if result.reference else f"receipt without a number{dated}"
        case _:
            return "taken"


def leaves(told: Mapping[str, Any], before: str = "") -> list[str]:
    """The fields of a message, dotted."""
    found: list[str] = []
    for name, value in told.items():
        found += leaves(value, f"{before}{name}.") if isinstance(value, dict) and value else [f"{before}{name}"]
    return found


def _at(told: Any, name: str) -> object:
    for step in name.split("."):
        told = told[step]
    return told


def chapter(exchange: Exchange) -> str:
    """One exchange: what is sent, what is wanted, what else is taken for what, and what becomes of it."""
    sent = heard()[exchange.name]
    body = json.loads(sent.body) if sent.body else {}
    lines = [f"### {exchange.title}", "", exchange.about, "", "```http", f"POST {sent.path}", *_headers(exchange, sent), ""]
    lines += [json.dumps(body, ensure_ascii=False, indent=2)] if body else []
    lines += ["```", ""]
    if body:
        lines += [
            table(
                ("field", "type", "meaning"),
                [(f"`{name}`", _type(_at(body, name)), told) for name, told in exchange.sent.items()],
            )
        ]
    if exchange.reply is not None:
        lines += ["", "Wanted: 2xx with", "", "```json", json.dumps(exchange.reply, ensure_ascii=False), "```", ""]
        lines += [table(("field", "meaning"), [(f"`{name}`", told) for name, told in exchange.told.items()])]
    if exchange.others:
        lines += ["", table(("2xx with", "is taken for"), list(_others(exchange)))]
    lines += ["", table(("when the call ends as", "then"), [(name, told) for name, told in exchange.fates.items()])]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)) + "\n"


def _others(exchange: Exchange) -> Iterator[tuple[str, str]]:
    replies = (exchange.reply, *exchange.others)
    for reply, (_, _, outcome) in zip(
        replies, _played(lambda _: [answer(200, one) for one in replies], (exchange,)), strict=True
    ):
        yield f"`{json.dumps(reply, ensure_ascii=False)}`", outcome


def _type(value: object) -> str:
    return {str: "text", bool: "true/false", int: "number", dict: "object", list: "list", type(None): "text or null"}[type(value)]


def _headers(exchange: Exchange, sent: Heard) -> Iterator[str]:
    signed = signature(sent) if exchange.signed else {}
    for name in SHOWN:
        if value := signed.get(name) or sent.headers.get(name):
            yield f"{name.title()}: {value}" if not name.startswith("webhook") else f"{name}: {value}"


def signature(sent: Heard) -> Mapping[str, str]:
    """The signature of a body as it would be at a fixed moment, with the secret of the page: a receiver can check his own code by it."""
    with tempfile.TemporaryDirectory() as folder:
        secret = Path(folder) / "secret"
        secret.touch(mode=0o600)
        secret.write_text(SECRET)
        return Signer(str(secret), "page").headers(sent.headers["webhook-id"], sent.body, SIGNED_AT)


def family(*names: str) -> str:
    """The chapters of some exchanges."""
    return "\n".join(chapter(one) for one in EXCHANGES if one.name in names)


def statuses() -> str:
    """What each status becomes."""
    (asked, handed, signed) = fates().values()
    rows = [(f"{status}", asked[status], handed[status], signed[status]) for status in STATUSES]
    return table(("status, no body (200: the wanted one)", "a question", "something handed over", "a signed webhook"), rows)


def vector() -> str:
    """A signed message to check one's own code by."""
    sent = heard()["channel"]
    told = signature(sent)
    return "\n".join(
        (
            "```text",
            f"secret             {SECRET}",
            *(f"{name:<18} {told[name]}" for name in SHOWN if name.startswith("webhook")),
            f"body               {sent.body.decode()}",
            "```",
            "",
        )
    )


def incoming() -> str:
    """What the other side sends."""
    parts = []
    for operation, (shape, example, meanings) in INCOMING.items():
        parts.append(f"#### {operation}\n\n{first_line(shape.__doc__)}\n")
        parts.append(f"```json\n{json.dumps(example, ensure_ascii=False, indent=2)}\n```\n")
        parts.append(table(("field", "meaning"), [(f"`{name}`", told) for name, told in meanings.items()]))
    return "\n".join(parts)


def fields_of(shape: type[BaseModel]) -> set[str]:
    """The fields of a message that comes in, those of a list's items dotted."""
    inner = {f"findings.{name}" for name in FindingIn.model_fields} if shape is ResultIn else set()
    return set(shape.model_fields) | inner


WIRE_BLOCKS = {
    "wire-source": lambda: family("source", "result"),
    "wire-agency": lambda: family("agency"),
    "wire-channel": lambda: family("channel"),
    "wire-credit": lambda: family("level", "entry", "retract", "amend", "statement", "held"),
    "wire-callback": lambda: family("callback"),
    "wire-seed": lambda: family("promise", "reveal"),
    "wire-witness": lambda: family("witness"),
    "wire-pulse": lambda: family("pulse"),
    "wire-statuses": statuses,
    "wire-signature": vector,
    "wire-incoming": incoming,
}
