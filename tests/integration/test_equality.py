"""Scenario 5 over real draws: who committed is drawn more than like subjects, a person is told, and an article may permit it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

import pytest

from inspector.cli.equality import grouped
from inspector.daemon.schedules import sweep_order
from inspector.domain.case import MatterKind, Route, SubjectKind
from inspector.domain.decision import OrderKind
from inspector.domain.equality import Aside, Equality, EqualityVerdict, Group, Measure
from inspector.domain.errors import Invalid, Missing
from inspector.domain.evidence import Verdict
from inspector.domain.finding import Finding
from inspector.domain.policy import Policy
from inspector.domain.sampling import Window
from inspector.flows import attention, dispatch, equality, training
from inspector.flows.draw import announce_now
from inspector.flows.office import Office
from inspector.labels import LANGS
from inspector.store.store import Store
from tests.drawn import announced, carried_out, drawing, visits
from tests.edge import serving
from tests.house import Hand, application, open_office, post, settle
from tests.integration.test_draw_rivals import pooled
from tests.integration.test_pool_cases import UNSIGNED
from tests.operator import Operator, on_both, one_database, settled

pytestmark = [pytest.mark.alike, pytest.mark.slow]

database_url = one_database
EACH = 30
"""So many subjects of each route: persons, so that all are of one level."""


def packed(
    office: Office, committed: Fraction, basis: str = "S0:7", heavier: frozenset[str] = frozenset(), per: Window = Window.DRAW
) -> Office:
    """Who committed is drawn by a ratio of its own, as no pack that was checked would have it without an article; others by one in ten."""
    (pack,) = (one for one in office.book.packs if one.label == "demo@1")

    def ruled(pack: Policy) -> Policy:
        shares = {"normal-U": (committed, basis), "pool-U": (Fraction(1, 10), "S0:7")}
        rows = tuple(
            replace(row, minimum=1, ratio=shares[row.stratum][0], basis=shares[row.stratum][1], per=per)
            if row.stratum in shares
            else row
            for row in pack.samplings
        )
        bounds = replace(pack.bounds, floor=None, ceiling=None, staff=None, sizes=())
        return replace(pack, samplings=rows, bounds=bounds, heavier=heavier)

    return replace(office, book=replace(office.book, packs=(ruled(pack),)))


def came(office: Office, number: int, route: Route) -> None:
    """A person applies."""
    told: dict[str, object] = {} if route is Route.COMMITMENT else UNSIGNED
    facts = {"household": "三人"} if route is Route.COMMITMENT else {}
    code = f"P{number:08d}"
    person = {"subject_kind": SubjectKind.PERSON, "matter": MatterKind.BENEFIT, "subject_code": code}
    post(office, application(number, "relief-household", facts, route=route, **person, **told))


def drawn(store: Store, hand: Hand, committed: Fraction) -> tuple[Office, str]:
    """An office that has carried out one draw over both routes."""
    office, _, _ = drawing(store, hand, staff=80)
    office = pooled(packed(office, committed), "weekly")
    for number in range(1, EACH + 1):
        came(office, number, Route.COMMITMENT)
        came(office, 500 + number, Route.CERTIFICATE)
    settle(office)
    with store.begin() as tx:
        held = announce_now(office, tx, "weekly", "clerk", hand())
    assert held is not None
    settle(office)
    return office, carried_out(office, hand, held.number).number


@on_both
def test_a_number_of_a_quarter_is_compared_by_the_quarter_and_once_it_is_over(store: Store, hand: Hand) -> None:
    """Its pool is drawn at the first draw, what comes in later at the second: draw by draw a fair office would look unfair."""
    office, _, _ = drawing(store, hand, staff=80)
    office = pooled(packed(office, Fraction(1, 10), per=Window.QUARTER), "weekly")
    for week in range(2):
        for number in range(1, EACH // 2 + 1):
            came(office, 100 * week + number, Route.COMMITMENT)
            came(office, 500 + 100 * week + number, Route.CERTIFICATE)
        settle(office)
        with store.begin() as tx:
            tx.schedules.fired("plan:weekly", hand(), hand() + timedelta(days=7), hand(), "test")
            held = announce_now(office, tx, "weekly", "clerk", hand())
        assert held is not None
        settle(office)
        carried_out(office, hand, held.number)
        hand.on(days=5)
    hand.on(days=120)
    since, inside, after = (hand().replace(month=month, day=day, hour=0) for month, day in ((1, 1), (3, 31), (4, 1)))
    with store.read() as tx:
        cut = equality.report(office, tx, "bureau", since, inside, hand())
        whole = equality.report(office, tx, "bureau", since, after, hand())
    assert (cut.draws, [one for one in cut.groups if one.measure is Measure.DRAWN]) == (2, [])
    framed = [cut.aside[Aside.CUT][place] + cut.aside[Aside.BARRED][place] for place in (0, 1)]
    assert framed == [EACH, EACH // 2 + EACH], "a case stands in one frame, the pool in both; who was drawn rests"
    said = group(whole, Measure.DRAWN)
    assert (said.committed, said.certified) == (EACH, EACH), "each once, though the pool stood in both frames"
    assert whole.alarms == ()


def read(office: Office, hand: Hand) -> Equality:
    """The report over everything until now."""
    with office.store.read() as tx:
        return equality.report(office, tx, "bureau", hand() - timedelta(days=300), hand(), hand())


def group(held: Equality, measure: Measure) -> Group:
    """The one group of a measure."""
    (told,) = (one for one in held.groups if one.measure is measure)
    return told


@on_both
def test_who_committed_is_drawn_more_and_a_person_is_told_unless_an_article_permits_it(store: Store, hand: Hand) -> None:
    office, number = drawn(store, hand, Fraction(9, 10))
    early = read(office, hand)
    assert (early.draws, early.waiting, early.groups) == (0, 1, ()), "what is under embargo is not told in small groups"
    hand.on(days=120)
    held = read(office, hand)
    with store.read() as tx:
        strata = json.loads(tx.draws.file(number, "result.json"))["lists"][0]["strata"]
    said = group(held, Measure.DRAWN)
    assert (said.item, said.level, said.lawful) == ("relief-household", "U", "")
    assert (said.committed, said.committed_hit) == (EACH, len(strata["normal-U"]["selected"]))
    assert said.certified == EACH
    assert said.certified_hit <= len(strata["pool-U"]["selected"]), "the register's own firms are no one's case"
    rows = {lang: grouped(held, office.book.get(held.pack), lang)[0]["item"] for lang in LANGS}
    assert rows == {"zh-Hans": "临时救助家庭成员与收入证明（relief-household）", "en": "relief-household"}, (
        "a reader knows the item by its name"
    )
    assert [one.measure for one in held.alarms] == [Measure.DRAWN, Measure.VISITED]
    assert held.compared[0].odds is None or held.compared[0].odds > 1
    assert group(held, Measure.WAITED).committed == said.committed_hit, "overdue visits are waits"
    assert held.aside[Aside.UNFRAMED] == (0, 0)

    matters = look(office, hand)
    assert {one["measure"] for one in matters} == {"DRAWN", "VISITED"}
    assert {one["agency"] for one in matters} == {"bureau"}
    with store.read() as tx:
        assert set(equality.standing(tx)) == {("bureau", "DRAWN", 1), ("bureau", "VISITED", 1)}

    lawful = packed(office, Fraction(9, 10), "S9:16", frozenset({"S9:16"}))
    statute = replace(lawful.book.packs[0], statutes=frozenset({"S9"}))
    lawful = replace(lawful, book=replace(lawful.book, packs=(statute,)))
    told = read(lawful, hand)
    assert told.alarms == ()
    assert group(told, Measure.DRAWN).lawful == "sample-normal-U: S9:16"
    assert told.compared[0].verdict is EqualityVerdict.INSUFFICIENT, "nobody is left to be compared"
    assert len(look(lawful, hand)) == 2, "nobody is left to be compared: too few to tell end nothing"
    hand.on(days=300)
    assert {one["until"] for one in look(office, hand)} == {one["until"] for one in matters}, (
        "nor does a new year, in which nobody came"
    )
    with store.begin() as tx:
        attention.close(tx, f"{equality.MATTER}:bureau:DRAWN", "李主任", hand())
    assert [one["measure"] for one in look(office, hand)] == ["VISITED"], "what a person has answered is over"


@on_both
def test_who_is_drawn_alike_calls_nobody_and_the_report_is_for_officers_and_auditors_of_the_agency(
    store: Store, hand: Hand
) -> None:
    office, _ = drawn(store, hand, Fraction(1, 10))
    hand.on(days=120)
    held = read(office, hand)
    assert held.alarms == ()
    assert {one.verdict for one in held.compared} == {EqualityVerdict.INSUFFICIENT}, "thirty of each show no doubled odds"
    span = {"since": (hand() - timedelta(days=300)).date().isoformat(), "until": (hand() + timedelta(days=1)).date().isoformat()}
    with serving(office) as edge, edge.as_("auditor") as auditor, edge.as_("clerk") as clerk, edge.as_("auditor", "other") as far:
        shown = auditor.get("/v1/equality", params=span).json()
        assert [one["measure"] for one in shown["measures"]] == [measure.value for measure in Measure]
        assert {(one["committed"], one["certified"]) for one in shown["groups"] if one["measure"] == "DRAWN"} == {(EACH, EACH)}
        assert shown["basis"] == "S0:7;H:56;H:57;H:58"
        assert "P0000" not in json.dumps(shown), "it names nobody"
        assert clerk.get("/v1/equality").status_code == 403
        assert far.get("/v1/equality", params={"agency": "bureau"}).status_code == 422
    bare = replace(office, book=replace(office.book, packs=(replace(office.book.packs[0], equality=None),)))
    with store.read() as tx:
        with pytest.raises(Missing, match="equality_rule_missing"):
            equality.report(bare, tx, "bureau", hand() - timedelta(days=1), hand(), hand())
        with pytest.raises(Invalid, match="equality_span"):
            equality.report(office, tx, "bureau", hand(), hand(), hand())
    assert look(bare, hand) == []


def look(office: Office, hand: Hand) -> list[dict[str, object]]:
    """The monthly look; the open matters."""
    with office.store.begin() as tx:
        tx.work.order([sweep_order(OrderKind.EQUALITY_LOOK, {}, hand(), hand())], hand())
    settle(office)
    hand.on(seconds=1)
    with office.store.read() as tx:
        return [dict(one) for one in tx.attention.standing(equality.MATTER)]


@pytest.mark.bare
def test_where_no_agency_is_named_the_report_is_of_the_one_that_takes_cases_and_of_several_none_is_guessed(
    store: Store, hand: Hand, tmp_path: Path
) -> None:
    office = open_office(store, hand)
    post(office, application(1, "business-licence", {"registration-status": "存续"}))
    operator = Operator(tmp_path, store.url.render_as_string(hide_password=False)).settle_in("")
    told = operator.well("equality", "report", "--json").json
    assert told["agency"] == "bureau", "the city above it took no case, and a report of it would find nothing to compare"
    assert "已计入的季度" in operator.well("equality", "groups", lang="zh-Hans").out
    with serving(office) as edge, edge.as_("auditor", "city") as city, edge.as_("auditor", "other") as other:
        assert city.get("/v1/equality").json()["agency"] == "bureau"
        assert city.get("/v1/equality", params={"agency": "county"}).json()["agency"] == "county", "who names one gets that"
        assert city.get("/v1/equality/groups").status_code == 200
        assert other.get("/v1/equality").json()["agency"] == "other", "of what it does not see it is told nothing"
        post(office, application(2, "business-licence", {"registration-status": "存续"}, agency="other"))
        several = city.get("/v1/equality")
    assert (several.status_code, several.json()["error"]["code"]) == (422, "equality_whose")
    said = operator.say("equality", "report")
    assert (said.code, "name one of bureau, other (--agency)" in said.err) == (2, True), said.err


@on_both
def test_findings_are_told_by_area_and_level_and_of_a_small_area_nothing(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand, staff=12)
    (case_id,), held = announced(office, hand, cases=1)
    carried_out(office, hand, held.number)
    (visit,) = visits(office, held.number)
    with store.begin() as tx:
        team = tx.visits.team(visit.id)
        for one in team:
            dispatch.accept(tx, one.name, hand())
    findings = [Finding(case_id=case_id, claim=doubt.claim, verdict=Verdict.MISMATCH, note="无人") for doubt in visit.doubts]
    with store.begin() as tx:
        dispatch.report(office, tx, team[0].name, findings, "", hand())
    year = date(2026, 1, 1), date(2027, 1, 1)

    def told(office: Office) -> training.Crews:
        with store.read() as tx:
            return training.groups(office, tx, "bureau", *year, hand())

    (pack,) = (one for one in office.book.packs if one.label == "demo@1")
    crowd = replace(office, book=replace(office.book, packs=(replace(pack, report=replace(pack.report, crowd=1)),)))
    assert (told(crowd).groups, told(crowd).quarters) == ((), ()), "the quarter is not over"
    hand.on(days=60)
    assert told(office).groups == (), "two persons are no group"
    whole = told(crowd)
    (crew,) = whole.groups
    assert (crew.visits, crew.found, crew.looked, crew.differs) == (1, 1, None, None)
    assert (whole.quarters, whole.waiting) == ((date(2026, 1, 1),), ())
    with store.read() as tx, pytest.raises(Invalid, match="crews_span"):
        training.groups(crowd, tx, "bureau", date(2026, 1, 1), date(2026, 3, 9), hand())
    with serving(crowd) as edge, edge.as_("auditor") as auditor:
        shown = auditor.get("/v1/equality/groups", params={"until": "2027-01-01"}).json()
        assert shown == training.told(whole)
        assert not any(seat.inspector in json.dumps(shown) for seat in team)
        early = auditor.get("/v1/equality/groups", params={"since": "2026-01-01", "until": "2026-01-12"})
        assert (early.status_code, early.json()["error"]["code"]) == (422, "crews_span")


def test_the_command_tells_every_measure_in_both_languages_though_there_is_nothing_to_compare(
    database_url: str, tmp_path: Path
) -> None:
    office = settled(database_url, tmp_path)
    told = office.well("equality", "report", "--since", "2026-01-01", "--until", "2026-07-01", "--json").json
    assert [(one["measure"], one["verdict"]) for one in told["measures"]] == [(one.value, "INSUFFICIENT") for one in Measure]
    assert (told["draws"], told["groups"], told["since"]) == (0, [], "2026-01-01")
    assert (told["look"], told["level"], told["spending"]) == (6, pytest.approx(0.00318, abs=1e-5), "OBRIEN_FLEMING")
    other = office.well("equality", "report", "--since", "2026-01-02", "--until", "2026-07-01", "--json").json
    assert (other["look"], other["level"]) == (None, 0.05), "a report of other days is none of the year's looks"
    said = office.well("equality", "report")
    assert "insufficient" in said.out
    assert "at most 5.0% false alarms over all measures and all looks of a year" in said.out
    assert "不足" in office.well("equality", "report", lang="zh-Hans").out
    assert office.well("equality", "groups", "--json").json == {"groups": [], "quarters": [], "waiting": []}
    assert "已计入的季度" in office.well("equality", "groups", lang="zh-Hans").out
    wrong = office.say("equality", "report", "--since", "2026-07-01", "--until", "2026-07-01", lang="zh-Hans")
    assert wrong.code != 0
    assert "没有任何一日" in wrong.out + wrong.err


def begun(store: Store, hand: Hand, routes: dict[Route, int]) -> Office:
    """An office to which so many have come by each route, and who commits is drawn nine times as often."""
    office, _, _ = drawing(store, hand, staff=80)
    office = pooled(packed(office, Fraction(9, 10)), "weekly")
    for place, (route, count) in enumerate(routes.items()):
        for number in range(1, count + 1):
            came(office, 500 * place + number, route)
    settle(office)
    return office


def drawn_now(office: Office, hand: Hand) -> None:
    """A draw is carried out, and its embargo ends."""
    with office.store.begin() as tx:
        held = announce_now(office, tx, "weekly", "clerk", hand())
    assert held is not None
    settle(office)
    carried_out(office, hand, held.number)
    hand.on(days=120)


@on_both
def test_who_came_before_the_period_and_stood_in_its_frames_is_compared_in_it(store: Store, hand: Hand) -> None:
    """A case of December is drawn in January: the year of the draw has it, or none has."""
    office = begun(store, hand, {Route.COMMITMENT: EACH, Route.CERTIFICATE: EACH})
    hand.on(days=1)
    since = hand()
    hand.on(seconds=60)
    drawn_now(office, hand)
    with store.read() as tx:
        held = equality.report(office, tx, "bureau", since, hand(), hand())
        early = equality.report(office, tx, "bureau", since - timedelta(days=2), since, hand())
        late = equality.report(office, tx, "bureau", hand() - timedelta(days=1), hand(), hand())
    said = group(held, Measure.DRAWN)
    assert (said.committed, said.certified) == (EACH, EACH)
    assert [one.measure for one in held.alarms] == [Measure.DRAWN, Measure.VISITED]
    assert {why for why, count in held.aside.items() if count != (0, 0)} <= {Aside.BARRED, Aside.OWED}
    assert (early.draws, early.aside[Aside.UNFRAMED]) == (0, (EACH, EACH)), "of the period, and in no frame of it"
    assert (late.groups, late.aside[Aside.EARLIER]) == ((), (EACH, EACH)), "what cannot be compared is told"


@on_both
def test_a_route_that_is_left_out_of_every_frame_is_an_alarm(store: Store, hand: Hand) -> None:
    office = begun(store, hand, {Route.COMMITMENT: EACH, Route.CERTIFICATE: EACH})
    with store.begin() as tx:  # somebody takes whoever brought a certificate out of the register
        gone = [(SubjectKind.PERSON.value, f"P{500 + number:08d}") for number in range(1, EACH + 1)]
        tx.rosters.remove_objects("bureau", gone, hand())
    drawn_now(office, hand)
    held = read(office, hand)
    assert held.aside[Aside.UNFRAMED] == (0, EACH)
    said = group(held, Measure.FRAMED)
    assert (said.committed, said.committed_hit, said.certified, said.certified_hit) == (EACH, EACH, EACH, 0)
    assert [one.measure for one in held.alarms] == [Measure.FRAMED], "it was no difference in anything else"
    assert {one["measure"] for one in look(office, hand)} == {"FRAMED"}
