"""Who decides, or agrees, does so about what he or she has read: a text or words that came meanwhile are read first (decision 44)."""

from __future__ import annotations

import pytest

from inspector.domain.case import Outcome
from inspector.domain.consequence import Agreement, StatementKind
from inspector.domain.errors import Refusal
from inspector.domain.proposal import Proposal
from inspector.store.store import Store
from tests.edge import serving
from tests.house import Hand
from tests.integration.test_forms import hidden, logged_in
from tests.proceedings import decided

pytestmark = pytest.mark.alike


def test_nobody_agrees_to_a_text_that_was_written_anew_after_it_was_read(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.UNTRUE_INCURABLE)
    revoke = case.noticed(case.the(Proposal.REVOKE))
    read = case.rule(revoke, public_interest="不损害公共利益")
    case.rule(revoke, public_interest="严重损害公共利益，仍撤销")
    with pytest.raises(Refusal, match="consequence_moved_on"):
        case.agree(revoke, Agreement.SECOND, "王五", read.turn)
    done = case.agree(revoke, Agreement.SECOND, "王五")
    assert done.verdict is not None
    assert done.verdict.public_interest == "严重损害公共利益，仍撤销"


def test_who_decides_has_read_the_defence_that_came_meanwhile(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.FALSE_KNOWING)
    entry = case.the(Proposal.RECORD_CREDIT)
    case.serve(case.give(entry))
    read = case.say(entry, StatementKind.WAIVER, "放弃")
    case.say(entry, StatementKind.DEFENCE, "我有新证据，承诺是真的")
    with serving(case.office) as edge, edge.as_("officer", name="王五") as officer:
        path = f"/v1/consequences/{entry.id}"
        said = officer.post(f"{path}/decision", json={"turn": read.turn, "reasons": "清楚"})
        assert (said.status_code, said.json()["error"]["code"]) == (409, "consequence_moved_on")
        assert len(case.matters("statement_unread")) == 1, "nobody has read it"
        assert officer.post(f"{path}/decision", json={"reasons": "清楚"}).status_code == 422
        now = officer.get(path).json()["turn"]
        assert officer.post(f"{path}/decision", json={"turn": now, "reasons": "清楚，申辩不成立"}).json()["state"] == "IMPOSED"


def test_an_older_page_decides_nothing_says_so_and_keeps_what_was_typed(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.UNTRUE_CURABLE)
    entry = case.the(Proposal.RECORD_CREDIT)
    case.serve(case.give(entry))
    hand.on(days=11)
    path = f"/consequences/{entry.id}"
    with serving(case.office) as edge, edge.client() as browser:
        logged_in(edge, browser)
        old = browser.get(path).text
        case.say(entry, StatementKind.DEFENCE, "登记已经恢复")
        form = {"guard": hidden(old, "guard"), "message": hidden(old), "do": "decision", "turn": hidden(old, "turn")}
        unfit = browser.post(path, data=form | {"until": "x"})
        assert (unfit.status_code, hidden(unfit.text, "turn")) == (422, hidden(old, "turn")), "its page says nothing of the words"
        late = browser.post(path, data=form | {"message": "m-2", "reasons": "事实清楚"})
        assert late.status_code == 409
        for words in ("当事人可能已经陈述", "登记已经恢复", "事实清楚"):
            assert words in late.text, words
        assert len(case.matters("statement_unread")) == 1
        again = form | {"message": hidden(late.text), "reasons": "事实清楚", "turn": hidden(late.text, "turn")}
        assert browser.post(path, data=again).status_code == 303
    assert case.the(Proposal.RECORD_CREDIT).entry
