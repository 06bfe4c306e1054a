"""Issue 8, privacy: what is over the days of its pack goes, class by class; each purge proves itself and is mistaken for nothing else.

Handbook 2.8, 1.6.6; Personal Information Protection Law art. 19 and 47.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from inspector.daemon.schedules import schedules
from inspector.domain.calendar import Term
from inspector.domain.case import CaseState
from inspector.domain.errors import Invalid, Missing, Refusal
from inspector.domain.evidence import Verdict
from inspector.domain.policy import Policy
from inspector.domain.purge import Hold, gone
from inspector.domain.recompute import Again
from inspector.domain.retention import Record
from inspector.domain.taking import PURGED
from inspector.domain.tipoff import Informant, TipSource
from inspector.flows import assist, casefile, leads, purges, purging, recompute
from inspector.flows.office import Office
from inspector.flows.purges import Amiss
from inspector.settings import Schedules
from inspector.store.store import Store
from inspector.store.tables import ledger, metadata
from tests.edge import serving
from tests.house import Hand, open_office, settle
from tests.integration.test_letters import Desk, an_office, opened, request_of

pytestmark = pytest.mark.alike

REMARK, SIGNER = "档案柜第三层原件已核", "赵六六"


@pytest.fixture
def answered(store: Store, hand: Hand) -> tuple[Office, str]:
    """A case that ended well by an agency's word."""
    office = an_office(store, hand, {name: Desk(name) for name in ("civil-affairs", "county-office", "housing")})
    case_id = opened(office, 1)
    settle(office)
    request = request_of(store, case_id)
    value = str(request.question["claimed"])
    with store.begin() as tx:
        assist.answer(office, tx, request.id, Verdict.MATCH, value, SIGNER, hand(), remark=REMARK)
    settle(office)
    with store.read() as tx:
        assert tx.cases.get(case_id).state is CaseState.CLOSED
    return office, case_id


def night(office: Office, hand: Hand, **length: float) -> None:
    """So much later the housekeeping of the night is done."""
    hand.on(**length)
    with office.store.begin() as tx:
        tx.work.order([schedules(Schedules(), {}, hand())["sweep:forget"].order(hand(), hand())], hand())
    settle(office)


def texts(store: Store) -> Iterator[str]:
    """Everything that the database says, whichever table it stands in."""
    with store.read() as tx:
        for table in metadata.sorted_tables:
            for row in tx.connection.execute(sa.select(table)):
                yield from (f"{table.name}: {one}" for one in row if isinstance(one, str))


def holding(store: Store, word: str) -> set[str]:
    return {one.partition(":")[0] for one in texts(store) if word in one}


def troubles(store: Store) -> set[tuple[Amiss, str]]:
    office = open_office(store, Hand(now=datetime(2099, 1, 1, tzinfo=UTC)))  # whatever the purges are dated
    with store.read() as tx:
        assert tx.ledger.verify()[1] is None, "a lawful purge is no tampering"
        return {(one.amiss, one.about) for one in purges.audit(office, tx).troubles}


def due(office: Office, record: Record) -> list[tuple[str, tuple[Hold, ...]]]:
    with office.store.read() as tx:
        return [(one.about, one.holds) for one in purging.ripe(office, tx, record, office.now())]


def let_go(office: Office, case_id: str, by: str = "王五") -> str:
    with office.store.begin() as tx:
        return purging.case(office, tx, case_id, by, office.now())


@pytest.mark.slow
def test_what_an_agency_said_goes_six_months_after_the_case_and_its_verdict_and_digests_stay(
    answered: tuple[Office, str], store: Store, hand: Hand
) -> None:
    office, case_id = answered
    night(office, hand, days=150)
    assert holding(store, REMARK) >= {"evidence", "ledger", "assistance"}, "within its days it stays"
    assert due(office, Record.ANSWER) == []
    hand.on(days=40)
    assert due(office, Record.ANSWER) == [(case_id, ())]
    night(office, hand, days=0)
    assert (holding(store, REMARK), holding(store, SIGNER), due(office, Record.ANSWER)) == (set(), set(), [])
    with store.read() as tx:
        (piece,) = (one for one in tx.cases.evidence(case_id) if one.via == "housing" or one.id.startswith("assist:"))
        (request,) = tx.assistance.of_case(case_id)
        (purge,) = (one for one in purges.audit(office, tx).purges if one.rule == PURGED)
        again = {one.rule: found for one, found in recompute.replay(office, tx, case_id)}
        assert recompute.altered(office, tx, case_id) == []
    assert (piece.verdict, piece.found, piece.fresh, request.reply is not None) == (Verdict.MATCH, "", True, True)
    assert (purge.about, purge.count) == (case_id, 3), "two pieces, one request"
    assert (again["assistance.answer"], again["evidence.weigh"]) == (Again.PURGED, Again.PURGED), "the replay says so"
    made = casefile.case_file(office, case_id, "王五", "dossier").judged
    assert (made.holds, made.erased) == (True, 1), "and so does a file of the case, which a stranger can check"
    with serving(office) as edge, edge.as_("officer", name="李四") as officer:
        assert officer.get(f"/v1/cases/{case_id}/explain").status_code == 200
        assert officer.get(f"/v1/cases/{case_id}").status_code == 200
    assert troubles(store) == set()
    night(office, hand, days=1)
    with store.read() as tx:
        assert sum(row["rule"] == PURGED for row in tx.ledger.about(case_id)) == 1, "once is enough"


def test_an_answer_that_somebody_changed_afterwards_is_no_purge(answered: tuple[Office, str], store: Store, hand: Hand) -> None:
    office, case_id = answered
    with store.read() as tx:
        (was,) = (one for one in tx.cases.evidence(case_id) if one.remark)
    night(office, hand, days=200)
    with store.begin() as tx:
        tx.purging.reword(was)
    assert troubles(store) == {(Amiss.STILL, case_id)}, "somebody brought it back"
    with store.begin() as tx:
        tx.purging.reword(replace(was, found="", remark="", verdict=Verdict.MISMATCH))
    with store.read() as tx:
        assert [one.about for one in recompute.altered(office, tx, case_id)] == [was.id]


@pytest.mark.slow
def test_a_case_goes_ten_years_after_its_end_by_a_named_hand_with_every_word_of_it(
    answered: tuple[Office, str], store: Store, hand: Hand
) -> None:
    office, case_id = answered
    with store.read() as tx:
        case = tx.cases.get(case_id)
    casefile.case_file(office, case_id, "王五", "dossier")
    for _ in range(10):
        night(office, hand, days=360)
    with pytest.raises(Refusal, match="retention_runs"):
        let_go(office, case_id)
    night(office, hand, days=60)
    assert due(office, Record.ENFORCEMENT) == [(case_id, ())]
    with pytest.raises(Invalid, match="signer_missing"):
        let_go(office, case_id, " ")
    entry = let_go(office, case_id)
    for word in (case.subject.name, case.subject.code, case.reference):
        assert holding(store, word) == set(), word
    assert case_id in "".join(texts(store)), "what is left is its number"
    with store.read() as tx:
        rows = tx.ledger.about(case_id)
        said = next(row for row in rows if row["id"] == entry)
        with pytest.raises(Missing, match="case_purged") as missing:
            recompute.replay(office, tx, case_id)
        assert missing.value.facts["entry"] == entry
        assert tx.past.lost(office.now() - timedelta(days=4_000), office.now()) == 1
    assert '"by": "王五"' in said["body"]
    assert "P:2.8" in said["body"]
    assert case.subject.name not in said["body"]
    assert {row["rule"] for row in rows if row["body"]} <= {PURGED, "notice.forget", "self_proof.forget"}
    assert (troubles(store), due(office, Record.ENFORCEMENT)) == (set(), [])
    night(office, hand, days=1)
    assert troubles(store) == set()


def test_what_is_still_open_is_not_let_go_and_says_what_keeps_it(answered: tuple[Office, str], store: Store, hand: Hand) -> None:
    office, case_id = answered
    hand.on(days=3_700)
    settle(office)
    with store.begin() as tx:
        of = tx.cases.get(case_id).subject
        given = leads.Given(
            agency="bureau",
            source=TipSource.HOTLINE,
            kind=of.kind,
            code=of.code,
            name=of.name,
            words="实际并未共同居住",
            informant=Informant(name="王举报"),
            case_id=case_id,
        )
        tip_id = leads.take(office, tx, given, "热线", hand()).id
    assert due(office, Record.ENFORCEMENT)[0][1] == (Hold.TIP_OFF, Hold.MATTER)
    assert due(office, Record.ANSWER)[0][1] == (Hold.TIP_OFF, Hold.MATTER), "its answers neither"
    night(office, hand, days=0)
    assert holding(store, REMARK)
    with pytest.raises(Refusal, match="retention_held") as why:
        let_go(office, case_id)
    assert why.value.facts["holds"] == "MATTER, TIP_OFF", "somebody is to see to it"
    with store.begin() as tx:
        leads.close(office, tx, tip_id, "李四", "与事实不符", hand())
    let_go(office, case_id)
    assert holding(store, "王举报") == set(), "the tip-off goes with its case"


def test_who_takes_a_case_out_by_hand_brings_one_back_or_lets_it_go_too_early_is_found(
    answered: tuple[Office, str], store: Store, hand: Hand
) -> None:
    office, case_id = answered
    with store.begin() as tx:
        tx.purging.take(case_id, [])
    assert troubles(store) == {(Amiss.UNSAID, case_id)}
    hand.on(days=3_700)
    other = opened(office, 2)
    with store.begin() as tx:
        row = next(one for one in office.book.get(tx.cases.get(other).pack).retentions if one.record is Record.ENFORCEMENT)
        until = office.calendar.local_date(hand())
        because = gone(row, "demo@1", hand(), until, {"entries": [], "rows": {"case_file": 1}})
        tx.ledger.append("f" * 32, other, because, {}, hand())
    assert troubles(store) == {(Amiss.UNSAID, case_id), (Amiss.EARLY, other), (Amiss.STILL, other)}
    with store.begin() as tx:
        tx.connection.execute(sa.delete(ledger).where(ledger.c.id == "f" * 32))


@pytest.mark.parametrize(("keep", "rows"), [("3y", 1), ("5y", 0), (None, 0)])
def test_who_was_told_what_about_whom_is_kept_as_long_as_any_pack_of_the_office_wants_it(
    answered: tuple[Office, str], store: Store, hand: Hand, keep: str | None, rows: int
) -> None:
    office, _ = answered
    term = Term.parse(keep) if keep else None

    def kept(policy: Policy) -> Policy:
        return replace(
            policy,
            retentions=tuple(replace(row, keep=term) if row.record is Record.DISCLOSURE else row for row in policy.retentions),
        )

    office = replace(office, book=replace(office.book, packs=tuple(map(kept, office.book.packs))))
    night(office, hand, days=1_101)
    with store.read() as tx:
        said = [json.loads(row["body"]) for row in tx.ledger.about("retention:inquiry")]
    assert len(said) == rows
    assert [(one["basis"], one["facts"]["row"]) for one in said] == [(["S4:56;S15:12"], "keep-disclosure")] * rows
    if term is not None and not rows:
        night(office, hand, days=5 * 366)
        with store.read() as tx:
            assert tx.ledger.about("retention:inquiry"), "by then"


def test_a_matter_is_found_by_a_name_to_the_sign(store: Store, hand: Hand) -> None:
    with store.begin() as tx:
        for about in ("assist_send:a%b:R_1:housing", "assist_send:axxb:RX1:housing", "assist_send:A%B:r_1:housing"):
            tx.attention.open("letter_undeliverable", "bureau", about, {}, hand())
    with store.read() as tx:
        for name in ("R_1", "a%b"):
            assert tx.purging.matters([name]) == ["assist_send:a%b:R_1:housing"]
            assert tx.purging.waits([name])
        assert tx.purging.matters(["R_"]) == []
