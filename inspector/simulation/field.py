"""Draws and visits of a simulated office: registers and annual plans, the public ceremony, inspectors with phones, and their leave."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial

from inspector.demo.cast import inspectors, objects
from inspector.demo.habits import FINDINGS, REACTIONS, Reaction
from inspector.domain.annual import Consent
from inspector.domain.evidence import Verdict
from inspector.domain.finding import Finding, Seen
from inspector.domain.plan import DrawState
from inspector.flows import dispatch, fieldnotes, leaves, planning, relief, seeding
from inspector.flows.fieldnotes import Noted
from inspector.flows.office import Office, Plan
from inspector.flows.seated import by_name
from inspector.ports import Message, Receipt, SeedSource, Witness
from inspector.simulation.agenda import Agenda
from inspector.simulation.peers import Peer
from inspector.simulation.seeds import DICE, LOTTERY, Ceremony, Notary, Party
from inspector.store.tx import Tx

PLAN = "licensing"
TRIGGER = "cron day=5,19 14:00"
"""Two draws a month: one takes two or three working days."""
CLERKS = ("示例书记员甲", "示例书记员乙")
TRIES = 8
"""So often an inspector enters a result again that the office did not take: a colleague has yet to say yes, or is to be dealt."""
AGAIN = ("team_short", "team_not_accepted", "visit_unreleased", "findings_missing", "findings_unknown")


def plans(agency: str) -> Mapping[str, Plan]:
    """What is drawn."""
    return {PLAN: Plan(name=PLAN, agency=agency, trigger=TRIGGER, pool=True)}


@dataclass
class Phones(Peer):
    """The inspectors' phones: what comes is heard once; what they make of it is theirs (`takes`)."""

    takes: Callable[[Message], object] = lambda _message: None

    def push(self, message: Message, *, key: str) -> Receipt:
        """Take a message."""
        if self.hear(key, message):
            self.takes(message)
        return Receipt(reference=f"{self.name}-{len(self.told)}", at=self.now())


@dataclass
class Field:
    """Whoever has to do with draws and visits. `office` is given once it is there: its connectors are made of what stands here."""

    agenda: Agenda
    agency: str
    deputies: tuple[str, str]
    """Who approves an annual plan, and who publishes it."""
    office: Office = field(init=False)
    phones: Phones = field(init=False)
    _known: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        days, now = self.agenda.days, self.agenda.now
        self.phones = Phones("phones", "channel", days, now, takes=self._pushed)
        self._parties = [Party(name, "seed", days, now) for name in ("justice", "audit")]
        self._notary = Notary("notary", "witness", days, now)

    @property
    def peers(self) -> list[Peer]:
        """Everybody outside who hears something."""
        return [self.phones, self._notary, *self._parties]

    @property
    def seeds(self) -> dict[str, SeedSource]:
        """Who has a part in a seed."""
        dice = Ceremony("dice", "26 six-sided dice, thrown in public", DICE)
        lottery = Ceremony("lottery", "double-colour ball, the draw after the reveals' last day", LOTTERY, official="公告")
        return {"dice": dice, "lottery": lottery, **{one.name: one for one in self._parties}}

    @property
    def witnesses(self) -> dict[str, Witness]:
        """Who keeps what a draw is held to."""
        return {self._notary.name: self._notary}

    def begin(self) -> None:
        """The registers are filled; each working day somebody looks after plans, ceremonies and leave."""
        with self.agenda.store.begin() as tx:
            for row in objects(self.agency):
                tx.rosters.enrol(row)
            tx.rosters.put_inspectors(inspectors(self.agency))
        self.agenda.daily("planner", self._planned)
        self.agenda.daily("registrar", self._absent)
        self.agenda.daily("clerks", self._thrown, covered=True)

    # --- plans and ceremonies

    def _planned(self, tx: Tx, now: datetime) -> None:
        """A year's plan is drawn up, approved by another person, and published: on the first working day of whoever plans."""
        if tx.annual.last(PLAN, now.year) is not None:
            return
        approves, publishes = self.deputies
        planning.create(self.office, tx, PLAN, now.year, by=CLERKS[0], now=now)
        consent = Consent(by=approves, document=f"示例〔{now.year}〕1号")
        planning.approve(self.office, tx, PLAN, now.year, consent, now)
        planning.publish(self.office, tx, PLAN, now.year, by=publishes, reference="公告栏", on=None, now=now)

    def _thrown(self, tx: Tx, now: datetime) -> None:
        """Two clerks type what each ceremony showed whose time has come."""
        for held in tx.draws.unfinished():
            for what in held.ceremonies if held.state is DrawState.SEEDING else ():
                opens = held.opens(what)
                if what not in held.parts and (opens is None or opens <= now):
                    for by in CLERKS:
                        self.agenda.plan(now, partial(self._typed, held.number, what, by))

    def _typed(self, number: str, what: str, by: str, tx: Tx, now: datetime) -> None:
        chance = self.agenda.days.scene.chance
        lottery = what == "lottery"
        figures = chance.lottery(number) if lottery else chance.dice(number)
        minutes = f"{now:%Y%j}" if lottery else ""
        seeding.type_figures(self.office, tx, number, by, figures, now, party=what, minutes=minutes)

    # --- inspectors

    def _absent(self, tx: Tx, now: datetime) -> None:
        """Who is on leave this week is entered, and who is back: seats of whoever cannot go pass on by the rule."""
        monday = now.date() - timedelta(days=now.weekday())
        changed = []
        for row in tx.rosters.inspectors(self.agency):
            away = self.agenda.days.on_leave(row.id, now.date())
            since, until = (monday, monday + timedelta(days=6)) if away else (None, None)
            if (row.leave_from, row.leave_until) != (since, until):
                changed.append(replace(row, leave_from=since, leave_until=until))
        if changed:
            names = [row.id for row in changed]
            stood = leaves.standing(tx, self.agency, names)
            tx.rosters.put_inspectors(changed)
            leaves.note(self.office, tx, self.agency, stood, names, CLERKS[1], now)
            relief.look(self.office, tx, self.agency, now)

    def _pushed(self, message: Message) -> None:
        """Somebody has an assignment: accepts it, declines it, or lets it lie; whoever is on leave reads nothing."""
        name, data = message.link.rsplit("/", 2)[1], message.data
        if data.get("called_off") or data.get("test") or name in self._known:
            return
        self._known.add(name)
        days, today = self.agenda.days, self.agenda.now().date()
        reaction = days.scene.chance.pick(REACTIONS, "reaction", name)
        staff = f"Z{int(message.to.rpartition('-')[2]):03}"
        if reaction is Reaction.SILENT or days.on_leave(staff, today):
            return
        do = self._accepts if reaction is Reaction.ACCEPTS else self._declines
        self.agenda.plan(days.at(today, 0, "reads", name), partial(do, name))

    def _declines(self, name: str, tx: Tx, now: datetime) -> None:
        dispatch.decline(self.office, tx, name, "与检查对象有利害关系，申请回避", now)

    def _accepts(self, name: str, tx: Tx, now: datetime) -> None:
        dispatch.accept(tx, name, now)
        later = 1 + int(self.agenda.days.scene.chance.of("goes", name) * 4)
        tx.committed.append(lambda: self._goes(name, later, TRIES))

    def _goes(self, name: str, later: int, tries: int) -> None:
        """Goes some working days later, and again the next day where the office did not take the result yet."""
        at = self.agenda.days.at(self.agenda.now().date(), later, "goes", name, str(tries))

        def refused(code: str) -> None:
            if code in AGAIN and tries:
                self._goes(name, 1, tries - 1)

        self.agenda.plan(at, partial(self._reports, name), refused)

    def _reports(self, name: str, tx: Tx, now: datetime) -> None:
        """Whoever of the team writes first has written; what was in question is answered, each by its own chance."""
        held, seat = by_name(tx, name)
        if not held.state.open:
            return
        chance, asked = self.agenda.days.scene.chance, [one for one in held.doubts if one.agency == seat.agency]
        found = tuple(
            Finding(
                case_id=one.case_id,
                claim=one.claim,
                verdict=Verdict(chance.pick(FINDINGS, "finding", one.case_id, one.claim)),
                note="现场所见",
            )
            for one in asked
        )
        seen = None if found else Seen.FINDING if chance.of("found", held.id) < 0.1 else Seen.NOTHING
        noted = Noted(findings=found, seen=seen, remarks="现场查看，拍照留存", on=None)
        fieldnotes.report(self.office, tx, name, noted, now)
