"""`case answer-withdrawal`, and `credit annul` of a kept promise, as an officer types them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest

from inspector.domain.calendar import SHANGHAI
from inspector.domain.case import Outcome
from inspector.domain.proposal import Proposal
from inspector.domain.serving import NoticeKind, SubjectNotice
from inspector.flows import review
from inspector.store.store import Store
from tests import house
from tests.integration.test_creditrecords import Place
from tests.integration.test_overtaken import led
from tests.integration.test_striking import Kept
from tests.operator import Operator, Said, one_database, settled
from tests.proceedings import Proceeding, decided

pytestmark = [pytest.mark.alike, pytest.mark.slow]

database_url = one_database
WHY = ("--reason", "核查所依据的登记已被撤销")


@pytest.fixture
def operator(database_url: str, tmp_path: Path) -> Operator:
    return settled(database_url, tmp_path)


@pytest.fixture
def hand() -> house.Hand:
    """A hand on today, as the commands have it."""
    held = house.Hand()
    held.now = datetime.now(SHANGHAI)
    return held


def told(store: Store, case: str, kind: NoticeKind) -> list[SubjectNotice]:
    """What the subject of a case has read of a kind."""
    with store.read() as tx:
        return [one for one in tx.servings.of_case(case) if one.kind is kind]


def test_a_withdrawal_that_took_nothing_back_is_answered_at_the_command_line(operator: Operator, hand: house.Hand) -> None:
    with house.closing(operator.store()) as store:
        case = decided(store, hand, Outcome.FALSE_KNOWING, concluded=False)
        case.impose(case.the(Proposal.RECORD_CREDIT))
        with store.begin() as tx:
            number = tx.cases.get(case.case).reference
            review.withdraw(case.office, tx, case.case, "不办了", "hall", hand())
        listed = operator.well("docket", "list", "--json").json
        assert [(one["kind"], one["case"]) for one in listed if one["kind"] == "WITHDRAWAL"] == [("WITHDRAWAL", case.case)]
        assert "待答复的撤回申请" in operator.well("docket", "list", lang="zh-Hans").out
        told_so = ("--reasons", "申请人改为提交证明", "--by", "钱七")
        given = ("case", "answer-withdrawal", number, "--answer", "ORDINARY", *told_so)
        assert operator.say("case", "answer-withdrawal", number, "--answer", "MAYBE", *told_so).code == 2
        assert operator.say(*given[:-4], "--reasons", " ", "--by", "钱七").code == 2, "the subject reads why"
        passing = operator.say("attention", "close", f"withdrawal_asked:{case.case}", "--note", "x")
        assert (passing.code, "case answer-withdrawal" in passing.err) == (4, True)
        assert told(store, case.case, NoticeKind.WITHDRAWAL) == []
        said = operator.well(*given, "--json").json
        assert (said["id"], said["state"], said["answer"]) == (case.case, "CLOSED", "ORDINARY")
        (notice,) = told(store, case.case, NoticeKind.WITHDRAWAL)
        assert notice.reasons == "申请人改为提交证明"
        assert "WITHDRAWAL" not in operator.well("docket", "list", "--json").out
        again = operator.say(*given, lang="zh-Hans")
        assert (again.code, "没有待答复的撤回申请" in again.err) == (4, True)
        with store.read() as tx:
            rules = [row["rule"] for row in tx.ledger.about(case.case)]
        assert {"withdrawal.answered", "operator.case.withdrawal_answered"} <= {*rules}


def test_what_follows_of_a_withdrawal_that_came_too_late_is_said_at_the_command_line(
    operator: Operator, hand: house.Hand
) -> None:
    with house.closing(operator.store()) as store:
        case = decided(store, hand, Outcome.FALSE_KNOWING, concluded=False)
        other = house.post(case.office, house.application(2, "business-licence", {"registration-status": "存续"}))
        at = hand()
        hand.on(seconds=3600)
        with store.begin() as tx:
            number = tx.cases.get(other).reference
            review.withdraw(case.office, tx, other, "不办了", "hall", hand())
            review.conclude(case.office, tx, other, "hall", hand(), at=at)
        passing = operator.say("attention", "close", f"withdrawal_overtaken:{other}", "--note", "x")
        assert (passing.code, "case follow-withdrawal" in passing.err) == (4, True)
        told_so = ("--answer", "RETURNED", "--reasons", "证照已交回", "--by", "钱七")
        said = operator.well("case", "follow-withdrawal", number, *told_so, "--json").json
        assert (said["id"], said["state"], said["answer"]) == (other, "WITHDRAWN", "RETURNED")
        (notice,) = told(store, other, NoticeKind.WITHDRAWAL)
        assert notice.reasons == "证照已交回"
        assert operator.say("case", "follow-withdrawal", number, *told_so).code == 4


@contextmanager
def promise(operator: Operator, hand: house.Hand) -> Iterator[Kept]:
    """A promise that was found kept."""
    with house.closing(operator.store()) as store:
        office = house.open_office(store, hand, sources={"registers": house.Table(default="=")})
        case = house.post(office, house.application(1, "business-licence", {"registration-status": "存续"}))
        house.settle(office)
        with store.read() as tx:
            entry = str(tx.cases.get(case).entry)
        nobody: Place = None  # type: ignore[assignment]  # there is no receiver here
        yield Kept(place=nobody, case=Proceeding(office=office, hand=hand, case=case), entry=entry)


def annul(operator: Operator, kept: Kept, document: str, *more: str, by: str = "李四", lang: str = "en") -> Said:
    """What the command says."""
    return operator.say("credit", "annul", kept.entry, "--document", document, "--by", by, *more, lang=lang)


def state(operator: Operator, kept: Kept) -> str:
    """How the record stands, as a command says it."""
    (found,) = [
        one for one in operator.well("credit", "records", "--case", kept.case.case, "--json").json if one["entry"] == kept.entry
    ]
    return str(found["state"])


def test_two_people_of_two_users_strike_a_kept_promise_by_one_document(operator: Operator, hand: house.Hand) -> None:
    with promise(operator, hand) as kept:
        for none in ((), ("--court", "--objection"), ("--review-body", "--correction"), ("--objection", "--correction")):
            said = annul(operator, kept, "复决字1号", *none)
            assert (said.code, "--correction" in said.err) == (2, True), none
        for first, words in (("--objection", "upheld objection annuls"), ("--correction", "decide the case again")):
            said = annul(operator, kept, "复决字1号", first, *WHY)
            assert (said.code, words in said.err) == (2, True), "nobody begins by it"
        assert annul(operator, kept, "复决字1号", "--review-body").code == 2, "its subject reads why"
        assert annul(operator, kept, "复决字1号", "--review-body", *WHY).code == 0
        assert state(operator, kept) == "STANDING"
        (waits,) = operator.well("docket", "list", "--json").json
        assert (waits["kind"], waits["id"], waits["case"]) == ("STRIKING", kept.entry, kept.case.case)
        same = annul(operator, kept, "复决字1号", "--review-body", by="王五", lang="zh-Hans")
        assert (same.code, "另一名工作人员" in same.err) == (4, True), "two names of one user of the machine"
        other = annul(operator.another, kept, "复决字2号", "--review-body", by="王五")
        assert (other.code, "enter the same one" in other.err) == (4, True)
        assert annul(operator.another, kept, "复决字1号", "--court", by="王五").code == 4, "nor by another's word"
        done = annul(operator.another, kept, "复决字1号", "--review-body", "--json", by="王五")
        assert (done.code, done.json["state"]) == (0, "ANNULLED")
        assert operator.well("docket", "list", "--json").json == []
        (notice,) = told(kept.case.office.store, kept.case.case, NoticeKind.STRUCK)
        assert notice.reasons == WHY[1]


def test_an_upheld_objection_is_the_first_word_and_the_second_officer_types_its_number(
    operator: Operator, hand: house.Hand
) -> None:
    with promise(operator, hand) as kept:
        made = operator.well("credit", "object", kept.entry, "--words", "这不是我的记录", "--json").json["id"]
        upheld = ("credit", "objection", "decide", made, "--uphold", "--reason", "经核对", "--by", "周八")
        operator.well(*upheld)
        assert state(operator, kept) == "STANDING"
        assert annul(operator, kept, made, "--objection", by="吴九").code == 4, "the same user of the machine"
        assert annul(operator.another, kept, made, "--objection", by="王五").code == 0
        assert state(operator, kept) == "ANNULLED"


def test_a_case_that_was_decided_otherwise_is_the_first_word_and_the_second_officer_types_its_id(
    operator: Operator, hand: house.Hand
) -> None:
    with promise(operator, hand) as kept:
        led(kept)
        kept.case.decide(Outcome.UNTRUE_INCURABLE)
        assert annul(operator, kept, kept.case.case, "--correction", by="李四").code == 4, "who has decided it is not the second"
        done = annul(operator, kept, kept.case.case, "--correction", by="王五", lang="zh-Hans")
        assert (done.code, "已撤销" in done.out) == (0, True)
        assert state(operator, kept) == "ANNULLED"
