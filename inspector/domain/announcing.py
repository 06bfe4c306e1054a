"""Service by public notice (公告送达): the last way, after every other one, so that a proceeding can go on lawfully.

Whoever cannot be found, or be served otherwise, counts as served when the pack's days have passed since the public notice was put up; why
and how stands in the file (Civil Procedure Law art. 95, by the Penalties Law art. 61). A named person says that no way is left, and a
named person puts it up; only the days are counted by a clock.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from inspector.domain.assistance import Past
from inspector.domain.calendar import SHANGHAI, WorkingCalendar, due
from inspector.domain.decision import Because, Decision, Order, OrderKind, Told
from inspector.domain.errors import Invalid, Refusal
from inspector.domain.evidence import blank
from inspector.domain.person import refuse_nameless
from inspector.domain.serving import NoticeKind, NoticeState, SubjectNotice
from inspector.domain.wayto import Announced, ServiceRow, ServiceWay

PUBLIC = frozenset({NoticeKind.PROPOSAL, NoticeKind.DECISION})
"""What may be said in public for it starts somebody's time; nobody is reminded, guided or told of an entry before everybody."""


def unreached(notice: SubjectNotice) -> bool:
    """Whether a person has to see that it is put up in public, or that the matter is let go: no way is left, and a time hangs on it."""
    return notice.state is NoticeState.FAILED and notice.kind in PUBLIC


def announce(
    notice: SubjectNotice,
    rows: Sequence[ServiceRow],
    on: date,
    where: str,
    by: str,
    now: datetime,
    calendar: WorkingCalendar,
    pack: str,
) -> Decision[SubjectNotice]:
    """A named person has put it up in public on a day, at a place. Its days run from the next one; the last rolls off a holiday.

    Raises Refusal (`announce_private` for what is not said in public, `announce_untried` before a named person has said that no way is
    left, `announce_unruled` where the pack has no such way), Invalid for a place or a day that cannot be.
    """
    if notice.kind not in PUBLIC:
        raise Refusal("announce_private", kind=notice.kind)
    if notice.state is not NoticeState.FAILED:
        raise Refusal("announce_untried", notice=notice.id, state=notice.state)
    row = next((one for one in rows if one.way is ServiceWay.PUBLIC_NOTICE), None)
    if row is None:
        raise Refusal("announce_unruled", pack=pack)
    refuse_nameless(by)
    if blank(where):
        raise Invalid("proof_missing", field="where")
    failed, today = notice.failed_on or notice.made_at.astimezone(SHANGHAI).date(), now.astimezone(SHANGHAI).date()
    if not failed <= on <= today:
        raise Invalid("served_out_of_range", field="on", on=on.isoformat(), since=failed.isoformat(), until=today.isoformat())
    last = due(datetime.combine(on, time(12), SHANGHAI), row.term, calendar).at.astimezone(SHANGHAI).date()
    over = datetime.combine(last + timedelta(days=1), time(), SHANGHAI)
    put = Announced(on=on, where=where, by=by, last=last)
    held = replace(
        notice, state=NoticeState.ANNOUNCED, way=ServiceWay.PUBLIC_NOTICE, announced=put, due_at=over, turn=notice.turn + 1
    )
    facts = {
        "notice": held.id,
        "on": on.isoformat(),
        "where": where,
        "by": by,
        "why": notice.failed_for,
        "until": last.isoformat(),
    }
    because = Because(rule="notice.announced", basis=(*notice.basis, row.basis), pack=pack, facts=facts)
    kind = OrderKind.NOTICE_PUBLIC
    at, payload = max(over, now), {"notice": held.id, "turn": held.turn}
    order = Order(kind=kind, key=held.key(kind), due_at=at, urgent_by=at, case_id=held.case_id, payload=payload)
    told = Told(
        type="subject.announced",
        data={"notice": held.id, "kind": held.kind.value, "about": held.about, "on": on.isoformat(), "until": last.isoformat()},
    )
    past = Past(at=now, rule=because.rule, who=by, said=where)
    return Decision(state=replace(held, history=(*held.history, past)), because=because, orders=(order,), told=(told,))
