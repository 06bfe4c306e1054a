"""A draw's report in words: tables in one language, and these as Markdown or as a page that needs nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from html import escape

from inspector.domain.case import Route
from inspector.domain.classes import FILES
from inspector.domain.exclusion import CODES, Exclusion
from inspector.domain.power import rounded_down, rounded_up
from inspector.domain.report import POOL, Estimate, Moves, Report
from inspector.domain.union import Chance
from inspector.labels import Lang, known, label, of

_PLACES = 2
_NOTHING = "—"
_FIELDS = {"sheets": "ticked"}
"""The tables that are not called as the part of the report that they tell."""
_STYLE = (
    "<style>body{max-width:62rem;margin:2rem auto;padding:0 1rem;font-family:sans-serif}"
    "table{border-collapse:collapse}th,td{padding:.3rem .6rem;border:1px solid #999;text-align:left}</style>"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A heading, what its figures mean, and the figures; without rows there is nothing to tell."""

    title: str
    note: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """A whole report in one language. `none` stands where a table has no rows."""

    title: str
    about: str
    tables: tuple[Table, ...]
    none: str


def tell(report: Report, lang: Lang) -> Wording:
    """Every table, the empty ones too: that there is nothing is an answer."""

    def say(name: str, /, **facts: object) -> str:
        return label(f"report.{name}", lang, **facts)

    facts = {
        "confidence": _number(report.confidence),
        "wanted": _number(report.share.wanted),
        "set_aside": report.set_aside,
        "imported": report.imported,
        "struck": report.struck,
        "same": report.same_organisation,
        "few": report.few,
        "shortages": report.shortages,
        "since": (report.moves.since if report.moves is not None else None) or label("report.since_none", lang),
        "margin": label("report.margin", lang, per_cent=_number(Fraction(beside.margin)))
        if (beside := report.moves and report.moves.beside)
        else label("report.unplanned", lang),
    }
    of_files = bool(report.untold)

    def note(name: str) -> str:
        """What a table means; of files some figures are counted over less."""
        return f"{name}_files" if of_files and known(f"report.{name}_files", lang) else f"{name}_note"

    tables = tuple(
        Table(title=say(name), note=say(note(name), **facts), heads=tuple(map(say, heads)), rows=tuple(rows))
        for name, heads, rows in _tables(report, lang)
        if _FIELDS.get(name, name) not in report.untold
    )
    about = say("about_files" if of_files else "about", row=report.row, pack=report.pack, basis=report.basis)
    if report.void is not None:
        about = f"{say('void' if report.void.numbers else 'void_alone', **report.void.facts)} {about}"
    name = f"{report.draw} ({report.agency})" if report.agency else report.draw
    return Wording(title=say("title", draw=name), about=about, tables=tables, none=say("none"))


def markdown(told: Wording) -> str:
    """The report as a Markdown document."""
    parts = [f"# {told.title}", told.about]
    for table in told.tables:
        parts += [f"## {table.title}", table.note]
        if not table.rows:
            parts.append(told.none)
            continue
        lines = [table.heads, tuple("---" for _ in table.heads), *table.rows]
        parts.append("\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines))
    return "\n\n".join(parts) + "\n"


def page(told: Wording, lang: Lang) -> str:
    """The report as one HTML file, to be sent or printed."""
    parts = [f"<h1>{escape(told.title)}</h1>", f"<p>{escape(told.about)}</p>"]
    for table in told.tables:
        parts += [f"<h2>{escape(table.title)}</h2>", f"<p>{escape(table.note)}</p>"]
        if not table.rows:
            parts.append(f"<p>{escape(told.none)}</p>")
            continue
        heads = "".join(f'<th scope="col">{escape(head)}</th>' for head in table.heads)
        rows = ["<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in table.rows]
        parts.append(f"<table>\n<tr>{heads}</tr>\n" + "\n".join(rows) + "\n</table>")
    head = f'<!doctype html>\n<html lang="{lang}">\n<meta charset="utf-8">\n<title>{escape(told.title)}</title>\n{_STYLE}\n'
    return head + "\n".join(parts) + "\n</html>\n"


def _tables(report: Report, lang: Lang) -> Iterator[tuple[str, tuple[str, ...], Sequence[tuple[str, ...]]]]:
    def say(name: str) -> str:
        return label(f"report.{name}", lang)

    chances = [
        (
            *(one.stratum, one.level or _NOTHING, say(one.route) if one.route in (POOL, FILES) else of(Route(one.route), lang)),
            *(str(one.objects), str(one.could), f"{one.k}/{one.eligible}", _share(one.probability)),
        )
        for one in report.chances
    ]
    yield "chances", ("class", "level", "route", "objects", "could", "drawn", "probability"), chances
    joint = [
        (
            one.stratum,
            str(one.objects),
            ", ".join(f"{name}: {k}/{able}" for name, k, able in one.turns) or _NOTHING,
            _share(one.probability),
        )
        for one in report.joint
    ]
    yield "joint", ("class", "objects", "turns", "probability"), joint
    if report.agency:
        several = [(", ".join(one.strata), str(one.objects), _between(one.chance)) for one in report.unions]
        yield "unions", ("classes", "objects", "visited"), several
    powers = [
        (one.stratum, f"{one.k}/{one.eligible}", f"{_number(one.rate)} %", str(one.false), f"{one.per_cent} %", str(one.enough))
        for one in report.powers
    ]
    if (moves := report.moves) is not None:
        yield "frame", ("figure", "count"), [(say(name), told) for name, told in _frame(moves, lang)]
    if (levels := report.levels) is not None:
        counts = (str(levels.changed), str(levels.back), str(levels.other))
        yield "restated", ("levels_changed", "levels_back", "levels_other"), [counts]
    yield "powers", ("class", "drawn", "rate", "false", "met", "enough"), powers
    heads = ("level", "class", "drawn", "judged", "found", "open", "undecided", "estimate", "interval", "cases")
    yield "estimates", heads, [_estimate(one, lang) for one in report.estimates]
    share = report.share
    shown = _share(share.share) + (f" {say('low')}" if share.low else "")
    yield "share", ("random", "planned", "part"), [(str(share.random), str(share.planned), shown)] if share.planned else []
    crowds = [(one.pool, one.seat or _NOTHING, str(one.inspectors), str(one.wanted)) for one in report.crowds]
    yield "crowds", ("pool", "seat", "inspectors", "wanted"), crowds
    began, late = report.leaves
    yield "leaves", ("count", "late"), [(str(began), str(late))] if began else []
    yield "certain", ("class",), [(name,) for name in report.certain]
    excluded = [
        (stratum, of(Exclusion(code), lang) if code in CODES else code, str(count))
        for stratum, codes in report.excluded.items()
        for code, count in codes.items()
    ]
    yield "excluded", ("class", "code", "count"), excluded
    after = []
    for name, count in report.after.items():
        kind, _, reason = name.partition(":")
        after.append((say(kind) if known(f"report.{kind}", lang) else kind, _why(reason, lang), str(count)))
    yield "after", ("event", "reason", "count"), after
    areas = [
        (one.pool or say("small_areas"), say(one.kind), _why(one.reason, lang), f"{one.count}/{one.of}", _share(one.rate))
        for one in report.areas
    ]
    yield "areas", ("pool", "event", "reason", "count", "part"), areas
    sheets = [(of(one.list, lang), one.name_en if lang == "en" else one.name, str(one.visits)) for one in report.ticked]
    yield "sheets", ("list", "code", "count"), sheets


def _frame(moves: Moves, lang: Lang) -> Iterator[tuple[str, str]]:
    """The frame's numbers beside those of the published plan, where one stood behind the draw, each under its name."""
    held = moves.beside
    yield "n", f"{moves.n} {label('report.off', lang)}" if held is not None and held.off else str(moves.n)
    if held is not None:
        yield from (
            ("published", str(held.planned)),
            ("rows", str(held.rows)),
            ("entered", str(held.entered)),
            ("planned_rows", str(held.planned_rows)),
        )
        if held.strata:
            yield "far_strata", "; ".join(f"{code}: {rows}/{planned}" for code, (rows, planned) in held.strata.items())
    yield from (
        ("added", str(moves.added)),
        ("removed", str(moves.removed)),
        ("returned", str(moves.returned)),
        ("back", str(moves.back)),
    )
    yield from (("officers_added", str(moves.officers_added)), ("officers_removed", str(moves.officers_removed)))
    yield from (("edited", str(moves.edited)), ("edited_back", str(moves.edited_back)))
    yield from (("others", str(moves.others)), ("others_back", str(moves.others_back)), ("put_back", str(moves.put_back)))


def _estimate(one: Estimate, lang: Lang) -> tuple[str, ...]:
    cases = label("report.sufficient" if one.enough else "report.insufficient", lang)
    classes = [label("report.left_out", lang, name=name) if name in one.left_out else name for name in one.strata]
    interval = label("report.no_interval", lang) if one.left_out else _NOTHING
    if one.least is not None and one.greatest is not None:
        low = rounded_down(one.least.numerator, one.least.denominator, _PLACES)
        high = rounded_up(one.greatest.numerator, one.greatest.denominator, _PLACES)
        interval = f"{low}–{high} %"
    counts = (one.judged, one.found, one.open, one.undecided)
    drawn = f"{one.drawn}/{one.eligible}" if one.eligible else _NOTHING
    return (one.level, ", ".join(classes), drawn, *map(str, counts), _share(one.share), interval, cases)


def _why(reason: str, lang: Lang) -> str:
    """The code that a line gives as its reason, in words; text that is no code of ours stays as it was written."""
    if reason in CODES:
        return of(Exclusion(reason), lang)
    return label(f"followed.{reason}", lang) if known(f"followed.{reason}", lang) else reason or _NOTHING


def _share(share: Fraction | None) -> str:
    """A share in per cent, cut off behind two digits."""
    return f"{rounded_down(share.numerator, share.denominator, _PLACES)} %" if share is not None else _NOTHING


def _between(found: Chance) -> str:
    return _share(found.least) if found.exact else f"{_share(found.least)} – {_share(found.most)}"


def _number(share: Fraction) -> str:
    """A share of a pack in per cent, exactly, without noughts at its end."""
    text = rounded_down(share.numerator, share.denominator, 6)
    return text.rstrip("0").rstrip(".")
