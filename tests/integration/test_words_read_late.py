"""A word that lay in our box counts from when it came; and the nearest superior that a letter reaches hears of a silence."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from inspector.domain.assistance import AssistanceState
from inspector.flows import mailbox, requests
from inspector.store.store import Store
from tests.house import Hand
from tests.integration.test_clerks import filled
from tests.integration.test_letters import Desk, an_office, opened, request_of
from tests.integration.test_mail_held import asked
from tests.integration.test_mailbox import put, written

pytestmark = pytest.mark.alike


def test_an_extension_that_lay_in_our_box_over_the_date_is_granted(store: Store, hand: Hand, tmp_path: Path) -> None:
    office, case_id, letter = asked(store, hand, tmp_path)
    was = request_of(store, case_id)
    came = was.due_at - timedelta(hours=20)
    told = filled(str(letter.get_content()), {"申请延期的理由": "档案移交中", "签署人": "王五"})
    put(tmp_path, "1.ext", written(told, Date=format_datetime(came)))
    os.utime(tmp_path / "new" / "1.ext", (came.timestamp(), came.timestamp()))
    hand.now = was.due_at + timedelta(hours=1)
    mailbox.pick_up(office)
    now = request_of(store, case_id)
    assert (now.state, now.extended, now.due_at > was.due_at) == (AssistanceState.EXTENDED, 1, True)


@pytest.mark.differs
def test_where_the_nearest_superior_has_no_way_the_one_above_it_hears(store: Store, hand: Hand) -> None:
    office = an_office(store, hand, {"civil-affairs": Desk("civil-affairs"), "county-office": Desk("county-office")})
    request = request_of(store, opened(office))
    assert requests.superior_of(office, request) == "county-office"
    tree = dict(office.tree)
    tree["county"] = replace(tree["county"], connector=None, parent="city")
    assert requests.superior_of(replace(office, tree=tree), request) is None
    tree["city"] = replace(tree["city"], connector="county-office")
    assert requests.superior_of(replace(office, tree=tree), request) == "county-office"
