"""Who goes on in an office that a release before this one has left: its packs as its database kept them, its people, its daemon."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from inspector import lawbook
from inspector.domain.case import Case, Outcome
from inspector.domain.errors import InspectorError
from inspector.domain.evidence import Evidence, Verdict
from inspector.domain.finding import Finding
from inspector.domain.plan import DrawState
from inspector.domain.visit import SeatState, Visit
from inspector.flows import dispatch, review
from inspector.flows.office import Office
from inspector.flows.seeding import type_figures
from inspector.policybook import Policybook
from inspector.store.deadlines import next_due
from inspector.store.store import Store
from inspector.store.tables import work
from tests.former.makers import END
from tests.former.outside import Outside, thrown
from tests.former.place import place
from tests.house import ROOT, Hand, settle

OPEN = ("ready", "waiting")


@dataclass
class Heirs:
    """The office, its people and its hand; `left`: the keys that were open when it was handed on, with their kinds."""

    office: Office
    hand: Hand
    outside: Outside
    left: dict[str, str] = field(default_factory=dict)

    def running(self) -> dict[str, str]:
        """Work that is open, by key."""
        asked = sa.select(work.c.key, work.c.kind).where(work.c.state.in_(OPEN))
        with self.office.store.read() as tx:
            return {row.key: row.kind for row in tx.connection.execute(asked)}

    def live(self, years: int = 4) -> int:
        """Go on until nothing is open any more that was. How many moments that took."""
        moments, ends = 0, self.hand.now + timedelta(days=366 * years)
        while self.hand.now < ends:
            self.people()
            settle(self.office)
            moments += 1
            if not self.left.keys() & self.running().keys():
                return moments
            self.hand.now = self.following()
        raise AssertionError(f"still open after {years} years: {sorted(self.left.keys() & self.running().keys())}")

    def following(self) -> datetime:
        """The next moment at which anything comes due; an hour on at the least, since people come by no more often."""
        with self.office.store.read() as tx:
            due = next_due(tx, self.hand.now)
        least = self.hand.now + timedelta(hours=1)
        return max(due or least, least).astimezone(self.hand.now.tzinfo)

    # --- people

    def people(self) -> None:
        """Everybody does what lies with him or her."""
        with self.office.store.read() as tx:
            draws = [one for one in tx.draws.page(None) if one.state is DrawState.SEEDING]
            visits = [one for held in tx.draws.page(None) for one in tx.visits.of_draw(held.number) if one.state.open]
            cases = tx.cases.page(agencies=list(self.office.tree), state="REVIEW", limit=1000)
        for held in draws:
            if held.seed_at is not None and held.seed_at <= self.hand.now:
                for by in ("赵", "钱"):
                    with suppress(InspectorError), self.office.store.begin() as tx:
                        type_figures(self.office, tx, held.number, by, thrown(held.number), self.hand())
        for visit in visits:
            self.go(visit)
        for case in cases:
            self.decide(case)

    def go(self, visit: Visit) -> None:
        """The team says yes, and enters that all is as promised."""
        with suppress(InspectorError), self.office.store.begin() as tx:
            team = [seat for seat in tx.visits.team(visit.id) if seat.state.open]
            for seat in team:
                if seat.state is not SeatState.ACCEPTED:
                    dispatch.accept(tx, seat.name, self.hand())
        findings = [Finding(case_id=one.case_id, claim=one.claim, verdict=Verdict.MATCH) for one in visit.doubts]
        with suppress(InspectorError), self.office.store.begin() as tx:
            for seat in team[:1]:
                dispatch.report(self.office, tx, seat.name, findings, "属实", self.hand())

    def decide(self, case: Case) -> None:
        """An officer decides by what there is: only a fresh contradiction tells against anybody."""
        with self.office.store.begin() as tx:
            pieces = tx.cases.evidence(case.id)
            against = [one for one in pieces if one.verdict is Verdict.MISMATCH and one.fresh]
            outcome = Outcome.UNTRUE_CURABLE if against else Outcome.UNVERIFIABLE
            acts = self.office.book.get(case.pack).acts
            act = next((row.row for row in acts if outcome in row.outcomes), "")
            cited = tuple(one.id for one in _cited(against, pieces))
            review.decide(self.office, tx, case.id, outcome, "周审查", "已核对", cited, self.hand(), act=act, token="t-周审查")


def _cited(against: list[Evidence], pieces: list[Evidence]) -> list[Evidence]:
    torn = {one.claim for one in against}
    return [one for one in pieces if one in against or (one.verdict is Verdict.MATCH and one.fresh and one.claim in torn)]


def put_back(store: Store, folder: Path) -> Path:
    """The packs of the former release, as its database kept their texts: whoever upgrades keeps the folder of packs."""
    with store.read() as tx:
        texts = tx.packs.texts()
    for label, text in texts.items():
        name, _, version = label.partition("@")
        file = folder / name / f"pack-{re.sub('[^0-9A-Za-z.]', '', version)}.toml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    (folder / "documents").symlink_to(ROOT / "policies" / "documents")
    return folder


def inherit(store: Store, folder: Path) -> Heirs:
    """Start on a migrated store, as a daemon does. Raises what `note_packs` and `note_calendar` raise."""
    hand = Hand(END)
    outside = Outside(hand)
    office = place(store, hand, outside, Policybook.read(put_back(store, folder)))
    book = lawbook.note_packs(store, office.book, office.tree, hand().date())
    lawbook.note_calendar(store, office.calendar, hand())
    with store.begin() as tx:
        if store.sqlite:
            tx.work.void_leases()
    held = Heirs(office=replace(office, book=book), hand=hand, outside=outside)
    held.left = held.running()
    return held
