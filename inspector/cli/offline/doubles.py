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
            roster.alike += 1
            roster.told.warnings.append(told)
            roster.trim()
        else:
            roster.add(told)


def across(named: Sequence[tuple[str, Roster[ObjectRow]]], *, alike: bool) -> None:
    """The same of rows in the rosters of two lists: with other codes one firm would be two objects, with two visits.

    Rosters too large to hold are left out: a person compares them.
    """
    first: dict[str, tuple[str, int, str]] = {}
    for listed, roster in named:
        counted = {one.row for one in roster.told.warnings if one.code == "organisation_twice"}
        for row, number in zip(roster.rows, roster.numbers, strict=True) if roster.spool is None else ():
            if (told := organisation(name := normalise(row.id))) is None:
                continue
            where, other, same = first.setdefault(told, (listed, number, name))
            if same != name and where != listed:
                facts = {"list": where, "other": other, "held": same}
                found = RowFlaw(row=number, column=_column(roster), code="organisation_elsewhere", facts=facts)
                if alike:
                    roster.alike += number not in counted
                    roster.told.warnings.append(found)
                    roster.trim()
                else:
                    roster.add(found)


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
