"""Whoever annuls what is objected to upholds the objection, if he or she may decide it; else the objection waits for who may."""

from __future__ import annotations

from dataclasses import replace

import pytest

from inspector.domain.annulled import Annulled
from inspector.domain.case import Outcome
from inspector.domain.consequence import Consequence, ConsequenceState
from inspector.domain.deputy import Deputy
from inspector.domain.errors import Refusal
from inspector.domain.objection import Objection, ObjectionState
from inspector.domain.proposal import Proposal
from inspector.flows import annulling, deputies
from inspector.store.store import Store
from tests.edge import serving
from tests.house import Hand
from tests.proceedings import Proceeding, decided

pytestmark = pytest.mark.alike


@pytest.fixture
def case(store: Store, hand: Hand) -> Proceeding:
    return decided(store, hand, Outcome.UNTRUE_INCURABLE)


def objected(case: Proceeding) -> tuple[Consequence, Objection]:
    held = case.impose(case.the(Proposal.REVOKE))
    return held, case.object(held.id)


def annul(case: Proceeding, held: Consequence, by: str, token: str = "") -> None:
    told = Annulled.CORRECTION, "更正1号", by, case.hand()
    case.act(lambda tx: annulling.consequence(case.office, tx, held.id, *told, token=token))


def test_who_may_decide_an_objection_upholds_it_by_annulling_and_its_subject_reads_by_which_paper(case: Proceeding) -> None:
    held, objection = objected(case)
    annul(case, held, "周八", "t-周八")
    done = case.objection(objection)
    assert (done.state, done.decided_by) == (ObjectionState.UPHELD, "周八")
    assert "更正1号" in done.reasons
    with case.office.store.read() as tx:
        assert tx.servings.get(f"{objection.id}:objection").reasons == done.reasons
        (said,) = (one for _, one in tx.ledger.facts(["objection.decided"], case.case))
    assert (said["officer"], said["decided"]) == ("周八", "UPHELD")
    assert case.events("credit.objection")[-1]["objection_state"] == "UPHELD"


@pytest.mark.parametrize(("by", "token"), [("李 四", "t-9"), ("王五", ""), ("别名", "t-赵六")])
def test_who_has_a_part_in_it_ends_it_by_no_name_and_by_no_login(case: Proceeding, by: str, token: str) -> None:
    held, objection = objected(case)
    annul(case, held, by, token)
    assert (case.all()[0].state, case.objection(objection).state) == (ConsequenceState.ANNULLED, ObjectionState.OPEN)
    with pytest.raises(Refusal, match="objection_holds"):
        case.propose(Proposal.REVOKE)
    assert case.answer(objection, case.by("周八"), upheld=True).state is ObjectionState.UPHELD


def test_nor_does_who_stands_in_for_one_of_them_where_the_pack_asks(case: Proceeding) -> None:
    held, objection = objected(case)
    packs = tuple(
        replace(pack, consequences={one: replace(row, deputy_apart=True) for one, row in pack.consequences.items()})
        for pack in case.office.book.packs
    )
    case.office = replace(case.office, book=replace(case.office.book, packs=packs))
    day = case.office.calendar.local_date(case.hand())
    away = Deputy(
        id="d1", agency="bureau", officer="李四", deputy="周八", since=day, until=day, named_by="李四", named_at=case.hand()
    )
    with case.office.store.begin() as tx:
        deputies.name(case.office, tx, away, case.hand())
    annul(case, held, "周八")
    assert case.objection(objection).state is ObjectionState.OPEN


def test_over_http_too(case: Proceeding) -> None:
    held, objection = objected(case)
    with serving(case.office) as edge, edge.as_("officer", name="周八") as officer:
        told = {"why": "COURT", "document": "（2026）行终1号"}
        assert officer.post(f"/v1/consequences/{held.id}/annulment", json=told).status_code == 200
    assert case.objection(objection).decided_by == "周八"
