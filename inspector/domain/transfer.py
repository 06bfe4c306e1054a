"""The transfer of a suspected crime to judicial organs (移送司法; handbook 1.8, scenarios 51 and 59).

Two officers report in writing, the head decides within three plain days, what is approved is handed over within 24 clock hours with its
five parts, the police answer within three days. Days and hours run through nights, weekends and holidays. A transfer judges nobody.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date, datetime

from inspector.domain.bundle import Part
from inspector.domain.calendar import Term
from inspector.domain.consequence import Consequence, ConsequenceState, Police, Signed, Transfer
from inspector.domain.course import Setting, apart, going, named, over, plain, require, said, who
from inspector.domain.decision import Decision
from inspector.domain.errors import Invalid, Refusal
from inspector.domain.evidence import blank
from inspector.domain.proposal import Proposal
from inspector.domain.value import nothing

NEEDED = (Part.LETTER, Part.REPORT)
"""What no transfer goes without; of goods, tests and other papers there may be none, and the part says so (handbook 1.8.7)."""
POLICE, PROCURATOR = "police", "procurator"
"""Whom a refusal can be taken to: reconsideration by the police, or supervision by the procurator (handbook 1.8.4)."""


def report(held: Consequence, words: str, signed: Signed, setting: Setting, close: Collection[str] = ()) -> Decision[Consequence]:
    """An officer's written report to the head; with that of a second person the head's three days begin (handbook 1.8.1).

    `close`: who stands in for whoever has reported, or is stood in for; where the row asks for it none of them is the second person.
    """
    held = _transfer(held)
    require(held, ConsequenceState.PROPOSED)
    named(signed)
    said("words", words)
    under = held.transfer or Transfer()
    if any(signed.is_of(other) for other, _ in under.reports):
        raise Refusal("consequence_same_person", consequence=held.id, by=signed.by)
    apart(held, signed, ", ".join(other.by for other, _ in under.reports), close, setting)
    made = replace(held, transfer=replace(under, reports=(*under.reports, (signed, words))))
    facts = {"by": signed.by, "words": words, "count": len(under.reports) + 1}
    by = held.due_at or setting.now
    if under.reports:
        made = replace(made, state=ConsequenceState.REPORTED)
        by = plain(setting.now, _stated(setting.row.head), setting.calendar)
    return going(made, by, setting, "consequence.reported", facts)


def refuse(
    held: Consequence, reasons: str, signed: Signed, setting: Setting, close: Collection[str] = ()
) -> Decision[Consequence]:
    """The head says no before two have reported: whoever has raised or reported the question does not end it (handbook 1.8.1, 1.8.2).

    `close` as with `report`.
    """
    held = _transfer(held)
    require(held, ConsequenceState.PROPOSED)
    named(signed)
    said("reasons", reasons)
    raised = Signed(by=held.proposed_by, token=held.proposed_token, at=held.proposed_at)
    if any(signed.is_of(other) for other in (raised, *held.reporters)):
        raise Refusal("consequence_same_person", consequence=held.id, by=signed.by)
    apart(held, signed, ", ".join(other.by for other in held.reporters), close, setting)
    return _refused(replace(held, transfer=replace(held.transfer or Transfer(), head=signed, head_reasons=reasons)), setting)


def _refused(made: Consequence, setting: Setting) -> Decision[Consequence]:
    """What the head has refused is over; the reasons stay on record."""
    under = made.transfer
    assert under is not None, "the head has decided"
    assert under.head is not None, "the head has decided"
    facts = {**who(under.head), "approved": False, "reasons": under.head_reasons}
    told = (setting, "consequence.head", facts, "consequence.dropped")
    return over(made, ConsequenceState.DROPPED, under.head.by, under.head_reasons, *told)


def head(
    held: Consequence,
    *,
    approves: bool,
    reasons: str,
    signed: Signed,
    setting: Setting,
    close: Collection[str] = (),
    at: datetime | None = None,
) -> Decision[Consequence]:
    """The head, who is none of the reporting officers, approves, or refuses with reasons that stay on record (handbook 1.8.2).

    `close` as with `report`. `at`: when it was approved, where it is entered later; the 24 hours run from then. Raises Invalid
    (`transfer_moment_out_of_range`) for one before the second report or to come.
    """
    under = _under(held, ConsequenceState.REPORTED)
    named(signed)
    said("reasons", reasons)
    if any(signed.is_of(other) for other, _ in under.reports):
        raise Refusal("consequence_same_person", consequence=held.id, by=signed.by)
    apart(held, signed, ", ".join(other.by for other, _ in under.reports), close, setting)
    when = _moment(at, max(one.at for one, _ in under.reports), setting)
    made = replace(held, transfer=replace(under, head=signed, head_reasons=reasons))
    if not approves:
        return _refused(made, setting)
    made = replace(held, transfer=replace(under, head=signed, head_reasons=reasons, approved_at=when))
    facts = {**who(signed), "approved": approves, "reasons": reasons, "at": when.isoformat()}
    by = plain(when, _stated(setting.row.hand), setting.calendar)
    return going(replace(made, state=ConsequenceState.APPROVED), by, setting, "consequence.head", facts)


def hand(
    held: Consequence,
    bundle: Mapping[Part, str],
    receipt: str,
    signed: Signed,
    setting: Setting,
    at: datetime | None = None,
) -> Decision[Consequence]:
    """The bundle is handed over with a receipt. Each of its five parts is named; where there is none of a kind, the part says so.

    No transfer goes without its letter and its report (`NEEDED`): that there is none of them is no part.
    `at`: when it went, by the receipt, where it is entered later; the police's days run from then. Raises Invalid as `head` does.
    """
    under = _under(held, ConsequenceState.APPROVED)
    named(signed)
    if missing := tuple(part for part in Part if blank(text := bundle.get(part, "")) or (part in NEEDED and nothing(text))):
        raise Refusal("transfer_bundle_incomplete", consequence=held.id, lacking=missing)
    said("receipt", receipt)
    assert under.head is not None, "what is approved has a head"
    when = _moment(at, under.approved_at or under.head.at, setting)
    made = replace(held, transfer=replace(under, bundle={**bundle}, handed=signed, receipt=receipt, handed_at=when))
    facts = {
        **who(signed),
        "document": receipt,
        "bundle": {part.value: bundle[part] for part in Part},
        "at": when.isoformat(),
        "in_time": held.due_at is None or when <= held.due_at,
    }
    by = plain(when, _stated(setting.row.answer), setting.calendar)
    return going(replace(made, state=ConsequenceState.HANDED), by, setting, "consequence.handed", facts)


def answered(held: Consequence, said_so: Police, setting: Setting) -> Decision[Consequence]:
    """The police file the case, or decline with a document: then reconsideration may be asked for, or the procurator."""
    _of_states(held, ConsequenceState.HANDED, ConsequenceState.CONTESTED)
    under = held.transfer or Transfer()
    named(said_so.signed)
    said("document", said_so.document)
    went = under.handed_at or (under.handed.at if under.handed is not None else None)
    handed = went.date() if went is not None else date.min
    if not handed <= said_so.on <= setting.now.date():
        raise Invalid("police_day_out_of_range", since=handed.isoformat(), field="on")
    if not said_so.accepted:
        said("reasons", said_so.reasons)
    made = replace(held, transfer=replace(under, answers=(*under.answers, said_so)))
    facts = {
        **who(said_so.signed),
        "accepted": said_so.accepted,
        "document": said_so.document,
        "on": said_so.on.isoformat(),
        "reasons": said_so.reasons,
    }
    state, term = (
        (ConsequenceState.FILED, setting.row.papers) if said_so.accepted else (ConsequenceState.DECLINED, setting.row.contest)
    )
    by = plain(setting.calendar.opening(said_so.on), _stated(term), setting.calendar)
    return going(replace(made, state=state), by, setting, "consequence.police", facts)


def contest(held: Consequence, to: str, document: str, signed: Signed, setting: Setting) -> Decision[Consequence]:
    """The agency asks the police to reconsider, or the procurator to look at it (handbook 1.8.4).

    So it asks the procurator where the police say nothing within their time; there is no refusal then that they could reconsider. Raises
    Refusal (`consequence_state`; `transfer_in_time` while their time runs), Invalid.
    """
    waits = (ConsequenceState.HANDED, ConsequenceState.CONTESTED) if to == PROCURATOR else ()
    _of_states(held, ConsequenceState.DECLINED, *waits)
    under = held.transfer or Transfer()
    named(signed)
    if held.state is not ConsequenceState.DECLINED and held.due_at is not None and setting.now <= held.due_at:
        raise Refusal("transfer_in_time", consequence=held.id, due_at=held.due_at.isoformat())
    if to not in (POLICE, PROCURATOR):
        raise Invalid("transfer_whom_unknown", field="to", known=f"{POLICE}, {PROCURATOR}")
    said("document", document)
    made = replace(held, transfer=replace(under, contested=(*under.contested, (signed, to, document))))
    facts = {**who(signed), "to": to, "document": document}
    by = plain(setting.now, _stated(setting.row.answer), setting.calendar)
    return going(replace(made, state=ConsequenceState.CONTESTED), by, setting, "consequence.contested", facts)


def let_stand(
    held: Consequence, reasons: str, signed: Signed, setting: Setting, close: Collection[str] = ()
) -> Decision[Consequence]:
    """The police have declined, and that is left standing: the head says so, and nobody who has raised or reported the question.

    `close` as with `report`.
    """
    under = _under(held, ConsequenceState.DECLINED)
    named(signed)
    said("reasons", reasons)
    raised = Signed(by=held.proposed_by, token=held.proposed_token, at=held.proposed_at)
    if any(signed.is_of(other) for other in (raised, *held.reporters)):
        raise Refusal("consequence_same_person", consequence=held.id, by=signed.by)
    apart(held, signed, ", ".join(other.by for other, _ in under.reports), close, setting)
    told = (setting, "consequence.dropped", {**who(signed), "reasons": reasons}, "consequence.dropped")
    return over(held, ConsequenceState.DROPPED, signed.by, reasons, *told)


def papers(held: Consequence, receipt: str, signed: Signed, setting: Setting) -> Decision[Consequence]:
    """Goods and papers went to the police with the case that they have filed (handbook 1.8.5)."""
    under = _under(held, ConsequenceState.FILED)
    named(signed)
    said("receipt", receipt)
    made = replace(held, transfer=replace(under, papers=signed, papers_receipt=receipt))
    facts = {**who(signed), "document": receipt}
    return over(made, ConsequenceState.TRANSFERRED, signed.by, "", setting, "consequence.papers", facts)


def _transfer(held: Consequence) -> Consequence:
    if held.proposal is not Proposal.TRANSFER_JUDICIAL:
        raise Refusal("consequence_not_transfer", consequence=held.id)
    return held


def _under(held: Consequence, state: ConsequenceState) -> Transfer:
    require(_transfer(held), state)
    return held.transfer or Transfer()


def _of_states(held: Consequence, *states: ConsequenceState) -> None:
    if _transfer(held).state not in states:
        raise Refusal("consequence_state", consequence=held.id, state=held.state, needed=states)


def _moment(at: datetime | None, since: datetime, setting: Setting) -> datetime:
    """When a step was taken, where it is entered later than that: not before the step before it, and not to come."""
    if at is None:
        return setting.now
    if not since <= at <= setting.now:
        raise Invalid("transfer_moment_out_of_range", since=since.isoformat(), until=setting.now.isoformat(), field="at")
    return at


def _stated(term: Term | None) -> Term:
    assert term is not None, "the loader refuses a transfer without its terms"
    return term
