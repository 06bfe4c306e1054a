"""What a subject handed in before the matter was concluded, or decided, counts from that day, though an officer typed it in behind it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import httpx
import pytest

from inspector.domain import proceeding
from inspector.domain.calendar import due
from inspector.domain.case import CaseState, Outcome
from inspector.domain.consequence import Agreement, Consequence, ConsequenceState
from inspector.domain.docket import DocketKind
from inspector.domain.proposal import Proposal
from inspector.domain.recompute import Again
from inspector.domain.serving import NoticeKind, SubjectWord
from inspector.domain.stamp import Stamp
from inspector.domain.timer import Timer
from inspector.flows import eligibility, review, spoken
from inspector.flows.recompute import replay
from inspector.store.store import Store
from tests.edge import Edge, serving
from tests.house import Hand, settle
from tests.integration.test_bars_again import BAR, entered
from tests.integration.test_bars_told import known
from tests.integration.test_creditrecords import place
from tests.integration.test_dated import waiting
from tests.integration.test_matters_dated import waiting as rows
from tests.integration.test_ownword import PAPER, noticed, says, state
from tests.integration.test_seconded import at
from tests.materials import png
from tests.proceedings import Proceeding, decided

pytestmark = pytest.mark.alike

OVERTAKEN, SPOKE = "withdrawal_overtaken", "subject_spoke"


def concluded(case: Proceeding, hand: Hand, *, days: int = 1) -> str:
    """The day of today, some days before the matter is concluded; a day later it is now."""
    day = hand().date().isoformat()
    hand.on(days=days)
    with case.office.store.begin() as tx:
        review.conclude(case.office, tx, case.case, "hall", hand())
    hand.on(days=1)
    return day


@pytest.fixture
def edge(store: Store, hand: Hand) -> Iterator[tuple[Proceeding, Consequence, Edge]]:
    case, held = noticed(store, hand)
    with serving(case.office) as made:
        yield case, held, made


def test_a_withdrawal_of_before_the_conclusion_counts_with_two_officers_behind_it_and_an_officer_says_what_follows(
    edge: tuple[Proceeding, Consequence, Edge], hand: Hand
) -> None:
    case, held, house = edge
    day = concluded(case, hand)
    told = {"file": PAPER, "said_on": day, "stamp": "窗口收件章"}
    with house.as_("officer", name="王五") as first, house.as_("officer", name="钱七") as second:
        late = says(first, held, file=PAPER)
        assert (late.status_code, late.json()["error"]["code"]) == (409, "word_unfit"), "what is handed in now comes too late"
        assert says(first, held, **told).status_code == 200
        assert state(case) is CaseState.CLOSED, "alone nobody withdraws for a firm"
        assert says(second, held, **told).status_code == 200
        assert state(case) is CaseState.WITHDRAWN
        (matter,) = case.matters(OVERTAKEN)
        assert (matter["handed_in"], len(waiting(case.office, DocketKind.OVERTAKEN))) == (day, 1)
        given = {"answer": "VERIFY", "reasons": "证照已在手"}
        assert second.post(f"/v1/cases/{case.case}/withdrawal/follow-up", json=given).status_code == 200
    with case.office.store.read() as tx:
        (said,) = (one for one in tx.servings.of_case(case.case) if one.kind is NoticeKind.WITHDRAWAL)
        (facts,) = (one for _, one in tx.ledger.facts(["commitment.withdraw"], case.case))
    assert (day in said.facts[0], "递交撤回" in said.facts[0]) == (True, True)
    assert (facts["handed_in"], facts["document"]) == (day, "窗口收件章")


def withdraws(system: httpx.Client, case: Proceeding, **more: Any) -> httpx.Response:
    return system.post(f"/v1/cases/{case.case}/withdraw", json={"reason": "不办了"} | more)


def test_so_does_what_the_approving_system_passes_on_behind_it_and_it_comes_to_the_same_again(
    edge: tuple[Proceeding, Consequence, Edge], hand: Hand
) -> None:
    case, _, house = edge
    day = concluded(case, hand)
    after, future = (hand() - timedelta(days=0)).date(), (hand() + timedelta(days=1)).date()
    with house.as_("system", name="hall") as system:
        for more, code in (
            ({}, (409, "already_concluded")),
            ({"said_on": day}, (422, "stamp_missing")),
            ({"said_on": after.isoformat(), "stamp": "回执"}, (409, "already_concluded")),
            ({"said_on": future.isoformat(), "stamp": "回执"}, (422, "stamp_out_of_range")),
            ({"said_on": "2026-01-01", "stamp": "回执"}, (422, "stamp_out_of_range")),
        ):
            answer = withdraws(system, case, **more)
            assert (answer.status_code, answer.json()["error"]["code"]) == code, more
        assert withdraws(system, case, said_on=day, stamp="回执").status_code == 200
    assert (state(case), len(case.matters(OVERTAKEN))) == (CaseState.WITHDRAWN, 1)
    with case.office.store.read() as tx:
        assert [again for one, again in replay(case.office, tx, case.case) if one.rule == "commitment.withdraw"] == [Again.SAME]
        (heard,) = (json.loads(one["body"]) for one in tx.events.of_case(case.case) if one["type"] == "commitment.withdrawn")
    assert heard["handed_in"] == day


@pytest.mark.slow
def test_what_a_first_officer_had_entered_before_the_conclusion_the_second_confirms_behind_it(
    edge: tuple[Proceeding, Consequence, Edge], hand: Hand
) -> None:
    case, held, house = edge
    with house.as_("officer", name="王五") as first, house.as_("officer", name="钱七") as second:
        assert says(first, held, file=PAPER).status_code == 200
        concluded(case, hand)
        assert says(second, held, file=PAPER).status_code == 200
    assert (state(case), len(case.matters(OVERTAKEN))) == (CaseState.WITHDRAWN, 1)


def test_an_officer_finds_the_days_field_on_the_page_of_the_notice(
    edge: tuple[Proceeding, Consequence, Edge], hand: Hand
) -> None:
    case, held, house = edge
    day = concluded(case, hand)
    name = f"{held.id}:notice"
    for officer in ("王五", "钱七"):
        with at(house, officer) as browser:
            assert 'name="said_on"' in browser.get(f"/notices/{name}").text
            told = {"said_on": day, "stamp": "窗口收件章", "words": "不办了"}
            assert enters(browser, name, **told).status_code == 303
    assert state(case) is CaseState.WITHDRAWN


def enters(browser: httpx.Client, notice: str, **told: str) -> httpx.Response:
    """An officer enters a withdrawal on the page."""
    page = browser.get(f"/notices/{notice}").text
    guard, message = (page.split(f'name="{name}" value="')[1].split('"')[0] for name in ("guard", "message"))
    given = {"guard": guard, "message": f"{message}w", "do": "withdraw"} | told
    return browser.post(f"/notices/{notice}", data=given, files={"file": ("scan.png", png(), "image/png")})


@pytest.mark.slow
def test_whom_an_officer_had_decided_against_meanwhile_waits_for_an_answer_from_the_day_of_handing_in(
    edge: tuple[Proceeding, Consequence, Edge], hand: Hand
) -> None:
    case, held, house = edge
    day, said_at = hand().date(), case.office.calendar.closing(hand().date())
    case.serve(held)
    hand.on(days=11)
    case.rule(held)
    concluded(case, hand)
    with house.as_("system", name="hall") as system:
        assert withdraws(system, case, said_on=day.isoformat(), stamp="回执").json()["heard"] == "withdrawal_asked"
    (matter,) = case.matters("withdrawal_asked")
    policy = case.office.policy("bureau", day)
    assert (matter["on"], matter["due_at"]) == (
        day.isoformat(),
        due(said_at, policy.term(Timer.REVIEW).term, case.office.calendar).at.isoformat(),
    )


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "proposal"), [("DEFENCE", Proposal.RECORD_CREDIT), ("HEARING", Proposal.PENALTY)])
def test_a_word_that_was_posted_in_time_and_typed_in_behind_the_decision_waits_for_an_officers_answer(
    store: Store, hand: Hand, kind: str, proposal: Proposal
) -> None:
    case = decided(store, hand, Outcome.FALSE_KNOWING)
    held = case.noticed(case.the(proposal))
    day = (hand() - timedelta(days=10)).date().isoformat()
    ruled = case.rule(held, law="某条例第8条")
    for second, name in ((Agreement.SECOND, "王五"), (Agreement.LEGAL, "赵六")):
        if second in proceeding.lacking(ruled, case.office.book.get(ruled.pack).consequences[proposal]):
            ruled = case.agree(held, second, name)
    with serving(case.office) as edge, edge.as_("officer", name="王五") as officer:
        path = f"/v1/consequences/{held.id}/statements"
        said = {"kind": kind, "words": "登记有误", "digests": ["a" * 64]}
        late = officer.post(path, json=said)
        assert (late.status_code, late.json()["error"]["code"]) == (409, "consequence_not_noticed")
        answer = officer.post(path, json=said | {"said_on": day, "stamp": "邮戳"})
        assert (answer.status_code, answer.json()["state"]) == (200, ConsequenceState.IMPOSED.value)
    (matter,) = case.matters(SPOKE)
    assert (matter["word"], matter["late"]) == (kind, False)
    with store.read() as tx:
        (word,) = tx.servings.get(f"{held.id}:notice").words
    assert (word.stamp, "a" * 64 in word.words) == ("邮戳", True)
    policy = case.office.policy("bureau", hand().date())
    from_then = due(word.at, policy.term(Timer.REVIEW).term, case.office.calendar).at.isoformat()
    assert matter["due_at"] == from_then, "no time of ours begins later by our typing"


@pytest.mark.slow
def test_the_clock_of_a_repair_runs_from_the_day_on_which_it_was_handed_in(store: Store, hand: Hand, tmp_path: Any) -> None:
    with place(store, hand, tmp_path) as here:
        entry = here.found(1)
        here.hand.on(days=96)
        settle(here.office)
        day = hand().date()
        hand.on(days=5)
        spoke(here.office, f"{entry}:repairable", SubjectWord.REPAIR, hand, day)
        repair, law = here.record(entry).repair, here.office.policy("bureau", day).credit.repair
        said_at = here.office.calendar.closing(day)
        assert repair is not None
        assert (repair.asked_at, repair.due_at) == (said_at, due(said_at, law.decide, here.office.calendar).at)


def spoke(office: Any, notice: str, word: SubjectWord, hand: Hand, day: date) -> None:
    """An officer types in what was handed in on a day."""
    with office.store.begin() as tx:
        spoken.say(office, tx, notice, word, "请予处理", (), hand(), door="王五", stamp=Stamp(on=day, by="窗口收件章"))


@pytest.mark.slow
def test_so_does_that_of_what_is_said_against_a_bar(store: Store, hand: Hand) -> None:
    office, _ = known(store, hand)
    entered(office, BAR)
    said_at = hand()
    hand.on(days=5)
    with store.begin() as tx:
        eligibility.contest(office, tx, BAR.id, "不是本公司", (), "hall", hand(), said_at=said_at)
    row = office.policy("bureau", hand().date()).credit.objection
    (one,) = rows(office, DocketKind.BAR)
    assert one.due_at == due(said_at, row.own, office.calendar).at
