"""A request's question in words, wherever somebody reads it who knows no code: in a letter, a dossier, a notice."""

from __future__ import annotations

from datetime import datetime

from inspector.domain.assistance import AssistanceState, Request
from inspector.domain.errors import InspectorError
from inspector.domain.policy import Policy
from inspector.flows import wording
from inspector.labels import Lang, label


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


def counted(request: Request, lang: Lang) -> str:
    """How the date of its answer was counted, for whoever is to keep it."""
    return label("letter.counted", lang, counted=wording.counted(request.due_counted, lang))
