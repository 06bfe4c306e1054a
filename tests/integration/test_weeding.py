"""What somebody has handed in is kept until it is read, and so many days from its coming; what a decision rests on, with its case.

Issue 8, privacy: nothing of a case goes while something about it is open (handbook 1.6.13; PIPL art. 19).
"""

from __future__ import annotations

import json
from datetime import datetime
from hashlib import sha256
from pathlib import Path

import pytest

from inspector.daemon.schedules import schedules
from inspector.domain.agreed import Contact
from inspector.domain.case import Outcome
from inspector.domain.decision import Because, Decision
from inspector.domain.errors import Missing
from inspector.domain.material import MaterialKind
from inspector.domain.purge import Hold
from inspector.domain.serving import SubjectWord
from inspector.flows import consent, purges, spoken, weeding
from inspector.flows.office import Office
from inspector.flows.record import record
from inspector.settings import Schedules
from inspector.store.store import Store
from tests.house import Hand, settle
from tests.integration.test_creditrecords import Place, place
from tests.integration.test_disclosure import fined
from tests.integration.test_leads import good
from tests.integration.test_purging_visits import visited
from tests.integration.test_repair_told import PAPER

pytestmark = pytest.mark.alike
__all__ = ("visited",)


def night(office: Office) -> None:
    with office.store.begin() as tx:
        tx.work.order([schedules(Schedules(), {}, office.now())["sweep:forget"].order(office.now(), office.now())], office.now())
    settle(office)
    with office.store.read() as tx:
        assert purges.audit(office, tx).troubles == ()


def there(office: Office, about: str, paper: bytes = PAPER) -> bool:
    with office.store.read() as tx:
        try:
            return bool(tx.materials.content(about, sha256(paper).hexdigest()))
        except Missing:
            return False


def contact(here: Place, case_id: str) -> Contact:
    with here.office.store.begin() as tx:
        case = tx.cases.get(case_id, lock=True)
        consent.say(here.office, tx, case, Contact(phone="13800000000"), "hall", here.hand())
    with here.office.store.read() as tx:
        return tx.servings.contact(case_id)


@pytest.mark.slow
def test_what_comes_with_a_repair_long_after_the_end_is_there_until_it_is_decided_and_its_days_are_over(
    store: Store, hand: Hand, tmp_path: Path
) -> None:
    with place(store, hand, tmp_path) as here:
        entry = here.found(1)
        case_id, about = here.record(entry).case_id, f"{entry}:repairable"
        hand.on(days=200)
        settle(here.office)
        known = contact(here, case_id)
        with store.begin() as tx:
            spoken.say(here.office, tx, about, SubjectWord.REPAIR, "已改正，见附件", (spoken.take(PAPER),), hand())
        for hours in (8, 24 * 200):
            hand.on(hours=hours)
            night(here.office)
            assert there(here.office, about), "nobody has decided on it"
        with store.read() as tx:
            assert tx.servings.contact(case_id) == known, "nor could its subject be told"
            assert tx.purging.held(case_id) >= {Hold.REPAIR}


def test_the_days_of_what_comes_after_the_end_count_from_its_coming_and_the_entry_says_so(store: Store, hand: Hand) -> None:
    office, case_id = good(store, hand)
    hand.on(days=150)
    came = hand()
    with store.begin() as tx:
        tx.materials.keep("proof", sha256(PAPER).hexdigest(), MaterialKind.PDF, PAPER, came, case_id)
        consent.say(office, tx, tx.cases.get(case_id, lock=True), Contact(phone="13800000000"), "hall", came)
    hand.on(days=50)
    night(office)
    assert there(office, "proof")
    with store.read() as tx:
        assert tx.servings.contact(case_id).phone
    hand.on(days=134)
    night(office)
    assert not there(office, "proof")
    with store.read() as tx:
        assert not tx.servings.contact(case_id).phone
        said = [json.loads(row["body"])["facts"] for row in tx.ledger.about(case_id) if row["rule"] in weeding.RULES]
    assert [(datetime.fromisoformat(one["since"]), one["days"]) for one in said] == [(came, 183)] * 2


def test_what_comes_with_an_objection_is_there_while_it_is_open(store: Store, hand: Hand) -> None:
    case, held = fined(store, hand)
    hand.on(days=50)
    with store.begin() as tx:
        spoken.say(case.office, tx, f"{held.id}:decision", SubjectWord.OBJECTION, "不服", (spoken.take(PAPER),), hand())
    hand.on(days=300)
    night(case.office)
    assert there(case.office, f"{held.id}:decision")


@pytest.mark.parametrize("cited", [True, False])
def test_what_a_decision_against_its_subject_rests_on_stays_with_the_case(store: Store, hand: Hand, cited: bool) -> None:
    office, case_id = good(store, hand)
    with store.begin() as tx:
        tx.materials.keep("proof", sha256(PAPER).hexdigest(), MaterialKind.PDF, PAPER, hand(), case_id)
        facts = {"evidence": ["self_proof:proof:read1" if cited else "assist:other"], "outcome": Outcome.UNTRUE_CURABLE.value}
        because = Because(rule="officer.review", basis=("K3:14",), pack="", facts=facts)
        record(tx, case_id, Decision(state=None, because=because), hand(), {})
    hand.on(days=300)
    night(office)
    assert there(office, "proof") is cited


@pytest.mark.slow
def test_a_photo_is_there_while_something_about_its_visit_waits_for_a_person(
    visited: tuple[Office, str, str], store: Store, hand: Hand
) -> None:
    office, case_id, _ = visited
    with store.begin() as tx:
        (visit,) = tx.visits.of_case(case_id)
        tx.materials.keep(visit.id, sha256(PAPER).hexdigest(), MaterialKind.PDF, PAPER, hand())
        tx.attention.open("visit_short", "bureau", f"{visit.id}:bureau", {}, hand())
    hand.on(days=300)
    night(office)
    assert there(office, visit.id)
    with store.begin() as tx:
        tx.attention.close(f"visit_short:{visit.id}:bureau", hand())
    hand.on(days=1)
    night(office)
    assert not there(office, visit.id)
    with store.read() as tx:
        (said,) = (json.loads(row["body"])["facts"] for row in tx.ledger.about(visit.id) if row["rule"] == weeding.VISIT)
        assert datetime.fromisoformat(said["since"]) == tx.cases.get(case_id).ended_at


@pytest.mark.parametrize("former", [False, True])
def test_who_shows_the_same_twice_has_shown_two_files_and_each_goes_in_its_own_days(
    store: Store, hand: Hand, monkeypatch: pytest.MonkeyPatch, former: bool
) -> None:
    office, case_id = good(store, hand)
    digest = sha256(PAPER).hexdigest()
    for about, days in (("proof", 1), ("repair", 150)):
        hand.on(days=days)
        with store.begin() as tx:
            tx.materials.keep(about, digest, MaterialKind.PDF, PAPER, hand(), case_id)
    hand.on(days=60)
    if former:
        monkeypatch.setattr(weeding, "_named", lambda files: {"digests": sorted({one for _, one in files})})
        hand.on(days=200)
    night(office)
    assert (there(office, "proof"), there(office, "repair")) == (False, not former)
    hand.on(days=150)
    night(office)
    assert not there(office, "repair")
    with store.read() as tx:
        said = [json.loads(row["body"])["facts"] for row in tx.ledger.about(case_id) if row["rule"] == weeding.PROOF]
    assert [one.get("files") for one in said] == ([None] if former else [[["proof", digest]], [["repair", digest]]])
