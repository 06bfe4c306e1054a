"""What is left to whoever watches the demo, and that nothing goes wrong where they only watch."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import pytest

from inspector.demo.caller import call, fetch
from inspector.demo.people import PATIENCE_DAYS
from inspector.testing.peer import Peer, answer, peer
from tests.integration.test_demo_people import letter, send
from tests.outside import Running, accepting, paths, push, until, world

WATCHED = ("--calm", "--cases", "0", "--watched")


def yours(outside: Running) -> Mapping[str, Any]:
    return call(f"{outside.url}/_yours").data


def said(office: Peer, about: str) -> list[str]:
    return [path for path in paths(office) if about in path and path.startswith("POST")]


@pytest.mark.slow
def test_one_assignment_is_left_to_the_visitor_until_the_office_says_that_it_is_over() -> None:
    mine, fellows, later = "w1:0:0", accepting(), accepting(1)
    seat = {"state": "HANDED_OVER", "accept_by": "2025-03-04T17:30:00+08:00", "visit": {}}
    with peer(answer(200, seat)) as office, world(*WATCHED, "--day", "0.02", "--office", office.url) as outside:
        push(outside, office, mine, to="phone-8")
        push(outside, office, fellows, to="phone-1")
        push(outside, office, later, to="phone-8")
        assert yours(outside)["seat"]["url"] == f"{office.url}/seat/{mine}/tok"
        assert fetch(f"{outside.url}/yours/seat", {})[0] == 303, "one address leads to whatever is there now"
        assert fetch(f"{outside.url}/yours/letter", {})[0] == 404
        until(lambda: yours(outside)["seat"]["by"] == seat["accept_by"])
        until(lambda: bool(said(office, "v") and said(office, later.replace(":", "%3A"))))
        assert said(office, "w1") == [], "nobody answers for the visitor; of two on one phone the second is not theirs"
        office.plays(answer(200, {**seat, "state": "EXPIRED"}))
        until(lambda: "seat" not in yours(outside))


@pytest.mark.slow
def test_the_fellow_inspector_waits_for_the_visitor_who_has_accepted_but_not_for_ever() -> None:
    fellows = accepting(1)
    seat = {"state": "ACCEPTED", "accept_by": "", "visit": {"due_at": "2025-03-06T17:30:00+08:00", "doubts": []}}
    with peer(answer(200, seat)) as office, world(*WATCHED, "--day", "1", "--office", office.url) as outside:
        push(outside, office, fellows.replace(":1:", ":0:"), to="phone-8")
        until(lambda: yours(outside)["seat"]["by"] == "2025-03-06T17:30:00+08:00")
        sent = time.monotonic()
        push(outside, office, fellows, to="phone-1")
        until(lambda: bool(said(office, "accept")))
        until(lambda: bool(said(office, "result")))
        assert time.monotonic() - sent > PATIENCE_DAYS, "a visit is made within 1.6 days where nobody is waited for"
        assert said(office, "%3A0%3A0") == []


@pytest.mark.slow
def test_a_letter_that_the_visitor_leaves_lying_is_answered_late_and_a_case_is_decided_in_time() -> None:
    waiting = {
        "cases": [{"id": "c" * 32}],
        "state": "SENT",
        "due_at": "2025-03-06T17:30:00+08:00",
        "review_reason": "CONTRADICTED",
    }
    with peer(answer(200, waiting)) as office, world(*WATCHED, "--day", "0.3", "--office", office.url) as outside:
        outside.rule(peer="housing", say="silent")
        send(outside, "housing", letter(office, "r1"))
        assert yours(outside)["letter"]["url"].startswith(f"{office.url}/assist/")
        until(lambda: "case" in yours(outside))
        assert yours(outside)["case"]["url"] == f"{office.url}/review/{'c' * 32}"
        assert said(office, "") == []
        until(lambda: bool(said(office, "/review") and said(office, "/answer")))


def test_where_nobody_watches_nothing_is_left() -> None:
    with peer() as office, world("--calm", "--cases", "0", "--day", "0.02", "--office", office.url) as outside:
        push(outside, office, accepting(), to="phone-8")
        until(lambda: bool(said(office, "/accept")))
        assert yours(outside) == {}
