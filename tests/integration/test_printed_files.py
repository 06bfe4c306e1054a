"""A case's file and a duty file on paper: in the language that was asked for, and a terminal says that it is being printed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from inspector.labels import LANGS, Lang
from tests.house import Hand, closing, open_office
from tests.integration.test_duty_desk import acted
from tests.operator import Operator, one_database, settled

database_url = one_database
pytestmark = pytest.mark.slow

BROWSER = """#!/bin/sh
for one; do case "$one" in --print-to-pdf=*) to=${one#*=} ;; file:*) page=$one ;; esac; done
printf '%s' "$page" > "$to"
"""
"""A browser that prints which page it was given."""
DAYS = ("--since", "2026-01-01", "--until", "2026-12-31")


@pytest.fixture
def clerk(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Operator, str]:
    """The operator of an office in which 李四 has signed something about a case, and the case; a browser is there."""
    there = tmp_path / "bin" / "chromium"
    there.parent.mkdir()
    there.write_text(BROWSER)
    there.chmod(0o755)
    monkeypatch.setenv("PATH", f"{there.parent}{os.pathsep}{os.environ['PATH']}")
    operator = settled(database_url, tmp_path)
    with closing(operator.store()) as store:
        return operator, acted(open_office(store, Hand()), "李四")


@pytest.mark.parametrize("lang", LANGS)
def test_the_page_of_the_language_that_is_said_is_printed_and_says_which_entries_stand_in_it(
    clerk: tuple[Operator, str], tmp_path: Path, lang: Lang
) -> None:
    operator, case_id = clerk
    page = {"zh-Hans": "index.html", "en": "en.html"}[lang]
    whole = {"zh-Hans": "本办件、其已完成的检查", "en": "Every entry about this case"}[lang]
    signed = {"zh-Hans": "该人员在上述期间签署的全部台账条目", "en": "Every entry that this officer has signed"}[lang]
    for words, hint, other in ((("case", "dossier", case_id), whole, signed), (("duty", "file", "李四", *DAYS), signed, whole)):
        folder, paper = tmp_path / words[0], tmp_path / f"{words[0]}.pdf"
        told = operator.well(*words, "--to", str(folder), "--pdf", str(paper), lang=lang)
        assert paper.read_text() == (folder / page).as_uri()
        shown = (folder / page).read_text(encoding="utf-8")
        assert (hint in shown, other in shown, "--key" in shown) == (True, False, True)
        assert ("打印" in told.err, "printing" in told.err) == (False, False), "a pipe hears nothing of it"


def test_a_terminal_says_that_a_file_is_being_printed_and_chinese_is_printed_where_nobody_says_a_language(
    clerk: tuple[Operator, str], tmp_path: Path
) -> None:
    operator, case_id = clerk
    paper = tmp_path / "case.pdf"
    words = ("case", "dossier", case_id, "--to", str(tmp_path / "file"), "--pdf", str(paper), "--config", str(operator.config))
    ours, theirs = os.openpty()
    try:
        ran = subprocess.run(
            [sys.executable, "-m", "inspector", *words],
            stdout=subprocess.PIPE,
            stderr=theirs,
            env={**os.environ, "LANG": "en_US.UTF-8", "TERM": "xterm", "COLUMNS": "120"},
            check=False,
            timeout=60,
        )
        said = os.read(ours, 65_536).decode()
    finally:
        os.close(ours)
        os.close(theirs)
    assert (ran.returncode, "printing the page" in said) == (0, True), said
    assert paper.read_text().endswith("/index.html")
