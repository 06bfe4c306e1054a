"""Letters that came back: a mail server took one and reports later that it could not be delivered (RFC 3464).

A report is anybody's mail. So it counts for a letter alone that left this house under that number to that very address, and says at most
that this letter came to nobody, as a refusal at the door does (`posting.lost`): never an answer, never an agency's silence. Whoever has
the letter all the same can answer as before.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

import structlog

from inspector.domain import veil
from inspector.domain.letter import LetterKind
from inspector.flows import letters, posting, replylink
from inspector.flows.office import Office
from inspector.flows.requests import held
from inspector.flows.unsettled import PARTLY
from inspector.incoming import Mail, Returned
from inspector.store.tx import Tx

log = structlog.get_logger(__name__)

_CAME_BACK = "returned"


def taken(office: Office, mail: Mail) -> bool:
    """Whether a mail reports letters of ours as undeliverable, to addresses that got them; each counts once. Raises Away, Stale."""
    known = False
    for number in dict.fromkeys(one.number for one in mail.returned):
        with office.store.begin() as tx:
            letter = letters.gone(tx, number)
            said = [one for one in mail.returned if one.number == number and letter is not None and one.address in letter["to"]]
            if letter is not None and said:
                known = True
                _came_back(tx, office, number, letter, said, office.now())
    return known


def _came_back(tx: Tx, office: Office, number: str, letter: Mapping[str, Any], said: Iterable[Returned], now: datetime) -> None:
    """Of several addressees one has the letter as long as no report names him; then it came to nobody.

    Two reports at once, or two daemons with one, wait for each other at its first request before they look what came before. Behind an
    address that passes on there may be others than the one that failed: a person looks.
    """
    letters = sorted(map(tuple, letter["letters"]))
    held(tx, letters[0][0])
    said = list(said)
    behind = [f"{one.address} → {one.behind}: {one.status}" for one in said if one.behind]
    for one in said:
        if not one.behind:
            _once(tx, f"{number} {one.address}", {"status": one.status}, now)
    found = {one: _seen(tx, f"{number} {one}") for one in letter["to"]}
    back = {one: str(told["status"]) for one, told in found.items() if told is not None}
    whole = len(back) == len(found)
    if whole and not _once(tx, number, {}, now):
        return
    for request_id, kind, key in letters:
        secrets = replylink.secrets(office, tx, (request_id,))
        if whole:
            tx.attention.close(f"{PARTLY}:{key}", now)
            refused = all(status.startswith("5") for status in back.values())
            code = posting.RETURNED if refused else posting.EXPIRED
            log.warning("letter.returned", request=request_id, letter=kind, connector=letter["via"], error=code)
            told = posting.Lost(
                request_id=request_id,
                kind=LetterKind(kind),
                via=str(letter["via"]),
                key=key,
                code=code,
                unsure=False,
                returned=True,
                detail=str(veil.over("; ".join(f"{address}: {status}" for address, status in back.items()), secrets)),
            )
            posting.came_back(tx, office, told, now)
        elif (request := tx.assistance.get(request_id)).state.hears:
            refusals = veil.over([*(f"{address}: {status}" for address, status in back.items()), *behind], secrets)
            about = {"request": request_id, "to": letter["via"], "case": request.case_id}
            tx.attention.add(PARTLY, request.requester, key, partial(_with, about, refusals), now)


def _with(about: Mapping[str, object], refusals: list[str], told: Mapping[str, Any]) -> Mapping[str, object]:
    """The matter with those addressees that were told before, each once."""
    return {**about, "refused": [*dict.fromkeys((*told.get("refused", ()), *refusals))]}


def _seen(tx: Tx, what: str) -> Mapping[str, Any] | None:
    key = letters.digest(what)
    return tx.inbox.seen(_CAME_BACK, key, key)


def _once(tx: Tx, what: str, told: Mapping[str, object], now: datetime) -> bool:
    """Whether it is heard for the first time."""
    if _seen(tx, what) is not None:
        return False
    tx.inbox.keep(_CAME_BACK, letters.digest(what), letters.digest(what), told, now)
    return True
