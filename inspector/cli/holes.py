"""A hole of the office's coverage in words: what, where, when, what lacks, and what would close it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict

from inspector.domain.coverage import Hole
from inspector.domain.lack import Lack
from inspector.labels import Lang, label

SHOWN = 6
"""So many items, or officers, are named in a line; a program gets all of them."""


def line(hole: Hole, lang: Lang) -> str:
    """The hole as one line."""
    when = "line" if hole.since != hole.until else "line_month"
    told = {"what": what(hole, lang), "where": where(hole, lang), "lacks": lacks(hole, lang), "close": close(hole, lang)}
    return _say(when, lang, since=hole.since, until=hole.until, **told)


def value(hole: Hole) -> dict[str, object]:
    """The hole for a program: all it holds, and in both languages what lacks and what would close it."""
    return {
        **asdict(hole),
        "message": lacks(hole, "en"),
        "mend": close(hole, "en"),
        "message_zh": lacks(hole, "zh-Hans"),
        "mend_zh": close(hole, "zh-Hans"),
    }


def what(hole: Hole, lang: Lang) -> str:
    """What can come up: items with their levels, daily supervision, or every case."""
    if hole.lack is Lack.POOL or hole.items == ("",):
        return _say("supervision", lang)
    if not hole.items:
        return _say("everything", lang)
    named = [item or _say("supervision", lang) for item in hole.items]
    shown, levels = _then(named[:SHOWN], lang), " ".join(hole.levels)
    if len(named) > SHOWN:
        return _say("items_more", lang, items=shown, count=len(named) - SHOWN, levels=levels)
    return _say("items", lang, items=shown, levels=levels)


def where(hole: Hole, lang: Lang) -> str:
    """Whose work it is, and in which town."""
    return _say("town" if hole.town else "towns", lang, agency=hole.agency, town=hole.town)


def lacks(hole: Hole, lang: Lang) -> str:
    """What is not there."""
    told = _say(
        hole.lack.value,
        lang,
        name=hole.name,
        agency=hole.agency,
        staff=hole.staff,
        facts=_then(hole.facts, lang),
        needed=hole.needed,
        able=hole.able,
        qualifications=_then(hole.qualifications, lang),
        windows=_then(hole.windows, lang),
    )
    if hole.days:
        told += _say("days", lang, days=_then([_span(first, last, lang) for first, last in hole.days], lang))
    if hole.barred:
        told += _say("conflict", lang, barred=_then(hole.barred, lang), objects=hole.objects)
    return told


def close(hole: Hole, lang: Lang) -> str:
    """What would close it: the ways that there are."""
    if hole.lack not in (Lack.AREA, Lack.TEAM, Lack.LEAD):
        told = {"windows": _then(hole.windows, lang), "wait": hole.wait}
        return _say(f"{hole.lack.value}_close", lang, name=hole.name, agency=hole.agency, **told)
    return _say("or", lang).join(_ways(hole, lang))


def _ways(hole: Hole, lang: Lang) -> Iterator[str]:
    """Officers that are there first, for a certificate is renewed sooner than somebody is found."""
    if hole.renew:
        yield _say("close_renew", lang, renew=_then(hole.renew, lang))
    if hole.away:
        yield _say("close_away", lang, away=_then(hole.away, lang))
    if hole.windows:
        yield _say("close_quiet", lang, windows=_then(hole.windows, lang))
    told = {"staff": hole.staff, "town": hole.town, "needed": hole.needed, "count": hole.needed - hole.able}
    near = _say("close_near", lang, near=hole.near) if hole.near else ""
    yield _say(f"close_{hole.lack.value}", lang, **told) + near


def _span(first: str, last: str, lang: Lang) -> str:
    return first if first == last else _say("day_span", lang, first=first, last=last)


def _then(named: Sequence[str], lang: Lang) -> str:
    """Some names, and that there are more."""
    return _say("then", lang).join(named[:SHOWN]) + (" …" if len(named) > SHOWN else "")


def _say(key: str, lang: Lang, **facts: object) -> str:
    return label(f"coverage.{key}", lang, **facts)
