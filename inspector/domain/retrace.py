"""What follows of a case computed again: the steps of its consequences, the days of its entries, notices, and what is owed to the public.

Each consequence goes on from the step before as it was computed, and not as it is stored. Where one step is computed by no function, or
by what is not stored any more, the next ones are still tried, and are unsure where they do not come to the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from inspector.domain import (
    acknowledged,
    creditrecord,
    disclosing,
    exchange,
    opening,
    proceeding,
    recounting,
    redress,
    result,
    serving,
    steps,
)
from inspector.domain.assistance import Request
from inspector.domain.case import Case, SubjectKind
from inspector.domain.consequence import Consequence, ConsequenceState
from inspector.domain.course import Setting
from inspector.domain.creditrecord import Record, RecordState
from inspector.domain.decision import Decision
from inspector.domain.duty import Follow
from inspector.domain.errors import InspectorError, Refusal
from inspector.domain.ground import CALENDAR, Counted, Ground, Past
from inspector.domain.ledger import said
from inspector.domain.objection import Objection
from inspector.domain.opening import Opening
from inspector.domain.policy import Policy
from inspector.domain.ruling import prevailing
from inspector.domain.serving import NoticeState
from inspector.domain.steps import Step, Unstored
from inspector.domain.wayto import Reach, ServiceWay

OPENED = frozenset({"consequence.opened", "consequence.revocation", "consequence.restaged", "consequence.anew"})
"""The rules by which one begins that no review has proposed."""
OF_THE_CASE = OPENED | {exchange.ECHO}
"""What also rests on what the case had come to."""
_OVERSEEN = "supervision.found"
_BESIDE = frozenset(
    {
        *("credit.recorded", "credit.effective", "credit.repairable", "credit.lapsed"),
        *("disclosure.owe", "disclosure.minor", "notice.make", "notice.unserved", "notice.cancel", _OVERSEEN),
    }
)
RULES = OPENED | _BESIDE | steps.RULES.keys() | exchange.RULES.keys() | redress.OBJECTIONS | redress.REPAIRS | acknowledged.RULES
"""The rules that are computed here."""


@dataclass(slots=True, kw_only=True)
class Trace:
    """The consequences of a case, its requests, objections and records, as far as they were computed; of those `lost` a step was not.

    `asked`: what the ledger is to say of what begins with a step, by its rule and id, and as what it begins. `cited`: the evidence that
    the last review of the case names. `newest`: the entries that tell the newest receipt of a receiver.
    """

    ground: Ground
    held: dict[str, Consequence] = field(default_factory=dict)
    requests: dict[str, Request] = field(default_factory=dict)
    objections: dict[str, Objection] = field(default_factory=dict)
    records: dict[str, Record] = field(default_factory=dict)
    asked: dict[str, tuple[str, Consequence | Request | None]] = field(default_factory=dict)
    cited: frozenset[str] = frozenset()
    lost: set[str] = field(default_factory=set)
    newest: frozenset[str] = frozenset()

    def hear(self, entry: Past, told: Mapping[str, Any]) -> None:
        """An entry more, whatever it comes to."""
        if entry.rule == "officer.review":
            self.cited = frozenset(map(str, told["facts"].get("evidence", ())))

    def begun(self, held: Consequence | Request) -> None:
        """One that was proposed, or asked, and computed with what did so."""
        if isinstance(held, Request):
            self.requests[held.id] = held
        else:
            self.held[held.id] = held

    def follow(self, state: Case, entry: Past, told: Mapping[str, Any]) -> tuple[bool, bool]:
        """(whether an entry comes to the same, whether that it does not is sure). Raises Unstored.

        `state`: the case as it stood then, as far as that was computed.
        """
        name = _name(entry.rule, told)
        counted, whole = self.ground.counted(entry.at, told.get(CALENDAR))
        first: Decision[Any] | None = None
        unfit, lacking = False, False
        for by in counted:
            try:
                for made, extra in self._made(by, state, entry, told):
                    if by.told(made, extra) == entry.body:
                        self._on(by, name, made, state, entry, told)
                        return True, True
                    first = first or made
            except Unstored:
                lacking = True
            except InspectorError:
                unfit = True
            except (ValueError, LookupError, TypeError, AttributeError):
                lacking = True
        sure = first is not None and whole and name not in self.lost and not unfit and entry.rule not in exchange.UNSURE
        self.passed(entry, told)
        if first is None and lacking:
            raise Unstored
        return False, sure

    def passed(self, entry: Past, told: Mapping[str, Any]) -> None:
        """A step that was not computed: where it left its consequence is taken from what was written down."""
        if "request" in told and entry.rule not in exchange.BESIDE:
            self.lost.add(str(told["request"]))
        name, state = told["facts"].get("consequence"), told.get("consequence_state")
        last = self.ground.consequences.get(str(name))
        if last is None or not isinstance(state, str):
            return
        due = told["facts"].get("due_at")
        at = datetime.fromisoformat(due) if isinstance(due, str) else None
        before = self.held.get(last.id, _bare(last))
        self.held[last.id] = replace(before, state=ConsequenceState(state), due_at=at)
        self.lost.add(last.id)

    def _on(self, by: Counted, name: str, made: Decision[Any], state: Case, entry: Past, told: Mapping[str, Any]) -> None:
        match made.state:
            case Consequence():
                self.held[name] = made.state
            case Request():
                turn = self._turn(by, state, entry, told)
                self.requests[name] = made.state
                if (fresh := exchange.begun(turn)) is not None:
                    text = said(fresh.because, {"request": fresh.state.id, **by.beside})
                    self.asked[f"{fresh.because.rule} {fresh.state.id}"] = text, fresh.state
            case Objection():
                self.objections[name] = made.state
            case Record() if entry.rule in redress.REPAIRS:
                self.records[name] = made.state

    def _made(
        self, by: Counted, state: Case, entry: Past, told: Mapping[str, Any]
    ) -> Iterator[tuple[Decision[Any], dict[str, object]]]:
        """The decision anew with what stands beside it; several where the entry does not say which of them it was."""
        facts = told["facts"]
        if "request" in told:
            for one in exchange.again(self._turn(by, state, entry, told)):
                stands = {"request_state": one.state.state.value} if "request_state" in told else {}
                yield one, {"request": one.state.id, **stands}
            return
        if entry.rule in redress.OBJECTIONS | redress.REPAIRS | acknowledged.RULES:
            yield self._redressed(by, entry, told)
            return
        if entry.rule in _BESIDE:
            yield from _overseen(by, facts, told["pack"]) if entry.rule == _OVERSEEN else [_beside(by, entry, facts)]
            return
        last = self.ground.consequences[facts["consequence"]]
        policy = _pack(self.ground, told["pack"], entry.at)
        setting = Setting(row=policy.consequences[last.proposal], calendar=by.calendar, now=entry.at)
        if entry.rule in OPENED:
            for held in _opened(last, state, entry, policy):
                made = proceeding.opened(held, setting)
                yield made, {"consequence_state": made.state.state.value}
            return
        if last.id not in self.held:
            self.lost.add(last.id)
        held = self.held.get(last.id, _bare(last))
        if held.pack != told["pack"]:
            held = prevailing(held, self.ground.ruling(entry.at))
        recheck = policy.follows.get(Follow.RECHECK)
        step = Step(held=held, last=last, facts=facts, setting=setting, recheck=recheck, evidence=self.ground.evidence)
        made = steps.RULES[entry.rule](step)
        yield made, {"consequence_state": made.state.state.value}

    def _turn(self, by: Counted, state: Case, entry: Past, told: Mapping[str, Any]) -> exchange.Turn:
        """A step of a request, by the pack of its case. Raises Unstored where nothing is known of how it began."""
        name = str(told["request"])
        held, last = self.requests.get(name), self.ground.requests.get(name)
        if held is None or last is None:
            raise Unstored
        return exchange.Turn(
            held=held,
            last=last,
            facts=told["facts"],
            policy=self.ground.policy,
            calendar=by.calendar,
            now=entry.at,
            rule=entry.rule,
            case=state,
            cited=self.cited,
        )

    def _redressed(self, by: Counted, entry: Past, told: Mapping[str, Any]) -> tuple[Decision[Any], dict[str, object]]:
        """A step of an objection, or of a repair, by the pack that ruled then; or what a receiver has acknowledged."""
        law, facts, name = self.ground.ruling(entry.at).policy.credit, told["facts"], _name(entry.rule, told)
        if entry.rule in acknowledged.RULES:
            own, newest = self.ground.records[facts["entry"]], entry.id in self.newest
            because = acknowledged.again(entry.rule, told, own, self.ground.books, newest=newest)
            return Decision(state=None, because=steps.there(because)), {}
        if entry.rule in redress.OBJECTIONS:
            last = self.ground.objections[name]
            held = self.objections.get(name, redress.bare(last))
            made = redress.objected(entry.rule, held, last, facts, law, entry.at, by.calendar)
            return made, {"objection": name, "objection_state": made.state.state.value}
        kept = self.ground.records[name]
        mine = self.records.get(name) or replace(_booked(by, kept), repair=None)
        mended = redress.repaired(entry.rule, mine, kept, facts, law, entry.at, by.calendar)
        return mended, {"record": name, "record_state": mended.state.state.value}


def _name(rule: str, told: Mapping[str, Any]) -> str:
    """What a step is one of: a request, an objection, a record of which a repair is asked for, or a consequence."""
    if rule in redress.REPAIRS:
        return str(told.get("record", ""))
    return str(told.get("request") or told.get("objection") or told["facts"].get("consequence", ""))


def follows(rule: str, told: Mapping[str, Any]) -> bool:
    """Whether an entry is computed here; a recount of a request's dates is, one of the case's own is not, nor that a person has said it."""
    if rule in acknowledged.RULES and "by" in told["facts"]:
        return False
    return rule in RULES or (rule == recounting.RULE and "request" in told)


def _pack(ground: Ground, label: str, at: datetime) -> Policy:
    """The pack of a step: the one that ruled then where it is that, else the one of the name."""
    ruled = ground.ruling(at).policy
    return ruled if ruled.label == label else ground.pack(label)


def _bare(last: Consequence) -> Consequence:
    """One as it began, as far as what is stored says: without anything that came about it."""
    empty: dict[str, Any] = dict.fromkeys(("notice", "hearing", "verdict", "imposed_at", "rectification", "transfer"))
    empty |= dict.fromkeys(("upheld", "ended", "annulled", "due_at"))
    return replace(last, **empty, statements=(), state=ConsequenceState.PROPOSED, turn=0, entry="", doubted="")


def _opened(last: Consequence, state: Case, entry: Past, policy: Policy) -> Iterator[Consequence]:
    """One as it was opened. By the row of which outcome it was weighed the entry does not say: one of them is to come to it."""
    number = int(last.id.rpartition("-")[2])
    for weighed in (None, *policy.outcomes):
        given = Opening(
            proposal=last.proposal,
            by=last.proposed_by,
            token=last.proposed_token,
            evidence=last.evidence,
            act=last.grading.act,
            origin=entry.rule,
            reasons=last.reasons,
            weighed=weighed,
            onset=last.onset,
        )
        held = opening.proposed(state, given, number, last.grading.outcome, policy, entry.at)
        yield replace(held, grading=replace(last.grading, grade=held.grading.grade))


def _overseen(by: Counted, facts: Mapping[str, Any], pack: str) -> Iterator[tuple[Decision[Any], dict[str, object]]]:
    """What a visit has found, as its file says; which of its teams the entry does not say, so one of them is to come to it."""
    visit = by.ground.visits[facts["visit"]]
    for part in visit.parts:
        yield Decision(state=None, because=result.overseen(visit, part, pack)), {}


def _beside(by: Counted, entry: Past, facts: Mapping[str, Any]) -> tuple[Decision[Any], dict[str, object]]:
    match entry.rule:
        case "notice.make" | "notice.unserved" | "notice.cancel":
            return _notice(by, entry, facts)
        case "disclosure.owe" | "disclosure.minor":
            return _disclosed(by, entry, facts)
        case _:
            return _credited(by, entry, facts)


def _credited(by: Counted, entry: Past, facts: Mapping[str, Any]) -> tuple[Decision[Any], dict[str, object]]:
    """A record's dates, from the day of its document by its grade's row."""
    mine = _booked(by, by.ground.records[facts["entry"]])
    match entry.rule:
        case "credit.recorded":
            because = creditrecord.recorded(mine, by.ground.pack(mine.pack).credit)
            return Decision(state=None, because=because), {}
        case "credit.repairable":
            return Decision(state=None, because=creditrecord.repairable(mine)), {"record": mine.entry}
        case "credit.lapsed":
            made = creditrecord.lapse(mine, by.calendar.local_date(entry.at))
        case _:
            on = by.ground.records[mine.entry].effective_on
            if on is None:
                raise Unstored
            made = creditrecord.effective(mine, on)
    if made is None:
        raise Refusal("record_over", entry=mine.entry, state=mine.state)
    return made, {"record": mine.entry, "record_state": made.state.state.value}


def _booked(by: Counted, last: Record) -> Record:
    """A record as it was made, before anything came about it."""
    given = next((one for one in by.ground.consequences.values() if one.entry == last.entry), None)
    row = by.ground.pack(given.pack).consequences.get(given.proposal) if given is not None else None
    awaits = f"{given.id}:decision" if given is not None and (row is None or not row.at_once) else ""
    empty: dict[str, Any] = {"state": RecordState.STANDING, "least_until": None, "most_until": None, "published": True, "row": ""}
    bare = replace(last, **empty, decided_on=by.calendar.local_date(last.decided_at), awaits=awaits)
    return creditrecord.made(bare, by.ground.pack(last.pack).credit)


def _disclosed(by: Counted, entry: Past, facts: Mapping[str, Any]) -> tuple[Decision[Any], dict[str, object]]:
    """By when a penalty is to be public, or that its grade is not."""
    held, subject = by.ground.consequences[facts["consequence"]], by.ground.case.subject
    policy = by.ground.pack(held.pack)
    grade = policy.credit.publicities.get(held.grading.grade or "")
    if entry.rule == "disclosure.minor":
        if grade is None or grade.published:
            raise Unstored
        return Decision(state=None, because=disclosing.minor(held, grade)), {}
    if policy.disclosure is None:
        raise Unstored
    code = subject.code if subject.kind is SubjectKind.FIRM else ""
    made = disclosing.owe(held, policy.disclosure, grade, entry.at, by.calendar, code)
    return made, {"publication": made.state.id, "publication_state": made.state.state.value}


def _notice(by: Counted, entry: Past, facts: Mapping[str, Any]) -> tuple[Decision[Any], dict[str, object]]:
    """Which way a notice takes: by the rows of the case's pack, and by which ways there were then, as the entry tells."""
    last, case = by.ground.notices[facts["notice"]], by.ground.case
    if entry.rule == "notice.cancel":
        over = serving.cancel(last, entry.at, case.pack)
        return over, {"notice": last.id, "notice_state": over.state.state.value}
    reach = Reach(ways=frozenset(map(ServiceWay, facts["service_ways"])), agreed=bool(facts["service_agreed"]))
    rows = by.ground.policy.services
    bare = replace(last, state=NoticeState.MADE, way=ServiceWay.PAPER, due_at=None, turn=0, words=(), history=(), announced=None)
    if entry.rule == "notice.make":
        made = serving.make(bare, rows, reach, entry.at, by.calendar, case.pack)
    else:
        tried = replace(bare, way=ServiceWay(facts["service_was"]))
        made = serving.overdue(tried, rows, reach, entry.at, by.calendar, case.pack)
    return made, {"notice": last.id, "notice_state": made.state.state.value}
