"""Our own record of each credit entry's life: shown from the official decision on, repaired, objected to, annulled. Pure.

A record is what a bar rests on (handbook 1.1.4, 2.1), never a level or a score. Whatever happens to it is a decision with its because;
that its showing ends at the maximum needs nobody's request (1.7.1, scenario 64).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from inspector.domain.act import KEPT
from inspector.domain.annulled import Annulled
from inspector.domain.calendar import WorkingCalendar, due, nominal_last_day
from inspector.domain.case import SubjectKind
from inspector.domain.consequence import Signed
from inspector.domain.creditlaw import CreditLaw, RepairRow
from inspector.domain.decision import Because, Decision, OrderKind, Told
from inspector.domain.errors import Invalid, Refusal
from inspector.domain.evidence import blank
from inspector.domain.person import refuse_nameless, same
from inspector.domain.repair import RepairAsked, brought

BASIS = "S0:8"
"""What a step rests on where the pack has no row of its own: item 8 of the plan, repair and objections."""
SERVICE = "S1:61"
"""That a decision is served, and how: the Penalties Law, article 61."""
ANNULLED = "credit.annulled"
"""The rule of an entry of which the basis was annulled."""


class RecordState(StrEnum):
    """Where a record stands. `LAPSED`: it is shown no more, and still a record. `FALLEN`: the outcome that it stated does not stand."""

    STANDING = "STANDING"
    LAPSED = "LAPSED"
    REPAIRED = "REPAIRED"
    ANNULLED = "ANNULLED"
    FALLEN = "FALLEN"

    @property
    def over(self) -> bool:
        """Whether nothing follows from it any more."""
        return self in (RecordState.REPAIRED, RecordState.ANNULLED, RecordState.FALLEN)

    @property
    def stands_somewhere(self) -> bool:
        """Whether receivers have it: what is annulled, or fell, they are to have no more."""
        return self not in (RecordState.ANNULLED, RecordState.FALLEN)


class Amend(StrEnum):
    """What receivers of an entry are told beside its end: it is contested, or no more; it is shown no more; it is repaired."""

    MARKED = "MARKED"
    UNMARKED = "UNMARKED"
    LAPSED = "LAPSED"
    REPAIRED = "REPAIRED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Amendment:
    """What became of an entry that stands, as each receiver is told it: since when, by which articles. The newest of an entry counts."""

    entry_id: str
    case_id: str
    kind: Amend
    basis: str
    decided_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Striking:
    """That an entry of a kept promise is to be struck (`striking`): by whose document, why, who asked; `agreed`: who carried it out."""

    why: Annulled
    document: str
    reasons: str
    asked: Signed
    agreed: Signed | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A credit entry as we hold it. `entry` is its id with every receiver.

    `decided_on` is the day of the official document, from which is counted. `least_until` and `most_until` are the last days of its
    minimum and its maximum; None: the pack says none. `contested`: an objection is open; `answered`: each open one is to what an earlier
    one was, which had been rejected before it came. `ended_on`: the day on which it was repaired, annulled or fell; `ended_by`: by what.
    `awaits`: the notice of the decision that ordered it, until that has come to its subject; `effective_on`: the day on which it came.
    """

    entry: str
    case_id: str
    agency: str
    kind: SubjectKind
    code: str
    grade: str
    outcome: str
    basis: str
    pack: str
    decided_by: str
    decided_at: datetime
    decided_on: date
    act: str = ""
    bars: bool = False
    published: bool = True
    least_until: date | None = None
    most_until: date | None = None
    row: str = ""
    state: RecordState = RecordState.STANDING
    contested: bool = False
    answered: bool = False
    repair: RepairAsked | None = None
    lapsed_on: date | None = None
    ended_on: date | None = None
    ended_by: str = ""
    document: str = ""
    decided_token: str = ""
    striking: Striking | None = None
    step: int = 0
    awaits: str = ""
    effective_on: date | None = None

    @property
    def repair_key(self) -> str:
        """The key of the clock of the repair that is asked for."""
        return f"{OrderKind.CREDIT_REPAIR_DUE.value}:{self.entry}:{self.repair.asked_at.isoformat() if self.repair else ''}"

    @property
    def adverse(self) -> bool:
        """Whether it is to somebody's discredit."""
        return self.grade != KEPT

    @property
    def in_effect(self) -> bool:
        """Whether it counts towards others: a decision takes effect toward its subject by its service (送达)."""
        return not self.awaits

    @property
    def counts(self) -> bool:
        """The same as it is told to others: what was annulled, or fell, has no effect any more."""
        return self.in_effect and self.stands_somewhere

    @property
    def suspended(self) -> bool:
        """Whether nothing adverse begins by it: an objection is open, of a kind that was not rejected before (scenario 62)."""
        return self.adverse and self.contested and not self.answered

    @property
    def stands_somewhere(self) -> bool:
        """Whether receivers have it: what is annulled, or fell, they are to have no more."""
        return self.state.stands_somewhere

    @property
    def struck(self) -> bool:
        """Whether it was an entry of a kept promise that two officers have struck: its subject may object to that."""
        return self.state is RecordState.ANNULLED and self.striking is not None and self.striking.agreed is not None

    @property
    def repairable_from(self) -> date:
        """The first day on which it may be repaired: the one after its minimum, or that of the decision."""
        return self.least_until + timedelta(days=1) if self.least_until is not None else self.decided_on

    def barring(self, on: date) -> bool:
        """Whether it keeps its subject from a commitment signed on a day: until it is repaired, by a repair of that day at the latest.

        What is contested bars nobody until it is decided (scenario 62); decided once, other words open nothing by themselves. Nobody is
        barred by a decision that has not come.
        """
        if not self.bars or not self.in_effect or self.suspended or not self.stands_somewhere:
            return False
        return self.ended_on is None or self.ended_on > on


def made(record: Record, law: CreditLaw) -> Record:
    """A new record with the dates of its grade: months counted from the day of the official decision (handbook 1.7.1, 1.9.2).

    Neither end is moved by holidays: nobody has to act on it.
    """
    row = law.publicities.get(record.grade)
    if row is None:
        return record
    least = nominal_last_day(record.decided_on, row.least) if row.least is not None else None
    most = nominal_last_day(record.decided_on, row.most)
    return replace(record, least_until=least, most_until=most, published=row.published, row=row.row)


def recorded(record: Record, law: CreditLaw) -> Because:
    """A record was made: from when to when it is shown, by which row, and whether it bars."""
    row = law.publicities.get(record.grade)
    facts = {
        "entry": record.entry,
        "grade": record.grade,
        "act": record.act,
        "bars": record.bars,
        "decided_on": record.decided_on.isoformat(),
        "published": record.published,
        "repairable_from": record.repairable_from.isoformat(),
        "shown_until": record.most_until.isoformat() if record.most_until is not None else None,
        "row": record.row,
        **({"notice": record.awaits} if record.awaits else {}),
    }
    cited = (row.basis,) if row is not None else ()
    return Because(rule="credit.recorded", basis=(record.basis, *cited), pack=record.pack, facts=facts)


def effective(record: Record, on: date) -> Decision[Record]:
    """The decision that ordered it has come on this day: from now on it counts towards others (Penalties Law art. 61).

    Its days stay those of the document: what nobody was shown before it had come is shown no longer for that (handbook 1.7.1).
    """
    facts = {"entry": record.entry, "notice": record.awaits, "on": on.isoformat(), "bars": record.bars}
    because = _because("credit.effective", record, facts)
    state = replace(record, awaits="", effective_on=on, step=record.step + 1)
    return Decision(state=state, because=replace(because, basis=(*because.basis, SERVICE)))


def held_back(record: Record, connector: str) -> Because:
    """A receiver that has not heard of it does not hear of it while the objection is open: that would be a new adverse step."""
    return _because("credit.held_back", record, {"entry": record.entry, "connector": connector})


def lapse(record: Record, today: date) -> Decision[Record] | None:
    """Its maximum is over: it is shown no more, without any request (scenario 64). None: there is nothing to stop."""
    if record.state is not RecordState.STANDING or record.most_until is None or today <= record.most_until:
        return None
    state = replace(record, state=RecordState.LAPSED, lapsed_on=today, step=record.step + 1)
    facts = {"entry": record.entry, "grade": record.grade, "row": record.row, "most_until": record.most_until.isoformat()}
    return Decision(state=state, because=_because("credit.lapsed", record, facts))


def ask_repair(record: Record, asked: RepairAsked, law: CreditLaw, now: datetime, calendar: WorkingCalendar) -> Decision[Record]:
    """A repair is asked for: refused before its earliest date (`repair_early`), and for what is no discredit or over.

    Asked again it adds papers and files and keeps its date; the clock on us runs from the asking (handbook 1.7.10), whatever lacks.
    """
    if not record.adverse:
        raise Refusal("repair_of_kept", entry=record.entry)
    open_or_refuse(record)
    if calendar.local_date(now) < record.repairable_from:
        since, earliest = record.decided_on.isoformat(), record.repairable_from.isoformat()
        raise Refusal("repair_early", entry=record.entry, earliest=earliest, grade=record.grade, since=since)
    before = record.repair
    papers = tuple(dict.fromkeys((*(before.papers if before is not None else ()), *asked.papers)))
    files = tuple(dict.fromkeys((*(before.files if before is not None else ()), *asked.files)))
    first = before if before is not None else asked
    whole = replace(asked, papers=papers, files=files, brought=brought(first.brought, asked.brought))
    if before is not None and blank(asked.words):  # papers alone were added: who has asked, and in which words, stays
        whole = replace(whole, by=before.by, words=before.words)
    lacking = whole.lacking(law.repair)
    whole = replace(whole, missing=lacking, asked_at=first.asked_at, stamp=first.stamp)
    if before is not None and before.due_at is not None:
        whole = replace(whole, due_at=before.due_at, due_provisional=before.due_provisional)
    else:
        open_then = calendar.local_date(asked.asked_at) >= record.repairable_from  # before that nobody could ask
        counted = due(asked.asked_at if open_then else now, law.repair.decide, calendar)
        whole = replace(whole, due_at=counted.at, due_provisional=counted.provisional)
    facts: dict[str, object] = {
        "entry": record.entry,
        "by": asked.by,
        "words": asked.words,
        "papers": [f"{paper.value}:{digest}" for paper, digest in papers],
        "files": list(files),
        "names": [f"{one.digest}:{one.name}" for one in whole.brought if one.name],
        "lacking": [paper.value for paper in lacking],
        "due_at": whole.due_at.isoformat() if whole.due_at is not None else None,
        **asked.handed_in,
    }
    state = replace(record, repair=whole, step=record.step + 1)
    return Decision(state=state, because=_because("credit.repair_asked", record, facts, law.repair))


def decide_repair(
    record: Record,
    by: Signed,
    reasons: str,
    law: CreditLaw,
    today: date,
    *,
    grant: bool,
    deciders: Collection[Signed] = (),
    close: Collection[str] = (),
) -> Decision[Record]:
    """A named officer grants a repair, which is dated and lifts the bar, or refuses it with reasons (handbook 1.7.2).

    `deciders`: who has decided the record, or found what it came of; `close`: who stands in for one of them. Where the row asks for a
    second person none of these decides.

    Raises Refusal (`repair_unasked`, `repair_lacks` naming the condition that is not met, `repair_unnamed`, `repair_same_officer`,
    `record_over`), Invalid.
    """
    officer = by.by
    signed(officer, reasons)
    open_or_refuse(record)
    asked = record.repair
    if asked is None:
        raise Refusal("repair_unasked", entry=record.entry)
    own = {one.by for one in deciders if one.is_of(by)} | {one for one in close if same(one, officer)}
    if own and law.repair.second:
        raise Refusal("repair_same_officer", entry=record.entry, officer=officer, decided=", ".join(sorted(own)))
    if grant and (lacking := asked.lacking(law.repair)):
        raise Refusal("repair_lacks", entry=record.entry, papers=lacking)
    if grant and (unnamed := asked.unnamed(law.repair)):
        raise Refusal("repair_unnamed", entry=record.entry, papers=unnamed)
    facts: dict[str, object] = {"entry": record.entry, "officer": officer, "reasons": reasons, "bars": record.bars}
    if not grant:
        state = replace(record, repair=None, step=record.step + 1)
        return Decision(state=state, because=_because("credit.repair_refused", record, facts, law.repair))
    state = replace(record, state=RecordState.REPAIRED, ended_on=today, ended_by=officer, step=record.step + 1)
    return Decision(state=state, because=_because("credit.repaired", record, {**facts, "on": today.isoformat()}, law.repair))


def annul(record: Record, why: Annulled, document: str, by: str, today: date) -> Decision[Record]:
    """Its basis is annulled: every receiver deletes it, the bar is lifted at once; the history stays (scenario 61, handbook 1.7.9).

    What was repaired is annulled all the same: it must stand nowhere. Raises Refusal (`record_over`), Invalid.
    """
    if not record.stands_somewhere:
        raise Refusal("record_over", entry=record.entry, state=record.state)
    signed(by, document)
    facts = {"entry": record.entry, "why": why.value, "document": document, "by": by, "was": record.state.value}
    state = replace(_over(record, RecordState.ANNULLED, why.value, today), document=document)
    return Decision(state=state, because=_because(ANNULLED, record, facts))


def repairable(record: Record) -> Because:
    """Its minimum is over: from today on it may be repaired."""
    facts = {"entry": record.entry, "grade": record.grade, "row": record.row, "earliest": record.repairable_from.isoformat()}
    return _because("credit.repairable", record, facts)


def contestable(record: Record) -> None:
    """Raise Refusal (`record_over`) for a record that stands nowhere any more, and was not struck: there is nothing to object to."""
    if not record.stands_somewhere and not record.struck:
        raise Refusal("record_over", entry=record.entry, state=record.state)


def marked(record: Record, *, contested: bool, answered: bool = False) -> Record:
    """The same, contested or no more; why stands with its objection. `answered`: what contests it was rejected once before."""
    return replace(record, contested=contested, answered=answered, step=record.step + 1)


def fallen(record: Record, reason: str, today: date) -> Record:
    """The outcome that it stated fell, by withdrawal or a new review: whoever decided that has its because."""
    return _over(record, RecordState.FALLEN, reason, today)


def open_or_refuse(record: Record) -> None:
    """Raise Refusal (`record_over`) for a record of which nothing follows any more."""
    if record.state.over:
        raise Refusal("record_over", entry=record.entry, state=record.state)


def signed(officer: str, reasons: str) -> None:
    """Raise Invalid for a decision without a name or without reasons."""
    refuse_nameless(officer, "officer")
    if blank(reasons):
        raise Invalid("reason_missing", field="reasons")


def told(record: Record) -> Told:
    """What the approving system, and who publishes, hear of a record: facts, no words of a person. `bars`: it does so now."""
    return Told(
        type="credit.record",
        data={
            "entry": record.entry,
            "grade": record.grade,
            "record_state": record.state.value,
            "contested": record.contested,
            "in_effect": record.counts,
            "bars": record.barring(date.max),
            "repairable_from": record.repairable_from.isoformat() if record.adverse else None,
            "published": record.published if record.row else None,
            "least_until": record.least_until.isoformat() if record.least_until is not None else None,
            "shown_until": record.most_until.isoformat() if record.most_until is not None else None,
            "ended_on": record.ended_on.isoformat() if record.ended_on is not None else None,
        },
    )


def told_repairable(record: Record) -> Told:
    """That it may be repaired from today on."""
    return Told(type="credit.repairable", data={"entry": record.entry, "repairable_from": record.repairable_from.isoformat()})


def warning(records: Collection[Record]) -> tuple[Record, ...]:
    """The open records of a subject that an officer is told as facts (信用预警): no score, and nothing is refused by it (clause 9.5)."""
    return tuple(one for one in records if one.adverse and not one.state.over)


def _over(record: Record, state: RecordState, why: str, today: date) -> Record:
    return replace(record, state=state, contested=False, repair=None, ended_on=today, ended_by=why, step=record.step + 1)


def _because(rule: str, record: Record, facts: Mapping[str, object], row: RepairRow | None = None) -> Because:
    cited = (row.basis,) if row is not None else (BASIS,)
    return Because(rule=rule, basis=(record.basis, *cited) if record.basis else cited, pack=record.pack, facts=facts)
