"""Where nobody was at the premises no code could be read, and nothing is to be filed for want of one (handbook 1.4.11, decision 173)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from inspector.domain import codeless as domain
from inspector.domain.attempt import AttemptWay
from inspector.domain.duty import Follow
from inspector.domain.finding import Seen
from inspector.flows import codeless
from inspector.flows.office import Office
from inspector.store.store import Store
from tests.edge import serving
from tests.house import Hand
from tests.integration.test_codeless import ROW
from tests.integration.test_unmet import pooled, tried

pytestmark = pytest.mark.alike


def ruled(office: Office) -> Office:
    """The same office where a visit without a code is filed."""
    packs = tuple(replace(pack, follows={**pack.follows, Follow.VISIT_FILING: ROW}) for pack in office.book.packs)
    return replace(office, book=replace(office.book, packs=packs))


def filing(store: Store, visit: str) -> tuple[bool, int]:
    """Whether a visit is to be filed, and how many persons have been told so."""
    with store.read() as tx:
        return tx.visits.get(visit).filing is not None, len(tx.attention.standing(codeless.UNFILED))


@pytest.mark.slow
@pytest.mark.parametrize(("last", "filed"), [(AttemptWay.LETTER, False), (AttemptWay.ON_SITE, True)])
def test_a_firm_that_was_sought_by_telephone_and_letter_alone_was_visited_by_nobody(
    last: AttemptWay, filed: bool, store: Store, hand: Hand
) -> None:
    office, visit, seat = pooled(store, hand)
    office = ruled(office)
    for way in (AttemptWay.TELEPHONE, AttemptWay.LETTER):
        tried(office, hand, seat, way)
    hand.on(days=1)
    tried(office, hand, seat, last)
    with serving(office) as edge, edge.client(X_Link_Token=office.link_token("seat", seat)) as phone:
        assert phone.post(f"/v1/seats/{seat}/notes", json={"seen": "UNREACHABLE"}).json()["became"] == "RESULT"
    assert filing(store, visit.id) == (filed, int(filed)), "who stood before a locked door was there"


@pytest.mark.slow
@pytest.mark.parametrize(("mode", "filed"), [("documents", False), ("on-site", True)])
def test_a_check_of_papers_alone_by_the_teams_own_sheet_is_no_visit_without_a_code(
    mode: str, filed: bool, store: Store, hand: Hand
) -> None:
    office, visit, seat = pooled(store, hand)
    office = ruled(office)
    sheet = {"rows": [{"item": "", "modes": [mode]}]}
    with serving(office) as edge, edge.client(X_Link_Token=office.link_token("seat", seat)) as phone:
        told = phone.post(f"/v1/seats/{seat}/notes", json={"seen": "NOTHING", "sheet": sheet})
        assert told.json().get("became") == "RESULT", told.text
    assert filing(store, visit.id) == (filed, int(filed))


@pytest.mark.parametrize(
    ("seen", "modes", "tried", "arrived", "there"),
    [
        ((Seen.UNREACHABLE,), (), (AttemptWay.TELEPHONE,), False, False),
        ((Seen.UNREACHABLE,), (), (AttemptWay.TELEPHONE,), True, True),
        ((Seen.UNREACHABLE, Seen.NOTHING), (), (), False, True),
        ((None,), ("network",), (), False, False),
        ((None,), ("network", "on-site"), (), False, True),
        ((None,), (), (), False, True),
        ((Seen.CEASED,), (), (), False, True),
    ],
)
def test_somebody_was_there_unless_the_visits_own_papers_say_otherwise(
    seen: tuple[Seen | None, ...], modes: tuple[str, ...], tried: tuple[AttemptWay, ...], arrived: bool, there: bool
) -> None:
    assert domain.went(seen, modes, tried, arrived=arrived) is there
