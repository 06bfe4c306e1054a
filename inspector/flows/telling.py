"""An explanation as text, in Chinese or English: the same words in the terminal, in the API and on the pages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from inspector.flows.explain import Article, Claimed, Explanation, Letter, Why
from inspector.labels import Lang, label, of


def render(told: Explanation, lang: Lang) -> str:
    """The explanation as lines of plain text."""
    return "\n".join(_lines(told, lang)) + "\n"


def _lines(told: Explanation, lang: Lang) -> Iterator[str]:
    say = _Say(lang)
    yield say("title", case=told.case, reference=told.reference)
    yield say("matter", item=told.item_name, code=told.item, route=of(told.route, lang))
    yield say("subject", name=told.subject_name, kind=of(told.subject_kind, lang))
    if told.subject_warnings:
        yield "  " + say(
            "warnings", warnings=", ".join(label(f"IdentityWarning.{one.upper()}", lang) for one in told.subject_warnings)
        )
    yield say("state", state=of(told.state, lang), since=_at(told.opened_at))
    if told.outcome is not None:
        yield say("outcome", outcome=of(told.outcome, lang))
    if told.review_reason is not None:
        yield say("review", reason=label(f"review.{told.review_reason}", lang))
    yield from _section(say, "why", list(_why(told.why, told, say)))
    yield from _section(say, "claims", [line for held in told.claims for line in _claim(held, say)])
    heard = [
        say(
            "heard",
            at=_at(held.asked_at),
            claim=held.claim,
            method=of(held.method, lang),
            via=held.via or "—",
            verdict=of(held.verdict, lang),
        )
        + ("" if held.fresh or held.as_of is None else " " + say("not_fresh", as_of=_at(held.as_of)))
        + (f" ({held.note})" if held.note else "")
        for held in told.heard
    ]
    yield from _section(say, "answers", heard)
    yield from _section(say, "letters", [line for held in told.letters for line in _letter(held, say)])
    visits = [
        say("visit", id=held.id, draw=held.draw, state=of(held.state, lang), due=_at(held.due_at))
        + "".join(f" [{of(seat, lang)}]" for seat in held.seats)
        for held in told.visits
    ]
    yield from _section(say, "visits", visits)
    due = [
        say("due", at=_at(one.at), what=of(one.kind, lang), state=label(f"work.{one.state}", lang))
        + (f" · {one.lane}" if one.lane else "")
        + (f" ({one.error})" if one.error else "")
        + (f" ({one.counted})" if one.counted else "")
        for one in told.next
    ]
    yield from _section(say, "next", due or [say("nothing_due")])
    taken = [
        f"{_at(one.at)}  {label(f'rule.{one.rule}', lang)}{_cited(one.basis)}" + (f"\n      {one.facts}" if one.facts else "")
        for one in told.decisions
    ]
    yield from _section(say, "decisions", taken)


class _Say:
    """Words of the group `explain`."""

    def __init__(self, lang: Lang) -> None:
        self.lang = lang

    def __call__(self, name: str, /, **facts: object) -> str:
        return label(f"explain.{name}", self.lang, **facts)


def _section(say: _Say, name: str, lines: list[str]) -> Iterator[str]:
    if lines:
        yield ""
        yield say(f"section_{name}")
        yield from (f"  {line}" for line in lines)


def _why(why: Why | None, told: Explanation, say: _Say) -> Iterator[str]:
    if why is None:
        yield say("no_strategy", pack=told.pack)
        return
    yield say("row", row=why.row, pack=why.pack, title=why.title)
    yield say("profile", profile=label(f"Profile.{why.profile.upper()}", say.lang), level=why.level, name=why.level_name)
    source = say("level_source", source=why.level_source, as_of=_at(why.level_as_of)) if why.level_source else why.level_reason
    yield say("level_from", source=source)
    yield say("before_decision" if why.before_decision else "after_decision")
    yield from (f"{one.code}  {one.citation}" for one in why.basis)
    yield say("due_by", at=_at(why.due_at), counted=why.due_explained)
    if why.due_provisional:
        yield say("provisional")


def _claim(held: Claimed, say: _Say) -> Iterator[str]:
    yield say("claim", key=held.key, name=held.name, value=held.value, on=held.on.isoformat(), status=of(held.status, say.lang))
    for way in held.ways:
        mark = "→" if way.under_way else "·"
        yield f"  {mark} {of(way.method, say.lang)} {way.via}{_cited(way.basis)}"


def _letter(held: Letter, say: _Say) -> Iterator[str]:
    yield say("letter", at=_at(held.opened_at), to=held.requested, state=of(held.state, say.lang)) + _cited(held.basis)
    yield "  " + say("due_by", at=_at(held.due_at), counted=held.due_explained)
    if held.due_provisional:
        yield "  " + say("provisional")
    if held.escalated_to:
        yield "  " + say("escalated", to=held.escalated_to)
    if held.reply:
        yield "  " + say("reply", reply=held.reply)


def _cited(basis: tuple[Article, ...]) -> str:
    return f" [{'; '.join(one.citation for one in basis)}]" if basis else ""


def _at(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M}" if moment is not None else "—"
