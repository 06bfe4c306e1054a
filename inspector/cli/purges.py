"""`ledger due`, `ledger purge`, `ledger purges`: what is over its days, letting it go, and whether the records agree with what went."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from inspector.cli.command import Exit, command
from inspector.cli.days import day_of
from inspector.cli.terminal import Terminal
from inspector.labels import label, of

if TYPE_CHECKING:
    from inspector.store.tx import Tx


def register(app: typer.Typer) -> None:
    """Add the commands."""
    command(app, "due")(due)
    command(app, "purge")(purge)
    command(app, "purges")(purges)


def due(terminal: Terminal) -> None:
    """List what is over the days for which its pack wants it kept, and what keeps it all the same. Nothing is let go. 列出保存期满的记录。

    The wording of answers (ANSWER) goes by itself with the nightly housekeeping; a case, and a finding or tip-off that no case is about
    (ENFORCEMENT), goes by `ledger purge`; so do numbers of natural persons that stand in the private file of a draw and nobody needs, by
    the draw's number. 答复原文由每夜例行清理清除；案卷、未关联办件的发现和线索、抽查名册中已无用途的自然人证件号码，须由经办人清除
    （ledger purge）。
    """
    from inspector.domain.retention import Record
    from inspector.flows import caseless, purging

    office = terminal.office

    def ask(tx: Tx) -> list[purging.Ripe]:
        now = office.now()
        cases = (one for record in (Record.ANSWER, Record.ENFORCEMENT) for one in purging.ripe(office, tx, record, now))
        return [*cases, *caseless.ripe(office, tx, now), *caseless.frames(office, tx, now)]

    some = terminal.look(ask)
    terminal.value(some)
    if not terminal.as_json:
        rows = [
            {**asdict(one), "kept_as": one.record, "holds": ", ".join(of(hold, terminal.lang) for hold in one.holds)}
            for one in some
        ]
        terminal.rows(("about", "kept_as", "row", "until", "holds"), rows, codes={"kept_as": "Record"})
        without = sorted(one.label for one in office.book.packs if not one.retentions) if not some else []
        if without:
            terminal.say("purge_rowless", packs=", ".join(without))
        terminal.say("purge_due", count=len(some), free=sum(not one.holds for one in some))


def purge(
    terminal: Terminal,
    cases: Annotated[
        list[str], typer.Argument(help="Ids of what is over its days, as `ledger due` tells them 保存期满的编号", metavar="ID...")
    ],
    by: Annotated[str, typer.Option("--by", help="The person who lets them go 决定清除的人")],
) -> None:
    """Let cases go that are over their days: file, evidence, letters, decisions and what the ledger says of them. 清除保存期满的案卷。

    A finding or tip-off that no case is about goes likewise; a visit stands without a name and anybody's words from then on. Each goes with
    an entry that names the row, the days, how much went and its digest; digests and the chain stand. What is still open, objected to, or
    binds somebody is refused, and so is what a pack says no days of. There is no way back but a backup.
    仍未办结、有异议或仍有约束力的，以及政策包没有规定期限的，不予清除。清除不可撤销。
    """
    from inspector.flows import caseless

    office, who = terminal.office, terminal.signer(by)
    made = []
    for about in cases:
        with terminal.store.begin() as tx:
            entry = caseless.let_go(office, tx, about, who, office.now())
        made.append({"about": about, "entry": entry})
        terminal.say("purge_done", about=about, entry=entry)
    terminal.value(made)


def purges(
    terminal: Terminal,
    about: Annotated[str | None, typer.Option("--about", help="Only of this case, finding or kind 仅此编号")] = None,
    since: Annotated[str | None, typer.Option("--since", help="Only from this day on, year-month-day 自该日起")] = None,
) -> Exit | None:
    """List what was let go at the end of its days, and hold the records to it. Exit code 1 where they differ. 列出并核对到期删除的记录。

    What is gone without an entry was not let go by this program; what an entry says is gone, and is there, was brought back. Named is also
    a purge that came earlier than the row of the pack that it cites allows, and one whose pack has no such row. What differs is told
    whatever is listed.
    """
    from inspector.flows import purges as record

    office = terminal.office
    first, found = day_of(since, "--since"), terminal.look(lambda tx: record.audit(office, tx))
    shown = [
        one
        for one in found.purges
        if about in (None, one.about) and (first is None or office.calendar.local_date(one.at) >= first)
    ]
    terminal.value({"purges": shown, "troubles": found.troubles})
    if not terminal.as_json:
        terminal.rows(("at", "rule", "about", "count"), [asdict(one) for one in shown], {"rule": "rule"})
        for one in found.troubles:
            rule = label(f"rule.{one.rule}", terminal.lang)
            terminal.say(f"purge_{one.amiss.value.lower()}", rule=rule, about=one.about, digest=one.digest)
    return Exit.WRONG if found.troubles else None
