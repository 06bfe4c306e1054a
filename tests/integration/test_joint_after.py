"""What may happen to a joint draw afterwards: its short visits dealt anew, its objects replaced, and what of it leaves the house."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
import sqlalchemy as sa

from inspector.cli.bundle import Bundle, judge
from inspector.domain.case import SubjectKind
from inspector.domain.commitment import read
from inspector.domain.errors import Refusal
from inspector.domain.evidence import Verdict
from inspector.domain.finding import Finding
from inspector.domain.inspection import CheckType
from inspector.domain.known import as_known
from inspector.domain.plan import Draw, DrawKind, DrawState
from inspector.domain.replacement import Ceased, Ground
from inspector.domain.roster import RosterObject
from inspector.domain.visit import Visit, VisitState
from inspector.flows import dispatch, replacing, supplement, voiding
from inspector.flows.draw import announce_now
from inspector.flows.office import Office
from inspector.flows.publish import public_bundle, receipt_of
from inspector.flows.reporting import report
from inspector.store.drawtables import draw_file
from inspector.store.store import Store
from inspector.verifier import verify_draw
from tests.edge import serving
from tests.house import Hand, settle
from tests.integration.test_draw_way import carried_out, visits
from tests.integration.test_joint import (
    AGENCIES,
    FIRM,
    accepted,
    drawn,
    enlist,
    entered,
    lines,
    pooled,
    registered,
    seats,
    stored,
    together,
    waiting,
)
from tests.integration.test_replacements import changed
from tests.operator import Operator
from tests.receipts import holds

pytestmark = [pytest.mark.alike, pytest.mark.slow]


def dealt_anew(office: Office, hand: Hand) -> tuple[Draw, Visit]:
    """The supplementary draw of the joint plan, carried out, and its one visit."""
    with office.store.begin() as tx:
        made = supplement.announce(office, tx, "joint", by="李科长", now=hand())
    assert made is not None
    settle(office)
    held = carried_out(office, hand, made.number)
    (again,) = visits(office, held.number)
    return held, again


def verified(folder: Path, office: Office, held: Draw) -> None:
    """The engine and the program agree with a draw's bundle, all that happened afterwards included."""
    folder.mkdir()
    for name, content in stored(office, held).items():
        (folder / name).write_bytes(content)
    verdict = judge(Bundle.of_folder(folder), None).verdict
    assert verdict.holds, verdict.problems
    assert verify_draw.main([str(folder)]) == 0


def sitting(office: Office, made: Visit) -> Counter[str]:
    """How many of each agency have a seat."""
    return Counter(seat.agency for seat in seats(office, made) if seat.state.open)


def pool_of(store: Store, hand: Hand, objects: int = 12) -> tuple[Office, Draw]:
    """A joint draw from a pool of firms, half of which are drawn."""
    office, _ = together(store, hand, dict.fromkeys(AGENCIES, 7))
    office = replace(pooled(office), book=changed(office, "1/2", {}))
    rows = [
        RosterObject(agency="bureau", kind=SubjectKind.FIRM, code=f"TEST{n:014d}", original="", name="某公司", pool="bureau")
        for n in range(1, objects + 1)
    ]
    with store.begin() as tx:
        tx.rosters.put_objects(rows)
    with store.begin() as tx:
        held = announce_now(office, tx, "joint", "clerk", hand())
    assert held is not None
    settle(office)
    return office, carried_out(office, hand, held.number)


def test_a_short_joint_visit_is_dealt_anew_with_a_team_of_each_agency_once_the_one_that_lacks_somebody_has_enough(
    store: Store, hand: Hand, tmp_path: Path
) -> None:
    office, phones = together(store, hand, {"bureau": 4, "other": 1, "civil": 4})
    cases = waiting(office, *AGENCIES)
    held, short = drawn(office, hand)
    with store.begin() as tx, pytest.raises(Refusal, match="supplement_impossible") as refused:
        supplement.announce(office, tx, "joint", by="李科长", now=hand())
    told = refused.value.facts
    assert (told["inspectors"], told["capacity"]) == ("other: Z001", 1), "the certificate names whose inspectors are lacking"
    assert all(seat.startswith(f"{short.id}:") for seat in str(told["seats"]).split(", "))
    assert {int(seat.rpartition(":")[2]) for seat in str(told["seats"]).split(", ")} <= {2, 3}, "its seats are the partner's"
    enlist(office, {"other": 4})
    anew, again = dealt_anew(office, hand)
    assert (anew.kind, anew.lists, anew.prev) == (DrawKind.SUPPLEMENT, held.lists, held.c)
    assert (again.partners, again.check, again.replaces) == (("other", "civil"), short.check, short.id)
    assert set(again.case_ids) == set(cases.values()), "the partners' checks are in it"
    assert sitting(office, again) == dict.fromkeys(AGENCIES, 2)
    assert len([message for message in phones.messages if message.data["visit"] == again.id]) == 6
    with store.read() as tx:
        assert tx.visits.get(short.id).state is VisitState.CANCELLED
        assert "team_short" not in {row["kind"] for row in tx.attention.page(None)}
    assert [lines(office, held, agency)[-1]["reason"] for agency in AGENCIES] == ["supplemented"] * 3, "it is over in every list"
    for number, one in enumerate((held, anew)):
        verified(tmp_path / str(number), office, one)
    accepted(office, hand, again)
    assert [entered(office, hand, again, agency).state for agency in AGENCIES] == [*[VisitState.ASSIGNED] * 2, VisitState.DONE]


def test_what_an_agency_has_entered_stands_and_is_not_asked_again_when_the_visit_is_dealt_anew(
    store: Store, hand: Hand, tmp_path: Path
) -> None:
    office, _ = together(store, hand, {"bureau": 4, "other": 2, "civil": 4})
    cases = waiting(office, *AGENCIES)
    held, made = drawn(office, hand)
    accepted(office, hand, made)
    entered(office, hand, made, "bureau")
    with store.begin() as tx:
        dispatch.decline(office, tx, seats(office, made, "other")[0].name, "生病", hand())
        assert tx.visits.get(made.id).state is VisitState.SHORT
        with pytest.raises(Refusal, match="team_short"):
            replacing.give_up(office, tx, made.id, ground=Ground.UNSAFE, reason="汛期", by="李科长", now=hand())
    enlist(office, {"other": 4})
    anew, again = dealt_anew(office, hand)
    assert {doubt.case_id for doubt in again.doubts} == {cases["other"], cases["civil"]}
    assert again.owing == set(AGENCIES), "the lead goes with the others all the same"
    accepted(office, hand, again)
    assert [entered(office, hand, again, agency).state for agency in AGENCIES][-1] is VisitState.DONE
    with store.read() as tx:
        asked = [one.id for one in tx.cases.evidence(cases["bureau"]) if one.id.startswith("visit:")]
    assert asked, "its evidence is there"
    assert all(one.startswith(f"visit:{made.id}:") for one in asked)
    for number, one in enumerate((held, anew)):
        verified(tmp_path / str(number), office, one)


def test_an_object_that_ceased_is_followed_in_every_list_with_a_team_of_each_agency_by_the_rule(
    store: Store, hand: Hand, tmp_path: Path
) -> None:
    office, held = pool_of(store, hand)
    first, *_ = visits(office, held.number)
    with store.begin() as tx:
        replacing.cease(office, tx, first.id, how=Ceased.DEREGISTERED, evidence="登记系统查询", by="王主任", now=hand())
        done = replacing.cease(office, tx, first.id, how=Ceased.DEREGISTERED, evidence="登记系统查询", by="李科长", now=hand())
    assert done.came is not None
    assert (done.left.state, done.came.check, done.came.partners) == (VisitState.CEASED, CheckType.JOINT, ("other", "civil"))
    assert sitting(office, done.came) == dict.fromkeys(AGENCIES, 2)
    for agency in AGENCIES:
        told = lines(office, held, agency)
        assert [line["kind"] for line in told] == ["replace", "deal", "deal"]
        assert (told[0]["object"], told[0]["in"]) == (first.object_id, done.came.object_id)
        team = [seat.inspector for seat in seats(office, done.came, agency)]
        assert [line["in"] for line in told[1:]] == team, "each agency's officers come of its own list"
    with store.begin() as tx:
        dispatch.decline(office, tx, seats(office, done.came, "civil")[0].name, "回避", hand())
    verified(tmp_path / "bundle", office, held)
    with store.read() as tx:
        after = report(office, tx, held.number).after
    assert sum(count for kind, count in after.items() if kind.startswith("replace")) == 1, "told once, whoever takes part"
    assert sum(count for kind, count in after.items() if kind.startswith("deal")) == 6


def test_nobody_replaces_an_object_after_an_agency_has_entered_what_it_found(store: Store, hand: Hand) -> None:
    office, held = pool_of(store, hand)
    office = replace(office, book=changed(office, "1/2", {"replace_share": Fraction(1, 2)}))
    first, second, *_ = visits(office, held.number)
    accepted(office, hand, first)
    with store.begin() as tx:
        held_seat = next(seat for seat in tx.visits.team(first.id) if seat.agency == "civil")
        dispatch.report(office, tx, held_seat.name, [], "", hand())
    with store.begin() as tx, pytest.raises(Refusal, match="part_given"):
        replacing.give_up(office, tx, first.id, ground=Ground.UNSAFE, reason="汛期", by="李科长", now=hand())
    with store.begin() as tx:
        done = replacing.give_up(office, tx, second.id, ground=Ground.UNSAFE, reason="汛期", by="李科长", now=hand())
    assert done.came is not None
    assert (done.spent, [len(lines(office, held, agency)) for agency in AGENCIES]) == (1, [3, 3, 3])


def test_an_object_that_ceased_after_an_agency_has_entered_its_part_leaves_that_finding_as_it_is(
    store: Store, hand: Hand, tmp_path: Path
) -> None:
    office, _ = together(store, hand)
    cases = waiting(office, *AGENCIES)
    held, made = drawn(office, hand)
    accepted(office, hand, made)
    entered(office, hand, made, "other")
    with store.begin() as tx:
        for by in ("王主任", "李科长"):
            replacing.cease(office, tx, made.id, how=Ceased.CLOSED, evidence="现场照片", by=by, now=hand())
        found = {
            agency: {one.verdict for one in tx.cases.evidence(case) if one.id.startswith("visit:")}
            for agency, case in cases.items()
        }
    assert found == {"bureau": {Verdict.CANNOT_SAY}, "other": {Verdict.MATCH}, "civil": {Verdict.CANNOT_SAY}}
    verified(tmp_path / "bundle", office, held)


def test_after_the_visits_the_public_verifies_every_list_and_each_participant_reads_report_and_receipt(
    store: Store, hand: Hand
) -> None:
    office, _ = together(store, hand)
    office = pooled(office)
    registered(office, "bureau")
    waiting(office, *AGENCIES)
    held, made = drawn(office, hand)
    with store.read() as tx, pytest.raises(Refusal, match="draw_embargoed"):
        public_bundle(office, tx, held.number, hand())
    accepted(office, hand, made)
    for agency in AGENCIES:
        entered(office, hand, made, agency)
    with store.read() as tx:
        told, firm = public_bundle(office, tx, held.number, hand()), receipt_of(office, tx, held.number, FIRM, hand())
        made_of_it = report(office, tx, held.number)
    assert {name for name in told if name.endswith("drawn.jsonl")} == {f"{agency}.drawn.jsonl" for agency in AGENCIES}
    verdict = judge(Bundle(files=told), None).verdict
    assert (verdict.holds, verdict.problems, verdict.remarks[0].code) == (True, (), "draw.public_bundle")
    assert not any(f'"Z{number:03d}"' in b"".join(told.values()).decode() for number in range(1, 5)), "no inspector is named"
    assert holds(read(told["commit.json"]), firm, "bureau")
    assert sum(one.judged + one.open for one in made_of_it.estimates) <= 1, "the partners' cases are in no statistics of the lead"
    assert {one.pool.partition(":")[0] for one in made_of_it.crowds} <= set(AGENCIES)
    with serving(office) as edge:
        for agency, status in (("bureau", 200), ("civil", 200), ("houses", 404)):
            with edge.as_("officer", agency) as caller:
                assert caller.post(f"/v1/draws/{held.number}/receipts", json={"code": FIRM}).status_code == status
        with edge.as_("officer", "civil") as partner:
            assert partner.post(f"/v1/draws/{held.number}/void", json={"reason": "名录有误"}).status_code == 404


def test_before_its_release_no_agencys_team_learns_whom_the_joint_visit_is_to_and_none_enters_a_result(
    store: Store, hand: Hand
) -> None:
    office, _ = together(store, hand)
    cases = waiting(office, *AGENCIES)
    _, made = drawn(office, hand)
    accepted(office, hand, made)
    with store.begin() as tx:
        hidden = tx.visits.put(replace(tx.visits.get(made.id), released=False))
    seat = seats(office, made, "civil")[0]
    known = as_known(hidden, seat)
    assert (known.code, known.name, known.doubts) == ("", "", ())
    finding = Finding(case_id=cases["civil"], claim=made.doubts[0].claim, verdict=Verdict.MATCH)
    with store.begin() as tx, pytest.raises(Refusal, match="visit_embargoed"):
        dispatch.report(office, tx, seat.name, [finding], "", hand())


def test_the_record_beside_a_joint_bundle_binds_what_happened_afterwards_in_every_list(
    store: Store, hand: Hand, tmp_path: Path, database_url: str
) -> None:
    Operator(tmp_path, database_url).store().close()  # the house has begun, with the secret that the draw will be of
    office, _ = together(store, hand)
    waiting(office, *AGENCIES)
    held, made = drawn(office, hand)
    with store.begin() as tx:
        dispatch.decline(office, tx, seats(office, made, "civil")[0].name, "生病", hand())
    clerk, out = Operator(tmp_path, database_url).settle_in(), tmp_path / "out"
    clerk.well("draw", "export", held.number, str(out))
    assert json.loads((out / "witness" / "record.json").read_text(encoding="utf-8"))["after"]["lines"] == 1
    assert {f"{agency}.after.jsonl" for agency in AGENCIES} <= {file.name for file in out.iterdir()}, "an empty one is a file too"
    assert clerk.well("draw", "verify", str(out), "--json").json["holds"]
    (out / "civil.after.jsonl").write_bytes(b"")
    assert not judge(Bundle.of_folder(out), None).verdict.holds


def test_two_of_the_lead_void_a_joint_draw_and_every_agency_has_its_check_back(store: Store, hand: Hand, tmp_path: Path) -> None:
    office, _ = together(store, hand)
    cases = waiting(office, *AGENCIES)
    held, made = drawn(office, hand)
    for by in ("李科长", "王主任"):
        with store.begin() as tx:
            voiding.sign(office, tx, held.number, by=by, reason="名单遗漏一个片区", now=hand())
    with store.read() as tx:
        assert tx.draws.get(held.number).state is DrawState.VOID
    assert sitting(office, made) == {}
    assert [[line["kind"] for line in lines(office, held, agency)] for agency in AGENCIES] == [["withdrawn"]] * 3
    with store.read() as tx:
        assert [[row["id"] for row in tx.cases.undrawn(agency)] for agency in AGENCIES] == [
            [cases[agency]] for agency in AGENCIES
        ]
    verified(tmp_path / "bundle", office, held)


def test_a_partners_register_altered_after_the_commitment_voids_the_joint_draw(store: Store, hand: Hand) -> None:
    office, _ = together(store, hand)
    waiting(office, *AGENCIES)
    with store.begin() as tx:
        held = announce_now(office, tx, "joint", "clerk", hand())
    assert held is not None
    settle(office)
    with store.begin() as tx:
        name = "civil.inspectors.tsv"
        content = tx.draws.files(held.number)[name].replace(b"Z001", b"Z009")
        edit = sa.update(draw_file).where(draw_file.c.number == held.number, draw_file.c.name == name)
        tx.connection.execute(edit.values(bytes=content))
    void = carried_out(office, hand, held.number)
    assert (void.state, (void.void_reason or "").split(":")[0]) == (DrawState.VOID, "REGISTER_CHANGED")
    assert visits(office, held.number) == []
