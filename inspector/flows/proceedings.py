"""Where what a subject says, and the proof that a notice came, go: to the thing that the notice is about.

A person reads every word; nothing here decides. What is of a consequence or of a credit record goes on to it; of anything else a person
hears and answers.
"""

from __future__ import annotations

from datetime import datetime

from inspector.domain.serving import SubjectNotice, SubjectWord, Word
from inspector.flows import review
from inspector.flows.office import Office
from inspector.store.tx import Tx

SPOKE = "subject_spoke"
"""The matter of a subject who has said something that a person is to read and answer; one for each notice."""


def served(_office: Office, _tx: Tx, _notice: SubjectNotice, _now: datetime) -> None:
    """A notice has come: what it is about may run its time from that day. Nothing else waits for a notice so far."""


def spoken(office: Office, tx: Tx, notice: SubjectNotice, word: Word, now: datetime) -> None:
    """What the subject has said reaches whoever answers it; a withdrawal is carried out at once (the plan, item 9).

    Raises what a withdrawal raises.
    """
    if word.kind is SubjectWord.RECEIVED:
        return
    if word.kind is SubjectWord.WITHDRAWAL:
        review.withdraw(office, tx, notice.case_id, word.words, "subject", now)
        return
    facts = {"case": notice.case_id, "about": notice.about, "word": word.kind.value, "receipt": word.receipt, "late": word.late}
    tx.attention.open(SPOKE, notice.agency, notice.id, facts, now)
