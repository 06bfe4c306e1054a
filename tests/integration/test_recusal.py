"""Who must not go: applied for by a firm, an inspector or a colleague, decided by the head, dealt again by the rule (scenarios 33, 34)."""

from __future__ import annotations

import json

import pytest

from inspector.daemon.sweeps import snapshot
from inspector.domain.challenge import Applicant, Challenge, ChallengeState
from inspector.domain.errors import Invalid, Missing, Refusal
from inspector.domain.evidence import Verdict
from inspector.domain.finding import Finding
from inspector.domain.replacement import Ceased, Ground
from inspector.domain.visit import SeatState, Visit, VisitState
from inspector.flows import dispatch, recusing, relief, replacing, supplement
from inspector.flows.office import Office
from inspector.store.store import Store
from inspector.store.tx import Tx
from inspector.telemetry.metrics import Metrics
from inspector.web.roles import Role
from tests.drawn import carried_out
from tests.edge import WEB, serving
from tests.house import Hand, settle
from tests.integration.test_draw_way import inspectors, replayed, visits
from tests.integration.test_embargo import late
from tests.integration.test_relief import afterwards, drawn, team

pytestmark = pytest.mark.alike


def applied(office: Office, visit: Visit, staff: str, **told: object) -> Challenge:
    """The firm applies, and the clerk enters it."""
    said = {"applicant": Applicant.FIRM, "by": "王办事员", "reason": "kin", "evidence": "申请书 3 号", "now": office.now()} | told
    with office.store.begin() as tx:
        return recusing.apply(office, tx, visit.id, staff, **said)  # type: ignore[arg-type]


def decided(office: Office, visit: Visit, staff: str, *, granted: bool, by: str = "陈局长") -> Challenge:
    with office.store.begin() as tx:
        return recusing.decide(office, tx, visit.id, staff, granted=granted, by=by, why="查明属实", now=office.now())


def sitting(office: Office, visit: Visit) -> list[str]:
    return [seat.inspector for seat in team(office, visit) if seat.state.open]


def matters(office: Office) -> list[str]:
    with office.store.read() as tx:
        return [row["id"] for row in tx.attention.page(None)]


def entered(office: Office, hand: Hand, visit: Visit) -> Visit:
    """Both accept and the first one enters the result."""
    with office.store.begin() as tx:
        names = [seat.name for seat in tx.visits.team(visit.id) if seat.state.open]
        for name in names:
            dispatch.accept(tx, name, hand())
        findings = [Finding(case_id=doubt.case_id, claim=doubt.claim, verdict=Verdict.MATCH) for doubt in visit.doubts]
        return dispatch.report(office, tx, names[0], findings, "", hand())


def declared(office: Office, tx: Tx, visit: Visit, staff: str, *, evidence: str) -> list[Challenge]:
    """A colleague has said that an inspector is kin to whom a visit is to."""
    said = {"by": "刘", "reason": "kin", "evidence": evidence}
    return recusing.declare(office, tx, "bureau", visit.code, staff, applicant=Applicant.COLLEAGUE, **said, now=office.now())


def test_no_single_word_moves_anybody_from_a_seat_so_that_a_favourite_may_be_waited_for(store: Store, hand: Hand) -> None:
    office, _, visit = drawn(store, hand, staff=6)
    before = sitting(office, visit)
    for staff in before:
        with store.begin() as tx:
            told = declared(office, tx, visit, staff, evidence="?")
            assert [one.visit for one in told] == [visit.id]
            assert relief.look(office, tx, "bureau", hand()) == 0
    settle(office)
    assert (sitting(office, visit), afterwards(office, visit)) == (before, [])
    assert matters(office) == [f"recusal_asked:{seat.name}" for seat in team(office, visit)], "of matters nobody reads who goes"


@pytest.mark.slow
def test_nor_does_a_conflict_declared_in_advance_say_where_a_re_deal_ends(store: Store, hand: Hand) -> None:
    office, _, visit = drawn(store, hand, staff=6)
    first, second = team(office, visit)
    others = [row.id for row in inspectors(6) if row.id not in sitting(office, visit)]
    with store.begin() as tx:
        for staff in others:
            assert not declared(office, tx, visit, staff, evidence="声明书")
        dispatch.decline(office, tx, first.name, "病假", hand())
    (came,) = [staff for staff in sitting(office, visit) if staff != second.inspector]
    assert came in others
    assert [line["reason"] for line in afterwards(office, visit)] == ["declined"], "dealt again once, and not a second time"
    (seat,) = [one for one in team(office, visit) if one.inspector == came]
    assert f"recusal_asked:{seat.name}" in matters(office), "that one is an application by now"
    with pytest.raises(Refusal, match="challenge_own"):
        decided(office, visit, came, granted=True, by="刘")
    decided(office, visit, came, granted=False)
    with store.begin() as tx:
        relief.look(office, tx, "bureau", hand())
        assert tx.rosters.recusal("bureau", visit.code, came) is None, "the head has said that it is none"
    assert not [one for one in matters(office) if one.startswith("recusal_asked")], "and it is not asked again"
    replayed(office, visit.draw)


def test_the_head_decides_on_the_firms_application_and_only_that_seat_is_dealt_again(store: Store, hand: Hand) -> None:
    """Scenario 34, upheld."""
    office, phones, visit = drawn(store, hand, staff=6)
    first, second = team(office, visit)
    with store.begin() as tx:
        dispatch.accept(tx, second.name, hand())
    asked = applied(office, visit, second.inspector)
    assert sitting(office, visit) == [first.inspector, second.inspector], "nothing is suspended"
    with pytest.raises(Refusal, match="challenge_open"):
        applied(office, visit, second.inspector)
    pushed = len(phones.messages)
    made = decided(office, visit, second.inspector, granted=True)
    settle(office)
    assert (asked.state, made.state, made.decided_by) == (ChallengeState.OPEN, ChallengeState.GRANTED, "陈局长")
    (gone,) = [seat for seat in team(office, visit) if seat.inspector == second.inspector]
    assert (gone.state, gone.reason) == (SeatState.RELIEVED, "recused"), "a yes keeps no seat; the private reason stays private"
    assert first.inspector in sitting(office, visit)
    assert len(phones.messages) == pushed + 1
    (line,) = afterwards(office, visit)
    assert (line["kind"], line["out"], line["reason"], line["evidence"]) == ("redeal", second.inspector, "recused", None)
    with store.read() as tx:
        assert tx.rosters.recusal("bureau", visit.code, second.inspector) == ("kin", "陈局长"), "nor in draws to come"
        told = [entry["body"] for entry in tx.ledger.about(visit.id) if entry["rule"].startswith("challenge.")]
    facts = [json.loads(body)["facts"] for body in told]
    assert [(one["by"], one["applicant"]) for one in facts] == [("王办事员", "FIRM"), ("陈局长", "FIRM")]
    assert (facts[0]["reason"], facts[0]["evidence"], facts[1]["why"]) == ("kin", "申请书 3 号", "查明属实")
    replayed(office, visit.draw)
    with pytest.raises(Refusal, match="challenge_decided"):
        decided(office, visit, second.inspector, granted=False)


@pytest.mark.slow
def test_recusals_are_counted_by_reason_and_never_by_person(store: Store, hand: Hand) -> None:
    office, _, visit = drawn(store, hand, staff=6)
    first, second = sitting(office, visit)
    applied(office, visit, first)
    applied(office, visit, second, reason="post")
    decided(office, visit, second, granted=True)
    metrics = Metrics()
    snapshot(office, metrics)
    text = metrics.render().decode()
    told = {line for line in text.splitlines() if line.startswith(("inspector_recusals{", "inspector_conflicts{"))}
    assert told == {
        'inspector_recusals{reason="kin",state="OPEN"} 1.0',
        'inspector_recusals{reason="post",state="GRANTED"} 1.0',
        'inspector_conflicts{reason="post"} 1.0',
    }
    with serving(office, WEB.model_copy(update={"open_ops": True})) as edge, edge.client() as watcher:
        page = watcher.get("/ops?lang=en").text
    assert all(line in page for line in ("Near relative", "Worked there", "Recused: 1"))
    assert not [one for one in (first, second, visit.code, visit.name) if one in text or one in page]


def test_refused_the_inspector_stays_and_the_reason_is_told(store: Store, hand: Hand) -> None:
    office, _, visit = drawn(store, hand)
    before = sitting(office, visit)
    applied(office, visit, before[0])
    assert decided(office, visit, before[0], granted=False).why == "查明属实"
    assert (sitting(office, visit), afterwards(office, visit), matters(office)) == (before, [], [])
    assert applied(office, visit, before[0]).number == 2, "with better evidence it may be made anew"


@pytest.mark.slow
def test_what_is_entered_after_an_application_is_marked_and_looked_at_again_once_it_is_granted(store: Store, hand: Hand) -> None:
    """Scenario 34: the visit is not suspended, later steps are marked."""
    office, _, visit = drawn(store, hand)
    first, second = sitting(office, visit)
    applied(office, visit, first)
    hand.now = visit.release_at or hand.now
    settle(office)
    done = entered(office, hand, visits(office, visit.draw)[0])
    assert (done.state, done.parts[0].challenged) == (VisitState.DONE, (first,))
    with store.read() as tx:
        entries = tx.ledger.about(visit.id)
    steps = {row["rule"]: json.loads(row["body"]) for row in entries if row["rule"] in ("seat.accept", "visit.report")}
    assert steps["visit.report"]["facts"]["challenged"] == [first]
    marked = [json.loads(row["body"]).get("challenged") for row in entries if row["rule"] == "seat.accept"]
    assert marked.count(True) == 1, "his steps, and nobody else's"
    decided(office, visit, first, granted=True)
    assert f"recused_too_late:{next(one.name for one in team(office, visit) if one.inspector == first)}" in matters(office)
    assert {seat.state for seat in team(office, visit)} == {SeatState.DONE}, "what was entered stands"
    assert second not in done.parts[0].challenged
    hand.on(days=60)
    with pytest.raises(Refusal, match="visit_closed"):
        applied(office, visit, second)


@pytest.mark.slow
def test_a_second_recusal_at_one_visit_goes_to_a_supplementary_draw_and_not_to_the_next_in_order(
    store: Store, hand: Hand
) -> None:
    office, _, visit = drawn(store, hand, staff=7)
    for _ in range(2):
        staff = sitting(office, visit)[0]
        applied(office, visit, staff)
        decided(office, visit, staff, granted=True)
    (owed,) = visits(office, visit.draw)
    assert (owed.state, sitting(office, visit)) == (VisitState.OWED, [])
    assert [(line["kind"], line["reason"]) for line in afterwards(office, visit)] == [
        ("redeal", "recused"),
        ("withdrawn", "recused"),
    ]
    assert f"team_short:{visit.id}" in matters(office)
    replayed(office, visit.draw)
    with store.begin() as tx:
        made = supplement.announce(office, tx, "weekly", by="李科长", now=hand())
    assert made is not None
    settle(office)
    carried_out(office, hand, made.number)
    (anew,) = visits(office, made.number)
    gone = {seat.inspector for seat in team(office, visit) if seat.reason == "recused"}
    assert (anew.state, len(gone), gone & set(sitting(office, anew))) == (VisitState.ASSIGNED, 2, set())
    assert visits(office, visit.draw)[0].state is VisitState.CANCELLED
    assert len(afterwards(office, visit)) == 2, "its own draw has said so once"
    replayed(office, visit.draw)


@pytest.mark.slow
def test_an_application_says_by_what_it_is_known_and_is_about_somebody_who_sits_there(store: Store, hand: Hand) -> None:
    office, _, visit = drawn(store, hand)
    first = sitting(office, visit)[0]
    with pytest.raises(Invalid, match="draw_field_unusable"):
        applied(office, visit, first, evidence="  ")
    with pytest.raises(Invalid, match="challenge_reason"):
        applied(office, visit, first, reason="他是老板的侄子")
    with pytest.raises(Missing, match="seat_not_held"):
        applied(office, visit, "Z999")
    with pytest.raises(Missing, match="challenge_unknown"):
        decided(office, visit, first, granted=True)
    applied(office, visit, first)
    for own in ("王办事员", f" {first.lower()} ", f"检查员{int(first[1:])}"):
        with pytest.raises(Refusal, match="challenge_own"):
            decided(office, visit, first, granted=True, by=own)
    with store.begin() as tx:
        dispatch.decline(office, tx, team(office, visit)[0].name, "病假", hand())
    assert matters(office) == [], "nobody need be recused who has got up already"


@pytest.mark.slow
def test_over_http_a_clerk_applies_for_the_firm_after_the_release_and_another_officer_decides(store: Store, hand: Hand) -> None:
    office, _, _, visit = late(store, hand)
    first = sitting(office, visit)[0]
    with store.begin() as tx:
        for seat in tx.visits.team(visit.id):
            dispatch.accept(tx, seat.name, hand())
    at = f"/v1/visits/{visit.id}/recusals"
    asked = {"inspector": first, "applicant": "FIRM", "reason": "kin", "evidence": "申请书 3 号"}
    with serving(office) as edge:
        with edge.as_(Role.CLERK) as clerk:
            assert clerk.post(at, json=asked).status_code == 404, "before the release a clerk knows of no visit"
        with edge.as_(Role.OFFICER) as officer:
            assert officer.post(at, json={**asked, "applicant": "REGISTER"}).status_code == 422
        hand.now = visit.release_at or hand.now
        settle(office)
        with edge.as_(Role.CLERK) as clerk:
            made = clerk.post(at, json=asked)
            assert (made.status_code, made.json()["state"]) == (201, "OPEN")
            assert clerk.post(f"{at}/{first}", json={"granted": True, "why": "属实"}).status_code == 403
            assert clerk.get(at).status_code == 403
        with edge.as_(Role.OFFICER, "other") as stranger:
            assert (
                stranger.get(at).status_code
                == stranger.post(f"{at}/{first}", json={"granted": True, "why": "x"}).status_code
                == 404
            )
        with edge.as_(Role.OFFICER, name="clerk") as same:
            assert same.post(f"{at}/{first}", json={"granted": True, "why": "属实"}).json()["error"]["code"] == "challenge_own"
        with edge.as_(Role.OFFICER, name="head") as head:
            assert head.post(f"{at}/{first}", json={"granted": True, "why": "属实"}).json()["state"] == "GRANTED"
            (told,) = head.get(at).json()["applications"]
    assert (told["applied_by"], told["decided_by"], told["why"]) == ("clerk", "head", "属实")
    assert (told["evidence"], made.json()["evidence"]) == ("申请书 3 号", None), "whoever decides reads the facts"
    assert first not in sitting(office, visit)


@pytest.mark.slow
def test_by_the_api_what_is_refused_tells_alike_whoever_goes_and_each_asking_before_the_visit_is_an_entry(
    store: Store, hand: Hand
) -> None:
    office, _, visit = drawn(store, hand, staff=4)
    at, came = f"/v1/visits/{visit.id}/recusals", set(sitting(office, visit))
    said = {"applicant": "FIRM", "reason": "kin"}
    with serving(office) as edge, edge.as_(Role.OFFICER, name="clerk") as officer:
        blank = [officer.post(at, json={**said, "inspector": f"Z{n:03d}", "evidence": " "}) for n in range(1, 5)]
        assert len({(one.status_code, one.text) for one in blank}) == 1
        asked = {staff: officer.post(at, json={**said, "inspector": staff, "evidence": "申请书"}) for staff in ("Z001", "Z009")}
    assert (asked["Z001"].status_code, asked["Z009"].status_code) == (201 if "Z001" in came else 404, 404)
    with store.read() as tx:
        facts = [json.loads(row["body"])["facts"] for row in tx.ledger.about(visit.draw) if row["rule"] == "draw.read"]
    assert [one["what"] for one in facts] == ["api:recusal:Z001", "api:recusal:Z009"]


@pytest.mark.slow
def test_an_object_that_ceases_while_its_visit_is_owed_is_recorded_and_nothing_follows_in_its_draw(
    store: Store, hand: Hand
) -> None:
    office, _, visit = drawn(store, hand, staff=7)
    for _ in range(2):
        staff = sitting(office, visit)[0]
        applied(office, visit, staff)
        decided(office, visit, staff, granted=True)
    with store.begin() as tx, pytest.raises(Refusal, match="team_short"):
        replacing.give_up(office, tx, visit.id, ground=Ground.UNSAFE, reason="塌方", by="李科长", now=hand())
    with store.begin() as tx:
        replacing.cease(office, tx, visit.id, how=Ceased.CLOSED, evidence="登记簿", by="李科长", now=hand())
        done = replacing.cease(office, tx, visit.id, how=Ceased.CLOSED, evidence="登记簿", by="王主任", now=hand())
    assert (done.left.state, done.came) == (VisitState.CEASED, None)
    assert [line["kind"] for line in afterwards(office, visit)] == ["redeal", "withdrawn"]
    replayed(office, visit.draw)
