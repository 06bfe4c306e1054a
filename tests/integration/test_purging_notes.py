"""What somebody wrote when closing a matter goes with what the matter was about, under whatever name (handbook 2.8; PIPL art. 47)."""

from __future__ import annotations

import json

import pytest

from inspector.domain.errors import Refusal
from inspector.domain.taking import PURGED
from inspector.domain.visit import Visit
from inspector.flows import attention, caseless, publication
from inspector.flows.office import Office
from inspector.store.store import Store
from tests.house import Hand, settle
from tests.integration.test_letters import request_of
from tests.integration.test_publications import look
from tests.integration.test_publications import said as publicly
from tests.integration.test_purging import answered, holding, let_go, troubles
from tests.integration.test_purging_visits import supervised, supervised_due

pytestmark = pytest.mark.alike
ADDRESS = "zhang@example.org"
NOTE = "已电话告知暗记店主欧阳某"
__all__ = ("answered",)


def noted(store: Store, hand: Hand, kind: str, about: str) -> None:
    """A matter that was closed with a note."""
    with store.begin() as tx:
        tx.attention.open(kind, "bureau", about, {}, hand())
        attention.close(tx, f"{kind}:{about}", "李四", hand(), note=NOTE)


def noted_of_parts(store: Store, hand: Hand, case_id: str) -> str:
    """Matters of a case's request and of its notices that were closed with a note; the request."""
    request = request_of(store, case_id).id
    with store.read() as tx:
        notices = [one.id for one in tx.servings.of_case(case_id)]
    for kind, about in (("letter_undeliverable", request), *(("notice_unserved", one) for one in notices)):
        noted(store, hand, kind, about)
    return request


def test_what_was_noted_of_a_request_or_a_notice_goes_with_their_case(
    answered: tuple[Office, str], store: Store, hand: Hand
) -> None:
    office, case_id = answered
    request = noted_of_parts(store, hand, case_id)
    assert holding(store, NOTE) == {"ledger"}
    hand.on(days=3_700)
    settle(office)
    let_go(office, case_id)
    assert (holding(store, NOTE), troubles(store)) == (set(), set())
    with store.read() as tx:
        assert any(row["rule"] == PURGED for row in tx.ledger.about(request)), "and an entry says that it went"


@pytest.mark.slow
def test_what_was_noted_of_a_visit_and_of_one_of_its_teams_goes_with_its_name(store: Store, hand: Hand) -> None:
    office, _, visit = supervised(store, hand)
    settle(office)
    look(office, hand)
    for kind, about in (("visit_unfiled", visit.id), ("visit_short", f"{visit.id}:{visit.agency}")):
        noted(store, hand, kind, about)
    hand.on(days=3_700)
    settle(office)
    publicly(office, publication.publish, office.calendar.local_date(hand()), f"公告栏，{visit.name}")
    with store.begin() as tx:
        caseless.let_go(office, tx, visit.id, "王五", hand())
    assert (holding(store, NOTE), holding(store, f"公告栏，{visit.name}"), troubles(store)) == (set(), set(), set())
    assert visit.id not in supervised_due(office)
    assert left(store, visit) == ["[…]", "[…]"], "that it was closed, and by whom, stays with the visit's draw"


def left(store: Store, visit: Visit) -> list[str]:
    """What the ledger says of the notes now."""
    with store.read() as tx:
        some = [
            row
            for about in (visit.id, f"{visit.id}:{visit.agency}")
            for row, sound in tx.ledger.checked(about, ["attention.close"])[0]
            if sound
        ]
    return [json.loads(row["body"])["facts"]["note"] for row in some]


def test_what_was_noted_of_a_letter_goes_with_its_case_and_one_that_is_open_keeps_it(
    answered: tuple[Office, str], store: Store, hand: Hand
) -> None:
    office, case_id = answered
    key = f"assist_send:{request_of(store, case_id).id}:REQUEST:housing"
    noted(store, hand, "letter_undeliverable", key)
    with store.begin() as tx:
        tx.attention.open("letter_partly", "bureau", key, {"refused": [ADDRESS]}, hand())
    hand.on(days=3_700)
    settle(office)
    with pytest.raises(Refusal, match="retention_held"):
        let_go(office, case_id)
    with store.begin() as tx:
        tx.attention.close(f"letter_partly:{key}", hand())
    let_go(office, case_id)
    assert (holding(store, NOTE), holding(store, ADDRESS), troubles(store)) == (set(), set(), set())


@pytest.mark.slow
def test_what_was_noted_of_a_seat_or_its_push_goes_with_the_visit_s_name(store: Store, hand: Hand) -> None:
    office, _, visit = supervised(store, hand)
    settle(office)
    for kind, about in (("push_undelivered", f"push:{visit.id}:1:0"), ("recusal_late", f"{visit.id}:1:0")):
        noted(store, hand, kind, about)
    with store.begin() as tx:
        tx.attention.open("push_undelivered", "bureau", f"push:{visit.id}:1:0:1", {"to": ADDRESS}, hand())
    look(office, hand)
    hand.on(days=3_700)
    settle(office)
    publicly(office, publication.publish, office.calendar.local_date(hand()), "公告栏")
    with pytest.raises(Refusal, match="MATTER"), store.begin() as tx:
        caseless.let_go(office, tx, visit.id, "王五", office.now())
    with store.begin() as tx:
        tx.attention.close(f"push_undelivered:push:{visit.id}:1:0:1", hand())
        caseless.let_go(office, tx, visit.id, "王五", office.now())
    assert (holding(store, NOTE), holding(store, ADDRESS), troubles(store)) == (set(), set(), set())
