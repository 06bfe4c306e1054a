"""`roster` and `credit`: registers and levels from files. A register's file is the whole register: what it lacks is removed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING, Annotated, Any

import typer

from inspector.cli import mapping
from inspector.cli.command import Exit, command, group
from inspector.cli.files import Agency, DryRun, Encoding, File, confirm, doubted, foresee, listed, refuse, warn
from inspector.cli.preview import Row, Wish, lacking, preview, settle
from inspector.cli.terminal import Terminal, operator
from inspector.domain.errors import Refusal, Stale
from inspector.domain.roster import Change, InspectorRecord, RosterObject, becomes, differences, key_of
from inspector.labels import told

if TYPE_CHECKING:
    from datetime import datetime

    from inspector.flows.layout import Layout
    from inspector.flows.registers import Read
    from inspector.store.credit import Stated
    from inspector.store.tx import Tx

Remove = Annotated[bool, typer.Option("--remove", help="Take out of force what the file lacks 移除文件中没有的")]
Keep = Annotated[bool, typer.Option("--keep", help="Keep what the file lacks 保留文件中没有的")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Even when more than a tenth goes 超过十分之一也执行")]
SameOrganisation = Annotated[
    bool,
    typer.Option(
        "--same-organisation",
        help="Several codes of one organisation are several objects; two people say so 同一组织机构的多个代码确为多个对象（须两人）",
    ),
]
By = Annotated[
    str | None, typer.Option("--by", help="Who says so, with --same-organisation; default: the user of this machine 经办人")
]
Note = Annotated[str | None, typer.Option("--note", help="Why they are several; needed then 理由（必填）")]
Uncovered = Annotated[bool, typer.Option("--uncovered", help="Even when a town is left without an officer 有区域无人负责也执行")]


def register(roster: typer.Typer, credit: typer.Typer) -> None:
    """Add the groups' commands."""
    from inspector.cli import books, conflicts, creditrecords, inspections, keyed, renewing, striking

    imports = group("import", "Import a register from a file. 导入名录", roster)
    command(imports, "objects")(import_objects)
    command(imports, "inspectors")(import_inspectors)
    inspections.register(imports)
    command(roster, "key")(keyed.key)
    command(roster, "strike")(striking.strike)
    command(roster, "misnamed")(striking.misnamed)
    command(roster, "renew")(renewing.renew)
    conflicts.register(group("conflict", "Conflicts of interest: declared, applied for, decided. 回避", roster))
    command(credit, "import")(import_levels)
    books.register(credit)
    creditrecords.register(credit)


def import_objects(  # noqa: PLR0913, PLR0917 - each is an option of the command
    terminal: Terminal,
    file: File,
    agency: Agency,
    dry_run: DryRun = False,
    remove: Remove = False,
    keep: Keep = False,
    yes: Yes = False,
    uncovered: Uncovered = False,
    same_organisation: SameOrganisation = False,
    by: By = None,
    note: Note = None,
    encoding: Encoding = None,
) -> Exit | None:
    """Import the register of objects. The same file again changes nothing. 导入检查对象名录。

    Columns: code (or credit_code), kind, name, pool, qualification, since; others are passed over.
    Irregular codes are kept with a warning. Two codes of one organisation (positions 9 to 17 of a credit code) are refused unless
    --same-organisation says that they are two; the same name under two codes is told.

    Whoever stands twice has two tickets: where a row comes in beside another of its organisation, the first person asks (--by, --note)
    and nothing is written; another one, of another machine user, brings the same file. Rows that stand already are not asked about again.
    """
    from inspector.domain.twins import anew
    from inspector.flows import enrolment, registers
    from inspector.sheets import sheet

    office = terminal.desk
    office.agency(agency)
    content = file.read_bytes()
    table = sheet.read(content, encoding)
    held = terminal.look(lambda tx: tx.rosters.objects(agency))
    stays = [row for row in held if row.enrolled or keep]

    def case_of(row: RosterObject) -> str:
        return next(iter(terminal.look(lambda tx: enrolment.cases_of(tx, row))), "") if row.unfiled else ""

    read = registers.objects(table, agency, office.now(), stays, alike=same_organisation, by=case_of)
    if (flawed := _flawed(terminal, registers.OBJECTS, read)) is not None:
        return flawed
    doubt = None if dry_run else doubted(terminal, registers.OBJECTS, table)
    needs = foresee(terminal, registers.OBJECTS, table) if dry_run else ["--encoding"] * (doubt is not None)
    how: dict[str, Any] = {"doubt": doubt, "dry_run": dry_run, "remove": remove, "keep": keep, "yes": yes, "uncovered": uncovered}
    alike = sum(one.code.startswith("organisation_") for one in read.warnings)
    judged = frozenset(key_of(row) for row in held)
    return _import(
        terminal,
        read,
        Wish(
            agency,
            "objects",
            read.rows,
            file.name,
            sha256(content).hexdigest(),
            alike=alike,
            apart=len(anew(read.rows, stays, judged)) if alike else 0,
            by=terminal.signer(by),
            note=note,
            needs=tuple(needs),
            judged=judged,
            **how,
        ),
    )


def import_inspectors(  # noqa: PLR0913, PLR0917 - each is an option of the command
    terminal: Terminal,
    file: File,
    agency: Agency,
    dry_run: DryRun = False,
    remove: Remove = False,
    keep: Keep = False,
    yes: Yes = False,
    uncovered: Uncovered = False,
    encoding: Encoding = None,
) -> Exit | None:
    """Import the register of inspectors. The same file again changes nothing. 导入执法检查人员名录。

    Columns: id, name, certificate, certificate_until; pools, qualifications, cap, role, in_post, leave_from, leave_until, channel,
    address, former if you like. A certificate number that another code has, or had, is refused unless `former` names that code and it
    goes: what stood against the person goes on. While a draw is open a renewed number is entered by two people (roster renew).
    """
    from inspector.cli import ways
    from inspector.flows import holders, registers
    from inspector.sheets import sheet

    office = terminal.desk if dry_run else terminal.office
    office.agency(agency)
    content = file.read_bytes()
    table = sheet.read(content, encoding)
    held = terminal.look(lambda tx: holders.stood(tx, sorted(office.tree)))
    read = registers.inspectors(table, agency, office.now().date(), ways.channels(terminal.settings), held, keep=keep)
    if (flawed := _flawed(terminal, registers.INSPECTORS, read)) is not None:
        return flawed
    doubt = None if dry_run else doubted(terminal, registers.INSPECTORS, table)
    needs = foresee(terminal, registers.INSPECTORS, table) if dry_run else ["--encoding"] * (doubt is not None)
    how: dict[str, Any] = {"doubt": doubt, "dry_run": dry_run, "remove": remove, "keep": keep, "yes": yes, "uncovered": uncovered}
    return _import(
        terminal, read, Wish(agency, "inspectors", read.rows, file.name, sha256(content).hexdigest(), **how, needs=tuple(needs))
    )


def import_levels(
    terminal: Terminal,
    file: File,
    source: Annotated[str, typer.Option("--source", help="Who states them 来源")] = "import",
    dry_run: DryRun = False,
    encoding: Encoding = None,
) -> Exit | None:
    """Import credit levels as stated on a day; of two statements the newer one stands, of one day the first. 导入信用等级。

    Columns: code, kind, level, as_of. The same file again changes nothing.
    """
    from inspector.domain.restated import Brought
    from inspector.flows import registers, restating
    from inspector.sheets import sheet
    from inspector.sheets.flaw import RowFlaw
    from inspector.store.credit import Stated, Statement

    office = terminal.office
    content = file.read_bytes()
    table, digest = sheet.read(content, encoding), sha256(content).hexdigest()
    read = registers.levels(table, office.rates, ", ".join(office.scale), office.now(), office.calendar.zone)
    if (flawed := _flawed(terminal, registers.LEVELS, read)) is not None:
        return flawed
    needs = foresee(terminal, registers.LEVELS, table) if dry_run else confirm(terminal, registers.LEVELS, table)

    brought = Brought(by=operator(), source=source, file=file.name, digest=digest)

    def do(tx: Tx, now: datetime) -> list[Stated]:
        tx.credit.take_turn(alone=True)
        said = (Statement(code=one.code, level=one.level, as_of=one.as_of, source=source) for one in read.rows)
        became = tx.credit.take(said)
        restating.note(office, tx, became, brought, now)
        return [one.what for one in became]

    def foreseen(tx: Tx) -> list[Stated]:
        return [tx.credit.judge(one.kind, one.code, one.level, one.as_of) for one in read.rows]

    facts = {"file": file.name, "sha256": digest, "rows": len(read.rows), "source": source}
    became = terminal.look(foreseen) if dry_run else terminal.act("credit.import", f"credit:{source}", do, **facts)
    came = Counter(became)
    told = {"kept": came[Stated.KEPT], "older": came[Stated.OLDER], "conflicts": came[Stated.CONFLICT]}
    against = [one.row for one, what in zip(read.rows, became, strict=True) if what is Stated.CONFLICT]
    remarks = [RowFlaw(row=row, column="level", code="level_conflict") for row in against]
    warn(terminal, registers.LEVELS, remarks)
    said = {
        **told,
        "rows": len(read.rows),
        "dry_run": dry_run,
        "needs": needs,
        "flaws": [],
        "warnings": listed(terminal, [*read.warnings, *remarks]),
    }
    terminal.value(said)
    terminal.say("would_keep" if dry_run else "levels", **told)
    return None


def _import(terminal: Terminal, read: Read[Any], wish: Wish) -> Exit | None:
    """Preview, ask, write. Between preview and writing nothing may have moved, or nothing is written."""
    before = terminal.look(lambda tx: _held(tx, wish))
    changes = differences(before, wish.rows)
    gone = [one for one in changes if one.kind == "removed"]
    stays = _gone(before, gone) if wish.keep else ()
    why = _left_out(terminal, wish, before, [*wish.rows, *stays])
    preview(terminal, wish, changes, len(before), read.warnings, why)
    if wish.dry_run:
        if options := [] if wish.keep or not gone else lacking(wish, len(gone), len(before)):
            terminal.say("would_need", count=len(gone), options=" ".join(options))
        if why is not None:
            terminal.line(told(why, terminal.lang))
        terminal.say("dry")
        return None
    settle(terminal, wish, len(gone), len(before), why)
    if (said := _word(terminal, wish)) is None:
        return None
    leave = bool(gone) and not _may_remove(terminal, wish, len(gone))
    wanted = [one for one in changes if not (leave and one.kind == "removed")]

    def do(tx: Tx, now: datetime) -> int:
        from inspector.flows import edits, leaves, relief, renewing

        _unmoved(tx, wish, changes, now)
        after = [*wish.rows, *(_gone(before, gone) if leave else ())]
        if not wish.uncovered and (why := mapping.left_out(tx, wish.agency, before, after)) is not None:
            raise why
        staff = [one.key for one in wanted] if wish.what == "inspectors" else []
        stood = leaves.standing(tx, wish.agency, staff)
        pairs = _edited([*before, *_out(tx, wish, wanted)], wish.rows, wanted, now)
        came, went = ([one.key for one in wanted if staff and one.kind == kind] for kind in ("added", "removed"))
        _write(tx, wish, wanted, now)
        edits.note(terminal.desk, tx, wish.agency, pairs, operator(), now, came=came, went=went)
        if wish.what == "inspectors":
            written = [row for row in wish.rows if isinstance(row, InspectorRecord)]
            renewing.carry(terminal.office, tx, wish.agency, written, operator(), now)
            leaves.note(terminal.office, tx, wish.agency, stood, staff, operator(), now)
            relief.look(terminal.office, tx, wish.agency, now)  # who cannot go any more passes his seats on
        return len(_held(tx, wish))

    counts = {kind: sum(1 for one in wanted if one.kind == kind) for kind in ("added", "changed", "removed")}
    count = len(before)
    if wanted:
        counts |= {"returned": returned} if (returned := terminal.look(lambda tx: _returned(tx, wish, wanted))) else {}
        counts |= {"same_organisation": wish.alike} if wish.alike else {}
        count = terminal.act(
            f"roster.import.{wish.what}",
            f"roster:{wish.agency}",
            do,
            file=wish.file,
            sha256=wish.sha256,
            rows=len(wish.rows),
            **counts,
            **said,
        )
    if leave:
        terminal.say("kept", count=len(gone))
    terminal.say("imported", count=count)
    return None


def _word(terminal: Terminal, wish: Wish) -> dict[str, object] | None:
    """For the ledger, who says that rows of one organisation are several firms; None where it is said now, and another one waited for."""
    from inspector.flows import twins

    if not wish.apart:
        return {}
    why = terminal.reason(wish.note, "--note")
    first = terminal.look(lambda tx: twins.asked(tx, wish.agency, wish.sha256, wish.apart))
    if first is None:
        facts = {"file": wish.file, "sha256": wish.sha256, "same_organisation": wish.apart, "signed": wish.by, "note": why}
        terminal.act(
            "roster.import.objects.asked",
            f"roster:{wish.agency}",
            lambda tx, now: twins.ask(tx, wish.agency, wish.sha256, wish.apart, wish.by, why, now),
            **facts,
        )
        terminal.say("apart_asked", count=wish.apart)
        return None
    return {"asked_by": first, "signed": wish.by, "note": why}


def _returned(tx: Tx, wish: Wish, wanted: Sequence[Change]) -> int:
    """How many of the objects that come in stood in the register before and had been taken out: the next commitment counts them."""
    return len(_out(tx, wish, wanted)) if wish.what == "objects" else 0


def _out(tx: Tx, wish: Wish, wanted: Sequence[Change]) -> Sequence[Row]:
    """The rows out of force of those that come in, as they last stood."""
    added = {one.key for one in wanted if one.kind == "added"}
    if wish.what == "inspectors":
        return tx.rosters.inspectors_out(wish.agency, added)
    return [row for row in tx.rosters.out(wish.agency, (key.partition(":")[2] for key in added)) if key_of(row) in added]


def _edited(before: Sequence[Row], after: Sequence[Row], wanted: Sequence[Change], now: datetime) -> list[tuple[Row, Row]]:
    """The rows that change or come back, as they were (`before`, in force or not) and as they are."""
    kinds = {one.key: one.kind for one in wanted if one.kind != "removed"}
    held = {key: row for row in before if (key := key_of(row)) in kinds}
    return [
        (held[key], _entered(row, now) if kinds[key] == "added" else becomes(row, held[key]))
        for row in after
        if (key := key_of(row)) in held
    ]


def _entered(row: Row, now: datetime) -> Row:
    """A row that comes in: an object is in the register from today on, where the file does not say since when."""
    return replace(row, since=row.since or now.date()) if isinstance(row, RosterObject) else row


def _unmoved(tx: Tx, wish: Wish, changes: Sequence[Change], now: datetime) -> None:
    """Raise Stale where a case has entered somebody since the file was judged, perhaps one of its firms by another code.

    And Refusal (`apart_same_person`) where no second person says that rows of one organisation are several firms.
    """
    from inspector.flows import twins

    tx.draws.take_turn(wish.agency)  # no frame is frozen meanwhile, which would have these rows and count their going
    if wish.what == "objects":
        tx.rosters.take_turn(wish.agency)
        if {key_of(row) for row in tx.rosters.objects(wish.agency)} != wish.judged:
            raise Stale("register_moved")
    if wish.apart:
        twins.sign(tx, wish.agency, wish.sha256, wish.apart, wish.by, now)
    if differences(_held(tx, wish), wish.rows) != changes:
        raise Stale("register_moved")


def _left_out(terminal: Terminal, wish: Wish, before: Sequence[Row], after: Sequence[Row]) -> Refusal | None:
    """Why the register would be refused for a town that it leaves to nobody."""
    return None if wish.uncovered else terminal.look(lambda tx: mapping.left_out(tx, wish.agency, before, after))


def _gone(before: Sequence[Row], gone: Sequence[Change]) -> Sequence[Row]:
    """The rows that the file lacks."""
    keys = {one.key for one in gone}
    return [row for row in before if key_of(row) in keys]


def _may_remove(terminal: Terminal, wish: Wish, gone: int) -> bool:
    """Whether rows may go: True they go, False they stay. Raises Refusal when a person has said no."""
    if wish.keep:
        return False
    if wish.remove or terminal.sure(terminal.words("remove?", count=gone)):
        return True
    raise Refusal("removals_unconfirmed", removed=gone)


def _held(tx: Tx, wish: Wish) -> Sequence[Row]:
    return tx.rosters.objects(wish.agency) if wish.what == "objects" else tx.rosters.inspectors(wish.agency)


def _write(tx: Tx, wish: Wish, changes: Sequence[Change], now: datetime) -> None:
    put = {one.key for one in changes if one.kind != "removed"}
    gone = [one.key for one in changes if one.kind == "removed"]
    added = {one.key for one in changes if one.kind == "added"}
    tx.rosters.put_objects(
        one
        for row in wish.rows
        if (key := key_of(row)) in put and isinstance(one := _entered(row, now) if key in added else row, RosterObject)
    )
    tx.rosters.take_inspectors(wish.agency, (row for row in wish.rows if isinstance(row, InspectorRecord) and row.id in put))
    if wish.what == "objects":
        pairs = (key.partition(":") for key in gone)
        tx.rosters.remove_objects(wish.agency, [(kind, code) for kind, _, code in pairs], now)
    else:
        for start in range(0, len(gone), 500):
            tx.rosters.remove_inspectors(wish.agency, gone[start : start + 500], now)


def _flawed(terminal: Terminal, layout: Layout, read: Read[Any]) -> Exit | None:
    if read.flaws:
        return refuse(terminal, layout, read.flaws, read.warnings)
    warn(terminal, layout, read.warnings)
    return None
