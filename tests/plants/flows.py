"""Bugs of the ways: what is asked, told, taken back, pushed and shown, and when. `inspector/flows`."""

from __future__ import annotations

from tests.plants.plant import Plant

_WAY, _EMBARGO = "tests/integration/test_way.py", "tests/integration/test_embargo.py"
_RETRACTION, _CALLBACKS = "tests/integration/test_retraction.py", "tests/integration/test_callbacks.py"
_BARRED, _RATING = "tests/integration/test_barred.py", "tests/integration/test_rating.py"
_SEEDS, _KINSHIP = "tests/integration/test_seed_refusals.py", "tests/integration/test_kinship.py"
_WHOLE, _KEY = "tests/integration/test_settled_whole.py", "tests/integration/test_same_key.py"
_HISTORY = (
    "tests/property/test_histories.py::test_notices_come_or_not_levels_change_and_all_receivers_die_and_return_in_one_history"
)

PLANTS = (
    Plant(
        name="level-unread",
        says="a case is verified as of no level though one is stated",
        module="inspector/flows/intake.py",
        old="    level = level or _known_level(policy, case.subject, told, now,",
        new="    level = level or _known_level(policy, case.subject, None, now,",
        tests=(_HISTORY,),
    ),
    Plant(
        name="doubt-listed-twice",
        says="a decision in doubt that has not come stands on the list by its service, too",
        module="inspector/store/docket.py",
        old=".where(step.id.not_in(doubted()))",
        new="",
        tests=("tests/integration/test_dated.py::test_a_decision_in_doubt_that_has_not_come_stands_on_the_list_once", _HISTORY),
    ),
    Plant(
        name="orders-behind-the-commit",
        says="what a decision orders is written in a transaction behind its own: a daemon that dies between loses it",
        module="inspector/flows/settle.py",
        old="    tx.work.order(orders, now)\n    sparing.look_at(office, tx, case, policy, now)\n",
        new="""\

    def behind() -> None:
        with office.store.begin() as apart:
            apart.work.order(orders, now)

    tx.committed.append(behind)
    sparing.look_at(office, tx, case, policy, now)
""",
        tests=(f"{_WHOLE}::test_whoever_dies_right_behind_a_commit_has_left_all_that_its_decision_ordered",),
    ),
    Plant(
        name="entry-behind-the-commit",
        says="a decision's because is written in a transaction behind its own",
        module="inspector/flows/settle.py",
        old="""\
    record(tx, case.id, decision, now, {"state": case.state.value, **counted_by(office)}, kept=case.pack)
    orders: list[Order] = []
""",
        new="""\

    def behind() -> None:
        with office.store.begin() as apart:
            record(apart, case.id, decision, now, {"state": case.state.value, **counted_by(office)}, kept=case.pack)

    tx.committed.append(behind)
    orders: list[Order] = []
""",
        tests=(f"{_WHOLE}::test_whoever_dies_right_behind_a_commit_has_left_all_that_its_decision_ordered",),
    ),
    Plant(
        name="open-work-left",
        says="what a case ordered goes on when the case is withdrawn",
        module="inspector/flows/settle.py",
        old="        end_work(tx, case, decision.ends - stays, now)\n",
        new="",
        tests=(f"{_WAY}::test_withdrawal_ends_all_open_work_tells_those_asked_and_leaves_no_credit_mark",),
    ),
    Plant(
        name="question-under-a-new-key",
        says="a source is asked again under another key each time",
        module="inspector/flows/verify.py",
        old="        answer = usable(source.ask(question, key=work.key))\n",
        new='        answer = usable(source.ask(question, key=f"{work.key}:{work.attempts}"))\n',
        tests=(f"{_KEY}::test_whatever_leaves_the_house_leaves_under_one_key_however_often_it_is_tried",),
    ),
    Plant(
        name="callback-under-a-new-key",
        says="the approving system hears one event under another key each time",
        module="inspector/flows/tell.py",
        old='    return nothing("delivered", attempts=system.tell(notice, key=work.key).attempts)\n',
        new='    return nothing("delivered", attempts=system.tell(notice, key=f"{work.key}:{work.attempts}").attempts)\n',
        tests=(f"{_KEY}::test_whatever_leaves_the_house_leaves_under_one_key_however_often_it_is_tried",),
    ),
    Plant(
        name="entry-under-a-new-key",
        says="one credit entry is handed over under another key each time",
        module="inspector/flows/tell.py",
        old="    receipt = platform.record(entry, key=entry_id)\n",
        new='    receipt = platform.record(entry, key=f"{entry_id}:{work.attempts}")\n',
        tests=(f"{_KEY}::test_whatever_leaves_the_house_leaves_under_one_key_however_often_it_is_tried",),
    ),
    Plant(
        name="retraction-under-a-new-key",
        says="one entry is taken back under another key each day",
        module="inspector/flows/retracting.py",
        old="        receipt = platform.retract(retraction, key=retraction_key(entry))\n",
        new="        receipt = platform.retract(retraction, key=work.key)\n",
        tests=(f"{_KEY}::test_whatever_leaves_the_house_leaves_under_one_key_however_often_it_is_tried",),
    ),
    Plant(
        name="retraction-dropped",
        says="an entry stays at a receiver that was away when it fell",
        module="inspector/flows/retracting.py",
        old='        again = tomorrow(work, f"{retraction_key(_of(work))}:", office.calendar, now)\n        tx.work.order([again], now)\n',
        new="",
        tests=(
            f"{_RETRACTION}::test_it_is_tried_every_working_day_until_the_platform_has_taken_it_and_a_person_knows",
            f"{_RETRACTION}::test_a_refused_retraction_is_shown_with_its_date_and_goes_on_every_working_day",
            _HISTORY,
        ),
    ),
    Plant(
        name="retraction-overtakes",
        says="an entry is taken back while it is still on its way, and arrives behind that",
        module="inspector/flows/retracting.py",
        old="    wait_for_it(work, office)\n    said = work.payload\n    entry, copy",
        new="    said = work.payload\n    entry, copy",
        tests=(f"{_RETRACTION}::test_an_entry_whose_sending_is_under_way_is_taken_back_after_it_and_never_before",),
    ),
    Plant(
        name="timeout-as-not-found",
        says="a source that does not answer is put down as one that has no record",
        module="inspector/flows/verify.py",
        old="    found = _no_answer(work, office, Verdict.NO_ANSWER, code, began or office.now())\n    asked_now",
        new="    found = _no_answer(work, office, Verdict.NOT_FOUND, code, began or office.now())\n    asked_now",
        tests=(f"{_BARRED}::test_a_source_that_does_not_let_us_in_costs_no_case_its_way_before_the_packs_date",),
    ),
    Plant(
        name="look-up-failed-as-a",
        says="whose level could not be looked up is taken for good",
        module="inspector/flows/verify.py",
        old="        _choose(tx, office, work, now, lambda policy: credit.rated_unknown(policy, reason, **facts))\n",
        new='        _choose(tx, office, work, now, lambda policy: replace(credit.rated_unknown(policy, reason, **facts), level="A"))\n',
        tests=(
            f"{_RATING}::test_a_credit_platform_taken_out_of_the_settings_is_waited_for_to_the_packs_date_and_then_the_case_goes_on_unrated",
        ),
    ),
    Plant(
        name="reference-overwritten",
        says="other content under a known reference is taken for the case that is there",
        module="inspector/flows/intake.py",
        old='        raise Conflict("reference_reused", reference=given.reference, case=held[0])\n',
        new="        return case\n",
        tests=(f"{_WAY}::test_the_same_reference_is_the_same_case_and_other_content_a_conflict",),
    ),
    Plant(
        name="other-agency-told",
        says="a callback goes to a name that belongs to another agency by now",
        module="inspector/flows/tell.py",
        old='        return _withheld(work, row["agency"], holder).unasked()\n',
        new="        pass\n",
        tests=(
            f"{_CALLBACKS}::test_what_is_decided_after_a_systems_name_has_passed_to_another_agency_is_not_told_there",
            f"{_CALLBACKS}::test_a_callback_that_waits_while_the_name_passes_on_is_not_told_there_either",
        ),
    ),
    Plant(
        name="conflict-undeclared",
        says="who has declared a conflict is dealt to that very firm",
        module="inspector/flows/barring.py",
        old="        found |= {(name, staff): DECLARED for staff in declared.get(told_of(member.kind, member.code) or member.code, ())}\n",
        new="",
        tests=(
            f"{_KINSHIP}::test_scenario_33_who_declared_kinship_is_excluded_in_the_manifest_without_the_reason_and_never_dealt",
        ),
    ),
    Plant(
        name="slot-drawn-again",
        says="a slot that has its draw is announced anew",
        module="inspector/flows/draw.py",
        old="    if held is not None:\n        return held\n    policy = office.policy(plan.agency, now.date())\n",
        new="    policy = office.policy(plan.agency, now.date())\n",
        tests=("tests/integration/test_draw_way.py::test_the_same_slot_has_one_draw_for_ever",),
    ),
    Plant(
        name="secret-before-figures",
        says="a secret of the seed is asked for while figures may still be typed",
        module="inspector/flows/seeding.py",
        old="""\
    if held.step(party) is not Step.FIGURES and not held.figured:
        raise NotYet("figures_unsettled", origin=Origin.US, attempts=0)
""",
        new="",
        tests=("tests/integration/test_seed_order.py::test_a_row_of_work_that_asks_for_a_secret_too_early_asks_nobody",),
    ),
    Plant(
        name="seed-used-twice",
        says="a promise of an earlier draw serves once more",
        module="inspector/flows/seeding.py",
        old="    if mark is not None and not tx.draws.claim(mark, held.number, party, now):\n        ours",
        new="    if mark is not None and not (tx.draws.claim(mark, held.number, party, now) or mark):\n        ours",
        tests=(f"{_SEEDS}::test_a_promise_that_was_given_before_voids_the_draw_by_the_partys_name_when_no_other_comes_in_time",),
    ),
    Plant(
        name="identity-early",
        says="the team reads whom a visit is to as soon as it is drawn",
        module="inspector/flows/assign.py",
        old="        released=release_at <= now,\n",
        new="        released=True,\n",
        tests=(
            f"{_EMBARGO}::test_the_team_alone_reads_with_whom_it_goes_and_only_while_it_goes",
            f"{_EMBARGO}::test_scenario_39_the_team_alone_learns_whom_the_visit_is_to_when_the_clock_says_so",
        ),
    ),
    Plant(
        name="identity-of-a-blocked-visit",
        says="a visit that may not be made is released all the same",
        module="inspector/flows/listing.py",
        old="    if held.unpublished or held.release_at is None or held.release_at > now:\n",
        new="    if held.release_at is None or held.release_at > now:\n",
        tests=("tests/integration/test_unpublished.py::test_nobody_learns_at_the_release_whom_a_blocked_visit_is_to",),
    ),
    Plant(
        name="one-officer-goes",
        says="a visit with an empty seat is made by whoever is left",
        module="inspector/flows/assign.py",
        old="    for dealt in (one for one in teams if None in one.team):\n",
        new="    for dealt in (one for one in teams if set(one.team) == {None}):\n",
        tests=("tests/integration/test_draw_way.py::test_one_inspector_is_no_team_and_the_visit_does_not_take_place",),
    ),
    Plant(
        name="quiet-hours-broken",
        says="a phone rings at night by a try that is made again",
        module="inspector/flows/pushing.py",
        old="    if until > now:\n        wait = office.waited(now, until).total_seconds()\n",
        new="    if until > last:\n        wait = office.waited(now, until).total_seconds()\n",
        tests=(
            "tests/integration/test_pushes.py::test_a_push_that_its_channels_outage_has_kept_until_the_night_waits_for_the_morning",
        ),
    ),
    Plant(
        name="purged-early",
        says="a case is let go within the days that its pack keeps it",
        module="inspector/flows/purging.py",
        old='    if office.calendar.local_date(now) <= until:\n        raise Refusal("retention_runs", case=case_id, until=until)\n',
        new="",
        tests=(
            "tests/integration/test_purging.py::test_a_case_goes_ten_years_after_its_end_by_a_named_hand_with_every_word_of_it",
        ),
    ),
)
