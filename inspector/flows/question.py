"""A request's question in words, wherever somebody reads it who knows no code: in a letter, a dossier, a notice."""

from __future__ import annotations

from datetime import datetime

from inspector.domain import sending
from inspector.domain.asking import term_of
from inspector.domain.assistance import AssistanceState, Request
from inspector.domain.calendar import Unit
from inspector.domain.errors import InspectorError
from inspector.domain.letter import LetterKind
from inspector.domain.policy import Policy
from inspector.flows import wording
from inspector.flows.office import Office
from inspector.flows.requests import policy_of
from inspector.labels import Lang, label
from inspector.store.tx import Tx


def fact(policy: Policy, request: Request) -> str:
    """What is asked, as the pack names it; its code where the pack names it no more."""
    code = str(request.question["fact"])
    try:
        return policy.item(str(request.question["item"])).fact(code).name
    except InspectorError:
        return code


def cited(policy: Policy, basis: str, lang: Lang) -> str:
    """The law that it rests on, as it is quoted to others: each document's name and its article."""
    return label("letter.gap", lang).join(wording.quoted(policy, basis, lang))


def silence(request: Request, *, superior: bool) -> tuple[str, datetime] | None:
    """What comes of it if no answer comes: the name of a sentence, and the day it speaks of; None where silence means nothing (more).

    `superior`: whether the tree has one above both sides.
    """
    if not request.state.open or request.state is AssistanceState.DISPUTED or request.moved_on:
        return None
    if request.end_at is not None:
        return "silence_ends", request.end_at
    return "silence_above" if superior else "silence_person", request.escalate_at


def silent(request: Request, lang: Lang, *, superior: bool) -> str:
    """The same as a sentence; empty where silence means nothing."""
    told = silence(request, superior=superior)
    return label(f"ui.{told[0]}", lang, day=wording.at(told[1])) if told is not None else ""


def posted(office: Office, tx: Tx, request: Request, kind: str, lang: Lang) -> str:
    """What becomes of a paper letter's date by the day on which it is posted; empty where nothing does."""
    begun = sending.begins(request, kind)
    if begun is None:
        return ""
    if kind == LetterKind.DISPUTE and request.dispute is not None:
        length = request.dispute.counted.term
    elif kind == LetterKind.ESCALATION and request.end_counted is not None:
        length = request.end_counted.term
    else:
        length = term_of(policy_of(office, tx, request), request.urgency, request.question).term
    key = "posted_at_once" if length.unit in (Unit.HOUR, Unit.MINUTE) else "posted"
    if kind == LetterKind.ESCALATION:  # the date above it is the agency's, and over
        key = "posted_end"
    return label(f"letter.{key}", lang, term=wording.term(length, lang), after=begun.after)


def counted(request: Request, lang: Lang) -> str:
    """How the date of its answer was counted, for whoever is to keep it."""
    return label("letter.counted", lang, counted=wording.counted(request.due_counted, lang))
