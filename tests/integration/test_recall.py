"""Whoever holds a letter hears once that it is over, at every end of a case; nobody else does. On both databases."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

import pytest

from inspector.domain.assistance import AssistanceState
from inspector.domain.case import CaseState, Method, Outcome
from inspector.domain.decision import OrderKind
from inspector.domain.errors import Refusal
from inspector.domain.evidence import Verdict
from inspector.domain.letter import LetterKind, short
from inspector.flows import assist, intake, review
from inspector.flows.explain import explain
from inspector.flows.intake import Application
from inspector.flows.narrative import render
from inspector.flows.office import Office
from inspector.flows.table import FLOWS
from inspector.ports import Barred, Letter, Origin, Receipt, Refused, Unavailable
from inspector.store.store import Store
from tests.edge import serving
from tests.house import TREE, Hand, Table, carry_out, claim, let_lapse, open_office, post, settle
from tests.integration.test_way import HOUSEHOLD, Post, person

pytestmark = pytest.mark.alike

REQUEST, REMINDER, ESCALATION, CANCEL = LetterKind.REQUEST, LetterKind.REMINDER, LetterKind.ESCALATION, LetterKind.CANCEL
OUTCOME = LetterKind.OUTCOME


@dataclass
class Deaf(Post):
    """An agency whose line is down, until it is not; with `lost` it takes the letter and its receipt is lost."""

    down: bool = False
    lost: bool = False
    refuses: bool = False

    def send(self, letter: Letter, *, key: str) -> Receipt:
        """Take a letter, or not."""
        if self.refuses:
            raise Refused("http_403", origin=Origin.THEM)
        if self.down:
            if self.lost:
                super().send(letter, key=key)
            raise Unavailable("timeout")
        return super().send(letter, key=key)


@dataclass
class Asked:
    """A case for which an agency is asked, below a county that can be written to."""

    office: Office
    hand: Hand
    civil: Deaf
    county: Deaf
    given: Application
    case_id: str

    def kinds(self) -> tuple[list[LetterKind], list[LetterKind]]:
        """What the agency and its superior have got."""
        return [one.kind for one in self.civil.letters], [one.kind for one in self.county.letters]

    def later(self, days: int) -> None:
        """Days pass, and what is due is done."""
        self.hand.on(days=days)
        settle(self.office)

    def withdraw(self) -> None:
        """The applicant withdraws."""
        with self.office.store.begin() as tx:
            review.withdraw(self.office, tx, self.case_id, "改为提交证明", "hall", self.hand())
        settle(self.office)

    def correct(self) -> None:
        """The application is corrected."""
        with self.office.store.begin() as tx:
            changed = tuple(replace(claim, value=claim.value + "0") for claim in self.given.claims)
            intake.correct(self.office, tx, self.case_id, replace(self.given, claims=changed), "hall", self.hand())


@pytest.fixture
def asked(store: Store, hand: Hand) -> Asked:
    """The letter is written; nothing has been carried out yet."""
    civil, county = Deaf("civil-affairs"), Deaf("county-office")
    office = open_office(
        store,
        hand,
        sources={"registers": Table(default=None), "social": Table(name="social", default="=")},
        agencies={"civil-affairs": civil, "county-office": county},
    )
    tree = {**TREE, "county": replace(TREE["county"], connector="county-office"), "city": replace(TREE["city"], connector=None)}
    office, given = replace(office, tree=tree), person(1, "relief-household", HOUSEHOLD)
    return Asked(office, hand, civil, county, given, post(office, given))


def escalated(asked: Asked) -> Asked:
    """The superior has been told; the agency keeps silent."""
    settle(asked.office)
    asked.later(3)
    asked.later(4)
    assert asked.kinds() == ([REQUEST, REMINDER], [ESCALATION])
    return asked


def test_the_superiors_link_shows_the_request_and_answers_nothing_and_the_ledger_names_the_door(asked: Asked) -> None:
    escalated(asked)
    (letter,), agency = asked.county.letters, asked.civil.letters[-1]
    given = {"verdict": "mismatch", "value": "1", "signer": "谁都行"}
    with serving(asked.office) as edge:
        links = [one.reply_url.removeprefix(asked.office.base_url) for one in (letter, agency)]
        secret, own = (one.rpartition("/")[2] for one in links)
        assert secret != own
        with edge.client(X_Link_Token=secret) as superior, edge.client() as browser:
            assert superior.get(f"/v1/assistance/{letter.request_id}").json()["state"] == "ESCALATED"
            for what, said in (("answer", given), ("decline", {"reasons": "无", "inability": "OTHER", "signer": "谁都行"})):
                refused = superior.post(f"/v1/assistance/{letter.request_id}/{what}", json=said)
                assert (refused.status_code, refused.json()["error"]["code"]) == (403, "link_oversees")
            page = browser.get(links[0]).text
            assert ("请督促该机关" in page, "<form" in page) == (True, False)
            assert browser.post(f"/assist/{letter.request_id}/{secret}", data={"do": "answer", **given}).status_code == 403
            assert browser.get(f"/oversee/{letter.request_id}/{own}").status_code == 403
        with edge.as_("officer", "city") as above:
            refused = above.post(f"/v1/assistance/{letter.request_id}/answer", json=given)
            assert (refused.status_code, refused.json()["error"]["code"]) == (403, "request_not_yours")
            assert refused.json()["error"]["facts"]["agency"] == "区民政局"
        with edge.client(X_Link_Token=own) as program:
            assert program.post(f"/v1/assistance/{letter.request_id}/answer", json=given).status_code == 200
    with asked.office.store.read() as tx:
        (piece,) = (one for one in tx.cases.evidence(asked.case_id) if one.method is Method.ASSISTANCE)
        (row,) = (row for row in tx.ledger.about(asked.case_id) if row["rule"] == "assistance.answer")
        assert (piece.door, piece.token) == ("link", "")
        assert json.loads(row["body"])["facts"]["door"] == "link"
        assert "经协助函链接提交" in render(explain(asked.office, tx, asked.case_id), "zh-Hans")


def test_an_answer_by_token_keeps_the_name_of_the_token(asked: Asked) -> None:
    settle(asked.office)
    with asked.office.store.read() as tx:
        (request,) = tx.assistance.of_case(asked.case_id)
    with serving(asked.office) as edge, edge.as_("officer", "civil", "钱科员") as civil:
        given = {"verdict": "match", "signer": "孙局长"}
        assert civil.post(f"/v1/assistance/{request.id}/answer", json=given).status_code == 200
    with asked.office.store.read() as tx:
        (piece,) = (one for one in tx.cases.evidence(asked.case_id) if one.method is Method.ASSISTANCE)
        (row,) = (row for row in tx.ledger.about(asked.case_id) if row["rule"] == "assistance.answer")
    assert (piece.door, piece.token) == ("token", "钱科员")
    told = json.loads(row["body"])["facts"]
    assert (told["door"], told["token"], told["signer"]) == ("token", "钱科员", "孙局长")


def test_the_superior_hears_of_a_withdrawal_like_the_agency(asked: Asked) -> None:
    escalated(asked).withdraw()
    assert asked.kinds() == ([REQUEST, REMINDER, CANCEL], [ESCALATION, CANCEL])


def test_the_superior_hears_of_a_correction_and_the_new_request_begins_below(asked: Asked) -> None:
    escalated(asked).correct()
    settle(asked.office)
    agency, superior = asked.kinds()
    assert sorted(agency[2:]) == [CANCEL, REQUEST]
    assert superior == [ESCALATION, CANCEL]


@pytest.mark.slow
def test_whoever_never_answered_hears_at_the_end_of_the_request_and_hears_it_once(asked: Asked) -> None:
    escalated(asked).later(14)
    with asked.office.store.begin() as tx:
        (request,) = tx.assistance.of_case(asked.case_id)
        assert (request.state, tx.cases.get(asked.case_id).state) == (AssistanceState.UNANSWERED, CaseState.REVIEW)
        assert request.told == ()
    told = ([REQUEST, REMINDER, CANCEL], [ESCALATION, CANCEL])
    assert asked.kinds() == told, "at the end of the request, while its case goes on"
    words = asked.civil.letters[-1].words
    assert ("仍予保存" in words.body, words.slip, words.how) == (True, (), ""), "it asks for nothing"
    with asked.office.store.begin() as tx:
        review.decide(asked.office, tx, asked.case_id, Outcome.UNVERIFIABLE, "李四", "无法核实", (), asked.hand())
    settle(asked.office)
    assert asked.kinds() == told
    asked.withdraw()
    assert asked.kinds() == ([REQUEST, REMINDER, CANCEL], [ESCALATION, CANCEL]), "at most once each"


def test_an_agency_that_has_answered_needs_no_notice_but_its_superior_does(asked: Asked) -> None:
    escalated(asked)
    with asked.office.store.begin() as tx:
        (request,) = tx.assistance.of_case(asked.case_id)
        assist.answer(asked.office, tx, request.id, Verdict.MATCH, "", "王五", asked.hand())
        assert tx.cases.get(asked.case_id).outcome is Outcome.TRUE
    settle(asked.office)
    assert asked.kinds() == ([REQUEST, REMINDER, OUTCOME], [ESCALATION, CANCEL])


def test_a_superior_whose_letter_may_have_arrived_hears_of_the_end_while_the_case_goes_on(asked: Asked) -> None:
    settle(asked.office)
    asked.later(3)
    asked.county.down = asked.county.lost = True
    asked.later(4)
    assert set(asked.kinds()[1]) == {ESCALATION}, "its receipt was lost each time"
    with asked.office.store.begin() as tx:
        (request,) = tx.assistance.of_case(asked.case_id)
        assist.refuse(asked.office, tx, request.id, "不掌握该信息", "王五", asked.hand())
        assert tx.cases.get(asked.case_id).state is not CaseState.CLOSED
    asked.county.down = False
    asked.later(1)
    assert asked.kinds()[1][-1] is CANCEL
    assert asked.kinds()[1].count(CANCEL) == 1
    assert CANCEL not in asked.kinds()[0], "who has refused ended it"


def test_a_superior_whose_letter_surely_stayed_hears_nothing_at_the_end(asked: Asked) -> None:
    settle(asked.office)
    asked.later(3)
    asked.county.refuses = True
    asked.later(4)
    asked.county.refuses = False
    asked.later(14)
    with asked.office.store.read() as tx:
        (request,) = tx.assistance.of_case(asked.case_id)
    assert request.state is AssistanceState.UNANSWERED
    assert asked.kinds() == ([REQUEST, REMINDER, CANCEL], [])


def test_each_subject_says_which_letter_it_is_and_by_when_and_nothing_of_anybody(asked: Asked) -> None:
    escalated(asked)
    with asked.office.store.read() as tx:
        (request,) = tx.assistance.of_case(asked.case_id)
    day = f"{request.due_at:%Y-%m-%d %H:%M}"
    mark = f"〔{short(request.id)}〕"
    titles = [one.words.title for one in (*asked.civil.letters, *asked.county.letters)]
    assert titles == [
        f"协助核查函{mark}：请于{day}前答复（区市场监管局）",
        f"提醒函{mark}：请于{day}前答复（区市场监管局）",
        f"报告函{mark}：答复期限{day}已过（区市场监管局）",
    ]
    assert not [one for one in titles if str(request.question["code"]) in one]


def test_a_clerk_who_has_two_requests_knows_by_a_short_mark_and_a_day_which_one_is_over(asked: Asked) -> None:
    settle(asked.office)
    with asked.office.store.read() as tx:
        (request,) = tx.assistance.of_case(asked.case_id)
    asked.later(1)
    asked.withdraw()
    first, *_, over = asked.civil.letters
    assert over.kind is CANCEL
    mark = short(request.id)
    assert (len(mark), mark == short(request.id), mark != short(f"{request.id}+1")) == (6, True, True)
    assert f"简号：{mark}" in first.words.body
    assert f"2026-03-02提出的协助核查（简号 {mark}，" in over.words.body
    assert f"〔{mark}〕" in over.words.title
    with serving(asked.office) as edge, edge.client() as clerk:
        link = f"/assist/{request.id}/{asked.office.link_token('assist', request.id)}"
        assert f"(简号 {mark})" in clerk.get(link).text, "and its page says the same"


def test_who_was_never_called_hears_of_no_end_though_its_letter_was_claimed_and_waited(asked: Asked) -> None:
    with asked.office.store.begin() as tx:
        tx.lanes.ensure(["civil-affairs", "county-office"])
    while held := claim(asked.office, without=("civil-affairs", "county-office")):
        for one in held:
            carry_out(asked.office, one)
    without = replace(asked.office, connectors=replace(asked.office.connectors, agencies={}))
    (work,) = claim(asked.office)
    with pytest.raises(Barred):  # its connector is out of the settings for a while
        FLOWS[OrderKind(work.kind)].do(work, without)
    asked.withdraw()
    assert asked.kinds() == ([], [])


def test_a_dispute_of_a_refusal_that_never_was_says_just_that(asked: Asked) -> None:
    settle(asked.office)
    with asked.office.store.read() as tx:
        (request,) = tx.assistance.of_case(asked.case_id)
    with asked.office.store.begin() as tx, pytest.raises(Refusal) as refused:
        assist.contest_refusal(asked.office, tx, request.id, "法定义务", "李四", asked.hand())
    assert refused.value.code == "refusal_missing"


def test_a_superior_that_was_never_written_to_hears_nothing(asked: Asked) -> None:
    settle(asked.office)
    asked.withdraw()
    assert asked.kinds() == ([REQUEST, CANCEL], [])


def test_an_agency_whose_receipts_were_lost_hears_of_the_end_all_the_same(asked: Asked) -> None:
    asked.civil.down = asked.civil.lost = True
    settle(asked.office)
    assert set(asked.kinds()[0]) == {REQUEST}, "the same letter under the same key, again and again"
    asked.civil.down = False
    asked.withdraw()
    assert asked.kinds()[0][-1] is CANCEL


@pytest.mark.differs
def test_an_agency_whose_letter_left_with_a_daemon_that_died_hears_of_the_end_all_the_same(asked: Asked) -> None:
    while held := claim(asked.office, without=("civil-affairs",)):
        for work in held:
            carry_out(asked.office, work)
    (letter,) = claim(asked.office)
    FLOWS[OrderKind(letter.kind)].do(letter, asked.office)  # it leaves, and nobody lives to write that down
    let_lapse(asked.office)
    with asked.office.store.begin() as tx:
        tx.lanes.pause("civil-affairs", tx.machine_now())
    assert letter.expires_at is not None
    asked.hand.now = letter.expires_at
    settle(asked.office)  # the word that it is over waits behind the pause
    assert asked.kinds()[0] == [REQUEST], "given up without a call"
    with asked.office.store.begin() as tx:
        tx.lanes.pause("civil-affairs", None)
    asked.withdraw()
    assert asked.kinds()[0] == [REQUEST, CANCEL]


def test_an_agency_that_refused_the_letter_hears_nothing_more(asked: Asked) -> None:
    asked.civil.refuses = True
    settle(asked.office)
    asked.civil.refuses = False
    asked.withdraw()
    assert asked.kinds() == ([], [])


def test_a_withdrawal_right_after_a_correction_does_not_swallow_the_notice_of_the_first_end(asked: Asked) -> None:
    settle(asked.office)
    asked.correct()
    asked.withdraw()
    assert asked.kinds()[0].count(CANCEL) == 1
