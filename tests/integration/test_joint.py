"""Joint checks: one visit, one draw of objects, each agency deals its own officers (scenario 38; handbook 1.2.1, 1.2.29)."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from inspector.cli.bundle import Bundle, judge
from inspector.domain.case import CaseState, Outcome, SubjectKind
from inspector.domain.commitment import read
from inspector.domain.errors import Invalid, Refusal
from inspector.domain.evidence import Verdict
from inspector.domain.exclusion import counted
from inspector.domain.finding import Finding
from inspector.domain.inspection import Authority, CheckType, Inspection
from inspector.domain.known import as_known
from inspector.domain.plan import Draw
from inspector.domain.roster import RosterObject
from inspector.domain.visit import Seat, SeatState, Visit, VisitState
from inspector.flows import dispatch, review, visitnotice
from inspector.flows.draw import announce_now
from inspector.flows.framing import frame
from inspector.flows.history import history
from inspector.flows.lists import bundle
from inspector.flows.office import Office, Plan
from inspector.store.store import Store
from inspector.verifier import verify_draw
from tests.edge import serving
from tests.house import Hand, application, post, settle
from tests.integration.test_draw_way import FACTS, Phones, carried_out, drawing, inspectors, visits
from tests.needs import require
from tests.second import judged

pytestmark = pytest.mark.alike

AGENCIES = ("bureau", "other", "civil")
JOINT = Plan(name="joint", agency="bureau", trigger="every 7d", partners=("other", "civil"))
FIRM = "TEST00000000000001"


def together(store: Store, hand: Hand, staff: dict[str, int] | None = None) -> tuple[Office, Phones]:
    """An office with a joint plan of three agencies, whose officers bear the same numbers, each agency its own."""
    office, phones, _ = drawing(store, hand, staff=0)
    enlist(office, staff or dict.fromkeys(AGENCIES, 4))
    return replace(office, plans={"joint": JOINT, "alone": replace(JOINT, name="alone", agency="other", partners=())}), phones


def enlist(office: Office, staff: dict[str, int]) -> None:
    """Officers of each agency."""
    with office.store.begin() as tx:
        for agency, count in staff.items():
            for row in inspectors(count):
                own = {"certificate": f"{agency}-{row.certificate}", "address": f"{agency}-{row.id}"}
                tx.rosters.put_inspectors([replace(row, agency=agency, pools=(agency,), **own)])  # type: ignore[arg-type]


def waiting(office: Office, *agencies: str) -> dict[str, str]:
    """A case about the one firm at each agency, waiting for a visit; by agency."""
    given = application(1, "dispatch-premises", FACTS)
    ids = {agency: post(office, replace(given, agency=agency, reference=f"R-{agency}")) for agency in agencies}
    settle(office)
    return ids


def drawn(office: Office, hand: Hand, plan: str = "joint") -> tuple[Draw, Visit]:
    """The plan's draw, carried out, and its one visit."""
    with office.store.begin() as tx:
        held = announce_now(office, tx, plan, "clerk", hand())
    assert held is not None
    settle(office)
    held = carried_out(office, hand, held.number)
    (made,) = visits(office, held.number)
    return held, made


def seats(office: Office, made: Visit, agency: str = "") -> tuple[Seat, ...]:
    """Every turn of every place, of one agency or of all."""
    with office.store.read() as tx:
        return tuple(seat for seat in tx.visits.team(made.id) if agency in ("", seat.agency))


def accepted(office: Office, hand: Hand, made: Visit) -> None:
    """Everybody says yes."""
    with office.store.begin() as tx:
        for seat in tx.visits.team(made.id):
            if seat.state.open:
                dispatch.accept(tx, seat.name, hand())


def entered(office: Office, hand: Hand, made: Visit, agency: str) -> Visit:
    """An officer of an agency enters its part: what was promised is so."""
    seat = next(seat for seat in seats(office, made, agency) if seat.state.open)
    findings = [Finding(case_id=doubt.case_id, claim=doubt.claim, verdict=Verdict.MATCH) for doubt in as_known(made, seat).doubts]
    with office.store.begin() as tx:
        return dispatch.report(office, tx, seat.name, findings, f"{agency} saw it", hand())


def stored(office: Office, held: Draw) -> dict[str, bytes]:
    """The bundle as it is exported."""
    with office.store.read() as tx:
        return bundle(held, tx.draws.files(held.number))


def lines(office: Office, held: Draw, agency: str) -> list[dict[str, object]]:
    """What happened to an agency's teams."""
    return [json.loads(line) for line in stored(office, held).get(f"{agency}.after.jsonl", b"").splitlines()]


def seen(office: Office, hand: Hand, agency: str, *, own: bool) -> int:
    """How many visits of the firm use up a cap this year, as one agency counts them."""
    with office.store.read() as tx:
        past = history(office, tx, agency).of(FIRM)
        whose = frozenset({Authority.OWN} if own else Authority)
        return counted(past, office.policy(agency, hand().date()).limits, hand().date(), whose)


def registered(office: Office, *agencies: str) -> None:
    """The firm stands in the daily-supervision register."""
    rows = [RosterObject(agency=one, kind=SubjectKind.FIRM, code=FIRM, original="", name="某公司", pool=one) for one in agencies]
    with office.store.begin() as tx:
        tx.rosters.put_objects(rows)


def pooled(office: Office) -> Office:
    """The plans with the register in their frames."""
    return replace(office, plans={name: replace(plan, pool=True) for name, plan in office.plans.items()})


def test_three_agencies_with_checks_of_one_firm_make_one_visit_with_one_draw_of_objects_and_a_team_of_each(
    store: Store, hand: Hand
) -> None:
    office, phones = together(store, hand)
    cases = waiting(office, *AGENCIES)
    held, made = drawn(office, hand)
    files = stored(office, held)
    commitment, result = read(files["commit.json"]), json.loads(files["result.json"])
    assert [one.name for one in commitment.lists] == list(AGENCIES)
    assert len({one.objects for one in commitment.lists}) == len({str(one.rules) for one in commitment.lists}) == 1
    selected = [[stratum["selected"] for stratum in one["strata"].values()] for one in result["lists"]]
    assert selected[0] == selected[1] == selected[2], "the objects are drawn once"
    beside = json.loads(files["commit.json"])["lists"]
    assert [(one["agency"], one.get("lead")) for one in beside] == [("bureau", True), ("other", None), ("civil", None)]
    assert (made.agency, made.partners) == ("bureau", ("other", "civil")), "one visit, with its lead"
    assert set(made.case_ids) == set(cases.values()), "each agency's own check is part of it"
    team = seats(office, made)
    assert Counter(seat.agency for seat in team) == dict.fromkeys(AGENCIES, 2)
    assert Counter(message.to.partition("-")[0] for message in phones.messages) == dict.fromkeys(AGENCIES, 2)
    assert len(made.doubts) == 3
    assert {message.data["facts"] for message in phones.messages} == {1}, "each is told of its own part"
    with store.read() as tx:
        assert [tx.cases.undrawn(agency) for agency in AGENCIES] == [[], [], []], "nobody draws it a second time"


@pytest.mark.slow
def test_each_agency_enters_its_own_part_and_knows_no_other_and_the_last_one_ends_the_visit(store: Store, hand: Hand) -> None:
    office, _ = together(store, hand)
    cases = waiting(office, *AGENCIES)
    _, made = drawn(office, hand)
    for seat in seats(office, made):
        known = as_known(made, seat)
        assert {doubt.case_id for doubt in known.doubts} == set(known.case_ids) == {cases[seat.agency]}
    lead, partner = seats(office, made, "bureau")[0], seats(office, made, "other")[0]
    foreign = [Finding(case_id=doubt.case_id, claim=doubt.claim, verdict=Verdict.MISMATCH) for doubt in made.doubts]
    with store.begin() as tx:
        dispatch.accept(tx, partner.name, hand())
        with pytest.raises(Refusal, match="team_not_accepted"):
            dispatch.report(office, tx, partner.name, [], "", hand())
    accepted(office, hand, replace(made))
    with store.begin() as tx, pytest.raises(Invalid, match="findings_unknown"):
        dispatch.report(office, tx, partner.name, foreign, "", hand())
    first = entered(office, hand, made, "other")
    assert (first.state, first.owing) == (VisitState.ASSIGNED, frozenset({"bureau", "civil"}))
    with store.read() as tx:
        state = {agency: tx.cases.get(case).state for agency, case in cases.items()}
    assert (state["other"], state["bureau"]) == (CaseState.CLOSED, CaseState.VERIFYING), "its case does not wait for the others"
    assert {seat.state for seat in seats(office, made, "other")} == {SeatState.DONE}
    with store.begin() as tx, pytest.raises(Refusal, match="part_given"):
        dispatch.report(office, tx, partner.name, [], "", hand())
    entered(office, hand, made, "bureau")
    done = entered(office, hand, made, "civil")
    assert (done.state, {seat.state for seat in seats(office, made)}) == (VisitState.DONE, {SeatState.DONE})
    assert [part.agency for part in done.parts] == ["other", "bureau", "civil"]
    assert [part.remarks for part in as_known(done, lead).parts] == ["bureau saw it"]
    assert {finding.case_id for finding in as_known(done, lead).findings} == {cases["bureau"]}
    with store.read() as tx:
        assert {tx.cases.get(case).outcome for case in cases.values()} == {Outcome.TRUE}


def test_a_joint_visit_counts_once_for_each_agency_and_once_for_all_together(store: Store, hand: Hand) -> None:
    office, _ = together(store, hand)
    office = pooled(office)
    registered(office, *AGENCIES)
    _, made = drawn(office, hand)
    assert (made.check, made.doubts) == (CheckType.JOINT, ())
    assert [seen(office, hand, one, own=True) for one in (*AGENCIES, "houses")] == [1, 1, 1, 0]
    assert [seen(office, hand, one, own=False) for one in (*AGENCIES, "houses")] == [1, 1, 1, 1]
    accepted(office, hand, made)
    done = entered(office, hand, made, "bureau")
    assert done.state is VisitState.DONE, "who has nothing in question has nothing to enter: the lead's word ends it"
    assert [seen(office, hand, one, own=True) for one in AGENCIES] == [1, 1, 1]
    assert [seen(office, hand, one, own=False) for one in AGENCIES] == [1, 1, 1]
    with store.begin() as tx:
        policy = office.policy("other", hand().date())
        alone = frame(office, tx, office.plans["alone"], policy, "other-1", hand())
    (row,) = alone.frame.objects
    assert row.status == "cool-down", "it is a planned check of the partner too"
    there = {seat.inspector for seat in seats(office, made, "other")}
    assert {ban.inspector for ban in alone.frame.bans} == there, "and its officers have been there the last time, no others"


def test_an_object_that_a_partner_may_not_visit_any_more_is_drawn_for_nobody_and_the_commitment_says_why(
    store: Store, hand: Hand
) -> None:
    office, _ = together(store, hand)
    office = pooled(office)
    registered(office, "bureau")
    with store.begin() as tx:
        policy = office.policy("civil", hand().date())
        past = Inspection(agency="civil", kind=SubjectKind.FIRM, code=FIRM, on=date(2026, 1, 1), check=CheckType.PLANNED)
        days = range(policy.limits.frequencies[policy.unrated].cap or 0)
        tx.inspections.put([replace(past, on=date(2026, 1, 1 + day), authority=Authority.OWN) for day in days])
        made = frame(office, tx, replace(JOINT, pool=True), office.policy("bureau", hand().date()), "n", hand())
    assert [row.status for row in made.frame.objects] == ["cap"]
    ((row, _),) = made.ruled.derivation["exclusions"]["cap"]  # type: ignore[index]
    assert row.startswith("civil: "), "it is named whose cap it is"


@pytest.mark.slow
def test_an_officer_who_declines_is_followed_by_the_rule_from_the_same_agency_and_every_verifier_replays_it(
    store: Store, hand: Hand, tmp_path: Path
) -> None:
    office, phones = together(store, hand)
    waiting(office, *AGENCIES)
    held, made = drawn(office, hand)
    before = {agency: seats(office, made, agency) for agency in AGENCIES}
    pushed = len(phones.messages)
    with store.begin() as tx:
        dispatch.decline(office, tx, before["civil"][0].name, "与当事人有亲属关系", hand())
    settle(office)
    (old, other), after = before["civil"], seats(office, made, "civil")
    (new,) = [seat for seat in after if seat.place == old.place and seat.state.open]
    assert new.inspector not in {old.inspector, other.inspector}
    assert [message.to for message in phones.messages[pushed:]] == [f"civil-{new.inspector}"]
    assert [seats(office, made, agency) for agency in ("bureau", "other")] == [before["bureau"], before["other"]]
    (line,) = lines(office, held, "civil")
    assert (line["seq"], line["seat"], line["out"], line["in"]) == (1, 0, old.inspector, new.inspector)
    assert lines(office, held, "bureau") == lines(office, held, "other") == [], "the lists of the others say nothing of it"
    agreed(tmp_path, stored(office, held))


def agreed(folder: Path, files: dict[str, bytes]) -> None:
    """The engine, the program and the page come to the same; a foreign substitute is refused by all three."""
    right, wrong = folder / "right", folder / "wrong"
    after = {name: content for name, content in files.items() if name.endswith("after.jsonl")}
    swapped = {name: content.replace(b'"in":"Z', b'"in":"Y') for name, content in after.items()}
    for where, held in ((right, files), (wrong, files | swapped)):
        where.mkdir()
        for name, content in held.items():
            (where / name).write_bytes(content)
    opinion = judge(Bundle.of_folder(right), None)
    assert (opinion.verdict.holds, opinion.replayed) == (True, sum(one.count(b"\n") for one in after.values()))
    assert not [one for one in opinion.verdict.remarks if one.code == "draw.files_ignored"]
    assert not judge(Bundle.of_folder(wrong), None).verdict.holds
    assert [verify_draw.main([str(where)]) for where in (right, wrong)] == [0, 1]
    require("node")
    first, second = judged([right, wrong])
    assert first.startswith("agrees")
    assert not second.startswith("agrees")


def test_an_agency_short_of_an_officer_keeps_its_place_the_others_stand_and_a_person_of_each_side_is_told(
    store: Store, hand: Hand
) -> None:
    office, _ = together(store, hand, {"bureau": 4, "other": 1, "civil": 4})
    waiting(office, *AGENCIES)
    _, short = drawn(office, hand)
    assert (short.state, short.partners) == (VisitState.SHORT, ("other", "civil")), "the selection and its agencies stand"
    assert Counter(seat.agency for seat in seats(office, short) if seat.state.open) == {"bureau": 2, "other": 1, "civil": 2}
    with store.read() as tx:
        told = {
            (row["agency"], json.loads(row["body"])["agency"]) for row in tx.attention.page(None) if row["kind"] == "team_short"
        }
    assert told == {("bureau", "other"), ("other", "other")}
    accepted(office, hand, short)
    with store.begin() as tx, pytest.raises(Refusal, match="team_short"):
        dispatch.report(office, tx, seats(office, short, "bureau")[0].name, [], "", hand())


@pytest.mark.slow
def test_nobody_left_to_follow_an_officer_makes_the_visit_short_and_the_other_teams_keep_their_seats(
    store: Store, hand: Hand
) -> None:
    office, _ = together(store, hand, {"bureau": 4, "other": 2, "civil": 4})
    waiting(office, *AGENCIES)
    held, made = drawn(office, hand)
    gone = seats(office, made, "other")[1]
    with store.begin() as tx:
        dispatch.decline(office, tx, gone.name, "生病", hand())
        matters = {row["agency"] for row in tx.attention.page(None) if row["kind"] == "team_short"}
        assert tx.visits.get(made.id).state is VisitState.SHORT
    assert matters == {"bureau", "other"}
    assert (lines(office, held, "other")[0]["seat"], lines(office, held, "other")[0]["in"]) == (1, None)
    assert all(seat.state.open for agency in ("bureau", "civil") for seat in seats(office, made, agency))


@pytest.mark.slow
def test_a_withdrawn_case_leaves_its_agencys_part_and_the_visit_ends_when_nobody_owes_one(store: Store, hand: Hand) -> None:
    office, _ = together(store, hand)
    cases = waiting(office, *AGENCIES)
    _, made = drawn(office, hand)
    accepted(office, hand, made)
    entered(office, hand, made, "bureau")
    entered(office, hand, made, "other")
    with store.begin() as tx:
        review.withdraw(office, tx, cases["civil"], "不再办理", "hall", hand())
        held = tx.visits.get(made.id)
    assert (held.state, held.owing) == (VisitState.DONE, frozenset())
    assert {seat.state for seat in seats(office, made)} == {SeatState.DONE}
    with store.read() as tx:
        assert tx.work.keyed(f"visit.due:{made.id}")["state"] == "done"  # type: ignore[index]


def test_a_firm_that_the_lead_alone_has_a_case_about_is_visited_by_all_and_the_partners_owe_nothing(
    store: Store, hand: Hand
) -> None:
    office, _ = together(store, hand)
    waiting(office, "bureau")
    _, made = drawn(office, hand)
    assert (made.owing, len(seats(office, made))) == (frozenset({"bureau"}), 6)


@pytest.mark.slow
def test_each_participant_reads_the_draw_and_its_own_seats_and_no_other_agencys(store: Store, hand: Hand) -> None:
    office, _ = together(store, hand)
    cases = waiting(office, *AGENCIES)
    held, made = drawn(office, hand)
    mine, theirs = seats(office, made, "civil")[0], seats(office, made, "bureau")[0]
    with serving(office) as edge:
        with edge.as_("officer", "civil") as civil, edge.as_("officer", "houses") as stranger:
            assert [one["number"] for one in civil.get("/v1/draws").json()["draws"]] == [held.number]
            shown = civil.get(f"/v1/draws/{held.number}").json()
            assert (shown["agency"], shown["partners"]) == ("bureau", ["other", "civil"])
            assert [len(one["team"]) for one in shown["result"]] == [6]
            assert stranger.get("/v1/draws").json()["draws"] == []
            assert stranger.get(f"/v1/draws/{held.number}").status_code == 404
            seat = civil.get(f"/v1/seats/{mine.name}").json()
            assert {doubt["case_id"] for doubt in seat["visit"]["doubts"]} == {cases["civil"]}
            assert civil.get(f"/v1/seats/{theirs.name}").status_code == 404
            assert civil.get(f"/v1/cases/{cases['bureau']}").status_code == 404
        with edge.client() as phone:
            page = phone.get(f"/seat/{mine.name}/{office.link_token('seat', mine.name)}?lang=en").text
    assert "区市场监管局 (leads)" in page
    assert "区民政局" in page


def test_a_short_joint_visit_is_owed_and_no_other_draw_takes_its_checks(store: Store, hand: Hand) -> None:
    office, _ = together(store, hand, {"bureau": 4, "other": 1, "civil": 4})
    waiting(office, *AGENCIES)
    _, short = drawn(office, hand)
    hand.on(days=1)
    single = replace(office, plans={"single": replace(JOINT, name="single", partners=())})
    with store.begin() as tx:
        assert announce_now(single, tx, "single", "clerk", hand()) is None, "there is nothing to draw"
        assert tx.visits.get(short.id).state is VisitState.SHORT
        assert [tx.cases.undrawn(agency) for agency in AGENCIES] == [[], [], []]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_scenario_38_a_joint_visit_has_one_notice_of_its_lead_with_all_agencies_and_items(store: Store, hand: Hand) -> None:
    office, _ = together(store, hand)
    waiting(office, "bureau", "other")
    _, made = drawn(office, hand)
    accepted(office, hand, made)
    hand.now = made.release_at or hand.now
    settle(office)
    with store.read() as tx:
        told = [visitnotice.notice(office, tx, seat.name, hand())[0] for seat in tx.visits.team(made.id)]
        name = tx.visits.team(made.id)[-1].name
        token = office.link_token("seat", name)
    assert all(one == told[0] for one in told), "whoever of the six shows it shows the same"
    items = office.policy("civil", hand().date()).items.values()
    assert [(one.agency, one.items) for one in told[0].parts] == [
        ("bureau", ("劳务派遣经营场所证明",)),
        ("other", ("劳务派遣经营场所证明",)),
        ("civil", tuple(item.name for item in items if SubjectKind.FIRM in item.subjects)),  # of no case: its list
    ]
    with serving(office) as edge, edge.client() as phone:
        page = phone.get(f"/seat/{name}/{token}/notice").text
        shown = phone.get(f"/v1/seats/{name}/notice", headers={"X-Link-Token": token}).json()
    assert "区市场监管局因所申请事项须核实现场" in page, "the lead's, though an officer of a partner shows it"
    names = ("区市场监管局", "邻区局", "区民政局")
    assert all(f"本次检查不计入{one}的次数上限，" in page for one in names), "one that a case needs uses up no cap"
    assert page.count("劳务派遣经营场所证明 · ") == 3, "each item with its agency"
    assert shown["items"] == [*dict.fromkeys(item for one in told[0].parts for item in one.items)]
    assert (shown["agency"], [one["name"] for one in shown["parts"]]) == ("bureau", list(names))
