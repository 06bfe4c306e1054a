"""The public register counts each draw whose record is open, also one of which every visit was called off (一公开)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from inspector.domain.case import SubjectKind
from inspector.domain.finding import Part, Seen
from inspector.domain.gazette import CheckResult, Fallen
from inspector.domain.visit import Visit, VisitState
from inspector.flows import gazette, publication
from inspector.flows.office import Office
from inspector.store.store import Store
from tests.drawn import announced, carried_out, drawing, visits
from tests.house import Hand
from tests.integration.test_gazette import over
from tests.integration.test_publications import look, office, said

__all__ = ["office"]

pytestmark = pytest.mark.alike


def test_a_draw_of_which_every_visit_was_called_off_is_counted(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    number = announced(office, hand)[1].number
    carried_out(office, hand, number)
    some = visits(office, number)
    with store.begin() as tx:
        for one in some:
            tx.visits.put(replace(one, state=VisitState.CANCELLED))
    hand.on(days=400)
    (told,) = (one for one in gazette.gather(office, hand(), post=False).draws if one.draw == number)
    assert (told.drawn, told.made, told.called_off) == (len(some), 0, len(some))
    assert (told.results, told.waiting, told.removed) == ({}, 0, 0)


@pytest.mark.slow
def test_of_the_one_person_of_a_draw_the_counts_never_tell_what_was_found_nor_that_it_fell(office: Office, hand: Hand) -> None:
    def told() -> tuple[dict[CheckResult, int], int, int, int, int]:
        held = gazette.gather(office, office.now(), post=True)
        (one,) = (one for one in held.draws if one.draw == duty.draw)
        return dict(one.results), one.counted, one.waiting, one.removed, held.withheld

    def be(**changes: object) -> Visit:
        with office.store.begin() as tx:
            fresh = replace(tx.visits.get(duty.visit, lock=True), **changes)  # type: ignore[arg-type]
            tx.visits.put(fresh)
        return fresh

    (duty,) = look(office, hand)
    over(office)
    parts = be(kind=SubjectKind.PERSON).parts
    good = told()
    assert good == ({}, 1, 0, 0, 0)
    be(parts=(Part(agency="bureau", by="A-1", at=hand(), seen=Seen.FINDING),))
    assert told() == good, "an officer has yet to say what it came to"
    be(parts=parts)
    gazette.say(office, gazette.gather(office, office.now(), post=True), "https://example.org", "李四", office.now())
    assert told() == good, "public by the number alone"
    said(office, publication.recall, Fallen.MISTAKE, "", "")
    hand.on(days=1)
    assert told() == good, "taken back"
    gazette.say(office, gazette.gather(office, office.now(), post=True), "https://example.org", "李四", office.now())
    hand.on(days=1)
    assert told() == good, "gone"
    look(office, hand)
    hand.on(days=1)
    assert told() == good, "owed anew"
