"""Our books of credit entries and a credit platform's, held against each other: pure.

Both sides lose, double and delay; a person corrects on either. What differs is named with the next step that mends it. A step is taken
without a person only where it can harm nobody: a kept promise is sent again, what was taken back is taken back again. A record to
somebody's discredit that is not there any more may have been repaired or struck out by whoever may do so (handbook 1.7.2, 1.7.9): it is
never sent a second time by a machine. Of what we have repaired or show no more ourselves, absence is what both sides agree on; what we
have told of an entry since (contested, shown no more, repaired) is compared where the platform says it, and told again where it was lost.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from inspector.domain.act import KEPT
from inspector.domain.creditrecord import Amend, Record, RecordState
from inspector.domain.decision import Because, Decision
from inspector.domain.evidence import TOLERANCE
from inspector.domain.identity import normalise

AMENDED = "amended"
"""The name under which a difference tells what became of an entry on either side."""

STUCK = "credit_retraction_stuck"
"""The matter of an entry that a receiver has not taken back by its date, or will not; over when it has said so."""

COMPARED = ("kind", "code", "grade", "outcome", "act")
"""What an entry says that both sides must say alike; what a statement does not tell differs in nothing."""


class BookState(StrEnum):
    """Where an entry stands in our books: to be handed over, acknowledged, to be taken back, taken back and acknowledged."""

    ORDERED = "ORDERED"
    ENTERED = "ENTERED"
    FALLEN = "FALLEN"
    RETRACTED = "RETRACTED"

    @property
    def stands(self) -> bool:
        """Whether the platform is to have it."""
        return self in (BookState.ORDERED, BookState.ENTERED)


class Unlike(StrEnum):
    """How the two sides differ about an entry."""

    MISSING = "MISSING"
    """We had its receipt, and it is not there."""
    STANDING = "STANDING"
    """It was taken back, and it is still there."""
    DIFFERENT = "DIFFERENT"
    """It is there and says something else."""
    STRANGE = "STRANGE"
    """It is there under our name, and we have never sent it."""
    TWICE = "TWICE"
    """It is there more than once."""
    UNAMENDED = "UNAMENDED"
    """It is there, and what was told of it since is not: that it is contested (or no more), shown no more, repaired."""


class Step(StrEnum):
    """What mends a difference: the same order under the same key, what became of it told again, or words; or that it is right as it is."""

    SEND = "SEND"
    RETRACT = "RETRACT"
    AMEND = "AMEND"
    SPEAK = "SPEAK"
    LEAVE = "LEAVE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ours:
    """An entry in our books. `told`: what it says, by the names of COMPARED; empty where nobody kept it. `open`: its order is under way.

    `record` and `contested`: where its record stands (an entry without one stands, uncontested).
    """

    entry: str
    case_id: str
    agency: str
    state: BookState
    moved_at: datetime
    told: Mapping[str, str] = field(default_factory=dict)
    open: bool = False
    record: RecordState = RecordState.STANDING
    contested: bool = False

    @property
    def stands(self) -> bool:
        """Whether the platform is to have it: neither taken back nor of a record that is to stand nowhere."""
        return self.state.stands and self.record.stands_somewhere


@dataclass(frozen=True, slots=True, kw_only=True)
class Theirs:
    """An entry as the platform states it; `told` as far as it says. `retracted`: it still lists what was taken back, as such.

    `amended`: what is in force of what was told of it since; None: the platform does not say.
    """

    entry: str
    case_id: str = ""
    retracted: bool = False
    told: Mapping[str, str] = field(default_factory=dict)
    receipt: str = ""
    amended: frozenset[Amend] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What a platform holds of ours, whole: whoever makes one has counted that every row is there. `as_of`: of when it is.

    `of`: the entries it was asked about, where it is no statement of all; of others it says nothing. `passed`: the names of older ones
    that are not as agreed and were passed over for this one.
    """

    as_of: datetime
    rows: tuple[Theirs, ...]
    source: str
    of: frozenset[str] | None = None
    digest: str = ""
    attempts: int = 1
    passed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """How books are compared: what has moved within the margin before a statement is left out, since it may have crossed it.

    `least_share`: a statement that lacks more of what we have receipts for is not believed; below `few` missing it always is.
    """

    margin: timedelta = timedelta(hours=1)
    least_share: float = 0.9
    few: int = 6
    most_steps: int = 200
    oldest: timedelta = timedelta(hours=72)


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One difference: what mends it, and whether that is done without a person. `says`: by field what we say and what they do."""

    kind: Unlike
    entry: str
    case_id: str
    agency: str
    step: Step
    by_itself: bool = False
    says: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def mark(self) -> str:
        """What a person has agreed to who leaves it as it is: this difference about this entry, and no other that comes later."""
        said = ";".join(f"{name}={ours}|{theirs}" for name, (ours, theirs) in sorted(self.says.items()))
        return f"{self.kind.value}:{said}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """What came of it. `learned`: entries whose receipts were lost, by what the statement shows them to be, with its receipt.

    `moving` are left out because their order is under way or they have just moved. Of those `alike` the `standing` are acknowledged
    entries that stand there, too: what was taken back is rightly absent, from an empty list as well.
    """

    differences: tuple[Difference, ...] = ()
    learned: Mapping[str, tuple[BookState, str]] = field(default_factory=dict)
    alike: int = 0
    moving: int = 0
    standing: int = 0


def compare(ours: Iterable[Ours], statement: Statement, asked_at: datetime, rules: Rules) -> Compared:
    """Hold our books against a statement that was asked for at `asked_at` (office time)."""
    until = min(statement.as_of, asked_at) - rules.margin
    counted = Counter(row.entry for row in statement.rows if not row.retracted)
    theirs = {row.entry: row for row in statement.rows if row.retracted} | {
        row.entry: row for row in statement.rows if not row.retracted
    }
    known: set[str] = set()
    found: list[Difference] = []
    learned: dict[str, tuple[BookState, str]] = {}
    alike = moving = standing = 0
    for one in ours:
        known.add(one.entry)
        if statement.of is not None and one.entry not in statement.of:
            continue
        if one.open or one.moved_at > until:
            moving += 1
            continue
        row = theirs.get(one.entry)
        there = row if row is not None and not row.retracted else None
        difference = _difference(one, there, counted[one.entry])
        if difference is not None:
            found.append(difference)
            continue
        alike += 1
        standing += one.state is BookState.ENTERED and there is not None
        if one.state is BookState.ORDERED and there is not None:
            learned[one.entry] = BookState.ENTERED, there.receipt
        elif one.state is BookState.FALLEN:
            learned[one.entry] = BookState.RETRACTED, row.receipt if row is not None else ""
    found += [
        Difference(kind=Unlike.STRANGE, entry=row.entry, case_id=row.case_id, agency="", step=Step.SPEAK)
        for row in theirs.values()
        if row.entry not in known and not row.retracted
    ]
    return Compared(differences=tuple(found), learned=learned, alike=alike, moving=moving, standing=standing)


def unusable(statement: Statement, asked_at: datetime, rules: Rules) -> str:
    """The code of why nothing can be concluded from a statement by its date: it lies ahead, or is too old; empty where it is fine."""
    if statement.as_of - asked_at > TOLERANCE:
        return "statement_ahead"
    return "statement_old" if asked_at - statement.as_of > rules.oldest else ""


def believed(compared: Compared, rules: Rules) -> bool:
    """Whether a statement can be what it says it is: one that lacks much of what was acknowledged is rather cut off than right."""
    missing = sum(one.kind is Unlike.MISSING for one in compared.differences)
    there = compared.standing + sum(
        one.kind in (Unlike.DIFFERENT, Unlike.TWICE, Unlike.UNAMENDED) for one in compared.differences
    )
    return missing < rules.few or there >= rules.least_share * (there + missing)


def _difference(one: Ours, there: Theirs | None, times: int) -> Difference | None:
    """What is unlike about one entry; None: nothing."""
    if not one.stands:
        return None if there is None else _made(one, Unlike.STANDING, Step.RETRACT, by_itself=True)
    if there is None:
        if one.record is not RecordState.STANDING:
            return None  # repaired, or shown no more: a platform that has struck it out has done what it was told
        if one.contested and one.state is BookState.ORDERED:
            return None  # it waits here for the objection's end, and is rightly not there
        if one.contested:  # used for nothing adverse until it is decided, so that nobody brings it back meanwhile
            return _made(one, Unlike.MISSING, Step.SPEAK)
        kept = one.state is BookState.ENTERED and one.told.get("grade") == KEPT
        return _made(one, Unlike.MISSING, Step.SEND, by_itself=kept)
    if times > 1:
        return _made(one, Unlike.TWICE, Step.SPEAK)
    says = differing(one.told, there.told)
    if says:
        return _made(one, Unlike.DIFFERENT, Step.SPEAK, says=says)
    return _unamended(one, there.amended) if there.amended is not None else None


def _unamended(one: Ours, theirs: frozenset[Amend]) -> Difference | None:
    """What became of an entry, where one side has not heard it.

    That it is contested, shown no more, or repaired is told again without a person: it lifts, and can harm nobody. That an objection is
    over is not; nor is that a platform has repaired or stopped showing what stands here, of which this house has not heard.
    """
    mine = amended(one.record, contested=one.contested)
    shown = theirs - {Amend.LAPSED} if Amend.REPAIRED in mine else theirs
    if mine == shown:
        return None
    says = {AMENDED: (_listed(mine), _listed(shown))}
    if mine - shown:
        return _made(one, Unlike.UNAMENDED, Step.AMEND, by_itself=True, says=says)
    if shown - mine == {Amend.MARKED}:
        return _made(one, Unlike.UNAMENDED, Step.AMEND, says=says)
    return _made(one, Unlike.DIFFERENT, Step.SPEAK, says=says)


def amended(record: RecordState, *, contested: bool) -> frozenset[Amend]:
    """What is in force of what receivers are told of a record beside its end."""
    ended = {RecordState.LAPSED: Amend.LAPSED, RecordState.REPAIRED: Amend.REPAIRED}.get(record)
    marks = {Amend.MARKED} if contested else set[Amend]()
    return frozenset(marks if ended is None else {ended, *marks})


def owed(record: Record, theirs: str) -> tuple[Amend, ...]:
    """What a platform is to be told of a record that says it is `theirs` (as a difference says it), by what the record is now."""
    mine, shown = amended(record.state, contested=record.contested), frozenset(Amend(one) for one in theirs.split())
    lacks = sorted(mine - shown)
    return (*lacks, Amend.UNMARKED) if Amend.MARKED in shown - mine else tuple(lacks)


ENDED = "credit_entry_ended"
"""It was repaired, or is shown no more."""


def unsendable(record: Record | None) -> str:
    """The code of why an entry is not sent once more by its record: `credit_entry_ended`, `credit_entry_contested`; empty: it may be."""
    if record is None:
        return ""
    if record.state is not RecordState.STANDING:
        return ENDED
    return "credit_entry_contested" if record.contested else ""


def _listed(held: Collection[Amend]) -> str:
    return " ".join(sorted(one.value for one in held))


def differing(ours: Mapping[str, str], theirs: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """By field what the two sides say, where both say something and not the same; codes in their one written form."""
    found = {}
    for name in COMPARED:
        here, there = ours.get(name, ""), theirs.get(name)
        if there is None or not ours:
            continue
        same = normalise(here) == normalise(there) if name == "code" else here == there
        if not same:
            found[name] = here, there
    return found


def but(compared: Compared, left: Mapping[str, str]) -> Compared:
    """The same without what a person has left as it is (`left`: by entry the mark of the difference)."""
    standing = tuple(one for one in compared.differences if left.get(one.entry) != one.mark)
    return replace(compared, differences=standing, alike=compared.alike + len(compared.differences) - len(standing))


def automatic(differences: Collection[Difference], rules: Rules) -> tuple[Difference, ...]:
    """The steps that are taken now without a person: what is to be taken back first, and no more than the rules let out at a time."""
    mine = [one for one in differences if one.by_itself]
    mine.sort(key=lambda one: (one.step is not Step.RETRACT, one.entry))
    return tuple(mine[: rules.most_steps])


def learned(entry: str, state: BookState, receipt: str, connector: str) -> Decision[None]:
    """A receipt that was lost is taken from the platform's own statement: performance is to be recorded whole (the plan, item 8)."""
    facts = {"entry": entry, "booked": state.value, "receipt": receipt, "connector": connector}
    return Decision(state=None, because=Because(rule="credit.learned", basis=("S0:8",), pack="", facts=facts))


def again(entry: str, kind: Unlike, step: Step, connector: str, *, by: str = "", why: str = "") -> Decision[None]:
    """An entry is sent or taken back once more, so that both sides say the same, or left as it is (the plan, item 8).

    `by` whom and `why`, where a person decided.
    """
    facts = {"entry": entry, "difference": kind.value, "step": step.value, "connector": connector}
    told = facts | ({"by": by, "why": why} if by else {})
    rule = "credit.leave" if step is Step.LEAVE else "credit.again"
    return Decision(state=None, because=Because(rule=rule, basis=("S0:8",), pack="", facts=told))


def _made(
    one: Ours, kind: Unlike, step: Step, *, by_itself: bool = False, says: Mapping[str, tuple[str, str]] | None = None
) -> Difference:
    return Difference(
        kind=kind, entry=one.entry, case_id=one.case_id, agency=one.agency, step=step, by_itself=by_itself, says=says or {}
    )
