"""What a team saw that has passed on since is kept, and is never the result of whoever was dealt afterwards (handbook 1.2.20, 34)."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from httpx import Client, Response

from inspector.domain.challenge import Applicant
from inspector.domain.visit import Visit, VisitState
from inspector.flows import recusing, relief, teamnotes
from inspector.flows.dispatch import seat_name
from tests.edge import Edge
from tests.house import Hand, settle
from tests.integration.test_fieldnotes import edge, links, note, photo, team  # noqa: F401 - fixtures
from tests.materials import jpeg


def leaves(edge: Edge, hand: Hand, visit: Visit, since: datetime) -> None:  # noqa: F811
    """The first of the team is away from a day on, and the register says so."""
    with edge.office.store.begin() as tx:
        first = tx.rosters.inspector("bureau", tx.visits.team(visit.id)[0].inspector)
        away = replace(first, leave_from=since.date(), leave_until=(since + timedelta(days=8)).date())
        tx.rosters.put_inspectors([away])
    hand.now = since
    with edge.office.store.begin() as tx:
        relief.look(edge.office, tx, "bureau", hand())
    settle(edge.office)


def sends(client: Client, seat: str, visit: Visit, key: str, captured: datetime, sent: datetime) -> Response:
    moments: Any = {"captured_at": captured.isoformat(), "sent_at": sent.isoformat()}
    headers = {"Idempotency-Key": key}
    return client.post(f"/v1/seats/{seat}/notes", json=note(visit, "mismatch", "大门紧锁", **moments), headers=headers)


def matters(edge: Edge) -> set[str]:  # noqa: F811
    with edge.office.store.read() as tx:
        return {row["kind"] for row in tx.attention.page(None) if not row["closed_at"]}


@pytest.mark.slow
def test_who_was_there_and_has_passed_on_is_heard_and_whoever_was_dealt_later_is_not_said_to_have_been_there(
    edge: Edge,  # noqa: F811
    hand: Hand,
    links: ExitStack,  # noqa: F811
) -> None:
    visit, seats, clients = team(edge, links)
    began = hand()
    leaves(edge, hand, visit, began + timedelta(days=1, hours=1))
    captured = began + timedelta(hours=2)
    kept = sends(clients[0], seats[0], visit, "n1", captured, hand()).json()
    assert (kept["became"], kept["missing"], kept["clashes"]) == ("KEPT", [], []), "what the others have to say is theirs"
    shown = photo(jpeg(), captured_at=captured.isoformat(), sent_at=hand().isoformat())
    assert clients[0].post(f"/v1/seats/{seats[0]}/photos", json=shown, headers={"Idempotency-Key": "p1"}).status_code == 200
    assert sends(clients[1], seats[1], visit, "n2", captured, hand()).json()["became"] == "KEPT"
    other = photo(jpeg(width=24), captured_at=captured.isoformat(), sent_at=hand().isoformat())
    assert clients[1].post(f"/v1/seats/{seats[1]}/photos", json=other, headers={"Idempotency-Key": "p2"}).status_code == 200
    assert {"note_lapsed", "note_against"} <= matters(edge)
    with edge.office.store.read() as tx:
        assert teamnotes.begun(edge.office, tx, tx.visits.get(visit.id)) == frozenset(), "nor has the mate begun with the new one"
        dealt = next(one for one in tx.visits.team(visit.id) if one.state.awaited)
    third = links.enter_context(edge.client(X_Link_Token=edge.office.link_token("seat", seat_name(dealt))))
    assert third.post(f"/v1/seats/{seat_name(dealt)}/accept").status_code == 200
    hand.now += timedelta(minutes=5)
    assert sends(clients[1], seats[1], visit, "n3", captured, hand()).json()["became"] == "KEPT"
    with edge.office.store.read() as tx:
        assert (tx.visits.get(visit.id).state, tx.visits.get(visit.id).parts) == (VisitState.ASSIGNED, ())
        assert len(tx.fieldnotes.notes(visit.id, "bureau")) == 3
    assert sends(third, seat_name(dealt), visit, "n4", hand(), hand()).json()["became"] == "RESULT", "the team of now has gone"


@pytest.mark.slow
def test_scenario_34_what_was_seen_before_a_challenge_was_granted_on_the_same_day_is_kept(
    edge: Edge,  # noqa: F811
    hand: Hand,
    links: ExitStack,  # noqa: F811
) -> None:
    visit, seats, clients = team(edge, links)
    captured = hand() + timedelta(hours=1)
    with edge.office.store.begin() as tx:
        first = tx.visits.team(visit.id)[0].inspector
        told = {"applicant": next(iter(Applicant)), "by": "赵", "reason": "kin", "evidence": "口头"}
        recusing.apply(edge.office, tx, visit.id, first, **told, now=hand())  # type: ignore[arg-type]
    hand.now += timedelta(hours=4)
    with edge.office.store.begin() as tx:
        recusing.decide(edge.office, tx, visit.id, first, granted=True, by="王局长", why="属实", now=hand())
    settle(edge.office)
    hand.now += timedelta(hours=2)
    for number in (0, 1):
        told_now = sends(clients[number], seats[number], visit, f"n{number}", captured, hand())
        assert told_now.json()["became"] == "KEPT"
    assert "note_lapsed" in matters(edge)
