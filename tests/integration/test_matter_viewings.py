"""Whoever reads what an agency's mail, or a source, has said of somebody has looked at the case: the list of matters writes it down."""

from __future__ import annotations

from pathlib import Path

import pytest

from inspector.flows import mailbox
from inspector.store.store import Store
from tests.edge import serving
from tests.house import Hand, Table, application, open_office, post, settle
from tests.integration.test_clerks import asked
from tests.integration.test_mailbox import put, written

pytestmark = pytest.mark.alike

WORD = "户主某某去年已迁往石桥街"


def test_the_words_of_a_mail_are_listed_behind_their_viewing(store: Store, hand: Hand, tmp_path: Path) -> None:
    office, case_id, letter = asked(store, hand, tmp_path)
    put(tmp_path, "a", written(WORD + "\n\n" + letter))
    mailbox.pick_up(office)
    with serving(office) as edge, edge.as_("ops") as ops, edge.as_("officer") as officer:
        assert WORD not in ops.get("/v1/attention").text
        with store.read() as tx:
            assert tx.viewings.of_case(case_id) == []
        assert WORD in officer.get("/v1/attention").text
        with store.read() as tx:
            (seen,) = tx.viewings.of_case(case_id)
        assert (seen.shown.value, seen.role, seen.door) == ("CASE", "officer", "api")
        officer.get("/v1/attention")
    with store.read() as tx:
        assert len(tx.viewings.of_case(case_id)) == 1, "once a day"


def test_so_are_those_of_a_source(store: Store, hand: Hand) -> None:
    code = "TEST00000000000001"
    office = open_office(store, hand, sources={"registers": Table(rows={("registration-status", code): WORD})})
    case_id = post(office, application(1, "business-licence", {"registration-status": "存续"}, subject_code=code))
    settle(office)
    with serving(office) as edge, edge.as_("officer") as officer:
        (told,) = [one for one in officer.get("/v1/attention").json()["attention"] if one["kind"] == "value_unread"]
    assert told["facts"]["words"] == [WORD]
    with store.read() as tx:
        assert [one.shown.value for one in tx.viewings.of_case(case_id)] == ["CASE"]
