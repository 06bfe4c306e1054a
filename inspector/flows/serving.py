"""Notices to subjects (送达) once they are given out (`giving`): carried by a channel, proven to have come; and a clock where none has.

Every operation is called in the caller's transaction and raises Invalid, Refusal or Forbidden before anything is written.
"""

from __future__ import annotations

import hmac
from dataclasses import replace
from datetime import datetime, timedelta

from inspector.domain import guidance, serving
from inspector.domain.calendar import SHANGHAI
from inspector.domain.consequence import Signed
from inspector.domain.decision import Because, Decision
from inspector.domain.errors import Forbidden, Invalid
from inspector.domain.evidence import blank
from inspector.domain.person import same
from inspector.domain.serving import HANDED, OBSOLETE, NoticeKind, SubjectNotice
from inspector.domain.wayto import ServiceWay
from inspector.flows import frontdesk, once, stopped, unserved
from inspector.flows.contents import named
from inspector.flows.giving import address, bring, contact_of, facts_of, reach_of, rows_of, settle
from inspector.flows.office import Office
from inspector.flows.record import record
from inspector.flows.settle import Settlement, nothing
from inspector.flows.unserved import TO_SERVE, UNSERVED, held
from inspector.labels import label
from inspector.ports import Garbled, Message, PortError, Refused
from inspector.store.tx import Tx
from inspector.store.work import Work

LINK = "subject"
"""The purpose of a subject's link: to read what the office says, and to answer."""

BY_HAND = "subject by hand"
"""That of the same link as officers are handed it, to pass it on: another secret, so that what comes by it is known for what it is."""

GOES = frozenset(
    {
        *(NoticeKind.RECORD, NoticeKind.REPAIRABLE, NoticeKind.REPAIR, NoticeKind.DECISION, NoticeKind.WITHDRAWAL),
        *(NoticeKind.STRUCK, NoticeKind.BAR),
    }
)
"""What gives rights that outlast any number of days here: its link is open until it is called back."""


# --- the link


def token(office: Office, tx: Tx, notice_id: str, purpose: str = LINK) -> str:
    """The secret that counts now: another one after each calling back."""
    return office.link_token(purpose, notice_id, tx.replylinks.edition(LINK, notice_id))


def holders(office: Office, tx: Tx, notice_id: str, shown: str) -> tuple[Signed, ...]:
    """The officers who may have the link that is shown: who was handed it, or has written down where the channels bring it.

    None of one that the approving system has brought, or a channel to where the subject is by its own word.
    """
    held = tx.servings.get(notice_id)
    if _same(token(office, tx, notice_id, BY_HAND), shown):
        return held.holders
    return (*held.addressed, *_took(office, tx, notice_id)) if _same(token(office, tx, notice_id), shown) else ()


def _took(office: Office, tx: Tx, notice_id: str) -> tuple[Signed, ...]:
    """Who took the subject's own link before officers had one of theirs: whoever uses it may be one of them, and nobody could tell.

    The approving system of the case and the channels bring it to the subject alone. A link that was called back is in nobody's hands.
    """
    held = tx.servings.get(notice_id)
    ours = {tx.cases.get(held.case_id).sender, *office.connectors.channels}
    since = tx.replylinks.called_back(LINK, notice_id)
    taken = (one for one in held.history if one.rule == HANDED and one.who not in ours and (since is None or one.at > since))
    known = [one for one in taken if not any(same(one.who, other.by) and one.at >= other.at for other in held.holders)]
    return tuple(Signed(by=one.who, token="", at=one.at) for one in known)


def by_link(office: Office, tx: Tx, notice_id: str, shown: str) -> SubjectNotice:
    """The notice of a link. Raises Forbidden unless it is this one's; `link_over` for one whose time is over."""
    if not any(_same(token(office, tx, notice_id, purpose), shown) for purpose in (LINK, BY_HAND)):
        raise Forbidden("link_unknown")
    held = tx.servings.get(notice_id)
    if held.kind in GOES or held.served_on is None:
        return held
    last = max(held.answer_by or held.made_at, held.made_at)
    day = max(last.astimezone(SHANGHAI).date(), held.served_on) + timedelta(days=office.link_days)
    if office.now().astimezone(SHANGHAI).date() > day:
        raise Forbidden("link_over", days=office.link_days)
    return held


def hand(office: Office, tx: Tx, notice_id: str, by: str, now: datetime, *, login: str = "", system: bool = False) -> str:
    """Give the link to whoever passes text and link on to the subject; who had it is on record. In shadow nothing leaves the house.

    An officer, by which `login`, gets one that is known for it: what ends something and comes by it counts as that officer's word
    (`ownword`). The approving `system`, which brings it to its own people, gets the subject's.
    """
    office.earnest()
    case, notice = held(tx, notice_id)
    officer = None if system else Signed(by=by, token=login, at=now)
    settle(tx, office, case, serving.handed(notice, by, now, case.pack, officer), now)
    return f"{office.base_url}/{LINK}/{notice_id}/{token(office, tx, notice_id, LINK if system else BY_HAND)}"


def call_back(tx: Tx, notice_id: str, by: str, reason: str, now: datetime) -> SubjectNotice:
    """The link opens nothing from now on; the next one that is handed over is another. Raises Invalid for a reason that says nothing."""
    if blank(reason):
        raise Invalid("reason_missing", field="reason")
    case, notice = held(tx, notice_id)
    tx.replylinks.call_back(LINK, notice_id, now)
    notice = replace(notice, holders=(), addressed=contact_of(tx, case, notice.kind).said)  # nobody else has the next one in hand
    tx.servings.put(notice)
    because = Because(rule="notice.link", basis=notice.basis, pack=case.pack, facts={"by": by, "reason": reason})
    record(tx, case.id, Decision(state=notice, because=because), now, {"notice": notice_id}, kept=case.pack)
    if notice.state.open:
        tx.attention.open(TO_SERVE, case.agency, notice.id, facts_of(notice), now)
    return notice


def _same(one: str, shown: str) -> bool:
    return hmac.compare_digest(one.encode(), shown.encode("utf-8", "replace"))


# --- a notice and its proof


def answer_until(tx: Tx, notice_id: str, at: datetime) -> SubjectNotice:
    """Until when the subject may answer, where that began with the service: the page says so, and what comes later is late."""
    _, notice = held(tx, notice_id)
    made = replace(notice, answer_by=at)
    tx.servings.put(made)
    return made


def failed(office: Office, tx: Tx, notice_id: str, why: str, by: str, now: datetime) -> SubjectNotice:
    """A named person says that no way is left. Raises what `serving.failed` raises."""
    case, notice = held(tx, notice_id)
    settle(tx, office, case, decision := serving.failed(notice, why, by, now, case.pack), now)
    return decision.state


# --- work


def carry(work: Work, office: Office) -> Settlement:
    """Bring the link by a channel. The push says that there is a notice, and not a word of what it says."""
    with office.store.read() as tx:
        notice = tx.servings.get(str(work.payload["notice"]))
        case = tx.cases.get(notice.case_id)
        way = ServiceWay(str(work.payload["way"]))
        secret, to = token(office, tx, notice.id), address(tx, case, way, notice.kind)
    channel = office.connectors.channels.get(work.lane)
    if not notice.state.open or notice.turn != work.payload["turn"]:
        return nothing("obsolete")
    if channel is None or not to:
        return _moved_on(work, office, "channel_not_configured", 0)
    lang = office.agency(notice.agency).language
    message = Message(
        to=to,
        title=label("push.notice_title", lang),
        text=label("push.notice_text", lang, agency=office.agency(notice.agency).name)
        + frontdesk.sentence(office, notice.agency, lang),
        link=f"{office.base_url}/{LINK}/{notice.id}/{secret}",
        data={"notice": notice.id, **frontdesk.telephone(office, notice.agency)},
    )
    try:
        receipt = once.hand(office, work, channel, message, key=named(work.key, message))
    except (Refused, Garbled) as error:
        return _moved_on(work, office, error.code, error.attempts).after(error)

    def write(tx: Tx, now: datetime) -> None:
        case, fresh = held(tx, notice.id)
        if fresh.state.open and not receipt.unconfirmed:
            made = serving.handed(fresh, work.lane, now, case.pack)
            if way is not fresh.way:  # it lets its subject know; who is to serve it has not taken it yet
                made = replace(made, state=replace(made.state, state=fresh.state, handed_at=fresh.handed_at))
            settle(tx, office, case, made, now)

    return Settlement(write=write, outcome="unconfirmed" if receipt.unconfirmed else "handed_over", attempts=receipt.attempts)


def not_carried(work: Work, office: Office, error: PortError | None) -> Settlement:
    """No channel took it in its time: the next way begins at once."""
    return _moved_on(work, office, error.code if error else "patience_over", 0)


def due(work: Work, office: Office) -> Settlement:
    """A way's time is over and nothing proves that it came: a person hears so, and the next way begins."""

    def write(tx: Tx, now: datetime) -> None:
        _go_on(tx, office, work, now)

    return Settlement(write=write)


def _moved_on(work: Work, office: Office, outcome: str, attempts: int) -> Settlement:
    return Settlement(write=lambda tx, now: _go_on(tx, office, work, now), outcome=outcome, attempts=attempts)


def _go_on(tx: Tx, office: Office, work: Work, now: datetime) -> None:
    """The next way, where the one of the work is still under way."""
    case, notice = held(tx, str(work.payload["notice"]))
    if work.payload["turn"] != notice.turn or work.payload.get("way", notice.way.value) != notice.way.value:
        return
    if notice.kind in guidance.OF_THE_PROMISE and notice.answer_by is not None and now > notice.answer_by:
        unserved.done(tx, notice.id, now)  # the day is over: guidance comes too late for anybody
        return
    reach = reach_of(office, tx, case, notice.kind)
    decision = serving.overdue(notice, rows_of(office, case), reach, now, office.calendar, case.pack)
    if decision.because.rule == OBSOLETE:
        return
    stopped.end(tx, notice.keys, now)
    settle(tx, office, case, decision, now)
    tx.attention.open(UNSERVED, case.agency, notice.id, facts_of(decision.state) | {"was": notice.way.value}, now)
    bring(tx, office, case, decision.state, reach, now)
