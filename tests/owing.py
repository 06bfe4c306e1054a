"""Duties to publish that were never formed by a check or a decision, with the entries that their rows are held to (`flows.printed`)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from inspector.domain.decision import Because, Decision
from inspector.domain.publicationduty import PublicationDuty, PublicationState
from inspector.domain.retention import Record
from inspector.domain.taking import PURGED
from inspector.flows import printed, purging
from inspector.flows.record import record
from inspector.store.publications import OWE, PENALTY
from inspector.store.tx import Tx


def owe(tx: Tx, duty: PublicationDuty, now: datetime) -> str:
    """A duty stands as it is told: owed, or public; its id."""
    assert tx.publications.add(duty)
    line = duty.penalty.shown if duty.penalty is not None else duty.shown
    _say(tx, duty, PENALTY if duty.penalty is not None else OWE, PublicationState.OWED, {"agency": duty.agency}, now)
    if duty.posted is not None and line is not None:
        facts = {"duty": duty.id, "line": line.digest, "on": duty.posted.on.isoformat()}
        _say(tx, duty, printed.DONE, PublicationState.PUBLISHED, facts, now)
    return duty.id


def went(tx: Tx, about: str, now: datetime) -> None:
    """An entry says of a case, or what no case is about, that it went at the end of its days; the words of its entries go."""
    some = purging.entries(tx, about)
    tx.ledger.erase(list(some))
    later = now + timedelta(days=31)
    because = Because(rule=PURGED, basis=("H:1",), pack="", facts=let_go(later, *some.values()))
    record(tx, about, Decision(state=None, because=because), later, {})


def let_go(now: datetime, *entries: str) -> dict[str, object]:
    """What the entry of a purge says that was lawful by a row of its own: so old that it is over its days at a moment."""
    since = now - timedelta(days=31)
    told = {"row": "r", "keep": "1d", "since": since.isoformat(), "until": str(since.date() + timedelta(days=2))}
    return {"record": Record.ENFORCEMENT.value, **told, "entries": list(entries)}


def _say(tx: Tx, duty: PublicationDuty, rule: str, state: PublicationState, facts: Mapping[str, object], now: datetime) -> None:
    because = Because(rule=rule, basis=(duty.basis,), pack=duty.pack, facts=facts)
    extra = {"publication": duty.id, "publication_state": state.value}
    record(tx, duty.about, Decision(state=duty, because=because), now, extra)
