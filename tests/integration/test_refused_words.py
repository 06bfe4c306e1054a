"""A word of the subject that is refused leaves nothing behind, wherever in its transaction that happens, and loses nothing said before."""

from __future__ import annotations

from base64 import b64encode

import pytest
import sqlalchemy as sa

from inspector.domain.case import CaseState
from inspector.domain.errors import Refusal
from inspector.domain.serving import NoticeKind, SubjectWord
from inspector.flows import giving, spoken
from inspector.flows.serving import token
from inspector.store.store import Store
from inspector.store.tables import metadata
from tests.edge import serving
from tests.house import Hand, settle
from tests.integration.test_creditrecords import Place, here
from tests.integration.test_forms import hidden
from tests.integration.test_withdrawing_barred import committed, stands
from tests.materials import pdf

__all__ = ["here"]
pytestmark = pytest.mark.alike


def kept(store: Store) -> dict[str, list[str]]:
    """Every row of every table, but for where sequences stand and what a request itself notes."""
    with store.read() as tx:
        return {
            table.name: sorted(str(row) for row in tx.connection.execute(sa.select(table)))
            for table in metadata.sorted_tables
            if table.name not in {"token", "clock"}
        }


def test_a_withdrawal_that_is_refused_at_its_last_step_keeps_neither_word_nor_file_and_counts_when_it_comes_again(
    store: Store, hand: Hand
) -> None:
    house, case, notice = committed(store, hand)
    settle(house)
    with serving(house) as edge, edge.as_("system", name="hall") as hall:
        path, file = f"/v1/subject-notices/{notice}/words", {"content": b64encode(pdf("理由")).decode()}
        said = {"word": "DEFENCE", "words": "不在办件范围"}
        before = kept(store)
        given = {"word": "WITHDRAWAL", "words": "改考其他科目", "file": file}
        unfit = hall.post(path, json=said | {"file": file}, headers={"Idempotency-Key": "w-1"})
        assert (unfit.status_code, unfit.json()["error"]["code"]) == (409, "word_unfit")
        late = hall.post(path, json=given, headers={"Idempotency-Key": "w-2"})
        assert (late.status_code, late.json()["error"]["code"]) == (409, "withdrawal_bars"), "refused behind file and word"
        assert kept(store) == before
        done = hall.post(path, json={**given, "bar_known": True}, headers={"Idempotency-Key": "w-2"})
        assert done.status_code == 200, "a refused message was never there: its number is free"
    assert stands(store, case) is CaseState.WITHDRAWN
    with store.read() as tx:
        (word,) = tx.servings.get(notice).words
        assert tx.materials.content(notice, word.digests[0])
    assert word.receipt == f"{notice}-1"


def test_a_repair_asked_too_early_by_the_link_keeps_nothing_shows_what_was_typed_and_leaves_the_objection_before_it(
    here: Place,
) -> None:
    office, entry = here.office, here.found(1)
    settle(office)
    notice = f"{entry}:told"
    with office.store.begin() as tx:
        case = tx.cases.get(here.record(entry).case_id)
        giving.inform(
            office,
            tx,
            case,
            notice,
            NoticeKind.RECORD,
            about=entry,
            title="信用记录告知",
            facts=("事实",),
            reasons="核查不实",
            rights=("可以提出异议",),
            basis=("S0:8",),
            now=here.hand(),
        )
    settle(office)
    with office.store.begin() as tx:
        spoken.say(office, tx, notice, SubjectWord.OBJECTION, "登记有误", (spoken.take(pdf("登记")),), here.hand())
    settle(office)
    with serving(office) as edge, edge.client() as phone:
        with office.store.read() as tx:
            path = f"/subject/{notice}/{token(office, tx, notice)}"
        shown = phone.get(path).text
        before = kept(office.store)
        form = {"word": "REPAIR", "words": "已经改正", "message": hidden(shown)}
        refused = phone.post(path, data=form, files={"material": ("证明.pdf", pdf("改正"), "application/pdf")})
        assert (refused.status_code, "已经改正" in refused.text) == (409, True)
        assert kept(office.store) == before
    with pytest.raises(Refusal, match="repair_early"), office.store.begin() as tx:
        spoken.say(office, tx, notice, SubjectWord.REPAIR, "已经改正", (), here.hand())
    assert kept(office.store) == before
    with office.store.read() as tx:
        (word,) = tx.servings.get(notice).words
        (objection,) = tx.records.objections(about=entry)
    assert (word.kind, objection.digests) == (SubjectWord.OBJECTION, word.digests)
