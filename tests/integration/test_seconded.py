"""A withdrawal at the counter counts with a second officer's word: given on a page, found on the list of decisions, and then over."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from inspector.domain.case import CaseState, Outcome
from inspector.domain.consequence import Consequence
from inspector.domain.proposal import Proposal
from inspector.domain.serving import NoticeKind, SubjectWord
from inspector.domain.withdrawal import Answering, WithdrawalAnswer
from inspector.flows import review, withdrawals
from inspector.store.store import Store
from tests.edge import Edge, serving
from tests.house import Hand
from tests.integration.test_forms import logged_in
from tests.integration.test_ownword import PAPER, by_link, handed, noticed, says, state
from tests.materials import png
from tests.proceedings import Proceeding, decided
from tests.reached import opened

pytestmark = pytest.mark.alike

SPOKE = "subject_spoke"


@contextmanager
def at(edge: Edge, name: str) -> Iterator[httpx.Client]:
    """An officer at the pages."""
    with edge.client() as browser:
        logged_in(edge, browser, name=name)
        yield browser


def enters(browser: httpx.Client, notice: str, words: str, *, paper: bool = True) -> httpx.Response:
    """An officer enters a withdrawal at the page of a notice, with the scanned paper."""
    page = browser.get(f"/notices/{notice}").text
    guard = re.findall(r'name="guard" value="([^"]+)"', page)[0]
    message = re.findall(r'name="message" value="([^"]+withdraw)"', page)[0]
    files = {"file": ("scan.png", png() if paper else b"", "image/png")}
    given = {"guard": guard, "message": message, "do": "withdraw", "words": words}
    return browser.post(f"/notices/{notice}", data=given, files=files)


@pytest.mark.slow
def test_a_second_officer_finds_the_withdrawal_on_the_list_and_confirms_it_on_its_page(store: Store, hand: Hand) -> None:
    case, held = noticed(store, hand)
    name = f"{held.id}:notice"
    with serving(case.office) as edge, at(edge, "王五") as first, at(edge, "钱七") as second:
        bare = enters(first, name, "不办了", paper=False)
        assert (bare.status_code, state(case)) == (422, CaseState.CLOSED), "the paper is needed"
        assert enters(first, name, "不办了").status_code == 303
        assert (state(case), len(case.matters(SPOKE))) == (CaseState.CLOSED, 1)
        row = second.get("/review").text
        assert ("王五 登记的撤回申请" in row, f'href="/notices/{name}"' in row) == (True, True)
        assert 'value="withdraw"' not in first.get(f"/notices/{name}").text, "who has entered it is no second officer"
        page = second.get(f"/notices/{name}").text
        assert ("不办了</textarea>" in page, "王五" in page) == (True, True), "what was entered stands in the form"
        assert enters(second, name, "不办了").status_code == 303
        assert (state(case), case.matters(SPOKE)) == (CaseState.WITHDRAWN, [])
        assert "登记的撤回申请" not in second.get("/review").text


def test_the_subjects_own_withdrawal_ends_the_one_that_waited_and_no_other_word(store: Store, hand: Hand) -> None:
    case, held = noticed(store, hand)
    with serving(case.office) as edge, edge.as_("officer", name="王五") as officer:
        assert says(officer, held, file=PAPER).status_code == 200
        assert case.matters(SPOKE)
    with case.office.store.begin() as tx:
        review.withdraw(case.office, tx, case.case, "不办了", "hall", hand())
    assert (state(case), case.matters(SPOKE)) == (CaseState.WITHDRAWN, [])


def test_what_else_the_subject_has_said_still_waits_when_its_withdrawal_is_over(store: Store, hand: Hand) -> None:
    house = opened(store, hand)
    notice = house.give(NoticeKind.PROPOSAL)
    with serving(house.office) as edge, edge.as_("officer", name="王五") as officer:
        by_link(edge, house.path(notice.id), "DEFENCE", "登记有误")
        said = {"word": "WITHDRAWAL", "words": "不办了", "file": PAPER}
        assert officer.post(f"/v1/subject-notices/{notice.id}/words", json=said).status_code == 200
    with store.begin() as tx:
        review.withdraw(house.office, tx, house.case_id, "不办了", "hall", hand())
    with store.read() as tx:
        (told,) = tx.attention.standing(SPOKE)
    assert (told["word"], told["unread"]) == (SubjectWord.DEFENCE.value, [f"{notice.id}-1"])


def test_what_has_counted_once_is_no_first_word_of_another_withdrawal(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.FALSE_KNOWING, concluded=False)
    held: Consequence = case.impose(case.the(Proposal.RECORD_CREDIT))
    case.bring(held)
    with serving(case.office) as edge, edge.as_("officer", name="王五") as first, edge.as_("officer", name="钱七") as second:
        url = f"/v1/subject-notices/{held.id}:decision/words"
        for officer in (first, second):
            said = {"word": "WITHDRAWAL", "words": "不办了", "file": PAPER}
            assert officer.post(url, json=said).status_code == 200
        assert (case.matters(SPOKE), len(waiting(case))) == ([], 1), "it waits for its answer, and nothing else"
        no = Answering(answer=WithdrawalAnswer.DECLINED, reasons="无正当理由", by="赵六", token="", at=hand())
        with store.begin() as tx:
            withdrawals.answer(case.office, tx, case.case, no, hand())
        again = {"word": "WITHDRAWAL", "words": "还是不办了", "file": PAPER}
        assert first.post(url, json=again).status_code == 200
    assert (waiting(case), len(case.matters(SPOKE))) == ([], 1), "a new withdrawal needs two officers, too"


def waiting(case: Proceeding) -> list[str]:
    """Withdrawals that an officer is to answer."""
    with case.office.store.read() as tx:
        return [str(row["about"]) for row in tx.attention.page(None, kind="withdrawal_asked")]


def test_who_was_handed_the_link_finds_no_form_for_the_second_word(store: Store, hand: Hand) -> None:
    case, held = noticed(store, hand)
    with serving(case.office) as edge, at(edge, "王五") as first, at(edge, "钱七") as second:
        by_link(edge, handed(edge, held, "王五"), "WITHDRAWAL", "不办了")
        name = f"{held.id}:notice"
        assert 'value="withdraw"' not in first.get(f"/notices/{name}").text
        assert enters(second, name, "不办了").status_code == 303
    assert state(case) is CaseState.WITHDRAWN
