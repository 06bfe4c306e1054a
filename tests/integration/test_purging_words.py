"""Whatever an agency says of a request before it answers goes with the answer's wording, by whichever way it was said.

Handbook 2.8; Personal Information Protection Law art. 19.
"""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from inspector.domain.assistance import Quarrel
from inspector.domain.evidence import Verdict
from inspector.domain.retention import Record
from inspector.domain.said import Said, Saying
from inspector.flows import assist, casefile, recompute, transcription
from inspector.flows.transcription import Paper
from inspector.store.store import Store
from tests.house import Hand, settle
from tests.integration.test_letters import Desk, an_office, opened, request_of
from tests.integration.test_purging import due, holding, night, troubles

pytestmark = pytest.mark.alike

PAPER, DAY = "来函原文第七号", date(2026, 6, 30)


def word(step: str) -> str:
    """What is said with a step, and nowhere else."""
    return f"某某住户之事由{step}"


def test_no_word_that_came_before_the_answer_outlives_it(store: Store, hand: Hand) -> None:
    office = an_office(store, hand, {name: Desk(name) for name in ("civil-affairs", "county-office", "housing")})
    case_id = opened(office, 1)
    settle(office)
    request = request_of(store, case_id)

    def on_paper(said: Said) -> None:
        with store.begin() as tx:
            transcription.transcribe(office, tx, request.id, said, Paper(written=PAPER + said.do, scan="0" * 64), "李四", hand())

    on_paper(Said(do=Saying.ACCEPT, signer=word("accept")))
    on_paper(Said(do=Saying.PROPOSE, signer=word("propose-signer"), day=DAY, reasons=word("propose")))
    on_paper(Said(do=Saying.EXTEND, signer=word("extend-signer"), reasons=word("extend")))
    on_paper(Said(do=Saying.PARTLY, signer=word("part-signer"), value=word("part"), rest=word("rest"), reasons=word("part-why")))
    with store.begin() as tx:
        assist.contest(office, tx, request.id, Quarrel.GROUND, word("contest"), word("contest-signer"), hand())
        assist.decide(office, tx, request.id, True, word("decide"), word("decide-signer"), hand())
    on_paper(Said(do=Saying.ANSWER, signer=word("signer"), verdict=Verdict.MATCH, reasons=word("remark")))
    settle(office)
    assert request_of(store, case_id).proposed is not None, "nobody ever decided about the date"
    assert {holding(store, some) >= {"assistance", "ledger"} for some in (PAPER, word("propose"), word("decide"))} == {True}
    hand.now += timedelta(days=190)
    assert due(office, Record.ANSWER) == [(case_id, ())]
    night(office, hand, days=0)
    left = {some: holding(store, some) for some in (PAPER, word(""))}
    assert left == {PAPER: set(), word(""): set()}
    kept = request_of(store, case_id)
    assert kept.proposed is not None
    assert (kept.proposed.due_at, kept.door is not None and kept.door.name) == (office.calendar.closing(DAY), "paper")
    assert troubles(store) == set()
    with store.read() as tx:
        assert recompute.altered(office, tx, case_id) == []
    assert casefile.case_file(office, case_id, "王五", "dossier").judged.holds
