"""What a subject has asked for and an officer does not grant is answered with reasons that it reads: somebody else to preside, more time.

Granted it is answered by the step itself, with a notice of its own: the hearing is moved, the new date is told.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from itertools import takewhile
from typing import Any

from inspector.domain import hearing
from inspector.domain.consequence import Consequence, Statement, StatementKind
from inspector.domain.docket import SPOKE
from inspector.domain.errors import Refusal
from inspector.domain.person import same
from inspector.domain.serving import NoticeKind, SubjectWord
from inspector.flows import giving, unread
from inspector.flows.office import Office
from inspector.flows.shaken import STATED
from inspector.labels import label
from inspector.store.tx import Tx


def refuse_unanswered(tx: Tx, held: Consequence) -> None:
    """Raise Refusal (`hearing_unanswered`) while what a subject has said about its hearing waits for an answer.

    Whoever has given the hearing up needs nobody else to preside.
    """
    gone = held.hearing is not None and held.hearing.held is False and not held.hearing.absent
    if not gone and _waits(tx, held):
        raise Refusal("hearing_unanswered", consequence=held.id)


def refuse_unheard(tx: Tx, held: Consequence) -> None:
    """The same of a hearing that is said to have been held, or not come to: Refusal `presider_unanswered`."""
    if held.awaits_hearing and held.hearing is not None and held.hearing.sittings and _waits(tx, held):
        last = held.hearing.sittings[-1]
        raise Refusal("presider_unanswered", consequence=held.id, presides=last.presides)


def refuse_own(tx: Tx, matter: Mapping[str, Any], by: str) -> None:
    """Raise Refusal (`presider_own_answer`) where whoever presides answers what was said against him or her: nobody judges that alone."""
    held = tx.consequences.find(str(matter["about"])) if matter["kind"] == STATED else None
    if held is None or held.hearing is None or not held.awaits_hearing or not _of_sitting(held):
        return
    if same(by, held.hearing.sittings[-1].presides):
        raise Refusal("presider_own_answer", consequence=held.id, by=by)


def refuse_own_move(tx: Tx, held: Consequence, by: str) -> None:
    """The same where whoever presides would move the hearing while such words wait: to move it is an answer."""
    if held.hearing is None or not held.hearing.sittings or not held.awaits_hearing or not _waits(tx, held):
        return
    if same(by, held.hearing.sittings[-1].presides):
        raise Refusal("presider_own_answer", consequence=held.id, by=by)


def _waits(tx: Tx, held: Consequence) -> bool:
    matter = tx.attention.get(f"{STATED}:{held.id}")
    return matter is not None and matter["closed_at"] is None and bool(_of_sitting(held))


def answered(office: Office, tx: Tx, matter: Mapping[str, Any], note: str, by: str, now: datetime) -> None:
    """An officer has closed the matter of such words: its subject hears that all stays as it was told, by whom and why."""
    asked = _asked(office, tx, matter)
    if asked is None:
        return
    held, receipt, facts, basis = asked
    lang, case = office.agency(held.agency).language, tx.cases.get(held.case_id, lock=True)
    giving.inform(
        office,
        tx,
        case,
        f"{receipt}:answer",
        NoticeKind.GUIDANCE,
        about=held.id,
        title=label("replied.title", lang),
        facts=(*facts, label("replied.by", lang, by=by)),
        reasons=note,
        basis=(*held.basis, *basis),
        now=now,
    )


def _asked(office: Office, tx: Tx, matter: Mapping[str, Any]) -> tuple[Consequence, str, tuple[str, ...], tuple[str, ...]] | None:
    """What was asked for in a matter: of which consequence, by which receipt, what its subject is told of it, by which articles."""
    lang = office.agency(str(matter["agency"])).language
    if matter["kind"] == STATED:
        held = tx.consequences.get(str(matter["about"]))
        if held.hearing is None or not (said := _of_sitting(held)):
            return None
        words, presides = said[-1].words, held.hearing.sittings[-1].presides
        told = label("replied.words", lang, words=words), label("replied.preside", lang, presides=presides)
        _, name, receipt = said[-1].door.partition(f"{held.id}:")  # what came by another door has a receipt elsewhere, or none
        return held, name + receipt or f"{held.id}:said-{held.statements.index(said[-1]) + 1}", told, (hearing.BASIS,)
    if matter["kind"] == SPOKE:
        notice, left = tx.servings.get(str(matter["about"])), unread.receipts(json.loads(str(matter["body"])))
        order = tx.consequences.find(notice.about)
        wished = [one for one in notice.words if one.receipt in left and one.kind is SubjectWord.MORE_TIME]
        if not wished or order is None or order.rectification is None:
            return None
        until = f"{office.calendar.local(order.rectification.until):%Y-%m-%d}"
        told = label("replied.words", lang, words=wished[-1].words), label("replied.more_time", lang, until=until)
        return order, wished[-1].receipt, told, ()
    return None


def _of_sitting(held: Consequence) -> list[Statement]:
    """What its subject has said since who presides was named; only a move to somebody else answers it.

    By whatever door, as long as the hearing is neither held nor given up: what is said against who presides comes by the door that the
    subject has, and only who reads it knows. Behind it what comes by the notice of the hearing.
    """
    if held.hearing is None or not held.hearing.sittings:
        return []
    sittings, notice = held.hearing.sittings, f":{held.id}:hearing-"
    named = takewhile(lambda one: same(one.presides, sittings[-1].presides), reversed(sittings))
    since = min(one.fixed.at for one in named)
    said = [one for one in held.statements if one.kind is not StatementKind.WAIVER and one.at >= since]
    said = [one for one in said if one.at > held.hearing.asked_at]  # not the words by which it was asked for
    return said if held.awaits_hearing else [one for one in said if notice in one.door]
