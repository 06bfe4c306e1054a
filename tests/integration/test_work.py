"""Work rows: what is claimed and in which order, and that only the holder of the fence may settle."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from threading import Barrier, Thread

import pytest
import sqlalchemy as sa

from inspector.domain.errors import Refusal, Stale
from inspector.store.store import Store
from inspector.store.tables import EPOCH, lane, work
from inspector.store.tx import Tx
from inspector.store.work import Work
from tests.engine import LANE, LEASE, clock, order, put, row, states
from tests.forgetting import forget_done
from tests.house import Hand, closing, open_store

HOUR = timedelta(hours=1)


def claim(
    store: Store, most: int = 100, *, owner: str = "one", full: tuple[str, ...] = (), lease: timedelta = LEASE
) -> list[Work]:
    with store.begin() as tx:
        return tx.work.claim(owner, tx.machine_now(), clock(), lease, most, full=full)


def names(claimed: list[Work]) -> list[str]:
    return [held.key.removeprefix("ask:") for held in claimed]


def with_lane(store: Store, **values: object) -> None:
    with store.begin() as tx:
        tx.lanes.ensure([LANE])
        if values:
            tx.connection.execute(sa.update(lane).where(lane.c.name == LANE).values(**values))


def test_an_order_written_twice_is_one_order_and_the_first_stays(store: Store) -> None:
    put(store, order(1, payload={"said": "first"}), order(2))
    put(store, order(1, payload={"said": "second"}), order(3))
    assert sorted(states(store)) == ["1", "2", "3"]
    assert '"first"' in row(store, 1)["payload"]


def test_the_most_urgent_is_claimed_first_and_each_batch_is_in_that_order(store: Store) -> None:
    now = clock()
    put(store, *(order(n, urgent=now + n * HOUR) for n in (5, 3, 1, 4, 2)))
    assert [names(claim(store, 2)), names(claim(store, 3))] == [["1", "2"], ["3", "4", "5"]]
    assert claim(store) == []


def test_what_is_not_due_yet_is_no_work_until_promotion_finds_its_date_come(store: Store, hand: Hand) -> None:
    with store.begin() as tx:
        tx.work.order([order(1, due_at=hand() + HOUR)], hand())
        assert tx.work.ready == []
        assert tx.work.promote(hand()) == 0
    assert claim(store) == []
    with store.begin() as tx:
        assert tx.work.promote(hand() + HOUR) == 1
        assert tx.work.promote(hand() + HOUR) == 0
    assert names(claim(store)) == ["1"]


def test_what_waits_for_an_event_is_hastened_by_it(store: Store) -> None:
    put(store, order(1, due_at=clock() + HOUR))
    with store.begin() as tx:
        tx.work.hasten("ask:1", clock())
        assert tx.work.promote(clock()) == 1


@pytest.mark.parametrize(
    "shut",
    [lambda: {"paused": True}, lambda: {"open_until": clock() + HOUR}, lambda: {"open_until": clock() - HOUR}],
    ids=["paused", "open", "cooled"],
)
def test_a_paused_or_open_lane_is_passed_over_but_for_rows_past_their_patience(
    store: Store, shut: Callable[[], dict[str, object]]
) -> None:
    with_lane(store, **shut())
    put(store, order(1, lane=LANE), order(2), order(3, lane=LANE, expires_at=clock()))
    assert sorted(names(claim(store))) == ["2", "3"]
    with_lane(store, paused=False, open_until=EPOCH)
    assert names(claim(store)) == ["1"]


def test_a_lane_that_is_full_in_this_process_is_passed_over(store: Store) -> None:
    with_lane(store)
    put(store, order(1, lane=LANE), order(2), order(3, lane="other"))
    assert sorted(names(claim(store, full=(LANE,)))) == ["2", "3"]


def test_a_lane_that_has_cooled_sends_one_probe_and_no_second_while_it_is_under_way(store: Store) -> None:
    with_lane(store, open_until=clock() - HOUR, failures=9)
    put(store, *(order(n, lane=LANE) for n in range(5)))

    def probe() -> list[str]:
        with store.begin() as tx:
            machine = tx.machine_now()
            cooled = tx.lanes.cooled(machine, 8, lambda _failures, _threshold: 2 * HOUR)
            return names(tx.work.probe("one", machine, LEASE, cooled))

    assert [probe(), probe()] == [["0"], []]
    with_lane(store, open_until=clock() + HOUR)
    with store.begin() as tx:
        tx.work.void_leases()
    assert probe() == [], "it has not cooled"
    with_lane(store, open_until=clock() - HOUR, paused=True)
    assert probe() == [], "a person has paused it"


def test_a_settlement_whose_claim_was_overtaken_is_refused_and_takes_only_itself_back(store: Store) -> None:
    put(store, order(1), order(2))
    late = claim(store, lease=timedelta(0))
    claim(store, 1, owner="two")
    with store.begin() as tx:
        refused = 0
        for held in late:
            try:
                with tx.savepoint():
                    tx.attention.open("settled", "bureau", held.key, {}, clock())
                    tx.work.finish(held, clock())
            except Stale:
                refused += 1
    assert refused == 1
    assert states(store) == {"1": "ready", "2": "done"}
    with store.read() as tx:
        assert [found["about"] for found in tx.attention.page(None)] == ["ask:2"]


STEPS: dict[str, Callable[[Tx, Work], None]] = {
    "finish": lambda tx, held: tx.work.finish(held, clock()),
    "postpone": lambda tx, held: tx.work.postpone(held, clock(), "late", counted=True),
    "quarantine": lambda tx, held: tx.work.quarantine(held, "late", clock()),
    "give back": lambda tx, held: tx.work.give_back(held),
}


@pytest.mark.parametrize("step", STEPS)
def test_no_step_is_possible_with_an_old_fence(store: Store, step: str) -> None:
    put(store, order(1))
    (late,) = claim(store, lease=timedelta(0))
    claim(store, owner="two")
    before = row(store, 1)
    with pytest.raises(Stale, match=r"lease_lost|stale"), store.begin() as tx:
        STEPS[step](tx, late)
    assert row(store, 1) == before
    with store.begin() as tx:
        assert tx.work.renew("one", [late.id], clock() + HOUR) == 0


def test_an_attempt_counts_when_postponed_unless_it_is_said_not_to(store: Store) -> None:
    put(store, order(1), order(2))
    with store.begin() as tx:
        first, second = tx.work.claim("one", tx.machine_now(), clock(), LEASE, 2)
        tx.work.postpone(first, clock() + HOUR, "timeout", counted=True)
        tx.work.postpone(second, clock() + HOUR, "breaker", counted=False)
    assert [(row(store, n)["attempts"], row(store, n)["state"], row(store, n)["error"]) for n in (1, 2)] == [
        (1, "waiting", "timeout"),
        (0, "waiting", "breaker"),
    ]


@pytest.mark.parametrize("probed", [False, True], ids=["claimed", "probed"])
def test_what_was_claimed_by_daemons_that_died_has_lost_no_try(store: Store, probed: bool) -> None:
    with_lane(store, open_until=clock() - HOUR if probed else EPOCH)
    put(store, order(1, lane=LANE))
    for died in range(1, 9):
        with store.begin() as tx:
            machine = tx.machine_now()
            way = tx.work.probe("one", machine, LEASE, [LANE]) if probed else tx.work.claim("one", machine, clock(), LEASE, 1)
            assert [(held.attempts, held.fence) for held in way] == [(1, died)]
        with store.begin() as tx:
            tx.work.void_leases()
    assert row(store, 1)["attempts"] == 0


def test_every_settled_try_counts_however_it_ended(store: Store) -> None:
    put(store, *(order(n) for n in range(4)))
    for past in (1, 2):
        with store.begin() as tx:
            for held in tx.work.claim("one", tx.machine_now(), clock(), LEASE, 4):
                assert held.attempts == past
                tx.work.postpone(held, clock() - HOUR, "timeout", counted=True)
            tx.work.promote(clock())
    finished, ahead, quarantined, given_back = claim(store)
    with store.begin() as tx:
        tx.work.finish(finished, clock())
        tx.work.quarantine(quarantined, "E-106", clock())
        tx.work.give_back(given_back)
    with store.begin() as tx:
        tx.work.finish_ahead([ahead], clock())
        tx.work.finish(ahead, clock())
    assert [(row(store, n)["state"], row(store, n)["attempts"]) for n in range(4)] == [
        ("done", 3),
        ("done", 3),
        ("quarantined", 3),
        ("ready", 2),
    ]


def test_quarantine_is_visible_and_a_person_retries_or_releases_it(store: Store) -> None:
    put(store, order(1, expires_at=clock() + HOUR), order(2))
    with store.begin() as tx:
        for held in tx.work.claim("one", tx.machine_now(), clock(), LEASE, 2):
            tx.work.quarantine(held, "E-106", clock())
    assert claim(store) == []
    with store.begin() as tx:
        first, second = tx.work.page(state="quarantined")
        assert [(held["kind"], held["error"]) for held in (first, second)] == [("ask", "E-106")] * 2
        assert [(count[1], count[3]) for count in tx.work.counts(tx.machine_now())] == [("quarantined", 2)]
        tx.work.retry(first["id"], clock())
        tx.work.release(second["id"], "sent by letter", clock())
        for again in (first, second):
            with pytest.raises(Refusal, match="work_not_quarantined"):
                tx.work.retry(again["id"], clock())
    assert (row(store, 2)["state"], row(store, 2)["error"]) == ("done", "released: sent by letter")
    (fresh,) = claim(store)
    assert (fresh.key, fresh.attempts, fresh.expires_at) == ("ask:1", 1, None), "fresh attempts, no old patience"


def test_what_a_transaction_orders_is_ended_by_what_it_ends_behind_it_and_not_before(store: Store) -> None:
    ended: list[str] = []
    with store.begin() as tx:

        def end(cases: list[str]) -> None:
            ended.extend(row.key for row in tx.work.end(cases, ["ask"], clock()))

        tx.work.order([order(1), order(2)], clock())
        for case in ("case-1", "case-2"):
            tx.work.end_soon(case, frozenset({"ask"}), end)
        tx.work.order([replace(order(3), case_id="case-1")], clock())
    assert sorted(ended) == ["ask:1", "ask:2"]
    assert names(claim(store)) == ["3"]


def test_ended_work_is_never_claimed_and_a_running_one_is_refused(store: Store) -> None:
    put(store, order(1), order(2, due_at=clock() + HOUR), order(3))
    (running, *_) = claim(store, 1)
    with store.begin() as tx:
        assert [row.key for row in tx.work.end(["case-1"], ["ask"], clock())] == ["ask:1"]
        assert [row.key for row in tx.work.end_keys(["ask:2", "ask:nobody"], clock())] == ["ask:2"]
        assert tx.work.end(["case-3"], ["push"], clock()) == []
    with pytest.raises(Stale), store.begin() as tx:
        tx.work.finish(running, clock())
    assert names(claim(store)) == ["3"]
    assert row(store, 1)["error"] == "obsolete"


def test_a_lease_given_back_is_as_if_it_had_not_been_taken(store: Store) -> None:
    put(store, order(1))
    before = row(store, 1)
    (held,) = claim(store)
    with store.begin() as tx:
        tx.work.give_back(held)
    assert {**row(store, 1), "fence": 0} == before
    assert names(claim(store)) == ["1"]


def test_where_one_daemon_owns_the_file_every_lease_is_void_at_its_start(store: Store) -> None:
    put(store, order(1), order(2))
    claim(store, owner="dead")
    assert claim(store) == []
    with store.begin() as tx:
        assert tx.work.void_leases() == 2
    assert len(claim(store)) == 2


def test_a_renewed_lease_lasts_and_a_lapsed_one_is_anybodys(store: Store) -> None:
    put(store, order(1))
    (held,) = claim(store, lease=timedelta(0))
    with store.begin() as tx:
        assert tx.work.renew("one", [held.id], tx.machine_now() + LEASE) == 1
    assert claim(store, owner="two") == []
    with store.begin() as tx:
        tx.work.renew("one", [held.id], tx.machine_now())
    assert names(claim(store, owner="two")) == ["1"]


def test_only_what_was_done_long_ago_is_forgotten(store: Store) -> None:
    put(store, order(1), order(2), order(3))
    with store.begin() as tx:
        first, second, _ = tx.work.claim("one", tx.machine_now(), clock(), LEASE, 3)
        tx.work.finish(first, clock() - 48 * HOUR)
        tx.work.finish(second, clock())
        assert forget_done(tx, clock() - 24 * HOUR) == 1
    assert sorted(states(store)) == ["2", "3"]


@pytest.mark.postgres
def test_two_claimants_at_once_get_different_rows_without_waiting_for_each_other(store: Store) -> None:
    put(store, *(order(n) for n in range(40)))
    got: dict[str, list[str]] = {}
    both = Barrier(2, timeout=60)

    def take(owner: str) -> None:
        with store.begin() as tx:
            if not tx.sqlite:
                both.wait()
            got[owner] = names(tx.work.claim(owner, tx.machine_now(), clock(), LEASE, 20))
            if not tx.sqlite:
                both.wait()  # neither has committed: whoever waited for the other's locks would never come here

    hands = [Thread(target=take, args=(owner,)) for owner in ("one", "two")]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    assert len(got["one"]) == len(got["two"]) == 20
    assert not set(got["one"]) & set(got["two"])


@pytest.mark.postgres
@pytest.mark.parametrize("of_lane", ["", LANE], ids=["without a lane", "as a probe"])
def test_what_another_transaction_holds_is_passed_over_by_whoever_claims_and_nobody_waits_for_it(
    postgres_url: str, of_lane: str
) -> None:
    with closing(open_store(postgres_url)) as store:
        put(store, *(order(n, lane=of_lane) for n in range(2)))
        with store.begin() as ending, store.begin() as tx:
            ending.work.end_keys(["ask:0"], clock())  # a withdrawal, say, that has not committed yet
            tx.connection.execute(sa.text("SET LOCAL lock_timeout = '2s'"))
            now = tx.machine_now()
            house = () if of_lane else tx.work.claim("one", now, clock(), LEASE, 1, laned=False)
            assert names([*house, *tx.work.probe("one", now, LEASE, [of_lane] if of_lane else [])]) == ["1"]


def test_a_row_that_was_claimed_and_rolled_back_was_never_claimed(store: Store) -> None:
    put(store, order(1))

    def take(tx: Tx) -> None:
        assert tx.work.claim("one", tx.machine_now(), clock(), LEASE, 1)
        raise RuntimeError("the disk is full")

    with pytest.raises(RuntimeError), store.begin() as tx:
        take(tx)
    assert row(store, 1)["fence"] == 0
    assert names(claim(store)) == ["1"]


def test_counts_tell_leased_from_ready_and_the_oldest_due(store: Store) -> None:
    now = clock()
    put(store, order(1, due_at=now - HOUR), order(2, due_at=now), order(3, due_at=now + HOUR))
    claim(store, 1)
    with store.read() as tx:
        counts = {(state, bool(leased)): (many, due) for _, state, leased, many, due in tx.work.counts(tx.machine_now())}
    assert {key: many for key, (many, _) in counts.items()} == {("ready", True): 1, ("ready", False): 1, ("waiting", False): 1}
    assert counts["ready", False][1] == now


def test_a_time_without_a_zone_is_refused(store: Store) -> None:
    with pytest.raises(sa.exc.StatementError, match="naive time"):
        put(store, order(1, urgent=clock().replace(tzinfo=None)))
    assert states(store) == {}


def test_the_work_table_knows_one_row_for_each_key(store: Store) -> None:
    put(store, order(1))
    held = {name: value for name, value in row(store, 1).items() if name != "id"}
    with pytest.raises(sa.exc.IntegrityError) as caught, store.begin() as tx:
        tx.connection.execute(sa.insert(work), {**held, "payload": "某人 110105194912310021"})
    assert "110105194912310021" not in str(caught.value), "an error's text ends in logs: it holds no bound values"


def test_after_the_clock_was_set_back_an_open_breaker_is_shut_for_twice_its_pause_at_most(store: Store) -> None:
    with_lane(store, open_until=clock() + HOUR, failures=8)
    with store.begin() as tx:
        now = tx.machine_now()
        assert tx.lanes.cooled(now, 8, lambda _failures, _threshold: 2 * HOUR) == []
        assert tx.lanes.cooled(now, 8, lambda _failures, _threshold: timedelta(minutes=1)) == [LANE]
        later = tx.lanes.failed(LANE, "refused", now, threshold=8, pause=lambda _failures, _threshold: timedelta(minutes=1))
    assert later == now + timedelta(minutes=1), "and a probe that fails counts again"
