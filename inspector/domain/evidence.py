"""Evidence: what an answer says about a claim. Five values, and only one of them speaks against anybody."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from inspector.domain.calendar import SHANGHAI, Term, Unit
from inspector.domain.case import Method, Outcome
from inspector.domain.errors import Invalid
from inspector.domain.policy import Compare
from inspector.domain.signs import composed
from inspector.domain.value import alike, wordless

UNTRUE = frozenset({Outcome.UNTRUE_CURABLE, Outcome.UNTRUE_INCURABLE, Outcome.FALSE_KNOWING})
"""Outcomes that say that a commitment was not true: only a contradiction can carry them (handbook 2.7, scenarios 9, 10)."""

GOOD = frozenset({Outcome.TRUE, Outcome.DATA_ERROR, Outcome.IMMATERIAL})
"""Outcomes in which the promise stood: evidence that agrees with it says nothing new."""

TOLERANCE = timedelta(minutes=5)
"""So far may another's clock be ahead of the office's; what is dated further ahead is of no day anybody knows. Clocks, not law."""

BEFORE, AHEAD, TO_COME = "as_of_before", "as_of_ahead", "day_to_come"
"""Notes of evidence that is not fresh: older than the day the claim speaks of, dated in the future, or about a day to come."""


_UNSEEN = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]")
"""Characters that count as printable and show nothing: fillers, joiners, selectors of variants, the Braille pattern without a dot."""

_MONTH = re.compile("[0-9]{4}-[0-9]{2}")
_NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?")
_BETWEEN = re.compile("[,;、，；|\n]")
_OPEN = ".."
_ANSWERS = {
    **dict.fromkeys(("true", "yes", "y", "1", "是", "有", "有效", "属实"), True),
    **dict.fromkeys(("false", "no", "n", "0", "否", "无", "无效", "不属实"), False),
}
"""How sources say yes and no."""

_FORMED = frozenset({Compare.NOT_BEFORE, Compare.NOT_AFTER, Compare.AT_LEAST, Compare.WITHIN, Compare.PREDICATE})
"""Rules that only values of one form can be held by: everything else has no order, and is not compared."""


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
    what somebody outside wrote, both word for word. `door` is how an agency's word came in (`link`, `token`), `token` by whose name.
    `instead_of`: the connector that was asked first, where it forwarded the request to `via`. `came_at`: when it came, where that is
    not when it was asked for. `owner` is whose data they are, `valid_for` how long such a fact holds by the pack (`30d`).
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
    door: str = ""
    token: str = ""
    instead_of: str = ""
    came_at: datetime | None = None
    owner: str = ""
    valid_for: str = ""


def carry(outcome: Outcome, cited: Sequence[Evidence], *, adverse: bool) -> None:
    """Whether what an officer cites can carry an outcome. Raises Invalid.

    An adverse one needs evidence that says something: a fresh mismatch, or what people saw and wrote down on the spot; an untrue one
    needs a fresh mismatch. Silence, an outage, no record or a source that is not there carry nothing against anybody; data of
    before the day in question or of a day to come are a lead and no ground (handbook scenario 13).
    """
    if (adverse or outcome in UNTRUE) and not cited:
        raise Invalid("evidence_missing", outcome=outcome, field="evidence")
    against = [piece for piece in cited if piece.verdict is Verdict.MISMATCH]
    if outcome in UNTRUE and not against:
        raise Invalid("evidence_not_against", outcome=outcome, field="evidence")
    speaking = any(map(_speaks, cited))
    if against and not any(piece.fresh for piece in against) and (outcome in UNTRUE or (adverse and not speaking)):
        stale = ", ".join(piece.id for piece in against)
        raise Invalid("evidence_stale", outcome=outcome, evidence=stale, field="evidence")
    if adverse and not speaking:
        raise Invalid("evidence_silent", outcome=outcome, field="evidence")


def _speaks(piece: Evidence) -> bool:
    return (piece.verdict is Verdict.MISMATCH and piece.fresh) or (piece.method is Method.ON_SITE and not blank(piece.remark))


def blank(text: str, words: Iterable[str] = ()) -> bool:
    """Whether a text says nothing: no visible character, or one of the `words` that stand for it, in any width, case and spacing."""
    seen = (sign for sign in text if sign.isprintable() and not _UNSEEN.match(sign))
    if not words:
        return not any(map(_plain, seen))  # the first sign that is one answers: every case asks this of every text
    told = _plain("".join(seen))
    return not told or told in {_plain(word) for word in words}


def compare(rule: Compare, claimed: str, found: str) -> bool:
    """Whether the source's value supports the claim. Raises ValueError where a rule of order is given no two values of one form."""
    match rule:
        case Compare.EXACT:
            return claimed == found
        case Compare.NORMALISED:
            return _plain(claimed) == _plain(found)
        case Compare.NOT_BEFORE:
            was, told = _moments(claimed, found)
            return told >= was
        case Compare.NOT_AFTER:
            was, told = _moments(claimed, found)
            return told <= was
        case Compare.AT_LEAST:
            return _number(found) >= _number(claimed)
        case Compare.WITHIN:
            first, last = _window(found)
            return first <= date.fromisoformat(claimed.strip()) <= last
        case Compare.SET:
            return _members(claimed) <= _members(found)
        case Compare.PREDICATE:
            return _yes(found)


def says(rule: Compare, claimed: str, found: str) -> Verdict:
    """What a source's value says by the pack's rule: what is no value, or of another form, cannot say, and speaks against nobody."""
    try:
        if compare(rule, claimed, found):
            return Verdict.MATCH
    except ValueError:
        return Verdict.CANNOT_SAY
    empty = rule is not Compare.PREDICATE and wordless(found) and not alike(claimed, found)
    return Verdict.CANNOT_SAY if empty else Verdict.MISMATCH


def stated(verdict: Verdict | None, value: str, claimed: str, rule: Compare) -> Verdict:
    """What a signed answer says: its verdict, or without one what the pack's rule makes of its `value`.

    People write into a field whatever they have to say. So a value without a verdict contradicts only where rule or promise have a
    form, and it is of that form: two days, numbers, codes built alike. Every other text that is not the promised one is for a person
    to read, and cannot say: it may be a value, and it may be "no such person".

    Verdict and value must not contradict each other: whichever was the slip, the other would prove a promise that nobody confirms, or
    speak against somebody whose promise the records hold. Raises Invalid (`match_contradicts`, `value_contradicts`,
    `match_uncomparable`, `mismatch_unfounded`): who answers can mend it at once, so neither is guessed.
    """
    if blank(value):
        return verdict or Verdict.CANNOT_SAY
    try:
        agrees = compare(rule, claimed, value)
    except ValueError:
        if verdict is Verdict.MATCH:
            raise Invalid("match_uncomparable", field="value", value=value, claimed=claimed) from None
        agrees = None
    unfounded = not agrees and wordless(value)
    if verdict is None:
        if agrees:
            return Verdict.MATCH
        formed = agrees is False and (rule in _FORMED or alike(claimed, value))
        return Verdict.MISMATCH if formed and not unfounded else Verdict.CANNOT_SAY
    if verdict is Verdict.MISMATCH and unfounded and not alike(claimed, value):
        raise Invalid("mismatch_unfounded", field="value", value=value)
    if agrees is False and verdict is Verdict.MATCH:
        raise Invalid("match_contradicts", field="value", value=value, claimed=claimed)
    if agrees and verdict is not Verdict.MATCH:
        raise Invalid("value_contradicts", field="value", verdict=verdict, value=value, claimed=claimed)
    return verdict


def unfresh(verdict: Verdict, as_of: datetime | None, on: date, valid_for: Term | None, asked_at: datetime) -> str:
    """Why an answer of that date cannot decide about a claim of the day `on` (`BEFORE`, `AHEAD`, `TO_COME`), or "" when it can.

    Nothing that is known today proves or contradicts what is promised of a day to come.
    Days are China's, whatever offset a moment is written with.
    Data without a date are of the moment they were asked for; data dated ahead of it by more than `TOLERANCE` are of no day.
    A mismatch decides only when it is of the claimed day or later: what was otherwise before says nothing of that day, and how long a
    fact holds cannot bridge it (handbook scenario 13). A match decides also from before, while the fact's validity has not run out:
    a certificate seen last week holds today, and doubt speaks for whom it is about. Without `valid_for` no age is too old for a match.
    """
    if verdict in (Verdict.MATCH, Verdict.MISMATCH) and asked_at.astimezone(SHANGHAI).date() < on:
        return TO_COME
    moment = as_of or asked_at
    if moment - asked_at > TOLERANCE:
        return AHEAD
    if moment.astimezone(SHANGHAI).date() >= on or verdict not in (Verdict.MATCH, Verdict.MISMATCH):
        return ""
    if verdict is Verdict.MATCH and (valid_for is None or asked_at - moment <= span(valid_for)):
        return ""
    return BEFORE


def span(term: Term) -> timedelta:
    """A term as a plain length, for ages (not for legal dates)."""
    days = {Unit.DAY: 1, Unit.WORKING_DAY: 1, Unit.MONTH: 30, Unit.YEAR: 365}
    if term.unit in days:
        return timedelta(days=term.amount * days[term.unit])
    return timedelta(hours=term.amount) if term.unit is Unit.HOUR else timedelta(minutes=term.amount)


def _moments(*texts: str) -> list[date]:
    """Days, or months by their first: all of one form, for a month is neither before nor after a day of its own. Raises ValueError."""
    months = [bool(_MONTH.fullmatch(text.strip())) for text in texts]
    if len(set(months)) > 1:
        raise ValueError(f"a day and a month: {', '.join(texts)}")
    return [date.fromisoformat(text.strip() + "-01" * months[0]) for text in texts]


def _window(text: str) -> tuple[date, date]:
    """The first and last day of `2024-01-01/2027-12-31`; `..` is open (ISO 8601-2). Raises ValueError."""
    first, slash, last = (part.strip() for part in text.partition("/"))
    if not slash or first == last == _OPEN:
        raise ValueError(f"no window of days: {text}")
    held = date.min if first == _OPEN else date.fromisoformat(first), date.max if last == _OPEN else date.fromisoformat(last)
    if held[0] > held[1]:
        raise ValueError(f"a window that ends before it begins: {text}")
    return held


def _members(text: str) -> frozenset[str]:
    """What a list names, whatever parts its members. Raises ValueError where it names nothing."""
    named = frozenset(filter(None, map(_plain, _BETWEEN.split(text))))
    if not named:
        raise ValueError(f"a list of nothing: {text}")
    return named


def _yes(text: str) -> bool:
    """What a source says of a question that it is asked to say yes or no to. Raises ValueError for anything else."""
    told = _plain(text)
    if told not in _ANSWERS:
        raise ValueError(f"neither yes nor no: {text}")
    return _ANSWERS[told]


def _number(text: str) -> Decimal:
    """A plain number, without sign, unit or separator. Raises ValueError for anything else: 5 years are not 5."""
    if not _NUMBER.fullmatch(text.strip()):
        raise ValueError(f"no plain number: {text}")
    return Decimal(text.strip())


def _plain(text: str) -> str:
    """Width, case and white space make no difference between two writings of one value."""
    return "".join(composed(text).casefold().split())
