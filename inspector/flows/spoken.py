"""What a subject says by the link of a notice: kept with its files, received with a number, and passed on to whoever answers it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from inspector.domain import moretime, ownword, rectification, serving
from inspector.domain.case import Case
from inspector.domain.consequence import Consequence, Signed, StatementKind
from inspector.domain.decision import Because, Decision
from inspector.domain.errors import Invalid, Refusal
from inspector.domain.evidence import blank
from inspector.domain.hearing import open_to
from inspector.domain.material import Kept, kept
from inspector.domain.proceeding import STANDING
from inspector.domain.serving import WORDLESS, NoticeKind, NoticeState, SubjectNotice, SubjectWord, Word
from inspector.domain.stamp import Stamp, moment
from inspector.domain.wayto import ServiceWay
from inspector.domain.withdrawal import first_day, in_time
from inspector.flows import consequences, inname, prevailing, reached, withdrawals
from inspector.flows.giving import settle
from inspector.flows.office import Office
from inspector.flows.record import record
from inspector.flows.serving import LINK
from inspector.flows.unserved import held
from inspector.store.tx import Tx

MOST = 10
"""Files that one notice takes: who has more to show brings it to the counter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """What became of it: the notice, and the number of the receipt."""

    notice: SubjectNotice
    receipt: str


def take(content: bytes) -> Kept:
    """Take a file apart, before any transaction: nobody waits for it. Raises what `material.kept` raises."""
    return kept(content)


def files_of(notices: Sequence[SubjectNotice]) -> dict[str, str]:
    """By which of these notices each file came that a subject has sent: its SHA-256, the notice's id."""
    return {digest: one.id for one in notices for word in one.words for digest in word.digests}


def digests_of(files: tuple[Kept, ...]) -> tuple[str, ...]:
    """The SHA-256 of what is kept of some files."""
    return tuple(hashlib.sha256(one.content).hexdigest() for one in files)


def may_say(
    office: Office,
    case: Case,
    notice: SubjectNotice,
    now: datetime,
    held: Consequence | None = None,
    *,
    handed_in: date | None = None,
) -> tuple[SubjectWord, ...]:
    """What the subject may say now; by a notice of an order to rectify (`held`) also that it asks for the re-check (handbook 1.1.12),

    or, before its date is over, for more time.

    A hearing is offered to whom the row of what is proposed gives a right to one, or the notice promises one. `handed_in`: on which day a
    withdrawal was, where that was before it is entered.
    """
    by = prevailing.of(office, case, held, now) if held is not None else None
    row = office.book.get(by.pack).consequences.get(by.proposal) if by is not None else None
    hearing = by is not None and row is not None and open_to(by, row)
    concluded = not in_time(case, handed_in)
    said = serving.may_say(notice, now, concluded=concluded, over=case.state.gone, hearing=hearing)
    told = notice.kind in (NoticeKind.DECISION, NoticeKind.REMINDER) and notice.state is not NoticeState.CANCELLED
    if not told or held is None or held.rectification is None:
        return said
    recheck = (SubjectWord.RECHECK,) if rectification.may_ask(held) else ()
    longer = (SubjectWord.MORE_TIME,) if moretime.may_ask(held) and now <= held.rectification.until else ()
    return (*said, *recheck, *longer)


def say(  # noqa: PLR0913 - a word in all its parts
    office: Office,
    tx: Tx,
    notice_id: str,
    kind: SubjectWord,
    words: str,
    files: tuple[Kept, ...],
    now: datetime,
    *,
    door: str = LINK,
    entered: Signed | None = None,
    holders: tuple[Signed, ...] = (),
    bar_known: bool = False,
    stamp: Stamp | None = None,
) -> Spoken:
    """The subject speaks: by the link, or at the counter by an officer's token. The same words and files twice are one, until answered.

    That the notice came is said by `RECEIVED` and by a waiver, which ends a time that only runs for whom has it; by the link both agree to
    have been served in this way. Entered by somebody else they prove nothing: service at the counter has a proof of its own.

    `bar_known`: whoever withdraws knows of the bar that follows. `entered`: which officer writes it down; `holders`: who had been handed
    the link. A waiver or a withdrawal that is entered needs the paper that the subject has signed, as a file; a withdrawal that may be an
    officer's counts once another one has entered it with that paper. The subject is told of either. `stamp`: when it was handed in or
    posted, where that was before it is entered: it counts from then.

    Raises Refusal (`word_unfit`, `materials_many`), Invalid (`word_empty`, `waiver_unsigned`, `withdrawal_unsigned`), and what a
    withdrawal raises.
    """
    case, notice = held(tx, notice_id)
    digests = digests_of(files)
    there = {digest for one in notice.words for digest in one.digests}
    if len(there | {*digests}) > MOST:
        raise Refusal("materials_many", most=MOST)
    number = f"{notice.id}-{len(notice.words) + 1}"
    since = first_day(case) if kind is SubjectWord.WITHDRAWAL else notice.made_at
    at = moment(stamp, since, now, office.calendar)
    word = Word(receipt=number, kind=kind, words=words, digests=digests, at=at, door=door, entered=entered, holders=holders)
    word = replace(word, stamp=stamp.by if stamp is not None else "")
    handed = reached.handed_in(notice, word)
    allowed = may_say(
        office, case, notice, at, tx.consequences.find(notice.about), handed_in=handed.on if handed is not None else None
    )
    before = serving.before(notice, word)
    anew = before is not None and kind in allowed and _answered(tx, case, notice, before)
    if anew:
        before = None
    if before is not None:  # also what cannot be said twice: a repetition is answered as before
        return Spoken(notice=notice, receipt=before.receipt)
    if door != LINK and kind in WORDLESS and blank(words):
        raise Invalid("word_empty", field="words")  # who enters it for the subject writes down what the subject said
    if kind is SubjectWord.WAIVER and entered is not None and not digests:
        raise Invalid("waiver_unsigned", field="file")
    if kind is SubjectWord.WITHDRAWAL and entered is not None and not digests:
        raise Invalid("withdrawal_unsigned", field="file")
    decision = serving.said(notice, word, allowed, now, case.pack, anew=anew)
    for digest, one in zip(digests, files, strict=True):
        tx.materials.keep(notice.id, digest, one.kind, one.content, now, case.id)
    settle(tx, office, case, decision, now)
    made = decision.state
    itself = door == LINK and entered is None and kind in (SubjectWord.RECEIVED, SubjectWord.WAIVER)
    if itself and made.state is not serving.NoticeState.SERVED:
        day = office.calendar.local(
            now
        ).date()  # the subject's own word that it came, with the agreement to this way: a proof, of today
        way = _came_by(office, case, notice)
        by = ", ".join(one.by for one in holders) or "subject"  # an officer's word that it came stands under that officer's name
        made = reached.served(office, tx, notice.id, day, way, number, by, now, agreed=True)
    reached.said(office, tx, made, made.words[-1], now, bar_known=bar_known)
    if kind is SubjectWord.WITHDRAWAL or (itself and kind is SubjectWord.RECEIVED):
        awaits = kind is SubjectWord.WITHDRAWAL and not reached.counts(made, made.words[-1])
        told = inname.Entered(kind, words, now, notice.about, notice.basis, ownword.hands(word), awaits)
        inname.tell(office, tx, case, f"{number}:entered", told, now)
    return Spoken(notice=tx.servings.get(notice_id), receipt=number)


def _came_by(office: Office, case: Case, notice: SubjectNotice) -> ServiceWay:
    """By which way the link came that its subject has opened: by that of our channel where nobody else has handed it over."""
    hands = [one.who for one in notice.history if one.rule == serving.HANDED]
    pushed = {office.serving(case.agency, way.value): way for way in ServiceWay if way.pushed}
    if hands and all(one in pushed for one in hands):
        return pushed[hands[-1]]
    return notice.way if notice.way.electronic else ServiceWay.SYSTEM


def stated(  # noqa: PLR0913 - a word in all its parts
    office: Office,
    tx: Tx,
    consequence_id: str,
    kind: StatementKind,
    words: str,
    digests: tuple[str, ...],
    door: str,
    now: datetime,
    *,
    entered: Signed | None,
    stamp: Stamp | None,
) -> Consequence:
    """What the subject said in a proceeding is typed in (`consequences.state`, `door`).

    Where it was decided before that, and the words had been handed in in their time, a person reads and answers them at the notice, and
    nobody loses a word by our typing. A waiver ends nothing any more.
    """
    held = tx.consequences.get(consequence_id)
    given = held.notice if held.state in STANDING and kind is not StatementKind.WAIVER and stamp is not None else None
    if given is None or given.defend_by is None or moment(stamp, given.given.at, now, office.calendar) > given.defend_by:
        return consequences.state(office, tx, consequence_id, kind, words, digests, door, now, entered=entered, stamp=stamp)
    papers = "\n".join((words, *digests))
    say(office, tx, f"{held.id}:notice", SubjectWord(kind.value), papers, (), now, door=door, entered=entered, stamp=stamp)
    return tx.consequences.get(consequence_id)


def _answered(tx: Tx, case: Case, notice: SubjectNotice, word: Word) -> bool:
    """Whether what these words asked for was answered since, so that who says them once more asks anew."""
    match word.kind:
        case SubjectWord.RECHECK:
            return True  # it is offered only while none waits
        case SubjectWord.MORE_TIME:
            order = tx.consequences.find(notice.about)
            longer = order.rectification.longer if order is not None and order.rectification is not None else ()
            return any(one.signed.at > word.at for one in longer)
        case SubjectWord.REPAIR:
            entry = tx.records.find(notice.about)
            return entry is not None and entry.repair is None
        case SubjectWord.WITHDRAWAL:
            return reached.counts(notice, word) and withdrawals.waiting(tx, case.id) is None
        case _:
            return False


def looked(tx: Tx, notice: SubjectNotice, digest: str, by: str, now: datetime) -> bytes:
    """A file that came with a word, to be read; who has looked at it is on record. Raises Missing."""
    content = tx.materials.content(notice.id, digest)
    because = Because(rule="notice.looked", basis=(), pack="", facts={"by": by, "digest": digest})
    record(tx, notice.case_id, Decision(state=None, because=because), now, {"notice": notice.id})
    return content


def open_page(tx: Tx, notice_id: str, now: datetime) -> None:
    """The page was opened by hand for the first time; that proves no service."""
    _, notice = held(tx, notice_id)
    if notice.opened_at is None:
        tx.servings.put(serving.seen(notice, now))
