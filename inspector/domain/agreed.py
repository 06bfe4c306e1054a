"""How the subject of a case can be reached, and whether it has agreed to electronic service: who said so, on what, and when. Pure.

On that agreement rests that a notice counts as served (Penalties Law art. 61); and whoever writes down the address has what goes there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import date

from inspector.domain.consequence import Signed
from inspector.domain.decision import Because, Decision
from inspector.domain.errors import Invalid
from inspector.domain.evidence import blank

BASIS = "S1:61"
"""Article 61 of the Penalties Law: by electronic means whoever has agreed is served."""

_PHONE = re.compile(r"\+?[0-9][0-9 -]{4,22}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """How a subject can be reached, as the case brought it. `agreed`: to be served by electronic means. Personal data.

    `agreed_by`, `agreed_on`: who said so, and when; empty where nobody had to say who. `said`: the officers who have written down a number
    or an address in it; empty where the subject, or the system by which it came, has said each. `own`: what stood before an officer wrote.
    """

    phone: str = ""
    email: str = ""
    agreed: bool = False
    agreed_by: str = field(default="", compare=False)
    agreed_on: date | None = field(default=None, compare=False)
    said: tuple[Signed, ...] = field(default=(), compare=False)
    own: Contact | None = field(default=None, compare=False)

    @property
    def theirs(self) -> Contact:
        """How the subject is reached by what no officer has written down."""
        return self.own if self.own is not None else self

    def beyond(self, other: Contact) -> bool:
        """Whether a number or an address is in it that is not in another one."""
        return self.phone not in ("", other.phone) or self.email not in ("", other.email)


def contact(phone: str, email: str, *, agreed: bool) -> Contact:
    """A contact as somebody has typed it. Raises Invalid (`contact_unfit`), which repeats nothing of it."""
    held = Contact(phone=phone.strip(), email=email.strip(), agreed=agreed)
    for part, text, form in (("phone", held.phone, _PHONE), ("email", held.email, _EMAIL)):
        if text and not form.fullmatch(text):
            raise Invalid("contact_unfit", field=f"contact.{part}")
    return held


def said(
    contact: Contact, before: Contact, by: str, today: date, pack: str, clerk: Signed | None = None, document: str = ""
) -> Decision[Contact]:
    """What stands from now on. An agreement keeps who first said it and on which day, until it is taken back.

    The number and the address themselves are in no entry. `clerk`: the officer who writes it down, by which `document` of the subject's
    (送达地址确认书); None where the subject, or the system by which it came, says it. Raises Invalid (`contact_unconfirmed`).
    """
    if clerk is not None:
        if (contact.beyond(before) or (contact.agreed and not before.agreed)) and blank(document):
            raise Invalid("contact_unconfirmed", field="confirmation")
        contact = _written(contact, before, clerk)
    if contact.agreed:
        first = before if before.agreed else Contact(agreed_by=by, agreed_on=today)
        contact = replace(contact, agreed_by=first.agreed_by, agreed_on=first.agreed_on)
    facts = {"by": by, "phone_known": bool(contact.phone), "email_known": bool(contact.email), "service_agreed": contact.agreed}
    facts |= {"document": document} if not blank(document) else {}
    return Decision(state=contact, because=Because(rule="case.contact", basis=(BASIS,), pack=pack, facts=facts))


def _written(contact: Contact, before: Contact, clerk: Signed) -> Contact:
    """An officer's word, and that of officers before: who has written down an address has what is sent there (handbook 2.7).

    Who only takes something back, or says what the subject has said, has written none.
    """
    if not contact.beyond(before.theirs):
        return contact
    said = (*before.said, clerk) if contact.beyond(before) else before.said
    return replace(contact, said=said, own=before.theirs)
