"""A person has seen to a matter; where it was a letter on paper, the letter has left the house, and the agency's time begins."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import datetime

from inspector.domain import sending
from inspector.flows import attention
from inspector.flows.ladder import OBSOLETE
from inspector.flows.office import Office
from inspector.flows.requests import held
from inspector.flows.settle import settle_request
from inspector.flows.unsettled import TO_POST
from inspector.store.tx import Tx


def seen_to(
    office: Office, tx: Tx, attention_id: str, by: str, now: datetime, *, note: str = "", sees: Collection[str] | None = None
) -> None:
    """Close a matter as `attention.close` does, and begin the clock of a request whose letter was posted. Raises Missing, Refusal."""
    matter = tx.attention.get(attention_id)
    attention.close(tx, attention_id, by, now, note=note, sees=sees)
    if matter is None or matter["kind"] != TO_POST:
        return
    case, request = held(tx, str(json.loads(matter["body"])["request"]))
    key = attention_id.removeprefix(f"{TO_POST}:")
    told = sending.posted(request, by, office.book.get(case.pack), now, office.calendar, key=key)
    if told.because.rule != OBSOLETE:
        settle_request(tx, told, now)
