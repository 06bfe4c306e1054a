"""Pages of ours as PDF, by a browser that is installed on this machine (decisions 57 and 108)."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from inspector.cli.terminal import Terminal
from inspector.domain.errors import Invalid

_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_PRINTING = 60
"""Seconds a browser has to print a page."""

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


def browser() -> str:
    """An installed Chromium. Raises Invalid (`pdf_needs_browser`)."""
    found = next((there for name in _BROWSERS if (there := shutil.which(name))), None)
    if found is None:
        raise Invalid("pdf_needs_browser", field="--pdf")
    return found


def printed(program: str, page: Path, to: Path) -> None:
    """Print a page. It is our own, holds no script and asks for nothing, so that the browser needs no fence as root. Raises Invalid."""
    flags = ["--headless", "--disable-gpu", "--no-pdf-header-footer", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    asked = [program, *flags, f"--print-to-pdf={to.resolve()}", page.resolve().as_uri()]
    try:
        ran = subprocess.run(asked, capture_output=True, check=False, timeout=_PRINTING)  # noqa: S603 - a program of this machine, our own page
    except subprocess.TimeoutExpired as error:
        raise Invalid("pdf_failed", file=str(to)) from error
    if ran.returncode or not to.is_file():
        raise Invalid("pdf_failed", file=str(to))
