"""A draw without the daemon: the files of a county office, its commands, and strangers who judge the bundle."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

from inspector.domain.suite import Suite
from tests.needs import ROOT
from tests.operator import Operator, Said, table
from tests.second import judged

DICE = "3 5 1 6 2 2 4 1 6 6 3 5 2 1 4 4 6 2 5 3 1 1 6 5 2 3"
NONCE = "ab" * 32
SEEDS = f"""
[[seed]]
kind = "text"
what = "26 six-sided dice"
dice = 26
sides = 6
[[seed]]
kind = "reveal"
party = "justice"
hash = "{Suite().hex(f"ssj1/nonce{chr(10)}{NONCE}")}"
"""
"""How a plan tells the seed that `SEED` gives."""
PLAN = f"""
draw = "330106-2026-001"
list = "scjg"
team = 2
reserve = 2
codes = ["cap"]
{SEEDS}[strata.A]
ratio = "10%"
min = 1
[strata.B]
ratio = "1/30"
"""
SEED = ("--seed", f"text={DICE}", "--seed", f"reveal:justice={NONCE}")
HEADS = ("统一社会信用代码", "类别", "状态", "片区", "资质", "企业名称")
OBJECTS = [
    (f"TEST{k:04d}", "AB"[k % 2], "cap" if k == 4 else "", "东区", "特种设备" if k % 3 else "", f"示例{k}") for k in range(60)
]
STAFF = [(f"Z{k}", "东区；西区", "特种设备", "9", "") for k in range(6)]
STAFF_HEADS = ("工号", "片区", "资质", "上限", "状态")
BANS = [("TEST0000", "Z0", "recusal"), ("TEST0001", "Z1", "")]


def laptop(folder: Path) -> Operator:
    """A laptop: files, and neither settings nor a database."""
    held = Operator(folder, "sqlite:///nowhere")
    held.file("plan.toml", PLAN)
    held.file("objects.csv", table(HEADS, *OBJECTS))
    held.file("inspectors.csv", table(STAFF_HEADS, *STAFF), "gb18030")
    held.file("bans.csv", table(("检查对象", "检查人员", "原因"), *BANS))
    return held


APART = ("--same-organisation", "--by", "甲", "--by", "乙", "--reason", "两个独立的门店")
"""Two persons say that codes of one organisation are several objects."""


def announce(office: Operator, *more: str, **files: str) -> Said:
    """Announce from the files of the folder, into `draw`."""
    given = {"plan": "plan.toml", "objects": "objects.csv", "inspectors": "inspectors.csv", "bans": "bans.csv"} | files
    words = [word for name, file in given.items() if file for word in (f"--{name}", str(office.folder / file))]
    return office.say("draw", "announce", *words, "--out", str(office.folder / "draw"), *more)


def carry_out(office: Operator, *seed: str) -> Said:
    return office.say("draw", "carry-out", str(office.folder / "draw"), *seed)


def faults(said: Said) -> list[tuple[str, int | None, str, str]]:
    """(file, row, column, code) of every fault told."""
    assert said.code == 2, said.out + said.err
    return [(one["file"], one.get("row"), one["column"], one["code"]) for one in said.json["flaws"]]


def names(folder: Path) -> set[str]:
    return {str(file.relative_to(folder)) for file in folder.rglob("*")}


def rows(folder: Path, file: str) -> list[list[str]]:
    """A register's rows without their salts, which no two announcements share."""
    return [line.split("\t")[:-1] for line in (folder / file).read_text(encoding="utf-8").splitlines()]


def strangers_agree(folder: Path) -> None:
    """Ours, the one in Python alone, and the one in JavaScript."""
    ran = subprocess.run(
        [sys.executable, "-I", str(folder / "verify_draw.py"), str(folder)], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    (told,) = judged([folder])
    assert told.startswith("agrees"), told


def at_a_terminal(
    office: Operator, answers: list[str], *words: str, program: tuple[str, ...] = ("-m", "inspector")
) -> tuple[int, str]:
    """A command at a terminal of its own, with what people type at its questions; (exit code, all that the screen showed)."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(office.folder)
        os.environ["PYTHONPATH"] = str(ROOT)
        os.execv(sys.executable, [sys.executable, "-P", *program, *words, "--lang", "en"])  # noqa: S606
    screen, asked = b"", 0
    while True:
        try:
            shown = os.read(terminal, 4096)
        except OSError:  # Linux says so when the other side has gone
            break
        if not shown:
            break
        screen += shown
        questions = screen.count(b"dice: ") + screen.count(b"same figures: ") + screen.count(b"0-9a-f): ")
        while asked < min(questions, len(answers)):
            os.write(terminal, answers[asked].encode() + b"\n")
            asked += 1
    os.close(terminal)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), screen.decode()
