"""A party of a seed whom nobody asked has withheld nothing: our hours and a section that we have lost are no silence of theirs."""

from __future__ import annotations

import json
import re
import time
from contextlib import suppress
from dataclasses import replace
from datetime import time as clock
from datetime import timedelta

import pytest
import sqlalchemy as sa

from inspector.domain.errors import Refusal
from inspector.domain.manners import Manners, Window
from inspector.domain.plan import Draw, DrawState
from inspector.domain.register import EntryKind
from inspector.flows import succession, wording
from inspector.flows.draw import announce_now
from inspector.flows.lapse import overdue
from inspector.flows.office import Office
from inspector.flows.seeding import type_figures
from inspector.labels import LANGS, label
from inspector.ports import Unavailable
from inspector.store.store import Store
from inspector.store.tables import work as work_table
from tests.house import Hand, application, post, settle
from tests.integration.test_draw_way import FACTS, Party, agreeing, announced, drawing, thrown
from tests.integration.test_supplement import LOOK

pytestmark = pytest.mark.alike

NIGHT = Manners(hours=(Window(begins=clock(1), ends=clock(2)),))


def worked(office: Office) -> None:
    """Work for a moment: what waits for its hours waits on. On a machine that others keep busy a moment is longer."""
    began, enough = time.monotonic(), time.process_time() + 0.15
    while time.monotonic() - began < 0.5 or (time.process_time() < enough and time.monotonic() - began < 10):
        with suppress(AssertionError):
            settle(office, seconds=0.5)
            return


def figures(office: Office, hand: Hand, held: Draw) -> None:
    """The ceremony is held."""
    seed_at = agreeing(office, held.number).seed_at
    assert seed_at is not None
    hand.now = max(hand.now, seed_at)
    worked(office)
    for by in ("赵", "钱"):
        with office.store.begin() as tx:
            if tx.draws.get(held.number).state is DrawState.SEEDING and "dice" not in tx.draws.get(held.number).parts:
                type_figures(office, tx, held.number, by, thrown(held.number), hand())
    worked(office)


def ended(office: Office, hand: Hand, held: Draw) -> Draw:
    """The last moment for reveals, looked at day by day."""
    figures(office, hand, held)
    until = agreeing(office, held.number).reveal_by
    while until is not None and hand.now < until - timedelta(hours=1):
        hand.now = min(hand.now + timedelta(days=1), until - timedelta(hours=1))
        worked(office)
    hand.now = until or hand.now
    worked(office)
    return agreeing(office, held.number)


class Away(Party):
    """A party that is there and does not answer."""

    def reveal(self, *_: object, **_also: object) -> dict[str, object]:
        raise Unavailable("timeout")


@pytest.mark.slow
def test_whom_our_own_hours_kept_us_from_asking_is_named_as_unasked_and_the_next_draw_goes_without_all_the_same(
    store: Store, hand: Hand
) -> None:
    plain, _, _ = drawing(store, hand)
    _, held = announced(plain, hand)
    office = replace(plain, manners={"justice": NIGHT})
    figures(office, hand, held)
    hand.now = (agreeing(plain, held.number).reveal_by or hand.now) - timedelta(hours=1)
    worked(office)
    assert agreeing(office, held.number).state is DrawState.SEEDING, "it waits for its date"
    void = ended(office, hand, held)
    assert void.state is DrawState.VOID
    assert (void.void_reason or "").startswith("unasked:justice")
    assert all("justice" in wording.void(void.void_reason or "", lang) for lang in LANGS)
    with store.read() as tx:
        again = tx.draws.by_slot("weekly", f"{held.slot}+")
    assert again is not None
    assert again.parties == ("dice", "audit", "lottery"), "or whoever knows the part could draw again until it suits"


def lacking(office: Office, *names: str) -> Office:
    """The same office whose settings have lost the sections of some seeds."""
    left = {name: seed for name, seed in office.connectors.seeds.items() if name not in names}
    return replace(office, connectors=replace(office.connectors, seeds=left))


def test_a_party_whose_section_is_gone_until_its_date_is_nowhere_said_to_have_withheld_its_part(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    _, held = announced(office, hand)
    gone = lacking(office, "justice", "lottery")
    void = ended(gone, hand, held)
    assert (void.state, void.void_reason) == (DrawState.VOID, "unasked:justice:connector_not_configured")
    assert (void.withheld, void.unasked) == ((), ("justice",))
    with store.read() as tx:
        (line,) = [one.facts for one in tx.register.of_draw(held.agency, held.number) if one.kind is EntryKind.VOID]
        (entry,) = [json.loads(row["body"])["facts"] for row in tx.ledger.about(held.number) if row["rule"] == "draw.void"]
        (matter,) = [json.loads(row["body"]) for row in tx.attention.page(None) if row["kind"] == "draw_no_further"]
        with pytest.raises(Refusal, match="draw_no_further") as refused:
            succession.resumed(gone, tx, "weekly", held.slot, hand())
    for told in (line, entry):
        assert (told.get("withheld", []), told["unasked"]) == ([], ["justice"])
    assert refused.value.facts == matter == {"draw": held.number, "without": "justice", "missing": "[seeds.lottery]"}
    words = [label(f"error.{refused.value.code}", lang, **matter) for lang in LANGS]
    assert not any(word in told for told in words for word in ("拒不", "withheld"))


@pytest.mark.slow
def test_a_section_that_is_gone_for_a_moment_voids_nothing(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    _, held = announced(office, hand)
    figures(lacking(office, "justice"), hand, held)
    waits = agreeing(office, held.number)
    assert (waits.state, set(waits.parts)) == (DrawState.SEEDING, {"dice", "audit"})
    hand.now += timedelta(hours=2)
    settle(office)
    assert agreeing(office, held.number).state is DrawState.DRAWN


def test_a_section_that_is_gone_for_a_moment_while_promises_are_asked_for_voids_nothing(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    post(office, application(1, "dispatch-premises", FACTS))
    settle(office)
    with store.begin() as tx:
        held = announce_now(office, tx, "weekly", "clerk", hand())
    assert held is not None
    worked(lacking(office, "justice"))
    assert agreeing(office, held.number).state is DrawState.PREPARING
    hand.now += timedelta(hours=2)
    worked(office)
    assert agreeing(office, held.number).state is DrawState.SEEDING


@pytest.mark.slow
def test_of_two_parties_without_a_part_only_the_silent_one_is_said_to_have_withheld_it(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    _, held = announced(office, hand)
    seeds = {**office.connectors.seeds, "audit": Away("audit")}
    away = replace(office, manners={"justice": NIGHT}, connectors=replace(office.connectors, seeds=seeds))
    figures(away, hand, held)
    tried = work_table.c.key == f"draw.reveal:{held.number}:justice"
    with store.begin() as tx:  # nor does a row say who was asked, for whoever keeps the database writes in it
        tx.connection.execute(sa.update(work_table).where(tried).values(attempts=1, error="timeout"))
    until = agreeing(office, held.number).reveal_by
    assert until is not None
    hand.now = until - timedelta(hours=1)
    worked(away)
    hand.now = until
    with store.begin() as tx:
        overdue(replace(LOOK, payload={"draw": held.number, "parties": ["justice", "audit"]}), office).write(tx, hand())
    void = agreeing(office, held.number)
    assert (void.void_reason, void.withheld, void.unasked) == ("withheld:audit;unasked:justice", ("audit",), ("justice",))
    assert all({"justice", "audit"} <= set(re.findall("[a-z]+", wording.void(str(void.void_reason), lang))) for lang in LANGS)
    with store.read() as tx:
        (line,) = [one.facts for one in tx.register.of_draw(held.agency, held.number) if one.kind is EntryKind.VOID]
        row = tx.work.keyed(f"draw.announce:weekly:{held.slot}:after:{held.number}")
    assert row is not None
    assert (line["withheld"], line["unasked"]) == (["audit"], ["justice"])
    assert void.lacked == ("audit", "justice"), "the next number goes without both"
    assert json.loads(row["payload"]).keys() == {"plan", "slot"}, "which is nothing that its order says"


@pytest.mark.slow
def test_who_was_asked_and_did_not_answer_is_named_as_ever(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    office = replace(office, connectors=replace(office.connectors, seeds={**office.connectors.seeds, "justice": Away("justice")}))
    void = ended(office, hand, announced(office, hand)[1])
    assert (void.state, void.withheld, void.unasked) == (DrawState.VOID, ("justice",), ())
    assert (void.void_reason or "").startswith("withheld:justice")
