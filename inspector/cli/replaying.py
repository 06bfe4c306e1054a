"""`policy replay`: the recorded cases and draws of a period under a pack that might follow. It reads, and writes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING, Annotated, Any

import typer

from inspector.cli.command import Exit, command
from inspector.cli.packs import folders
from inspector.cli.progress import Bars
from inspector.cli.terminal import Terminal, echo, to_json
from inspector.domain.errors import Invalid

if TYPE_CHECKING:
    from inspector.flows.backtest import Asking, Effect, Side


def register(app: typer.Typer) -> None:
    """Add the command."""
    command(app, "replay")(replay)


def replay(
    terminal: Terminal,
    pack: Annotated[str, typer.Argument(help="The pack that might follow, as maoji@2027.1 拟用政策包", metavar="NEW")],
    first: Annotated[datetime, typer.Option("--from", help="First day of the period 首日", formats=["%Y-%m-%d"])],
    last: Annotated[datetime, typer.Option("--to", help="Last day of the period 末日", formats=["%Y-%m-%d"])],
    folder: Annotated[
        Path | None,
        typer.Option(
            "--folder",
            help="Folder of drafts with NEW in it, which may build on the configured packs 草案文件夹",
            exists=True,
            file_okay=False,
        ),
    ] = None,
    of: Annotated[
        str, typer.Option("--of", help="The cases decided by the pack of this name; default: that of NEW 原政策包名称")
    ] = "",
) -> Exit | None:
    """Say what a pack would have changed: the recorded cases and draws of a period, judged again. 以拟用政策包重新推演。

    By the code that the daemon decides with, reading only. Under an unchanged pack nothing changes, to the byte; exit code 1 when a
    record is not what its own pack makes of it. --json has every case in which something differs. Of draws it tells probabilities,
    never whom another law would have drawn.
    """
    from inspector.flows import backtest, backtestwords
    from inspector.policybook import Policybook

    if first > last:
        raise Invalid("period_reversed", first=first.date().isoformat(), last=last.date().isoformat())
    candidate = Policybook.read(*folders(terminal, folder)).get(pack)
    period = backtest.Period(first=first.date(), last=last.date(), of=of or candidate.id)
    with TemporaryFile("w+", encoding="utf-8") as spool, Bars(terminal).step("replaying") as watch:

        def tell(told: Mapping[str, object]) -> None:
            if terminal.as_json:
                spool.write(to_json(told) + "\n")

        made = backtest.replay(terminal.office, candidate, period, tell, watch)
        if terminal.as_json:
            _stream(summary(made), spool)
    terminal.line(backtestwords.render(made, terminal.lang).rstrip("\n"))
    return Exit.WRONG if made.wrong else None


def summary(made: Effect) -> dict[str, object]:
    """The report without the list of cases: counts, exact fractions as text, the first ids of each part."""
    period = made.period
    return {
        "pack": made.pack,
        "of": period.of,
        "from": period.first,
        "to": period.last,
        "read": made.read,
        "judged": made.judged,
        "unchanged": made.same,
        "changed": made.changed,
        "other_packs": made.others,
        "gone": made.gone,
        "unreadable": made.unreadable,
        "faults": made.faults,
        "calendar_changed": made.calendar,
        "moves": [
            {"before": before, "after": after, "cases": move.cases.count, "in": move.changes, "ids": move.cases.ids}
            for (before, after), move in sorted(made.moves.items())
        ],
        "earlier": made.earlier,
        "later": made.later,
        "before": _side(made.before),
        "after": _side(made.after),
        "draws": made.odds,
        "draws_left_out": made.passed,
        "burden": made.burden,
    }


def _side(side: Side) -> dict[str, object]:
    def both(one: Asking) -> dict[str, Any]:
        return {"sure": one.sure, "most": one.most}

    requests = [{"method": method, "via": via, **both(one)} for (method, via), one in sorted(side.requests.items())]
    days = None if side.undated else {"sure": side.days.sure, "most": side.days.most}
    visits = {"cases_with_visit": both(side.visits), "inspector_visits": both(side.seats)}
    return {"requests": requests, **visits, "person_days": days}


def _stream(told: Mapping[str, object], spool: IO[str]) -> None:
    """One JSON object, whose list of cases is read line by line from where it was laid by: it may be longer than memory."""
    echo(to_json(told, indent=2).removesuffix("\n}") + ',\n  "cases": [')
    spool.seek(0)
    for line in _parted(spool):
        echo(line)
    echo("  ]\n}")


def _parted(lines: Iterator[str] | IO[str]) -> Iterator[str]:
    before = ""
    for line in lines:
        if before:
            yield f"    {before},"
        before = line.rstrip("\n")
    if before:
        yield f"    {before}"
