"""How a subject can be reached, as a message says it. Personal data: no error, no event and no log repeats it."""

from __future__ import annotations

import re

from inspector.domain.errors import Invalid
from inspector.domain.wayto import Contact
from inspector.web.fields import MaybeLine, Strict

_PHONE = re.compile(r"\+?[0-9][0-9 -]{4,22}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")


class ContactIn(Strict):
    """A telephone number, an address of e-mail, and whether the subject has agreed to be served by electronic means."""

    phone: MaybeLine = ""
    email: MaybeLine = ""
    agreed: bool = False

    def contact(self) -> Contact:
        """As the house keeps it. Raises Invalid (`contact_unfit`)."""
        for field, form in (("phone", _PHONE), ("email", _EMAIL)):
            text = getattr(self, field).strip()
            if text and not form.fullmatch(text):
                raise Invalid("contact_unfit", field=f"contact.{field}")
        return Contact(phone=self.phone.strip(), email=self.email.strip(), agreed=self.agreed)
