"""A letter is one letter: what its first try says, every other says too, and whoever may hold it hears of its end."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, time, timedelta

import pytest
import sqlalchemy as sa

from connectors.agencies.http import HttpAgency
from inspector.domain import ladder, reply
from inspector.domain.almanac import NamedDay
from inspector.domain.assistance import AssistanceState, Quarrel, Request
from inspector.domain.calendar import WorkingCalendar
from inspector.domain.decision import OrderKind
from inspector.domain.errors import Stale
from inspector.domain.evidence import Verdict
from inspector.domain.letter import LetterKind
from inspector.domain.timer import Timer
from inspector.flows import assist, requests, review
from inspector.flows.office import Office
from inspector.flows.settle import settle_request
from inspector.policybook import Policybook
from inspector.ports import Garbled, Letter, Origin, PortError, Receipt, Refused, Unavailable
from inspector.store.store import Store
from inspector.store.tables import work as work_table
from inspector.store.tx import Tx
from inspector.store.work import Work
from inspector.testing.peer import Peer, answer, lost, peer
from tests.forgetting import forget_done
from tests.house import ROOT, Hand, Table, carry_out, claim, let_lapse, open_office, post, settle, take_over
from tests.integration.test_recount import started
from tests.integration.test_way import HOUSEHOLD, Post, person

pytestmark = pytest.mark.alike

AGENCIES = ("civil-affairs", "county-office")
"""Who is asked, and the common superior."""

EVERY_DAY = (LetterKind.REQUEST, LetterKind.REMINDER, LetterKind.ESCALATION, LetterKind.CANCEL, LetterKind.DIGEST)

STEPS = {LetterKind(word): kind for kind, word in ladder.REMINDERS.items()} | {LetterKind.ESCALATION: OrderKind.ASSIST_DUE}
"""The letters that silence brings, and the waits that order them."""


@dataclass
class Desk(Post):
    """An agency that takes letters, and fails as it is told before it takes the next one."""

    fails: list[PortError] = field(default_factory=list)

    def send(self, letter: Letter, *, key: str) -> Receipt:
        """Take a letter, or not."""
        if self.fails:
            raise self.fails.pop(0)
        return super().send(letter, key=key)

    @property
    def kinds(self) -> list[LetterKind]:
        """What was taken."""
        return [letter.kind for letter in self.letters]


@pytest.fixture
def outside() -> Iterator[Peer]:
    """The agencies' common mail room, over a socket."""
    with peer() as held:
        yield held


def an_office(store: Store, hand: Hand, agencies: Mapping[str, object]) -> Office:
    """An office whose register has nothing, so that another agency is asked; letters to the common superior have their own way."""
    sources = {"registers": Table(default=None), "social": Table(name="social", default="=")}
    office = open_office(store, hand, sources=sources, agencies=agencies)
    places = {"county": "county-office", "city": None}
    office = replace(
        office, tree={**office.tree, **{name: replace(office.tree[name], connector=via) for name, via in places.items()}}
    )
    started(office)
    return office


def opened(office: Office, number: int = 1) -> str:
    """A case whose letter to another agency is written and has not left."""
    case_id = post(office, person(number, "relief-household", HOUSEHOLD))
    go(office)
    return case_id


def go(office: Office, *, letters: bool = False) -> None:
    """Carry out what is due, letters only where asked."""
    while held := claim(office, without=() if letters else AGENCIES):
        for work in held:
            carry_out(office, work)


def climbing(office: Office) -> Office:
    """The same office, whose pack has every step of the ladder of silence."""
    shipped = Policybook.load(ROOT / "policies")
    steps = shipped.get("maoji@2026.1").terms
    more = {timer: steps[timer] for timer in (Timer.ASSIST_ACK, Timer.ASSIST_LAST, Timer.ASSIST_LIAISON, Timer.ASSIST_HEAD)}
    packs = tuple(replace(one, terms={**one.terms, **more}) if one.id == "demo" else one for one in office.book.packs)
    return replace(office, book=replace(office.book, packs=packs))


def written(office: Office, hand: Hand, kind: LetterKind) -> str:
    """A case with a letter of this kind that is due and has not left; those before it have."""
    case_id = opened(office)
    if kind is LetterKind.REQUEST:
        return case_id
    go(office, letters=True)
    if kind is LetterKind.DIGEST:
        hand.now = office.calendar.local(hand.now).replace(hour=8, minute=30) + timedelta(days=1)
    elif kind in STEPS:
        for rung in request_of(office.store, case_id).rungs:
            go(office, letters=True)
            hand.now = rung.at
            go(office)
            if rung.kind is STEPS[kind]:
                break
    else:
        speak(office, request_of(office.store, case_id), kind)
    return case_id


def speak(office: Office, request: Request, kind: LetterKind) -> None:
    """What this letter tells of is said."""
    id_, now, day = request.id, office.now(), date(2026, 3, 20)
    seen, word = office.calendar.closing(day), ("该档案已移交", "王五", now)
    said: dict[LetterKind, Callable[[Tx], object]] = {
        LetterKind.AGREED: lambda tx: assist.agree_date(office, tx, id_, seen, "李四", now),
        LetterKind.KEPT: lambda tx: assist.keep_date(office, tx, id_, seen, "李四", "承诺人急需办结", now),
        LetterKind.DECIDED: lambda tx: assist.decide(office, tx, id_, True, *word),
        LetterKind.OUTCOME: lambda tx: assist.answer(office, tx, id_, Verdict.MATCH, "", "王五", now),
        LetterKind.CANCEL: lambda tx: review.withdraw(office, tx, request.case_id, "改为提交证明", "hall", now),
    }
    with office.store.begin() as tx:
        if kind in (LetterKind.DISPUTE, LetterKind.DECIDED):
            assist.contest(office, tx, id_, Quarrel.COMPETENCE, *word)
        if kind in (LetterKind.AGREED, LetterKind.KEPT):
            assist.propose_date(office, tx, id_, day, *word)
    go(office, letters=kind is LetterKind.DECIDED)
    with office.store.begin() as tx:
        if kind in said:
            said[kind](tx)
        if kind is LetterKind.UNREASONED:
            _, held = requests.held(tx, id_)
            settle_request(tx, reply.unreasoned(held, now, now, office.book.get(tx.cases.get(request.case_id).pack).label), now)


def letters_of(office: Office) -> list[Work]:
    """The letters that are due, claimed; whatever else is, is over: nobody here takes a credit entry."""
    held = claim(office)
    letters = [row for row in held if row.kind in (OrderKind.ASSIST_SEND, OrderKind.ASSIST_DIGEST)]
    with office.store.begin() as tx:
        for row in held:
            if row not in letters:
                tx.work.finish(row, office.now())
    return letters


def withdraw(office: Office, case_id: str) -> None:
    """The applicant takes the commitment back."""
    with office.store.begin() as tx:
        review.withdraw(office, tx, case_id, "改为提交证明", "hall", office.now())


def request_of(store: Store, case_id: str) -> Request:
    """The case's one request."""
    with store.read() as tx:
        (held,) = tx.assistance.of_case(case_id)
    return held


def moved(office: Office, *days_off: str) -> Office:
    """The same office, started anew with another address and a notice that puts dates off: they are counted again."""
    tables = [table for table in office.calendar.tables if table.year != 2026]
    (old,) = [table for table in office.calendar.tables if table.year == 2026]
    more = tuple(NamedDay(day=date.fromisoformat(day), name="调休") for day in days_off)
    new = replace(old, version=old.version + 1, days_off=(*old.days_off, *more))
    calendar = WorkingCalendar(tables=(*tables, new))
    office = replace(office, base_url="https://inspector.example.gov.cn", calendar=calendar)
    started(office)
    go(office)
    return office


@pytest.mark.parametrize("kind", [pytest.param(kind, marks=() if kind in EVERY_DAY else pytest.mark.slow) for kind in LetterKind])
def test_a_letter_is_the_same_bytes_under_the_same_key_at_every_try_whatever_has_changed_between_them(
    store: Store, hand: Hand, outside: Peer, kind: LetterKind
) -> None:
    agencies = {name: HttpAgency(name, {"url": outside.url, "tries": 1}) for name in AGENCIES}
    office = climbing(an_office(store, hand, agencies))
    if kind is LetterKind.DIGEST:
        office = replace(office, tree={**office.tree, "civil": replace(office.tree["civil"], digest=time(8, 30))})
    case_id = written(office, hand, kind)
    outside.plays(lost, answer())
    (first,) = letters_of(office)
    with pytest.raises(Unavailable):
        carry_out(office, first)
    told = request_of(store, case_id).due_at
    let_lapse(office)  # that daemon is gone, and another is started

    again = moved(office, "2026-03-04", "2026-03-05")
    (second,) = letters_of(again)
    carry_out(again, second)
    for agency in agencies.values():
        agency.close()

    one, other = outside.heard
    assert one.json()["kind"] == kind.value
    assert one.body == other.body
    assert one.headers["idempotency-key"] == other.headers["idempotency-key"]
    if kind in (LetterKind.REQUEST, LetterKind.DIGEST):
        assert request_of(store, case_id).due_at > told, (
            "the date was put off meanwhile, and who was told an earlier one has time"
        )


def test_a_letter_put_off_before_its_first_try_says_the_date_that_binds(store: Store, hand: Hand) -> None:
    civil = Desk("civil-affairs")
    office = an_office(store, hand, {"civil-affairs": civil})
    case_id = opened(office)
    before = request_of(store, case_id).due_at
    go(moved(office, "2026-03-04"), letters=True)
    (letter,) = civil.letters
    assert letter.due_at == request_of(store, case_id).due_at > before
    assert letter.reply_url.startswith("https://inspector.example.gov.cn/assist/")


@pytest.mark.bare
def test_a_letter_that_a_restored_database_writes_anew_has_another_key_where_it_says_something_else(
    store: Store, hand: Hand, outside: Peer
) -> None:
    agency = HttpAgency("civil-affairs", {"url": outside.url, "tries": 1})
    office = an_office(store, hand, {"civil-affairs": agency})
    opened(office)
    with store.read() as tx:
        (copy,) = tx.work.page(kind=OrderKind.ASSIST_SEND.value)
    keys = []
    there = replace(office, base_url="http://two.test")
    for restored in (office, office, there, replace(there, secret=b"t" * 32)):
        with store.begin() as tx:  # restored as it was before the first try
            tx.connection.execute(sa.update(work_table).where(work_table.c.key == copy["key"]).values(payload=copy["payload"]))
        let_lapse(office)
        outside.plays(lost)
        (work,) = claim(office)
        with pytest.raises(Unavailable):
            carry_out(restored, work)
        keys += [heard.headers["idempotency-key"] for heard in outside.heard]
    agency.close()
    assert keys[0] == keys[1]
    assert len({*keys}) == 3


@pytest.mark.differs
def test_a_letter_whose_lease_was_lost_before_it_was_written_does_not_leave(store: Store, hand: Hand) -> None:
    civil = Desk("civil-affairs")
    office = an_office(store, hand, {"civil-affairs": civil})
    opened(office)
    (work,) = claim(office)
    take_over(office)
    with pytest.raises(Stale):
        carry_out(office, work)
    assert civil.letters == []


def test_what_a_letter_says_is_kept_in_its_row_alone_and_without_the_secret_of_its_link(store: Store, hand: Hand) -> None:
    civil = Desk("civil-affairs")
    office = an_office(store, hand, {"civil-affairs": civil})
    case_id = opened(office)
    go(office, letters=True)
    (letter,) = civil.letters
    with store.read() as tx:
        (row,) = tx.work.page(case_id=case_id, kind=OrderKind.ASSIST_SEND.value)
        assert letter.subject_code in row["payload"]
        assert letter.reply_url.rpartition("/")[2] not in row["payload"]
    with store.begin() as tx:
        hand.on(days=1)
        assert forget_done(tx, hand()) > 0
        assert tx.work.keyed(row["key"]) is None


THERE = Refused("http_422", origin=Origin.THEM)
AGAIN = Refused("http_422", origin=Origin.THEM, attempts=2)
CONFLICT = Refused("conflict", origin=Origin.US)
AWAY = Unavailable("timeout")


@pytest.mark.parametrize(
    ("fails", "told"),
    [
        pytest.param([THERE], False, id="refused at once"),
        pytest.param([AGAIN], True, id="refused at the second try of a call"),
        pytest.param([AWAY, THERE], True, id="refused at a later call"),
        pytest.param([CONFLICT], True, id="the key is known there"),
        pytest.param([Garbled("not_json", digest="0" * 64)], True, id="unreadable"),
    ],
)
def test_who_may_hold_a_letter_that_ended_undeliverable_hears_that_it_is_over(
    store: Store, hand: Hand, fails: list[PortError], told: bool
) -> None:
    civil = Desk("civil-affairs", fails=list(fails))
    office = an_office(store, hand, {"civil-affairs": civil})
    case_id = post(office, person(1, "relief-household", HOUSEHOLD))
    settle(office)
    assert civil.fails == []
    withdraw(office, case_id)
    settle(office)
    assert civil.kinds == ([LetterKind.CANCEL] if told else [])


@pytest.mark.parametrize("decided", [None, True])
def test_an_agency_that_disputes_and_then_declines_hears_of_no_end_that_it_has_made_itself(
    store: Store, hand: Hand, decided: bool | None
) -> None:
    civil, county = Desk("civil-affairs"), Desk("county-office")
    office = an_office(store, hand, {"civil-affairs": civil, "county-office": county})
    case_id = post(office, person(1, "relief-household", HOUSEHOLD))
    settle(office)
    request = request_of(store, case_id)
    word = ("非本局职权", "王五", hand())
    with store.begin() as tx:
        assist.contest(office, tx, request.id, Quarrel.COMPETENCE, *word)
    settle(office)
    if decided:
        with store.begin() as tx:
            assist.decide(office, tx, request.id, decided, *word)
        settle(office)
    with store.begin() as tx:
        assist.refuse(office, tx, request.id, *word)
    settle(office)
    assert request_of(store, case_id).state is AssistanceState.DECLINED
    assert LetterKind.CANCEL not in civil.kinds
    assert county.kinds == [LetterKind.DISPUTE, LetterKind.CANCEL], "who was to decide hears that it need not"


def test_a_superior_who_may_hold_a_letter_hears_of_the_end_like_the_agency_that_was_asked(store: Store, hand: Hand) -> None:
    civil, county = Desk("civil-affairs"), Desk("county-office")
    office = an_office(store, hand, {"civil-affairs": civil, "county-office": county})
    case_id = post(office, person(1, "relief-household", HOUSEHOLD))
    settle(office)
    hand.now = request_of(store, case_id).escalate_at
    county.fails.append(CONFLICT)
    settle(office)
    assert (county.fails, county.letters) == ([], [])
    withdraw(office, case_id)
    settle(office)
    assert (civil.kinds[-1], county.kinds) == (LetterKind.CANCEL, [LetterKind.CANCEL])
