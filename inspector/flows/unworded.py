"""What the approving system reads of a case's explanation: how it stands and by when, without people's names and words (decision 103)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from inspector.domain import discretion
from inspector.domain.case import Method
from inspector.domain.pause import Extension, Suspension
from inspector.flows.asked import Asked
from inspector.flows.calls import Call
from inspector.flows.decisions import Decided
from inspector.flows.explain import Explanation, Heard
from inspector.flows.showed import Showed

_RECORDS = (Method.ONLINE_QUERY, Method.OTHER_RESULT)
"""Ways by which a register answers; by the others a person does, in his or her words."""


def unworded(told: Explanation) -> Explanation:
    """An explanation without people's names and words; how a subject's own word was understood (`signed`) stays."""
    return replace(
        told,
        heard=tuple(_heard(one) for one in told.heard),
        letters=_letters(told.letters),
        shown=_shown(told.shown),
        visits=_visits(told.visits),
        spots=(),
        attempts=(),
        suspensions=_suspensions(told.suspensions),
        extensions=_extensions(told.extensions),
        decisions=_decisions(told.decisions),
        next=tuple(replace(one, proceeding=None) for one in told.next),
    )


def _heard(one: Heard) -> Heard:
    return replace(one, remark="", token="", saw=(), found=one.found if one.method in _RECORDS else "")


def _decisions(held: Iterable[Decided]) -> tuple[Decided, ...]:
    """Entries of the ledger by codes and dates."""
    return tuple(replace(one, facts=discretion.outside(one.rule, one.facts)) for one in held)


def _letters(held: Iterable[Asked]) -> tuple[Asked, ...]:
    """Requests for assistance: how an agency has answered, not in which words nor who has signed."""
    return tuple(replace(one, reply=discretion.reply(one.reply)) for one in held)


def _shown(held: Iterable[Showed]) -> tuple[Showed, ...]:
    """Self-proofs: what came and how it was read, not what the subject wrote beside it nor who has read it, why and as what."""
    return tuple(
        replace(
            one,
            reasons="",
            materials=tuple(replace(file, remark="") for file in one.materials),
            readings=tuple(replace(said, value="", reasons="", by="") for said in one.readings),
        )
        for one in held
    )


def _visits(held: Iterable[Call]) -> tuple[Call, ...]:
    """Visits that were made, without what the team has written beside its findings."""
    return tuple(replace(one, told=tuple(replace(said, remarks="") for said in one.told)) for one in held)


def _suspensions(held: Iterable[Suspension]) -> tuple[Suspension, ...]:
    """For which reason of the list the clock stood still and until when, not by whom nor what was said of it."""
    return tuple(replace(one, evidence="", by="", ended_by="", ended_for="") for one in held)


def _extensions(held: Iterable[Extension]) -> tuple[Extension, ...]:
    """By which row the term was lengthened."""
    return tuple(replace(one, reason="", by="", approved_by="") for one in held)
