"""A decision in force stands, as an officer says who has looked at it: what was asked of him or her is over, and its subject hears why."""

from __future__ import annotations

import json
from datetime import datetime

from inspector.domain import upholding as domain
from inspector.domain.case import Case
from inspector.domain.consequence import UNDECIDED, Consequence, Signed
from inspector.domain.errors import Refusal
from inspector.domain.falling import REGRADE, SHAKEN
from inspector.domain.serving import NoticeKind
from inspector.flows import deputies, giving, objections, overruled, remedying
from inspector.flows.consequences import locked, settle
from inspector.flows.office import Office
from inspector.flows.shaken import setting
from inspector.labels import label
from inspector.store.tx import Tx


def uphold(office: Office, tx: Tx, consequence_id: str, reasons: str, signed: Signed, now: datetime) -> Consequence:
    """A named officer says that it stands, and why. Raises what the domain raises, and Refusal (`consequence_objected`,

    `consequence_overruled`).

    While an objection is open another officer decides that, and with it whether this stands (scenario 62). Who was put right says of
    nothing of the same finding that it stands.
    """
    case, held = locked(office, tx, consequence_id, now)
    kinds = (
        (SHAKEN,) if held.state in UNDECIDED else (SHAKEN, REGRADE)
    )  # a grade that is not decided yet is decided with the rest
    matters = [(kind, tx.attention.get(f"{kind}:{held.id}")) for kind in kinds]
    waits = [(kind, one) for kind, one in matters if one is not None and one["closed_at"] is None]
    why = next((str(json.loads(one["body"]).get("rule", kind)) for kind, one in waits), "")
    if objections.holds(tx, case.id):
        raise Refusal("consequence_objected", consequence=held.id, case=case.id)
    overruled.refuse_step(tx, held, signed)
    signed = deputies.signs(office, tx, held, signed, now)
    done = settle(office, tx, case, held, domain.uphold(held, case, reasons, signed, setting(office, held, now), why), now)
    for kind, _ in waits:
        tx.attention.over(f"{kind}:{held.id}", now)
    _tell(office, tx, case, done, reasons, now)
    return done


def _tell(office: Office, tx: Tx, case: Case, held: Consequence, reasons: str, now: datetime) -> None:
    """Whoever was told the decision hears that it was looked at again and stands, with what is open against that."""
    if held.notice is None or held.imposed_at is None:
        return
    lang, policy = office.agency(case.agency).language, office.book.get(held.pack)
    proposal, on = label(f"Proposal.{held.proposal.value}", lang), office.calendar.local_date(held.imposed_at).isoformat()
    under = held.rectification
    until = (label("upheld.until", lang, until=f"{under.until:%Y-%m-%d}"),) if under is not None and under.until > now else ()
    giving.inform(
        office,
        tx,
        case,
        domain.notice_id(held),
        NoticeKind.DECISION,
        about=held.id,
        title=label("upheld.title", lang),
        facts=(label("upheld.fact", lang, proposal=proposal, on=on), label("upheld.doubt", lang), *until),
        reasons=reasons,
        rights=remedying.rights(policy, lang) or (label("credittold.right_objection", lang),),
        basis=(*held.basis, *remedying.bases(policy)),
        now=now,
    )
