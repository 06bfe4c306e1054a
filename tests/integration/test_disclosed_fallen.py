"""A penalty that stands no more, or of which that is in doubt, does not become public with its firm's name (handbook 1.2.26, 1.2.27)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from inspector.domain import disclosing as domain
from inspector.domain.case import Outcome
from inspector.domain.errors import Refusal
from inspector.domain.gazette import Fallen
from inspector.domain.proposal import Proposal
from inspector.domain.publicationduty import PublicationDuty, PublicationState
from inspector.flows import disclosing, publication, repairs
from inspector.store.store import Store
from tests.house import Hand, settle
from tests.integration.test_creditrecords import NAMES, PAPERS
from tests.integration.test_disclosure import built, duty, fined, rule, texts
from tests.integration.test_upheld import uphold
from tests.proceedings import Proceeding

pytestmark = pytest.mark.alike


def put(case: Proceeding, made: PublicationDuty) -> None:
    """A duty as a release of before has left it."""
    with case.office.store.begin() as tx:
        tx.publications.put(made)


def refused(case: Proceeding, held: PublicationDuty, code: str) -> None:
    """Nobody says that it is public."""
    with case.office.store.begin() as tx, pytest.raises(Refusal, match=code):
        publication.publish(case.office, tx, held.id, case.hand().date(), "公告栏", "李四", case.hand())


def stayed(case: Proceeding, held: PublicationDuty) -> None:
    """A court stays its execution."""
    with case.office.store.begin() as tx:
        publication.recall(case.office, tx, held.id, Fallen.STAYED, "", "（2026）行初1号", "李四", case.hand())


def test_what_an_officer_has_ruled_out_and_a_court_annuls_does_not_become_public(
    store: Store, hand: Hand, tmp_path: Path
) -> None:
    case, held = fined(store, hand)
    owed = rule(case, held)
    before = rule(case, held, public=False, kinds=(), amount=None)
    case.annul(held)
    gone = duty(case, held)
    assert (gone.state, gone.why, gone.document) == (PublicationState.REMOVED, Fallen.REVOKED, "（2026）行终1号")
    for made in (gone, before, owed):
        put(case, made)
        with pytest.raises(Refusal, match="publication_fallen"):
            rule(case, held)
    refused(case, owed, "publication_fallen")
    with pytest.raises(Refusal, match="publication_contradicted"):
        built(case, tmp_path / "site")
    assert duty(case, held).state is PublicationState.OWED


def test_what_is_annulled_while_a_court_stays_it_says_so_and_comes_back_by_no_word(
    store: Store, hand: Hand, tmp_path: Path
) -> None:
    case, held = fined(store, hand)
    rule(case, held)
    built(case, tmp_path / "site")
    stayed(case, duty(case, held))
    staying = duty(case, held)
    built(case, tmp_path / "site")
    away = duty(case, held)
    case.annul(held)
    gone = duty(case, held)
    assert (gone.state, gone.why, gone.removed) == (PublicationState.REMOVED, Fallen.REVOKED, away.removed)
    for made in (gone, away):
        put(case, made)
        with pytest.raises(Refusal, match="publication_fallen"):
            rule(case, held)
    put(case, gone)
    built(case, tmp_path / "again")
    assert "决定已经撤销" in texts(tmp_path / "again")
    assert "决定停止执行" not in texts(tmp_path / "again")
    assert staying.why is Fallen.STAYED


def test_what_is_annulled_while_a_stay_has_it_taken_back_goes_by_the_same_date(store: Store, hand: Hand, tmp_path: Path) -> None:
    case, held = fined(store, hand)
    rule(case, held)
    built(case, tmp_path / "site")
    stayed(case, duty(case, held))
    staying = duty(case, held)
    case.annul(held)
    going = duty(case, held)
    assert (going.state, going.why, going.due_at) == (PublicationState.TO_REMOVE, Fallen.REVOKED, staying.due_at)
    hand.now = going.due_at
    settle(case.office)
    assert [one["publication"] for one in case.matters("publication_due")] == [going.id], "its date is told as before"
    assert built(case, tmp_path / "site").gone == (going.id,)
    with pytest.raises(Refusal, match="publication_fallen"):
        rule(case, held)


def test_what_was_not_public_and_is_repaired_does_not_become_public(store: Store, hand: Hand, tmp_path: Path) -> None:
    case, held = fined(store, hand)
    entry = case.impose(case.the(Proposal.RECORD_CREDIT)).entry
    settle(case.office)
    owed = rule(case, held)
    before = rule(case, held, public=False, kinds=(), amount=None)
    hand.on(days=400)
    with store.begin() as tx:
        repairs.ask(case.office, tx, entry, "已改正", PAPERS, "hall", hand(), names=NAMES)
        repairs.decide(case.office, tx, entry, "王五", "符合", hand(), grant=True)
    gone = duty(case, held)
    assert (gone.state, gone.why) == (PublicationState.REMOVED, Fallen.REPAIRED)
    for made in (gone, before, replace(owed, why=None)):
        put(case, made)
        with pytest.raises(Refusal, match="publication_fallen"):
            rule(case, held)
    refused(case, owed, "publication_fallen")
    assert domain.of(gone).consequence == held.id


def test_while_the_finding_has_fallen_a_penalty_becomes_public_only_once_an_officer_says_that_it_stands(
    store: Store, hand: Hand, tmp_path: Path
) -> None:
    case, held = fined(store, hand)
    rule(case, held)
    case.speaks_for()
    assert (built(case, tmp_path / "site").withheld, duty(case, held).state) == (1, PublicationState.OWED)
    refused(case, duty(case, held), "publication_shaken")
    uphold(case, held)
    assert len(built(case, tmp_path / "site").lines) == 1


def test_a_penalty_of_a_case_that_came_out_for_its_subject_does_not_become_public(
    store: Store, hand: Hand, tmp_path: Path
) -> None:
    case, held = fined(store, hand)
    rule(case, held)
    case.speaks_for()
    case.decide(Outcome.TRUE)
    assert (built(case, tmp_path / "site").lines, duty(case, held).state) == ((), PublicationState.OWED)
    refused(case, duty(case, held), "publication_shaken")


def test_further_words_to_what_was_rejected_keep_nothing_back_and_are_marked(store: Store, hand: Hand, tmp_path: Path) -> None:
    case, held = fined(store, hand)
    rule(case, held)
    case.answer(case.object(held.id), case.by("孙八"), upheld=False)
    hand.on(days=1)
    case.object(held.id, "还有话说")
    assert [one.contested for one in built(case, tmp_path / "site").lines] == [True]
    assert "异议处理中" in texts(tmp_path / "site")
    assert duty(case, held).state is PublicationState.PUBLISHED


def test_behind_its_last_day_a_penalty_does_not_become_public_and_is_owed_no_more(
    store: Store, hand: Hand, tmp_path: Path
) -> None:
    case, held = fined(store, hand)
    owed = rule(case, held)
    out = rule(case, held, public=False, kinds=(), amount=None)
    last = domain.of(owed).until
    hand.now += timedelta(days=(last - hand().date()).days)
    assert rule(case, held).state is PublicationState.OWED, "on its last day it may be"
    hand.on(days=1)
    assert (built(case, tmp_path / "site").lines, duty(case, held).state) == ((), PublicationState.OWED)
    refused(case, owed, "publication_over")
    put(case, out)
    with pytest.raises(Refusal, match="publication_over"):
        rule(case, held)
    put(case, owed)
    with store.begin() as tx:
        disclosing.look(case.office, tx, hand())
    gone = duty(case, held)
    assert (gone.state, gone.why, gone.posted) == (PublicationState.REMOVED, Fallen.LAPSED, None)
    with store.read() as tx:
        assert publication.late(tx, hand())["OWED", "penalty"] == 0


def test_what_is_ruled_public_after_all_is_reminded_of_by_the_date_of_before(store: Store, hand: Hand) -> None:
    case, held = fined(store, hand)
    due_at = duty(case, held).due_at
    rule(case, held, public=False, kinds=(), amount=None)
    hand.now = due_at + timedelta(days=30)
    settle(case.office)
    assert case.matters("publication_due") == [], "what is not public is not late"
    assert rule(case, held).due_at == due_at
    settle(case.office)
    assert [one["publication"] for one in case.matters("publication_due")] == [f"penalty.{held.id}"]
    rule(case, held, public=False, kinds=(), amount=None)
    assert case.matters("publication_due") == []
    rule(case, held)
    settle(case.office)
    assert [one["overdue"] for one in case.matters("publication_due")] == [True], "each time that it is owed anew"
