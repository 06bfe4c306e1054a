"""Another agency's recent result as a way of its own: it proves, it is a lead for a person, and what is missing says nothing."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest

from connectors.sources import results
from inspector import testing
from inspector.domain.case import CaseState, ClaimStatus, Method, Outcome
from inspector.domain.errors import Invalid
from inspector.domain.evidence import FALLEN, OPEN, Verdict
from inspector.domain.notice import Notice
from inspector.domain.strategy import steps
from inspector.policybook import PacksInvalid, Policybook
from inspector.policyrender import render
from inspector.ports import AnswerStatus, Garbled, Unavailable
from inspector.store.store import Store
from inspector.testing import QUESTION, caught
from inspector.testing.peer import answer, peer
from tests import packs, reuse
from tests.facts import REGISTERED
from tests.frontends import SHANGHAI
from tests.house import Hand, Table, application, open_office, post, settle

pytestmark = [pytest.mark.alike, pytest.mark.slow]
RESULT: Mapping[str, object] = {
    "value": "存续",
    "checked_on": "2026-02-20",
    "agency": "示例区消防救援大队",
    "number": "检〔2026〕7号",
    "state": "final",
}
CLAIMED = {"registration-status": "存续"}
DAY = datetime(2026, 2, 27, tzinfo=SHANGHAI)
"""The day that the application of the tests promises of."""


@pytest.mark.slow  # its wire and its answers are those of the source over HTTP, which is held to this every day
class TestResults(testing.OverHttp, testing.SourceContract):
    """The contract."""

    factory = results.connect
    told: ClassVar[object] = {"code": 0, "data": RESULT}


def connected(url: str) -> results.ResultsSource:
    return results.connect("peer", {"url": url, "tries": 1})


def test_a_result_tells_whose_it_is_and_its_number_and_one_that_cannot_be_used_says_nothing() -> None:
    told: tuple[tuple[Mapping[str, object], object], ...] = (
        ({}, AnswerStatus.FOUND),
        ({"value": None}, "value_empty"),
        ({"checked_on": None}, "data_undated"),
        ({"state": "open"}, OPEN),
        ({"state": "revoked"}, FALLEN),
        ({"state": "disputed"}, FALLEN),
        ({"state": "perhaps"}, Garbled),
        ({"state": ""}, Garbled),
        ({"agency": ""}, Garbled),
        ({"number": None}, Garbled),
    )
    for change, becomes in told:
        with peer(answer(200, {"code": 0, "data": {**RESULT, **change}})) as there, closing(connected(there.url)) as made:
            if becomes is Garbled:
                assert isinstance(caught(lambda made=made: made.ask(QUESTION, key="k-1")), Garbled), change  # type: ignore[misc]
                continue
            found = made.ask(QUESTION, key="k-1")
        assert becomes in (found.status, found.note), change
        assert (found.value is not None) is (becomes is AnswerStatus.FOUND)
        assert found.provenance.source_version == "示例区消防救援大队 检〔2026〕7号"
    with pytest.raises(Invalid, match="number_field"):
        results.connect("peer", {"url": "http://127.0.0.1:9", "number_field": ""})


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Policybook:
    folder = tmp_path_factory.mktemp("packs")
    packs.write(folder, reuse.pack(), pack="demo")
    return Policybook.load(folder)


def asked(store: Store, hand: Hand, book: Policybook, registers: Any, peer: Any) -> tuple[Any, list[Any]]:
    """What comes of a case whose register and whose other agency answer so: the case and its evidence."""
    office = replace(open_office(store, hand, sources={"registers": registers, "peer": peer}), book=book)
    case_id = post(office, application(1, "business-licence", CLAIMED))
    settle(office)
    with store.read() as tx:
        return tx.cases.get(case_id), tx.cases.evidence(case_id)


WAYS: tuple[tuple[str | None, datetime | None, Verdict, ClaimStatus, CaseState], ...] = (
    ("=", DAY + timedelta(hours=9), Verdict.MATCH, ClaimStatus.PROVEN, CaseState.CLOSED),
    ("=", DAY - timedelta(days=20), Verdict.MATCH, ClaimStatus.PROVEN, CaseState.CLOSED),
    ("=", DAY - timedelta(days=90), Verdict.MATCH, ClaimStatus.UNDETERMINED, CaseState.REVIEW),
    ("=", None, Verdict.CANNOT_SAY, ClaimStatus.UNDETERMINED, CaseState.REVIEW),
    ("吊销", DAY + timedelta(hours=9), Verdict.MISMATCH, ClaimStatus.CONTRADICTED, CaseState.REVIEW),
    ("吊销", DAY - timedelta(days=20), Verdict.MISMATCH, ClaimStatus.STALE_LEAD, CaseState.REVIEW),
    ("吊销", None, Verdict.CANNOT_SAY, ClaimStatus.UNDETERMINED, CaseState.REVIEW),
    (None, None, Verdict.NOT_FOUND, ClaimStatus.UNDETERMINED, CaseState.REVIEW),
)


@pytest.mark.parametrize(("says", "on", "verdict", "status", "state"), WAYS)
def test_where_the_register_has_nothing_the_result_is_asked_for_and_weighed_by_its_day(
    store: Store,
    hand: Hand,
    book: Policybook,
    says: str | None,
    on: datetime | None,
    verdict: Verdict,
    status: ClaimStatus,
    state: CaseState,
) -> None:
    other = Table(name="peer", default=says, as_of=on)
    case, evidence = asked(store, hand, book, Table(), other)
    assert [(one.method, one.via, one.verdict) for one in evidence] == [
        (Method.ONLINE_QUERY, "registers", Verdict.NOT_FOUND),
        (Method.OTHER_RESULT, "peer", verdict),
    ]
    assert (case.claims[0].status, case.state) == (status, state)
    assert other.asked[0][1].basis == "S5:14"
    assert case.outcome in (None, Outcome.TRUE)


def test_what_the_register_proves_is_asked_of_nobody_else(store: Store, hand: Hand, book: Policybook) -> None:
    other = Table(name="peer", default="吊销", as_of=DAY + timedelta(hours=9))
    case, evidence = asked(store, hand, book, Table(default="="), other)
    assert (case.outcome, len(evidence), other.asked) == (Outcome.TRUE, 1, [])


def test_where_nobody_is_set_up_to_tell_results_a_person_decides(store: Store, hand: Hand, book: Policybook) -> None:
    office = replace(open_office(store, hand, sources={"registers": Table()}), book=book)
    case_id = post(office, application(2, "business-licence", CLAIMED))
    settle(office)
    with store.read() as tx:
        told = {one.method: (one.verdict, one.note) for one in tx.cases.evidence(case_id)}
        assert told[Method.OTHER_RESULT] == (Verdict.CANNOT_SAY, "source_not_configured")
        assert tx.cases.get(case_id).state is CaseState.REVIEW


# --- the pack


def test_a_notice_that_did_not_announce_it_is_not_gone_beyond(book: Policybook) -> None:
    policy = book.packs[0]
    item = policy.item("business-licence")
    row = policy.strategy(item, "U")
    former = Notice(version="2024-01", methods=frozenset({Method.ONLINE_QUERY}), basis="S0:7")
    told = [[one.method for one in steps(policy, item, item.facts[0], row, held)] for held in (None, former.methods)]
    assert told == [[Method.ONLINE_QUERY, Method.OTHER_RESULT], [Method.ONLINE_QUERY]]
    assert "其他机关结果 peer（30日内，依据 S5:14" in render(policy)


BROKEN: tuple[tuple[str, str], ...] = (
    (reuse.pack((reuse.WAYS, 'methods = ["ONLINE_QUERY"]'), ways='methods = ["ONLINE_QUERY"]'), "way_unreachable"),
    (reuse.pack((', basis = "S5:14" }', " }")), "fields_missing"),
    (reuse.pack(("S5:14", "S55:14")), "basis_unknown"),
    (reuse.pack(('"30d", basis = "S5', '"soon", basis = "S5')), "term_unreadable"),
)


@pytest.mark.parametrize(("text", "code"), BROKEN, ids=[code for _, code in BROKEN])
def test_a_pack_that_says_too_little_of_it_is_refused(tmp_path: Path, text: str, code: str) -> None:
    packs.write(tmp_path, text, pack="demo")
    with pytest.raises(PacksInvalid) as refused:
        Policybook.load(tmp_path)
    assert code in {flaw.code for flaw in refused.value.flaws}


def test_nobody_is_sent_before_it(tmp_path: Path) -> None:
    text = reuse.pack()
    before, after = '"OTHER_RESULT", "ASSISTANCE", "ON_SITE"]', '"ASSISTANCE", "ON_SITE", "OTHER_RESULT"]'
    packs.write(tmp_path, packs.edited((before, after), text=text), pack="demo")
    with pytest.raises(PacksInvalid) as refused:
        Policybook.load(tmp_path)
    assert {flaw.code for flaw in refused.value.flaws} == {"visit_before_result"}


def test_an_outage_of_the_other_agency_is_no_result() -> None:
    assert REGISTERED.result is None
    with closing(connected("http://127.0.0.1:9")) as made:
        assert isinstance(caught(lambda: made.ask(QUESTION, key="k-1")), Unavailable)
