"""What of a draw leaves the house: receipts and the public bundle, before the visits and after them, on both databases."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from inspector.cli.bundle import Bundle, judge
from inspector.domain.case import SubjectKind
from inspector.domain.commitment import read
from inspector.domain.errors import Missing, Refusal
from inspector.domain.evidence import Verdict
from inspector.domain.finding import Finding
from inspector.domain.plan import Draw
from inspector.domain.publish import Voided
from inspector.domain.roster import RosterObject
from inspector.domain.visit import VisitState
from inspector.flows import dispatch
from inspector.flows.draw import announce_now
from inspector.flows.office import Office
from inspector.flows.publish import commitment_of, public_bundle, receipt_of
from inspector.flows.reporting import report
from inspector.store.store import Store
from inspector.verifier import verify_draw
from inspector.web.roles import Role
from tests.drawn import announced, carried_out, drawing, visits
from tests.edge import WEB, serving
from tests.house import Hand, settle
from tests.integration.test_void import WHY, sign
from tests.receipts import holds
from tests.second import opinions

pytestmark = [pytest.mark.alike, pytest.mark.slow]

FIRMS, PERSONS = 30, 8


def code(number: int) -> str:
    return f"TEST{number:014d}"


def registered(store: Store, hand: Hand) -> tuple[Office, Draw]:
    """Firms and persons under daily supervision, and their draw, announced."""
    office, _, _ = drawing(store, hand)
    office = replace(
        office, plans={name: replace(office.plans["weekly"], name=name, pool=True) for name in ("weekly", "monthly")}
    )
    rows = [
        RosterObject(agency="bureau", kind=kind, code=code(number), original="", name="", pool="bureau")
        for kind, numbers in ((SubjectKind.FIRM, range(FIRMS)), (SubjectKind.PERSON, range(100, 100 + PERSONS)))
        for number in numbers
    ]
    with store.begin() as tx:
        tx.rosters.put_objects(rows)
    _, held = announced(office, hand, cases=2)
    return office, held


def made(office: Office, hand: Hand, number: str) -> None:
    """Both inspectors accept, go wherever a visit is still to be made, and report."""
    for visit in (one for one in visits(office, number) if one.state.open):
        with office.store.begin() as tx:
            names = [dispatch.seat_name(seat) for seat in tx.visits.team(visit.id) if seat.state.open]
            for name in names:
                dispatch.accept(tx, name, hand())
            findings = [Finding(case_id=doubt.case_id, claim=doubt.claim, verdict=Verdict.MATCH) for doubt in visit.doubts]
            dispatch.report(office, tx, names[0], findings, "", hand())


def asked(office: Office, hand: Hand, number: str, of: str) -> dict[str, Any]:
    with office.store.read() as tx:
        return receipt_of(office, tx, number, of, hand())


def published(office: Office, hand: Hand, number: str) -> dict[str, bytes]:
    with office.store.read() as tx:
        return public_bundle(office, tx, number, hand())


def files(office: Office, number: str) -> Mapping[str, bytes]:
    with office.store.read() as tx:
        return tx.draws.files(number)


def test_before_the_visits_nothing_is_published_and_a_receipt_tells_nobodys_fate(store: Store, hand: Hand) -> None:
    office, held = registered(store, hand)
    with pytest.raises(Refusal, match="draw_not_finished"):
        published(office, hand, held.number)
    early = asked(office, hand, held.number, code(1))
    carried_out(office, hand, held.number)
    with pytest.raises(Refusal, match="draw_embargoed"):
        published(office, hand, held.number)
    assert asked(office, hand, held.number, code(1)) == early, "the draw changes nothing that it says"
    assert set(early) == {"draw", "leaf", "index", "n", "path", "words"}, "no C: with it a ticket could be computed; and no row"
    assert holds(read(files(office, held.number)["commit.json"]), early, "weekly")
    assert not holds(read(files(office, held.number)["commit.json"]), {**early, "leaf": "0" * 64}, "weekly")


def test_after_the_visits_the_public_verifies_a_draw_in_which_no_person_is_named(store: Store, hand: Hand) -> None:
    office, held = registered(store, hand)
    carried_out(office, hand, held.number)
    made(office, hand, held.number)
    told = published(office, hand, held.number)
    verdict = judge(Bundle(files=told), None).verdict
    assert (verdict.holds, verdict.problems, verdict.remarks[0].code) == (True, (), "draw.public_bundle")
    text = b"".join(told.values()).decode()
    members = json.loads(files(office, held.number)["members.json"])
    drawn = {visit.object_id for visit in visits(office, held.number)}
    firms = {name for name in drawn if members[name][0] == "FIRM"}
    assert {name for name in members if name in text} == firms, "drawn firms, and nobody else"
    assert len(told["weekly.drawn.jsonl"].splitlines()) == len(firms)
    assert not any(f'"Z{number:03d}"' in text for number in range(1, 6)), "nor any inspector"
    assert set(told) == {"commit.json", "seed.json", "result.json", "weekly.drawn.jsonl"}


def test_a_visit_that_is_never_made_does_not_keep_a_draw_secret_for_ever(store: Store, hand: Hand) -> None:
    office, held = registered(store, hand)
    carried_out(office, hand, held.number)
    last = max(visit.due_at for visit in visits(office, held.number))
    with pytest.raises(Refusal, match="draw_embargoed") as caught:
        published(office, hand, held.number)
    until = office.calendar.add_working_days(office.calendar.local_date(last), 20)
    assert str(caught.value.facts["until"]).startswith(until.isoformat())
    hand.now = last + timedelta(days=60)
    told = published(office, hand, held.number)
    assert judge(Bundle(files=told), None).verdict.holds
    assert told["weekly.drawn.jsonl"] == b"", "a firm whose visit is still to be made is not named"


def test_a_pack_that_names_no_firm_publishes_tickets_alone(store: Store, hand: Hand) -> None:
    office, held = registered(store, hand)
    carried_out(office, hand, held.number)
    made(office, hand, held.number)
    packs = tuple(replace(one, publish=replace(one.publish, firms=False)) for one in office.book.packs)
    told = published(replace(office, book=replace(office.book, packs=packs)), hand, held.number)
    verdict = judge(Bundle(files=told), None).verdict
    drawn = visits(office, held.number)
    assert (verdict.holds, verdict.remarks[1].facts) == (True, {"count": len(drawn)})
    assert not any(visit.object_id.encode() in b"".join(told.values()) for visit in drawn)


@pytest.mark.needs("node")
def test_after_the_visits_each_firms_receipt_proves_its_fate_to_the_page(store: Store, hand: Hand) -> None:
    office, held = registered(store, hand)
    early = asked(office, hand, held.number, code(5))
    carried_out(office, hand, held.number)
    made(office, hand, held.number)
    told, drawn = published(office, hand, held.number), {visit.object_id for visit in visits(office, held.number)}
    receipts = {code(number): asked(office, hand, held.number, code(number)) for number in range(FIRMS)}
    bundles = [told | {"receipt": json.dumps(one).encode()} for one in (*receipts.values(), early)]
    said = [[line["code"] for line in json.loads(line)] for line in opinions(bundles)]
    assert said.pop() == ["receipt_leaf"], "the row's own hash leads to the committed root"
    for (name, one), codes in zip(receipts.items(), said, strict=True):
        stratum = json.loads(told["result.json"])["lists"][0]["strata"][one["line"].split("\t")[1]]
        assert one["chance"] == f"{stratum['k']}/{stratum['eligible']}"
        assert codes == ["receipt_in", "receipt_drawn" if name in drawn else "receipt_undrawn"]
        assert ("was drawn" in one["words"]["en"][2], one["chance"] in one["words"]["zh-Hans"][1]) == (name in drawn, True)
        assert not any(other in json.dumps(one) for other in receipts if other != name), "of nobody else"
    changed = {**receipts[code(1)], "limit": "f" * 64}
    (forged,) = opinions([told | {"receipt": json.dumps(changed).encode()}])
    assert json.loads(forged)[0]["code"] == "receipt_field"


def test_a_receipt_is_for_a_firm_of_the_frame_and_for_agencies_that_may_know(store: Store, hand: Hand) -> None:
    office, held = registered(store, hand)
    for stranger in (code(100), code(999)):
        with pytest.raises(Missing, match="receipt_unknown"):
            asked(office, hand, held.number, stranger)
    at, firm = f"/v1/draws/{held.number}/receipts", {"code": code(3)}
    with serving(office) as edge:
        for role in (Role.OFFICER, Role.CLERK, Role.AUDITOR, Role.OPS):
            with edge.as_(role) as client:
                answer = client.post(at, json=firm)
                assert answer.status_code == 200
                assert {"c", "line"}.isdisjoint(answer.json())
        with edge.as_(Role.SYSTEM) as client:
            assert client.post(at, json=firm).status_code == 403
        with edge.as_(Role.OFFICER, "other") as client:
            assert client.post(at, json=firm).status_code == 404
        with edge.as_(Role.OFFICER) as client:
            assert client.post(at, json={"code": code(100)}).status_code == 404
        carried_out(office, hand, held.number)
        made(office, hand, held.number)
        with edge.as_(Role.OFFICER) as client:
            after = client.post(at, json=firm).json()
    assert holds(read(files(office, held.number)["commit.json"]), after, "weekly")
    assert {"c", "seed", "limit", "ticket", "chance"} <= set(after)
    assert all(visit.state is VisitState.DONE for visit in visits(office, held.number))


def next_draw(office: Office, hand: Hand) -> Draw:
    """Another plan's draw, announced while visits of the one before are still to be made."""
    with office.store.begin() as tx:
        held = announce_now(office, tx, "monthly", "clerk", hand())
    assert held is not None
    settle(office)
    return held


@pytest.mark.slow
def test_no_receipt_of_another_draw_says_who_is_still_to_be_visited(store: Store, hand: Hand) -> None:
    office, first = registered(store, hand)
    carried_out(office, hand, first.number)
    waiting = {visit.object_id for visit in visits(office, first.number) if visit.kind is SubjectKind.FIRM}
    second = next_draw(office, hand)
    rows = files(office, second.number)["objects.tsv"].decode().splitlines()
    marked = {row.split("\t")[0] for row in rows if row.split("\t")[2] == "open"}
    assert waiting, "somebody is to be visited"
    assert waiting <= marked, "the frame says so, and stays in the house"

    def told() -> list[str]:
        receipts = [asked(office, hand, second.number, code(number)) for number in range(FIRMS)]
        assert all(holds(read(files(office, second.number)["commit.json"]), one, "monthly") for one in receipts)
        return [json.dumps({**one, "leaf": "", "path": "", "index": ""}, ensure_ascii=False) for one in receipts]

    def same(texts: list[str]) -> bool:
        plain = [text.replace(code(number), "") for number, text in enumerate(texts)]
        return len({"".join(letter for letter in one if not letter.isdigit()) for one in plain}) == 1

    assert same(told()), "whoever is drawn, of whichever class: the same words"
    carried_out(office, hand, second.number)
    made(office, hand, second.number)
    assert same(told()), "not after its own visits either, while the first draw's are still to be made"
    made(office, hand, first.number)
    lines = [asked(office, hand, second.number, code(number))["line"] for number in range(FIRMS)]
    assert {line.split("\t")[0] for line in lines if line.split("\t")[2] == "open"} == waiting


def test_who_is_told_of_a_row_before_its_time_stands_in_the_ledger(store: Store, hand: Hand) -> None:
    office, held = registered(store, hand)
    at, firm = f"/v1/draws/{held.number}/receipts", {"code": code(3).lower()}

    def readings() -> list[tuple[str, str]]:
        with store.read() as tx:
            facts = [json.loads(row["body"])["facts"] for row in tx.ledger.about(held.number) if row["rule"] == "draw.read"]
        return [(one["by"], one["what"]) for one in facts]

    with serving(office) as edge:
        with edge.as_(Role.CLERK, name="王办事员") as client:
            assert client.post(at, json=firm).status_code == 200
        assert readings() == [("王办事员", f"api:receipt:{code(3)}")]
        carried_out(office, hand, held.number)
        made(office, hand, held.number)
        with edge.as_(Role.CLERK, name="王办事员") as client:
            assert "line" in client.post(at, json=firm).json()
    assert len(readings()) == 1, "afterwards it is nobody's secret"


@pytest.mark.parametrize("typed", ["11010519491231002x", "欧阳暗记", "13912345678"])
def test_of_a_person_whose_receipt_somebody_asked_for_the_ledger_keeps_nothing(store: Store, hand: Hand, typed: str) -> None:
    office, held = registered(store, hand)
    with serving(office) as edge, edge.as_(Role.CLERK, name="王办事员") as client:
        assert client.post(f"/v1/draws/{held.number}/receipts", json={"code": typed}).status_code == 404
    with store.read() as tx:
        (told,) = [json.loads(row["body"])["facts"] for row in tx.ledger.about(held.number) if row["rule"] == "draw.read"]
    assert told == {"by": "王办事员", "what": "api:receipt:…:receipt_unknown"}


def test_the_public_bundle_waits_for_the_draw_whose_commitment_it_names(store: Store, hand: Hand) -> None:
    office, first = registered(store, hand)
    carried_out(office, hand, first.number)
    second = next_draw(office, hand)
    carried_out(office, hand, second.number)
    made(office, hand, second.number)
    assert json.loads(files(office, second.number)["commit.json"])["prev"] == read(files(office, first.number)["commit.json"]).c
    with pytest.raises(Refusal, match="draw_embargoed") as caught:
        published(office, hand, second.number)
    assert caught.value.facts["of"] == first.number, "it says for which draw it waits"

    def told(number: str) -> bool:
        with store.read() as tx:
            return commitment_of(office, tx, tx.draws.get(number), hand()) is not None

    assert (told(first.number), told(second.number)) == (False, False), "C is told no sooner"
    with serving(office, WEB.model_copy(update={"open_ops": True})) as edge, edge.client() as anybody:
        assert anybody.get(f"/ops/draws/{second.number}").status_code == 409
    made(office, hand, first.number)
    assert judge(Bundle(files=published(office, hand, second.number)), None).verdict.holds
    assert (told(first.number), told(second.number)) == (True, True)


def test_where_being_in_the_frame_says_who_is_visited_there_is_no_receipt_before(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    _, held = announced(office, hand, cases=3)
    firm = f"TEST{1:014d}"
    with pytest.raises(Refusal, match="receipt_tells"):
        asked(office, hand, held.number, firm)
    carried_out(office, hand, held.number)
    with pytest.raises(Refusal, match="draw_embargoed") as caught:
        asked(office, hand, held.number, firm)
    assert caught.value.facts["until"]
    made(office, hand, held.number)
    assert asked(office, hand, held.number, firm)["chance"] == "3/3"


def test_where_the_frame_tells_who_is_visited_no_answer_tells_who_is_in_it_and_each_asking_is_written_down(
    store: Store, hand: Hand
) -> None:
    office, _, _ = drawing(store, hand)
    _, held = announced(office, hand, cases=3)
    inside, outside = f"TEST{1:014d}", code(77)

    def answers() -> list[tuple[int, dict[str, Any]]]:
        with serving(office) as edge, edge.as_(Role.CLERK, name="王办事员") as clerk:
            told = [clerk.post(f"/v1/draws/{held.number}/receipts", json={"code": one}) for one in (inside, outside)]
        return [(one.status_code, one.json()) for one in told]

    before, stranger = answers()
    assert before == stranger
    assert (before[0], before[1]["error"]["code"]) == (409, "receipt_tells")
    carried_out(office, hand, held.number)
    after, stranger = answers()
    assert after == stranger
    assert (after[0], after[1]["error"]["code"]) == (409, "draw_embargoed")
    with store.read() as tx:
        facts = [json.loads(row["body"])["facts"] for row in tx.ledger.about(held.number) if row["rule"] == "draw.read"]
    assert facts == [
        {"by": "王办事员", "what": f"api:receipt:{one}:{why}"}
        for why in ("receipt_tells", "draw_embargoed")
        for one in (inside, outside)
    ]
    made(office, hand, held.number)
    assert [status for status, _ in answers()] == [200, 404]


def test_an_older_draws_receipts_do_not_tell_who_is_to_be_visited_by_a_newer_one(store: Store, hand: Hand) -> None:
    office, first = registered(store, hand)
    carried_out(office, hand, first.number)
    made(office, hand, first.number)
    second = next_draw(office, hand)
    carried_out(office, hand, second.number)
    assert any(visit.kind is SubjectKind.FIRM for visit in visits(office, second.number)), "somebody is to be visited"
    told = [asked(office, hand, first.number, code(number)) for number in range(FIRMS)]
    assert {"line" in one for one in told} == {True}, "everybody's in full, as before the second draw"


def test_what_two_persons_void_after_the_result_stays_publishable_and_says_that_it_is_void(store: Store, hand: Hand) -> None:
    office, held = registered(store, hand)
    carried_out(office, hand, held.number)
    drawn = {visit.object_id for visit in visits(office, held.number)}
    for by in ("李科长", "王主任"):
        sign(office, held.number, by)
    told = published(office, hand, held.number)
    assert judge(Bundle(files=told), None).verdict.holds
    assert verify_draw.opinion(told)[0] == 0
    mark = {"reason": WHY, "numbers": [2]}
    fates = {number: asked(office, hand, held.number, code(number)) for number in range(FIRMS)}
    for number, one in fates.items():
        assert (one["void"], WHY in one["words"]["en"][-1], WHY in one["words"]["zh-Hans"][-1]) == (mark, True, True)
        assert ("was drawn" in one["words"]["en"][2]) == (code(number) in drawn)
    with store.read() as tx:
        void = report(office, tx, held.number).void
    assert void == Voided(reason=WHY, numbers=(2,))
    with serving(office) as edge, edge.as_(Role.OFFICER) as client:
        assert client.post(f"/v1/draws/{held.number}/receipts", json={"code": code(3)}).json()["void"] == mark


def test_a_receipt_of_a_draw_that_was_void_before_its_result_promises_no_fate(store: Store, hand: Hand) -> None:
    office, held = registered(store, hand)
    for by in ("李科长", "王主任"):
        sign(office, held.number, by)
    one = asked(office, hand, held.number, code(3))
    assert ("c" in one, one["void"]["numbers"], len(one["words"]["en"])) == (False, [2], 2)
    with pytest.raises(Refusal, match="draw_not_finished"):
        published(office, hand, held.number)


def test_a_public_bundle_of_a_draw_with_re_deals_holds_although_the_record_counts_their_lines(store: Store, hand: Hand) -> None:
    office, held = registered(store, hand)
    carried_out(office, hand, held.number)
    made(office, hand, held.number)
    told = published(office, hand, held.number)
    note = {"draw": held.number, "w": read(told["commit.json"]).w, "after": {"lines": 3, "sha256": "0" * 64}}
    assert judge(Bundle(files=told, record=note), None).verdict.holds
    wrong = judge(Bundle(files=told, record={**note, "w": "0" * 64}), None).verdict
    assert [one.code for one in wrong.problems] == ["draw.record_of_another"]
