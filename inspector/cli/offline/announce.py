"""Freeze the rosters, commit to them, and write the bundle with what is to be lodged. Nothing is known of the seed yet."""

from __future__ import annotations

import hashlib
import secrets
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from inspector.cli.offline import beside, chance, doubles, folder, manned, measure, papers, plan, rosters, spool
from inspector.cli.offline.beside import Beside
from inspector.cli.offline.plan import DrawPlan, ListPlan
from inspector.cli.offline.rosters import Roster
from inspector.cli.offline.spool import Advance, Spool
from inspector.domain.audit import MARGIN
from inspector.domain.calendar import SHANGHAI
from inspector.domain.commitment import Commitment, Listing, Rules, commit
from inspector.domain.errors import Invalid, Refusal
from inspector.domain.frame import ELIGIBLE, Ban, Frame, InspectorRow, ObjectRow, freeze, lines
from inspector.domain.rowfile import content, tally
from inspector.domain.seed import known_at
from inspector.domain.suite import SUITES, Suite
from inspector.domain.twins import together
from inspector.flows.diagnosis import of_error
from inspector.sheets.flaw import RowFlaw
from inspector.verifier import programs

Step = Callable[[str], AbstractContextManager[Advance]]
"""A long step by its name, as something that shows how far it is."""
APART = "same-organisation.txt"
"""The paper that says who lets rows of one organisation stand as several objects."""
Room = Callable[[Path], Spool | None]
"""A roster's spool; None for one that is held."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """The files that were handed in, and the folder to be made. A plan of several lists names their rosters itself.

    `alone`: objects are drawn and nobody is dealt where no roster of inspectors is named; said on purpose, never by leaving one out.
    `large`: the objects are too many to hold, whatever their size. `alike`: several codes of one organisation are several objects, as
    the two persons `by` say, and `why`, at the machine of `user`.
    `other`: the bundles beside it are of another register, so that this draw follows none of them. `uncovered`: areas without a team are
    drawn from all the same.
    """

    plan: Path
    objects: Path | None
    inspectors: Path | None
    bans: Path | None
    out: Path
    alone: bool = False
    large: bool = False
    alike: bool = False
    by: tuple[str, ...] = ()
    why: str = ""
    user: str = ""
    other: bool = False
    uncovered: bool = False

    def private(self, name: str) -> Path:
        """A private file beside the folder."""
        return self.out.with_name(f"{self.out.name}.{name}")

    def roster(self, told: DrawPlan, listed: ListPlan, kind: str) -> Path | None:
        """The file of a list's roster of a kind: named by the plan and beside it, or on the command line."""
        if told.several:
            return self.plan.parent / file if (file := listed.files.get(kind)) else None
        return {"objects": self.objects, "inspectors": self.inspectors, "bans": self.bans}[kind]


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedList:
    """What was read of one list's rosters."""

    plan: ListPlan
    objects: Roster[ObjectRow]
    inspectors: Roster[InspectorRow] | None
    bans: Roster[Ban] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """What was read of them. `flaws` and `odd` are those of the plan; without one `unread` are the rosters that cannot be read either.

    `near` is what lies beside the new folder.
    """

    plan: DrawPlan | None
    flaws: Sequence[RowFlaw]
    lists: tuple[HandedList, ...]
    secret: str
    unread: tuple[Roster[Any], ...] = ()
    odd: Sequence[RowFlaw] = ()
    near: Beside = field(default_factory=Beside)

    @property
    def rosters(self) -> tuple[Roster[Any], ...]:
        """Those that there are."""
        every = (held for one in self.lists for held in (one.objects, one.inspectors, one.bans))
        return (*self.unread, *(held for held in every if held is not None))

    @property
    def faults(self) -> int:
        """How many faults there are in all; with any, nothing may be written."""
        return len(self.flaws) + sum(held.faults for held in self.rosters)


@dataclass(frozen=True, slots=True, kw_only=True)
class Announced:
    """The commitment, the frames by list, and the private files that were written."""

    commitment: Commitment
    frames: Mapping[str, Frame]
    private: tuple[Path, ...]


@contextmanager
def rooms(given: Given) -> Iterator[Room]:
    """Where the rows of large rosters go while they are read and frozen, list by list. A room raises Invalid, OSError."""
    with ExitStack() as held:
        yield lambda file: held.enter_context(spool.room(given.out)) if spool.is_large(file, asked=given.large) else None


def read(given: Given, now: datetime, step: Step, room: Room) -> Handed:
    """Read everything before anything is judged: people mend their files once. A file that cannot be read has that as its fault.

    Raises Invalid for what was asked wrongly, Refusal for a number or a hash that is used up, or a `prev` that is not the newest C
    (`draw_prev_…`), where all files are right.
    """
    told, flaws = _plan(given)
    if told is None:
        return Handed(plan=None, flaws=flaws, lists=(), unread=_unreadable(given), secret="")
    for option, file in (("--objects", given.objects), ("--inspectors", given.inspectors), ("--bans", given.bans)):
        if told.several and file is not None:
            raise Invalid("draw_announce_lists", option=option, plan=given.plan.name)
    if not told.several and given.objects is None:
        raise Invalid("draw_announce_lacks", option="--objects")
    if not told.several and given.inspectors is None and not given.alone:
        raise Invalid("draw_announce_alone")
    if told.several and not given.alone:
        flaws += [plan.unmanned(place, one) for place, one in enumerate(told.lists, 1) if "inspectors" not in one.files]
    folder.refuse_taken(given.out, _private(given, told))
    secret = secrets.token_hex(32)
    lists = tuple(
        _read(given, told, listed, secret, now.date(), step, room) for listed in told.lists if _named(given, told, listed)
    )
    doubles.across([(one.plan.name, one.objects) for one in lists], alike=given.alike)
    near = beside.look(given.out.parent, given.plan.parent)
    odd = [*chance.unchecked(told.sources), *beside.odd(near, told.number)]
    handed = Handed(plan=told, flaws=flaws, lists=lists, secret=secret, odd=odd, near=near)
    try:
        beside.refuse_announced(near, told.number, told.sources)
        beside.refuse_unchained(near, told.prev, other=given.other)
    except Refusal as error:
        if not handed.faults:
            raise
        flaws.append(of_error(0, error))  # who mends the files hears of it now, and not after the last of them
    return handed


def _plan(given: Given) -> tuple[DrawPlan | None, list[RowFlaw]]:
    """(the plan, its faults); no plan where its file cannot be read as one."""
    try:
        return plan.read(given.plan.read_bytes())
    except (Invalid, OSError) as error:
        return None, [rosters.unread(given.plan, error)]


def _unreadable(given: Given) -> tuple[Roster[Any], ...]:
    """The rosters of the command line that cannot be read either, while there is no plan to judge their rows by."""
    named = [(given.objects, rosters.OBJECTS), (given.inspectors, rosters.INSPECTORS), (given.bans, rosters.BANS)]
    looked = (rosters.legible(file, layout) for file, layout in named if file is not None)
    return tuple(one for one in looked if one.faults)


def _named(given: Given, told: DrawPlan, listed: ListPlan) -> bool:
    """Whether the plan says where a list's objects are; where it does not, that is one of its faults."""
    return given.roster(told, listed, "objects") is not None


def _read(given: Given, told: DrawPlan, listed: ListPlan, secret: str, today: date, step: Step, room: Room) -> HandedList:
    """One list's rosters."""
    salt = _salter(secret, told, listed.name)
    file = given.roster(told, listed, "objects")
    assert file is not None, "seen before"
    with step(file.name) as advance:
        salts, spooled = _salter(secret, told, _shared(told, listed)), room(file)
        things = rosters.objects(file, listed, salts, today, advance, spool=spooled, alike=given.alike)
    staff = barred = None
    if (file := given.roster(told, listed, "inspectors")) is not None:
        with step(file.name) as advance:
            staff = rosters.inspectors(file, listed, salt, today, advance)
        manned.weigh(things, staff, listed.team, uncovered=given.uncovered)
    if (file := given.roster(told, listed, "bans")) is not None:
        with step(file.name) as advance:
            barred = rosters.bans(file, salt, today, advance)
        rosters.ignored(barred, things, staff.rows if staff else ())
        if staff is not None:
            manned.barred(things, staff, barred, listed.team, _crowd(today), uncovered=given.uncovered)
    return HandedList(plan=listed, objects=things, inspectors=staff, bans=barred)


def _crowd(today: date) -> int:
    """How many for each seat are enough that nobody guesses who goes: the report's own measure."""
    return measure.policy(today).report.crowd


def announce(given: Given, handed: Handed, now: datetime, step: Step) -> Announced:
    """Commit and write. Raises Invalid (also where the commitment itself is refused) and OSError; then nothing is there."""
    told = handed.plan
    assert told is not None, "a plan that cannot be read is a fault"
    suite = Suite(name=told.suite)
    with step("freezing") as advance:
        frames = {one.plan.name: _frozen(one, suite, advance) for one in handed.lists}
    sources, nonces = _sources(told)
    _refuse_near(sources, now)
    word = _apart(given, told, now) if any(one.objects.alike for one in handed.lists) else b""
    with step("committing"):
        made = commit(
            number=told.number,
            prev=told.prev,
            blind=secrets.token_hex(16),
            made=now.isoformat(timespec="seconds"),
            sources=sources,
            listings=[_listing(one, frames[one.plan.name], suite.digest(word).hex()) for one in handed.lists],
            suite=suite,
        )
    private = {given.private("salt-secret.txt"): papers.salt_secret(told, handed.secret)}
    private |= {_nonce_file(given, place): papers.nonce(told, place, nonce) for place, nonce in nonces.items()}
    private |= {given.private(APART): word} if word else {}
    with step("writing"):
        folder.make(given.out, _files(made, frames), private)
    return Announced(commitment=made, frames=frames, private=tuple(private))


def _frozen(held: HandedList, suite: Suite, advance: Advance) -> Frame:
    """A list's frame."""
    made = freeze(held.objects.rows, held.inspectors.rows if held.inspectors else (), held.bans.rows if held.bans else ())
    return replace(made, objects=held.objects.spool.freeze(suite, advance)) if held.objects.spool is not None else made


def _listing(held: HandedList, frame: Frame, word: str) -> Listing:
    """A list to commit to: its rules, where its quotas come from, and of how many rows it was said that they are no second code of one.

    `word`: the digest of the paper that says by whom, which stays private.
    """
    told = held.plan
    counts = Counter[str]()
    for (stratum, status), count in tally(frame.objects).items():
        counts[stratum] += count if told.base == "all" or status == ELIGIBLE else 0
    shares, derivation = told.shares(counts)
    rules = Rules(base=told.base, rounding=told.rounding, reserve=told.reserve, team=told.team, strata=shares, codes=told.codes)
    extra: dict[str, object] = {"derivation": derivation}
    extra |= {"same_organisation": held.objects.alike, "same_organisation_said": word} if held.objects.alike else {}
    return Listing(name=told.name, frame=frame, rules=rules, extra=extra, deals=held.inspectors is not None)


def _registers(name: str, frame: Frame) -> Mapping[str, Iterator[bytes]]:
    """The files of one list's frame."""
    return {
        f"{name}.objects.tsv": content(frame.objects),
        f"{name}.inspectors.tsv": (line + b"\n" for line in lines(frame.inspectors)),
        f"{name}.bans.tsv": (line + b"\n" for line in lines(frame.bans)),
    }


def _files(made: Commitment, frames: Mapping[str, Frame]) -> Mapping[str, Iterator[bytes]]:
    """The bundle's files; verifiers lie beside them, so that a stranger needs nothing but Python, or a browser."""
    return {
        "commit.json": iter([made.content]),
        **{file: rows for name, frame in frames.items() for file, rows in _registers(name, frame).items()},
        papers.WITNESS: iter([papers.witness(made)]),
        **{verifier: iter([text]) for verifier, text in programs().items()},
    }


def _sources(told: DrawPlan) -> tuple[list[Mapping[str, object]], dict[int, str]]:
    """(sources as committed, secrets that were made here by the place of their source)."""
    suite, nonces = Suite(name=told.suite), dict[int, str]()
    sources: list[Mapping[str, object]] = []
    for place, source in enumerate(told.sources, 1):
        if source.get("make"):
            nonces[place] = secrets.token_hex(32)
            kept = {name: value for name, value in source.items() if name != "make"}
            sources.append({**kept, "hash": suite.hex(f"ssj1/nonce\n{nonces[place]}")})
        else:
            sources.append(source)
    return sources, nonces


def _refuse_near(sources: Sequence[Mapping[str, object]], now: datetime) -> None:
    """A witness must hold W ten minutes before a beacon speaks (draw-protocol 7.4): of a nearer one that can never be shown.

    Raises Invalid (`beacon_near`); of one that has spoken already the commitment itself says so.
    """
    for source in sources:
        at = known_at(source)
        if at is not None and now < at < now + MARGIN:
            told, first = (one.astimezone(SHANGHAI).isoformat(timespec="seconds") for one in (at, now + 2 * MARGIN))
            raise Invalid("beacon_near", kind=source["kind"], at=told, first=first)


def _apart(given: Given, told: DrawPlan, now: datetime) -> bytes:
    """Who says that codes of one organisation are several objects, and why. Raises Invalid, and Refusal (`apart_two`)."""
    names, why = together(given.by, given.why)
    return papers.apart(told, names, why, given.user, now)


def _private(given: Given, told: DrawPlan) -> list[Path]:
    made = [_nonce_file(given, place) for place, source in enumerate(told.sources, 1) if source.get("make")]
    return [given.private("salt-secret.txt"), *made, *([given.private(APART)] if given.alike else [])]


def _nonce_file(given: Given, place: int) -> Path:
    return given.private(f"nonce-{place}.txt")


def _shared(told: DrawPlan, listed: ListPlan) -> str:
    """The list whose salts the objects of a list have: of lists with one file and the same rules the first (ruling 16).

    Then their objects are one file. Any other list has salts of its own, so that nobody links rows across lists (ruling 8).
    """
    mine = listed.files.get("objects"), _ruled(listed)
    return next(one.name for one in told.lists if (one.files.get("objects"), _ruled(one)) == mine)


def _ruled(listed: ListPlan) -> ListPlan:
    """The rules of a list without what may differ between agencies that check together."""
    return replace(listed, name="", files={})


def _salter(secret: str, told: DrawPlan, name: str) -> rosters.Salt:
    """Ruling 8: a row's salt follows from the secret, the draw, the list and the row's key, and from nothing else."""
    known = f"{secret}{told.number}/{name}/".encode(errors="replace")
    start = hashlib.new(told.suite if told.suite in hashlib.algorithms_available else SUITES[0], known)

    def salt(key: str) -> str:
        hashed = start.copy()
        hashed.update(key.encode())
        return hashed.hexdigest()[:32]

    return salt
