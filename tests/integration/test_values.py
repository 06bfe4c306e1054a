"""What comes in a value's place and is none by the pack is kept whole, contradicts and proves nothing, and a person hears of it."""

from __future__ import annotations

import json

import pytest

from inspector.domain.assistance import AssistanceState
from inspector.domain.case import CaseState, ClaimStatus
from inspector.domain.evidence import Verdict
from inspector.flows import assist, unsettled, verify
from inspector.flows.office import Office
from inspector.flows.verify import VALUE_UNREAD
from inspector.store.store import Store
from tests.house import Hand, Table, application, open_office, post, settle
from tests.integration.test_afterwords import asked, matters, office, pieces, say

pytestmark = pytest.mark.alike
__all__ = ["office"]


def test_a_sources_words_are_one_matter_and_a_register_that_writes_a_value_otherwise_proves_it(store: Store, hand: Hand) -> None:
    codes = [f"TEST{number:014d}" for number in (1, 2, 3, 4)]
    words = ("系统正在维护，请稍后再试", "数据未归集", "存续（在营、开业、在册）", "吊销,未注销")
    rows: dict[tuple[str, str], str | Exception] = {
        ("registration-status", code): word for code, word in zip(codes, words, strict=True)
    }
    office = open_office(store, hand, sources={"registers": Table(rows=rows)})
    cases = [
        post(office, application(number, "business-licence", {"registration-status": "存续"}, subject_code=code))
        for number, code in enumerate(codes, 1)
    ]
    settle(office)
    with store.read() as tx:
        held = [tx.cases.get(one) for one in cases]
        found = [tx.cases.evidence(one)[0] for one in cases]
        (matter,) = [one for one in tx.attention.page(None) if one["kind"] == VALUE_UNREAD]
        told = json.loads(matter["body"])
        assert set(verify.worded(tx, told["pieces"])) == set(words[:2]), "they stay with their cases"
    assert [one.claims[0].status for one in held] == [
        *(ClaimStatus.UNDETERMINED, ClaimStatus.UNDETERMINED),
        *(ClaimStatus.PROVEN, ClaimStatus.CONTRADICTED),
    ]
    assert [one.state for one in held] == [CaseState.REVIEW, CaseState.REVIEW, CaseState.CLOSED, CaseState.REVIEW]
    assert [(one.verdict, one.note) for one in found[:2]] == [(Verdict.CANNOT_SAY, "value_unlisted")] * 2
    assert [one.found for one in found] == list(words), "kept as it is written"
    assert (matter["about"], told["count"], "words" in told) == ("registers:bureau", 2, False)


@pytest.mark.parametrize(
    ("signed", "value"),
    [(Verdict.MISMATCH, "查无此人"), (Verdict.MISMATCH, "系统正在维护，请稍后再试"), (Verdict.MATCH, "共3人"), (None, "共3人")],
)
def test_a_signed_answer_that_no_rule_can_hold_is_kept_with_what_was_signed_and_a_person_reads_it(
    office: Office, hand: Hand, signed: Verdict | None, value: str
) -> None:
    case_id, request = asked(office)
    told = say(office, lambda tx: assist.answer(office, tx, request.id, signed, value, "赵六", hand()))
    assert told.state is AssistanceState.ANSWERED
    assert (told.reply["verdict"], told.reply.get("signed")) == ("cannot_say", signed.value if signed else None)
    (piece,) = pieces(office, case_id)
    assert (piece.verdict, piece.note, piece.found) == (Verdict.CANNOT_SAY, "value_not_comparable", value)
    assert (unsettled.ANSWER_UNREAD, request.id) in matters(office)


@pytest.mark.parametrize(
    ("signed", "value", "comes"),
    [(None, "3.0", "match"), (Verdict.MATCH, "３", "match"), (Verdict.MISMATCH, "该户2025年3月已迁出", "mismatch")],
)
def test_an_equal_number_confirms_in_any_writing_and_a_finding_in_words_of_its_own_stands(
    office: Office, hand: Hand, signed: Verdict | None, value: str, comes: str
) -> None:
    _, request = asked(office)
    told = say(office, lambda tx: assist.answer(office, tx, request.id, signed, value, "赵六", hand()))
    assert (told.reply["verdict"], "signed" in told.reply) == (comes, False)
