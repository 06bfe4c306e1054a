"""A month of persons and of faults, and afterwards the hunt: nobody is told of anybody else, and no by-way has kept a word of them.

By-ways: logs, metrics, addresses, error bodies, what is said of a crash, published files, and pushes to somebody else.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from inspector import gazette as pages
from inspector.daemon.schedules import schedules
from inspector.domain.calendar import Term, Unit
from inspector.domain.errors import Away
from inspector.domain.identity import citizen_check_digit
from inspector.domain.publicity import Publicity
from inspector.flows import affix, disclosing, gazette, pledges, postedheads
from inspector.flows import serving as subjects
from inspector.flows.office import Office
from inspector.ports import Answer, Garbled, Question, Unavailable
from inspector.settings import Schedules
from inspector.store.store import Store
from inspector.store.tx import Tx
from inspector.web.roles import Role
from tests import house
from tests.edge import WENT, Edge, serving
from tests.engine import listening
from tests.house import TREE, Hand, Table, open_office, settle
from tests.integration.test_hunt import Hunt
from tests.integration.test_hunt import _case as a_person_s_case
from tests.reached import Wire, proposed
from tests.sealing import at_rest, found, sealed_store

DAYS = 31
ITEM = "relief-household"


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody who was planted: whatever tells who it is stands in `marks`, and is nobody else's."""

    number: int

    @property
    def code(self) -> str:
        first = f"1101051949123{self.number:04d}"
        return first + citizen_check_digit(first)

    @property
    def name(self) -> str:
        return f"欧阳暗记{self.number:03d}"

    @property
    def phone(self) -> str:
        return f"1391234{self.number:04d}"

    @property
    def home(self) -> str:
        return f"暗记街{self.number:03d}号"

    @property
    def marks(self) -> set[str]:
        return {self.code, self.name, self.phone, self.home, f"暗记信{self.number:03d}", f"暗记申辩{self.number:03d}"}

    def sent(self) -> dict[str, object]:
        claims = [{"key": name, "fact": name, "value": "1200", "on": "2026-02-27"} for name in ("household", "insured-income")]
        letter = {"text": f"暗记信{self.number:03d} {self.home}", "notice_version": "2025-01", "signed_by": self.name}
        return a_person_s_case(
            claims=claims,
            reference=f"M-{self.number:06d}",
            subject={"kind": "PERSON", "code": self.code, "name": self.name},
            contact={"phone": self.phone, "email": f"m{self.number}@example.test", "agreed": True},
            letter=letter | {"signed_on": "2026-03-01", "publicity_scope": "本机关网站"},
        )


@dataclass
class Weather(Table):
    """A source with a fault of the day, whose text repeats whom it was asked about, as a foreign library's may."""

    fault: str | None = None
    struck: set[str] = field(default_factory=set)

    def said(self, question: Question) -> Exception:
        told = {"GARBLED": Garbled("garbled", digest="0" * 64), "AWAY": Unavailable("unavailable", detail="no answer")}
        return told.get(str(self.fault)) or RuntimeError(f"no row for {question.subject_code}")

    def ask(self, question: Question, *, key: str) -> Answer:
        if self.fault is not None:
            self.struck.add(self.fault)
            raise self.said(question)
        return super().ask(question, key=key)


@contextmanager
def broken(store: Store, person: Person, error: type[Exception]) -> Iterator[None]:
    """A store that fails for a while, in words that name somebody."""
    with pytest.MonkeyPatch.context() as patch:

        def fail(_store: Store, *_a: object, **_k: object) -> Tx:
            raise Away("database_unavailable", problem="FULL") if error is Away else error(f"{person.name} {person.code}")

        patch.setattr(Store, "read", fail)
        yield


def _house(store: Store, hand: Hand, sms: Wire, social: Weather) -> Office:
    """An office whose packs show commitment letters, and that reaches its subjects by phone."""
    office = open_office(store, hand, sources={"registers": Table(default="="), "social": social}, channels={"sms": sms})
    wanted = Publicity(scope="本机关网站", term=Term(amount=1, unit=Unit.YEAR), basis="S0:5", site=True)
    packs = tuple(
        replace(pack, items={name: replace(one, publicity=wanted) if name == ITEM else one for name, one in pack.items.items()})
        for pack in office.book.packs
    )
    tree = {**TREE, "bureau": replace(TREE["bureau"], subjects_by_phone="sms")}
    return replace(office, book=replace(office.book, packs=packs), tree=tree)


def _day(hunt: Hunt, edge: Edge, person: Person) -> str:
    """One day of one person: the case comes in, well and wrongly; a notice goes out; the person answers, and looks who has looked."""
    office, sent = hunt.office, person.sent()
    with edge.as_(Role.SYSTEM, name="hall") as hall:
        case_id = str(hunt.call(hall, "POST", "/v1/cases", sent).json()["id"])
        hunt.call(hall, "POST", "/v1/cases", sent | {"letter": f"{person.name} {person.home}"})
        hunt.call(hall, "POST", "/v1/cases", sent | {"reference": "", "contact": {"phone": f"{person.phone}x"}})
    settle(office)
    made = proposed(office, case_id, f"{person.name} {person.home}", person.name)
    with edge.as_(Role.OFFICER, name="李四") as officer:
        hunt.call(officer, "GET", f"/v1/cases/{case_id}")
        for error in (RuntimeError, Away):
            with broken(office.store, person, error):
                hunt.call(officer, "GET", f"/v1/cases/{case_id}")
    settle(office)
    with office.store.read() as tx:
        secret = subjects.token(office, tx, made)
    with edge.client(X_Link_Token=secret, **WENT) as subject:
        for path in ("", "/viewings"):
            hunt.call(subject, "GET", f"/subject/{made}/{secret}{path}")
        said = {"word": "DEFENCE", "words": f"暗记申辩{person.number:03d}"}
        hunt.call(subject, "POST", f"/v1/subject-notices/{made}/words", said)
        hunt.call(subject, "POST", f"/v1/subject-notices/{made}/words", {"word": person.name})
    return made


def _published(office: Office, folder: Path) -> tuple[str, int]:
    """Everything that a build of the public register writes, by name and content; and how many letters it shows."""
    held, letters = gazette.gather(office, office.now(), post=True), pledges.gather(office, office.now(), post=True)
    told = pages.Register(
        title="云溪区",
        lines=held.lines,
        withheld=held.withheld,
        counted=held.counted,
        pledges=letters.shown,
        penalties=disclosing.gather(office, office.now(), post=True).lines,
        heads=postedheads.gather(office, office.now()),
        draws=held.draws,
    )
    affix.write(folder, pages.files(told))
    files = [one for one in folder.rglob("*") if one.is_file()]
    return "\n".join(f"{one.relative_to(folder)}\n{one.read_bytes().decode()}" for one in files), len(letters.shown)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_month_with_faults_tells_nobody_of_anybody_else(database_url: str, hand: Hand, tmp_path: Path) -> None:
    persons = [Person(number=number) for number in range(1, DAYS + 1)]
    marks = {mark for one in persons for mark in one.marks}
    faults = (None, "CRASH", "AWAY", "GARBLED")
    sms, social = Wire(), Weather(name="social", default="吊销")
    notices: dict[str, Person] = {}
    with house.closing(sealed_store(database_url)) as store, listening(level="DEBUG") as log:
        office = _house(store, hand, sms, social)
        with serving(office) as edge:
            hunt = Hunt(office, edge)
            for day, person in enumerate(persons):
                social.fault = faults[day % len(faults)]
                sms.error = Unavailable("unavailable", detail="no answer") if day % 5 == 4 else None
                notices[_day(hunt, edge, person)] = person
                with store.begin() as tx:
                    tx.work.order([schedules(Schedules(), {}, hand())["sweep:forget"].order(hand(), hand())], hand())
                hand.on(days=1)
                settle(office)
            with edge.client() as anybody:
                metrics = anybody.get("/metrics").text
        published, letters = _published(office, tmp_path / "site")
        told = {
            "log": log.getvalue(),
            "metrics": metrics,
            "names": "\n".join(hunt.names),
            "errors": "\n".join(hunt.errors),
            "published": published,
        }
        assert {where: found(text.encode(), marks) for where, text in told.items()} == {where: set[str]() for where in told}
        assert found(at_rest(store), marks) == set()
    for _, message in sms.pushed:
        (whose,) = [one for one in persons if one.phone == message.to]
        others = {mark for one in persons if one is not whose for mark in one.marks}
        assert found(f"{message.title}{message.text}{message.link}{message.data}".encode(), others) == set()
        assert notices[message.link.split("/")[-2]] is whose, "its link opens its own notice"
    assert len(sms.pushed) > DAYS // 2, "there were pushes to look at"
    assert social.struck == {"CRASH", "AWAY", "GARBLED"}, "the faults came about"
    assert {line.split()[2] for line in hunt.errors} >= {"500", "503", "422"}, "each kind of error was said"
    assert '"exc_type": "RuntimeError"' in told["log"], "the crashes were told of"
    assert letters > 0, "something was published"
