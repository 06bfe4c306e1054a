"""`case inquiries`: who was asked what about whom, as the subject may be shown it (PIPL art. 45)."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from inspector.cli.assistance import called
from inspector.cli.command import command
from inspector.cli.terminal import Terminal, operator
from inspector.cli.viewings import viewed
from inspector.domain.case import Case, SubjectKind
from inspector.domain.errors import Invalid

COLUMNS = ("at", "agency", "port", "owner", "connector", "fact", "basis", "outcome", "case_id")
CODES = {"port": "Asked", "outcome": "inquiry"}


def register(app: typer.Typer) -> None:
    """Add the command."""
    command(app, "inquiries")(inquiries)


def inquiries(
    terminal: Terminal,
    case: Annotated[str, typer.Argument(help="Id of the case; or give --code 办件编号（或用 --code）", metavar="CASE")] = "",
    code: Annotated[str, typer.Option("--code", help="All about the subject with this code 主体代码")] = "",
    kind: Annotated[SubjectKind, typer.Option("--kind", help="Whether it is a firm's or a person's 主体类型")] = SubjectKind.FIRM,
    after: Annotated[str, typer.Option("--after", help="Go on behind this key 从此键之后")] = "",
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000, help="At most so many 条数")] = 50,
) -> None:
    """List who was asked what about a case's subject, when, on which ground; the reading is written down. 列出向谁查询过什么。

    Each question that left the house is here once, whatever came of it, for as long as schedules.keep_inquiries_days says.
    """
    from inspector.domain.identity import normalise
    from inspector.flows import inquiries as record
    from inspector.flows.members import object_id
    from inspector.flows.office import names_of

    if bool(case) is bool(code):
        raise Invalid("inquiries_of_whom")
    office = terminal.office
    told = normalise(code) if code else ""
    of: Case | None = None
    with terminal.store.begin() as tx:
        if case:
            of = tx.cases.get(case)
            held = tx.inquiries.of_case(case)
            held = held[next((place for place, one in enumerate(held, 1) if one.key == after), len(held) if after else 0) :]
        else:
            held = tx.inquiries.about(kind, told, after, limit + 1)
        record.read(tx, operator(), case or object_id(office.secret, kind, told), office.now())
    viewed(terminal, "INQUIRIES", (of,) if of is not None else ())
    rows = [{**asdict(one), "port": one.port.value, "kind": one.kind.value} for one in held[: limit + 1]]
    if not terminal.as_json:
        names = names_of(office.tree)
        rows = [{**row, "connector": called(str(row["connector"]), names)} for row in rows]
    terminal.page(COLUMNS, rows, limit, "CASE, --code, --kind", key="key", codes=CODES)
