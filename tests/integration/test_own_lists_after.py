"""What may happen to a draw of lists with rules of their own: a team is lacking, a firm is no more, the draw is void."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from pathlib import Path

import pytest

from inspector.domain.annual import Consent
from inspector.domain.approval import Approval
from inspector.domain.errors import Invalid, Refusal
from inspector.domain.inspection import CheckType, Inspection
from inspector.domain.plan import Draw, DrawKind
from inspector.domain.policy import Policy
from inspector.domain.replacement import Ceased, Ground
from inspector.domain.sampling import Window
from inspector.domain.visit import VisitState
from inspector.flows import dispatch, extend, planning, replacing, review, supplement, voiding
from inspector.flows.assign import Dealt, join
from inspector.flows.draw import announce_now
from inspector.flows.members import Member
from inspector.flows.office import Office
from inspector.flows.reporting import report
from inspector.flows.windows import start
from inspector.store.store import Store
from tests.house import Hand, application, post, settle
from tests.integration.test_deadline import decided_in
from tests.integration.test_draw_way import carried_out, visits
from tests.integration.test_joint import drawn, enlist, lines, seats, stored, waiting
from tests.integration.test_own_lists import FIRE, MARKET, departments, firms, held, verified
from tests.integration.test_way import LICENCE

pytestmark = [pytest.mark.alike, pytest.mark.slow]

POOL = "pool-U"


def test_a_visit_short_of_one_agencys_officers_is_dealt_anew_for_those_who_go_there(
    store: Store, hand: Hand, tmp_path: Path
) -> None:
    office, _ = departments(store, hand, {MARKET: 4, FIRE: 2})
    waiting(office, MARKET, FIRE)
    done, short = drawn(office, hand)
    assert short.state is VisitState.SHORT
    with store.begin() as tx, pytest.raises(Refusal, match="supplement_impossible") as refused:
        supplement.announce(office, tx, "joint", by="李科长", now=hand())
    seats_told = {int(seat.rpartition(":")[2]) for seat in str(refused.value.facts["seats"]).split(", ")}
    assert seats_told <= {2, 3, 4}, "the seats of the fire service"
    enlist(office, {FIRE: 6})
    with store.begin() as tx:
        made = supplement.announce(office, tx, "joint", by="李科长", now=hand())
    assert made is not None
    settle(office)
    anew = carried_out(office, hand, made.number)
    (again,) = visits(office, anew.number)
    assert (anew.kind, anew.own, again.agencies, again.stakes) == (DrawKind.SUPPLEMENT, True, (MARKET, FIRE), short.stakes)
    assert Counter(seat.agency for seat in seats(office, again)) == {MARKET: 2, FIRE: 3}
    for number, one in enumerate((done, anew)):
        (tmp_path / str(number)).mkdir()
        verified(tmp_path / str(number), stored(office, one))
    with store.read() as tx:
        since = start(hand(), Window.YEAR)
        assert [sum(tx.visits.drawn_since(one, since).values()) for one in (MARKET, FIRE)] == [1, 1], "drawn once, dealt twice"


def following(office: Office, done: Draw, agency: str) -> str | None:
    """Who is next in the reserve of an agency's list."""
    told = {one["name"]: one for one in json.loads(stored(office, done)["result.json"])["lists"]}
    came = [line["in"] for line in lines(office, done, agency) if line["kind"] == "replace"]
    return next((name for name in told[agency]["strata"]["pool-U"]["reserve"] if name not in came), None)


def test_a_firm_that_has_ceased_is_followed_in_each_list_by_its_own_reserve_and_what_two_lists_visit_stays_one_visit(
    store: Store, hand: Hand, tmp_path: Path
) -> None:
    office, done, told, _ = held(store, hand)
    standing = {agency: set(names) for agency, names in told.items()}
    for name in [one.object_id for one in visits(office, done.number)][:3]:
        left = next(
            one for one in visits(office, done.number) if one.object_id == name
        )  # another list may have come to it meanwhile
        expected = {agency: following(office, done, agency) for agency in left.agencies}
        with store.begin() as tx:
            first, cease = (
                replacing.cease(office, tx, left.id, how=Ceased.DEREGISTERED, evidence="登记机关注销公告", by=by, now=hand())
                for by in ("王主任", "李科长")
            )
            assert first.came is None
        assert (cease.came.object_id if cease.came is not None else None) == expected[left.agency]
        for agency, came in expected.items():
            standing[agency] = standing[agency] - {left.object_id} | ({came} if came is not None else set())
        now_open = [one for one in visits(office, done.number) if one.state.open]
        assert sorted(one.object_id for one in now_open) == sorted(standing[MARKET] | standing[FIRE])
        for visit in now_open:
            assert set(visit.agencies) == {agency for agency in standing if visit.object_id in standing[agency]}
            sitting = Counter(seat.agency for seat in seats(office, visit) if seat.state.open)
            assert sitting == {one: {MARKET: 2, FIRE: 3}[one] for one in visit.agencies}
    verified(tmp_path, stored(office, done))
    with store.read() as tx:
        since = start(hand(), Window.YEAR)
        assert [tx.visits.drawn_since(one, since) for one in (MARKET, FIRE)] == [{"pool-U": 6}, {"pool-U": 3}], (
            "no more than drawn"
        )


def test_an_agency_whose_reserve_names_a_firm_that_another_visits_already_goes_along(
    store: Store, hand: Hand, tmp_path: Path
) -> None:
    office, _ = departments(store, hand, dict.fromkeys((MARKET, FIRE), 30), share="1")
    for agency in (MARKET, FIRE):
        firms(office, agency, range(1, 9))
    with store.begin() as tx:
        made = announce_now(office, tx, "joint", "clerk", hand())
    assert made is not None
    settle(office)
    done = carried_out(office, hand, made.number)
    before = visits(office, done.number)
    assert Counter(one.agencies for one in before) == {(MARKET, FIRE): 4, (FIRE,): 4}, "the fire service sees all eight"
    left = next(one for one in before if one.agency == MARKET)
    came = following(office, done, MARKET)
    there = next(one for one in before if one.object_id == came)
    with store.begin() as tx:
        for by in ("王主任", "李科长"):
            replacing.cease(office, tx, left.id, how=Ceased.CLOSED, evidence="现场照片", by=by, now=hand())
        joined = tx.visits.get(there.id)
        assert tx.visits.going()[there.id] == {MARKET, FIRE}
    assert len(visits(office, done.number)) == 8, "it is no visit more"
    assert (joined.agencies, joined.check) == ((FIRE, MARKET), CheckType.JOINT)
    assert [seat.agency for seat in seats(office, joined)] == [FIRE] * 3 + [MARKET] * 2
    with store.begin() as tx:
        dispatch.decline(office, tx, seats(office, joined, MARKET)[1].name, "生病", hand())
        dispatch.decline(office, tx, seats(office, joined, FIRE)[1].name, "生病", hand())
    assert [(line["kind"], line["seat"]) for line in lines(office, done, MARKET)] == [
        *[("replace", None), ("deal", 0), ("deal", 1), ("redeal", 1)]
    ]
    assert [(line["kind"], line["reason"], line["seat"]) for line in lines(office, done, FIRE)] == [
        ("withdrawn", "ceased", None),
        ("redeal", "declined", 1),
    ], "nobody follows in a list that takes all"
    verified(tmp_path, stored(office, done))


def capped(office: Office, name: str, **limits: int) -> Office:
    """A pack with other caps, at every level."""
    (pack,) = (one for one in office.book.packs if one.id == name)
    often = {level: replace(row, warn=None, **limits) for level, row in pack.limits.frequencies.items()}  # type: ignore[arg-type]
    held = replace(pack, limits=replace(pack.limits, frequencies=often))
    packs = tuple(held if one is pack else one for one in office.book.packs)
    return replace(office, book=replace(office.book, packs=packs))


def test_who_goes_along_makes_no_visit_more_and_stays_away_where_its_own_cap_is_used_up(
    store: Store, hand: Hand, tmp_path: Path
) -> None:
    office, _ = departments(store, hand, dict.fromkeys((MARKET, FIRE), 30), share="1")
    office = capped(office, "demo", cap=1, stop=1)
    for agency in (MARKET, FIRE):
        firms(office, agency, range(1, 9))
    with store.begin() as tx:
        made = announce_now(office, tx, "joint", "clerk", hand())
    assert made is not None
    settle(office)
    done = carried_out(office, hand, made.number)
    for joins in (True, False):
        left = next(one for one in visits(office, done.number) if one.agency == MARKET and one.state is VisitState.ASSIGNED)
        there = next(one for one in visits(office, done.number) if one.object_id == following(office, done, MARKET))
        with store.begin() as tx:
            if not joins:  # its slot is used up meanwhile, by a check that stands in its own record
                past = Inspection(agency=MARKET, kind=there.kind, code=there.code, on=hand().date(), check=CheckType.PLANNED)
                tx.inspections.put([past])
            for by in ("王主任", "李科长"):
                replacing.cease(office, tx, left.id, how=Ceased.CLOSED, evidence="现场照片", by=by, now=hand())
            assert tx.visits.get(there.id).agencies == ((FIRE, MARKET) if joins else (FIRE,))
            matters = [row for row in tx.attention.page(None) if row["kind"] == "cap_reached"]
        assert [(row["agency"], row["about"]) for row in matters] == ([] if joins else [(MARKET, f"{there.id}:{MARKET}")])
    assert [(line["kind"], line["reason"]) for line in lines(office, done, MARKET)][-1:] == [("withdrawn", "cap")]
    verified(tmp_path, stored(office, done))


def test_an_agency_that_goes_along_brings_the_date_of_its_case_with_it(store: Store, hand: Hand) -> None:
    office, _ = departments(store, hand, dict.fromkeys((MARKET, FIRE), 30), share="1")
    for agency in (MARKET, FIRE):
        firms(office, agency, range(1, 9))
    with store.begin() as tx:
        made = announce_now(office, tx, "joint", "clerk", hand())
    assert made is not None
    settle(office)
    done = carried_out(office, hand, made.number)
    office = decided_in(office, "3wd")
    there = next(one for one in visits(office, done.number) if one.agencies == (FIRE,))
    case_id = post(office, application(50, "business-licence", LICENCE, agency=MARKET))
    with store.begin() as tx:
        review.conclude(office, tx, case_id, "hall", hand(), at=hand.now - timedelta(days=1))
        due_at = tx.cases.get(case_id).due_at
        assert due_at is not None
        assert due_at < there.due_at
        team = tuple(one.id for one in tx.rosters.inspectors(MARKET))[:2]
        dealt = Dealt(listed=next(one for one in done.lists if one.agency == MARKET), team=team, shortage=None, stratum=POOL)
        member = Member(kind=there.kind, code=there.code, name="", cases=(case_id,))
        joined = join(office, tx, done, there, member, (dealt,), hand())
        assert joined.due_at == due_at
        assert {seat.accept_by <= due_at for seat in tx.visits.team(joined.id) if seat.agency == MARKET} == {True}


def test_nobody_has_an_object_replaced_beyond_the_budget_of_any_list(store: Store, hand: Hand) -> None:
    office, done, _, _ = held(store, hand)
    made = visits(office, done.number)[0]
    with store.begin() as tx, pytest.raises(Refusal, match="replacement_budget_spent"):
        replacing.give_up(office, tx, made.id, ground=Ground.UNSAFE, reason="汛期停业", by="李科长", now=hand())


def test_a_void_frees_the_cases_of_every_list_for_their_next_frames(store: Store, hand: Hand) -> None:
    office, _ = departments(store, hand)
    waiting(office, MARKET, FIRE)
    done, made = drawn(office, hand)
    for by in ("李科长", "王局长"):
        with store.begin() as tx:
            voiding.sign(office, tx, done.number, by=by, reason="名录有误", now=hand())
    with store.read() as tx:
        assert tx.visits.get(made.id).state is VisitState.CANCELLED
        assert [len(tx.cases.undrawn(agency)) for agency in (MARKET, FIRE)] == [1, 1]
    assert [[line["reason"] for line in lines(office, done, agency)] for agency in (MARKET, FIRE)] == [["draw_voided"]] * 2


def raised(office: Office, **ratios: str) -> Office:
    """The packs in force draw more from today on."""

    def more(pack: Policy) -> Policy:
        ratio = Fraction(ratios[pack.id])
        return replace(pack, samplings=tuple(replace(row, ratio=ratio) if row.stratum == POOL else row for row in pack.samplings))

    packs = tuple(more(pack) if pack.id in ratios else pack for pack in office.book.packs)
    return replace(office, book=replace(office.book, packs=packs))


def extended(office: Office, hand: Hand, number: str, **more: int) -> Draw:
    """Two persons have signed, and the extension is carried out."""
    made = None
    for by in ("李科长", "王主任"):
        given = Approval(
            reason="专项检查", basis="12号", asked_by=by, asked_at=hand(), more={f"{k}/{POOL}": n for k, n in more.items()}
        )
        with office.store.begin() as tx:
            made = extend.sign(office, tx, number, given, hand()).made
    assert made is not None
    settle(office)
    return carried_out(office, hand, made.number)


def chosen(office: Office, number: str, agency: str) -> set[str]:
    """Whom an agency's list has drawn."""
    with office.store.read() as tx:
        return {str(one["object_id"]) for one in tx.visits.chosen([number], agency)}


def test_each_list_is_extended_by_its_own_pack_under_one_number_and_nobody_is_drawn_twice_by_an_agency(
    store: Store, hand: Hand, tmp_path: Path
) -> None:
    office, done, told, _ = held(store, hand)
    assert {name: len(names) for name, names in told.items()} == {MARKET: 6, FIRE: 3}
    office = raised(office, demo="3/4", fire="1/2")
    more = extended(office, hand, done.number)
    assert (more.kind, more.own, more.extends, more.prev) == (DrawKind.EXTENSION, True, done.number, done.c)
    assert [len(chosen(office, more.number, one)) for one in (MARKET, FIRE)] == [3, 3], "three quarters and half of twelve"
    assert [chosen(office, more.number, one) & told[one] for one in (MARKET, FIRE)] == [set(), set()]
    for visit in visits(office, more.number):
        mine = tuple(one for one in (MARKET, FIRE) if visit.object_id in chosen(office, more.number, one))
        assert visit.agencies == mine, "who has drawn it goes there, and nobody else"
    body = json.loads(stored(office, more)["commit.json"])
    assert [one["rules"]["strata"] for one in body["lists"]] == [{POOL: {"ppm": 0, "min": 3}}] * 2
    assert [(one["derivation"]["drawn"], one["derivation"]["more"]) for one in body["lists"]] == [
        ({POOL: 6}, {POOL: 3}),
        ({POOL: 3}, {POOL: 3}),
    ]
    packs = [one["derivation"]["pack"] for one in body["lists"]]
    assert packs == [office.policy(one, hand().date()).label for one in (MARKET, FIRE)]
    verified(tmp_path, stored(office, more))
    with store.read() as tx:
        both = [report(office, tx, number, FIRE).joint for number in (done.number, more.number)]
    assert both[0] == both[1]
    ((one,), _) = both
    assert one.turns == ((done.number, 3, 12), (more.number, 3, 9))
    assert one.probability == 1 - Fraction(9, 12) * Fraction(6, 9)


def test_a_document_orders_more_of_one_list_alone_by_its_name(store: Store, hand: Hand, tmp_path: Path) -> None:
    office, done, told, _ = held(store, hand)
    with store.read() as tx:
        given = Approval(reason="专项检查", basis="12号", asked_by="李科长", asked_at=hand(), more={POOL: 1})
        with pytest.raises(Invalid, match="extension_stratum_unknown") as unknown:
            extend.outlook(office, tx, done.number, given, hand())
    assert unknown.value.facts["known"] == f"{MARKET}/{POOL}, {FIRE}/{POOL}"
    more = extended(office, hand, done.number, **{FIRE: 2})
    came = chosen(office, more.number, FIRE)
    assert (len(came), came & told[FIRE], chosen(office, more.number, MARKET)) == (2, set(), set())
    body = json.loads(stored(office, more)["commit.json"])
    assert [one["derivation"]["approval"]["ordered"] for one in body["lists"]] == [{}, {POOL: 2}]
    verified(tmp_path, stored(office, more))


def test_a_plan_sets_aside_by_list_and_an_extension_stays_within_that(store: Store, hand: Hand) -> None:
    office, done, _, _ = held(store, hand)
    with store.read() as tx:
        with pytest.raises(Invalid, match="plan_stratum_unknown") as unknown:
            planning.draft(office, tx, "joint", hand().year, "李科长", hand(), {POOL: 1})
        made = planning.draft(office, tx, "joint", hand().year, "李科长", hand(), {f"{FIRE}/{POOL}": 2}).state.content
    assert unknown.value.facts["known"] == f"{MARKET}/{POOL}, {FIRE}/{POOL}"
    assert [[one.set_aside for one in strata] for strata in (made.strata, made.partners[0].strata)] == [[0], [2]]
    planned = replace(
        office,
        book=replace(office.book, packs=tuple(replace(one, draw=replace(one.draw, plan=True)) for one in office.book.packs)),
    )
    with store.begin() as tx:
        planning.create(office, tx, "joint", hand().year, by="李科长", now=hand(), aside={f"{FIRE}/{POOL}": 2})
        planning.approve(office, tx, "joint", hand().year, Consent(by="王主任", document="3号"), hand())
        planning.publish(office, tx, "joint", hand().year, by="李科长", reference="公告栏", on=None, now=hand())
    given = Approval(reason="专项检查", basis="12号", asked_by="李科长", asked_at=hand(), more={f"{MARKET}/{POOL}": 1})
    with store.read() as tx, pytest.raises(Refusal, match="extension_beyond_plan") as beyond:
        extend.outlook(planned, tx, done.number, given, hand())
    assert beyond.value.facts["left"] == 0
    extended(planned, hand, done.number, **{FIRE: 1})
    with store.read() as tx:
        given = Approval(reason="又一次", basis="13号", asked_by="李科长", asked_at=hand(), more={f"{FIRE}/{POOL}": 1})
        assert extend.outlook(planned, tx, done.number, given, hand()).room == {f"{MARKET}/{POOL}": 0, f"{FIRE}/{POOL}": 1}


def test_an_object_of_an_extension_that_comes_in_by_the_reserve_of_the_first_draw_is_visited_once_by_an_agency(
    store: Store, hand: Hand, tmp_path: Path
) -> None:
    office, done, _, _ = held(store, hand)
    office = raised(office, demo="1", fire="1/4")
    more = extended(office, hand, done.number)
    left = next(one for one in visits(office, done.number) if one.agencies == (MARKET,))
    came = following(office, done, MARKET)
    assert came in chosen(office, more.number, MARKET), "the extension takes all that was left"
    with store.begin() as tx:
        for by in ("王主任", "李科长"):
            replacing.cease(office, tx, left.id, how=Ceased.CLOSED, evidence="现场照片", by=by, now=hand())
    open_at = [one for number in (done.number, more.number) for one in visits(office, number) if one.object_id == came]
    assert [one.draw for one in open_at if one.state.open and MARKET in one.agencies] == [more.number]
    verified(tmp_path, stored(office, done))
