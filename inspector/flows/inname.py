"""What an officer has entered in a subject's name, or could have said by a link that he or she was handed, is told to the subject."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from inspector.domain.case import Case
from inspector.domain.consequence import Signed, StatementKind
from inspector.domain.serving import NoticeKind, SubjectWord
from inspector.flows import giving
from inspector.flows.office import Office
from inspector.labels import label, of
from inspector.store.tx import Tx


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
