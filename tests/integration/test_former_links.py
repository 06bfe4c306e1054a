"""A link that an officer took before officers had one of their own: nobody can tell who uses it, so nothing ends by it alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from inspector.domain import serving as domain
from inspector.domain.case import CaseState
from inspector.domain.consequence import Consequence, ConsequenceState
from inspector.domain.errors import Refusal
from inspector.flows import serving as links
from inspector.flows.giving import settle
from inspector.flows.unserved import held as both
from inspector.store.store import Store
from tests.edge import serving
from tests.house import Hand
from tests.integration.test_ownword import PAPER, by_link, noticed, says, state, told
from tests.proceedings import Proceeding
from tests.reached import Wire

pytestmark = pytest.mark.alike


def took(case: Proceeding, held: Consequence, by: str) -> str:
    """Whoever passes the link on takes it as former releases gave it out: the subject's own, with a name in the history. Its path."""
    name = f"{held.id}:notice"
    with case.office.store.begin() as tx:
        of, notice = both(tx, name)
        settle(tx, case.office, of, domain.handed(notice, by, case.hand(), of.pack), case.hand())
        return f"/subject/{name}/{links.token(case.office, tx, name)}"


def test_a_withdrawal_by_such_a_link_waits_for_a_second_officer_with_the_paper(store: Store, hand: Hand) -> None:
    case, held = noticed(store, hand)
    path = took(case, held, "李四")
    hand.on(days=1)
    with serving(case.office) as edge:
        with edge.client() as phone:
            assert "记在该工作人员名下" in phone.get(path).text, "whoever opens it reads so"
        by_link(edge, path, "WITHDRAWAL", "不办了")
        assert (state(case), len(told(case)), len(case.matters("subject_spoke"))) == (CaseState.CLOSED, 1, 1)
        with edge.as_("officer", name="李四") as same, edge.as_("officer", name="王五") as second:
            assert says(same, held, file=PAPER).status_code == 200
            assert state(case) is CaseState.CLOSED, "who took it is no second officer"
            assert says(second, held, file=PAPER).status_code == 200
    assert state(case) is CaseState.WITHDRAWN


def test_a_waiver_by_such_a_link_lets_whoever_took_it_decide_no_sooner(store: Store, hand: Hand) -> None:
    case, held = noticed(store, hand)
    path = took(case, held, "李四")
    with serving(case.office) as edge:
        by_link(edge, path, "WAIVER")
    with pytest.raises(Refusal, match="waiver_own"):
        case.rule(held, "李四")
    assert case.rule(held, "王五").state is ConsequenceState.IMPOSED


@pytest.mark.parametrize("by", ["hall", "sms"])
def test_what_the_approving_system_or_a_channel_has_brought_is_the_subjects_own(store: Store, hand: Hand, by: str) -> None:
    case, held = noticed(store, hand)
    ports = replace(case.office.connectors, channels={"sms": Wire()})
    case = replace(case, office=replace(case.office, connectors=ports))
    path = took(case, held, by)
    with serving(case.office) as edge:
        by_link(edge, path, "WITHDRAWAL", "不办了")
    assert (state(case), told(case)) == (CaseState.WITHDRAWN, [])


def test_called_back_and_brought_anew_it_is_the_subjects_own_again(store: Store, hand: Hand) -> None:
    case, held = noticed(store, hand)
    name = f"{held.id}:notice"
    took(case, held, "李四")
    hand.on(days=1)
    with store.begin() as tx:
        links.call_back(tx, name, "李四", "由当事人自行使用", hand())
        path = f"/subject/{name}/{links.token(case.office, tx, name)}"
    with serving(case.office) as edge:
        by_link(edge, path, "WITHDRAWAL", "不办了")
    assert state(case) is CaseState.WITHDRAWN
