"""Which items at which levels come out otherwise under another pack, in words: levels, and ratings, of one change stand in one line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from inspector.domain.case import Method
from inspector.domain.combination import Aspect, Combination, Fate, asked, combinations, stated
from inspector.flows import wording
from inspector.labels import Lang, label, of

if TYPE_CHECKING:
    from inspector.domain.policy import Policy


_SHOWN = 30
"""So many levels and ratings stand in a line of one change; `--json` has all."""


@dataclass(frozen=True, slots=True)
class Outcomes:
    """The combinations of two packs."""

    before: Policy
    after: Policy

    def value(self) -> dict[str, object]:
        """For programs: every combination that changes, and how many there are in all."""
        return {"combinations": list(combinations(self.before, self.after)), "combinations_of": self._count()}

    def lines(self, lang: Lang) -> Iterator[str]:
        """For people."""
        found = list(combinations(self.before, self.after))
        yield ""
        yield label("combination.heading", lang, count=len(found), of=self._count())
        told: dict[tuple[str, str, str], list[str]] = {}
        for one in found:
            told.setdefault((one.item, one.notice, _parts(one, lang)), []).append(one.level)
        for (item, notice, parts), levels in told.items():
            held = self.after.items.get(item) or self.before.items[item]
            said = label("explain.and", lang).join(levels[:_SHOWN])
            if (more := len(levels) - _SHOWN) > 0:
                said = label("combination.further", lang, levels=said, count=more)
            name = label("combination.answering", lang, name=held.name, notice=notice) if notice else held.name
            yield "  " + label("combination.line", lang, item=item, name=name, levels=said, parts=parts)

    def _count(self) -> int:
        return len(stated(self.before, self.after)) * len([*asked(self.before, self.after)])


def _parts(one: Combination, lang: Lang) -> str:
    parts = (
        label(
            "combination.part",
            lang,
            what=of(aspect, lang),
            before=_worth(aspect, before, lang),
            after=_worth(aspect, after, lang),
        )
        for aspect in one.aspects
        for before, after in (_narrowed(aspect, one),)
    )
    return label("explain.then", lang).join(parts)


def _narrowed(aspect: Aspect, one: Combination) -> tuple[Fate, Fate]:
    """Of the ways only those facts that have others now."""
    if aspect is not Aspect.WAYS:
        return one.before, one.after
    same = {*one.before.ways} & {*one.after.ways}
    before, after = (tuple(way for way in fate.ways if way not in same) for fate in (one.before, one.after))
    return Fate(course=one.before.course, ways=before), Fate(course=one.after.course, ways=after)


def _worth(aspect: Aspect, fate: Fate, lang: Lang) -> str:
    nothing = label("combination.nothing", lang)
    match aspect:
        case Aspect.COURSE:
            return of(fate.course, lang)
        case Aspect.LEVEL:
            return fate.level or nothing
        case Aspect.WAYS:
            told = (label("combination.fact", lang, fact=fact, ways=_ways(ways, lang) or nothing) for fact, ways in fate.ways)
            return label("explain.and", lang).join(told) or nothing
        case Aspect.WHEN:
            return label("combination.before_decision" if fate.before_decision else "combination.after_decision", lang)
        case Aspect.TERM:
            if fate.term is None or fate.term_from is None:
                return nothing
            return label("combination.term", lang, term=wording.term(fate.term, lang), start=of(fate.term_from, lang))
        case Aspect.STRATUM:
            return fate.stratum or nothing
        case Aspect.DRAW:
            return _drawn(fate, lang) or nothing


def _ways(ways: tuple[tuple[Method, str, str], ...], lang: Lang) -> str:
    return " > ".join(f"{of(method, lang)} ({via})" if via else of(method, lang) for method, via, _ in ways)


def _drawn(fate: Fate, lang: Lang) -> str:
    row = fate.draw
    if row is None:
        return ""
    share = row.each if row.each is not None else wording.share(row.ratio)
    facts = {"share": share, "minimum": row.minimum, "window": of(row.per, lang)}
    told = label("combination.share" if row.each is None else "combination.each", lang, **facts)
    told = label("combination.rolling", lang, drawn=told) if row.rolling else told
    told = label("combination.key", lang, drawn=told) if row.key else told
    for owed in row.owed:
        told = label("combination.owed", lang, drawn=told, least=owed.least, window=of(owed.per, lang))
    return label("combination.most", lang, drawn=told, most=wording.share(row.most)) if row.most is not None else told
