"""What falls while the register is being posted is public all the same: it is taken back, and whoever posts hears of it (1.2.27)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from inspector import gazette as pages
from inspector.domain.annulled import Annulled
from inspector.domain.case import Outcome
from inspector.domain.finding import Seen
from inspector.domain.gazette import CheckResult, Fallen
from inspector.domain.publicationduty import PublicationState
from inspector.flows import affix, disclosing, gazette, printed, publication, supervision, unpublish
from inspector.flows.office import Office
from inspector.store.store import Store
from tests.house import Hand, open_office, settle
from tests.integration.test_disclosure import ADDRESS, built, duty, fined, rule, texts
from tests.integration.test_gazette import over
from tests.integration.test_lead_published import made
from tests.integration.test_publications import look
from tests.integration.test_unpublish import contradicted, office, one
from tests.owing import went

pytestmark = pytest.mark.alike
__all__ = ("office",)


def test_a_penalty_that_is_annulled_while_its_register_is_posted_is_taken_back_by_a_date(
    store: Store, hand: Hand, tmp_path: Path
) -> None:
    case, held = fined(store, hand)
    rule(case, held)
    got = disclosing.gather(case.office, hand(), post=True)
    name = got.lines[0].name
    affix.write(tmp_path / "site", pages.files(pages.Register(title="t", lines=(), penalties=got.lines)))
    case.annul(held)
    disclosing.say(case.office, got, ADDRESS, "李四", hand())
    owed = duty(case, held)
    assert name in texts(tmp_path / "site"), "its name is served"
    assert (owed.state, owed.why, owed.document) == (PublicationState.TO_REMOVE, Fallen.REVOKED, "（2026）行终1号")
    assert owed.posted is not None
    assert owed.due_at > hand()
    disclosing.say(case.office, got, ADDRESS, "李四", hand())
    assert duty(case, held) == owed, "said again, nothing is added"
    hand.on(days=10)
    settle(case.office)
    assert case.matters("publication_due"), "somebody hears of it"
    (line,) = built(case, tmp_path / "site").lines
    assert (line.removed, name in texts(tmp_path / "site")) == (Fallen.REVOKED, False)
    assert duty(case, held).state is PublicationState.REMOVED


def test_a_check_for_cause_that_is_ruled_anew_while_its_register_is_posted_is_taken_back(store: Store, hand: Hand) -> None:
    house = open_office(store, hand)
    owed = made(house, hand, found=True)

    def ruled(found: CheckResult) -> None:
        with store.begin() as tx:
            publication.rule(house, tx, owed.id, found, "经复核", "李四", hand())

    ruled(CheckResult.PROBLEM)
    got = gazette.gather(house, hand(), post=True)
    ruled(CheckResult.NOTHING)
    gazette.say(house, got, ADDRESS, "李四", hand())
    with store.read() as tx:
        held = tx.publications.get(owed.id)
    assert held.shown is not None
    assert held.shown.found is CheckResult.PROBLEM, "which is what was served"
    assert (held.state, held.why) == (PublicationState.TO_REMOVE, Fallen.REOPENED)


def test_what_an_officer_says_otherwise_of_a_visit_while_its_register_is_posted_is_owed_anew_as_it_was_said(
    office: Office, hand: Hand
) -> None:
    (owed,) = look(office, hand)
    over(office)
    wordy(office, owed.visit)

    def ruled(found: CheckResult) -> None:
        with office.store.begin() as tx:
            publication.rule(office, tx, owed.id, found, "经复核", "李四", hand())

    ruled(CheckResult.PROBLEM)
    got = gazette.gather(office, hand(), post=True)
    ruled(CheckResult.NOTHING)
    gazette.say(office, got, ADDRESS, "李四", hand())
    fell = one(office, owed.id)
    assert fell.shown is not None
    assert (fell.state, fell.shown.found) == (PublicationState.TO_REMOVE, CheckResult.PROBLEM)
    hand.on(days=1)
    look(office, hand)
    anew = one(office, f"{owed.id}.2")
    assert (anew.state, anew.ruled) == (PublicationState.OWED, fell.ruled)
    assert [line.found for line in gazette.gather(office, hand(), post=True).fresh.values()] == [CheckResult.NOTHING]
    assert printed.look(office.store) == []


def test_of_a_visit_whose_published_result_was_a_slip_an_officer_hears_that_it_is_to_be_said_anew(
    office: Office, hand: Hand
) -> None:
    (owed,) = look(office, hand)
    over(office)
    wordy(office, owed.visit)
    with office.store.begin() as tx:
        publication.rule(office, tx, owed.id, CheckResult.PROBLEM, "现场笔录", "李四", hand())
        publication.publish(office, tx, owed.id, office.calendar.local_date(hand()), "公告栏", "李四", hand())
        publication.recall(office, tx, owed.id, Fallen.MISTAKE, "", "", "李四", hand())
    hand.on(days=1)
    look(office, hand)
    anew = one(office, f"{owed.id}.2")
    assert (anew.state, anew.ruled) == (PublicationState.OWED, None)
    with office.store.read() as tx:
        assert [row["about"] for row in tx.attention.page(None) if row["kind"] == supervision.FOUND] == [owed.visit]


def wordy(office: Office, visit: str) -> None:
    """The team of a visit has told something in words that no case says."""
    with office.store.begin() as tx:
        seen = tx.visits.get(visit)
        parts = tuple(replace(part, seen=Seen.FINDING, remarks="另有问题") for part in seen.parts)
        tx.visits.put(replace(seen, parts=parts))


def test_a_penalty_that_is_ruled_out_while_its_register_is_posted_is_taken_back(store: Store, hand: Hand) -> None:
    case, held = fined(store, hand)
    rule(case, held)
    got = disclosing.gather(case.office, hand(), post=True)
    rule(case, held, public=False, kinds=(), amount=None)
    disclosing.say(case.office, got, ADDRESS, "李四", hand())
    assert (duty(case, held).state, duty(case, held).why) == (PublicationState.TO_REMOVE, Fallen.MISTAKE)


def test_a_result_whose_case_is_annulled_while_its_register_is_posted_is_taken_back(office: Office, hand: Hand) -> None:
    (owed,) = look(office, hand)
    contradicted(office, hand, owed, Outcome.UNTRUE_CURABLE)
    over(office)
    held = gazette.gather(office, hand(), post=True)
    with office.store.begin() as tx:
        (case_id,) = tx.visits.get(owed.visit).case_ids
        unpublish.annulled(office, tx, tx.cases.get(case_id), Annulled.COURT, "（2026）行终1号", "王五", hand())
    assert not gazette.say(office, held, ADDRESS, "李四", hand()), "not all of it was as written"
    made = one(office, owed.id)
    assert (made.state, made.why, made.posted is not None) == (PublicationState.TO_REMOVE, Fallen.REVOKED, True)


def test_a_firm_whose_records_went_is_counted_as_nobody(store: Store, hand: Hand, tmp_path: Path) -> None:
    case, held = fined(store, hand)
    rule(case, held)
    built(case, tmp_path / "site")
    with store.begin() as tx:
        tx.purging.take(case.case, [])
        went(tx, case.case, hand())
    some = (
        replace(one, disclosure=replace(one.disclosure, least=1) if one.disclosure else None) for one in case.office.book.packs
    )
    case.office = replace(case.office, book=replace(case.office.book, packs=tuple(some)))
    assert built(case, tmp_path / "site").counted == {}, "a firm is no natural person, with its name or without"
