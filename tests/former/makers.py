"""Who makes an office to be handed on: its people one after the other, and its daemon on one thread, by a clock that is moved by hand."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

from inspector import lawbook
from inspector.daemon import sweeps
from inspector.domain.agreed import Contact
from inspector.domain.annual import Consent
from inspector.domain.case import MatterKind, Outcome, SubjectKind
from inspector.domain.decision import OrderKind
from inspector.domain.identity import citizen_check_digit
from inspector.domain.plan import Draw
from inspector.domain.roster import InspectorRecord, RosterObject
from inspector.domain.visit import Visit
from inspector.flows import dispatch, planning, review
from inspector.flows.draw import announce_now
from inspector.flows.seeding import type_figures
from inspector.policybook import Policybook
from inspector.ports import PortError
from inspector.simulation.hand import Hand as Daemon
from inspector.simulation.hand import Still
from inspector.store.store import Store
from inspector.store.tx import Tx
from tests.former.outside import FALSE, Outside, thrown
from tests.former.place import DRAWING, place
from tests.house import START, Hand, application, carry_out, claim, next_period, post
from tests.proceedings import Proceeding

END = START.replace(day=13, hour=15, minute=0)
"""A Friday afternoon: then the daemon is killed."""
PHONE = Contact(phone="13800000000", agreed=True)


class Standing(Still):
    """Machine time that is the hand's."""

    def __init__(self, hand: Hand) -> None:
        super().__init__(hand.now)
        self.hand = hand

    def now(self) -> datetime:
        """It."""
        return self.hand.now

    def milliseconds(self) -> int:
        """The same since 1970."""
        return int(self.hand.now.timestamp() * 1000)


class Makers:
    """The people of the office, one after the other, and its daemon."""

    def __init__(self, store: Store, folder: Path) -> None:
        self.store, self.hand = store, Hand()
        store.clock = Standing(self.hand)
        self.outside = Outside(self.hand)
        book = Policybook.load(folder)
        self.office = place(store, self.hand, self.outside, book)
        calendar = self.office.calendar
        known = replace(
            calendar, tables=tuple(one for one in calendar.tables if one.year != max(t.year for t in calendar.tables))
        )
        book = lawbook.note_packs(store, book, self.office.tree, self.hand().date())
        lawbook.note_calendar(store, known, self.hand())
        self.office = replace(self.office, book=book)
        self.daemon = Daemon(self.office, lambda _point: None)

    # --- time and the daemon

    def work(self) -> None:
        """Carry out what is due, until nothing is."""
        while sweeps.promote(self.office) + self.daemon.turn():
            pass

    def until(self, moment: datetime) -> None:
        """Time passes, an hour at a time, and the daemon works and seals."""
        self.work()
        while self.hand.now < moment:
            self.hand.now = min(moment, self.hand.now + timedelta(hours=1))
            self.work()
            sweeps.seal(self.store, self.office)

    def act(self, do: Callable[[Tx], object]) -> None:
        """Somebody does something, in one transaction."""
        with self.store.begin() as tx:
            do(tx)

    # --- cases

    def comes(self, number: int, item: str, claims: dict[str, str], **changes: object) -> str:
        """A case; unless they say otherwise a firm's."""
        return post(self.office, application(number, item, claims, **changes))

    def firm(self, number: int, *, false: bool = False, **changes: object) -> str:
        """A firm's licence; `false`: the register contradicts it."""
        code = f"{FALSE if false else 'TESTT'}{number:013d}"
        return self.comes(number, "business-licence", {"registration-status": "存续"}, subject_code=code, **changes)

    def premises(self, number: int) -> str:
        """A case whose premises somebody has to see."""
        return self.comes(number, "dispatch-premises", {"registered-address": "某路1号", "office-in-use": "是"})

    def person(self, number: int, item: str, claims: dict[str, str], agency: str = "bureau") -> str:
        """A natural person's case. The numbers lie in a region that does not exist."""
        matter = MatterKind.CONFIRMATION if item in {"hukou-housing", "exam-work-years"} else MatterKind.BENEFIT
        told = {"subject_kind": SubjectKind.PERSON, "subject_code": code(number), "matter": matter}
        version = "2026-01" if agency == "harbour" else "2025-01"
        return self.comes(number, item, claims, agency=agency, notice_version=version, **told)

    def judged(self, number: int, *, grave: bool = False) -> Proceeding:
        """A firm's case that an officer has decided against it."""
        case = self.firm(number, false=True)
        self.work()
        self.act(lambda tx: review.conclude(self.office, tx, case, "hall", self.hand()))
        held = Proceeding(office=self.office, hand=self.hand, case=case)
        with self.store.read() as tx:
            pack = self.office.book.get(tx.cases.get(case).pack)
        outcome = Outcome.UNTRUE_INCURABLE if grave else Outcome.UNTRUE_CURABLE
        held.decide(outcome, act=next((row.row for row in pack.acts if outcome in row.outcomes), ""))
        return held

    # --- draws

    def announced(self, plan: str) -> Draw:
        """A draw of a plan, announced now: a new period of it has begun."""
        next_period(self.office, plan)
        with self.store.begin() as tx:
            made = announce_now(self.office, tx, plan, "clerk", self.hand())
        assert made is not None
        return made

    def figures(self, number: str) -> None:
        """The ceremony is held as soon as it may be: two people type what the dice showed."""
        with self.store.read() as tx:
            at = tx.draws.get(number).seed_at
        assert at is not None
        self.until(at)
        for by in ("赵", "钱"):
            with self.store.begin() as tx:
                type_figures(self.office, tx, number, by, thrown(number), self.hand())

    def drawn(self, plan: str) -> list[Visit]:
        """A draw from its announcement to its visits."""
        number = self.announced(plan).number
        self.work()
        self.figures(number)
        self.work()
        with self.store.read() as tx:
            return tx.visits.of_draw(number)

    def seats(self, visit: Visit) -> list[str]:
        """The names of a visit's open seats."""
        with self.store.read() as tx:
            return [seat.name for seat in tx.visits.team(visit.id) if seat.state.open]

    def accepted(self, visit: Visit) -> None:
        """Each of the team says yes."""
        for name in self.seats(visit):
            with self.store.begin() as tx:
                dispatch.accept(tx, name, self.hand())

    def only(self, kind: OrderKind) -> None:
        """Rows of one kind are carried out and settled one by one, and nothing of what that orders."""
        sweeps.promote(self.office)
        for row in claim(self.office):
            if row.kind == kind:
                with suppress(PortError):
                    carry_out(self.office, row)

    def proofs(self) -> list[str]:
        """Questions to subjects that are open."""
        with self.store.read() as tx:
            found = [
                one
                for case in tx.cases.page(agencies=list(self.office.tree), limit=1000)
                for one in tx.selfproofs.of_case(case.id)
            ]
        return [one.id for one in found if one.state.open]

    def requests(self) -> list[str]:
        """Letters of the bureau to agencies that are open, the oldest first."""
        with self.store.read() as tx:
            found = [
                (case.agency, one)
                for case in tx.cases.page(agencies=list(self.office.tree), limit=1000)
                for one in tx.assistance.of_case(case.id)
            ]
        return [one.id for agency, one in sorted(found, key=lambda told: told[1].id) if one.state.open and agency == "bureau"]

    def registers(self) -> None:
        """Inspectors, firms and the year's plans, which a second person approves and a third one publishes."""
        self.act(_enrol)
        now, consent = self.hand(), Consent(by="李主任", document="3号")
        for plan in self.office.plans:
            with self.store.begin() as tx:
                planning.create(self.office, tx, plan, 2026, by="王科员", now=now)
                planning.approve(self.office, tx, plan, 2026, consent, now)
                planning.publish(self.office, tx, plan, 2026, by="赵科员", reference="公告栏", on=None, now=now)


def _enrol(tx: Tx) -> None:
    for agency in DRAWING:
        tx.rosters.put_inspectors([_inspector(agency, number) for number in range(1, 9)])
        for number in range(1, 13):
            firm = f"{agency.upper():S<6}{number:012d}"
            held = RosterObject(agency=agency, kind=SubjectKind.FIRM, code=firm, original=firm, name="某公司", pool=agency)
            tx.rosters.enrol(held)


def _inspector(agency: str, number: int) -> InspectorRecord:
    """A certified one with two ways to be reached."""
    name = f"{agency[0].upper()}{number:03d}"
    return InspectorRecord(
        agency=agency,
        id=name,
        name=f"检查员{name}",
        pools=(agency,),
        certificate=f"C-{name}",
        certificate_until=date(2030, 1, 1),
        channel="phones,sms",
        address=f"phone-{name},sms-{name}",
    )


def code(number: int) -> str:
    """A number of a person who does not exist, its check digit right."""
    first = f"99000019600101{number % 1000:03}"
    return first + citizen_check_digit(first)
