"""Who was ordered to help by the common superior neither passes the request on nor refuses it for want of competence (plan, item 7)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from inspector.cli import words
from inspector.domain.assistance import AssistanceState, Inability, Quarrel
from inspector.domain.errors import Refusal
from inspector.flows import assist
from inspector.flows.office import Office
from inspector.labels import LANGS, label
from inspector.store.store import Store
from tests.edge import serving
from tests.house import Hand, settle
from tests.integration.test_forms import logged_in
from tests.integration.test_letters import Desk, an_office, opened, request_of

pytestmark = pytest.mark.alike

WHY = "属于其法定职责"


def ordered(store: Store, hand: Hand) -> tuple[Office, str]:
    """An agency has disputed its competence, and the common superior has decided that it is to help."""
    desks = {name: Desk(name) for name in ("civil-affairs", "county-office", "housing")}
    office = an_office(store, hand, desks)
    case_id = opened(office)
    settle(office)
    request = request_of(store, case_id)
    with store.begin() as tx:
        assist.contest(office, tx, request.id, Quarrel.COMPETENCE, "不属于本局职权", "王五", hand())
        assist.decide(office, tx, request.id, True, WHY, "县政府办", hand())
    settle(office)
    return office, case_id


def test_a_decision_of_nobody_we_know_by_name_is_named_without_empty_brackets(store: Store, hand: Hand) -> None:
    office, case_id = ordered(store, hand)
    with store.begin() as tx:
        request = request_of(store, case_id)
        assert request.dispute is not None
        tx.assistance.put(replace(request, dispute=replace(request.dispute, superior=None)))
    with store.begin() as tx, pytest.raises(Refusal, match="help_ordered") as refused:
        assist.forward(office, tx, request.id, "housing", "由住建局办理", "王五", hand())
    for lang, begins in zip(LANGS, ("共同上级已于 ", "The common superior decided on "), strict=True):
        for said in (label("error.help_ordered", lang, **refused.value.facts), words.told(refused.value, lang)):
            assert said.startswith(begins), said
            assert WHY in said
    named = {**refused.value.facts, "superior": "区"}
    assert label("error.help_ordered", "zh-Hans", **named).startswith("共同上级（区）已于 ")


def test_neither_a_forwarding_nor_a_refusal_for_want_of_competence_is_taken_and_the_decision_is_named(
    store: Store, hand: Hand
) -> None:
    office, case_id = ordered(store, hand)
    request = request_of(store, case_id)
    with store.begin() as tx, pytest.raises(Refusal, match="help_ordered") as refused:
        assist.forward(office, tx, request.id, "housing", "由住建局办理", "王五", hand())
    assert refused.value.facts["reasons"] == WHY
    with serving(office) as edge:
        link = f"/v1/assistance/{request.id}/decline"
        given = {"reasons": "没有这个职权", "signer": "王五", "inability": "BEYOND_POWERS"}
        with edge.client(X_Link_Token=office.link_token("assist", request.id)) as they:
            answer = they.post(link, json=given)
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "help_ordered")
    for lang in LANGS:
        assert WHY in label("error.help_ordered", lang, **refused.value.facts)
    assert answer.json()["error"]["facts"]["superior"] == refused.value.facts["superior"] == "区"
    assert "county-office" not in answer.text, "whoever answers knows no connector of ours"
    now = request_of(store, case_id)
    assert (now.state, now.history) == (AssistanceState.ACCEPTED, request.history), (
        "it is still to answer, and its ladder goes on"
    )


def test_a_refusal_for_another_reason_goes_above_once_more_where_our_officer_brings_it(store: Store, hand: Hand) -> None:
    office, case_id = ordered(store, hand)
    request = request_of(store, case_id)
    with store.begin() as tx:
        assist.refuse(office, tx, request.id, "档案已移交", "王五", hand(), inability=Inability.NOT_HELD)
    with serving(office) as edge, edge.client() as browser:
        logged_in(edge, browser)
        assert 'value="refusal"' in browser.get(f"/requests/{request.id}").text
    with store.begin() as tx:
        assist.contest_refusal(office, tx, request.id, "档案仍在该局", "李四", hand())
    settle(office)
    desk = office.connectors.agencies["county-office"]
    assert isinstance(desk, Desk)
    assert [one.value for one in desk.kinds].count("dispute") == 2
    with store.begin() as tx:
        assist.decide(office, tx, request.id, True, "档案仍在该局，应予协助", "县政府办", hand())
        assist.refuse(office, tx, request.id, "档案已移交", "王五", hand(), inability=Inability.NOT_HELD)
        with pytest.raises(Refusal, match="dispute_decided"):
            assist.contest_refusal(office, tx, request.id, "档案仍在该局", "李四", hand())
