"""Letters on paper as PDF: of a folder that a post room has, and of one request (decisions 57 and 251)."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from inspector.cli import number, out
from inspector.cli.terminal import Terminal
from inspector.cli.viewings import viewed
from inspector.domain.errors import Invalid
from inspector.domain.letter import ASKING, LetterKind
from inspector.labels import of
from inspector.printing import browser, installed, pdf, printed

if TYPE_CHECKING:
    from inspector.domain.assistance import Request
    from inspector.domain.case import Case
    from inspector.ports import Letter
    from inspector.store.tx import Tx

_PAGE, _PDF = ".html", ".pdf"

RequestId = Annotated[
    str,
    typer.Argument(
        help="Id of the request, or the short number of an open one 协助请求编号，未结的也可填简号", metavar="REQUEST"
    ),
]
To = Annotated[
    Path,
    typer.Option(
        "--to", help="A new file that ends in .pdf, or in .html for the page itself 新文件（.pdf 或者 .html）", dir_okay=False
    ),
]
Which = Annotated[LetterKind, typer.Option("--letter", help="Which letter of the request 函件种类")]
Letters = Annotated[
    Path,
    typer.Argument(help="Folder of a paper connector, or one page in it 信函文件夹或其中一页", metavar="FOLDER", exists=True),
]


def letters(terminal: Terminal, folder: Letters) -> None:
    """Make a PDF beside each letter on paper that has none, by an installed Chromium. 将信函文件夹中的页面存为 PDF。

    A PDF that is there stays. It holds the same personal data as its page, and whoever may read that may read it, too.
    """
    pages = sorted(folder.glob("*.html")) if folder.is_dir() else [folder]
    program, made = browser(), list[str]()
    for page in pages:
        to = page.with_suffix(".pdf")
        if to.exists():
            continue
        with tempfile.TemporaryDirectory(dir=page.parent, prefix=".pdf-") as room:  # for us alone until it is whole
            printed(program, page, Path(room) / to.name)
            (Path(room) / to.name).chmod(page.stat().st_mode & 0o777)
            (Path(room) / to.name).replace(to)
        made.append(str(to))
    if terminal.as_json:
        terminal.value({"made": made})
    for name in made:
        terminal.say("wrote", file=name)
    if not made:
        terminal.say("nothing")


def letter(terminal: Terminal, request: RequestId, to: To, which: Which = LetterKind.REQUEST) -> None:
    """Write a request's letter as a PDF to print and post, whichever way it goes otherwise. 将协助核查函写成 PDF，供打印寄送。

    As it was written once, and the same page that a connector of kind `paper` lays. The first letter of an open request that has not
    left, went in a digest, or is no longer kept (schedules.keep_done_days) is worded by how the request stands now, and that is said.
    Where its date is no more the one that counts, that one is told beside it.
    A PDF is printed by an installed Chromium; where there is none, write the page (--to FILE.html) and print it from any browser. There
    is no link on paper. The file is readable for you alone; that you were shown the request is written down. When it is posted, close
    the matter letter_to_post where there is one; a reply on paper is transcribed on the request's page.
    """
    from inspector.flows import onpaper, wording
    from inspector.letterpage import page

    if to.suffix not in (_PAGE, _PDF):
        raise Invalid("form_unknown", option="--to", value=to.name, known=f"{_PDF}, {_PAGE}")
    program = _browser() if to.suffix == _PDF else ""
    request, office = number.meant(terminal, request), terminal.office

    def look(tx: Tx) -> tuple[Case, Request, Letter, bool]:
        return (
            tx.cases.get(tx.assistance.case_of(request)),
            tx.assistance.get(request),
            *onpaper.letter(office, tx, request, which),
        )

    case, held, told, kept = terminal.look(look)
    viewed(terminal, "REQUEST", [case])
    content = page(told).encode()
    out.write_new(to, pdf(program, {"letter.html": content}, "letter.html") if program else content, private=True)
    terminal.value({"id": request, "letter": which.value, "file": str(to), "as_written": kept, "due_at": told.due_at})
    terminal.say("wrote", file=to)
    if not kept:
        terminal.aside(terminal.words("letter_anew", letter=of(which, terminal.lang)))
    if (
        which in ASKING and held.state.open and held.due_at != told.due_at
    ):  # what was written stays; what counts is told beside it
        state, due_at = of(held.state, terminal.lang), wording.at(held.due_at)
        terminal.aside(terminal.words("request_stands", request=request, state=state, due_at=due_at))


def _browser() -> str:
    """Raises Invalid (`letter_needs_browser`)."""
    if (found := installed()) is None:
        raise Invalid("letter_needs_browser", field="--to")
    return found
