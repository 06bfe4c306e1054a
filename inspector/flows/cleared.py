"""What a subject hears when something decided against him or her stands no more (撤销告知), or is not decided at all: what, and by what."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from inspector.domain.case import Case
from inspector.domain.consequence import Consequence, ConsequenceState
from inspector.domain.creditrecord import BASIS, Record
from inspector.domain.serving import NoticeKind, NoticeState
from inspector.flows import credittold, giving
from inspector.flows.office import Office
from inspector.labels import Lang, label
from inspector.store.tx import Tx

Fallen = Consequence | Record
"""What fell: a decision, or a credit record."""


def tell(office: Office, tx: Tx, case: Case, about: str, fallen: Sequence[Fallen], reasons: str, now: datetime) -> None:
    """One notice of all that fell together; none where the subject had heard of nothing of it.

    A transfer or a referral was never told to its subject, nor is its end: that it was under way is for others to tell (handbook 1.8).
    """
    heard = [one for one in fallen if (one.adverse if isinstance(one, Record) else one.notice is not None)]
    if not heard:
        return
    lang = office.agency(case.agency).language
    records = [one for one in heard if isinstance(one, Record)]
    giving.inform(
        office,
        tx,
        case,
        f"{about}:annulled",
        NoticeKind.ANNULMENT,
        about=about,
        title=label("cleared.title", lang),
        facts=(*(_fact(office, one, lang) for one in heard), *((label("cleared.deleted", lang),) if records else ())),
        reasons=reasons,
        basis=tuple(basis for one in heard for basis in _bases(one)),
        now=now,
    )


def let_go(office: Office, tx: Tx, case: Case, held: Consequence, now: datetime) -> None:
    """Whoever was told what is intended hears that it is not done, once; nobody who was told nothing, or not reached (`unserved.done`).

    An officer's reasons are not told: they may speak of what others look into (handbook 1.8), and no right hangs on them.
    """
    told = tx.servings.find(f"{held.id}:notice") if held.state is ConsequenceState.DROPPED else None
    if told is None or not (told.state is NoticeState.SERVED or told.opened_at is not None or told.words):
        return
    lang = office.agency(case.agency).language
    proposal, on = label(f"Proposal.{held.proposal.value}", lang), office.calendar.local_date(told.made_at).isoformat()
    giving.inform(
        office,
        tx,
        case,
        f"{held.id}:let-go",
        NoticeKind.LET_GO,
        about=held.id,
        title=label("cleared.let_go", lang),
        facts=(label("cleared.proposed", lang, proposal=proposal, on=on),),
        reasons=label("cleared.let_go_because", lang),
        basis=held.basis,
        now=now,
    )


def _fact(office: Office, one: Fallen, lang: Lang) -> str:
    if isinstance(one, Record):
        return credittold.named(one, lang)
    proposal = label(f"Proposal.{one.proposal.value}", lang)
    on = office.calendar.local_date(one.imposed_at).isoformat() if one.imposed_at is not None else ""
    return label("cleared.decision", lang, proposal=proposal, on=on)


def _bases(one: Fallen) -> tuple[str, ...]:
    return (one.basis, BASIS) if isinstance(one, Record) else one.basis
