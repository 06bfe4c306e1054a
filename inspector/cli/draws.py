"""`draw`: list, show, announce and carry-out. Nothing here can redo a draw, choose in it or stop it; see `bundles`, `afterwards`."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from inspector.cli import published
from inspector.cli.bundles import Large, known, note_reading
from inspector.cli.command import Exit, command
from inspector.cli.folders import NumberOrFolder, folder_of, wanted
from inspector.cli.moments import MOMENTS, zoned
from inspector.cli.standing import asked, awaited, stands
from inspector.cli.terminal import Terminal, in_words, operator
from inspector.domain.errors import Invalid
from inspector.domain.plan import Step
from inspector.domain.verify import unaccounted
from inspector.labels import label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from inspector.domain.plan import Draw
    from inspector.domain.visit import Seat, Visit
    from inspector.store.tx import Tx

Number = Annotated[str, typer.Argument(help="Number of the draw 抽取编号", metavar="DRAW")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    command(app, "list")(list_draws)
    command(app, "show")(show)
    command(app, "announce")(announce)
    command(app, "figures")(figures)
    command(app, "carry-in")(carry_in)
    command(app, "carry-out")(carry_out)
    command(app, "receipt")(published.receipt)
    command(app, "report")(published.report)


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
        terminal.rows(names, [_shown(terminal, one) for one in terminal.look(lambda tx: tx.draws.last(within, limit=limit))])
        return
    if after:
        terminal.look(lambda tx: tx.draws.get(after))
    held = terminal.look(lambda tx: tx.draws.page(within, after=after, limit=limit + 1))
    terminal.page(names, [_shown(terminal, one) for one in held], limit, "--agency, --last", key="number")
    if lost := unaccounted([one.number for one in held if within is None or one.agency in within]):
        terminal.aside(terminal.words("numbers_missing", numbers=", ".join(lost)))


def show(terminal: Terminal, draw: NumberOrFolder) -> None:
    """Show a draw and, once drawn, its visits; its commitment C once they and those of earlier draws are over. 显示抽取及其检查任务。

    Of a draw without the daemon name its folder: its list, classes, visits with their teams, and the reserve, is for those who go.
    """
    from inspector.flows.publish import commitment_of

    if (where := folder_of(draw)) is not None:
        from inspector.cli.offline import afterwards

        afterwards.show(terminal, where)
        return
    known(terminal, draw)
    office = terminal.office

    def read(tx: Tx) -> tuple[Any, ...]:
        held = tx.draws.get(draw)
        visits = [(one, tx.visits.team(one.id)) for one in tx.visits.of_draw(draw)]
        return held, commitment_of(office, tx, held, office.now()), *asked(tx, held), visits

    held, c, until, errors, visits = terminal.look(read)
    note_reading(terminal, draw, "show")  # once it is read: visits that come about meanwhile are not shown without a note
    rows = [
        {
            "id": one.id,
            "subject": one.name or one.object_id,
            "state": one.state,
            "due_at": one.due_at,
            "provisional": bool(one.due_counted.awaited),
            "inspectors": [seat.inspector for seat in team if seat.state.open or seat.state.name == "DONE"],
            **({"teams": _teams(one, team)} if held.partners else {}),
        }
        for one, team in visits
    ]
    if terminal.as_json:
        terminal.value({**_row(held), "promised_by": until, "errors": errors, "c": c, "visits": rows})
        return
    said = [f"{party}: {in_words(error, terminal.lang, 'note')}" for party, error in errors.items()]
    terminal.fields({**_shown(terminal, held), "promised_by": until, "errors": "; ".join(said), "c": c})
    if rows:
        terminal.rows(("id", "subject", "state", "due_at", "inspectors"), [{**row, "inspectors": _joined(row)} for row in rows])


def announce(  # noqa: PLR0913, PLR0917 - each is an option or argument of the command
    terminal: Terminal,
    plan: Annotated[
        str | None, typer.Argument(help="Name of the plan, with the daemon 抽查计划（有守护进程）", metavar="PLAN")
    ] = None,
    file: Annotated[Path | None, typer.Option("--plan", help="Offline: the plan, TOML 离线：计划文件")] = None,
    objects: Annotated[Path | None, typer.Option("--objects", help="Offline: roster of objects 离线：检查对象名录")] = None,
    inspectors: Annotated[
        Path | None, typer.Option("--inspectors", help="Offline: roster of inspectors 离线：检查人员名录")
    ] = None,
    alone: Annotated[
        bool, typer.Option("--no-inspectors", help="Offline: draw objects alone, nobody is sent 离线：只抽对象，不派检查人员")
    ] = False,
    bans: Annotated[Path | None, typer.Option("--bans", help="Offline: who may not go where 离线：回避名单")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Offline: a new folder 离线：新文件夹", file_okay=False)] = None,
    alike: Annotated[
        bool,
        typer.Option(
            "--same-organisation",
            help="Offline: several codes of one organisation are several objects; the commitment says so "
            "离线：同一组织机构的多个代码确为多个对象（写入承诺）",
        ),
    ] = False,
    by: Annotated[
        list[str] | None, typer.Option("--by", help="Offline, with --same-organisation: both who say so 离线：确认的两人，可重复")
    ] = None,
    why: Annotated[str, typer.Option("--reason", help="Offline, with --same-organisation: why 离线：理由")] = "",
    other: Annotated[
        bool,
        typer.Option(
            "--other-register",
            help="Offline: the draws that lie beside are of another register; this one follows none of them "
            "离线：同一目录下的抽取属于另一登记簿，本次不接续其中任何一次",
        ),
    ] = False,
    uncovered: Annotated[
        bool,
        typer.Option("--uncovered", help="Offline: even where an area or an object has no team 离线：有片区或对象无法成组也执行"),
    ] = False,
    large: Large = False,
) -> Exit | None:
    """Announce a draw: a plan's, with the daemon, or one of files, without it. 发起抽取（有无守护进程皆可）。

    announce PLAN: now, besides the plan's schedule. A period of the plan has one draw; who is drawn follows from the protocol.

    announce --plan FILE --objects FILE --inspectors FILE --out FOLDER: commits to the rosters (CSV, Excel, Parquet) and writes
    the bundle, with the value to lodge. Needs neither database nor settings nor network; then comes draw carry-out.
    A plan with [[lists]] names the rosters of each itself: agencies that draw together, each by its own rules.
    With --no-inspectors objects alone are drawn; without it a roster of inspectors is required. Two codes of one organisation are
    refused, as by roster import objects, unless two persons say that they are two: --same-organisation --by A --by B --reason WHY. Who
    they are stands in a private file beside the folder, whose digest is committed to. Where draws lie beside it, the plan's prev is
    the C of the newest; the first draw of another register, beside them, says --other-register. An area, or a qualification there, with
    fewer inspectors than a team, and an object that bans leave without one, is refused unless --uncovered.
    With --large, or from 64 MB on where DuckDB is installed, the objects are not held in memory. The bytes are the same.
    """
    if not alike and (said := [option for option, told in (("--by", by), ("--reason", why)) if told]):
        raise Invalid("option_needs", option=", ".join(said), other="--same-organisation")
    files = {"--plan": file, "--objects": objects, "--inspectors": inspectors, "--bans": bans, "--out": out}
    if not any(files.values()) and not large and not (alone or alike or other or uncovered):
        return _announce(terminal, plan)
    if plan is not None:
        raise Invalid("draw_announce_mixed", plan=plan)
    if alone and inspectors is not None:
        raise Invalid("options_apart", one="--no-inspectors", other="--inspectors")
    for option in ("--plan", "--out", *(["--inspectors"] if bans else [])):  # a plan of several lists names its rosters itself
        if files[option] is None:
            raise Invalid("draw_announce_lacks", option=option)
    from inspector.cli.offline import commands
    from inspector.cli.offline.announce import Given

    assert file is not None and out is not None  # noqa: PT018 (seen above)
    given = Given(
        plan=file,
        objects=objects,
        inspectors=inspectors,
        bans=bans,
        out=out,
        alone=alone,
        large=large,
        alike=alike,
        by=tuple(by or ()),
        why=why,
        user=operator(),
        other=other,
        uncovered=uncovered,
    )
    return commands.announce(terminal, given)


def carry_out(
    terminal: Terminal,
    folder: Annotated[
        Path, typer.Argument(help="Folder of an announced draw 已发起的抽取文件夹", metavar="FOLDER", file_okay=False)
    ],
    seed: Annotated[
        list[str] | None,
        typer.Option(
            "--seed",
            help='One part of the seed: text="3 5 1 …", reveal:PARTY=64HEX (or its file), drand=ROUND:HEX, nist=FILE, or a seed.json '
            "种子的一部分，可重复：仪式数字、一方的随机数（或其文件）、信标轮次与签名、脉冲文件",
        ),
    ] = None,
    unchecked: Annotated[
        bool,
        typer.Option(
            "--unchecked-signature",
            help="Take a beacon's value whose signature cannot be checked here: it counts no bit; the seed records it, verifiers say it "
            "签名无法在此核验的信标数值仍予采用，随机性计为零；种子中留有记录，复核时醒目告知",
        ),
    ] = False,
    large: Large = False,
) -> Exit | None:
    """Carry out a draw that was announced without the daemon. 完成离线抽取。

    Without --seed, at a terminal, what lacks is asked for: the figures of a ceremony twice, of two people. A register of 64 MB or
    more is never held in memory; its tickets are computed by DuckDB where that is installed, or asked for with --large.

    A beacon's value counts only when its time has come by this machine's clock and its signature holds. A record that calls the draw
    void and that no two persons have signed stops nothing, and is said aloud.

    Ends with 0 when the result is written or was there already, the same; with 1 when the registers are not those committed to;
    with 2 when the seed is not what was promised or a part of it lacks; with 4 when the draw has another seed or result: none is
    done twice.
    """
    from inspector.cli.offline import commands

    return commands.carry_out(terminal, wanted(str(folder)), seed or [], large=large, unchecked=unchecked)


def _announce(terminal: Terminal, plan: str | None) -> Exit | None:
    """A plan's draw, by the daemon's database."""
    from inspector.flows import draw as drawing
    from inspector.flows import lookback, queue

    if plan is None:
        raise Invalid("draw_announce_lacks", option="PLAN")
    office = terminal.office
    with lookback.telling(office, plan):
        made = terminal.act(
            "draw.announce", f"plan:{plan}", lambda tx, now: drawing.announce_now(office, tx, plan, operator(), now), plan=plan
        )
    terminal.value({"draw": _row(made) if made else None})
    if made is None:
        busy = terminal.look(lambda tx: queue.under_way(tx, office.plans[plan].turns, plan))
        terminal.say("not_prepared" if busy is None else "not_prepared_behind")
        if busy is not None:
            stands(terminal, busy)
        return Exit.REFUSED
    stands(terminal, made)
    return None


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
    stands(terminal, held)


def figures(
    terminal: Terminal,
    draw: Number,
    told: Annotated[
        str | None,
        typer.Argument(help="The figures, with blanks between them; asked for unseen when left out 数字", metavar="FIGURES"),
    ] = None,
    party: Annotated[str | None, typer.Option("--party", help="Which ceremony, where there are several 哪一仪式")] = None,
    held_at: Annotated[
        datetime | None,
        typer.Option("--held-at", help="When they became public, by the minutes 公布时间（见记录）", formats=MOMENTS),
    ] = None,
    minutes: Annotated[
        str, typer.Option("--minutes", help="Where the minutes are; of a further source its official number 记录或公告期号")
    ] = "",
    by: Annotated[str | None, typer.Option("--by", help="The person who types; default: the user of this machine 录入人")] = None,
) -> None:
    """Type the figures of the public ceremony: two persons do, each as a user of this machine or with a token. 录入仪式数字。

    It says how they stand beside the other's, never what the other typed. Who erred types again, until the last moment. Two names
    behind --by of one user of the machine are one person; the page /figures takes a token.
    """
    from inspector.flows import seeding

    office, who = terminal.office, terminal.signer(by)
    if told is None:
        if not sys.stdin.isatty() or terminal.as_json:
            raise Invalid("option_missing", option="FIGURES")
        told = str(typer.prompt(terminal.words("ask_figures", draw=draw), err=True, hide_input=True))
    at = zoned(held_at, office.calendar.zone)

    def do(tx: Tx, now: datetime) -> tuple[str, Draw]:
        named = seeding.ceremony(tx.draws.get(draw), party, now)
        return named, seeding.type_figures(office, tx, draw, who, told or "", now, party=named, held_at=at, minutes=minutes)

    named, held = terminal.act("draw.figures", draw, do, signed=who)
    standing = seeding.standing(held, named, who)
    terminal.value({"draw": draw, "party": named, "typed": standing.value, "until": held.closes(named)})
    terminal.line(label(f"typing.{standing.value}", terminal.lang))


def _row(held: Draw) -> dict[str, object]:
    return {
        "number": held.number,
        "agency": held.agency,
        "partners": held.partners,
        "plan": held.plan,
        "kind": held.kind,
        "extends": held.extends,
        "state": held.state,
        "made_at": held.made_at,
        "witness": held.witness,
        "w": held.w,  # C is told by `show` alone, once the visits are over (ruling 18)
        "announced_at": held.announced_at,
        "seed_at": held.seed_at,
        "figures_by": held.figures_by if held.of_step(Step.FIGURES) else None,
        "reveal_by": held.reveal_by,
        "further_by": held.further_by,
        "typists": {party: sorted(held.typed.get(party, {})) for party in held.awaiting},
        "drawn_at": held.drawn_at,
        "void_reason": held.void_reason,
        "signed": [one.by for one in held.signed],
        "awaited": awaited(held),
        "pack": held.pack,
    }


def _shown(terminal: Terminal, held: Draw) -> dict[str, object]:
    """The row as it is shown: to people with the reason of a void in words."""
    if terminal.as_json:
        return _row(held)
    typists = "; ".join(f"{party}: {', '.join(sorted(held.typed.get(party, {}))) or '—'}" for party in held.awaiting)
    if not held.void_reason:
        return _row(held) | {"typists": typists}
    from inspector.flows import wording

    return _row(held) | {"typists": typists, "void_reason": wording.void(held.void_reason, terminal.lang)}


def _teams(held: Visit, team: Sequence[Seat]) -> dict[str, list[str]]:
    """Who goes for each agency, the lead first."""
    there = [seat for seat in team if seat.state.open or seat.state.name == "DONE"]
    return {agency: [seat.inspector for seat in there if seat.agency == agency] for agency in held.agencies}


def _joined(row: dict[str, object]) -> str:
    if isinstance(teams := row.get("teams"), dict):
        return "; ".join(f"{agency}: {', '.join(team)}" for agency, team in teams.items())
    told = row["inspectors"]
    return ", ".join(map(str, told)) if isinstance(told, list) else ""
