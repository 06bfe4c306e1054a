"""Findings of other systems and tip-offs come in as leads: once each, apart from draws, and never as an outcome (scenarios 8, 31, 40)."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from inspector.domain.case import CaseState, ClaimStatus, Outcome, SubjectKind
from inspector.domain.errors import Conflict, Invalid, Missing, Refusal
from inspector.domain.evidence import Verdict
from inspector.domain.exclusion import barred, suppressed
from inspector.domain.inspection import Authority, CheckType, Inspection
from inspector.domain.leadcheck import LeadState, Report
from inspector.domain.outside import OutsideFinding
from inspector.domain.tipoff import Informant, TipSource, TipState
from inspector.flows import findingrows, leads, outside, review, weeding
from inspector.flows.history import history, of_one
from inspector.flows.members import object_id
from inspector.flows.office import Office
from inspector.sheets import sheet
from inspector.store.store import Store
from inspector.store.tx import Tx
from inspector.web.roles import Role
from tests.edge import serving
from tests.house import Hand, Table, application, open_office, post, settle

pytestmark = pytest.mark.alike

CODE = "TEST00000000000001"
NAME = "王举报"


def good(store: Store, hand: Hand) -> tuple[Office, str]:
    """A case that has ended well, by the register's word."""
    office = open_office(store, hand, sources={"registers": Table(default="=")})
    case_id = post(office, application(1, "business-licence", {"registration-status": "存续"}))
    settle(office)
    return office, case_id


def found(case_id: str = "", **changes: object) -> OutsideFinding:
    held = OutsideFinding(
        system="supervision",
        number="F-1",
        agency="bureau",
        case_id=case_id,
        claim="registration-status" if case_id else "",
        kind=None if case_id else SubjectKind.FIRM,
        code="" if case_id else CODE,
        verdict=Verdict.MISMATCH,
        value="吊销",
        words="日常检查发现已停业",
        on=date(2026, 3, 2),
    )
    return replace(held, **changes)  # type: ignore[arg-type]


def matters(store: Store) -> set[str]:
    with store.read() as tx:
        return {str(kind) for kind, count in tx.attention.counts() if count}


def test_a_finding_of_another_system_puts_its_case_before_an_officer_and_decides_nothing(store: Store, hand: Hand) -> None:
    office, case_id = good(store, hand)
    with store.begin() as tx:
        assert tx.cases.get(case_id).outcome is Outcome.TRUE
        assert outside.take(office, tx, found(case_id), "supervision", hand()).new
        assert not outside.take(office, tx, found(case_id), "supervision", hand()).new, "once, by its system and number"
        with pytest.raises(Conflict, match="finding_reused"):
            outside.take(office, tx, found(case_id, value="注销"), "supervision", hand())
        case = tx.cases.get(case_id)
        assert (case.state, case.review_reason, case.outcome) == (CaseState.REVIEW, "FINDING", None)
        assert case.file("registration-status").status in (ClaimStatus.CONTRADICTED, ClaimStatus.CONFLICT), "a lead"
        pieces = {one.via: one.id for one in tx.cases.evidence(case_id)}
        decided = review.decide(
            office, tx, case_id, Outcome.UNTRUE_CURABLE, "李四", "已停业", (pieces["supervision"], pieces["registers"]), hand()
        )
    assert decided.state is CaseState.CLOSED


def test_who_has_typed_a_finding_in_does_not_decide_against_the_subject_by_it_alone(store: Store, hand: Hand) -> None:
    office, case_id = good(store, hand)
    with store.begin() as tx:
        outside.take(office, tx, found(case_id), "李四", hand(), typed=True)
        cited = tuple(one.id for one in tx.cases.evidence(case_id))
        with pytest.raises(Invalid, match="evidence_own"):
            review.decide(office, tx, case_id, Outcome.UNTRUE_CURABLE, "李四", "已停业", cited, hand())


def test_what_agrees_proves_nothing_by_itself_and_what_is_about_no_case_is_a_matter_for_a_person(
    store: Store, hand: Hand
) -> None:
    office = open_office(store, hand)
    case_id = post(office, application(1, "business-licence", {"registration-status": "存续"}))
    with store.begin() as tx:
        outside.take(office, tx, found(case_id, verdict=Verdict.MATCH, value="存续"), "supervision", hand())
        assert tx.cases.get(case_id).file("registration-status").status is ClaimStatus.OPEN
        outside.take(office, tx, found(number="F-2"), "supervision", hand())
        third = found(case_id, number="F-3")
        for wrong in (
            replace(third, claim=""),
            replace(third, case_id="", claim=""),
            replace(third, value="", words=" "),
            replace(third, on=date(2026, 3, 3)),
        ):
            with pytest.raises(Invalid):
                outside.take(office, tx, wrong, "supervision", hand())
    assert "finding_caseless" in matters(store)


def rows(text: str) -> Callable[[Office, bool], tuple[list[str], int, int]]:
    def do(office: Office, keep: bool) -> tuple[list[str], int, int]:
        read = findingrows.findings(sheet.read(text.encode()), "bureau", "supervision", office.now())
        if read.read.flaws:
            return [f"{one.row} {one.column} {one.code}" for one in read.read.flaws], 0, 0
        done = findingrows.bring_in(office, read, "李四", office.now(), keep=keep)
        return [f"{one.row} {one.column} {one.code}" for one in done.flaws], done.new, done.known

    return do


def test_a_file_of_findings_is_read_row_by_row_and_taken_whole_or_not_at_all(store: Store, hand: Hand) -> None:
    office, case_id = good(store, hand)
    head = "发现编号,办件编号,承诺事实,主体代码,结论,所载内容,发现日期\n"
    bad = rows(f"{head}A-1,{case_id},,,mismatch,吊销,2026-03-02\nA-2,,,,mismatch,,2026-03-09\n")
    assert bad(office, True)[0] == ["2 claim cell_empty", "3 code identity_empty", "3 words cell_empty", "3 on day_future"]
    strange = rows(f"{head}A-1,{case_id},registration-status,,mismatch,吊销,2026-03-02\nA-2,{case_id},other,,match,,2026-03-02\n")
    assert strange(office, True) == (["3 claim claim_unknown_here"], 1, 0)
    with store.read() as tx:
        assert tx.cases.get(case_id).state is CaseState.CLOSED, "one row is wrong, so none was written"
    fine = rows(f"{head}A-1,{case_id},registration-status,,mismatch,吊销,2026-03-02\nA-2,,,{CODE},mismatch,停业,2026-03-02\n")
    assert fine(office, False) == ([], 2, 0)
    with store.read() as tx:
        assert tx.cases.get(case_id).state is CaseState.CLOSED, "a dry run"
    assert (fine(office, True), fine(office, True)) == (([], 2, 0), ([], 0, 2))


def tip(office: Office, tx: Tx, now: Hand) -> str:
    given = leads.Given(
        agency="bureau",
        source=TipSource.HOTLINE,
        kind=SubjectKind.FIRM,
        code=CODE,
        name="某某有限公司",
        words="实际并未经营",
        informant=Informant(name=NAME, contact="13900000000"),
    )
    return leads.take(office, tx, given, "热线", now()).id


def test_a_complaint_opens_a_lead_check_that_a_head_approves_and_that_stands_in_no_draw(store: Store, hand: Hand) -> None:
    """Scenario 8: when a complaint arrives, a lead check opens. Scenario 40: it is allowed where its type is uncapped."""
    office, _ = good(store, hand)
    with store.begin() as tx:
        tip_id = tip(office, tx, hand)
    assert matters(store) >= {leads.TO_SEE}
    with store.begin() as tx:
        made = leads.propose(office, tx, tip_id, "现场是否经营", "线索具体", "李四", hand())
        assert (made.state, made.counts) == (LeadState.PROPOSED, False)
        report = Report(inspectors=("A-1", "A-2"), on=hand().date(), found=True, words="门店已关闭", by="李四")
        with pytest.raises(Refusal, match="lead_unapproved"):
            leads.report(office, tx, made.id, report, hand())
        with pytest.raises(Refusal, match="lead_same_person"):
            leads.decide(office, tx, made.id, "李四 (os:lisi)", "批〔2026〕1号", hand(), approved=True)
        leads.decide(office, tx, made.id, "王局长", "批〔2026〕1号", hand(), approved=True)
        with pytest.raises(Refusal, match="tip_off_checking"):
            leads.close(office, tx, tip_id, "李四", "不查了", hand())
        with pytest.raises(Invalid, match="lead_team_short"):
            leads.report(office, tx, made.id, replace(report, inspectors=("A-1", "A-1")), hand())
        done = leads.report(office, tx, made.id, report, hand())
    assert done.state is LeadState.DONE
    assert leads.FOUND in matters(store)
    with store.read() as tx:
        (check,) = tx.inspections.of("bureau", (SubjectKind.FIRM, [CODE]))
        assert (check.check, check.number, check.completed) == (CheckType.LEAD, made.id, True)
        assert tx.visits.counts()[0] == [], "it is no visit of any draw, and in no statistics of draws"
        told = json.dumps([row["body"] for about in (tip_id, made.id) for row in tx.ledger.about(about)], ensure_ascii=False)
        assert NAME not in told + repr(done), "neither the ledger nor whoever goes hears who told"
        assert tx.tips.informant(tip_id).name == NAME


def test_scenario_27_what_an_agency_above_has_just_checked_is_looked_at_again_where_a_violation_is_suspected(
    store: Store, hand: Hand
) -> None:
    office, _ = good(store, hand)
    above = Inspection(
        agency="bureau",
        kind=SubjectKind.FIRM,
        code=CODE,
        on=hand().date() - timedelta(days=60),
        check=CheckType.PLANNED,
        authority=Authority.UPPER,
    )
    with store.begin() as tx:
        tx.inspections.put([above])
        policy = office.policy("bureau", hand().date())
        seen = of_one(office, tx, "bureau", NAME, SubjectKind.FIRM, CODE)
        held = suppressed(seen, policy.limits, {"business-licence"}, hand().date())
        assert held is not None, "no planned check for three months"
        made = leads.propose(office, tx, tip(office, tx, hand), "现场是否经营", "线索具体", "李四", hand())
        leads.decide(office, tx, made.id, "王局长", "批〔2026〕1号", hand(), approved=True)
        report = Report(inspectors=("A-1", "A-2"), on=hand().date(), found=True, words="门店已关闭", by="李四")
        assert leads.report(office, tx, made.id, report, hand()).state is LeadState.DONE


def counting(office: Office, cap: int = 1) -> Office:
    """An office whose pack counts lead checks, too."""
    demo = office.book.get("demo@1")
    row = replace(demo.limits.checks[CheckType.LEAD], counts=True)
    caps = {level: replace(one, cap=cap) for level, one in demo.limits.frequencies.items()}
    limits = replace(demo.limits, checks={**demo.limits.checks, CheckType.LEAD: row}, frequencies=caps)
    packs = tuple(replace(pack, limits=limits) if pack.label == "demo@1" else pack for pack in office.book.packs)
    return replace(office, book=replace(office.book, packs=packs))


def test_a_lead_check_that_counts_has_its_slot_from_when_a_head_approves_it(store: Store, hand: Hand) -> None:
    office = counting(good(store, hand)[0])
    with store.begin() as tx:
        first, second = (
            leads.propose(office, tx, tip(office, tx, hand), "现场是否经营", "线索具体", "李四", hand()) for _ in range(2)
        )
        leads.decide(office, tx, first.id, "王局长", "1号", hand(), approved=True)
    with store.begin() as tx, pytest.raises(Refusal, match="lead_cap_reached"):
        leads.decide(office, tx, second.id, "王局长", "2号", hand(), approved=True)
    name = object_id(office.secret, SubjectKind.FIRM, CODE)
    policy, today = office.book.get("demo@1"), office.calendar.local_date(hand())
    with store.read() as tx:
        seen = history(office, tx, "bureau").of(name)
        codes = [one.code for one in barred(seen, policy.limits.frequencies["U"], policy.limits, today, must=False)]
        assert codes == ["cap"], "a draw leaves it the slot, and is not told by `open` that somebody goes"
        assert of_one(office, tx, "bureau", name, SubjectKind.FIRM, CODE, known_at=hand() - timedelta(minutes=1)) == ()
        assert [one.authority for one in of_one(office, tx, "other", name, SubjectKind.FIRM, CODE)] == [Authority.OTHER]
    with store.begin() as tx:
        report = Report(inspectors=("A-1", "A-2"), on=hand().date(), found=False, words="", by="李四")
        leads.report(office, tx, first.id, report, hand())
        (made,) = of_one(office, tx, "bureau", name, SubjectKind.FIRM, CODE, known_at=hand())
        assert (made.completed, made.reserved) == (True, False), "once, whether approved or made"
        assert of_one(office, tx, "bureau", name, SubjectKind.FIRM, CODE, known_at=hand() - timedelta(minutes=1)) == ()


def test_where_the_pack_counts_lead_checks_the_cap_holds(store: Store, hand: Hand) -> None:
    office = counting(good(store, hand)[0])
    with store.begin() as tx:
        tip_id = tip(office, tx, hand)
        for number in ("1", "2"):
            made = leads.propose(office, tx, tip_id, "现场是否经营", "线索具体", "李四", hand())
            if number == "2":
                with pytest.raises(Refusal, match="lead_cap_reached"):
                    leads.decide(office, tx, made.id, "王局长", number, hand(), approved=True)
                leads.decide(office, tx, made.id, "王局长", "已达上限", hand(), approved=False)
                break
            leads.decide(office, tx, made.id, "王局长", number, hand(), approved=True)
            report = Report(inspectors=("A-1", "A-2"), on=hand().date(), found=False, words="", by="李四")
            leads.report(office, tx, made.id, report, hand())
            assert tx.tips.get(tip_id).state is TipState.OPEN, "nothing was found: it is an officer's again"


def test_a_tip_off_has_a_date_is_closed_with_reasons_and_who_told_is_forgotten(store: Store, hand: Hand) -> None:
    office, _ = good(store, hand)
    with store.begin() as tx:
        tip_id = tip(office, tx, hand)
        with pytest.raises(Invalid, match="tip_off_empty"):
            leads.take(
                office,
                tx,
                leads.Given(agency="bureau", source=TipSource.OTHER, kind=SubjectKind.FIRM, code=CODE, name="", words=" "),
                "热线",
                hand(),
            )
    hand.on(days=10)
    settle(office)
    with store.begin() as tx:
        (facts,) = (json.loads(row["body"]) for row in tx.attention.page(agencies=["bureau"]) if row["kind"] == leads.TO_SEE)
        assert facts["overdue"] is True
        with pytest.raises(Invalid, match="reason_missing"):
            leads.close(office, tx, tip_id, "李四", " ", hand())
        proposed = leads.propose(office, tx, tip_id, "是否经营", "具体", "李四", hand())
        leads.close(office, tx, tip_id, "李四", "与事实不符", hand())
        assert tx.tips.check(proposed.id).state is LeadState.REFUSED, "nobody goes any more"
        with pytest.raises(Refusal, match="tip_off_over"):
            leads.propose(office, tx, tip_id, "再查", "再查", "李四", hand())
    assert leads.TO_SEE not in matters(store)
    hand.on(days=1)
    weeding.weed(office, 0)
    with store.begin() as tx, pytest.raises(Missing, match="informant_gone"):
        tx.tips.informant(tip_id)


@pytest.mark.parametrize("refused", [True, False])
def test_a_tip_off_that_is_an_officers_again_has_a_clock_of_its_own_each_time(store: Store, hand: Hand, refused: bool) -> None:
    office, _ = good(store, hand)
    with store.begin() as tx:
        tip_id = tip(office, tx, hand)
    for number in ("1", "2"):
        with store.begin() as tx:
            made = leads.propose(office, tx, tip_id, "现场是否经营", "线索具体", "李四", hand())
            leads.decide(office, tx, made.id, "王局长", number, hand(), approved=not refused)
            if not refused:
                report = Report(inspectors=("A-1", "A-2"), on=hand().date(), found=False, words="", by="李四")
                leads.report(office, tx, made.id, report, hand())
        with store.read() as tx:
            back, (told,) = tx.tips.get(tip_id), tx.attention.standing(leads.TO_SEE)
        assert (told.get("overdue"), told["due_at"]) == (None, back.due_at.isoformat())
        hand.now = back.due_at
        settle(office)
        with store.read() as tx:
            assert [one["overdue"] for one in tx.attention.standing(leads.TO_SEE)] == [True]
    with store.begin() as tx:
        leads.close(office, tx, tip_id, "李四", "与事实不符", hand())
        assert tx.attention.standing(leads.TO_SEE) == []


@pytest.mark.slow
def test_systems_and_officers_bring_leads_in_by_the_api_and_who_told_is_read_on_record(store: Store, hand: Hand) -> None:
    office, case_id = good(store, hand)
    with serving(office) as edge:
        told = {"number": "F-9", "agency": "bureau", "case_id": case_id, "claim": "registration-status"}
        told |= {"verdict": "mismatch", "value": "吊销", "on": "2026-03-02"}
        with edge.as_(Role.SYSTEM, name="supervision") as system:
            first, again = system.post("/v1/findings", json=told), system.post("/v1/findings", json=told)
            assert (first.json(), again.json()) == ({"new": True, "state": "REVIEW"}, {"new": False, "state": "REVIEW"})
            other = system.post("/v1/findings", json=told | {"value": "注销"})
            assert (other.status_code, other.json()["error"]["code"]) == (409, "finding_reused")
            given = {"agency": "bureau", "source": "HOTLINE", "subject": {"code": CODE}, "words": "未经营"}
            tip_id = system.post("/v1/tip-offs", json=given | {"informant": {"name": NAME}}).json()["id"]
            assert system.get(f"/v1/tip-offs/{tip_id}").status_code == 403
            assert system.post("/v1/tip-offs", json=given | {"agency": "other"}).status_code == 404
        with edge.as_(Role.OFFICER, name="李四") as officer:
            shown = officer.get(f"/v1/tip-offs/{tip_id}")
            assert NAME not in shown.text + officer.get("/v1/tip-offs").text
            assert officer.post(f"/v1/tip-offs/{tip_id}/informant").json()["name"] == NAME
            check = officer.post(f"/v1/tip-offs/{tip_id}/lead-checks", json={"scope": "是否经营", "reasons": "具体"}).json()
            own = officer.post(f"/v1/lead-checks/{check['id']}/decision", json={"approved": True, "document": "1号"})
            assert (own.status_code, own.json()["error"]["code"]) == (409, "lead_same_person")
        with edge.as_(Role.OFFICER, name="王局长") as head:
            assert (
                head.post(f"/v1/lead-checks/{check['id']}/decision", json={"approved": True, "document": "1号"}).status_code
                == 200
            )
        with edge.as_(Role.OFFICER, name="李四") as officer:
            said = {"visited_on": "2026-03-02", "inspectors": ["A-1", "A-2"], "found": False}
            assert officer.post(f"/v1/lead-checks/{check['id']}/result", json=said).json()["state"] == "DONE"
            assert officer.post(f"/v1/tip-offs/{tip_id}/close", json={"reasons": "查无问题"}).json()["state"] == "CLOSED"
    with store.read() as tx:
        assert [row["rule"] for row in tx.ledger.about(tip_id)] == ["tip_off.take", "tip_off.looked", "tip_off.close"]
