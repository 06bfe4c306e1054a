"""What the ops page tells people to do stands in the runbooks, is a command that there is, and has words in both languages."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import typer

from inspector.cli.app import app
from inspector.labels import LANGS, known
from inspector.web.mends import WATCHED, Mend

ROOT = Path(__file__).parents[2]
CHAPTER = re.compile(r"^### (\w+)\n(.*?)(?=^##|\Z)", re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("mend", Mend)
def test_each_command_of_the_ops_page_stands_in_the_chapter_it_names(mend: Mend) -> None:
    chapters = dict(CHAPTER.findall((ROOT / "docs/how-to/runbooks.md").read_text("utf-8")))
    assert mend.command.replace("{name}", "NAME") in chapters[mend.runbook].splitlines(), mend.name


@pytest.mark.parametrize("mend", Mend)
def test_each_command_of_the_ops_page_is_one_of_ours_with_its_options(mend: Mend) -> None:
    held: Any = typer.main.get_command(app)
    words = mend.command.removeprefix("./run ").split()
    while hasattr(held, "commands"):
        held = held.commands[words.pop(0)]
    options = {name for one in held.params for name in one.opts}
    assert {word for word in words if word.startswith("--")} <= options, mend.name


def test_each_thing_that_may_be_amiss_has_words_and_a_part_of_the_page() -> None:
    for lang in LANGS:
        assert [one.name for one in Mend if not known(f"ops.todo_{one.name.lower()}", lang)] == []
    assert {one.part for one in Mend} == set(WATCHED)
