"""Visits that no legal team could be dealt to: owed, and dealt anew with an enlarged register and a seed of their own (ruling 13)."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
import sqlalchemy as sa

from connectors.seeds import ceremony
from inspector.domain.case import SubjectKind
from inspector.domain.commitment import read
from inspector.domain.errors import Refusal
from inspector.domain.plan import Draw, DrawKind, DrawState
from inspector.domain.roster import RosterObject
from inspector.domain.visit import VisitState
from inspector.flows import relief, supplement
from inspector.flows.draw import announce_now
from inspector.flows.office import Office, Plan
from inspector.flows.publish import public_bundle
from inspector.flows.reporting import report
from inspector.flows.voiding import sign
from inspector.store.drawtables import draw_file
from inspector.store.store import Store
from inspector.store.work import Work
from tests.edge import serving
from tests.house import START, Hand, application, next_period, post, settle
from tests.integration import test_draw_way
from tests.integration.test_draw_way import FACTS, Party, Phones, announced, carried_out, drawing, inspectors, replayed, visits
from tests.integration.test_published import made as are_made
from tests.integration.test_seed_refusals import matters, seeded

pytestmark = [pytest.mark.alike, pytest.mark.slow]

LOOK = Work(
    id=0, key="look", kind="roster.look", lane="", case_id=None, payload={}, due_at=START, expires_at=None, attempts=1, fence=1
)
"""The daily look, as the daemon takes it up."""


def short_visit(store: Store, hand: Hand, *, pool: bool = False, plans: int = 1) -> tuple[Office, Phones, Draw]:
    """A drawn object with one inspector in all the register."""
    office, phones, _ = drawing(store, hand, staff=1)
    names = ("weekly", "monthly")[:plans]
    office = replace(office, plans={name: Plan(name=name, agency="bureau", trigger="every 7d", pool=pool) for name in names})
    if pool:
        with store.begin() as tx:
            code = "TEST00000000000001"
            tx.rosters.put_objects(
                [RosterObject(agency="bureau", kind=SubjectKind.FIRM, code=code, original="", name="某公司", pool="bureau")]
            )
    _, held = announced(office, hand, cases=0 if pool else 1)
    return office, phones, carried_out(office, hand, held.number)


def enlarge(office: Office, staff: int = 6) -> None:
    with office.store.begin() as tx:
        tx.rosters.put_inspectors(inspectors(staff))


def deal_anew(office: Office, plan: str = "weekly") -> Draw | None:
    with office.store.begin() as tx:
        return supplement.announce(office, tx, plan, by="李科长", now=office.now())


def daily(office: Office) -> None:
    made = relief.daily(LOOK, office)
    with office.store.begin() as tx:
        made.write(tx, office.now())


@pytest.mark.parametrize("pool", [False, True], ids=["a case", "the pool"])
def test_a_short_visit_gets_its_team_under_a_commitment_of_its_own_and_the_selection_stands(
    store: Store, hand: Hand, pool: bool
) -> None:
    office, phones, first = short_visit(store, hand, pool=pool)
    (short,) = visits(office, first.number)
    with store.read() as tx:
        selection = tx.draws.files(first.number)["result.json"]
        assert tx.cases.undrawn("bureau") == [], "it is owed, and in no other frame"
    with pytest.raises(Refusal, match="supplement_impossible") as refused:
        deal_anew(office)
    assert (refused.value.facts["inspectors"], refused.value.facts["capacity"]) == ("Z001", 1)
    assert short.object_id not in str(refused.value), "the certificate names the visit, not the object"
    enlarge(office)
    made = deal_anew(office)
    assert made is not None
    assert (made.kind, made.number != first.number) == (DrawKind.SUPPLEMENT, True)
    assert deal_anew(office) is None, "a visit is in one open draw only"
    settle(office)
    drawn = carried_out(office, hand, made.number)
    assert (drawn.state, drawn.prev) == (DrawState.DRAWN, first.c)
    (over,), (again,) = visits(office, first.number), visits(office, made.number)
    assert (over.state, again.state, again.code, again.replaces) == (
        VisitState.CANCELLED,
        VisitState.ASSIGNED,
        short.code,
        short.id,
    )
    assert (again.case_ids, again.doubts, again.sampled) == (short.case_ids, short.doubts, short.sampled)
    assert len([message for message in phones.messages if message.data["visit"] == again.id]) == 2
    with store.read() as tx:
        files = tx.draws.files(made.number)
        assert tx.draws.files(first.number)["result.json"] == selection
        assert not [seat for seat in tx.visits.team(short.id) if seat.state.open]
        assert not {"team_short", "visit_overdue"} & {row["kind"] for row in tx.attention.page(None)}
        assert tx.register.last("bureau").facts["supplements"] == [first.number]  # type: ignore[union-attr]
    derivation = json.loads(read(files["commit.json"]).content)["lists"][0]["derivation"]
    assert derivation["supplements"] == {first.number: 1}
    assert derivation["moved"]["since"] == first.number, "its officers are those of today"
    for draw in (first, made):
        replayed(office, draw.number)


def test_the_daily_look_deals_a_short_visit_once_the_register_can_whether_or_not_anybody_asks(store: Store, hand: Hand) -> None:
    office, _, first = short_visit(store, hand)
    daily(office)
    with store.read() as tx:
        assert [one.number for one in tx.draws.page(None)] == [first.number], "as long as nobody could go, nothing is announced"
    enlarge(office)
    daily(office)
    daily(office)
    with store.read() as tx:
        (_, made) = tx.draws.page(None)
    settle(office)
    assert carried_out(office, hand, made.number).kind is DrawKind.SUPPLEMENT
    assert visits(office, made.number)[0].state is VisitState.ASSIGNED


def test_two_plans_of_the_pool_never_take_the_same_short_object(store: Store, hand: Hand) -> None:
    office, _, _ = short_visit(store, hand, pool=True, plans=2)
    enlarge(office)
    made = deal_anew(office)
    assert made is not None
    assert deal_anew(office, "monthly") is None
    hand.on(days=1)
    for name in ("weekly", "monthly"):
        with store.begin() as tx:
            announce_now(office, tx, name, "clerk", hand())
    with store.read() as tx:
        frames = {one.number: tx.draws.files(one.number)["objects.tsv"] for one in tx.draws.open("bureau")}
    eligible = [number for number, rows in frames.items() if b"TEST00000000000001" in rows and b"\topen\t" not in rows]
    assert eligible == [made.number], "elsewhere it stands as excluded: its visit is still to be made"


def test_a_supplementary_draw_that_is_void_for_a_withheld_part_is_followed_by_another(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand, staff=1, silent="audit")
    _, void = announced(office, hand, cases=1)
    carried_out(office, hand, void.number)
    with store.read() as tx:
        first = next(one for one in tx.draws.page(None) if one.number != void.number)
    carried_out(office, hand, first.number)
    test_draw_way.lotteried(office, hand, first.number)
    enlarge(office)
    made = deal_anew(office)
    assert made is not None
    settle(office)
    carried_out(office, hand, made.number)
    with store.read() as tx:
        last = tx.draws.page(None)[-1]
        assert tx.draws.get(made.number).state is DrawState.VOID
    told = (last.kind, last.parties, last.further, last.without)
    assert told == (DrawKind.SUPPLEMENT, ("dice", "justice", "lottery"), ("lottery",), ("audit",))
    carried_out(office, hand, last.number)
    test_draw_way.lotteried(office, hand, last.number, "1 2 3 4 5 6 7")
    assert [visit.state for visit in visits(office, last.number)] == [VisitState.ASSIGNED]


def test_a_part_withheld_from_a_supplementary_draw_brings_no_other_one_until_there_is_a_further_source(
    store: Store, hand: Hand
) -> None:
    office, _, first = short_visit(store, hand)
    enlarge(office)
    silent = seeded(office, audit=Party("audit", silent=True), lottery=None)
    made = deal_anew(silent)
    assert made is not None
    settle(silent)
    carried_out(silent, hand, made.number)
    with pytest.raises(Refusal, match="draw_no_further"):
        deal_anew(silent)
    daily(silent)
    with store.read() as tx:
        assert [one.number for one in tx.draws.page(None)] == [first.number, made.number], "the look gives nobody a second chance"
    daily(office)
    with store.read() as tx:
        last = tx.draws.page(None)[-1]
    assert (last.number != made.number, last.parties, last.without) == (True, ("dice", "justice", "lottery"), ("audit",))


def test_a_list_stays_closed_until_the_visits_dealt_anew_for_it_are_made_and_reports_tell_them_as_one(
    store: Store, hand: Hand
) -> None:
    office, _, first = short_visit(store, hand, pool=True)
    enlarge(office)
    made = deal_anew(office)
    assert made is not None
    settle(office)
    carried_out(office, hand, made.number)
    (short,) = visits(office, first.number)
    assert not short.state.open

    def published(number: str) -> bytes:
        with store.read() as tx:
            return public_bundle(office, tx, number, hand())["weekly.drawn.jsonl"]

    with serving(office) as edge, edge.as_("clerk") as clerk:
        for draw in (first, made):
            with pytest.raises(Refusal, match="draw_embargoed"):
                published(draw.number)
            assert clerk.get(f"/v1/draws/{draw.number}").json()["result"] is None
        are_made(office, hand, made.number)
        for draw in (first, made):
            assert short.code.encode() in published(draw.number)
            assert clerk.get(f"/v1/draws/{draw.number}").json()["result"] is not None
    with store.read() as tx:
        of_first, of_made = report(office, tx, first.number), report(office, tx, made.number)
    (estimate,) = of_first.estimates
    assert (estimate.left_out, estimate.drawn) == (estimate.strata, 0), "a class of which no visit is judged is left out aloud"
    assert (estimate.judged, estimate.open, estimate.undecided) == (0, 0, 1)
    assert of_first.after["withdrawn:supplemented"] == 1
    assert (of_made.chances, of_made.estimates, of_made.certain) == ((), (), ()), "chance had chosen before it"
    assert (of_first.share.random, of_first.share.planned) == (1, 1), "one object, however often it was dealt"


def numbers(office: Office) -> list[str]:
    with office.store.read() as tx:
        return [one.number for one in tx.draws.page(None)]


def test_where_no_seed_can_come_about_nothing_is_announced_and_a_person_is_told_once(store: Store, hand: Hand) -> None:
    office, _, first = short_visit(store, hand)
    enlarge(office)
    bare = seeded(office, justice=None, audit=None)  # one further source takes the place of one party, not of two
    opened = hand()
    for _ in range(5):
        daily(bare)
        settle(bare)
        hand.on(days=1)
    assert numbers(bare) == [first.number]
    with store.read() as tx:
        (told,) = [row for row in tx.attention.page(None) if row["kind"].startswith("draw_")]
    assert (told["kind"], told["about"], told["opened_at"]) == ("draw_no_seed", "weekly", opened)
    assert json.loads(told["body"])["missing"] == "[seeds.audit], [seeds.justice]"
    with pytest.raises(Refusal, match="draw_no_seed"):
        deal_anew(bare)
    daily(office)
    assert len(numbers(office)) == 2, "as soon as they are set up"
    assert "draw_no_seed" not in matters(office)
    settle(office)
    made = carried_out(office, hand, numbers(office)[-1])
    assert visits(office, made.number)[0].state is VisitState.ASSIGNED


def test_the_matter_of_a_missing_seed_is_over_when_nobody_is_owed_a_visit(store: Store, hand: Hand) -> None:
    office, _, first = short_visit(store, hand)
    enlarge(office)
    bare = seeded(office, dice=None, justice=None, audit=None, lottery=None)
    daily(bare)
    assert "draw_no_seed" in matters(bare)
    for by in ("李科长", "王主任"):
        with store.begin() as tx:
            sign(bare, tx, first.number, by=by, reason="名单有误", now=hand())
    daily(bare)
    assert "draw_no_seed" not in matters(bare)


def test_a_seed_that_proved_too_weak_is_not_tried_again_each_day(store: Store, hand: Hand) -> None:
    office, _, first = short_visit(store, hand)
    enlarge(office)
    die = {"what": "a die", "dice": 1, "sides": 6}
    weak = seeded(office, dice=ceremony.connect("dice", die), audit=ceremony.connect("audit", die))
    for _ in range(4):
        daily(weak)
        settle(weak)
        hand.on(days=1)
    assert len(numbers(weak)) == 2, "one void draw told it"
    void = numbers(weak)[-1]
    with store.begin() as tx:
        assert tx.draws.get(void).state is DrawState.VOID
        assert [row["about"] for row in tx.attention.page(None) if row["kind"] == "draw_not_committable"] == [void]
        tx.attention.close(f"draw_not_committable:{void}", hand())
    daily(office)
    settle(office)
    made = carried_out(office, hand, numbers(office)[-1])
    assert (made.state, made.number not in (first.number, void)) == (DrawState.DRAWN, True), "the person has mended it"


def test_nobody_escapes_by_having_the_supplementary_draw_made_void(store: Store, hand: Hand) -> None:
    office, _, _ = short_visit(store, hand)
    enlarge(office)
    made = deal_anew(office)
    assert made is not None
    settle(office)
    carried_out(office, hand, made.number)
    with store.begin() as tx, pytest.raises(Refusal, match="draw_supplement_stands"):
        sign(office, tx, made.number, by="李科长", reason="不便前往", now=hand())


def altered(office: Office, hand: Hand, number: str) -> Draw:
    with office.store.begin() as tx:
        rows = tx.draws.files(number)["inspectors.tsv"]
        changed = sa.update(draw_file).where(draw_file.c.number == number, draw_file.c.name == "inspectors.tsv")
        tx.connection.execute(changed.values(bytes=rows + b"x"))
    void = carried_out(office, hand, number)
    assert (void.void_reason, void.signed, void.freed) == ("REGISTER_CHANGED:inspectors.tsv", (), False)
    return void


def test_altering_what_a_supplementary_draw_has_frozen_is_no_way_to_another_one_by_either_door(store: Store, hand: Hand) -> None:
    office, _, first = short_visit(store, hand)
    enlarge(office)
    made = deal_anew(office)
    assert made is not None
    settle(office)
    altered(office, hand, made.number)
    with serving(office) as edge, edge.as_("officer") as officer:
        refused = officer.post("/v1/plans/weekly/supplement")
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "draw_void_unsigned")
    with store.begin() as tx:
        sign(office, tx, made.number, by="李科长", reason="封存名录被改动", now=hand())
    daily(office)
    with pytest.raises(Refusal, match="draw_void_unsigned"):
        deal_anew(office)
    assert numbers(office) == [first.number, made.number], "nor one name"
    with store.begin() as tx:
        sign(office, tx, made.number, by="王主任", reason="封存名录被改动", now=hand())
    daily(office)
    settle(office)
    last = carried_out(office, hand, numbers(office)[-1]).number
    assert [visit.state for visit in visits(office, last)] == [VisitState.ASSIGNED]


def test_a_visit_whose_last_draw_was_altered_stays_behind_and_holds_nobody_elses_up(store: Store, hand: Hand) -> None:
    office, _, first = short_visit(store, hand)
    enlarge(office)
    deal_anew(office)
    settle(office)
    altered(office, hand, numbers(office)[-1])
    hand.on(days=7)
    next_period(office, "weekly")
    with store.begin() as tx:
        tx.rosters.remove_inspectors("bureau", [row.id for row in inspectors(6)[1:]], hand())
    post(office, application(2, "dispatch-premises", FACTS))
    settle(office)
    with store.begin() as tx:
        later = announce_now(office, tx, "weekly", "clerk", hand())
    settle(office)
    assert later is not None
    carried_out(office, hand, later.number)
    enlarge(office)
    other = deal_anew(office)
    assert other is not None
    settle(office)
    carried_out(office, hand, other.number)
    assert [visit.state for visit in visits(office, first.number)] == [VisitState.SHORT], "two persons have not signed"


def test_a_short_visit_that_is_over_meanwhile_is_not_made_anew(store: Store, hand: Hand) -> None:
    office, _, first = short_visit(store, hand)
    enlarge(office)
    made = deal_anew(office)
    assert made is not None
    settle(office)
    for by in ("李科长", "王主任"):
        with store.begin() as tx:
            sign(office, tx, first.number, by=by, reason="名单有误", now=hand())
    carried_out(office, hand, made.number)
    assert [visit.state for visit in visits(office, made.number)] == [VisitState.CANCELLED]
    replayed(office, made.number)


def test_an_officer_deals_anew_and_a_clerk_does_not(store: Store, hand: Hand) -> None:
    office, _, _ = short_visit(store, hand)
    with serving(office) as edge, edge.as_("officer") as officer, edge.as_("clerk") as clerk:
        assert clerk.post("/v1/plans/weekly/supplement").status_code == 403
        refused = officer.post("/v1/plans/weekly/supplement")
        assert (refused.status_code, refused.json()["error"]["code"]) == (409, "supplement_impossible")
        enlarge(office)
        told = officer.post("/v1/plans/weekly/supplement")
    assert (told.status_code, told.json()["draw"]["kind"]) == (202, "SUPPLEMENT")


def test_the_plans_next_draw_goes_on_behind_a_supplementary_one(store: Store, hand: Hand) -> None:
    office, _, _ = short_visit(store, hand, pool=True)
    enlarge(office)
    made = deal_anew(office)
    assert made is not None
    settle(office)
    carried_out(office, hand, made.number)
    hand.on(days=7)
    next_period(office, "weekly")
    with store.begin() as tx:
        following = announce_now(office, tx, "weekly", "clerk", hand())
    assert following is not None
    assert following.number > made.number
