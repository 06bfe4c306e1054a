"""The eligibility gate: which record keeps a subject from the commitment route, since when, and what ends it. Pure.

Only a legal record bars (the plan, item 2; handbook 1.1.4, 2.1): a false commitment that is not repaired, or a rather serious bad record
of another authority, with its document. A level never does, and untrue is not false: what bars is the act that was found (scenarios 2–4).
The route by certificate has no gate.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from inspector.domain.case import SubjectKind
from inspector.domain.creditrecord import Record
from inspector.domain.decision import Because, Decision
from inspector.domain.errors import Invalid, Refusal
from inspector.domain.evidence import blank

BASIS = "S0:2"
"""Item 2 of the plan: not applicable until the credit is repaired."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutsideBar:
    """A rather serious bad record (较严重不良信用记录) of another authority: by which document, since when.

    `until`: its last day, where the document names one. `repaired_on`: the day of its repair, by `repaired_by` (a document's number).
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

    def barring(self, on: date) -> bool:
        """Whether it bars a commitment signed on a day."""
        over = (self.until is not None and self.until < on) or (self.repaired_on is not None and self.repaired_on <= on)
        return not over


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """What keeps a subject from committing: the record, who decided it by which document, since when, and the first day of its repair.

    `until`: the last day, where it ends by itself; None: it ends by a repair alone.
    """

    record: str
    authority: str
    document: str
    since: date
    until: date | None = None
    repairable_from: date | None = None


def barred(records: Iterable[Record], outside: Iterable[OutsideBar], on: date, today: date) -> Bar | None:
    """The record that bars a commitment signed `on` a day, the oldest of them; None: the gate is open.

    It is held against what stands today: a letter dated before the record opens nothing, for a date is easily written; a repair dated no
    later than the letter does, by itself.
    """
    own = [
        Bar(
            record=one.entry,
            authority=one.agency,
            document=one.case_id,
            since=one.decided_on,
            repairable_from=one.repairable_from,
        )
        for one in records
        if one.barring(on)
    ]
    others = [
        Bar(record=one.id, authority=one.authority, document=one.document, since=one.since, until=one.until)
        for one in outside
        if one.since <= today and one.barring(on)
    ]
    return min((*own, *others), key=lambda one: (one.since, one.record), default=None)


def refuse(bar: Bar, reference: str) -> Refusal:
    """That a subject is barred, by which record, since when, and what ends it; the route by certificate is open."""
    return Refusal(
        "subject_barred",
        reference=reference,
        record=bar.record,
        authority=bar.authority,
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
