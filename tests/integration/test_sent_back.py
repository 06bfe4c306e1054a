"""A case that came by mistake leaves the house by the word of two officers, wherever it stands (issue 7, decision 154).

The stages are those of a withdrawal, with the work as it lies, and with all of it in somebody's hands who settles too late.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import pytest

from inspector.domain.case import CaseState
from inspector.domain.errors import Invalid
from inspector.domain.letter import LetterKind
from inspector.domain.missent import SEND_BACK_ASKED
from inspector.domain.sendback import Mistake, SendBackReason
from inspector.flows import intake, missent, review
from tests.house import application, let_lapse, post, settle
from tests.integration.test_extension import refused
from tests.integration.test_way import LICENCE
from tests.integration.test_withdrawal import (
    CALLS,
    OUT,
    STAGES,
    Scene,
    call,
    decided,
    entered,
    entry_ready,
    in_review,
    open_asking,
    scene,
    settle_late,
)

__all__ = ["scene"]
pytestmark = pytest.mark.alike

ELSEWHERE = Mistake(reason=SendBackReason.OTHER_AGENCY, words="应由交通运输机关核查", competent="市交通运输局")
OVER = {entry_ready, entered, decided}
"""Stages with an outcome that stands."""


def ask(scene: Scene, mistake: Mistake = ELSEWHERE, by: str = "李四", token: str = "") -> None:
    """One officer says that the case came by mistake."""
    with scene.office.store.begin() as tx:
        missent.ask(scene.office, tx, scene.case_id, mistake, by, token, scene.hand())


def agree(scene: Scene, by: str = "王五", token: str = "") -> None:
    """Another one agrees."""
    with scene.office.store.begin() as tx:
        missent.agree(scene.office, tx, scene.case_id, by, token, scene.hand())


def decline(scene: Scene, by: str = "王五", why: str = "属于本机关") -> None:
    """Another one does not."""
    with scene.office.store.begin() as tx:
        missent.decline(scene.office, tx, scene.case_id, why, by, "", scene.hand())


def sent_back(scene: Scene, mistake: Mistake = ELSEWHERE) -> None:
    """Both have said so."""
    ask(scene, mistake)
    agree(scene)


def told(scene: Scene) -> list[tuple[str, dict[str, object]]]:
    """What the approving system has heard of the case, by the feed."""
    with scene.office.store.read() as tx:
        rows = tx.events.of_case(scene.case_id)
    return [(row["type"], json.loads(row["body"])) for row in rows]


def matters(scene: Scene) -> set[str]:
    """What waits for a person."""
    with scene.office.store.read() as tx:
        return {row["kind"] for row in tx.attention.page(None)}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("stage", "under_way"),
    [
        pytest.param(
            stage,
            under_way,
            id=f"{stage.__name__}-{'under way' if under_way else 'lying'}",
            marks=[pytest.mark.differs] if under_way and kinds & CALLS else [],
        )
        for stage, kinds in STAGES.items()
        if stage not in OVER
        for under_way in (False, True)
    ],
)
def test_sending_back_ends_everything_in_one_step_and_nothing_adverse_stays(
    scene: Scene, stage: Callable[[Scene], None], under_way: bool
) -> None:
    office, store = scene.office, scene.office.store
    stage(scene)
    before = {row["key"] for row in scene.rows() if row["state"] != "done"}
    ask(scene)
    assert {row["key"] for row in scene.rows() if row["state"] != "done"} == before, "asking ends nothing"
    called = call(office) if under_way else []
    agree(scene)
    with store.read() as tx:
        gone, evidence = tx.cases.get(scene.case_id), tx.cases.evidence(scene.case_id)
    assert {row["kind"] for row in scene.rows() if row["state"] != "done"} <= OUT, "one step: only what others must hear is left"
    ours = {row["key"] for row in scene.rows()}
    assert settle_late(office, called) >= {work.kind for work, _ in called if work.key in ours}
    let_lapse(office)
    settle(office)
    scene.hand.on(days=60)
    settle(office)
    with store.read() as tx:
        case, after = tx.cases.get(scene.case_id), tx.cases.evidence(scene.case_id)
        requests = tx.assistance.of_case(scene.case_id)
        seats = [seat for held in tx.visits.of_case(scene.case_id) for seat in tx.visits.team(held.id)]
        records = tx.consequences.of_case(scene.case_id)
    assert (case, after) == (gone, evidence), "what comes late changes nothing"
    assert (case.state, case.outcome, case.entry, case.review_term) == (CaseState.SENT_BACK, None, None, None)
    assert not any(request.state.open for request in requests)
    assert not any(seat.state.open for seat in seats), "seats are free"
    assert (scene.platform.entries, records) == ([], []), "no credit mark, and no proposal"
    assert not {kind for kind in matters(scene) if "draw" not in kind}, "nobody looks after what is over"
    (heard,) = [body for kind, body in told(scene) if kind == "case.sent_back"]
    assert heard == {
        "reason": "OTHER_AGENCY",
        "words": "应由交通运输机关核查",
        "competent": "市交通运输局",
        "state": "SENT_BACK",
    }
    for other in (scene.civil, scene.county):
        kinds = [letter.kind for letter in other.letters]
        assert kinds.count(LetterKind.CANCEL) == bool(kinds), "told once who was asked, and nobody else"


@pytest.mark.parametrize("stage", [entry_ready, entered, decided], ids=lambda stage: stage.__name__)
def test_a_case_whose_outcome_stands_is_not_sent_back(scene: Scene, stage: Callable[[Scene], None]) -> None:
    stage(scene)
    assert refused(lambda: ask(scene)).code == "send_back_ended"


def test_two_officers_send_a_case_back_and_neither_can_do_it_alone(scene: Scene) -> None:
    in_review(scene)
    assert refused(lambda: agree(scene)).code == "send_back_unasked"
    ask(scene, by="李四", token="t1")
    assert SEND_BACK_ASKED in matters(scene), "another officer hears so"
    for by, token in (("李四", "t2"), (" 李 四 ", ""), ("李四 (os:keeper)", ""), ("王五", "t1")):
        assert refused(partial(agree, scene, by, token)).code == "send_back_same_person"
    assert refused(lambda: ask(scene, by="赵六")).code == "send_back_asked"
    ask(scene, by="李四", token="t1")  # said twice is said once
    agree(scene, "王五", "t3")
    agree(scene, "王五", "t3")
    assert SEND_BACK_ASKED not in matters(scene)
    for word in (ask, agree, decline):
        assert refused(partial(word, scene, by="赵六")).code == "already_sent_back"
    with scene.office.store.begin() as tx:
        assert refused(lambda: review.withdraw(scene.office, tx, scene.case_id, "不办了", "hall", scene.hand())).code == (
            "already_sent_back"
        )
        assert refused(lambda: review.conclude(scene.office, tx, scene.case_id, "hall", scene.hand())).code == "already_sent_back"


def test_an_officer_who_does_not_agree_says_why_and_the_case_goes_on(scene: Scene) -> None:
    in_review(scene)
    before = scene.rows()
    ask(scene)
    with pytest.raises(Invalid, match="reason_missing"):
        decline(scene, why="  ")
    decline(scene)
    decline(scene)
    assert SEND_BACK_ASKED not in matters(scene)
    assert refused(lambda: agree(scene, "赵六")).code == "send_back_unasked"
    with scene.office.store.read() as tx:
        assert tx.cases.get(scene.case_id).state is CaseState.REVIEW
    assert [row["key"] for row in scene.rows()] == [row["key"] for row in before]
    ask(scene, by="王五")  # a better reason may come later, from anybody
    agree(scene, "李四")


def test_what_was_asked_falls_when_the_case_ends_otherwise_or_is_corrected(scene: Scene) -> None:
    open_asking(scene)
    ask(scene)
    with scene.office.store.begin() as tx:
        given = application(1, "business-licence", {"registration-status": "在业"})
        intake.correct(scene.office, tx, scene.case_id, given, "hall", scene.hand())
    assert SEND_BACK_ASKED not in matters(scene)
    assert refused(lambda: agree(scene)).code == "send_back_unasked"
    ask(scene)
    with scene.office.store.begin() as tx:
        review.withdraw(scene.office, tx, scene.case_id, "不办了", "hall", scene.hand())
    assert SEND_BACK_ASKED not in matters(scene)
    assert refused(lambda: agree(scene)).code == "already_withdrawn"


def test_the_ledger_says_by_whom_why_and_whether_something_had_spoken_against_the_subject(scene: Scene) -> None:
    in_review(scene)
    sent_back(scene)
    with scene.office.store.read() as tx:
        entries = [(row["rule"], json.loads(row["body"])["facts"]) for row in tx.ledger.about(scene.case_id)]
    (facts,) = [facts for rule, facts in entries if rule == "case.send_back"]
    assert facts == {
        "sent_back_for": "OTHER_AGENCY",
        "reasons": "应由交通运输机关核查",
        "competent": "市交通运输局",
        "by": "李四",
        "approved": "王五",
        "against": True,
        "drawn": False,
    }


def test_it_comes_again_right_under_a_new_reference_and_never_by_the_old_one(scene: Scene) -> None:
    open_asking(scene)
    sent_back(scene)
    again = application(1, "business-licence", LICENCE)
    with scene.office.store.begin() as tx:
        taken = intake.take(scene.office, tx, again, "hall", scene.hand())
    assert (taken.new, taken.case.id, taken.case.state) == (False, scene.case_id, CaseState.SENT_BACK), (
        "a message sent twice is one"
    )
    other = replace(again, subject_name="更正后的公司")
    with scene.office.store.begin() as tx:
        assert refused(lambda: intake.correct(scene.office, tx, scene.case_id, other, "hall", scene.hand())).code == "case_ended"
    assert post(scene.office, replace(again, reference="2026-000001-2")) != scene.case_id
