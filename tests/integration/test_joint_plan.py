"""A joint plan: what its settings must say, what its annual plan names, and how a partner's officers are listed (ruling 16)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from inspector.bootstrap import proven
from inspector.calendars import load_calendars
from inspector.domain.annual import Consent
from inspector.domain.errors import Invalid
from inspector.flows import dispatch, planning
from inspector.flows.draw import announce_now
from inspector.flows.history import History
from inspector.flows.joining import Partner, as_listed, told
from inspector.flows.lists import lists_of
from inspector.policybook import Policybook
from inspector.settings import SHIPPED, load
from inspector.store.store import Store
from tests.bundles import person
from tests.house import Hand, open_office
from tests.integration.test_joint import AGENCIES, JOINT, drawn, pooled, registered, seats, together, waiting
from tests.operator import Operator

pytestmark = pytest.mark.slow


def test_an_area_and_a_qualification_of_the_objects_stand_for_what_a_partners_own_officers_have(store: Store, hand: Hand) -> None:
    office, _ = together(store, hand)
    policy = office.policy("civil", hand().date())
    civil = Partner(
        agency="civil",
        policy=replace(policy, draw=replace(policy.draw, lead_qualification="relief")),
        past=History(seen={}, last={}),
    )
    lists = lists_of(JOINT)[::2]
    rows = as_listed(
        [person("Z001", pools=("civil", "north"), quals=("relief",)), person("Z002", pools=("civil",), quals=("lift",))],
        "bureau",
        civil,
        ["lift"],
    )
    assert [(row.pools, row.quals) for row in rows] == [(("bureau", "north"), ("lift",)), (("bureau",), ())]
    said = told(lists, (civil,), ["lift"])
    assert said["civil"] == {"agency": "civil", "pools": {"bureau": "civil"}, "qualifications": {"lift": "relief"}}


def test_the_annual_plan_names_the_agencies_with_their_officers_and_holds_for_no_others(store: Store, hand: Hand) -> None:
    office, _ = together(store, hand, {"bureau": 4, "other": 3, "civil": 2})
    registered(office, "bureau")
    office = replace(pooled(office), book=open_office(store, hand, planned=True).book)
    with store.begin() as tx:
        planning.create(office, tx, "joint", 2026, by="王科员", now=hand())
        planning.approve(office, tx, "joint", 2026, Consent(by="李主任", document="3号"), hand())
        held = planning.publish(office, tx, "joint", 2026, by="王科员", reference="公告", on=None, now=hand())
        assert tx.annual.page(["civil"]) == [held]
        assert tx.annual.page(["houses"]) == []
        assert announce_now(office, tx, "joint", "clerk", hand()) is not None
    content = held.content
    assert (content.agency, content.inspectors) == ("bureau", 4)
    assert [(one.agency, one.inspectors) for one in content.partners] == [("other", 3), ("civil", 2)]
    fewer = replace(office.plans["joint"], partners=("other",))
    with store.read() as tx:
        refusal = planning.unplanned(tx, fewer, office.policy("bureau", hand().date()), held, 2026)
    assert refusal is not None
    assert (refusal.code, str(refusal.facts["published"]).rpartition(", ")[2]) == ("plan_changed", "with=other+civil")


@pytest.mark.parametrize(
    ("joined", "code"),
    [
        ('["civil"]', ""),
        ('["nobody"]', "plan_agency_unknown"),
        ('["bureau"]', "plan_partner_twice"),
        ('["civil", "CIVIL"]', "plan_partner_twice"),
        ('["civil_affairs"]', "plan_list_name"),
        ('["lone"]', "plan_pack_missing"),
    ],
)
def test_a_joint_plan_names_each_agency_once_with_a_pack_and_a_name_for_its_list(tmp_path: Path, joined: str, code: str) -> None:
    agencies = "".join(
        f'[agencies."{name}"]\nname = "{name}"\npack = "demo"\n' for name in ("bureau", "civil", "CIVIL", "civil_affairs")
    )
    _proven(tmp_path, agencies, joined, code)


@pytest.mark.parametrize(
    ("joined", "code"),
    [
        ('["civil"]\nlists = "own"', ""),
        ('["civil"]\nlists = "shared"', ""),
        ('[]\nlists = "own"', "plan_lists_alone"),
        ('["civil"]\nlists = "each"', "settings_invalid"),
    ],
)
def test_lists_with_rules_of_their_own_need_other_agencies(tmp_path: Path, joined: str, code: str) -> None:
    agencies = "".join(f'[agencies."{name}"]\nname = "{name}"\npack = "demo"\n' for name in ("bureau", "civil"))
    _proven(tmp_path, agencies, joined, code)


def _proven(tmp_path: Path, agencies: str, joined: str, code: str) -> None:
    """The settings hold, or are refused with the code."""
    agencies = (
        'not_yet = ["sources", "assistance", "seeds", "pools", "plans.civil", "plans.CIVIL", "plans.civil_affairs"]\n' + agencies
    )
    plan = f'[agencies.lone]\nname = "lone"\n[plans.joint]\nagency = "bureau"\ntrigger = "every 7d"\nwith = {joined}\n'
    file = tmp_path / "inspector.toml"
    file.write_text(agencies + plan, encoding="utf-8")
    parts = Policybook.load(SHIPPED), load_calendars(SHIPPED / "calendars")
    if not code:
        settings = load(file)
        assert proven(settings, *parts)[1]["joint"].partners == ("civil",)
        return
    with pytest.raises(Invalid) as refused:
        proven(load(file), *parts)
    assert refused.value.code == code


def test_the_command_line_shows_each_agencys_team_and_exports_a_bundle_that_verifies(
    store: Store, hand: Hand, database_url: str, tmp_path: Path
) -> None:
    Operator(tmp_path, database_url).store().close()  # the house has begun, with the secret that the draw will be of
    office, _ = together(store, hand)
    waiting(office, "bureau", "civil")
    held, made = drawn(office, hand)
    with store.begin() as tx:
        dispatch.decline(office, tx, seats(office, made, "civil")[1].name, "生病", hand())
    clerk = Operator(tmp_path, database_url).settle_in()
    shown = clerk.well("draw", "show", held.number, "--json").json
    (visit,) = shown["visits"]
    sitting = {agency: [seat.inspector for seat in seats(office, made, agency) if seat.state.open] for agency in AGENCIES}
    assert (shown["agency"], shown["partners"], visit["teams"]) == ("bureau", ["other", "civil"], sitting)
    assert "civil: " + ", ".join(sitting["civil"]) in clerk.well("draw", "show", held.number).out
    told = clerk.well("draw", "export", held.number, str(tmp_path / "out"), "--json").json
    assert {"bureau.objects.tsv", "civil.objects.tsv", "civil.after.jsonl"} <= set(told["files"])
    assert "members.json" not in told["files"]
    for what in (str(tmp_path / "out"), held.number):
        verdict = clerk.well("draw", "verify", what, "--json").json
        assert (verdict["holds"], verdict["replayed"]) == (True, 1)
