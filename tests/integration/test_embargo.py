"""Whom a visit is to: nobody learns it before the clock says so, then the team first; and who reads the list is written down."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from inspector.domain.calendar import Term, reminder
from inspector.domain.errors import Refusal
from inspector.domain.evidence import Verdict
from inspector.domain.finding import Finding
from inspector.domain.plan import Draw
from inspector.domain.policy import Policy
from inspector.domain.timer import Timer
from inspector.domain.visit import Seat, SeatState, Visit, VisitState
from inspector.flows import dispatch, relief
from inspector.flows.office import Office
from inspector.store.store import Store
from tests.drawn import announced, carried_out, drawing
from tests.edge import serving
from tests.engine import lines as log_lines
from tests.engine import listening
from tests.house import Hand, settle
from tests.integration.test_draw_way import FACTS, Phones, visits

pytestmark = pytest.mark.alike

PLACE = FACTS["registered-address"]


def late(store: Store, hand: Hand, term: str = "1wd") -> tuple[Office, Phones, Draw, Visit]:
    """A drawn visit whose object is told so long before its last day."""
    office, phones, _ = drawing(store, hand)

    def change(pack: Policy) -> Policy:
        row = replace(pack.terms[Timer.RELEASE], term=Term.parse(term))
        return replace(pack, terms={**pack.terms, Timer.RELEASE: row})

    office = replace(office, book=replace(office.book, packs=tuple(map(change, office.book.packs))))
    _, held = announced(office, hand, cases=1)
    drawn = carried_out(office, hand, held.number)
    (visit,) = visits(office, held.number)
    return office, phones, drawn, visit


def test_the_team_alone_reads_with_whom_it_goes_and_only_while_it_goes(store: Store, hand: Hand) -> None:
    office, _, _, visit = late(store, hand)
    with store.read() as tx:
        first, second = tx.visits.team(visit.id)
    with (
        serving(office) as edge,
        edge.client(X_Link_Token=office.link_token("seat", first.name)) as phone,
        edge.as_("officer") as officer,
        edge.as_("clerk") as clerk,
    ):

        def read(by: httpx.Client) -> list[dict[str, str]]:
            told: list[dict[str, str]] = by.get(f"/v1/seats/{first.name}").json()["mates"]
            return told

        assert first.state is SeatState.HANDED_OVER
        assert read(phone) == [], "not before the release"
        assert phone.post(f"/v1/seats/{first.name}/accept").json()["mates"] == []
        with store.begin() as tx:
            dispatch.accept(tx, second.name, hand())
        assert visit.release_at is not None
        hand.now = visit.release_at
        settle(office)
        person = f"检查员{int(second.inspector[1:])}"
        told = {"agency": "bureau", "inspector": second.inspector, "name": person, "state": "ACCEPTED"}
        assert read(phone) == [told]
        assert read(officer) == [], "a token is nobody of the team"
        assert clerk.get(f"/v1/seats/{first.name}").status_code == 404, "a seat tells what the list tells"
        assert phone.get(f"/v1/seats/{second.name}").status_code == 403, "nor is the link of another seat"
        with edge.client(X_Link_Token=office.link_token("seat", second.name)) as other:
            assert [one["inspector"] for one in other.get(f"/v1/seats/{second.name}").json()["mates"]] == [first.inspector]
            assert other.post(f"/v1/seats/{second.name}/decline", json={"reason": "与当事人有亲属关系"}).json()["mates"] == []
            assert other.get(f"/v1/seats/{second.name}").json()["mates"] == [], "who is out of the team learns nothing more of it"
        settle(office)
        (now,) = read(phone)
        assert now["inspector"] not in (first.inspector, second.inspector), "who came in by the rule"


def test_scenario_39_the_team_alone_learns_whom_the_visit_is_to_when_the_clock_says_so(store: Store, hand: Hand) -> None:
    office, phones, drawn, visit = late(store, hand)
    assert visit.release_at == reminder(visit.due_at, 1, office.calendar)
    with store.read() as tx:
        names = [dispatch.seat_name(seat) for seat in tx.visits.team(visit.id)]
    told = json.dumps([[one.title, one.text, dict(one.data)] for one in phones.messages], ensure_ascii=False)
    page = f"/seat/{names[0]}/{office.link_token('seat', names[0])}"
    with serving(office) as edge, edge.client(X_Link_Token=office.link_token("seat", names[0])) as team:
        assert team.get(page).status_code == 200
        before = [team.get(f"/v1/seats/{names[0]}").text, team.get(page).text, told]
        assert not [text for text in before if visit.code in text or visit.name in text or PLACE in text]
        for name in names:
            with store.begin() as tx:
                dispatch.accept(tx, name, hand())
        finding = Finding(case_id=visit.doubts[0].case_id, claim=visit.doubts[0].claim, verdict=Verdict.MATCH)
        with store.begin() as tx, pytest.raises(Refusal, match="visit_embargoed"):
            dispatch.report(office, tx, names[0], [finding], "", hand())
        hand.now = visit.release_at - timedelta(minutes=1)
        settle(office)
        assert visit.code not in team.get(f"/v1/seats/{names[0]}").text
        hand.on(minutes=1)
        settle(office)
        assert team.get(f"/v1/seats/{names[0]}").json()["visit"]["code"] == visit.code
        assert PLACE in team.get(page).text
        with edge.as_("clerk") as clerk:
            assert clerk.get(f"/v1/draws/{drawn.number}").json()["result"] is None, "the team first"
        metrics = edge.metrics.render()
    assert visit.code.encode() not in metrics
    assert visit.name.encode() not in metrics
    with store.read() as tx:
        assert [row["rule"] for row in tx.ledger.about(visit.id)].count("visit.release") == 1


@pytest.mark.slow
@pytest.mark.parametrize("before", [True, False], ids=["before the release", "behind it"])
@pytest.mark.parametrize("state", [VisitState.OWED, VisitState.SHORT])
def test_scenario_39_a_visit_that_another_team_will_make_is_released_to_nobody_of_this_one(
    store: Store, hand: Hand, state: VisitState, before: bool
) -> None:
    office, _, _, visit = late(store, hand)
    assert visit.release_at is not None
    if not before:
        hand.now = visit.release_at
        settle(office)
    first, *_ = _seats(store, visit)
    while (held := _visit(store, visit)).state is VisitState.ASSIGNED:
        other = next(seat for seat in _seats(store, visit) if seat.place != first.place and seat.state.open)
        with store.begin() as tx:
            if state is VisitState.OWED:
                known, last = tx.rosters.inspector("bureau", other.inspector), hand().date() + timedelta(days=60)
                tx.rosters.put_inspectors([replace(known, leave_from=hand().date(), leave_until=last)])
                relief.look(office, tx, "bureau", hand())
            else:
                dispatch.decline(office, tx, other.name, "有事", hand())
        settle(office)
    assert held.state is state
    hand.now = max(hand.now, visit.release_at)
    settle(office)
    assert _visit(store, visit).released is not before
    with store.read() as tx:
        assert [row["rule"] for row in tx.ledger.about(visit.id)].count("visit.release") == (0 if before else 1)
    left = {seat.state for seat in _seats(store, visit)}
    assert (SeatState.CANCELLED if state is VisitState.OWED else SeatState.HANDED_OVER) in left
    with serving(office) as edge:
        for seat in _seats(store, visit):
            link = office.link_token("seat", seat.name)
            with edge.client(X_Link_Token=link) as program, edge.client() as phone:
                told = program.get(f"/v1/seats/{seat.name}").json()
                assert (told["visit"]["code"], told["visit"]["name"], told["visit"]["doubts"], told["mates"]) == ("", "", [], [])
                assert program.get(f"/v1/seats/{seat.name}/notes").status_code == 403
                for page in (
                    phone.get(f"/seat/{seat.name}/{link}"),
                    phone.post(f"/seat/{seat.name}/{link}", data={"do": "look"}),
                ):
                    assert page.status_code == 200
                    assert not [word for word in (visit.code, visit.name, PLACE) if word in page.text]


def _seats(store: Store, visit: Visit) -> tuple[Seat, ...]:
    with store.read() as tx:
        return tx.visits.team(visit.id)


def _visit(store: Store, visit: Visit) -> Visit:
    with store.read() as tx:
        return tx.visits.get(visit.id)


def test_scenario_39_no_page_of_the_house_names_the_object_before_the_release(store: Store, hand: Hand) -> None:
    office, _, drawn, visit = late(store, hand)
    pages = (
        "/ops",
        "/ops/draws",
        f"/ops/draws/{drawn.number}",
        "/v1/attention",
        "/v1/plans",
        f"/figures/{drawn.number}",
        "/metrics",
    )
    read = set[str]()
    with serving(office) as edge:
        for role in ("ops", "clerk"):
            with edge.client() as browser, edge.as_(role, "city") as program:
                browser.post("/login", data={"token": edge.token(role, "city")})
                told = [client.get(path) for path in pages for client in (browser, program)]
                read |= {one.url.path for one in told if one.status_code == 200}
                assert [one.url.path for one in told if visit.code in one.text or visit.name in one.text] == []
    assert read == {*pages}, "each was open to one of them"


def test_a_log_of_the_draw_names_no_object(store: Store, hand: Hand, capsys: pytest.CaptureFixture[str]) -> None:
    with listening() as heard:
        *_, visit = late(store, hand)
    told = json.dumps(log_lines(heard), ensure_ascii=False, default=str) + "".join(capsys.readouterr())
    assert visit.id in told
    assert visit.code not in told
    assert visit.name not in told


def test_who_reads_an_embargoed_list_stands_in_the_ledger_and_who_need_not_see_it_is_refused(store: Store, hand: Hand) -> None:
    office, _, drawn, visit = late(store, hand, "3wd")
    path = f"/v1/draws/{drawn.number}"

    def readers() -> list[object]:
        with store.read() as tx:
            return [json.loads(row["body"])["facts"]["by"] for row in tx.ledger.about(drawn.number) if row["rule"] == "draw.read"]

    with serving(office) as edge:
        for role in ("clerk", "ops", "system"):
            with edge.as_(role) as client:
                assert client.get(path).json()["result"] is None
        assert readers() == []
        for role, name in (("officer", "李科长"), ("auditor", "审计员")):
            with edge.as_(role, name=name) as client:
                assert client.get(path).json()["result"][0]["object_id"] == visit.object_id
        assert readers() == ["李科长", "审计员"]
        with store.read() as tx:
            names = [dispatch.seat_name(seat) for seat in tx.visits.team(visit.id)]
        for name in names:
            with store.begin() as tx:
                dispatch.accept(tx, name, hand())
        findings = [Finding(case_id=one.case_id, claim=one.claim, verdict=Verdict.MATCH) for one in visit.doubts]
        with store.begin() as tx:
            dispatch.report(office, tx, names[0], findings, "", hand())
        with edge.as_("clerk") as clerk:
            assert clerk.get(path).json()["result"] is not None, "the visits are made: the embargo is over"
    assert readers() == ["李科长", "审计员"]


def test_whoever_counts_out_the_names_of_seats_learns_no_more_than_the_list_tells(store: Store, hand: Hand) -> None:
    office, _, held, visit = late(store, hand)
    with store.read() as tx:
        seat = tx.visits.team(visit.id)[0]
    with serving(office) as edge, edge.as_("officer") as officer, edge.as_("auditor") as auditor, edge.as_("clerk") as clerk:
        answers = [by.get(f"/v1/seats/{seat.name}").status_code for by in (officer, auditor, clerk)]
        with store.begin() as tx:
            entries = [json.loads(row["body"])["facts"] for row in tx.ledger.about(held.number) if row["rule"] == "draw.read"]
            tx.visits.put(replace(tx.visits.get(visit.id), state=VisitState.DONE))
        over = clerk.get(f"/v1/seats/{seat.name}").status_code
    assert (answers, over) == ([200, 200, 404], 200)
    assert [(one["by"], one["what"]) for one in entries] == [(who, f"api:seat:{seat.name}") for who in ("officer", "auditor")]


@pytest.mark.slow
def test_who_reads_a_case_that_shows_a_visit_still_to_be_made_stands_in_the_ledger_too(store: Store, hand: Hand) -> None:
    office, _, drawn, visit = late(store, hand)
    (case_id,) = visit.case_ids

    def readers() -> list[tuple[str, str]]:
        with store.read() as tx:
            facts = [json.loads(row["body"])["facts"] for row in tx.ledger.about(drawn.number) if row["rule"] == "draw.read"]
        return [(one["by"], one["what"]) for one in facts]

    with serving(office) as edge:
        for role, name in (("officer", "李科长"), ("auditor", "审计员")):
            with edge.as_(role, name=name) as client:
                assert visit.id in client.get(f"/v1/cases/{case_id}").text
                assert visit.id in client.get(f"/v1/cases/{case_id}/explain").text
        assert readers() == [(name, f"api:{case_id}") for name in ("李科长", "李科长", "审计员", "审计员")]
        with edge.as_("system", name="approving") as client:
            assert visit.id not in client.get(f"/v1/cases/{case_id}").text, "where the applicant is near, it is not told"
        with edge.client() as client:
            token = edge.token("officer", name="王科长")
            client.post("/login", data={"token": token})
            assert visit.id in client.get(f"/review/{case_id}").text
        assert readers()[-1] == ("王科长", f"api:{case_id}")
        with store.begin() as tx:
            names = [dispatch.seat_name(seat) for seat in tx.visits.team(visit.id)]
            for name in names:
                dispatch.accept(tx, name, hand())
        hand.now = visit.release_at or hand.now
        settle(office)
        finding = Finding(case_id=case_id, claim=visit.doubts[0].claim, verdict=Verdict.MATCH)
        with store.begin() as tx:
            dispatch.report(office, tx, names[0], [finding], "", hand())
        before = len(readers())
        with edge.as_("officer") as client:
            assert visit.id in client.get(f"/v1/cases/{case_id}").text
    assert len(readers()) == before, "a visit that was made is nobody's secret"
