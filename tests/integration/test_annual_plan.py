"""The annual plan: made, approved by another, published; without one of the year nothing is drawn, and nothing is silently left out."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime

import pytest
import sqlalchemy as sa

from connectors.seeds import ceremony
from inspector import labels
from inspector.daemon.clock import Clock
from inspector.daemon.schedules import schedules
from inspector.domain.annual import AnnualPlan, AnnualState, Consent
from inspector.domain.case import SubjectKind
from inspector.domain.decision import OrderKind
from inspector.domain.errors import InspectorError, Invalid, Missing, Refusal
from inspector.domain.plan import Draw, DrawState
from inspector.domain.roster import RosterObject
from inspector.flows import planning
from inspector.flows.draw import announce_now
from inspector.flows.office import Office, Plan
from inspector.flows.table import FLOWS
from inspector.settings import Schedules
from inspector.store.store import Store
from inspector.store.tx import Tx
from inspector.telemetry.metrics import Metrics
from tests.drawn import carried_out
from tests.edge import serving
from tests.house import START, Hand, claim, next_period, open_office, settle
from tests.integration.test_draw_rivals import at_once
from tests.integration.test_draw_way import LOTTERY, Dice, Party, inspectors

pytestmark = pytest.mark.alike

WEEKLY = Plan(name="weekly", agency="bureau", trigger="cron mon 10:00", pool=True)
SEAL = Consent(by="李主任", document="审管〔2026〕3号")


def an_office(store: Store, hand: Hand, *, silent: bool = False, plan: Plan = WEEKLY) -> Office:
    """An office with twelve firms under supervision and five inspectors, whose draws need an annual plan."""
    lottery = ceremony.connect("lottery", LOTTERY)
    seeds = {"dice": Dice(), "justice": Party("justice"), "audit": Party("audit", silent=silent), "lottery": lottery}
    office = open_office(store, hand, plans={plan.name: plan}, planned=True, seeds=seeds)
    with store.begin() as tx:
        tx.rosters.put_inspectors(inspectors(5))
        for number in range(1, 13):
            code = f"TEST{number:014d}"
            firm = RosterObject(agency="bureau", kind=SubjectKind.FIRM, code=code, original=code, name="某公司", pool="bureau")
            tx.rosters.enrol(firm)
    return office


def made(office: Office, year: int = 2026) -> AnnualPlan:
    """Wang draws the plan up."""
    with office.store.begin() as tx:
        return planning.create(office, tx, "weekly", year, by="王科员", now=office.now())


def approved(office: Office, given: Consent = SEAL, year: int = 2026) -> AnnualPlan:
    """Director Li approves it."""
    with office.store.begin() as tx:
        return planning.approve(office, tx, "weekly", year, given, office.now())


def published(office: Office, year: int = 2026) -> AnnualPlan:
    """It hangs where everybody can read it."""
    with office.store.begin() as tx:
        return planning.publish(
            office, tx, "weekly", year, by="赵科员", reference="区政府网站 公告2026-7", on=None, now=office.now()
        )


def in_force(office: Office, year: int = 2026) -> AnnualPlan:
    """All three steps."""
    made(office, year)
    approved(office, year=year)
    return published(office, year)


def withdrawn(office: Office) -> AnnualPlan:
    """Something is wrong with it."""
    with office.store.begin() as tx:
        return planning.withdraw(office, tx, "weekly", 2026, by="李主任", reason="对象数量有误", now=office.now())


def by_hand(office: Office) -> Draw | None:
    """A clerk announces."""
    with office.store.begin() as tx:
        return announce_now(office, tx, "weekly", "clerk", office.now())


def refused(do: Callable[[], object]) -> InspectorError:
    """What a step is refused for."""
    with pytest.raises(InspectorError) as told:
        do()
    return told.value


def draws(office: Office) -> list[Draw]:
    with office.store.read() as tx:
        return tx.draws.page(None)


def waiting(office: Office) -> list[tuple[str, str]]:
    """(agency, about) of the draws that wait for their plan."""
    with office.store.read() as tx:
        return [(row["agency"], row["about"]) for row in tx.attention.page(None) if row["kind"] == "plan_not_published"]


def told(office: Office, about: str) -> list[tuple[str, dict[str, object]]]:
    """(rule, facts) of the ledger."""
    with office.store.read() as tx:
        return [(row["rule"], json.loads(row["body"])["facts"]) for row in tx.ledger.about(about)]


def waits(tx: Tx) -> bool:
    """Whether somebody stands before what this transaction holds; SQLite has one writer anyway."""
    asked = sa.text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    return tx.sqlite or bool(tx.connection.execute(asked).scalar_one())


def a_clock(office: Office) -> Clock:
    clock = Clock(office.store, Metrics(), office.now, "one", schedules(Schedules(), office.plans, office.now()))
    clock.declare()
    return clock


def test_what_is_published_is_what_was_approved_and_what_was_approved_is_what_was_drawn_up(store: Store, hand: Hand) -> None:
    office = an_office(store, hand)
    drawn_up = made(office)
    hand.on(days=1)
    approved(office, replace(SEAL, on=date(2026, 3, 2), digest=drawn_up.digest[:12]))
    hand.on(days=2)
    held = published(office)
    assert (held.state, held.content, held.digest) == (AnnualState.PUBLISHED, drawn_up.content, drawn_up.digest)
    assert (held.created_by, held.approved_by, held.approved_on, held.document) == (
        "王科员",
        "李主任",
        date(2026, 3, 2),
        "审管〔2026〕3号",
    )
    assert (held.published_on, held.published_in) == (date(2026, 3, 5), "区政府网站 公告2026-7")
    with store.read() as tx:
        read = tx.annual.get("weekly", 2026)
    assert (read, read.sound) == (held, True), "its bytes are the same after years in the database"
    steps = told(office, "plan:weekly:2026")
    assert [rule for rule, _ in steps] == ["plan.create", "plan.approve", "plan.publish"]
    assert {facts["digest"] for _, facts in steps} == {held.digest}, "each step names what it is about"


def test_the_totals_say_what_the_years_draws_will_take_by_the_packs_rows(store: Store, hand: Hand) -> None:
    office = an_office(store, hand)
    with store.begin() as tx:
        late = replace(inspectors(6)[5], certificate_until=date(2026, 3, 3))
        tx.rosters.put_inspectors([late])
    (pool,) = made(office).content.strata
    held = made(office, 2027).content
    assert (pool.stratum, pool.row, pool.objects, pool.each) == ("pool-U", "sample-pool-U", 12, 3), "a quarter of twelve"
    assert pool.yearly == 12 * 6, "nobody is visited by chance more often than the cap of the level, however often is drawn"
    assert (held.draws, held.since, held.inspectors) == (52, date(2027, 1, 1), 5), "a lapsing certificate does not count"
    with store.read() as tx:
        assert tx.annual.get("weekly", 2026).content.draws == 44, "the Mondays that are left of this year"
        rare = replace(office, plans={"weekly": replace(WEEKLY, trigger="cron day=last month=6,12 10:00")})
        (twice,) = planning.draft(rare, tx, "weekly", 2028, "王科员", hand()).state.content.strata
    assert twice.yearly == 6, "two draws of three"


@pytest.mark.parametrize("by", ["王科员", " 王科员 ", "os:王科员", "王 科员"])
def test_nobody_approves_the_plan_that_he_has_drawn_up_however_he_writes_his_name(store: Store, hand: Hand, by: str) -> None:
    office = an_office(store, hand)
    made(office)
    assert refused(lambda: approved(office, replace(SEAL, by=by))).code == "plan_own_approval"
    with store.read() as tx:
        assert tx.annual.get("weekly", 2026).state is AnnualState.DRAFT


def test_no_step_is_left_out_or_done_twice_and_none_is_empty(store: Store, hand: Hand) -> None:
    office = an_office(store, hand)
    assert isinstance(refused(lambda: approved(office)), Missing)
    made(office)
    assert refused(lambda: made(office)).code == "plan_exists"
    early = refused(lambda: published(office))
    assert (early.code, labels.told(early, "zh-Hans")) == (
        "plan_state",
        "weekly 的 2026 年度抽查计划处于 草案，此项操作要求：已批准",
    )
    assert "is DRAFT; this needs: APPROVED" in labels.told(early, "en")
    assert refused(lambda: approved(office, replace(SEAL, document=" "))).code == "plan_field_unusable"
    assert refused(lambda: approved(office, replace(SEAL, on=date(2026, 3, 3)))).code == "plan_day_ahead"
    for digest in ("0" * 64, "a"):
        assert refused(lambda digest=digest: approved(office, replace(SEAL, digest=digest))).code == "plan_digest_differs"  # type: ignore[misc]
    approved(office)
    assert refused(lambda: approved(office)).code == "plan_state"
    published(office)
    assert refused(lambda: published(office)).code == "plan_state"


def test_a_year_that_is_over_or_far_away_or_without_a_draw_has_no_plan(store: Store, hand: Hand) -> None:
    office = an_office(store, hand)
    assert [refused(lambda year=year: made(office, year)).code for year in (2025, 2032)] == ["plan_year_out_of_reach"] * 2  # type: ignore[misc]
    january = replace(office, plans={"weekly": replace(WEEKLY, trigger="cron day=1 month=1 09:00")})
    gone = refused(lambda: made(january))
    assert (gone.code, isinstance(gone, Invalid)) == ("plan_without_draws", True)
    assert made(january, 2027).content.draws == 1
    with store.begin() as tx:
        assert refused(lambda: planning.create(office, tx, "monthly", 2026, by="王科员", now=hand())).code == "plan_unknown"


@pytest.mark.differs
def test_two_who_draw_the_same_plan_up_at_once_leave_one(store: Store, hand: Hand) -> None:
    office = an_office(store, hand)
    (wrong,) = at_once([lambda: made(office), lambda: made(office)])
    assert isinstance(wrong, Refusal)
    assert wrong.code == "plan_exists"


@pytest.mark.slow
def test_a_slot_without_a_published_plan_draws_nothing_and_waits_for_a_person_until_it_is_made_up_for_once(
    store: Store, hand: Hand
) -> None:
    office = an_office(store, hand)
    clock = a_clock(office)
    made(office)
    for _ in range(2):  # two Mondays
        hand.on(days=7)
        clock.fire_due()
        settle(office)
    slots = [f"weekly:2026-03-0{day}T10:00:00+08:00" for day in (2, 9)]
    assert (draws(office), waiting(office)) == ([], [("bureau", slot) for slot in slots])
    missed = [facts for rule, facts in told(office, "bureau") if rule == "draw.not_planned"]
    assert [(facts["why"], facts["state"]) for facts in missed] == [("plan_not_published", "DRAFT")] * 2
    approved(office)
    settle(office)
    assert draws(office) == [], "approved is not yet published"
    published(office)
    settle(office)
    (held,) = draws(office)
    assert (held.slot, waiting(office)) == ("2026-03-09T10:00:00+08:00", []), (
        "the period that runs has its draw, the other is over"
    )
    assert by_hand(office) == held, "and no second one"


@pytest.mark.slow
@pytest.mark.differs
def test_a_plan_published_at_the_very_moment_of_a_slot_makes_up_for_it(store: Store, hand: Hand) -> None:
    office = an_office(store, hand)
    clock = a_clock(office)
    made(office)
    approved(office)
    hand.on(hours=2)
    clock.fire_due()
    (slot,) = [work for work in claim(office) if work.kind == OrderKind.DRAW_ANNOUNCE]
    clerk = threading.Thread(target=published, args=(office,))
    settlement = FLOWS[OrderKind.DRAW_ANNOUNCE].do(slot, office)
    with store.begin() as tx:
        tx.work.finish(slot, hand())
        settlement.write(tx, hand())
        clerk.start()
        while clerk.is_alive() and not waits(tx):
            clerk.join(0.01)
    clerk.join()
    settle(office)
    assert (len(draws(office)), waiting(office)) == (1, [])


def test_a_slot_of_last_year_is_not_drawn_under_the_new_years_plan(store: Store) -> None:
    hand = Hand(datetime(2026, 12, 28, 9, 0, tzinfo=START.tzinfo))
    office = an_office(store, hand)
    clock = a_clock(office)
    in_force(office, 2027)
    hand.on(days=4)
    clock.fire_due()
    settle(office)
    assert draws(office) == []
    assert waiting(office) == [("bureau", "weekly:2026-12-28T10:00:00+08:00")]
    assert by_hand(office) is not None, "a clerk draws in the new year, under the new year's plan"


def test_a_matter_closed_by_hand_is_made_up_for_all_the_same(store: Store, hand: Hand) -> None:
    office = an_office(store, hand)
    clock = a_clock(office)
    hand.on(hours=2)
    clock.fire_due()
    settle(office)
    with store.begin() as tx:
        assert tx.attention.close("plan_not_published:weekly:2026-03-02T10:00:00+08:00", hand())
    in_force(office)
    settle(office)
    assert len(draws(office)) == 1


def test_a_clerk_who_announces_without_a_published_plan_hears_how_to_mend_it(store: Store, hand: Hand) -> None:
    office = an_office(store, hand)
    why = refused(lambda: by_hand(office))
    assert (why.code, why.facts) == ("plan_not_published", {"plan": "weekly", "year": 2026, "state": "MISSING"})
    with serving(office) as edge, edge.as_("clerk") as clerk:
        before = clerk.post("/v1/draws/announce", json={"plan": "weekly"})
        in_force(office)
        after = clerk.post("/v1/draws/announce", json={"plan": "weekly"})
    assert (before.status_code, before.json()["error"]["code"]) == (409, "plan_not_published")
    assert "plan create weekly --year 2026" in before.json()["error"]["message"]
    assert after.json()["draw"]["state"] == "PREPARING"


@pytest.mark.slow
def test_withdrawing_a_plan_stops_no_draw_that_is_announced_nor_the_one_that_follows_a_void_one(store: Store, hand: Hand) -> None:
    office = an_office(store, hand, silent=True)
    in_force(office)
    first = by_hand(office)
    assert first is not None
    settle(office)
    withdrawn(office)
    again = by_hand(office)
    assert again is not None
    assert again.number == first.number, "this period has its draw; who asks again is told so"
    carried_out(office, hand, first.number)
    void, following = draws(office)
    assert (void.number, void.state) == (first.number, DrawState.VOID)
    assert (following.state, following.parties) == (DrawState.SEEDING, ("dice", "justice", "lottery"))
    next_period(office, "weekly")
    assert refused(lambda: by_hand(office)).facts["state"] == "WITHDRAWN"


def test_a_withdrawn_plan_stays_with_its_reason_and_its_next_edition_begins_as_a_draft(store: Store, hand: Hand) -> None:
    office = an_office(store, hand)
    first = in_force(office)
    gone = withdrawn(office)
    assert (gone.state, gone.reason, gone.digest) == (AnnualState.WITHDRAWN, "对象数量有误", first.digest)
    assert refused(lambda: withdrawn(office)).code == "plan_state"
    again = made(office)
    assert (again.state, again.content.edition) == (AnnualState.DRAFT, 2)
    assert again.digest != first.digest
    with store.read() as tx:
        assert [held.state for held in tx.annual.page(None)] == [AnnualState.WITHDRAWN, AnnualState.DRAFT]


def test_draws_do_not_go_on_when_the_settings_are_no_longer_what_was_published(store: Store, hand: Hand) -> None:
    office = an_office(store, hand)
    in_force(office)
    often = replace(office, plans={"weekly": replace(WEEKLY, trigger="cron * 10:00")})
    why = refused(lambda: by_hand(often))
    assert why.code == "plan_changed"
    assert ("cron mon 10:00" in str(why.facts["published"]), "cron * 10:00" in str(why.facts["configured"])) == (True, True)
    assert by_hand(office) is not None


def test_a_pack_may_ask_for_no_annual_plan(store: Store, hand: Hand) -> None:
    office = an_office(store, hand)
    assert by_hand(replace(office, book=open_office(store, hand).book)) is not None


def test_annual_plans_are_read_by_those_who_see_the_agency(store: Store, hand: Hand) -> None:
    office = an_office(store, hand)
    held = in_force(office)
    with serving(office) as edge, edge.as_("clerk") as clerk, edge.as_("auditor", "other") as stranger:
        shown = clerk.get("/v1/plans/weekly/2026").json()
        listed = clerk.get("/v1/plans").json()["plans"]
        hidden = stranger.get("/v1/plans/weekly/2026")
        nothing = (stranger.get("/v1/plans").json()["plans"], clerk.get("/v1/plans?year=2027").json()["plans"])
    assert (shown["digest"], shown["state"], shown["approved_by"]) == (held.digest, "PUBLISHED", "李主任")
    assert (shown["draws"], shown["strata"][0]["yearly"], shown["published_in"]) == (44, 72, "区政府网站 公告2026-7")
    assert listed == [shown]
    assert (hidden.status_code, hidden.json()["error"]["code"], nothing) == (404, "plan_year_unknown", ([], []))
