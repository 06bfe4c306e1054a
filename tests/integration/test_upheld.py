"""A decision in force stands though what it followed is in doubt: an officer says so with reasons, and its subject hears it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from inspector.domain.case import Outcome
from inspector.domain.consequence import Agreement, Consequence, ConsequenceState, Stage
from inspector.domain.errors import Refusal
from inspector.domain.proposal import Proposal
from inspector.domain.serving import NoticeKind, NoticeState, SubjectNotice
from inspector.flows import shaken, upholding
from inspector.store.store import Store
from tests.edge import serving
from tests.house import Hand
from tests.integration.test_doubted import fallen
from tests.integration.test_forms import logged_in
from tests.integration.test_proceeding_page import send
from tests.proceedings import Proceeding, decided

pytestmark = pytest.mark.alike

SHAKEN = "consequence_shaken"
WHY = "新材料不影响认定"


def uphold(case: Proceeding, held: Consequence, name: str = "李四") -> Consequence:
    return case.act(lambda tx: upholding.uphold(case.office, tx, held.id, WHY, case.by(name), case.hand()))


def heard(case: Proceeding, held: Consequence) -> list[SubjectNotice]:
    with case.office.store.read() as tx:
        return [one for one in tx.servings.of_case(case.case) if one.id.startswith(f"{held.id}:upheld")]


def entries(case: Proceeding) -> list[dict[str, Any]]:
    with case.office.store.read() as tx:
        return [json.loads(row["body"])["facts"] for row in tx.ledger.about(case.case) if row["rule"] == "consequence.upheld"]


def test_an_order_that_an_officer_says_to_stand_is_looked_at_again_and_its_subject_hears_why(store: Store, hand: Hand) -> None:
    case, order = fallen(store, hand)
    with serving(case.office) as edge, edge.client() as browser:
        logged_in(edge, browser)
        path = f"/consequences/{order.id}"
        assert send(browser, path, "uphold", reasons=" ").status_code == 422
        assert send(browser, path, "uphold", reasons=WHY).status_code == 303
        assert f'href="{path}"' in browser.get("/review").text, "its re-check is the next step"
        assert 'value="uphold"' not in browser.get(path).text
    order = case.the(Proposal.ORDER_RECTIFY)
    assert (order.stage, order.doubted, case.matters(SHAKEN)) == (Stage.RECHECK, "", [])
    assert order.due_at is not None
    assert order.due_at > hand(), "nobody is late by the time in which it was in doubt"
    (notice,) = heard(case, order)
    assert (notice.kind, notice.reasons, bool(notice.rights)) == (NoticeKind.DECISION, WHY, True)
    (said,) = entries(case)
    assert (said["by"], said["reasons"], bool(said["doubted_by"])) == ("李四", WHY, True)
    assert case.look(order, good=True, on=hand().date()).state is ConsequenceState.RECTIFIED, "whoever has rectified it is done"


def test_what_was_said_to_stand_is_in_doubt_again_where_the_case_is_decided_otherwise(store: Store, hand: Hand) -> None:
    case, order = fallen(store, hand)
    uphold(case, order)
    case.decide(Outcome.FALSE_KNOWING)
    (left,) = [one for one in case.all() if one.id == order.id]
    assert (left.stage, len(case.matters(SHAKEN))) == (Stage.WEIGH, 1)
    assert uphold(case, left).stage is Stage.RECHECK, "and stands once more, though the case has come out otherwise"
    case.annul(left)
    assert {one.state for one in heard(case, left)} == {NoticeState.CANCELLED}, "nobody brings that it stands any more"


def test_no_decision_stands_in_a_case_that_ended_in_favour_of_its_subject(store: Store, hand: Hand) -> None:
    case, order = fallen(store, hand)
    case.decide(Outcome.TRUE)
    with pytest.raises(Refusal, match="consequence_unfounded"):
        uphold(case, order)
    assert (len(case.matters(SHAKEN)), heard(case, order)) == (1, [])


def test_nobody_says_that_something_stands_which_is_in_no_doubt_or_objected_to(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.UNTRUE_INCURABLE)
    held = case.impose(case.the(Proposal.REVOKE))
    with pytest.raises(Refusal, match="consequence_unshaken"):
        uphold(case, held)
    case.object(held.id)
    case.speaks_for()
    with pytest.raises(Refusal, match="consequence_objected"):
        uphold(case, held)


def test_the_subject_of_what_took_effect_hears_that_it_stands(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.UNTRUE_INCURABLE)
    held = case.impose(case.the(Proposal.REVOKE))
    case.speaks_for()
    assert uphold(case, held).state is ConsequenceState.IMPOSED
    assert (case.matters(SHAKEN), [one.reasons for one in heard(case, held)]) == ([], [WHY])


def failed_upheld(store: Store, hand: Hand, outcome: Outcome) -> tuple[Proceeding, Consequence]:
    """An order that an officer lets stand though its case came out otherwise; it has failed, and a revocation is proposed."""
    case, order = fallen(store, hand)
    case.decide(outcome)
    uphold(case, order)
    hand.on(days=40)
    case.look(order, good=False)
    return case, case.the(Proposal.REVOKE)


def test_the_revocation_that_follows_an_order_said_to_stand_is_imposed_like_any_other(store: Store, hand: Hand) -> None:
    case, revoke = failed_upheld(store, hand, Outcome.FALSE_KNOWING)
    assert revoke.origin == "consequence.revocation"
    case.noticed(revoke)
    case.rule(revoke, public_interest="不损害公共利益")
    assert case.agree(revoke, Agreement.SECOND, "王五").verdict is not None


def test_it_is_not_imposed_once_the_order_is_in_doubt_again(store: Store, hand: Hand) -> None:
    case, revoke = failed_upheld(store, hand, Outcome.FALSE_KNOWING)
    (order,) = [one for one in case.all() if one.proposal is Proposal.ORDER_RECTIFY and one.upheld is not None]
    with store.begin() as tx:
        shaken.shake(case.office, tx, tx.cases.get(case.case), [order], "consequence.annulled", hand())
    with pytest.raises(Refusal, match="consequence_case_open"):
        case.give(revoke)
