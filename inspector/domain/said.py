"""What a requested agency may say about a request, in one shape: by page, interface, signed message, mail or paper."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from inspector.domain.assistance import Inability, Quarrel
from inspector.domain.errors import Invalid
from inspector.domain.evidence import Verdict, blank


class Saying(StrEnum):
    """What is said: that it is taken on, an answer or a part of one, another date, more time, whose affair it is, why not.

    `WARN`: that there is a difficulty, before it is known what comes of it; it moves no date (handbook 1.5.11).
    """

    ACCEPT = "accept"
    ANSWER = "answer"
    PARTLY = "partly"
    PROPOSE = "propose"
    EXTEND = "extend"
    CALM = "calm"
    WARN = "warn"
    FORWARD = "forward"
    CONTEST = "contest"
    DECLINE = "decline"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One word of an agency. Which fields it needs says the step it takes; what is not needed is left empty."""

    do: Saying
    signer: str
    verdict: Verdict | None = None
    value: str = ""
    rest: str = ""
    reasons: str = ""
    inability: Inability | None = None
    day: date | None = None
    to: str = ""
    about: Quarrel = Quarrel.COMPETENCE


def needed(said: Said) -> None:
    """Raise Invalid for what no step would notice: an answer that says nothing, a date, an agency or the kind of a reason not named.

    Which kind of reason it is says whoever refuses, and nobody in its place: by it reasons are counted, and `help_ordered` is refused.
    """
    if said.do is Saying.DECLINE and said.inability is None:
        raise Invalid("inability_missing", field="inability")
    if said.do is Saying.ANSWER and said.verdict is None and blank(said.value):
        raise Invalid("answer_empty", field="value")
    if said.do is Saying.PROPOSE and said.day is None:
        raise Invalid("day_missing", field="day")
    if said.do is Saying.FORWARD and blank(said.to):
        raise Invalid("to_missing", field="to")


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """The lines of a slip, as they are filled in; empty: not. `accepted`: whether it says that the request has been taken on."""

    verdict: Verdict | None = None
    value: str = ""
    rest: str = ""
    accepted: bool = False
    day: date | None = None
    longer: str = ""
    to: str = ""
    reasons: str = ""
    warn: str = ""
    inability: Inability | None = None
    about: Quarrel | None = None
    calm: str = ""


def guess(filled: Filled) -> Saying:
    """What somebody means who fills lines in and names no step: the only one that all the filled lines can mean.

    A line for what is still open makes data a part of an answer. Who says why it takes longer asks for more time, or for the day that
    is named, and never refuses; beside a part that wish is another step. A difficulty moves nothing, so it stands alone, or beside a
    word that the request has been taken on: beside anything else nobody knows which of the two is meant. So it is with what contests that
    the request is urgent, and a dispute stands alone, with its reasons. Reasons alone, or with their kind,
    refuse. A name alone says nothing: nobody is taken at a word that was not given.

    Raises Invalid (`slip_mixed`) for lines that cannot all be meant, so that none is dropped, and (`slip_empty`) where there are none.
    """
    answers = filled.verdict is not None or not blank(filled.value)
    longer, rest, to, warns = (not blank(text) for text in (filled.longer, filled.rest, filled.to, filled.warn))
    mixed = (
        (longer and not rest and (answers or to))
        or (rest and (filled.verdict is not None or to))
        or (to and answers)
        or (filled.day is not None and (answers or rest or to) and not (rest and longer))
        or (filled.accepted and to)
        or (warns and (answers or longer or rest or to or filled.day is not None or not blank(filled.reasons)))
    )
    if apart := _apart(filled, other=answers or longer or rest or to or warns or filled.day is not None):
        return apart
    if mixed:
        raise Invalid("slip_mixed", field="warn" if warns else "longer" if longer else "rest" if rest else "to" if to else "day")
    steps = (
        *((warns, Saying.WARN), (rest, Saying.PARTLY), (answers, Saying.ANSWER), (to, Saying.FORWARD)),
        *((filled.day is not None, Saying.PROPOSE), (longer, Saying.EXTEND)),
    )
    if (do := next((step for said, step in steps if said), None)) is not None:
        return do
    if filled.accepted:
        if not blank(filled.reasons):
            raise Invalid("slip_mixed", field="accepted")
        return Saying.ACCEPT
    if not blank(filled.reasons):
        return Saying.DECLINE
    if filled.inability is not None:
        return Saying.DECLINE
    raise Invalid("slip_empty", field="verdict")


def _apart(filled: Filled, *, other: bool) -> Saying | None:
    """The step of a line that no `other` stands beside: a dispute, an urgency contested. Raises Invalid (`slip_mixed`)."""
    calms, disputes, refuses = not blank(filled.calm), filled.about is not None, filled.inability is not None
    if (
        calms + disputes + refuses > 1
        or ((calms or disputes or refuses) and other)
        or ((disputes or refuses) and filled.accepted)
    ):
        raise Invalid("slip_mixed", field="about" if disputes else "inability" if refuses else "calm")
    return Saying.CONTEST if disputes else Saying.CALM if calms else None
