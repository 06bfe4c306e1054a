"""A supposition as text, in the words of an explanation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from inspector.domain.sampling import SamplingRow
from inspector.flows import wording
from inspector.flows.articles import Article
from inspector.flows.explain import Claimed
from inspector.flows.narrative import Say, based, section, ways, why
from inspector.flows.records import act_line, kept_lines
from inspector.flows.supposing import Supposition
from inspector.labels import Lang, of


def render(told: Supposition, lang: Lang) -> str:
    """The supposition as lines of plain text."""
    return "\n".join(_lines(told, Say(lang))) + "\n"


def _lines(told: Supposition, say: Say) -> Iterator[str]:
    yield say("supposed", pack=told.pack, title=told.title, day=told.day)
    kinds = {name: of(getattr(told, name), say.lang) for name in ("matter", "route", "subject")}
    yield say("supposed_item", item=told.item_name, code=told.item, **kinds)
    if not told.in_force:
        yield say("not_in_force", first=told.effective_from, last=told.effective_to or say("open_ended"))
    yield from section(say, "why", list(_why(told, say)))
    yield from section(say, "ways", [line for held in told.ways for line in _ways(held, say)])
    if told.why is not None:
        yield from section(say, "draw", list(_draw(told, say)))
    yield from section(
        say, "acts", [line for one in told.acts for line in (act_line(one, say.lang), *_indented(based(one.basis, say)))]
    )
    yield from section(say, "kept", list(kept_lines(told.kept, say.lang)))
    cited = {one.id: one.source for one in sorted(_cited(told), key=lambda one: one.id)}
    yield from section(say, "sources", [say("sources", id=name, title=title) for name, title in cited.items()])


def _indented(lines: Iterator[str]) -> Iterator[str]:
    return (f"  {line}" for line in lines)


def _why(told: Supposition, say: Say) -> Iterator[str]:
    if told.why is not None:
        yield from why(replace(told.why, level_source=say("supposition")), told.pack, say)
        return
    yield wording.code("rule", told.decided.rule, say.lang)
    yield say("facts", facts=wording.facts(told.decided.facts, say.lang, {told.item: told.item_name}))
    yield from based(told.decided.basis, say)
    yield say("pooled")


def _ways(held: Claimed, say: Say) -> Iterator[str]:
    yield say("supposed_claim", key=held.key, name=held.name)
    if not held.ways:
        yield "  " + say("no_way")
    yield from ways(replace(held, ways=tuple(replace(way, under_way=False) for way in held.ways)), say)


def _draw(told: Supposition, say: Say) -> Iterator[str]:
    if told.draw is None:
        yield say("no_stratum")
        return
    row = told.draw.row
    yield say("stratum", stratum=row.stratum, row=row.row)
    yield from _sampled(row, say)
    yield from based(told.draw.basis, say)
    for owed, basis in told.draw.owed:
        levels = say("and").join(sorted(owed.levels)) or say("every_level")
        yield say("owed", least=owed.least, window=of(owed.per, say.lang), row=owed.row, levels=levels)
        yield from based(basis, say)


def _sampled(row: SamplingRow, say: Say) -> Iterator[str]:
    window = of(row.per, say.lang)
    each = row.each is not None
    yield say(
        "sampled_each" if each else "sampled", ratio=wording.share(row.ratio), each=row.each, window=window, minimum=row.minimum
    )
    if row.shared:
        yield say("sampled_shared", stratum=row.family)
    if row.most is not None:
        yield say("sampled_most", most=wording.share(row.most))
    if row.rolling:
        yield say("sampled_rolling")
    if row.key:
        yield say("sampled_key")


def _cited(told: Supposition) -> Iterator[Article]:
    yield from told.why.basis if told.why is not None else told.decided.basis
    yield from told.draw.basis if told.draw is not None else ()
    yield from (one for _, basis in (told.draw.owed if told.draw is not None else ()) for one in basis)
    yield from (one for held in told.ways for way in held.ways for one in way.basis)
    yield from (one for act in told.acts for one in act.basis)
    yield from (one for row in told.kept for one in row.basis)
