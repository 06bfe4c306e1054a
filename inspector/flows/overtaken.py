"""What follows of a case concluded before its withdrawal was entered: an officer says so; its subject and the approving system hear it.

Nothing comes back by a rule, for all that was under way has ended. Where the officer says that the matter is verified after all, it is a
case of its own: the same content by the same pack, through no gate, since nobody applies anew (the plan, items 7 and 9; scenario 6).
"""

from __future__ import annotations

import json
from datetime import datetime

from inspector.domain import withdrawal as domain
from inspector.domain.case import Case
from inspector.domain.duty import Rule
from inspector.domain.errors import Refusal
from inspector.domain.serving import NoticeKind
from inspector.domain.withdrawal import CONCLUDED_BEFORE, Following, OvertakenAnswer
from inspector.flows import giving, intake
from inspector.flows.office import Office
from inspector.flows.record import record
from inspector.flows.telling import tell
from inspector.labels import label, of
from inspector.store.tx import Tx, new_id


def follow(office: Office, tx: Tx, case_id: str, given: Following, now: datetime) -> Case:
    """A named officer says what follows. The case in which it goes on: a new one, or the one that stays withdrawn.

    Raises Missing, Invalid, Conflict (as `intake.again`) and Refusal (`withdrawal_not_overtaken`).
    """
    case = tx.cases.get(case_id, lock=True)
    matter = tx.attention.get(f"{CONCLUDED_BEFORE}:{case_id}")
    if matter is None or matter["closed_at"] is not None:
        raise Refusal("withdrawal_not_overtaken", case=case_id)
    policy = office.book.get(case.pack)
    domain.followed(case, given, policy)  # refused before anything is opened
    anew = intake.again(office, tx, case, given.by, now) if given.answer is OvertakenAnswer.VERIFY else None
    decided = domain.followed(case, given, policy, anew.id if anew is not None else "")
    record(tx, case.id, decided, now, {}, kept=case.pack)
    tx.work.order(tell(tx, office, case, decided, policy, now), now)
    tx.attention.close(f"{CONCLUDED_BEFORE}:{case_id}", now)
    _tell(office, tx, case, given, now, str(json.loads(matter["body"]).get("handed_in", "")))
    return anew if anew is not None else case


def _tell(office: Office, tx: Tx, case: Case, given: Following, now: datetime, handed_in: str) -> None:
    """The subject hears that its withdrawal came too late, or was entered too late (`handed_in`), and what follows."""
    assert case.concluded_at is not None, "it was overtaken"
    lang, policy = office.agency(case.agency).language, office.book.get(case.pack)
    on = office.calendar.local_date(case.concluded_at).isoformat()
    told = "meanwhile" if handed_in else "overtaken"
    giving.inform(
        office,
        tx,
        case,
        f"overtaken:{new_id()}",
        NoticeKind.WITHDRAWAL,
        about=case.id,
        title=label(f"withdrawal.{told}_title", lang),
        facts=(label(f"withdrawal.{told}", lang, on=on, handed_in=handed_in), of(given.answer, lang)),
        reasons=given.reasons,
        rights=(label("withdrawal.overtaken_right", lang),),
        basis=(policy.basis(Rule.WITHDRAW),),
        now=now,
    )
