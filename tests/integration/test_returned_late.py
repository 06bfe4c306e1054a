"""What a platform sends when whoever made the visit goes no more: kept, read, and never thrown away (decisions 219, 221)."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from inspector.domain.challenge import Applicant
from inspector.domain.roster import Recusal
from inspector.flows import recusing, relief
from inspector.store.store import Store
from inspector.testing.peer import answer
from tests.house import Hand, settle
from tests.integration.test_pushes import open_lanes
from tests.integration.test_returned_whole import file, handed
from tests.materials import jpeg

pytestmark = [pytest.mark.alike, pytest.mark.slow]


def test_a_result_from_a_seat_that_has_passed_on_is_kept_with_its_photo_and_officers_are_asked(
    store: Store, hand: Hand, tmp_path: Path
) -> None:
    with handed(store, hand, tmp_path) as sent:
        office, day = sent.edge.office, sent.edge.office.calendar.local_date(hand())
        with store.begin() as tx:
            first = tx.rosters.inspector("bureau", tx.visits.team(sent.visit.id)[0].inspector)
            tx.rosters.put_inspectors([replace(first, certificate_until=day)])
        hand.on(days=1)
        with store.begin() as tx:
            relief.look(office, tx, "bureau", hand())
        told = sent.send("r-1", items=sent.items(), bz="门面整洁", jcrq=day.isoformat(), fj=[file("F-1", jpeg(), inline=True)])
        assert told.status_code == 200, told.text
        assert (told.json()["became"], told.json()["files"][0]["state"]) == ("KEPT", "KEPT")
        with store.read() as tx:
            (kept,) = tx.fieldnotes.notes(sent.visit.id, "bureau")
            asked = tx.attention.get(f"note_lapsed:{sent.visit.id}")
            held = tx.visits.get(sent.visit.id)
        assert (kept.remarks, len(sent.photos()), held.parts) == ("门面整洁", 1, ())
        assert asked is not None
        assert json.loads(asked["body"])["on"] == day.isoformat()


@pytest.mark.parametrize("how", ["left", "recused"])
def test_a_photo_that_was_named_while_its_inspector_sat_is_kept_whenever_it_is_given_and_is_not_late(
    store: Store, hand: Hand, tmp_path: Path, how: str
) -> None:
    with handed(store, hand, tmp_path) as sent:
        office = sent.edge.office
        sent.platform.fault = answer(503, {})
        assert sent.send("r-1", items=sent.items(), fj=[file("F-1", jpeg())]).status_code == 200
        settle(office)
        with store.begin() as tx:
            staff = tx.visits.team(sent.visit.id)[0].inspector
            if how == "left":
                tx.rosters.put_inspectors([replace(tx.rosters.inspector("bureau", staff), in_post=False)])
            else:
                told = {"reason": Recusal.KIN.value, "evidence": "书面申请"}
                recusing.apply(office, tx, sent.visit.id, staff, applicant=Applicant.FIRM, by="店长", **told, now=hand())
        if how == "recused":
            hand.on(hours=2)
            (head, *_) = office.tree["bureau"].heads
            with store.begin() as tx:
                recusing.decide(office, tx, sent.visit.id, staff, granted=True, by=head, why="属实", now=hand())
        sent.platform.fault, sent.platform.photos = None, {"F-1": jpeg()}
        hand.now += timedelta(days=20)
        open_lanes(office)
        settle(office)
        (kept,) = sent.photos()
        assert (kept.inspector, kept.times.late, kept.times.apart) == (staff, False, False)
        assert kept.times.received_at == hand()
        assert sent.matters() == []
