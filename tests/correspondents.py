"""Twenty agencies that are asked for assistance in a simulated year, their superiors, and what each of them wrote down for itself.

Each has habits: it answers, delays, refuses with and without reasons, forwards (two of them to each other), disputes, and is silent. Its
diary is the independent record that the scoreboard is held against: each counts its dates itself, by the notices and a wall calendar
(`tests.longhand`), from the day on which a letter came or it spoke, and no date of the office's is copied. From the office it knows the
numbers of the requests, who was to post what, and, told so in answer, that a word of its own came too late to count.
"""

from __future__ import annotations

import copy
import heapq
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from random import Random
from typing import Any

from inspector.domain.assistance import AssistanceState, Inability, Quarrel, Request
from inspector.domain.errors import InspectorError
from inspector.domain.evidence import Verdict
from inspector.domain.letter import LetterKind
from inspector.domain.said import Said, Saying
from inspector.flows import assist, hearing, posted, unsettled
from inspector.flows.office import Office
from inspector.ports import Letter
from inspector.store.tx import Tx
from tests.agencydoors import door
from tests.agencynotes import DISPUTE, Noted
from tests.agencytree import CIRCLE, NAMES
from tests.habits import HABITS
from tests.house import ROOT
from tests.longhand import Longhand

Doing = Callable[[Tx, datetime], object]


def hourly(at: datetime) -> datetime:
    """The full hour: people do things at once, and a year has few enough moments."""
    return at.replace(minute=0, second=0, microsecond=0)


@dataclass
class Correspondents:
    """All of them; `plan` holds what they will do, by the hour."""

    office: Office
    chance: Random
    diary: dict[str, dict[str, Noted]] = field(default_factory=lambda: {name: {} for name in NAMES})
    plan: list[tuple[datetime, int, str, Doing]] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)
    deck: list[str] = field(default_factory=list)
    knocks: dict[tuple[str, LetterKind], datetime] = field(default_factory=dict)
    tray: dict[str, list[Letter]] = field(default_factory=dict)
    wall: Longhand = field(default_factory=lambda: Longhand(ROOT / "policies" / "calendars"))
    urgent: set[str] = field(default_factory=set)
    beside: bool = False
    came: datetime | None = None
    count: int = 0

    def __post_init__(self) -> None:
        self.deck = list(HABITS)
        self.chance.shuffle(self.deck)

    def habit(self, name: str) -> str:
        """The next card of a shuffled deck, so that few requests meet every habit, too."""
        if len(self.deck) < 2:
            more = [habit for habit, often in HABITS.items() for _ in range(often)]
            self.chance.shuffle(more)
            self.deck = more + self.deck
        forwards = [place for place, habit in enumerate(self.deck) if (habit == "forward") == (name in CIRCLE)]
        return self.deck.pop(forwards[-1] if forwards else -1)

    def way(self, letter: Letter, begins: int = 0) -> int:
        """Over how many working days a letter was on its way, from the day of its first knock, or (1) the day after."""
        first = self.knocks.get((letter.request_id, letter.kind))
        if first is None:
            return 0
        since, until = self.wall.here(first), self.wall.here(self.office.now())
        return sum(self.wall.works(since + timedelta(days=one + begins)) for one in range((until - since).days))

    def opened(self, request: str) -> Noted:
        """A new leaf: what comes today is to be answered from today on."""
        urgent = request.partition(".")[0] in self.urgent
        return Noted(at=self.office.now(), wall=self.wall, urgent=urgent)

    def knock(self, name: str, letter: Letter, ended: str = "") -> None:
        """A letter was not taken: when it first knocked. One that asks is no letter of the agency's yet."""
        self.knocks.setdefault((letter.request_id, letter.kind), self.office.now())
        if letter.kind in (LetterKind.AGREED, LetterKind.DECIDED) and name in self.diary:
            self.note(letter.request_id).missed = True
        if letter.kind is LetterKind.REQUEST and name in self.diary:
            held = self.diary[name].setdefault(letter.request_id, self.opened(letter.request_id))
            held.knocked, held.ended = self.office.now(), held.ended or ended

    def later(self, days: float, request: str, do: Doing) -> None:
        """Do something in so many days, at some full hour of the day."""
        self.count += 1
        at = hourly(self.office.now() + timedelta(days=days, hours=self.chance.randrange(1, 6)))
        heapq.heappush(self.plan, (at, self.count, request, do))

    def act(self, request: str, do: Doing) -> bool:
        """Speak now; what the office refuses is counted by its code."""
        noted, self.beside, self.came = copy.copy(self.note(request)), False, None
        try:
            with self.office.store.begin() as tx:
                do(tx, self.office.now())
        except InspectorError as error:
            self.refused[error.code] += 1
            if error.code == unsettled.FORWARD_CIRCLE:
                self.dispute(request)
            return False
        if self.beside:  # kept, and changes nothing: no note of it but that it was told so
            self.refused["afterword"] += 1
            noted.lay_beside(self.came, partly=self.note(request).partly)
            next(notes for notes in self.diary.values() if request in notes)[request] = noted
        else:
            self.note(request).end_at(self.office.now())
        return not self.beside

    def note(self, request: str) -> Noted:
        """What the agency that holds a request has written down about it."""
        return next(notes[request] for notes in self.diary.values() if request in notes)

    def of_case(self, case_id: str) -> list[Noted]:
        """What is written down about the requests of a case."""
        return [note for notes in self.diary.values() for request, note in notes.items() if request.startswith(case_id)]

    def take(self, name: str, letter: Letter) -> None:
        """A letter has come: to an agency, or to a superior."""
        now, request = self.office.now(), letter.request_id
        if name not in self.diary:
            self.above(letter)
            return
        notes = self.diary[name]
        match letter.kind:
            case LetterKind.REQUEST:
                notes[request] = self.opened(request)
                self.begin(request, name, self.habit(name))
            case LetterKind.AGREED | LetterKind.DECIDED:
                if letter.kind is LetterKind.DECIDED:
                    notes[request].begin(now)
                elif self.way(letter, 1):
                    notes[request].lie(now)
                notes[request].lain.append((now, self.way(letter)))
                notes[request].missed = False
            case LetterKind.OUTCOME:
                notes[request].echo = letter.outcome
            case _:
                pass  # a reminder wakes nobody here

    def above(self, letter: Letter) -> None:
        """The common superior: told of silence it urges one in two; a dispute it decides, or it forgets about it."""
        held = self.note(letter.request_id)
        if letter.kind is LetterKind.ESCALATION:
            held.above = True
            if self.chance.random() < 0.5:
                self.later(self.chance.randrange(1, 6), letter.request_id, self.answer(letter.request_id, Verdict.MATCH))
        elif letter.kind is LetterKind.DISPUTE and self.chance.random() < 0.8:
            helps = self.chance.random() < 0.5

            def decide(tx: Tx, now: datetime) -> None:
                told = assist.decide(self.office, tx, letter.request_id, helps, "职权在此", "省级", now)
                self.answered(letter.request_id, told)
                held = self.note(letter.request_id)
                held.contested, held.raised = None, False
                if helps:  # it binds both from here on, however long our letter is on its way
                    held.begin(now)
                    held.ended, held.said, held.badly_put = "", "", held.calmed
                    if self.chance.random() < 0.7:
                        self.later(3, letter.request_id, self.answer(letter.request_id, Verdict.MATCH))
                elif not held.ended:  # the wrong one was asked: it has declined nothing
                    held.ended, held.badly_put = "relieved", True

            self.later(4, letter.request_id, decide)

    def begin(self, request: str, name: str, habit: str) -> None:
        """What the agency will do with a request; of some habits nothing."""
        soon, match = self.chance.randrange(0, 6), self.answer(request, Verdict.MATCH)
        doings: Mapping[str, Sequence[tuple[int, Doing]]] = {
            "match": ((soon, match),),
            "mismatch": ((soon, self.answer(request, Verdict.MISMATCH)),),
            "cannot_say": ((soon, self.answer(request, Verdict.CANNOT_SAY)),),
            "late": ((soon + 14, match),),
            "very_late": ((soon + 30, match),),
            "accept": ((soon, self.accept(request)),),
            "read": ((soon, lambda tx, now: self.answered(request, assist.deliver(self.office, tx, request, now))),),
            "decline": ((soon, self.decline(request, Inability.NOT_HELD)),),
            "unclear": ((soon, self.decline(request, Inability.UNCLEAR)),),
            "wordless": (
                (soon, self.decline(request, Inability.OTHER, reasons=" ")),
                (soon + 1, self.decline(request, Inability.OTHER)),
            ),
            "extend": ((soon, self.extend(request)), (soon + 16, self.extend(request)), (soon + 13, match)),
            "propose": ((soon, self.propose(request)), (soon + 18, match)),
            "named": ((soon, self.propose(request)),),
            "named_within": ((0, self.propose(request, 1)),),
            "named_extended": ((soon, self.propose(request)), (soon, self.extend(request))),
            "named_calm": ((0, self.propose(request)), (0, self.calm(request))),
            "named_disputed": ((soon, self.propose(request)), (soon, self.contest(request, Quarrel.GROUND))),
            "partly": ((soon, self.partly(request)), (soon + 4, match)),
            "halfway": ((soon, self.partly(request)),),
            "forward": ((soon, self.forward(request, CIRCLE.get(name, ""))),),
            "dispute": ((soon, self.contest(request, Quarrel.GROUND)),),
            "calm": ((0, self.calm(request)), (soon + 3, match)),
            "overrun_extended": ((0, self.extend(request)), (23, match)),
            "overrun_agreed": ((0, self.propose(request)), (24, match)),
            "overrun_calm": ((0, self.calm(request)), (16, match)),
            "twice": ((soon, match), (soon + 2, self.answer(request, Verdict.MISMATCH))),
        }
        for days, do in doings.get(habit, ()):
            self.later(days, request, do)

    def speak(self, tx: Tx, request: str, now: datetime, **said: Any) -> tuple[Request, Noted, datetime]:
        """A word of the agency is heard, or entered `now` by whoever reads its mail; the request, its note, and when the word was here."""
        name = next(name for name, notes in self.diary.items() if request in notes)
        by = door(name, self.note(request).at, now, self.chance, self.office.calendar)
        told = hearing.hear(self.office, tx, request, Said(signer="赵六", **said), now, by)
        held, came = self.note(request), by.came or now
        self.came = came
        self.answered(request, told)
        held.first_word = min(held.first_word or came, came)
        return told, held, came

    def answered(self, request: str, told: Request) -> None:
        """What the office answers to a word: whether it came too late to count, and lies beside."""
        self.beside = len(told.afterwords) > self.note(request).beside

    def lay(self, name: str, letter: Letter) -> None:
        """A letter on paper lies in the tray. Somebody posts it within some days, with all that lies there of its request; or nobody."""
        self.knock(name, letter)
        self.tray.setdefault(letter.request_id, []).append(letter)
        if letter.kind is not LetterKind.REQUEST or self.chance.random() > 1 / 30:
            self.later(self.chance.randrange(0, 4), letter.request_id, partial(self.post, name, letter.request_id))

    def post(self, name: str, request: str, tx: Tx, now: datetime) -> None:
        """A person posts what lies there and is still to be posted."""
        to_post = sorted(str(row["id"]) for row in tx.attention.page(None, 100_000) if row["kind"] == unsettled.TO_POST)
        for letter in self.tray.pop(request, ()):
            matter = next((one for one in to_post if f":{request}:{letter.kind.value}:" in one), None)
            if matter is not None:
                posted.seen_to(self.office, tx, matter, "李四", now)
                to_post.remove(matter)
                self.take(name, letter)

    def answer(self, request: str, verdict: Verdict) -> Callable[[Tx, datetime], None]:
        """The answer to come; a mismatch and a "cannot say" have their words."""

        def do(tx: Tx, now: datetime) -> None:
            value = "" if verdict is Verdict.MATCH else "李某"
            _, held, came = self.speak(tx, request, now, do=Saying.ANSWER, verdict=verdict, value=value)
            again = held.contested is not None and now < held.contested
            if again or held.ended not in ("answered", "declined"):  # what says otherwise than the first word is kept beside it
                held.answered, held.ended, held.said, held.badly_put = came, "answered", verdict.value, held.calmed

        return do

    def accept(self, request: str) -> Callable[[Tx, datetime], None]:
        """The acknowledgement to come, and nothing after it."""

        def do(tx: Tx, now: datetime) -> None:
            self.speak(tx, request, now, do=Saying.ACCEPT)

        return do

    def decline(self, request: str, inability: Inability, reasons: str = "没有这些档案") -> Callable[[Tx, datetime], None]:
        """The refusal to come; the requester disputes one in eight."""

        def do(tx: Tx, now: datetime) -> None:
            _, held, _ = self.speak(tx, request, now, do=Saying.DECLINE, reasons=reasons, inability=inability)
            held.ended, held.said = "declined", inability.value
            held.badly_put = held.badly_put or inability is Inability.UNCLEAR
            if self.chance.random() < 0.125:
                self.later(1, request, self.contest_refusal(request))

        return do

    def contest_refusal(self, request: str) -> Callable[[Tx, datetime], None]:
        """The requester's dispute of a refusal."""

        def do(tx: Tx, now: datetime) -> None:
            self.answered(request, assist.contest_refusal(self.office, tx, request, "应当协助", "李主任", now))
            held = self.note(request)
            held.disputed, held.contested = True, self.wall.end(now, DISPUTE, "wd")

        return do

    def extend(self, request: str) -> Callable[[Tx, datetime], None]:
        """An extension to be asked for."""

        def do(tx: Tx, now: datetime) -> None:
            _, held, _ = self.speak(tx, request, now, do=Saying.EXTEND, reasons="档案移交中")
            if not self.beside:
                held.extend()

        return do

    def calm(self, request: str) -> Callable[[Tx, datetime], None]:
        """An urgency to be contested."""

        def do(tx: Tx, now: datetime) -> None:
            _, held, _ = self.speak(tx, request, now, do=Saying.CALM, reasons="并不紧急")
            held.calm()
            if not self.beside:
                self.urgent.discard(request.partition(".")[0])

        return do

    def agree(self, request: str, day: date) -> Callable[[Tx, datetime], None]:
        """The requester agrees to a date. It binds both from then on, though the letter may never come: the agency has named it itself."""

        def do(tx: Tx, now: datetime) -> None:
            self.answered(request, assist.agree_date(self.office, tx, request, self.wall.stop_of(day), "officer", now))
            self.note(request).agree(now, day)

        return do

    def propose(self, request: str, days: int = 15) -> Callable[[Tx, datetime], None]:
        """Another date to be proposed, `days` working days off; the officer agrees, does not, or says nothing until long after the date.

        One that its own date reaches asks nobody for anything.
        """

        def do(tx: Tx, now: datetime) -> None:
            day = self.wall.last(self.wall.here(now), days, "wd")
            self.speak(tx, request, now, do=Saying.PROPOSE, day=day, reasons="需调阅纸质档案")
            self.note(request).named, officer = day, self.chance.random()
            self.note(request).meet()
            if self.note(request).named is None:
                return
            if officer < 0.5:
                self.later(1, request, self.agree(request, day))
            self.later(1 if 0.5 <= officer < 0.75 else 45, request, self.keep(request))

        return do

    def keep(self, request: str) -> Callable[[Tx, datetime], None]:
        """The requester stays with the old date, where another still waits for its word; while the superior decides nobody can say so."""

        def do(tx: Tx, now: datetime) -> None:
            held = tx.assistance.get(request)
            if held.state is AssistanceState.DISPUTED:
                self.later(10, request, self.keep(request))
            elif held.proposed is not None and held.state.open:
                self.answered(request, assist.keep_date(self.office, tx, request, held.proposed.due_at, "officer", "紧急", now))
                self.note(request).named = None

        return do

    def partly(self, request: str) -> Callable[[Tx, datetime], None]:
        """A part to be answered."""

        def do(tx: Tx, now: datetime) -> None:
            _, held, _ = self.speak(tx, request, now, do=Saying.PARTLY, value="一处", rest="另一处")
            held.partly = True

        return do

    def forward(self, request: str, to: str) -> Callable[[Tx, datetime], None]:
        """A forwarding to come."""

        def do(tx: Tx, now: datetime) -> None:
            _, held, _ = self.speak(tx, request, now, do=Saying.FORWARD, to=to, reasons="不属本机关职权")
            held.ended, held.badly_put = "forwarded", True

        return do

    def contest(self, request: str, about: Quarrel) -> Callable[[Tx, datetime], None]:
        """A dispute to come."""

        def do(tx: Tx, now: datetime) -> None:
            _, held, _ = self.speak(tx, request, now, do=Saying.CONTEST, about=about, reasons="没有依据")
            held.disputed = held.raised = True

        return do

    def dispute(self, request: str) -> None:
        """Sent back to whoever has passed it on: the office refuses, a person hears of it, and the competence is disputed."""
        with self.office.store.begin() as tx:
            assist.circle(tx, request, "", self.office.now())
        self.later(1, request, self.contest(request, Quarrel.COMPETENCE))
