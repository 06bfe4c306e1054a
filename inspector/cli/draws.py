"""`draw`: list, show, announce, carry-out, export and verify. Nothing here can redo a draw, choose in it or stop it.

`afterwards` has what may happen later.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from inspector.cli import published
from inspector.cli.command import Exit, command
from inspector.cli.terminal import Terminal, operator, to_json
from inspector.domain.errors import InspectorError, Invalid, Missing, Refusal
from inspector.domain.plan import DrawState
from inspector.labels import label, of
from inspector.verifier import PAGE, programs

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from inspector.cli.bundle import Opinion
    from inspector.domain.audit import AuditLine
    from inspector.domain.plan import Draw

Number = Annotated[str, typer.Argument(help="Number of the draw 抽取编号", metavar="DRAW")]

_AFTER = "after.jsonl"
PUBLIC = ("commit.json", "seed.json", "result.json", "objects.tsv", "inspectors.tsv", "bans.tsv", "after.jsonl")
"""The files of an auditor's bundle (draw-protocol 7.8). The key to pseudonyms is not among them: it never leaves the house."""


def register(app: typer.Typer) -> None:
    """Add the commands."""
    command(app, "list")(list_draws)
    command(app, "show")(show)
    command(app, "announce")(announce)
    command(app, "carry-in")(carry_in)
    command(app, "carry-out")(carry_out)
    command(app, "export")(export)
    command(app, "receipt")(published.receipt)
    command(app, "report")(published.report)
    command(app, "verify")(verify)


def list_draws(
    terminal: Terminal,
    agency: Annotated[str | None, typer.Option("--agency", "-a", help="Agency, with all below it 机关（含下级）")] = None,
    after: Annotated[str, typer.Option("--after", help="Go on behind this number 从此编号之后")] = "",
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000, help="At most so many 条数")] = 50,
    last: Annotated[bool, typer.Option("--last", help="The newest, newest first; not with --after 最近的，新的在前")] = False,
) -> None:
    """List draws in order of number, oldest first; where there are more, it is said how to go on. 列出抽取（由旧到新）。"""
    if last and after:
        raise Invalid("options_apart", one="--last", other="--after")
    if agency is not None:
        terminal.office.agency(agency)
    within = terminal.office.within(agency) if agency is not None else None
    names = ("number", "plan", "state", "made_at", "witness", "void_reason", "signed")
    if last:
        terminal.rows(names, map(_row, terminal.look(lambda tx: tx.draws.last(within, limit=limit))))
        return
    held = terminal.look(lambda tx: tx.draws.page(within, after=after, limit=limit + 1))
    terminal.page(names, [_row(one) for one in held], limit, "--agency, --last", key="number")


def show(terminal: Terminal, draw: Number) -> None:
    """Show a draw and, once drawn, its visits. 显示抽取及其检查任务。"""
    held = terminal.look(lambda tx: tx.draws.get(draw))
    _read(terminal, draw, "show")
    visits = terminal.look(lambda tx: [(one, tx.visits.team(one.id)) for one in tx.visits.of_draw(draw)])
    rows = [
        {
            "id": one.id,
            "subject": one.name or one.object_id,
            "state": one.state,
            "due_at": one.due_at,
            "inspectors": [seat.inspector for seat in team if seat.state.open or seat.state.name == "DONE"],
        }
        for one, team in visits
    ]
    if terminal.as_json:
        terminal.value({**_row(held), "visits": rows})
        return
    terminal.fields(_row(held))
    if rows:
        terminal.rows(("id", "subject", "state", "due_at", "inspectors"), [{**row, "inspectors": _joined(row)} for row in rows])


def announce(
    terminal: Terminal,
    plan: Annotated[
        str | None, typer.Argument(help="Name of the plan, with the daemon 抽查计划（有守护进程）", metavar="PLAN")
    ] = None,
    file: Annotated[Path | None, typer.Option("--plan", help="Offline: the plan, TOML 离线：计划文件")] = None,
    objects: Annotated[Path | None, typer.Option("--objects", help="Offline: roster of objects 离线：检查对象名录")] = None,
    inspectors: Annotated[
        Path | None, typer.Option("--inspectors", help="Offline: roster of inspectors 离线：检查人员名录")
    ] = None,
    bans: Annotated[Path | None, typer.Option("--bans", help="Offline: who may not go where 离线：回避名单")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Offline: a new folder 离线：新文件夹", file_okay=False)] = None,
) -> Exit | None:
    """Announce a draw: a plan's, with the daemon, or one of files, without it. 发起抽取（有无守护进程皆可）。

    announce PLAN: now, besides the plan's schedule. A period of the plan has one draw; who is drawn follows from the protocol.

    announce --plan FILE --objects FILE --inspectors FILE --out FOLDER: commits to the rosters (CSV, Excel, Parquet) and writes
    the bundle, with the value to lodge. Needs neither database nor settings nor network; then comes draw carry-out.
    """
    files = {"--plan": file, "--objects": objects, "--inspectors": inspectors, "--bans": bans, "--out": out}
    if not any(files.values()):
        return _announce(terminal, plan)
    if plan is not None:
        raise Invalid("draw_announce_mixed", plan=plan)
    for option in ("--plan", "--objects", "--out", *(["--inspectors"] if bans else [])):
        if files[option] is None:
            raise Invalid("draw_announce_lacks", option=option)
    from inspector.cli.offline import commands
    from inspector.cli.offline.announce import Given

    assert file is not None and objects is not None and out is not None  # noqa: PT018 (seen above)
    return commands.announce(terminal, Given(plan=file, objects=objects, inspectors=inspectors, bans=bans, out=out))


def carry_out(
    terminal: Terminal,
    folder: Annotated[
        Path, typer.Argument(help="Folder of an announced draw 已发起的抽取文件夹", metavar="FOLDER", file_okay=False)
    ],
    seed: Annotated[
        list[str] | None,
        typer.Option(
            "--seed",
            help='One part of the seed: text="3 5 1 …", reveal:PARTY=NONCE, drand=ROUND:SIGNATURE, nist=FILE, or a seed.json '
            "种子的一部分，可重复",
        ),
    ] = None,
) -> Exit | None:
    """Carry out a draw that was announced without the daemon. 完成离线抽取。

    Without --seed, at a terminal, what lacks is asked for: the figures of a ceremony twice, of two people.

    Ends with 0 when the result is written or was there already, the same; with 1 when the registers are not those committed to;
    with 2 when the seed is not what was promised or a part of it lacks; with 4 when the draw has another seed or result: none is
    done twice.
    """
    from inspector.cli.offline import commands

    return commands.carry_out(terminal, folder, seed or [])


def _announce(terminal: Terminal, plan: str | None) -> Exit | None:
    """A plan's draw, by the daemon's database."""
    from inspector.flows import draw as drawing

    if plan is None:
        raise Invalid("draw_announce_lacks", option="PLAN")
    office = terminal.office
    made = terminal.act(
        "draw.announce", f"plan:{plan}", lambda tx, now: drawing.announce_now(office, tx, plan, operator(), now), plan=plan
    )
    terminal.value({"draw": _row(made) if made else None})
    if made is None:
        terminal.say("not_prepared")
        agency = office.plans[plan].agency
        for held in terminal.look(lambda tx: tx.draws.open(agency)):
            if held.plan == plan:
                _stands(terminal, held)
        return Exit.REFUSED
    _stands(terminal, made)
    return None


def _read(terminal: Terminal, number: str, what: str) -> None:
    """Before the visits are made, who reads the list stands in the ledger: the machine's user."""
    from inspector.flows import embargo

    if terminal.look(lambda tx: embargo.embargoed(tx, number)):
        now = terminal.office.now()
        with terminal.store.begin() as tx:
            embargo.note(tx, number, operator(), what, now)


def _stands(terminal: Terminal, held: Draw) -> None:
    """Where a plan's draw stands, and whose promise it waits for."""
    if not _awaited(held):
        terminal.say("stands", number=held.number, state=of(held.state, terminal.lang))
        return
    terminal.say("prepared", number=held.number, parties=", ".join(_awaited(held)))


def _awaited(held: Draw) -> tuple[str, ...]:
    """The parties that hold the preparation up."""
    return held.awaited if held.state is DrawState.PREPARING else ()


def carry_in(
    terminal: Terminal,
    draw: Number,
    file: Annotated[Path, typer.Argument(help="The beacon's round or pulse, as JSON 信标数据文件", exists=True, dir_okay=False)],
) -> None:
    """Bring a beacon's round or pulse in by file, where no wire leads to it. 由文件带入信标数据。

    It must be the one that the commitment names, signed by the pinned key; who brings it, and how, does not matter.
    """
    from inspector.flows import seeding

    office, content = terminal.office, file.read_bytes()
    party, held = terminal.act(
        "draw.carry_in", draw, lambda tx, now: seeding.carry_in(office, tx, draw, content, operator(), now), file=file.name
    )
    terminal.value({"draw": draw, "party": party, "state": held.state})
    _stands(terminal, held)


def export(
    terminal: Terminal,
    draw: Number,
    folder: Annotated[Path, typer.Argument(help="A new folder 新文件夹", file_okay=False)],
    public: Annotated[
        bool, typer.Option("--public", help="Without registers and persons, after the visits 公开包：检查之后，不含名录和个人")
    ] = False,
) -> None:
    """Write a draw's bundle to a folder, for anybody to verify anywhere. 导出复核包。

    It holds the registers, so it is for auditors, and before the result is there it is for nobody: until then only W, number and
    date leave the house (draw-protocol ruling 18).

    With --public it is for everybody, and refused before the visits: instead of the registers the drawn firms' rows with what
    shows that they were in the frame, where the pack lets firms be named; persons and inspectors are not (ruling 17).
    """
    held, files = _finished(terminal, draw)
    if public:
        from inspector.flows.publish import public_bundle

        office, now = terminal.office, terminal.office.now()
        kept = terminal.look(lambda tx: public_bundle(office, tx, draw, now))
    else:
        kept = {_in_bundle(name, held.list_name): files[name] for name in PUBLIC if name in files}
    if folder.exists() and any(folder.iterdir()):
        raise Invalid("folder_not_empty", folder=str(folder))
    _read(terminal, draw, "export")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name, content in kept.items():
        (folder / name).write_bytes(content)
    written = [*kept]
    witness = folder / "witness"
    witness.mkdir()
    record = _record(terminal, held, files)
    (witness / "record.json").write_text(to_json(record, indent=2) + "\n", encoding="utf-8")
    # A stranger needs nothing of ours, only Python or a browser; the short program reads registers, which the public has not.
    beside = {name: content for name, content in programs().items() if not public or name == PAGE}
    for name, content in beside.items():
        (folder / name).write_bytes(content)
    written += ["witness/record.json", *beside]
    facts = {"folder": folder.name, "files": len(written), "after": record["after"], "public": public}
    terminal.act("draw.export", draw, lambda _tx, _now: None, **facts)
    terminal.value({"draw": draw, "folder": str(folder), "files": written})
    for name in written:
        terminal.say("wrote", file=folder / name)


def _in_bundle(name: str, list_name: str) -> str:
    """A file's name in a bundle: registers bear the name of their list (7.2)."""
    return f"{list_name}.{name}" if name.endswith(".tsv") else name


def verify(
    terminal: Terminal,
    draw: Annotated[
        str, typer.Argument(help="Folder of a bundle, or number of a draw 复核包文件夹或抽取编号", metavar="FOLDER|DRAW")
    ],
    witness: Annotated[str | None, typer.Option("--witness", help="The value the witness holds (64 hex) 见证方所存的值")] = None,
    witnessed_at: Annotated[
        str | None, typer.Option("--witnessed-at", help="Since when the witness holds it, with offset 见证方收存时间（含时区）")
    ] = None,
    seed_at: Annotated[
        str | None,
        typer.Option("--seed-at", help="When the seed's first part became public, by the minutes 种子首次公开的时间（见记录）"),
    ] = None,
    authority: Annotated[
        Path | None,
        typer.Option(
            "--beacon-ca",
            help="PEM of the authority you believe a NIST-format beacon by 您所信任的信标证书机构（PEM）",
            exists=True,
        ),
    ] = None,
    strict: Annotated[
        bool,
        typer.Option("--strict", help="Unproven time and unchecked signatures are failures 时间未证明、签名未核验即为不通过"),
    ] = False,
) -> Exit | None:
    """Recompute a draw and compare, re-deals included. A folder needs neither database nor network. 复核抽取。

    Ends with 0 when all that can be recomputed agrees, with 1 when anything disagrees, with 2 when the bundle cannot be read.

    Only what outside hands say proves the time: the value with its date, and for a ceremony or reveals the date of the
    minutes. What the bundle says about its own time can only speak against it.
    """
    from inspector.cli.bundle import Bundle, believed, judge, when
    from inspector.domain.audit import Witness

    times = when(witnessed_at, "--witnessed-at"), when(seed_at, "--seed-at")
    outside = Witness(value=witness.strip().lower(), at=times[0], seed_at=times[1]) if witness else None
    if outside is None and any(times):
        raise Invalid("witness_needed")
    if Path(draw).is_dir():
        bundle = Bundle.of_folder(Path(draw))
    else:
        held, files = _finished(terminal, draw)
        _read(terminal, draw, "verify")
        bundle = Bundle(files={name: files[name] for name in PUBLIC if name in files}, record=_record(terminal, held, files))
    opinion = judge(bundle, outside, believed(authority))
    _tell(terminal, opinion, bundle.receipt, strict=strict)
    holds = opinion.verdict.holds_strictly if strict else opinion.verdict.holds
    return None if holds else Exit.WRONG


def _known(terminal: Terminal, draw: str) -> Draw:
    """The draw of that number. Raises Missing, saying that no folder has that name either, where there is none or no database at all."""
    try:
        return terminal.look(lambda tx: tx.draws.get(draw))
    except InspectorError as error:
        if error.code not in ("draw_unknown", "database_missing"):
            raise
        raise Missing("bundle_unknown", name=draw) from error


def _tell(terminal: Terminal, opinion: Opinion, receipt: str, *, strict: bool) -> None:
    verdict, number = opinion.verdict, opinion.commitment.number
    terminal.value(
        {
            "draw": number,
            "c": opinion.commitment.c,
            "w": opinion.commitment.w,
            "holds": verdict.holds,
            "strict": verdict.holds_strictly,
            "time_proven": verdict.time_proven,
            "problems": [_line(one, terminal) for one in verdict.problems],
            "remarks": [_line(one, terminal) for one in verdict.remarks],
            "replayed": opinion.replayed,
            "receipt": receipt,
        }
    )
    terminal.say("holds" if verdict.holds else "holds_not", number=number)
    for one in verdict.problems:
        terminal.line(f"  ✗ {label(one.code, terminal.lang, **one.facts)}")
    if verdict.holds:
        terminal.say("time_proven" if verdict.time_proven else "time_not_proven", receipt=receipt or "—")
    for one in verdict.remarks:
        terminal.line(f"  {'✗' if strict and one.grave else '!'} {label(one.code, terminal.lang, **one.facts)}")


def _line(one: AuditLine, terminal: Terminal) -> dict[str, object]:
    message = label(one.code, terminal.lang, **one.facts)
    return {
        "code": one.code,
        "grave": one.grave,
        "message": _whole(message),
        "facts": {k: _whole(v) for k, v in one.facts.items()},
    }


def _whole(told: object) -> object:
    """A fact that any terminal can take: somebody else's file may hold half a character."""
    return told.encode(errors="backslashreplace").decode() if isinstance(told, str) else told


def _finished(terminal: Terminal, draw: str) -> tuple[Draw, dict[str, bytes]]:
    """A draw with its result and its files. Raises Refusal (`draw_not_finished`).

    That nothing happened afterwards is a file too, an empty one: one that is not there could have been taken out.
    """
    held = _known(terminal, draw)
    files = terminal.look(lambda tx: tx.draws.files(draw))
    if "result.json" not in files:
        raise Refusal("draw_not_finished", draw=draw, state=held.state)
    return held, {_AFTER: b"", **files}


def _record(terminal: Terminal, held: Draw, files: Mapping[str, bytes]) -> dict[str, object]:
    """What the house itself says: when the witness took W in, when the first part of the seed came, what happened afterwards."""
    from inspector.cli.bundle import log_of

    rows = terminal.look(lambda tx: tx.ledger.about(held.number))
    reveals = [row["at"] for row in rows if row["rule"] == "draw.reveal"]
    return {
        "draw": held.number,
        "w": held.w,
        "receipt": held.witness,
        "void": held.void_reason,
        "signed": [one.by for one in held.signed],
        "announced_at": _iso(held.announced_at),
        "witnessed_at": _iso(held.witnessed_at),
        "seeded_at": _iso(min(reveals, default=held.drawn_at)),
        "after": log_of({_AFTER: files[_AFTER]}),
    }


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at is not None else None


def _row(held: Draw) -> dict[str, object]:
    return {
        "number": held.number,
        "agency": held.agency,
        "plan": held.plan,
        "kind": held.kind,
        "state": held.state,
        "made_at": held.made_at,
        "witness": held.witness,
        "c": held.c if held.drawn_at is not None else None,  # before the visits only W is told (ruling 18)
        "w": held.w,
        "announced_at": held.announced_at,
        "drawn_at": held.drawn_at,
        "void_reason": held.void_reason,
        "signed": [one.by for one in held.signed],
        "awaited": _awaited(held),
        "pack": held.pack,
    }


def _joined(row: dict[str, object]) -> str:
    told = row["inspectors"]
    return ", ".join(map(str, told)) if isinstance(told, list) else ""
