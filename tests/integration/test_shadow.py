"""Running in shadow: as ever inside, and not a word outside."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, NoReturn

import pytest

from inspector import bootstrap
from inspector.accounts import Role
from inspector.domain.case import CaseState, SubjectKind
from inspector.domain.errors import Invalid, Refusal
from inspector.domain.inspection import CheckType, Inspection
from inspector.domain.plan import DrawState
from inspector.flows import publish
from inspector.flows.explain import explain
from inspector.flows.narrative import render
from inspector.flows.office import Connectors, Office
from inspector.flows.shadowing import Visited, compare
from inspector.ports import Card
from inspector.settings import Settings
from inspector.shadow import silenced
from inspector.store.store import Store
from inspector.tuning import ShadowSettings
from tests.drawn import announced, drawing, visits
from tests.edge import WEB, a_case, serving
from tests.house import Hand, application, post, settle
from tests.integration.test_corrections import Platform
from tests.integration.test_installation import Installation
from tests.integration.test_way import LICENCE, person
from tests.operator import settled

pytestmark = pytest.mark.alike


@dataclass
class Outside:
    """Everybody outside: who is spoken to writes it down."""

    name: str
    port: str
    heard: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.card = Card(name=self.name, port=self.port, kind="http", owner="test", version="1")
        self.roles = frozenset(Role)  # how it is set up here: nobody outside is asked for it

    def __getattr__(self, what: str) -> NoReturn:
        self.heard.append(what)
        raise AssertionError(f"{self.name}.{what}")


def shadowed(office: Office, *, asks: tuple[str, ...] = (), **more: Any) -> Office:
    """The same office in shadow."""
    held = replace(office.connectors, **more)
    with office.store.begin() as tx:
        tx.lanes.ensure(held.names())
    return replace(office, connectors=silenced(held, asks, office.secret), shadow=True)


def test_a_case_goes_its_way_with_nobody_asked_and_nobody_blamed(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    outside = [Outside("registers", "source"), Outside("civil-affairs", "agency"), Outside("platform", "credit")]
    source, agency, platform = ({one.name: one} for one in outside)
    office = shadowed(office, sources=source, agencies=agency, credit=platform, approving={"hall": Outside("hall", "approving")})
    firm = post(office, application(1, "business-licence", LICENCE))
    relief = post(office, person(2, "relief-household", {"household": "三口", "insured-income": "低于标准"}))
    settle(office)
    with store.read() as tx:
        held, asked = tx.cases.get(firm), tx.assistance.of_case(relief)
        words = render(explain(office, tx, firm), "en")
    assert (held.state, held.review_reason) == (CaseState.REVIEW, "UNDETERMINED")
    assert held.strategy is not None
    assert (held.strategy.level.level, held.strategy.level.facts["error"]) == ("U", "shadow")
    assert "the office runs in shadow: nobody was asked" in words
    assert asked, "the letter was written, and counts as sent"
    assert [one.heard for one in outside] == [[], [], []]


def test_sources_and_the_credit_platform_that_are_named_are_asked_and_hear_of_nothing(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    platform = Platform(as_of=hand())
    office = shadowed(office, asks=("registers", "platform"), credit={"platform": platform})
    case_id = post(office, application(1, "business-licence", LICENCE))
    settle(office)
    with store.read() as tx:
        held = tx.cases.get(case_id)
    assert held.state is CaseState.CLOSED
    assert held.strategy is not None
    assert held.strategy.level.level == "A"
    assert platform.entries == [], "the kept promise stays in the house"


def test_a_draw_is_carried_out_unattended_with_seeds_of_the_house_and_shown_to_nobody(store: Store, hand: Hand) -> None:
    office, phones, notary = drawing(store, hand)
    office = shadowed(office)
    _, held = announced(office, hand)
    with store.read() as tx:
        seed_at = tx.draws.get(held.number).seed_at
    assert seed_at is not None
    hand.now = seed_at
    settle(office)
    with store.read() as tx:
        drawn = tx.draws.get(held.number)
    assert drawn.state is DrawState.DRAWN
    assert len(visits(office, held.number)) == 3
    assert (phones.messages, notary.values, drawn.witness) == ([], {}, None)
    for ask in (
        lambda tx: publish.public_bundle(office, tx, held.number, hand()),
        lambda tx: publish.receipt_of(office, tx, held.number, "TEST00000000000001", hand()),
    ):
        with store.read() as tx, pytest.raises(Refusal, match="shadow_silent"):
            ask(tx)
    with store.begin() as tx:
        told = {"agency": "bureau", "kind": SubjectKind.FIRM, "check": CheckType.PLANNED}
        for number, on in ((1, date(2026, 3, 5)), (9, date(2026, 3, 5)), (9, date(2026, 3, 6)), (8, date(2025, 3, 5))):
            tx.inspections.put([Inspection(code=f"TEST{number:014d}", on=on, **told)])  # type: ignore[arg-type]
    with store.read() as tx:
        seen = compare(office, tx, "bureau", date(2026, 3, 1), date(2026, 3, 31))
    assert (seen.ours, seen.theirs) == (Visited(visits=3, objects=3, most=1), Visited(visits=3, objects=2, most=2))
    assert (seen.both, seen.sent["push", "phones"]) == (1, 6)


def test_whoever_reads_the_edge_of_a_house_in_shadow_learns_that_it_is_one(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    opened = WEB.model_copy(update={"open_ops": True})
    with serving(shadowed(office), opened) as edge, edge.as_("system") as system, edge.client() as anybody:
        made = system.post("/v1/cases", json=a_case())
        feed = system.get("/v1/events")
        page = anybody.get("/ops?lang=en").text
    assert (made.status_code, made.headers["Inspector-Shadow"]) == (201, "yes")
    assert (feed.status_code, feed.json()["error"]["code"]) == (409, "shadow_silent")
    assert "Shadow: nothing leaves the house" in page


@pytest.mark.slow
def test_a_database_stays_what_it_was_founded_as(store: Store) -> None:
    earnest, shadow = Settings(), Settings(shadow=ShadowSettings(on=True))
    assert bootstrap.office(shadow, store, connectors=Connectors()).shadow is True
    with pytest.raises(Refusal, match="shadow_differs"):
        bootstrap.office(earnest, store, connectors=Connectors())
    assert bootstrap.office(shadow, store, connectors=Connectors()).shadow is True


@pytest.mark.slow
def test_who_may_be_asked_must_be_there(tmp_path: Path) -> None:
    installation = Installation(tmp_path)
    told = installation.operator.config.read_text(encoding="utf-8")
    installation.operator.config.write_text(told + '\n[shadow]\non = true\nasks = ["registres"]\n', encoding="utf-8")
    with pytest.raises(Invalid, match="shadow_asks_unknown"):
        installation.start(Hand())


def test_the_report_is_read_on_the_command_line(tmp_path: Path, database_url: str) -> None:
    operator = settled(database_url, tmp_path, "\n[shadow]\non = true\n")
    day = f"{datetime.now(UTC):%Y-%m-%d}"
    told = operator.well("shadow", "report", "--agency", "bureau", "--from", day, "--to", day, "--json").json
    assert (told["shadow"], told["ours"], told["both"]) == (True, {"visits": 0, "objects": 0, "most": 0}, 0)
    assert operator.say("shadow", "report", "--agency", "bureau", "--from", day, "--to", "2020-01-01").code == 2
    assert operator.say("shadow", "report", "--agency", "bureau", "--from", "x", "--to", day).code == 2
    assert operator.say("draw", "export", "bureau-2026-00001", "out").code == 3
