"""`consequence`: what is due, and an officer's first steps, at the command line."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from inspector.domain.calendar import SHANGHAI
from inspector.domain.case import Outcome
from inspector.domain.wayto import ServiceWay
from inspector.flows import reached, review
from tests import house
from tests.operator import Operator, one_database, settled

pytestmark = [pytest.mark.alike, pytest.mark.slow]

database_url = one_database


@pytest.fixture
def operator(database_url: str, tmp_path: Path) -> Operator:
    return settled(database_url, tmp_path)


def test_an_officer_sees_what_is_due_and_takes_the_first_steps(operator: Operator) -> None:
    with house.closing(operator.store()) as store:
        office = house.open_office(store, lambda: datetime.now(SHANGHAI), sources={"registers": house.Table(default="吊销")})
        case_id = house.post(office, house.application(1, "business-licence", {"registration-status": "存续"}))
        house.settle(office)
        with store.begin() as tx:
            cited = tuple(piece.id for piece in tx.cases.evidence(case_id))
            review.decide(office, tx, case_id, Outcome.UNTRUE_CURABLE, "李四", "不符", cited, office.now())
        first, second = operator.well("consequence", "list", "--json").json
        assert (first["proposal"], second["proposal"]) == ("TERMINATE", "RECORD_CREDIT")
        given = ("--fact", "状态为吊销", "--right", "陈述申辩，可以要求听证", "--reasons", "不符", "--by", "李四")
        assert operator.well("consequence", "notice", first["id"], *given, "--json").json["state"] == "PROPOSED"
        turn = operator.well("consequence", "show", first["id"], "--json").json["turn"]
        decides = "consequence", "impose", first["id"], "--reasons", "终止", "--turn"
        early = operator.say(*decides, str(turn))
        assert early.code == 4
        assert "尚未送达" in operator.say(*decides, str(turn), lang="zh-Hans").err
        assert "当事人可能已经陈述" in operator.say(*decides, str(turn - 1), lang="zh-Hans").err
        assert "Serve the notice" in operator.well("consequence", "show", first["id"], lang="en").out
        assert operator.well("consequence", "drop", second["id"], "--reasons", "轻微", "--json").json["state"] == "DROPPED"
        shown = operator.well("case", "explain", case_id, lang="en").out
        assert "The notice to the subject was given" in shown


def test_who_is_away_is_stood_in_for_until_he_is_back(operator: Operator) -> None:
    since, until = "2026-01-01", "2099-12-31"
    told = ("--deputy", "周八", "--agency", "bureau", "--since", since, "--until", until, "--by", "李四")
    made = operator.well("deputy", "name", "李四", *told, "--json").json
    assert (made["officer"], made["deputy"], made["until"]) == ("李四", "周八", until)
    again = operator.say("deputy", "name", "李四", *told, lang="zh-Hans")
    assert (again.code, "请先终止" in again.err) == (4, True)
    assert "周八" in operator.well("deputy", "list").out
    assert operator.well("deputy", "end", made["id"], "--by", "李四", "--json").json["ended_at"] is not None
    assert "周八 decides in the stead of 李四" in operator.well("deputy", "name", "李四", *told).out


def test_a_hearing_is_fixed_shown_and_given_up(operator: Operator) -> None:
    with house.closing(operator.store()) as store:
        office = house.open_office(store, lambda: datetime.now(SHANGHAI), sources={"registers": house.Table(default="吊销")})
        case_id = house.post(office, house.application(1, "business-licence", {"registration-status": "存续"}))
        house.settle(office)
        with store.begin() as tx:
            review.conclude(office, tx, case_id, "hall", office.now())
            cited = tuple(piece.id for piece in tx.cases.evidence(case_id))
            review.decide(office, tx, case_id, Outcome.UNTRUE_INCURABLE, "李四", "不符", cited, office.now())
        held = next(one["id"] for one in operator.well("consequence", "list", "--json").json if one["proposal"] == "REVOKE")
        given = ("--fact", "状态为吊销", "--right", "陈述申辩，可以要求听证", "--reasons", "不符", "--by", "李四")
        operator.well("consequence", "notice", held, *given)
        with store.begin() as tx:
            told = office.now().date(), ServiceWay.IN_PERSON, "回证1", "李四", office.now()
            reached.noticed(office, tx, held, *told)
        operator.well("consequence", "state", held, "--kind", "HEARING", "--words", "请求听证")
        fixes = "consequence", "sitting", held, "--place", "听证室", "--presides"
        soon, later = (f"{office.now() + timedelta(days=days):%Y-%m-%dT%H:%M}" for days in (1, 60))
        early = operator.say(*fixes, "郑九", "--begins", soon, lang="zh-Hans")
        assert (early.code, "提前通知当事人" in early.err) == (2, True)
        assert operator.say(*fixes, "李四", "--begins", later).code == 4, "who found it does not preside"
        assert operator.well(*fixes, "郑九", "--begins", later, "--json").json["state"] == "NOTICED"
        assert "郑九" in operator.well("consequence", "show", held).out
        assert (
            operator.say("consequence", "hearing", held, "--waived", "--on", f"{office.now():%Y-%m-%d}", "--record", "书").code
            == 2
        )
        waived = ("--waived", "--on", f"{office.now():%Y-%m-%d}", "--record", "放弃书", "--digest", "ab" * 32)
        operator.well("consequence", "hearing", held, *waived)
        shown = operator.well("case", "explain", case_id, lang="en").out
        assert ("who presides" in shown, "听证室" in shown) == (True, True)
