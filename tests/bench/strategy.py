"""How fast a strategy is chosen with its full explanation, beside zen-engine on the same table; and how fast a wide table is refused.

`python -m tests.bench.strategy --zen PYTHON --rounds 3 --seconds 2 --levels 5,3334`

PYTHON is an interpreter that has `zen-engine` (`python -m venv`, `pip install zen-engine`); without it only ours is measured. Rounds are
interleaved, each in a fresh process on one core; the median counts. Ours is `domain.strategy.strategy`: the row, the ways of each fact of
the item, and the because with every fact used and both articles. zen-engine finds the row and its columns; `trace` is its explanation.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from shutil import copytree
from statistics import median
from tempfile import TemporaryDirectory

from inspector.calendars import load_calendars
from inspector.domain.calendar import due
from inspector.domain.case import LevelReason, Rated
from inspector.domain.notice import Notice
from inspector.domain.policy import Item, Policy
from inspector.domain.strategy import strategy
from inspector.domain.terms import VerifyTerm
from inspector.policybook import PacksInvalid, Policybook
from tests.bench.machine import machine, told
from tests.packs import POLICIES, SHIPPED
from tests.wide import wide

PEER = Path(__file__).with_name("peers") / "zen_peer.py"
NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
LEVELS_ASKED = 50
"""So many levels of a wide table are asked about, spread over all of it."""

Asked = Sequence[tuple[Item, Rated, VerifyTerm, tuple[str, ...], Notice]]


def pack(folder: Path, levels: int) -> Policy:
    """The plan's pack, or for another number of levels one that builds on it."""
    if levels == len(plan().levels):
        return plan()
    copytree(POLICIES / "documents", folder / "documents", dirs_exist_ok=True)
    (folder / "maoji").mkdir(exist_ok=True)
    (folder / "maoji" / "pack.toml").write_text(SHIPPED, encoding="utf-8")
    (folder / "wide").mkdir(exist_ok=True)
    (folder / "wide" / "pack.toml").write_text(wide(levels), encoding="utf-8")
    return Policybook.load(folder).get("wide@1")


def plan() -> Policy:
    """The shipped pack of the plan."""
    return Policybook.load(POLICIES).get("maoji@2026.1")


def asked(policy: Policy) -> Asked:
    """Every item at levels of the whole scale."""
    calendar, every = load_calendars(POLICIES / "calendars"), max(1, len(policy.levels) // LEVELS_ASKED)
    found = []
    for item in (item for item in policy.items.values() if not item.exempt):
        counted = due(NOW, item.verify, calendar)
        term = VerifyTerm(
            due_at=counted.at, due_provisional=counted.provisional, due_counted=counted.counted, basis=item.verify_basis
        )
        for level in policy.levels[::every]:
            rated = Rated(level=level.code, as_of=NOW, source="platform", reason=LevelReason.STATED)
            notice = item.notice(item.notice_version)
            assert notice is not None
            found.append((item, rated, term, tuple(fact.code for fact in item.facts), notice))
    return found


def ours(policy: Policy, seconds: float) -> float:
    """Decisions a second."""
    questions = asked(policy)
    count, began = 0, time.perf_counter()
    while (spent := time.perf_counter() - began) < seconds:
        for item, level, term, facts, notice in questions:
            strategy(policy, item, level, term, facts, notice)
        count += len(questions)
    return count / spent


def task(policy: Policy, seconds: float, *, trace: bool) -> str:
    """The same table and the same questions, for the peer."""
    rules = [
        [
            *(row.profile.value, level, row.row, row.basis, [method.value for method in row.methods]),
            *(row.before_decision, row.visit_all, row.stratum),
        ]
        for row in policy.strategies
        for level in sorted(row.levels)
    ]
    inputs = [[item.profile.value, level.level, policy.strategy(item, level.level).row] for item, level, *_ in asked(policy)]
    return json.dumps({"rules": rules, "inputs": inputs, "seconds": seconds, "trace": trace})


def refusal(folder: Path, levels: int) -> tuple[float, list[str]]:
    """The seconds until a wide table with a gap and an overlap is refused, and what is said of it."""
    copytree(POLICIES / "documents", folder / "documents", dirs_exist_ok=True)
    (folder / "maoji").mkdir(exist_ok=True)
    (folder / "maoji" / "pack.toml").write_text(SHIPPED, encoding="utf-8")
    (folder / "wide").mkdir(exist_ok=True)
    text = wide(levels, gap=f"low-L{levels // 2}", overlap=f"high-L{levels - 1}")
    (folder / "wide" / "pack.toml").write_text(text, encoding="utf-8")
    began = time.perf_counter()
    try:
        Policybook.load(folder)
    except PacksInvalid as refused:
        return time.perf_counter() - began, [str(flaw) for flaw in refused.flaws]
    raise AssertionError("a table with a gap and an overlap was loaded")


def main() -> None:
    """Measure and print."""
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("--zen", default="", help="an interpreter that has zen-engine")
    given.add_argument("--rounds", type=int, default=3)
    given.add_argument("--seconds", type=float, default=2.0)
    given.add_argument("--levels", default="5,3334")
    given.add_argument("--one", type=int, default=0, help="ours alone, in this process, with so many levels")
    told_to = given.parse_args()
    with TemporaryDirectory() as place:
        if told_to.one:
            print(json.dumps({"rate": ours(pack(Path(place), told_to.one), told_to.seconds)}))
            return
        print(told(machine()))
        for levels in map(int, told_to.levels.split(",")):
            _compare(pack(Path(place), levels), levels, told_to)
        seconds, flaws = refusal(Path(place), 3334)
        print(f"10,002 combinations with a gap and an overlap: refused in {seconds:.2f} s")
        print("\n".join(flaws))


def _compare(policy: Policy, levels: int, given: argparse.Namespace) -> None:
    rates: dict[str, list[float]] = {}
    for _ in range(given.rounds):
        again = [sys.executable, "-m", "tests.bench.strategy", "--one", str(levels), "--seconds", str(given.seconds)]
        rates.setdefault("Inspector", []).append(_rate(again, "")["rate"])
        for trace in (True, False) if given.zen else ():
            said = _rate([given.zen, str(PEER)], task(policy, given.seconds, trace=trace))
            rates.setdefault(f"zen-engine {said['version']}{', trace' if trace else ''}", []).append(said["rate"])
    for who, held in rates.items():
        print(f"{len(policy.strategies)} rows · {who}: {median(held):,.0f} a second ({', '.join(f'{one:,.0f}' for one in held)})")


def _rate(command: Sequence[str], given: str) -> dict[str, float]:
    done = subprocess.run(command, input=given, capture_output=True, text=True, check=True)
    said: dict[str, float] = json.loads(done.stdout)
    return said


if __name__ == "__main__":
    main()
