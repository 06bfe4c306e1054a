"""A letter of the assistance procedure in words, for channels that people read, and what a person has to do that it arrives."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from inspector.domain import sending
from inspector.domain.assistance import Request
from inspector.domain.ladder import reminded_late
from inspector.domain.letter import LetterKind, kind_of, short
from inspector.domain.slip import quoted
from inspector.domain.words import Words
from inspector.flows import contacts, question, wording
from inspector.flows.office import AgencyNode, Office
from inspector.flows.requests import policy_of, superior_of
from inspector.flows.unsettled import PARTLY, TO_POST
from inspector.labels import Lang, label, of
from inspector.ports import Letter, Receipt
from inspector.store.tx import Tx

TELLING = frozenset({LetterKind.CANCEL, LetterKind.OUTCOME})
"""Letters that ask for nothing and say nothing about the subject."""

ABOVE = frozenset({LetterKind.ESCALATION, LetterKind.DISPUTE})
"""Letters to the common superior, whose link shows the request."""

_LEFT = "letter"

SLIP = (
    *("verdict", "value", "rest", "accepted", "warn", "day", "longer", "calm", "to", "about", "inability", "reasons", "signer"),
)
"""The lines of the slip to answer on: names of labels of the group `slip`."""


def worded(office: Office, tx: Tx, request: Request, letter: Letter, via: str) -> Letter:
    """The letter with its words, in the language of who gets it; `{link}` and `{code}` stand where its secret goes."""
    to, lang = _behind(office, via), language(office, via)
    facts = {**_facts(office, tx, request, letter, lang), "to": to.name if to is not None else via}
    word = "reminder_late" if letter.kind is LetterKind.REMINDER and reminded_late(request) else letter.kind.value
    parts = [label(f"letter.{word}", lang, **facts)]
    asks = letter.kind not in TELLING | ABOVE
    counted = question.counted(request, lang) if letter.kind not in TELLING else ""
    effect = label("letter.effect", lang) if asks else ""
    silent = question.silent(request, lang, superior=superior_of(office, request) is not None) if asks else ""
    if counted:
        parts += [label("letter.facts", lang, **facts), counted]
    if asks:
        parts += [effect, *([label("letter.silence", lang, told=silent)] if silent else []), label("letter.duty", lang, **facts)]
    if letter.kind is LetterKind.ESCALATION and request.end_at is not None:
        parts.append(label("letter.ends", lang, day=wording.at(request.end_at)))
    how = "" if letter.kind in TELLING else label("letter.how" if asks else "letter.how_above", lang, **facts)
    again = label("letter.brief_again", lang, **facts) if letter.kind is LetterKind.REMINDER else ""
    words = Words(
        language=lang,
        title=_title(request, letter, lang, str(facts["requester"])),
        body="\n\n".join((label("letter.to", lang, **facts), *parts, str(facts["requester"]))),
        how=how,
        brief="\n".join(
            filter(
                None,
                (
                    again or parts[0].strip(),  # who asks, why and by what; or that it is told again
                    label("letter.facts", lang, **facts).strip(),
                    question.counted(request, lang),
                    silent,
                    label("letter.how_digest", lang, **facts),
                ),
            )
        ),
        slip=tuple(label(f"slip.{one}", lang) for one in SLIP) if asks else (),
        slip_title=label("letter.slip", lang, **facts) if asks else "",
        known=(f"{label('slip.number', lang)}：{request.id}", f"{label('slip.code', lang)}：{{code}}") if asks else (),
        marks=(label("letter.mark_head", lang), label("letter.mark_opens", lang), label("letter.mark_closes", lang)),
        counted=counted,
        effect=effect.strip("　"),
        silence=silent,
        requester=str(facts["requester"]),
        posted=question.posted(office, tx, request, letter.kind, lang),
    )
    return replace(letter, words=words)


_PAST = frozenset({LetterKind.LIAISON, LetterKind.HEAD, LetterKind.ESCALATION})


def _title(request: Request, letter: Letter, lang: Lang, requester: str) -> str:
    """The subject of a mail: what the letter is for and by when. It stands in lists that many see, so it says nothing of anybody."""
    kind, by, word = of(letter.kind, lang), letter.due_at, "title_by"
    if letter.kind in TELLING:
        return label("letter.title", lang, kind=kind, requester=requester, short=short(request.id))
    if letter.kind is LetterKind.DISPUTE and request.dispute is not None:
        by, word = request.dispute.due_at, "title_decide"
    elif letter.kind in _PAST or (letter.kind is LetterKind.REMINDER and reminded_late(request)):
        word = "title_past"
    return label(f"letter.{word}", lang, kind=kind, by=wording.at(by), requester=requester, short=short(request.id))


def _facts(office: Office, tx: Tx, request: Request, letter: Letter, lang: Lang) -> dict[str, object]:
    """What a letter is made of, in words."""
    requester, requested = office.tree.get(request.requester), _behind(office, request.requested)
    policy = policy_of(office, tx, request)
    return {
        "requester": requester.name if requester is not None else request.requester,
        "requested": requested.name if requested is not None else request.requested,
        "number": request.id,
        "short": short(request.id),
        "asked": office.calendar.local_date(request.sent_at or request.opened_at),
        "ground": wording.code("ground", letter.ground, lang),
        "cited": question.cited(policy, letter.basis, lang),
        "subject": f"{of(letter.subject_kind, lang)} {quoted(letter.subject_code)}",
        "fact": question.fact(policy, request),
        "claimed": quoted(letter.claimed),
        "on": letter.on,
        "due": wording.at(letter.due_at) + (label("ui.provisional", lang) if letter.due_provisional else ""),
        "reasons": quoted(_reasons(request, letter.kind)),
        "outcome": wording.code("Echo", letter.outcome, lang),
        "link": "{link}",
        "code": "{code}",
    }


_SAID = {LetterKind.KEPT: "assistance.keep", LetterKind.DECIDED: "assistance.decide"}
"""Letters that tell a decision with the reasons that were given for it, and its rule."""


def _reasons(request: Request, kind: LetterKind) -> str:
    return next((one.said for one in reversed(request.history) if one.rule == _SAID.get(kind)), "")


def language(office: Office, via: str) -> Lang:
    """The language of who gets a letter."""
    to = _behind(office, via)
    return to.language if to is not None else "zh-Hans"


def cover(office: Office, via: str, number: str, at: datetime, enclosed: tuple[Letter, ...], more: int) -> Letter:
    """The digest around its letters: what each asks, by when, and its link. No form to answer by mail: one reply is for one request.

    Its day is the one `at` which it was written; `more` requests are open that it does not tell again.
    """
    to, lang = _behind(office, via), language(office, via)
    day = f"{office.calendar.local(at):%Y-%m-%d}"
    facts = {"to": to.name if to is not None else via, "day": day, "count": len(enclosed), "kind": of(LetterKind.DIGEST, lang)}
    lines = (f"{place}. {one.words.brief}" for place, one in enumerate(enclosed, start=1))
    rest = (label("letter.digest_more", lang, count=more),) if more else ()
    told = (label("letter.effect", lang), label("letter.duty", lang))  # of each alike, and for most it is the first letter
    body = "\n\n".join((label("letter.digest", lang, **facts), *lines, *rest, *told))
    words = Words(language=lang, title=label("letter.title_digest", lang, **facts), body=body)
    return replace(enclosed[0], kind=LetterKind.DIGEST, request_id=number, case_id="", text="", words=words, enclosed=enclosed)


def linked(letter: Letter, link: str) -> Letter:
    """The letter with its link and the link's secret, where it leaves."""

    def put(text: str) -> str:
        return text.replace("{link}", link).replace("{code}", link.rpartition("/")[2])

    told = letter.words
    words = replace(told, how=put(told.how), brief=put(told.brief), known=tuple(map(put, told.known)))
    return replace(letter, reply_url=link, words=words)


def carried(tx: Tx, request: Request, key: str, via: str, receipt: Receipt, now: datetime) -> None:
    """What a receipt leaves to a person: to post a letter, to look after an addressee who would not take it."""
    facts: dict[str, object] = {"request": request.id, "to": via, "case": request.case_id}
    if receipt.by_hand and (request.state.open or kind_of(request, key) in TELLING):
        kind = kind_of(request, key)
        begun = sending.begins(request, kind)
        dates = {} if begun is None else {"printed": wording.at(begun.due_at), "counted_after": begun.after.isoformat()}
        tx.attention.open(TO_POST, request.requester, key, {**facts, "file": receipt.reference, "letter": kind, **dates}, now)
    if receipt.refused:
        tx.attention.open(PARTLY, request.requester, key, {**facts, "refused": list(receipt.refused)}, now)


def left(tx: Tx, receipt: Receipt, via: str, letters: Iterable[tuple[str, str, str]], now: datetime) -> None:
    """Note a letter of which a report may come (`flows.returned`): request, kind and key of each that it is, or carries as a digest.

    The inbox keeps it as long as messages.
    """
    if receipt.number and receipt.to and gone(tx, receipt.number) is None:
        told = {"via": via, "to": [one.lower() for one in receipt.to], "letters": [list(one) for one in letters]}
        number = digest(receipt.number)
        tx.inbox.keep(_LEFT, number, number, told, now)


def gone(tx: Tx, number: str) -> Mapping[str, Any] | None:
    """What left under a number, and to whom (`to`); None: nothing, or too long ago."""
    return tx.inbox.seen(_LEFT, digest(number), digest(number))


def digest(text: str) -> str:
    """A name of one length for what may be of any."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def _behind(office: Office, via: str) -> AgencyNode | None:
    """The agency of the tree behind a connector."""
    return contacts.node(office, via)
