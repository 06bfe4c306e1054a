"""That a decision in force stands though what it followed fell or is in doubt: a named officer says so, with reasons. Pure.

Nothing in force ends by a rule (falling), so none goes on by one either: whoever looks says what he or she has found. So it is with what
nobody has decided yet, where others found wrong what was held against its subject of the same finding: it goes on by such a word alone.
"""

from __future__ import annotations

from dataclasses import replace

from inspector.domain.case import Case, CaseState
from inspector.domain.consequence import UNDECIDED, Consequence, Signed, Stage
from inspector.domain.course import Setting, because, counted, going, named, said, told, who
from inspector.domain.decision import Decision
from inspector.domain.ended import Ended
from inspector.domain.errors import Refusal
from inspector.domain.evidence import GOOD
from inspector.domain.falling import IN_FORCE

RULE = "consequence.upheld"


def uphold(
    held: Consequence, case: Case, reasons: str, signed: Signed, setting: Setting, shaken_by: str
) -> Decision[Consequence]:
    """It stands. An order is looked at again in the row's time at the soonest: nobody is late by the time in which it was in doubt.

    What is undecided goes on; a decision that waited for another's agreement was written before, so it falls.

    `shaken_by`: the rule by which it was put before an officer; empty: nothing was. Raises Invalid, and Refusal: `consequence_unshaken`;
    `consequence_unfounded` where the case has ended in favour of its subject, or has left the house.
    """
    named(signed)
    said("reasons", reasons)
    order = held.stage is Stage.WEIGH
    if held.state not in IN_FORCE | UNDECIDED or not (order or shaken_by):
        raise Refusal("consequence_unshaken", consequence=held.id, state=held.state)
    if case.state.gone or (case.state is CaseState.CLOSED and case.outcome in GOOD):
        raise Refusal("consequence_unfounded", consequence=held.id, case=case.id, state=case.outcome or case.state)
    facts = {**who(signed), "reasons": reasons, "doubted_by": held.doubted or shaken_by}
    upheld = replace(held, doubted="", upheld=Ended(at=setting.now, by=signed.by, why=reasons))
    if held.state in UNDECIDED:
        until = held.notice.defend_by if held.notice is not None else None
        ahead = until if until is not None and until > setting.now else None
        return going(replace(upheld, verdict=None), held.due_at or setting.now, setting, RULE, facts, ahead=ahead)
    if order and held.rectification is not None:
        by = max(held.rectification.recheck_by, counted(setting.now, setting.row.decide, setting.calendar))
        return going(upheld, by, setting, RULE, facts)
    upheld = replace(upheld, turn=held.turn + 1)
    return Decision(state=upheld, because=because(upheld, RULE, facts), told=(told("consequence.moved", upheld),))


def notice_id(held: Consequence) -> str:
    """The notice by which its subject hears so; empty where nobody has said so."""
    return f"{held.id}:upheld:{held.upheld.at:%Y%m%d%H%M%S}" if held.upheld is not None else ""
