"""An entry of a kept promise is struck out: one officer enters by which document, another one the same, and its subject is told. Pure.

To strike what speaks for somebody harms that person as an entry to the discredit does, so nobody does it alone (handbook 2.7, 1.7.14;
decision 160). What is to somebody's discredit is annulled by one officer, at once: a second person there would only keep up the bar.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from inspector.domain import creditrecord
from inspector.domain.annulled import Annulled
from inspector.domain.consequence import Signed
from inspector.domain.creditrecord import BASIS, Record, Striking
from inspector.domain.decision import Because, Decision
from inspector.domain.errors import Invalid, Refusal
from inspector.domain.evidence import blank
from inspector.domain.person import refuse_nameless

TO_STRIKE = "credit_strike_asked"
"""The matter of a kept promise's entry that one officer has entered a document against: another enters the same, or closes it."""


def ask(record: Record, why: Annulled, document: str, reasons: str, by: Signed) -> Decision[Record]:
    """An officer enters the document that strikes it, and why it does. Nothing is struck yet, and every receiver keeps it.

    Raises Refusal (`record_over`), Invalid (`officer_nameless`, `reason_missing`).
    """
    if not record.stands_somewhere:
        raise Refusal("record_over", entry=record.entry, state=record.state)
    creditrecord.signed(by.by, document)
    if blank(reasons):
        raise Invalid("reason_missing", field="reasons")
    given = Striking(why=why, document=document, reasons=reasons, asked=by)
    facts = {"entry": record.entry, "annulled": why.value, "document": document, "reasons": reasons, "by": by.by}
    state = replace(record, striking=given, step=record.step + 1)
    return Decision(state=state, because=_because("credit.strike_asked", record, facts))


def agree(record: Record, held: Striking, why: Annulled, document: str, by: Signed, today: date) -> Decision[Record]:
    """Another officer, by name and by login, enters the same document: it is annulled everywhere.

    Raises Refusal (`strike_same_person`, `strike_other_document`, `record_over`), Invalid.
    """
    if by.is_of(held.asked):
        raise Refusal("strike_same_person", entry=record.entry, by=held.asked.by)
    if (held.why, held.document.split()) != (why, document.split()):
        raise Refusal("strike_other_document", entry=record.entry, by=held.asked.by)
    done = creditrecord.annul(record, why, document, by.by, today)
    facts = {**done.because.facts, "reasons": held.reasons, "approved": held.asked.by}
    state = replace(done.state, striking=replace(held, agreed=by))
    return replace(done, state=state, because=replace(done.because, facts=facts))


def decline(record: Record, why: str, by: str) -> Decision[Record]:
    """It is not struck: another one does not agree, or whoever asked takes it back. Raises Invalid (`officer_nameless`)."""
    refuse_nameless(by)
    facts = {"entry": record.entry, "by": by, "declined_for": why}
    state = replace(record, striking=None, step=record.step + 1)
    return Decision(state=state, because=_because("credit.strike_declined", record, facts))


def restored(record: Record, entry: str | None, by: str, objection: str) -> Because:
    """An objection to the striking was upheld: the promise is entered anew, as `entry`; None: its case has no outcome that says so."""
    facts = {"entry": record.entry, "by": by, "objection": objection, **({"restored": entry} if entry is not None else {})}
    return _because("credit.restored", record, facts)


def _because(rule: str, record: Record, facts: Mapping[str, object]) -> Because:
    basis = (record.basis, BASIS) if record.basis else (BASIS,)
    return Because(rule=rule, basis=basis, pack=record.pack, facts=facts)
