"""Codes and parameters as words, when somebody reads them: facts of decisions, notes, articles, and how a date was counted.

Nothing here is stored. What has no words is shown as it is stored: a fact must never be lost for want of a label.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from inspector.domain.almanac import NamedDay
from inspector.domain.calendar import SHANGHAI, Counting, Term, Unit
from inspector.domain.case import Method
from inspector.domain.consequence import Consequence, Stage
from inspector.domain.counting import DayKind, Tallied, tally
from inspector.domain.policy import Policy
from inspector.domain.shut import Stood
from inspector.domain.source import doubted
from inspector.flows.articles import Article, articles
from inspector.labels import Lang, known, label, of, words
from inspector.policyrender import caveats

GROUPS: Mapping[str, str] = {
    "verdict": "Verdict",
    "findings": "Verdict",
    "outcome": "Outcome",
    "profile": "Profile",
    "status": "ClaimStatus",
    "method": "Method",
    "next": "Method",
    "announced": "Method",
    "route": "Route",
    "ground": "ground",
    "letter": "LetterKind",
    "review_reason": "review",
    "error": "note",
    "changed": "field",
    "was": "DrawState",
    "change": "change",
    "suspended_for": "Reason",
    "sent_back_for": "SendBackReason",
    "withdrawal_answer": "WithdrawalAnswer",
    "overtaken_answer": "OvertakenAnswer",
    "graded": "grade",
    "inability": "Inability",
    "about": "Quarrel",
    "echo": "Echo",
    "urgency": "Urgency",
    "difference": "Unlike",
    "step": "Step",
    "booked": "BookState",
    "met": "met",
    "unable": "Unable",
    "proposal": "Proposal",
    "stage": "Stage",
    "statement": "StatementKind",
    "agreement": "Agreement",
    "annulled": "Annulled",
    "stood": "ConsequenceState",
    "fallen_by": "rule",
    "grade_knowledge": "Knowledge",
    "grade_harm": "Harm",
    "grade_cooperation": "Cooperation",
    "word": "SubjectWord",
    "way": "ServiceWay",
    "service_way": "ServiceWay",
    "service_ways": "ServiceWay",
    "service_was": "ServiceWay",
    "notice_kind": "NoticeKind",
}
"""The facts whose values are codes, and the labels that have their words."""

_ELSE: Mapping[str, str] = {"way": "AttemptWay"}
"""Where a code that the first label does not know may have its words: somebody is sought by other ways than a notice is served by."""

_TERM = re.compile("[0-9]+(" + "|".join(Unit) + ")")
_LAW = re.compile("(?:法|法典|条例|办法|规定|规则|细则)》")
"""How the title of a law, regulation or rule ends; plans (方案), notices (通知) and opinions (意见) are counted in items."""
_TITLE = re.compile("[^：:]*》|[^：:]+")
"""A document's name without what is said about it: to the end of its title, else to a colon."""
_MISSING = ("withheld", "turned_away", "unasked")
_SEVERAL = re.compile("(?:{0}):[^:;]+(?:;(?:{0}):[^:;]+)+".format("|".join(_MISSING)))
"""Why a draw is void for want of parts, of whom some were asked and some were not."""
_TOLD = 5
"""So many files of an exchange are told one by one."""
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}.*")


def facts(told: Mapping[str, object], lang: Lang, known_as: Mapping[str, str]) -> str:
    """The facts of a decision in the order of their labels; `known_as` names what the reader has met already (answers, claims)."""
    order = {key: place for place, key in enumerate(words(lang))}
    held = sorted(told, key=lambda name: order.get(f"fact.{name}", len(order)))
    return label("explain.then", lang).join(fact(name, told[name], lang, known_as, told) for name in held)


def fact(name: str, value: object, lang: Lang, known_as: Mapping[str, str], beside: Mapping[str, object] | None = None) -> str:
    """One fact of a decision: its name and its value, both in words; `beside` are the facts it stands with."""
    key = f"fact.{name}"
    named = label(key, lang) if known(key, lang) else name
    told = reason(str(value), beside or {}, lang) if name == "level_reason" else worth(name, value, lang, known_as)
    return label("explain.fact", lang, name=named, value=told)


def reason(code: str, beside: Mapping[str, object], lang: Lang) -> str:
    """Why a credit level was taken, with the source and the date that the same decision names."""
    key = f"LevelReason.{code.upper()}"
    if not known(key, lang):
        return code
    facts = {"source": beside.get("level_source"), "as_of": beside.get("level_as_of"), **beside}
    return label(key, lang, **{name: worth(name, value, lang) for name, value in facts.items() if value is not None})


def worth(name: str, value: object, lang: Lang, known_as: Mapping[str, str] | None = None) -> str:
    """The value of a fact in words: a code's label, a moment on the office's clock, a term with its unit."""
    if isinstance(value, bool):
        return label("explain.yes" if value else "explain.no", lang)
    if value is None or value in ((), []):
        return label("explain.nothing", lang)
    if isinstance(value, Mapping):
        return label("explain.and", lang).join(f"{key} {one}" for key, one in value.items())
    if isinstance(value, list | tuple):
        return label("explain.and", lang).join(worth(name, one, lang, known_as) for one in value)
    text = str(value)
    if known_as and text in known_as:
        return known_as[text]
    if name in GROUPS:
        told = code(GROUPS[name], text, lang)
        return code(_ELSE[name], text, lang) if told == text and name in _ELSE else told
    if name == "reason":
        return void(text, lang)
    if _MOMENT.fullmatch(text):
        try:
            return at(datetime.fromisoformat(text).astimezone(SHANGHAI))
        except ValueError:
            return text
    return term(Term.parse(text), lang) if _TERM.fullmatch(text) else text


def code(group: str, value: str, lang: Lang) -> str:
    """The words of a code; one that only a connector knows is shown as the code it is."""
    for key in (f"{group}.{value}", f"{group}.{value.upper()}"):
        if known(key, lang):
            return label(key, lang)
    return label("explain.code", lang, code=value) if group == "note" else value


def late(said: Mapping[str, object], lang: Lang) -> str:
    """Why a source lacks a young delivery: how it stands, and what keeps the last one from being used."""
    state, error = f"ops.supply_{said.get('why')}", str(said.get("error") or "")
    parts = [label(state, lang, **said)] if known(state, lang) else []
    return label("explain.then", lang).join([*parts, *([flaw(error, said, lang)] if error else [])])


def unused(said: Mapping[str, Any], lang: Lang) -> str:
    """What lies in an exchange and is not used, the newest names first, with why; of many how many more there are."""
    files, count = list(said.get("files", ())), int(said.get("count", 0))
    parts = [flaw(code_, {"file": file, **facts}, lang) for file, _, code_, facts in files[:_TOLD]]
    if count > len(parts):
        parts.append(label("explain.more", lang, count=count - len(parts)))
    return label("explain.then", lang).join(parts) or "-"


def flaw(code_: str, facts: Mapping[str, object], lang: Lang) -> str:
    """What is wrong with a delivery, in the words of its error where there are such, else in those of a failure at a port."""
    return label(f"error.{code_}", lang, **facts) if known(f"error.{code_}", lang) else code("note", code_, lang)


def void(reason: str, lang: Lang) -> str:
    """Why a draw is void: the rule's own reason in words; what two people have signed is theirs and stays as they wrote it."""
    if _SEVERAL.fullmatch(reason) is not None:
        return label("explain.then", lang).join(void(one, lang) for one in reason.split(";"))
    kind, _, rest = reason.partition(":")
    if not known(f"void.{kind}", lang):
        return reason
    parties, _, why = rest.partition(":")
    told = label("void.because", lang, why=code("note", why, lang)) if kind in _MISSING and why else ""
    return label(f"void.{kind}", lang, parties=parties, code=rest) + told


def article(one: Article, lang: Lang) -> str:
    """A legal basis as one cites it: a law has articles (条), a plan or notice numbered items (项), a proposal dotted sections (节)."""
    if not one.article:
        return f"[{one.id}]"
    return label(f"explain.{_division(one)}", lang, id=one.id, article=one.article)


def cited(one: Article, lang: Lang) -> str:
    """The same with the source's whole name, for whoever has no list of sources at hand."""
    return label(f"cited.{_division(one)}", lang, source=one.source, article=one.article) if one.article else one.source


def quoted(policy: Policy, bases: str | Iterable[str], lang: Lang) -> list[str]:
    """The articles of bases that may be quoted to a subject or another agency: none whose document is no basis here by its own title.

    Where none is left that is said: nothing is made to look better founded than it is.
    """
    held = (one for one in articles(policy, bases) if not doubted(one.source, statute=one.id in policy.statutes))
    return [cited(one, lang) for one in held] or [label("letter.unfounded", lang)]


def citations(policy: Policy, bases: Iterable[str], lang: Lang, gone: Mapping[str, str] | None = None) -> str:
    """Bases of a pack, each citation once, with the document's name up to the end of its title or to a colon, and its caveats.

    `gone`: what is to be said behind a document of this whole title, as that it is repealed.
    """
    said = gone or {}
    told = (
        replace(
            one,
            source=(short[0] if (short := _TITLE.match(one.source)) else one.source)
            + caveats.told(one.source)
            + said.get(one.source, ""),
        )
        for one in articles(policy, bases)
    )
    return ("、" if lang == "zh-Hans" else "; ").join(cited(one, lang) for one in told)


def law(policy: Policy, text: str, lang: Lang) -> str:
    """The law of a decision as its subject reads it: a code of the pack as a citation, what an officer has written as it is."""
    parts = (one.strip() for one in text.split("；"))
    return "；".join(citations(policy, (one,), lang) if one.partition(":")[0] in policy.sources else one for one in parts)


def _division(one: Article) -> str:
    return "article_section" if "." in one.article else "article" if _LAW.search(one.source) else "article_item"


def way(method: Method, via: str, lang: Lang) -> str:
    """How somebody was asked, and through whom; people who went there were not sent through anything."""
    return label("explain.by", lang, method=of(method, lang), via=via) if via else of(method, lang)


def term(length: Term, lang: Lang) -> str:
    """A term with its unit."""
    return label("explain.term", lang, amount=length.amount, unit=of(length.unit, lang))


def share(ratio: Fraction) -> str:
    """A share of a pack: in per cent where that is exact, else the fraction itself."""
    return f"{ratio * 100}%" if (ratio * 100).denominator == 1 else str(ratio)


def counted(told: Counting, lang: Lang) -> str:
    """How a date was counted, so that a person can count after it (Civil Code art. 201 to 203)."""
    hours = told.term.unit in (Unit.HOUR, Unit.MINUTE)
    began = [] if told.event is None else [label("explain.began", lang, event=of(told.event, lang), at=at(told.since))]
    parts = [
        *began,
        label("explain.counted_at_once" if hours else "explain.counted", lang, term=term(told.term, lang), after=told.after),
    ]
    if told.term.unit in (Unit.MONTH, Unit.YEAR):
        parts.append(label("explain.same_numbered", lang))
    if told.skipped:
        parts.append(label("explain.skipped", lang, days=_spans(told.skipped, lang)))
    parts += _given(told, lang)
    if told.made_up:
        parts.append(label("explain.made_up", lang, days=_spans(told.made_up, lang)))
    if told.nominal != (told.bounded or told.last):
        parts.append(label("explain.moved", lang, day=told.nominal))
    if told.bounded is not None:
        parts.append(label("explain.bounded", lang, day=told.bounded))
    parts += _pulled(told, lang)
    if not hours:
        parts.append(label("explain.last_day", lang, day=told.last))
    parts += _cited(told, lang)
    parts += [label("explain.awaited", lang, year=year) for year in told.awaited]
    return label("explain.then", lang).join(parts)


def _cited(told: Counting, lang: Lang) -> list[str]:
    """The notices and the calendars that a date was counted by."""
    each = {"notices": told.notices, "notice_unknown": told.unknown, "versions": told.versions, "kept_by": told.kept_by}
    return [label(f"explain.{word}", lang, named=label("explain.and", lang).join(named)) for word, named in each.items() if named]


def _given(told: Counting, lang: Lang) -> list[str]:
    """What a term was lengthened by, and the days on which its clock stood still."""
    parts = []
    if told.extended:
        parts.append(
            label("explain.extended", lang, terms=label("explain.and", lang).join(term(one, lang) for one in told.extended))
        )
    stood = [one for one in tally(told) if one.kind is DayKind.SUSPENDED] if told.stops else []
    if stood:
        days = tuple(NamedDay(day=one.day, name=_reason(one.name, lang)) for one in stood)
        parts.append(label("explain.stood", lang, days=_spans(days, lang)))
    return parts


def _reason(name: str, lang: Lang) -> str:
    """Why a clock stood still: a reason that the law lists for a case, or, of a request, one of ours."""
    return code("Stood" if name in {*Stood} else "Reason", name, lang)


def _pulled(told: Counting, lang: Lang) -> list[str]:
    """Before which closed days a last day was moved, or that there is nowhere to move it to."""
    if told.pulled is None:
        return []
    spans = [label("explain.row_days", lang, first=one.first, last=one.last, row=one.row) for one in told.pulled.shut]
    how = "pulled" if told.pulled.met else "pulled_nowhere"
    return [label(f"explain.{how}", lang, day=told.pulled.nominal, shut=label("explain.and", lang).join(spans))]


def tallied(days: tuple[Tallied, ...], lang: Lang) -> str:
    """Every day of a count in order, days that follow each other alike as one span: its number and dates, or why it does not count."""
    spans: list[list[Tallied]] = []
    for one in days:
        alike = bool(spans) and (spans[-1][-1].kind, spans[-1][-1].name) == (one.kind, one.name)
        if alike and (one.day - spans[-1][-1].day).days == 1:
            spans[-1].append(one)
        else:
            spans.append([one])
    return label("explain.then", lang).join(_told(span[0], span[-1], lang) for span in spans)


def _told(first: Tallied, last: Tallied, lang: Lang) -> str:
    dates = str(first.day) if first == last else label("explain.dates", lang, first=first.day, last=last.day)
    if first.number is not None:
        numbers = str(first.number) if first == last else f"{first.number}–{last.number}"
        dates = label("explain.day_counted", lang, numbers=numbers, dates=dates)
        if first.kind is DayKind.COUNTED:
            return dates
    name = _reason(first.name, lang) if first.kind is DayKind.SUSPENDED else first.name
    why = label("explain.day_named", lang, kind=of(first.kind, lang), name=name) if name else of(first.kind, lang)
    return label("explain.day", lang, first=dates, name=why)


def at(moment: datetime | None) -> str:
    """A moment as people write it."""
    return f"{moment:%Y-%m-%d %H:%M}" if moment is not None else "—"


def _spans(days: tuple[NamedDay, ...], lang: Lang) -> str:
    """Days that follow each other for one reason as one span."""
    spans: list[tuple[date, date, str]] = []
    for named in days:
        if spans and (named.day - spans[-1][1]).days == 1 and spans[-1][2] == named.name:
            spans[-1] = (spans[-1][0], named.day, named.name)
        else:
            spans.append((named.day, named.day, named.name))
    told = [
        label(
            "explain.day" if first == last else "explain.span",
            lang,
            first=first,
            last=last,
            name=name or label("explain.weekend", lang),
        )
        for first, last, name in spans
    ]
    return label("explain.and", lang).join(told)


def consequence(held: Consequence, lang: Lang, step: Stage | None = None) -> str:
    """A consequence in one line: what is proposed, and what is due about it (`step`, where it is not its stage), or how it ended."""
    due = of(step or held.stage or held.state, lang)
    return label("proceeding.listed", lang, proposal=of(held.proposal, lang), due=due)
