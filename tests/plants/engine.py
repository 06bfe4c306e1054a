"""Bugs of the engine room: claim, do, settle, the ladder, the clock. `inspector/daemon`, and what of it the store does."""

from __future__ import annotations

from tests.plants.plant import Plant

_WORK, _WORKER = "tests/integration/test_work.py", "tests/integration/test_worker.py"
_STOPPED, _CLOCK = "tests/integration/test_stopped.py", "tests/integration/test_clock.py"
_MAINTENANCE = "tests/integration/test_maintenance.py"
_PATIENCE, _LATE = "tests/integration/test_patience.py", "tests/integration/test_late.py"

PLANTS = (
    Plant(
        name="done-before-send",
        says="a row is marked done before anything has left the house",
        module="inspector/daemon/worker.py",
        old="""\
            with leave(self._leave(work, office)):
                settlement = flow.do(work, office)
""",
        new="""\
            with office.store.begin() as tx:
                tx.work.finish(work, office.now())
            with leave(self._leave(work, office)):
                settlement = flow.do(work, office)
""",
        tests=(f"{_WORKER}::test_where_giving_up_is_no_settlement_the_row_waits_in_quarantine_with_its_code",),
    ),
    Plant(
        name="lease-unchecked",
        says="a row that another daemon holds is claimed all the same",
        module="inspector/store/lease.py",
        old="    held = held.where(row.c.lease_until <= _MACHINE).order_by(row.c[by], row.c.id).limit(_MOST)\n",
        new="""\
    anybody = (row.c.lease_until <= _MACHINE) | (row.c.lease_until > _MACHINE)
    held = held.where(anybody).order_by(row.c[by], row.c.id).limit(_MOST)
""",
        tests=(
            f"{_WORK}::test_where_one_daemon_owns_the_file_every_lease_is_void_at_its_start",
            f"{_WORK}::test_a_renewed_lease_lasts_and_a_lapsed_one_is_anybodys",
        ),
    ),
    Plant(
        name="lease-by-office-time",
        says="leases run by office time, which may stand still or be years away",
        module="inspector/daemon/worker.py",
        old="                    self.owner, machine_now, office.now(), self.engine.lease, most, full=full, laned=room.laned\n",
        new="                    self.owner, office.now(), office.now(), self.engine.lease, most, full=full, laned=room.laned\n",
        tests=(f"{_WORKER}::test_a_lease_runs_by_the_machines_clock_whatever_day_the_office_has",),
    ),
    Plant(
        name="maintenance-half-kept",
        says="what a daemon held when a maintenance began is sent, or given up, all the same",
        module="inspector/daemon/rest.py",
        old="        if work.lane and self.lasts(now):\n",
        new="        if work.lane and not self.lasts(now) and self.lasts(now):\n",
        tests=(f"{_MAINTENANCE}::test_it_begins_in_a_daemon_that_runs_what_it_holds_goes_back_and_what_is_under_way_ends",),
    ),
    Plant(
        name="maintenance-over-a-draw",
        says="a party of a seed is asked by nobody, for a maintenance of ours lay over its last moment",
        module="inspector/flows/maintenance.py",
        old="    allow(until, now, moments)\n",
        new="    allow(until, now, {})\n",
        tests=(
            "tests/integration/test_maintenance.py::test_it_reaches_beyond_no_moment_by_which_a_draw_wants_the_parts_of_its_seed",
        ),
    ),
    Plant(
        name="lease-unrenewed",
        says="a call that lasts longer than its lease loses it",
        module="inspector/daemon/worker.py",
        old="                    tx.work.renew(self.owner, running, tx.machine_now() + self.engine.lease)\n",
        new="                    tx.work.renew(self.owner, running[:0], tx.machine_now() + self.engine.lease)\n",
        tests=(f"{_WORKER}::test_a_long_call_keeps_its_lease",),
    ),
    Plant(
        name="unfenced",
        says="who slept past the lease writes over what another has settled",
        module="inspector/store/work.py",
        old="""\
_MINE = sa.update(work).where(
    work.c.id == sa.bindparam("held_id"), work.c.fence == sa.bindparam("held_fence"), work.c.state == "ready"
""",
        new="""\
_MINE = sa.update(work).where(
    work.c.id == sa.bindparam("held_id"), work.c.fence >= sa.bindparam("held_fence"), work.c.state == "ready"
""",
        tests=(
            f"{_WORK}::test_no_step_is_possible_with_an_old_fence",
            f"{_WORK}::test_a_settlement_whose_claim_was_overtaken_is_refused_and_takes_only_itself_back",
        ),
    ),
    Plant(
        name="unfenced-group",
        says="a group that is finished at once does not look whether each fence held",
        module="inspector/store/work.py",
        old="            if self.batch.direct.execute(_AHEAD, values).rowcount != len(held):\n",
        new="            if self.batch.direct.execute(_AHEAD, values).rowcount > len(held):\n",
        tests=(f"{_WORKER}::test_a_worker_that_slept_past_its_lease_cannot_write_what_another_has_settled",),
    ),
    Plant(
        name="ended-is-settled",
        says="what comes back for work that its case has ended is written as if it still counted",
        module="inspector/store/work.py",
        old="""\
    .where(sa.tuple_(work.c.id, work.c.fence).in_(sa.bindparam("held", expanding=True)), work.c.state == "ready")
""",
        new="""\
    .where(sa.tuple_(work.c.id, work.c.fence).in_(sa.bindparam("held", expanding=True)))
""",
        tests=(f"{_LATE}::test_an_answer_that_comes_after_a_withdrawal_is_not_kept",),
    ),
    Plant(
        name="order-written-twice",
        says="work that is done is done again where its order is written once more",
        module="inspector/store/work.py",
        old="""            self.batch.later(insert_new(self.sqlite, work, ("key",)), rows)\n""",
        new="""\
            self.connection.execute(sa.delete(work).where(work.c.key.in_([row["key"] for row in rows])))
            self.batch.later(insert_new(self.sqlite, work, ("key",)), rows)
""",
        tests=(f"{_WORK}::test_an_order_written_twice_is_one_order_and_the_first_stays",),
    ),
    Plant(
        name="error-swallowed",
        says="a settlement whose rule fails is taken for done",
        module="inspector/daemon/settling.py",
        old="        failed = replace(done, settlement=None, error=error)\n",
        new='        return "done"\n',
        tests=(
            f"{_WORKER}::test_a_settlement_whose_rule_fails_does_no_harm_to_those_that_share_its_commit",
            f"{_STOPPED}::test_a_settlement_that_the_database_does_not_take_is_a_try_and_ends_in_quarantine",
        ),
    ),
    Plant(
        name="savepoint-forgotten",
        says="half of a settlement stays whose other half has failed",
        module="inspector/daemon/settling.py",
        old="""\
        with tx.savepoint():
            return write(tx, done, failure)
    except Stale:
        return _bring_late(tx, done, failure)
""",
        new="""\
        return write(tx, done, failure)
    except Stale:
        return _bring_late(tx, done, failure)
""",
        tests=(f"{_WORKER}::test_a_settlement_whose_rule_fails_does_no_harm_to_those_that_share_its_commit",),
    ),
    Plant(
        name="attempt-uncounted",
        says="no try counts, so that nothing is ever given up",
        module="inspector/store/work.py",
        old="        tries = held.attempts if counted else held.attempts - 1\n",
        new="        tries = held.attempts - 1\n",
        tests=(f"{_WORK}::test_an_attempt_counts_when_postponed_unless_it_is_said_not_to",),
    ),
    Plant(
        name="claim-counts",
        says="a daemon that is killed wears out the tries of what it had claimed",
        module="inspector/store/work.py",
        old="            attempts=row.attempts + 1,\n",
        new="            attempts=row.attempts + row.fence,\n",
        tests=(f"{_WORK}::test_what_was_claimed_by_daemons_that_died_has_lost_no_try",),
    ),
    Plant(
        name="outage-wears-out",
        says="a connector that is known to be down uses up the tries of all its work",
        module="inspector/daemon/failure.py",
        old="        self._postpone(tx, work, until, told, counted=not down)\n",
        new="        self._postpone(tx, work, until, told, counted=True)\n",
        tests=(f"{_WORKER}::test_one_outage_opens_the_breaker_once_however_many_calls_it_catches",),
    ),
    Plant(
        name="patience-outlasted",
        says="a wait goes on beyond the date that the law sets",
        module="inspector/daemon/failure.py",
        old="        tx.work.postpone(work, min(due, work.expires_at or due), told, counted=counted)\n",
        new="        tx.work.postpone(work, due, told, counted=counted)\n",
        tests=(f"{_PATIENCE}::test_neither_a_wait_that_was_asked_for_nor_a_shut_connector_outlasts_patience",),
    ),
    Plant(
        name="refusal-tried-again",
        says="who has said no, or nothing that anybody understands, is asked again and again",
        module="inspector/daemon/failure.py",
        old="        if isinstance(error, Refused | Garbled | Damaged) or not work.readable or work.deadly:\n",
        new="        if isinstance(error, Damaged) or not work.readable or work.deadly:\n",
        tests=(f"{_WORKER}::test_a_refusal_and_an_answer_nobody_understands_are_not_tried_again",),
    ),
    Plant(
        name="quarantine-done",
        says="what stopped is marked done, and nobody ever sees it",
        module="inspector/store/work.py",
        old='        self._guarded(held, state="quarantined", owner=None, lease_until=EPOCH, done_at=now, **told)\n',
        new='        self._guarded(held, state="done", owner=None, lease_until=EPOCH, done_at=now, **told)\n',
        tests=(
            f"{_WORK}::test_quarantine_is_visible_and_a_person_retries_or_releases_it",
            f"{_WORKER}::test_where_giving_up_is_no_settlement_the_row_waits_in_quarantine_with_its_code",
        ),
    ),
    Plant(
        name="quarantine-untold",
        says="what stopped is kept, and no person hears of it",
        module="inspector/daemon/failure.py",
        old='        else:\n            stopped(tx, work, told, self.office.house, now)\n        log.warning("work.quarantined"',
        new='        log.warning("work.quarantined"',
        tests=(f"{_STOPPED}::test_a_settlement_that_the_database_does_not_take_is_a_try_and_ends_in_quarantine",),
    ),
    Plant(
        name="unknown-kind-dropped",
        says="work of a newer release is stopped instead of left to it",
        module="inspector/daemon/failure.py",
        old="""\
        if isinstance(error, InspectorError) and error.code in _LEFT:
            return self._leave(tx, work, error, now)
        self._tried""",
        new="        self._tried",
        tests=(f"{_WORKER}::test_a_kind_from_a_newer_release_is_put_off_and_told_and_never_dropped",),
    ),
    Plant(
        name="slot-taken-twice",
        says="each replica takes a plan's slot for itself",
        module="inspector/daemon/clock.py",
        old="""\
            if not tx.schedules.fired(schedule.name, slot, next_at, now, self._replica):
                return
""",
        new="""\
            tx.schedules.fired(schedule.name, slot, next_at, now, self._replica)
""",
        tests=(f"{_CLOCK}::test_each_slot_is_taken_once_by_three_daemons_on_one_database",),
    ),
    Plant(
        name="outage-forgets-duties",
        says="a slot that an outage has swallowed never comes",
        module="inspector/daemon/clock.py",
        old="            if schedule.catch_up is not CatchUp.SKIP or not missed:\n",
        new="            if not missed:\n",
        tests=(f"{_CLOCK}::test_a_weeks_outage_is_caught_up_by_class",),
    ),
)
