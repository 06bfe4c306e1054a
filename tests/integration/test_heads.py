"""Who decides an application for recusal: the head of the agency, and above him where it is his own (handbook 1.2.21; decision 144)."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from inspector.domain.challenge import ChallengeState
from inspector.domain.deputy import Deputy
from inspector.domain.errors import Forbidden, Refusal
from inspector.flows import deputies, dispatch
from inspector.flows.office import Office
from inspector.flows.seats import ASKED
from inspector.store.store import Store
from inspector.web.roles import Role
from tests.edge import serving
from tests.house import TREE, Hand, settle
from tests.integration.test_recusal import applied, decided, sitting
from tests.integration.test_relief import drawn

pytestmark = [pytest.mark.alike, pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]


def headed(office: Office, **heads: tuple[str, ...]) -> Office:
    """These are the heads, and nobody else is."""
    tree = {name: replace(node, heads=heads.get(name, ())) for name, node in TREE.items()}
    return replace(office, tree=tree)


def named(staff: str) -> str:
    """As the register of the tests names an inspector."""
    return f"检查员{int(staff[1:])}"


def test_neither_the_teammate_nor_any_other_officer_decides_but_the_head(store: Store, hand: Hand) -> None:
    office, _, visit = drawn(store, hand, staff=6)
    office = headed(office, bureau=("陈局长",))
    first, second = sitting(office, visit)
    applied(office, visit, first)
    for mate in (second, named(second)):
        with pytest.raises(Refusal, match="challenge_own"):
            decided(office, visit, first, granted=True, by=mate)
    with pytest.raises(Forbidden, match="challenge_not_head"):
        decided(office, visit, first, granted=True, by="李科长")
    assert decided(office, visit, first, granted=True, by=" 陈局长").state is ChallengeState.GRANTED


def test_the_heads_own_recusal_is_decided_by_the_superior_agencys_head(store: Store, hand: Hand) -> None:
    office, _, visit = drawn(store, hand, staff=6)
    first, second = sitting(office, visit)
    office = headed(office, bureau=(named(first), "陈局长"), city=("市长",))
    applied(office, visit, first)
    with pytest.raises(Forbidden, match="challenge_not_head"):
        decided(office, visit, first, granted=False, by="陈局长")
    with store.read() as tx:
        assert [row["agency"] for row in tx.attention.page(None)] == ["city"], "the matter is where it is decided"
    assert decided(office, visit, first, granted=False, by="市长").state is ChallengeState.REFUSED
    office = headed(office, bureau=(named(first),), city=("市长",))
    applied(office, visit, second, by="陈")
    with pytest.raises(Refusal, match="challenge_own"):
        decided(office, visit, second, granted=False, by=named(first))
    assert decided(office, visit, second, granted=False, by="市长").state is ChallengeState.REFUSED, "the head goes along himself"


def test_where_no_head_is_named_it_is_said_what_is_missing_and_nobody_decides(store: Store, hand: Hand) -> None:
    office, _, visit = drawn(store, hand, staff=6)
    office = headed(office)
    first, _ = sitting(office, visit)
    applied(office, visit, first)
    with pytest.raises(Refusal, match="challenge_headless"):
        decided(office, visit, first, granted=True)
    with serving(office) as edge, edge.as_(Role.OFFICER) as officer:
        told = officer.post(f"/v1/visits/{visit.id}/recusals/{first}", json={"granted": True, "why": "属实"})
    assert (told.status_code, "[agencies.bureau]" in told.text) == (409, True)


def stands_in(office: Office, deputy: str, *, officer: str = "陈局长", agency: str = "bureau", by: str = "") -> Deputy:
    """Somebody decides in a head's stead from today on, for a week."""
    day, now = office.calendar.local_date(office.now()), office.now()
    made = Deputy(
        id=f"{agency}-{deputy}",
        agency=agency,
        officer=officer,
        deputy=deputy,
        since=day,
        until=day + timedelta(days=6),
        named_by=by or officer,
        named_at=now,
    )
    with office.store.begin() as tx:
        return deputies.name(office, tx, made, now)


def test_while_the_head_is_away_the_deputy_decides_and_the_ledger_says_in_whose_stead(store: Store, hand: Hand) -> None:
    office, _, visit = drawn(store, hand, staff=6)
    office = headed(office, bureau=("陈局长",))
    first, second = sitting(office, visit)
    stands_in(office, "周副局长")
    applied(office, visit, first)
    (matter,) = told(office)
    assert (matter["officer"], matter["instead"]) == ("陈局长", "周副局长")
    with pytest.raises(Forbidden, match="challenge_not_head") as refused:
        decided(office, visit, first, granted=True, by="李科长")
    assert refused.value.facts["heads"] == "陈局长, 周副局长", "whoever asks hears who may"
    made = decided(office, visit, first, granted=False, by="周副局长")
    assert (made.decided_by, made.stead) == ("周副局长", "陈局长")
    with store.read() as tx:
        (entry,) = [json.loads(row["body"])["facts"] for row in tx.ledger.about(visit.id) if row["rule"] == "challenge.decide"]
    assert (entry["by"], entry["stead"]) == ("周副局长", "陈局长")
    with store.read() as tx:
        (heard,) = [json.loads(row["body"]) for row in tx.attention.page(None) if row["kind"] == deputies.STOOD]
    assert (heard["officer"], heard["instead"], heard["visit"]) == ("陈局长", "周副局长", visit.id), "and the head hears of it"
    hand.on(days=8)
    applied(office, visit, second, now=hand())
    with pytest.raises(Forbidden, match="challenge_not_head"):
        decided(office, visit, second, granted=False, by="周副局长")
    assert decided(office, visit, second, granted=False).stead == "", "the head is back"


def test_a_head_who_goes_along_has_a_deputy_and_none_of_the_team_is_one(store: Store, hand: Hand) -> None:
    office, _, visit = drawn(store, hand, staff=6)
    first, second = sitting(office, visit)
    head = named(second)
    office = headed(office, bureau=(head,), city=("市长",))
    stands_in(office, "周副局长", officer=head, by="市长")
    applied(office, visit, first)
    assert "instead" not in told(office)[0], "of matters nobody reads who goes"
    with pytest.raises(Forbidden, match="challenge_not_head"):
        decided(office, visit, first, granted=False, by="市长")
    assert decided(office, visit, first, granted=False, by="周副局长").stead == head


@pytest.mark.parametrize("who", ["concerned", "teammate"])
def test_neither_the_inspector_concerned_nor_a_teammate_decides_as_the_heads_deputy_nor_whom_they_have_named(
    who: str, store: Store, hand: Hand
) -> None:
    office, _, visit = drawn(store, hand, staff=6)
    office = headed(office, bureau=("陈局长",))
    first, second = sitting(office, visit)
    one = named(first if who == "concerned" else second)
    applied(office, visit, first)
    made = stands_in(office, one)
    with pytest.raises(Refusal, match="challenge_own"):
        decided(office, visit, first, granted=False, by=one)
    with store.begin() as tx:
        deputies.end(tx, made.id, "李科长", hand())
    with pytest.raises(Refusal, match="deputy_of_head"):
        stands_in(office, "周副局长", by=one)
    with store.begin() as tx:  # as a release of before took it
        tx.deputies.add(replace(made, id="former", deputy="周副局长", named_by=one))
    with pytest.raises(Forbidden, match="challenge_not_head"):
        decided(office, visit, first, granted=False, by="周副局长")


def test_the_heads_own_recusal_is_no_deputys_of_the_head_but_of_the_head_above(store: Store, hand: Hand) -> None:
    office, _, visit = drawn(store, hand, staff=6)
    first, _ = sitting(office, visit)
    office = headed(office, bureau=(named(first),), city=("市长",))
    applied(office, visit, first)
    stands_in(office, "周副局长", officer=named(first))
    stands_in(office, "吴副市长", officer="市长", agency="city")
    with pytest.raises(Forbidden, match="challenge_not_head"):
        decided(office, visit, first, granted=False, by="周副局长")
    assert decided(office, visit, first, granted=False, by="吴副市长").stead == "市长"


def told(office: Office) -> list[dict[str, object]]:
    """What the open matters about applications say."""
    with office.store.read() as tx:
        rows = [row for row in tx.attention.page(None) if row["kind"] == ASKED]
    return [json.loads(row["body"]) for row in rows]


@pytest.mark.slow
def test_an_open_application_is_looked_at_before_the_visit_on_its_day_and_on_each_working_day_until_it_is_decided(
    store: Store, hand: Hand
) -> None:
    office, _, visit = drawn(store, hand, staff=6)
    office = headed(office, bureau=("陈局长",))
    first, _ = sitting(office, visit)
    applied(office, visit, first)
    assert told(office) == [{"applicant": "FIRM", "due_at": visit.due_at.isoformat(), "overdue": False, "looks": 0}]
    with store.begin() as tx:
        for seat in tx.visits.team(visit.id):
            dispatch.accept(tx, seat.name, hand())
    day = office.calendar.local_date(visit.due_at)
    seen = []
    for looked in (office.calendar.add_working_days(day, -1), day, office.calendar.add_working_days(day, 1)):
        hand.now = office.calendar.opening(looked)
        settle(office)
        (matter,) = told(office)
        seen.append((matter["looks"], matter["overdue"]))
    assert seen == [(1, False), (2, False), (3, True)]
    decided(office, visit, first, granted=False)
    hand.on(days=7)
    settle(office)
    with store.read() as tx:
        rows = tx.work.page(kind="challenge.due")
    assert (told(office), {row["state"] for row in rows}) == ([], {"done"}), "decided, it has no clock any more"
