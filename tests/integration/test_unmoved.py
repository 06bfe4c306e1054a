"""A subject that asks for somebody else to preside, or for more time, and does not get it, reads that, by whom and why."""

from __future__ import annotations

import pytest

from inspector.domain.case import Outcome
from inspector.domain.consequence import Consequence, StatementKind
from inspector.domain.errors import Refusal
from inspector.domain.proposal import Proposal
from inspector.domain.serving import NoticeKind, NoticeState, SubjectNotice, SubjectWord
from inspector.flows import consequences, posted, spoken
from inspector.store.store import Store
from tests.edge import serving
from tests.house import Hand
from tests.integration.test_forms import logged_in
from tests.integration.test_proceeding_page import send
from tests.proceedings import Proceeding, decided

pytestmark = pytest.mark.alike

WHY = "经核对，主持人与举报人没有亲属关系"


def say(case: Proceeding, notice: str, word: SubjectWord, words: str) -> None:
    with case.office.store.begin() as tx:
        spoken.say(case.office, tx, notice, word, words, (), case.hand())


def close(case: Proceeding, matter: str) -> None:
    with case.office.store.begin() as tx:
        posted.seen_to(case.office, tx, matter, "李四", case.hand(), note=WHY)


def answers(case: Proceeding) -> list[SubjectNotice]:
    with case.office.store.read() as tx:
        return [one for one in tx.servings.of_case(case.case) if one.id.endswith(":answer")]


def fixed(store: Store, hand: Hand) -> tuple[Proceeding, Consequence]:
    """A revocation whose hearing is fixed."""
    case = decided(store, hand, Outcome.FALSE_KNOWING)
    revoke = case.the(Proposal.REVOKE)
    case.serve(case.give(revoke))
    case.say(revoke, StatementKind.HEARING, "要求听证")
    with store.begin() as tx:
        posted.seen_to(case.office, tx, f"statement_unread:{revoke.id}", "李四", hand(), note="已阅")
    assert not answers(case), "that it is to be heard is no such word"
    hand.on(days=1)
    case.fix(revoke)
    hand.on(days=1)
    return case, revoke


AGAINST = "郑九是举报人的亲属，申请回避"


@pytest.fixture
def heard(store: Store, hand: Hand) -> tuple[Proceeding, Consequence]:
    """By the notice of its hearing the subject has said that 郑九 should not preside."""
    case, revoke = fixed(store, hand)
    say(case, f"{revoke.id}:hearing-1", SubjectWord.DEFENCE, AGAINST)
    return case, revoke


def test_who_presides_all_the_same_and_why_is_told(heard: tuple[Proceeding, Consequence]) -> None:
    case, revoke = heard
    with serving(case.office) as edge, edge.client() as browser:
        logged_in(edge, browser)
        path = f"/consequences/{revoke.id}"
        assert send(browser, path, "seen", note=" ").status_code == 422
        assert send(browser, path, "seen", note=WHY).status_code == 303
    (told,) = answers(case)
    assert (told.kind, told.reasons, told.state is not NoticeState.CANCELLED) == (NoticeKind.GUIDANCE, WHY, True)
    said = " ".join(told.facts)
    assert ("郑九是举报人的亲属" in said, "仍由郑九主持" in said, "答复人：officer" in said or "答复人：李四" in said) == (
        True,
        True,
        True,
    )
    assert "S1:64" in " ".join(told.basis)


def behind_the_hearing(case: Proceeding, revoke: Consequence) -> None:
    with case.office.store.read() as tx:
        sittings = tx.consequences.get(revoke.id).hearing
    assert sittings is not None
    case.hand.now = sittings.sittings[-1].begins.replace(hour=15)


def test_no_hearing_was_held_while_an_objection_to_who_presides_is_unanswered(
    heard: tuple[Proceeding, Consequence], hand: Hand
) -> None:
    case, revoke = heard
    behind_the_hearing(case, revoke)
    for outcome in ("held", "absent"):
        with pytest.raises(Refusal, match="presider_unanswered") as refused:
            case.enter(revoke, outcome)
        assert refused.value.facts["presides"] == "郑九"
    with pytest.raises(Refusal, match="presider_own_answer"), case.office.store.begin() as tx:
        posted.seen_to(case.office, tx, f"statement_unread:{revoke.id}", "郑 九", hand(), note="我没有利害关系")
    close(case, f"statement_unread:{revoke.id}")
    assert len(answers(case)) == 1
    case.enter(revoke, "held")
    assert case.rule(revoke, "王五", public_interest="不损害公共利益").verdict is not None


def test_nothing_is_decided_before_what_was_said_after_the_hearing_is_answered(
    heard: tuple[Proceeding, Consequence],
) -> None:
    case, revoke = heard
    close(case, f"statement_unread:{revoke.id}")
    behind_the_hearing(case, revoke)
    case.enter(revoke, "held")
    case.hand.on(seconds=60)
    told = f"link:{revoke.id}:hearing-1-9"  # as a paper that the counter took by the notice of the hearing
    case.act(
        lambda tx: consequences.state(case.office, tx, revoke.id, StatementKind.DEFENCE, "郑九不该主持", (), told, case.hand())
    )
    with pytest.raises(Refusal, match="hearing_unanswered"):
        case.rule(revoke, "王五", public_interest="不损害公共利益")
    close(case, f"statement_unread:{revoke.id}")
    assert case.rule(revoke, "王五", public_interest="不损害公共利益").verdict is not None


def test_it_counts_by_whatever_door_it_came(store: Store, hand: Hand) -> None:
    case, revoke = fixed(store, hand)
    for number, name in enumerate(("notice", "said"), 1):
        if name == "notice":
            say(case, f"{revoke.id}:notice", SubjectWord.DEFENCE, AGAINST)
        else:
            counter(case, revoke, AGAINST)
        behind_the_hearing(case, revoke)
        with pytest.raises(Refusal, match="presider_unanswered"):
            case.enter(revoke, "held")
        with pytest.raises(Refusal, match="presider_own_answer"), store.begin() as tx:
            posted.seen_to(case.office, tx, f"statement_unread:{revoke.id}", "郑九", hand(), note="没有利害关系")
        close(case, f"statement_unread:{revoke.id}")
        told = [one for one in answers(case) if one.id.startswith(f"{revoke.id}:{name}")]
        assert (len(answers(case)), [AGAINST in " ".join(one.facts) for one in told]) == (number, [True])
    case.enter(revoke, "held")
    counter(case, revoke, "补充陈述")
    assert case.rule(revoke, "王五", public_interest="不损害公共利益").verdict is not None, (
        "held, only its notice brings such words"
    )


def counter(case: Proceeding, revoke: Consequence, words: str) -> None:
    """The counter, or the approving system, passes on what its subject has said there."""
    told = words, (), "hall", case.hand()
    case.act(lambda tx: consequences.state(case.office, tx, revoke.id, StatementKind.DEFENCE, *told))


def test_a_move_answers_it(heard: tuple[Proceeding, Consequence], hand: Hand) -> None:
    case, revoke = heard
    hand.on(days=1)
    case.fix(revoke, "吴十", reasons="主持人回避")
    close(case, f"statement_unread:{revoke.id}")
    assert not answers(case), "the notice of the move has said so"


def test_a_move_one_room_further_under_the_same_presider_answers_nothing(
    heard: tuple[Proceeding, Consequence], hand: Hand
) -> None:
    case, revoke = heard
    hand.on(days=1)
    for presides in ("郑九", "吴十"):
        with pytest.raises(Refusal, match="presider_own_answer"):
            case.fix(revoke, presides, name="郑 九", reasons="换一间听证室", place="二楼")
    case.fix(revoke, "郑 九", reasons="换一间听证室", place="二楼")
    behind_the_hearing(case, revoke)
    with pytest.raises(Refusal, match="presider_unanswered"):
        case.enter(revoke, "held")
    with pytest.raises(Refusal, match="presider_own_answer"), case.office.store.begin() as tx:
        posted.seen_to(case.office, tx, f"statement_unread:{revoke.id}", "郑九", hand(), note="已换房间")
    close(case, f"statement_unread:{revoke.id}")
    assert len(answers(case)) == 1
    case.fix(revoke, "郑九", name="郑九", reasons="改期")  # once it is answered the hearing is moved as any other


def test_who_gives_the_hearing_up_needs_nobody_else_to_preside(heard: tuple[Proceeding, Consequence]) -> None:
    case, revoke = heard
    say(case, f"{revoke.id}:hearing-1", SubjectWord.WAIVER, "不用听证了")
    case.enter(revoke, "waived")
    case.hand.on(days=11)
    assert case.rule(revoke, "王五", public_interest="不损害公共利益").verdict is not None


def test_that_there_is_no_more_time_and_why_is_told(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.UNTRUE_CURABLE)
    order = case.impose(case.the(Proposal.ORDER_RECTIFY))
    hand.on(days=2)
    say(case, f"{order.id}:decision", SubjectWord.MORE_TIME, "设备到货晚，请延至23日")
    close(case, f"subject_spoke:{order.id}:decision")
    (told,) = answers(case)
    assert (told.about, told.reasons, "期限仍为 2026-03-16" in " ".join(told.facts)) == (order.id, WHY, True)
