"""A letter of a request as it goes on paper: what its row keeps of it, so that it says what was said by any other way."""

from __future__ import annotations

import json
from dataclasses import replace

from inspector.domain.decision import OrderKind
from inspector.domain.errors import Missing
from inspector.domain.letter import LAID, LetterKind
from inspector.flows import letters, posting
from inspector.flows.office import Office
from inspector.ports import Letter
from inspector.store.codec import load
from inspector.store.payload import read
from inspector.store.tx import Tx

_MOST = 10_000
"""Rows of one case that are looked through; no case writes nearly so many letters."""


def letter(office: Office, tx: Tx, request_id: str, kind: LetterKind) -> tuple[Letter, bool]:
    """The last letter of a kind, and whether it is as it was written; without its link, which is on no paper.

    The first letter of an open request of which no row holds anything, for it has not left, was carried by a digest or is forgotten with
    its work, is worded by how the request stands now: the date that binds is the request's own, whatever a letter says (decision 75).

    Raises Missing (`letter_unkept`).
    """
    request = tx.assistance.get(request_id)
    rows = tx.work.page(case_id=request.case_id, kind=OrderKind.ASSIST_SEND.value, limit=_MOST)
    written = {
        LetterKind(told["letter"]): told["said"]
        for told in (read(row["payload"]) or {} for row in rows)
        if told.get("request") == request_id and told.get("said") is not None
    }
    if kind in written:
        told = load(Letter, json.dumps(written[kind]))
        if any((one.rule, one.said) == (LAID, kind.value) for one in request.history):
            return told, True
        return replace(told, words=replace(told.words, posted="")), True  # it went another way: no posting moves its date
    if kind is LetterKind.REQUEST and request.state.open:
        via = request.requested
        return letters.worded(office, tx, request, posting.letter_of(office, tx, request, kind, via), via), False
    held = ", ".join(sorted(written)) or "-"
    raise Missing("letter_unkept", request=request_id, letter=kind.value, held=held)
