"""A decision, or a credit record, is annulled: everything derived from it falls with it, everywhere (handbook scenario 61; domain.falling).

The case is locked before its consequences and its record, as everywhere. Every step is written in the caller's transaction: what falls
falls together or not at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from inspector.domain import creditrecord, proceeding
from inspector.domain import striking as domain
from inspector.domain.annulled import OF_A_TRANSFER, Annulled
from inspector.domain.case import Case
from inspector.domain.consequence import Consequence, Signed
from inspector.domain.creditrecord import Record
from inspector.domain.decision import Decision
from inspector.domain.ending import take_back, without_entry
from inspector.domain.errors import Invalid
from inspector.domain.falling import ENTRY_FALLS, falling
from inspector.domain.proceeding import ANNULLABLE
from inspector.domain.proposal import ALTERNATIVES, Proposal
from inspector.flows import (
    cleared,
    contested,
    creditbook,
    creditrecords,
    credittold,
    disclosing,
    headed,
    shaken,
    striking,
    unpublish,
)
from inspector.flows.consequences import locked, main_over, resume, settle
from inspector.flows.office import Office
from inspector.flows.record import record
from inspector.flows.settle import settle_case
from inspector.flows.shaken import setting
from inspector.flows.telling import tell
from inspector.store.tx import Tx


@dataclass(frozen=True, slots=True)
class _Said:
    """Who has annulled, by which document, who enters it (`token`: by which login), when; `fallen`: what falls by it, for the notice."""

    why: Annulled
    document: str
    by: str
    now: datetime
    token: str = ""
    fallen: list[cleared.Fallen] = field(default_factory=list)


def consequence(
    office: Office, tx: Tx, consequence_id: str, why: Annulled, document: str, by: str, now: datetime, *, token: str = ""
) -> Consequence:
    """What took effect stands no more, and nothing derived from it. Raises Missing, Refusal (`consequence_not_imposed`), Invalid.

    That a transfer falls is entered by the head (`headed.signs`), as it was decided by the head.
    """
    case, held = locked(office, tx, consequence_id, now)
    if held.proposal is Proposal.TRANSFER_JUDICIAL and held.state in ANNULLABLE and why in OF_A_TRANSFER:
        headed.signs(office, tx, held, Signed(by=by, token="", at=now))
    said = _Said(why, document, by, now, token)
    done = _decision(office, tx, case, held, said)
    _entry(office, tx, done.entry, said)
    _others(office, tx, done, said)
    _tell(office, tx, case, done.id, said)
    return done


def entry(  # noqa: PLR0913 - an annulment in all its parts
    office: Office,
    tx: Tx,
    name: str,
    why: Annulled,
    document: str,
    by: str,
    now: datetime,
    *,
    token: str = "",
    reasons: str = "",
) -> Record:
    """The basis of an entry is annulled: a retraction goes to each receiver that has a copy, until each has acknowledged it.

    The bar is lifted at once, the decision that ordered it falls with it, the approving system is told, what was published of its visits
    is to be taken back; the history stays. The entry of a kept promise two officers strike, each by the same document, the first one with
    `reasons`; its subject is told (`striking`). Raises Missing, Invalid, Refusal (`record_over`, `strike_same_person`,
    `strike_other_document`, `objection_holds`).
    """
    case, mine = creditrecords.held(tx, name)
    if not mine.adverse and mine.stands_somewhere:
        return _kept(office, tx, case, mine, _Said(why, document, by, now, token), Signed(by=by, token=token, at=now), reasons)
    said = _Said(why, document, by, now, token)
    done = _record(office, tx, case, mine, said)
    effect = (one for one in tx.consequences.of_case(case.id, lock=True) if one.entry == name and one.state in ANNULLABLE)
    if (ordered := next(effect, None)) is not None:
        _others(office, tx, _decision(office, tx, tx.cases.get(case.id), ordered, said), said)
        _tell(office, tx, case, name, said)
        return done
    unpublish.annulled(office, tx, case, said.why, said.document, said.by, said.now)
    shaken.later(office, tx, case, "credit.annulled", now)
    _over(office, tx, tx.cases.get(case.id), "credit.annulled", now, token)
    _tell(office, tx, case, name, said)
    return done


def give_way(office: Office, tx: Tx, case: Case, to: Consequence, by: str, now: datetime) -> Case:
    """A case's entry gives way to a graver one of the same finding: nobody keeps it, nothing else falls.

    With it goes a lighter one that an officer has decided since and that has not come yet.
    """
    said, former = _Said(Annulled.CORRECTION, to.id, by, now), case.entry
    for one in tx.consequences.of_case(case.id, lock=True):
        if one.entry and one.id != to.id and one.state in ANNULLABLE and one.proposal is Proposal.RECORD_CREDIT:
            _decision(office, tx, case, one, said)
            _entry(office, tx, one.entry, said)
    _entry(office, tx, former or "", said)
    return tx.cases.get(case.id, lock=True)


def refuse_objection(why: Annulled, field: str) -> None:
    """Raise Invalid where an objection would be said to have been upheld: it annuls by being upheld, by another officer, with reasons."""
    if why is Annulled.OBJECTION:
        raise Invalid("annulled_by_objection", field=field)


def refuse_first(mine: Record, why: Annulled, field: str) -> None:
    """Raise Invalid where nobody begins by this door: an upheld objection, or a new decision of the case, is itself the first word."""
    if mine.striking is not None:
        return
    refuse_objection(why, field)
    if why is Annulled.CORRECTION:
        raise Invalid("annulled_by_review", field=field)


def _kept(office: Office, tx: Tx, case: Case, mine: Record, said: _Said, by: Signed, reasons: str) -> Record:
    """What speaks for somebody is struck by two; whoever has asked and says the same again has said it once."""
    held = mine.striking
    if (
        held is not None
        and held.asked.is_of(by)
        and (held.why, held.document, held.reasons) == (said.why, said.document, reasons)
    ):
        return mine
    striking.refuse_contested(tx, mine)
    if held is None:
        return striking.ask(office, tx, case, mine, said.why, said.document, reasons, by)
    today = office.calendar.local_date(said.now)
    done = _gone(office, tx, case, mine, domain.agree(mine, held, said.why, said.document, by, today), said)
    if said.why is not Annulled.CORRECTION:  # by an officer's new decision of the case: what is public goes by that itself
        unpublish.annulled(office, tx, case, said.why, said.document, said.by, said.now)
    _over(office, tx, tx.cases.get(case.id), "credit.annulled", said.now, said.token)
    striking.tell(office, tx, tx.cases.get(case.id), done, said.now)
    return done


def _over(office: Office, tx: Tx, case: Case, why: str, now: datetime, token: str) -> None:
    """Objections to what stands no more are answered; what waited for that, or is owed by law all the same, is proposed."""
    contested.swept(office, tx, case, why, now, token=token)
    resume(office, tx, tx.cases.get(case.id), now, token)


def _tell(office: Office, tx: Tx, case: Case, about: str, said: _Said) -> None:
    """Whoever it stood against hears of all that fell, once."""
    lang = office.agency(case.agency).language
    reasons = credittold.annulled(office, tx, case.id, said.why, said.document, lang)
    cleared.tell(office, tx, case, about, said.fallen, reasons, said.now)


def _others(office: Office, tx: Tx, gone: Consequence, said: _Said) -> None:
    """What was derived from a decision that fell, and what an officer is to look at; its objections are over."""
    case = tx.cases.get(gone.case_id, lock=True)
    found = falling(gone, tx.consequences.of_case(case.id, lock=True))
    for one in found.annulled:
        _decision(office, tx, case, one, said, fallen=gone.id, cited=ENTRY_FALLS)
        _entry(office, tx, one.entry, said)
        case = tx.cases.get(case.id)
    if gone.proposal in ALTERNATIVES and case.outcome is gone.grading.outcome and case.entry is not None:
        _entry(office, tx, case.entry, said)  # entered by the review itself, under a pack that lets no officer decide it
        case = tx.cases.get(case.id)
    for one in found.dropped:
        made = proceeding.supersede(one, gone.id, setting(office, one, said.now))
        main_over(office, tx, case, settle(office, tx, case, one, made, said.now), said.now)
    shaken.shake(office, tx, case, found.shaken, "consequence.annulled", said.now)
    if gone.proposal in ALTERNATIVES | {Proposal.RECORD_CREDIT}:
        unpublish.annulled(office, tx, case, said.why, said.document, said.by, said.now)
        shaken.later(office, tx, case, "consequence.annulled", said.now)
    _over(office, tx, case, "consequence.annulled", said.now, said.token)


def _decision(
    office: Office, tx: Tx, case: Case, held: Consequence, said: _Said, fallen: str = "", cited: Sequence[str] = ()
) -> Consequence:
    at = setting(office, held, said.now)
    made = proceeding.annul(held, said.why, said.document, said.by, at, fallen=fallen, cited=cited)
    done = settle(office, tx, case, held, made, said.now)
    said.fallen.append(done)
    main_over(office, tx, case, done, said.now)
    if done.proposal is Proposal.PENALTY:
        disclosing.fell(office, tx, done, said.why, said.document, said.by, said.now)
    return done


def _entry(office: Office, tx: Tx, name: str, said: _Said) -> None:
    """The entry that a decision ordered, where it ordered one and it stands."""
    mine = tx.records.find(name, lock=True) if name else None
    # a kept promise that stands beside it no decision has ordered
    if mine is not None and mine.adverse and mine.stands_somewhere:
        _record(office, tx, tx.cases.get(mine.case_id, lock=True), mine, said)


def _record(office: Office, tx: Tx, case: Case, mine: Record, said: _Said) -> Record:
    today = office.calendar.local_date(said.now)
    return _gone(office, tx, case, mine, creditrecord.annul(mine, said.why, said.document, said.by, today), said)


def _gone(office: Office, tx: Tx, case: Case, mine: Record, decided: Decision[Record], said: _Said) -> Record:
    """Write that a record stands nowhere any more, with its retraction, and that the approving system hears it."""
    policy = office.book.get(case.pack)
    creditbook.quiet(tx, mine, said.now)
    tx.records.put(decided.state)
    said.fallen.append(decided.state)
    told = (creditrecord.told(decided.state),)
    if case.entry == mine.entry:
        because = decided.because
        orders = take_back(case, "ANNULLED", because.basis[-1], said.now)
        settle_case(tx, office, Decision(state=without_entry(case), because=because, orders=orders, told=told), policy, said.now)
    else:  # it was taken back before, by another decision; what is to be heard is that nothing of it stands
        record(tx, case.id, decided, said.now, {"record": mine.entry}, kept=case.pack)
        heard = Decision(state=case, because=decided.because, told=told)
        tx.work.order(tell(tx, office, case, heard, policy, said.now), said.now)
    return decided.state
