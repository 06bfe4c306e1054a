"""Two agencies bear one name: a request goes to the one that was meant, or to nobody (scenario 56)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from inspector.domain.assistance import AssistanceState, Door
from inspector.domain.errors import Invalid
from inspector.domain.said import Said, Saying
from inspector.flows import agencytree, hearing
from inspector.flows.office import AgencyNode, Office
from inspector.store.store import Store
from tests.edge import serving
from tests.house import Hand, settle
from tests.integration.test_forms import logged_in
from tests.integration.test_letters import Desk, an_office, opened, request_of

pytestmark = pytest.mark.alike

NAME = "区住建局"


def twins(store: Store, hand: Hand) -> Office:
    """An office whose tree has two agencies of one name, each under a district of its own."""
    office = an_office(store, hand, {name: Desk(name) for name in ("civil-affairs", "d1-mail", "d2-mail")})
    districts = {one: AgencyNode(id=one, name=name, parent="city") for one, name in (("east", "东区"), ("west", "西区"))}
    both = {
        one: AgencyNode(id=one, name=NAME, parent=above, connector=f"{one}-mail")
        for one, above in (("d1", "east"), ("d2", "west"))
    }
    tree = {name: node for name, node in office.tree.items() if node.name != NAME}
    return replace(office, tree={**tree, **districts, **both})


def forwarded(office: Office, request_id: str, to: str) -> str:
    """The agency that a clerk's word sends a request to."""
    said = Said(do=Saying.FORWARD, to=to, reasons="不属于本局职权", signer="王五")
    with office.store.begin() as tx:
        return hearing.hear(office, tx, request_id, said, office.now(), Door(by="mail", token="a@b.example")).requested


def test_a_name_that_two_agencies_bear_sends_a_request_to_neither_and_says_by_which_ids_they_are_told_apart(
    store: Store, hand: Hand
) -> None:
    office = twins(store, hand)
    request = request_of(store, opened(office))
    settle(office)
    with pytest.raises(Invalid, match="forward_ambiguous") as refused:
        forwarded(office, request.id, f" {NAME} ")
    assert refused.value.facts["known"] == f"{NAME}（东区） (d1), {NAME}（西区） (d2)"
    assert request_of(store, request.case_id).state is AssistanceState.SENT
    assert forwarded(office, request.id, "d2") == "d2-mail"


def test_each_page_says_whose_of_two_namesakes_it_offers(store: Store, hand: Hand) -> None:
    office = twins(store, hand)
    request = request_of(store, opened(office))
    settle(office)
    with serving(office) as edge, edge.client() as browser:
        link = browser.get(f"/assist/{request.id}/{office.link_token('assist', request.id)}").text
        logged_in(edge, browser)
        desk = browser.get(f"/requests/{request.id}").text
    for page in (link, desk):
        assert f">{NAME}（东区）</option>" in page
        assert f">{NAME}（西区）</option>" in page


def test_no_agency_is_reached_by_what_another_is_called_by() -> None:
    tree = {
        "d1": AgencyNode(id="d1", name="一局", connector="d2"),
        "d2": AgencyNode(id="d2", name="二局", connector="d2-mail"),
    }
    (flaw,) = agencytree.flaws(tree, ())
    assert (flaw.code, flaw.facts["other"]) == ("agency_connector_named", "d2")
    assert not [*agencytree.flaws({**tree, "d1": replace(tree["d1"], connector="d1")}, ())]
