"""A penalty that is to be public is pushed to the province of its firm in ten working days, with a proof (handbook 1.2.26)."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from inspector.domain import disclosing as own_register
from inspector.domain import province as domain
from inspector.domain.case import Outcome
from inspector.domain.consequence import Consequence
from inspector.domain.docket import DocketKind
from inspector.domain.errors import Refusal
from inspector.domain.gazette import Fallen
from inspector.domain.proposal import Proposal
from inspector.domain.publicationduty import PublicationDuty, PublicationState
from inspector.domain.purge import Hold
from inspector.flows import disclosing, printed, province, publication, unpublish
from inspector.store.store import Store
from inspector.store.tables import ledger
from tests.edge import serving
from tests.house import Hand, settle
from tests.integration.test_disclosure import SECRET, built, duty, fined, rule, serve
from tests.integration.test_forms import logged_in
from tests.integration.test_proceeding_page import send
from tests.owing import went
from tests.proceedings import Proceeding, decided

pytestmark = pytest.mark.alike
GUANGDONG = "91440100MA0000000X"


def abroad(store: Store, hand: Hand) -> tuple[Proceeding, Consequence]:
    """A fine of a firm that is registered in another province is in force, and has come to it."""
    case = decided(store, hand, Outcome.FALSE_KNOWING)
    with store.begin() as tx:
        whose = tx.cases.get(case.case, lock=True)
        tx.cases.put(replace(whose, subject=replace(whose.subject, code=GUANGDONG)))
    held = case.impose(case.the(Proposal.PENALTY))
    serve(case, held)
    return case, held


def push(case: Proceeding, held: Consequence) -> PublicationDuty:
    with case.office.store.read() as tx:
        return tx.publications.get(domain.name(held.id))


def pushed(case: Proceeding, held: Consequence) -> PublicationDuty:
    """A person says that the other province has it."""
    with case.office.store.begin() as tx:
        name, today = domain.name(held.id), case.office.calendar.local_date(case.hand())
        return publication.publish(case.office, tx, name, today, "回执 粤推2026-17", "李四", case.hand())


def taken_back(case: Proceeding, held: Consequence) -> PublicationDuty:
    with case.office.store.begin() as tx:
        name, today = domain.name(held.id), case.office.calendar.local_date(case.hand())
        return publication.remove(case.office, tx, name, today, "回执 粤撤2026-3", "李四", case.hand())


def recalled(case: Proceeding, held: Consequence, why: Fallen) -> None:
    """One's own register is to show it no more."""
    with case.office.store.begin() as tx:
        publication.recall(case.office, tx, own_register.name(held.id), why, "", "（2026）行初1号", "李四", case.hand())


def days(case: Proceeding, held: PublicationDuty) -> int:
    """So many working days from today its date is."""
    calendar, today = case.office.calendar, case.office.calendar.local_date(case.hand())
    return next(n for n in range(60) if calendar.add_working_days(today, n) >= calendar.local_date(held.due_at))


def test_the_push_is_owed_by_a_date_of_its_own_and_told_with_a_proof(store: Store, hand: Hand) -> None:
    case, held = abroad(store, hand)
    own, there = duty(case, held), push(case, held)
    assert (days(case, own), own.basis) == (20, "S1:48;P:1.2.26")
    assert (days(case, there), there.basis, there.province, there.state) == (10, "P:1.2.26", "44", PublicationState.OWED)
    with store.read() as tx:
        (waits,) = (one for one in tx.docket.page(["bureau"], None, 50) if one.kind is DocketKind.DISCLOSURE)
    assert waits.due_at == there.due_at, "an officer is to say before the earlier date whether it is public"
    with pytest.raises(Refusal, match="publication_undecided"):
        pushed(case, held)
    rule(case, held)
    done = pushed(case, held)
    assert done.posted is not None
    assert (done.state, done.posted.reference, done.posted.by) == (PublicationState.PUBLISHED, "回执 粤推2026-17", "李四")
    assert SECRET not in repr(done), "why an officer says so stands with one's own register alone"
    assert duty(case, held).state is PublicationState.OWED, "the one is not the other"
    assert printed.look(store) == [], "what was pushed is held to the ledger"


def test_a_firm_of_ones_own_province_is_pushed_nowhere(store: Store, hand: Hand) -> None:
    case, held = fined(store, hand)
    rule(case, held)
    with store.read() as tx:
        assert tx.publications.find(domain.name(held.id)) is None


def test_its_date_is_told_before_and_at_it_and_late_is_counted(store: Store, hand: Hand) -> None:
    case, held = abroad(store, hand)
    rule(case, held)
    there = push(case, held)
    hand.now = there.due_at - timedelta(days=3)
    settle(case.office)
    assert [(one["publication"], one["province"], one["overdue"]) for one in case.matters(unpublish.PUSH)] == [
        (there.id, "44", False)
    ]
    hand.now = there.due_at + timedelta(seconds=1)
    settle(case.office)
    assert [one["overdue"] for one in case.matters(unpublish.PUSH)] == [True]
    with store.read() as tx:
        assert {of: count for of, count in publication.late(tx, hand()).items() if count} == {("OWED", "push"): 1}
        assert Counter((row[1], row[2]) for row in tx.publications.counts()) == {("OWED", "penalty"): 1, ("OWED", "push"): 1}
    pushed(case, held)
    assert case.matters(unpublish.PUSH) == []
    with store.read() as tx:
        assert set(publication.late(tx, hand()).values()) == {0}


def test_nothing_is_pushed_while_an_objection_is_open(store: Store, hand: Hand) -> None:
    case, held = abroad(store, hand)
    rule(case, held)
    case.object(held.id)
    with pytest.raises(Refusal, match="publication_contested"):
        pushed(case, held)


def test_what_an_officer_rules_out_is_pushed_nowhere_and_ruled_in_again_by_the_date_of_before(store: Store, hand: Hand) -> None:
    case, held = abroad(store, hand)
    before = push(case, held)
    rule(case, held, public=False, kinds=(), amount=None)
    assert push(case, held).state is PublicationState.NOT_PUBLIC
    hand.now = before.due_at + timedelta(seconds=1)
    settle(case.office)
    assert case.matters(unpublish.PUSH) == []
    rule(case, held)
    again = push(case, held)
    assert (again.state, again.due_at) == (PublicationState.OWED, before.due_at)
    settle(case.office)
    assert [one["overdue"] for one in case.matters(unpublish.PUSH)] == [True], "it is told anew"


def test_after_a_stay_the_ten_days_are_owed_anew_once_it_was_taken_back_there(store: Store, hand: Hand, tmp_path: Path) -> None:
    case, held = abroad(store, hand)
    rule(case, held)
    pushed(case, held)
    built(case, tmp_path / "site")
    recalled(case, held, Fallen.STAYED)
    going = push(case, held)
    assert (going.state, going.why, days(case, going), going.basis) == (
        PublicationState.TO_REMOVE,
        Fallen.STAYED,
        3,
        "S1:48;P:1.2.27",
    )
    built(case, tmp_path / "site")
    hand.on(days=30)
    rule(case, held)
    assert push(case, held).state is PublicationState.TO_REMOVE, "it is taken back first"
    taken_back(case, held)
    again = push(case, held)
    assert (again.state, again.turn, again.posted, again.why) == (PublicationState.OWED, 2, None, None)
    assert (days(case, again), again.basis) == (10, "P:1.2.26")
    hand.now = again.due_at + timedelta(seconds=1)
    settle(case.office)
    assert [one["overdue"] for one in case.matters(unpublish.PUSH)] == [True], "by a clock of its own"
    assert pushed(case, held).state is PublicationState.PUBLISHED
    assert printed.look(store) == []


def test_what_was_stayed_before_it_was_pushed_is_owed_anew_by_the_next_word(store: Store, hand: Hand, tmp_path: Path) -> None:
    case, held = abroad(store, hand)
    rule(case, held)
    built(case, tmp_path / "site")
    recalled(case, held, Fallen.STAYED)
    assert (push(case, held).state, push(case, held).posted) == (PublicationState.REMOVED, None)
    built(case, tmp_path / "site")
    hand.on(days=30)
    rule(case, held)
    again = push(case, held)
    assert (again.state, days(case, again)) == (PublicationState.OWED, 10)


def test_what_is_annulled_is_taken_back_there_or_never_comes_there(store: Store, hand: Hand) -> None:
    case, held = abroad(store, hand)
    rule(case, held)
    pushed(case, held)
    case.annul(held)
    gone = push(case, held)
    assert duty(case, held).posted is None
    assert (gone.state, gone.why, days(case, gone)) == (PublicationState.TO_REMOVE, Fallen.REVOKED, 3)
    assert taken_back(case, held).state is PublicationState.REMOVED
    assert push(case, held).state is PublicationState.REMOVED, "what fell is owed to nobody"


def test_what_is_annulled_before_is_not_pushed(store: Store, hand: Hand) -> None:
    case, held = abroad(store, hand)
    rule(case, held)
    case.annul(held)
    assert (push(case, held).state, push(case, held).posted) == (PublicationState.REMOVED, None)
    with pytest.raises(Refusal, match="publication_state"):
        pushed(case, held)


def test_said_otherwise_than_it_was_pushed_it_is_taken_back_and_pushed_anew(store: Store, hand: Hand) -> None:
    case, held = abroad(store, hand)
    rule(case, held, amount=300_000_000)
    pushed(case, held)
    rule(case, held)
    assert (push(case, held).state, push(case, held).why) == (PublicationState.TO_REMOVE, Fallen.CHANGED)
    taken_back(case, held)
    assert (push(case, held).state, days(case, push(case, held))) == (PublicationState.OWED, 10)
    shown = pushed(case, held).penalty
    assert shown is not None
    assert shown.shown is not None
    assert shown.shown.amount == 3_000_000


def test_at_the_end_of_its_days_it_is_owed_no_more_and_what_was_pushed_counts_by_itself(
    store: Store, hand: Hand, tmp_path: Path
) -> None:
    case, held = abroad(store, hand)
    rule(case, held)
    pushed(case, held)
    built(case, tmp_path / "site")
    penalty = duty(case, held).penalty
    assert penalty is not None
    hand.now += timedelta(days=(penalty.until - hand().date()).days + 1)
    with store.begin() as tx:
        disclosing.look(case.office, tx, hand())
    assert (duty(case, held).why, push(case, held).state) == (Fallen.LAPSED, PublicationState.PUBLISHED)


@pytest.mark.parametrize("posted", [True, False], ids=["posted", "owed"])
@pytest.mark.parametrize("annulled", [True, False], ids=["annulled", "repaired"])
def test_what_falls_or_is_repaired_behind_its_last_day_is_taken_back_where_it_was_pushed(
    store: Store, hand: Hand, tmp_path: Path, posted: bool, annulled: bool
) -> None:
    case, held = abroad(store, hand)
    rule(case, held)
    pushed(case, held)
    if posted:
        built(case, tmp_path / "site")
    penalty = duty(case, held).penalty
    assert penalty is not None
    hand.now += timedelta(days=(penalty.until - hand().date()).days + 1)
    with store.begin() as tx:
        disclosing.look(case.office, tx, hand())
    if annulled:
        case.annul(held)
    else:
        with store.begin() as tx:
            disclosing.repaired(case.office, tx, tx.cases.get(case.case), "李四", hand())
    own, there, why = duty(case, held), push(case, held), Fallen.REVOKED if annulled else Fallen.REPAIRED
    assert (own.why, there.state, there.why, days(case, there)) == (Fallen.LAPSED, PublicationState.TO_REMOVE, why, 3)
    assert there.document == ("（2026）行终1号" if annulled else "")
    assert taken_back(case, held).state is PublicationState.REMOVED
    assert (push(case, held).state, printed.look(store)) == (PublicationState.REMOVED, [])


@pytest.mark.slow
def test_a_duty_of_before_there_were_any_has_one_after_the_daily_look(
    store: Store, hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as before:
        before.setattr(province, "owe", lambda *_: None)
        case, held = abroad(store, hand)
        rule(case, held)
    hand.on(days=1)
    with store.begin() as tx:
        assert tx.publications.find(domain.name(held.id)) is None
        disclosing.look(case.office, tx, hand())
        disclosing.look(case.office, tx, hand())
    there, formed = push(case, held), duty(case, held).formed_at
    assert (there.formed_at, there.state, printed.look(store)) == (formed, PublicationState.OWED, [])


def gone(case: Proceeding, held: Consequence) -> list[str]:
    """Somebody has deleted the row of a push: what is told of it after the daily look, which makes none anew."""
    with case.office.store.begin() as tx:
        tx.connection.exec_driver_sql(f"DELETE FROM publication_duty WHERE id = '{domain.name(held.id)}'")
        disclosing.look(case.office, tx, case.hand())
        assert tx.publications.find(domain.name(held.id)) is None
    with pytest.raises(Refusal, match="publication_contradicted"):
        disclosing.gather(case.office, case.hand(), post=False)
    return printed.look(case.office.store)


def test_a_push_whose_row_is_gone_is_missed_and_not_owed_anew(store: Store, hand: Hand) -> None:
    case, held = abroad(store, hand)
    rule(case, held)
    pushed(case, held)
    assert gone(case, held) == [f"publication_duty {case.case}: gone"]


def test_one_that_is_to_be_taken_back_is_missed_likewise_however_often_it_was_owed(
    store: Store, hand: Hand, tmp_path: Path
) -> None:
    case, held = abroad(store, hand)
    rule(case, held)
    pushed(case, held)
    rule(case, held, amount=300_000_000)
    taken_back(case, held)
    assert (push(case, held).turn, printed.look(store)) == (2, []), "owed by two entries it is one row"
    pushed(case, held)
    built(case, tmp_path / "site")
    recalled(case, held, Fallen.STAYED)
    assert push(case, held).state is PublicationState.TO_REMOVE
    assert gone(case, held) == [f"publication_duty {case.case}: gone"]


def test_where_the_entry_of_a_push_was_altered_too_nothing_is_made_anew(store: Store, hand: Hand) -> None:
    case, held = abroad(store, hand)
    rule(case, held)
    pushed(case, held)
    with store.begin() as tx:
        owed = sa.select(ledger.c.body).where(ledger.c.rule == "province.owe")
        body = tx.connection.execute(owed).scalar_one().replace(domain.name(held.id), "province.other")
        tx.connection.execute(sa.update(ledger).where(ledger.c.rule == "province.owe").values(body=body))
    assert f"publication_duty {case.case}: gone" in gone(case, held)


def test_a_push_that_is_owed_keeps_its_case_and_a_purged_one_leaves_no_name(store: Store, hand: Hand, tmp_path: Path) -> None:
    case, held = abroad(store, hand)
    rule(case, held)
    built(case, tmp_path / "site")
    with store.read() as tx:
        assert Hold.PUBLICATION in tx.purging.held(case.case)
    pushed(case, held)
    with store.begin() as tx:
        assert Hold.PUBLICATION not in tx.purging.held(case.case)
        tx.purging.take(case.case, [])
        went(tx, case.case, hand())
    penalty = push(case, held).penalty
    assert penalty is not None
    assert penalty.shown is not None
    assert (penalty.shown.name, penalty.shown.code) == ("", "")
    assert printed.look(store) == [], "of what was purged no row is missed"
    with store.begin() as tx:
        tx.connection.exec_driver_sql(f"DELETE FROM publication_duty WHERE id = '{domain.name(held.id)}'")
        disclosing.look(case.office, tx, hand())
        assert tx.publications.find(domain.name(held.id)) is None, "nor made anew"


@pytest.mark.slow
def test_an_officer_proves_it_on_the_page_and_a_program_by_the_api(store: Store, hand: Hand) -> None:
    case, held = abroad(store, hand)
    path, today = f"/consequences/{held.id}", case.office.calendar.local_date(hand()).isoformat()
    with serving(case.office) as edge, edge.client() as browser, edge.as_("officer") as officer:
        logged_in(edge, browser)
        page = browser.get(path).text
        assert ("推送至登记地省份" in page, "待推送" in page, 'value="push"' in page) == (True, True, False)
        rule(case, held)
        assert 'value="push"' in browser.get(path).text
        wrong = send(browser, path, "push", on=today, reference=" ")
        assert (wrong.status_code, 'value="push"' in wrong.text) == (422, True)
        assert send(browser, path, "push", on=today, reference="回执 粤推2026-17").status_code == 303
        told = browser.get(path).text
        assert ("回执 粤推2026-17" in told, "已推送" in told, 'value="push"' in told) == (True, True, False)
        (shown,) = [one for one in officer.get("/v1/publications").json()["publications"] if one["province"]]
        assert (shown["id"], shown["province"], shown["state"]) == (f"province.{held.id}", "44", "PUBLISHED")
        case.annul(held)
        assert send(browser, path, "push_back", on=today, reference="回执 粤撤2026-3").status_code == 303
        assert "已撤下" in browser.get(path).text
