"""An object with several reasons to be in a frame stands there once, where the quota makes it likeliest to be drawn (scenario 25)."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction

from inspector.domain.case import SubjectKind
from inspector.domain.policy import Policy
from inspector.domain.roster import RosterObject
from inspector.flows.draw import announce_now
from inspector.store.store import Store
from tests.drawn import drawing
from tests.house import Hand, application, post, settle

FIRMS = 20


def code(number: int) -> str:
    return f"TEST{number:014d}"


def changed(pack: Policy) -> Policy:
    """By its row the pool's stratum is the likelier one: a half, where the other says two fifths, and two at least."""
    rows = {row.stratum: row for row in pack.samplings}
    pool = replace(rows["pool-U"], ratio=Fraction(1, 2))
    other = replace(rows["normal-U"], ratio=Fraction(2, 5), minimum=2)
    kept = [row for row in pack.samplings if row.stratum not in ("pool-U", "normal-U")]
    return replace(pack, samplings=(*kept, pool, other))


def test_scenario_25_the_chance_that_the_quota_gives_decides_and_not_the_ratio_of_the_row(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    packs = tuple(changed(pack) if pack.id == "demo" else pack for pack in office.book.packs)
    plans = {"weekly": replace(office.plans["weekly"], pool=True)}
    office = replace(office, plans=plans, book=replace(office.book, packs=packs))
    with store.begin() as tx:
        tx.rosters.put_objects(
            RosterObject(agency="bureau", kind=SubjectKind.FIRM, code=code(number), original="", name="", pool="bureau")
            for number in range(1, FIRMS + 1)
        )
    post(office, application(1, "business-licence", {"registration-status": "存续"}))
    settle(office)
    with store.begin() as tx:
        assert [row["stratum"] for row in tx.cases.undrawn("bureau")] == ["normal-U"]
        held = announce_now(office, tx, "weekly", "clerk", hand())
    assert held is not None
    settle(office)
    with store.read() as tx:
        files = tx.draws.files(held.number)
    rows = [line.split("\t")[:2] for line in files["objects.tsv"].decode().splitlines()]
    assert [stratum for name, stratum in rows if name == code(1)] == ["normal-U"], "once, and certain to be drawn: 1/1, not 1/2"
    assert len(rows) == FIRMS
    (told,) = json.loads(files["commit.json"])["lists"]
    assert (told["derivation"]["several"], told["derivation"]["chances"]) == (1, {"normal-U": "1", "pool-U": "1/2"})
