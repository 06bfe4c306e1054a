"""A request's question in words, wherever somebody reads it who knows no code: in a letter, a dossier, a notice."""

from __future__ import annotations

from inspector.domain.assistance import Request
from inspector.domain.errors import InspectorError
from inspector.domain.policy import Policy
from inspector.flows import wording
from inspector.flows.articles import articles
from inspector.labels import Lang, label


def fact(policy: Policy, request: Request) -> str:
    """What is asked, as the pack names it; its code where the pack names it no more."""
    code = str(request.question["fact"])
    try:
        return policy.item(str(request.question["item"])).fact(code).name
    except InspectorError:
        return code


def cited(policy: Policy, basis: str, lang: Lang) -> str:
    """The law that it rests on: each document's name and its article."""
    return label("letter.gap", lang).join(wording.cited(one, lang) for one in articles(policy, basis))
