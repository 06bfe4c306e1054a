"""The eligibility gate: which record keeps a subject from the commitment route, since when, and what ends it. Pure.

Only a legal record bars (the plan, item 2; handbook 1.1.4, 2.1): a false commitment that is not repaired, or a rather serious bad record
of another authority, with its document. A level never does, and untrue is not false: what bars is the act that was found (scenarios 2–4).
The route by certificate has no gate.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from inspector.domain.case import SubjectKind
from inspector.domain.creditrecord import Record
from inspector.domain.decision import Because, Decision
from inspector.domain.errors import Invalid, Refusal
from inspector.domain.evidence import blank

BASIS = "S0:2"
"""Item 2 of the plan: not applicable until the credit is repaired."""


class BarFault(StrEnum):
    """Why a bar never was one: its authority or a court has taken it back by a document, or it was entered here of the wrong subject."""

    TAKEN_BACK = "TAKEN_BACK"
    WRONG_SUBJECT = "WRONG_SUBJECT"


@dataclass(frozen=True, slots=True, kw_only=True)
class OutsideBar:
    """A rather serious bad record (较严重不良信用记录) of another authority: by which document, since when.

    `until`: its last day, where the document names one. `repaired_on`: the day of its repair, by `repaired_by` (a document's number).
    `annulled_for`: it never was one, since `annulled_on`, by an officer and, where others took it back, their document.
    """

    id: str
    kind: SubjectKind
    code: str
    agency: str
    authority: str
    document: str
    ground: str
    since: date
    until: date | None = None
    repaired_on: date | None = None
    repaired_by: str = ""
    annulled_on: date | None = None
    annulled_for: BarFault | None = None
    annulled_by: str = ""
    annulled_document: str = ""

    def barring(self, on: date) -> bool:
        """Whether it bars a commitment signed on a day; what was annulled bars none, of before either."""
        if self.annulled_on is not None:
            return False
        over = (self.until is not None and self.until < on) or (self.repaired_on is not None and self.repaired_on <= on)
        return not over


@dataclass(frozen=True, slots=True, kw_only=True)
class BarAnnulment:
    """An officer's word that a bar never was one; `document`: by which others took it back."""

    why: BarFault
    document: str
    reasons: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """What keeps a subject from committing: the record, who decided it by which document, since when, and the first day of its repair.

    `until`: the last day, where it ends by itself; None: it ends by a repair alone. `repaired_on`: it was repaired, later than the letter.
    `own`: a record of the house, of the agency `authority`; else of another authority, entered by `entered_by`.
    """

    record: str
    authority: str
    document: str
    since: date
    until: date | None = None
    repairable_from: date | None = None
    repaired_on: date | None = None
    own: bool = False
    entered_by: str = ""

    @property
    def part(self) -> str:
        """Which words tell what ends it (labels, group `bar_part`)."""
        if self.repaired_on is not None:
            return "signed_before"
        return "own" if self.own else "outside" if self.until is None else "outside_until"


def barred(records: Iterable[Record], outside: Iterable[OutsideBar], on: date, today: date) -> Bar | None:
    """The record that bars a commitment signed `on` a day, the oldest of them; None: the gate is open.

    One that stands comes before one that was repaired behind the letter, and of these the last repair: what it says is enough, then.
    It is held against what stands today: a letter dated before the record opens nothing, for a date is easily written; a repair dated no
    later than the letter does, by itself.
    """
    own = [
        Bar(
            record=one.entry,
            authority=one.agency,
            document=one.case_id,
            since=one.effective_on or one.decided_on,
            repairable_from=one.repairable_from,
            repaired_on=one.ended_on,
            own=True,
        )
        for one in records
        if one.barring(on)
    ]
    others = [
        Bar(
            record=one.id,
            authority=one.authority,
            document=one.document,
            since=one.since,
            until=one.until,
            repaired_on=one.repaired_on,
            entered_by=one.agency,
        )
        for one in outside
        if one.since <= today and one.barring(on)
    ]
    found = (*own, *others)
    open_ones = [one for one in found if one.repaired_on is None]
    if found and not open_ones:
        return max(found, key=lambda one: (one.repaired_on or on, one.record))
    return min(open_ones, key=lambda one: (one.since, one.record), default=None)


def refuse(bar: Bar, reference: str, signed_on: date, office: str = "") -> Refusal:
    """That a subject is barred, by which record, since when, and what ends it; the route by certificate is open.

    `office`: the name of the agency that holds the record, or has entered the bar. Of what was repaired since, from which day on a letter
    counts.
    """
    return Refusal(
        "subject_barred",
        problem=bar.part,
        reference=reference,
        record=bar.record,
        authority=office if bar.own and office else bar.authority,
        office=office,
        signed_on=signed_on.isoformat(),
        repaired_on=bar.repaired_on.isoformat() if bar.repaired_on is not None else "-",
        document=bar.document,
        since=bar.since.isoformat(),
        until=bar.until.isoformat() if bar.until is not None else "-",
        repairable_from=bar.repairable_from.isoformat() if bar.repairable_from is not None else "-",
    )


def noted(bar: OutsideBar, by: str, before: OutsideBar | None) -> Decision[OutsideBar]:
    """A bar is entered, or what was entered is mended. Raises Invalid for one without document or authority, or that ends first."""
    for field in ("authority", "document", "ground"):
        if blank(getattr(bar, field)):
            raise Invalid("bar_incomplete", field=field)
    for field in ("until", "repaired_on"):
        end = getattr(bar, field)
        if end is not None and end < bar.since:
            raise Invalid("bar_ends_first", field=field, since=bar.since.isoformat(), end=end.isoformat())
    if bar.repaired_on is not None and blank(bar.repaired_by):
        raise Invalid("bar_incomplete", field="repaired_by")
    facts = {"bar": bar.id, "by": by, "authority": bar.authority, "document": bar.document, "since": bar.since.isoformat()}
    ends = {"until": bar.until.isoformat() if bar.until else None}
    repaired = {"repaired_on": bar.repaired_on.isoformat() if bar.repaired_on else None, "repaired_by": bar.repaired_by}
    rule = "bar.entered" if before is None else "bar.changed"
    return Decision(state=bar, because=Because(rule=rule, basis=(BASIS,), pack="", facts={**facts, **ends, **repaired}))


def restated(stated: OutsideBar, held: OutsideBar) -> OutsideBar:
    """What stands when a bar is entered once more: whose it is stays, and no end or repair is lost, for a file repeats what it said before.

    A later repair of its own counts. Raises Refusal (`bar_of_another`) where an agency that did not enter the bar would change it.
    """
    later = stated.repaired_on is not None and (held.repaired_on is None or held.repaired_on < stated.repaired_on)
    said = stated if later else held
    kept = replace(stated, agency=held.agency, until=stated.until or held.until)
    kept = replace(kept, repaired_on=said.repaired_on, repaired_by=said.repaired_by)
    kept = replace(kept, annulled_on=held.annulled_on, annulled_for=held.annulled_for)
    kept = replace(kept, annulled_by=held.annulled_by, annulled_document=held.annulled_document)
    if stated.agency != held.agency and kept != held:
        facts = {"bar": held.id, "authority": held.authority, "document": held.document}
        raise Refusal("bar_of_another", agency=held.agency, **facts)
    return kept


def repaired(bar: OutsideBar, on: date, document: str, by: str) -> Decision[OutsideBar]:
    """A bar of another authority is repaired, by its document. Raises as `noted` does."""
    return noted(replace(bar, repaired_on=on, repaired_by=document), by, bar)


def unrepaired(bar: OutsideBar, reasons: str, by: str) -> Decision[OutsideBar]:
    """The repair of a bar was entered by mistake: it bars again. Raises Invalid (`text_blank`), Refusal (`bar_unrepaired`)."""
    if blank(reasons):
        raise Invalid("text_blank", field="reasons")
    if bar.repaired_on is None:
        raise Refusal("bar_unrepaired", bar=bar.id)
    was = {"repaired_on": bar.repaired_on.isoformat(), "repaired_by": bar.repaired_by}
    because = Because(
        rule="bar.repair_undone", basis=(BASIS,), pack="", facts={"bar": bar.id, "by": by, **was, "reasons": reasons}
    )
    return Decision(state=replace(bar, repaired_on=None, repaired_by=""), because=because)


def annulled(bar: OutsideBar, said: BarAnnulment, today: date) -> Decision[OutsideBar]:
    """A bar that never was one bars nobody, since ever: one officer's word is enough, as of all that is to a discredit (decision 160).

    Raises Invalid (`text_blank`; `bar_incomplete` without the document by which it was taken back), Refusal (`bar_annulled`).
    """
    if blank(said.reasons):
        raise Invalid("text_blank", field="reasons")
    if said.why is BarFault.TAKEN_BACK and blank(said.document):
        raise Invalid("bar_incomplete", field="document")
    standing(bar)
    facts = {"bar": bar.id, "by": said.by, "annulled_for": said.why.value, "document": said.document, "reasons": said.reasons}
    state = replace(bar, annulled_on=today, annulled_for=said.why, annulled_by=said.by, annulled_document=said.document)
    return Decision(state=state, because=Because(rule="bar.annulled", basis=(BASIS,), pack="", facts=facts))


def reinstated(bar: OutsideBar, reasons: str, by: str) -> Decision[OutsideBar]:
    """The annulment of a bar was the mistake: it bars again. Raises Invalid (`text_blank`), Refusal (`bar_unannulled`)."""
    if blank(reasons):
        raise Invalid("text_blank", field="reasons")
    if bar.annulled_on is None:
        raise Refusal("bar_unannulled", bar=bar.id)
    was = {"annulled_on": bar.annulled_on.isoformat(), "annulled_for": bar.annulled_for, "document": bar.annulled_document}
    because = Because(
        rule="bar.annulment_undone", basis=(BASIS,), pack="", facts={"bar": bar.id, "by": by, **was, "reasons": reasons}
    )
    state = replace(bar, annulled_on=None, annulled_for=None, annulled_by="", annulled_document="")
    return Decision(state=state, because=because)


def contested(bar: OutsideBar, words: str, digests: Collection[str], by: str) -> Decision[OutsideBar]:
    """Its subject says that it is none: an officer of whose entered it looks. It bars on, for another authority has decided it.

    Raises Invalid (`objection_empty`), Refusal (`bar_annulled`).
    """
    if blank(words) and not digests:
        raise Invalid("objection_empty", field="words")
    standing(bar)
    facts = {"bar": bar.id, "by": by, "words": words, "digests": list(digests)}
    return Decision(state=bar, because=Because(rule="bar.contested", basis=(BASIS,), pack="", facts=facts))


def stood(bar: OutsideBar, reasons: str, by: str) -> Decision[OutsideBar]:
    """An officer has looked at what its subject said against it: it bars on."""
    return Decision(
        state=bar,
        because=Because(rule="bar.stands", basis=(BASIS,), pack="", facts={"bar": bar.id, "by": by, "reasons": reasons}),
    )


def standing(bar: OutsideBar) -> None:
    """Raise Refusal (`bar_annulled`) for one that bars nobody any more."""
    if bar.annulled_on is not None:
        raise Refusal("bar_annulled", bar=bar.id, on=bar.annulled_on.isoformat())
