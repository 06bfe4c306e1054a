"""A request's question in words, wherever somebody reads it who knows no code: in a letter, a dossier, a notice."""

from __future__ import annotations

from inspector.domain.assistance import Request
from inspector.domain.errors import InspectorError
from inspector.domain.policy import Policy
from inspector.domain.source import doubted
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
    """The law that it rests on, as it is quoted to others: each document's name and its article."""
    return label("letter.gap", lang).join(quoted(policy, basis, lang))


def quoted(policy: Policy, basis: str, lang: Lang) -> list[str]:
    """The articles of a basis that may be quoted to another agency: none whose document is no basis here by its own title.

    Where none is left that is said: a request is never made to look better founded than it is.
    """
    held = (one for one in articles(policy, basis) if not doubted(one.source, statute=one.id in policy.statutes))
    return [wording.cited(one, lang) for one in held] or [label("letter.unfounded", lang)]


def counted(request: Request, lang: Lang) -> str:
    """How the date of its answer was counted, for whoever is to keep it."""
    return label("letter.counted", lang, counted=wording.counted(request.due_counted, lang))
