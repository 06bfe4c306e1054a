"""Whoever answered a part of a question hears that nothing more is needed, once, and what came of it."""

from __future__ import annotations

import pytest

from inspector.domain.letter import LetterKind
from inspector.flows import assist
from inspector.store.store import Store
from tests.house import Hand, settle
from tests.integration.test_letters import Desk, an_office, opened, request_of, withdraw

pytestmark = pytest.mark.alike


def test_who_gave_a_part_hears_the_end_once_and_what_came_of_it(store: Store, hand: Hand) -> None:
    civil = Desk("civil-affairs")
    office = an_office(store, hand, {"civil-affairs": civil})
    case_id = opened(office)
    settle(office)
    with store.begin() as tx:
        assist.partly(office, tx, request_of(store, case_id).id, "户口簿已调取", "共同生活人数", "区民政局 王五", hand())
    withdraw(office, case_id)
    settle(office)
    told = {one.kind: one for one in civil.letters if one.kind in (LetterKind.CANCEL, LetterKind.OUTCOME)}
    assert sorted(told) == [LetterKind.CANCEL, LetterKind.OUTCOME]
    assert (civil.kinds.count(LetterKind.CANCEL), civil.kinds.count(LetterKind.OUTCOME)) == (1, 1)
    assert told[LetterKind.OUTCOME].outcome == "WITHDRAWN"
    assert request_of(store, case_id).echo == "WITHDRAWN"
