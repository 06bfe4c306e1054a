"""Cases that are asked about at real registers, a database and a delivery: what is known ends them, and nothing else does."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from connectors.sources import database, files
from inspector.domain.case import CaseState, Outcome
from inspector.domain.evidence import Verdict
from inspector.store.store import Store
from tests.deliveries import Exchange, csv
from tests.frontends import FrontEnd
from tests.house import Hand, application, open_office, post, settle

CODES = [f"TEST{number:014d}" for number in (1, 2, 3)]
ROWS = [["dm", "zt"], [CODES[0], "存续"], [CODES[1], "吊销"]]
FACTS = {"registration-status": "zt"}


def delivered(at: Path) -> files.FilesSource:
    exchange = Exchange(at)
    exchange.deliver(csv(ROWS), "20260301", rows=2)
    return exchange.source(facts=FACTS)


def copied(at: Path) -> database.DatabaseSource:
    front = FrontEnd(url=f"sqlite:///{at / 'front.db'}")
    front.run("CREATE TABLE qy (dm TEXT, zt TEXT, gxsj TEXT, bb TEXT)")
    for code, value in ROWS[1:]:
        front.add(code, value, "2026-03-01")
    return database.connect("front", front.keys(facts=FACTS))


@pytest.mark.alike
@pytest.mark.parametrize("register", [delivered, copied])
def test_a_promise_is_proven_contradicted_or_left_open_by_a_register(
    store: Store, hand: Hand, tmp_path: Path, register: Callable[[Path], files.FilesSource | database.DatabaseSource]
) -> None:
    with closing(register(tmp_path)) as source:
        office = open_office(store, hand, sources={"registers": source})
        ids = [post(office, application(number, "business-licence", {"registration-status": "存续"})) for number in (1, 2, 3)]
        settle(office)
        with store.read() as tx:
            cases = [tx.cases.get(one) for one in ids]
            (match,), (against,), (none,) = (tx.cases.evidence(one) for one in ids)
    assert [case.outcome for case in cases] == [Outcome.TRUE, None, None]
    assert cases[1].state is CaseState.REVIEW, "a person decides, and nobody else (scenario 14)"
    assert [one.verdict for one in (match, against, none)] == [Verdict.MATCH, Verdict.MISMATCH, Verdict.NOT_FOUND]
    assert (match.fresh, match.via, len(match.reply_digest)) == (True, source.card.name, 64)
