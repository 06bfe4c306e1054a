"""What must be true of a pack's least numbers by item, before an item is drawn apart for one."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from inspector.domain.policy import Item
from inspector.domain.sampling import POOL, MinimumRow, Window, parted
from inspector.policybook.part import nearest
from inspector.policybook.rows import Draft
from inspector.policybook.sizes import Found

_LONGEST = 200
"""The name of a stratum as the store holds it, in characters."""


def _named(draft: Draft, found: Found) -> None:
    """A row speaks of items and levels that there are, once, and of cases that some draw comes to."""
    levels, items = [level.code for level in draft.levels], {item.code: item for item in draft.items}
    seen = dict[tuple[str, frozenset[str], Window], str]()
    for row in draft.minimums:
        here = f"minimum {row.row}"
        for field, given, known in (("items", row.items, [*items]), ("levels", sorted(row.levels), levels)):
            for value in (value for value in given if value not in known):
                found("value_unknown", here, field, value=value, nearest=nearest(value, known), known=", ".join(known))
        for item in (items[code] for code in row.items if code in items):
            if (other := seen.setdefault((item.code, row.levels, row.per), row.row)) != row.row or row.items.count(item.code) > 1:
                found("minimum_twice", here, "items", value=item.code, other=other)
            if row.levels <= {*levels} and not any(True for _ in _drawn(draft, row, item)):
                found("minimum_unreachable", here, "items", value=item.code)


def _strata(draft: Draft, found: Found) -> None:
    """The number is counted over the window that its strata are counted over, and the strata it makes have names of their own.

    A draw that ends a window has all its cases before it that were not drawn, and makes up. Of a year's cases those of its earlier quarters
    have gone by the last draw of the year: a number by the year would have to be claimed of the first quarter, whose applicants would
    bear it alone, or could not be met any more.
    """
    windows = {row.stratum: row.per for row in draft.samplings}
    for row, item in _all(draft):
        here = f"minimum {row.row}"
        strata = sorted({stratum for _, stratum in _drawn(draft, row, item)} & windows.keys())
        other = next((one for one in strata if row.per is not windows[one]), None)
        if other is not None:
            found("minimum_window", here, "per", value=row.per, other=other, window=windows[other])
        for name in (parted(stratum, item.code) for stratum in strata):
            if name in windows or len(name) > _LONGEST:
                found("minimum_name", here, "items", value=name, most=_LONGEST)


def _heavier(draft: Draft, found: Found) -> None:
    """What is owed of an item needs an article that permits it: it is drawn of committers on top of the share, and of nobody else.

    Who brought the certificate for the same item stands in daily supervision, of which no item is drawn apart. However small the number,
    of few cases among many it is more than the others' share (scenario 5); only where all others of the level are drawn is nothing more.
    """
    pools = {row.level: row for row in draft.samplings if row.stratum == f"{POOL}{row.level}"}
    for row, item in _all(draft):
        levels = [] if draft.permits(row.basis) else [level for level, _ in _drawn(draft, row, item)]
        others = next((pools[level] for level in levels if level in pools and not pools[level].whole), None)
        if others is not None:
            told = {"value": row.least, "item": item.code, "level": others.level, "other": others.stratum}
            found("minimum_heavier", f"minimum {row.row}", "basis", **told)


def _all(draft: Draft) -> Iterator[tuple[MinimumRow, Item]]:
    """Each row with each item that it speaks of."""
    items = {item.code: item for item in draft.items}
    return ((row, items[code]) for row in draft.minimums for code in dict.fromkeys(row.items) if code in items)


def _drawn(draft: Draft, row: MinimumRow, item: Item) -> Iterator[tuple[str, str]]:
    """The levels of a row at which cases of an item are drawn as such, with their strata; not as daily supervision is."""
    held = [(one.levels, one.stratum) for one in draft.strategies if one.fits(item) and one.stratum is not None]
    pools = {f"{POOL}{level.code}" for level in draft.levels}
    for level in () if item.exempt else (level.code for level in draft.levels if row.about(item.code, level.code)):
        yield from ((level, stratum) for levels, stratum in held if level in levels and stratum not in pools)


PROOFS: tuple[tuple[tuple[str, ...], Callable[[Draft, Found], None]], ...] = (
    (("level", "strategy", "item", "minimum"), _named),
    (("level", "strategy", "item", "sampling", "minimum"), _strata),
    (("level", "strategy", "item", "sampling", "minimum"), _heavier),
)
"""Each proof with the tables it needs whole."""
