"""`returns`: what is reported to the justice bureau of each period."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from inspector.cli.command import command
from inspector.cli.days import day_of
from inspector.cli.items import itemized
from inspector.cli.terminal import Terminal, echo
from inspector.domain.errors import Missing
from inspector.domain.returns import Per
from inspector.labels import Lang, known, label

if TYPE_CHECKING:
    from inspector.domain.policy import Policy
    from inspector.flows.office import Office


def register(app: typer.Typer) -> None:
    """Add the command."""
    command(app, "report")(report)


def report(
    terminal: Terminal,
    since: Annotated[str | None, typer.Option("--since", help="First day; default: the first of January 起")] = None,
    until: Annotated[str | None, typer.Option("--until", help="Last day, it included; default: of last month 止")] = None,
    per: Annotated[Per, typer.Option("--per", help="How long a period is 周期")] = Per.MONTH,
    agency: Annotated[
        str | None, typer.Option("--agency", help="Of it and of those below it; default: all 机关（含下级）")
    ] = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="As CSV 以 CSV 输出")] = False,
    to: Annotated[
        Path | None, typer.Option("--to", help="The CSV into a new file, whose SHA-256 is the digest 写入新文件", dir_okay=False)
    ] = None,
) -> None:
    """Count cases by item, level, method, outcome and time in each period, for the justice bureau. 报司法局的定期统计。

    What came in is counted when it came, what ended when it ended. The same days give the same bytes, unless an outcome was changed
    since: the digest tells two returns apart. It names nobody; rows of few cases are for the bureau, and not for publication.
    """
    from inspector.flows import returns

    office = terminal.office
    if agency is not None:
        office.agency(agency)
    first, last = returns.last_months(office)
    first, last = day_of(since, "--since") or first, day_of(until, "--until") or last
    agencies = office.within(agency) if agency is not None else tuple(office.tree)
    held = terminal.look(lambda tx: returns.made(office, tx, first, last, per, agencies))
    if to is not None:
        with to.open("xb") as out:
            out.write(held.sheet)
    if as_csv and not terminal.as_json:
        echo(held.csv.rstrip("\r\n"))
        return
    span = {"since": held.since, "until": held.until, "per": held.per.value, "over": held.over, "unreadable": held.unreadable}
    if terminal.as_json:
        terminal.value({**span, "digest": held.digest, "rows": returns.rows(held)})
        return
    packs = {name: _pack(office, name) for name in {line.like.agency for line in held.lines}}
    shown = [_in_words(row, packs[str(row["agency"])], terminal.lang) for row in returns.rows(held)]
    terminal.rows(returns.COLUMNS, shown, {"counted": "Counted"})
    terminal.say("returns_digest", digest=held.digest, **{**span, "per": label(f"Per.{held.per.name}", terminal.lang)})
    if not held.over:
        terminal.say("returns_open", until=held.until)


def _pack(office: Office, agency: str) -> Policy | None:
    """The pack of an agency today, by which its items are called; None where none is in force any more."""
    try:
        return office.policy(agency, office.now().date())
    except Missing:
        return None


def _in_words(row: dict[str, object], policy: Policy | None, lang: Lang) -> dict[str, object]:
    """A row as people read it; the file has codes, for it is one and the same in both languages."""
    ways = [label(f"Method.{one}", lang) for one in str(row["methods"]).split("+") if one]
    ended = next((key for group in ("Outcome", "CaseState") if known(key := f"{group}.{row['outcome']}", lang)), None)
    said = {"outcome": label(ended, lang)} if ended is not None else {}
    return row | said | {"item": itemized(policy, str(row["item"]), lang), "methods": "+".join(ways)}
