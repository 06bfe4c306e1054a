"""What a subject asks for or objects to at the counter counts from the day on which it was handed in, by whichever door it is typed in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from inspector.domain.calendar import due
from inspector.domain.recompute import Again
from inspector.flows.recompute import replay
from inspector.store.store import Store
from tests.edge import Edge, serving
from tests.house import Hand, settle
from tests.integration.test_creditrecords import Place, place
from tests.integration.test_forms import logged_in
from tests.integration.test_proceeding_page import send

pytestmark = pytest.mark.alike
DIGEST = "a" * 64


@pytest.fixture
def entered(store: Store, hand: Hand, tmp_path: Path) -> Iterator[tuple[Place, str, Edge]]:
    """An entry that may be repaired by now, since some days."""
    with place(store, hand, tmp_path) as here:
        entry = here.found(1)
        hand.on(days=101)
        settle(here.office)
        with serving(here.office) as edge:
            yield here, entry, edge


def again(here: Place, entry: str, rule: str) -> list[Again]:
    """What computing it again comes to."""
    with here.office.store.read() as tx:
        return [same for one, same in replay(here.office, tx, here.record(entry).case_id) if one.rule == rule]


@pytest.mark.parametrize("role", ["officer", "system"])
def test_a_repair_that_was_handed_in_earlier_is_decided_by_a_date_of_then(
    entered: tuple[Place, str, Edge], hand: Hand, role: str
) -> None:
    here, entry, edge = entered
    day, path = hand().date() - timedelta(days=4), f"/v1/credit/records/{entry}/repair"
    given = {"words": "已改正", "papers": [{"paper": "CORRECTED", "digest": DIGEST, "name": "整改报告"}]}
    with edge.as_(role, name="hall") as client:
        for said_on, stamp, code in ((day, "", "stamp_missing"), (date(2026, 1, 1), "窗口收件章", "stamp_out_of_range")):
            refused = client.post(path, json=given | {"said_on": said_on.isoformat(), "stamp": stamp})
            assert (refused.status_code, refused.json()["error"]["code"]) == (422, code)
        assert client.post(path, json=given | {"said_on": day.isoformat(), "stamp": "窗口收件章"}).status_code == 200
    repair, said_at = here.record(entry).repair, here.office.calendar.closing(day)
    law = here.office.policy("bureau", day).credit.repair
    assert repair is not None
    assert (repair.asked_at, repair.stamp) == (said_at, "窗口收件章")
    assert repair.due_at == due(said_at, law.decide, here.office.calendar).at, "no time of ours begins later by our typing"
    with here.office.store.read() as tx:
        (told,) = (one for _, one in tx.ledger.facts(["credit.repair_asked"], here.record(entry).case_id))
    assert (told["at"], told["document"]) == (said_at.isoformat(), "窗口收件章")
    assert again(here, entry, "credit.repair_asked") == [Again.SAME]


def test_so_is_an_objection_over_the_api_and_on_the_pages_which_show_what_shows_the_day(
    entered: tuple[Place, str, Edge], hand: Hand
) -> None:
    here, entry, edge = entered
    day, said_at = hand().date() - timedelta(days=4), here.office.calendar.closing(hand().date() - timedelta(days=4))
    law, told = here.office.policy("bureau", day).credit.objection, {"said_on": day.isoformat(), "stamp": "邮戳"}
    with edge.as_("officer", name="王五") as officer, edge.client() as browser:
        made = officer.post(f"/v1/credit/records/{entry}/objections", json={"words": "登记有误"} | told).json()
        logged_in(edge, browser)
        shown = browser.get(f"/credit/objections/{made['id']}").text
        assert send(browser, f"/credit/records/{entry}", "object", words="另有一点", **told).status_code == 303
    with here.office.store.read() as tx:
        both = tx.records.objections(about=entry)
    assert [(one.opened_at, one.stamp) for one in both] == [(said_at, "邮戳")] * 2
    assert {one.due_at for one in both} == {due(said_at, law.own, here.office.calendar).at}
    assert "邮戳" in shown
    assert again(here, entry, "objection.opened") == [Again.SAME] * 2
