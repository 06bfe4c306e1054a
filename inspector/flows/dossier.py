"""The dossier that goes with a letter above the desk that was silent: what was asked, when, which reminders, which law (handbook 1.5)."""

from __future__ import annotations

from inspector.domain.assistance import AssistanceState, Request
from inspector.domain.letter import LetterKind, meant_for_others
from inspector.domain.policy import Policy
from inspector.domain.slip import quoted
from inspector.flows import past, question
from inspector.flows.office import Office, names_of
from inspector.labels import Lang, label

PREPARED = frozenset({LetterKind.LIAISON, LetterKind.HEAD, LetterKind.ESCALATION, LetterKind.DISPUTE})
"""Kinds of letters whose reader has not seen the request: they get all of it."""


def unaddressed(office: Office, policy: Policy, request: Request, lang: Lang) -> str:
    """The same for the person who picks whom to tell, where the tree knows nobody above both sides; empty where somebody above was told."""
    disputed = request.state is AssistanceState.DISPUTED and request.dispute is not None and request.dispute.superior is None
    if not disputed and request.state is not AssistanceState.PAST_DUE:
        return ""
    return dossier(office, policy, request, LetterKind.DISPUTE if disputed else LetterKind.ESCALATION, lang)


def told(office: Office, policy: Policy, request: Request, lang: Lang) -> str:
    """The same for the request's own page, once its agency's liaison officer or head is to see to it; else empty.

    Whoever has a push opens that page, and has no letter that a dossier could go with.
    """
    own = (one.rule for one in request.history if one.at >= request.opened_at)
    return dossier(office, policy, request, LetterKind.HEAD, lang) if _SEEN_TO & {*own} else ""


_SEEN_TO = frozenset({"assistance.liaison", "assistance.head"})


def dossier(office: Office, policy: Policy, request: Request, kind: LetterKind, lang: Lang) -> str:
    """The dossier as lines of text, empty for a letter that needs none. A forwarded request brings its history along.

    What people of ours have noted for themselves goes to nobody.
    """
    if kind not in PREPARED and not (kind is LetterKind.REQUEST and request.chain):
        return ""

    def at(moment: object) -> str:
        return office.calendar.local(moment).strftime("%Y-%m-%d %H:%M")  # type: ignore[arg-type]

    names = names_of(office.tree)
    asked = request.question
    lines = [
        label("dossier.head", lang, request=request.id),
        label("dossier.asked", lang, fact=question.fact(policy, request), claimed=quoted(str(asked["claimed"])), on=asked["on"]),
        label(
            "dossier.ground",
            lang,
            ground=label(f"ground.{request.ground}", lang),
            basis=question.cited(policy, request.basis, lang),
        ),
        label("dossier.opened", lang, opened=at(request.opened_at), due=at(request.due_at)),
        *(
            label(
                "dossier.past",
                lang,
                at=at(one.at),
                rule=label(f"rule.{one.rule}", lang),
                who=names.get(one.who, one.who),
                said=quoted(past.said(one.rule, one.said, lang)),
            ).rstrip("：: ")
            for one in meant_for_others(request)
        ),
    ]
    if request.dispute is not None:
        told = request.dispute
        facts = {"about": label(f"Quarrel.{told.about.name}", lang), "reasons": quoted(told.reasons), "due": at(told.due_at)}
        lines.append(label("dossier.dispute", lang, **facts))
    return "\n".join(lines)
