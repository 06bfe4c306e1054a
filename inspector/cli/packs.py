"""`policy`: the packs as a lawyer reads them, what changed, and whether they decide as their examples say."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from inspector.cli.command import Exit, command
from inspector.cli.out import write_new
from inspector.cli.terminal import Terminal
from inspector.domain.calendar import SHANGHAI
from inspector.domain.errors import Invalid, Missing

if TYPE_CHECKING:
    from inspector.domain.policy import Policy
    from inspector.policybook import Policybook

_VERSION = "without a version: the one in force on --day, or today 不写版本则为 --day 当日（不写则今日）有效的版本"
Label = Annotated[str, typer.Argument(help=f"A pack, as maoji or maoji@2026.1; {_VERSION}", metavar="PACK")]
Old = Annotated[str, typer.Argument(help=f"The pack before, as maoji or maoji@2026.1; {_VERSION}", metavar="OLD")]
New = Annotated[
    str | None,
    typer.Argument(
        help="The pack after; left out: the version of OLD's pack in force then 不写则为同一政策包当日有效的版本", metavar="NEW"
    ),
]
Folder = Annotated[
    Path | None,
    typer.Option(
        "--folder",
        help="Folder of drafts; they may build on the configured packs 草案文件夹",
        exists=True,
        file_okay=False,
    ),
]
Day = Annotated[
    datetime | None,
    typer.Option("--day", help="Day by which a version is chosen; default: today 按哪一天选定版本", formats=["%Y-%m-%d"]),
]

Office = Annotated[bool, typer.Option("--office", help="Prove the office's set-up against its packs 校验本机关的设置能否承办")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    command(app, "list")(list_packs)
    command(app, "render")(render)
    command(app, "diff")(diff)
    command(app, "check")(check)


def list_packs(terminal: Terminal, folder: Folder = None) -> None:
    """List the packs and the days they are in force. 列出政策包。"""
    book = textbook(terminal, folder)
    terminal.rows(
        ("label", "title", "from", "to"),
        [
            {"label": one.label, "title": one.title, "from": one.effective_from, "to": one.effective_to, "digest": one.digest}
            for one in book.packs
        ],
    )
    for gap in book.warnings:
        terminal.aside(terminal.words("gap", gap=gap))


def render(
    terminal: Terminal,
    pack: Label,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", "-o", help="Write it to a new file: .md, .html or .xlsx 写入新文件", metavar="FILE", dir_okay=False
        ),
    ] = None,
    folder: Folder = None,
    day: Day = None,
) -> None:
    """Print a pack as one Markdown page in Chinese, or write the approval sheet. 打印政策包全文，或生成审批用的文件。"""
    from inspector import policyrender

    found = chosen(terminal, textbook(terminal, folder), pack, day)
    page = policyrender.render(found)
    if out is not None:
        _write(out, found, page)
        terminal.value({"pack": found.label, "file": str(out)})
        terminal.say("wrote", file=out)
        return
    terminal.value({"pack": found.label, "markdown": page})
    terminal.line(page.rstrip("\n"))


def _write(out: Path, pack: Policy, page: str) -> None:
    """The pack in the form that the file's name ends in; a file that is there is never written over."""
    from inspector.policyrender import paper

    match out.suffix.lower():
        case ".md":
            content = page.encode()
        case ".html":
            content = paper.html(pack).encode()
        case ".xlsx":
            content = paper.workbook(pack)
        case other:
            raise Invalid("form_unknown", option="--out", value=other or out.name, known=".md, .html, .xlsx")
    write_new(out, content)


def diff(terminal: Terminal, old: Old, new: New = None, folder: Folder = None, day: Day = None) -> None:
    """Show what changed from one pack to another: row by row, and which items at which levels come out otherwise. 比较两个政策包。"""
    from inspector import policyrender
    from inspector.cli.combining import Outcomes

    book = textbook(terminal, folder)
    if new is None and "@" not in old:
        raise Invalid("pack_other_missing", pack=chosen(terminal, book, old, day).label, known=", ".join(_versions(book, old)))
    before = chosen(terminal, book, old, day)
    after = chosen(terminal, book, before.id if new is None else new, day)
    changes, outcomes = policyrender.diff(before, after), Outcomes(before, after)
    terminal.value({"rows": list(changes), **outcomes.value()})
    for change in changes:
        terminal.line(change.told(terminal.lang))
    for line in outcomes.lines(terminal.lang) if changes else ():
        terminal.line(line)
    if not changes:
        terminal.say("pack_same")


def check(terminal: Terminal, folder: Folder = None, office: Office = False) -> Exit | None:
    """Prove every pack and run its examples. Exit code 1 when one decides otherwise. 校验政策包与示例。

    With --office: for each item, level, town and month, whether a source or agency is there for each method and a legal team for each
    visit; each hole with what would close it.
    """
    if office:
        from inspector.cli import coverage

        if folder is not None:
            raise Invalid("options_apart", one="--office", other="--folder")
        return coverage.check(terminal)
    from inspector.lawbook import calendar_of
    from inspector.policybook import PacksInvalid, Policybook, check_examples, hasty, idle_examples, passed_over, read_examples

    where = folder or terminal.settings.policies
    try:
        book = Policybook.load(*folders(terminal, folder))
        calendar = None if (where / "calendars").is_dir() else calendar_of(terminal.settings)
        found, silent = {}, []
        for pack in book.packs:
            try:
                found[pack.label] = check_examples(pack, where / pack.id, calendar)
            except Missing:
                silent.append(pack.label)
                terminal.say("pack_silent", label=pack.label, version=pack.version)
                continue
            except PacksInvalid as error:  # what one lawyer's examples lack keeps no other pack from being told of
                found[pack.label] = tuple(map(str, error.flaws))
                continue
            if not found[pack.label]:
                terminal.say("pack_agrees", label=pack.label, count=len(read_examples(where / pack.id, pack.label)))
    except PacksInvalid as error:
        terminal.value({"flaws": [str(flaw) for flaw in error.flaws]})
        terminal.line(str(error))
        return Exit.WRONG
    warned = [str(one) for pack in book.packs for one in hasty(pack)]
    warned += map(str, (*passed_over(book.all), *idle_examples(where, {one.label for one in book.packs})))
    terminal.value({"differences": found, "gaps": list(book.warnings), "silent": silent, "warnings": warned})
    told = [f"{label}: {one}" for label, differences in found.items() for one in differences]
    for line in (*told, *(terminal.words("gap", gap=gap) for gap in book.warnings), *warned):
        terminal.line(line)
    return Exit.WRONG if told else None


def chosen(terminal: Terminal, book: Policybook, asked: str, day: datetime | None) -> Policy:
    """The pack of a label; of a name alone the version in force on a day, or today, which is said. Raises Missing naming the others."""
    if "@" in asked or not _versions(book, asked):
        return book.get(asked)
    on = day.date() if day is not None else datetime.now(SHANGHAI).date()
    found = book.in_force(asked, on)
    terminal.aside(terminal.words("pack_of_today", label=found.label, day=on))
    return found


def _versions(book: Policybook, pack_id: str) -> list[str]:
    return [one.label for one in book.all if one.id == pack_id]


def textbook(terminal: Terminal, folder: Path | None) -> Policybook:
    """The packs as texts that are read and compared; what is wrong with an approval is said, and hides none of them.

    For the sheet tells the digest that the approval has to name.
    """
    from inspector.policybook import Policybook

    book = Policybook.read(*folders(terminal, folder), approving=False)
    for flaw in book.unapproved:
        terminal.aside(str(flaw))
    return book


def folders(terminal: Terminal, drafts: Path | None) -> list[Path]:
    """Where packs are read from: the drafts before the office's own, unless they are the same."""
    own = terminal.settings.policies
    if drafts is None or (own.is_dir() and drafts.resolve() == own.resolve()):
        return [own]
    return [drafts, own] if own.is_dir() else [drafts]
