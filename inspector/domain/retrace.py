"""What follows of a case computed again: the steps of its consequences, the days of its entries, notices, and what is owed to the public.

Each consequence goes on from the step before as it was computed, and not as it is stored. Where one step is computed by no function, or
by what is not stored any more, the next ones are still tried, and are unsure where they do not come to the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from inspector.domain import creditrecord, disclosing, opening, proceeding, serving, steps
from inspector.domain.case import Case, SubjectKind
from inspector.domain.consequence import Consequence, ConsequenceState
from inspector.domain.course import Setting
from inspector.domain.creditrecord import Record, RecordState
from inspector.domain.decision import Decision
from inspector.domain.duty import Follow
from inspector.domain.errors import InspectorError, Refusal
from inspector.domain.ground import CALENDAR, Counted, Ground, Past
from inspector.domain.opening import Opening
from inspector.domain.policy import Policy
from inspector.domain.ruling import prevailing
from inspector.domain.serving import NoticeState
from inspector.domain.steps import Step, Unstored
from inspector.domain.wayto import Reach, ServiceWay

OPENED = frozenset({"consequence.opened", "consequence.revocation", "consequence.restaged", "consequence.anew"})
"""The rules by which one begins that no review has proposed."""
_BESIDE = frozenset(
    {
        *("credit.recorded", "credit.effective", "credit.repairable", "credit.lapsed"),
        *("disclosure.owe", "disclosure.minor", "notice.make", "notice.unserved", "notice.cancel"),
    }
)
RULES = OPENED | _BESIDE | steps.RULES.keys()
"""The rules that are computed here."""


@dataclass(slots=True, kw_only=True)
class Trace:
    """The consequences of a case as far as they were computed; `lost` are those of which a step was not."""

    ground: Ground
    held: dict[str, Consequence] = field(default_factory=dict)
    lost: set[str] = field(default_factory=set)

    def begun(self, held: Consequence) -> None:
        """One that was proposed, and computed with what proposed it."""
        self.held[held.id] = held

    def follow(self, state: Case, entry: Past, told: Mapping[str, Any]) -> tuple[bool, bool]:
        """(whether an entry comes to the same, whether that it does not is sure). Raises Unstored.

        `state`: the case as it stood then, as far as that was computed.
        """
        name = str(told["facts"].get("consequence", ""))
        counted, whole = self.ground.counted(entry.at, told.get(CALENDAR))
        first: Decision[Any] | None = None
        unfit, lacking = False, False
        for by in counted:
            try:
                for made, extra in self._made(by, state, entry, told):
                    if by.told(made, extra) == entry.body:
                        self._on(name, made)
                        return True, True
                    first = first or made
            except Unstored:
                lacking = True
            except InspectorError:
                unfit = True
            except (ValueError, LookupError, TypeError, AttributeError):
                lacking = True
        sure = first is not None and whole and name not in self.lost and not unfit
        self.passed(told)
        if first is None and lacking:
            raise Unstored
        return False, sure

    def passed(self, told: Mapping[str, Any]) -> None:
        """A step that was not computed: where it left its consequence is taken from what was written down."""
        name, state = told["facts"].get("consequence"), told.get("consequence_state")
        last = self.ground.consequences.get(str(name))
        if last is None or not isinstance(state, str):
            return
        due = told["facts"].get("due_at")
        at = datetime.fromisoformat(due) if isinstance(due, str) else None
        before = self.held.get(last.id, _bare(last))
        self.held[last.id] = replace(before, state=ConsequenceState(state), due_at=at)
        self.lost.add(last.id)

    def _on(self, name: str, made: Decision[Any]) -> None:
        if isinstance(made.state, Consequence):
            self.held[name] = made.state

    def _made(
        self, by: Counted, state: Case, entry: Past, told: Mapping[str, Any]
    ) -> Iterator[tuple[Decision[Any], dict[str, object]]]:
        """The decision anew with what stands beside it; several where the entry does not say which of them it was."""
        facts = told["facts"]
        if entry.rule in _BESIDE:
            yield _beside(by, entry, facts)
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
