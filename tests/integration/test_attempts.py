"""Nobody is called unreachable after one knock at a door (handbook 1.2.36, 1.2.37, 2.7): attempts by a team and at the desk."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta

import httpx
import pytest

from inspector.domain.attempt import Attempt, AttemptWay, attempted, lacking
from inspector.domain.case import Outcome
from inspector.domain.challenge import Applicant
from inspector.domain.proposal import Proposal
from inspector.domain.roster import Recusal
from inspector.domain.seeking import SHIPPED
from inspector.domain.visit import Seat, Visit
from inspector.flows import attempts, dispatch, recusing, relief
from inspector.flows.record import record
from inspector.store.store import Store
from inspector.web.roles import Role
from tests.edge import serving
from tests.house import START, Hand, Table, application, open_office, post, settle
from tests.integration.test_embargo import late
from tests.integration.test_seat_page import Team, accepted, team

pytestmark = pytest.mark.alike
__all__ = ["team"]
HOUSE, PHONE = AttemptWay.ON_SITE, AttemptWay.TELEPHONE


@pytest.mark.parametrize(
    ("tried", "enough"),
    [
        ([(HOUSE, 0), (HOUSE, 24), (PHONE, 25)], True),
        ([(HOUSE, 0), (HOUSE, 24)], False),
        ([(HOUSE, 0), (HOUSE, 24), (HOUSE, 48)], False),
        ([(HOUSE, 0), (PHONE, 1), (PHONE, 2)], False),
        ([(HOUSE, 0), (HOUSE, 0), (PHONE, 24)], False),
        ([(HOUSE, 0), (HOUSE, 1 / 60), (PHONE, 24)], False),
        ([(HOUSE, 0), (PHONE, 24), (PHONE, 30)], False),
        ([(HOUSE, 0), (PHONE, 0), (PHONE, 24)], True),
    ],
    ids=[
        "three in two ways on two days",
        "two",
        "one way",
        "one day",
        "two who went together",
        "a minute apart",
        "twice on one day",
        "two ways on one day",
    ],
)
def test_three_attempts_in_two_ways_on_two_days_are_enough_and_nothing_less_is(
    tried: list[tuple[AttemptWay, float]], enough: bool, store: Store, hand: Hand
) -> None:
    office = open_office(store, hand)
    refused = lacking([(way, START + timedelta(hours=hours)) for way, hours in tried], office.calendar, SHIPPED)
    assert (refused is None) is enough


def answered(response: httpx.Response) -> tuple[int, object]:
    return response.status_code, response.json().get("error", {}).get("code", response.json().get("enough"))


def test_an_officer_says_unreachable_only_after_the_attempts_on_record_and_it_is_no_false_commitment(
    store: Store, hand: Hand
) -> None:
    office = open_office(store, hand)
    case_id = post(office, application(1, "business-licence", {"registration-status": "存续"}))
    settle(office)
    hand.on(days=3)
    settle(office)
    at = hand()
    with serving(office) as edge, edge.as_(Role.OFFICER, name="李四") as officer:

        def attempt(way: str, when: datetime, words: str = "无人应答") -> tuple[int, object]:
            given = {"way": way, "at": when.isoformat(), "words": words}
            return answered(officer.post(f"/v1/cases/{case_id}/attempts", json=given))

        assert attempt("TELEPHONE", at + timedelta(days=1)) == (422, "attempt_out_of_range")
        assert attempt("TELEPHONE", at, " ") == (422, "attempt_wordless")
        assert attempt("TELEPHONE", at - timedelta(days=2)) == (200, False)
        assert attempt("TELEPHONE", at) == (200, False)
        assert attempt("LETTER", at - timedelta(days=1)) == (200, True)
        told = officer.get(f"/v1/cases/{case_id}/attempts").json()
    assert [(one["way"], one["by"]) for one in told["attempts"]] == [
        ("TELEPHONE", "李四"),
        ("LETTER", "李四"),
        ("TELEPHONE", "李四"),
    ]
    moments = {datetime.fromisoformat(one["entered_at"]) for one in told["attempts"]}
    assert moments == {hand()}, "and that three days were written down in one hour is told"
    with store.read() as tx:
        assert tx.cases.get(case_id).outcome is None, "attempts alone decide nothing"


def test_who_was_not_tried_often_enough_is_not_called_unreachable_and_who_was_has_committed_nothing_false(
    store: Store, hand: Hand
) -> None:
    office = open_office(store, hand, sources={"registers": Table(default="吊销")})
    case_id = post(office, application(1, "business-licence", {"registration-status": "存续"}))
    settle(office)
    hand.on(days=3)
    with serving(office) as edge, edge.as_(Role.OFFICER, name="李四") as officer:
        with store.read() as tx:
            cited = [one.id for one in tx.cases.evidence(case_id)]
        decision = {"outcome": "UNREACHABLE", "reasons": "多次联系未果", "evidence": cited}
        for way, before in (("TELEPHONE", 2), ("LETTER", 1), ("TELEPHONE", 0)):
            early = officer.post(f"/v1/cases/{case_id}/review", json=decision)
            assert (early.status_code, early.json()["error"]["code"]) == (409, "attempts_lacking")
            given = {"way": way, "at": (hand() - timedelta(days=before)).isoformat(), "words": "无人应答"}
            assert officer.post(f"/v1/cases/{case_id}/attempts", json=given).status_code == 200
        assert officer.post(f"/v1/cases/{case_id}/review", json=decision).status_code == 200
    with store.read() as tx:
        held = tx.cases.get(case_id)
        entered = [one.proposal for one in tx.consequences.of_case(case_id)]
    assert (held.outcome, held.entry, entered) == (Outcome.UNREACHABLE, None, [Proposal.REFER_REGISTER]), "referred, and no entry"


@pytest.mark.slow
def test_a_team_before_a_locked_door_enters_its_attempts_on_the_page_and_they_stand_with_the_case(team: Team, hand: Hand) -> None:
    accepted(team)
    hand.on(days=9)
    settle(team.edge.office)
    tried = {"do": "attempt", "way": "ON_SITE", "at": "", "words": ""}
    with team.edge.client() as browser:
        bare = browser.post(team.first, data=tried)
        assert (bare.status_code, "请写明联系的地址或者号码及结果" in bare.text) == (422, True)
        assert browser.post(team.first, data=tried | {"words": "大门紧锁，邻居称已搬走"}).status_code == 303
        early = browser.post(team.first, data=tried | {"at": "2020-01-01T09:00", "words": "电话无人接听"})
        assert (early.status_code, "电话无人接听" in early.text) == (422, True), "what was typed is kept"
        page = browser.get(team.second).text
    assert re.search(r"上门 · <span[^>]*>大门紧锁，邻居称已搬走", page), "the whole team reads it"
    with team.edge.office.store.read() as tx:
        (case_id,) = tx.visits.get(team.visit).case_ids
        (row,) = [row for row in tx.ledger.about(case_id) if row["rule"] == "contact.attempt"]
    assert team.visit in row["body"] or team.visit in str(dict(row)), "with the visit on which it was made"


@pytest.mark.slow
@pytest.mark.parametrize("why", ["leave", "recused"])
def test_what_was_entered_by_who_goes_no_more_is_kept_and_makes_nobody_unreachable(team: Team, hand: Hand, why: str) -> None:
    office, (_, _, name, link) = team.edge.office, team.first.split("/")
    accepted(team)
    hand.on(days=2)
    settle(office)
    with team.edge.client(X_Link_Token=link) as phone, team.edge.client(X_Link_Token=team.second.split("/")[3]) as mate:

        def attempt(by: httpx.Client, seat: str, way: str, back: int) -> tuple[int, object]:
            given = {"way": way, "at": (hand() - timedelta(hours=back)).isoformat(), "words": "无人应答"}
            return answered(by.post(f"/v1/seats/{seat}/attempts", json=given))

        with office.store.begin() as tx:
            staff = tx.visits.team(team.visit)[0].inspector
            if why == "recused":
                told = {"by": "赵", "reason": "kin", "evidence": "口头"}
                recusing.apply(office, tx, team.visit, staff, applicant=Applicant.FIRM, **told, now=hand())
            else:
                person, until = tx.rosters.inspector("bureau", staff), hand().date() + timedelta(days=30)
                tx.rosters.put_inspectors([replace(person, leave_from=hand().date(), leave_until=until)])
        assert attempt(phone, name, "ON_SITE", 30) == (200, False), "while it was asked, he or she went on"
        with office.store.begin() as tx:
            if why == "recused":
                recusing.decide(office, tx, team.visit, staff, granted=True, by="王局长", why="属实", now=hand())
            else:
                relief.look(office, tx, "bureau", hand())
        settle(office)
        hand.on(days=1)
        for way, back in (("TELEPHONE", 26), ("TELEPHONE", 1), ("ON_SITE", 0)):
            assert attempt(phone, name, way, back) == (200, False), "it may have lain in a phone, and is kept"
        with team.edge.as_(Role.OFFICER) as officer:
            (case_id,) = visit_of(team).case_ids
            read = officer.get(f"/v1/cases/{case_id}/attempts").json()
        before = why == "leave"  # who is on leave was no less impartial before; who is recused was not at any time (art. 43)
        assert ([one["counts"] for one in read["attempts"]], read["enough"]) == ([before, False, False, False], False)
        with office.store.begin() as tx:
            (fresh,) = (seat for seat in tx.visits.team(team.visit) if seat.state.awaited)
            dispatch.accept(tx, fresh.name, hand())
        second = team.second.split("/")[2]
        assert attempt(mate, second, "TELEPHONE", 0) == (200, False)
        hand.on(days=1)
        assert attempt(mate, second, "TELEPHONE", 0) == (200, before), "by who goes"
        assert attempt(mate, second, "LETTER", 0) == (200, True)


def test_a_conflict_that_is_declared_afterwards_takes_the_attempts_at_the_desk_and_of_a_visit_for_no_case(
    team: Team, hand: Hand
) -> None:
    office = team.edge.office
    accepted(team)
    hand.on(days=2)
    settle(office)
    (case_id,) = visit_of(team).case_ids
    with office.store.read() as tx:
        seat = tx.visits.team(team.visit)[0]
        person, code = tx.rosters.inspector("bureau", seat.inspector), tx.cases.get(case_id).subject.code

    def counted() -> list[bool]:
        with office.store.read() as tx:
            return [one.counts for one in attempts.of_cases(tx, [case_id, team.visit])]

    told = Attempt(way=HOUSE, at=hand(), words="无人应答", by=person.name)
    with office.store.begin() as tx:
        attempts.enter(office, tx, case_id, told, hand())
        attempts.enter(office, tx, case_id, replace(told, by="李四", words="仍无人应答"), hand())
        basis = attempted(replace(told, by=seat.inspector), hand() - timedelta(days=1), "maoji@1", hand(), "P:2.7")
        record(tx, team.visit, replace(basis, because=replace(basis.because, pack="")), hand(), {"agency": "bureau"})
    assert counted() == [True, True, True]
    with office.store.begin() as tx:
        tx.rosters.declare("bureau", code, seat.inspector, Recusal.KIN, "王局长")
    assert sorted(counted()) == [False, False, True], "by whichever name: what the other officer has tried stands"
    with team.edge.as_(Role.OFFICER) as officer:
        read = officer.get(f"/v1/cases/{case_id}/attempts").json()
    assert {one["by"]: one["counts"] for one in read["attempts"]} == {person.name: False, "李四": True}


@pytest.mark.slow
def test_nobody_has_sought_a_firm_before_the_team_could_know_it_or_before_sitting_there(store: Store, hand: Hand) -> None:
    office, _, _, visit = late(store, hand)
    assert visit.release_at is not None
    with store.read() as tx:
        first, second = tx.visits.team(visit.id)
    for seat in (first, second):
        with store.begin() as tx:
            dispatch.accept(tx, seat.name, hand())
    hand.now = visit.release_at
    settle(office)
    hand.on(hours=3)
    with store.begin() as tx:
        dispatch.decline(office, tx, second.name, "有事", hand())
    settle(office)
    with store.begin() as tx:
        third = next(seat for seat in tx.visits.team(visit.id) if seat.state.awaited)
        dispatch.accept(tx, third.name, hand())
    hand.on(hours=3)
    with serving(office) as edge, edge.client() as phone:

        def attempt(seat: Seat, at: datetime | None, **lay: str) -> tuple[int, object]:
            given = {"way": "TELEPHONE", "words": "无人应答", **({"at": at.isoformat()} if at else {}), **lay}
            head = {"X-Link-Token": office.link_token("seat", seat.name)}
            return answered(phone.post(f"/v1/seats/{seat.name}/attempts", json=given, headers=head))

        early = visit.release_at - timedelta(minutes=1)
        assert attempt(first, early) == (422, "attempt_out_of_range"), "it was told to nobody"
        assert attempt(first, visit.release_at) == (200, False)
        assert attempt(third, visit.release_at) == (422, "attempt_out_of_range"), "who was somewhere else then"
        assert attempt(third, hand() - timedelta(hours=2)) == (200, False)
        lay = {"captured_at": (hand() - timedelta(hours=5)).isoformat(), "sent_at": hand().isoformat()}
        assert attempt(third, None, **lay) == (200, False), "a clock that says what cannot be counts for nothing"
    with store.read() as tx:
        (case_id,) = visit.case_ids
        told = [one.at for one in attempts.of_cases(tx, [case_id])]
    assert told == [visit.release_at, hand() - timedelta(hours=2), hand()]


def visit_of(team: Team) -> Visit:
    with team.edge.office.store.read() as tx:
        return tx.visits.get(team.visit)
