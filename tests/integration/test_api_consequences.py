"""Consequences over HTTP: each step by somebody's own login, the subject's words, what is explained."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from inspector.domain.case import Outcome
from inspector.flows import review
from inspector.store.store import Store
from tests.edge import Edge, serving
from tests.house import Hand, Table, open_office
from tests.integration.test_forms import in_review
from tests.proceedings import recorded

pytestmark = pytest.mark.alike

NOTICE = {"facts": ["登记状态为吊销"], "reasons": "与承诺不符", "rights": ["陈述、申辩，可以要求听证"], "harm": "NONE"}
REPORT = {"words": "涉嫌伪造公文"}


@pytest.fixture
def edge(store: Store, hand: Hand) -> Iterator[Edge]:
    """The edge of an office whose source contradicts."""
    with serving(open_office(store, hand, sources={"registers": Table(default="吊销")})) as held:
        yield held


def test_a_revocation_takes_three_people_a_served_notice_and_the_subjects_words(edge: Edge, hand: Hand) -> None:
    case_id = in_review(edge)
    with edge.as_("system") as system:
        system.post(f"/v1/cases/{case_id}/conclude", json={})
    with (
        edge.as_("officer", name="李四") as first,
        edge.as_("officer", name="王五") as second,
        edge.as_("officer", name="赵六") as legal,
        edge.as_("officer", agency="other", name="别人") as stranger,
        edge.as_("system") as system,
        edge.as_("auditor") as auditor,
    ):
        piece = first.get(f"/v1/cases/{case_id}").json()["explanation"]["heard"][0]["id"]
        said = {"outcome": "UNTRUE_INCURABLE", "reasons": "已核对", "evidence": [piece]}
        assert first.post(f"/v1/cases/{case_id}/review", json=said).status_code == 200
        held = first.get("/v1/consequences").json()["consequences"]
        assert [(one["proposal"], one["stage"]) for one in held] == [("REVOKE", "GIVE"), ("RECORD_CREDIT", "GIVE")]
        about = f"/v1/consequences/{held[0]['id']}"
        assert (stranger.get(about).status_code, stranger.get("/v1/consequences").json()["consequences"]) == (404, [])
        early = first.post(f"{about}/decision", json={"turn": held[0]["turn"], "reasons": "撤销", "public_interest": "不损害"})
        assert (early.status_code, early.json()["error"]["code"]) == (409, "consequence_not_given")
        assert first.post(f"{about}/notice", json=NOTICE).json()["grading"]["harm"] == "NONE"
        service = {"on": hand().date().isoformat(), "way": "IN_PERSON", "proof": "回证1"}
        assert first.post(f"{about}/service", json=service).json()["stage"] == "DECIDE"
        words = {"kind": "HEARING", "words": "请求听证，我有话说"}
        passed = system.post(f"{about}/statements", json=words).json()
        assert (passed["stage"], passed["statements"][0]["words"]) == ("FIX", ""), "whoever passes words on reads none"
        hand.on(days=1)
        begins = (hand() + timedelta(days=14)).isoformat()
        own = first.post(f"{about}/sitting", json={"begins": begins, "place": "听证室", "presides": "李 四"})
        assert (own.status_code, own.json()["error"]["code"]) == (409, "hearing_presider_own")
        fixed = first.post(f"{about}/sitting", json={"begins": begins, "place": "听证室", "presides": "郑九"}).json()
        assert (fixed["stage"], fixed["hearing"]["sittings"][0]["presides"]) == ("HEAR", "郑九")
        hand.on(days=14)
        minutes = {"outcome": "held", "on": hand().date().isoformat(), "record": "笔录1"}
        heard = first.post(f"{about}/hearing", json=minutes).json()
        assert heard["stage"] == "DECIDE"
        verdict = {"turn": heard["turn"], "reasons": "事实清楚", "public_interest": "不损害"}
        done = first.post(f"{about}/decision", json=verdict).json()
        assert (done["state"], done["stage"]) == ("NOTICED", "AGREE")
        agrees = {"turn": done["turn"], "kind": "SECOND", "words": "同意"}
        own = first.post(f"{about}/agreement", json=agrees)
        assert (own.status_code, own.json()["error"]["code"]) == (409, "consequence_same_person")
        agreed = second.post(f"{about}/agreement", json=agrees).json()
        assert agreed["state"] == "NOTICED"
        lawful = {"turn": agreed["turn"], "kind": "LEGAL", "words": "合法"}
        assert legal.post(f"{about}/agreement", json=lawful).json()["state"] == "IMPOSED"
        assert auditor.get(about).json()["statements"][0]["words"] == "请求听证，我有话说"
        told = auditor.get(f"/v1/cases/{case_id}/explain?lang=en").json()["text"]
        assert "It was imposed" in told
        gone = first.post(f"{about}/annulment", json={"why": "REVIEW_BODY", "document": "复决1号"}).json()
        assert gone["state"] == "ANNULLED"


def test_a_transfer_is_opened_reported_by_two_and_decided_by_the_head(edge: Edge) -> None:
    case_id = in_review(edge)
    with edge.as_("officer", name="李四") as first, edge.as_("officer", name="王五") as second:
        piece = first.get(f"/v1/cases/{case_id}").json()["explanation"]["heard"][0]["id"]
        given = {"proposal": "TRANSFER_JUDICIAL", "evidence": [piece], "reasons": "涉嫌伪造公文"}
        held = first.post(f"/v1/cases/{case_id}/consequences", json=given).json()
        about = f"/v1/consequences/{held['id']}"
        assert (held["stage"], first.post(f"{about}/report", json=REPORT).json()["stage"]) == ("REPORT", "REPORT")
        assert second.post(f"{about}/report", json=REPORT).json()["stage"] == "HEAD"
        with edge.as_("officer", name="陈局长") as head:
            assert head.post(f"{about}/head", json={"approves": True, "reasons": "同意移送"}).json()["stage"] == "HAND"
        lacks = first.post(f"{about}/handover", json={"letter": "移送书1", "receipt": "回执1"})
        assert (lacks.status_code, lacks.json()["error"]["facts"]["lacking"]) == (409, ["REPORT", "GOODS", "TESTS", "OTHER"])
        whole = {"letter": "1", "report": "2", "goods": "无涉案物品", "tests": "无检验", "other": "3", "receipt": "回执1"}
        assert first.post(f"{about}/handover", json=whole).json()["stage"] == "POLICE"
        today = edge.office.now().date().isoformat()
        filed = {"accepted": True, "document": "立字1号", "on": today}
        assert first.post(f"{about}/police", json=filed).json()["stage"] == "PAPERS"
        done = first.post(f"{about}/papers", json={"receipt": "清单1"}).json()
        assert (done["state"], done["due_at"]) == ("TRANSFERRED", None)


def test_a_record_by_waiver_is_told_once(edge: Edge, hand: Hand) -> None:
    case_id = in_review(edge)
    with edge.office.store.begin() as tx:
        cited = tuple(piece.id for piece in tx.cases.evidence(case_id))
        review.decide(edge.office, tx, case_id, Outcome.UNTRUE_CURABLE, "李四", "不符", cited, hand())
    recorded(edge.office, hand, case_id)
    with edge.office.store.read() as tx:
        assert tx.cases.get(case_id).entry is not None
        assert [row["type"] for row in tx.events.of_case(case_id)].count("consequence.imposed") == 1
