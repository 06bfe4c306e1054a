"""A simulated office lives: cases come, sources answer, agencies write, an officer decides, dates pass, daemons die; and what came of it.

One thread, one clock that is moved to whatever comes next. Everything follows from the scene: who lives it twice has the same ledger head.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from inspector.daemon import sweeps
from inspector.daemon.clock import Clock
from inspector.daemon.schedules import schedules
from inspector.demo import approving
from inspector.demo.cast import firm, person
from inspector.demo.habits import MANNERS, MENDED, Manner
from inspector.domain.assistance import Door, Inability
from inspector.domain.calendar import WorkingCalendar
from inspector.domain.case import Case, Claim, MatterKind, Outcome, Route, SubjectKind
from inspector.domain.evidence import Evidence, Verdict
from inspector.domain.letter import LetterKind
from inspector.domain.sendback import Mistake, SendBackReason
from inspector.flows import assist, missent, review
from inspector.flows.intake import Application, take
from inspector.flows.office import AgencyNode, Connectors, Office
from inspector.policybook import Policybook
from inspector.ports import Letter
from inspector.settings import Schedules
from inspector.simulation.account import Told, tell
from inspector.simulation.agenda import Agenda, Doing
from inspector.simulation.desks import HEAD, LEGAL, SECOND, Desks
from inspector.simulation.field import Field, plans
from inspector.simulation.hand import Hand, KilledError, Still
from inspector.simulation.peers import Desk, Hall, Peer, Platform, Register
from inspector.simulation.scene import Days, Scene
from inspector.store.chance import seeded
from inspector.store.deadlines import next_due
from inspector.store.store import Store
from inspector.store.tx import Tx
from inspector.telemetry.metrics import Metrics

STEP = timedelta(minutes=15)
"""The clock stands at quarters of an hour alone: what comes within one is done together."""
AGENCY, OFFICER = "bureau", "示例审查员"
SOURCES, DESKS = ("registers", "social"), ("civil-affairs", "housing", "county-office")
MOST = 64
"""So many rows at once may have been all that a claim had room for."""
KILLS = 1 / 400
"""How often the daemon dies at a point at which it may."""
AGAIN = 100
"""So much of what is sealed is recomputed each simulated night; at the end all of it is."""
WITHDRAWN = 1 / 40
MISTAKEN = 1 / 100
"""So many of the others should not have come here, as two officers find after a day or two."""


def live(scene: Scene, store: Store, book: Policybook, calendar: WorkingCalendar) -> Told:
    """Live a scene on an empty, migrated store of its own. Raises what only a fault of the program raises."""
    clock = Still(calendar.opening(scene.first))
    store.clock = clock
    dice = Random(scene.seed)  # noqa: S311 - repeatable is what it is for
    with seeded(dice.getrandbits, clock.milliseconds):
        return _Year(scene, store, book, clock, Days(scene, calendar)).live()


@dataclass
class _Year:
    scene: Scene
    store: Store
    book: Policybook
    clock: Still
    days: Days
    done: Counter[str] = field(default_factory=Counter)
    pile: set[str] = field(default_factory=set)
    news: bool = False

    def __post_init__(self) -> None:
        self.agenda = Agenda(self.store, self.clock, self.days)
        self.plan, self.now = self.agenda.plan, self.agenda.now
        self.field = Field(self.agenda, AGENCY, (OFFICER, SECOND))
        calendar, now = self.days.calendar, self.now
        self.platform = Platform("platform", "credit", self.days, now)
        self.desks = {name: Desk(name, "agency", self.days, now, takes=self.letter) for name in DESKS}
        registers = {name: Register(name, "source", self.days, now) for name in SOURCES}
        hall = Hall("hall", "approving", self.days, now)
        connectors = Connectors(
            sources=registers,
            agencies=self.desks,
            credit={"platform": self.platform},
            approving={hall.name: hall},
            channels={self.field.phones.name: self.field.phones},
            seeds=self.field.seeds,
            witnesses=self.field.witnesses,
        )
        self.peers: list[Peer] = [self.platform, hall, *self.desks.values(), *registers.values(), *self.field.peers]
        tree = {
            "county": AgencyNode(id="county", name="区人民政府", pack="demo", connector="county-office"),
            AGENCY: AgencyNode(id=AGENCY, name="区市场监管局", parent="county", heads=(HEAD,), reviewers=(LEGAL,)),
            "civil-affairs": AgencyNode(id="civil-affairs", name="区民政局", parent="county", connector="civil-affairs"),
            "housing": AgencyNode(id="housing", name="区住房和城乡建设局", parent="county", connector="housing"),
        }
        self.office = Office(
            store=self.store,
            book=self.book,
            calendar=calendar,
            connectors=connectors,
            tree=tree,
            plans=plans(AGENCY),
            secret=bytes.fromhex(self.scene.chance.secret("office")),
            base_url="http://simulation.invalid",
            now=now,
            again=AGAIN,
        )
        self.field.office = self.office
        self.people = Desks(self.agenda, self.office, AGENCY, OFFICER)
        told = schedules(Schedules(), self.office.plans, self.now())
        self.calendar = Clock(self.store, Metrics(), self.now, "simulation", told)

    def live(self) -> Told:
        """The whole of it."""
        self.begin()
        ends = self.days.calendar.midnight(self.scene.ends)
        while (moment := self.next()) < ends:
            self.clock.at = moment
            self.done["instants"] += 1
            if self.slot <= moment:
                self.slots()
            self.agenda.due()
            self.work()
        while sweeps.seal(self.store, self.office):
            pass
        return self.told()

    def announced(self, _tx: Tx, _keys: Sequence[str]) -> None:
        """A commit has made work ready: whoever works now looks once more."""
        self.news = True

    def begin(self) -> None:
        """The lanes, the cases to come, the officer's days and the sweeps."""
        self.store.announce_to(self.announced)
        with self.store.begin() as tx:
            tx.lanes.ensure(self.office.connectors.names())
        self.hand = Hand(self.office, self.fault)
        for number in range(1, self.scene.cases + 1):
            reference = f"S-{number:06d}"
            self.plan(self.days.at(self.scene.arrives(reference), 0, reference), self.coming(number, reference))
        self.plan(self.days.at(self.scene.first, 0, "officer"), self.decide)
        self.field.begin()
        self.people.begin()
        self.calendar.declare()
        self.slots()

    def slots(self) -> None:
        """Take the slots that have come, as the daemon's calendar does; and when the next one comes."""
        self.calendar.fire_due()
        with self.store.read() as tx:
            self.slot = min(row["next_at"] for row in tx.schedules.all() if row["next_at"] is not None)

    def next(self) -> datetime:
        """The next quarter of an hour at which something comes: on the agenda, or a row of work; what waits for a lane waits one more."""
        with self.store.read() as tx:
            due = next_due(tx, self.clock.at)
        coming = [at for at in (due, self.agenda.next, self.slot) if at is not None]
        moment = max(min(coming), self.clock.at + STEP)
        first = self.days.calendar.opening(self.scene.first)
        return first + -(-(moment - first) // STEP) * STEP

    # --- the engine

    def work(self) -> None:
        """Carry out whatever is due, through deaths, until nothing is."""
        self.news = True
        sweeps.promote(self.office)
        while self.news:
            self.news = False
            try:
                claimed = self.hand.turn()
                self.done["work"] += claimed
            except KilledError:
                self.done["kills"] += 1
                self.done["unsettled"] += int(self.hand.unsettled)
                with self.store.begin() as tx:
                    tx.work.void_leases()
                self.hand, self.news = Hand(self.office, self.fault), True
            else:
                self.news |= claimed >= MOST
        if self.done["instants"] % 50 == 0:
            sweeps.seal(self.store, self.office)

    def fault(self, _point: str) -> None:
        """Now and then the daemon dies."""
        self.done["points"] += 1
        if self.scene.faults and self.scene.chance.of("kill", str(self.done["points"])) < KILLS:
            raise KilledError

    # --- people

    def coming(self, number: int, reference: str) -> Doing:
        """A case that comes in; one in forty is withdrawn some days later, one in a hundred should not have come."""

        def come(tx: Tx, now: datetime) -> None:
            given = _application(self.scene, number, reference, now)
            case = take(self.office, tx, given, "hall", now).case
            tx.committed.append(lambda: self.done.update(taken=1))
            if self.scene.chance.of("withdrawn", reference) < WITHDRAWN:
                self.plan(self.days.at(now.date(), 3, reference), lambda tx, now: self.withdraw(tx, case.id, now))
            elif self.scene.chance.of("mistaken", reference) < MISTAKEN:
                self.plan(self.days.at(now.date(), 1, reference), self.mistaken(case.id))

        return come

    def mistaken(self, case_id: str) -> Doing:
        """One officer says that a case came by mistake, and the next day another one agrees."""
        mistake = Mistake(reason=SendBackReason.OTHER_AGENCY, words="应由交通运输机关核查")

        def ask(tx: Tx, now: datetime) -> None:
            missent.ask(self.office, tx, case_id, mistake, OFFICER, "", now)
            self.plan(self.days.at(now.date(), 1, case_id), agree)

        def agree(tx: Tx, now: datetime) -> None:
            missent.agree(self.office, tx, case_id, SECOND, "", now)

        return ask

    def withdraw(self, tx: Tx, case_id: str, now: datetime) -> None:
        """The applicant withdraws."""
        review.withdraw(self.office, tx, case_id, "申请人改为提交证明材料", "hall", now)

    def letter(self, name: str, letter: Letter) -> None:
        """An agency has a letter: it answers, refuses, is late or silent, as it is."""
        if letter.kind is not LetterKind.REQUEST:
            return
        about, chance = letter.request_id, self.scene.chance
        manner = chance.pick(MANNERS.get(name, MANNERS["civil-affairs"]), "manner", about)
        days = int(chance.of("days", about) * 8) + (15 if manner is Manner.LATE else 0)
        if manner is not Manner.SILENT:
            self.plan(self.days.at(self.now().date(), days, about), self.reply(about, manner))

    def reply(self, about: str, manner: Manner) -> Doing:
        """What it says."""

        def say(tx: Tx, now: datetime) -> None:
            if manner in (Manner.REFUSES, Manner.REFUSES_BADLY):
                reasons = "本机关没有该档案" if manner is Manner.REFUSES else " "
                assist.refuse(self.office, tx, about, reasons, "示例经办人", now, Door(), inability=Inability.NOT_HELD)
                return
            match = self.scene.chance.of("match", about) < 0.85
            verdict = Verdict.CANNOT_SAY if manner is Manner.CANNOT_SAY else Verdict.MATCH if match else Verdict.MISMATCH
            assist.answer(
                self.office,
                tx,
                about,
                verdict,
                "" if verdict is Verdict.MATCH else "登记内容不同，无法认定",
                "示例经办人",
                now,
                Door(),
            )

        return say

    def decide(self, _tx: Tx, now: datetime) -> None:
        """The officer's day, unless on leave: what lay in review at the last look is decided, each in a transaction of its own."""
        tomorrow = now.date() + timedelta(days=1)
        self.plan(self.days.at(tomorrow, 0, "officer", tomorrow.isoformat()), self.decide)
        if self.days.on_leave(OFFICER, now.date()):
            return
        with self.store.read() as tx:
            found = tx.cases.page(agencies=[AGENCY], state="REVIEW", limit=10_000)
        for case in found:
            if case.id in self.pile:
                self.plan(now, self.deciding(case))
        self.pile = {case.id for case in found}

    def deciding(self, case: Case) -> Doing:
        """One decision, by its evidence: only a fresh contradiction may tell against anybody."""

        def do(tx: Tx, now: datetime) -> None:
            pieces = tx.cases.evidence(case.id)
            against = [one for one in pieces if one.verdict is Verdict.MISMATCH and one.fresh]
            outcome = Outcome.UNVERIFIABLE
            if against:
                outcome = Outcome(self.scene.chance.pick(MENDED, "judged", case.reference))
            cited = tuple(dict.fromkeys(one.id for one in _cited(against, pieces)))
            act = next((row.row for row in self.office.book.get(case.pack).acts if outcome in row.outcomes), "")
            review.decide(self.office, tx, case.id, outcome, OFFICER, "已核对原始材料并听取当事人说明", cited, now, act=act)

        return do

    # --- what came of it

    def told(self) -> Told:
        """The figures, and what is wrong."""
        self.done["unsettled"] += int(self.hand.unsettled)
        with self.store.read() as tx:
            return tell(self.office, tx, self.peers, self.done, self.agenda.refused, self.now())


def _cited(against: list[Evidence], pieces: list[Evidence]) -> list[Evidence]:
    """What tells against, and where another answer to the same claim agrees, that too: both have been looked at."""
    torn = {one.claim for one in against}
    return [*against, *(one for one in pieces if one.verdict is Verdict.MATCH and one.fresh and one.claim in torn)]


def _application(scene: Scene, number: int, reference: str, now: datetime) -> Application:
    """The application behind a reference, as the demo's approving system writes it, of a subject of its own."""
    said = approving.application(scene.chance, reference, now.date(), agency=AGENCY)
    subject = firm(number % 9_999) if said["subject"]["kind"] == "FIRM" else person(number)
    letter = said["letter"]
    return Application(
        agency=AGENCY,
        reference=reference,
        route=Route(said["route"]),
        matter=MatterKind(said["matter"]),
        item=said["item"],
        subject_kind=SubjectKind(said["subject"]["kind"]),
        subject_code=subject.code,
        subject_name=subject.name,
        claims=tuple(
            Claim(key=one["key"], fact=one["fact"], value=one["value"], on=datetime.fromisoformat(one["on"]).date())
            for one in said["claims"]
        ),
        letter_text=letter["text"],
        notice_version=letter["notice_version"],
        signed_by=subject.name,
        signed_on=datetime.fromisoformat(letter["signed_on"]).date(),
    )
