"""What a subject hears when something decided against him or her stands no more (撤销告知), or is not decided at all: what, and by what."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from inspector.domain.case import Case
from inspector.domain.consequence import Consequence, ConsequenceState
from inspector.domain.creditrecord import BASIS, Record
from inspector.domain.serving import NoticeKind, NoticeState, SubjectNotice
from inspector.flows import credittold, giving, unserved
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


_OVER = {ConsequenceState.DROPPED: ("notice", "let_go", "proposed"), ConsequenceState.LIFTED: ("decision", "lifted", "suspended")}
"""By how it ended: the notice by which its subject knows of it, and the words for its end and for what it was."""


def let_go(office: Office, tx: Tx, case: Case, held: Consequence, now: datetime) -> None:
    """Whoever was told what is intended, or suspended, hears that it is not done, or is over, once; nobody who was told nothing.

    An officer's reasons are not told: they may speak of what others look into (handbook 1.8), and no right hangs on them.
    """
    if held.state not in _OVER:
        return
    part, end, was = _OVER[held.state]
    told = _known(tx, f"{held.id}:{part}")
    if held.state is ConsequenceState.LIFTED:
        unserved.done(tx, f"{held.id}:{part}", now)  # nobody is to read as in force what is over
        if told is None:  # what was intended its subject may know all the same
            part, end, was = _OVER[ConsequenceState.DROPPED]
            told = _known(tx, f"{held.id}:{part}")
    if told is None:
        return
    lang = office.agency(case.agency).language
    since = held.imposed_at if part == "decision" and held.imposed_at is not None else told.made_at
    proposal, on = label(f"Proposal.{held.proposal.value}", lang), office.calendar.local_date(since).isoformat()
    giving.inform(
        office,
        tx,
        case,
        f"{held.id}:let-go",
        NoticeKind.LET_GO,
        about=held.id,
        title=label(f"cleared.{end}", lang),
        facts=(label(f"cleared.{was}", lang, proposal=proposal, on=on),),
        reasons=label(f"cleared.{end}_because", lang),
        basis=held.basis,
        now=now,
    )


def _known(tx: Tx, name: str) -> SubjectNotice | None:
    """A notice of which its subject knows: it has come, was opened, or answered."""
    told = tx.servings.find(name)
    known = told is not None and (told.state is NoticeState.SERVED or told.opened_at is not None or bool(told.words))
    return told if known else None


def _fact(office: Office, one: Fallen, lang: Lang) -> str:
    if isinstance(one, Record):
        return credittold.named(one, lang)
    proposal = label(f"Proposal.{one.proposal.value}", lang)
    on = office.calendar.local_date(one.imposed_at).isoformat() if one.imposed_at is not None else ""
    return label("cleared.decision", lang, proposal=proposal, on=on)


def _bases(one: Fallen) -> tuple[str, ...]:
    return (one.basis, BASIS) if isinstance(one, Record) else one.basis
