"""Service by public notice: put up by a named officer where no way was left; its days over, whatever waited for the service goes on."""

from __future__ import annotations

from datetime import date, datetime

from inspector.domain import announcing
from inspector.domain.serving import NoticeState, SubjectNotice
from inspector.domain.wayto import ServiceWay
from inspector.flows import reached
from inspector.flows.giving import settle
from inspector.flows.office import Office
from inspector.flows.settle import Settlement
from inspector.flows.unserved import held
from inspector.labels import label
from inspector.store.tx import Tx
from inspector.store.work import Work


def announce(office: Office, tx: Tx, notice_id: str, on: date, where: str, by: str, now: datetime) -> SubjectNotice:
    """An officer has put a notice up in public. Raises what `announcing.announce` of the domain raises, and Missing."""
    office.earnest()
    case, notice = held(tx, notice_id)
    rows = office.book.get(case.pack).services
    decision = announcing.announce(notice, rows, on, where, by, now, office.calendar, case.pack)
    settle(tx, office, case, decision, now)
    return decision.state


def due(work: Work, office: Office) -> Settlement:
    """Its days are over: it counts as served on the last of them, by the law and the officer's notice. What came sooner stands."""
    notice_id = str(work.payload["notice"])

    def write(tx: Tx, now: datetime) -> None:
        _, notice = held(tx, notice_id)
        put = notice.announced
        if notice.state is not NoticeState.ANNOUNCED or notice.turn != work.payload["turn"] or put is None:
            return
        lang = office.agency(notice.agency).language
        proof = label("announcing.proof", lang, on=put.on.isoformat(), where=put.where)
        reached.served(office, tx, notice_id, put.last, ServiceWay.PUBLIC_NOTICE, proof, put.by, now)

    return Settlement(write=write)
