"""What counts adverse ends looks at what they stand on: a planted violation is counted, an honest decision is not."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime, time, timedelta
from random import Random

import pytest
import sqlalchemy as sa

from inspector.domain.calendar import SHANGHAI
from inspector.domain.case import Case, Outcome
from inspector.domain.errors import Invalid
from inspector.domain.evidence import as_dated
from inspector.flows import judge, review
from inspector.store.grounds import row
from inspector.store.store import Store
from inspector.store.tables import case_file, evidence, ledger
from tests.house import Hand, Table, application, open_office, post, settle
from tests.integration.test_way import LICENCE


def counted(store: Store) -> int:
    with store.read() as tx:
        return len(tx.cases.adverse_without_review(100))


@pytest.fixture
def decided(store: Store, hand: Hand) -> str:
    """A case that an officer has found untrue by a register's fresh contradiction."""
    office = open_office(store, hand, sources={"registers": Table(default="吊销")})
    case_id = post(office, application(1, "business-licence", LICENCE))
    settle(office)
    with store.begin() as tx:
        (piece,) = tx.cases.evidence(case_id)
        review.decide(office, tx, case_id, Outcome.UNTRUE_CURABLE, "李四", "登记状态为吊销", (piece.id,), hand())
    return case_id


@pytest.mark.parametrize(
    "now",
    [{"verdict": "no_answer"}, {"carries": None}, {"carries": "SEEN"}, None],
    ids=["silence", "stale", "only seen", "gone"],
)
def test_an_untrue_outcome_that_stands_on_no_fresh_contradiction_is_counted(
    store: Store, decided: str, now: dict[str, str | None] | None
) -> None:
    assert counted(store) == 0
    with store.begin() as tx:
        if now is None:
            tx.connection.execute(sa.delete(evidence).where(evidence.c.case_id == decided))
        else:
            assert tx.connection.execute(sa.select(evidence.c.carries)).scalar_one() == "AGAINST"
            tx.connection.execute(sa.update(evidence).values(**now))
    assert counted(store) == 1


def begins(case: Case) -> datetime:
    """The first moment of the day that the case's claim speaks of."""
    return datetime.combine(case.claims[0].claim.on, time.min, SHANGHAI)


@pytest.mark.parametrize("shift", [timedelta(days=-30), timedelta(minutes=-1), timedelta(days=400)])
def test_stale_data_that_are_marked_fresh_are_counted_by_their_own_dates(store: Store, decided: str, shift: timedelta) -> None:
    with store.begin() as tx:
        case, (piece,) = tx.cases.get(decided), tx.cases.evidence(decided)
        planted = replace(piece, as_of=begins(case) + shift)
        tx.connection.execute(sa.update(evidence).values(row(case, planted)))
        assert row(case, planted)["carries"] == "AGAINST"
    assert counted(store) == 1


@pytest.mark.slow
@pytest.mark.alike
def test_the_count_agrees_with_an_independent_one_whatever_the_mark_says(store: Store, decided: str) -> None:
    """Independently: the wall calendar of Shanghai, day against day."""
    chance = Random(9)
    with store.read() as tx:
        case, (piece,) = tx.cases.get(decided), tx.cases.evidence(decided)
    on, seen = case.claims[0].claim.on, Counter[int]()
    noon = datetime(on.year, on.month, on.day, 12, tzinfo=SHANGHAI)

    def some() -> datetime:
        return noon + timedelta(hours=chance.randrange(-60, 60), seconds=chance.choice((0, 1, 290, 310)))

    for _ in range(150):
        asked, as_of, came = some(), chance.choice((None, some())), chance.choice((None, some()))
        marked = replace(piece, asked_at=asked, as_of=as_of, came_at=came, fresh=chance.random() < 0.8)
        heard = came or asked
        of = as_of or heard
        days = [one.astimezone(SHANGHAI).date() >= on for one in (of, heard)]
        sound = marked.fresh and all(days) and (of - heard).total_seconds() <= 300
        with store.begin() as tx:
            tx.connection.execute(sa.update(evidence).values(row(case, marked)))
        assert counted(store) == (not sound), (asked, as_of, came, marked.fresh)
        assert as_dated(marked, on).fresh == sound
        seen[sound] += 1
    assert min(seen[True], seen[False]) > 20


def test_nobody_decides_against_somebody_by_stale_data_that_a_flow_has_marked_fresh(
    store: Store, hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(judge, "unfresh", lambda *_: "")  # the program forgets to look at the date
    old = datetime(2026, 2, 26, 23, 59, tzinfo=SHANGHAI)
    office = open_office(store, hand, sources={"registers": Table(default="吊销", as_of=old)})
    case_id = post(office, application(1, "business-licence", LICENCE))
    settle(office)
    with store.read() as tx:
        (piece,) = tx.cases.evidence(case_id)
    assert piece.fresh
    with pytest.raises(Invalid, match="evidence_stale"), store.begin() as tx:
        review.decide(office, tx, case_id, Outcome.UNTRUE_CURABLE, "李四", "登记状态为吊销", (piece.id,), hand())


def test_a_decision_that_cites_other_evidence_or_is_nobodys_is_counted_and_one_that_is_not_adverse_needs_none(
    store: Store, decided: str
) -> None:
    with store.begin() as tx:
        tx.connection.execute(sa.update(evidence).values(id="another"))
    assert counted(store) == 1
    with store.begin() as tx:
        tx.connection.execute(sa.update(case_file).values(outcome="UNVERIFIABLE"))
        held = sa.update(ledger).where(ledger.c.rule == "officer.review")
        assert tx.connection.execute(sa.select(ledger.c.adverse).where(ledger.c.rule == "officer.review")).scalar_one()
        tx.connection.execute(held.values(adverse=False))
    assert counted(store) == 0
    with store.begin() as tx:
        tx.connection.execute(sa.update(ledger).where(ledger.c.rule == "officer.review").values(rule="evidence.weigh"))
    assert counted(store) == 1
