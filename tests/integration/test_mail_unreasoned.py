"""A refusal by mail without reasons is none: its agency is told so by mail, once, and the officer reads what is to be done."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from inspector.domain.assistance import AssistanceState
from inspector.flows import mailbox, posted, unsettled
from inspector.store.store import Store
from tests.edge import serving
from tests.house import Hand, post, settle
from tests.integration.test_clerks import filled
from tests.integration.test_forms import logged_in
from tests.integration.test_letters import an_office, request_of
from tests.integration.test_mail import agency
from tests.integration.test_mailbox import ABSENT, put, written
from tests.integration.test_way import HOUSEHOLD, person
from tests.mailroom import mailroom

pytestmark = pytest.mark.alike

NO = {"不能协助的原因": "没有所需资料", "签署人": "王五"}


def test_the_agency_is_told_once_that_reasons_are_missing_and_refuses_anew(store: Store, hand: Hand, tmp_path: Path) -> None:
    with mailroom() as room:
        office = an_office(store, hand, {"civil-affairs": agency(room.port, inbox_folder=str(tmp_path))})
        case_id = post(office, person(1, "relief-household", HOUSEHOLD))
        settle(office)
        letter = str(room.letters[0].get_content())

        def come(name: str, told: Mapping[str, str], **more: str) -> list[str]:
            put(tmp_path, name, written(filled(letter, told), number=f"<{name}@housing.example>", **more))
            mailbox.pick_up(office)
            settle(office)
            return [str(one["Subject"]) for one in room.letters[1:]]

        assert come("machine", NO, **ABSENT) == [], "a machine is answered by nobody"
        assert come("stranger", NO, sender="x@else.example") == [], "and a stranger hears nothing of us"
        (subject,) = come("one", NO)
        assert subject.startswith("补充理由函")
        assert "来信未写明理由，不发生效力" in str(room.letters[1].get_content())
        assert come("two", NO) == [subject], "however often it says so, it hears so once"
        assert request_of(store, case_id).state is AssistanceState.SENT
        with serving(office) as edge, edge.client() as browser:
            logged_in(edge, browser)
            shown = browser.get(f"/requests/{request_of(store, case_id).id}").text
        assert shown.count("已另函告知被请求机关") == 2
        with store.begin() as tx:
            for row in tx.attention.page(None, kind=unsettled.MAIL_UNREAD):
                posted.seen_to(office, tx, row["id"], "李四", hand(), note="已阅")
        come("three", {**NO, "理由": "我局未保存该类档案"})
    held = request_of(store, case_id)
    assert (held.state, [one.rule for one in held.history].count("assistance.unreasoned")) == (AssistanceState.DECLINED, 1)
