"""What a requested agency may say about a request, in one shape: by page, interface, signed message, mail or paper."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from inspector.domain.assistance import Inability, Quarrel
from inspector.domain.errors import Invalid
from inspector.domain.evidence import Verdict, blank


class Saying(StrEnum):
    """What is said: that it is taken on, an answer or a part of one, another date, more time, whose affair it is, why not."""

    ACCEPT = "accept"
    ANSWER = "answer"
    PARTLY = "partly"
    PROPOSE = "propose"
    EXTEND = "extend"
    CALM = "calm"
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
    inability: Inability = Inability.OTHER
    day: date | None = None
    to: str = ""
    about: Quarrel = Quarrel.COMPETENCE


def needed(said: Said) -> None:
    """Raise Invalid for what no step would notice: an answer that says nothing, a date or an agency that is not named."""
    if said.do is Saying.ANSWER and said.verdict is None and blank(said.value):
        raise Invalid("answer_empty", field="value")
    if said.do is Saying.PROPOSE and said.day is None:
        raise Invalid("day_missing", field="day")
    if said.do is Saying.FORWARD and blank(said.to):
        raise Invalid("to_missing", field="to")


def guess(verdict: Verdict | None, value: str, rest: str, day: date | None, to: str, reasons: str, longer: str = "") -> Saying:
    """What somebody means who fills lines in and names no step: the most definite that the filled lines can mean.

    A line for what is still open makes an answer a part of one; another agency or another day is meant before a refusal, whose reasons
    they share; and a name alone says that the request has been taken on. Who says why it takes longer asks for more time, or for
    the day that is named, and never refuses; beside a part that wish is another step. Raises Invalid (`slip_mixed`) where it stands
    beside a whole answer or another agency: nobody needs time for what is done.
    """
    if not blank(longer) and blank(rest):
        if verdict is not None or not blank(value) or not blank(to):
            raise Invalid("slip_mixed", field="longer")
        return Saying.EXTEND if day is None else Saying.PROPOSE
    if not blank(rest):
        return Saying.PARTLY
    if verdict is not None or not blank(value):
        return Saying.ANSWER
    if not blank(to):
        return Saying.FORWARD
    if day is not None:
        return Saying.PROPOSE
    return Saying.DECLINE if not blank(reasons) else Saying.ACCEPT
