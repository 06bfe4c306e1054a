"""An order to rectify after it was imposed: its subject is reminded, asks for the re-check, an officer looks (domain.rectification)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from inspector.domain import moretime, proceeding, rectification
from inspector.domain import upholding as domain
from inspector.domain.act import GRAVITY
from inspector.domain.case import Case, CaseState
from inspector.domain.consequence import UNDECIDED, Agreement, Consequence, ConsequenceState, Look, MoreTime, Signed, Stage
from inspector.domain.decision import Decision
from inspector.domain.docket import SPOKE
from inspector.domain.duty import Follow, FollowRow
from inspector.domain.errors import Refusal
from inspector.domain.falling import IN_FORCE, REVOCATION, SHAKEN
from inspector.domain.opening import Opening
from inspector.domain.proposal import Proposal
from inspector.domain.serving import NoticeKind, NoticeState, SubjectNotice, SubjectWord
from inspector.domain.stamp import Stamp, moment
from inspector.flows import consequences, creditrecords, deputies, giving, objections, shaken, unserved
from inspector.flows.consequences import locked, main_over, settle, spread
from inspector.flows.decisions import chosen
from inspector.flows.office import Office
from inspector.flows.record import record
from inspector.flows.settle import Settlement, nothing
from inspector.flows.shaken import of_dates, setting
from inspector.flows.unserved import came
from inspector.labels import label
from inspector.store.tx import Tx
from inspector.store.work import Work


def ask(
    office: Office, tx: Tx, consequence_id: str, words: str, by: str, now: datetime, *, stamp: Stamp | None = None
) -> Consequence:
    """The subject, or an officer for it, asks for the re-check before the date; `stamp`: when, where that was before it was typed in."""
    case, held = locked(office, tx, consequence_id, now)
    _stands(case, held)
    made = rectification.ask(
        held,
        by,
        words,
        setting(office, held, now),
        _recheck(office, held),
        moment(stamp, held.imposed_at or now, now, office.calendar),
    )
    return settle(office, tx, case, held, made, now)


def reached(office: Office, tx: Tx, consequence_id: str, now: datetime) -> Consequence:
    """The order has come, as its proof says: its date is counted from that day, and where it moves, its subject is told the new one."""
    case, held = locked(office, tx, consequence_id, now)
    told = tx.servings.find(f"{held.id}:decision")
    ordered = held.rectification is not None and held.state is ConsequenceState.IMPOSED
    if not ordered or told is None or told.served_on is None or told.state is not NoticeState.SERVED:
        return held
    made = rectification.reached(held, told.served_on, setting(office, held, now), _recheck(office, held))
    if made is None:
        return held
    done = settle(office, tx, case, held, made, now)
    under, was = done.rectification, held.rectification
    assert under is not None, "it was counted"
    assert was is not None, "it was counted"
    if under.until == was.until or now > under.until or not _standing(case, done):
        return done
    unserved.done(tx, f"{done.id}:reminder", now)  # it named a day that counts no more
    lang = office.agency(done.agency).language
    fact = label("proceeding.until_anew", lang, on=told.served_on.isoformat(), until=under.until.date().isoformat())
    notice = _reminder(office, done, "until", now)
    giving.give(office, tx, replace(notice, facts=(fact, *notice.facts)), now)
    return done


def more_time(office: Office, tx: Tx, consequence_id: str, given: MoreTime, now: datetime) -> Consequence:
    """An officer gives more time to rectify: its subject is told the new date. Raises what `moretime.give` raises.

    Refused (`rectification_unserved`) of an order that has not come: its date is counted from the day on which it does.
    """
    case, held = locked(office, tx, consequence_id, now)
    _stands(case, held)
    held = reached(office, tx, held.id, now)
    if not came(tx, held.id):
        raise Refusal("rectification_unserved", consequence=held.id, notice=f"{held.id}:decision")
    given = replace(given, signed=deputies.signs(office, tx, held, given.signed, now))
    return _longer(office, tx, case, held, moretime.give(held, given, setting(office, held, now), _recheck(office, held)), now)


def agree(
    office: Office, tx: Tx, consequence_id: str, kind: Agreement, words: str, signed: Signed, now: datetime, *, turn: int
) -> Consequence:
    """Another person agrees to more time that is written. Raises what `moretime.agree` raises."""
    case, held = locked(office, tx, consequence_id, now)
    _stands(case, held)
    under = held.rectification
    written = under.waits if under is not None else None
    required = (written.signed, *written.agreed.values()) if written is not None else ()
    close = deputies.close(office, tx, held.agency, required, now)
    at, row = setting(office, held, now), _recheck(office, held)
    made = moretime.agree(held, kind, signed, words, at, row, turn=turn, close=close)
    return _longer(office, tx, case, held, made, now)


def look(office: Office, tx: Tx, consequence_id: str, seen: Look, now: datetime) -> Consequence:
    """A named officer enters what a re-check shows. Rectified in time: nothing heavier follows. Failed: a revocation is proposed.

    Raises Refusal while the order has not reached its subject: who was told nothing has failed at nothing (handbook 2.7); and nobody
    fails while an objection is open (scenario 62).
    """
    case, held = locked(office, tx, consequence_id, now)
    _stands(case, held)
    held = reached(office, tx, held.id, now)  # one that came before releases counted from that day
    seen = replace(seen, signed=deputies.signs(office, tx, held, seen.signed, now))
    known = {piece.id: piece for piece in tx.cases.evidence(case.id)}
    cited = chosen(office, tx, case.id, office.book.get(case.pack), known, seen.evidence)
    made = rectification.look(held, seen, cited, setting(office, held, now), _recheck(office, held))
    if made.state.state is ConsequenceState.FAILED and objections.holds(tx, case.id):
        raise Refusal("consequence_objected", consequence=held.id, case=case.id)
    if made.state.state is ConsequenceState.FAILED and not came(tx, held.id):
        raise Refusal("rectification_unserved", consequence=held.id, notice=f"{held.id}:decision")
    done = settle(office, tx, case, held, made, now)
    if done.state is ConsequenceState.FAILED:
        _revoke(office, tx, case, done, seen, now)
    if done.state is ConsequenceState.RECTIFIED:
        _spare(office, tx, case, done, now)
        creditrecords.rectified(office, tx, case, done, now)
    main_over(office, tx, case, done, now)
    return done


def remind(work: Work, office: Office) -> Settlement:
    """The date to rectify comes near: its subject is reminded. Nothing is decided by it.

    Of an order that has not come nobody is reminded: its date is counted from the day on which it comes, and so is its reminder.
    """
    with office.store.read() as tx:
        if rectification.remind(tx.consequences.get(str(work.payload["consequence"]))) is None:
            return nothing("obsolete")

    def write(tx: Tx, now: datetime) -> None:
        case, held = locked(office, tx, str(work.payload["consequence"]), now)
        made = rectification.remind(held)
        if made is None or held.rectification is None or now > held.rectification.until or not _standing(case, held):
            return
        if work.payload["until"] != held.rectification.until.isoformat() or not came(tx, held.id):
            return
        record(tx, case.id, made, now, {"consequence_state": held.state.value}, kept=case.pack)
        spread(office, tx, case, made, now)
        longer = len(held.rectification.longer)
        giving.give(office, tx, _reminder(office, held, f"reminder-{longer}" if longer else "reminder", now), now)

    return Settlement(write=write)


def _longer(office: Office, tx: Tx, case: Case, held: Consequence, made: Decision[Consequence], now: datetime) -> Consequence:
    """Write more time; where it took effect its subject hears the new date, no notice of the former one goes on, a wish is answered."""
    done = settle(office, tx, case, held, made, now)
    under = done.rectification
    assert under is not None, "an order has a date"
    assert held.rectification is not None, "an order has a date"
    if len(under.longer) == len(held.rectification.longer):
        return done
    for part in of_dates(held):
        unserved.done(tx, f"{done.id}:{part}", now)
    for one in tx.servings.of_case(case.id):
        said = {word.kind for word in one.words}
        if one.about == done.id and SubjectWord.MORE_TIME in said and SubjectWord.WITHDRAWAL not in said:
            tx.attention.over(f"{SPOKE}:{one.id}", now)
    given, lang = under.longer[-1], office.agency(done.agency).language
    days = {"until": under.until.date().isoformat(), "was": given.was.date().isoformat()}
    notice = _reminder(office, done, f"longer-{len(under.longer)}", now)
    facts = (label("proceeding.longer_told", lang, **days), *notice.facts)
    basis = tuple(dict.fromkeys((*notice.basis, given.law)))
    giving.give(office, tx, replace(notice, facts=facts, reasons=given.reasons, basis=basis), now)
    return done


def _reminder(office: Office, held: Consequence, part: str, now: datetime) -> SubjectNotice:
    """What a subject is told of its date: what it was ordered for, and until when."""
    told = held.notice
    return SubjectNotice(
        id=f"{held.id}:{part}",
        kind=NoticeKind.REMINDER,
        case_id=held.case_id,
        agency=held.agency,
        about=held.id,
        title=label(f"Proposal.{held.proposal.value}", office.agency(held.agency).language),
        facts=told.facts if told is not None else (),
        reasons=held.verdict.reasons if held.verdict is not None else "",
        rights=(),
        basis=held.basis,
        answer_by=held.rectification.until if held.rectification is not None else None,
        made_at=now,
    )


def stands(office: Office, tx: Tx, case: Case, now: datetime) -> None:
    """A case was decided: an order in doubt that follows the same outcome stands again, and nobody need look whether it does.

    What an officer had said to stand while the case was open is looked at once more where it was decided otherwise.
    """
    for held in tx.consequences.of_case(case.id, lock=True):
        if held.upheld is not None and held.state in IN_FORCE and not _follows(case, held):
            shaken.shake(office, tx, case, [held], domain.RULE, now)
            if held.stage is Stage.RECHECK:
                settle(office, tx, case, held, rectification.doubt(held, domain.RULE, setting(office, held, now)), now)
        elif held.doubted and held.state is ConsequenceState.IMPOSED and _follows(case, held):
            settle(office, tx, case, held, rectification.stand(held, setting(office, held, now)), now)
            tx.attention.over(f"{SHAKEN}:{held.id}", now)


def _follows(case: Case, held: Consequence) -> bool:
    """Whether the outcome that an order followed still stands."""
    return case.state is CaseState.CLOSED and case.outcome is held.grading.outcome


def _standing(case: Case, held: Consequence) -> bool:
    """Whether an order goes on: its outcome stands, or an officer has said that the order does."""
    return _follows(case, held) or (held.upheld is not None and not case.state.gone)


def _stands(case: Case, held: Consequence) -> None:
    if not _standing(case, held):  # a case that is open again asks nobody to rectify anything
        raise Refusal("consequence_case_open", consequence=held.id, state=case.state)


def _recheck(office: Office, held: Consequence) -> FollowRow | None:
    return office.book.get(held.pack).follows.get(Follow.RECHECK)


def _revoke(office: Office, tx: Tx, case: Case, failed: Consequence, seen: Look, now: datetime) -> None:
    """A proposal to revoke, on the evidence of the order and of the re-check (handbook scenario 58): nothing is revoked by it."""
    policy, number = office.book.get(failed.pack), len(tx.consequences.of_case(case.id)) + 1
    ids = tuple(dict.fromkeys((*failed.evidence, *seen.evidence)))
    given = Opening(
        proposal=Proposal.REVOKE,
        by=seen.signed.by,
        token=seen.signed.token,
        evidence=ids,
        act=failed.grading.act,
        origin=REVOCATION,
        reasons=seen.words,
    )
    made = consequences.new(tx, case, given, number, failed.grading.outcome, policy, now)
    consequences.begin(office, tx, case, (replace(made, grading=failed.grading),), (), now, tells=True)


def _spare(office: Office, tx: Tx, case: Case, rectified: Consequence, now: datetime) -> None:
    """Rectified in time and without harm: no penalty is proposed any more, and an entry is minor at most (handbook scenario 57).

    One that is entered already was decided by an officer with a graver grade: an officer looks at it.
    """
    if not rectification.spared(rectified):
        return
    for held in tx.consequences.of_case(case.id, lock=True):
        graver = held.proposal is Proposal.RECORD_CREDIT and held.grading.grade in GRAVITY[1:]
        if held.proposal is Proposal.PENALTY and held.state in UNDECIDED:
            settle(office, tx, case, held, proceeding.supersede(held, rectified.id, setting(office, held, now)), now)
        elif graver and held.state in UNDECIDED:
            settle(office, tx, case, held, proceeding.regrade(held, GRAVITY[0], rectified.id, setting(office, held, now)), now)
        elif graver and held.state is ConsequenceState.IMPOSED:
            shaken.shake(office, tx, case, [held], "consequence.rectified", now)
