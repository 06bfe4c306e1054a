"""Every way to an early, used, weak or withheld seed is tried and refused, on both databases (rulings 7, 12, 19)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from connectors.seeds import ceremony, drand
from connectors.witness.http import HttpWitness
from inspector.cli.bundle import Bundle, judge
from inspector.domain import beacon
from inspector.domain.audit import Witness
from inspector.domain.commitment import read
from inspector.domain.errors import Invalid, Refusal
from inspector.domain.plan import Draw, DrawState
from inspector.domain.seed import known_at
from inspector.flows.draw import announce_now
from inspector.flows.office import Office
from inspector.flows.seeding import carry_in, type_figures
from inspector.ports import Garbled, Receipt, Typed
from inspector.store.store import Store
from inspector.testing.peer import answer, peer
from tests.beacons import NETWORK, signed
from tests.house import Hand, settle
from tests.integration.test_draw_rivals import announce, pooled
from tests.integration.test_draw_way import LOTTERY, Notary, Party, announced, carried_out, drawing, lotteried, thrown

pytestmark = [pytest.mark.alike, pytest.mark.slow]


def seeded(office: Office, **seeds: object) -> Office:
    """The office with other sources under some of their names; None takes one away."""
    held = {name: source for name, source in {**office.connectors.seeds, **seeds}.items() if source is not None}
    return replace(office, connectors=replace(office.connectors, seeds=held))  # type: ignore[arg-type]


def get(office: Office, number: str) -> Draw:
    with office.store.read() as tx:
        return tx.draws.get(number)


def others(office: Office, *numbers: str) -> list[Draw]:
    with office.store.read() as tx:
        return [held for held in tx.draws.page(None) if held.number not in numbers]


def matters(office: Office) -> dict[str, dict[str, Any]]:
    """What waits for a person, by kind."""
    with office.store.read() as tx:
        return {row["kind"]: json.loads(row["body"]) for row in tx.attention.page(None)}


def types(office: Office, hand: Hand, number: str, figures: str, **more: Any) -> None:
    with office.store.begin() as tx:
        type_figures(office, tx, number, "赵", figures, hand(), **more)


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> drand.DrandSeed:
    """A connector to a chain of our own, on a network without wires."""
    monkeypatch.setitem(beacon.CHAINS, NETWORK.hash, NETWORK)
    monkeypatch.setitem(drand._CHAINS, "test", NETWORK)
    return drand.connect("audit", {"chain": "test", "folder": str(tmp_path)})


def test_a_beacons_round_is_named_at_the_announcement_and_carried_in_by_hand(
    store: Store, hand: Hand, network: drand.DrandSeed
) -> None:
    office, _, notary = drawing(store, hand)
    office = seeded(office, audit=network)
    _, held = announced(office, hand)
    held = get(office, held.number)
    promise = held.promises["audit"]
    assert held.announced_at is not None
    assert held.figures_by is not None
    at = known_at(promise)
    assert at is not None
    assert timedelta() <= at - held.figures_by < NETWORK.period, "the first at or after the last moment for figures"
    assert held.announced_at < held.figures_by

    def carried(said: Mapping[str, object]) -> Draw:
        with store.begin() as tx:
            return carry_in(office, tx, held.number, json.dumps(said).encode(), "clerk", hand())[1]

    number = int(str(promise["round"]))
    with pytest.raises(Refusal, match="draw_seed_early"):
        carried(signed(number))
    carried_out(office, hand, held.number)
    assert get(office, held.number).state is DrawState.SEEDING, "it waits for the file"
    hand.now = at
    with pytest.raises(Invalid, match="beacon_not_awaited"):
        carried(signed(number + 1))
    with pytest.raises(Invalid, match="beacon_wrong"):
        carried({**signed(number), "signature": signed(number + 1)["signature"]})
    with pytest.raises(Invalid, match="beacon_unreadable"):
        carried([])  # type: ignore[arg-type]
    carried(signed(number))
    settle(office)
    drawn = get(office, held.number)
    assert drawn.state is DrawState.DRAWN
    with pytest.raises(Refusal, match="draw_not_seeding"):
        carried(signed(number))
    with store.read() as tx:
        files = tx.draws.files(held.number)
    bundle = Bundle(files={name: content for name, content in files.items() if name not in ("members.json", "rules.json")})
    thrown_ = tuple(str(part["text"]) for part in drawn.parts.values() if part["kind"] == "text")
    outside = Witness(value=notary.values[held.number], at=held.announced_at, seed_at=drawn.drawn_at, figures=thrown_)
    verdict = judge(bundle, outside).verdict
    assert (verdict.problems, verdict.holds_strictly, verdict.time_proven) == ((), True, True), "the signature was checked"
    seed = json.loads(files["seed.json"])
    seed["parts"][2]["signature"] = signed(number + 1)["signature"]
    forged = judge(replace(bundle, files={**bundle.files, "seed.json": json.dumps(seed).encode()}), outside).verdict
    assert "draw.signature_wrong" in [one.code for one in forged.problems]


@dataclass
class Lying(Party):
    """A relay that tells something else each time."""

    def promise(self, draw: str, *, key: str) -> Mapping[str, object]:
        return {"kind": "drand", "chain": NETWORK.hash}

    def reveal(
        self, draw: str, promise: Mapping[str, object], typed: tuple[Typed, ...], *, key: str, w: str = ""
    ) -> Mapping[str, object]:
        raise Garbled("beacon_unsigned", digest="0" * 64)


class Forging(Lying):
    def reveal(
        self, draw: str, promise: Mapping[str, object], typed: tuple[Typed, ...], *, key: str, w: str = ""
    ) -> Mapping[str, object]:
        return {"kind": "drand", **signed(1), "round": promise["round"]}


@pytest.mark.parametrize("relay", [Lying, Forging])
def test_no_relay_of_a_beacon_can_void_a_draw_only_its_last_day_can(
    store: Store, hand: Hand, network: drand.DrandSeed, relay: type[Lying]
) -> None:
    office, _, _ = drawing(store, hand)
    office = seeded(office, audit=relay("audit"))
    _, held = announced(office, hand)
    assert carried_out(office, hand, held.number).state is DrawState.SEEDING
    ends = get(office, held.number).reveal_by
    assert ends is not None
    for hand.now in (ends - timedelta(hours=1), ends):  # it is asked to the end
        settle(office)
    void = get(office, held.number)
    # Its round is out in the last hours: whoever is first asked then is named as one whom nobody asked in time (decision 89).
    assert (void.state, (*void.withheld, *void.unasked)) == (DrawState.VOID, ("audit",)), void.void_reason


def test_two_draws_announced_at_once_name_two_rounds(store: Store, hand: Hand, network: drand.DrandSeed) -> None:
    office, _, _ = drawing(store, hand)
    office = seeded(pooled(office, "firms", "shops"), audit=network)
    office = replace(office, plans={**office.plans, "shops": replace(office.plans["shops"], agency="other")})
    with store.begin() as tx:
        one, *_ = tx.rosters.rated("bureau")  # to its end, or PostgreSQL's cursor stays open
        tx.rosters.enrol(replace(one.row, agency="other"))
    numbers = [announce(office, hand, plan).number for plan in office.plans]
    settle(office)
    rounds = [int(str(get(office, number).promises["audit"]["round"])) for number in numbers]
    assert abs(rounds[0] - rounds[1]) == 1


class Early(Lying):
    """A connector that names a round itself, one that is known already."""

    def promise(self, draw: str, *, key: str) -> Mapping[str, object]:
        return {"kind": "drand", "chain": NETWORK.hash, "round": 1}


class Vague(Party):
    """A ceremony that says not what its figures are."""

    def promise(self, draw: str, *, key: str) -> Mapping[str, object]:
        return {"kind": "text", "what": "something", "bits": 67}


@pytest.mark.parametrize(
    ("seeds", "problem"),
    [
        ({"audit": Early("audit")}, "known_early"),
        ({"dice": Vague("dice")}, "form"),
        ({"dice": None, "justice": None, "audit": None}, ""),
    ],
    ids=["early", "vague", "nobody"],
)
def test_a_seed_that_is_known_early_or_weak_is_not_committed_to(
    store: Store, hand: Hand, network: drand.DrandSeed, seeds: Mapping[str, object], problem: str
) -> None:
    office, _, notary = drawing(store, hand)
    office = seeded(office, lottery=None, **seeds)
    _, held = announced(office, hand)
    if not problem:
        assert get(office, held.number).state is DrawState.PREPARING, "a section may come back until the promises' date"
        hand.on(days=7)
        settle(office)
    assert get(office, held.number).state is DrawState.VOID
    assert notary.values == {}
    assert others(office, held.number) == []
    assert problem in str(matters(office).get("draw_not_committable", ""))


def test_figures_thrown_before_their_time_or_after_now_are_refused(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    _, held = announced(office, hand)
    opens = get(office, held.number).seed_at
    assert opens is not None
    with pytest.raises(Refusal, match="draw_seed_early"):
        types(office, hand, held.number, thrown("x"))
    hand.now = opens
    with pytest.raises(Refusal, match="draw_seed_early"):
        types(office, hand, held.number, thrown("x"), held_at=opens - timedelta(minutes=1))
    with pytest.raises(Refusal, match="draw_seed_future"):
        types(office, hand, held.number, thrown("x"), held_at=opens + timedelta(minutes=1))
    for unfit in ("1 2 3", thrown("x")[:-1] + "7", thrown("x") + " 1"):
        with pytest.raises(Invalid, match="ceremony_figures_unfit"):
            types(office, hand, held.number, unfit)
    with pytest.raises(Invalid, match="ceremony_unnamed"):
        types(office, hand, held.number, thrown("x"), party="lottery")
    types(office, hand, held.number, thrown("x"), party="dice", held_at=opens)
    assert get(office, held.number).typed == {"dice": {"赵": thrown("x")}}


def test_figures_of_an_earlier_draw_choose_nobody_again(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    office = pooled(office, "firms", "shops")
    first = announce(office, hand, "firms")
    settle(office)
    carried_out(office, hand, first.number)
    second = announce(office, hand, "shops")
    settle(office)
    hand.now = get(office, second.number).seed_at or hand()
    settle(office)
    with pytest.raises(Refusal, match="draw_seed_used") as error:
        types(office, hand, second.number, thrown(first.number))
    assert error.value.facts["draw"] == first.number
    for by in ("赵", "钱"):
        with store.begin() as tx:
            type_figures(office, tx, second.number, by, thrown(second.number), hand())
    settle(office)
    assert get(office, second.number).state is DrawState.DRAWN


class Repeating(Party):
    """A party with one nonce for every draw."""

    def nonce(self, draw: str) -> str:
        return "0f" * 32


def test_a_promise_that_was_given_before_voids_the_draw_by_the_partys_name_when_no_other_comes_in_time(
    store: Store, hand: Hand
) -> None:
    office, _, _ = drawing(store, hand)
    office = seeded(pooled(office, "firms", "shops"), audit=Repeating("audit"))
    first = announce(office, hand, "firms")
    settle(office)
    assert carried_out(office, hand, first.number).state is DrawState.DRAWN
    second = announce(office, hand, "shops")
    settle(office)
    assert get(office, second.number).state is DrawState.PREPARING
    for _ in range(60):  # it is asked to the end
        hand.on(hours=2)
        settle(office)
    void = get(office, second.number)
    assert (void.state, void.withheld, void.unasked) == (DrawState.VOID, ("audit",), ())


def test_where_no_further_source_is_left_the_next_draw_waits_for_a_person(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand, silent="audit")
    office = seeded(office, lottery=None)
    with store.begin() as tx:
        tx.schedules.declare("plan:weekly", "every 7d", hand() + timedelta(days=6))
    _, held = announced(office, hand)
    carried_out(office, hand, held.number)
    assert (get(office, held.number).state, others(office, held.number)) == (DrawState.VOID, [])
    told = matters(office)["draw_no_further"]
    assert told == {"draw": held.number, "without": "audit", "missing": "[seeds.lottery]"}
    with pytest.raises(Refusal, match="draw_no_further"), store.begin() as tx:
        announce_now(office, tx, "weekly", "clerk", hand())
    office = seeded(office, lottery=ceremony.connect("lottery", LOTTERY))
    with store.begin() as tx:
        again = announce_now(office, tx, "weekly", "clerk", hand())
    assert again is not None
    assert (again.slot, again.parties, again.further) == (f"{held.slot}+", ("dice", "justice", "lottery"), ("lottery",))
    with store.begin() as tx:
        assert announce_now(office, tx, "weekly", "clerk", hand()) == again, "the period has one that follows, and no third"


def test_a_second_withholding_takes_the_next_further_source_or_none(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand, silent="audit")
    office = seeded(office, justice=Party("justice"))
    _, first = announced(office, hand)
    carried_out(office, hand, first.number)
    (second,) = others(office, first.number)
    assert (second.parties, second.further) == (("dice", "justice", "lottery"), ("lottery",))
    assert "draw_no_further" not in matters(office)
    begins, ends = get(office, second.number).seed_at, get(office, second.number).figures_by
    assert begins is not None
    assert ends is not None
    for hand.now in (begins, ends - timedelta(hours=1), ends):  # nobody throws dice, nobody types
        settle(office)
    void = get(office, second.number)
    assert (void.state, void.withheld) == (DrawState.VOID, ("dice",))
    assert others(office, first.number, second.number) == [], "never a weaker seed in silence"
    assert matters(office)["draw_no_further"]["without"] == "dice"


def test_a_further_source_is_typed_only_after_the_others_last_day(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand, silent="audit")
    _, first = announced(office, hand)
    carried_out(office, hand, first.number)
    (second,) = others(office, first.number)
    carried_out(office, hand, second.number)
    with pytest.raises(Refusal, match="draw_seed_early"):
        types(office, hand, second.number, "3 7 11 19 23 33 16")
    assert lotteried(office, hand, second.number).state is DrawState.DRAWN


def test_a_reveal_is_no_further_source_for_its_party_knows_it_all_along(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand, silent="audit")
    office = seeded(office, lottery=Party("lottery"))
    _, first = announced(office, hand)
    carried_out(office, hand, first.number)
    (second,) = others(office, first.number)
    assert (second.further, second.state) == (("lottery",), DrawState.VOID)
    assert "looked_up" in str(matters(office)["draw_not_committable"])


@dataclass
class Late(Notary):
    """A witness whose receipt bears a date of its own."""

    at: datetime | None = None

    def lodge(self, draw: str, value: str, *, key: str) -> Receipt:
        super().lodge(draw, value, key=key)
        assert self.at is not None
        return Receipt(reference="n-1", at=self.at)


@pytest.mark.parametrize("dated", [False, True], ids=["no date", "a date"])
def test_a_witnesss_receipt_has_the_witnesss_date_or_none_and_one_without_a_date_proves_no_time(
    store: Store, hand: Hand, dated: bool
) -> None:
    office, _, _ = drawing(store, hand)
    at = hand()
    told = {"receipt": "n-1"} | ({"at": at.isoformat()} if dated else {})
    with peer(answer(200, told)) as other:
        notary = HttpWitness("notary", {"url": other.url})
        office = replace(office, connectors=replace(office.connectors, witnesses={"notary": notary}))
        _, held = announced(office, hand)
        notary.close()
    made = get(office, held.number)
    assert (made.witnessed_at, made.lodged_at) == (at if dated else None, hand()), "the house's own time stands for no receipt's"
    with store.read() as tx:
        (told,) = [json.loads(row["body"])["facts"] for row in tx.ledger.about(held.number) if row["rule"] == "draw.lodge"]
    assert (told["witnessed_at"], told["time_proven"]) == (at.isoformat() if dated else None, dated)


@pytest.mark.parametrize("days", [0, 300], ids=["in time", "after the round"])
def test_the_date_of_the_witnesss_receipt_is_kept_and_a_late_one_proves_nothing(
    store: Store, hand: Hand, network: drand.DrandSeed, days: int
) -> None:
    office, _, _ = drawing(store, hand)
    at = hand() + timedelta(days=days)
    office = seeded(office, audit=network)
    office = replace(office, connectors=replace(office.connectors, witnesses={"notary": Late(at=at)}))
    _, held = announced(office, hand)
    assert get(office, held.number).witnessed_at == at
    with store.read() as tx:
        (told,) = [json.loads(row["body"])["facts"] for row in tx.ledger.about(held.number) if row["rule"] == "draw.lodge"]
        commitment = read(tx.draws.files(held.number)["commit.json"])
    lodged = hand().isoformat()
    assert told == {"receipt": "notary:n-1", "lodged_at": lodged, "witnessed_at": at.isoformat(), "time_proven": days == 0}
    assert commitment.known is not None
    assert (at < commitment.known) is (days == 0)


@pytest.mark.parametrize(("days", "proven"), [(-3650, False), (0, True), (300, False)], ids=["before", "now", "to come"])
def test_a_receipt_of_before_the_commitment_or_behind_the_seed_proves_no_time_and_a_person_hears_of_it(
    store: Store, hand: Hand, days: int, *, proven: bool
) -> None:
    office, _, _ = drawing(store, hand)
    dated = Late(at=hand() + timedelta(days=days))
    office = replace(office, connectors=replace(office.connectors, witnesses={"notary": dated}))
    _, held = announced(office, hand)
    with store.read() as tx:
        (told,) = [json.loads(row["body"])["facts"] for row in tx.ledger.about(held.number) if row["rule"] == "draw.lodge"]
    assert told["time_proven"] is proven
    assert ("draw_without_witness" in matters(office)) is not proven
