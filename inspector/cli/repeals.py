"""`catalogue repeal`, `unrepeal`, `confirm`: a document that items rest on is repealed, or is not, or they stand all the same."""

from __future__ import annotations

from typing import Annotated

import typer

from inspector.cli.catalogue import Agency, By, Code, about, agency_of, rereviewed
from inspector.cli.command import command
from inspector.cli.days import day_of
from inspector.cli.terminal import Terminal

Source = Annotated[
    str, typer.Argument(help="A cited document by code, number, name or whole title 文件代号、文号、名称或全称", metavar="SOURCE")
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    for name, body in (("repeal", repeal), ("unrepeal", unrepeal), ("confirm", confirm)):
        command(app, name)(body)


def repeal(
    terminal: Terminal,
    source: Source,
    on: Annotated[str, typer.Option("--on", help="The day from which it is repealed, YYYY-MM-DD 废止日期")],
    by: By = None,
    document: Annotated[str, typer.Option("--document", help="What repeals it 废止依据")] = "",
) -> None:
    """Say that a cited document is repealed: a matter opens for each item that rests on it. 登记依据文件废止，逐项提请复审。

    Entered again with another day, the day is mended for all of them.
    """
    from inspector.flows import repeals

    office, day = terminal.office, day_of(on)
    assert day is not None, "the option is needed"
    told = terminal.act(
        "catalogue.repeal",
        "catalogue",
        lambda tx, now: repeals.enter(office, tx, source, on=day, by=terminal.signer(by), document=document, now=now),
        source=source,
    )
    items, mended = ([rereviewed(one) for one in held] for held in (told.opened, told.mended))
    terminal.value({"title": told.title, "on": day, "items": items, "mended": mended})
    terminal.say("catalogue_repealed", title=told.title, count=len(items))
    for one in told.opened:
        terminal.line(f"{one.agency} {one.item}")
    if mended:
        terminal.say("catalogue_repeal_mended", count=len(mended), day=day)


def unrepeal(
    terminal: Terminal,
    source: Source,
    reason: Annotated[str, typer.Option("--reason", help="Why it is not repealed 理由")],
    by: By = None,
    document: Annotated[str, typer.Option("--document", help="Number of the document that says so 文号")] = "",
) -> None:
    """Take back a repeal that was entered by mistake: its re-reviews end, all of it stays on record. 撤销误登的废止。"""
    from inspector.domain.repeal import Word
    from inspector.flows import repeals

    office, given = terminal.office, Word(by=terminal.signer(by), document=document, reason=reason)
    told = terminal.act(
        "catalogue.unrepeal", "catalogue", lambda tx, now: repeals.take_back(office, tx, source, given, now), source=source
    )
    terminal.value({"title": told.title, "items": [rereviewed(one) for one in told.mended]})
    terminal.say("catalogue_unrepealed", title=told.title, count=len(told.mended))


def confirm(
    terminal: Terminal,
    item: Code,
    document: Annotated[str, typer.Option("--document", help="Number of the document that says so 文号")],
    reason: Annotated[str, typer.Option("--reason", help="Why the item stands 理由")],
    agency: Agency = None,
    by: By = None,
    source: Annotated[
        str, typer.Option("--source", help="The repealed document, by a part of its title; default: all 文件")
    ] = "",
) -> None:
    """State that an item stands although a document it rests on is repealed. 确认依据文件废止后事项继续实行。"""
    from inspector.domain.repeal import Word
    from inspector.flows import repeals

    office, where = terminal.office, agency_of(terminal, agency)
    given = Word(by=terminal.signer(by), document=document, reason=reason)
    held = terminal.act(
        "catalogue.confirm",
        about(where, item),
        lambda tx, now: repeals.confirm(office, tx, where, item, given, now, source),
        agency=where,
        item=item,
    )
    terminal.rows(("agency", "item", "title", "ended", "ended_by"), [rereviewed(one) for one in held])
