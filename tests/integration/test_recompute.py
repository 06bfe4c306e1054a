"""A case's past decisions come to the same again, byte for byte; what cannot be computed again is said, and an altered fact is seen."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from inspector.domain import verification
from inspector.domain.case import MatterKind, Outcome, Route, SubjectKind
from inspector.domain.evidence import Verdict
from inspector.domain.outside import OutsideFinding
from inspector.domain.outside import evidence as evidence_of
from inspector.domain.recompute import Again
from inspector.domain.review import finding
from inspector.flows import outside, review
from inspector.flows.office import Office
from inspector.flows.recompute import altered, replay
from inspector.flows.settle import settle_case
from inspector.store.packtables import pack
from inspector.store.store import Store
from inspector.store.tables import case_file, evidence, ledger
from tests import proceedings, showing
from tests.house import Hand, Table, application, open_office, post, settle
from tests.integration.test_casefile import decided
from tests.integration.test_explanation import Platform
from tests.integration.test_pool_cases import UNSIGNED
from tests.integration.test_purging import answered
from tests.operator import one_database

__all__ = ["answered", "decided"]
database_url = one_database
pytestmark = pytest.mark.slow


def told(office: Office, case_id: str) -> list[tuple[str, str]]:
    with office.store.read() as tx:
        return [(one.rule, again.value) for one, again in replay(office, tx, case_id)]


def named(office: Office, case_id: str) -> list[tuple[str, str]]:
    with office.store.read() as tx:
        return [(one.what.value, one.about) for one in altered(office, tx, case_id)]


def test_what_is_stored_otherwise_than_its_digest_says_is_named_before_anything_is_computed(decided: tuple[Office, str]) -> None:
    office, case_id = decided
    table, law = office.calendar.tables[0], office.book.get("demo@1")
    with office.store.begin() as tx:
        tx.packs.note(law.label, law.digest, "text", office.now())
        tx.calendars.keep(office.calendar, office.now())
        tx.calendars.note(table.year, table.version, table.digest, office.now())
        held = next(one for one in tx.cases.evidence(case_id) if one.found)
        review = next(row["id"] for row in tx.ledger.about(case_id) if row["rule"] == "officer.review")
    assert named(office, case_id) == []
    with office.store.begin() as tx:
        subject = tx.cases.get(case_id).subject.name
        name = sa.func.replace(case_file.c.body, subject, "另一家")
        tx.connection.execute(sa.update(case_file).where(case_file.c.id == case_id).values(body=name))
    assert named(office, case_id) == [("FACTS", case_id)]
    assert "DIFFERS" not in {again for _, again in told(office, case_id)}, (
        "no decision rests on a name: computing alone shows nothing"
    )
    with office.store.begin() as tx:
        tx.connection.execute(sa.update(pack).values(digest="0" * 64))
        changed = replace(table, days_off=table.days_off[1:])
    calendar = replace(office.calendar, tables=(changed, *office.calendar.tables[1:]))
    other = replace(office, calendar=calendar)
    assert named(other, case_id) == [("FACTS", case_id), ("PACK", "demo@1"), ("CALENDAR", table.label)]
    with office.store.begin() as tx:
        body = sa.func.replace(evidence.c.body, held.found, "别处")
        tx.connection.execute(sa.update(evidence).where(evidence.c.id == held.id).values(body=body))
        tx.connection.execute(sa.update(ledger).where(ledger.c.id == review).values(rule="officer.preview"))
    assert named(office, case_id)[-2:] == [("EVIDENCE", held.id), ("ENTRY", review)]
    with office.store.begin() as tx:
        tx.connection.execute(sa.delete(evidence).where(evidence.c.id == held.id))
    assert ("EVIDENCE", held.id) in named(office, case_id), "what is gone, too"


def test_each_decision_of_a_case_comes_to_the_same_byte_for_byte(decided: tuple[Office, str]) -> None:
    rules = [
        "strategy.choose",
        "evidence.weigh",
        "evidence.weigh",
        "officer.review",
        "consequence.proposed",
        "consequence.proposed",
    ]
    assert told(*decided) == [(rule, "SAME") for rule in rules]


def test_a_proposal_of_another_row_or_date_than_the_pack_has_is_seen(decided: tuple[Office, str]) -> None:
    office, case_id = decided
    with office.store.begin() as tx:
        rows = [row for row in tx.ledger.about(case_id) if row["rule"] == "consequence.proposed"]
        for row, (old, new) in zip(rows, [('"stage": "', '"stage": "X'), ('"due_at": "2026', '"due_at": "2027')], strict=True):
            assert old in row["body"]
            text = row["body"].replace(old, new)
            tx.connection.execute(sa.update(ledger).where(ledger.c.id == row["id"]).values(body=text))
    assert told(office, case_id)[-2:] == [("consequence.proposed", "DIFFERS")] * 2


def test_an_altered_fact_and_an_altered_entry_come_to_something_else(decided: tuple[Office, str]) -> None:
    office, case_id = decided
    with office.store.begin() as tx:
        row = next(row for row in tx.ledger.about(case_id) if row["rule"] == "officer.review")
        text = row["body"].replace('"adverse": true', '"adverse": false')
        tx.connection.execute(sa.update(ledger).where(ledger.c.id == row["id"]).values(body=text))
    assert ("officer.review", "DIFFERS") in told(office, case_id)
    with office.store.begin() as tx:
        held = next(one for one in tx.cases.evidence(case_id) if one.found)
        tx.connection.execute(
            sa.update(evidence).where(evidence.c.id == held.id).values(body=sa.func.replace(evidence.c.body, held.found, "别处"))
        )
    assert ("evidence.weigh", "DIFFERS") in told(office, case_id)


def test_what_rests_on_facts_that_are_gone_is_said_and_held_against_nobody(decided: tuple[Office, str]) -> None:
    office, case_id = decided
    with office.store.begin() as tx:
        row = tx.ledger.about(case_id)[0]
        tx.connection.execute(sa.update(ledger).where(ledger.c.id == row["id"]).values(body=""))
    first, *rest = told(office, case_id)
    assert first == ("strategy.choose", Again.NOT_STORED.value)
    assert {again for _, again in rest} <= {"UNSURE", "NOT_STORED", "SAME", "PERSON", "NO_FUNCTION"}
    pack = office.book.get("demo@1")
    other = replace(pack, terms={name: replace(row, basis="P:9.9") for name, row in pack.terms.items()})
    changed = replace(office, book=replace(office.book, packs=tuple(other if one is pack else one for one in office.book.packs)))
    assert "DIFFERS" not in {again for _, again in told(changed, case_id)}, "nothing is sure behind what is gone"


def test_a_level_that_was_looked_up_and_a_matter_that_was_concluded_come_to_the_same(store: Store, hand: Hand) -> None:
    said: dict[tuple[str, str], str | Exception] = {("registration-status", f"TEST{1:014d}"): "存续"}
    office = open_office(store, hand, sources={"registers": Table(rows=said)}, credit={"credit": Platform()})
    case_id = post(office, application(1, "business-licence", {"registration-status": "存续"}))
    with store.begin() as tx:
        review.conclude(office, tx, case_id, "hall", hand())
    hand.on(hours=1)
    settle(office)
    found = told(office, case_id)
    assert {rule for rule, _ in found} >= {"credit.look_up", "matter.conclude", "strategy.choose", "evidence.weigh"}
    assert [one for one in found if one[1] in ("DIFFERS", "UNSURE")] == []
    assert [rule for rule, again in found if again == "SAME"][:2] == ["credit.look_up", "matter.conclude"]
    assert named(office, case_id) == [], "a conclusion that came later is no other content"


def test_what_was_found_after_the_end_and_the_review_that_follows_come_to_the_same(store: Store, hand: Hand) -> None:
    office = open_office(store, hand, sources={"registers": Table(rows={("registration-status", f"TEST{2:014d}"): "存续"})})
    exempt = {"subject_kind": SubjectKind.PERSON, "matter": MatterKind.BENEFIT}
    pooled = post(office, application(1, "legal-aid", {"relief-status": "在册"}, **exempt))
    closed = post(office, application(2, "business-licence", {"registration-status": "存续"}))
    settle(office)
    for number, (case_id, claim) in enumerate([(pooled, "relief-status"), (closed, "registration-status")]):
        for verdict in (Verdict.MATCH, Verdict.MISMATCH):
            found = OutsideFinding(
                system="监管平台",
                number=f"{verdict}{number}",
                agency="bureau",
                case_id=case_id,
                claim=claim,
                verdict=verdict,
                value="已注销",
                on=hand().date(),
            )
            with store.begin() as tx:
                outside.take(office, tx, found, "platform", hand())
            hand.on(hours=1)
        with store.begin() as tx:
            pieces = [one.id for one in tx.cases.evidence(case_id) if one.verdict is Verdict.MISMATCH]
            review.decide(office, tx, case_id, Outcome.IMMATERIAL, "李四", "已核对", tuple(pieces), hand())
    assert told(office, pooled)[:4] == [
        ("item.exempt", "SAME"),
        ("supervision.seen", "SAME"),
        ("supervision.finding", "SAME"),
        ("officer.review", "SAME"),
    ]
    assert [one for one in told(office, closed) if one[0] in ("evidence.late", "supervision.finding", "officer.review")] == [
        ("evidence.late", "SAME"),
        ("supervision.finding", "SAME"),
        ("officer.review", "SAME"),
    ]
    with store.begin() as tx:
        row = next(row for row in tx.ledger.about(pooled) if row["rule"] == "supervision.finding")
        text = row["body"].replace("mismatch", "match")
        tx.connection.execute(sa.update(ledger).where(ledger.c.id == row["id"]).values(body=text))
    assert ("supervision.finding", "DIFFERS") in told(office, pooled)


def test_what_joined_the_file_and_what_a_release_before_opened_again_by_it_come_to_the_same(store: Store, hand: Hand) -> None:
    case = proceedings.decided(store, hand, Outcome.UNTRUE_INCURABLE)
    office = case.office
    with store.read() as tx:
        claim = tx.cases.get(case.case).claims[0].claim
    one = OutsideFinding(
        system="监管平台",
        number="1",
        agency="bureau",
        case_id=case.case,
        claim=claim.key,
        verdict=Verdict.MISMATCH,
        value="已注销",
        on=hand().date(),
    )
    with store.begin() as tx:
        outside.take(office, tx, one, "platform", hand())
    with store.begin() as tx:
        held, policy = tx.cases.get(case.case), office.book.get("demo@1")
        piece = evidence_of(replace(one, number="2"), held, claim, None, "platform", hand(), typed=False)
        tx.cases.add_evidence(held, piece)
        before = finding(held, piece, policy, hand(), office.calendar, joins=False)
        settle_case(tx, office, before, policy, hand())
    found = [row for row in told(office, case.case) if row[0].startswith("supervision.")]
    assert found == [("supervision.joined", "SAME"), ("supervision.finding", "SAME")]


def test_an_enrolment_a_withdrawal_and_a_term_that_ran_out_come_to_the_same(store: Store, hand: Hand) -> None:
    office = open_office(store, hand)
    shown = application(1, "business-licence", {"registration-status": "存续"}, route=Route.CERTIFICATE, **UNSIGNED)
    enrolled = post(office, shown)
    taken_back = post(office, application(2, "business-licence", {"registration-status": "存续"}))
    overdue = post(office, application(3, "business-licence", {"registration-status": "存续"}))
    with store.begin() as tx:
        review.withdraw(office, tx, taken_back, "填写有误", "hall", hand())
    hand.on(days=60)
    with store.begin() as tx:
        case = tx.cases.get(overdue, lock=True)
        policy = office.book.get(case.pack)
        settle_case(tx, office, verification.overdue(case, policy, hand(), office.calendar), policy, hand())
    assert told(office, enrolled)[0] == ("route.certificate", "SAME")
    assert told(office, taken_back)[:2] == [("strategy.choose", "SAME"), ("commitment.withdraw", "SAME")]
    assert ("verification.overdue", "SAME") in told(office, overdue)


def test_a_request_to_another_agency_and_its_date_come_to_the_same(answered: tuple[Office, str]) -> None:
    office, case_id = answered
    assert ("assistance.open", "SAME") in told(office, case_id)
    with office.store.begin() as tx:
        row = next(row for row in tx.ledger.about(case_id) if row["rule"] == "assistance.open")
        held = json.loads(row["body"])
        held["facts"]["due_at"] = (datetime.fromisoformat(held["facts"]["due_at"]) + timedelta(days=1)).isoformat()
        text = json.dumps(held, ensure_ascii=False, sort_keys=True)
        tx.connection.execute(sa.update(ledger).where(ledger.c.id == row["id"]).values(body=text))
    assert ("assistance.open", "DIFFERS") in told(office, case_id), "whoever is given a day more than the pack says is seen"


def test_what_a_subject_is_asked_to_show_comes_to_the_same(store: Store, hand: Hand, tmp_path: Path) -> None:
    house = showing.opened(store, hand, showing.book(tmp_path))
    assert ("self_proof.ask", "SAME") in told(house.office, house.case_id)
