"""What an officer of ours notes for itself is shown to no other agency: by no link, no token of another house, no dossier."""

from __future__ import annotations

from dataclasses import replace

import pytest

from inspector.domain.letter import PICKED
from inspector.flows import assist, posted, replylink
from inspector.flows.unsettled import SUPERIOR_UNKNOWN
from inspector.store.store import Store
from tests.edge import serving
from tests.house import Hand, settle
from tests.integration.test_forms import logged_in
from tests.integration.test_letters import Desk, an_office, opened, request_of

pytestmark = pytest.mark.alike

NOTE, OFFICER = "已电话告知某秘书，民政局又在推诿", "李四"


def test_the_note_by_which_an_officer_picks_whom_to_tell_is_read_by_the_requester_alone(store: Store, hand: Hand) -> None:
    desks = {"civil-affairs": Desk("civil-affairs"), "housing": Desk("housing")}
    office = an_office(store, hand, desks)
    office = replace(
        office, tree={name: replace(one, connector=None) if name == "county" else one for name, one in office.tree.items()}
    )
    case_id = opened(office)
    settle(office)
    request = request_of(store, case_id)
    for rung in request.rungs:
        hand.now = rung.at
        settle(office)
    with store.begin() as tx:
        posted.seen_to(office, tx, f"{SUPERIOR_UNKNOWN}:{request.id}", OFFICER, hand(), note=NOTE)
    with store.read() as tx:
        secrets = {what: replylink.token(office, tx, what, request.id) for what in (replylink.LINK, replylink.OVERSEE)}
    with serving(office) as edge, edge.client() as browser:
        logged_in(edge, browser)
        assert NOTE in browser.get(f"/requests/{request.id}").text
        for secret in secrets.values():
            with edge.client(X_Link_Token=secret) as they:
                told = they.get(f"/v1/assistance/{request.id}")
                assert told.status_code == 200
                assert not any(word in told.text for word in (NOTE, OFFICER, PICKED)), "nor the officer's name"
        with edge.as_("officer", name=OFFICER) as ours:
            assert NOTE in ours.get(f"/v1/assistance/{request.id}").text
    with store.begin() as tx:
        assist.forward(office, tx, request.id, "housing", "由住建局办理", "王五", hand())
    settle(office)
    (letter,) = desks["housing"].letters
    assert "由住建局办理" in repr(letter), "the history goes along"
    assert not any(word in repr(letter) for word in (NOTE, OFFICER))
