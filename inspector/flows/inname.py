"""What an officer has entered in a subject's name, or could have said by a link that he or she was handed, is told to the subject."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from inspector.domain.agreed import BASIS, Contact
from inspector.domain.case import Case
from inspector.domain.consequence import Signed, StatementKind
from inspector.domain.serving import NoticeKind, SubjectWord
from inspector.flows import giving
from inspector.flows.office import Office
from inspector.labels import label, of
from inspector.store.tx import Tx, new_id


@dataclass(frozen=True, slots=True)
class Entered:
    """A word that ends or spares something, and whose it may be; `about`: what it was said of, by which `basis`."""

    kind: SubjectWord | StatementKind
    words: str
    at: datetime
    about: str
    basis: tuple[str, ...]
    hands: tuple[Signed, ...]
    awaits: bool = False


def tell(office: Office, tx: Tx, case: Case, name: str, said: Entered, now: datetime) -> None:
    """One notice, `name`, of what was entered, when and by whom; none of what the subject has said itself.

    It goes by the first way that serves this subject, and never by the link in question. `awaits`: it counts with a second officer's word.
    """
    if not said.hands:
        return
    lang = office.agency(case.agency).language
    on, by = office.calendar.local_date(said.at).isoformat(), ", ".join(one.by for one in said.hands)
    fact = label("inname.fact", lang, word=of(said.kind, lang), on=on, by=by, words=said.words.strip())
    giving.inform(
        office,
        tx,
        case,
        name,
        NoticeKind.ENTERED,
        about=said.about,
        title=label("inname.title", lang),
        facts=(fact, *((label("inname.awaits", lang),) if said.awaits else ())),
        reasons=label("inname.because", lang),
        rights=(label("inname.right", lang),),
        basis=said.basis,
        now=now,
    )


def reached(office: Office, tx: Tx, case: Case, contact: Contact, clerk: Signed, document: str, now: datetime) -> None:
    """That an officer has written down where the subject is reached, by which of its papers: by the way of before, on paper where none was.

    Neither the number nor the address is in it.
    """
    lang = office.agency(case.agency).language
    on, parts = office.calendar.local_date(now).isoformat(), ("phone", "email", "agreed")
    what = label("inname.gap", lang).join(label(f"inname.{part}", lang) for part in parts if getattr(contact, part))
    giving.inform(
        office,
        tx,
        case,
        f"n{new_id()}",
        NoticeKind.ENTERED,
        about=case.id,
        title=label("inname.title", lang),
        facts=(label("inname.reached", lang, on=on, by=clerk.by, what=what, document=document),),
        reasons=label("inname.reached_because", lang),
        rights=(label("inname.right", lang),),
        basis=(BASIS,),
        now=now,
    )
