"""Whether somebody may commit, asked before anybody has signed: the gate's own answer, and no case of it.

Asking is looking at somebody's records: who has asked about whom, for what and with which answer, is an entry of the ledger (PIPL art. 6,
51), of the subject by its pseudonym.
"""

from __future__ import annotations

from datetime import datetime

from inspector.domain.decision import Because, Decision
from inspector.domain.errors import Invalid, Refusal
from inspector.domain.evidence import blank
from inspector.domain.gate import BASIS
from inspector.domain.identity import identity_kind, pseudonym
from inspector.flows import catalogue, eligibility
from inspector.flows.intake import Application, drafted
from inspector.flows.office import Office
from inspector.flows.record import record
from inspector.store.tx import Tx


def ask(office: Office, tx: Tx, given: Application, sender: str, purpose: str, now: datetime) -> Refusal | None:
    """What the gate would answer to this application, signed on its day; None: it would let it in. It may answer otherwise tomorrow.

    Raises Invalid (`text_blank` without a purpose, a code that is none, an item that the pack does not have) and Missing.
    """
    if blank(purpose):
        raise Invalid("text_blank", field="purpose")
    office.agency(given.agency)
    policy = office.policy(given.agency, now.date())
    policy.item(given.item)
    case = drafted(given, sender, policy, now)
    refused = None
    try:
        catalogue.admit(office, tx, case)
        eligibility.admit(office, tx, case, now)
    except Refusal as error:
        refused = error
    facts = {"by": sender, "agency": given.agency, "item": given.item, "purpose": purpose, "reference": given.reference}
    facts["answer"] = refused.code if refused is not None else "admitted"
    about = f"eligibility:{pseudonym(office.secret, identity_kind(given.subject_kind), case.subject.code)}"
    because = Because(rule="eligibility.asked", basis=(BASIS,), pack=policy.label, facts=facts)
    record(tx, about, Decision(state=None, because=because), now, {}, kept=policy.label)
    return refused
