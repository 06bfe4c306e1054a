"""Ctrl-C while the bars of the draw without the daemon run: no folder is left half, no secret alone, and the code is 130."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.needs import ROOT
from tests.offline import SEED, announce, at_a_terminal, carry_out, laptop, names, strangers_agree
from tests.operator import Operator

pytestmark = pytest.mark.slow

AT = """
import os, signal, sys
when, event, ending = sys.argv[1:4]
def signalled(*_):
    sys.setprofile(None)
    os.kill(os.getpid(), signal.SIGINT)
def behind(frame, *_):
    if frame.f_code is not hook.__code__:
        signalled()
def hook(heard, told):
    global event
    if heard == event and any(str(one).endswith(ending) for one in told[:2]):
        event = None
        signalled() if when == "before" else sys.setprofile(behind)
from inspector.cli import main
sys.argv[:4] = ["inspector"]
sys.addaudithook(hook)
main()
"""
"""The program, that gets the signal of Ctrl-C before or after it opens, makes or renames a file whose name has an ending."""
WORDS = ("--plan", "plan.toml", "--objects", "objects.csv", "--inspectors", "inspectors.csv", "--bans", "bans.csv")


@pytest.fixture
def office(tmp_path: Path) -> Operator:
    """A laptop with the office's files."""
    return laptop(tmp_path)


def broken_off(office: Operator, at: tuple[str, str, str], *words: str) -> tuple[int, str]:
    """A command at a terminal, with its bars, that is broken off there; (exit code, all that the screen showed)."""
    return at_a_terminal(office, [], *words, program=("-c", AT, *at))


@pytest.mark.parametrize(
    ("at", "bar"),
    [
        (("before", "open", "objects.csv"), "reading objects.csv"),
        pytest.param(("after", "open", "/commit.json"), "writing", marks=pytest.mark.slow),
        (("before", "open", "/verify_draw.html"), "writing"),
        pytest.param(("before", "open", "draw.salt-secret.txt"), "writing", marks=pytest.mark.slow),
        (("after", "open", "draw.salt-secret.txt"), "writing"),
        (("before", "os.rename", "draw"), "writing"),
    ],
)
def test_an_announcement_that_is_broken_off_leaves_neither_folder_nor_secret(
    office: Operator, at: tuple[str, str, str], bar: str
) -> None:
    before = names(office.folder)
    code, screen = broken_off(office, at, "draw", "announce", *WORDS, "--out", "draw")
    assert (code, screen.count("broken off"), bar in screen) == (130, 1, True), screen
    assert names(office.folder) == before


@pytest.mark.slow
@pytest.mark.parametrize("at", [("after", "open", "/unsorted"), ("before", "open", "/sorted")])
def test_an_announcement_that_is_broken_off_while_its_rows_lie_beside_it_leaves_none_of_them(
    office: Operator, at: tuple[str, str, str]
) -> None:
    pytest.importorskip("duckdb", reason="the extra `large`")
    before = names(office.folder)
    code, screen = broken_off(office, at, "draw", "announce", *WORDS, "--out", "draw", "--large")
    assert (code, screen.count("broken off"), names(office.folder)) == (130, 1, before), screen


def test_an_announcement_that_is_broken_off_once_its_folder_is_there_leaves_it_whole_with_its_secrets(office: Operator) -> None:
    code, screen = broken_off(office, ("after", "os.rename", "draw"), "draw", "announce", *WORDS, "--out", "draw")
    assert (code, screen.count("broken off")) == (130, 1), screen
    assert (office.folder / "draw.salt-secret.txt").is_file()
    assert carry_out(office, *SEED).code == 0
    strangers_agree(office.folder / "draw")


@pytest.mark.parametrize(
    ("at", "left"),
    [
        (("before", "open", "scjg.objects.tsv"), set[str]()),
        pytest.param(("after", "open", ".seed.json.half"), set[str](), marks=pytest.mark.slow),
        (("before", "os.rename", "seed.json"), set[str]()),
        (("after", "os.rename", "seed.json"), {"seed.json"}),
        pytest.param(("after", "open", ".result.json.half"), {"seed.json"}, marks=pytest.mark.slow),
        (("after", "os.rename", "result.json"), {"seed.json", "result.json"}),
    ],
)
def test_a_carrying_out_that_is_broken_off_leaves_no_half_file_and_goes_on_to_the_only_result(
    office: Operator, at: tuple[str, str, str], left: set[str]
) -> None:
    assert announce(office).code == 0
    whole = office.folder / "elsewhere" / "whole"
    shutil.copytree(office.folder / "draw", whole)
    before = names(office.folder / "draw")
    code, screen = broken_off(office, at, "draw", "carry-out", "draw", *SEED)
    assert (code, screen.count("broken off")) == (130, 1), screen
    assert names(office.folder / "draw") - before == left
    assert carry_out(office, *(() if left else SEED)).code == 0
    office.well("draw", "carry-out", str(whole), *SEED)  # as if nobody had broken anything off
    for name in ("seed.json", "result.json"):
        assert (office.folder / "draw" / name).read_bytes() == (whole / name).read_bytes()


ENDLESS = """
import os, signal, sys, threading
from pathlib import Path
from inspector.flows import large
try:
    with large.database(Path(sys.argv[1])) as database:
        database.execute("SET threads = 1")  # several: whoever waits for the others hears the signal when their part is done
        threading.Timer(0.05, os.kill, (os.getpid(), signal.SIGINT)).start()
        database.execute("SELECT max(hash(range)) FROM range(1000000000000)").fetchall()
except KeyboardInterrupt:
    sys.exit(130)
"""


def test_ctrl_c_while_duckdb_is_at_work_is_a_breaking_off_and_no_crash(tmp_path: Path) -> None:
    pytest.importorskip("duckdb", reason="the extra `large`")
    ran = subprocess.run(
        [sys.executable, "-P", "-c", ENDLESS, str(tmp_path / "spill")],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    assert ran.returncode == 130, ran.stderr
