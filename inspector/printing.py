"""Pages of ours as PDF, by a browser that is installed on this machine (decisions 57 and 108)."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path

from inspector.domain.errors import Invalid

_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_PRINTING = 60
"""Seconds a browser has to print a page, and whoever wants another printed waits for it."""
_TURN = threading.Lock()
"""One browser at a time: each takes some hundred megabytes."""


def installed() -> str | None:
    """A Chromium on this machine, if there is any."""
    return next((there for name in _BROWSERS if (there := shutil.which(name))), None)


def browser(field: str = "--pdf") -> str:
    """The same. Raises Invalid (`pdf_needs_browser`)."""
    if (found := installed()) is None:
        raise Invalid("pdf_needs_browser", field=field)
    return found


def printed(program: str, page: Path, to: Path, *more: str) -> None:
    """Print a page. It is our own, holds no script and asks for nothing, so that the browser needs no fence as root. Raises Invalid."""
    flags = ["--headless", "--disable-gpu", "--no-pdf-header-footer", *(["--no-sandbox"] if os.geteuid() == 0 else []), *more]
    asked = [program, *flags, f"--print-to-pdf={to.resolve()}", page.resolve().as_uri()]
    try:
        ran = subprocess.run(asked, capture_output=True, check=False, timeout=_PRINTING)  # noqa: S603 - a program of this machine, our own page
    except subprocess.TimeoutExpired as error:
        raise Invalid("pdf_failed", file=to.name) from error
    if ran.returncode or not to.is_file():
        raise Invalid("pdf_failed", file=to.name)


def pdf(program: str, files: Mapping[str, bytes], page: str) -> bytes:
    """One of some files as PDF, by a browser that knows nothing else; nothing of it is left on the disk. Raises Invalid (`pdf_failed`)."""
    if not _TURN.acquire(timeout=_PRINTING):
        raise Invalid("pdf_failed", file=page)
    try:
        with tempfile.TemporaryDirectory(prefix="inspector-pdf-", ignore_cleanup_errors=True) as room:  # for us alone
            for name, content in files.items():
                (Path(room) / name).write_bytes(content)
            to = Path(room) / "printed.pdf"
            printed(program, Path(room) / page, to, f"--user-data-dir={Path(room) / 'browser'}")
            return to.read_bytes()
    finally:
        _TURN.release()
