"""The public figures are settled before any secret of the seed exists here: nobody types with the outcome in view (decision 27)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from connectors.seeds import ceremony, drand
from inspector.domain import gathering
from inspector.domain.commitment import read
from inspector.domain.errors import Refusal
from inspector.domain.plan import DrawState, Step
from inspector.domain.seed import known_at
from inspector.flows import queue, voiding
from inspector.flows.lapse import given_up
from inspector.flows.office import Office
from inspector.flows.seeding import carry_in, reveal, type_figures
from inspector.ports import NotYet, Origin, Typed, Unavailable
from inspector.store.store import Store
from inspector.store.tables import metadata
from inspector.web.answers import draw_shown
from tests.beacons import signed
from tests.house import Hand, carry_out, claim, let_lapse, settle
from tests.integration.test_draw_way import Party, announced, carried_out, drawing, lotteried, thrown
from tests.integration.test_seed_refusals import get, network, others, seeded, types
from tests.integration.test_supplement import LOOK

pytestmark = pytest.mark.alike

__all__ = ["network"]


@dataclass
class Listening(Party):
    """A party that notes what it is asked with; what it reveals is a secret until then."""

    asked: list[dict[str, str]] = field(default_factory=list)

    def reveal(
        self, draw: str, promise: Mapping[str, object], typed: tuple[Typed, ...], *, key: str, w: str = ""
    ) -> Mapping[str, object]:
        self.asked.append({one.by: one.figures for one in typed})
        return super().reveal(draw, promise, typed, key=key, w=w)


class Waiting(Party):
    """A party that has not thrown its coin yet."""

    def reveal(
        self, draw: str, promise: Mapping[str, object], typed: tuple[Typed, ...], *, key: str, w: str = ""
    ) -> Mapping[str, object]:
        raise NotYet("reveal_waiting", origin=Origin.THEM)


def listening(office: Office) -> tuple[Office, dict[str, Listening]]:
    heard = {name: Listening(name) for name in ("justice", "audit")}
    return seeded(office, dice=ceremony.connect("dice", {"what": "26 dice", "dice": 26, "sides": 6}), **heard), heard


def at(hand: Hand, office: Office, number: str, name: str) -> None:
    """The hand goes to one of the draw's times, and what is due is done."""
    hand.now = max(hand.now, getattr(get(office, number), name))
    settle(office)


def everything(store: Store) -> str:
    """Every row of every table, as text."""
    with store.read() as tx:
        return "".join(repr(tuple(row)) for table in metadata.sorted_tables for row in tx.connection.execute(sa.select(table)))


def test_no_secret_of_the_seed_is_anywhere_before_the_figures_are_settled(
    store: Store, hand: Hand, capsys: pytest.CaptureFixture[str]
) -> None:
    office, _, _ = drawing(store, hand)
    office, heard = listening(office)
    _, held = announced(office, hand)
    secrets = [party.nonce(held.number) for party in heard.values()]

    def nowhere() -> None:
        made = get(office, held.number)
        assert [party.asked for party in heard.values()] == [[], []], "nobody was asked"
        assert made.parts == {}
        said = everything(store) + draw_shown(made).model_dump_json() + "".join(capsys.readouterr())
        assert not [secret for secret in secrets if secret in said]

    at(hand, office, held.number, "seed_at")
    nowhere()
    types(office, hand, held.number, thrown("a slip"))
    settle(office)
    nowhere()
    with store.begin() as tx:
        type_figures(office, tx, held.number, "钱", thrown(held.number), hand())
    settle(office)
    nowhere()
    types(office, hand, held.number, thrown(held.number), minutes="minutes 7")
    settle(office)
    assert [party.asked for party in heard.values()] == [[{"dice": thrown(held.number)}]] * 2, "they see what was thrown"
    assert get(office, held.number).state is DrawState.DRAWN
    assert all(secret in everything(store) for secret in secrets), "this test would have seen them"


def test_the_order_of_the_parts_is_committed_to(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand, silent="audit")
    _, held = announced(office, hand)
    carried_out(office, hand, held.number)
    (second,) = others(office, held.number)
    for number, steps in ((held.number, [1, 2, 2]), (second.number, [1, 2, 3])):
        with store.read() as tx:
            sources = read(tx.draws.files(number)["commit.json"]).sources
        assert [source["step"] for source in sources] == steps


def near(hand: Hand, office: Office, number: str) -> None:
    """Near the figures' last moment the house says once more that they are to be typed."""
    hand.now = (get(office, number).figures_by or hand.now) - timedelta(hours=1)
    settle(office)


def test_figures_that_nobody_typed_void_the_draw_before_anybody_could_know_whom_it_draws(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    office, heard = listening(office)
    _, held = announced(office, hand)
    at(hand, office, held.number, "seed_at")
    types(office, hand, held.number, thrown("x"))
    settle(office)
    near(hand, office, held.number)
    at(hand, office, held.number, "figures_by")
    void = get(office, held.number)
    assert (void.state, void.withheld, void.parts) == (DrawState.VOID, ("dice",), {})
    assert (void.void_reason or "").startswith("withheld:dice")
    assert [party.asked for party in heard.values()] == [[], []]
    hand.now = void.reveal_by or hand.now
    settle(office)
    assert all(held.number not in str(party.asked) and len(party.asked) <= 1 for party in heard.values())
    (after,) = others(office, held.number)
    assert (after.parties, after.without) == (("justice", "audit", "lottery"), ("dice",))


@pytest.mark.parametrize("paused", [False, True], ids=["down", "down and paused"])
def test_figures_typed_in_time_count_however_late_the_daemon_comes_back(store: Store, hand: Hand, paused: bool) -> None:
    """Both have typed in the last second; the daemon was killed before it looked, and starts again after the figures' last moment."""
    office, _, _ = drawing(store, hand)
    office, heard = listening(office)
    _, held = announced(office, hand)
    at(hand, office, held.number, "seed_at")
    made = get(office, held.number)
    assert made.figures_by is not None
    hand.now = made.figures_by - timedelta(seconds=1)
    types(office, hand, held.number, thrown(held.number))
    with store.begin() as tx:
        type_figures(office, tx, held.number, "钱", thrown(held.number), hand())
        tx.lanes.pause("dice", hand() if paused else None)
    reveals = [row.kind for row in claim(office) if row.kind == "draw.reveal"]
    assert reveals == ([] if paused else ["draw.reveal"]), "it dies with them in its hand"
    hand.now = made.figures_by + timedelta(seconds=1)
    (look,) = [row for row in claim(office) if row.kind == "draw.overdue"]
    carry_out(office, look)  # before the dead one's lease has run out
    assert get(office, held.number).figured
    let_lapse(office)
    settle(office)
    assert [len(party.asked) for party in heard.values()] == [1, 1], "the secrets are asked for"
    drawn = get(office, held.number)
    assert (drawn.state, drawn.withheld, drawn.parts["dice"]["text"]) == (DrawState.DRAWN, (), thrown(held.number))
    assert others(office, held.number) == []


def test_a_part_that_was_altered_after_it_came_voids_the_draw_by_rule_and_keeps_nobody_waiting(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    _, held = announced(office, hand)
    at(hand, office, held.number, "seed_at")
    with store.begin() as tx:
        for by in ("赵", "钱"):
            type_figures(office, tx, held.number, by, thrown(held.number), hand())
    last = None
    while last is None:
        rows = claim(office)
        last = next((row for row in rows if row.kind == "draw.carry_out"), None)
        for row in rows:
            if row is not last:
                carry_out(office, row)
    with store.begin() as tx:
        made = tx.draws.get(held.number, lock=True)
        other = {**made.parts["justice"], "nonce": "0" * 64}
        tx.draws.put(replace(made, parts={**made.parts, "justice": other}))
    carry_out(office, last)
    void = get(office, held.number)
    assert (void.state, void.void_reason) == (DrawState.VOID, "REGISTER_CHANGED:seed.json")
    with store.begin() as tx:
        assert queue.under_way(tx, ["bureau"], "weekly") is None
        for by in ("甲", "乙"):  # the period is free by two names, as after any alteration
            voiding.sign(office, tx, held.number, by=by, reason="记录被改动", now=hand())
    assert get(office, held.number).freed


def test_who_reveals_has_the_whole_time_also_when_we_were_down_for_longer_than_it(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    office = seeded(office, dice=ceremony.connect("dice", {"what": "26 dice", "dice": 26, "sides": 6}), audit=Waiting("audit"))
    _, held = announced(office, hand)
    at(hand, office, held.number, "seed_at")
    types(office, hand, held.number, thrown(held.number))
    with store.begin() as tx:
        type_figures(office, tx, held.number, "钱", thrown(held.number), hand())
    made = get(office, held.number)
    assert made.reveal_by is not None
    hand.now = made.reveal_by + timedelta(days=3)
    settle(office)
    waits = get(office, held.number)
    assert (waits.state, waits.figured, "justice" in waits.parts, "audit" in waits.parts) == (
        DrawState.SEEDING,
        True,
        True,
        False,
    )
    assert waits.reveal_by is not None
    assert waits.reveal_by > hand.now, "asked only now, it has its time"
    for hand.now in (waits.reveal_by - timedelta(hours=1), waits.reveal_by):  # it is asked to the end
        settle(office)
    assert (get(office, held.number).state, get(office, held.number).withheld) == (DrawState.VOID, ("audit",)), (
        "and no more than it"
    )


def test_a_reveal_given_up_after_its_time_takes_the_figures_that_were_typed_alike(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    _, held = announced(office, hand)
    at(hand, office, held.number, "seed_at")
    types(office, hand, held.number, thrown(held.number))
    work = replace(LOOK, kind="draw.reveal", payload={"draw": held.number, "party": "dice"})
    with store.begin() as tx:
        type_figures(office, tx, held.number, "钱", thrown(held.number), hand())
    with store.begin() as tx:
        given_up(work, office, Unavailable("patience_over", origin=Origin.US, attempts=0)).write(tx, hand())
    made = get(office, held.number)
    assert (made.state, made.figured) == (DrawState.SEEDING, True)


@pytest.mark.parametrize(("second", "figures"), [("钱", "x"), (" 赵 ", "")], ids=["another figure", "the same person"])
def test_figures_that_do_not_agree_at_the_last_moment_void_the_draw_however_late_it_is_looked_at(
    store: Store, hand: Hand, second: str, figures: str
) -> None:
    office, _, _ = drawing(store, hand)
    office, _ = listening(office)
    _, held = announced(office, hand)
    at(hand, office, held.number, "seed_at")
    types(office, hand, held.number, thrown(held.number))
    with store.begin() as tx:
        type_figures(office, tx, held.number, second, thrown(figures or held.number), hand())
    near(hand, office, held.number)
    at(hand, office, held.number, "figures_by")
    void = get(office, held.number)
    assert (void.state, void.withheld) == (DrawState.VOID, ("dice",))


def test_a_figure_is_typed_neither_after_its_time_nor_once_a_secret_is_known(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    _, held = announced(office, hand)
    at(hand, office, held.number, "seed_at")
    types(office, hand, held.number, thrown("x"))
    made = get(office, held.number)
    assert made.figures_by is not None
    opened, hand.now = hand.now, made.figures_by
    with pytest.raises(Refusal, match="draw_figures_late"):
        types(office, hand, held.number, thrown(held.number))
    with pytest.raises(Refusal, match="draw_figures_late"):
        types(office, hand, held.number, thrown(held.number), held_at=opened)
    hand.now = opened
    known = replace(made, parts={"audit": {"kind": "reveal", "nonce": "0" * 64}})
    with pytest.raises(Refusal, match="draw_figures_late"):
        gathering.typed(known, "dice", "赵", thrown(held.number), None, office.book.get(made.pack), hand())


def test_a_row_of_work_that_asks_for_a_secret_too_early_asks_nobody(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    office, heard = listening(office)
    _, held = announced(office, hand)
    hand.now = get(office, held.number).seed_at or hand.now
    (dice,) = [one for one in claim(office) if one.kind == "draw.reveal"]
    early = replace(dice, lane="audit", payload={**dice.payload, "party": "audit"})
    with pytest.raises(NotYet, match="figures_unsettled"):
        reveal(early, office)
    assert heard["audit"].asked == []


def test_a_beacons_round_comes_after_the_last_moment_for_figures(
    store: Store, hand: Hand, network: drand.DrandSeed, tmp_path: Path
) -> None:
    office, _, _ = drawing(store, hand)
    office = seeded(office, audit=network)
    _, held = announced(office, hand)
    made = get(office, held.number)
    told = known_at(made.promises["audit"])
    assert made.figures_by is not None
    assert told is not None
    assert made.figures_by <= told
    (tmp_path / f"{held.number}.json").write_text(json.dumps(signed(int(str(made.promises["audit"]["round"])))))
    assert carried_out(office, hand, held.number).parts.keys() == {"dice", "justice"}, "its time has not come"
    hand.now = told
    settle(office)
    assert get(office, held.number).state is DrawState.DRAWN


def test_a_beacon_carried_in_before_the_figures_is_no_part(store: Store, hand: Hand, network: drand.DrandSeed) -> None:
    office, _, _ = drawing(store, hand)
    office = seeded(office, audit=network)
    _, held = announced(office, hand)
    made = get(office, held.number)
    hand.now = known_at(made.promises["audit"]) or hand.now
    content = json.dumps(signed(int(str(made.promises["audit"]["round"])))).encode()
    with pytest.raises(Refusal, match="draw_seed_early"), store.begin() as tx:
        carry_in(office, tx, held.number, content, "clerk", hand())


@pytest.mark.slow
@pytest.mark.parametrize(
    "further",
    [
        {"what": "two clerks throw", "dice": 26, "sides": 6},
        {"what": "two clerks throw", "dice": 26, "sides": 6, "official": "minutes"},
        {"what": "a lottery", "balls": [[6, 33], [1, 16]]},
    ],
    ids=["dice", "dice with a paper", "a lottery nobody names"],
)
def test_a_further_source_that_nobody_else_can_look_up_is_not_committed_to(
    store: Store, hand: Hand, further: dict[str, object]
) -> None:
    office, _, _ = drawing(store, hand, silent="audit")
    office = seeded(office, lottery=ceremony.connect("lottery", further))
    _, held = announced(office, hand)
    carried_out(office, hand, held.number)
    (second,) = others(office, held.number)
    assert (second.state, second.void_reason) == (DrawState.VOID, "not_committable:draw_commit_invalid")


def test_a_lotterys_figures_name_the_official_drawing_and_the_record_says_where_each_ceremonys_minutes_are(
    store: Store, hand: Hand
) -> None:
    office, _, _ = drawing(store, hand, silent="audit")
    _, held = announced(office, hand)
    carried_out(office, hand, held.number)
    (second,) = others(office, held.number)
    assert second.step("lottery") is Step.FURTHER
    carried_out(office, hand, second.number)
    hand.now = get(office, second.number).reveal_by or hand.now
    with pytest.raises(Refusal, match="draw_reference_missing"):
        types(office, hand, second.number, "3 7 11 19 23 33 16", party="lottery")
    assert lotteried(office, hand, second.number).state is DrawState.DRAWN
    with store.read() as tx:
        told = [json.loads(row["body"])["facts"] for row in tx.ledger.about(second.number) if row["rule"] == "draw.typed"]
    assert [(one["by"], one["minutes"]) for one in told if one["party"] == "lottery"] == [("赵", "2026029"), ("钱", "2026029")]


def test_one_person_does_not_type_for_two_by_writing_the_name_otherwise(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    office = seeded(office, dice=ceremony.connect("dice", {"what": "26 dice", "dice": 26, "sides": 6}))
    _, held = announced(office, hand)
    at(hand, office, held.number, "seed_at")

    for by in ("zhao", "Zhao", "ｚｈａｏ", "z hao"):
        with store.begin() as tx:
            type_figures(office, tx, held.number, by, thrown(held.number), hand())
    settle(office)
    made = get(office, held.number)
    assert list(made.typed["dice"]) == ["zhao"]
    assert made.parts == {}


@pytest.mark.parametrize(
    ("names", "state"),
    [(("audit",), DrawState.VOID), (("audit", "lottery"), DrawState.VOID), (("audit", "justice"), DrawState.SEEDING)],
    ids=["one secret", "one secret and 24 bits", "two parties"],
)
def test_a_seed_that_one_party_knows_beforehand_is_not_committed_to(
    store: Store, hand: Hand, names: tuple[str, ...], state: DrawState
) -> None:
    office, _, notary = drawing(store, hand)
    packs = tuple(replace(pack, draw=replace(pack.draw, seeds=names, further=())) for pack in office.book.packs)
    office = replace(office, book=replace(office.book, packs=packs))
    _, held = announced(office, hand)
    made = get(office, held.number)
    assert (made.state, bool(notary.values)) == (state, state is DrawState.SEEDING)
    assert made.void_reason == ("not_committable:draw_commit_invalid" if state is DrawState.VOID else None)


def test_a_receipt_without_a_date_proves_no_time(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    _, held = announced(office, hand)
    made = replace(get(office, held.number), state=DrawState.ANNOUNCED)
    policy = office.book.get(made.pack)

    def proven(at: datetime | None) -> object:
        return gathering.lodged(made, "n-1", at, policy, hand(), office.calendar).because.facts["time_proven"]

    assert (proven(hand()), proven(None)) == (True, False)
