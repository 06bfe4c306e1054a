"""Whether the asked agency is competent is looked at before a request leaves (handbook 1.5.2); nobody is silent who was not asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import time

import pytest

from inspector.cli import above
from inspector.domain.assistance import AssistanceState
from inspector.domain.letter import LetterKind
from inspector.flows import assist, attention, posted
from inspector.flows.office import Office, behind
from inspector.flows.scoreboard import scoreboard
from inspector.flows.unsettled import COMPETENCE_DOUBTED
from inspector.labels import LANGS
from inspector.store.store import Store
from tests.house import Hand, settle
from tests.integration.test_letters import Desk, an_office, opened, request_of

pytestmark = pytest.mark.alike

LISTED = {"marriage-status": "婚姻登记条例 2"}


def listing(office: Office, powers: Mapping[str, str], agency: str = "civil-affairs") -> Office:
    """The same office, whose settings list what an agency is competent for."""
    node = behind(office.tree, agency)
    assert node is not None
    return replace(office, tree={**office.tree, node.id: replace(node, powers=powers)})


def doubts(office: Office) -> list[str]:
    with office.store.read() as tx:
        return [str(one["about"]) for one in tx.attention.page(None, kind=COMPETENCE_DOUBTED)]


def later(office: Office, hand: Hand) -> None:
    """Whoever waits looks again."""
    hand.on(minutes=16)
    settle(office)


def test_a_letter_about_what_an_agency_does_not_list_waits_for_an_officer_who_says_why_it_is_competent(
    store: Store, hand: Hand
) -> None:
    civil = Desk("civil-affairs")
    office = listing(an_office(store, hand, {"civil-affairs": civil}), LISTED)
    case_id = opened(office)
    settle(office)
    later(office, hand)
    request = request_of(store, case_id)
    assert (civil.letters, doubts(office), request.state) == ([], [request.id], AssistanceState.ORDERED)
    fact = str(request.question["fact"])
    with store.read() as tx:
        (matter,) = tx.attention.page(None, kind=COMPETENCE_DOUBTED)
    assert matter["agency"] == request.requester
    for lang in LANGS:
        told = attention.told(COMPETENCE_DOUBTED, str(matter["body"]), lang)
        assert all(one in told for one in ("civil-affairs", fact, "marriage-status")), "the officer reads what is doubted and why"
    warned = list(above.unlisted(office.book, office.tree, office.calendar.local_date(hand())))
    assert {one.name for one in warned} == {"agencies.civil"}
    assert any(fact in one.what[0] for one in warned), "`check` says so before"
    with store.begin() as tx:
        posted.seen_to(office, tx, f"{COMPETENCE_DOUBTED}:{request.id}", "钱二", hand(), note="三定规定第五项")
    later(office, hand)
    held = request_of(store, case_id)
    assert (civil.kinds, held.state, doubts(office)) == ([LetterKind.REQUEST], AssistanceState.SENT, [])
    assert [(one.who, one.said) for one in held.history if one.rule == "assistance.vouched"] == [("钱二", "三定规定第五项")]
    with store.read() as tx:
        assert [row["rule"] for row in tx.ledger.about(case_id)].count("assistance.vouched") == 1


def test_what_is_listed_or_of_an_agency_that_lists_nothing_leaves_at_once(store: Store, hand: Hand) -> None:
    civil = Desk("civil-affairs")
    plain = an_office(store, hand, {"civil-affairs": civil})
    opened(plain)
    settle(plain)
    assert civil.kinds == [LetterKind.REQUEST]
    fact = str(request_of(store, opened(plain, 2)).question["fact"])
    office = listing(plain, {**LISTED, fact: "社会救助暂行办法 3"})
    settle(office)
    assert (civil.kinds, doubts(office)) == ([LetterKind.REQUEST] * 2, [])
    warned = above.unlisted(office.book, office.tree, office.calendar.local_date(hand()))
    assert not [one for one in warned if fact in one.what[0]]


def test_a_list_that_was_mended_meanwhile_ends_the_doubt(store: Store, hand: Hand) -> None:
    civil = Desk("civil-affairs")
    office = listing(an_office(store, hand, {"civil-affairs": civil}), LISTED)
    case_id = opened(office)
    settle(office)
    fact = str(request_of(store, case_id).question["fact"])
    mended = listing(office, {**LISTED, fact: "社会救助暂行办法 3"})
    later(mended, hand)
    assert (civil.kinds, doubts(mended)) == ([LetterKind.REQUEST], [])


def test_a_letter_that_nobody_lets_go_has_reached_nobody_and_is_nobodys_silence(store: Store, hand: Hand) -> None:
    civil, county = Desk("civil-affairs"), Desk("county-office")
    office = listing(an_office(store, hand, {"civil-affairs": civil, "county-office": county}), LISTED)
    case_id = opened(office)
    settle(office)
    for _ in range(40):
        hand.on(days=1)
        settle(office)
    held = request_of(store, case_id)
    assert (civil.letters, county.letters, held.state) == ([], [], AssistanceState.UNANSWERED)
    with store.read() as tx:
        (score,) = scoreboard(office, tx)
    assert (score.unreached, score.unanswered, score.escalated, doubts(office)) == (1, 0, 0, [])


def test_a_doubtful_letter_is_put_into_no_digest(store: Store, hand: Hand) -> None:
    civil = Desk("civil-affairs")
    office = listing(an_office(store, hand, {"civil-affairs": civil}), LISTED)
    node = behind(office.tree, "civil-affairs")
    assert node is not None
    office = replace(office, tree={**office.tree, node.id: replace(node, digest=time(8, 30))})
    case_id = opened(office)
    settle(office)
    hand.on(days=1)
    settle(office)
    assert (civil.letters, doubts(office)) == ([], [request_of(store, case_id).id])


def test_an_agency_that_another_one_names_as_competent_is_looked_at_too(store: Store, hand: Hand) -> None:
    civil, housing = Desk("civil-affairs"), Desk("housing")
    office = listing(an_office(store, hand, {"civil-affairs": civil, "housing": housing}), LISTED, "housing")
    case_id = opened(office)
    settle(office)
    request = request_of(store, case_id)
    with store.begin() as tx:
        new = assist.forward(office, tx, request.id, "housing", "职权已划转", "赵六", hand())
    settle(office)
    assert (civil.kinds, housing.letters, doubts(office)) == ([LetterKind.REQUEST], [], [new.id])
    with store.begin() as tx:
        posted.seen_to(office, tx, f"{COMPETENCE_DOUBTED}:{new.id}", "钱二", hand(), note="机构改革方案")
    later(office, hand)
    assert housing.kinds == [LetterKind.REQUEST]
