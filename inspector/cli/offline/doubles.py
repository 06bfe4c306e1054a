"""Rows of one roster that are one subject: a key that stands twice, or several codes of one organisation. It would be drawn more easily."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from inspector.cli.offline.spool import Advance
from inspector.domain.frame import ObjectRow
from inspector.domain.identity import normalise, organisation
from inspector.domain.signs import written
from inspector.sheets.flaw import RowFlaw

if TYPE_CHECKING:
    from inspector.cli.offline.rosters import Roster


def refuse_twice(roster: Roster[Any], advance: Advance) -> None:
    """A key that stands twice refuses the frame, also where both rows are the same: one of them was meant to be another."""
    for number, other in _twice(roster, advance):
        roster.add(RowFlaw(row=number, column=_column(roster), code="reference_twice", facts={"other": other}))


def organisations(roster: Roster[ObjectRow], *, alike: bool) -> None:
    """Several codes of one organisation are a fault of every row but the first, unless somebody has said that they are several (`alike`).

    Then each is a remark, and `roster.alike` counts them. So it is with the daemon's register.
    """
    for number, other in _organisations(roster):
        told = RowFlaw(row=number, column=_column(roster), code="organisation_twice", facts={"other": other})
        if alike:
            roster.twins.add(number)
            roster.told.warnings.append(told)
            roster.trim()
        else:
            roster.add(told)


def across(named: Sequence[tuple[str, Roster[ObjectRow]]], *, alike: bool) -> None:
    """The same of rows in the rosters of two lists: with other codes one firm would be two objects, with two visits."""
    for place, number, first, other, held in _across([roster for _, roster in named]):
        roster = named[place][1]
        facts = {"list": named[first][0], "other": other, "held": held}
        found = RowFlaw(row=number, column=_column(roster), code="organisation_elsewhere", facts=facts)
        if alike:
            roster.twins.add(number)
            roster.told.warnings.append(found)
            roster.trim()
        else:
            roster.add(found)


def _across(rosters: Sequence[Roster[ObjectRow]]) -> Iterator[tuple[int, int, int, int, str]]:
    """(list, number, first list, number there, its code) of rows whose organisation an earlier list has by another code."""
    if (spool := next((one.spool for one in rosters if one.spool is not None), None)) is not None:
        lists = [one.spool if one.spool is not None else zip(one.rows, one.numbers, strict=True) for one in rosters]
        yield from ((place, number, first, other, normalise(name)) for place, number, first, other, name in spool.across(lists))
        return
    firsts: dict[str, tuple[int, int, str]] = {}
    for place, roster in enumerate(rosters):
        for row, number in zip(roster.rows, roster.numbers, strict=True):
            if (told := organisation(name := normalise(row.id))) is not None:
                first, other, held = firsts.setdefault(told, (place, number, name))
                if held != name and first != place:
                    yield place, number, first, other, held


def _column(roster: Roster[Any]) -> str:
    return next(column.name for column in roster.layout.columns if column.needed)


def _twice(roster: Roster[Any], advance: Advance) -> Iterator[tuple[int, int]]:
    """(number, number of the first such row) of rows whose key stood before."""
    if roster.spool is not None:
        yield from roster.spool.twice(advance)
        return
    first: dict[tuple[str, ...], int] = {}
    for row, number in zip(roster.rows, roster.numbers, strict=True):
        spelled = normalise if isinstance(row, ObjectRow) else written  # as the daemon's registers have it, of staff codes too
        if (other := first.setdefault(tuple(map(spelled, row.key())), number)) != number:
            yield number, other


def _organisations(roster: Roster[ObjectRow]) -> Iterator[tuple[int, int]]:
    """(number, number of the organisation's first row) of rows with another code than that one."""
    if roster.spool is not None:
        yield from roster.spool.organisations()
        return
    first: dict[str, tuple[int, str]] = {}
    for row, number in zip(roster.rows, roster.numbers, strict=True):
        if (told := organisation(name := normalise(row.id))) is not None:
            other, same = first.setdefault(told, (number, name))
            if same != name:
                yield number, other
