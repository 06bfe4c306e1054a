"""Bugs of the rules: what evidence says, how days are counted, who is drawn, what ends a case. `inspector/domain`."""

from __future__ import annotations

from tests.plants.plant import Plant

_EVIDENCE, _DAYS, _WAY = "tests/unit/test_evidence.py", "tests/unit/test_calendar.py", "tests/integration/test_way.py"
_DEALING, _LEDGER = "tests/unit/test_dealing.py", "tests/integration/test_ledger.py"
_PUSHES, _CONSEQUENCES = "tests/integration/test_pushes.py", "tests/integration/test_consequences.py"
_BACKOFF = "tests/unit/test_backoff.py"

PLANTS = (
    Plant(
        name="stale-as-fresh",
        says="a contradiction of before the day in question counts while the fact would hold",
        module="inspector/domain/evidence.py",
        old="    if verdict is Verdict.MATCH and (valid_for is None or asked_at - moment <= span(valid_for)):\n",
        new="    if valid_for is None or asked_at - moment <= span(valid_for):\n",
        tests=(f"{_EVIDENCE}::test_a_mismatch_of_before_the_day_in_question_is_a_lead_however_long_the_fact_holds",),
    ),
    Plant(
        name="proof-for-ever",
        says="a proof of long ago holds today, whatever the pack says of how long such a fact does",
        module="inspector/domain/evidence.py",
        old="    if verdict is Verdict.MATCH and (valid_for is None or asked_at - moment <= span(valid_for)):\n",
        new="    if verdict is Verdict.MATCH:\n",
        tests=(f"{_EVIDENCE}::test_a_match_of_before_that_day_holds_as_long_as_the_fact_does",),
    ),
    Plant(
        name="lead-as-ground",
        says="an officer may call untrue what only a lead speaks against",
        module="inspector/domain/evidence.py",
        old='        raise Invalid("evidence_stale", outcome=outcome, evidence=stale, field="evidence")\n',
        new="        return\n",
        tests=(
            f"{_EVIDENCE}::test_a_lead_alone_carries_no_untrue_outcome_and_beside_a_fresh_contradiction_it_may_stand",
            f"{_EVIDENCE}::test_a_lead_alone_marks_nobody_but_what_was_seen_on_the_spot_may",
        ),
    ),
    Plant(
        name="silence-against",
        says="no record at the source settles the claim against its maker",
        module="inspector/domain/verification.py",
        old="""\
        case Verdict.NOT_FOUND | Verdict.CANNOT_SAY | Verdict.NO_ANSWER:
            return None
""",
        new="""\
        case Verdict.NOT_FOUND:
            return ClaimStatus.CONTRADICTED
        case Verdict.CANNOT_SAY | Verdict.NO_ANSWER:
            return None
""",
        tests=(
            f"{_WAY}::test_no_answer_of_any_kind_is_never_untrue",
            f"{_WAY}::test_where_the_source_has_nothing_another_agency_is_asked_reminded_and_the_superior_told",
        ),
    ),
    Plant(
        name="one-proof-for-all",
        says="a case closes as true with its first claim that is proven",
        module="inspector/domain/verification.py",
        old="    if statuses == {ClaimStatus.PROVEN} and CaseRemark.FORMER_MISMATCH not in case.remarks:\n",
        new="    if ClaimStatus.PROVEN in statuses and CaseRemark.FORMER_MISMATCH not in case.remarks:\n",
        tests=(f"{_WAY}::test_when_the_term_has_run_out_what_is_open_goes_to_a_person",),
    ),
    Plant(
        name="overdue-against",
        says="what nobody has answered by the date counts against its maker",
        module="inspector/domain/verification.py",
        old="        replace(held, status=ClaimStatus.UNDETERMINED) if held.status is ClaimStatus.OPEN else held for held in case.claims\n",
        new="        replace(held, status=ClaimStatus.CONTRADICTED) if held.status is ClaimStatus.OPEN else held for held in case.claims\n",
        tests=("tests/integration/test_rating.py::test_a_case_stuck_in_rating_comes_to_a_person_at_its_date_as_undetermined",),
    ),
    Plant(
        name="conflict-of-answers-skipped",
        says="of two answers that contradict each other the first alone counts",
        module="inspector/domain/verification.py",
        old="    if conflicts(before, evidence) and case.state in (CaseState.VERIFYING, CaseState.REVIEW):\n",
        new="    if conflicts(before, evidence) and case.state is CaseState.REVIEW:\n",
        tests=(
            "tests/integration/test_corrections.py::test_what_inspectors_saw_conflicts_with_a_register_while_another_claim_is_still_open_and_a_person_decides",
        ),
    ),
    Plant(
        name="calendar-days",
        says="working days are counted as calendar days",
        module="inspector/domain/calendar.py",
        old="        nominal = last = _nth_working_day(after, amount, stops, calendar)\n",
        new="        nominal = last = after + timedelta(days=amount)\n",
        tests=(
            f"{_DAYS}::test_scenario_47_five_working_days_over_spring_festival_count_the_working_sunday",
            f"{_DAYS}::test_scenario_48_twenty_working_days_over_national_day",
        ),
    ),
    Plant(
        name="day-of-event-counted",
        says="the day of the event is the first day of the term",
        module="inspector/domain/calendar.py",
        old="        first = self.ordinal(day + timedelta(days=1)) - 1 if count > 0 else self.ordinal(day)\n",
        new="        first = self.ordinal(day) - 1 if count > 0 else self.ordinal(day)\n",
        tests=(f"{_DAYS}::test_a_term_ends_where_the_civil_code_says",),
    ),
    Plant(
        name="last-day-off",
        says="a last day off stays where it is",
        module="inspector/domain/calendar.py",
        old="        last = calendar.add_working_days(nominal - timedelta(days=1), 1)\n",
        new="        last = nominal\n",
        tests=(f"{_DAYS}::test_a_last_day_moved_off_a_holiday_shows_from_where_and_over_what",),
    ),
    Plant(
        name="days-of-greenwich",
        says="the day of an event is that of its sender's offset",
        module="inspector/domain/calendar.py",
        old="        return self.local(moment).date()\n",
        new="        return moment.date()\n",
        tests=(f"{_DAYS}::test_the_day_of_the_event_is_the_day_at_the_office_not_in_greenwich",),
    ),
    Plant(
        name="wait-cut-short",
        says="who asks us to wait is asked again sooner",
        module="inspector/domain/backoff.py",
        old="            seconds = max(seconds, min(asked, DAY) * (1 + spread / 4))\n",
        new="            seconds = min(seconds, min(asked, DAY) * (1 + spread / 4))\n",
        tests=(f"{_BACKOFF}::test_a_wait_that_was_asked_for_is_never_cut_short_below_a_day_nor_longer_than_makes_sense",),
    ),
    Plant(
        name="stale-level",
        says="a credit level of years ago still chooses the strategy",
        module="inspector/domain/credit.py",
        old="    if now - as_of > span(policy.stale_after):\n",
        new="    if as_of > now:\n",
        tests=(f"{_WAY}::test_a_pushed_level_is_frozen_and_a_stale_one_is_unrated",),
    ),
    Plant(
        name="harsher-level",
        says="of two levels that differ the harsher one stands",
        module="inspector/domain/credit.py",
        old="    return next((one for one in fresh if one.code == code), None), True\n",
        new="    return max(fresh, key=lambda one: one.level), True\n",
        tests=("tests/unit/test_levels_of_a_firm.py::test_never_the_harsher_and_never_the_milder_of_two_that_differ",),
    ),
    Plant(
        name="redrawn",
        says="a draw that was carried out is carried out once more",
        module="inspector/domain/plan.py",
        old="    if draw.state is not DrawState.SEEDING or not draw.seeded:\n        return",
        new="    if not draw.seeded:\n        return",
        tests=(
            "tests/integration/test_no_redraw.py::test_of_two_daemons_that_have_both_computed_a_result_the_second_writes_nothing",
        ),
    ),
    Plant(
        name="voided-after-reveal",
        says="two persons void a draw whose result they may know, and draw again",
        module="inspector/domain/voiding.py",
        old="    if draw.state not in (DrawState.DRAWN, DrawState.VOID) and seed_known(draw, now):\n        raise",
        new="    if draw.state is DrawState.PREPARING and seed_known(draw, now):\n        raise",
        tests=("tests/integration/test_void.py::test_nobody_aborts_a_draw_of_whose_seed_a_part_may_be_known",),
    ),
    Plant(
        name="conflict-dealt",
        says="an inspector is dealt to whom he or she is banned from",
        module="inspector/domain/dealing.py",
        old="            elif staff in members or (visit, staff) in self.bans:\n",
        new="            elif staff in members:\n",
        tests=(f"{_DEALING}::test_only_inspectors_of_the_pool_who_are_present_and_not_banned_are_dealt",),
    ),
    Plant(
        name="substitute-banned",
        says="who stands in for somebody is taken without a look at the bans",
        module="inspector/domain/dealing.py",
        old="    barred = {ban.inspector for ban in bans if ban.object == visit.id} | set(team) | set(out)\n",
        new="    barred = set(team) | set(out)\n",
        tests=(f"{_DEALING}::test_a_substitute_is_the_least_loaded_of_those_allowed_and_never_somebody_who_was_out_before",),
    ),
    Plant(
        name="drawn-while-open",
        says="who is still to be visited is drawn once more",
        module="inspector/domain/exclusion.py",
        old="    if any(one.open and one.authority is Authority.OWN for one in seen):\n        codes.append(Exclusion.OPEN)\n",
        new="",
        tests=("tests/unit/test_exclusion.py::test_nobody_is_drawn_again_while_a_visit_is_under_way",),
    ),
    Plant(
        name="silence-of-an-outage",
        says="whose push no channel took is passed over as one who kept silent",
        module="inspector/domain/visit.py",
        old="""\
    if not seat.state.pushed:
        return Decision(state=seat, because=replace(because, rule="timer.obsolete"))
    return Decision(state=replace(seat, state=SeatState.EXPIRED), because=because)
""",
        new="    return Decision(state=replace(seat, state=SeatState.EXPIRED), because=because)\n",
        tests=("tests/unit/test_lapsing.py::test_silence_counts_from_the_hand_over_alone_and_against_nobody_who_has_answered",),
    ),
    Plant(
        name="notice-forgotten",
        says="something adverse is decided before its subject has the notice",
        module="inspector/domain/proceeding.py",
        old="""\
        raise Refusal("consequence_not_served" if held.notice is not None else "consequence_not_given", consequence=held.id)
    require(held, ConsequenceState.NOTICED)
""",
        new="        return\n    require(held, ConsequenceState.NOTICED)\n",
        tests=(f"{_CONSEQUENCES}::test_nothing_is_imposed_before_notice_service_and_the_end_of_the_time_for_a_statement",),
    ),
    Plant(
        name="defence-cut-short",
        says="an officer decides while the time for a defence runs",
        module="inspector/domain/proceeding.py",
        old="    if until is not None and setting.now <= until:\n        if not held.waivers:\n",
        new="    if until is not None and setting.now <= until and held.waivers:\n        if not held.waivers:\n",
        tests=(
            f"{_CONSEQUENCES}::test_nothing_is_imposed_before_notice_service_and_the_end_of_the_time_for_a_statement",
            "tests/property/test_histories.py::test_notices_come_or_not_levels_change_and_all_receivers_die_and_return_in_one_history",
        ),
    ),
    Plant(
        name="entry-left-behind",
        says="an entry whose outcome fell is taken back by nobody",
        module="inspector/domain/ending.py",
        old="    if case.entry is None:\n        return ()\n    order = Order(\n",
        new="    if case.entry is None or reason:\n        return ()\n    order = Order(\n",
        tests=("tests/integration/test_retraction.py::test_withdrawal_takes_back_the_entry_of_a_case_that_had_ended_as_true",),
    ),
    Plant(
        name="seals-unchained",
        says="a seal does not hold the one before it",
        module="inspector/domain/ledger.py",
        old="    return _hash(head, str(number), _moment(at), *digests)\n",
        new="    return _hash(GENESIS, str(number), _moment(at), *digests)\n",
        tests=(f"{_LEDGER}::test_a_seal_laid_anew_over_entries_that_fit_it_breaks_the_one_behind_it",),
    ),
)
