"""The matters that a request for assistance opens for a person, and what ends each: a word of the agency, a decision, the request's end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from inspector.domain import veil
from inspector.domain.assistance import AssistanceState, Request
from inspector.domain.calendar import WorkingCalendar
from inspector.domain.letter import letters
from inspector.domain.respite import waits_for_us
from inspector.domain.unheard import Silence, over
from inspector.store.tx import Tx

UNDELIVERABLE = "letter_undeliverable"
"""A letter that nobody took; a word from the agency ends it."""

TO_POST = "letter_to_post"
"""A letter on paper: print it and post it. A word from the agency ends it, too, and that nobody wants to know any more."""

PARTLY = "letter_partly"
"""Some addressees of a letter did not take it, while another did."""

SUPERIOR_UNKNOWN = "superior_unknown"
"""A request's date has come, and nobody is known to stand above both sides; it is over with the request."""

FORWARD_CIRCLE = "forward_circle"
"""A request that agencies send each other: over when somebody answers, or the common superior has decided."""

LINK_MISSING = "link_missing"
"""An agency's link was called back and no letter with another one ordered: over when one is, or the agency speaks, or the request ends."""

COMPETENCE_DOUBTED = "competence_doubted"
"""A request whose first letter waits: the agency does not list the fact among its powers. An officer closes it, and it leaves."""

DATE_PROPOSED = "date_proposed"
"""A date that an agency has proposed: an officer agrees, or says why not, and no note in passing ends it.

`until`: the date from which its request stands still for that word; `holds`: it does. `head`, `goes_on`: when the head hears of it, and
when the ladder goes on without it, where the pack has rows for that; `went_on`: it has. `case_due`: the date of the case itself, where
the named one lies after it.
"""

DATE_UNHEARD = "date_unheard"
"""The same where the officer's time for that word is over: the head (`heads`) sees to it. Over with that word, or with the request."""

DIFFICULTY = "difficulty_told"
"""A difficulty that an agency has told of before its date: an officer reads why, and sees what can be done; over with the request."""

AFTERWORD = "afterword"
"""A word that came when a request was over, or had been answered otherwise: it changes nothing of it, and is to be read."""

ANSWER_UNREAD = "answer_unread"
"""An answer whose text no rule or list of the pack can hold against the promise, whatever was signed beside it: a person reads it.

Over with the case.
"""


MAIL_UNREAD = "mail_unread"
"""A mail that could not be taken for an answer. `theirs`: it is from who has the letter; `registered`: and by the agency's address.

It is about one `request`, or about all the `requests` of a digest that it answers.
"""


MAIL_HOLDS = "mail_holds"
"""A request past its date that stands still for a mail that nobody has read: told again until somebody has, or the request is over."""


LETTER_HOLDS = "letter_holds"
"""A request past its date that stands still for a letter on paper that nobody has posted: over when none lies here, or it is over."""


_OF_REQUEST = frozenset(
    {SUPERIOR_UNKNOWN, FORWARD_CIRCLE, COMPETENCE_DOUBTED, DATE_PROPOSED, DATE_UNHEARD, DIFFICULTY, AFTERWORD, ANSWER_UNREAD}
)
"""Matters named by their request."""


def gone(tx: Tx, request: Request, now: datetime) -> None:
    """A letter on paper has left, or need not: where none lies here any more its request goes on."""
    if not to_post(tx, request):
        tx.attention.over(f"{LETTER_HOLDS}:{request.id}", now)


def read(tx: Tx, request_id: str, now: datetime) -> None:
    """Somebody has read a mail: where none is left its request goes on."""
    if not unread(tx, request_id):
        tx.attention.over(f"{MAIL_HOLDS}:{request_id}", now)


def unread(tx: Tx, request_id: str) -> list[Mapping[str, object]]:
    """What whoever has an agency's letter has said of it by mail that a person has yet to read."""
    standing = tx.attention.standing(MAIL_UNREAD)
    return [veil.over(told) for told in standing if told.get("theirs") and request_id in about(told)]


def about(told: Mapping[str, Any]) -> tuple[str, ...]:
    """The requests that a mail's matter is about; none where it names none."""
    return tuple(told.get("requests", ())) or tuple(filter(None, (str(told.get("request", "")),)))


def requests_of(kind: str, named: str, told: Mapping[str, Any]) -> tuple[str, ...]:
    """The requests that a matter is about, where closing it is a step of the requester's, or ends what its officers are to hear."""
    return (named,) if kind in _OF_REQUEST else about(told) if kind in (MAIL_UNREAD, TO_POST) else ()


def since(tx: Tx, request_id: str) -> datetime | None:
    """When the first of these mails came; None where there is none, or its matter is from before that was kept."""
    return min((datetime.fromisoformat(str(told["came"])) for told in unread(tx, request_id) if told.get("came")), default=None)


def heard(tx: Tx, was: Request, request: Request, now: datetime) -> None:
    """The agency has spoken: it knows what was asked, however its letters fared. `was` is the request before its word.

    By when it is to answer it does not know from that: the letter that we owe it (decision 75) is still to leave while the request is open.
    So is the superior's, as long as the request stands as if it was told.
    """
    owed = request.owed if request.state.open else None
    above = request.escalated_to if request.state is AssistanceState.ESCALATED else None
    for key, to in letters(was).items():
        if (owed is not None and key == owed.key) or (above is not None and to == above):
            continue
        for kind in (UNDELIVERABLE, TO_POST, PARTLY):
            tx.attention.over(f"{kind}:{key}", now)
    gone(tx, was, now)


def named(tx: Tx, request: Request, calendar: WorkingCalendar, now: datetime, silence: Silence | None) -> None:
    """A date that the agency has named waits for an officer: told where it is named, again by another date or the superior's word, and

    once its request stands still for it.
    """
    if request.proposed is None or not waits_for_us(request):
        return
    dates = {"day": request.proposed.due_at, "until": request.due_at}
    if silence is not None:
        dates |= {"head": silence.head_at, "goes_on": silence.on_at}
    due_at = tx.cases.get(request.case_id).due_at
    if due_at is not None and request.proposed.due_at > due_at:
        dates["case_due"] = due_at
    facts = {"requested": request.requested, "case": request.case_id, "holds": now >= request.due_at, "went_on": over(request)}
    facts |= {name: calendar.local_date(at).isoformat() for name, at in dates.items()}
    tx.attention.open(DATE_PROPOSED, request.requester, request.id, facts, now)


def unheard(
    tx: Tx, request: Request, calendar: WorkingCalendar, now: datetime, silence: Silence | None, heads: Sequence[str]
) -> None:
    """A head hears of a date that waits for a word of ours, once the officer's time for it is over."""
    if request.proposed is None or silence is None or now < silence.head_at:
        return
    dates = {"day": request.proposed.due_at, "since": silence.since, "goes_on": silence.on_at}
    told = {name: calendar.local_date(at).isoformat() for name, at in dates.items()}
    facts = {"requested": request.requested, "case": request.case_id, "heads": ", ".join(dict.fromkeys(heads)) or "-", **told}
    tx.attention.open(DATE_UNHEARD, request.requester, request.id, facts, now)


def follow(tx: Tx, request: Request, now: datetime) -> None:
    """What a request's present state leaves no question about, whoever brought it there."""
    over = not request.state.open
    if over or request.owed is None:
        tx.attention.over(f"{LINK_MISSING}:{request.id}", now)
    if not waits_for_us(request):  # where the superior decides it rests, and nobody can agree meanwhile
        for kind in (DATE_PROPOSED, DATE_UNHEARD):
            tx.attention.over(f"{kind}:{request.id}", now)
    if over or request.dispute is not None:
        tx.attention.over(f"{FORWARD_CIRCLE}:{request.id}", now)
    if over:
        for kind in (SUPERIOR_UNKNOWN, MAIL_HOLDS, LETTER_HOLDS, DIFFICULTY, COMPETENCE_DOUBTED):
            tx.attention.over(f"{kind}:{request.id}", now)
        called_off(tx, request, now)


def called_off(tx: Tx, was: Request, now: datetime) -> None:
    """Nobody waits any more: what still lies here on paper need not be posted."""
    for key in to_post(tx, was):
        tx.attention.over(f"{TO_POST}:{key}", now)


def to_post(tx: Tx, request: Request) -> dict[str, str]:
    """Key and addressee of the letters of a request that lie here on paper: nobody has said that they were posted (decision 171)."""
    held = letters(request)
    lying = tx.attention.standing_about(TO_POST, held)
    return {key: to for key, to in held.items() if key in lying}


def replaced(tx: Tx, request: Request, now: datetime) -> None:
    """The agency has a letter with its present link: it lacks none of those that went in vain."""
    for key, to in letters(request).items():
        if to == request.requested:
            tx.attention.over(f"{UNDELIVERABLE}:{key}", now)
