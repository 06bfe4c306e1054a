"""Who has declined decides nothing: neither words nor boxes nor attempts of his or hers are the new team's, and all of it is kept."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import timedelta
from typing import Any

import pytest
from httpx import Client

from inspector.domain.finding import Seen
from inspector.domain.visit import Visit
from inspector.flows.dispatch import seat_name
from inspector.web.roles import Role
from tests.edge import Edge
from tests.house import Hand, settle
from tests.integration.test_fieldnotes import edge, links, note, team

__all__ = ["edge", "links"]
pytestmark = pytest.mark.alike
CONFLICT = "与法定代表人系亲属，应当回避"


def instead(edge: Edge, links: ExitStack, visit: Visit, seat: str, client: Client) -> tuple[str, Client]:
    """Somebody declines, and who is dealt instead accepts."""
    assert client.post(f"/v1/seats/{seat}/decline", json={"reason": CONFLICT}).json()["state"] == "DECLINED"
    settle(edge.office)
    with edge.office.store.read() as tx:
        dealt = seat_name(next(one for one in tx.visits.team(visit.id) if one.state.awaited))
    third = links.enter_context(edge.client(X_Link_Token=edge.office.link_token("seat", dealt)))
    assert third.post(f"/v1/seats/{dealt}/accept").status_code == 200
    return dealt, third


def sends(client: Client, seat: str, body: dict[str, Any]) -> str:
    answer = client.post(f"/v1/seats/{seat}/notes", json=body)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["became"])


@pytest.mark.slow
@pytest.mark.parametrize("waits", [timedelta(minutes=2), timedelta(hours=2)])
def test_no_word_and_no_box_of_who_has_declined_is_of_the_result_of_who_goes_instead(
    edge: Edge, hand: Hand, links: ExitStack, waits: timedelta
) -> None:
    visit, (first, second), (client, mate) = team(edge, links)
    with edge.office.store.read() as tx:
        item = tx.cases.get(visit.doubts[0].case_id).item
    box = {"rows": [{"item": item, "outcomes": ["corrected"], "words": "现场已改"}]}
    assert sends(client, first, {"seen": "FINDING", "remarks": "后院堆满易燃物", "sheet": box}) == "WAITS"
    assert sends(mate, second, {"seen": "NOTHING", "remarks": "与其同去所见"}) == "WAITS"
    hand.on(minutes=int(waits.total_seconds() // 60))
    dealt, third = instead(edge, links, visit, first, client)
    hand.on(days=1)
    assert sends(third, dealt, note(visit, "match")) == "RESULT"
    settle(edge.office)
    with edge.office.store.read() as tx:
        held = tx.visits.get(visit.id)
        (part,) = held.parts
        assert (part.seen, part.remarks, held.ticked) == (None, "", ())
        assert part.seen is not Seen.FINDING
        assert len(tx.fieldnotes.notes(visit.id, "bureau")) == 3, "kept, to be read"
        assert "note_against" in {row["kind"] for row in tx.attention.page(None) if not row["closed_at"]}, "by an officer"


def test_no_attempt_of_who_has_declined_makes_a_firm_unreachable(edge: Edge, hand: Hand, links: ExitStack) -> None:
    visit, (first, _), (client, _) = team(edge, links)
    hand.on(days=2)
    for way, back in (("ON_SITE", 30), ("TELEPHONE", 26), ("TELEPHONE", 1)):
        told = {"way": way, "at": (hand() - timedelta(hours=back)).isoformat(), "words": "无人应答"}
        assert client.post(f"/v1/seats/{first}/attempts", json=told).status_code == 200
    with edge.as_(Role.OFFICER) as officer:
        path = f"/v1/cases/{visit.case_ids[0]}/attempts"
        assert officer.get(path).json()["enough"]
        instead(edge, links, visit, first, client)
        read = officer.get(path).json()
    assert ([one["counts"] for one in read["attempts"]], read["enough"]) == ([False] * 3, False)
