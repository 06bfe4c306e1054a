"""What is remembered of former draws, held to the ledger before a frame is made of it: a difference refuses the preparation.

Nothing is left out in silence and nothing is mended: a person is told which row says what, and what the ledger says (decision 63).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from inspector.domain import lookback as domain
from inspector.domain.case import CaseState, SubjectKind
from inspector.domain.commitment import read
from inspector.domain.errors import Invalid, Newer, Refusal
from inspector.domain.lookback import Course, Differs
from inspector.domain.missent import RULE as SEND_BACK
from inspector.domain.plan import DrawState
from inspector.domain.review import WITHDRAWALS
from inspector.domain.rowfile import split
from inspector.domain.trail import cases_digest
from inspector.domain.verification import wants_visit
from inspector.domain.visit import VisitState
from inspector.flows import reconcile
from inspector.flows.lists import AFTER
from inspector.flows.members import object_id, read_members, unswapped
from inspector.flows.office import Office
from inspector.store.draws import HISTORY
from inspector.store.drawtables import MEMBERS
from inspector.store.lookback import LookbackRoom, Told
from inspector.store.room import Row
from inspector.store.tx import Tx

MATTER = HISTORY
"""The refusal, and the matter, of remembered rows that are not what the ledger tells."""
LOOK = "look"
"""What the matter of the daily look is about."""
_SHOWN = 10
"""So many rows a refusal names; the rest is counted."""
_PLACE = re.compile(r"(?P<draw>.+)-(?P<place>[0-9]{4,})")


def refuse(office: Office, tx: Tx, number: str, agencies: Collection[str], now: datetime) -> None:
    """Raise Refusal (`draw_history_contradicted`), naming the rows, where what a frame is made of is not what the ledger tells."""
    if found := differing(office, tx, agencies, now):
        raise Refusal(MATTER, draw=number, rows=named(found))


def named(found: Collection[str]) -> str:
    """The first rows, and how many more there are."""
    told = list(found)
    return "; ".join(told[:_SHOWN]) + (f" … +{len(told) - _SHOWN}" if len(told) > _SHOWN else "")


@contextmanager
def telling(office: Office, plan: str) -> Iterator[None]:
    """What refuses a preparation is a matter, written when its transaction is undone. Raises what is raised within."""
    try:
        yield
    except Refusal as error:
        if error.code == MATTER:
            with office.store.begin() as tx:
                note(tx, office.plans[plan].agency, plan, error, office.now())
        raise


def note(tx: Tx, agency: str, plan: str, error: Refusal, now: datetime) -> None:
    """A person of the agency is told why a plan's draw is not numbered."""
    if error.code == MATTER:
        tx.attention.open(MATTER, agency, f"plan:{plan}", error.facts, now)
    else:
        reconcile.note(tx, agency, f"plan:{plan}", f"{error.code} {error.facts['draw']}", now)


_KINDS = tuple(kind.value for kind in SubjectKind)


def looked(office: Office, tx: Tx, found: Collection[str], now: datetime) -> None:
    """The daily look has come: a person of the house is told, or need not be any more."""
    if found:
        tx.attention.open(MATTER, office.house, LOOK, {"rows": named(found)}, now)
    else:
        tx.attention.close(f"{MATTER}:{LOOK}", now)


def differing(office: Office, tx: Tx, agencies: Collection[str], now: datetime) -> list[str]:
    """What is remembered otherwise than the ledger tells: of every visit, whoever made it, and of the cases of some agencies."""
    room = LookbackRoom(tx.ledger.batch)
    parts = (_visits(office, room), _draws(room), _cases(office, tx, room, agencies, now))
    return [*dict.fromkeys(str(one) for part in parts for one in _readable(part))]


def _readable(found: Iterator[Differs]) -> Iterator[Differs]:
    """What nobody can read differs, too: it ends what is told of its kind of row, and keeps nobody from looking at the others."""
    try:
        yield from found
    except (ValueError, Newer) as error:
        yield Differs(row="?", name="?", held=str(error)[:200], told="")


def _visits(office: Office, room: LookbackRoom) -> Iterator[Differs]:
    """Every visit, whose it is, its seats and cases; what reads as it did when nothing differed is not taken apart again (`reread`)."""
    answer, about = room.about_visits(domain.RULES)
    sealed, which = answer.keys.index("seal"), answer.keys.index("id")
    for number in sorted(room.unsound({row[sealed] for row in answer.rows} - {None})):
        yield Differs(row=f"seal {number}", name="head", held="", told="")
    visits, stakes, seats, served = room.visits(), room.stakes(), room.seats(), room.served()
    known = office.store.rereads
    reads = {
        name: (row, stakes.get(name), seats.get(name), served.get(name), about.get(name))
        for row in visits
        for name in (row["id"],)
    }
    same = {name for name, read in reads.items() if known.same(("visit", name), read)}
    fresh = answer.read(row for name, rows in about.items() if name not in same for row in rows).all()
    entries, changed = room.told(fresh)
    courses, wordless = _courses(entries, changed), {row.about for row in fresh if not row.salt}
    for entry in sorted(changed):
        yield Differs(row=f"ledger {entry}", name="body", held="", told="")
    entered = {row["draw"] for row in visits if row["id"] in same or (row["id"] in courses and courses[row["id"]].opened_at)}
    odd: list[tuple[Row, Differs]] = []
    for row in visits:
        name = row["id"]
        if name in same or row["draw"] not in entered:  # from before such entries were written
            continue
        course = courses[name]
        found = list(domain.differing(row, stakes.get(name, {}), seats.get(name, ()), course))
        odd += [(row, one) for one in found]
        whole = (cases := course.standing.get("cases")) is None or cases_digest(served.get(name, ())) == cases
        if not whole:
            yield Differs(row=f"visit_case {name}", name="cases", held="", told="")
        # of one whose words went another entry tells
        if (
            whole
            and not found
            and course.opened_at
            and name not in wordless
            and not {one[which] for one in about[name]} & changed
        ):
            known.keep(("visit", name), reads[name])
    # nobody may owe a part of a joint visit any more once a case has left: then it is over at that moment
    late = [row["id"] for row, one in odd if one.name in ("done_at", "state") and row["state"] == VisitState.DONE.value]
    left = room.left_at(late, (*WITHDRAWALS, SEND_BACK)) if late else set()
    for row, one in odd:
        over = row["state"] == VisitState.DONE.value and bool(courses[row["id"]].reports)
        if not (over and one.name in ("done_at", "state") and (row["id"], row["done_at"]) in left):
            yield one
    yield from _placed(room, visits)


def _courses(entries: Iterable[Told], changed: set[str]) -> defaultdict[str, Course]:
    """What the ledger tells of visits, by visit; an entry that nobody can read is `changed`."""
    courses: defaultdict[str, Course] = defaultdict(Course)
    for told in entries:
        try:
            courses[told.about].add(told.rule, told.at, json.loads(told.body))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            changed.add(told.id)
    return courses


def _placed(room: LookbackRoom, visits: Collection[Row]) -> Iterator[Differs]:
    """Whom each visit is to, by the result of its draw, and that one is the result that was written."""
    results, lines, there = room.results(), room.lines(AFTER), dict[str, dict[int, str]]()
    for row in visits:
        found = _PLACE.fullmatch(row["id"])
        place = int(found["place"]) if found is not None and found["draw"] == row["draw"] else 0
        there.setdefault(row["draw"], {})[place] = row["object_id"]
    noted = {
        row["about"]: _json(row["body"]).get("facts", {}).get("result") for row in room.entries_of([*results], "draw.carry_out")
    }
    for number in sorted(results.keys() | there.keys()):
        content = results.get(number, b"")
        try:
            drawn = dict.fromkeys(name for one in json.loads(content)["lists"] for name in one["teams"])
        except (ValueError, KeyError, TypeError, RecursionError):
            drawn = None
        if drawn is None or noted.get(number) not in (None, hashlib.sha256(content).hexdigest()):
            yield Differs(row=f"draw_file {number}", name="result.json", held="", told="")
            continue
        yield from domain.placed(number, drawn, _came(lines.get(number, b"")), there.get(number, {}))


def _came(content: bytes) -> set[str]:
    """Who came in for somebody else."""
    told = (_json(line) for line in content.splitlines())
    return {str(line["in"]) for line in told if line.get("kind") == "replace" and line.get("in") is not None}


def _draws(room: LookbackRoom) -> Iterator[Differs]:
    """What a void draw never visited is owed still: it is void where its register says so, and nowhere else."""
    states, void = room.void()
    for number, state in sorted(states.items()):
        if (state == DrawState.VOID.value) is not (number in void):
            yield Differs(row=f"draw {number}", name="state", held=state, told="VOID" if number in void else "≠ VOID")


def _cases(office: Office, tx: Tx, room: LookbackRoom, agencies: Collection[str], now: datetime) -> Iterator[Differs]:
    """That a draw has had a case, as its row says; and what a case wants, as its body says. Else nobody would ever ask for it."""
    by_draw: dict[str, list[Row]] = {}
    for row in room.framed(agencies, now.replace(year=now.year - 1, month=1, day=1)):
        if row["subject_kind"] not in _KINDS:
            yield Differs(row=f"case_file {row['id']}", name="subject_kind", held=row["subject_kind"], told="/".join(_KINDS))
            continue
        by_draw.setdefault(row["drawn"], []).append(row)
    states, _ = room.void()
    for number, rows in sorted(by_draw.items()):
        had = _had(office, tx, number, rows) if states.get(number, "VOID") != "VOID" else frozenset()
        if had is None:
            yield Differs(row=f"draw_file {number}", name=MEMBERS, held="", told="")
            continue
        for row in rows:
            if row["id"] not in had:
                yield Differs(row=f"case_file {row['id']}", name="drawn", held=number, told=None)
    for case in room.unwanted(agencies):
        if _wants(tx, case):
            yield Differs(row=f"case_file {case}", name="wants_visit", held=False, told=True)
    yield from _gone(room, agencies)


def _gone(room: LookbackRoom, agencies: Collection[str]) -> Iterator[Differs]:
    """The cases that have left the house by their row alone: nobody has said so, and nobody would look at them any more."""
    for state, rules in ((CaseState.WITHDRAWN, WITHDRAWALS), (CaseState.SENT_BACK, (SEND_BACK,))):
        for case in room.silently(agencies, state, rules):
            yield Differs(row=f"case_file {case}", name="state", held=state.value, told=f"≠ {state.value}")


def _had(office: Office, tx: Tx, number: str, rows: Collection[Row]) -> Collection[str] | None:
    """Which cases a draw has had, of those of some objects; None where the key to its frame is not the one that was committed to."""
    made = _json(tx.draws.file(number, "commit.json"))
    if made:
        told = made.get("members")
        try:
            bound = {read(tx.draws.file(number, "commit.json")).w}
        except Invalid:
            return None
        announced = {
            _json(row["body"]).get("facts", {}).get("w") for row in tx.ledger.about(number) if row["rule"] == "draw.announce"
        }
        if announced != bound or (told is not None and not unswapped(office.secret, tx, number, told)):
            return None
    names = {object_id(office.secret, SubjectKind(row["subject_kind"]), row["subject_code"]) for row in rows}
    members = read_members(split(tx.draws.parts(number, MEMBERS)), names)
    return {case for _, one in members for case in one.cases}


def _wants(tx: Tx, case: str) -> bool:
    """Whether a case wants a visit by its body; one that nobody can read may."""
    try:
        return wants_visit(tx.cases.get(case))
    except ValueError:
        return True


def _json(text: bytes | str) -> Mapping[str, Any]:
    """A JSON object; nothing for anything else."""
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}
