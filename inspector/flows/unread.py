"""What subjects have said by their notices and a person is to read: word by word, so that each ends when it is over, and no other one."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any

from inspector.domain.docket import SPOKE
from inspector.domain.serving import SubjectNotice, SubjectWord
from inspector.store.tx import Tx

_UNREAD = "unread"


def more(
    facts: Callable[[Mapping[str, Any]], Mapping[str, object]], receipt: str
) -> Callable[[Mapping[str, Any]], dict[str, object]]:
    """The facts of a matter with one more word in it, by its receipt, beside those that wait there already."""
    return lambda told: {**facts(told), _UNREAD: [*receipts(told), receipt]}


def withdrawn(tx: Tx, case_id: str, now: datetime) -> None:
    """A withdrawal of this case was carried out, or waits for its own answer: those that waited for a second officer wait no more.

    A matter in which other words wait keeps them, and its date.
    """
    for notice in tx.servings.of_case(case_id):
        over(tx, notice, frozenset({SubjectWord.WITHDRAWAL}), now)


def over(tx: Tx, notice: SubjectNotice, kinds: Collection[SubjectWord], now: datetime) -> None:
    """Words of these kinds wait at this notice no more: somebody else answers them. Others stay, with their date."""
    name = f"{SPOKE}:{notice.id}"
    matter = tx.attention.get(name)
    if matter is None or matter["closed_at"] is not None:
        return
    told, said = json.loads(matter["body"]), {one.receipt: one.kind for one in notice.words}
    left = [one for one in receipts(told) if said.get(one) not in kinds]
    if not left:
        tx.attention.over(name, now)
    elif left != receipts(told):
        last = {"word": said[left[-1]].value if left[-1] in said else "", "receipt": left[-1], _UNREAD: left}
        tx.attention.open(SPOKE, matter["agency"], notice.id, {**told, **last}, now)


def receipts(told: Mapping[str, Any]) -> list[str]:
    """The words that wait in a matter; one of an earlier release names its last."""
    return list(told.get(_UNREAD, [told["receipt"]] if told.get("receipt") else []))
