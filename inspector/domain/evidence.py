"""Evidence: what an answer says about a claim. Five values, and only one of them speaks against anybody."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from inspector.domain.calendar import SHANGHAI, Term, Unit
from inspector.domain.case import Method, Outcome
from inspector.domain.days import day
from inspector.domain.errors import Invalid
from inspector.domain.policy import Compare
from inspector.domain.value import (
    broken,
    dated,
    denies,
    listed,
    members,
    moments,
    no_day,
    no_quantity,
    number,
    plain,
    rounded,
    stand_in,
    unlike,
    unsaid,
    window,
    wordless,
    writings,
    yes,
)

UNTRUE = frozenset({Outcome.UNTRUE_CURABLE, Outcome.UNTRUE_INCURABLE, Outcome.FALSE_KNOWING})
"""Outcomes that say that a commitment was not true: only a contradiction can carry them (handbook 2.7, scenarios 9, 10)."""

GOOD = frozenset({Outcome.TRUE, Outcome.DATA_ERROR, Outcome.IMMATERIAL})
"""Outcomes in which the promise stood: evidence that agrees with it says nothing new."""

TOLERANCE = timedelta(minutes=5)
"""So far may another's clock be ahead of the office's; what is dated further ahead is of no day anybody knows. Clocks, not law."""

TOO_OLD, UNDATED, FALLEN, OPEN = NOTED = ("data_too_old", "data_undated", "result_fallen", "result_open")
"""What our connectors note of an answer themselves, and no words of its source: the data are older than the settings let them be, or of
nobody knows when; another agency's result was revoked or is disputed, or nothing of it is final yet."""

BEFORE, AHEAD, TO_COME = "as_of_before", "as_of_ahead", "day_to_come"
"""Notes of evidence that is not fresh: older than the day the claim speaks of, dated in the future, or about a day to come."""


UNREAD, UNLISTED = "value_not_comparable", "value_unlisted"
"""Notes of a value that no rule can hold against the promise, and of one that is not among those the pack lists."""

_UNSEEN = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]")
"""Characters that count as printable and show nothing: fillers, joiners, selectors of variants, the Braille pattern without a dot."""
_SEEN = re.compile("[0-9A-Za-z\u4e00-\u9fff]")
"""Characters that say something wherever they stand; others may, too."""

_FORMED = frozenset({Compare.NOT_BEFORE, Compare.NOT_AFTER, Compare.AT_LEAST, Compare.WITHIN, Compare.PREDICATE})
"""Rules that only values of one form can be held by: everything else has no order, and is not compared."""


FORM = 1
"""The form of what is kept from now on."""


class Verdict(StrEnum):
    """`mismatch` needs a positive contradiction; everything that is not an answer is `cannot_say` or `no_answer`."""

    MATCH = "match"
    MISMATCH = "mismatch"
    NOT_FOUND = "not_found"
    CANNOT_SAY = "cannot_say"
    NO_ANSWER = "no_answer"


class Carries(StrEnum):
    """What speaks against somebody: a fresh contradiction, or what people saw on the spot and wrote down (it carries no "untrue")."""

    AGAINST = "AGAINST"
    SEEN = "SEEN"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One answer about one claim, with its provenance. `fresh` is judged against the day the claim speaks of.

    `note` is a code: why there is no better verdict (words: labels, group `note`). `found` is the value that came back and `remark`
    what somebody outside wrote, both word for word. `door` is how an agency's word came in (`link`, `token`), `token` by whose name.
    `instead_of`: the connector that was asked first, where it forwarded the request to `via`. `came_at`: when it came, where that is
    not when it was asked for; `entered_at`: when somebody here read or entered it, where that is later: it was nobody's to see before.
    `owner` is whose data they are, `valid_for` how long such a fact holds by the pack (`30d`). `form`: over which of its fields its digest
    goes (`piece.fingerprint`); 0: kept by a release before there were two.
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
    entered_at: datetime | None = None
    owner: str = ""
    valid_for: str = ""
    form: int = 0

    @property
    def heard_at(self) -> datetime:
        """When it was here to be heard: an answer without a date of its own is of then."""
        return self.came_at or self.asked_at


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


def as_dated(piece: Evidence, on: date | None) -> Evidence:
    """As it may be weighed: a contradiction that is not of the day `on` of its claim, by its own dates, is not fresh.

    Whatever it is marked as: the mark is of whoever heard the answer, the dates are the answer's own. None: no day is known.
    """
    if piece.verdict is not Verdict.MISMATCH or not piece.fresh:
        return piece
    return replace(piece, fresh=not unfresh(piece.verdict, piece.as_of, on or date.min, None, piece.heard_at))


def carries(piece: Evidence) -> Carries | None:
    """What a piece of evidence can carry; None: nothing adverse."""
    if piece.verdict is Verdict.MISMATCH and piece.fresh:
        return Carries.AGAINST
    return Carries.SEEN if piece.method is Method.ON_SITE and not blank(piece.remark) else None


def _speaks(piece: Evidence) -> bool:
    return carries(piece) is not None


def blank(text: str, words: Iterable[str] = ()) -> bool:
    """Whether a text says nothing: no visible character, or one of the `words` that stand for it, in any width, case and spacing."""
    if not words and _SEEN.match(text):  # as nearly always: every case asks this of every text
        return False
    seen = (sign for sign in text if sign.isprintable() and not _UNSEEN.match(sign))
    if not words:
        return not any(map(plain, seen))
    told = plain("".join(seen))
    return not told or told in {plain(word) for word in words}


def compare(rule: Compare, claimed: str, found: str) -> bool:
    """Whether the source's value supports the claim. Raises ValueError where a rule of order is given no two values of one form."""
    match rule:
        case Compare.EXACT:
            return claimed == found
        case Compare.NORMALISED:
            return plain(claimed) == plain(found)
        case Compare.NOT_BEFORE:
            was, told = moments(claimed, found)
            return told >= was
        case Compare.NOT_AFTER:
            was, told = moments(claimed, found)
            return told <= was
        case Compare.AT_LEAST:
            return number(found) >= number(claimed)
        case Compare.WITHIN:
            first, last = window(found)
            return first <= day(claimed) <= last
        case Compare.SET:
            return members(claimed) <= members(found)
        case Compare.PREDICATE:
            return yes(found)


def agrees(rule: Compare, claimed: str, found: str, values: Sequence[str] = ()) -> bool | None:
    """Whether a value is what was promised (True), is another one (False), or cannot be told (None): that is for a person to read.

    `values` is the closed list that the pack has for the fact. What is not in it is neither, and what was promised outside it is
    contradicted by nothing. Without a list a value is another one only where both have one form that nobody can mistake for words:
    a text of its own may be the register's value, and may be the notice of an outage.
    """
    if values:
        return _among(rule, claimed, found, values)
    try:
        supports = compare(rule, claimed, found)
    except ValueError:
        return None
    if rule is Compare.PREDICATE:
        # Asked whether "no" holds, and asked for what stands there, a source says the opposite: which was meant nobody knows.
        return None if denies(claimed) or (not supports and unsaid(claimed, found)) else supports
    if rule is Compare.AT_LEAST:
        return None if no_quantity(found) or dated(found) or (not supports and rounded(claimed, found)) else supports
    if supports:
        return None if broken(found) or (rule in _FORMED and no_day(found)) else True
    if rule in _FORMED:
        return None if stand_in(found) else False
    if rule is Compare.SET:
        return _all_there(members(claimed), members(found))
    differ = unlike(claimed, found)
    return None if differ is None else not differ


def unlisted(rule: Compare, claimed: str, values: Sequence[str]) -> bool:
    """Whether a promise is outside the closed list that the pack has for its fact: nothing proves it, and a person has to read it."""
    if not values:
        return False
    try:
        told = members(claimed) if rule is Compare.SET else [claimed]
    except ValueError:
        return True
    return any(listed(one, values) is None for one in told)


def _among(rule: Compare, claimed: str, found: str, values: Sequence[str]) -> bool | None:
    """`agrees` by a closed list: each value is the one it is by any of its writings."""
    if rule is not Compare.SET:
        one, other = listed(claimed, values), listed(found, values)
        return None if one is None or other is None else one == other
    try:
        wanted, there = ({listed(each, values) for each in members(text)} for text in (claimed, found))
    except ValueError:
        return None
    return None if None in wanted | there else wanted <= there


def _all_there(wanted: Iterable[str], there: Collection[str]) -> bool | None:
    """Whether each member that is wanted is there, where all have one form; one that differs from each is not."""
    found = [[one != other and unlike(one, other) for other in there] for one in wanted]
    if any(differ is None for row in found for differ in row):
        return None
    return all(False in row for row in found)


def says(rule: Compare, claimed: str, found: str, values: Sequence[str] = ()) -> Verdict:
    """What a source's value says by the pack's rule and list: what cannot be told cannot say, and speaks against nobody."""
    return _VERDICTS[agrees(rule, claimed, found, values)]


_VERDICTS = {True: Verdict.MATCH, False: Verdict.MISMATCH, None: Verdict.CANNOT_SAY}


def stated(verdict: Verdict | None, value: str, claimed: str, rule: Compare, values: Sequence[str] = ()) -> Verdict:
    """What a signed answer says: its verdict, or without one what the pack's rule and list make of its `value`.

    People write into a field whatever they have to say. So a value without a verdict says something only as a source's would. A
    signed contradiction stands with words of its own, which a person reads before it goes against anybody; but what is outside the
    pack's list, or says that nobody knows, is kept and cannot say, and so is a confirmation beside words that no rule can hold.
    Whoever hears it tells a person (`unread`).

    Verdict and value must not contradict each other: whichever was the slip, the other would prove a promise that nobody confirms, or
    speak against somebody whose promise the records hold. Raises Invalid (`match_contradicts`, `value_contradicts`): who answers can
    mend it at once, so neither is guessed.
    """
    if blank(value):
        return verdict or Verdict.CANNOT_SAY
    same = agrees(rule, claimed, value, values)
    empty = wordless(value)
    if verdict is None:
        return Verdict.CANNOT_SAY if empty and not same else _VERDICTS[same]
    if same is False and verdict is Verdict.MATCH:
        raise Invalid("match_contradicts", field="value", value=value, claimed=claimed)
    if same and verdict is not Verdict.MATCH:
        raise Invalid("value_contradicts", field="value", verdict=verdict, value=value, claimed=claimed)
    if same is None and (verdict is Verdict.MATCH or (verdict is Verdict.MISMATCH and (values or empty))):
        return Verdict.CANNOT_SAY
    return verdict


def reading(verdict: Verdict, value: str, claimed: str, rule: Compare, values: Sequence[str] = ()) -> None:
    """Raise Invalid unless a person's own reading holds as it is: whoever reads is the person to ask, and mends it at once.

    Besides those of `stated`: `value_unlisted`, `match_uncomparable`, `mismatch_unfounded`.
    """
    if stated(verdict, value, claimed, rule, values) is verdict:
        return
    if values and listed(value, values) is None:
        known = "、".join(writings(one)[0] for one in values)
        raise Invalid("value_unlisted", field="value", value=value, known=known)
    if verdict is Verdict.MATCH:
        raise Invalid("match_uncomparable", field="value", value=value, claimed=claimed)
    raise Invalid("mismatch_unfounded", field="value", value=value)


def unread(verdict: Verdict, found: str, values: Sequence[str]) -> str:
    """The note of a value that says nothing by any rule: `UNLISTED` where the pack lists others, `UNREAD` where it lists none."""
    if verdict is not Verdict.CANNOT_SAY:
        return ""
    return UNLISTED if values and listed(found, values) is None else UNREAD


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
