"""Where a pack counts lead checks, a refused one tells nobody of a visit that is still secret, and leaves an entry (scenarios 39, 40)."""

from __future__ import annotations

import json

import pytest

from inspector.domain.case import SubjectKind
from inspector.domain.tipoff import TipSource
from inspector.flows import leads
from inspector.flows.leads import Given
from inspector.flows.office import Office
from inspector.store.store import Store
from inspector.web.roles import Role
from tests.drawn import carried_out, drawing, visits
from tests.edge import serving
from tests.house import Hand, settle
from tests.integration.test_draw_rivals import announce, pooled
from tests.integration.test_leads import counting
from tests.integration.test_published import made as are_made

pytestmark = pytest.mark.alike


def proposed(office: Office, code: str, hand: Hand) -> str:
    given = Given(
        agency="bureau", source=TipSource.HOTLINE, kind=SubjectKind.FIRM, code=code, name="某公司", words="实际并未经营"
    )
    with office.store.begin() as tx:
        tip = leads.take(office, tx, given, "热线", hand())
        return leads.propose(office, tx, tip.id, "现场是否经营", "线索具体", "李四", hand()).id


def read(office: Office, number: str) -> list[dict[str, object]]:
    with office.store.read() as tx:
        return [json.loads(row["body"])["facts"] for row in tx.ledger.about(number) if row["rule"] == "draw.read"]


def test_a_head_is_told_no_number_of_a_visit_that_is_secret_and_was_told_is_on_record(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    office = pooled(office, "weekly")
    held = announce(office, hand, "weekly")
    settle(office)
    carried_out(office, hand, held.number)
    first, *_ = visits(office, held.number)
    office = counting(office)
    secret, again = proposed(office, first.code, hand), proposed(office, first.code, hand)
    said = {"approved": True, "document": "1号"}
    with serving(office) as edge:
        with edge.as_(Role.OFFICER, name="王局长") as head:
            told = head.post(f"/v1/lead-checks/{secret}/decision", json=said)
            assert (told.status_code, told.json()["error"]["code"]) == (409, "lead_cap_reached")
        assert read(office, held.number) == [{"by": "王局长", "what": f"lead:{secret}"}]
        are_made(office, hand, held.number)
        with edge.as_(Role.OFFICER, name="王局长") as head:
            other = head.post(f"/v1/lead-checks/{again}/decision", json=said)
        assert other.json()["error"] == told.json()["error"], "the same for a check that everybody may know"
    assert len(read(office, held.number)) == 1
