"""Nobody alone ends another's time: a waiver is the subject's own word or a signed paper, a service entered late another's to decide by."""

from __future__ import annotations

import hashlib

import pytest

from inspector.domain.case import Outcome
from inspector.domain.consequence import Consequence, ConsequenceState, StatementKind
from inspector.domain.errors import Invalid, Refusal
from inspector.domain.proposal import Proposal
from inspector.domain.wayto import ServiceWay
from inspector.flows import consequences, reached
from inspector.store.store import Store
from tests.edge import serving
from tests.house import Hand
from tests.proceedings import Proceeding, decided

pytestmark = pytest.mark.alike

PAPER = (hashlib.sha256("本人放弃陈述申辩".encode()).hexdigest(),)


def noticed(store: Store, hand: Hand, outcome: Outcome = Outcome.UNTRUE_INCURABLE) -> tuple[Proceeding, Consequence]:
    case = decided(store, hand, outcome)
    kind = Proposal.PENALTY if outcome is Outcome.FALSE_KNOWING else Proposal.RECORD_CREDIT
    return case, case.serve(case.give(case.the(kind)))


def entered(case: Proceeding, held: Consequence, digests: tuple[str, ...], name: str = "李四") -> Consequence:
    """An officer writes down that the subject waives its time."""
    told = held.id, StatementKind.WAIVER, "放弃", digests, f"officer:{name}", case.hand()
    return case.act(lambda tx: consequences.state(case.office, tx, *told, entered=case.by(name)))


def waived(case: Proceeding, held: Consequence, digests: tuple[str, ...], name: str = "李四") -> Consequence:
    """An officer writes down that the subject waives the hearing that it asked for."""
    return case.enter(held, "waived", name, record="放弃听证书", digests=digests)


def test_one_officer_alone_ends_nobodys_time_for_a_defence(store: Store, hand: Hand) -> None:
    case, held = noticed(store, hand)
    with serving(case.office) as edge, edge.as_("officer", name="李四") as officer:
        said = officer.post(f"/v1/consequences/{held.id}/statements", json={"kind": "WAIVER", "words": "放弃"})
        assert (said.status_code, said.json()["error"]["code"]) == (422, "waiver_unsigned")
        signed = {"kind": "WAIVER", "words": "放弃", "digests": PAPER}
        assert officer.post(f"/v1/consequences/{held.id}/statements", json=signed).status_code == 200
        alone = officer.post(f"/v1/consequences/{held.id}/decision", json={"turn": case.turn(held), "reasons": "清楚"})
        assert (alone.status_code, alone.json()["error"]["code"]) == (409, "waiver_own")
    assert case.rule(held, "王五").state is ConsequenceState.IMPOSED


def test_the_approving_system_passes_on_a_waiver_as_the_subjects_own(store: Store, hand: Hand) -> None:
    case, held = noticed(store, hand)
    with serving(case.office) as edge, edge.as_("system", name="hall") as system:
        said = system.post(f"/v1/consequences/{held.id}/statements", json={"kind": "WAIVER", "words": "放弃"})
        assert said.status_code == 200, said.text
    assert case.rule(held, "李四").state is ConsequenceState.IMPOSED


def test_once_the_time_is_over_whoever_has_entered_a_waiver_may_decide(store: Store, hand: Hand) -> None:
    case, held = noticed(store, hand)
    with pytest.raises(Invalid, match="waiver_unsigned"):
        entered(case, held, ())
    entered(case, held, PAPER)
    with pytest.raises(Refusal, match="waiver_own"):
        case.rule(held, "李四")
    hand.on(days=15)
    assert case.rule(held, "李四").state is ConsequenceState.IMPOSED


def test_a_hearing_is_waived_by_a_signed_paper_and_another_person_or_by_the_subjects_own_door(store: Store, hand: Hand) -> None:
    case, held = noticed(store, hand, Outcome.FALSE_KNOWING)
    assert case.say(held, StatementKind.HEARING).awaits_hearing
    with pytest.raises(Invalid, match="waiver_unsigned"):
        waived(case, held, ())
    done = waived(case, held, PAPER)
    assert done.hearing is not None
    assert (done.hearing.held, done.hearing.digests) == (False, PAPER)
    hand.on(days=15)
    with pytest.raises(Refusal, match="waiver_own"):
        case.rule(held, "李四", law="某条例第8条")
    assert case.rule(held, "王五", law="某条例第8条").verdict is not None


def test_a_hearing_that_the_subject_itself_has_waived_by_its_link_needs_no_paper(store: Store, hand: Hand) -> None:
    case, held = noticed(store, hand, Outcome.FALSE_KNOWING)
    case.say(held, StatementKind.HEARING)
    hand.on(days=1)
    case.say(held, StatementKind.WAIVER, "不用听证了")
    assert not waived(case, held, ()).awaits_hearing
    assert case.rule(held, "李四", law="某条例第8条").verdict is not None


def late(store: Store, hand: Hand, days: int) -> tuple[Proceeding, Consequence]:
    """An officer enters days afterwards that the notice came on paper on the day on which it was given."""
    case = decided(store, hand, Outcome.FALSE_KNOWING)
    held = case.give(case.the(Proposal.RECORD_CREDIT))
    on = hand().date()
    hand.on(days=days)
    told = held.id, on, ServiceWay.PAPER, "回证1", "李四", hand()
    return case, case.act(lambda tx: reached.noticed(case.office, tx, *told))


def test_who_enters_a_service_when_the_time_for_a_defence_is_over_does_not_decide_by_it(store: Store, hand: Hand) -> None:
    case, held = late(store, hand, 11)
    with serving(case.office) as edge, edge.as_("officer", name="李四") as officer:
        alone = officer.post(f"/v1/consequences/{held.id}/decision", json={"turn": held.turn, "reasons": "清楚"})
        assert (alone.status_code, alone.json()["error"]["code"]) == (409, "service_own")
    assert case.rule(held, "王五").state is ConsequenceState.IMPOSED


def test_what_was_entered_when_most_of_the_time_was_over_ends_nobodys_time_by_the_same_word(store: Store, hand: Hand) -> None:
    case, held = late(store, hand, 5)
    hand.on(days=4)
    with pytest.raises(Refusal, match="service_own"):
        case.rule(held, "李四")
    hand.on(days=11)  # as long as it would run from the day of the entry
    assert case.rule(held, "李四").state is ConsequenceState.IMPOSED


def test_a_service_entered_in_its_first_days_holds_nobody_up(store: Store, hand: Hand) -> None:
    case, held = late(store, hand, 1)
    hand.on(days=10)
    assert case.rule(held, "李四").state is ConsequenceState.IMPOSED


def test_a_late_entry_holds_nobody_up_once_the_subject_itself_waives_its_time(store: Store, hand: Hand) -> None:
    case, held = late(store, hand, 11)
    case.say(held, StatementKind.WAIVER, "我放弃陈述申辩")
    assert case.rule(held, "李四").state is ConsequenceState.IMPOSED
