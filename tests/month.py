"""A month of a house with planted people, under faults: cases, notices, draws with their visits and results, a register, files taken."""

from __future__ import annotations

import base64
import io
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from inspector import gazette as pages
from inspector.daemon.schedules import schedules, sweep_order
from inspector.domain.decision import OrderKind
from inspector.domain.errors import Away
from inspector.domain.evidence import Verdict
from inspector.domain.plan import Draw, DrawState
from inspector.domain.visit import Seat, Visit
from inspector.flows import affix, disclosing, gazette, pledges, postedheads, publish, seatlink
from inspector.flows import serving as subjects
from inspector.flows.draw import announce_now
from inspector.ports import Unavailable
from inspector.settings import Schedules
from inspector.store.store import Store
from inspector.store.tx import Tx
from inspector.web.roles import Role
from tests import followed
from tests.drawn import carried_out
from tests.edge import WENT
from tests.house import Hand, next_period, settle
from tests.integration.test_hunt import Hunt
from tests.materials import png
from tests.plantedpeople import Outside, Person, Staff
from tests.reached import proposed

ADDRESS = "https://example.org/results"
OFFICER, TRIES = "李四", 24
"""Who decides; and how often, each two hours later, it is looked whether a witness who was away has been reached."""


@contextmanager
def broken(store: Store, words: str, error: type[Exception]) -> Iterator[None]:
    """A store that fails for a while, in words that name somebody."""
    with pytest.MonkeyPatch.context() as patch:

        def fail(_store: Store, *_a: object, **_k: object) -> Tx:
            raise Away("database_unavailable", problem="FULL") if error is Away else error(words)

        patch.setattr(Store, "read", fail)
        yield


@dataclass(kw_only=True)
class Month:
    """A month under way. `files`: what was taken out of a case's file, by whose it is; `drawn`: the public bundles of draws.

    `read`: what was answered to those who read no word of the house, by whom it is about; `held`: why a case did not go in the end.
    """

    hunt: Hunt
    hand: Hand
    outside: Outside
    staff: dict[str, Staff]
    site: Path
    notices: dict[str, Person] = field(default_factory=dict)
    cases: dict[str, Person] = field(default_factory=dict)
    files: list[tuple[Person, bytes]] = field(default_factory=list)
    duties: list[bytes] = field(default_factory=list)
    drawn: list[bytes] = field(default_factory=list)
    published: list[str] = field(default_factory=list)
    letters: int = 0
    results: int = 0
    penalties: int = 0
    ruled: int = 0
    closed: int = 0
    visits: dict[str, Person] = field(default_factory=dict)
    read: list[tuple[str, Person | None, str]] = field(default_factory=list)
    held: list[str] = field(default_factory=list)

    @property
    def store(self) -> Store:
        return self.hunt.office.store

    def day(self, person: Person) -> None:
        """One day of one person: the case comes in, well and wrongly; a notice goes out; the person answers, and looks who has looked."""
        hunt, office, sent = self.hunt, self.hunt.office, person.sent()
        with hunt.edge.as_(Role.SYSTEM, name="hall") as hall:
            case_id = str(hunt.call(hall, "POST", "/v1/cases", sent).json()["id"])
            hunt.call(hall, "POST", "/v1/cases", sent | {"letter": f"{person.name} {person.home}"})
            hunt.call(hall, "POST", "/v1/cases", sent | {"reference": "", "contact": {"phone": f"{person.phone}x"}})
            for field, words in (("item", person.name), ("agency", person.code), ("matter", person.phone)):
                hunt.call(hall, "POST", "/v1/cases", sent | {"reference": f"{field}-{person.number}", field: words})
        settle(office)
        made = proposed(office, case_id, f"{person.name} {person.home}", person.name)
        with hunt.edge.as_(Role.OFFICER, name=OFFICER) as officer:
            hunt.call(officer, "GET", f"/v1/cases/{case_id}")
            self._crash(officer, "GET", f"/v1/cases/{case_id}", person)
        settle(office)
        with office.store.read() as tx:
            secret = subjects.token(office, tx, made)
        with hunt.edge.client(X_Link_Token=secret, **WENT) as subject:
            for path in ("", "/viewings"):
                hunt.call(subject, "GET", f"/subject/{made}/{secret}{path}")
            said = {"word": "DEFENCE", "words": person.word("申辩")}
            hunt.call(subject, "POST", f"/v1/subject-notices/{made}/words", said)
            hunt.call(subject, "POST", f"/v1/subject-notices/{made}/words", {"word": person.name})
        self.notices[made] = person
        self.cases[case_id] = person

    def sweep(self) -> None:
        """The day's sweeps."""
        now = self.hand()
        looks = sweep_order(OrderKind.PUBLICATION_LOOK, {}, now, now)
        with self.store.begin() as tx:
            tx.work.order([schedules(Schedules(), {}, now)["sweep:forget"].order(now, now), looks], now)
        settle(self.hunt.office)

    def draw(self, persons: Sequence[Person], fault: type[Exception]) -> Draw:
        """A draw among these persons' premises is announced and carried out; each visit is declined once, made, and entered."""
        hunt, office = self.hunt, self.hunt.office
        with hunt.edge.as_(Role.SYSTEM, name="hall") as hall:
            ids = [str(hunt.call(hall, "POST", "/v1/cases", one.visited()).json()["id"]) for one in persons]
        self.cases |= dict(zip(ids, persons, strict=True))
        settle(office)
        next_period(office, "weekly")
        away = Unavailable("unavailable", detail="no answer")
        self.outside.notary.refuses = None if self.drawn else away  # once: behind an open breaker no draw goes on
        with office.store.begin() as tx:
            made = announce_now(office, tx, "weekly", "clerk", self.hand())
        assert made is not None
        settle(office)
        self.outside.notary.refuses = None
        for _ in range(TRIES):
            self.hand.on(hours=2)
            settle(office)
            with office.store.read() as tx:
                if tx.draws.get(made.number).state is DrawState.SEEDING:
                    break
        self.outside.phones.fault = fault
        made = carried_out(office, self.hand, made.number)
        assert made.state is DrawState.DRAWN, made
        self.hand.on(hours=2)  # a push that failed is tried again
        settle(office)
        with hunt.edge.as_(Role.CLERK, name="clerk") as clerk, hunt.edge.as_(Role.OFFICER, name=OFFICER) as officer:
            for who in (clerk, officer):
                hunt.call(who, "GET", f"/v1/draws/{made.number}")
                hunt.call(who, "POST", f"/v1/draws/{made.number}/receipts", {"code": persons[0].code})
                hunt.call(who, "POST", f"/v1/draws/{made.number}/receipts", {"code": persons[0].name})
        with office.store.read() as tx:
            held = tx.visits.of_draw(made.number)
        self.visits |= {one.id: self.cases[one.case_ids[0]] for one in held}
        for place, visit in enumerate(held):
            bad = "FALSE_KNOWING" if place == 1 else "UNTRUE_CURABLE"
            self._visit(visit, self.cases[visit.case_ids[0]], against=place % 2 == 1, bad=bad)
        followed.penalised(self, held[1].case_ids[0], self.cases[held[1].case_ids[0]])
        self.sweep()
        with office.store.read() as tx:
            self.drawn += publish.public_bundle(office, tx, made.number, self.hand()).values()
        return made

    def _visit(self, visit: Visit, person: Person, *, against: bool, bad: str) -> None:
        """One of the team does not go; the others say yes, stumble, note, and enter what they saw; an officer decides."""
        hunt, office = self.hunt, self.hunt.office
        with office.store.read() as tx:
            first = tx.visits.team(visit.id)[0]
        with self._link(first) as phone:
            hunt.call(phone, "GET", f"/v1/seats/{first.name}")
            hunt.call(phone, "POST", f"/v1/seats/{first.name}/decline", {"reason": "", "sent_at": person.name})
            hunt.call(phone, "POST", f"/v1/seats/{first.name}/decline", {"reason": f"{person.word('推辞')} {person.name}"})
        settle(office)
        with office.store.read() as tx:
            team = [one for one in tx.visits.team(visit.id) if one.state.open]
            release = tx.visits.get(visit.id).release_at
        self.hand.now = max(self.hand.now, release) if release is not None else self.hand.now
        settle(office)
        for seat in team:
            with self._link(seat) as phone:
                hunt.call(phone, "POST", f"/v1/seats/{seat.name}/accept")
        verdict = "mismatch" if against else "match"
        note = f"{person.word('所见')} {person.name}" if against else ""
        found = [{"case_id": one.case_id, "claim": one.claim, "verdict": verdict, "note": note} for one in visit.doubts]
        told: dict[str, Any] = {"findings": found, "remarks": f"{person.word('备注')} {person.home}"}
        with self._link(team[0]) as phone:
            path = f"/v1/seats/{team[0].name}"
            hunt.call(phone, "GET", f"/seat/{team[0].name}/{self._secret(team[0])}")
            hunt.call(phone, "POST", f"{path}/result", told | {"findings": [found[0] | {"verdict": person.name}]})
            hunt.call(phone, "POST", f"{path}/result", told | {"findings": [found[0] | {"claim": "none", "note": person.name}]})
            photo = {"content": base64.b64encode(person.name.encode()).decode(), "digest": "0" * 64}
            hunt.call(phone, "POST", f"{path}/photos", photo)
            hunt.call(phone, "POST", f"{path}/photos", {"content": base64.b64encode(png()).decode(), "digest": person.code})
            self._crash(phone, "POST", f"{path}/result", person, told)
            done = hunt.call(phone, "POST", f"{path}/result", told)
            assert done.status_code == 200, done.text
        settle(office)
        for case_id in visit.case_ids:
            self._decide(case_id, person, bad)

    def _decide(self, case_id: str, person: Person, bad: str) -> None:
        """An officer decides, wrongly and then well, where the case waits for that."""
        hunt, office = self.hunt, self.hunt.office
        with hunt.edge.as_(Role.OFFICER, name=OFFICER) as officer:
            case = hunt.call(officer, "GET", f"/v1/cases/{case_id}").json()
            with office.store.read() as tx:
                held = [one for one in tx.cases.evidence(case_id) if one.verdict in (Verdict.MATCH, Verdict.MISMATCH)]
            outcome = bad if any(one.verdict is Verdict.MISMATCH for one in held) else "UNVERIFIABLE"
            reasons = f"{person.word('裁量')} {person.name}"
            decision = {"outcome": outcome, "reasons": reasons, "evidence": [one.id for one in held]}
            hunt.call(officer, "POST", f"/v1/cases/{case_id}/review", decision | {"evidence": [person.code]})
            if case["state"] == "REVIEW":
                done = hunt.call(officer, "POST", f"/v1/cases/{case_id}/review", decision)
                assert done.status_code == 200, done.text
        settle(office)

    def post(self) -> None:
        """The public register is built and posted; one result is taken back in words that name somebody."""
        office = self.hunt.office
        self.ruled += followed.ruled(self)
        self.closed += followed.closed(self)
        penal = disclosing.gather(office, office.now(), post=True)
        held, letters = gazette.gather(office, office.now(), post=True), pledges.gather(office, office.now(), post=True)
        told = pages.Register(
            title="云溪区",
            lines=held.lines,
            withheld=held.withheld,
            counted=held.counted,
            pledges=letters.shown,
            penalties=penal.lines,
            penalties_withheld=penal.withheld,
            penalties_counted=penal.counted,
            heads=postedheads.gather(office, office.now()),
            draws=held.draws,
        )
        affix.write(self.site, pages.files(told))
        gazette.say(office, held, ADDRESS, OFFICER, office.now())
        pledges.say(office, letters, ADDRESS, OFFICER, office.now())
        disclosing.say(office, penal, ADDRESS, OFFICER, office.now())
        listed = (self.site / "manifest.json").read_bytes()
        affix.prove(self.site, affix.bind(office, listed, ADDRESS, len(held.lines)))
        files = [one for one in self.site.rglob("*") if one.is_file()]
        self.published.append("\n".join(f"{one.relative_to(self.site)}\n{one.read_bytes().decode()}" for one in files))
        self.letters += len(letters.shown)
        self.results += len(held.fresh)
        self.penalties += len(penal.fresh)
        self.read += followed.read(self)
        with self.hunt.edge.as_(Role.OFFICER, name=OFFICER) as officer:
            for duty in [one.id for one in held.lines if one.id in held.fresh][:1]:
                person = self._whose(duty)
                words = {"why": "MISTAKE", "note": f"{person.word('撤下')} {person.name}"}
                self.hunt.call(officer, "POST", f"/v1/publications/{duty}/recall", words | {"why": person.name})
                taken = self.hunt.call(officer, "POST", f"/v1/publications/{duty}/recall", words)
                assert taken.status_code == 200, taken.text

    def take(self, since: str, until: str) -> None:
        """Files leave the house: each case's, and an officer's, by an overseer and by the officer; wrongly asked for, too."""
        hunt = self.hunt
        with hunt.edge.as_(Role.OFFICER, name=OFFICER) as officer, hunt.edge.as_(Role.AUDITOR, name="督查") as overseer:
            for case_id, person in self.cases.items():
                self.files.append((person, _unpacked(hunt, hunt.call(overseer, "GET", f"/v1/cases/{case_id}/dossier"))))
            with hunt.edge.as_(Role.AUDITOR, "other", name="邻督查") as stranger:
                hunt.call(stranger, "GET", f"/v1/cases/{case_id}/dossier")
            asked = {"officer": OFFICER, "since": since, "until": until}
            for who in (officer, overseer):
                self.duties.append(_unpacked(hunt, hunt.call(who, "POST", "/v1/duty", asked)))
            person = next(iter(self.cases.values()))
            hunt.call(officer, "POST", "/v1/duty", asked | {"since": person.name})
            hunt.call(officer, "POST", "/v1/duty", asked | {"since": until, "until": since})

    def _whose(self, duty: str) -> Person:
        with self.store.read() as tx:
            return self.cases[tx.visits.get(tx.publications.get(duty).visit).case_ids[0]]

    def _secret(self, seat: Seat) -> str:
        with self.store.read() as tx:
            return seatlink.token(self.hunt.office, tx, seat.name)

    def _link(self, seat: Seat) -> httpx.Client:
        return self.hunt.edge.client(X_Link_Token=self._secret(seat), X_Phone_Key=f"the phone of {seat.name}", **WENT)

    def _crash(self, client: httpx.Client, method: str, path: str, person: Person, body: dict[str, Any] | None = None) -> None:
        """The store fails twice under a request: once in words that name somebody, once as one that is away."""
        client.headers["Connection"] = (
            "close"  # a server that has stumbled closes the connection, in the midst of the next request
        )
        for error in (RuntimeError, Away):
            with broken(self.store, f"{person.name} {person.code}", error), suppress(httpx.ReadError):  # a reset tells nothing
                self.hunt.call(client, method, path, body)
        del client.headers["Connection"]


def _unpacked(hunt: Hunt, answer: httpx.Response) -> bytes:
    """A zip's files in one; their names are kept."""
    assert answer.status_code == 200, answer.text
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        hunt.names += packed.namelist()
        return b"\n".join(packed.read(one) for one in packed.namelist())
