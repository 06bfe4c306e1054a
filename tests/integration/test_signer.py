"""Who signed: a person's promise that somebody else has signed without a proxy is taken, and the officer reads so (handbook 1.1.6)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from inspector.domain.case import CaseRemark, MatterKind
from inspector.domain.errors import Invalid
from inspector.flows.explain import explain
from inspector.flows.intake import Application
from inspector.flows.narrative import render
from inspector.store.store import Store
from tests.house import Hand, Table, application, open_office, post
from tests.integration.test_way import person

pytestmark = pytest.mark.alike

EXAM, RELIEF = "exam-work-years", "relief-household"
"""An item that allows no proxy, and one that allows it."""


def promise(item: str, name: str, signer: str, proxy: str | None = None) -> Application:
    """A person's promise, signed by somebody, under the notice in force."""
    matter, claims = {
        EXAM: (MatterKind.CONFIRMATION, {"work-years": "5"}),
        RELIEF: (MatterKind.BENEFIT, {"household": "3"}),
    }[item]
    given = person(1, item, claims, matter)
    return replace(given, subject_name=name, signed_by=signer, proxy=proxy, notice_version="2025-01")


@pytest.mark.parametrize(
    ("given", "odd"),
    [
        (promise(RELIEF, "王小二", "李四"), True),
        (promise(RELIEF, "王小二", "王小二"), False),
        (promise(RELIEF, "买买提·艾力", " 买买提•艾力"), False),
        (promise(RELIEF, "Wang Xiaoer", "ＷＡＮＧ　xiaoer"), False),
        (promise(RELIEF, "王小二", "李四", proxy="李四"), False),
        (promise(RELIEF, "王小二", "王小二", proxy="李四"), False),
        (promise(RELIEF, "王小二", "张三", proxy="李四"), True),
        (application(1, "business-licence", {"registration-status": "存续"}, notice_version="2025-01"), False),
    ],
    ids=[
        "another",
        "the same",
        "another dot",
        "another width",
        "the proxy",
        "in spite of a proxy",
        "a third",
        "a firm's officer",
    ],
)
def test_a_signer_who_is_neither_the_person_nor_a_named_proxy_is_remarked_on_and_nobody_else(
    store: Store, hand: Hand, given: Application, odd: bool
) -> None:
    office = open_office(store, hand, sources={"registers": Table(default=None)})
    case_id = post(office, given)
    with store.read() as tx:
        assert tx.cases.get(case_id).remarks == ((CaseRemark.SIGNER,) if odd else ())
        told = [render(explain(office, tx, case_id), lang) for lang in ("zh-Hans", "en")]
    for one, words in zip(told, ("签署人既不是", "neither the person"), strict=True):
        assert (words in one) is odd
        assert given.signed_by.strip() in one, "who signed is told in any case"


def test_where_nobody_may_sign_by_proxy_the_remark_says_so_and_a_named_proxy_stays_refused(store: Store, hand: Hand) -> None:
    office = open_office(store, hand)
    case_id = post(office, promise(EXAM, "王小二", "李四"))
    with store.read() as tx:
        told = {lang: render(explain(office, tx, case_id), lang) for lang in ("zh-Hans", "en")}
    assert "李四" in told["zh-Hans"]
    assert "本事项不得代为承诺" in told["zh-Hans"]
    assert "nobody may promise it by proxy" in told["en"]
    with pytest.raises(Invalid, match="proxy_not_allowed"):
        post(office, replace(promise(EXAM, "王小二", "李四", proxy="李四"), reference="R-2"))
