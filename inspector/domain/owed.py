"""What the law asks for is let go by as many as decide it, with reasons (Licensing Law art. 69 para. 2; handbook 1.1.22). Pure.

A licence that was got by deceit shall be revoked. Whoever proposes that, and alone may let it go, alone decides against the law.
"""

from __future__ import annotations

from dataclasses import replace

from inspector.domain.consequence import UNDECIDED, Consequence, ConsequenceState, Signed, Verdict
from inspector.domain.course import Setting, going, over, who
from inspector.domain.decision import Decision
from inspector.domain.proposal import ConsequenceRow, Proposal


def owed(held: Consequence, row: ConsequenceRow) -> bool:
    """Whether it is owed by law, and the pack asks for others to decide it: then they agree to letting it go, too."""
    return held.proposal is Proposal.REVOKE and held.grading.knowing and (row.second or row.legal)


def spares(held: Consequence) -> bool:
    """Whether an officer has written that it is let go, and others have yet to agree."""
    return held.state in UNDECIDED and held.verdict is not None and held.verdict.spares


def write(held: Consequence, reasons: str, signed: Signed, setting: Setting) -> Decision[Consequence]:
    """An officer writes that it is let go, and why; it stands, with its date, until the others have agreed.

    Whoever does not agree goes on with it: to give its notice, or to decide it, takes the place of these words.
    """
    written = replace(held, verdict=Verdict(signed=signed, reasons=reasons, spares=True))
    facts = {**who(signed), "reasons": reasons}
    return going(written, held.due_at or setting.now, setting, "consequence.drop_written", facts, ahead=setting.now)


def let_go(held: Consequence, setting: Setting) -> Decision[Consequence]:
    """Everybody has agreed whom the row asks for: it is let go."""
    written = held.verdict
    assert written is not None, "only what is written is agreed to"
    facts = {
        **who(written.signed),
        "reasons": written.reasons,
        "agreed": [f"{kind.value}: {one.by}" for kind, one in written.agreed.items()],
    }
    by, why = written.signed.by, written.reasons
    return over(held, ConsequenceState.DROPPED, by, why, setting, "consequence.dropped", facts, "consequence.dropped")
