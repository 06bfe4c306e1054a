"""The written notice that an agency cannot help (the plan, item 7): made of its words, filed, sealed with the ledger's entry of them."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime

from inspector.domain.assistance import Request
from inspector.domain.decision import Decision
from inspector.domain.policy import Policy
from inspector.flows import question
from inspector.flows.office import Office
from inspector.flows.requests import node_of
from inspector.labels import label
from inspector.store.seals import Sealed
from inspector.store.tx import Tx


def written(office: Office, policy: Policy, request: Request, now: datetime) -> str:
    """The notice's text, in the language of the requester's people: who asked whom for what on which ground, and why it cannot."""
    lang = office.tree[request.requester].language if request.requester in office.tree else "zh-Hans"
    reply, asked = request.reply or {}, request.question
    names = {node.id: node.name for node in office.tree.values()}
    requested = node_of(office, request.requested)
    day = office.calendar.local(request.opened_at).date().isoformat()
    return "\n".join(
        (
            label("refusal.head", lang),
            label("refusal.to", lang, to=names.get(request.requester, request.requester), request=request.id, day=day),
            label("refusal.asked", lang, fact=question.fact(policy, request), on=asked["on"]),
            label(
                "refusal.ground",
                lang,
                ground=label(f"ground.{request.ground}", lang),
                basis=question.cited(policy, request.basis, lang),
            ),
            label("refusal.because", lang, inability=label(f"Inability.{reply.get('inability', 'OTHER')}", lang)),
            label("refusal.reasons", lang, reasons=reply.get("reasons", "")),
            label(
                "refusal.signed",
                lang,
                requested=names.get(requested, requested),
                signer=reply.get("signer", ""),
                at=f"{office.calendar.local(now):%Y-%m-%d %H:%M}",
            ),
        )
    )


def named(decision: Decision[Request], text: str) -> Decision[Request]:
    """The decision with the notice's SHA-256 among its facts: the ledger's seal is the notice's signature."""
    digest = hashlib.sha256(text.encode()).hexdigest()
    return replace(decision, because=replace(decision.because, facts={**decision.because.facts, "notice_digest": digest}))


def sealed(tx: Tx, entry: str) -> Sealed:
    """By which seal an entry of the ledger is signed."""
    return tx.ledger.sealed(entry)
