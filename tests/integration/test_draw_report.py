"""The report of a draw as the office keeps its records: through the visits to their results, on both databases."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction

import pytest

from inspector.daemon.sweeps import snapshot
from inspector.domain.errors import Refusal
from inspector.domain.replacement import Ground
from inspector.domain.report import Report
from inspector.flows import replacing
from inspector.flows.office import Office
from inspector.flows.reporting import report
from inspector.flows.reportwords import markdown, tell
from inspector.store.store import Store
from inspector.telemetry.metrics import Metrics
from inspector.web.roles import Role
from tests.edge import WEB, serving
from tests.house import Hand, application, post, settle
from tests.integration.test_draw_way import announced, carried_out, drawing, visits
from tests.integration.test_extension import POOL, drawn, extended, raised
from tests.integration.test_published import made, registered

pytestmark = pytest.mark.alike

LICENCE = {"registration-status": "存续"}


def reported(office: Office, number: str) -> Report:
    with office.store.read() as tx:
        return report(office, tx, number)


@pytest.mark.slow
def test_a_report_tells_probabilities_by_route_and_that_results_are_not_in_yet(store: Store, hand: Hand) -> None:
    office, held = registered(store, hand)
    with pytest.raises(Refusal, match="draw_not_finished"):
        reported(office, held.number)
    carried_out(office, hand, held.number)
    told = reported(office, held.number)
    by = {(one.stratum, one.route): one for one in told.chances}
    assert set(by) == {("full", "COMMITMENT"), ("full", "POOL"), ("pool-U", "POOL")}
    assert (by["full", "COMMITMENT"].probability, by["full", "COMMITMENT"].objects) == (Fraction(1), 2)
    pool = by["pool-U", "POOL"]
    assert (pool.objects, pool.level) == (36, "U"), "two firms of the register are in the frame because of their cases"
    assert pool.probability == Fraction(pool.k, 36)
    (estimate,) = told.estimates
    assert (estimate.level, estimate.drawn, estimate.open, estimate.share, estimate.enough) == ("U", 0, pool.k, None, False)
    assert (told.share.random, told.share.planned, told.share.low) == (pool.k, pool.k, False)
    assert [(one.pool, one.inspectors, one.wanted) for one in told.crowds] == [("bureau", 5, 6)]


@pytest.mark.slow
def test_the_estimate_of_a_level_comes_from_the_results_of_its_random_cases(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    packs = tuple(
        replace(
            pack,
            samplings=tuple(
                replace(row, ratio=Fraction(1, 2), minimum=4, rolling=False) if row.level and not row.whole else row
                for row in pack.samplings
            ),
        )
        for pack in office.book.packs
    )
    office = replace(office, book=replace(office.book, packs=packs))
    for number in range(20, 28):
        post(office, application(number, "business-licence", LICENCE))
    settle(office)
    _, held = announced(office, hand, cases=2)
    carried_out(office, hand, held.number)
    made(office, hand, held.number)
    settle(office)
    told = reported(office, held.number)
    random = [visit for visit in visits(office, held.number) if visit.sampled]
    (estimate,) = told.estimates
    assert len(visits(office, held.number)) == len(random) + 2, "the two whose cases needed a visit are no sample"
    assert (estimate.judged, estimate.found, estimate.open, estimate.undecided) == (len(random), 0, 0, 0)
    assert (estimate.share, estimate.least, estimate.enough) == (Fraction(0), Fraction(0), False)
    assert estimate.greatest is not None
    assert estimate.greatest > 0
    text = markdown(tell(told, "en"))
    assert "insufficient" in text
    assert "0.00 %" in text


@pytest.mark.slow
def test_what_followed_is_in_the_report_and_nobody_is_named_in_it(store: Store, hand: Hand) -> None:
    office, held = registered(store, hand)
    carried_out(office, hand, held.number)
    with store.read() as tx:
        hand.now = max(seat.accept_by for visit in tx.visits.of_draw(held.number) for seat in tx.visits.team(visit.id))
    settle(office)  # nobody has accepted: the seats are dealt again
    told = reported(office, held.number)
    assert told.after.get("redeal:expired", 0) > 0
    (area,) = told.areas
    assert (area.kind, area.reason, area.count) == ("redeal", "expired", told.after["redeal:expired"])
    assert area.of == 2 * len(visits(office, held.number))
    for text in (markdown(tell(told, "zh-Hans")), markdown(tell(told, "en")), json.dumps(told, default=str)):
        assert "TEST0" not in text
        assert "Z00" not in text
    chinese = markdown(tell(told, "zh-Hans"))
    assert ("席位递补 | 逾期未回应 |" in chinese, "expired" in chinese) == (True, False), chinese


@pytest.mark.slow
def test_too_much_coverage_beside_chance_is_called_low(store: Store, hand: Hand) -> None:
    office, held = registered(store, hand)
    carried_out(office, hand, held.number)
    packs = tuple(replace(one, report=replace(one.report, random_share=Fraction(1), crowd=1)) for one in office.book.packs)
    with store.begin() as tx:
        (first, *_) = [visit for visit in tx.visits.of_draw(held.number) if visit.sampled]
        tx.connection.exec_driver_sql(f"update visit_agency set sampled = false where visit = '{first.id}'")
    told = reported(replace(office, book=replace(office.book, packs=packs)), held.number)
    assert (told.share.planned - told.share.random, told.share.low, told.crowds) == (1, True, ())
    assert "below what is wanted" in markdown(tell(told, "en"))
    metrics = Metrics()
    snapshot(office, metrics)
    text = metrics.render().decode()
    assert 'inspector_planned_checks{agency="bureau",chosen="coverage"} 1.0' in text
    assert f'inspector_planned_checks{{agency="bureau",chosen="chance"}} {told.share.random}.0' in text


@pytest.mark.slow
def test_the_ops_page_links_to_reports_and_a_stranger_sees_none_before_the_visits(store: Store, hand: Hand) -> None:
    office, held = registered(store, hand)
    carried_out(office, hand, held.number)
    at = f"/ops/draws/{held.number}"
    with serving(office, WEB.model_copy(update={"open_ops": True})) as edge, edge.client() as anybody:
        assert '"/ops/draws"' in anybody.get("/ops").text
        assert at in anybody.get("/ops/draws").text
        refused = anybody.get(at)
        assert (refused.status_code, "尚未公开" in refused.text) == (409, True)
        made(office, hand, held.number)
        page = anybody.get(f"{at}?lang=en")
        assert (page.status_code, "Probability of being drawn" in page.text, "TEST0" in page.text) == (200, True, False)
        assert anybody.get("/ops/draws/bureau-2026-09999").status_code == 404
    with serving(office) as edge, edge.client() as anybody:
        assert anybody.get(at).headers["location"] == f"/login?next={at}"
        token = edge.token(Role.OFFICER, "other")
        anybody.post("/login", data={"token": token, "next": at}, headers={"Origin": edge.url})
        assert anybody.get(at).status_code == 404, "another agency's draw"
        assert held.number not in anybody.get("/ops/draws").text


@pytest.mark.slow
def test_a_firm_that_came_in_from_the_reserve_leaves_the_probability_over_both_exact(store: Store, hand: Hand) -> None:
    office, first = drawn(store, hand)
    packs = tuple(replace(one, draw=replace(one.draw, replace_share=Fraction(4, 5))) for one in office.book.packs)
    office = raised(replace(office, book=replace(office.book, packs=packs)))
    gone = visits(office, first.number)[0]
    with store.begin() as tx:
        told = replacing.give_up(office, tx, gone.id, ground=Ground.UNSAFE, reason="危房", by="李科长", now=hand())
    assert told.came is not None
    more = extended(office, first.number, more={POOL: 5})
    carried_out(office, hand, more.number)
    with store.read() as tx:
        (one,) = report(office, tx, more.number).joint
    assert one.turns == ((first.number, 5, 20), (more.number, 5, 14))
    assert (one.objects, one.probability) == (20, Fraction(1, 2)), "of twenty ten were drawn"
