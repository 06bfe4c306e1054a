"""How a subject can be reached, as a message says it. Personal data: no error, no event and no log repeats it."""

from __future__ import annotations

from inspector.domain.agreed import Contact, contact
from inspector.web.fields import MaybeLine, Strict


class ContactIn(Strict):
    """A telephone number, an address of e-mail, and whether the subject has agreed to be served by electronic means."""

    phone: MaybeLine = ""
    email: MaybeLine = ""
    agreed: bool = False

    def contact(self) -> Contact:
        """As the house keeps it. Raises Invalid (`contact_unfit`)."""
        return contact(self.phone, self.email, agreed=self.agreed)


class ContactSaidIn(ContactIn):
    """The same as somebody says it later. `confirmation`: of an officer, which paper of the subject's says so (送达地址确认书)."""

    confirmation: MaybeLine = ""
