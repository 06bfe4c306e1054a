"""What the office says to a subject, and how it reached him or her (送达): ways in order, each with its time, and the proof.

A thing adverse to somebody needs that he or she was told facts, reasons and rights (handbook 2.7, 1.7.11, 1.7.12). That a channel has
taken a message proves no service: without the subject's agreement an electronic way is none at all (H:51), and with it what counts is
that the message came, by the subject's own word or by a proof that somebody signs. Nobody's time runs by an outage.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from inspector.domain import ownword
from inspector.domain.assistance import Past
from inspector.domain.calendar import SHANGHAI, WorkingCalendar, due
from inspector.domain.consequence import Signed
from inspector.domain.decision import Because, Decision, Order, OrderKind, Told
from inspector.domain.errors import Invalid, Refusal
from inspector.domain.evidence import blank
from inspector.domain.person import refuse_nameless
from inspector.domain.unsaid import Unsaid
from inspector.domain.wayto import Announced, Reach, ServiceRow, ServiceWay, next_row, row_of

WAITS = frozenset({OrderKind.NOTICE_DUE, OrderKind.NOTICE_PUBLIC})
"""The waits of a notice that has not reached its subject: for a way's time, for the days of a public notice."""

AGAIN, OBSOLETE, HANDED = "notice.again", "timer.obsolete", "notice.hand"
"""Rules: after the first two nothing is written; by the last one text and link were given to whoever passes them on."""

MOST_WORDS = 50
"""Words that one notice takes by its link: who has more to say comes to the counter."""


class NoticeKind(StrEnum):
    """What a notice says: 告知, 决定, guidance and reminder before a date, a credit entry, that it can be repaired, what became of 异议.

    `ANNULMENT` (撤销): what was decided against somebody stands no more. `SENT_BACK` (退回): the case had come to this office by mistake.
    `WITHDRAWAL`: what became of one by whom an officer has decided against. `STRUCK`: the entry of a kept promise was struck out.
    `REPAIR` (信用修复): what lacks of a repair that was asked for, or why it is refused; `REPAIRED`: it is granted.
    `LET_GO` (不再处理): what was intended against somebody who was told so is not done. `ENTERED`: what an officer entered in somebody's
    name, or what came by a link that an officer was handed. `BAR`: what another authority has decided keeps somebody from committing here.
    `HEARING` (听证通知): when and where it is. `RECORD`: made by releases of before the decision told the entry, and still answered.
    """

    PROPOSAL = "PROPOSAL"
    DECISION = "DECISION"
    GUIDANCE = "GUIDANCE"
    REMINDER = "REMINDER"
    RECORD = "RECORD"
    REPAIRABLE = "REPAIRABLE"
    OBJECTION = "OBJECTION"
    ANNULMENT = "ANNULMENT"
    SENT_BACK = "SENT_BACK"
    WITHDRAWAL = "WITHDRAWAL"
    STRUCK = "STRUCK"
    LET_GO = "LET_GO"
    REPAIR = "REPAIR"
    REPAIRED = "REPAIRED"
    ENTERED = "ENTERED"
    HEARING = "HEARING"
    BAR = "BAR"


class NoticeState(StrEnum):
    """How far a notice has come. `FAILED`: a named person says that no way is left; it can be served all the same later.

    `ANNOUNCED`: it is put up in public, and its days run. `CANCELLED`: what it is about is no more.
    """

    MADE = "MADE"
    HANDED_OVER = "HANDED_OVER"
    SERVED = "SERVED"
    FAILED = "FAILED"
    ANNOUNCED = "ANNOUNCED"
    CANCELLED = "CANCELLED"

    @property
    def open(self) -> bool:
        """Whether it is still on its way."""
        return self in (NoticeState.MADE, NoticeState.HANDED_OVER, NoticeState.ANNOUNCED)


class SubjectWord(StrEnum):
    """What a subject can say by the link."""

    RECEIVED = "RECEIVED"
    DEFENCE = "DEFENCE"
    HEARING = "HEARING"
    WAIVER = "WAIVER"
    OBJECTION = "OBJECTION"
    REPAIR = "REPAIR"
    RECHECK = "RECHECK"
    MORE_TIME = "MORE_TIME"
    WITHDRAWAL = "WITHDRAWAL"


_RIGHTS = {
    NoticeKind.PROPOSAL: (SubjectWord.DEFENCE, SubjectWord.HEARING, SubjectWord.WAIVER),
    **dict.fromkeys((NoticeKind.DECISION, NoticeKind.WITHDRAWAL, NoticeKind.STRUCK, NoticeKind.BAR), (SubjectWord.OBJECTION,)),
    NoticeKind.RECORD: (SubjectWord.OBJECTION, SubjectWord.REPAIR),
    NoticeKind.ENTERED: (SubjectWord.DEFENCE,),
    NoticeKind.HEARING: (SubjectWord.DEFENCE, SubjectWord.WAIVER),
    **dict.fromkeys((NoticeKind.REPAIRABLE, NoticeKind.REPAIR), (SubjectWord.REPAIR, SubjectWord.OBJECTION)),
}
OF_THE_MATTER = frozenset({NoticeKind.PROPOSAL, NoticeKind.GUIDANCE, NoticeKind.REMINDER, NoticeKind.HEARING})
"""What nobody need be told any more once the commitment was withdrawn."""
WORDLESS = frozenset({SubjectWord.RECEIVED, SubjectWord.HEARING, SubjectWord.WAIVER, SubjectWord.RECHECK})
"""Words that say enough by being said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """What the subject has said: its receipt's number, the words, the SHA-256 of files that came with it; `late`: after the date.

    `entered`: which officer wrote it down; None for what came by the link or by the system through which the subject came. `holders`: the
    officers who had been handed the link by which it came (`ownword`). `stamp`: what shows that it was handed in or posted at that time.
    """

    receipt: str
    kind: SubjectWord
    words: str
    digests: tuple[str, ...]
    at: datetime
    door: str
    late: bool = False
    entered: Signed | None = None
    holders: tuple[Signed, ...] = ()
    stamp: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectNotice:
    """One thing said to the subject of one case. `about`: the consequence, record or other thing that it is of.

    `answer_by`: until when he or she may speak, where that is known. `way` is the one under way, `due_at` when its time is over;
    `turn` counts the ways taken. `served_on` is the day on which it came. `holders`: the officers who were handed the link, since it was
    last called back. `addressed`: those who had written down where a channel brings it. `come_by`: by when it has to have come to be in
    time, of a hearing: no way is tried longer.
    """

    id: str
    kind: NoticeKind
    case_id: str
    agency: str
    about: str
    title: str
    facts: tuple[str, ...]
    reasons: str
    rights: tuple[str, ...]
    basis: tuple[str, ...]
    answer_by: datetime | None
    made_at: datetime
    state: NoticeState = NoticeState.MADE
    way: ServiceWay = ServiceWay.PAPER
    due_at: datetime | None = None
    turn: int = 0
    handed_at: datetime | None = None
    opened_at: datetime | None = None
    served_on: date | None = None
    served_way: ServiceWay | None = None
    proof: str = ""
    served_by: str = ""
    failed_for: str = ""
    failed_on: date | None = None
    announced: Announced | None = None
    words: tuple[Word, ...] = ()
    holders: tuple[Signed, ...] = ()
    addressed: tuple[Signed, ...] = ()
    come_by: datetime | None = None
    history: tuple[Past, ...] = ()

    def key(self, kind: OrderKind) -> str:
        """The key of a wait of the present way."""
        return f"{kind.value}:{self.id}:{self.turn}"

    @property
    def keys(self) -> list[str]:
        """The keys of the waits of every way there was."""
        return [f"{kind.value}:{self.id}:{turn}" for turn in range(self.turn + 1) for kind in sorted(WAITS)]


def may_say(
    notice: SubjectNotice, now: datetime, *, concluded: bool, over: bool, hearing: bool = False
) -> tuple[SubjectWord, ...]:
    """What the subject may say now: what comes late is heard all the same, only the rest of a time that is over cannot be waived.

    `concluded`, `over`: how the case stands; a withdrawal is possible before the first (the plan, item 9). `hearing`: the law of what
    is proposed gives a right to one; to whom it gives none, none is offered, for it would not be held.
    """
    if notice.state is NoticeState.CANCELLED:
        return ()
    there = (one for one in _RIGHTS.get(notice.kind, ()) if one is not SubjectWord.HEARING or hearing)
    said = [one for one in there if one is not SubjectWord.WAIVER or not _over(notice, now)]
    if any(one.kind is SubjectWord.WAIVER for one in notice.words):
        said = [one for one in said if one is not SubjectWord.WAIVER]
    first = () if notice.state is NoticeState.SERVED else (SubjectWord.RECEIVED,)
    return (*first, *said, *(() if concluded or over else (SubjectWord.WITHDRAWAL,)))


def make(
    notice: SubjectNotice, rows: Sequence[ServiceRow], reach: Reach, now: datetime, calendar: WorkingCalendar, pack: str
) -> Decision[SubjectNotice]:
    """A notice is made and takes its first way; whom no electronic way serves is let know by one all the same.

    Raises Invalid for one that says nothing: facts, reasons and a basis belong to each, rights to what goes against somebody.
    """
    needed = {Unsaid.TITLE: not blank(notice.title), Unsaid.FACTS: _said(notice.facts), Unsaid.REASONS: not blank(notice.reasons)}
    needed |= {Unsaid.RIGHTS: notice.kind not in _RIGHTS or _said(notice.rights), Unsaid.BASIS: _said(notice.basis)}
    if lacking := [field for field, there in needed.items() if not there]:
        raise Invalid("subject_notice_lacks", field=lacking[0])
    row = next_row(rows, reach, None)
    held = _taken(notice, row, now, calendar)
    because = _because(held, "notice.make", pack, notice_kind=held.kind.value, service_way=held.way.value, **reach.told)
    because = replace(because, basis=(*held.basis, *((row.basis,) if row is not None else ())))
    told = Told(type="subject.notice", data=_told(held) | {"answer_by": held.answer_by.isoformat() if held.answer_by else ""})
    return Decision(state=_noted(held, because.rule, now), because=because, orders=_waits(held, now), told=(told,))


def handed(notice: SubjectNotice, by: str, now: datetime, pack: str, officer: Signed | None = None) -> Decision[SubjectNotice]:
    """Text and link were given to whoever passes them on, an `officer` perhaps, or a channel has taken them: that is no service yet."""
    refuse_nameless(by)
    if officer is not None and not any(officer.is_of(one) for one in notice.holders):
        notice = replace(notice, holders=(*notice.holders, officer))
    because = _because(notice, HANDED, pack, by=by)
    held = replace(notice, state=NoticeState.HANDED_OVER, handed_at=now) if notice.state is NoticeState.MADE else notice
    return Decision(state=_noted(held, because.rule, now, by), because=because)


def served(  # noqa: PLR0913 - a proof in all its parts
    notice: SubjectNotice,
    on: date,
    way: ServiceWay,
    proof: str,
    by: str,
    now: datetime,
    pack: str,
    *,
    agreed: bool,
    since: date | None = None,
) -> Decision[SubjectNotice]:
    """It has come: on which day, by which way, by which proof, and who says so. The same once more is the same.

    `since`: the first day on which it may have, where that lies before it was made here: of a proceeding that was begun on paper.

    Raises Refusal (`service_unagreed`) for an electronic way without the subject's agreement, `subject_notice_served` where another proof
    stands, `subject_notice_over` where it was cancelled; Invalid for a day that cannot be, and for a proof that says nothing.
    """
    if notice.state is NoticeState.CANCELLED:  # what it was about is no more: nothing begins with it
        raise Refusal("subject_notice_over", state=notice.state)
    refuse_nameless(by)
    if blank(proof):
        raise Invalid("proof_missing", field="proof")
    made, today = since or notice.made_at.astimezone(SHANGHAI).date(), now.astimezone(SHANGHAI).date()
    if not made <= on <= today:
        raise Invalid("served_out_of_range", field="on", on=on.isoformat(), since=made.isoformat(), until=today.isoformat())
    if way.electronic and not agreed:
        raise Refusal("service_unagreed", way=way)
    public = way is ServiceWay.PUBLIC_NOTICE
    if public and (notice.announced is None or on != notice.announced.last or today <= on):
        raise Refusal("service_unannounced", notice=notice.id)
    because = _because(
        notice, "notice.served", pack, served_on=on.isoformat(), service_way=way.value, proof=proof, by=by, service_agreed=agreed
    )
    if notice.state is NoticeState.SERVED:
        if (notice.served_on, notice.served_way) == (on, way):
            return Decision(state=notice, because=replace(because, rule=AGAIN))
        raise Refusal(
            "subject_notice_served", on=notice.served_on.isoformat() if notice.served_on else "", way=notice.served_way or ""
        )
    why = notice.failed_for if public else ""  # of a public notice the reason stays beside the proof
    held = replace(
        notice, state=NoticeState.SERVED, served_on=on, served_way=way, proof=proof, served_by=by, due_at=None, failed_for=why
    )
    told = Told(type="subject.served", data=_told(held) | {"on": on.isoformat(), "way": way.value})
    return Decision(state=_noted(held, because.rule, now, by), because=because, told=(told,), ends=WAITS)


def overdue(
    notice: SubjectNotice, rows: Sequence[ServiceRow], reach: Reach, now: datetime, calendar: WorkingCalendar, pack: str
) -> Decision[SubjectNotice]:
    """A way has not served in its time: the next one begins, and a person hears so. After the last one it begins anew with its own time.

    The approving system hears of each way once.
    """
    because = _because(notice, "notice.unserved", pack, service_was=notice.way.value)
    if not notice.state.open or notice.state is NoticeState.ANNOUNCED:
        return Decision(state=notice, because=replace(because, rule=OBSOLETE))
    row = next_row(rows, reach, notice.way) or row_of(rows, notice.way)
    if row is None:  # a pack without rows: it is brought by hand, and there is no clock
        return Decision(state=notice, because=replace(because, rule=OBSOLETE))
    held = _taken(replace(notice, turn=notice.turn + 1), row, now, calendar)
    because = replace(because, basis=(row.basis,), facts={**because.facts, "service_way": held.way.value, **reach.told})
    told = (Told(type="subject.unserved", data=_told(held) | {"way": held.way.value}),) if held.way is not notice.way else ()
    return Decision(state=_noted(held, because.rule, now), because=because, orders=_waits(held, now), told=told)


def failed(notice: SubjectNotice, why: str, by: str, now: datetime, pack: str) -> Decision[SubjectNotice]:
    """A named person says that no way is left, and which were tried: what follows is for a person, never for a clock.

    Raises Refusal (`subject_notice_over`) and Invalid.
    """
    refuse_nameless(by)
    if blank(why):
        raise Invalid("reason_missing", field="why")
    if not notice.state.open:
        raise Refusal("subject_notice_over", state=notice.state)
    because = _because(notice, "notice.failed", pack, why=why, by=by)
    day = now.astimezone(SHANGHAI).date()
    held = replace(notice, state=NoticeState.FAILED, failed_for=why, failed_on=day, due_at=None, announced=None)
    told = Told(type="subject.unserved", data=_told(held) | {"way": ""})
    return Decision(state=_noted(held, because.rule, now, by), because=because, told=(told,), ends=WAITS)


def cancel(notice: SubjectNotice, now: datetime, pack: str) -> Decision[SubjectNotice]:
    """What it is about is no more: nobody need be told, and who has the link sees so."""
    because = _because(notice, "notice.cancel", pack)
    held = replace(notice, state=NoticeState.CANCELLED, due_at=None)
    return Decision(state=_noted(held, because.rule, now), because=because, ends=WAITS)


def before(notice: SubjectNotice, word: Word) -> Word | None:
    """The same words of the same people, where they were said before."""
    return next((one for one in notice.words if _same(one, word)), None)


def said(
    notice: SubjectNotice, word: Word, allowed: Collection[SubjectWord], now: datetime, pack: str, *, anew: bool = False
) -> Decision[SubjectNotice]:
    """The subject speaks. The same words twice are one, but `anew`; what comes after the date is heard as late.

    Raises Refusal (`word_unfit`, `subject_words_many`) for what cannot be said here, Invalid (`word_empty`) for words that say nothing.
    """
    if word.kind not in allowed:
        raise Refusal("word_unfit", word=word.kind, known=tuple(allowed) or "—")
    if blank(word.words) and not word.digests and word.kind not in WORDLESS:
        raise Invalid("word_empty", field="words")
    because = _because(notice, "notice.said", pack, word=word.kind.value, receipt=word.receipt, digests=list(word.digests))
    if word.stamp:
        because = replace(because, facts={**because.facts, "document": word.stamp, "at": word.at.isoformat()})
    if hands := [one.by for one in ownword.hands(word)]:
        because = replace(because, facts={**because.facts, "by": ", ".join(hands)})
    if not anew and before(notice, word) is not None:
        return Decision(state=notice, because=replace(because, rule=AGAIN))
    if len(notice.words) >= MOST_WORDS:
        raise Refusal("subject_words_many", most=MOST_WORDS)
    held = replace(notice, words=(*notice.words, replace(word, late=_over(notice, word.at))))
    told = Told(type="subject.spoke", data=_told(held) | {"word": word.kind.value, "receipt": word.receipt})
    return Decision(state=_noted(held, because.rule, now), because=because, told=(told,))


def seen(notice: SubjectNotice, now: datetime) -> SubjectNotice:
    """The page was opened by hand for the first time: that proves no service, and no decision follows from it."""
    return notice if notice.opened_at is not None else replace(notice, opened_at=now)


def _same(one: Word, other: Word) -> bool:
    hands = ([who.by for who in ownword.hands(said)] for said in (one, other))
    return (one.kind, one.words, one.digests, next(hands)) == (other.kind, other.words, other.digests, next(hands))


def _over(notice: SubjectNotice, now: datetime) -> bool:
    return notice.answer_by is not None and now >= notice.answer_by


def _said(texts: Sequence[str]) -> bool:
    return bool(texts) and not any(blank(one) for one in texts)


def _taken(notice: SubjectNotice, row: ServiceRow | None, now: datetime, calendar: WorkingCalendar) -> SubjectNotice:
    if row is None:
        return replace(notice, way=ServiceWay.PAPER, due_at=None)
    at, last = due(now, row.term, calendar).at, notice.come_by
    return replace(notice, way=row.way, due_at=min(at, last) if last is not None and now < last else at)


def _waits(notice: SubjectNotice, now: datetime) -> tuple[Order, ...]:
    if notice.due_at is None:
        return ()
    kind = OrderKind.NOTICE_DUE
    payload = {"notice": notice.id, "turn": notice.turn}
    at = max(notice.due_at, now)
    return (Order(kind=kind, key=notice.key(kind), due_at=at, urgent_by=at, case_id=notice.case_id, payload=payload),)


def _told(notice: SubjectNotice) -> dict[str, object]:
    """What others hear of a notice: never its text, nor what the subject has said."""
    return {"notice": notice.id, "kind": notice.kind.value, "about": notice.about}


def _because(notice: SubjectNotice, rule: str, pack: str, **facts: object) -> Because:
    return Because(rule=rule, basis=notice.basis, pack=pack, facts={"notice": notice.id, **facts})


def _noted(notice: SubjectNotice, rule: str, now: datetime, who: str = "", words: str = "") -> SubjectNotice:
    return replace(notice, history=(*notice.history, Past(at=now, rule=rule, who=who, said=words)))
