"""A draw of real codes without the daemon, once it is carried out: its folder, and the words that people give about it."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from inspector.domain import commitment
from inspector.domain.identity import uscc_check_digit
from tests.integration.test_offline_lists import PLAN as LISTS
from tests.offline import BANS, HEADS, SEED, STAFF, STAFF_HEADS, announce, carry_out, laptop
from tests.operator import Operator, Said, table

BOTH = ("--by", "李科长", "--by", "王主任")


def code(number: int) -> str:
    """A unified social credit code of an invented firm, right in every sign but the organisation's own check."""
    bare = f"9133010{number % 10}MA{number:07d}"
    return bare + uscc_check_digit(bare)


FIRMS = [(code(k), "AB"[k % 2], "cap" if k == 4 else "", "东区", "特种设备" if k % 3 else "", f"示例{k}") for k in range(60)]


def office(folder: Path, *, excel: bool = False, staff: int = len(STAFF)) -> Operator:
    """A laptop on which a draw of `FIRMS` is announced and carried out, from CSV or from Excel, with so many inspectors."""
    held = laptop(folder)
    held.file("objects.csv", table(HEADS, *FIRMS))
    held.file("bans.csv", table(("检查对象", "检查人员", "原因"), *((code(int(one[4:])), *rest) for one, *rest in BANS)))
    held.file("inspectors.csv", table(STAFF_HEADS, *STAFF[:staff]))
    files = {} if staff > 2 else {"bans": ""}  # of so few nobody may be barred
    if excel:
        held.workbook("objects.xlsx", HEADS, *FIRMS)
        held.workbook("inspectors.xlsx", STAFF_HEADS, *STAFF)
        files |= {"objects": "objects.xlsx", "inspectors": "inspectors.xlsx"}
    said = announce(held, **files)
    assert said.code == 0, said.err
    assert carry_out(held, *SEED).code == 0
    return held


def two_agencies(folder: Path) -> Operator:
    """A laptop on which two agencies have drawn together, each from its own list."""
    held = Operator(folder, "sqlite:///nowhere")
    held.file("plan.toml", LISTS)
    market = [(f"TEST{k:04d}", "D" if k % 4 == 0 else "A", "", "东区") for k in range(60)]
    fire = [(f"TEST{k:04d}", "high" if k % 3 == 0 else "low", "", "东区") for k in range(0, 60, 2)]
    held.file("market.csv", table(("id", "stratum", "status", "pool"), *market))
    held.file("fire.csv", table(("编号", "类别", "状态", "片区"), *fire))
    held.file("market-staff.csv", table(STAFF_HEADS, *STAFF))
    held.file("fire-staff.csv", table(STAFF_HEADS, *[(f"X{k}", "东区", "", "99", "") for k in range(7)]))
    held.file("market-bans.csv", table(("object", "inspector"), ("TEST0000", "Z0")))
    said = held.say("draw", "announce", "--plan", str(folder / "plan.toml"), "--out", str(folder / "draw"))
    assert said.code == 0, said.err
    assert carry_out(held, *SEED).code == 0
    return held


def made_on(folder: Path) -> str:
    """The day on which a draw was announced: visits may be over on it."""
    return datetime.fromisoformat(commitment.read((folder / "commit.json").read_bytes()).made).date().isoformat()


def open_(held: Operator, *more: str, by: tuple[str, ...] = BOTH, folder: str = "draw", on: str = "") -> Said:
    """Two persons say that the visits are over."""
    where = held.folder / folder
    return held.say("draw", "open", str(where), "--on", on or made_on(where), *by, *more)


def listed(held: Operator, folder: str = "draw") -> dict[str, Any]:
    """The list of a draw, as data."""
    told: dict[str, Any] = held.well("draw", "show", str(held.folder / folder), "--json").json
    return told


def redeal(
    held: Operator, visit: str, staff: str | None, *more: str, by: tuple[str, ...] = BOTH, reason: str = "住院，无法到场"
) -> Said:
    """Two persons say that a seat is free."""
    words = ("draw", "redeal", str(held.folder / "draw"), visit, str(staff), "--ground", "leave", "--reason", reason, *by)
    return held.say(*words, *more)


def lines(folder: Path) -> list[dict[str, Any]]:
    """What followed."""
    return [json.loads(line) for line in (folder / "after.jsonl").read_text(encoding="utf-8").splitlines()]
