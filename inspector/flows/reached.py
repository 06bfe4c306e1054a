"""A notice that has come, and what its subject says by it, go on to the thing that the notice is about.

A person reads every word; nothing here decides. What is of a consequence or of a credit record goes on to it; of anything else a person
hears and answers.
"""

from __future__ import annotations

from datetime import date, datetime, time

from inspector.domain import ownword
from inspector.domain import serving as domain
from inspector.domain.calendar import SHANGHAI
from inspector.domain.consequence import Consequence, ConsequenceState, StatementKind
from inspector.domain.docket import SPOKE
from inspector.domain.errors import Refusal
from inspector.domain.proceeding import STANDING
from inspector.domain.serving import AGAIN, NoticeKind, SubjectNotice, SubjectWord, Word
from inspector.domain.stamp import Stamp
from inspector.domain.wayto import ServiceWay
from inspector.flows import consequences, effect, eligibility, objections, rectifying, repairs, review, unread
from inspector.flows.giving import settle
from inspector.flows.office import Office
from inspector.flows.serving import answer_until
from inspector.flows.shaken import by_review
from inspector.flows.unserved import held
from inspector.labels import of
from inspector.store.tx import Tx

_STATEMENTS = {
    SubjectWord.DEFENCE: StatementKind.DEFENCE,
    SubjectWord.HEARING: StatementKind.HEARING,
    SubjectWord.WAIVER: StatementKind.WAIVER,
}


def served(  # noqa: PLR0913 - a proof in all its parts
    office: Office, tx: Tx, notice_id: str, on: date, way: ServiceWay, proof: str, by: str, now: datetime, *, agreed: bool = False
) -> SubjectNotice:
    """It has come: the proof is on record, and whatever waited for it goes on. Raises what `serving.served` of the domain raises.

    `agreed`: the subject has agreed to be served by this electronic way; so does whoever has said so at intake.
    """
    case, notice = held(tx, notice_id)
    agreed = agreed or tx.servings.contact(case.id).agreed
    about = tx.consequences.find(notice.about)
    paper = about is not None and about.onset is not None and notice.id == f"{about.id}:notice"
    since = about.onset.opened_on if paper and about is not None and about.onset is not None else None
    decision = domain.served(notice, on, way, proof, by, now, case.pack, agreed=agreed, since=since)
    if decision.because.rule == AGAIN:
        return decision.state
    settle(tx, office, case, decision, now)
    return _began(office, tx, decision.state, now)


def noticed(  # noqa: PLR0913 - a proof in all its parts
    office: Office,
    tx: Tx,
    consequence_id: str,
    on: date,
    way: ServiceWay,
    proof: str,
    by: str,
    now: datetime,
    *,
    agreed: bool = False,
) -> Consequence:
    """The notice of a consequence has come. Raises Refusal (`consequence_not_given`) before there is one, and what `served` raises."""
    held = tx.consequences.get(consequence_id)
    if held.notice is None:
        raise Refusal("consequence_not_given", consequence=held.id)
    served(office, tx, f"{held.id}:notice", on, way, proof, by, now, agreed=agreed)
    return tx.consequences.get(held.id)


def said(office: Office, tx: Tx, notice: SubjectNotice, word: Word, now: datetime, *, bar_known: bool = False) -> None:
    """What the subject has said reaches whoever answers it; a withdrawal that `counts` is carried out at once (the plan, item 9).

    Raises what a withdrawal, an objection and a repair raise.
    """
    if word.kind is SubjectWord.RECEIVED:
        return
    if word.kind is SubjectWord.WITHDRAWAL and counts(notice, word):
        handed = handed_in(notice, word)
        review.withdraw(office, tx, notice.case_id, word.words, word.door, now, bar_known=bar_known, stamp=handed)
        return
    consequence, entry = tx.consequences.find(notice.about), tx.records.find(notice.about)
    if word.kind in _STATEMENTS and consequence is not None and consequence.state is ConsequenceState.NOTICED:
        _state(office, tx, consequence, word, now)
    elif word.kind is SubjectWord.OBJECTION and (entry or (consequence is not None and consequence.state in STANDING)):
        objections.object(
            office,
            tx,
            notice.about,
            _words(office, notice, word),
            word.digests,
            _door(word),
            now,
            said_at=word.at,
            stamp=_stamp(word),
        )
    elif word.kind is SubjectWord.OBJECTION and notice.kind is NoticeKind.BAR:
        told = notice.about, _words(office, notice, word), word.digests, _door(word), now
        eligibility.contest(office, tx, *told, case=notice.case_id, said_at=word.at)
    elif word.kind is SubjectWord.RECHECK and consequence is not None:
        rectifying.ask(office, tx, consequence.id, _words(office, notice, word), _door(word), now, stamp=_stamp(word))
    elif word.kind is SubjectWord.REPAIR and entry is not None:
        repairs.ask(
            office,
            tx,
            entry.entry,
            _words(office, notice, word),
            (),
            _door(word),
            now,
            word.digests,
            said_at=word.at,
            stamp=_stamp(word),
        )
    else:
        facts = {
            "case": notice.case_id,
            "about": notice.about,
            "word": word.kind.value,
            "receipt": word.receipt,
            "late": word.late,
        }
        pack = tx.cases.get(notice.case_id).pack
        more = unread.more(by_review(office, pack, facts, word.at), word.receipt)
        tx.attention.add(SPOKE, notice.agency, notice.id, more, now)


def handed_in(notice: SubjectNotice, word: Word) -> Stamp | None:
    """On which day a withdrawal was handed in, and what shows it: its own mark, or that a first officer had entered it by then."""
    own, first = _stamp(word), _alone(notice, word.receipt)
    typed = [(one.entered.at if one.entered is not None else one.at, one.receipt) for one in first]
    stamps = [Stamp(on=at.astimezone(SHANGHAI).date(), by=receipt) for at, receipt in typed] + ([own] if own is not None else [])
    return min(stamps, key=lambda one: one.on, default=None)


def counts(notice: SubjectNotice, word: Word) -> bool:
    """Whether a withdrawal takes effect: the subject's own, or one of two officers, with the paper that the subject has signed."""
    if ownword.hands(word):
        return ownword.seconded(word, _alone(notice, word.receipt))
    return True


def awaiting(notice: SubjectNotice) -> Word | None:
    """The last withdrawal that may be an officer's and waits for a second one's word; None: none does."""
    held = _alone(notice, "")
    return held[-1] if held else None


def _alone(notice: SubjectNotice, receipt: str) -> list[Word]:
    """The withdrawals before a receipt that count for nothing yet. What has counted once is no first word of another one."""
    waiting: list[Word] = []
    for one in notice.words:
        if one.receipt == receipt:
            break
        if one.kind is SubjectWord.WITHDRAWAL:
            waiting = [] if not ownword.hands(one) or ownword.seconded(one, waiting) else [*waiting, one]
    return waiting


def _began(office: Office, tx: Tx, notice: SubjectNotice, now: datetime) -> SubjectNotice:
    """The time for a statement runs from the day on which the notice of a consequence came; what was said before counts in it.

    So does the date of an order to rectify from the day on which its decision came, and an entry counts from then on.
    """
    held = tx.consequences.find(notice.about)
    if held is not None and notice.id == f"{held.id}:decision":
        assert notice.served_on is not None, "it was proven"
        rectifying.reached(office, tx, held.id, now)
        effect.begun(office, tx, held, notice.served_on, now)
    if held is None or notice.id != f"{held.id}:notice" or held.state is not ConsequenceState.PROPOSED:
        return notice  # another notice about it gives no time for a statement
    assert notice.served_on is not None, "it was proven"
    assert notice.served_way is not None, "it was proven"
    evening = datetime.combine(notice.served_on, time(23, 59, 59), SHANGHAI)
    way, proof, by = notice.served_way.value, notice.proof, notice.served_by
    held = consequences.served(office, tx, held.id, min(evening, now), way, proof, by, now)
    for word in notice.words:
        if word.kind in _STATEMENTS:
            held = _state(office, tx, held, word, now)
    unread.over(tx, notice, _STATEMENTS.keys(), now)  # whoever decides reads them from now on (`statement_unread`)
    until = held.notice.defend_by if held.notice is not None else None
    return answer_until(tx, notice.id, until) if until is not None else notice


def _state(office: Office, tx: Tx, held: Consequence, word: Word, now: datetime) -> Consequence:
    """A word in a proceeding, once: its receipt says which one it is."""
    if any(one.door == _door(word) for one in held.statements):
        return held
    words = word.words.strip() or of(word.kind, office.agency(held.agency).language)
    told = held.id, _STATEMENTS[word.kind], words, word.digests, _door(word), now
    return consequences.state(office, tx, *told, said_at=word.at, entered=word.entered, holders=word.holders, stamp=_stamp(word))


def _stamp(word: Word) -> Stamp | None:
    return Stamp(on=word.at.astimezone(SHANGHAI).date(), by=word.stamp) if word.stamp else None


def _words(office: Office, notice: SubjectNotice, word: Word) -> str:
    return word.words.strip() or of(word.kind, office.agency(notice.agency).language)


def _door(word: Word) -> str:
    return f"{word.door}:{word.receipt}"
