"""A month of persons and of faults, and afterwards the hunt: nobody is told of anybody else, and no by-way has kept a word of them.

By-ways: logs, metrics, addresses, error bodies, what is said of a crash, published files, files that are taken out, pushes to somebody
else, and, where the office seals its data, the disk. Draws are announced and carried out in it, with visits to these persons.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from inspector.ports import Unavailable
from inspector.store.store import Store
from tests import followed, house
from tests.edge import serving
from tests.engine import listening
from tests.house import Hand, settle
from tests.integration.test_hunt import Hunt
from tests.month import Month
from tests.plantedpeople import Person, Staff
from tests.plantedpeople import house as planted
from tests.sealing import at_rest, found, sealed_store

DAYS, FEW = 31, 6
"""Days, and persons, of a month; and of the few days in which each kind of thing comes about once."""
FAULTS = (None, "CRASH", "AWAY", "GARBLED")


@dataclass(frozen=True, kw_only=True)
class Told:
    """What was left after the month: by-ways with what they hold, and the month itself."""

    month: Month
    where: dict[str, str]
    persons: list[Person]
    rest: bytes
    gone: list[Person]
    left: dict[str, str]

    @property
    def leaks(self) -> dict[str, set[str]]:
        """By-ways that tell of somebody, with what they tell; empty where none does."""
        marks = {mark for one in self.persons for mark in one.marks}
        inside = {mark for one in self.month.staff.values() for mark in one.marks}
        seen = {name: found(text.encode(), marks | inside) for name, text in self.where.items()}
        seen["disk"] = found(self.rest, marks | {one.phone for one in self.month.staff.values()})
        seen["pushes"] = {word for mine, words in self._pushes() for word in found(words.encode(), (marks | inside) - mine)}
        for whose, content in self.month.files:
            seen.setdefault("dossiers", set()).update(found(content, (marks - whose.marks) | inside))
        for name, about, words in self.month.read:
            mine = about.marks - about.inner if about is not None else set()
            seen[name] = seen.get(name, set()) | found(words.encode(), (marks - mine) | inside)
        for table, words in self.left.items():
            seen[f"purged {table}"] = found(words.encode(), {mark for one in self.gone for mark in one.marks})
        seen["duty files"] = {word for content in self.month.duties for word in found(content, inside)}
        return {name: words for name, words in seen.items() if words}

    def lines(self, where: str) -> list[str]:
        """The lines of a by-way that tell of somebody."""
        told = {mark for one in self.persons for mark in one.marks} | {
            mark for one in self.month.staff.values() for mark in one.marks
        }
        return [line for line in self.where.get(where, "").splitlines() if found(line.encode(), told)]

    def _pushes(self) -> Iterator[tuple[set[str], str]]:
        """What of a push its receiver may read, and all that it says."""
        own = {one.phone: one.marks for one in self.persons}
        for _, message in self.month.outside.sms.pushed:
            yield own[message.to], f"{message.title}{message.text}{message.link}{message.data}"
        for message in self.month.outside.phones.pushed:  # of the object itself not a word
            yield set(), f"{message.title}{message.text}{message.link}{message.data}"


def lived(store: Store, hand: Hand, folder: Path, days: int, draws: int, *, sealed: bool) -> Told:
    """So many days, one person each, with so many draws among them, each of the last seven persons' premises."""
    persons = [Person(number=number) for number in range(1, days + 1)]
    staff = {one.id: one for one in (Staff(number=number) for number in range(1, 7))}
    began = hand()
    with listening(level="DEBUG") as log:
        office, outside = planted(store, hand, staff)
        with serving(office) as edge:
            month = Month(hunt=Hunt(office, edge), hand=hand, outside=outside, staff=staff, site=folder / "site")
            every = days // draws
            for day, person in enumerate(persons):
                outside.social.fault = FAULTS[day % len(FAULTS)]
                outside.sms.error = Unavailable("unavailable", detail="no answer") if day % 5 == 4 else None
                month.day(person)
                if day % every == every - 1 and day // every < draws:
                    month.draw(persons[max(0, day - 6) : day + 1], (RuntimeError, Unavailable)[day // every % 2])
                    month.post()
                hand.on(days=1)
                month.sweep()
            month.post()
            month.take(*(f"{office.calendar.local_date(one)}" for one in (began, hand() + timedelta(days=1))))
            settle(office)
            with edge.client() as anybody:
                metrics = anybody.get("/metrics").text
            rest = at_rest(store) if sealed else b""
            gone = followed.purged(month)
        where = {
            "log": log.getvalue(),
            "metrics": metrics,
            "names": "\n".join(month.hunt.names),
            "errors": "\n".join(month.hunt.errors),
            "register": "\n".join(month.published),
            "draws": b"\n".join(month.drawn).decode(),
        }
    return Told(month=month, where=where, persons=persons, rest=rest, gone=gone, left=followed.texts(store))


def looked_at(told: Told, days: int) -> None:
    """There was something to look at of each kind."""
    month, errors = told.month, told.month.hunt.errors
    for _, message in month.outside.sms.pushed:
        whose = month.notices[message.link.split("/")[-2]]
        assert whose.phone == message.to, "its link opens its own notice"
    assert len(month.outside.sms.pushed) > days // 2, "there were pushes to subjects"
    assert month.outside.social.struck == {"CRASH", "AWAY", "GARBLED"}, "the faults came about"
    assert {line.split()[2] for line in errors} >= {"500", "503", "422", "403", "404"}, "each kind of error was said"
    assert '"exc_type": "RuntimeError"' in told.where["log"], "the crashes were told of"
    assert month.letters > 0, "letters were published"
    assert month.penalties > 0, "a penalty was"
    assert min(month.ruled, month.closed) > 0, "letters were ruled on, and matters closed"
    assert told.gone, f"somebody's cases went: {month.held[:9]}"
    assert len(month.drawn) > 0, "draws were published"
    assert month.results > 1, "results were published"
    assert month.outside.phones.struck >= {"RuntimeError"}, "a push failed in words that name its receiver"
    assert {message.to for message in month.outside.phones.pushed} <= {one.phone for one in month.staff.values()}
    assert len(month.files) == len(month.cases) > days
    words = month.files[-1][1].decode() + month.duties[0].decode()
    assert month.files[-1][0].name in words, "the files tell of whom they are about"


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_month_with_faults_and_draws_tells_nobody_of_anybody_else(database_url: str, hand: Hand, tmp_path: Path) -> None:
    with house.closing(sealed_store(database_url)) as store:
        told = lived(store, hand, tmp_path, DAYS, 4, sealed=True)
    assert told.leaks == {}, [line for name in told.leaks for line in told.lines(name)[:5]]
    looked_at(told, DAYS)
    assert "MISTAKE" in told.where["register"], "and one was taken back"


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("sealed", [True, False], ids=["sealed", "bare"])
def test_a_few_days_with_a_draw_tell_nobody_of_anybody_else(database_url: str, hand: Hand, tmp_path: Path, sealed: bool) -> None:
    with house.closing(sealed_store(database_url) if sealed else house.open_store(database_url)) as store:
        told = lived(store, hand, tmp_path, FEW, 1, sealed=sealed)
    assert told.leaks == {}, [line for name in told.leaks for line in told.lines(name)[:5]]
    looked_at(told, FEW)
