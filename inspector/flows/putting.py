"""A letter to an agency with a daily digest is put by for it, where it bears waiting."""

from __future__ import annotations

from datetime import datetime

from inspector.domain import digest
from inspector.domain.assistance import Request
from inspector.domain.decision import Order, OrderKind
from inspector.domain.errors import Stale
from inspector.domain.letter import ALONE, LetterKind
from inspector.flows.office import Office, behind
from inspector.flows.settle import Settlement
from inspector.store.tx import Tx
from inspector.store.work import Work


def waits(work: Work, office: Office, request: Request, kind: LetterKind) -> Settlement | None:
    """What puts a letter by for its agency's digest; None where it goes at once: without a digest, urgent, or tried before."""
    via = str(work.payload["via"])
    node = behind(office.tree, via)
    if node is None or node.digest is None or "said" in work.payload or work.key in request.again or work.key.endswith(ALONE):
        return None
    with office.store.read() as tx:
        case = tx.cases.get(request.case_id)
    now = office.now()
    when = digest.slot(now, node.digest, office.calendar)
    policy = office.book.get(case.pack)
    if not digest.bears(request, kind, when, case.due_at, policy, office.calendar):
        return None

    def write(tx: Tx, now: datetime) -> None:
        if now >= when:  # that digest is on its way already
            raise Stale("lease_lost", work=work.key)  # it runs again, and is put by for the next one
        tx.digests.add(via, request.id, kind.value, when)
        order = Order(
            kind=OrderKind.ASSIST_DIGEST,
            key=f"{OrderKind.ASSIST_DIGEST.value}:{via}:{when.isoformat()}",
            due_at=when,
            urgent_by=request.due_at,
            lane=via,
            expires_at=digest.patience(request, kind, when, policy, office.calendar),
            payload={"via": via, "slot": when.isoformat()},
        )
        tx.work.order([order], now)

    return Settlement(write=write, outcome="put_by").unasked()
