"""A request says what its answer will do, how its date was counted, and cites nothing that is no basis here (the plan, item 7)."""

from __future__ import annotations

import pytest

from inspector.flows import question, wording
from inspector.labels import LANGS, label
from inspector.policybook import Policybook
from inspector.store.store import Store
from tests.edge import serving
from tests.house import ROOT, Hand, settle
from tests.integration.test_letters import Desk, an_office, opened, request_of

pytestmark = pytest.mark.alike


def test_letter_and_page_say_what_the_answer_will_do_what_silence_brings_and_how_the_date_was_counted(
    store: Store, hand: Hand
) -> None:
    civil = Desk("civil-affairs")
    office = an_office(store, hand, {"civil-affairs": civil})
    case_id = opened(office)
    settle(office)
    request = request_of(store, case_id)
    with serving(office) as edge, edge.client() as client:
        page = client.get(f"/assist/{request.id}/{office.link_token('assist', request.id)}").text
    for text in (civil.letters[0].words.body, page):
        assert label("letter.effect", "zh-Hans").strip() in text
        assert question.silent(request, "zh-Hans", superior=True) in text, "what comes of silence, too"
        assert question.counted(request, "zh-Hans").partition("：")[2] in text
        assert "仅供参照" not in text
        assert "实施方案" in text, "what does bind here is cited"


def test_a_document_that_is_no_basis_here_by_its_own_title_is_quoted_to_nobody() -> None:
    policy = Policybook.load(ROOT / "policies").get("maoji@2026.1")
    for lang in LANGS:
        assert len(wording.quoted(policy, "S0:7;S19:17", lang)) == 1
        assert wording.quoted(policy, "S19:17", lang) == [label("letter.unfounded", lang)]
