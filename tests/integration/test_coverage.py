"""Whether everything that can come up has somebody to see to it: the proof over the real store, and the daily look that tells a person."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from inspector.daemon.sweeps import snapshot
from inspector.domain.case import SubjectKind
from inspector.domain.coverage import Hole
from inspector.domain.decision import Order, OrderKind
from inspector.domain.inspection import CheckType
from inspector.domain.lack import Lack
from inspector.domain.quiet import QuietRow
from inspector.domain.roster import InspectorRecord, Recusal, RosterObject
from inspector.flows import attention
from inspector.flows.coverage import LEAST, MOST, Names, horizon, look
from inspector.flows.office import AgencyNode, Office, Plan
from inspector.flows.uncovered import HOLE
from inspector.policybook import Policybook
from inspector.store.room import Row
from inspector.store.store import Store
from inspector.telemetry.metrics import Metrics
from tests.house import START, TREE, Hand, Table, open_office, settle

pytestmark = pytest.mark.alike

NAMES = Names(sources={"registers", "social"}, agencies={"housing", "civil-affairs", "county-office", "city-office"})
PLAN = Plan(name="licensing", agency="bureau", trigger="every 7d", pool=True)
LONG = date(2030, 1, 1)
TREE_WITH = TREE | {
    "city": replace(TREE["city"], connector="city-office"),
    "county": replace(TREE["county"], connector="county-office"),
}


def officer(staff: str, *pools: str, agency: str = "bureau", until: date = LONG, **changes: object) -> InspectorRecord:
    held = InspectorRecord(
        agency=agency, id=staff, name=staff, pools=pools, certificate=f"{agency}-{staff}", certificate_until=until
    )
    return replace(held, **changes)  # type: ignore[arg-type]


def firm(number: int, pool: str, qualification: str = "") -> RosterObject:
    code = f"TEST{number:014d}"
    return RosterObject(
        agency="bureau", kind=SubjectKind.FIRM, code=code, original=code, name="x", pool=pool, qualification=qualification
    )


def manned(store: Store, hand: Hand, *staff: InspectorRecord, firms: tuple[RosterObject, ...] = (), **plans: Plan) -> Office:
    """An office with these registers, a plan over them, and two officers for whoever stands in no register."""
    with store.begin() as tx:
        tx.rosters.put_inspectors([officer("Z1", "bureau"), officer("Z2", "bureau"), *staff])
        tx.rosters.put_objects(firms)
    sources = {name: Table(name=name) for name in NAMES.sources}
    office = open_office(store, hand, plans=plans or {"licensing": PLAN}, sources=sources)
    return replace(office, tree=TREE_WITH)


def found(office: Office, names: Names = NAMES) -> tuple[Hole, ...]:
    with office.store.read() as tx:
        return look(office, tx, names, office.now().date())[1]


def told(holes: tuple[Hole, ...]) -> list[tuple[Lack, str, str, str]]:
    return [(hole.lack, hole.town, hole.since, hole.until) for hole in holes]


def matters(office: Office, hand: Hand) -> list[Row]:
    """The daily look as the daemon makes it, and the open matters that it leaves."""
    hand.on(minutes=1)
    with office.store.begin() as tx:
        now = office.now()
        tx.work.order([Order(kind=OrderKind.COVERAGE_LOOK, key=f"coverage.look:{hand()}", due_at=now, urgent_by=now)], now)
    settle(office)
    with office.store.read() as tx:
        return [row for row in tx.attention.page(None) if row["kind"] == HOLE]


def test_an_office_with_everybody_there_has_no_hole(store: Store, hand: Hand) -> None:
    assert found(manned(store, hand)) == ()


@pytest.mark.slow
@pytest.mark.differs  # the database itself counts the areas, out of JSON
def test_the_one_missing_row_of_the_mapping_from_town_to_officers_is_found_with_the_town_that_was_meant(
    store: Store, hand: Hand
) -> None:
    """The field's best-known failure: 西镇's firms are drawn, and nobody is sent, for no officer's row names the town so."""
    staff = officer("Z3", "东镇", "西 镇"), officer("Z4", "东镇", "西 镇")
    office = manned(store, hand, *staff, firms=(firm(1, "东镇"), firm(2, "西镇"), firm(3, "西镇", "boilers")))
    (hole,) = found(office)
    assert told((hole,)) == [(Lack.AREA, "西镇", "2026-03", "2027-02")]
    assert (hole.near, hole.objects, hole.staff, hole.needed) == ("西 镇", 2, "bureau", 2)
    assert "business-licence" in hole.items
    assert "" in hole.items, "and the daily supervision there"
    assert hole.levels == ("A", "B", "U", "C", "D")


def test_certificates_that_end_and_leave_that_leaves_nobody_are_holes_of_their_months(store: Store, hand: Hand) -> None:
    """Z3's certificate ends in July; in May, Z4 is away when Z3 is there and the other way round: no day has both."""
    one = officer("Z3", "east", until=date(2026, 7, 20), leave_from=date(2026, 5, 1), leave_until=date(2026, 5, 14))
    other = officer("Z4", "east", leave_from=date(2026, 5, 15), leave_until=date(2026, 6, 2))
    holes = found(manned(store, hand, one, other, firms=(firm(1, "east"),)))
    assert told(holes) == [(Lack.TEAM, "east", "2026-04", "2026-05"), (Lack.TEAM, "east", "2026-07", "2027-02")]
    # three working days: of a visit given on 30 April only the 6th to the 8th, of one of 28 May the 29th to 2 June
    assert holes[0].days == (("2026-04-30", "2026-05-28"),)
    assert holes[1].days[0][0] == "2026-07-16", "due after the certificate has ended"
    assert [(hole.able, hole.renew, hole.away) for hole in holes] == [(1, (), ("Z3", "Z4")), (1, ("Z3",), ())]


def windowed(office: Office, *rows: QuietRow, pack: str = "demo") -> Office:
    packs = tuple(replace(one, quiets=rows) if one.id == pack else one for one in office.book.packs)
    return replace(office, book=Policybook(packs=packs))


def quiet(first: int, last: int, **changes: object) -> QuietRow:
    firms = frozenset({SubjectKind.FIRM})
    held = QuietRow(row="q", days=frozenset(range(first, last + 1)), subjects=firms, excepted=frozenset(), basis="X:1")
    return replace(held, **changes)  # type: ignore[arg-type]


def test_visits_whose_term_windows_close_whole_are_a_hole_that_says_the_days_and_how_long_a_term_would_do(
    store: Store, hand: Hand
) -> None:
    """Three working days, of which a window from the 10th to the 16th leaves none to whoever is sent from the 9th on."""
    first, *_ = holes = found(windowed(manned(store, hand, firms=(firm(1, ""),)), quiet(10, 16)))
    assert {(hole.lack, hole.town, hole.windows) for hole in holes} == {(Lack.QUIET, "", ("q",))}
    assert first.days[0] == ("2026-03-09", "2026-03-11"), "of the 12th the 17th is the last day"
    assert first.wait == 7, "of a visit given on 9 October: the 10th, a Saturday, is worked, and the 19th is the first open day"
    assert "" in first.items
    persons = [code for code, item in open_office(store, hand).book.get("demo@1").items.items() if "FIRM" not in item.subjects]
    assert persons, "there are items for persons alone"
    assert not {*persons} & {item for hole in holes for item in hole.items}, "windows protect firms"


def test_a_window_of_one_town_and_one_of_who_goes_along_are_holes_where_they_hold(store: Store, hand: Hand) -> None:
    staff = officer("Z3", "east"), officer("Z4", "east")
    office = manned(store, hand, *staff, firms=(firm(1, "east"), firm(2, "")))
    of_town = found(windowed(office, quiet(10, 16, pools=frozenset({"east"}))))
    assert {(hole.lack, hole.town) for hole in of_town} == {(Lack.QUIET, "east")}
    assert found(windowed(office, quiet(10, 16, excepted=frozenset({CheckType.PLANNED, CheckType.PERMIT})))) == ()
    joint = replace(office, plans={"licensing": replace(PLAN, partners=("civil",))})
    with store.begin() as tx:
        tx.rosters.put_inspectors([officer(f"C{n}", "civil", "east", agency="civil") for n in (1, 2)])
    joint = replace(joint, tree=TREE_WITH | {"civil": replace(TREE_WITH["civil"], pack="maoji")})
    for checks, lacks in (({CheckType.PLANNED}, {Lack.QUIET}), ({CheckType.JOINT, CheckType.PERMIT}, set())):
        holes = found(windowed(joint, quiet(10, 16, excepted=frozenset(checks)), pack="maoji"))
        assert {hole.lack for hole in holes} == lacks
    own = replace(joint, plans={"licensing": replace(PLAN, partners=("civil",), lists="own")})
    for excepted, agencies in (
        (frozenset[CheckType](), {"bureau", "civil"}),
        (frozenset({CheckType.JOINT, CheckType.PERMIT}), {"civil"}),
    ):
        holes = found(windowed(own, quiet(1, 27, excepted=excepted), pack="maoji"))
        assert {hole.agency for hole in holes if hole.lack is Lack.QUIET} == agencies, "who is drawn by both is visited by both"


def test_leave_on_the_days_that_a_window_leaves_is_a_hole_that_names_both(store: Store, hand: Hand) -> None:
    """Windows close the 10th to the 13th; whoever is sent on the 9th could go on the 14th alone, and then Z4 is away."""
    away = officer("Z4", "east", leave_from=date(2026, 4, 14), leave_until=date(2026, 4, 14))
    office = manned(store, hand, officer("Z3", "east"), away, firms=(firm(1, "east"),))
    assert found(office) == (), "a day off is no hole where there are others"
    held = windowed(office, quiet(10, 13))
    (hole,) = [hole for hole in found(held) if hole.town == "east"]
    assert (hole.lack, hole.days, hole.away, hole.windows) == (Lack.TEAM, (("2026-04-09", "2026-04-09"),), ("Z4",), ("q",))


def test_a_town_whose_objects_need_a_qualification_lacks_who_may_lead(store: Store, hand: Hand) -> None:
    staff = officer("Z3", "east", qualifications=("lifts",)), officer("Z4", "east")
    (hole,) = found(manned(store, hand, *staff, firms=(firm(1, "east"), firm(2, "east", "boilers"))))
    assert (hole.lack, hole.town, hole.qualifications, hole.objects) == (Lack.LEAD, "east", ("boilers",), 1)


def test_declared_conflicts_that_leave_one_officer_are_a_hole_of_these_objects_alone(store: Store, hand: Hand) -> None:
    office = manned(store, hand, officer("Z3", "east"), officer("Z4", "east"), firms=(firm(1, "east"), firm(2, "east")))
    with store.begin() as tx:
        tx.rosters.declare("bureau", firm(2, "east").code, "Z4", Recusal.KIN)
        tx.rosters.declare("bureau", firm(1, "east").code, "Z1", Recusal.KIN)  # who does not go to this town anyway
    (hole,) = found(office)
    assert (hole.lack, hole.town, hole.objects, hole.barred) == (Lack.TEAM, "east", 1, ("Z4",))
    assert "Z4" not in hole.about, "a matter's name is read by more people"


def test_a_source_an_agency_and_a_superior_that_are_not_there_are_holes_of_the_items_that_ask_them(
    store: Store, hand: Hand
) -> None:
    office = manned(store, hand)
    lone = replace(office, tree=TREE_WITH | {"houses": AgencyNode(id="houses", name="住建局", connector="housing")})
    names = Names(sources={"registers"}, agencies={"housing", "county-office", "city-office"})
    holes = {hole.lack: hole for hole in found(lone, names)}
    assert {lack: (hole.name, hole.items) for lack, hole in holes.items()} == {
        Lack.SOURCE: ("social", ("hr-agency-staff", "exam-work-years", "relief-household", "stable-jobs")),
        Lack.AGENCY: ("civil-affairs", ("relief-household",)),
        Lack.SUPERIOR: ("housing", ("hukou-housing", "hr-agency-staff")),
    }
    assert holes[Lack.SOURCE].facts == ("insured-staff", "work-years", "insured-income", "contributions")


def test_a_connector_that_a_person_has_paused_is_no_live_one(store: Store, hand: Hand) -> None:
    office = manned(store, hand)
    with store.begin() as tx:
        assert tx.lanes.pause("registers", tx.machine_now())
    assert {(hole.lack, hole.name) for hole in found(office)} == {(Lack.PAUSED, "registers")}


def test_an_agency_with_cases_and_no_plan_is_a_hole(store: Store, hand: Hand) -> None:
    office = manned(store, hand, other=replace(PLAN, agency="other", name="other"))
    with store.begin() as tx:
        tx.rosters.put_inspectors([officer("Y1", "other", agency="other"), officer("Y2", "other", agency="other")])
        tx.tokens.issue("hall", "bureau", "system", tx.machine_now(), tx.machine_now().replace(year=2099))
    assert {(hole.lack, hole.agency) for hole in found(office)} == {(Lack.PLAN, "bureau"), (Lack.POOL, "bureau")}


def test_a_joint_check_needs_a_team_of_each_agency_in_each_town_of_the_lead(store: Store, hand: Hand) -> None:
    """A partner's whole area is the lead's; a town of the lead is the partner's only where its officers have it by name."""
    joint = replace(PLAN, partners=("civil",))
    office = manned(store, hand, officer("Z3", "east"), officer("Z4", "east"), firms=(firm(1, "east"),), licensing=joint)
    with store.begin() as tx:
        tx.rosters.put_inspectors([officer(f"C{n}", "civil", agency="civil") for n in (1, 2)])
    assert [(hole.lack, hole.town, hole.staff) for hole in found(office)] == [(Lack.AREA, "east", "civil")]
    with store.begin() as tx:
        tx.rosters.put_inspectors([officer(f"C{n}", "civil", "east", agency="civil") for n in (1, 2)])
    assert found(office) == ()


def test_a_pack_that_ends_without_a_next_version_is_a_hole_from_that_month_on(store: Store, hand: Hand) -> None:
    office = ending(manned(store, hand), date(2026, 8, 14))
    assert told(found(office)) == [(Lack.PACK, "", "2026-08", "2027-02")]


def test_a_partner_s_pack_that_ends_is_a_hole_too_for_its_officers_go_by_it(store: Store, hand: Hand) -> None:
    office = manned(store, hand, licensing=replace(PLAN, partners=("civil",)))
    with store.begin() as tx:
        tx.rosters.put_inspectors([officer(f"C{n}", "civil", agency="civil") for n in (1, 2)])
    tree = TREE_WITH | {"civil": replace(TREE_WITH["civil"], pack="maoji")}
    packs = tuple(replace(one, effective_to=date(2026, 8, 31)) if one.id == "maoji" else one for one in office.book.packs)
    (hole,) = found(replace(office, tree=tree, book=Policybook(packs=packs)))
    assert (hole.lack, hole.agency, hole.name, hole.since) == (Lack.PACK, "civil", "maoji", "2026-09")


def ending(office: Office, day: date | None) -> Office:
    packs = tuple(replace(one, effective_to=day) if one.id == "demo" else one for one in office.book.packs)
    return replace(office, book=Policybook(packs=packs))


def test_the_months_are_a_year_and_further_to_what_is_known_but_never_more_than_two(store: Store, hand: Hand) -> None:
    office = manned(store, hand)
    lengths = [
        (horizon(ending(office, day), {"demo"}, today)[-1].name, len(horizon(ending(office, day), {"demo"}, today)))
        for day, today in (
            (None, START.date()),
            (None, date(2025, 6, 1)),  # the calendar is known to the end of 2026
            (date(2027, 9, 30), START.date()),
            (date(2040, 1, 1), START.date()),
        )
    ]
    assert lengths == [("2027-02", LEAST), ("2026-12", 19), ("2027-09", 19), ("2028-02", MOST)]
    (first, *_) = horizon(office, {"demo"}, date(2026, 2, 28))
    assert first.name == "2026-02"
    (first, *_) = horizon(office, {"demo"}, date(2026, 5, 31))
    assert first.name == "2026-06", "nothing falls on the Sunday that is left of May"


def test_the_daily_look_tells_a_person_once_of_what_begins_within_three_months_and_ends_it_when_it_is_closed(
    store: Store, hand: Hand
) -> None:
    office = manned(store, hand, officer("Z3", "east", until=date(2026, 6, 10)), officer("Z4", "east"), firms=(firm(1, "east"),))
    assert matters(office, hand) == [], "June is further off"
    hand.on(days=31)
    (matter,) = matters(office, hand)
    assert (matter["agency"], matter["about"]) == ("bureau", "team:bureau:licensing:bureau:east::0")
    metrics = Metrics()
    snapshot(office, metrics)
    assert b'inspector_coverage_holes{lack="team"} 1.0' in metrics.render()
    assert b'inspector_coverage_holes{lack="area"} 0.0' in metrics.render()
    assert matters(office, hand)[0]["opened_at"] == matter["opened_at"], "it is told once"
    with store.begin() as tx:
        tx.rosters.put_inspectors([officer("Z3", "east")])
    assert matters(office, hand) == []
    snapshot(office, metrics)
    assert b'inspector_coverage_holes{lack="team"} 0.0' in metrics.render()
    with store.begin() as tx:
        tx.rosters.put_inspectors([officer("Z3", "east", until=date(2026, 6, 10))])
    assert len(matters(office, hand)) == 1, "what comes back is told again"


def test_windows_that_leave_no_day_are_told_to_a_person_too(store: Store, hand: Hand) -> None:
    office = windowed(manned(store, hand, firms=(firm(1, ""),)), quiet(10, 16))
    (matter,) = matters(office, hand)
    assert (matter["agency"], matter["about"]) == ("bureau", "quiet:bureau:licensing::::0")


def test_what_a_person_has_seen_to_is_not_asked_again_before_it_goes_on_for_longer(store: Store, hand: Hand) -> None:
    office = manned(store, hand, officer("Z3", "east"), officer("Z4", "east", in_post=False), firms=(firm(1, "east"),))
    (matter,) = matters(office, hand)
    with store.begin() as tx:
        attention.close(tx, matter["id"], "李四", hand(), note="已报人事")
    hand.on(days=1)
    assert matters(office, hand) == []
    metrics = Metrics()
    snapshot(office, metrics)
    assert b'inspector_coverage_holes{lack="team"} 1.0' in metrics.render(), "the hole is there, whoever knows of it"
    hand.on(days=31)
    assert len(matters(office, hand)) == 1, "another month has come into view, and it is a hole too"


@pytest.mark.differs  # PostgreSQL takes no longer text than the table says
def test_towns_of_long_names_are_matters_of_their_own(store: Store, hand: Hand) -> None:
    names = ["乡" * 199 + last for last in "东西"]
    office = manned(store, hand, firms=tuple(firm(n, name) for n, name in enumerate(names)))
    assert len({row["about"] for row in matters(office, hand)}) == 2
