"""Evidence: what an answer says about a claim. Five values, and only one of them speaks against anybody."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from inspector.domain.calendar import Term, Unit
from inspector.domain.case import Claim, Method, Outcome
from inspector.domain.errors import Invalid
from inspector.domain.policy import Compare

UNTRUE = frozenset({Outcome.UNTRUE_CURABLE, Outcome.UNTRUE_INCURABLE, Outcome.FALSE_KNOWING})
"""Outcomes that say that a commitment was not true: only a contradiction can carry them (handbook 2.7, scenarios 9, 10)."""


class Verdict(StrEnum):
    """`mismatch` needs a positive contradiction; everything that is not an answer is `cannot_say` or `no_answer`."""

    MATCH = "match"
    MISMATCH = "mismatch"
    NOT_FOUND = "not_found"
    CANNOT_SAY = "cannot_say"
    NO_ANSWER = "no_answer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One answer about one claim, with its provenance. `fresh` is judged against the day the claim speaks of.

    `note` is a code: why there is no better verdict (words: labels, group `note`). `found` is the value that came back and `remark`
    what somebody outside wrote, both word for word.
    """

    id: str
    claim: str
    method: Method
    via: str
    verdict: Verdict
    fresh: bool
    asked_at: datetime
    as_of: datetime | None
    note: str = ""
    found: str = ""
    remark: str = ""
    source_version: str = ""
    request_digest: str = ""
    reply_digest: str = ""
    attempts: int = 1


def carry(outcome: Outcome, cited: Sequence[Evidence], *, adverse: bool) -> None:
    """Whether what an officer cites can carry an outcome. Raises Invalid.

    An adverse one needs evidence that says something: a mismatch, or what people saw and wrote down on the spot; an untrue one
    needs a mismatch. Silence, an outage, no record or a source that is not there carry nothing against anybody.
    """
    if (adverse or outcome in UNTRUE) and not cited:
        raise Invalid("evidence_missing", outcome=outcome, field="evidence")
    if outcome in UNTRUE and all(piece.verdict is not Verdict.MISMATCH for piece in cited):
        raise Invalid("evidence_not_against", outcome=outcome, field="evidence")
    if adverse and not any(map(_speaks, cited)):
        raise Invalid("evidence_silent", outcome=outcome, field="evidence")


def _speaks(piece: Evidence) -> bool:
    return piece.verdict is Verdict.MISMATCH or (piece.method is Method.ON_SITE and not blank(piece.remark))


def blank(text: str, words: Iterable[str] = ()) -> bool:
    """Whether a text says nothing: no visible character, or one of the `words` that stand for it, in any width, case and spacing."""
    told = _plain("".join(sign for sign in text if sign.isprintable()))
    return not told or told in {_plain(word) for word in words}


def compare(rule: Compare, claimed: str, found: str) -> bool:
    """Whether the source's value supports the claim. Raises ValueError where `not_before` is given no ISO dates."""
    match rule:
        case Compare.EXACT:
            return claimed == found
        case Compare.NORMALISED:
            return _plain(claimed) == _plain(found)
        case Compare.NOT_BEFORE:
            return date.fromisoformat(found.strip()) >= date.fromisoformat(claimed.strip())


def ahead(on: date, asked_at: datetime) -> bool:
    """Whether a day is still to come at the asking: then nothing that anybody holds proves or contradicts what is promised of it."""
    return asked_at.date() < on


def fresh(as_of: datetime | None, claim: Claim, valid_for: Term, asked_at: datetime) -> bool:
    """Whether data of that date can speak about the claim: of the claimed day or later, or still within the fact's validity.

    Nothing speaks about a day that has not come. Data without a date are taken as of the asking. Older data are
    a lead for a person (handbook scenario 13), never a mismatch.
    """
    if ahead(claim.on, asked_at):
        return False
    if as_of is None:
        return True
    return as_of.date() >= claim.on or asked_at - as_of <= span(valid_for)


def span(term: Term) -> timedelta:
    """A term as a plain length, for ages (not for legal dates)."""
    days = {Unit.DAY: 1, Unit.WORKING_DAY: 1, Unit.MONTH: 30, Unit.YEAR: 365}
    if term.unit in days:
        return timedelta(days=term.amount * days[term.unit])
    return timedelta(hours=term.amount) if term.unit is Unit.HOUR else timedelta(minutes=term.amount)


def _plain(text: str) -> str:
    """Width, case and white space make no difference between two writings of one value."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())
