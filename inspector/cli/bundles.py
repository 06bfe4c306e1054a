"""`draw export` and `draw verify`: a draw's bundle of files, for anybody to recompute anywhere."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from inspector.cli.command import Exit, command
from inspector.cli.folders import NumberOrFolder, folder_of
from inspector.cli.progress import Bars
from inspector.cli.terminal import Terminal, operator, to_json
from inspector.domain.errors import InspectorError, Invalid, Missing, Refusal
from inspector.domain.plan import DrawState
from inspector.domain.strict import HEX64, matches
from inspector.labels import in_words, label
from inspector.verifier import programs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from inspector.cli.bundle import Bundle, Opinion
    from inspector.domain.audit import Audit, AuditLine
    from inspector.domain.plan import Draw

Large = Annotated[
    bool,
    typer.Option(
        "--large", help="Offline: do not hold the objects in memory; needs DuckDB 离线：名录不整体载入内存，需要 DuckDB"
    ),
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    command(app, "export")(export)
    command(app, "verify")(verify)


def export(
    terminal: Terminal,
    draw: NumberOrFolder,
    folder: Annotated[Path, typer.Argument(help="A new folder 新文件夹", file_okay=False)],
    public: Annotated[
        bool, typer.Option("--public", help="Without registers and persons, after the visits 公开包：检查之后，不含名录和个人")
    ] = False,
    firms: Annotated[
        bool,
        typer.Option(
            "--firms", help="Of a folder, with --public: drawn firms are named 离线，与 --public 合用：列出被抽中的企业"
        ),
    ] = False,
) -> Exit | None:
    """Write a draw's bundle to a folder, for anybody to verify anywhere. 导出复核包。

    It holds the registers, so it is for auditors, and before the result is there it is for nobody: until then only W, number and
    date leave the house (draw-protocol ruling 18).

    With --public it is for everybody, and refused before the visits: instead of the registers the drawn firms' rows with what
    shows that they were in the frame, where the pack lets firms be named; persons and inspectors are not (ruling 17).

    Of a draw that became void before its result: its commitment, if it had one, and the record that says why it is void, so that
    a chain led through it has no gap.

    Where the records contradict each other about the draw, nothing is published; an auditor gets the bundle all the same, with what
    does not hold, and the exit code is 1.

    Of a draw without the daemon name its folder, which is the auditor's bundle already, with --public: it waits until two persons have
    said that the visits are over (draw open). Firms are named only with --firms, by the office's decision.
    """
    from inspector.flows import lists, reconcile

    if (where := folder_of(draw)) is not None:
        from inspector.cli.offline import afterwards

        afterwards.export(terminal, where, folder, public=public, firms=firms)
        return None
    if firms:
        raise Invalid("option_of_folder", option="--firms", name=draw)
    held = known(terminal, draw)
    if (told := terminal.look(lambda tx: tx.office.get())) is not None and told.shadow:
        raise Refusal("shadow_silent")
    stopped = held.state is DrawState.VOID and held.drawn_at is None
    files = {} if stopped else _finished(terminal, held)
    if stopped or public:
        from inspector.flows import publish

        office, now = terminal.office, terminal.office.now()
        asked = publish.void_entry if stopped else publish.public_bundle
        with reconcile.telling(office):
            kept = terminal.look(lambda tx: asked(office, tx, draw, now))
    else:
        kept = lists.bundle(held, files)
    if folder.exists() and any(folder.iterdir()):
        raise Invalid("folder_not_empty", folder=str(folder))
    note_reading(terminal, draw, "export")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name, content in kept.items():
        (folder / name).write_bytes(content)
    written = [*kept]
    witness = folder / "witness"
    witness.mkdir()
    record = _record(terminal, held, files, public=public)
    (witness / "record.json").write_text(to_json(record, indent=2) + "\n", encoding="utf-8")
    beside = {} if stopped else programs()  # a stranger needs nothing of ours, only Python or a browser
    for name, content in beside.items():
        (folder / name).write_bytes(content)
    written += ["witness/record.json", *beside]
    facts = {"folder": folder.name, "files": len(written), "after": record["after"], "public": public}
    terminal.act("draw.export", draw, lambda _tx, _now: None, **facts)
    problems = () if stopped or public else _found(terminal, held, kept, record)
    terminal.value(
        {"draw": draw, "folder": str(folder), "files": written, "problems": [_line(one, terminal) for one in problems]}
    )
    for name in written:
        terminal.say("wrote", file=folder / name)
    for one in problems:
        terminal.aside(f"✗ {label(one.code, terminal.lang, **in_words(one.facts, terminal.lang))}")
    return Exit.WRONG if problems else None


def verify(  # noqa: PLR0913, PLR0917 - each is an option or argument of the command
    terminal: Terminal,
    draw: Annotated[
        str, typer.Argument(help="Folder of a bundle, or number of a draw 复核包文件夹或抽取编号", metavar="FOLDER|DRAW")
    ],
    earlier: Annotated[
        list[Path] | None,
        typer.Argument(
            help="Folders of the agency's earlier draws, void ones too, to follow the chain 该机关此前各次抽取（含作废）的文件夹",
            metavar="EARLIER",
            exists=True,
            file_okay=False,
        ),
    ] = None,
    witness: Annotated[str | None, typer.Option("--witness", help="The value the witness holds (64 hex) 见证方所存的值")] = None,
    witnessed_at: Annotated[
        str | None, typer.Option("--witnessed-at", help="Since when the witness holds it, with offset 见证方收存时间（含时区）")
    ] = None,
    seed_at: Annotated[
        str | None,
        typer.Option("--seed-at", help="When the seed's first part became public, by the minutes 种子首次公开的时间（见记录）"),
    ] = None,
    figures: Annotated[
        list[str] | None,
        typer.Option(
            "--figures",
            help="What was thrown, by the signed minutes; once for each ceremony, in the commitment's order "
            "记录上的数字，每次仪式一个，依承诺中的顺序",
        ),
    ] = None,
    authority: Annotated[
        Path | None,
        typer.Option(
            "--beacon-ca",
            help="PEM of the authority you believe a NIST-format beacon by 您所信任的信标证书机构（PEM）",
            exists=True,
        ),
    ] = None,
    after: Annotated[
        str | None,
        typer.Option(
            "--after",
            help="SHA-256 of what followed (all after.jsonl), as you have it from elsewhere 您另行取得的后续记录摘要",
            metavar="SHA256",
        ),
    ] = None,
    strict: Annotated[
        bool,
        typer.Option(
            "--strict",
            help="Unproven time, unchecked signatures, numbers unaccounted for are failures "
            "时间未证明、签名未核验、编号去向不明即为不通过",
        ),
    ] = False,
    large: Large = False,
) -> Exit | None:
    """Recompute a draw and compare, re-deals included. A folder needs neither database nor network. 复核抽取。

    A draw of the database is held to everything else the house holds about it as well: the seed to what was typed and revealed, by
    the record and the ledger, the result to the visits and who sits there, the register to all of them; the ledger's entries
    about the draw and its visits to the seals over them. Who can rewrite every seal behind an entry as well is seen only by a
    head noted outside (`ledger verify` tells it, and the daemon's log each day).

    Of a draw that was made void it says why, and by whom; one void before its result has nothing but its commitment and registers.

    Ends with 0 when all that can be recomputed agrees, with 1 when anything disagrees, with 2 when the bundle cannot be read,
    or figures are stated that cannot be compared, with 3 when there is neither such a folder nor such a draw.

    One bundle says nothing of the agency's other draws: whoever announces twice can show the one that pleased. Give the folders of
    all earlier draws, void ones too, behind it; a draw of the database is held to those that the database has.

    Only what outside hands say proves the time: the value with its date, and for a ceremony or reveals the date of the
    minutes. What the bundle says about its own time can only speak against it. The figures of a ceremony are what whoever
    drew has typed, until you state those of the minutes. What followed (re-deals, replacements) is the house's word, until you
    state its hash as it was told elsewhere.
    """
    from inspector.cli import stated
    from inspector.cli.bundle import Bundle, judge
    from inspector.cli.chain import earlier_in, earlier_of, follow
    from inspector.cli.offline import papers
    from inspector.domain.audit import AuditLine, Witness
    from inspector.domain.verify import stated as minutes
    from inspector.flows import lists

    times = stated.when(witnessed_at, "--witnessed-at"), stated.when(seed_at, "--seed-at")
    if witness is not None and not matches(HEX64, witness.strip().lower()):
        raise Invalid("witness_unreadable", value=witness)  # a slip of the hand accuses nobody
    seen = tuple(figures or ())
    if not witness and any(times):
        raise Invalid("witness_needed")
    value = witness.strip().lower() if witness else None
    outside = Witness(value=value, at=times[0], seed_at=times[1], figures=seen) if value or seen else None
    held, where = None, folder_of(draw)
    if where is not None:
        bundle = Bundle.of_folder(where, large=large)
    else:
        held = known(terminal, draw)
        files = _finished(terminal, held)
        note_reading(terminal, draw, "verify")
        bundle = Bundle(files=lists.bundle(held, files), record=_record(terminal, held, files))
    with Bars(terminal).steps() as begins:
        opinion = judge(replace(bundle, after=stated.hashed(after)), outside, stated.believed(authority), begins)
    if held is not None:
        opinion = replace(opinion, verdict=_with(opinion.verdict, _differing(terminal, held)))
    elif where is not None and papers.other(where, opinion.commitment):
        paper = AuditLine(code="draw.paper_other", facts={"file": papers.WITNESS, "w": opinion.commitment.w})
        opinion = replace(opinion, verdict=_with(opinion.verdict, (paper,)))
    chain = [earlier_in(folder) for folder in earlier or ()]
    if held is not None:
        chain += terminal.look(lambda tx: earlier_of(tx, held))
    if chain:
        opinion = follow(opinion, chain)
    _tell(terminal, opinion, bundle, minutes(opinion.commitment.sources, outside) if opinion.drawn else (), strict=strict)
    holds = opinion.verdict.holds_strictly if strict else opinion.verdict.holds
    return None if holds else Exit.WRONG


def _found(terminal: Terminal, held: Draw, kept: Mapping[str, bytes], record: Mapping[str, object]) -> tuple[AuditLine, ...]:
    """What does not hold of an auditor's bundle: in itself, and beside what else the house holds about the draw."""
    from inspector.cli.bundle import Bundle, judge

    return (*judge(Bundle(files=kept, record=record), None).verdict.problems, *_differing(terminal, held))


def _differing(terminal: Terminal, held: Draw) -> tuple[AuditLine, ...]:
    """What the house's own records say differently of a draw; where anything does, a person of the agency is told."""
    from inspector.flows import footing, reconcile

    office = terminal.office
    with office.store.read(steady=True) as tx:
        found = reconcile.differing(office, tx, tx.draws.get(held.number), whole=True)
    if found:
        with office.store.begin() as tx:
            reconcile.note(tx, held.agency, held.number, footing.named(found), office.now())
    return found


def _with(verdict: Audit, found: tuple[AuditLine, ...]) -> Audit:
    """A verdict to which the house's own records are held: where they contradict each other, they prove no time either."""
    agree = not found
    problems = (*found, *verdict.problems)
    return replace(verdict, holds=verdict.holds and agree, time_proven=verdict.time_proven and agree, problems=problems)


def note_reading(terminal: Terminal, number: str, what: str) -> None:
    """Before the visits are made, who reads the list stands in the ledger: the machine's user."""
    from inspector.flows import embargo

    if terminal.look(lambda tx: embargo.embargoed(tx, number)):
        now = terminal.office.now()
        with terminal.store.begin() as tx:
            embargo.note(tx, number, operator(), what, now)


def known(terminal: Terminal, draw: str) -> Draw:
    """The draw of that number. Raises Missing, saying that no folder has that name either, where there is none or no database at all."""
    try:
        return terminal.look(lambda tx: tx.draws.get(draw))
    except InspectorError as error:
        if error.code not in ("draw_unknown", "database_missing"):
            raise
        raise Missing("bundle_unknown", name=draw) from error


def _finished(terminal: Terminal, held: Draw) -> dict[str, bytes]:
    """The files of a draw with its result. Raises Refusal (`draw_not_finished`).

    That nothing happened afterwards is a file too, an empty one: one that is not there could have been taken out.
    """
    from inspector.flows import lists

    files = terminal.look(lambda tx: tx.draws.files(held.number))
    if "result.json" not in files:
        raise Refusal("draw_not_finished", draw=held.number, state=held.state)
    return {lists.kept(held, listed, lists.AFTER): b"" for listed in held.lists} | files


def _record(terminal: Terminal, held: Draw, files: Mapping[str, bytes], *, public: bool = False) -> dict[str, object]:
    """What the house itself says: when the witness took W in, when the first part of the seed came, what happened afterwards."""
    from inspector.cli.bundle import log_of
    from inspector.flows import lists
    from inspector.flows.publish import void_record

    rows = terminal.look(lambda tx: tx.ledger.about(held.number))
    reveals = [row["at"] for row in rows if row["rule"] == "draw.reveal"]
    return {
        "draw": held.number,
        "w": held.w,
        "receipt": held.witness,
        **terminal.look(lambda tx: void_record(terminal.office, tx, held, public=public)),
        "announced_at": _iso(held.announced_at),
        "lodged_at": _iso(held.lodged_at),
        "witnessed_at": _iso(held.witnessed_at),
        "seeded_at": _iso(min(reveals, default=held.drawn_at)),
        "after": log_of(lists.bundle(held, files)),
    }


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at is not None else None


def _tell(terminal: Terminal, opinion: Opinion, bundle: Bundle, figures: Sequence[str], *, strict: bool) -> None:
    """The verdict, and what of it the reader has stated: `figures` are those of the minutes, in the form that counts."""
    from inspector.cli.bundle import events_of, void_of

    verdict, number, receipt = opinion.verdict, opinion.commitment.number, bundle.receipt
    reason, names = void_of(bundle.record)
    lines = events_of(bundle, opinion.commitment) if opinion.drawn and not bundle.public and verdict.holds else {}
    redeals = sum(line.get("kind") == "redeal" for some in lines.values() for line in some)
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
            "figures": list(figures),
            "replayed": opinion.replayed,
            "redeals": redeals,
            "receipt": receipt,
            "void": _whole(reason) or None,
            "signed": [_whole(one) for one in names],
        }
    )
    terminal.say(("holds" if opinion.drawn else "holds_void") if verdict.holds else "holds_not", number=number)
    for one in verdict.problems:
        terminal.line(f"  ✗ {label(one.code, terminal.lang, **in_words(one.facts, terminal.lang))}")
    if verdict.holds:  # whoever has given the witness's value is not told to ask for it
        unasked = any(one.code == "draw.no_witness" for one in verdict.remarks)
        known_ = "time_proven" if verdict.time_proven else "time_not_proven" if unasked else "time_unproven"
        terminal.say(known_, receipt=terminal.words("receipt_named", receipt=receipt) if receipt else "")
        if redeals:
            terminal.say("redeals_one" if redeals == 1 else "redeals_several", count=redeals)
        for thrown in figures:
            terminal.say("figures_held", figures=thrown)
    for one in verdict.remarks:
        terminal.line(
            f"  {'✗' if strict and one.grave else '!'} {label(one.code, terminal.lang, **in_words(one.facts, terminal.lang))}"
        )


def _line(one: AuditLine, terminal: Terminal) -> dict[str, object]:
    message = label(one.code, terminal.lang, **in_words(one.facts, terminal.lang))
    return {
        "code": one.code,
        "grave": one.grave,
        "message": _whole(message),
        "facts": {k: _whole(v) for k, v in one.facts.items()},
    }


def _whole(told: object) -> object:
    """A fact that any terminal can take: somebody else's file may hold half a character."""
    return told.encode(errors="backslashreplace").decode() if isinstance(told, str) else told
