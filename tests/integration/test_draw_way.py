"""A draw from its announcement to the result of a visit, on both databases."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import pytest

from connectors.seeds import ceremony
from inspector.domain import draw as protocol
from inspector.domain.audit import Witness
from inspector.domain.case import CaseState, Outcome
from inspector.domain.commitment import read
from inspector.domain.decision import OrderKind
from inspector.domain.errors import Refusal
from inspector.domain.evidence import Verdict
from inspector.domain.finding import Finding
from inspector.domain.frame import read as read_frame
from inspector.domain.plan import Draw, DrawState
from inspector.domain.replay import replay
from inspector.domain.roster import InspectorRecord
from inspector.domain.timer import Timer
from inspector.domain.verify import verify
from inspector.domain.visit import SeatState, Visit, VisitState
from inspector.flows import dispatch, review, wording
from inspector.flows.draw import announce_now
from inspector.flows.explain import explain
from inspector.flows.narrative import render
from inspector.flows.office import Office, Plan
from inspector.flows.reconcile import differing
from inspector.flows.seeding import type_figures
from inspector.ports import Card, Message, NotYet, Origin, PortError, Receipt, Refused, Typed
from inspector.store.store import Store
from tests.house import Hand, Table, application, open_office, post, settle

pytestmark = pytest.mark.alike

FACTS = {"registered-address": "某路1号", "office-in-use": "是"}
LOTTERY = {"what": "the next draw", "balls": [[6, 33], [1, 16]], "official": "the announcements"}
DICE = "3 5 1 6 2 2 4 1 6 6 3 5 2 1 4 4 6 2 5 3 1 1 6 5 2 3"


@dataclass
class Party:
    """A party that promises and reveals, or keeps silent at the reveal."""

    name: str
    silent: bool = False

    def __post_init__(self) -> None:
        self.card = Card(name=self.name, port="seed", kind="table", owner="test", version="1")

    def nonce(self, draw: str) -> str:
        """The party's secret for a draw."""
        return hashlib.sha256(f"{self.name}/{draw}".encode()).hexdigest()

    def promise(self, draw: str, *, key: str) -> Mapping[str, object]:
        """Its hash."""
        hashed = hashlib.sha256(f"ssj1/nonce\n{self.nonce(draw)}".encode()).hexdigest()
        return {"kind": "reveal", "party": self.name, "hash": hashed}

    def reveal(
        self, draw: str, promise: Mapping[str, object], typed: tuple[Typed, ...], *, key: str, w: str = ""
    ) -> Mapping[str, object]:
        """Its nonce."""
        if self.silent:
            raise Refused("withdrawn", origin=Origin.THEM)
        return {"kind": "reveal", "nonce": self.nonce(draw)}


@dataclass
class Dice:
    """A ceremony of which two people type the figures."""

    def __post_init__(self) -> None:
        self.card = Card(name="dice", port="seed", kind="ceremony", owner="test", version="1")

    def promise(self, draw: str, *, key: str) -> Mapping[str, object]:
        """What will be thrown."""
        return {"kind": "text", "what": "26 dice", "bits": 66, "form": {"dice": 26, "sides": 6}}

    def reveal(
        self, draw: str, promise: Mapping[str, object], typed: tuple[Typed, ...], *, key: str, w: str = ""
    ) -> Mapping[str, object]:
        """The figures, once two have typed the same."""
        if len(typed) < 2:
            raise NotYet("ceremony_waiting")
        return {"kind": "text", "text": typed[0].figures}


@dataclass
class Phones:
    """The inspectors' phones."""

    messages: list[Message] = field(default_factory=list)
    off: list[Message] = field(default_factory=list)
    refuses: bool = False

    def __post_init__(self) -> None:
        self.card = Card(name="phones", port="channel", kind="table", owner="test", version="1")

    def push(self, message: Message, *, key: str) -> Receipt:
        """Show a message, or not."""
        if self.refuses:
            raise Refused("no_such_number", origin=Origin.THEM)
        (self.off if message.data.get("called_off") else self.messages).append(message)
        return Receipt(reference="", at=datetime.now(UTC))


@dataclass
class Notary:
    """A witness, by whose clock receipts are dated."""

    values: dict[str, str] = field(default_factory=dict)
    refuses: PortError | None = None
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    def __post_init__(self) -> None:
        self.card = Card(name="notary", port="witness", kind="table", owner="test", version="1")

    def lodge(self, draw: str, value: str, *, key: str) -> Receipt:
        """Keep W, or not."""
        if self.refuses is not None:
            raise self.refuses
        self.values[draw] = value
        return Receipt(reference="n-1", at=self.clock())


def thrown(number: str) -> str:
    """What the dice of a draw showed: never the same twice."""
    return " ".join(str(1 + byte % 6) for byte in hashlib.sha256(number.encode()).digest()[:26])


def inspectors(count: int, **changes: object) -> list[InspectorRecord]:
    """Certified inspectors of the bureau."""
    return [
        InspectorRecord(
            agency="bureau",
            id=f"Z{number:03d}",
            name=f"检查员{number}",
            pools=("bureau",),
            certificate=f"C{number}",
            certificate_until=date(2030, 1, 1),
            channel="phones",
            address=f"phone-{number}",
            **changes,  # type: ignore[arg-type]
        )
        for number in range(1, count + 1)
    ]


def drawing(store: Store, hand: Hand, *, staff: int = 5, silent: str = "") -> tuple[Office, Phones, Notary]:
    """An office that can draw."""
    phones, notary = Phones(), Notary(clock=hand)
    office = open_office(
        store,
        hand,
        plans={"weekly": Plan(name="weekly", agency="bureau", trigger="every 7d")},
        sources={"registers": Table(default="=")},
        seeds={
            "dice": Dice(),
            "justice": Party("justice"),
            "audit": Party("audit", silent=silent == "audit"),
            "lottery": ceremony.connect("lottery", LOTTERY),
        },
        witnesses={"notary": notary},
        channels={"phones": phones},
    )
    with store.begin() as tx:
        tx.rosters.put_inspectors(inspectors(staff))
    return office, phones, notary


def announced(office: Office, hand: Hand, cases: int = 3) -> tuple[list[str], Draw]:
    """Cases that need their premises seen, and an announced draw with its seed due."""
    ids = [post(office, application(number, "dispatch-premises", FACTS)) for number in range(1, cases + 1)]
    settle(office)
    with office.store.begin() as tx:
        held = announce_now(office, tx, "weekly", "clerk", hand())
    assert held is not None
    settle(office)
    return ids, held


def carried_out(office: Office, hand: Hand, number: str) -> Draw:
    """The ceremony is held and the draw carried out."""
    with office.store.read() as tx:
        made = tx.draws.get(number)
    assert made.seed_at is not None
    assert made.figures_by is not None
    hand.now = max(made.seed_at, min(hand.now + timedelta(days=2), made.figures_by - timedelta(minutes=1)))
    settle(office)
    for by in ("赵", "钱"):
        with office.store.begin() as tx:
            type_figures(office, tx, number, by, thrown(number), hand())
    settle(office)
    made = agreeing(office, number)
    if made.reveal_by is not None and any(getattr(office.connectors.seeds.get(one), "silent", False) for one in made.parties):
        hand.now = max(hand.now, made.reveal_by)  # who refuses may think better of it until then
        settle(office)
    return agreeing(office, number)


def agreeing(office: Office, number: str) -> Draw:
    """A draw about which all records agree, unless somebody has altered what was frozen."""
    with office.store.read() as tx:
        held = tx.draws.get(number)
        assert (held.void_reason or "").startswith("REGISTER_CHANGED") or differing(office, tx, held, whole=True) == ()
        return held


def lotteried(office: Office, hand: Hand, number: str, figures: str = "3 7 11 19 23 33 16") -> Draw:
    """The last day of the reveals is over, and the lottery is drawn."""
    with office.store.read() as tx:
        opens = tx.draws.get(number).reveal_by
    assert opens is not None
    hand.now = max(hand.now, opens)
    settle(office)
    for by in ("赵", "钱"):
        with office.store.begin() as tx:
            type_figures(office, tx, number, by, figures, hand(), minutes="2026029")
    settle(office)
    with office.store.read() as tx:
        return tx.draws.get(number)


def visits(office: Office, number: str) -> list[Visit]:
    """The visits of a draw."""
    with office.store.read() as tx:
        return tx.visits.of_draw(number)


def one_seat(store: Store, hand: Hand) -> tuple[Office, str]:
    """An office with one drawn visit, and the name of its first seat."""
    office, _, _ = drawing(store, hand)
    _, held = announced(office, hand, cases=1)
    carried_out(office, hand, held.number)
    with store.read() as tx:
        (visit,) = tx.visits.of_draw(held.number)
        return office, dispatch.seat_name(tx.visits.team(visit.id)[0])


def replayed(office: Office, number: str) -> None:
    """Replay a draw's afterlife from its files: the teams are those of the table."""
    agreeing(office, number)
    with office.store.read() as tx:
        files, made = tx.draws.files(number), tx.visits.of_draw(number)
        seated = {visit.object_id: [seat.inspector for seat in tx.visits.team(visit.id) if seat.state.open] for visit in made}
    commitment, frame = read(files["commit.json"]), read_frame(files["objects.tsv"], files["inspectors.tsv"], files["bans.tsv"])
    result = protocol.carry_out(commitment, {"weekly": frame}, json.loads(files["seed.json"])["parts"])
    events = [json.loads(line) for line in files.get("after.jsonl", b"").splitlines()]
    teams = replay(commitment, frame, result, "weekly", events)
    for visit in made:
        if visit.state in (VisitState.ASSIGNED, VisitState.SHORT):
            assert [one for one in teams[visit.object_id] if one] == seated[visit.object_id]


@pytest.mark.differs
def test_a_draw_commits_before_its_seed_and_anybody_can_recompute_it(store: Store, hand: Hand) -> None:
    office, phones, notary = drawing(store, hand)
    ids, held = announced(office, hand)
    with store.read() as tx:
        before = tx.draws.get(held.number)
    assert before.state is DrawState.SEEDING
    assert (before.w, before.parts) == (notary.values[held.number], {}), "W is lodged while no part of the seed exists"
    drawn = carried_out(office, hand, held.number)
    assert drawn.state is DrawState.DRAWN
    with store.read() as tx:
        files = tx.draws.files(held.number)
    commitment = read(files["commit.json"])
    frame = read_frame(files["objects.tsv"], files["inspectors.tsv"], files["bans.tsv"])
    parts = json.loads(files["seed.json"])["parts"]
    outside = Witness(value=notary.values[held.number], at=before.announced_at, seed_at=drawn.drawn_at)
    verdict = verify(commitment, {"weekly": frame}, parts, json.loads(files["result.json"]), outside)
    assert (verdict.holds, verdict.time_proven, verdict.problems) == (True, True, ())
    made = visits(office, held.number)
    assert sorted(case for visit in made for case in visit.case_ids) == sorted(ids)
    assert len(phones.messages) == 2 * len(made)
    text = " ".join(message.text + message.title + json.dumps(dict(message.data)) for message in phones.messages)
    assert not any(visit.code in text or visit.name in text for visit in made), "the push does not name the object"


def test_the_same_slot_has_one_draw_for_ever(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    _, held = announced(office, hand)
    with store.begin() as tx:
        again = announce_now(office, tx, "weekly", "clerk", hand())
    assert again is not None
    assert again.number == held.number


@pytest.mark.slow
def test_a_withheld_reveal_voids_the_draw_by_name_and_the_next_follows_without_the_party(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand, silent="audit")
    _, held = announced(office, hand)
    carried_out(office, hand, held.number)
    with store.read() as tx:
        void = tx.draws.get(held.number)
        following = [draw for draw in tx.draws.page(None) if draw.number != held.number]
    assert (void.state, "audit" in (void.void_reason or "")) == (DrawState.VOID, True)
    (after,) = following
    assert (after.parties, after.further, after.without) == (("dice", "justice", "lottery"), ("lottery",), ("audit",))
    waiting = carried_out(office, hand, after.number)
    assert waiting.state is DrawState.SEEDING, "nobody knows the lottery's figures before the last reveal"
    with store.read() as tx:
        look = tx.work.keyed(f"{OrderKind.DRAW_OVERDUE.value}:{after.number}:further")
    opens, closes = waiting.opens("lottery"), waiting.closes("lottery")
    assert opens is not None
    assert look is not None
    assert opens < look["due_at"] == closes, "so long its figures may be typed, and that is told"
    drawn = lotteried(office, hand, after.number)
    assert drawn.state is DrawState.DRAWN
    assert drawn.prev == void.c, "the void draw stays in the chain"


def test_one_inspector_is_no_team_and_the_visit_does_not_take_place(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand, staff=1)
    _, held = announced(office, hand, cases=1)
    carried_out(office, hand, held.number)
    (visit,) = visits(office, held.number)
    with store.read() as tx:
        kinds = [row["kind"] for row in tx.attention.page(None)]
    assert visit.state is VisitState.SHORT
    assert "team_short" in kinds


@pytest.mark.differs
@pytest.mark.slow
def test_a_silent_and_a_declining_inspector_are_followed_by_the_rule_and_the_log_says_so(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    _, held = announced(office, hand, cases=1)
    carried_out(office, hand, held.number)
    (visit,) = visits(office, held.number)
    with store.begin() as tx:
        first, second = tx.visits.team(visit.id)
        dispatch.decline(office, tx, dispatch.seat_name(first), "与当事人有亲属关系", hand())
    hand.now = second.accept_by
    settle(office)
    with store.read() as tx:
        team = tx.visits.team(visit.id)
        log = tx.draws.files(held.number)["after.jsonl"].splitlines()
    states = {dispatch.seat_name(seat): seat.state for seat in team}
    assert states[dispatch.seat_name(first)] is SeatState.DECLINED
    assert states[dispatch.seat_name(second)] is SeatState.EXPIRED
    assert [json.loads(line)["reason"] for line in log][:2] == ["declined", "expired"]
    assert len({seat.inspector for seat in team}) == len(team), "nobody sits twice"
    replayed(office, held.number)


def test_a_visit_and_its_acceptance_keep_how_their_dates_were_counted(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    cases, made = announced(office, hand)
    carried_out(office, hand, made.number)
    policy = office.book.get(made.pack)
    with store.read() as tx:
        (held, *_) = tx.visits.of_case(cases[0])
        seat = tx.visits.team(held.id)[0]
        told = render(explain(office, tx, cases[0]), "zh-Hans")
    for at, counted, timer in ((held.due_at, held.due_counted, Timer.VISIT), (seat.accept_by, seat.accept_counted, Timer.ACCEPT)):
        assert (counted.term, counted.last) == (policy.term(timer).term, at.date())
    assert held.id in told
    assert wording.counted(held.due_counted, "zh-Hans") in told


def test_a_result_closes_the_case_and_a_withdrawn_case_frees_its_seats(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    ids, held = announced(office, hand, cases=2)
    carried_out(office, hand, held.number)
    by_case = {visit.case_ids[0]: visit for visit in visits(office, held.number)}
    visit = by_case[ids[0]]
    with store.begin() as tx:
        names = [dispatch.seat_name(seat) for seat in tx.visits.team(visit.id)]
        findings = [Finding(case_id=doubt.case_id, claim=doubt.claim, verdict=Verdict.MATCH) for doubt in visit.doubts]
        with pytest.raises(Refusal, match="not_accepted"):
            dispatch.report(office, tx, names[0], findings, "", hand())
    with store.begin() as tx:
        dispatch.accept(tx, names[0], hand())
        with pytest.raises(Refusal, match="team_not_accepted"):
            dispatch.report(office, tx, names[0], findings, "", hand())
    with store.begin() as tx:
        dispatch.accept(tx, names[1], hand())
        dispatch.report(office, tx, names[0], findings, "一切属实", hand())
        review.withdraw(office, tx, ids[1], "不再办理", "hall", hand())
    with store.read() as tx:
        case = tx.cases.get(ids[0])
        freed = [seat.state for seat in tx.visits.team(by_case[ids[1]].id)]
        called_off = tx.visits.get(by_case[ids[1]].id)
    assert (case.state, case.outcome) == (CaseState.CLOSED, Outcome.TRUE)
    assert (called_off.state, set(freed)) == (VisitState.CANCELLED, {SeatState.CANCELLED})
    replayed(office, held.number)
