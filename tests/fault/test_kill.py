"""kill -9 at any line loses nothing and doubles nothing: a real daemon, a real world, both databases."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pytest
import sqlalchemy as sa

from inspector.domain.case import Method
from inspector.domain.decision import OrderKind
from inspector.store.tables import assistance, case_file, event, evidence, ledger, work
from tests.fault import judge
from tests.fault.load import Site, murder, problems, site

V = TypeVar("V")

EVERYDAY, FULL = 250, 10_000


@pytest.mark.fault
@pytest.mark.timeout(240)
def test_a_daemon_killed_again_and_again_loses_nothing_and_doubles_nothing(database_url: str, tmp_path: Path) -> None:
    with site(database_url, tmp_path, mixed=True) as held:
        story = murder(held, 4, list(range(EVERYDAY)), least=4)
        assert len(story) >= 2, "the daemon was killed while it held leases"
        assert len(held.accepted) == EVERYDAY
        assert problems(held) == []
        assert all_sorts(held) >= {"VISIT", "CLOSED", "REVIEW", "SENT", "ANSWERED", "DECLINED"}
        assert overlooked(held) == []


def all_sorts(held: Site) -> set[str]:
    """How the cases and requests of a load ended, so that no later load is simpler than it looks."""
    with closing(held.store()) as store, store.read() as tx:
        inside = judge.Inside(tx)
    waits = {step.method for case in inside.cases.values() for one in case.claims if (step := one.step)}
    visits = {"VISIT"} if Method.ON_SITE in waits else set()
    return visits | {case.state.value for case in inside.cases.values()} | {one.state.value for one in inside.requests.values()}


INSIDE = {
    "never told": sa.update(event).where(event.c.id.in_(sa.select(sa.func.min(event.c.id)))).values(id="~new"),
    "told differently": sa.update(event).values(type="verification.other"),
    "not told exactly once": sa.delete(event).where(event.c.type == "verification.result"),
    "accepted cases are not there": sa.delete(case_file),
    "more or less than they have answers": sa.delete(ledger).where(ledger.c.rule == "evidence.weigh"),
    "without exactly one piece of evidence": sa.delete(evidence),
    "stand still": sa.delete(work).where(work.c.kind == OrderKind.ASSIST_DUE),
    "that nobody ordered": sa.delete(work).where(work.c.kind == OrderKind.ASK),
    "in quarantine": sa.update(work).where(work.c.kind == OrderKind.TELL).values(state="quarantined"),
    "still open": sa.update(work).where(work.c.kind == OrderKind.CREDIT).values(state="ready"),
    "letters without a request": sa.delete(assistance),
    "ledger: entry": sa.update(ledger).where(ledger.c.rule == "evidence.weigh").values(body=""),
}
"""What may go wrong within, by the words the judge must find for it."""

OUTSIDE: dict[str, Callable[[judge.Outside], judge.Outside]] = {
    "never told": lambda held: replace(held, notices=without(held.notices)),
    "under two names": lambda held: replace(held, notices={**held.notices, "~": next(iter(held.notices.values()))}),
    "the platform lacks": lambda held: replace(held, entries=without(held.entries)),
    "too many at the platform": lambda held: replace(held, entries={**held.entries, "~": next(iter(held.entries.values()))}),
    "without exactly one letter": lambda held: replace(held, letters=without(held.letters)),
    "does not have": lambda held: replace(held, replies=held.replies | {"~"}),
    "never seen outside": lambda held: replace(held, keys=without(held.keys)),
}
"""What may go wrong outside."""


def without(held: Mapping[str, V]) -> dict[str, V]:
    """All but the first."""
    return dict(list(held.items())[1:])


def overlooked(held: Site) -> list[str]:
    """The planted faults that the judge does not find; each is undone again."""
    outside = held.outside()
    missed: list[str] = []
    with closing(held.store()) as store:
        for words, change in INSIDE.items():
            with contextlib.suppress(InterruptedError), store.begin() as tx:
                tx.connection.execute(change)
                missed += [words] * (words not in " ".join(judge.problems(tx, outside, held.accepted)))
                raise InterruptedError
        with store.read() as tx:
            for words, changed in OUTSIDE.items():
                missed += [words] * (words not in " ".join(judge.problems(tx, changed(outside), held.accepted)))
    return missed


@pytest.mark.fault
@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_twenty_kills_during_ten_thousand_cases(database_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with site(database_url, tmp_path, mixed=True) as held:
        story = murder(held, 20, list(range(FULL)))
        with capsys.disabled():
            print("\n".join(["", *story]))
        assert len(story) == 20
        assert len(held.accepted) == FULL
        assert problems(held) == []
