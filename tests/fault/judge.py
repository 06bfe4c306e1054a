"""What must hold when everything has come to rest: inside, outside, and between the two, by content and not by counts alone."""

from __future__ import annotations

import itertools
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import Any

from inspector.domain.assistance import AssistanceState, Request
from inspector.domain.case import Case, CaseState, LevelReason, Method, Outcome, Route
from inspector.domain.consequence import ConsequenceState
from inspector.domain.decision import OrderKind
from inspector.domain.docket import AMEND_BY_HAND
from inspector.domain.ending import retraction_key
from inspector.domain.evidence import GOOD, UNTRUE, Verdict
from inspector.domain.piece import fingerprint
from inspector.domain.withdrawal import WITHDRAWAL
from tests.fault import clocks, draws, lodgings, seats
from tests.fault.inside import Inside, first, order, told

CALLS = (
    OrderKind.RATE,
    OrderKind.ASK,
    OrderKind.ASSIST_SEND,
    OrderKind.TELL,
    OrderKind.CREDIT,
    OrderKind.CREDIT_RETRACT,
    OrderKind.CREDIT_AMEND,
    OrderKind.PUSH,
    OrderKind.PUSH_OFF,
    OrderKind.DRAW_PROMISE,
    OrderKind.DRAW_LODGE,
    OrderKind.DRAW_REVEAL,
)
"""Orders that somebody outside must have seen."""

UNMADE = (OrderKind.ASSIST_DIGEST, OrderKind.SELF_PROOF_ASK, OrderKind.NOTICE_PUSH)
"""Orders to the outside that the load never makes: its agencies take each letter by itself, no item of it is proven by its subject's own
papers, and its subjects have agreed to no way but paper. Who widens the load holds the outside to them, too, and moves them to `CALLS`."""

REPLIED = (AssistanceState.ANSWERED, AssistanceState.DECLINED)
ENDS = {CaseState.CLOSED: "verification.result", CaseState.WITHDRAWN: "commitment.withdrawn"}
"""How a case may end, and what was told last of one that has. To lie with an officer is no end."""

AFRESH = ("verification.started", "review.opened")
"""After these the same may rightly be told once more."""


@dataclass(frozen=True, kw_only=True)
class Outside:
    """What the world says it has, and what its people have said and the office took.

    `keys` are what each peer was sent, by key. `pushes` are (address, seat) by key, `seats` what each seat's inspector said. Of the
    senders: `accepted` cases with their references, what each `claimed` last, those `withdrawn`, those that they `wished` to withdraw
    when an officer had decided against their subject, and what no sender should hear.
    """

    summary: Mapping[str, Any]
    keys: Mapping[str, Mapping[str, int]]
    notices: Mapping[str, Mapping[str, Any]]
    entries: Mapping[str, Mapping[str, Any]]
    retracted: frozenset[str]
    letters: Mapping[str, tuple[str, str, str]]
    replies: Mapping[str, Mapping[str, str]]
    pushes: Mapping[str, tuple[str, str]]
    seats: Mapping[str, Mapping[str, Any]]
    decided: Mapping[str, list[str]]
    typed: Mapping[str, list[str]]
    witnessed: Mapping[str, str]
    concluded: frozenset[str]
    accepted: Mapping[str, str]
    claimed: Mapping[str, tuple[str, ...]]
    withdrawn: frozenset[str]
    wished: frozenset[str]
    wrong: tuple[str, ...]

    @classmethod
    def ask(
        cls,
        get: Callable[[str], Any],
        *,
        accepted: Mapping[str, str],
        claimed: Mapping[str, tuple[str, ...]],
        withdrawn: frozenset[str],
        wished: frozenset[str],
        wrong: tuple[str, ...],
    ) -> Outside:
        """Ask the world over its socket; what the senders have heard is theirs to tell."""
        summary, kept = get("/_seen"), get("/_kept")
        return cls(
            summary=summary,
            keys={key: seen for peer in summary["peers"] for key, seen in get(f"/_seen?peer={peer}").items()},
            notices=kept["notices"],
            entries=kept["entries"],
            retracted=frozenset(kept["retracted"]),
            letters={key: (said[0], said[1], said[2]) for key, said in kept["letters"].items()},
            replies=kept["replies"],
            pushes={key: (said[0], said[1]) for key, said in kept["pushes"].items()},
            seats=kept["seats"],
            decided={one: said for one, said in kept["decided"].items() if said},
            typed=kept["typed"],
            witnessed=kept["witnessed"],
            concluded=frozenset(kept["concluded"]),
            accepted=accepted,
            claimed=claimed,
            withdrawn=withdrawn | frozenset(kept["withdrawn"]),
            wished=wished | frozenset(kept["wished"]),
            wrong=wrong,
        )


def problems(inside: Inside, outside: Outside, *, lying: AbstractSet[CaseState] = frozenset()) -> list[str]:
    """Everything that must not be, in words; none when nothing was lost and nothing doubled. `lying`: where cases may lie for ever."""
    found = [*_cases(inside, outside, lying), *_people(inside, outside), *_evidence(inside), *_orders(inside, outside)]
    found += [*_letters(inside, outside), *_notices(inside, outside, lying), *_entries(inside, outside)]
    found += [one for of, names in inside.broken.items() for one in told(f"invariant {of}", names)]
    found += [*clocks.problems(inside), *seats.problems(inside, outside), *draws.problems(inside, outside)]
    if inside.chain[1]:
        found.append(f"ledger: {inside.chain[1]} after {inside.chain[0]} seals")
    summary = outside.summary
    if summary["conflicts"]:
        found.append(f"{summary['conflicts']} keys were seen with two contents")
    if summary["forged"]:
        found.append(f"{summary['forged']} messages had a signature that does not hold")
    keyless = [peer for peer, seen in summary["peers"].items() if seen["without_key"]]
    found += [f"{peer} was called without a key" for peer in keyless]
    return [*found, *summary["mishaps"], *outside.wrong]


def _cases(inside: Inside, outside: Outside, lying: AbstractSet[CaseState]) -> Iterator[str]:
    """Each accepted case is there as it was last told, and has ended: in an outcome, or withdrawn. Once, by the ledger too."""
    accepted = outside.accepted
    yield from told("accepted cases are not there", set(accepted) - set(inside.cases))
    yield from told("cases nobody was told of", set(inside.cases) - set(accepted))
    yield from told("cases have not ended", [one for one, case in inside.cases.items() if case.state not in ENDS.keys() | lying])
    wrong = [one for one, case in inside.cases.items() if not _decided_once(case, inside)]
    yield from told("cases whose end the ledger does not hold exactly once", wrong)
    known = [(one, inside.cases[one]) for one in accepted if one in inside.cases]
    yield from told(
        "cases have another reference than their sender's", [one for one, case in known if case.reference != accepted[one]]
    )
    other = [one for one, case in known if tuple(held.claim.value for held in case.claims) != outside.claimed[one]]
    yield from told("cases claim something else than their sender last said", other)


def _decided_once(case: Case, inside: Inside) -> bool:
    """The ledger ends where the case stands, and has closed it as often as a result was told: once, and once more after each review."""
    stood = [state for state, _ in itertools.groupby(inside.stood[case.id])]
    results = sum(kind == ENDS[CaseState.CLOSED] for kind, _ in inside.ways[case.id])
    withdrawn = stood.count(CaseState.WITHDRAWN) == (case.state is CaseState.WITHDRAWN)
    return stood[-1:] == [case.state] and stood.count(CaseState.CLOSED) == results and withdrawn


def _people(inside: Inside, outside: Outside) -> Iterator[str]:
    """What a person was told is done is done, once: withdrawals, conclusions, an officer's decisions; a wish is with an officer."""
    withdrawn = {one for one, case in inside.cases.items() if case.state is CaseState.WITHDRAWN}
    yield from told("withdrawals do not agree with what the senders said", withdrawn ^ outside.withdrawn)
    wished = {one for one in inside.cases if f"{WITHDRAWAL}:{one}" in inside.told}
    yield from told("wishes to withdraw do not agree with what the senders said", wished ^ outside.wished)
    concluded = {one for one, case in inside.cases.items() if case.concluded_at is not None}
    yield from told("conclusions do not agree with what the senders said", concluded ^ outside.concluded)
    reviewed = inside.reviewed
    other = [one for one in {*reviewed, *outside.decided} if reviewed.get(one) != outside.decided.get(one)]
    yield from told("cases are not decided as their officer decided", other)


def _evidence(inside: Inside) -> Iterator[str]:
    """One answer for each question, weighed once. What inspectors saw is the affair of `seats`."""
    answers = [(case_id, body) for case_id, body in inside.evidence if body["method"] != Method.ON_SITE]
    ways = Counter((case_id, body["claim"], body["method"], body["via"], _silent(body)) for case_id, body in answers)
    yield from told("answers came twice", [way for way, count in ways.items() if count > 1])
    held = Counter(case_id for case_id, _ in answers)
    wrong = [one for one in inside.cases if held[one] != inside.weighed[one]]
    yield from told("cases weighed more or less than they have answers", wrong)


def _silent(body: Mapping[str, Any]) -> bool:
    """Whether a piece of evidence says that an agency did not answer in time; a late word of it is another piece."""
    return (body["method"], body["verdict"]) == (Method.ASSISTANCE, Verdict.NO_ANSWER)


def _orders(inside: Inside, outside: Outside) -> Iterator[str]:
    """What was carried out was seen outside, and what was seen outside was ordered."""
    yield from told("orders in quarantine", [key for key, row in inside.works.items() if row.state == "quarantined"])
    yield from told("orders that the load never makes", [key for key, row in inside.works.items() if row.kind in UNMADE])
    calls = {key: row for key, row in inside.works.items() if row.kind in CALLS and row.lane not in ("", "dice", "lottery")}
    yield from told("orders are still open", [key for key, row in calls.items() if row.state in ("ready", "waiting")])
    served = {order(key) for key, seen in outside.keys.items() if seen["served"]}
    ended = [(key, row) for key, row in calls.items() if row.state == "done" and row.error is None]
    done = [key for key, row in ended if not _pointless(key, row, inside, served)]
    yield from told("orders are done and were never seen outside", {_named(key, calls[key]) for key in done} - served)
    named = {_named(key, row) for key, row in calls.items()} | lodgings.calls(outside.witnessed)
    yield from told("calls that nobody ordered", {order(key) for key in outside.keys} - named)


def _named(key: str, row: Any) -> str:
    """The key that the outside sees. A retraction that goes on another day is a new row under the key of the first (`flows.retracting`)."""
    return retraction_key(json.loads(row.payload)["entry"]) if row.kind == OrderKind.CREDIT_RETRACT else key


def _pointless(key: str, row: Any, inside: Inside, served: AbstractSet[str]) -> bool:
    """Work that had lost its purpose when its turn came, or whose patience was over, so that nobody needed to hear of it.

    An entry whose outcome fell, a letter of a request that was over, a push of a seat that had passed on, or that has come there by
    another try of the same; what became of an entry that fell, or that a person tells (the load's platform takes none of that); a question,
    a look-up or a witness given up, which is then written where a person reads it.
    """
    said = json.loads(row.payload)
    case = inside.cases.get(row.case_id)
    match row.kind:
        case OrderKind.CREDIT:
            return case is not None and case.entry != key
        case OrderKind.CREDIT_AMEND:
            by_hand = f"{AMEND_BY_HAND}:{said['entry']}@{row.lane}:{said['kind']}" in inside.told
            return by_hand or (case is not None and case.entry != said["entry"])
        case OrderKind.ASK:
            return inside.verdicts.get(key) == "no_answer"
        case OrderKind.RATE:
            strategy = case.strategy if case is not None else None
            return strategy is not None and strategy.level.reason is LevelReason.LOOK_UP_FAILED
        case OrderKind.ASSIST_SEND:
            request = inside.requests.get(said["request"])
            over = said["letter"] != "cancel" and request is not None and not request.state.open
            return over or f"letter_undeliverable:{key}" in inside.told
        case OrderKind.PUSH:
            seat = inside.seats.get(":".join(key.removeprefix("push:").split(":")[:3]))
            return seat is not None and (not seats.must_be_pushed(seat) or not served.isdisjoint({*seat.pushes} - {key}))
        case OrderKind.PUSH_OFF:
            seat = inside.seats.get(":".join(key.removeprefix("push.off:").split(":")[:3]))
            passed = "word" in said and seat is not None and not seat.state.open
            goes_on = f"{first(key)}~{len(said.get('tried', ())) + 1}" in inside.works  # by another way
            return passed or goes_on or f"push_undelivered:{first(key)}" in inside.told
        case OrderKind.DRAW_PROMISE | OrderKind.DRAW_REVEAL:
            draw = inside.draws.get(said["draw"])
            return draw is not None and draw.void_reason is not None
        case OrderKind.DRAW_LODGE:
            draw = inside.draws.get(said["draw"])
            return draw is not None and draw.witness is None
        case _:
            return False


def _letters(inside: Inside, outside: Outside) -> Iterator[str]:
    """Each request has one letter with the agency that was asked, and each reply the office took counts once."""
    sent = Counter(request for _, kind, request in outside.letters.values() if kind == "request")
    agency = {request: name for name, kind, request in outside.letters.values() if kind == "request"}
    needed = [one for one in inside.requests.values() if one.state is not AssistanceState.CANCELLED or sent[one.id]]
    wrong = [one.id for one in needed if sent[one.id] != 1 or agency[one.id] != one.requested]
    yield from told("requests without exactly one letter at their agency", wrong)
    yield from told("letters without a request", set(sent) - set(inside.requests))
    cancelled = {request for _, kind, request in outside.letters.values() if kind == "cancel"}
    over = {one.id for one in inside.requests.values() if one.state is AssistanceState.CANCELLED and sent[one.id]}
    yield from told("agencies hold a letter and were not told that it is over", over - cancelled)
    replied = {one.id for one in inside.requests.values() if one.state in REPLIED}
    lost = [one for one, said in outside.replies.items() if not _kept(inside.requests.get(one), said, inside)]
    yield from told("replies the office took and does not have", lost)
    answers = [(case_id, body) for case_id, body in inside.evidence if body["method"] == Method.ASSISTANCE]
    heard = Counter((case_id, body["claim"]) for case_id, body in answers if not _silent(body))
    lost = [one for one in replied if heard[inside.requests[one].case_id, inside.requests[one].claim] != 1]
    yield from told("replies without exactly one piece of evidence", lost)


def _kept(request: Request | None, said: Mapping[str, str], inside: Inside) -> bool:
    """Whether a request has that reply word for word, as what ended it or among the words that came too late to change anything.

    A load that takes long, or whose days are short, outlives the days for which a pack keeps the wording of answers. Then an entry made
    behind the last of these days has the fingerprint of the piece that goes; with the reply in its place it is that piece again.
    """
    words = [] if request is None else [*([request.reply] if request.state in REPLIED else []), *request.afterwords]
    if any(said.items() <= word.items() for word in words if word is not None):
        return True
    gone = inside.worded.get(request.id, {}) if request is not None else {}
    pieces = [inside.pieces[one] for one in gone if one in inside.pieces]
    again = [replace(one, found=said.get("value", ""), remark=said.get("reasons", "")) for one in pieces]
    return any(fingerprint(one) == gone[one.id] for one in again)


def _notices(inside: Inside, outside: Outside, lying: AbstractSet[CaseState]) -> Iterator[str]:
    """The approving system has heard each event once, with its content, and no result twice."""
    for row in inside.events:
        said = outside.notices.get(row.id, {})
        if (said.get("type"), said.get("case"), said.get("data")) != (row.type, row.case_id, json.loads(row.body)):
            yield f"event {row.id} ({row.type}) was {'told differently' if said else 'never told'}"
    yield from told("notices of no event", set(outside.notices) - {row.id for row in inside.events})
    yield from told("notices told under two names", [*_doubled(outside.notices)])
    wrong = [one for one, case in inside.cases.items() if case.state not in lying and not _ends_once(case, inside.ways[one])]
    yield from told("cases whose outcome was not told exactly once", wrong)


def _doubled(notices: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """The same thing told twice of a case that has not begun anew, nor come to an officer, between the two."""
    heard: dict[str, set[str]] = defaultdict(set)
    for _, said in sorted(notices.items()):
        if said["type"] in AFRESH:
            heard[said["case"]].clear()
        content = json.dumps([said["type"], said["data"]], sort_keys=True)
        if content in heard[said["case"]]:
            yield f"{said['case']} {content}"
        heard[said["case"]].add(content)


def _ends_once(case: Case, way: list[tuple[str, Mapping[str, Any]]]) -> bool:
    """What was told last is where the case stands; no two outcomes without a review between, and nothing after a withdrawal."""
    if case.state not in ENDS:
        return not way
    kinds = [kind for kind, _ in way]
    twice = any(pair == ("verification.result",) * 2 for pair in itertools.pairwise(kinds))
    end = "application.withdrawn" if (case.state, case.route) == (CaseState.WITHDRAWN, Route.CERTIFICATE) else ENDS[case.state]
    early = any(kind.endswith(".withdrawn") for kind in kinds[:-1])
    last = bool(way) and kinds[-1] == end
    outcome = case.state is not CaseState.CLOSED or (last and way[-1][1]["outcome"] == case.outcome)
    return last and outcome and not twice and not early


def _entries(inside: Inside, outside: Outside) -> Iterator[str]:
    """The credit platform holds the entry of each outcome that stands, and no other; what fell was taken back."""
    wanted = {case.entry: (one, _entered(case)) for one, case in inside.cases.items() if case.entry is not None}
    kept = {one for one, case in inside.cases.items() if case.state is CaseState.CLOSED and case.outcome is Outcome.TRUE}
    yield from told("closed cases without a credit entry", kept - {one for one, _ in wanted.values()})
    held = {entry: (said["case"], said["outcome"]) for entry, said in outside.entries.items()}
    lacking = {entry for entry in wanted if held.get(entry) != wanted[entry]}
    yield from told("credit entries the platform lacks or has with other content", lacking)
    yield from told("credit entries too many at the platform", set(held) - set(wanted))
    adverse = {case.entry for case in inside.cases.values() if case.entry is not None and _entered(case) in UNTRUE}
    decided = {one.entry for one in inside.consequences.values() if one.state is ConsequenceState.IMPOSED and one.verdict}
    yield from told("entries against somebody that no officer has decided", adverse - decided)
    ordered = {json.loads(row.payload)["entry"]: row for row in inside.works.values() if row.kind == OrderKind.CREDIT_RETRACT}
    done = {entry for entry, row in ordered.items() if row.state == "done"}
    yield from told("credit entries taken back inside and not at the platform", done - outside.retracted)
    yield from told("credit entries taken back that nobody wanted back", outside.retracted - set(ordered))


def _entered(case: Case) -> Outcome | None:
    """What the entry of a case says: that the promise was kept, also while it is seen again and until two have struck it (decision 164)."""
    kept = case.overtaken or case.outcome in GOOD or case.state is CaseState.REVIEW
    return Outcome.TRUE if kept else case.outcome


def sorts(inside: Inside) -> Counter[str]:
    """Which sorts of ends a load had, and how many of each, so that no later load is simpler than it looks."""
    found = Counter(f"{case.state.value} case" for case in inside.cases.values())
    found += Counter(f"{case.outcome.value} outcome" for case in inside.cases.values() if case.outcome)
    found += Counter(f"{one.state.value} request" for one in inside.requests.values())
    found += Counter(f"{one.state.value} seat" for one in inside.seats.values())
    found += Counter(f"{one.state.value} visit" for one in inside.visits.values())
    found += Counter(f"{one.state.value} draw" for one in inside.draws.values())
    found += Counter("retraction" for row in inside.works.values() if row.kind == OrderKind.CREDIT_RETRACT)
    found += Counter(
        "review" for kinds in inside.stood.values() for kind, _ in itertools.groupby(kinds) if kind == CaseState.REVIEW
    )
    return found + Counter("correction" for case in inside.cases.values() if any("~" in one.claim.key for one in case.claims))
