"""Whoever helped hears what came of it, and never last what is so no more (decision 56)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from inspector.domain.evidence import Verdict
from inspector.domain.letter import LetterKind
from inspector.flows import assist, review
from inspector.flows.office import Office
from inspector.ports import Origin, Unavailable
from inspector.store.store import Store
from tests.house import Hand, carry_out, claim, settle
from tests.integration.test_letters import Desk, an_office, opened, request_of

pytestmark = pytest.mark.alike


def in_vain(office: Office, civil: Desk, hand: Hand) -> None:
    """Everything that is due is carried out while nobody takes the agency's letters; those are tried again tomorrow."""
    while held := claim(office):
        for work in held:
            civil.fails = [Unavailable("unreachable", origin=Origin.THEM)]
            try:
                carry_out(office, work)
            except Unavailable as error:
                with office.store.begin() as tx:
                    tx.work.postpone(work, hand() + timedelta(days=1), error.code, counted=False)
    civil.fails = []


def test_an_outcome_that_nobody_took_before_the_case_was_withdrawn_is_told_no_more(store: Store, hand: Hand) -> None:
    civil = Desk("civil-affairs")
    office = an_office(store, hand, {"civil-affairs": civil, "county-office": Desk("county-office")})
    request = request_of(store, opened(office))
    settle(office)
    with store.begin() as tx:
        assist.answer(office, tx, request.id, Verdict.MATCH, "", "区民政局 王五", hand())
    in_vain(office, civil, hand)
    assert request_of(store, request.case_id).echo == "USED"
    with store.begin() as tx:
        review.withdraw(office, tx, request.case_id, "改为提交证明", "hall", hand())
    in_vain(office, civil, hand)
    hand.on(days=2)
    settle(office)
    assert [letter.outcome for letter in civil.letters if letter.kind is LetterKind.OUTCOME] == ["WITHDRAWN"]
