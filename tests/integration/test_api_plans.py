"""Annual plans over HTTP: two persons, two tokens, one database user; the same rules as at the command line."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from inspector.flows import planning
from inspector.store.store import Store
from tests.edge import Edge, serving
from tests.house import Hand, settle
from tests.integration.test_annual_plan import a_clock, an_office, by_hand, draws, told

pytestmark = pytest.mark.alike

PATH = "/v1/plans/weekly/2026"


@pytest.fixture
def edge(store: Store, hand: Hand) -> Iterator[Edge]:
    with serving(an_office(store, hand)) as held:
        yield held


def code(answer: httpx.Response) -> tuple[int, str]:
    """What an answer is, in short."""
    told = answer.json()
    return answer.status_code, told["error"]["code"] if "error" in told else told["state"]


def test_a_clerk_draws_the_plan_up_an_officer_approves_it_and_once_it_is_published_its_draws_take_place(
    edge: Edge, hand: Hand
) -> None:
    clock = a_clock(edge.office)
    hand.on(hours=2)
    clock.fire_due()
    settle(edge.office)
    assert draws(edge.office) == [], "the slot came without a plan"
    with edge.as_("clerk", name="王科员") as clerk, edge.as_("officer", name="李主任") as officer:
        made = clerk.post(PATH, json={"set_aside": {"pool-U": 2}})
        assert code(made) == (201, "DRAFT")
        digest = made.json()["digest"]
        assert (made.json()["created_by"], made.json()["strata"][0]["set_aside"]) == ("王科员", 2)
        assert code(officer.post(f"{PATH}/publish", json={"reference": "公告栏"})) == (409, "plan_state")
        given = {"document": "审管〔2026〕3号", "digest": digest[:12], "on": "2026-03-02"}
        assert code(officer.post(f"{PATH}/approve", json=given)) == (200, "APPROVED")
        published = clerk.post(f"{PATH}/publish", json={"reference": "公告栏"})
        assert code(published) == (200, "PUBLISHED")
        assert (published.json()["approved_by"], published.json()["digest"]) == ("李主任", digest)
        settle(edge.office)
        (made_up,) = draws(edge.office)
        assert by_hand(edge.office) == made_up, "the missed slot was made up for, once"
        assert code(officer.post(f"{PATH}/withdraw", json={"reason": "有误"})) == (200, "WITHDRAWN")
    steps = told(edge.office, "plan:weekly:2026")
    assert [(rule, facts["by"]) for rule, facts in steps] == [
        ("plan.create", "王科员"),
        ("plan.approve", "李主任"),
        ("plan.publish", "王科员"),
        ("plan.withdraw", "李主任"),
    ]


def test_nobody_approves_over_http_what_he_drew_up_be_it_by_a_second_token_or_at_the_command_line(edge: Edge) -> None:
    with edge.office.store.begin() as tx:
        held = planning.create(edge.office, tx, "weekly", 2027, by="王科员 (os:wang)", now=edge.office.now())
    with edge.as_("officer", name="王科员") as officer, edge.as_("clerk", name="王科员") as clerk:
        given = {"document": "3号", "digest": held.digest}
        assert code(officer.post("/v1/plans/weekly/2027/approve", json=given)) == (409, "plan_own_approval")
        made = clerk.post(PATH, json={})
        given["digest"] = made.json()["digest"]
        refused = officer.post(f"{PATH}/approve", json=given)
        assert code(refused) == (409, "plan_own_approval")
        assert "(--by)" not in refused.json()["error"]["message"], "what was just refused is not advised"


def test_only_the_right_roles_of_the_leading_agency_move_a_plan(edge: Edge) -> None:
    with edge.as_("clerk") as clerk, edge.as_("officer", "other") as stranger, edge.as_("auditor") as auditor:
        assert code(auditor.post(PATH, json={})) == (403, "role_missing")
        assert code(stranger.post(PATH, json={})) == (404, "plan_unknown")
        assert code(clerk.post("/v1/plans/yearly/2026", json={})) == (404, "plan_unknown")
        given = {"document": "3号", "digest": clerk.post(PATH, json={}).json()["digest"]}
        assert code(clerk.post(f"{PATH}/approve", json=given)) == (403, "role_missing")
        assert code(clerk.post(f"{PATH}/withdraw", json={"reason": "有误"})) == (403, "role_missing")
        assert code(stranger.post(f"{PATH}/approve", json=given)) == (404, "plan_year_unknown")
        assert code(stranger.post("/v1/plans/weekly/2028/publish", json={"reference": "x"})) == (404, "plan_year_unknown")


def test_a_step_with_a_message_id_counts_once_and_one_that_names_no_digest_is_refused(edge: Edge) -> None:
    once = {"Idempotency-Key": "plan-1"}
    with edge.as_("clerk", name="王科员") as clerk, edge.as_("officer", name="李主任") as officer:
        made = [clerk.post(PATH, json={}, headers=once) for _ in range(2)]
        assert [one.status_code for one in made] == [201, 201]
        assert made[0].json() == made[1].json()
        assert code(clerk.post(PATH, json={})) == (409, "plan_exists")
        assert code(officer.post(f"{PATH}/approve", json={"document": "3号"})) == (422, "message_invalid")
        wrong = {"document": "3号", "digest": "0" * 64}
        assert code(officer.post(f"{PATH}/approve", json=wrong)) == (409, "plan_digest_differs")
    assert [rule for rule, _ in told(edge.office, "plan:weekly:2026")] == ["plan.create"]
