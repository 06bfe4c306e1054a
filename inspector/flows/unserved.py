"""A notice to a subject in its table: its steps are written here, and what waits for one that is not on its way any more is over."""

from __future__ import annotations

from datetime import datetime

from inspector.domain import announcing, serving
from inspector.domain.case import Case
from inspector.domain.decision import Decision
from inspector.domain.serving import NoticeKind, NoticeState, SubjectNotice
from inspector.flows import stopped
from inspector.flows.record import record
from inspector.store.tx import Tx

TO_SERVE = "notice_to_serve"
"""The matter of a notice that a person is to bring: on paper or by hand; over when its service is proven."""

UNSERVED = "notice_unserved"
"""The matter of a notice that has not come in a way's time; its facts name the next way."""


UNREACHED = "notice_unreached"
"""The matter of a notice that no way was left for, while a time hangs on it: it is put up in public, or what it is about is let go."""


def held(tx: Tx, notice_id: str) -> tuple[Case, SubjectNotice]:
    """A notice and its case, both locked, the case first, as everywhere."""
    case = tx.cases.get(tx.servings.get(notice_id).case_id, lock=True)
    return case, tx.servings.get(notice_id, lock=True)


def came(tx: Tx, consequence_id: str) -> bool:
    """Whether a decision has reached its subject; one of a release before notices has none."""
    told = tx.servings.find(f"{consequence_id}:decision")
    return told is None or told.state is NoticeState.SERVED


def write(tx: Tx, case: Case, decision: Decision[SubjectNotice], now: datetime, *, new: bool = False) -> None:
    """State and entry of a step; with the last one, what waited for the notice is over."""
    notice = decision.state
    if not new:
        tx.servings.put(notice)
    record(tx, case.id, decision, now, {"notice": notice.id, "notice_state": notice.state.value}, kept=case.pack)
    if decision.ends:
        stopped.end(tx, notice.keys, now)
    if not notice.state.open or notice.state is NoticeState.ANNOUNCED:
        for kind in (TO_SERVE, UNSERVED):
            tx.attention.over(f"{kind}:{notice.id}", now)
    if announcing.unreached(notice):
        facts = {"case": notice.case_id, "kind": notice.kind.value, "about": notice.about, "why": notice.failed_for}
        tx.attention.open(UNREACHED, case.agency, notice.id, facts, now)
    else:
        tx.attention.over(f"{UNREACHED}:{notice.id}", now)


def needless(tx: Tx, case: Case, kinds: frozenset[NoticeKind], now: datetime) -> None:
    """Notices of these kinds need not be brought any more, for their case is over; who has the link sees so. All cases' at once."""

    def end(cases: list[str]) -> None:
        for notice in tx.servings.of_cases(cases):
            if notice.kind in kinds and notice.state.open:
                done(tx, notice.id, now)

    if kinds:
        tx.soon(("needless", kinds), case.id, end)


def done(tx: Tx, notice_id: str, now: datetime) -> None:
    """What a notice was about is over: one that has not come need not be brought any more. There may be no such notice."""
    if tx.servings.find(notice_id) is None:
        return
    case, notice = held(tx, notice_id)
    if notice.state.open or notice.state is NoticeState.FAILED:
        write(tx, case, serving.cancel(notice, now, case.pack), now)
