"""What a replay has found, as text in Chinese or English: figures, ids of cases, classes of objects; no firm and no person."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from inspector.domain.backtest import Change, Course
from inspector.domain.report import POOL
from inspector.domain.sampling import FULL
from inspector.flows.backtest import Asking, Burden, Effect, Some
from inspector.flows.odds import Odds
from inspector.labels import Lang, known, label, of

_DRAWS = 12
"""Draws that are told one by one; the others are counted."""


def render(told: Effect, lang: Lang) -> str:
    """The report as lines of plain text."""
    return "\n".join(_lines(told, _Say(lang))) + "\n"


class _Say:
    """Words of the group `backtest`."""

    def __init__(self, lang: Lang) -> None:
        self.lang = lang

    def __call__(self, name: str, /, **facts: object) -> str:
        return label(f"backtest.{name}", self.lang, **facts)

    def some(self, held: Some) -> str:
        """How many, and the first of them."""
        ids = self.list(held.ids)
        more = held.count - len(held.ids)
        return self("named_more" if more else "named", count=held.count, ids=ids, more=more)

    def list(self, held: list[str]) -> str:
        """Several as one enumerates them."""
        return label("explain.and", self.lang).join(held)


def _lines(told: Effect, say: _Say) -> Iterator[str]:
    period = told.period
    yield say("title", pack=told.pack, first=period.first, last=period.last, of=period.of)
    yield from _section("cases", _cases(told, say), say)
    yield from _section("requests", _requests(told, say), say)
    yield from _section("visits", _visits(told, say), say)
    yield from _section("draws", _draws(told, say), say)
    if told.burden is not None:
        yield from _section("burden", _burden(told.burden, say, exact=not told.odds), say)


def _section(name: str, lines: Iterator[str], say: _Say) -> Iterator[str]:
    yield ""
    yield say(f"section_{name}")
    yield from (f"  {line}" for line in lines)


def _cases(told: Effect, say: _Say) -> Iterator[str]:
    yield say("read", read=told.read, judged=told.judged)
    if told.others:
        yield say("others", count=told.others)
    if told.gone:
        yield say("gone", count=told.gone)
    if told.unreadable.count:
        yield say("unreadable", some=say.some(told.unreadable))
    for name, some in sorted(told.faults.items()):
        parts = [of(Change(one), say.lang) if one in Change.__members__ else say("proof") for one in name.split(",")]
        yield say("fault", some=say.some(some), changes=say.list(parts))
    if told.judged and not told.faults and not told.calendar.count:
        yield say("sound")
    if told.calendar.count:
        yield say("calendar", some=say.some(told.calendar))
    yield say("same", count=told.same)
    yield say("changed", count=told.changed)
    for (before, after), move in sorted(told.moves.items(), key=lambda one: (-one[1].cases.count, one[0])):
        yield "  " + say("move", before=_named(before, say), after=_named(after, say), some=say.some(move.cases))
        counts = [say("change", name=of(one, say.lang), count=move.changes[one]) for one in Change if move.changes[one]]
        yield "    " + say("move_in", changes=say.list(counts))
    for name, some in (("earlier", told.earlier), ("later", told.later)):
        if some.count:
            yield say(name, some=say.some(some))


def _named(name: str, say: _Say) -> str:
    """A row, or what becomes of a case without one."""
    course, _, code = name.partition(":")
    if course not in Course.__members__:
        return say("row", row=name)
    return say("refused", code=code) if code else of(Course(course), say.lang)


def _requests(told: Effect, say: _Say) -> Iterator[str]:
    whom = sorted({*told.before.requests, *told.after.requests})
    for method, via in whom:
        sides = [side.requests.get((method, via), Asking()) for side in (told.before, told.after)]
        yield say(
            "request", method=of(method, say.lang), via=via or "—", before=_asking(sides[0], say), after=_asking(sides[1], say)
        )
    if not whom:
        yield say("none")


def _asking(one: Asking, say: _Say) -> str:
    return say("sure" if one.most == one.sure else "most", sure=one.sure, most=one.most)


def _visits(told: Effect, say: _Say) -> Iterator[str]:
    yield say("visits", before=_asking(told.before.visits, say), after=_asking(told.after.visits, say))
    facts = {"before": _asking(told.before.seats, say), "after": _asking(told.after.seats, say)}
    yield say("seats", **facts)
    yield from _days(told, say)
    yield say("shared")


def _days(told: Effect, say: _Say) -> Iterator[str]:
    """Person-days, where both packs say what a visit takes."""
    if told.before.undated or told.after.undated or told.visit_days is None:
        yield say("days_untold")
        return
    sides = (
        say("sure" if one.most == one.sure else "most", sure=one.sure, most=one.most)
        for one in (told.before.days, told.after.days)
    )
    before, after = sides
    yield say("days", before=before, after=after, each=told.visit_days, pack=told.pack)


def _draws(told: Effect, say: _Say) -> Iterator[str]:
    for name, count in sorted(told.passed.items()):
        yield say(f"passed_{name}", count=count)
    if not told.odds:
        yield say("none")
        return
    sums = {name: sum(getattr(one, field) for one in told.odds) for name, field in _SUMS.items()}
    yield say("drawn", **sums)
    spent = [(one.days, one.would_days) for one in told.odds]
    if all(before is not None and after is not None for before, after in spent):
        yield say("drawn_days", before=sum(before or 0 for before, _ in spent), after=sum(after or 0 for _, after in spent))
    if any(one.barred for one in told.odds):
        yield say("barred", pack=told.pack)
    if any(one.relevelled for one in told.odds):
        yield say("relevelled", pack=told.pack)
    for one in (held for held in told.odds if held.fault):
        yield say("draw_fault", draw=one.draw)
    for one in told.odds[:_DRAWS]:
        yield from _draw(one, say)
    if (more := len(told.odds) - _DRAWS) > 0:
        yield say("more_draws", count=more)


_SUMS = {"before": "drawn", "after": "would", "seats_before": "seats", "seats_after": "would_seats"}


def _draw(one: Odds, say: _Say) -> Iterator[str]:
    name = f"{one.draw} {one.list}".strip()
    yield say("draw", draw=name, pack=one.pack, before=one.drawn, after=one.would)
    for held in (held for held in one.classes if held.stratum != FULL):
        route = "report.POOL" if held.route == POOL else f"Route.{held.route}"
        yield "  " + say(
            "class" if held.stratum == held.becomes else "class_moved",
            level=held.level or "—",
            route=label(route, say.lang) if known(route, say.lang) else held.route,
            stratum=held.stratum,
            becomes=held.becomes or say("nowhere"),
            objects=held.objects,
            could=held.could,
            before=_chance(held.before),
            after=_chance(held.after),
        )


def _burden(told: Burden, say: _Say, *, exact: bool) -> Iterator[str]:
    for visits in sorted({*told.before, *told.after}):
        counts = told.before.get(visits, 0), told.after.get(visits, 0)
        yield say("spread" if exact or not visits else "spread_part", visits=visits, before=counts[0], after=counts[1])
    if not told.before:
        yield say("none")
        return
    yield say("greatest", before=_chance(told.most_before), after=_chance(told.most_after))
    yield say("moreless", more=told.more, less=told.less)
    if not exact:
        yield say("expected")


def _chance(one: Fraction | None) -> str:
    return str(one) if one is not None else "—"
