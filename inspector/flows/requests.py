"""What every step of a request for assistance needs: it and its case, locked in one order, its agencies, and the case's way."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from inspector.domain import verification
from inspector.domain.asking import ARROW
from inspector.domain.assistance import Request
from inspector.domain.case import Case
from inspector.domain.decision import Decision
from inspector.domain.errors import Refusal
from inspector.domain.evidence import Verdict
from inspector.domain.piece import evidence_of
from inspector.domain.policy import Policy
from inspector.domain.superior import common_superior, one_sided
from inspector.flows import late
from inspector.flows.office import AgencyNode, Office, behind, names_of
from inspector.flows.settle import settle_case
from inspector.flows.telling import tell
from inspector.flows.verify import asked
from inspector.store.tx import Tx

_NAMING = {"forward_circle": ("to", "chain"), "help_ordered": ("superior",)}
"""By the code of a refusal, which of its facts name agencies by connector."""


def held(tx: Tx, request_id: str) -> tuple[Case, Request]:
    """A request and its case, both locked, the case first: everybody who needs both takes them in this order."""
    case = tx.cases.get(tx.assistance.case_of(request_id), lock=True)
    return case, tx.assistance.get(request_id, lock=True)


def policy_of(office: Office, tx: Tx, request: Request) -> Policy:
    """The pack that a request's case was taken in under."""
    return office.book.get(tx.cases.get(request.case_id).pack)


def node_of(office: Office, connector: str) -> str:
    """The agency of the tree behind a connector, its present one or a former one (decision 174), or the connector's name itself."""
    held = behind(office.tree, connector)
    return held.id if held is not None else connector


def called(office: Office, agency: str) -> str:
    """What an agency is called, by its id or a connector that leads to it, or has; what is none of the tree's is left as it is."""
    held = office.tree.get(agency) or behind(office.tree, agency)
    return held.name if held is not None else agency


@contextmanager
def by_name(office: Office) -> Iterator[None]:
    """A refusal names agencies as they are called: a clerk who reads it knows no connector of ours, by whichever door he speaks."""
    try:
        yield
    except Refusal as error:
        for fact in _NAMING.get(error.code, ()):
            error.facts[fact] = ARROW.join(called(office, one) for one in str(error.facts[fact]).split(ARROW))
        raise


def superior_of(office: Office, request: Request) -> str | None:
    """The connector of the nearest agency above both sides that a letter reaches; None where the tree has none."""
    return nearest(office, request.requester, node_of(office, request.requested))


def decider_of(office: Office, request: Request) -> AgencyNode | None:
    """The agency that a dispute stands with: who was written to, wherever it has moved since, and never one of the two sides.

    Where nobody was, whoever stands above both sides now. None: no agency of the tree.
    """
    via = (request.dispute.superior if request.dispute is not None else None) or superior_of(office, request)
    held = behind(office.tree, via) if via is not None else None
    return held if held is not None and held.id not in (request.requester, node_of(office, request.requested)) else None


def for_requester(office: Office, request: Request, agency: str) -> bool:
    """Whether an agency's officers take the requester's steps: those of the requester itself, or of an agency above that side alone.

    Never those of who is asked, of whoever stands above both, or of the one that a dispute stands with.
    """
    decider = decider_of(office, request)
    judges = decider is not None and decider.id == agency
    return not judges and one_sided(office.parents(), agency, request.requester, node_of(office, request.requested))


def nearest(office: Office, one: str, other: str) -> str | None:
    """The connector of the nearest agency above two that has one: whoever stands above the nearest of all stands above both, too."""
    parents, passed = office.parents(), set[str]()
    superior = common_superior(parents, one, other)
    while superior and superior not in passed and office.tree[superior].connector is None:
        passed.add(superior)
        superior = parents.get(superior)
    return office.tree[superior].connector if superior else None


def whose(office: Office, policy: Policy, request: Request) -> dict[str, str]:
    """Whose answer it is, by its name, and how long such a fact holds by the pack: the provenance that a request does not know itself."""
    fact = policy.item(str(request.question["item"])).fact(str(request.question["fact"]))
    return {"owner": names_of(office.tree).get(request.requested, request.requested), "valid_for": str(fact.valid_for)}


def go_on(tx: Tx, office: Office, request: Request, verdict: Verdict, note: str, now: datetime) -> None:
    """Weigh a request's end in its case. One whose case has taken its next way weighs only by what it says."""
    if request.moved_on and verdict is Verdict.NO_ANSWER:
        return
    case = tx.cases.get(request.case_id, lock=True)
    policy = office.book.get(case.pack)
    found = evidence_of(request, verdict, note, request.opened_at, **whose(office, policy, request))
    if request.late:
        late.keep(tx, office, case, found, asked({**request.question, "claim": request.claim}), now)
        return
    if request.claim not in {one.claim.key for one in case.claims}:
        late.beside(tx, case, found, now)
        return
    tx.cases.add_evidence(case, found)
    settle_case(tx, office, verification.weigh(case, found, policy, now, office.calendar), policy, now)


def spread(tx: Tx, office: Office, case: Case, decision: Decision[Request], now: datetime) -> None:
    """Tell the approving system what a decision about a request says to it, while the case is not over."""
    if not decision.told or case.state.ended:
        return
    policy = office.book.get(case.pack)
    tx.work.order(tell(tx, office, case, Decision(state=case, because=decision.because, told=decision.told), policy, now), now)
