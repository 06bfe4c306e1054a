"""What frames are made of from former draws, read in bulk: a few questions however many visits there are."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from inspector.domain.case import CaseState
from inspector.domain.lookback import Sat
from inspector.store.ashanded import AsHanded, Handed
from inspector.store.drawtables import draw, draw_file, draw_register, visit_agency
from inspector.store.ledger import LedgerRoom
from inspector.store.room import GONE, Row, padded
from inspector.store.seals import holds
from inspector.store.tables import case_file, ledger, seat, visit, visit_case

_ON_SITE = '"ON_SITE"'
"""How the body of a case with a step on site reads (`codec`)."""
_TOGETHER = 500
"""So many names go into one statement."""


class Told(NamedTuple):
    """An entry about a visit; of one whose words went, with what its purge leaves of it."""

    id: str
    about: str
    rule: str
    at: datetime
    body: str


class LookbackRoom(LedgerRoom):
    """Visits, whose they are, their seats and cases, with the ledger's entries about them."""

    def visits(self) -> list[Row]:
        """The columns of every visit of the house that frames are made of, those called off too."""
        names = ("id", "draw", "agency", "object_id", "check_type", "replaces", "opened_at", "done_at", "made_on", "state")
        return self.rows(sa.select(*(visit.c[name] for name in names)))

    def stakes(self) -> dict[str, dict[str, tuple[str, bool, bool]]]:
        """By visit and agency: the stratum, whether chance alone chose it there, whether it counts."""
        held: dict[str, dict[str, tuple[str, bool, bool]]] = {}
        for name, agency, stratum, sampled, counts in self.connection.execute(sa.select(*visit_agency.c)):
            held.setdefault(name, {})[agency] = stratum, sampled, counts
        return held

    def seats(self) -> dict[str, list[Sat]]:
        """Every turn of every place, by visit."""
        held: dict[str, list[Sat]] = {}
        for name, *told in self.connection.execute(sa.select(seat.c.visit, *(seat.c[name] for name in Sat._fields))):
            held.setdefault(name, []).append(Sat(*told))
        return held

    def served(self) -> dict[str, list[str]]:
        """The cases of each visit."""
        held: dict[str, list[str]] = {}
        for name, case in self.connection.execute(sa.select(visit_case.c.visit, visit_case.c.case_id)):
            held.setdefault(name, []).append(case)
        return held

    def about_visits(self, rules: Collection[str]) -> tuple[AsHanded, dict[str, list[Handed]]]:
        """The ledger's entries about visits by some rules, to be read, and as they are handed over by visit, in order."""
        asked = sa.select(ledger).where(ledger.c.about.in_(sa.select(visit.c.id)), ledger.c.rule.in_(list(rules)))
        answer = AsHanded(self.connection.execute(asked))
        which, about = answer.keys.index("id"), answer.keys.index("about")
        held: dict[str, list[Handed]] = {}
        for row in sorted(answer.rows, key=lambda row: str(row[which])):
            held.setdefault(row[about], []).append(row)
        return answer, held

    def told(self, rows: Sequence[sa.Row[Any]]) -> tuple[list[Told], set[str]]:
        """(some entries, the ids of those that are not what was written)."""
        gone = self.purged(rows)
        told = [Told(row.id, row.about, row.rule, row.at, row.body or gone.get(row.id, "")) for row in rows]
        return told, {row.id for row in rows if not holds(row, gone=gone.keys())}

    def told_of(self, abouts: Collection[str], rules: Collection[str]) -> tuple[list[Told], set[str]]:
        """(the ledger's entries about some things by some rules, in order; the ids of those that are not what was written)."""
        names, told, changed = sorted(abouts), list[Told](), set[str]()
        for start in range(0, len(names), _TOGETHER):
            some = padded(names[start : start + _TOGETHER])
            rows = self.connection.execute(
                sa.select(ledger).where(ledger.c.about.in_(some), ledger.c.rule.in_(list(rules)))
            ).all()
            some_told, some_changed = self.told(rows)
            told += some_told
            changed |= some_changed
        return sorted(told, key=lambda one: one.id), changed

    def left_at(self, visits: Collection[str], rules: Collection[str]) -> set[tuple[str, datetime]]:
        """(visit, when) of the ends, by some rules, of cases that some visits serve."""
        asked = sa.select(visit_case.c.visit, ledger.c.at).join(ledger, ledger.c.about == visit_case.c.case_id)
        asked = asked.where(visit_case.c.visit.in_(list(visits)), ledger.c.rule.in_(list(rules)))
        return {(row[0], row[1]) for row in self.connection.execute(asked)}

    def results(self) -> dict[str, bytes]:
        """The results of all draws, by number."""
        carried_out = sa.select(draw.c.number).where(draw.c.state.in_(("DRAWN", "VOID")))
        asked = sa.select(draw_file.c.number, draw_file.c.bytes)
        asked = asked.where(draw_file.c.number.in_(carried_out), draw_file.c.name == "result.json")
        return {row[0]: row[1] for row in self.connection.execute(asked)}

    def lines(self, end: str) -> dict[str, bytes]:
        """What stands in the files of a kind, those of all lists one behind the other, by draw."""
        named = (draw_file.c.name == end) | draw_file.c.name.endswith(f".{end}", autoescape=True)
        asked = sa.select(draw_file.c.number, draw_file.c.bytes).where(draw_file.c.number.in_(sa.select(draw.c.number)), named)
        held: dict[str, bytes] = {}
        for number, content in self.connection.execute(asked.order_by(draw_file.c.number, draw_file.c.name, draw_file.c.part)):
            held[number] = held.get(number, b"") + content
        return held

    def entries_of(self, numbers: Collection[str], rule: str) -> list[Row]:
        """(about, body) of the entries about draws by a rule."""
        return self.rows(sa.select(ledger.c.about, ledger.c.body).where(ledger.c.about.in_(list(numbers)), ledger.c.rule == rule))

    def void(self) -> tuple[dict[str, str], set[str]]:
        """(the state of every draw, the numbers that the registers of draws have as void)."""
        states = {row[0]: row[1] for row in self.connection.execute(sa.select(draw.c.number, draw.c.state))}
        entered = sa.select(draw_register.c.draw).where(draw_register.c.kind == "VOID")
        return states, set(self.connection.execute(entered).scalars())

    def framed(self, agencies: Collection[str], since: datetime) -> list[Row]:
        """The cases of some agencies, taken in since a moment or not ended, that a draw has had without visiting them."""
        there = sa.exists().where(
            visit_case.c.case_id == case_file.c.id, visit.c.id == visit_case.c.visit, visit.c.draw == case_file.c.drawn
        )
        names = ("id", "subject_kind", "subject_code", "drawn")
        asked = sa.select(*(case_file.c[name] for name in names)).where(
            case_file.c.agency.in_(list(agencies)),
            case_file.c.state.not_in(GONE),
            case_file.c.drawn.is_not(None),
            (case_file.c.opened_at >= since) | case_file.c.ended_at.is_(None),
        )
        return self.rows(asked.where(~there))

    def unwanted(self, agencies: Collection[str]) -> list[str]:
        """The cases under verification that a step on site is named in and that no column says to want a visit."""
        asked = sa.select(case_file.c.id, case_file.c.body).where(
            case_file.c.agency.in_(list(agencies)), case_file.c.state == CaseState.VERIFYING.value, ~case_file.c.wants_visit
        )
        return [row.id for row in self.connection.execute(asked) if _ON_SITE in row.body]

    def silently(self, agencies: Collection[str], state: CaseState, rules: Collection[str]) -> list[str]:
        """The cases that have left the house in this way by their row, and not by any entry."""
        said = sa.exists().where(ledger.c.about == case_file.c.id, ledger.c.rule.in_(list(rules)))
        asked = sa.select(case_file.c.id).where(case_file.c.agency.in_(list(agencies)), case_file.c.state == state.value, ~said)
        return list(self.connection.execute(asked).scalars())
