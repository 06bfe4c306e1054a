"""A source's late duplicate through the whole house: it neither proves nor contradicts anything about another subject."""

from __future__ import annotations

from contextlib import closing

import pytest

from connectors.sources import http
from inspector.domain.evidence import Verdict
from inspector.store.store import Store
from inspector.testing.peer import Heard, Line, Step, answer, peer
from tests.house import Hand, application, open_office, post, settle

pytestmark = pytest.mark.alike


def test_a_late_duplicate_about_one_firm_is_no_answer_about_the_next(store: Store, hand: Hand) -> None:
    before: list[tuple[Line, Step]] = []

    def hear(heard: Heard) -> Step:
        asked = heard.json()
        struck = asked["subject"]["code"] == application(1, "business-licence", {}).subject_code
        value = "注销" if struck and asked["fact"] == "registration-status" else asked["claimed"]
        own = answer(200, {"code": 0, "data": {"value": value, "as_of": "2026-03-02"}, "version": "1"})

        def step(line: Line) -> bool:
            for earlier, said in before[-1:]:
                if line.same(earlier):
                    said(line)
            before.append((line, own))
            return own(line)

        return step

    with peer(beside={"/q": hear}) as held, closing(http.connect("registers", {"url": f"{held.url}/q"})) as made:
        office = open_office(store, hand, sources={"registers": made})
        found = []
        for number in (1, 2):
            case_id = post(office, application(number, "business-licence", {"registration-status": "存续"}))
            settle(office)
            with store.read() as tx:
                found.append([(one.verdict, one.found) for one in tx.cases.evidence(case_id)])
    assert (Verdict.MISMATCH, "注销") in found[0]
    assert {verdict for verdict, _ in found[1]} == {Verdict.MATCH}
    assert len(before) == 2, "each was asked about once"
