"""A source that begins to answer otherwise: a person is told, nobody is harmed, and where an office wants it nothing decides."""

from __future__ import annotations

from dataclasses import replace

import pytest

from inspector.daemon import sweeps
from inspector.domain.case import CaseState, ClaimStatus, Outcome
from inspector.domain.drift import Rules
from inspector.domain.errors import Away
from inspector.domain.evidence import Verdict
from inspector.flows import attention
from inspector.flows.drift import DRIFTS, Watch
from inspector.flows.office import Office
from inspector.store.store import Store
from inspector.telemetry.metrics import Metrics
from inspector.web import opswords
from tests.engine import LANE
from tests.house import Hand, Table, application, open_office, post, settle
from tests.integration.test_installation import LICENCE

pytestmark = [pytest.mark.alike, pytest.mark.slow]

FACT = "registration-status"
RULES = Rules(window=10, least=2, most=4, chance=1e-3)


class Numbered:
    """An office whose cases are numbered on."""

    def __init__(self, store: Store, hand: Hand, *hold: str) -> None:
        self.source, self.number, self.hand = Table(default="="), 0, hand
        watch = Watch(rules=RULES, hold=frozenset(hold))
        self.office: Office = replace(open_office(store, hand, sources={LANE: self.source}), watch=watch)

    def answers(self, count: int, said: str | None) -> list[str]:
        """So many cases, to whose question the source says this; they are counted as the tick does."""
        self.source.default, cases = said, []
        for _ in range(count):
            self.number += 1
            cases.append(post(self.office, application(self.number, "business-licence", LICENCE)))
        settle(self.office)
        self.office.watch.write(self.office.store, self.office.house, self.hand())
        return cases


def alarm(store: Store) -> bool:
    with store.read() as tx:
        assert tx.drift.stands(LANE, FACT) == bool(tx.attention.standing(DRIFTS))
        return tx.drift.stands(LANE, FACT)


def test_a_jump_is_a_matter_and_a_metric_and_ends_no_case(store: Store, hand: Hand) -> None:
    at = Numbered(store, hand)
    at.answers(20, "=")
    assert not alarm(store)
    cases = at.answers(10, None)
    assert alarm(store)
    metrics = Metrics()
    sweeps.snapshot(at.office, metrics)
    assert metrics.registry.get_sample_value("inspector_source_drifting", {"connector": LANE, "fact": FACT}) == 1
    assert metrics.registry.get_sample_value("inspector_source_windows", {"connector": LANE, "fact": FACT}) == 1
    with store.read() as tx:
        (told,) = tx.attention.standing(DRIFTS)
        assert (told["connector"], told["fact"], told["share_before"]) == (LANE, FACT, "20/20")
        assert f"{LANE}: {FACT} is answered otherwise than before" in list(opswords._lanes(at.office, tx, tx.machine_now(), "en"))
        assert {tx.cases.get(case).outcome for case in cases} == {None}
    ended = at.answers(1, "=")
    with store.read() as tx:
        assert tx.cases.get(ended[0]).outcome is Outcome.TRUE, "unless an office wants it otherwise, an answer is an answer"
    at.answers(9, "=")
    assert not alarm(store), "it answers as before"


def test_where_it_is_held_nothing_decides_until_a_person_says_that_it_is_right(store: Store, hand: Hand) -> None:
    at = Numbered(store, hand, LANE)
    at.answers(20, None)
    at.answers(10, "=")  # a source that says yes to everything ends cases by itself
    assert alarm(store)
    held = at.answers(1, "=")
    with store.read() as tx:
        case, (found, *_) = tx.cases.get(held[0]), tx.cases.evidence(held[0])
    assert (found.verdict, found.note, found.found, found.fresh) == (Verdict.CANNOT_SAY, DRIFTS, "存续", False)
    assert (case.state, case.outcome) == (CaseState.REVIEW, None)
    assert all(one.status is ClaimStatus.UNDETERMINED for one in case.claims)
    with store.begin() as tx:
        attention.close(tx, f"{DRIFTS}:{LANE}:{FACT}", "os:chief", hand())
    at.answers(1, "=")
    assert not alarm(store), "the person has looked"
    decided = at.answers(1, "=")
    with store.read() as tx:
        assert tx.cases.get(decided[0]).outcome is Outcome.TRUE


def test_what_the_database_does_not_take_is_not_forgotten(store: Store, hand: Hand, monkeypatch: pytest.MonkeyPatch) -> None:
    at = Numbered(store, hand)
    watch = at.office.watch
    watch._hear(LANE, FACT, ("verdict:match",))
    with monkeypatch.context() as broken:
        broken.setattr(store, "begin", _away)
        with pytest.raises(Away):
            watch.write(store, "city", hand())
    watch.write(store, "city", hand())
    with store.read() as tx:
        assert tx.drift.all()[LANE, FACT].filling == {"verdict:match": 1, "all": 1}


def _away() -> None:
    raise Away("database_unavailable", problem="test")
