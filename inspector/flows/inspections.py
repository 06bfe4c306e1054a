"""Rows of a file as past inspections: what was done before this house kept the record, and what others do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from inspector.domain.case import SubjectKind
from inspector.domain.identity import identity_kind, pseudonym
from inspector.domain.inspection import Authority, CheckType, Inspection
from inspector.domain.spelling import told_of
from inspector.flows.layout import CODE, Column, Layout, RowReader
from inspector.flows.office import Office
from inspector.flows.registers import Read, code_named, identity, read_rows
from inspector.sheets.flaw import RowFlaw
from inspector.sheets.sheet import Sheet
from inspector.store.tx import Tx

INSPECTIONS = Layout(
    open_ended=True,
    columns=(
        Column(name="number", chinese="检查编号", meaning="tells two checks of one object, day and type apart", coded=True),
        CODE,
        Column(name="kind", chinese="主体类型", meaning="FIRM (default) or PERSON"),
        Column(name="on", chinese="检查日期", meaning="day of the check", needed=True),
        Column(
            name="check",
            chinese="检查类型",
            meaning="PLANNED, JOINT, CAMPAIGN, CAMPAIGN_ABOVE, LEAD, PERMIT, RECHECK, EMERGENCY or OFF_SITE",
            needed=True,
        ),
        Column(name="authority", chinese="检查机关", meaning="OWN (default), UPPER or OTHER"),
        Column(name="items", chinese="检查事项", meaning="item codes parted by comma; empty: the whole object", coded=True),
        Column(name="inspectors", chinese="检查人员", meaning="staff codes parted by comma", coded=True),
        Column(name="completed", chinese="是否完成", meaning="yes (default) or no: a visit called off counts for nothing"),
    ),
)


OTHERWISE, NOWHERE = "organisation_otherwise", "organisation_nowhere"
MOST_ENTERED = 500
"""So many rows of an import stand in its ledger entry; of more the file's digest speaks."""


def entered(office: Office, rows: Sequence[Inspection]) -> list[list[object]]:
    """Whose checks an import tells, for the ledger: by pseudonym, day, kind, by whom and whether they were made.

    A later import replaces a row, and what it said before would be gone; who asks about one firm can compute its pseudonym.
    """
    return [
        [
            pseudonym(office.secret, identity_kind(one.kind), one.code),
            one.on.isoformat(),
            one.check.value,
            one.authority.value,
            one.completed,
        ]
        for one in rows[:MOST_ENTERED]
    ]


def inspections(sheet: Sheet, agency: str, now: datetime, numbers: dict[str, int] | None = None) -> Read[Inspection]:
    """Past inspections. One told twice with other content is a flaw: give each its number. `numbers` takes their rows, by key."""

    def one(reader: RowReader) -> tuple[str, Inspection] | None:
        kind = reader.choice("kind", SubjectKind, SubjectKind.FIRM)
        code, _, _ = identity(reader, kind, now)
        on = reader.day("on")
        if on > now.date() and "on" not in reader.spoiled:
            reader.flaw("on", "day_future", on=on.isoformat())
        made = Inspection(
            agency=agency,
            kind=kind,
            code=code,
            on=on,
            check=reader.choice("check", CheckType),
            authority=reader.choice("authority", Authority, Authority.OWN),
            number=reader.text("number"),
            items=tuple(sorted(set(reader.several("items")))),
            inspectors=tuple(sorted(set(reader.several("inspectors")))),
            completed=reader.flag("completed", default=True),
        )
        if numbers is not None:
            numbers.setdefault(made.key, reader.number)
        return (made.key, made) if reader.sound else None

    return read_rows(code_named(sheet), INSPECTIONS, one, "number")


def stands(tx: Tx, agency: str, rows: Sequence[Inspection], numbers: Mapping[str, int]) -> list[RowFlaw]:
    """A remark for each row whose subject the agency's register has by another code, or no register has; `numbers` are rows by key."""
    told = {row.code: party for row in rows if (party := told_of(row.kind, row.code)) is not None}
    mine, any_ = (
        tx.rosters.organisations(agency, told.values()),
        tx.rosters.of_any({row.code for row in rows}, set(told.values())),
    )
    found = []
    for row in rows:
        party = told.get(row.code, row.code)
        held = mine.get(party, ())
        if held and row.code not in held:
            found.append(RowFlaw(row=numbers[row.key], column="code", code=OTHERWISE, facts={"held": ", ".join(held)}))
        elif not held and not {party, row.code} & any_:
            found.append(RowFlaw(row=numbers[row.key], column="code", code=NOWHERE))
    return found
