"""Whether the finding of a case still counts against its subject in a later one (handbook 2.7, scenario 61)."""

from __future__ import annotations

import sqlalchemy as sa

from inspector.domain.consequence import ConsequenceState
from inspector.domain.creditrecord import RecordState
from inspector.domain.objection import ObjectionState
from inspector.domain.proposal import ALTERNATIVES, Proposal
from inspector.domain.serving import NoticeState
from inspector.store.consequencetables import consequence
from inspector.store.recordtables import credit_record, objection
from inspector.store.servingtables import subject_notice

_TOLD = sorted(one.value for one in ALTERNATIVES | {Proposal.RECORD_CREDIT, Proposal.PENALTY})
_IN_FORCE = [one.value for one in (ConsequenceState.IMPOSED, ConsequenceState.RECTIFIED, ConsequenceState.FAILED)]
_DECISIONS = sorted(one.value for one in ALTERNATIVES | {Proposal.RECORD_CREDIT})


def contested(case_id: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    """An objection is open to what was decided by it: until that is answered it is used for nothing adverse (scenario 62)."""
    return sa.exists().where(objection.c.case_id == case_id, objection.c.state == ObjectionState.OPEN.value)


def counts(case_id: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    """Not before its subject was told (`came`), while it is contested, nor once it stands no more (`stood`).

    The case itself stays in every history.
    """
    return ~contested(case_id) & stood(case_id) & came(case_id)


def came(case_id: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    """A decision by it has reached its subject: nobody does again what nobody has told him or her of (Penalties Law art. 61).

    One of a release before notices has none, and has come; so has an entry that a review alone made, as releases before decisions did.
    """
    held, told, entry = consequence.c, subject_notice.c, credit_record.c
    waits = sa.exists().where(told.id == held.id + ":decision", told.state != NoticeState.SERVED.value)
    decided = sa.exists().where(held.case_id == case_id, held.proposal.in_(_TOLD), held.state.in_(_IN_FORCE), ~waits)
    asked = sa.exists().where(held.case_id == case_id, held.proposal == Proposal.RECORD_CREDIT.value)
    recorded = sa.exists().where(entry.case_id == case_id, entry.adverse)
    return decided | (recorded & ~asked)


def stood(case_id: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    """Not once what was decided by it was annulled, and nothing of it stands or is under way."""
    held, entry = consequence.c, credit_record.c
    decided = sa.exists().where(held.case_id == case_id, held.proposal.in_(_DECISIONS))
    recorded = sa.exists().where(entry.case_id == case_id, entry.adverse)
    gone = decided.where(held.state == ConsequenceState.ANNULLED.value), recorded.where(entry.state == RecordState.ANNULLED.value)
    over = [ConsequenceState.ANNULLED.value, ConsequenceState.DROPPED.value]
    ended = [RecordState.ANNULLED.value, RecordState.FALLEN.value]
    stands = decided.where(held.state.not_in(over)), recorded.where(entry.state.not_in(ended))
    return ~sa.or_(*gone) | sa.or_(*stands)
