"""What an agency or its superior says when nobody waits for it any more is kept, each word for itself, and a person reads it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from inspector.domain import verification
from inspector.domain.assistance import AssistanceState, Door, Quarrel, Request
from inspector.domain.case import CaseState, ClaimStatus, Outcome
from inspector.domain.errors import Invalid, Refusal
from inspector.domain.evidence import Evidence, Verdict
from inspector.domain.said import Said, Saying
from inspector.flows import assist, review, transcription, unsettled
from inspector.flows.office import Office
from inspector.flows.settle import settle_case
from inspector.store.store import Store
from inspector.store.tx import Tx
from tests.edge import serving
from tests.house import Hand, settle
from tests.integration.test_letters import Desk, an_office, opened, request_of

pytestmark = pytest.mark.alike


@pytest.fixture
def office(store: Store, hand: Hand) -> Office:
    """An office whose agencies take letters."""
    desks = {name: Desk(name) for name in ("civil-affairs", "county-office", "housing")}
    return an_office(store, hand, desks)


def asked(office: Office, number: int = 1) -> tuple[str, Request]:
    """A case in which an agency has been asked."""
    case_id = opened(office, number)
    settle(office)
    return case_id, request_of(office.store, case_id)


def say(office: Office, what: Callable[[Tx], object]) -> Any:
    with office.store.begin() as tx:
        return what(tx)


def pieces(office: Office, case_id: str) -> list[Evidence]:
    """What agencies have said, as evidence."""
    with office.store.read() as tx:
        return [one for one in tx.cases.evidence(case_id) if one.id.startswith("assist:")]


def matters(office: Office) -> set[tuple[str, str]]:
    with office.store.read() as tx:
        return {(row["kind"], row["about"]) for row in tx.attention.page(None) if row["closed_at"] is None}


def silent(office: Office, hand: Hand, number: int = 1) -> tuple[str, Request]:
    """Nobody has answered to the end."""
    case_id = opened(office, number)
    for days in (0, 3, 4, 14, 10):
        hand.on(days=days)
        settle(office)
    return case_id, request_of(office.store, case_id)


def test_a_second_late_word_has_a_piece_of_its_own_and_speaks(office: Office, hand: Hand) -> None:
    case_id, request = silent(office, hand)
    say(office, lambda tx: assist.refuse(office, tx, request.id, "档案移交中", "赵六", hand()))
    say(office, lambda tx: assist.contest_refusal(office, tx, request.id, "法定义务", "李四", hand()))
    say(office, lambda tx: assist.decide(office, tx, request.id, True, "应予协助", "区政府", hand()))
    hand.on(days=1)
    say(office, lambda tx: assist.answer(office, tx, request.id, Verdict.MISMATCH, "1", "赵六", hand()))
    told = {one.id.removeprefix(f"assist:{request.id}"): (one.verdict, one.note, one.found) for one in pieces(office, case_id)}
    assert told[":late"] == (Verdict.CANNOT_SAY, "declined", "")
    assert told[":late:2"] == (Verdict.MISMATCH, "", "1")
    came = {one.id: one.came_at for one in pieces(office, case_id)}
    assert came[f"assist:{request.id}:late"] != came[f"assist:{request.id}:late:2"] == hand()


def test_a_contradiction_that_crosses_the_letter_that_calls_off_reaches_an_officer(office: Office, hand: Hand) -> None:
    case_id, request = asked(office)

    def over(tx: Tx) -> None:
        case, policy = tx.cases.get(case_id, lock=True), office.book.get(tx.cases.get(case_id).pack)
        settle_case(tx, office, verification.overdue(case, policy, hand(), office.calendar), policy, hand())

    say(office, over)
    say(office, lambda tx: review.decide(office, tx, case_id, Outcome.TRUE, "李四", "现有材料", (), hand()))
    assert request_of(office.store, case_id).state is AssistanceState.CANCELLED
    link = office.link_token("assist", request.id)
    with serving(office) as edge, edge.client(X_Link_Token=link) as agency, edge.client() as browser:
        given = {"verdict": "mismatch", "value": "4", "signer": "赵六"}
        answered = agency.post(f"/v1/assistance/{request.id}/answer", json=given)
        again = agency.post(f"/v1/assistance/{request.id}/answer", json=given)
        page = browser.get(f"/assist/{request.id}/{link}").text
    assert (answered.status_code, answered.json()["state"], again.status_code) == (200, "CANCELLED", 409)
    (kept,) = answered.json()["afterwords"]
    assert (kept["do"], kept["signer"], kept["verdict"], kept["text"], kept["door"]) == (
        "answer",
        "赵六",
        "mismatch",
        "4",
        "link",
    )
    assert "赵六" in page
    with office.store.read() as tx:
        case = tx.cases.get(case_id)
        assert (case.state, case.outcome, case.review_reason) == (CaseState.REVIEW, None, "LATE")
        assert "assistance.again" in {row["rule"] for row in tx.ledger.about(case_id)}
    assert (unsettled.AFTERWORD, request.id) in matters(office)


def test_every_word_about_an_answered_request_is_kept_with_who_when_and_what_and_changes_nothing(
    office: Office, hand: Hand
) -> None:
    case_id, request = asked(office)
    say(office, lambda tx: assist.answer(office, tx, request.id, Verdict.MATCH, "", "赵六", hand()))
    was, by = request_of(office.store, case_id), Door(by="signed")
    words: list[Callable[[Tx], object]] = [
        lambda tx: assist.accept(office, tx, request.id, "局长", hand(), by),
        lambda tx: assist.partly(office, tx, request.id, "5", "其余待核", "局长", hand(), by),
        lambda tx: assist.propose_date(office, tx, request.id, date(2026, 3, 10), "档案移交", "局长", hand(), by),
        lambda tx: assist.extend(office, tx, request.id, "来不及", "局长", hand(), by),
        lambda tx: assist.contest_urgency(office, tx, request.id, "不紧急", "局长", hand(), by),
        lambda tx: assist.warn(office, tx, request.id, "系统停机", "局长", hand(), by),
        lambda tx: assist.forward(office, tx, request.id, "houses", "不属本局", "局长", hand(), by),
        lambda tx: assist.contest(office, tx, request.id, Quarrel.COMPETENCE, "不属本局", "局长", hand(), by),
        lambda tx: assist.refuse(office, tx, request.id, "前次答复有误", "局长", hand(), by),
        *(lambda tx, n=n: assist.answer(office, tx, request.id, Verdict.MISMATCH, n, "局长", hand(), by) for n in "12456789"),
    ]
    for word in words:
        say(office, word)
        with pytest.raises(Refusal, match="word_known"):
            say(office, word)
    held = request_of(office.store, case_id)
    assert (held.state, held.reply, held.ended_at, held.parts) == (AssistanceState.ANSWERED, was.reply, was.ended_at, ())
    assert [word["do"] for word in held.afterwords][:9] == [
        *("accept", "partly", "propose", "extend", "calm", "warn", "forward", "contest", "decline")
    ]
    assert {(word["signer"], word["at"], word["door"]) for word in held.afterwords} == {("局长", hand().isoformat(), "signed")}
    again = [one for one in pieces(office, case_id) if ":again" in one.id]
    assert {(one.found, one.remark) for one in again if one.verdict is Verdict.CANNOT_SAY} == {
        ("5", "其余待核"),
        ("", "前次答复有误"),
    }
    assert {one.found for one in again if one.verdict is Verdict.MISMATCH} == set("12456789"), "the first, and the sixth"
    assert (unsettled.AFTERWORD, request.id) in matters(office)


@pytest.mark.slow
def test_who_was_asked_before_and_a_part_after_the_last_date_and_a_superior_a_day_too_late_are_heard(
    office: Office, hand: Hand
) -> None:
    case_id, request = asked(office)
    say(office, lambda tx: assist.forward(office, tx, request.id, "houses", "不属本局", "赵六", hand()))
    told = say(office, lambda tx: assist.answer(office, tx, request.id, Verdict.MISMATCH, "4", "赵六", hand()))
    assert (told.state, [one.verdict for one in pieces(office, case_id)]) == (AssistanceState.FORWARDED, [Verdict.MISMATCH])
    late_case, late = silent(office, hand, 2)
    say(office, lambda tx: assist.partly(office, tx, late.id, "4", "收入待核", "赵六", hand()))
    assert [one.found for one in pieces(office, late_case) if one.id.endswith(":again1")] == ["4"]
    assert request_of(office.store, late_case).state is AssistanceState.UNANSWERED
    _, disputed = asked(office, 3)
    say(office, lambda tx: assist.contest(office, tx, disputed.id, Quarrel.COMPETENCE, "不属本局", "赵六", hand()))
    for _ in range(6):
        hand.on(days=5)
        settle(office)
    told = say(office, lambda tx: assist.decide(office, tx, disputed.id, True, "应予协助", "区政府", hand()))
    assert (told.state, told.afterwords[-1]["do"], told.afterwords[-1]["helps"]) == (AssistanceState.UNANSWERED, "decide", True)


def test_an_answer_of_free_text_without_a_verdict_is_no_contradiction_and_a_person_reads_it(office: Office, hand: Hand) -> None:
    case_id, request = asked(office)
    link = office.link_token("assist", request.id)
    with serving(office) as edge, edge.client() as browser:
        page = browser.get(f"/assist/{request.id}/{link}").text
        form = {"do": "answer", "value": "查无此人", "signer": "王五", "message": "m1"}
        unchosen = browser.post(f"/assist/{request.id}/{link}", data=form)
        sent = browser.post(f"/assist/{request.id}/{link}", data=form | {"verdict": "compare", "message": "m2"})
    assert ('value="compare"' in page, 'value="compare" checked' in page) == (True, False), "nothing is chosen for anybody"
    assert (unchosen.status_code, "请选择核查意见" in unchosen.text, sent.status_code) == (422, True, 303)
    (piece,) = pieces(office, case_id)
    assert (piece.verdict, piece.note, piece.found) == (Verdict.CANNOT_SAY, "value_not_comparable", "查无此人")
    assert (unsettled.ANSWER_UNREAD, request.id) in matters(office)
    say(office, lambda tx: review.withdraw(office, tx, case_id, "不再申请", "窗口", hand()))
    assert (unsettled.ANSWER_UNREAD, request.id) not in matters(office), "it is over with the case"


def test_an_answer_that_is_taken_back_is_a_conflict_and_nobody_decides_by_one_side_of_it(office: Office, hand: Hand) -> None:
    case_id, request = asked(office)
    say(office, lambda tx: assist.answer(office, tx, request.id, Verdict.MISMATCH, "1", "赵六", hand()))
    with office.store.read() as tx:
        assert tx.cases.get(case_id).review_reason == "CONTRADICTED"
    say(office, lambda tx: assist.answer(office, tx, request.id, Verdict.MATCH, "", "局长", hand()))
    with office.store.read() as tx:
        case, entries = tx.cases.get(case_id), {row["rule"] for row in tx.ledger.about(case_id)}
    assert (case.state, case.review_reason, case.file(request.claim).status) == (
        CaseState.REVIEW,
        "CONFLICT",
        ClaimStatus.CONFLICT,
    )
    assert "evidence.conflict" in entries
    both = {one.verdict: one.id for one in pieces(office, case_id)}

    def decide(*cited: str) -> Any:
        return say(office, lambda tx: review.decide(office, tx, case_id, Outcome.UNTRUE_CURABLE, "李四", "不符", cited, hand()))

    with pytest.raises(Invalid, match="evidence_one_sided"):
        decide(both[Verdict.MISMATCH])
    assert decide(*both.values()).outcome is Outcome.UNTRUE_CURABLE


def test_a_paper_that_contradicts_needs_its_scan_whatever_was_said_before_it(office: Office, hand: Hand) -> None:
    _, request = silent(office, hand)
    say(office, lambda tx: assist.accept(office, tx, request.id, "赵六", hand(), Door()))
    said = Said(do=Saying.ANSWER, signer="赵六", verdict=Verdict.MISMATCH, value="1")
    with pytest.raises(Invalid, match="scan_missing"):
        say(
            office,
            lambda tx: transcription.transcribe(
                office, tx, request.id, said, transcription.Paper(written="不一致，1人"), "李四", hand()
            ),
        )
