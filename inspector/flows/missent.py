"""Cases that came to this office by mistake (误送): asked about by one officer, sent back by another, in one transaction."""

from __future__ import annotations

from datetime import datetime

from inspector.domain import missent
from inspector.domain.case import Case, CaseState
from inspector.domain.consequence import UNDECIDED, ConsequenceState
from inspector.domain.errors import Missing
from inspector.domain.missent import SEND_BACK_ASKED, Other, Standing
from inspector.domain.sendback import Mistake
from inspector.domain.serving import NoticeKind, NoticeState
from inspector.domain.spelling import entered
from inspector.domain.visit import VisitState
from inspector.flows import challenges, giving, review
from inspector.flows.office import Office
from inspector.flows.settle import settle_case
from inspector.flows.shaken import by_review
from inspector.labels import label, of
from inspector.store.tx import Tx

_OVER = UNDECIDED | {ConsequenceState.DROPPED, ConsequenceState.LIFTED, ConsequenceState.ANNULLED}
"""Consequences that bind nobody: not decided yet, or not any more."""


def ask(office: Office, tx: Tx, case_id: str, mistake: Mistake, by: str, token: str, now: datetime) -> Case:
    """An officer says that a case came by mistake; another one hears so. The same words again change nothing.

    Raises Missing, Invalid and Refusal as `missent.ask` does.
    """
    case = tx.cases.get(case_id, lock=True)
    held = case.send_back
    if missent.waits(case) and held is not None and (held.mistake, held.by) == (mistake, by):
        return case
    policy = office.book.get(case.pack)
    decision = missent.ask(case, mistake, by, token, _standing(tx, case, mistake), policy, now)
    made = settle_case(tx, office, decision, policy, now)
    facts = {"case": case.id, "sent_back_for": mistake.reason.value, "by": by}
    tx.attention.add(SEND_BACK_ASKED, case.agency, case.id, by_review(office, case.pack, facts, now), now)
    return made


def agree(office: Office, tx: Tx, case_id: str, by: str, token: str, now: datetime) -> Case:
    """Another officer agrees: the case leaves the house. The same person again changes nothing.

    Raises Missing, Invalid and Refusal as `missent.agree` does.
    """
    case = review.held_to_leave(tx, case_id)
    held = case.send_back
    if case.state is CaseState.SENT_BACK and held is not None and (held.ended_by, held.ended_token) == (by, token):
        return case
    standing = _standing(tx, case, held.mistake) if held is not None else Standing()
    decision = missent.agree(case, by, token, standing, office.book.get(case.pack), now)
    told_before = _heard(tx, case)
    made = review.left(office, tx, case, decision, now, frees=entered(case))
    if told_before:
        _tell_subject(office, tx, made, decision.because.basis, now)
    return made


def decline(office: Office, tx: Tx, case_id: str, why: str, by: str, token: str, now: datetime) -> Case:
    """Another officer does not agree, or whoever asked takes it back. The same words again change nothing.

    Raises Missing, Invalid and Refusal as `missent.decline` does.
    """
    case = tx.cases.get(case_id, lock=True)
    held = case.send_back
    if held is not None and held.agreed is False and (held.ended_by, held.ended_for) == (by, why):
        return case
    policy = office.book.get(case.pack)
    made = settle_case(tx, office, missent.decline(case, why, by, token, policy, now), policy, now)
    tx.attention.over(f"{SEND_BACK_ASKED}:{case.id}", now)
    return made


def _standing(tx: Tx, case: Case, mistake: Mistake) -> Standing:
    visits = [held for held in tx.visits.of_case(case.id) if held.state is not VisitState.CANCELLED]
    return Standing(
        decided=any(held.state not in _OVER for held in tx.consequences.of_case(case.id)),
        drawn=not tx.cases.free(case.id),
        going=tuple(name for held in visits for name in challenges.parted(tx, held)),
        other=_other(tx, mistake.same_as),
    )


def _other(tx: Tx, case_id: str) -> Other | None:
    try:
        return Other(case=tx.cases.get(case_id), drawn=not tx.cases.free(case_id)) if case_id else None
    except Missing:
        return None


def _heard(tx: Tx, case: Case) -> bool:
    """Whether the subject has been told anything for this case: a notice that was not called off, or a link to show something."""
    notices = any(held.state is not NoticeState.CANCELLED for held in tx.servings.of_case(case.id))
    return notices or any(held.handed_at is not None for held in tx.selfproofs.of_case(case.id))


def _tell_subject(office: Office, tx: Tx, case: Case, basis: tuple[str, ...], now: datetime) -> None:
    """Who has been asked or told something hears that it is over, why, and that nothing is held against him or her by it."""
    assert case.send_back is not None, "it was sent back"
    lang, mistake = office.agency(case.agency).language, case.send_back.mistake
    competent = (label("sent_back.competent", lang, competent=mistake.competent),) if mistake.competent else ()
    giving.inform(
        office,
        tx,
        case,
        f"{case.id}:sent_back",
        NoticeKind.SENT_BACK,
        about=case.id,
        title=label("sent_back.title", lang),
        facts=(label("sent_back.fact", lang, reference=case.reference), *competent, label("sent_back.harmless", lang)),
        reasons=of(mistake.reason, lang),
        basis=basis,
        now=now,
    )
