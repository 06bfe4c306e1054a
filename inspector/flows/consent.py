"""How the subject of a case can be reached is said: by whom and when is an entry of the ledger, the number and the address are not.

Whoever writes down where a subject is reached has in hand what is sent there, so an officer's word for it needs the subject's paper, is
told to the subject by the way of before, and makes what comes back by it nobody's own word (decision 228).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from inspector.domain import agreed
from inspector.domain.agreed import Contact
from inspector.domain.case import Case
from inspector.domain.consequence import Signed
from inspector.domain.contact import contact as reached_at
from inspector.domain.decision import Decision
from inspector.domain.errors import Invalid
from inspector.domain.serving import NoticeKind
from inspector.flows import inname
from inspector.flows.office import Office
from inspector.flows.record import record
from inspector.store.tx import Tx


def say(
    office: Office,
    tx: Tx,
    case: Case,
    contact: Contact,
    by: str,
    now: datetime,
    *,
    clerk: Signed | None = None,
    document: str = "",
) -> None:
    """Write down how a case's subject can be reached; the last word stands, the same again says nothing. The case is held locked.

    `clerk`: the officer who says it for the subject, by which `document`. Raises Invalid (`contact_unconfirmed`, `contact_officers`).
    """
    before = tx.servings.contact(case.id)
    if contact == before and (clerk is not None or not before.said):
        return
    decided = agreed.said(contact, before, by, office.calendar.local_date(now), case.pack, clerk, document)
    if clerk is not None:
        _refuse_ours(office, tx, contact, before)
    tx.servings.reached_by(case.id, decided.state)
    record(tx, case.id, Decision(state=None, because=decided.because), now, {}, kept=case.pack)
    if clerk is not None and contact.beyond(before):
        _in_hand(tx, case, decided.state)
        inname.reached(office, tx, case, contact, clerk, document, now)


def _in_hand(tx: Tx, case: Case, contact: Contact) -> None:
    """What is on its way still goes where the officer has said."""
    for one in tx.servings.of_case(case.id):
        if one.state.open and one.kind is not NoticeKind.ENTERED:
            tx.servings.put(replace(one, addressed=tuple(dict.fromkeys((*one.addressed, *contact.said)))))


def _refuse_ours(office: Office, tx: Tx, contact: Contact, before: Contact) -> None:
    """Raise Invalid (`contact_officers`), which repeats nothing of it, where an officer writes down one of the office's own people's.

    An inspector who applies here says where to reach him or her by the system by which he or she has applied.
    """
    fresh = [
        (field, text) for field in ("phone", "email") if (text := getattr(contact, field)) not in ("", getattr(before, field))
    ]
    ours = {_plain(one) for one in _known(office, tx)} if fresh else set()
    for field, text in fresh:
        if _plain(text) in ours:
            raise Invalid("contact_officers", field=f"contact.{field}")


def _known(office: Office, tx: Tx) -> Iterator[str]:
    """Every number and address of the office's people: of the registers, of the agencies, and of who signs in by one."""
    for agency, node in office.tree.items():
        yield from (way.address for one in tx.rosters.inspectors(agency) for way in one.named)
        yield from (reached_at(one).address for one in (node.liaison, node.head) if one)
        yield node.telephone
    for person, names in office.entrance.people.items():
        yield from (person, *names)
    yield from tx.tokens.names() | tx.admissions.names()


def _plain(text: str) -> str:
    """A number by its digits without the code of the country, an address without case: as two writings of one are the same."""
    told = unicodedata.normalize("NFKC", text).strip().casefold()
    digits = "".join(one for one in told if one.isdigit())
    return told if "@" in told else digits.removeprefix("00").removeprefix("86") if digits else ""
