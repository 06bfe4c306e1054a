"""The scoreboard by kind of question, with days to answer, on page and metric; what is another's silence is not the agency's."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from inspector.daemon import sweeps
from inspector.domain.assistance import AssistanceState, Inability, Quarrel
from inspector.domain.evidence import Verdict
from inspector.domain.scoreboard import ENDS
from inspector.domain.urgency import Urgency
from inspector.flows import assist
from inspector.flows.office import behind
from inspector.flows.scoreboard import recent, recent_days, scoreboard, standing
from inspector.store import migrate
from inspector.store.assistancetables import assistance
from inspector.store.store import Store
from inspector.telemetry.metrics import Metrics
from tests.edge import WEB, serving
from tests.house import Hand, closing, settle
from tests.integration.test_letters import Desk, an_office, opened, request_of, withdraw


@pytest.mark.alike
def test_an_agency_that_has_moved_counts_once(store: Store, hand: Hand) -> None:
    boxes = {name: Desk(name) for name in ("civil-affairs", "affairs-mail")}
    office = an_office(store, hand, boxes)
    first, second = (request_of(store, opened(office, number)) for number in (1, 2))
    settle(office)
    node = behind(office.tree, "civil-affairs")
    assert node is not None
    moved = replace(node, connector="affairs-mail", former=("civil-affairs",))
    office = replace(office, tree={**office.tree, node.id: moved})
    with store.begin() as tx:
        tx.assistance.put(replace(tx.assistance.get(second.id), requested="affairs-mail"))
        tx.connection.execute(sa.update(assistance).where(assistance.c.id == second.id).values(requested="affairs-mail"))
        for request in (first, second):
            assist.answer(office, tx, request.id, Verdict.MATCH, "", "王五", hand())
    with store.read() as tx:
        (score,) = scoreboard(office, tx)
        asked = [(agency, count) for agency, _, mark, count in recent(office, tx, hand()) if mark == "asked"]
        days, gauge = recent_days(office, tx, hand()), standing(office, tx)
    assert (score.agency, score.asked, score.answered, len(score.answer_days)) == ("affairs-mail", 2, 2, 2)
    assert (asked, [agency for agency, *_ in days]) == ([("affairs-mail", 2)], ["affairs-mail"])
    assert gauge == [("affairs-mail", AssistanceState.ANSWERED.value, 2)]


@pytest.mark.slow
def test_the_superiors_silence_is_not_the_agencies_and_each_question_is_told_with_its_days(store: Store, hand: Hand) -> None:
    office = an_office(store, hand, {"civil-affairs": Desk("civil-affairs"), "county-office": Desk("county-office")})
    disputed, answered, silent = (opened(office, number) for number in (1, 2, 3))
    settle(office)
    with store.begin() as tx:
        request = request_of(store, disputed)
        assist.contest(office, tx, request.id, Quarrel.COMPETENCE, "不属于本局职权", "王五", hand())
    hand.on(days=1)
    with store.begin() as tx:
        assist.answer(office, tx, request_of(store, answered).id, Verdict.MATCH, "", "王五", hand())
    for _ in range(8):
        hand.on(days=5)
        settle(office)
    states = {request_of(store, one).state for one in (disputed, silent)}
    assert states == {AssistanceState.UNANSWERED}
    with store.read() as tx:
        (score,) = scoreboard(office, tx)
        marks, days = recent(office, tx, hand()), recent_days(office, tx, hand())
    assert (score.asked, score.unanswered, score.undecided, score.disputed, score.moved) == (3, 1, 1, 1, 0)
    told = {mark: count for agency, fact, mark, count in marks if (agency, fact) == ("civil-affairs", "household")}
    assert {mark: told[mark] for mark in ("asked", "answered", "unanswered", "undecided")} == {
        "asked": 3,
        "answered": 1,
        "unanswered": 1,
        "undecided": 1,
    }
    assert days == [("civil-affairs", "household", 1)]
    again, called_off = opened(office, 4), opened(office, 5)
    withdraw(office, called_off)
    with store.read() as tx:
        (score,) = scoreboard(office, tx)
        told = {mark: count for _, _, mark, count in recent(office, tx, hand())}
    assert request_of(store, again).state.open
    assert (score.open, score.cancelled, told["open"], told["cancelled"]) == (1, 1, 1, 1)
    assert sum(getattr(score, end) for end in ENDS) == sum(told.get(end, 0) for end in ENDS) == score.asked == told["asked"] == 5
    with serving(office, WEB.model_copy(update={"open_ops": True})) as edge, edge.client() as client:
        page = client.get("/ops").text
    assert "工作日中位数 1" in page
    assert "上级未决定 1" in page
    assert ("办理中 1" in page, "已取消 1" in page) == (True, True)
    metrics = Metrics()
    sweeps.snapshot(office, metrics)
    text = metrics.render().decode()
    assert 'inspector_assistance_score{agency="civil-affairs",fact="household",mark="undecided"} 1.0' in text
    assert 'inspector_assistance_answer_workdays{agency="civil-affairs",fact="household"} 1.0' in text


@pytest.mark.slow
@pytest.mark.alike
def test_what_we_put_badly_and_what_was_used_stand_on_the_ops_page_and_in_the_metrics(store: Store, hand: Hand) -> None:
    """Quality goes both ways in each of the three: the export alone had our side."""
    office = an_office(store, hand, {name: Desk(name) for name in ("civil-affairs", "county-office", "housing")})
    unclear, forwarded, used = (request_of(store, opened(office, number)) for number in (1, 2, 3))
    settle(office)
    with store.begin() as tx:
        assist.refuse(office, tx, unclear.id, "未写明核查内容", "王五", hand(), inability=Inability.UNCLEAR)
        assist.forward(office, tx, forwarded.id, "housing", "不归我局", "王五", hand())
        assist.answer(office, tx, used.id, Verdict.MATCH, "", "王五", hand())
    settle(office)
    with store.read() as tx:
        (score, _) = scoreboard(office, tx)
        told = {mark: count for agency, _, mark, count in recent(office, tx, hand()) if agency == "civil-affairs"}
    assert (score.badly_put, score.used) == (told["badly_put"], told.get("used", 0)) == (2, score.used)
    with serving(office, WEB.model_copy(update={"open_ops": True})) as edge, edge.client() as client:
        page = client.get("/ops").text
    assert ("本机关请求不当 2" in page, f"已采用 {score.used}" in page) == (True, True)
    metrics = Metrics()
    sweeps.snapshot(office, metrics)
    text = metrics.render().decode()
    assert 'inspector_assistance_score{agency="civil-affairs",fact="household",mark="badly_put"} 2.0' in text


@pytest.mark.slow
def test_requests_of_before_are_marked_by_the_migration_and_sealed_ones_when_they_are_written_again(
    database_url: str, hand: Hand
) -> None:
    with closing(Store(database_url)) as store:
        migrate.upgrade(store)
        office = an_office(store, hand, {name: Desk(name) for name in ("civil-affairs", "county-office", "housing")})
        calm, plain, sealed = (request_of(store, opened(office, number)) for number in (1, 2, 3))
        settle(office)
        with store.begin() as tx:
            tx.assistance.put(replace(request_of(store, calm.case_id), urgency=Urgency.URGENT))
            assist.contest_urgency(office, tx, calm.id, "并不紧急", "王五", hand())
            assist.refuse(office, tx, sealed.id, "未写明核查内容", "王五", hand(), inability=Inability.UNCLEAR)
        told = sa.select(assistance.c.id, assistance.c.badly_put)
        with store.engine.begin() as connection:
            assert dict(map(tuple, connection.execute(told))) == {calm.id: True, plain.id: False, sealed.id: True}
            config = Config(attributes={"connection": connection})
            config.set_main_option("script_location", str(migrate.HERE))
            scripts = ScriptDirectory.from_config(config).walk_revisions()
            (ours,) = (one for one in scripts if str(one.path).endswith("_requests_that_were_badly_put.py"))
            connection.execute(sa.text("ALTER TABLE assistance DROP COLUMN badly_put"))
            connection.execute(sa.text("UPDATE assistance SET body = '~s1.abc' WHERE id = :one"), {"one": sealed.id})
            command.stamp(config, str(ours.down_revision))
            command.upgrade(config, ours.revision)
            assert dict(map(tuple, connection.execute(told))) == {calm.id: True, plain.id: False, sealed.id: None}
