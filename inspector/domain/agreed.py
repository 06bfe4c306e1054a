"""How the subject of a case can be reached, and whether it has agreed to electronic service: who said so, and when. Pure.

On that agreement rests that a notice counts as served (Penalties Law art. 61).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from inspector.domain.decision import Because, Decision
from inspector.domain.wayto import Contact

BASIS = "S1:61"
"""Article 61 of the Penalties Law: by electronic means whoever has agreed is served."""


def said(contact: Contact, before: Contact, by: str, today: date, pack: str) -> Decision[Contact]:
    """What stands from now on. An agreement keeps who first said it and on which day, until it is taken back.

    The number and the address themselves are in no entry.
    """
    if contact.agreed:
        first = before if before.agreed else Contact(agreed_by=by, agreed_on=today)
        contact = replace(contact, agreed_by=first.agreed_by, agreed_on=first.agreed_on)
    facts = {"by": by, "phone_known": bool(contact.phone), "email_known": bool(contact.email), "service_agreed": contact.agreed}
    return Decision(state=contact, because=Because(rule="case.contact", basis=(BASIS,), pack=pack, facts=facts))
