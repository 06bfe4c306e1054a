"""The public register built from the duties to publish: what is public, what may become so now, what is taken back (`domain.gazette`).

What is public stands as it became public, whatever its case has come to since; what falls is recalled and goes out with its reason.
Files first, then their check where they are served, then the word that they are public: whoever is broken off between two of these builds
the same files again and says it then.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import partial

from inspector import gazette
from inspector.domain.calendar import reminder
from inspector.domain.case import SubjectKind
from inspector.domain.drawcount import DrawCount
from inspector.domain.gazette import UNHARMING, CheckResult, Fallen, Line, crowded, leads
from inspector.domain.leadcheck import LeadCheck
from inspector.domain.publicationduty import BEFORE, PublicationDuty, PublicationState
from inspector.domain.visit import Visit, VisitState
from inspector.flows import printed, publication, shown, unpublish
from inspector.flows.embargo import closed, still
from inspector.flows.office import Office
from inspector.store.publications import Owing
from inspector.store.tx import Tx

TOGETHER = 1_000
"""So many duties are read at once."""
_SAID = 200
"""So many words that something is public are written in one transaction."""

_WAITING, _COUNTED, _REMOVED = "waiting", "counted", "removed"
Advance = Callable[[int], None]
Group = tuple[str, str]
"""A draw and an agency: whoever knows that somebody was drawn knows of which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """The register as it is to stand. `fresh` come in, `gone` go out, `kept` were published by a release that kept no line.

    `rested`: the outcomes that the fresh ones rest on, by case.

    `lines` do not hold those that are only counted; `order` are their ids, and `removed` so many of them stand as taken back. They may be
    read only when somebody asks for them (`flows.edition`). `withheld` have a name and wait for an officer, or for visits of their draw;
    `counted` are told by their number alone, for no line names them, and they wait, fell or are too few together. `draws`: of each.
    """

    lines: Sequence[Line]
    order: tuple[str, ...]
    removed: int
    fresh: Mapping[str, Line]
    rested: Mapping[str, Mapping[str, str]]
    gone: tuple[str, ...]
    kept: Mapping[str, Line]
    withheld: int
    counted: int
    draws: tuple[DrawCount, ...] = ()


@dataclass(slots=True, kw_only=True)
class Making:
    """The register while it is gathered. `ready`: fresh lines that name nobody; `waiting`: how many more of their group may come.

    `standing`: lines that name nobody and are public. `suspected`: duties that seem to say otherwise than the ledger (`flows.printed`).
    `still`: whether nothing is under way at an agency, so that its draws are known to be open by what came of them alone.
    """

    office: Office
    now: datetime
    post: bool
    held: list[tuple[datetime, Line]] = field(default_factory=list)
    fresh: dict[str, Line] = field(default_factory=dict)
    rested: dict[str, Mapping[str, str]] = field(default_factory=dict)
    kept: dict[str, Line] = field(default_factory=dict)
    gone: list[str] = field(default_factory=list)
    standing: dict[Group, list[tuple[PublicationDuty, datetime, Line]]] = field(default_factory=lambda: defaultdict(list))
    ready: dict[Group, list[tuple[PublicationDuty, Line]]] = field(default_factory=lambda: defaultdict(list))
    waiting: dict[Group, int] = field(default_factory=lambda: defaultdict(int))
    withheld: int = 0
    counted: int = 0
    closed: dict[str, bool] = field(default_factory=dict)
    still: dict[str, bool] = field(default_factory=dict)
    tally: dict[Group, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    sheets: shown.Sheets = field(default_factory=shown.Sheets)
    suspected: list[str] = field(default_factory=list)

    @property
    def today(self) -> date:
        """The day on which it is built."""
        return self.office.calendar.local_date(self.now)

    def take(self, tx: Tx, part: Sequence[Owing]) -> None:
        """Some duties with their visits, in order of id."""
        self.suspected += printed.suspects(tx, [duty for duty, _ in part])
        outcomes = shown.outcomes_of(tx, [of for _, of in part if isinstance(of, Visit)])
        for duty, of in part:
            nameless = isinstance(of, Visit) and not shown.named(self.office, duty, of)
            if duty.state is PublicationState.REMOVED and duty.posted is None:
                if nameless and not duty.renewed:  # the one that took its place is counted
                    self._nameless(duty.draw, shown.agency(self.office, duty))
                continue  # its decision fell before it was public: it never stood here
            owed = duty.state is PublicationState.OWED
            waits = owed or duty.state is PublicationState.PUBLISHED
            result = shown.came(duty, of, outcomes) if isinstance(of, Visit) else of.found
            if (owed and result is None) or (waits and self._closed(tx, duty.draw)):
                self._waits(duty.draw, shown.agency(self.office, duty), nameless)
                self.waiting[duty.draw, duty.agency] += owed and nameless
            elif isinstance(of, Line):
                self._public(duty, of)
            elif not owed:
                self._public(duty, self._line(tx, duty, of, result))
            elif self.post:
                stood = ((case, outcomes[case][1]) for case in leads(of) if case in outcomes)
                self.rested[duty.id] = {case: outcome for case, outcome in stood if outcome is not None}
                self._fresh(duty, self._line(tx, duty, of, result))

    def take_leads(self, tx: Tx, part: Sequence[tuple[PublicationDuty, LeadCheck | None]]) -> None:
        """Some duties about checks for cause, which stand in no draw, so that no embargo holds them."""
        self.suspected += printed.suspects(tx, [duty for duty, _ in part])
        for duty, check in part:
            result = shown.came_of(duty, check) if duty.shown is None else duty.shown.found
            if duty.state is PublicationState.OWED:
                if result is None or check is None:
                    nameless = check is not None and check.kind is not SubjectKind.FIRM
                    self._waits("", shown.agency(self.office, duty), nameless)
                    self.waiting["", duty.agency] += nameless
                elif self.post:
                    self.rested[duty.id] = {}
                    self._fresh(duty, shown.line_of(self.office, duty, check, result, self.now))
            elif duty.posted is not None and duty.shown is not None:
                self._public(duty, duty.shown)

    def close(self) -> None:
        """What names nobody comes in together with others, or is counted once its date is near; till then it waits for them.

        What stands is looked at again each time: of a group that has become too small, or in which only what is bad is left, since others
        of it were taken back, the rest is only counted from now on. Raises Refusal (`publication_contradicted`).
        """
        printed.refuse(self.office, self.suspected)
        for group, some in self.ready.items():
            least = min(self.office.book.get(duty.pack).publish.least for duty, _ in some)
            if crowded([line.found for _, line in some], least):
                for duty, line in some:
                    self._in(duty.id, line)
                continue
            for duty, line in some:
                soon = reminder(duty.due_at, BEFORE, self.office.calendar)
                if self.waiting[group] and self.now < soon:
                    self._nameless(line.draw, line.agency)
                else:
                    self._in(duty.id, replace(line, counted=True))
        for group, stood in self.standing.items():
            least = min(self.office.book.get(duty.pack).publish.least for duty, _, _ in stood)
            beside = [one for duty, _ in self.ready.get(group, ()) if (one := self.fresh.get(duty.id)) and not one.counted]
            few = not crowded([one.found for one in (*beside, *(line for _, _, line in stood))], least)
            for _, at, line in stood:
                self._stands(at, replace(line, counted=few))

    def stood(self, tx: Tx, duty: PublicationDuty, of: Visit | Line) -> Line:
        """The line of a duty that was public before, as it stands."""
        line = of if isinstance(of, Line) else self._line(tx, duty, of, shown.came(duty, of, shown.outcomes_of(tx, [of])))
        return shown.told(self.office, self._fallen(duty, line) if duty.state is PublicationState.REMOVED else line)

    def gathered(self, lines: Sequence[Line], order: tuple[str, ...], removed: int) -> Gathered:
        """What came of it, with the lines that are to stand."""
        with self.office.store.read() as tx:
            draws = tuple(self.counts(tx))
        return Gathered(
            lines=lines,
            order=order,
            removed=removed,
            fresh=self.fresh,
            rested=self.rested,
            gone=tuple(self.gone),
            kept=self.kept,
            withheld=self.withheld,
            counted=self.counted,
            draws=draws,
        )

    def _fallen(self, duty: PublicationDuty, line: Line) -> Line:
        return line.taken_back(duty.why or Fallen.UNSTATED, duty.removed.on if duty.removed else self.today)

    def _fresh(self, duty: PublicationDuty, line: Line) -> None:
        if line.name:
            self._in(duty.id, line)
        else:
            self.ready[duty.draw, duty.agency].append((duty, line))

    def _in(self, duty: str, line: Line) -> None:
        self.fresh[duty] = line
        self._stands(self.now, line)

    def _public(self, duty: PublicationDuty, line: Line) -> None:
        """A line that is public, or was. One that a former release kept no line of, and that names nobody, is only counted from now on."""
        if duty.shown is None and not line.name:
            line = replace(line, counted=True)
        assert duty.posted is not None, "what is public was posted"
        if duty.state is PublicationState.TO_REMOVE and self.post:
            self.gone.append(duty.id)
        over = duty.state is PublicationState.REMOVED or (duty.state is PublicationState.TO_REMOVE and self.post)
        if over:
            line = self._fallen(duty, line)
        elif duty.shown is None and self.post:
            self.kept[duty.id] = line
        if line.counted and duty.renewed:
            return
        if line.name or line.counted or line.removed:
            self._stands(duty.posted.at, line)
        else:
            self.standing[duty.draw, duty.agency].append((duty, duty.posted.at, line))

    def _stands(self, at: datetime, line: Line) -> None:
        told = self.tally[line.draw, line.agency]
        if not line.counted:
            self.held.append((at, shown.told(self.office, line)))
            told[_REMOVED if line.removed else line.found.value] += 1
        else:
            self._nameless(line.draw, line.agency)

    def _waits(self, draw: str, agency: str, nameless: bool) -> None:
        if nameless:
            self._nameless(draw, agency)
        else:
            self.withheld += 1
            self.tally[draw, agency][_WAITING] += 1

    def _nameless(self, draw: str, agency: str) -> None:
        """Of whom no line names one number tells, whether it is to become public, is counted, or fell: else it told what was found."""
        self.counted += 1
        self.tally[draw, agency][_COUNTED] += 1

    def stands(self, draw: str, agency: str, found: str | None) -> None:
        """A line of a draw that is public already, and is not looked at again: by what was found, or None where it was taken back."""
        self.closed[draw] = False  # what was open to all stays so
        self.tally[draw, agency][found or _REMOVED] += 1

    def stood_of(self, duty: PublicationDuty) -> Line:
        """The line of a duty of which it is kept, as it stands."""
        assert duty.shown is not None, "what is public is kept"
        fell = duty.state is PublicationState.REMOVED
        return shown.told(self.office, self._fallen(duty, duty.shown) if fell else duty.shown)

    def counts(self, tx: Tx) -> Iterator[DrawCount]:
        """What is counted of each draw whose record is open; of checks for cause, which stand in none, together."""
        visits = tx.publications.visited()
        for draw in visits.keys() - {draw for draw, _ in self.tally}:
            if visits[draw].keys() == {VisitState.CANCELLED}:  # nobody went, so nobody owes a result: it was drawn all the same
                self.tally[draw, shown.agency(self.office, tx.draws.get(draw))] = Counter()
        for (draw, agency), told in sorted(self.tally.items()):
            if not draw or not self._closed(tx, draw):
                went = visits.get(draw, {}) if draw else {VisitState.DONE: told.total()}
                yield DrawCount(
                    draw=draw,
                    agency=agency,
                    drawn=sum(went.values()),
                    made=went.get(VisitState.DONE, 0) + went.get(VisitState.CEASED, 0),
                    called_off=went.get(VisitState.CANCELLED, 0),
                    results={kind: told[kind.value] for kind in CheckResult if told[kind.value]},
                    counted=told[_COUNTED],
                    waiting=told[_WAITING],
                    removed=told[_REMOVED],
                )

    def _line(self, tx: Tx, duty: PublicationDuty, visit: Visit, result: CheckResult | None) -> Line:
        return shown.line(self.office, tx, duty, visit, result or CheckResult.UNCLEAR, self.now, self.sheets)

    def _closed(self, tx: Tx, number: str) -> bool:
        """Whether a draw's embargo still holds: who was drawn with this one is not to be read off the register."""
        if number not in self.closed:
            agency = tx.draws.agency_of(number)
            if agency not in self.still:
                self.still[agency] = still(tx, agency)
            apart = self.still[agency] and not tx.visits.open_of_selection(number)
            self.closed[number] = not apart and closed(self.office, tx, tx.draws.get(number), self.now) is not None
        return self.closed[number]


def gather(office: Office, now: datetime, *, post: bool, advance: Advance = lambda _count: None) -> Gathered:
    """Every line, in the order in which they became public; with `post` also what may become so now, behind all others.

    Raises Refusal: `shadow_silent` in a house that runs in shadow, `publication_contradicted` where a line is not what the ledger tells.
    """
    office.earnest()
    printed.whole(office)
    made, after = Making(office=office, now=now, post=post), ""
    while True:
        with office.store.read() as tx:
            part = tx.publications.with_visits(after, TOGETHER)
            made.take(tx, part)
        if len(part) < TOGETHER:
            break
        after = part[-1][0].id
        advance(len(made.held))
    after = ""
    while True:
        with office.store.read() as tx:
            checks = tx.publications.leads(after, TOGETHER)
            made.take_leads(tx, checks)
        if len(checks) < TOGETHER:
            break
        after = checks[-1][0].id
    made.close()
    made.held.sort(key=lambda one: (one[0], one[1].public))  # by their visits' numbers their order told who is who
    lines = tuple(line for _, line in made.held)
    return made.gathered(lines, tuple(one.id for one in lines), sum(one.removed is not None for one in lines))


def say(office: Office, gathered: Gathered, base: str, by: str, now: datetime) -> bool:
    """A named person says that what was written is public at an address, and that what is gone is gone. Said again, nothing is added.

    Whoever is broken off has said it of some: the others come in with the next posting, where they stand in the same order. Whether all
    of it was said: of what somebody else has published, or taken back, meanwhile, another line may stand than the one that was written.
    """
    whole = True
    place = partial(_address, office, base.rstrip("/"), {one: number for number, one in enumerate(gathered.order)})
    today = office.calendar.local_date(now)
    for some in _parts(tuple(gathered.fresh)):
        with office.store.begin() as tx:
            for duty in some:
                held = tx.publications.get(duty, lock=True)
                whole = whole and held.state is PublicationState.OWED
                line = gathered.fresh[duty]
                if held.state is not PublicationState.OWED:
                    unpublish.overtaken(office, tx, held, line, today, place(duty, line), by, now)
                else:
                    publication.post(office, tx, held, line, today, place(duty, line), by, now)
                    _fell(office, tx, held, line, gathered.rested[duty], now)
    for some in _parts(gathered.gone):
        with office.store.begin() as tx:
            for duty in some:
                fell = tx.publications.get(duty, lock=True)
                stands = fell.state is PublicationState.TO_REMOVE
                whole = whole and stands
                if stands:
                    publication.remove(office, tx, duty, today, place(duty, fell.shown), by, now)
    for some in _parts(tuple(gathered.kept)):
        with office.store.begin() as tx:
            for duty in some:
                publication.keep(tx, duty, gathered.kept[duty], by, now)
    return whole


def _address(office: Office, base: str, order: Mapping[str, int], duty: str, line: Line | None) -> str:
    """Where a line stands; that of one that stands in no list is the index."""
    if duty not in order or line is None:
        return f"{base}/index.html"
    return f"{base}/{gazette.place(order[duty], shown.told(office, line).public)}"


def _fell(office: Office, tx: Tx, owed: PublicationDuty, line: Line, rested: Mapping[str, str], now: datetime) -> None:
    """What a result rests on fell since its files were written: they are public, and it is to be taken back, as by `unpublish.reopened`.

    So is what an officer has ruled anew meanwhile, of a visit or of a check for cause. Behind the lock of its duty: whoever opens a case
    again from here on finds it published.
    """
    if owed.lead:
        if owed.ruled is not None and owed.ruled.found is not line.found:
            unpublish.recall(office, tx, tx.publications.get(owed.id), Fallen.REOPENED, "", "", "rule", now)
        return
    visit = tx.visits.get(owed.visit)
    outcomes = shown.outcomes_of(tx, [visit])
    for case, was in rested.items():
        if case in outcomes and outcomes[case][1] != was:
            unpublish.fell(office, tx, tx.publications.get(owed.id), tx.cases.get(case), "", now)
    came = shown.came(owed, visit, outcomes)
    if came is not line.found and not (came is None and line.found in UNHARMING):  # a lead takes nothing away by itself
        unpublish.recall(office, tx, tx.publications.get(owed.id), Fallen.REOPENED, "", "", "rule", now)


def _parts(ids: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    for start in range(0, len(ids), _SAID):
        yield ids[start : start + _SAID]
