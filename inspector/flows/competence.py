"""A letter that asks an agency about what it does not list among its powers waits for an officer's word, before it leaves.

It waits in this house, so no step of the ladder is taken meanwhile. Whoever says nothing to the letter's last date has sent nobody
anything: the request has reached nobody, and the case takes its next way.
"""

from __future__ import annotations

from datetime import timedelta

from inspector.domain import competence
from inspector.domain.assistance import Request
from inspector.domain.letter import LetterKind
from inspector.flows.office import Office, behind
from inspector.flows.unsettled import COMPETENCE_DOUBTED
from inspector.ports import NotYet, Origin

_AGAIN = timedelta(minutes=15)
"""Office time until a letter looks again whether an officer has spoken."""


def wait_for_word(office: Office, request: Request, kind: LetterKind) -> None:
    """Raise NotYet (`competence_doubted`) while nobody has said of a doubtful agency that it is competent; a matter tells it, once.

    A table that was mended meanwhile ends the doubt, too. An agency that has the request already has said itself, or will, what it is.
    """
    node = behind(office.tree, request.requested)
    if kind is not LetterKind.REQUEST or node is None or request.reached:
        return
    fact, matter = str(request.question["fact"]), f"{COMPETENCE_DOUBTED}:{request.id}"
    with office.store.read() as tx:
        held = tx.attention.get(matter)
    stands = held is not None and held["closed_at"] is None
    if not competence.doubted(node.powers, fact):
        if stands:
            with office.store.begin() as tx:
                tx.attention.close(matter, office.now())
        return
    if held is not None and not stands:
        return
    if held is None:
        facts = {
            "requested": request.requested,
            "agency": node.id,
            "case": request.case_id,
            "fact": fact,
            "listed": ", ".join(sorted(node.powers)),
        }
        with office.store.begin() as tx:
            tx.attention.open(COMPETENCE_DOUBTED, request.requester, request.id, facts, office.now())
    raise NotYet(COMPETENCE_DOUBTED, origin=Origin.US, attempts=0, retry_after=office.after(_AGAIN))
