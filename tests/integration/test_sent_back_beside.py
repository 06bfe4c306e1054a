"""What else a case touches that is sent back: draws, the twin of a matter sent twice, its subject, the counts, the years after."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from inspector.domain import missent as domain
from inspector.domain.case import CaseState
from inspector.domain.equality import Aside
from inspector.domain.missent import Other, Standing
from inspector.domain.recompute import Again
from inspector.domain.returns import Counted, Per
from inspector.domain.sendback import Mistake, SendBackReason
from inspector.domain.serving import NoticeKind, NoticeState
from inspector.flows import equality, missent, returns
from inspector.flows.explain import explain
from inspector.flows.narrative import render
from inspector.flows.recompute import replay
from tests.house import application, post
from tests.integration.test_draw_way import FACTS
from tests.integration.test_extension import refused
from tests.integration.test_sent_back import ELSEWHERE, agree, ask, sent_back, told
from tests.integration.test_way import LICENCE
from tests.integration.test_withdrawal import Scene, drawn, framed, in_review, open_asking, pooled, pushed, scene, wants_visit

__all__ = ["scene"]
pytestmark = pytest.mark.alike


def twice(same_as: str) -> Mistake:
    """The same matter came under two numbers."""
    return Mistake(reason=SendBackReason.SAME_MATTER, words="同一事项报送两次", same_as=same_as)


def second(scene: Scene, item: str = "dispatch-premises", facts: dict[str, str] = FACTS) -> str:
    """The same matter under another number."""
    first = application(1, item, facts)
    return post(scene.office, replace(first, reference="2026-000001-bis"))


def lines(scene: Scene) -> list[dict[str, object]]:
    """What the public record of the scene's draw says came afterwards."""
    with scene.office.store.read() as tx:
        (held,) = tx.draws.last(["bureau"], limit=5)
        return [json.loads(line) for line in tx.draws.file(held.number, "after.jsonl").splitlines()]


@pytest.mark.parametrize("stage", [drawn, pushed], ids=lambda stage: stage.__name__)
def test_a_drawn_visit_that_is_called_off_by_it_says_so_in_the_draws_own_lines(scene: Scene, stage: object) -> None:
    stage(scene)  # type: ignore[operator]
    sent_back(scene)
    assert [(line["kind"], line["reason"]) for line in lines(scene)] == [("withdrawn", "sent_back")]
    with scene.office.store.read() as tx:
        entries = [json.loads(row["body"])["facts"] for row in tx.ledger.about(scene.case_id) if row["rule"] == "case.send_back"]
    assert [facts["drawn"] for facts in entries] == [True]


def test_a_case_in_a_frame_stays_in_it_and_its_place_in_the_draw_stays_empty(scene: Scene) -> None:
    framed(scene)
    with scene.office.store.read() as tx:
        (held,) = tx.draws.last(["bureau"], limit=5)
        before = tx.draws.file(held.number, "commit.json")
    sent_back(scene)
    with scene.office.store.read() as tx:
        assert tx.draws.file(held.number, "commit.json") == before, "what was committed to is not touched"
    finish(scene, held.number)
    assert [(line["kind"], line["reason"]) for line in lines(scene)] == [("withdrawn", "sent_back")]


def finish(scene: Scene, number: str) -> None:
    """The ceremony of a draw that is announced, and its carrying out."""
    from inspector.flows.seeding import type_figures
    from tests.house import settle
    from tests.integration.test_draw_way import DICE

    scene.hand.on(days=2)
    settle(scene.office)
    for by in ("赵", "钱"):
        with scene.office.store.begin() as tx:
            type_figures(scene.office, tx, number, by, DICE, scene.hand())
    scene.go()


def test_whoever_goes_to_the_subject_neither_asks_nor_agrees(scene: Scene) -> None:
    pushed(scene)
    with scene.office.store.read() as tx:
        (held,) = tx.visits.of_case(scene.case_id)
        seat = tx.visits.team(held.id)[0]
        name = tx.rosters.inspector("bureau", seat.inspector).name
    for by in (name, seat.inspector):
        assert refused(partial(ask, scene, by=by)).code == "send_back_going"
    ask(scene)
    assert refused(lambda: agree(scene, by=name)).code == "send_back_going"


def test_of_a_matter_that_was_sent_twice_the_case_that_a_draw_has_goes_on(scene: Scene) -> None:
    wants_visit(scene)
    scene.draw("phones")
    other = second(scene)
    scene.case_id, other = other, scene.case_id
    sent_back(scene, twice(other))
    (heard,) = [body for kind, body in told(scene) if kind == "case.sent_back"]
    assert heard["same_as"] == other
    with scene.office.store.read() as tx:
        assert tx.cases.get(other).state is CaseState.VERIFYING
        assert all(held.state.open for held in tx.visits.of_case(other))


def test_the_one_that_a_draw_has_is_not_sent_back_for_one_that_no_draw_has(scene: Scene) -> None:
    wants_visit(scene)
    other = second(scene)
    with scene.office.store.read() as tx:
        mine, twin = tx.cases.get(scene.case_id), tx.cases.get(other)
    policy, at = scene.office.book.get(mine.pack), scene.hand()

    def asked(*, drawn: bool, beside: bool) -> CaseState:
        standing = Standing(drawn=drawn, other=Other(case=twin, drawn=beside))
        return domain.ask(mine, twice(other), "李四", "", standing, policy, at).state.state

    assert refused(lambda: asked(drawn=True, beside=False)).code == "send_back_drawn"
    for drawn_, beside in ((True, True), (False, True), (False, False)):
        assert asked(drawn=drawn_, beside=beside) is CaseState.VERIFYING


def test_a_twin_is_named_and_is_one(scene: Scene) -> None:
    open_asking(scene)
    other = post(scene.office, application(2, "business-licence", LICENCE))  # another firm's
    assert refused(lambda: ask(scene, twice(""))).code == "send_back_same_as"
    assert refused(lambda: ask(scene, replace(ELSEWHERE, same_as=other))).code == "send_back_same_as"
    for wrong in (other, scene.case_id, "0" * 32):
        assert refused(partial(ask, scene, twice(wrong))).code == "send_back_other"
    first, second_ = scene.case_id, second(scene, "business-licence", LICENCE)
    ask(scene, twice(second_))
    scene.case_id = second_
    ask(scene, twice(first))
    agree(scene)
    scene.case_id = first
    assert refused(lambda: agree(scene)).code == "send_back_other", "two twins cannot both leave for each other's sake"


def test_who_was_never_told_anything_hears_nothing_and_who_was_hears_that_it_is_over(scene: Scene) -> None:
    in_review(scene)
    sent_back(scene)
    with scene.office.store.read() as tx:
        assert tx.servings.of_case(scene.case_id) == []


def test_a_subject_who_had_a_notice_hears_why_it_is_over_and_that_nothing_is_held_against_anybody(scene: Scene) -> None:
    from inspector.flows import giving

    in_review(scene)
    with scene.office.store.begin() as tx:
        case = tx.cases.get(scene.case_id)
        giving.inform(
            scene.office,
            tx,
            case,
            "n1",
            NoticeKind.GUIDANCE,
            about=case.id,
            title="提醒",
            facts=("登记状态",),
            reasons="将到期",
            basis=("S0:4",),
            now=scene.hand(),
        )
    sent_back(scene)
    with scene.office.store.read() as tx:
        held = {one.kind: one for one in tx.servings.of_case(scene.case_id)}
    assert held[NoticeKind.GUIDANCE].state is NoticeState.CANCELLED
    notice = held[NoticeKind.SENT_BACK]
    assert notice.state.open
    assert any("市交通运输局" in line for line in notice.facts)
    assert any("信用" in line for line in notice.facts)
    assert notice.reasons == "属于其他机关管辖"


def test_what_a_case_had_entered_in_the_register_goes_with_it(scene: Scene) -> None:
    pooled(scene)
    with scene.office.store.read() as tx:
        case = tx.cases.get(scene.case_id)
        assert tx.rosters.standing_object("bureau", case.subject.kind, case.subject.code) is not None
    sent_back(scene)
    with scene.office.store.read() as tx:
        assert tx.rosters.standing_object("bureau", case.subject.kind, case.subject.code) is None


def test_the_explanation_says_who_sent_it_back_and_why_in_both_languages(scene: Scene) -> None:
    in_review(scene)
    sent_back(scene)
    with scene.office.store.read() as tx:
        why = explain(scene.office, tx, scene.case_id)
    chinese, english = render(why, "zh-Hans"), render(why, "en")
    for words in ("已退回（误送）", "办件作为误送退回", "属于其他机关管辖", "市交通运输局", "李四", "王五"):
        assert words in chinese
    for words in ("Sent back (came by mistake)", "Another agency is competent", "something had spoken against the subject"):
        assert words in english


def test_years_later_each_step_is_computed_again_to_the_same_words(scene: Scene) -> None:
    open_asking(scene)
    other = second(scene, "business-licence", LICENCE)
    ask(scene, twice(other))
    with scene.office.store.begin() as tx:
        missent.decline(scene.office, tx, scene.case_id, "不是同一事项", "王五", "", scene.hand())
    sent_back(scene)
    with scene.office.store.read() as tx:
        found = [(past.rule, said) for past, said in replay(scene.office, tx, scene.case_id) if past.rule.startswith("case.send")]
    rules = ["case.send_back.asked", "case.send_back.declined", "case.send_back.asked", "case.send_back"]
    assert found == [(rule, Again.SAME) for rule in rules]


def test_it_is_counted_in_the_returns_and_in_the_report_on_equal_treatment(scene: Scene) -> None:
    open_asking(scene)
    sent_back(scene)
    now = scene.hand()
    with scene.office.store.read() as tx:
        held = returns.made(scene.office, tx, now.date(), now.date(), Per.MONTH, ("bureau",))
        report = equality.report(scene.office, tx, "bureau", now - timedelta(days=9), now + timedelta(days=1), now)
    ended = [line.like.outcome for line in held.lines if line.like.counted is Counted.ENDED]
    assert ended == ["SENT_BACK"]
    assert report.aside[Aside.SENT_BACK] == (1, 0)
