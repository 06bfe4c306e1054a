"""A batch under full coverage: everybody is visited, in an order that the seed makes and that both verifiers hold us to."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import pytest

from inspector.domain.commitment import Listing, join, key, read
from inspector.domain.draw import carry_out
from inspector.domain.frame import freeze
from inspector.flows.office import Office
from inspector.store.store import Store
from tests import minds
from tests.bundles import committed, reveal, rules, thing
from tests.drawn import announced, carried_out, drawing, visits
from tests.house import Hand
from tests.tampering import encode

pytestmark = [pytest.mark.alike, pytest.mark.needs("node")]

CASES = 12
BUNDLE = ("commit.json", "seed.json", "result.json", "objects.tsv", "inspectors.tsv", "bans.tsv")


def drawn(store: Store, hand: Hand) -> tuple[Office, str, dict[str, bytes]]:
    """Twelve cases that each need their premises seen, drawn in one batch: the office, the draw's number and its auditor's bundle."""
    office, _, _ = drawing(store, hand, staff=9)
    _, held = announced(office, hand, cases=CASES)
    carried_out(office, hand, held.number)
    with store.read() as tx:
        files = tx.draws.files(held.number)
    return office, held.number, {name: files[name] for name in BUNDLE}


def judged(files: Mapping[str, bytes]) -> list[int]:
    """What the house and both verifiers outside it say."""
    return [minds.house(files), minds.python(files), *minds.browser([files])]


def with_selected(files: Mapping[str, bytes], selected: list[str]) -> dict[str, bytes]:
    """The bundle with the batch in another order."""
    told = json.loads(files["result.json"])
    told["lists"][0]["strata"]["full"]["selected"] = selected
    return {**files, "result.json": encode(told)}


@pytest.mark.slow
def test_a_full_coverage_batch_goes_out_in_a_random_order_from_the_seed_that_both_verifiers_hold_us_to(
    store: Store, hand: Hand
) -> None:
    office, number, files = drawn(store, hand)
    with store.read() as tx:
        derivation = json.loads(tx.draws.files(number)["rules.json"])["derivation"]
    assert derivation["full_coverage"] == ["full"], "the order is drawn, not the objects"
    told: dict[str, Any] = json.loads(files["result.json"])["lists"][0]["strata"]["full"]
    assert (told["k"], told["eligible"], told["reserve"]) == (CASES, CASES, [])

    commitment = read(files["commit.json"])
    seed = join(commitment, json.loads(files["seed.json"])["parts"])

    def by(purpose: str, mark: str = "") -> list[str]:
        """The batch in the order of its hashes under a key of the seed, longhand."""
        under = key(commitment, seed, purpose)
        return sorted(told["selected"], key=lambda name: sha256(f"{under}{mark}{name}".encode()).hexdigest())

    assert told["selected"] == by("draw") != sorted(told["selected"])
    went = [visit.object_id for visit in visits(office, number)]
    assert went == by("deal/weekly", "v\t") != sorted(went), "so they are numbered, pushed and dealt"
    assert judged(files) == [0, 0, 0]

    first, second, *rest = told["selected"]
    for other in ([second, first, *rest], sorted(told["selected"]), told["selected"][::-1]):
        assert judged(with_selected(files, other)) == [1, 1, 1], "nobody puts the batch into another order"


@pytest.mark.slow
def test_the_order_of_a_batch_is_another_one_in_each_draw_and_everybody_has_each_place_equally_often() -> None:
    """Six in two thousand draws: a chi-square of five degrees above 25.7 comes once in ten thousand times by chance, and six are told."""
    frame = freeze([thing(f"o{n}") for n in range(6)], [], [])
    places, orders = {row.id: [0] * 6 for row in frame.objects}, set[tuple[str, ...]]()
    for number in range(2000):
        listing = Listing(name="x", frame=frame, rules=rules(1_000_000, reserve=0), deals=False)
        (listed,) = carry_out(committed([listing], number=f"batch-{number}"), {"x": frame}, [reveal("one")]).lists
        (selected,) = (stratum.selected for stratum in listed.strata.values())
        orders.add(selected)
        for place, name in enumerate(selected):
            places[name][place] += 1
    assert len(orders) > 600, "of 720"
    assert [name for name, held in places.items() if sum((one - 2000 / 6) ** 2 / (2000 / 6) for one in held) > 25.7] == []
