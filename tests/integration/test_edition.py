"""A register that is posted anew reads and writes what has moved since, however large it is, and comes to the files of a whole build."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from inspector import gazette as pages
from inspector.domain.case import SubjectKind
from inspector.domain.decision import Because
from inspector.domain.finding import Part, Seen
from inspector.domain.gazette import CheckResult
from inspector.domain.leadcheck import LeadCheck
from inspector.domain.publicationduty import PublicationDuty
from inspector.domain.taking import PURGED
from inspector.domain.visit import VisitState
from inspector.gazette import frame, letters
from inspector.gazette import pages as sheets
from inspector.store.codec import load
from inspector.store.store import Store
from inspector.store.tx import new_id
from tests import house
from tests.integration.test_affix import ADDRESS, head
from tests.integration.test_gazette import over
from tests.integration.test_publications import look
from tests.integration.test_publications import office as made_office
from tests.operator import Operator, settled
from tests.owing import let_go, owe

PAGE, PART = 10, 20
FIRM, PERSON = SubjectKind.FIRM, SubjectKind.PERSON


@dataclass
class Work:
    """What a build has done: bodies of duties opened, pages of the register made, statements sent, files written."""

    bodies: int = 0
    pages: int = 0
    statements: int = 0
    written: int = 0


@dataclass(kw_only=True)
class Register:
    """An office's register in a folder, with small pages."""

    operator: Operator
    site: Path
    count: int = 1
    work: Work

    def owe(self, count: int, kind: SubjectKind = FIRM, draw: str = "") -> list[str]:
        """So many more results that nobody has published yet: the one that is there, of others."""
        with house.closing(self.operator.store()) as store, store.begin() as tx:
            (first,) = tx.publications.page(("bureau",), None, "", 1)
            visit, names = tx.visits.get(first.visit), list[str]()
            nothing = Part(agency="bureau", by="A-1", at=first.formed_at, seen=Seen.NOTHING)
            for number in range(self.count, self.count + count):
                name = f"{visit.id}x{number:05d}"
                told: dict[str, Any] = {
                    "code": f"TEST{number:014d}",
                    "name": f"第{number}饮食店",
                    "kind": kind,
                    "draw": draw or visit.draw,
                }
                tx.visits.add(replace(visit, id=name, case_ids=(), findings=(), doubts=(), parts=(nothing,), version=0, **told))
                made = replace(first, id=f"{name}.bureau", visit=name, draw=told["draw"], state=type(first.state).OWED)
                owe(tx, replace(made, posted=None, shown=None), first.formed_at)
                names.append(made.id)
            self.count += count
        return names

    def owe_lead(self, kind: SubjectKind = FIRM) -> str:
        """One more result, of a check for cause, which stands in no draw."""
        with house.closing(self.operator.store()) as store, store.begin() as tx:
            (first,) = tx.publications.page(("bureau",), None, "", 1)
            name, code = f"check{self.count:05d}", f"TEST{self.count:014d}"
            said: dict[str, Any] = {
                "scope": "场所",
                "reasons": "线索",
                "proposed_by": "李四",
                "made_at": first.formed_at,
                "due_at": first.due_at,
            }
            check = LeadCheck(id=name, tip_off=f"t{self.count}", agency="bureau", kind=kind, code=code, name="第一饮食店", **said)
            tx.tips.add_check(replace(check, found=False))
            gone: dict[str, Any] = {"visit": "", "draw": "", "posted": None, "shown": None}
            owe(tx, replace(first, id=f"lead.{name}", lead=name, state=type(first.state).OWED, **gone), first.formed_at)
            self.count += 1
        return f"lead.{name}"

    def say(self, duty: str, *what: str) -> None:
        """What a named person says of a duty."""
        self.operator.well("publication", what[0], duty, *what[1:])

    def post(self) -> dict[str, Any]:
        """Post it, and count."""
        self.work.__init__()  # type: ignore[misc]
        pages.look("x")
        look_made, self.work.pages = self.work.pages, 0
        told: dict[str, Any] = self.operator.well("publication", "site", str(self.site), "--post", ADDRESS, "--json").json
        self.work.written = told["written"]
        self.work.pages -= look_made
        return told

    def whole(self, folder: Path) -> dict[str, bytes]:
        """The files as a whole build makes them."""
        self.operator.well("publication", "site", str(folder))
        return files(folder)


def files(folder: Path) -> dict[str, bytes]:
    """A register's files, without its proof."""
    held = {one.relative_to(folder).as_posix(): one.read_bytes() for one in folder.rglob("*") if one.is_file()}
    held.pop("ledger.json", None)
    return held


@pytest.fixture
def register(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Register]:
    """An office with one result that is owed, small pages, and counts of what is done."""
    for module, names in ((pages, ("PAGE", "PART")), (sheets, ("PAGE",)), (frame, ("PAGE", "PART")), (letters, ("PAGE", "PART"))):
        for name in names:
            monkeypatch.setattr(module, name, {"PAGE": PAGE, "PART": PART}[name])
    held, hand, work = settled(database_url, tmp_path), house.Hand(), Work()
    with house.closing(held.store()) as store:
        office = made_office.__wrapped__(store, hand)  # type: ignore[attr-defined]
        look(office, hand)
        over(office)
    made = Register(operator=held, site=tmp_path / "site", work=work)
    page = sheets._page

    def loaded(kind: type[Any], text: str) -> Any:
        work.bodies += kind is PublicationDuty
        return load(kind, text)

    def paged(*told: Any) -> bytes:
        work.pages += 1
        return page(*told)

    def sent(*_: Any) -> None:
        work.statements += 1

    monkeypatch.setattr("inspector.store.publications.load", loaded)
    monkeypatch.setattr(sheets, "_page", paged)
    sa.event.listen(sa.engine.Engine, "before_cursor_execute", sent)
    yield made
    sa.event.remove(sa.engine.Engine, "before_cursor_execute", sent)


@contextmanager
def compared(register: Register, folder: Path) -> Iterator[None]:
    """After a posting the folder is what a whole build would make, and verifies."""
    yield
    assert files(register.site) == register.whole(folder)
    assert register.operator.well("publication", "verify", str(register.site), "--head", head(register.site)).code == 0


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_what_a_later_posting_reads_and_writes_does_not_grow_with_the_register(register: Register, tmp_path: Path) -> None:
    steps: dict[int, list[tuple[int, int, int, int]]] = {}
    for size in (60, 180):
        duties = register.owe(size - register.count + 1)
        register.post()
        register.post()  # what was said by the first has moved since, as that of anybody else
        told = []
        recall = partial(register.say, duties[3], "recall", "--why", "REVOKED")
        acts: tuple[Callable[[], object], ...] = (lambda: None, partial(register.owe, 2), recall)
        for number, act in enumerate(acts):
            act()
            with compared(register, tmp_path / f"whole-{size}-{number}"):
                register.post()
                told.append((register.work.bodies, register.work.pages, register.work.statements, register.work.written))
        steps[size] = told
    small, large = steps[60], steps[180]
    assert small[0][:2] == (0, 0), "nothing moved: no body is opened, no page made"
    assert small[0][3] == 0
    for one, other in zip(small, large, strict=True):
        assert abs(one[0] - other[0]) <= PART + PAGE, (small, large)
        assert max(one[0], other[0]) <= 2 * PART + 2 * PAGE
        assert max(one[1], other[1]) <= 2 * 3, "in two languages the page, the one before it, and the new one"
        assert abs(one[2] - other[2]) <= 5, (small, large)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_each_later_edition_is_what_a_whole_build_makes(register: Register, tmp_path: Path) -> None:
    firms, persons, leads = register.owe(25), register.owe(6, PERSON), list[str]()
    done: list[Callable[[], object]] = [
        lambda: None,
        lambda: register.owe(9),
        lambda: register.say(firms[12], "recall", "--why", "MISTAKE"),
        lambda: register.say(persons[0], "recall", "--why", "VOID"),
        lambda: register.say(persons[1], "recall", "--why", "VOID"),
        lambda: register.say(register.owe(1)[0], "done", "--reference", "公告栏"),
        lambda: leads.extend((register.owe_lead(), register.owe_lead(PERSON), register.owe_lead())),
        lambda: register.say(leads[0], "recall", "--why", "REVOKED"),
        lambda: (register.owe(4, PERSON), register.owe(3)),
    ]
    register.post()
    for number, act in enumerate(done):
        act()
        with compared(register, tmp_path / f"whole-{number}"):
            register.post()
    told = "".join(one.read_text(encoding="utf-8") for one in (register.site / "data").glob("*.jsonl"))
    assert [told.count(f'"reason": "{why}"') for why in ("MISTAKE", "VOID", "REVOKED")] == [1, 2, 1]


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("why", ["altered", "listed anew", "purged", "looks", "said by another"])
def test_where_anything_differs_from_what_was_posted_it_is_built_whole(
    register: Register, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    register.owe(24)
    register.post()
    register.post()
    assert register.work.bodies == 0
    match why:
        case "altered":
            (register.site / "results-00001.html").write_text("x", encoding="utf-8")
        case "listed anew":
            data = register.site / "data" / "results-00001.jsonl"
            data.write_bytes(data.read_bytes().replace("第5饮食店".encode(), "第6饮食店".encode()))
        case "purged":
            with house.closing(register.operator.store()) as store, store.begin() as tx:
                (duty, *_) = tx.publications.page(("bureau",), None, "", 9)[3:]
                assert duty.shown is not None
                tx.publications.put(replace(duty, shown=replace(duty.shown, name="", code="", formed_on=None, counted=True)))
                because = Because(rule=PURGED, basis=(), pack="", facts=let_go(house.START))
                tx.ledger.append(new_id(), duty.about, because, {}, house.START)
        case "looks":
            monkeypatch.setattr(frame, "_STYLE", frame._STYLE + " ")
        case _:
            (mine,) = register.owe(1)
            published = partial(register.say, mine, "done", "--reference", "公告栏")
            with monkeypatch.context() as patch:
                patch.setattr("inspector.cli.publications._bring", _then(published))
                register.post()
    with compared(register, tmp_path / "whole"):
        register.post()
        assert register.work.bodies >= 24, "all of it was read"


def _then(act: Callable[[], object]) -> Callable[..., bytes]:
    """Bringing files to where they are served, and what somebody else does just then."""
    from inspector.cli import publications as commands

    bring = commands._bring

    def brought(*told: Any) -> bytes:
        listed = bring(*told)
        act()
        return listed

    return brought


@pytest.mark.bare
def test_whether_a_record_is_closed_is_asked_of_what_is_open_and_never_of_all_that_ever_was(
    store: Store, hand: house.Hand
) -> None:
    office = made_office.__wrapped__(store, hand)  # type: ignore[attr-defined]
    (duty,) = look(office, hand)
    over(office)
    sent: list[tuple[str, Any]] = []
    with store.read() as tx:
        visit = tx.visits.get(duty.visit)
        assert tx.visits.open_of_selection(duty.draw) == []
        sa.event.listen(tx.connection, "before_cursor_execute", lambda *told: sent.append((told[2], told[3])))
        assert tx.visits.open_of("bureau", but="another") == []
        ((asked, given),) = sent
        if store.sqlite:
            plan = [row[-1] for row in tx.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {asked}", given)]
            assert "ix_visit_state" in plan[0], plan
    with store.begin() as tx:
        for name, state, of in (
            ("a", VisitState.CANCELLED, visit.id),
            ("b", VisitState.ASSIGNED, "a"),
            ("c", VisitState.DONE, ""),
        ):
            tx.visits.add(
                replace(visit, id=name, draw=f"of {name}", state=state, done_at=None, case_ids=(), replaces=of, version=0)
            )
    with store.read() as tx:
        assert [one.id for one in tx.visits.open_of_selection(duty.draw)] == ["b"], "what stands for what stands for it"
        assert [one.id for one in tx.visits.of_selection(duty.draw) if one.state.open] == ["b"]


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_later_edition_writes_no_line_that_was_altered_in_the_database_and_the_ledger_check_tells_it(
    register: Register,
) -> None:
    first, *_ = register.owe(3)
    register.post()
    assert register.operator.well("ledger", "verify", "--json").json["published_differs"] == []
    with house.closing(register.operator.store()) as store, store.begin() as tx:
        held = tx.publications.get(first, lock=True)
        assert held.shown is not None
        tx.publications.put(replace(held, shown=replace(held.shown, found=CheckResult.PROBLEM)))
    register.owe(1)  # its page is made anew, with the lines that stand on it
    refused = register.operator.say("publication", "site", str(register.site), "--post", ADDRESS)
    assert refused.code != 0
    assert first in refused.err
    told = register.operator.say("ledger", "verify", "--json")
    assert (told.code, told.json["published_differs"]) == (1, [f"publication_duty {first}: line"])
