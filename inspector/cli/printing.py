"""Letters on paper as PDF (decision 57)."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated

import typer

from inspector.cli.terminal import Terminal
from inspector.printing import browser, printed

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
