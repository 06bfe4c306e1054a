"""What a matter quotes of others goes with the answers of their case, and with the case, whatever its key names.

Handbook 2.8; Personal Information Protection Law art. 19, 47.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import sqlalchemy as sa

from inspector.domain.case import Outcome
from inspector.domain.errors import Refusal
from inspector.domain.evidence import Verdict
from inspector.domain.taking import PURGED
from inspector.flows import assist, attention, mailbox, purges, review, unsettled
from inspector.flows.office import Office
from inspector.flows.purges import Amiss
from inspector.flows.verify import VALUE_UNREAD
from inspector.store.store import Store
from inspector.store.tables import work
from tests.house import Hand, Table, application, open_office, post, settle
from tests.integration.test_clerks import asked
from tests.integration.test_letters import request_of
from tests.integration.test_mailbox import put, written
from tests.integration.test_purging import holding, let_go, night
from tests.integration.test_way import HOUSEHOLD, person

pytestmark = pytest.mark.alike

WORD = "户主某某去年已迁往石桥街"


def mailed(store: Store, hand: Hand, folder: Path) -> tuple[Office, str]:
    """A case about which a mail came that is no answer; the answer came afterwards, and the case is closed. Nobody has read the mail."""
    office, case_id, letter = asked(store, hand, folder)
    put(folder, "a", written(WORD + "\n\n" + letter))
    mailbox.pick_up(office)
    request = request_of(store, case_id)
    with store.begin() as tx:
        assist.answer(office, tx, request.id, Verdict.MATCH, str(request.question["claimed"]), "赵六", hand())
    settle(office)
    decide(office, case_id, Outcome.TRUE)
    return office, case_id


def decide(office: Office, case_id: str, outcome: Outcome) -> None:
    with office.store.begin() as tx:
        if tx.cases.get(case_id).outcome is None:
            found = tuple(one.id for one in tx.cases.evidence(case_id))
            review.decide(office, tx, case_id, outcome, "李四", "已核实", found, office.now())
    settle(office)


def see(office: Office, *kinds: str) -> None:
    """An officer has seen to what waits."""
    with office.store.begin() as tx:
        for row in tx.attention.page(None):
            if not kinds or row["kind"] in kinds:
                tx.attention.close(row["id"], office.now())
    settle(office)


def amiss(office: Office) -> set[tuple[Amiss, str]]:
    with office.store.read() as tx:
        assert tx.ledger.verify()[1] is None
        return {(one.amiss, one.about) for one in purges.audit(office, tx).troubles}


def test_a_mail_that_was_read_goes_with_the_wording_of_the_answers(store: Store, hand: Hand, tmp_path: Path) -> None:
    office, _ = mailed(store, hand, tmp_path)
    see(office, *(kind for kind in kinds(store) if kind != unsettled.MAIL_UNREAD))
    night(office, hand, days=200)
    assert "attention" in holding(store, WORD), "nobody has read it"
    see(office)
    night(office, hand, days=1)
    assert holding(store, WORD) == set()
    with store.read() as tx:
        (told,) = tx.attention.of_kind(unsettled.MAIL_UNREAD)
    assert (told.facts["refused"], told.facts["filled"]) == ("mail_words", {}), "that one came, and why it was no answer, stays"
    assert amiss(office) == set()


def test_a_mail_that_nobody_has_read_keeps_its_case_and_goes_with_it(store: Store, hand: Hand, tmp_path: Path) -> None:
    office, case_id = mailed(store, hand, tmp_path)
    see(office, *(kind for kind in kinds(store) if kind != unsettled.MAIL_UNREAD))
    hand.on(days=366 * 11)
    with pytest.raises(Refusal) as held:
        let_go(office, case_id)
    assert held.value.facts["holds"] == "MATTER"
    see(office)
    let_go(office, case_id)
    assert holding(store, WORD) == set()
    with store.read() as tx:
        assert tx.attention.of_kind(unsettled.MAIL_UNREAD) == []
    assert amiss(office) == set()


def test_what_a_former_release_left_in_matters_is_seen_and_goes_in_the_night(store: Store, hand: Hand, tmp_path: Path) -> None:
    office, case_id = mailed(store, hand, tmp_path)
    with store.begin() as tx:
        for row in tx.attention.page(None, kind=unsettled.MAIL_UNREAD):
            tx.attention.name(row, [])  # the column is of 0052
        old = {"source": "registers", "count": 1, "words": [WORD], "case": case_id}
        tx.attention.open(VALUE_UNREAD, "bureau", "registers:bureau", old, hand())
        tx.attention.open(VALUE_UNREAD, "bureau", "other:bureau", {"source": "other", "words": [WORD]}, hand())
    see(office)
    hand.on(days=366 * 11)
    let_go(office, case_id)
    assert holding(store, WORD) == {"attention"}, "of one nobody knows whose words it quotes"
    assert amiss(office) == set()
    with store.begin() as tx:  # as a former release let the case go
        told = {"request": "", "text": WORD, "case": case_id}
        tx.attention.open(unsettled.MAIL_UNREAD, "bureau", "0" * 32, told, hand())
        tx.attention.close(f"{unsettled.MAIL_UNREAD}:{'0' * 32}", hand())
    assert amiss(office) == {(Amiss.STILL, case_id)}
    night(office, hand, days=1)
    assert holding(store, WORD) == set()
    assert amiss(office) == set()
    with store.read() as tx:
        counts = [one.count for one in purges.audit(office, tx).purges if one.about == "retention:attention"]
    assert counts == [1, 1], "that which is by its age, and that behind its case"


def test_the_words_of_a_source_stand_in_the_evidence_alone_and_are_read_there(store: Store, hand: Hand) -> None:
    code = "TEST00000000000001"
    office = open_office(store, hand, sources={"registers": Table(rows={("registration-status", code): WORD})})
    case_id = post(office, application(1, "business-licence", {"registration-status": "存续"}, subject_code=code))
    settle(office)
    with store.read() as tx:
        (row,) = [one for one in tx.attention.page(None) if one["kind"] == VALUE_UNREAD]
        said, cases = attention.whole(tx, row)
    assert WORD not in row["body"]
    assert (said["words"], [one.id for one in cases]) == ([WORD], [case_id])
    decide(office, case_id, Outcome.UNVERIFIABLE)
    see(office)
    night(office, hand, days=200)
    assert holding(store, WORD) == set(), json.loads(row["body"])
    with store.read() as tx:
        assert attention.whole(tx, row)[0]["words"] == []
    assert amiss(office) == set()


def kinds(store: Store) -> set[str]:
    with store.read() as tx:
        return {str(row["kind"]) for row in tx.attention.page(None)}


def shared(store: Store, hand: Hand, folder: Path) -> tuple[Office, str, str]:
    """Two cases about which one mail came that is no answer: the first is closed, the second a hundred days later."""
    office, first, _ = asked(store, hand, folder)
    second = post(office, person(2, "relief-household", HOUSEHOLD))
    settle(office)
    ids = sorted(request_of(store, case_id).id for case_id in (first, second))
    facts = {"request": "", "requests": ids, "refused": "mail_formless", "text": WORD, "filled": {}, "sender": "x@x.example"}
    for number, case_id in enumerate((first, second)):
        hand.on(days=100 * number)
        request = request_of(store, case_id)
        with store.begin() as tx:
            if request.state.open:
                assist.answer(office, tx, request.id, Verdict.MATCH, str(request.question["claimed"]), "赵六", hand())
            if not number:
                tx.attention.open(unsettled.MAIL_UNREAD, request.requester, "f" * 32, facts, hand(), ids)
        settle(office)
        decide(office, case_id, Outcome.TRUE)
    see(office)
    with store.begin() as tx:  # letters to a post room that is closed by now
        tx.connection.execute(sa.update(work).where(work.c.case_id.in_([first, second])).values(state="done"))
    return office, first, second


def test_a_mail_about_two_cases_keeps_its_words_until_the_last_ones_days_are_over(
    store: Store, hand: Hand, tmp_path: Path
) -> None:
    office, first, second = shared(store, hand, tmp_path)
    night(office, hand, days=100)
    assert holding(store, WORD) == {"attention"}, "the second is within its days"
    with store.read() as tx:
        assert PURGED in {row["rule"] for row in tx.ledger.about(first)}, "those of the first are over"
    assert amiss(office) == set()
    night(office, hand, days=100)
    assert holding(store, WORD) == set()
    with store.read() as tx:
        assert "attention" in [row["body"] for row in tx.ledger.about(second) if row["rule"] == PURGED][-1]
    assert amiss(office) == set()


def test_a_mail_about_two_cases_goes_with_the_last_of_them_that_is_let_go(store: Store, hand: Hand, tmp_path: Path) -> None:
    office, first, second = shared(store, hand, tmp_path)
    hand.on(days=366 * 11)
    let_go(office, first)
    assert holding(store, WORD) == {"attention"}, "it is the second's, too"
    assert amiss(office) == set()
    let_go(office, second)
    assert holding(store, WORD) == set()
    with store.read() as tx:
        assert tx.attention.of_kind(unsettled.MAIL_UNREAD) == []
    assert amiss(office) == set()
