"""What must hold when everything has come to rest: inside, outside, and between the two, by content and not by counts alone."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from inspector.domain.assistance import TIMERS, AssistanceState, Request
from inspector.domain.case import Case, CaseState, ClaimStatus, Method
from inspector.domain.decision import OrderKind
from inspector.store.codec import load
from inspector.store.tables import assistance, case_file, event, evidence, ledger, work
from inspector.store.tx import Tx

CALLS = (OrderKind.RATE, OrderKind.ASK, OrderKind.ASSIST_SEND, OrderKind.TELL, OrderKind.CREDIT)
"""Orders that somebody outside must have seen."""

REPLIED = (AssistanceState.ANSWERED, AssistanceState.DECLINED)


@dataclass(frozen=True, kw_only=True)
class Outside:
    """What the world says it has: the counts of each peer, what each was sent by key, and what lies with it."""

    summary: Mapping[str, Any]
    keys: Mapping[str, Mapping[str, int]]
    notices: Mapping[str, Mapping[str, Any]]
    entries: Mapping[str, Mapping[str, Any]]
    letters: Mapping[str, tuple[str, str, str]]
    replies: frozenset[str]

    @classmethod
    def ask(cls, get: Callable[[str], Any]) -> Outside:
        """Ask the world over its socket."""
        summary, kept = get("/_seen"), get("/_kept")
        keys = {key: seen for peer in summary["peers"] for key, seen in get(f"/_seen?peer={peer}").items()}
        letters = {key: (told[0], told[1], told[2]) for key, told in kept["letters"].items()}
        return cls(
            summary=summary,
            keys=keys,
            notices=kept["notices"],
            entries=kept["entries"],
            letters=letters,
            replies=frozenset(kept["replies"]),
        )


class Inside:
    """What the database says, read once."""

    def __init__(self, tx: Tx) -> None:
        run = tx.connection.execute
        self.cases = {case.id: case for case in (load(Case, text) for text in run(sa.select(case_file.c.body)).scalars())}
        self.requests = {one.id: one for one in (load(Request, text) for text in run(sa.select(assistance.c.body)).scalars())}
        self.events = run(sa.select(event)).all()
        self.works = {row.key: row for row in run(sa.select(work.c.key, work.c.kind, work.c.state, work.c.error, work.c.case_id))}
        self.evidence = [(row.case_id, json.loads(row.body)) for row in run(sa.select(evidence.c.case_id, evidence.c.body))]
        weighed = ledger.c.rule.in_(("evidence.weigh", "evidence.late"))
        self.weighed = Counter(run(sa.select(ledger.c.about).where(weighed)).scalars())
        self.chain = tx.ledger.verify()


def problems(tx: Tx, outside: Outside, accepted: Collection[str]) -> list[str]:
    """Everything that must not be, in words; none when nothing was lost and nothing doubled."""
    inside = Inside(tx)
    found = [*_cases(inside, accepted), *_evidence(inside), *_orders(inside, outside), *_letters(inside, outside)]
    found += [*_notices(inside, outside), *_entries(inside, outside)]
    if inside.chain[1]:
        found.append(f"ledger: {inside.chain[1]} after {inside.chain[0]} seals")
    if outside.summary["conflicts"]:
        found.append(f"{outside.summary['conflicts']} keys were seen with two contents")
    keyless = [peer for peer, seen in outside.summary["peers"].items() if seen["without_key"]]
    return [*found, *(f"{peer} was called without a key" for peer in keyless)]


def _told(what: str, which: Collection[object]) -> Iterator[str]:
    if which:
        yield f"{len(which)} {what}, as {min(map(str, which))}"


def _cases(inside: Inside, accepted: Collection[str]) -> Iterator[str]:
    """Each accepted case is there, and has ended, or is with a person, or waits for an agency or a visit."""
    yield from _told("accepted cases are not there", set(accepted) - set(inside.cases))
    yield from _told("cases nobody was told of", set(inside.cases) - set(accepted))
    yield from _told("cases stand still", [one for one, case in inside.cases.items() if not _at_rest(case, inside)])


def _at_rest(case: Case, inside: Inside) -> bool:
    if case.state is not CaseState.VERIFYING:
        return case.state in (CaseState.CLOSED, CaseState.REVIEW)
    waits = [held for held in case.claims if held.status is ClaimStatus.OPEN]
    return bool(waits) and all(_waits(case.id, held.claim.key, held.step.method if held.step else None, inside) for held in waits)


def _waits(case_id: str, claim: str, method: Method | None, inside: Inside) -> bool:
    """A claim waits for a visit, or for an agency that holds the letter and whose clocks run."""
    if method is not Method.ASSISTANCE:
        return method is Method.ON_SITE
    asked = [one for one in inside.requests.values() if (one.case_id, one.claim) == (case_id, claim) and one.state.open]
    clocks = {
        kind for kind in TIMERS if asked and (row := inside.works.get(f"{kind.value}:{asked[0].id}")) and row.state == "waiting"
    }
    return len(asked) == 1 and OrderKind.ASSIST_DUE in clocks


def _evidence(inside: Inside) -> Iterator[str]:
    """One answer for each question, weighed once."""
    ways = Counter((case_id, body["claim"], body["method"], body["via"]) for case_id, body in inside.evidence)
    yield from _told("answers came twice", [way for way, count in ways.items() if count > 1])
    held = Counter(case_id for case_id, _ in inside.evidence)
    yield from _told(
        "cases weighed more or less than they have answers", [one for one in inside.cases if held[one] != inside.weighed[one]]
    )


def _orders(inside: Inside, outside: Outside) -> Iterator[str]:
    """What was carried out was seen outside, and what was seen outside was ordered."""
    yield from _told("orders in quarantine", [key for key, row in inside.works.items() if row.state == "quarantined"])
    calls = {key: row for key, row in inside.works.items() if row.kind in CALLS}
    yield from _told("orders are still open", [key for key, row in calls.items() if row.state in ("ready", "waiting")])
    done = [key for key, row in calls.items() if row.state == "done" and row.error is None]
    unseen = [key for key in done if not outside.keys.get(key, {}).get("served")]
    yield from _told("orders are done and were never seen outside", unseen)
    yield from _told("calls that nobody ordered", set(outside.keys) - set(calls))


def _letters(inside: Inside, outside: Outside) -> Iterator[str]:
    """Each request has one letter with the agency that was asked, and each reply the office took counts once."""
    sent = Counter(request for _, kind, request in outside.letters.values() if kind == "request")
    agency = {request: name for name, kind, request in outside.letters.values() if kind == "request"}
    wrong = [one.id for one in inside.requests.values() if sent[one.id] != 1 or agency[one.id] != one.requested]
    yield from _told("requests without exactly one letter at their agency", wrong)
    yield from _told("letters without a request", set(sent) - set(inside.requests))
    replied = {one.id for one in inside.requests.values() if one.state in REPLIED}
    yield from _told("replies the office took and does not have", outside.replies - replied)
    heard = Counter((case_id, body["claim"]) for case_id, body in inside.evidence if body["method"] == Method.ASSISTANCE)
    lost = [one for one in replied if heard[inside.requests[one].case_id, inside.requests[one].claim] != 1]
    yield from _told("replies without exactly one piece of evidence", lost)


def _notices(inside: Inside, outside: Outside) -> Iterator[str]:
    """The approving system has heard each event once, with its content, and no result twice."""
    for row in inside.events:
        told = outside.notices.get(row.id, {})
        if (told.get("type"), told.get("case"), told.get("data")) != (row.type, row.case_id, json.loads(row.body)):
            yield f"event {row.id} ({row.type}) was {'told differently' if told else 'never told'}"
    yield from _told("notices of no event", set(outside.notices) - {row.id for row in inside.events})
    same = Counter((told["case"], told["type"], json.dumps(told["data"], sort_keys=True)) for told in outside.notices.values())
    yield from _told("notices told under two names", [content for content, count in same.items() if count > 1])
    ends: dict[str, list[str]] = defaultdict(list)
    for row in inside.events:
        if row.type == "verification.result":
            ends[row.case_id].append(json.loads(row.body)["outcome"])
    wrong = [one for one, case in inside.cases.items() if ends[one] != ([case.outcome.value] if case.outcome else [])]
    yield from _told("cases whose outcome was not told exactly once", wrong)


def _entries(inside: Inside, outside: Outside) -> Iterator[str]:
    """The credit platform holds the entry of each closed case, and no other."""
    wanted = {case.entry: (one, case.outcome) for one, case in inside.cases.items() if case.entry is not None}
    closed = {one for one, case in inside.cases.items() if case.state is CaseState.CLOSED}
    yield from _told("closed cases without a credit entry", closed - {one for one, _ in wanted.values()})
    held = {entry: (said["case"], said["outcome"]) for entry, said in outside.entries.items()}
    yield from _told(
        "credit entries the platform lacks or has with other content", {e for e in wanted if held.get(e) != wanted[e]}
    )
    yield from _told("credit entries too many at the platform", set(held) - set(wanted))
