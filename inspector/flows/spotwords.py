"""What came from the spot of a case's visits, as lines of text (`spot`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from inspector.domain.attempt import Attempt
from inspector.domain.checkcode import CodeRow
from inspector.flows.spot import Spot, SpotChoice, SpotNote, SpotVersion
from inspector.flows.wording import at
from inspector.labels import Lang, label, of


def lines(told: Spot, lang: Lang) -> Iterator[str]:
    """One visit: what the firm said and signed first, then who saw what, then what was chosen where two differed."""

    def say(name: str, **facts: object) -> str:
        return label(f"spot.{name}", lang, **facts)

    def who(by: str) -> str:
        return by or say("somebody")

    yield say("visit", visit=told.visit)
    for one in told.statements:
        yield "  " + say("statement", by=who(one.by), words=one.words)
    for sign in told.signatures:
        yield "  " + say("signature", by=who(sign.by), how=of(sign.how, lang))
        told_of = (("signer", sign.signer), ("reason", sign.reason), ("witness", sign.witness))
        yield from ("    " + say(name, words=words) for name, words in told_of if words)
    yield from ("  " + say("ticked", list=of(one.list, lang), codes=named(one.codes, lang)) for one in told.ticked)
    yield from ("  " + say("words", words=words) for words in told.words)
    for note in told.notes:
        yield from (f"  {line}" for line in _note(note, lang))
    for by in dict.fromkeys(one.by for one in told.photos):
        yield "  " + say("photos", by=who(by), count=sum(one.by == by for one in told.photos))
    for made in told.choices:
        yield from (f"  {line}" for line in _choice(made, lang))
    if told.differ:
        yield "  " + say("differ")
    if told.challenged:
        yield "  " + say("challenged", who=label("ui.names_gap", lang).join(who(one) for one in told.challenged))


def tried(number: int, one: Attempt, lang: Lang) -> str:
    """An attempt to reach the subject, by the number under which a decision tells it."""
    name = label("explain.attempt_number", lang, number=number)
    who = label("ui.bracketed", lang, text=one.by) if one.by else ""
    return label("spot.tried", lang, name=name, at=at(one.at), way=of(one.way, lang), words=one.words) + who


def named(codes: Iterable[CodeRow], lang: Lang) -> str:
    """Codes of the check sheet by their names."""
    return label("ui.names_gap", lang).join(one.name if lang == "zh-Hans" else one.name_en for one in codes)


def about(made: SpotChoice, lang: Lang) -> str:
    """What a choice is about."""
    return made.name or (of(made.list, lang) if made.list is not None else label("ui.signing", lang))


def said(one: SpotVersion, lang: Lang) -> str:
    """What one of those who differed had said."""
    known = one.verdict or one.how
    return of(known, lang) if known is not None else named(one.codes, lang) or "—"


def _note(note: SpotNote, lang: Lang) -> Iterator[str]:
    by = note.by or label("spot.somebody", lang)
    yield label("spot.note", lang, at=at(note.at), by=by) + (label("spot.late", lang) if note.late else "")
    for word in note.words:
        yield (
            "  "
            + label("spot.word", lang, name=word.name, verdict=of(word.verdict, lang))
            + (label("spot.worded", lang, words=word.words) if word.words else "")
        )
    if note.seen is not None:
        yield "  " + label("spot.seen", lang, seen=of(note.seen, lang))
    if note.remarks:
        yield "  " + label("spot.remarks", lang, words=note.remarks)


def _choice(made: SpotChoice, lang: Lang) -> Iterator[str]:
    somebody = label("spot.somebody", lang)
    yield label("spot.choice", lang, at=at(made.at), by=made.by or somebody, about=about(made, lang), words=made.reasons)
    for one in made.versions:
        stands = label("spot.stands" if one.chosen else "spot.beside", lang)
        yield "  " + label("spot.version", lang, by=one.by or somebody, said=said(one, lang)) + stands
