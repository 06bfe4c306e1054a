"""That nobody could be reached rests on the attempts: an officer cites them, whatever was or was not written beside a fact."""

from __future__ import annotations

import json
import re
from contextlib import ExitStack

import pytest

from inspector.domain.case import Outcome
from inspector.flows.explain import explain
from inspector.flows.narrative import render
from inspector.web.roles import Role
from tests.edge import Edge
from tests.house import Hand, settle
from tests.integration.test_fieldnotes import code, edge, links, note, team

__all__ = ["edge", "links"]
pytestmark = pytest.mark.alike


def locked(edge: Edge, hand: Hand, links: ExitStack) -> str:
    """A case whose team has stood three times before a locked door and written so into the remarks."""
    visit, (first, _), (lead, _) = team(edge, links)
    (doubt,) = visit.doubts
    for way in ("ON_SITE", "TELEPHONE"):
        assert lead.post(f"/v1/seats/{first}/attempts", json={"way": way, "words": f"无人应答 {way}"}).status_code == 200
    hand.on(days=1)
    told = lead.post(f"/v1/seats/{first}/attempts", json={"way": "ON_SITE", "words": "大门紧锁"}).json()
    assert told["enough"]
    sent = note(visit, "cannot_say", remarks="大门紧锁，邻居称已搬走")
    assert lead.post(f"/v1/seats/{first}/notes", json=sent).json()["became"] == "RESULT"
    settle(edge.office)
    return str(doubt.case_id)


@pytest.mark.slow
@pytest.mark.parametrize("named", [True, False], ids=["named", "all on record"])
def test_an_officer_says_unreachable_by_the_attempts_though_the_fact_has_no_words(
    edge: Edge, hand: Hand, links: ExitStack, named: bool
) -> None:
    case_id = locked(edge, hand, links)
    with edge.as_(Role.OFFICER, name="李四") as officer:
        tried = [one["id"] for one in officer.get(f"/v1/cases/{case_id}/attempts").json()["attempts"]]
        assert [one["id"] for one in officer.get(f"/v1/cases/{case_id}").json()["explanation"]["attempts"]] == tried
        decision = {"outcome": "UNREACHABLE", "reasons": "三次联系未果", "evidence": tried[:2] if named else []}
        wrong = officer.post(f"/v1/cases/{case_id}/review", json=decision | {"outcome": "UNTRUE_CURABLE", "evidence": tried})
        assert code(wrong) == (422, "evidence_attempts")
        strange = officer.post(f"/v1/cases/{case_id}/review", json=decision | {"evidence": ["attempt:0"]})
        assert code(strange) == (422, "evidence_unknown")
        assert officer.post(f"/v1/cases/{case_id}/review", json=decision).status_code == 200
    with edge.office.store.read() as tx:
        assert tx.cases.get(case_id).outcome is Outcome.UNREACHABLE
        (row,) = (row for row in tx.ledger.about(case_id) if row["rule"] == "officer.review")
        text = render(explain(edge.office, tx, case_id), "zh-Hans")
    assert json.loads(row["body"])["facts"]["attempts"] == (tried[:2] if named else tried)
    assert "联系 1：" in text


def test_the_page_shows_the_attempts_beside_the_evidence_and_takes_them_and_calls_nothing_adverse(
    edge: Edge, hand: Hand, links: ExitStack
) -> None:
    case_id = locked(edge, hand, links)
    with edge.client() as desk:
        desk.post("/login", data={"token": edge.token("officer", name="李四")})
        page = desk.get(f"/review/{case_id}").text
        form = dict(_hidden(page)) | {"outcome": "UNREACHABLE", "reasons": ""}
        assert page.count('name="evidence" value="attempt:') == 3
        assert page.count(" 录入</span>") == 3, "and when it was written down"
        bare = desk.post(f"/review/{case_id}", data=form)
        assert (bare.status_code, "不利" in bare.text.split('role="alert"')[1][:200]) == (422, False)
        done = desk.post(f"/review/{case_id}", data=form | {"reasons": "三次联系未果"})
        assert done.status_code == 303, done.text
    with edge.office.store.read() as tx:
        assert tx.cases.get(case_id).outcome is Outcome.UNREACHABLE
        assert tx.cases.adverse_without_review(9) == [], "it rests on the attempts, and nobody is woken by it"


def _hidden(page: str) -> list[tuple[str, str]]:
    return re.findall(r'<input type="hidden" name="(guard|message)" value="([^"]*)"', page.split("<fieldset>", maxsplit=1)[0])
